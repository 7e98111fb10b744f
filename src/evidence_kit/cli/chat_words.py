"""How records of a chat, their times and their places are put into words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from evidence_kit.actions.sealed_chat import SealedChat
from evidence_kit.bundle.text import escape
from evidence_kit.chats.clauses import Tag
from evidence_kit.chats.coverage import Notice
from evidence_kit.chats.derived import SHOWN_FILES, number_of
from evidence_kit.chats.lexicon import Category
from evidence_kit.chats.record import (
    Flag,
    Participant,
    Party,
    Precision,
    Record,
    RecordKind,
    TzStatus,
)
from evidence_kit.chats.times import instant
from evidence_kit.chats.transcript import Entry, Roleless, Sender
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LENGTHS = {Precision.DAY: 10, Precision.MINUTE: 16, Precision.SECOND: 19}
_DIGEST_CHARACTERS = 16
_SENDERS = 10
_NAME_CHARACTERS = 60

KINDS = {
    RecordKind.TEXT: mark("text"),
    RecordKind.MEDIA: mark("media"),
    RecordKind.SYSTEM: mark("line of the app"),
    RecordKind.RECALL: mark("recalled"),
    RecordKind.DELETED: mark("deleted"),
    RecordKind.UNCLAIMED: mark("not understood"),
}
PARTIES = {
    Party.BUYER: mark("buyer"),
    Party.MERCHANT: mark("merchant"),
    Party.OTHER: mark("third person"),
    Party.UNKNOWN: mark("role not said"),
}
FLAGS = {
    Flag.AMBIGUOUS_DATE: mark("the date can be read in several ways"),
    Flag.AUTO_REPLY: mark("automatic reply"),
    Flag.BACKWARDS: mark("earlier than the one before it"),
    Flag.CUT: mark("cut off"),
    Flag.DATE_ABOVE: mark("the day stands in a line above"),
    Flag.EDITED: mark("edited"),
    Flag.FORWARDED: mark("forwarded"),
    Flag.LOST_HEADER: mark("a line in it may be another message"),
    Flag.NAMED_ELSEWHERE: mark("the sender's name stands in another file of the export"),
    Flag.NO_SUCH_TIME: mark("no such time, or not sure which is meant"),
    Flag.PARTS_DIFFER: mark("its plain text, shown here, and its HTML do not say the same"),
    Flag.PLACEHOLDER: mark("a stand-in for what the export does not hold"),
    Flag.READ: mark("marked as read"),
    Flag.REPAIRED: mark("garbled in the export, shown as it was meant"),
    Flag.TIMES_DIFFER: mark("the export writes two times for it that contradict each other"),
    Flag.UNDECODABLE: mark("bytes in no known encoding"),
    Flag.UNJOINED: mark("written without a name, where the app begins anew with one"),
    Flag.UNREAD: mark("marked as not read"),
}
CATEGORIES = {
    Category.PROMISE: mark("promise"),
    Category.REFUSAL: mark("refusal"),
    Category.DELIVERY: mark("delivery"),
    Category.CLAIM: mark("buyer's claim"),
    Category.OFF_PLATFORM: mark("off the platform"),
}
TAGS = {
    Tag.NEGATED: mark("negated"),
    Tag.QUESTION: mark("asked"),
    Tag.CONDITION: mark("a condition, or still to come"),
    Tag.QUOTED: mark("quoted"),
    Tag.BY_BUYER: mark("the buyer's words, not counted"),
    Tag.BY_MERCHANT: mark("the merchant's words, not counted"),
    Tag.RECALLED: mark("recalled"),
    Tag.DELETED: mark("deleted"),
    Tag.MORE: mark("more follow in this message"),
}
NOTICES = {
    Notice.UNCLAIMED: mark("not understood"),
    Notice.AMBIGUOUS_DATE: mark("the date can be read in several ways"),
    Notice.BACKWARDS: mark("earlier than the one before it"),
    Notice.NO_SUCH_TIME: mark("no such time, or not sure which is meant"),
    Notice.UNDATED: mark("no date"),
    Notice.RECALL: mark("recalled"),
    Notice.DELETED: mark("deleted"),
    Notice.TIMES_DIFFER: mark("the export writes two times for it that contradict each other"),
    Notice.PARTS_DIFFER: mark("its plain text, shown here, and its HTML do not say the same"),
    Notice.CUT: mark("cut off"),
    Notice.LOST_HEADER: mark("a line in it may be another message"),
    Notice.UNDECODABLE: mark("bytes in no known encoding"),
    Notice.UNJOINED: mark("written without a name, where the app begins anew with one"),
}


class ChatWords:
    """Puts the records of one chat into words.

    Args:
        words: the reader's language.
        chat: what the records are of.
    """

    def __init__(self, words: Words, chat: SealedChat) -> None:
        self.tr = words.tr
        self.plural = words.plural
        self._chat = chat
        self._item = chat.item.id
        self._name = chat.name
        self._offset = chat.transcript.assumed_offset
        self._zone = timezone(_offset(self._offset))
        self.zone = zone_name(self._offset)
        """In which moments are told, and times that name no other one."""

    def label(self, number: int) -> str:
        """The short name of a record, such as E1#M0142."""
        return f"{self._item}#{number_of(number)}"

    def time(self, record: Record) -> str:
        """The time of a record as written, every reading of it, with its zone."""
        if record.tz_status is TzStatus.NONE:
            if record.ts_raw is None:
                return self.tr("no time")
            form = mark("no date ({text})")
            if Flag.NO_SUCH_TIME in record.flags:
                form = mark("no certain time ({text})")
            return self.tr(form, text=record.ts_raw)
        times = [self._local(candidate)[: _length(record)] for candidate in record.ts_candidates]
        return self._in_zone(self.tr(" or ").join(times), record.ts_candidates[0])

    def written(self, candidate: str) -> str:
        """A certain time of a record, as in `Chat.first_at`, with its zone."""
        return self._in_zone(self._local(candidate)[: _LENGTHS[Precision.SECOND]], candidate)

    def _in_zone(self, text: str, candidate: str) -> str:
        """A time that is shown with the zone that it is shown in."""
        if candidate.endswith("Z") or _has_offset(candidate):
            return f"{text} ({zone_name(self._zone_of(candidate))})"
        return self.tr("{time} ({zone} assumed)", time=text, zone=zone_name(self._offset))

    def _zone_of(self, candidate: str) -> str:
        """The offset that a time is shown in: its own, or for an epoch that of the chat."""
        return candidate[-6:] if _has_offset(candidate) else self._offset

    def _local(self, candidate: str) -> str:
        if candidate.endswith("Z"):
            candidate = self._shifted(candidate)
        plain = candidate[: -len("+00:00")] if _has_offset(candidate) else candidate
        return plain.replace("T", " ")

    def _shifted(self, candidate: str) -> str:
        try:
            return instant(candidate, self._offset).astimezone(self._zone).isoformat()
        except OverflowError:
            return candidate

    def day(self, entry: Entry) -> str:
        """The day of a certain time, in the zone of the chat; empty where there is none."""
        local = self._at(entry.at_ms)
        return local.date().isoformat() if local else ""

    def clock(self, entry: Entry) -> str:
        """What tells a time below its `day`: that of the day, with its zone where that is not the
        chat's; the whole of every one that is of another day or not certain."""
        record = entry.record
        if entry.at_ms is None or record.precision is Precision.DAY:
            return self.time(record)
        candidate = record.ts_candidates[0]
        local, zone = self._local(candidate)[: _length(record)], self._zone_of(candidate)
        if zone != self._offset:
            local = self._in_zone(local, candidate)
        return local[11:] if local[:10] == self.day(entry) else local

    def _at(self, at_ms: int | None) -> datetime | None:
        if at_ms is None:
            return None
        try:
            return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(self._zone)
        except OverflowError:
            return None

    def moment(self, at_ms: int | None, *, is_assumed: bool = False) -> str:
        """A moment in the zone of the chat, which may be no more than assumed for it."""
        local = self._at(at_ms)
        if local is None:
            return self.tr("at no certain time")
        time, zone = f"{local:%Y-%m-%d %H:%M:%S}", zone_name(self._offset)
        if is_assumed:
            return self.tr("{time} ({zone} assumed)", time=time, zone=zone)
        return f"{time} ({zone})"

    def moment_of(self, number: int | None) -> str:
        """The moment of the record of this number."""
        if number is None:
            return self.moment(None)
        entry = self._chat.transcript.entry(number)
        return self.moment(entry.at_ms, is_assumed=entry.record.tz_status is TzStatus.ASSUMED)

    def bound(self, at_ms: int) -> str:
        """A moment that a part of the chat is bounded by, whichever record it is of."""
        return self.moment(at_ms, is_assumed=self._chat.transcript.has_assumed_times)

    def duration(self, duration_ms: int) -> str:
        """How long, to the minute; to the second below a minute."""
        seconds = abs(duration_ms) // 1000
        days, seconds = divmod(seconds, 86_400)
        hours, seconds = divmod(seconds, 3600)
        minutes, seconds = divmod(seconds, 60)
        parts = (
            (days, self.tr("{count} d", count=days)),
            (hours, self.tr("{count} h", count=hours)),
            (minutes, self.tr("{count} min", count=minutes)),
        )
        told = [text for count, text in parts if count]
        return " ".join(told) or self.tr("{count} s", count=seconds)

    def who(self, record: Record) -> str:
        """The sender as written, with the role where it is known."""
        name = self.sender(record)
        if record.role in (Party.BUYER, Party.MERCHANT):
            role = self.tr(PARTIES[record.role])
            return self.tr("{name} ({role})", name=name, role=role) if name else role
        return escape(name) or self.tr(KINDS[record.kind])

    def roleless(self, found: Roleless) -> str:
        """What is from neither party, and from whom, so that nobody takes it for counted."""
        shown = found.senders[:_SENDERS]
        nobody = self.tr("without a name")
        names = [
            self.tr(
                "{name} ({count})", name=_clipped(self.sender(one) or nobody), count=one.messages
            )
            for one in shown
        ]
        if found.more_senders or len(found.senders) > len(shown):
            names.append("…")
        return self.plural(
            "{count} message is from a sender without a role, and not counted: {names}",
            "{count} messages are from senders without a role, and not counted: {names}",
            found.messages,
            names=", ".join(names),
        )

    def sender(self, one: Record | Participant | Sender) -> str:
        """Who wrote it, by the name as written; with the id where that is several accounts'."""
        return self._chat.sender_names.called(one.sender_raw, one.sender_id)

    def author(self, number: int) -> str:
        """The sender of the record of this number."""
        return self.sender(self._chat.transcript.entry(number).record)

    def place(self, record: Record) -> str:
        """Where in the original it stands: bytes from 0, lines from 1, the last one included."""
        span = record.src
        name = f"{self._name} / {span.member}" if span.member else self._name
        lines = ""
        if span.line_start is not None and span.line_end is not None:
            several = span.line_end > span.line_start
            lines = f" L{span.line_start}" + (f"–{span.line_end}" if several else "") + ","
        bytes_ = self.tr("bytes {first}–{last}", first=span.byte_start, last=span.byte_end - 1)
        return f"{escape(name)}{lines} {bytes_}"

    def citation(self, entry: Entry) -> str:
        """The line that a complaint can quote."""
        record = entry.record
        digest = f"sha256:{record.src.sha256[:_DIGEST_CHARACTERS]}…"
        parts = (self.label(entry.number), self.time(record), self.who(record), self.place(record))
        return " · ".join((*parts, digest))

    def remarks(self, record: Record) -> Iterator[str]:
        """What a reader should know of it, besides its text."""
        is_named = record.sender_raw or record.sender_id or record.role is not Party.UNKNOWN
        if record.kind is not RecordKind.TEXT and is_named:
            yield self.tr(KINDS[record.kind])
        for flag in record.flags:
            yield self.tr(FLAGS[flag])
        for name in record.attachments[:SHOWN_FILES]:
            yield self.tr("file: {name}", name=escape(name))


def _clipped(name: str) -> str:
    """A stranger's name where many stand in a line."""
    return name if len(name) <= _NAME_CHARACTERS else f"{name[:_NAME_CHARACTERS]}…"


def zone_name(offset: str) -> str:
    """An offset as people write it.

    >>> zone_name("+08:00"), zone_name("-03:30"), zone_name("+00:00")
    ('UTC+8', 'UTC-3:30', 'UTC')
    """
    hours, minutes = int(offset[1:3]), offset[4:6]
    if offset[1:] == "00:00":
        return "UTC"
    return f"UTC{offset[0]}{hours}" + (f":{minutes}" if minutes != "00" else "")


def _length(record: Record) -> int | None:
    """How much of a time, written to the millisecond, the record itself writes."""
    return _LENGTHS.get(record.precision) if record.precision else None


def _has_offset(candidate: str) -> bool:
    return candidate[-6:-5] in ("+", "-")


def _offset(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
