"""The documentation of the commands is what the commands say."""

import subprocess
import sys
from pathlib import Path

import click

from evidence_kit.actions.log import EVENTS
from evidence_kit.cli.commands import COMMANDS, root
from evidence_kit.cli.log import command as log
from evidence_kit.cli.show import EVENT_NAMES

ROOT = Path(__file__).parents[2]


def test_page_is_fresh() -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "tools/docs.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_command_and_option_has_a_help_text() -> None:
    context = click.Context(root)
    for name in COMMANDS:
        command = root.get_command(context, name)
        assert command is not None
        assert command.help
        assert command.get_short_help_str()
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.opts}"


def test_every_event_is_named_in_the_help_and_has_words() -> None:
    assert log.help is not None
    assert all(f"{event} {chinese}" in log.help for event, chinese in EVENTS.items())
    assert EVENTS.keys() <= EVENT_NAMES.keys()
