"""Marks: words of a lexicon in the messages of a chat, each tied to its bytes.

A mark is a suggestion. What it means, the user decides.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from evidence_kit.chats.clauses import Tag, tags_of
from evidence_kit.chats.lexicon import Category, Hit, Lexicon, fold
from evidence_kit.chats.record import Party, Record, RecordKind
from evidence_kit.chats.source import Source
from evidence_kit.chats.transcript import Entry, Transcript

MARKS_PER_RECORD = 200
"""More of them in one message are not looked for; the last one is tagged `more`."""
_QUOTE = re.compile(r"[“”「」『』\"]|\n>?|\A>")
_CLOSES = {"“": "”", "「": "」", "『": "』"}
_QUOTABLE = '“「『">'


OF_WORDS = (Tag.NEGATED, Tag.QUESTION, Tag.CONDITION, Tag.QUOTED, Tag.BY_BUYER, Tag.BY_MERCHANT)
"""What stands against taking the words of a mark at their word."""
OF_PARTY = (Tag.BY_BUYER, Tag.BY_MERCHANT)
"""Of them those that say that the other party wrote the words."""
_NOT_THEIRS = {
    (Party.BUYER, Category.PROMISE): (Tag.BY_BUYER,),
    (Party.BUYER, Category.REFUSAL): (Tag.BY_BUYER,),
    (Party.BUYER, Category.DELIVERY): (Tag.BY_BUYER,),
    (Party.MERCHANT, Category.CLAIM): (Tag.BY_MERCHANT,),
}
_WITHDRAWN = {RecordKind.RECALL: (Tag.RECALLED,), RecordKind.DELETED: (Tag.DELETED,)}
_UNSEARCHED = frozenset({RecordKind.SYSTEM, RecordKind.UNCLAIMED})


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A word of a lexicon in a message."""

    number: int
    """Of the record, see `Entry`."""
    record: str
    """Id of the record."""
    category: Category
    tags: tuple[Tag, ...]
    role: Party
    """Whose message it is, as the user says."""
    sender_raw: str | None
    text: str
    """The words as written."""
    pattern: str
    """The word or pattern of the lexicon that fits."""
    lexicon: str
    """Id of the lexicon."""
    lexicon_version: str
    char_start: int
    """In the body of the record."""
    char_end: int
    byte_start: int
    """In the file; of the whole record where `is_exact` is false."""
    byte_end: int
    is_exact: bool
    """False where the format writes the words in another form, such as with escapes."""

    @property
    def is_plain(self) -> bool:
        """True where nothing stands against taking it at its word."""
        return not set(self.tags).intersection(OF_WORDS)

    @property
    def is_theirs(self) -> bool:
        """False where it is of a category that only the other party's words can be of."""
        return not set(self.tags).intersection(OF_PARTY)


def find_marks(transcript: Transcript, lexicons: Sequence[Lexicon]) -> Iterator[Mark]:
    """Every mark of a chat, in the order of time."""
    finder = MarkFinder(transcript, lexicons)
    for entry in transcript.in_time_order():
        yield from finder.marks(entry)


class MarkFinder:
    """Finds the marks of one record after the other.

    Args:
        transcript: that they stand in.
        lexicons: see `load_lexicons`.
    """

    def __init__(self, transcript: Transcript, lexicons: Sequence[Lexicon]) -> None:
        self._transcript = transcript
        self._lexicons = lexicons

    def marks(self, entry: Entry) -> list[Mark]:
        """The marks of a record, in the order of its text; none in a system line."""
        record = entry.record
        if record.kind in _UNSEARCHED:
            return []
        hits, has_more = find_hits(record.body_raw, self._lexicons)
        if not hits:
            return []
        place = _Place(self._transcript.source_of(record), self._transcript.syntax, record)
        quoted = _quoted(record.body_raw)
        marks = []
        for number, hit in enumerate(hits, start=1):
            tags = tags_of(record.body_raw, hit, self._lexicons)
            if any(start <= hit.start and hit.end <= end for start, end in quoted):
                tags = (*tags, Tag.QUOTED)
            tags = (*tags, *_NOT_THEIRS.get((record.role, hit.category), ()))
            tags = (*tags, *_WITHDRAWN.get(record.kind, ()))
            if has_more and number == len(hits):
                tags = (*tags, Tag.MORE)
            span = place.span(hit.start, hit.end)
            marks.append(
                Mark(
                    number=entry.number,
                    record=record.id,
                    category=hit.category,
                    tags=tags,
                    role=record.role,
                    sender_raw=record.sender_raw,
                    text=record.body_raw[hit.start : hit.end],
                    pattern=hit.pattern,
                    lexicon=hit.lexicon.id,
                    lexicon_version=hit.lexicon.version,
                    char_start=hit.start,
                    char_end=hit.end,
                    byte_start=span.start,
                    byte_end=span.end,
                    is_exact=span.is_exact,
                )
            )
        return marks


