"""chat: what is in a sealed chat export, each word with its place in the original."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import PATH, as_json, option, pass_terminal, trust
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode, UsageError
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from evidence_kit.actions.chats import ChatOptions
    from evidence_kit.actions.sealed_chat import SealedChat
    from evidence_kit.chats.lexicon import Lexicon
    from evidence_kit.chats.parser import DateOrder
    from evidence_kit.chats.transcript import Entry
    from evidence_kit.report import Report

VIEWS = ("timeline", "marks", "silence", "promises", "coverage", "cite", "diff")
_NUMBER = re.compile(r"(?:[A-Za-z]\d+#)?[Mm](\d{1,9})", re.ASCII)


@click.command(
    cls=Command,
    short_help=mark("read a sealed chat: timeline, marks, silence, promises"),
    help=mark(
        "Show a chat that is sealed in a bundle, each message with its place in the original."
        " The bundle is verified first, then its original is read anew. VIEW is one of:"
        " timeline, every message in the order of time; marks, words that may be promises,"
        " refusals and the like; silence, how long the buyer waited for replies; promises, and"
        " what came of them; coverage, what was read and what was not; cite, citations of the"
        " records named, such as M0001; diff, what differs from the chat in a second bundle."
    ),
)
@click.argument("path", metavar="BUNDLE", type=PATH)
@click.argument("view", metavar="VIEW", type=click.Choice(VIEWS))
@click.argument("names", metavar="[RECORD|BUNDLE]...", nargs=-1)
@option(
    "--item",
    "items",
    multiple=True,
    metavar="ID",
    help=mark("which chat of the bundle, such as E2; for diff given once for each bundle"),
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
    help=mark("the buyer's name in the chat; default: what was said at sealing"),
)
@option(
    "--merchant",
    multiple=True,
    metavar="NAME",
    help=mark("the merchant's name in the chat; default: what was said at sealing"),
)
@option(
    "--date-order",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help=mark("the order of day, month and year where the chat leaves it open"),
)
@trust
@as_json
@pass_terminal
def command(
    terminal: Terminal,
    path: Path,
    view: str,
    names: tuple[str, ...],
    *,
    items: tuple[str, ...],
    parser: str | None,
    me: tuple[str, ...],
    merchant: tuple[str, ...],
    date_order: "DateOrder | None",
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Verify, read, and show the view."""
    from evidence_kit.actions.chats import ChatOptions

    _require_fitting(view, names, items)
    options = ChatOptions(parser=parser, me=me, merchant=merchant, date_order=date_order)
    paths = [path, *map(Path, names)] if view == "diff" else [path]
    with contextlib.ExitStack() as stack:
        opened = []
        for number, one in enumerate(paths):
            item = items[number] if number < len(items) else None
            found = stack.enter_context(_opened(terminal, one, item, options, trust))
            if found is None:
                return ExitCode.NO
            opened.append(found)
        show = _Show(terminal, opened, names, as_json=as_json)
        show(view)
    return ExitCode.DONE


def _require_fitting(view: str, names: Sequence[str], items: Sequence[str]) -> None:
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
    if len(items) > (2 if view == "diff" else 1):
        raise UsageError("chat.not_for_view", view=view, name=f"--item {items[-1]}")


@contextlib.contextmanager
def _opened(
    terminal: Terminal,
    path: Path,
    item: str | None,
    options: "ChatOptions",
    trust: Sequence[Path],
) -> "Iterator[tuple[Report, SealedChat] | None]":
    """The chat of a bundle; where that has failed, why, and None."""
    from evidence_kit.actions.sealed_chat import open_chat
    from evidence_kit.actions.verify import load_expectations
    from evidence_kit.cli.report_text import bundle_lines

    expectations = load_expectations(terminal.require_settings(), trust=trust)
    with (
        terminal.progress(terminal.tr("checked")) as progress,
        open_chat(path, expectations, item=item, options=options, progress=progress) as reading,
    ):
        if reading.chat is None:
            for line in bundle_lines(terminal.words, reading.report):
                terminal.put(line.text, line.outcome)
            terminal.say(terminal.tr("no view is given of a bundle that was changed or damaged"))
            terminal.suggest("evidence-kit", "verify", path)
            yield None
            return
        yield reading.report, reading.chat


