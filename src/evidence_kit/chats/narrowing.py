"""Narrowing a view of a chat: what of it is shown, and how much is not.

What a view holds is found in the whole chat and only then narrowed: a part by itself would have
waits whose replies lie outside it, and promises that nothing follows.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

import msgspec

from evidence_kit.chats.lexicon import Category
from evidence_kit.chats.marks import Mark, MarkFinder
from evidence_kit.chats.promises import Rejected
from evidence_kit.chats.record import Party, Record
from evidence_kit.chats.silence import Silence
from evidence_kit.chats.times import instant_ms
from evidence_kit.chats.transcript import Entry, Transcript

T = TypeVar("T")


class Only(StrEnum):
    """What records can be narrowed to, besides time and sender."""

    MARKED = "marked"
    """With a mark that is its party's own, and that the user has not rejected."""
    BUYER = "buyer"
    MERCHANT = "merchant"
    PROMISE = "promise"
    """With such a mark that the user has not rejected; so those below."""
    REFUSAL = "refusal"
    DELIVERY = "delivery"
    CLAIM = "claim"
    OFF_PLATFORM = "off_platform"


PARTIES = {Only.BUYER: Party.BUYER, Only.MERCHANT: Party.MERCHANT}
CATEGORIES = {Only(category): category for category in Category}


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """What a view is narrowed to: all of it must hold."""

    from_on: str | None
    """The first day, YYYY-MM-DD."""
    until_on: str | None
    """The last day."""
    senders: tuple[str, ...]
    """Names or ids, one of which must be the sender's; empty where anybody may be."""
    only: tuple[Only, ...]
    """Of parties one must hold, and of marks one; empty where anything may be."""


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    """How a view was narrowed, and how much of it is left."""

    by: Narrowing
    offset: str
    """The offset from UTC that its days are counted in, such as "+08:00"."""
    shown: int
    """Entries that are left."""
    total: int
    """Entries of the whole chat."""
    untimed: int
    """Entries left out because no certain time tells whether they lie in these days."""


class Selection:
    """Judges what lies in a part of a chat: True, False, or None where no time tells.

    Args:
        transcript: open; of the whole chat.
        narrowing: what the part is.
        finder: of marks; needed where the narrowing names some.
        rejected: marks that do not count.
    """

    def __init__(
        self,
        transcript: Transcript,
        narrowing: Narrowing,
        finder: MarkFinder | None = None,
        rejected: Rejected = frozenset(),
    ) -> None:
        self._transcript = transcript
        self._finder = finder
        self._rejected = rejected
        self._senders = frozenset(narrowing.senders)
        self._parties = {PARTIES[one] for one in narrowing.only if one in PARTIES}
        self._categories = {CATEGORIES[one] for one in narrowing.only if one in CATEGORIES}
        self._wants_marks = bool(self._categories) or Only.MARKED in narrowing.only
        first, last = narrowing.from_on, narrowing.until_on
        self._first_ms = self._ms(f"{first}T00:00:00.000") if first else None
        self._last_ms = self._ms(f"{last}T23:59:59.999") if last else None

    def of_entry(self, entry: Entry) -> bool | None:
        """Of a record, its marks included."""
        is_in = self._of_record(entry)
        if is_in is not False and self._wants_marks and self._finder is not None:
            marks = self._finder.marks(entry)
            if not any(self._is_wanted(one) and self._counts(one) for one in marks):
                return False
        return is_in

    def of_number(self, number: int) -> bool | None:
        """Of the record with this number, whatever its marks."""
        return self._of_record(self._transcript.entry(number))

    def of_mark(self, mark: Mark) -> bool | None:
        """Of a mark, rejected or not."""
        return self._is_wanted(mark) and self.of_number(mark.number)

    def of_silence(self, run: Silence) -> bool | None:
        """Of a wait, which lies in the part where it reaches into it."""
        start, end = run.opened_at_ms, run.until_ms
        if (start is not None and self._is_after(start)) or (
            end is not None and self._is_before(end)
        ):
            return False
        if self._first_ms is None and self._last_ms is None:
            return True
        last_asked = self._transcript.entry(run.last_buyer_message).at_ms
        known = [at_ms for at_ms in (start, last_asked, end) if at_ms is not None]
        if known and not self._is_after(min(known)) and not self._is_before(max(known)):
            return True
        return None

    def _of_record(self, entry: Entry) -> bool | None:
        record = entry.record
        if self._senders and self._senders.isdisjoint(_names(record)):
            return False
        if self._parties and record.role not in self._parties:
            return False
        if len(record.ts_candidates) > 1:  # whichever day is meant, it may lie in the part
            found = {self._of_time(self._ms(one)) for one in record.ts_candidates}
            return found.pop() if len(found) == 1 else None
        return self._of_time(entry.at_ms)

    def _ms(self, candidate: str) -> int:
        return instant_ms(candidate, self._transcript.assumed_offset)

    def _of_time(self, at_ms: int | None) -> bool | None:
        if self._first_ms is None and self._last_ms is None:
            return True
        if at_ms is None:
            return None
        return not self._is_before(at_ms) and not self._is_after(at_ms)

    def _is_before(self, at_ms: int) -> bool:
        return self._first_ms is not None and at_ms < self._first_ms

    def _is_after(self, at_ms: int) -> bool:
        return self._last_ms is not None and at_ms > self._last_ms

    def _is_wanted(self, mark: Mark) -> bool:
        return not self._categories or mark.category in self._categories

    def _counts(self, mark: Mark) -> bool:
        return mark.is_theirs and (mark.record, mark.category) not in self._rejected


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Which of many entries are shown."""

    shown: bytearray
    """One for each entry: 1 where it is."""
    untimed: int
    """Those that are not because no time tells."""


def tally(entries: Iterable[T], judge: Callable[[T], bool | None]) -> Tally:
    """Judge one entry after the other, and keep none of them."""
    shown, untimed = bytearray(), 0
    for entry in entries:
        is_in = judge(entry)
        shown.append(is_in is True)
        untimed += is_in is None
    return Tally(shown=shown, untimed=untimed)


def _names(record: Record) -> Iterable[str]:
    return (name for name in (record.sender_raw, record.sender_id) if name)
