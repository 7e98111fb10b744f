"""chat: what is in a sealed chat export, each word with its place in the original."""

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evidence_kit.bundle.layout import SUFFIX
from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import (
    PATH,
    day_of,
    given,
    in_case,
    kit_of,
    option,
    pass_terminal,
    sealing,
)
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode, InputError, UsageError, closest
from evidence_kit.i18n import english_of, mark

if TYPE_CHECKING:
    from evidence_kit.actions.case import Case
    from evidence_kit.actions.chats import ChatOptions
    from evidence_kit.actions.sealed_chat import SealedChat
    from evidence_kit.chats.narrowing import Narrowing
    from evidence_kit.chats.parser import DateOrder
    from evidence_kit.report import Report

VIEWS = {
    "timeline": "时间线",
    "marks": "标记",
    "silence": "未回复时段",
    "promises": "承诺",
    "coverage": "覆盖情况",
    "cite": "引用",
    "diff": "差别",
}
"""What can be seen of a chat, and its Chinese."""


@click.command(
    cls=Command,
    short_help=mark("read a sealed chat: timeline, marks, silence, promises"),
    help=mark(
        "Show a chat that is sealed in a bundle, each message with its place in the original."
        " The bundle is verified first, then its original is read anew. VIEW is one of:"
        " timeline, every message in the order of time; marks, words that may be promises,"
        " refusals and the like; silence, how long the buyer waited for replies; promises, and"
        " what came of them; coverage, what was read and what was not; cite, citations of the"
        " records named, such as M0001 or M0001-M0003; diff, what differs from the chat in a"
        " second bundle."
    ),
)
@click.argument("path", metavar="BUNDLE", type=PATH)
@click.argument("view", metavar="VIEW", callback=lambda _, __, name: _view(name))
@click.argument("names", metavar="[RECORD|BUNDLE]...", nargs=-1)
@option(
    "--item",
    "items",
    multiple=True,
    metavar="ID",
    help=mark("which chat of the bundle, such as E2; for diff given once for each bundle"),
)
@option(
    "--member",
    "members",
    multiple=True,
    metavar="NAME",
    help=mark("which chat of a zip with several; for diff given once for each bundle"),
)
@option(
    "--parser",
    metavar="ID",
    help=mark("the format of the chat; default: that of the sealing, else the one that fits"),
)
@option(
    "--me",
    multiple=True,
    metavar="NAME",
    help=mark(
        "the buyer's name in the chat, for diff in either of them; default: what was said at"
        " sealing"
    ),
)
@option(
    "--merchant",
    multiple=True,
    metavar="NAME",
    help=mark(
        "the merchant's name in the chat, for diff in either of them; default: what was said at"
        " sealing"
    ),
)
@option(
    "--date-order",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help=mark("the order of day, month and year where the chat leaves it open"),
)
@option(
    "--from",
    "first",
    metavar="YYYY-MM-DD",
    callback=lambda _, __, text: _day(text),
    help=mark("show what is of this day or later; of waits, those that still lasted then"),
)
@option(
    "--until",
    "last",
    metavar="YYYY-MM-DD",
    callback=lambda _, __, text: _day(text),
    help=mark("show what is of this day or earlier"),
)
@option(
    "--sender",
    "senders",
    multiple=True,
    metavar="NAME",
    help=mark("show what is from this sender; may be given several times"),
)
@option(
    "--only",
    multiple=True,
    metavar="WHAT",
    help=mark(
        "show only what is: marked, buyer, merchant, promise, refusal, delivery, claim or"
        " off_platform; may be given several times"
    ),
)
@option(
    "--html",
    type=PATH,
    metavar="FILE",
    help=mark("for timeline: write it to this file, as a page in both languages, marks included"),
)
@option(
    "--confirm",
    multiple=True,
    metavar="MARK",
    help=mark("for marks: say that this is meant so, as in M0004:promise, sealed in the case"),
)
@option(
    "--reject",
    multiple=True,
    metavar="MARK",
    help=mark("for marks: say that this is not meant so"),
)
@in_case
@sealing
@pass_terminal
def command(
    terminal: Terminal,
    path: Path,
    view: str,
    names: tuple[str, ...],
    *,
    items: tuple[str, ...],
    members: tuple[str, ...],
    parser: str | None,
    me: tuple[str, ...],
    merchant: tuple[str, ...],
    date_order: "DateOrder | None",
    first: date | None,
    last: date | None,
    senders: tuple[str, ...],
    only: tuple[str, ...],
    html: Path | None,
    confirm: tuple[str, ...],
    reject: tuple[str, ...],
    case_folder: Path | None,
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Verify, read, and show the view, or seal what the user says of it."""
    from evidence_kit.actions.chats import ChatOptions
    from evidence_kit.actions.sealed_chat import require_known
    from evidence_kit.cli.chat_narrow import read_narrowing
    from evidence_kit.cli.chat_show import Show

    _require_fitting(view, names, items, members)
    _require_view(view, "timeline", html and "--html")
    _require_view(view, "marks", (confirm or reject) and "--confirm, --reject")
    narrowing = read_narrowing(view, first=first, last=last, senders=senders, only=only)
    _require_whole(narrowing, {"--html": html, "--confirm": confirm, "--reject": reject})
    options = ChatOptions(parser=parser, me=me, merchant=merchant, date_order=date_order)
    paths = [path, *map(Path, names)] if view == "diff" else [path]
    with contextlib.ExitStack() as stack:
        opened = []
        for one, item, member in itertools.zip_longest(paths, items, members):
            found = stack.enter_context(
                _opened(
                    terminal,
                    one,
                    options,
                    item=item,
                    member=member,
                    is_one_of_two=view == "diff",
                    trust=trust,
                )
            )
            if found is None:
                return ExitCode.NO
            opened.append(found)
        if view == "diff":
            require_known((*me, *merchant), [chat for _, chat in opened])
        show = Show(
            terminal,
            opened,
            names,
            narrowing=narrowing,
            case=_case_of(path, case_folder),
            trust=trust,
            as_json=as_json,
        )
        if confirm or reject:
            kit = kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp)
            return show.judge(confirm, reject, kit)
        if html:
            show.page(html)
        if as_json or not html:
            show(view)
    return ExitCode.DONE


def _view(name: str) -> str:
    """The view of this name, in English or Chinese; case does not matter.

    Raises:
        UsageError: "chat.no_such_view".
    """
    view = english_of(name, VIEWS)
    if view is None:
        known = closest(name, (*VIEWS, *VIEWS.values()))
        raise UsageError("chat.no_such_view", view=name, known=known)
    return view


def _day(text: str | None) -> date | None:
    return None if text is None else day_of(text)


def _require_whole(narrowing: "Narrowing | None", whole: Mapping[str, object]) -> None:
    """Refuse to narrow what is about the whole chat.

    Raises:
        UsageError: "chat.not_narrowed".
    """
    other = next((flag for flag, value in whole.items() if value), None)
    if narrowing and other:
        name = " ".join(given("first", "last", "senders", "only"))
        raise UsageError("chat.not_narrowed", other=other, name=name)


def _require_view(view: str, wanted: str, given: object) -> None:
    """Refuse an option that another view has no use for."""
    if given and view != wanted:
        raise UsageError("chat.not_for_view", view=view, name=str(given))


def _case_of(path: Path, named: Path | None) -> "Case | None":
    """The case that was named, else the one that the bundle stands in, if any."""
    from evidence_kit.actions.case import is_case, open_case

    if named:
        return open_case(named)
    return open_case(path.parent) if is_case(path.parent) else None


def _require_fitting(
    view: str, names: Sequence[str], items: Sequence[str], members: Sequence[str]
) -> None:
    """Refuse arguments that the view has no use for, or lacks.

    Raises:
        UsageError: "chat.two_bundles", "chat.wants_records" or "chat.not_for_view".
    """
    if view == "diff" and len(names) != 1:
        raise UsageError("chat.two_bundles")
    if view == "cite" and not names:
        raise UsageError("chat.wants_records")
    if view not in ("diff", "cite") and names:
        raise UsageError("chat.not_for_view", view=view, name=names[0])
    for flag, given_ in (("--item", items), ("--member", members)):
        if len(given_) > (2 if view == "diff" else 1):
            raise UsageError("chat.not_for_view", view=view, name=f"{flag} {given_[-1]}")


@contextlib.contextmanager
def _opened(
    terminal: Terminal,
    path: Path,
    options: "ChatOptions",
    *,
    item: str | None,
    member: str | None,
    is_one_of_two: bool,
    trust: Sequence[Path],
) -> "Iterator[tuple[Report, SealedChat] | None]":
    """The chat of a bundle; where that has failed, why, and None."""
    from evidence_kit.actions.sealed_chat import open_chat
    from evidence_kit.actions.verify import load_expectations
    from evidence_kit.actions.wanted import require_bundle
    from evidence_kit.cli.report_text import bundle_lines
    from evidence_kit.model import Kind

    require_bundle(path, kind=Kind.CHAT)
    expectations = load_expectations(terminal.require_settings(), trust=trust)
    with (
        _explained(path),
        terminal.progress(terminal.tr("checked")) as progress,
        open_chat(
            path,
            expectations,
            item=item,
            member=member,
            options=options,
            is_one_of_two=is_one_of_two,
            progress=progress,
        ) as reading,
    ):
        if reading.chat is None:
            for line in bundle_lines(terminal.words, reading.report):
                terminal.put(line.text, line.outcome)
            terminal.say(terminal.tr("no view is given of a bundle that was changed or damaged"))
            terminal.suggest("evidence-kit", "verify", path, *given("trust"))
            yield None
            return
        yield reading.report, reading.chat


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Where a chat was looked for in the wrong place, name the right one if there is one.

    Raises:
        InputError: "chat.not_sealed", "chat.is_picture" or "chat.elsewhere".
    """
    from evidence_kit.actions.add import detect
    from evidence_kit.actions.wanted import chat_beside
    from evidence_kit.model import Kind

    try:
        yield
    except InputError as error:
        if error.params.get("path") != str(path):
            raise  # it is about the other one of two
        is_file = error.code in ("bundle.not_a_zip", "bundle.not_a_bundle") and path.is_file()
        if is_file and not path.name.endswith(SUFFIX):
            is_text = detect(path)[1] is Kind.DOCUMENT
            code = "chat.not_sealed" if is_text else "chat.is_picture"
            raise InputError(code, path=str(path)) from error
        example = chat_beside(path) if error.code in ("chat.not_there", "chat.no_text") else None
        if example:
            raise InputError("chat.elsewhere", path=str(path), example=str(example)) from error
        raise
