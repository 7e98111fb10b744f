"""Drive a parser over a source: account for every byte, map roles, count, never crash."""

from collections import Counter
from collections.abc import Iterator

import msgspec

from evidence_kit.chats.parser import BREAKS, ChatStop, Options, Parser
from evidence_kit.chats.record import (
    PARTICIPANTS,
    SIBLINGS,
    Chat,
    Declared,
    Flag,
    Part,
    Participant,
    Party,
    Record,
    RecordKind,
    Sibling,
    Span,
    Stop,
    Structure,
)
from evidence_kit.chats.source import Source, mended
from evidence_kit.chats.times import BEIJING, LOCAL_CHARACTERS, instant

UNCLAIMED_BYTES = 1 << 16
"""Of a longer unclaimed stretch, `body_raw` shows this much; its span covers all of it."""
_TEXTS = (
    "sender_raw",
    "sender_id",
    "ts_raw",
    "body_raw",
    "conversation",
    "platform_id",
    "type_raw",
    "reply_to",
)
_CONTRADICTIONS = frozenset({Flag.TIMES_DIFFER, Flag.PARTS_DIFFER})
_REPLACED = "\ufffd"
_UNCLAIMED = RecordKind.UNCLAIMED
"""Looked up once: Python 3.11 takes long to find a member of an enumeration."""

_Sender = tuple[str | None, str | None, Party, bool | None]
_OTHERS: _Sender = (None, None, Party.UNKNOWN, None)
"""The senders beyond PARTICIPANTS."""


class Roles(msgspec.Struct, frozen=True, kw_only=True):
    """Who the senders are: names or platform ids as the user says, and what follows from ids."""

    buyer: frozenset[str] = frozenset()
    merchant: frozenset[str] = frozenset()
    buyer_ids: frozenset[str] = frozenset()
    """Ids alone: of accounts that go by one of the buyer's names. See `accounts.same_accounts`."""
    merchant_ids: frozenset[str] = frozenset()

    def of(self, record: Record) -> Party:
        """The role of a record's sender."""
        name, sender_id = record.sender_raw, record.sender_id
        if name in self.buyer or sender_id in self.buyer or sender_id in self.buyer_ids:
            return Party.BUYER
        if name in self.merchant or sender_id in self.merchant or sender_id in self.merchant_ids:
            return Party.MERCHANT
        # Where only one side was named, the rest may well hold the other one.
        is_named = name is not None or sender_id is not None
        return Party.OTHER if is_named and self.buyer and self.merchant else Party.UNKNOWN


