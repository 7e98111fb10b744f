"""Two exports of one chat, record by record: what only one of them has, and what differs.

Neutral facts. Why an export lacks a message, or has another text, they do not say.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from enum import StrEnum
from hashlib import blake2b

import msgspec

from evidence_kit.chats.record import Party, Precision, Record, RecordKind
from evidence_kit.chats.transcript import Entry, Transcript

_STEPS_MS = {
    Precision.MILLISECOND: 1,
    Precision.SECOND: 1000,
    Precision.MINUTE: 60_000,
}

_KNOWN = (Party.BUYER, Party.MERCHANT)


class Side(StrEnum):
    """Where a record is."""

    ONLY_IN_A = "only_in_a"
    ONLY_IN_B = "only_in_b"
    DIFFERS = "differs"
    """In both, with another body."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in which two exports differ."""

    side: Side
    number_a: int | None
    number_b: int | None
    a: Record | None
    b: Record | None
    is_inside: bool | None
    """Whether its time lies in the period that both exports cover; None without a certain time."""


class Alignment(msgspec.Struct, frozen=True, kw_only=True):
    """How two exports compare as a whole."""

    same: int
    """Records with the same sender, time and body."""
    only_in_a: int
    only_in_b: int
    differs: int
    by_platform_id: int
    """How many pairs were found by the platform's id; the others by sender, time and body."""
    common_from_ms: int | None
    common_until_ms: int | None
    """The period that both cover; None where there is none."""


