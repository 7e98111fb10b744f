"""All records of one chat, numbered, and in the order of time; in a file, not in memory."""

import hashlib
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO, NamedTuple

import msgspec

from evidence_kit.chats.reading import Reading
from evidence_kit.chats.record import (
    PARTICIPANTS,
    Participant,
    Party,
    Precision,
    Record,
    RecordKind,
    TzStatus,
)
from evidence_kit.chats.source import Source
from evidence_kit.chats.times import instant_ms
from evidence_kit.chats.totals import counted

_NAMES = 20
_SAYING = frozenset({RecordKind.TEXT, RecordKind.MEDIA})
_ROLELESS = frozenset({Party.OTHER, Party.UNKNOWN})
_NO_TIME = -(1 << 62)
_SPOOL_BYTES = 1 << 20
_WINDOW_BYTES = 1 << 16


class Entry(NamedTuple):
    """A record and its place."""

    number: int
    """Its place in the file, counted from 1; unclaimed stretches count, too.

    In a zip with several chats they are counted on.
    """
    record: Record
    at_ms: int | None
    """Milliseconds since 1970 where the export leaves no doubt; None where it does."""

    @property
    def exact_ms(self) -> int | None:
        """The same where it is exact to the minute at least."""
        return None if self.record.precision is Precision.DAY else self.at_ms


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote some messages."""

    sender_raw: str | None
    """None where the format gives no name."""
    sender_id: str | None
    messages: int


class Roleless(msgspec.Struct, frozen=True, kw_only=True):
    """What is from senders whom nobody said to be the buyer or the merchant."""

    messages: int
    """Texts and media messages."""
    senders: tuple[Sender, ...]
    """Those with most of them first, 20 at most."""
    more_senders: int
    """How many there are beyond these; more than 10,000 are not told apart."""


class Transcript:
    """The records of a chat, of one file or of several in their order; use it in a `with` block.

    A million records take about 40 MB of memory; their text waits in a temporary file.

    Args:
        readings: of its files, not yet iterated; of one syntax.
        first: the number of its first record; more than 1 where it is one of several chats.

    Raises:
        OSError: the export can't be read, or there is no room for the temporary file.
    """

    def __init__(self, *readings: Reading, first: int = 1) -> None:
        self.first = first
        self._spool = tempfile.TemporaryFile(prefix="evidence-kit-")  # noqa: SIM115
        self._starts = array("Q", (0,))
        self._times = array("q")
        self._chats = array("L")
        self.has_assumed_times = False
        """Whether some time rests on the offset that is taken where none is written."""
        self.sha256 = ""
        """Digest of all records as lines of JSON: what messages.jsonl must have."""
        self._roleless: dict[tuple[str | None, str | None], int] = {}
        self.conversations: list[str | None] = []
        """The chats of the export, in the order in which they begin."""
        try:
            self._fill(self._spool, readings)
        except BaseException:
            self._spool.close()
            raise
        self.chats = counted([reading.chat for reading in readings])
        """The account of each file."""
        self._sources = {reading.source.sha256: reading.source for reading in readings}
        self.syntax = readings[0].parser.syntax
        self.assumed_offset = readings[0].assumed_offset
        self._decoder = msgspec.json.Decoder(Record)
        self._window, self._window_start = memoryview(b""), 0

    def _fill(self, spool: BinaryIO, readings: Sequence[Reading]) -> None:
        encoder = msgspec.json.Encoder()
        digest = hashlib.sha256()
        offset = readings[0].assumed_offset
        buffer, position = bytearray(), 0
        known: dict[str | None, int] = {}
        for record in chain.from_iterable(readings):
            encoder.encode_into(record, buffer, len(buffer))
            buffer += b"\n"
            self._starts.append(position + len(buffer))
            if record.role in _ROLELESS and record.kind in _SAYING:
                self._count(record)
            candidates = record.ts_candidates
            if record.tz_status is TzStatus.ASSUMED:
                self.has_assumed_times = True
            is_certain = len(candidates) == 1
            self._times.append(instant_ms(candidates[0], offset) if is_certain else _NO_TIME)
            self._chats.append(known.setdefault(record.conversation, len(known)))
            if len(buffer) > _SPOOL_BYTES:
                digest.update(buffer)
                spool.write(buffer)
                position += len(buffer)
                buffer = bytearray()
        digest.update(buffer)
        spool.write(buffer)
        spool.flush()
        self.sha256 = digest.hexdigest()
        self.conversations = list(known)

    def _count(self, record: Record) -> None:
        sender = (record.sender_raw, record.sender_id)
        if sender not in self._roleless and len(self._roleless) >= PARTICIPANTS:
            sender = (None, None)
        self._roleless[sender] = self._roleless.get(sender, 0) + 1

    @property
    def roleless(self) -> Roleless | None:
        """The messages that no view of the parties counts; None where there is none."""
        if not self._roleless:
            return None
        counts = Counter(self._roleless)
        return Roleless(
            messages=counts.total(),
            senders=tuple(
                Sender(sender_raw=name, sender_id=sender_id, messages=count)
                for (name, sender_id), count in counts.most_common(_NAMES)
            ),
            more_senders=max(0, len(counts) - _NAMES),
        )

    def __enter__(self) -> "Transcript":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the temporary file; the account can still be told."""
        self._spool.close()

    def __len__(self) -> int:
        return len(self._times)

    def source_of(self, record: Record) -> Source:
        """The file that a record stands in."""
        return self._sources[record.src.sha256]

    @property
    def participants(self) -> tuple[Participant, ...]:
        """The senders in all files, those with most records first."""
        counts: Counter[Participant] = Counter()
        for chat in self.chats:
            for one in chat.participants:
                counts[msgspec.structs.replace(one, records=0)] += one.records
        return tuple(
            msgspec.structs.replace(one, records=count) for one, count in counts.most_common()
        )

    @property
    def last(self) -> int:
        """The number of its last record; less than `first` where it has none."""
        return self.first + len(self) - 1

    def entry(self, number: int) -> Entry:
        """The record with this number.

        Raises:
            IndexError: there is none.
        """
        if not self.first <= number <= self.last:
            raise IndexError(number)
        place = number - self.first
        at_ms = self._times[place]
        record = self._decoder.decode(self._text(self._starts[place], self._starts[place + 1]))
        return Entry(number, record, None if at_ms == _NO_TIME else at_ms)

    def _text(self, start: int, end: int) -> memoryview:
        """Bytes of the temporary file, which is read in windows: neighbours are wanted next."""
        begin = start - self._window_start
        if begin < 0 or end - self._window_start > len(self._window):
            self._spool.seek(start)
            self._window = memoryview(self._spool.read(max(end - start, _WINDOW_BYTES)))
            self._window_start, begin = start, 0
        return self._window[begin : begin + end - start]

    def in_file_order(self) -> Iterator[Entry]:
        """Every record, as the file has them."""
        return map(self.entry, range(self.first, self.last + 1))

    def in_time_order(self) -> Iterator[Entry]:
        """Every record, chat by chat, by its time.

        A record whose time is missing or doubtful stays behind the one before it in the file.
        Records of one moment stay in the order of the file, or in the opposite one where the
        file has the newest first.
        """
        return map(self.entry, self._time_order())

    @property
    def is_newest_first(self) -> bool:
        """Whether the times of the file go back more often than forth."""
        balance = 0
        last: dict[int, int] = {}
        for chat, at_ms in zip(self._chats, self._times, strict=True):
            if at_ms != _NO_TIME:
                before = last.get(chat, at_ms)
                balance += (at_ms > before) - (at_ms < before)
                last[chat] = at_ms
        return balance < 0

    @property
    def period_ms(self) -> tuple[int, int] | None:
        """The earliest and the latest certain time; None where there is none."""
        known = [at_ms for at_ms in self._times if at_ms != _NO_TIME]
        return (min(known), max(known)) if known else None

    def last_entries(self) -> dict[str | None, Entry]:
        """Of each chat the record with the latest certain time."""
        latest: dict[int, tuple[int, int]] = {}
        places = zip(self._chats, self._times, strict=True)
        for number, (chat, at_ms) in enumerate(places, start=self.first):
            if at_ms != _NO_TIME and at_ms >= latest.get(chat, (_NO_TIME, 0))[0]:
                latest[chat] = (at_ms, number)
        return {self.conversations[chat]: self.entry(n) for chat, (_, n) in latest.items()}

    def _time_order(self) -> "range | list[int]":
        sign = -1 if self.is_newest_first else 1
        keys = array("q")
        last: dict[int, int] = {}
        for chat, at_ms in zip(self._chats, self._times, strict=True):
            if at_ms != _NO_TIME:
                last[chat] = at_ms
            keys.append(last.get(chat, _NO_TIME))
        numbers = range(self.first, self.last + 1)
        if sign == 1 and len(self.conversations) <= 1 and _is_rising(keys):
            return numbers
        chats, first = self._chats, self.first
        return sorted(numbers, key=lambda n: (chats[n - first], keys[n - first], sign * n))


def _is_rising(keys: "array[int]") -> bool:
    return all(keys[n] <= keys[n + 1] for n in range(len(keys) - 1))