class Reading:
    """The records of one source, in the order of the file; the account after the last one.

    Iterate over it once. It raises nothing but `OSError`: where the parser fails, the rest of
    the file is one unclaimed record and `chat.stopped` says where and why.
    """

    def __init__(
        self,
        source: Source,
        parser: Parser,
        *,
        options: Options | None = None,
        roles: Roles | None = None,
        assumed_offset: str = BEIJING,
    ) -> None:
        self.source = source
        self.parser = parser
        self.options = options or Options()
        self._roles = roles or Roles()
        self.assumed_offset = assumed_offset
        self._tally = _Tally(assumed_offset)
        self._position = 0
        self._stop: Stop | None = None

    def __iter__(self) -> Iterator[Record]:
        take, container = self._tally.take, self.source.container
        for part in self.parts():
            if isinstance(part, Record):
                if part.attachments and container is not None:
                    container.point_to(part.attachments, are_beside=self.parser.files_beside)
                yield take(part)
            else:
                self._tally.note(part)

    @property
    def chat(self) -> Chat:
        """The account of what was read so far; of the file, once the last record is out."""
        source, tally, options = self.source, self._tally, self.options
        return Chat(
            parser=self.parser.id,
            parser_version=self.parser.version,
            sha256=source.sha256,
            size_bytes=source.size_bytes,
            member=source.member,
            encoding=source.encoding,
            has_bom=source.bom_bytes > 0,
            assumed_offset=self.assumed_offset,
            date_order=options.date_order,
            records=tally.records,
            kinds={str(kind): count for kind, count in sorted(tally.kinds.items()) if count},
            participants=tally.participants(),
            declared=tally.checked_declarations(),
            unclaimed_bytes=tally.unclaimed_bytes,
            structure_bytes=tally.structure_bytes,
            ambiguous_dates=tally.ambiguous_dates,
            backward_times=tally.backward_times,
            undated=tally.undated,
            undecodable=tally.undecodable,
            contradicting=tally.contradicting,
            run_together=tally.run_together,
            first_at=tally.first_at,
            last_at=tally.last_at,
            stopped=self._stop,
            siblings=tuple(tally.siblings),
        )

    def parts(self) -> Iterator[Part]:
        """All that the file consists of, without a gap: use this or the iteration, not both."""
        if self.source.bom_bytes:
            yield Structure(0, self.source.bom_bytes)
            self._position = self.source.bom_bytes
        is_plain, has_roles = self._is_plain(), bool(self._roles.buyer or self._roles.merchant)
        try:
            for part in self.parser.parse(self.source, self.options):
                if isinstance(part, Record):
                    if part.src.byte_start != self._position:
                        yield from self._unclaimed(part.src.byte_start)
                    self._position = part.src.byte_end
                    if not is_plain:
                        part = _without_surrogates(part)
                    if has_roles:
                        part = msgspec.structs.replace(part, role=self._roles.of(part))
                elif isinstance(part, Structure):
                    if part.byte_start != self._position:
                        yield from self._unclaimed(part.byte_start)
                    self._position = part.byte_end
                yield part
        except ChatStop as stop:
            self._stop = Stop(byte=stop.byte, code=stop.code, detail=stop.detail)
        except BREAKS as error:
            # A parser that a stranger's file breaks must not keep the original from being sealed.
            name = type(error).__name__
            self._stop = Stop(byte=self._position, code="chat.parser_failed", detail=name)
        yield from self._unclaimed(self.source.size_bytes)

    def _is_plain(self) -> bool:
        """Whether the text can't hold lone surrogates."""
        is_strict = self.source.encoding in ("utf-8", "gb18030")
        return is_strict and self.parser.syntax == "text"

    def _unclaimed(self, end: int) -> Iterator[Record]:
        start = self._position
        if end < start:
            raise ValueError("the parser went back in the file")
        if end == start:
            return
        source = self.source
        shown = source.read(start, min(end, start + UNCLAIMED_BYTES))
        text = shown.decode(source.codec, "replace").replace("\r\n", "\n")
        cut = (Flag.CUT,) if end - start > UNCLAIMED_BYTES else ()
        undecodable = (Flag.UNDECODABLE,) if _REPLACED in text else ()
        yield Record(
            id=source.record_id(start),
            kind=RecordKind.UNCLAIMED,
            sender_raw=None,
            body_raw=text,
            flags=(*cut, *undecodable),
            src=source.span(start, end),
        )