class _Show:
    """Writes a view of one chat, or of two.

    Args:
        terminal: where to.
        opened: the chats with the reports on their bundles.
        names: the records to be cited.
        as_json: as JSON instead of text.
    """

    def __init__(
        self,
        terminal: Terminal,
        opened: "Sequence[tuple[Report, SealedChat]]",
        names: Sequence[str],
        *,
        as_json: bool,
    ) -> None:
        from evidence_kit.cli.chat_words import ChatWords

        self._terminal = terminal
        self._opened = opened
        self._report, self._chat = opened[0]
        self._names = names
        self._as_json = as_json
        self._text = ChatWords(terminal.words, self._chat)

    def __call__(self, view: str) -> None:
        """Write it."""
        show = getattr(self, view)
        show()
        if not self._as_json:
            from evidence_kit.cli.chat_text import LIMIT

            self._terminal.say(self._terminal.tr(LIMIT))

    def timeline(self) -> None:
        """Every record, in the order of time."""
        from evidence_kit.cli.chat_text import timeline_lines

        entries = self._chat.transcript.in_time_order()
        self._records("timeline", entries, timeline_lines)

    def cite(self) -> None:
        """The records that were named."""
        from evidence_kit.cli.chat_text import cite_lines

        entries = [_entry(self._chat, name) for name in self._names]
        self._records("cite", entries, cite_lines)

    def marks(self) -> None:
        """Words of the lexicons."""
        from evidence_kit.chats.marks import find_marks
        from evidence_kit.cli import chat_json
        from evidence_kit.cli.chat_text import mark_lines

        lexicons = self._lexicons()
        found = find_marks(self._chat.transcript, lexicons)
        self._put(
            chat_json.head("marks", self._opened, lexicons=lexicons),
            chat_json.judged(found, {}) if self._as_json else mark_lines(self._text, found, {}),
        )

    def silence(self) -> None:
        """Runs of unanswered messages."""
        from evidence_kit.chats.silence import find_silences
        from evidence_kit.cli import chat_json
        from evidence_kit.cli.chat_text import silence_lines

        self._chat.require_roles()
        found = find_silences(self._chat.transcript)
        lines = found if self._as_json else silence_lines(self._text, found)
        self._put(chat_json.head("silence", self._opened), lines)

    def promises(self) -> None:
        """Promises and what came of them."""
        from evidence_kit.chats.promises import check_promises
        from evidence_kit.cli import chat_json
        from evidence_kit.cli.chat_text import promise_lines

        self._chat.require_roles()
        lexicons = self._lexicons()
        transcript = self._chat.transcript
        found = check_promises(transcript, lexicons)
        lines = found if self._as_json else promise_lines(self._text, transcript, found)
        self._put(chat_json.head("promises", self._opened, lexicons=lexicons), lines)

    def coverage(self) -> None:
        """What was read and what was not."""
        from evidence_kit.chats.coverage import find_noticed
        from evidence_kit.cli import chat_json
        from evidence_kit.cli.chat_text import coverage_lines, noticed_lines

        found = find_noticed(self._chat.transcript)
        if self._as_json:
            self._put(chat_json.head("coverage", self._opened), found)
            return
        self._put_head()
        self._terminal.put_many(coverage_lines(self._terminal.words, self._chat))
        self._terminal.put_many(noticed_lines(self._text, found))

    def diff(self) -> None:
        """What differs between two chats."""
        from evidence_kit.chats.alignment import Aligned
        from evidence_kit.cli import chat_json
        from evidence_kit.cli.chat_text import diff_head, diff_lines, head_lines
        from evidence_kit.cli.chat_words import ChatWords

        words = self._terminal.words
        aligned = Aligned(*(chat.transcript for _, chat in self._opened))
        found = aligned.differences()
        if self._as_json:
            self._put(chat_json.head("diff", self._opened, alignment=aligned.account), found)
            return
        for name, (report, chat) in zip("AB", self._opened, strict=True):
            for number, line in enumerate(head_lines(words, report, chat)):
                self._terminal.put(f"{name} {line}" if not number else line)
        self._terminal.put_many(diff_head(self._text, aligned))
        texts = [ChatWords(words, chat) for _, chat in self._opened]
        self._terminal.put_many(diff_lines(texts, found))

    def _records(self, view: str, entries: "Any", lines: Any) -> None:
        from evidence_kit.cli import chat_json

        shown = chat_json.records(self._chat, entries)
        text = lines(self._text, entries)
        self._put(chat_json.head(view, self._opened), shown if self._as_json else text)

    def _lexicons(self) -> "tuple[Lexicon, ...]":
        from evidence_kit.chats.lexicon import load_lexicons

        return load_lexicons(self._terminal.require_settings().config_dir)

    def _put(self, head: Any, entries: Any) -> None:
        if self._as_json:
            self._terminal.put_json_list(head, "entries", entries)
            return
        self._put_head()
        self._terminal.put_many(entries)

    def _put_head(self) -> None:
        from evidence_kit.cli.chat_text import head_lines

        self._terminal.put_many(head_lines(self._terminal.words, self._report, self._chat))


def _entry(chat: "SealedChat", name: str) -> "Entry":
    """The record of this number or id.

    Raises:
        UsageError: "chat.no_such_record".
    """
    from evidence_kit.chats.derived import number_of

    transcript = chat.transcript
    number = _NUMBER.fullmatch(name)
    if number and 1 <= int(number[1]) <= len(transcript):
        return transcript.entry(int(number[1]))
    for entry in transcript.in_file_order() if ":" in name else ():
        if entry.record.id == name:
            return entry
    raise UsageError("chat.no_such_record", name=name, last=number_of(len(transcript)))
