"""Writing a view of a chat: as text, as JSON, as a page; and sealing what the user says of it."""

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.sealed_chat import SealedChat
from evidence_kit.chats.derived import number_of
from evidence_kit.chats.lexicon import Lexicon, load_lexicons
from evidence_kit.chats.marks import Mark
from evidence_kit.chats.narrowing import PARTIES, Narrowed, Narrowing, Selection, tally
from evidence_kit.chats.transcript import Entry
from evidence_kit.cli import chat_json
from evidence_kit.cli.chat_words import ChatWords
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode, UsageError
from evidence_kit.i18n import mark
from evidence_kit.report import Report

T = TypeVar("T")
_NUMBER = re.compile(r"(?:[A-Za-z]\d+#)?[Mm](\d{1,9})", re.ASCII)
_NUMBERS = re.compile(r"([^:–-]+)[–-]([^:–-]+)")
"""Two of them with a dash between, for all from the first to the last."""


class Show:
    """Writes a view of one chat, or of two.

    Args:
        terminal: where to.
        opened: the chats with the reports on their bundles.
        names: the records to be cited.
        narrowing: what part of the chat is asked for; None for all of it.
        case: where notes are, and where they go.
        trust: further roots.
        as_json: as JSON instead of text.
    """

    def __init__(
        self,
        terminal: Terminal,
        opened: Sequence[tuple[Report, SealedChat]],
        names: Sequence[str],
        *,
        narrowing: Narrowing | None,
        case: Case | None,
        trust: Sequence[Path],
        as_json: bool,
    ) -> None:
        self._terminal = terminal
        self._opened = opened
        self._report, self._chat = opened[0]
        self._names = names
        self._narrowing = narrowing
        self._is_part = narrowing is not None
        self._narrowed: Narrowed | None = None
        self._case = case
        self._trust = trust
        self._as_json = as_json
        self._text = ChatWords(terminal.words, self._chat)

    def __call__(self, view: str) -> None:
        """Write it."""
        show = getattr(self, view)
        show()
        if not self._as_json:
            from evidence_kit.cli.chat_text import LIMIT

            tr, narrowed = self._terminal.tr, self._narrowed
            # for those who see the end of a long list alone
            if narrowed and narrowed.shown < narrowed.total:
                form = mark("only a part is shown: {shown} of {total}")
                shown, total = f"{narrowed.shown:,}", f"{narrowed.total:,}"
                self._terminal.say(tr(form, shown=shown, total=total))
            self._terminal.say(tr(LIMIT))

    def timeline(self) -> None:
        """Every record, in the order of time."""
        from evidence_kit.cli.chat_text import timeline_lines

        find = self._chat.transcript.in_time_order
        self._records("timeline", self._narrow(find, lambda part: part.of_entry), timeline_lines)

    def cite(self) -> None:
        """The records that were named."""
        from evidence_kit.cli.chat_text import cite_lines

        transcript = self._chat.transcript
        named = [_numbers(self._chat, name) for name in self._names]
        entries = (transcript.entry(number) for numbers in named for number in numbers)
        self._records("cite", entries, cite_lines)

    def marks(self) -> None:
        """Words of the lexicons."""
        from evidence_kit.chats.marks import find_marks
        from evidence_kit.cli.chat_text import mark_lines

        lexicons = self._lexicons()
        found = self._narrow(
            lambda: find_marks(self._chat.transcript, lexicons), lambda part: part.of_mark
        )
        judged = self._judged
        shown = chat_json.judged(found, judged)
        is_verbose = self._terminal.is_verbose
        lines = mark_lines(self._text, found, judged, is_part=self._is_part, is_verbose=is_verbose)
        self._put(self._head("marks", lexicons=lexicons), shown if self._as_json else lines)

    def silence(self) -> None:
        """Runs of unanswered messages."""
        from evidence_kit.chats.silence import find_silences
        from evidence_kit.cli.chat_text import silence_lines

        self._chat.require_roles()
        found = self._narrow(
            lambda: find_silences(self._chat.transcript), lambda part: part.of_silence
        )
        lines = silence_lines(self._text, found, is_part=self._is_part)
        head = self._head("silence", is_of_parties=True)
        self._put(head, found if self._as_json else lines)

    def promises(self) -> None:
        """Promises and what came of them."""
        from evidence_kit.chats.promises import check_promises, find_rejected
        from evidence_kit.cli.promise_text import promise_lines

        self._chat.require_roles()
        lexicons, transcript = self._lexicons(), self._chat.transcript
        rejected = _having(self._judged, "rejected")
        confirmed = _having(self._judged, "confirmed")
        part = self._part
        left_out = tuple(
            one
            for one in find_rejected(transcript, lexicons, rejected)
            if part is None or part.of_number(one.number)
        )
        found = self._narrow(
            lambda: check_promises(transcript, lexicons, rejected=rejected, confirmed=confirmed),
            lambda part: lambda check: part.of_number(check.number),
        )
        lines = promise_lines(self._text, transcript, found, left_out, is_part=self._is_part)
        head = self._head("promises", lexicons=lexicons, rejected=left_out, is_of_parties=True)
        self._put(head, found if self._as_json else lines)

    def coverage(self) -> None:
        """What was read and what was not."""
        from evidence_kit.chats.coverage import find_noticed
        from evidence_kit.cli.chat_text import coverage_lines, noticed_lines

        found = self._narrow(
            lambda: find_noticed(self._chat.transcript),
            lambda part: lambda one: part.of_number(one.number),
        )
        head = self._head("coverage")
        if self._as_json:
            self._put(head, found)
            return
        self._put_head()
        self._terminal.put_many(coverage_lines(self._terminal.words, self._chat))
        if self._narrowed:
            self._terminal.put("")
        self._put_narrowed("coverage")
        self._terminal.put_many(noticed_lines(self._text, found))

    def diff(self) -> None:
        """What differs between two chats."""
        from evidence_kit.chats.alignment import Aligned
        from evidence_kit.cli.chat_diff import diff_head, diff_lines
        from evidence_kit.cli.chat_text import head_lines

        words = self._terminal.words
        aligned = Aligned(*(chat.transcript for _, chat in self._opened))
        if self._as_json:
            head = chat_json.head("diff", self._opened, alignment=aligned.account)
            self._put(head, aligned.differences())
            return
        for name, (report, chat) in zip("AB", self._opened, strict=True):
            for number, line in enumerate(head_lines(words, report, chat)):
                self._terminal.put(f"{name} {line}" if not number else line)
        has_roles = all(chat.has_roles for _, chat in self._opened)
        is_assumed = any(chat.transcript.has_assumed_times for _, chat in self._opened)
        head_of_both = diff_head(
            self._text, aligned, has_roles=has_roles, is_zone_assumed=is_assumed
        )
        self._terminal.put_many(head_of_both)
        texts = [ChatWords(words, chat) for _, chat in self._opened]
        is_verbose = self._terminal.is_verbose
        self._terminal.put_many(diff_lines(texts, aligned, is_verbose=is_verbose))

    def page(self, target: Path) -> None:
        """The timeline as a page."""
        from evidence_kit.chats.marks import find_marks
        from evidence_kit.chats.promises import check_promises, find_rejected
        from evidence_kit.chats.silence import find_silences
        from evidence_kit.cli.chat_head import Findings
        from evidence_kit.cli.chat_page import make_page
        from evidence_kit.cli.chat_text import is_long
        from evidence_kit.cli.report_html import require_place, write_page

        require_place(target)
        transcript, lexicons = self._chat.transcript, self._lexicons()
        judged = self._judged
        rejected, confirmed = _having(judged, "rejected"), _having(judged, "confirmed")
        checks = check_promises(transcript, lexicons, rejected=rejected, confirmed=confirmed)
        found = Findings(
            marks=tuple(find_marks(transcript, lexicons)),
            silences=tuple(run for run in find_silences(transcript) if is_long(run)),
            promises=tuple(checks),
            left_out=tuple(find_rejected(transcript, lexicons, rejected)),
            judgements=judged,
        )
        content = make_page(self._report, self._chat, found, lang=self._terminal.lang)
        write_page(target, content)
        self._terminal.say(self._terminal.tr("page written to {path}", path=str(target)))

    def judge(self, confirmed: Sequence[str], rejected: Sequence[str], kit: Kit) -> ExitCode:
        """Seal what the user says of marks."""
        from evidence_kit.actions.judge_marks import judge_marks
        from evidence_kit.cli.sealing import show_sealed

        if self._case is None:
            raise UsageError("chat.no_case", path=self._report.path)
        sealed = judge_marks(
            self._case,
            self._chat,
            self._lexicons(),
            confirmed=confirmed,
            rejected=rejected,
            kit=kit,
        )
        return show_sealed(self._terminal, sealed, as_json=self._as_json)

    @functools.cached_property
    def _judged(self) -> Mapping[tuple[str, str], str]:
        """What the notes of the case say of the marks."""
        from evidence_kit.actions.judge_marks import read_judgements
        from evidence_kit.actions.verify import load_expectations

        if self._case is None:
            return {}
        settings = self._terminal.require_settings()
        expectations = load_expectations(settings, trust=self._trust)
        files = {chat.sha256 for chat in self._chat.transcript.chats}
        judged = read_judgements(self._case, files, expectations)
        for name in judged.unusable:
            text = mark("changed or damaged, so what it may say of marks does not count: {path}")
            self._terminal.say(self._terminal.tr(text, path=name))
        return judged.verdicts

    def _records(
        self,
        view: str,
        entries: Iterable[Entry],
        lines: Callable[[ChatWords, Iterable[Entry]], Iterator[str]],
    ) -> None:
        shown = chat_json.records(self._chat, entries)
        text = lines(self._text, entries)
        self._put(self._head(view), shown if self._as_json else text)

    def _lexicons(self) -> tuple[Lexicon, ...]:
        return load_lexicons(self._terminal.require_settings().config_dir)

    def _narrow(
        self,
        find: Callable[[], Iterable[T]],
        judge: Callable[[Selection], Callable[[T], bool | None]],
    ) -> Iterable[T]:
        """Of what is found in the whole chat that which lies in the part that is asked for.

        It is found twice, so that how much there is can be said first, and nothing is kept.
        """
        part = self._part
        if part is None or self._narrowing is None:
            return find()
        found = tally(find(), judge(part))
        self._narrowed = Narrowed(
            by=self._narrowing,
            offset=self._chat.transcript.assumed_offset,
            shown=sum(found.shown),
            total=len(found.shown),
            untimed=found.untimed,
        )
        return itertools.compress(find(), found.shown)

    @functools.cached_property
    def _part(self) -> Selection | None:
        """The part that is asked for, if one is.

        Raises:
            UsageError: "chat.no_such_sender" or "chat.roles_missing".
        """
        from evidence_kit.chats.marks import MarkFinder

        narrowing, transcript = self._narrowing, self._chat.transcript
        if narrowing is None:
            return None
        self._chat.require_senders(narrowing.senders)
        if not PARTIES.keys().isdisjoint(narrowing.only):
            self._chat.require_roles()
        is_of_marks = bool(set(narrowing.only) - PARTIES.keys())
        finder = MarkFinder(transcript, self._lexicons()) if is_of_marks else None
        rejected = _having(self._judged, "rejected") if is_of_marks else frozenset()
        return Selection(transcript, narrowing, finder, rejected)

    def _head(
        self,
        view: str,
        *,
        lexicons: Sequence[Lexicon] = (),
        rejected: Sequence[Mark] = (),
        is_of_parties: bool = False,
    ) -> chat_json.ViewHead:
        return chat_json.head(
            view,
            self._opened,
            lexicons=lexicons,
            rejected=rejected,
            roleless=self._chat.transcript.roleless if is_of_parties else None,
            narrowed=self._narrowed,
        )

    def _put(self, head: chat_json.ViewHead, entries: Any) -> None:
        if self._as_json:
            self._terminal.put_json_list(head, "entries", entries)
            return
        self._put_head()
        self._put_narrowed(head.view)
        if head.roleless:
            self._terminal.put_many((self._text.roleless(head.roleless), ""))
        self._terminal.put_many(entries)

    def _put_narrowed(self, view: str) -> None:
        from evidence_kit.cli.chat_narrow import narrowed_lines

        if self._narrowed:
            period_ms = self._chat.transcript.period_ms
            lines = narrowed_lines(self._text, view, self._narrowed, period_ms)
            self._terminal.put_many((*lines, ""))

    def _put_head(self) -> None:
        from evidence_kit.cli.chat_text import head_lines

        self._terminal.put_many(head_lines(self._terminal.words, self._report, self._chat))


