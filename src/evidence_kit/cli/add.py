"""add: files that the user already has, sealed as they are."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import (
    PATH,
    destination,
    kit_of,
    option,
    pass_terminal,
    placing,
    sealing,
)
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from evidence_kit.chats.parser import DateOrder


@click.command(
    cls=Command,
    short_help=mark("seal files: screenshots, chats, recordings"),
    help=mark(
        "Seal files as they are: screenshots, chat exports, recordings, documents. The files"
        " themselves are only read. Several files become one bundle. Of a chat export that is"
        " recognised, the messages and a transcript are sealed beside it, each message with its"
        " place in the original; of a picture or a recording, what it says about itself;"
        " of a bill of Alipay or WeChat Pay, its rows."
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=PATH)
@option("--label", help=mark("what to call it in the list of evidence"))
@option(
    "--from",
    "obtained_from",
    metavar="TEXT",
    help=mark("where they come from, as you say, such as the phone of a witness"),
)
@option(
    "--obtained-at",
    metavar="DATE",
    help=mark("when you got them, as you say: 2026-11-08 or 2026-11-08T10:20:31+08:00"),
)
@option(
    "--parser",
    metavar="ID",
    help=mark("the format of the chat; default: the one that fits (docs/chats.md lists them)"),
)
@option(
    "--me",
    multiple=True,
    metavar="NAME",
    help=mark("your own name in the chat, as you say; may be given several times"),
)
@option(
    "--merchant",
    multiple=True,
    metavar="NAME",
    help=mark("the merchant's name in the chat, as you say; may be given several times"),
)
@option(
    "--date-order",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help=mark("the order of day, month and year where the chat leaves it open"),
)
@option(
    "--transcript",
    type=PATH,
    metavar="FILE",
    help=mark("a text with what you typed off the one picture or recording that is added"),
)
@placing
@sealing
@pass_terminal
def command(
    terminal: Terminal,
    files: tuple[Path, ...],
    *,
    label: str | None,
    obtained_from: str | None,
    obtained_at: str | None,
    parser: str | None,
    me: tuple[str, ...],
    merchant: tuple[str, ...],
    date_order: "DateOrder | None",
    transcript: Path | None,
    case_folder: Path | None,
    out: Path | None,
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Seal the files and tell what was sealed."""
    from evidence_kit.actions.add import add_files
    from evidence_kit.actions.chats import ChatOptions
    from evidence_kit.cli.roles import ask_roles
    from evidence_kit.cli.sealing import show_sealed

    chats = ChatOptions(parser=parser, me=me, merchant=merchant, date_order=date_order)
    is_asking = terminal.may_ask and not terminal.is_quiet
    ask = functools.partial(ask_roles, terminal) if is_asking else None
    kit = kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp)
    place = destination(case_folder, out, kit=kit, name="files")
    with terminal.progress(terminal.tr("sealed")) as progress:
        sealed = add_files(
            files,
            place,
            kit=kit,
            label=label,
            obtained_from=obtained_from,
            obtained_at=obtained_at,
            chats=chats,
            ask_roles=ask,
            transcript=transcript,
            progress=progress,
        )
    return show_sealed(terminal, sealed, as_json=as_json)
