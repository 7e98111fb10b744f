"""doctor: is everything there that the kit needs?"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evidence_kit import messages
from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import as_json, pass_terminal
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evidence_kit.actions.doctor import Diagnosis, Status

_STATUS = {
    "ok": (mark("good: {text}"), "passed"),
    "warning": (mark("beware: {text}"), "indeterminate"),
    "problem": (mark("problem: {text}"), "failed"),
}


@click.command(
    cls=Command,
    short_help=mark("look whether this machine has all that is needed"),
    help=mark(
        "Look whether this machine has all that is needed: browser, fonts, free space, folders,"
        " key, time-stamp authorities, clock. Starts the browser once and sends a random digest"
        " to the authorities."
    ),
)
@as_json
@pass_terminal
def command(terminal: Terminal, as_json: bool) -> ExitCode:
    """Look at everything; one problem makes the answer no."""
    from evidence_kit.actions.doctor import Status, diagnose
    from evidence_kit.actions.kit import make_kit

    configured = terminal.require_settings()
    found = diagnose(configured, make_kit(configured), Path.cwd())
    if as_json:
        terminal.put_json(found)
    else:
        for diagnosis in found:
            _put(terminal, diagnosis)
        terminal.put(*_verdict(terminal, [diagnosis.status for diagnosis in found]))
    if any(diagnosis.status is Status.PROBLEM for diagnosis in found):
        return ExitCode.NO
    terminal.suggest("evidence-kit", "init", "DIR")
    return ExitCode.DONE


def _verdict(terminal: Terminal, found: "Sequence[Status]") -> tuple[str, str]:
    """One line that says what all the others come to, and its outcome."""
    tr, problems, warnings = terminal.tr, found.count("problem"), found.count("warning")
    if problems:
        text = tr("not ready; mend first what is called a problem: {count}", count=problems)
        return tr("verdict: {text}", text=text), "failed"
    if warnings:
        text = tr("usable; look at what is called beware: {count}", count=warnings)
        return tr("verdict: {text}", text=text), "indeterminate"
    return tr("verdict: {text}", text=tr("ready; all that is needed is there")), "passed"


def _put(terminal: Terminal, diagnosis: "Diagnosis") -> None:
    table = messages.DIAGNOSES if diagnosis.code in messages.DIAGNOSES else messages.ERRORS
    message = table[diagnosis.code]
    form, outcome = _STATUS[diagnosis.status]
    text = terminal.tr(message.text, **diagnosis.params)
    terminal.put(terminal.tr(form, text=text), outcome)
    if message.hint and diagnosis.status != "ok":
        hint = terminal.tr(message.hint, **diagnosis.params)
        terminal.put(f"  {terminal.tr('hint: {text}', text=hint)}")