def _having(judged: Mapping[tuple[str, str], str], wanted: str) -> frozenset[tuple[str, str]]:
    return frozenset(place for place, verdict in judged.items() if verdict == wanted)


def _numbers(chat: SealedChat, name: str) -> Sequence[int]:
    """The records that a number, an id, or first and last number name.

    Raises:
        UsageError: "chat.no_such_record".
    """
    ends = _NUMBERS.fullmatch(name)
    if ends is None:
        return (_entry(chat, name).number,)
    first, last = (_entry(chat, one).number for one in ends.groups())
    if first > last:
        raise UsageError("chat.no_such_record", name=name, first=ends[2], last=ends[1])
    return range(first, last + 1)


def _entry(chat: SealedChat, name: str) -> Entry:
    """The record of this number or id.

    Raises:
        UsageError: "chat.no_such_record".
    """
    transcript = chat.transcript
    number = _NUMBER.fullmatch(name)
    if number and transcript.first <= int(number[1]) <= transcript.last:
        return transcript.entry(int(number[1]))
    for entry in transcript.in_file_order() if ":" in name else ():
        if entry.record.id == name:
            return entry
    first, last = number_of(transcript.first), number_of(transcript.last)
    raise UsageError("chat.no_such_record", name=name, first=first, last=last)