def find_hits(text: str, lexicons: Iterable[Lexicon]) -> tuple[list[Hit], bool]:
    """The hits in a text, none inside another, longer ones first served; whether there are more."""
    folded = fold(text)
    found: list[Hit] = []
    has_more = False
    for lexicon in lexicons:
        for count, hit in enumerate(lexicon.find(folded)):
            if count >= MARKS_PER_RECORD:
                has_more = True
                break
            found.append(hit)
    found.sort(key=lambda hit: (hit.start - hit.end, hit.start))
    kept: list[Hit] = []
    for hit in found:
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept), has_more


def _quoted(text: str) -> list[tuple[int, int]]:
    """The stretches in quotation marks, and the lines that begin with ">"."""
    if not any(sign in text for sign in _QUOTABLE):
        return []
    found: list[tuple[int, int]] = []
    opened: dict[str, int] = {}
    line: int | None = None
    for match in _QUOTE.finditer(text):
        sign, at = match[0], match.start()
        if sign.endswith(">") or sign == "\n":
            if line is not None:
                found.append((line, at))
            line = match.end() if sign.endswith(">") else None
            opened.pop('"', None)  # one of these does not go on in the next line
        elif sign in _CLOSES:
            opened.setdefault(_CLOSES[sign], at)
        elif sign in opened:
            found.append((opened.pop(sign), at))
        elif sign == '"':
            opened[sign] = at
    if line is not None:
        found.append((line, len(text)))
    return found


class _Bytes(NamedTuple):
    start: int
    end: int
    is_exact: bool


class _Place:
    """Finds the bytes of words in the original, or says that it can't."""

    def __init__(self, source: Source, syntax: str, record: Record) -> None:
        span = record.src
        self._source = source
        self._whole = _Bytes(span.byte_start, span.byte_end, False)
        self._body = record.body_raw
        self._raw = source.decode(source.read(span.byte_start, span.byte_end))
        plain = self._raw.replace("\r\n", "\n")
        # In a text the body comes last; elsewhere only a single place is a sure one.
        last = plain.rfind(self._body)
        is_sure = syntax == "text" or plain.find(self._body) == last
        self._begin = last if is_sure else -1
        self._has_cr = len(plain) != len(self._raw)

    def span(self, start: int, end: int) -> _Bytes:
        """The bytes of body[start:end]; those of the whole record where they can't be told."""
        if self._begin >= 0:
            first, last = self._begin + start, self._begin + end
            if self._has_cr:
                first, last = self._with_cr(first), self._with_cr(last)
        else:
            found = self._only(self._body[start:end])
            if found is None:
                return self._whole
            first, last = found
        begin = self._whole.start + self._source.length(self._raw[:first])
        return _Bytes(begin, begin + self._source.length(self._raw[first:last]), True)

    def _with_cr(self, place: int) -> int:
        """Where a place of the text with LF alone is in the text as it stands."""
        passed = shift = 0
        for part in self._raw.split("\r\n"):
            passed += len(part) + 1
            if passed > place:
                break
            shift += 1
        return place + shift

    def _only(self, words: str) -> tuple[int, int] | None:
        """The one place of these words, as they are or as JSON may escape them."""
        for form in (words, json.dumps(words)[1:-1]):
            first = self._raw.find(form)
            if first >= 0 and self._raw.find(form, first + 1) < 0:
                return first, first + len(form)
        return None
