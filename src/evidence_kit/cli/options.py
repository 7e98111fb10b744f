"""Options and arguments that several commands share."""

import functools
import re
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from evidence_kit.cli.commands import Option
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import UsageError
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from evidence_kit.actions.kit import Kit
    from evidence_kit.actions.seal import Destination

F = TypeVar("F", bound=Callable[..., Any])
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")

pass_terminal = click.make_pass_decorator(Terminal)
PATH = click.Path(path_type=Path)
option = functools.partial(click.option, cls=Option)

as_json = option("--json", "as_json", is_flag=True, help=mark("print JSON"))
trust = option(
    "--trust",
    type=PATH,
    multiple=True,
    metavar="PEM",
    help=mark("trust the root certificate of an authority, too"),
)
_TSA = option(
    "--tsa",
    multiple=True,
    metavar="ID|URL",
    help=mark("ask this time-stamp authority; may be given several times"),
)
_NO_TIMESTAMP = option(
    "--no-timestamp", is_flag=True, help=mark("seal now, get the time stamp later")
)
in_case = option(
    "--case",
    "case_folder",
    type=PATH,
    metavar="DIR",
    help=mark("the case to add it to; default: the current folder if it is one"),
)
_OUT = option(
    "-o",
    "--output",
    "out",
    type=PATH,
    metavar="FILE",
    help=mark("write the bundle to this file, outside any case"),
)


def given(*names: str, without: Collection[str] = ()) -> list[str]:
    """Options of the command that is running as words to be typed again.

    Args:
        names: which ones; all where none is named.
        without: which ones not.
    """
    context = click.get_current_context()
    words: list[str] = []
    for parameter in context.command.params:
        name = parameter.name or ""
        is_typed = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        is_meant = (not names or name in names) and name not in without
        if not isinstance(parameter, click.Option) or not is_typed or not is_meant:
            continue
        flag, value = max(parameter.opts, key=len), context.params[name]
        if parameter.is_flag:
            words.append(flag)
        else:
            for one in value if parameter.multiple else (value,):
                words += [flag, str(one)]
    return words


def day_of(text: str) -> date:
    """The day that was typed, the year first: as 2026-11-08 or as 2026年11月8日.

    Raises:
        UsageError: "date.no_day".
    """
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups()[:3])) if found else date.fromisoformat(text)
    except ValueError:
        raise UsageError("date.no_day", text=text) from None


def with_options(command: F, *options: Callable[[F], F]) -> F:
    """A command with these options, listed in their order."""
    for decorate in reversed(options):
        command = decorate(command)
    return command


def sealing(command: F) -> F:
    """The options of every command that seals: authorities, roots, JSON."""
    return with_options(command, _TSA, _NO_TIMESTAMP, trust, as_json)


def placing(command: F) -> F:
    """The options that say where a bundle goes."""
    return with_options(command, in_case, _OUT)


def stamping(command: F) -> F:
    """The options of a command that only asks for time stamps."""
    return with_options(command, _TSA, trust, as_json)


def kit_of(
    terminal: Terminal,
    *,
    tsa: tuple[str, ...],
    trust: tuple[Path, ...],
    no_timestamp: bool = False,
) -> "Kit":
    """The kit that the options ask for.

    Raises:
        UsageError: "tsa.and_none" where an authority is named and none is to be asked.
        ConfigError, InputError: see `actions.kit.make_kit`.
    """
    from evidence_kit.actions.kit import make_kit

    if tsa and no_timestamp:
        raise UsageError("tsa.and_none")
    return make_kit(
        terminal.require_settings(), tsa=tsa or None, trust=trust, timestamp=not no_timestamp
    )


def destination(
    case_folder: Path | None, out: Path | None, *, kit: "Kit", name: str
) -> "Destination":
    """Where a bundle goes: a case, the file that was named, or a new one in a folder.

    Args:
        name: what a new file's name begins with.

    Raises:
        UsageError: "case.and_output".
        CaseError: there is no case in the folder.
    """
    from evidence_kit.actions.case import is_case, open_case
    from evidence_kit.bundle import layout

    if case_folder and out:
        raise UsageError("case.and_output")
    if case_folder:
        return open_case(case_folder)
    if out and not out.is_dir():
        return out
    folder = out or Path()
    if is_case(folder):
        return open_case(folder)
    return folder / f"{name}-{kit.now():%Y%m%dT%H%M%SZ}{layout.SUFFIX}"