class _Tally:
    """Counts records and marks those whose time goes back or is ambiguous."""

    def __init__(self, assumed_offset: str) -> None:
        self._offset = assumed_offset
        self.kinds = dict.fromkeys(RecordKind, 0)
        self.declared: list[Declared] = []
        self.siblings: dict[Sibling, None] = {}
        self.unclaimed_bytes = 0
        self.structure_bytes = 0
        self.ambiguous_dates = 0
        self.backward_times = 0
        self.undated = 0
        self.undecodable = 0
        self.contradicting = 0
        self.run_together = 0
        self.first_at: str | None = None
        self.last_at: str | None = None
        self._senders: dict[_Sender, int] = {}
        self._last: dict[str | None, str] = {}

    @property
    def records(self) -> int:
        """Without the unclaimed ones."""
        return sum(self.kinds.values()) - self.kinds[_UNCLAIMED]

    def note(self, part: Structure | Declared | Sibling) -> None:
        """Count what is no record."""
        if isinstance(part, Structure):
            self.structure_bytes += part.byte_end - part.byte_start
        elif isinstance(part, Declared):
            self.declared.append(part)
        elif len(self.siblings) < SIBLINGS:
            self.siblings[part] = None

    def take(self, record: Record) -> Record:
        """Count a record; the same one, or with the driver's flags."""
        self.kinds[record.kind] += 1
        if record.flags:
            self.undecodable += Flag.UNDECODABLE in record.flags
            self.contradicting += not _CONTRADICTIONS.isdisjoint(record.flags)
            self.run_together += Flag.LOST_HEADER in record.flags
        if record.kind is _UNCLAIMED:
            self.unclaimed_bytes += record.src.byte_end - record.src.byte_start
            return record
        if record.sender_raw or record.sender_id:
            sender = (record.sender_raw, record.sender_id, record.role, record.self_claimed)
            try:
                self._senders[sender] += 1
            except KeyError:
                self._add(sender)
        times = record.ts_candidates
        if not times:
            self.undated += 1
        elif len(times) > 1:
            self.ambiguous_dates += 1
            return _flagged(record, Flag.AMBIGUOUS_DATE)
        elif self._goes_back(times[0], record.conversation):
            self.backward_times += 1
            return _flagged(record, Flag.BACKWARDS)
        return record

    def _add(self, sender: _Sender) -> None:
        if len(self._senders) >= PARTICIPANTS:
            sender = _OTHERS
        self._senders[sender] = self._senders.get(sender, 0) + 1

    def _goes_back(self, time: str, conversation: str | None) -> bool:
        """Whether it is earlier than the last one of its conversation."""
        last = self._last.get(conversation)
        self._last[conversation] = time
        if (
            last
            and last is self.last_at
            and len(time) == len(last) == LOCAL_CHARACTERS
            and time >= last
        ):
            # nearly always, and quicker: of the same form, and behind the latest of all
            self.last_at = time
            return False
        if last is None or not self._is_before(time, last):
            if self.last_at is None or self._is_before(self.last_at, time):
                self.last_at = time
            if self.first_at is None or (last is None and self._is_before(time, self.first_at)):
                self.first_at = time
            return False
        if self.first_at is None or self._is_before(time, self.first_at):
            self.first_at = time
        return True

    def _is_before(self, time: str, other: str) -> bool:
        if len(time) == len(other) and time[19:] == other[19:]:
            return time < other  # the same form and zone: the order of the letters
        return instant(time, self._offset) < instant(other, self._offset)

    def participants(self) -> tuple[Participant, ...]:
        """The senders, those with most records first."""
        return tuple(
            Participant(
                sender_raw=name, sender_id=platform_id, role=role, self_claimed=is_self, records=n
            )
            for (name, platform_id, role, is_self), n in Counter(self._senders).most_common()
        )

    def checked_declarations(self) -> tuple[Declared, ...]:
        """What the export says of itself, with what was counted."""
        return tuple(
            msgspec.structs.replace(claim, actual=self.records)
            if claim.what == "messages" and claim.actual is None
            else claim
            for claim in self.declared
        )


def _flagged(record: Record, flag: Flag) -> Record:
    return msgspec.structs.replace(record, flags=(*record.flags, flag))


def _without_surrogates(record: Record) -> Record:
    """The record with U+FFFD for what is no character, and the flag that says so."""
    changed: dict[str, str | tuple[str, ...] | Span] = {}
    for name in _TEXTS:
        text = getattr(record, name)
        if text and not text.isascii() and (plain := mended(text)) != text:
            changed[name] = plain
    names = tuple(map(mended, record.attachments))
    if names != record.attachments:
        changed["attachments"] = names
    pointer = record.src.json_pointer or ""
    if (plain := mended(pointer)) != pointer:
        changed["src"] = msgspec.structs.replace(record.src, json_pointer=plain)
    if not changed:
        return record
    return msgspec.structs.replace(record, flags=(*record.flags, Flag.UNDECODABLE), **changed)