class Aligned:
    """The alignment of two exports, ready to be told.

    Half a million records on each side take some 120 MB of memory while they are paired.

    Args:
        a: the first export.
        b: the second one.
    """

    def __init__(self, a: Transcript, b: Transcript) -> None:
        self._a, self._b = a, b
        self._has_roles = all(map(_has_roles, (a, b)))
        self._step_ms = max(map(_coarsest_ms, (a, b)))
        self._common = _common(a, b)
        self._partners = array("q", bytes(8 * len(a)))
        """Of each record of A its number in B, negative where that has another body; 0 for none."""
        self._is_paired = bytearray(len(b))
        """Of each record of B."""
        by_id = self._pair_by_id()
        self._pair_by_key(with_body=True)
        self._pair_by_key(with_body=False)
        same = sum(number > 0 for number in self._partners)
        paired = sum(self._is_paired)
        count_a, count_b = (sum(1 for _ in _compared(one)) for one in (a, b))
        self.account = Alignment(
            same=same,
            only_in_a=count_a - paired,
            only_in_b=count_b - paired,
            differs=paired - same,
            by_platform_id=by_id,
            common_from_ms=self._common[0] if self._common else None,
            common_until_ms=self._common[1] if self._common else None,
        )

    def differences(self) -> Iterator[Difference]:
        """What differs: by the order of the first export, then what only the second one has."""
        for entry in _compared(self._a):
            partner = self._partners[entry.number - self._a.first]
            if not partner:
                yield self._alone(Side.ONLY_IN_A, entry)
            elif partner < 0:
                other = self._b.entry(-partner)
                yield Difference(
                    side=Side.DIFFERS,
                    number_a=entry.number,
                    number_b=other.number,
                    a=entry.record,
                    b=other.record,
                    is_inside=self._is_inside(entry),
                )
        for entry in self._free_b():
            yield self._alone(Side.ONLY_IN_B, entry)

    def _free_a(self) -> Iterator[Entry]:
        first = self._a.first
        return (one for one in _compared(self._a) if not self._partners[one.number - first])

    def _free_b(self) -> Iterator[Entry]:
        first = self._b.first
        return (one for one in _compared(self._b) if not self._is_paired[one.number - first])

    def _alone(self, side: Side, entry: Entry) -> Difference:
        is_a = side is Side.ONLY_IN_A
        return Difference(
            side=side,
            number_a=entry.number if is_a else None,
            number_b=None if is_a else entry.number,
            a=entry.record if is_a else None,
            b=None if is_a else entry.record,
            is_inside=self._is_inside(entry),
        )

    def _is_inside(self, entry: Entry) -> bool | None:
        if entry.at_ms is None:
            return None
        return self._common is not None and self._common[0] <= entry.at_ms <= self._common[1]

    def _pair(self, entry: Entry, number: int, *, is_same: bool) -> None:
        self._partners[entry.number - self._a.first] = number if is_same else -number
        self._is_paired[number - self._b.first] = True

    def _pair_by_id(self) -> int:
        """Pair what the platform gave one id; how many pairs."""
        ids_b = _by_platform_id(self._b)
        found = 0
        for entry in _compared(self._a) if ids_b else ():
            other = ids_b.get(entry.record.platform_id or "")
            if other and not self._is_paired[other - self._b.first] and self._is_one(entry, other):
                self._pair(entry, other, is_same=self._is_same(entry, other))
                found += 1
        return found

    def _pair_by_key(self, *, with_body: bool) -> None:
        """Pair what has the same key and no partner yet, in the order of the files."""
        waiting: defaultdict[bytes, list[int]] = defaultdict(list)
        for entry in self._free_b():
            waiting[self._key(entry, with_body=with_body)].append(entry.number)
        for numbers in waiting.values():
            numbers.reverse()  # a list gives up its end
        for entry in self._free_a() if waiting else ():
            others = waiting.get(self._key(entry, with_body=with_body))
            if others:
                self._pair(entry, others.pop(), is_same=with_body)

    def _is_one(self, entry: Entry, number: int) -> bool:
        """Whether records of one id are one message: an id may be no more than a row's number."""
        other = self._b.entry(number)
        return self._is_same(entry, number) or self._time(entry) == self._time(other)

    def _is_same(self, entry: Entry, number: int) -> bool:
        record, other = entry.record, self._b.entry(number).record
        return (record.kind, record.body_raw) == (other.kind, other.body_raw)

    def _time(self, entry: Entry) -> str:
        if entry.at_ms is None:
            return entry.record.ts_raw or ""
        return str(entry.at_ms // self._step_ms)

    def _key(self, entry: Entry, *, with_body: bool) -> bytes:
        """What the same record has in the other export."""
        record = entry.record
        is_known = self._has_roles and record.role in _KNOWN
        # One exporter writes a nickname where another writes 我: roles tell who is who.
        sender = f"role {record.role}" if is_known else f"name {record.sender_raw}"
        body = (record.kind, record.body_raw) if with_body else ()
        return _digest(sender, self._time(entry), *body)


def _by_platform_id(transcript: Transcript) -> dict[str, int]:
    """Number of each record by its platform id; ids that occur twice are left out."""
    found: dict[str, int] = {}
    twice: set[str] = set()
    for entry in _compared(transcript):
        platform_id = entry.record.platform_id
        if platform_id:
            if platform_id in found:
                twice.add(platform_id)
            found[platform_id] = entry.number
    return {key: number for key, number in found.items() if key not in twice}


def _compared(transcript: Transcript) -> Iterator[Entry]:
    entries = transcript.in_file_order()
    return (entry for entry in entries if entry.record.kind is not RecordKind.UNCLAIMED)


def _digest(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _has_roles(transcript: Transcript) -> bool:
    roles = {participant.role for participant in transcript.participants}
    return roles.issuperset(_KNOWN)


def _coarsest_ms(transcript: Transcript) -> int:
    steps = {
        _STEPS_MS[entry.record.precision]
        for entry in transcript.in_file_order()
        if entry.record.precision in _STEPS_MS
    }
    return max(steps, default=1)


def _common(a: Transcript, b: Transcript) -> tuple[int, int] | None:
    periods = [transcript.period_ms for transcript in (a, b)]
    if None in periods:
        return None
    begin = max(period[0] for period in periods if period)
    end = min(period[1] for period in periods if period)
    return (begin, end) if begin <= end else None
