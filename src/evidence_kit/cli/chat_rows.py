"""The messages of a chat as rows of a page, with their marks and the silences between them."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from evidence_kit.actions.sealed_chat import SealedChat
from evidence_kit.chats.derived import SHOWN_FILES, number_of
from evidence_kit.chats.marks import OF_WORDS, Mark
from evidence_kit.chats.record import Party, Precision, Record, RecordKind
from evidence_kit.chats.transcript import Entry
from evidence_kit.cli.chat_head import Findings
from evidence_kit.cli.chat_text import silence_text
from evidence_kit.cli.chat_words import ChatWords
from evidence_kit.cli.markup import Html, foreign, join, tag, text
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark

_BODY_CHARACTERS = 20_000
"""Of one message; a longer one is cut, and says so."""
_PIECE_CHARACTERS = 1500
_ROLES = {Party.BUYER: "b", Party.MERCHANT: "s"}
_SPACES = re.compile(r"([\n\t])")


class Rows:
    """Makes the rows of a page.

    Args:
        words: of each language.
        chat: open.
        found: in the chat.
    """

    def __init__(self, words: Mapping[str, Words], chat: SealedChat, found: Findings) -> None:
        self._texts = {lang: ChatWords(one, chat) for lang, one in words.items()}
        undated = mark("no certain date; it stands here as in the file")
        self._undated = {lang: one.tr(undated) for lang, one in words.items()}
        self._transcript = chat.transcript
        self._words = next(iter(self._texts.values()))
        self._judgements = found.judgements
        self._marks: defaultdict[int, list[Mark]] = defaultdict(list)
        for one in found.marks:
            self._marks[one.number].append(one)
        self._after: dict[int, Html] = {}
        for run in found.silences:
            self._after[run.last_buyer_message] = self._in_each(
                {lang: silence_text(words, run) for lang, words in self._texts.items()}
            )

    def markup(self) -> Iterator[Html]:
        """All rows, a section a day."""
        rows: list[Html] = []
        opened: tuple[str | None, str] | None = None
        several = len(self._transcript.conversations) > 1
        for entry in self._transcript.in_time_order():
            conversation = entry.record.conversation
            place = (conversation, self._words.day(entry))
            if place != opened:
                yield from self._section(rows, opened)
                if several and (opened is None or opened[0] != conversation):
                    yield tag("h2", foreign(conversation or "—"))
                rows, opened = [], place
            rows.append(self._row(entry))
            if entry.number in self._after:
                rows.append(tag("li", self._after[entry.number], class_="gap"))
        yield from self._section(rows, opened)

    def _section(
        self, rows: Sequence[Html], opened: tuple[str | None, str] | None
    ) -> Iterator[Html]:
        if rows and opened:
            # nobody wrote that it was the day of the record before
            heading = tag("h3", opened[1] or self._in_each(self._undated))
            yield tag("section", heading, tag("ol", join(rows, "\n")), class_="day")

    def _row(self, entry: Entry) -> Html:
        record, marks = entry.record, self._marks.get(entry.number, [])
        classes = ["m", _ROLES.get(record.role, "o")]
        if any(one.is_theirs and self._judged(one) != "rejected" for one in marks):
            classes.append("x")
        labels = [record.kind] if record.kind is not RecordKind.TEXT else []
        name = self._words.sender(record)
        number = number_of(entry.number)
        return tag(
            "li",
            tag("a", number, href=f"#{number}", class_="n"),
            tag("time", self._clock(entry)),
            tag("b", foreign(name, limit=80)) if name else "",
            *(tag("i", class_=f"l-{label}") for label in (*labels, *record.flags)),
            tag("p", self._body(record, marks), dir="auto") if record.body_raw else "",
            *(tag("p", text("＋ "), foreign(one)) for one in record.attachments[:SHOWN_FILES]),
            tag("small", *self._place(record)),
            class_=" ".join(classes),
            id=number,
        )

    def _clock(self, entry: Entry) -> str:
        """In each language only where there are words in it."""
        if entry.at_ms is not None and entry.record.precision is not Precision.DAY:
            return self._words.clock(entry)
        return self._in_each({lang: words.clock(entry) for lang, words in self._texts.items()})

    def _body(self, record: Record, marks: Sequence[Mark]) -> Html:
        body = record.body_raw[:_BODY_CHARACTERS]
        left = len(record.body_raw) - len(body)
        parts: list[Html] = []
        position = 0
        for one in marks:
            if one.char_end > len(body):
                break
            parts.append(_plain(body[position : one.char_start]))
            tags = [str(found) for found in one.tags if found in OF_WORDS]
            judgement = self._judged(one)
            classes = [str(one.category), *tags, *([judgement] if judgement else [])]
            words = _plain(body[one.char_start : one.char_end])
            parts.append(tag("mark", words, class_=" ".join(classes)))
            position = one.char_end
        parts.append(_plain(body[position:]))
        if left:
            parts.append(text(f"…[+{left}]"))
        return tag("bdi", *parts)

    def _judged(self, found: Mark) -> str | None:
        return self._judgements.get((found.record, found.category))

    def _place(self, record: Record) -> Iterator[str]:
        """Lines and bytes; before them the file, where the chat has several."""
        span = record.src
        if len(self._transcript.chats) > 1 and span.member:
            yield foreign(posixpath.basename(span.member), limit=40)
            yield " "
        lines = f"L{span.line_start}–{span.line_end} · " if span.line_start else ""
        yield f"{lines}{span.byte_start}–{span.byte_end - 1}"

    def _in_each(self, texts: Mapping[str, str]) -> Html:
        return join(tag("span", one, class_=lang) for lang, one in texts.items())


def _plain(body: str) -> Html:
    """A stretch of a message, line by line, in which nothing is hidden and nothing runs."""
    parts: list[str] = []
    for piece in _SPACES.split(body):
        if piece in ("\n", "\t"):
            parts.append(piece)
            continue
        for start in range(0, len(piece), _PIECE_CHARACTERS):
            parts.append(text(piece[start : start + _PIECE_CHARACTERS]))
    return Html("".join(parts))
