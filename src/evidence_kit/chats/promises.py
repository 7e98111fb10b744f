"""Promises of the merchant, their deadlines as stated, and what the export has after them."""

import functools
from collections.abc import Collection, Iterator, Sequence

import msgspec

from evidence_kit.chats.deadlines import due_ms, find_deadlines
from evidence_kit.chats.lexicon import Category, Lexicon
from evidence_kit.chats.marks import Mark, MarkFinder
from evidence_kit.chats.record import WITHDRAWN, Party, Record, TzStatus
from evidence_kit.chats.transcript import Entry, Transcript

Rejected = Collection[tuple[str, str]]
"""Marks that the user rejected, by record id and category."""
Confirmed = Collection[tuple[str, str]]
"""The same of those that the user confirmed."""

_FOLLOWING = (Category.DELIVERY, Category.REFUSAL)
_ENDS = "。.！!？?；;\n"
_SENTENCE_CHARACTERS = 400
MAX_OPEN = 10_000
"""Promises of one chat that wait for what comes next; the oldest are given out unanswered."""


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """A deadline in the sentence of a promise."""

    text: str
    """As stated."""
    due_ms: int | None
    """Milliseconds since 1970; None where computing it would be guessing."""
    is_zone_assumed: bool
    """Whether it rests on the offset that was taken for times without one."""
    late_ms: int | None
    """How long after it the next delivery or refusal was written; negative where before it."""


class PromiseCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the merchant that promises, and the next that names a delivery or refuses."""

    number: int
    record: str
    conversation: str | None
    at_ms: int | None
    marks: tuple[Mark, ...]
    is_confirmed: bool
    """Whether the user said that these words are a promise, whatever their tags."""
    deadlines: tuple[Deadline, ...]
    next_category: Category | None
    """Delivery or refusal; None where neither appears after it in this export."""
    next_number: int | None
    next_at_ms: int | None
    next_text: str | None
    """The words of it that the lexicon knows."""
    is_next_confirmed: bool
    """Whether the user said that they are meant so."""
    last_number: int | None
    """The last record of this chat with a certain time; None where none has one."""
    last_ms: int | None
    """Its time."""


def check_promises(
    transcript: Transcript,
    lexicons: Sequence[Lexicon],
    *,
    rejected: Rejected = frozenset(),
    confirmed: Confirmed = frozenset(),
) -> Iterator[PromiseCheck]:
    """Every promise of the merchant, in the order in which it is settled or the chat ends.

    Words that are negated, asked, a condition or quoted are no promise, no delivery and no
    refusal. What was recalled or deleted was promised, but delivers and refuses nothing.

    Args:
        transcript: open, with roles.
        lexicons: that marks are found with.
        rejected: marks that count for nothing.
        confirmed: marks that count whatever stands against them.
    """
    finder = MarkFinder(transcript, lexicons)
    lasts = transcript.last_entries()
    made = functools.partial(_checks, transcript, confirmed)
    waiting: list[tuple[Entry, tuple[Mark, ...]]] = []
    conversation: str | None = None
    for entry in transcript.in_time_order():
        record = entry.record
        if record.conversation != conversation:
            yield from made(waiting, None, lasts.get(conversation))
            waiting, conversation = [], record.conversation
        if record.role is not Party.MERCHANT:
            continue
        marks = [
            mark
            for mark in finder.marks(entry)
            if (mark.record, mark.category) in confirmed
            or (mark.is_plain and (mark.record, mark.category) not in rejected)
        ]
        following = _following(marks, confirmed, is_withdrawn=record.kind in WITHDRAWN)
        if following is not None and waiting:
            last = lasts.get(conversation)
            yield from made(waiting, (entry, following), last)
            waiting = []
        promises = tuple(mark for mark in marks if mark.category is Category.PROMISE)
        if promises:
            waiting.append((entry, promises))
        if len(waiting) > MAX_OPEN:
            yield from made(waiting[:1], None, lasts.get(conversation))
            del waiting[0]
    yield from made(waiting, None, lasts.get(conversation))


def find_rejected(
    transcript: Transcript, lexicons: Sequence[Lexicon], rejected: Rejected
) -> Iterator[Mark]:
    """The marks that `check_promises` would have counted, had the user not rejected them."""
    finder = MarkFinder(transcript, lexicons)
    records = {record for record, _ in rejected}
    for entry in transcript.in_time_order() if records else ():
        if entry.record.id in records and entry.record.role is Party.MERCHANT:
            yield from (
                mark
                for mark in finder.marks(entry)
                if mark.is_plain
                and mark.category in (Category.PROMISE, *_FOLLOWING)
                and (mark.record, mark.category) in rejected
            )


def _following(marks: Sequence[Mark], confirmed: Confirmed, *, is_withdrawn: bool) -> Mark | None:
    """The first that delivers or refuses; in a withdrawn message only what the user confirmed."""
    for mark in marks:
        is_confirmed = (mark.record, mark.category) in confirmed
        if mark.category in _FOLLOWING and (is_confirmed or not is_withdrawn):
            return mark
    return None


def _checks(
    transcript: Transcript,
    confirmed: Confirmed,
    waiting: Sequence[tuple[Entry, tuple[Mark, ...]]],
    following: tuple[Entry, Mark] | None,
    last: Entry | None,
) -> Iterator[PromiseCheck]:
    after, mark = following or (None, None)
    after_ms = after.at_ms if after else None
    for entry, marks in waiting:
        category = mark.category if mark else None
        yield PromiseCheck(
            number=entry.number,
            record=entry.record.id,
            conversation=entry.record.conversation,
            at_ms=entry.at_ms,
            marks=marks,
            is_confirmed=(entry.record.id, Category.PROMISE) in confirmed,
            deadlines=tuple(_deadlines(entry, marks, after_ms, transcript.assumed_offset)),
            next_category=category,
            next_number=after.number if after else None,
            next_at_ms=after_ms,
            next_text=mark.text if mark else None,
            is_next_confirmed=mark is not None and (mark.record, mark.category) in confirmed,
            last_number=last.number if last else None,
            last_ms=last.at_ms if last else None,
        )


def _deadlines(
    entry: Entry, marks: Sequence[Mark], after_ms: int | None, assumed_offset: str
) -> Iterator[Deadline]:
    """The deadlines in the sentences that hold a promise."""
    record = entry.record
    sentences = [_sentence(record.body_raw, mark.char_start, mark.char_end) for mark in marks]
    offset = _offset(record) or assumed_offset
    for stated in find_deadlines(record.body_raw):
        if not any(start <= stated.start and stated.end <= end for start, end in sentences):
            continue
        due = due_ms(stated, entry.exact_ms, offset)
        rests_on_zone = record.tz_status is TzStatus.ASSUMED or (
            record.tz_status is TzStatus.EPOCH and stated.days_on is not None
        )
        yield Deadline(
            text=stated.text,
            due_ms=due,
            is_zone_assumed=due is not None and rests_on_zone,
            late_ms=after_ms - due if due is not None and after_ms is not None else None,
        )


def _offset(record: Record) -> str | None:
    """The offset that the export itself writes."""
    is_written = record.tz_status is TzStatus.OFFSET and record.ts_candidates
    candidate = record.ts_candidates[0] if is_written else ""
    return candidate[-6:] if candidate and candidate[-6] in "+-" else None


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - _SENTENCE_CHARACTERS), end + _SENTENCE_CHARACTERS
    begin = max(text.rfind(sign, low, start) for sign in _ENDS) + 1
    ends = [place for sign in _ENDS if (place := text.find(sign, end, high)) >= 0]
    return max(begin, low), min(ends, default=min(high, len(text)))
