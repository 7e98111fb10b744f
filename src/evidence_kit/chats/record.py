"""What a chat export holds: records, each tied to its bytes, and the account of the whole.

A record is a claim of the file it stands in. Nothing here says that a message was sent.
"""

from enum import StrEnum

import msgspec

PARTICIPANTS = 10_000
"""More senders than that are counted together, under None."""

ALL_FILES = "messages in all files"
"""`Declared.what` of a number that counts over every file of an export."""


SIBLINGS = 20
"""Of the siblings that a file names, so many are told."""


class RecordKind(StrEnum):
    """What a record is."""

    TEXT = "text"
    MEDIA = "media"
    """A picture, recording, file, sticker, card or call; its place in the export is a stand-in."""
    SYSTEM = "system"
    """A line of the app itself: someone joined, a friend was added, a red packet was taken."""
    RECALL = "recall"
    DELETED = "deleted"
    UNCLAIMED = "unclaimed"
    """Bytes that the parser made nothing of; shown, never dropped."""


WITHDRAWN = frozenset({RecordKind.RECALL, RecordKind.DELETED})
"""Kinds of what its sender, or another, took back; some exports keep the words."""


class Party(StrEnum):
    """Who a sender is in the dispute; unknown until the user says so."""

    BUYER = "buyer"
    MERCHANT = "merchant"
    OTHER = "other"
    UNKNOWN = "unknown"


class TzStatus(StrEnum):
    """How a record's time relates to UTC."""

    OFFSET = "offset"
    """Written with its offset from UTC; candidates carry it: 2026-05-01T10:00:00+08:00."""
    EPOCH = "epoch"
    """Counted from 1970 in UTC; candidates end in Z."""
    ASSUMED = "assumed"
    """Local time without a zone; candidates have none. See `Chat.assumed_offset`."""
    NONE = "none"
    """No date, or none that can be one. `ts_candidates` is empty."""


class Precision(StrEnum):
    """The smallest unit that the time was written with."""

    MILLISECOND = "millisecond"
    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"


class Flag(StrEnum):
    """What a reader of this record should know."""

    AMBIGUOUS_DATE = "ambiguous_date"
    """The date can be read in several ways; all are kept. Set while reading, by the driver."""
    AUTO_REPLY = "auto_reply"
    BACKWARDS = "backwards"
    """Earlier than the record before it in the same conversation. Set by the driver."""
    CUT = "cut"
    """The body is longer than the limit; the rest is unclaimed, or in the bytes alone (mail)."""
    DATE_ABOVE = "date_above"
    """The day stands in a line above, not with the record, which has the time of day alone."""
    EDITED = "edited"
    FORWARDED = "forwarded"
    LOST_HEADER = "lost_header"
    """A further line of the body begins with a sender's name and a colon, like a message."""
    NAMED_ELSEWHERE = "named_elsewhere"
    """The sender's name does not stand with the record, but in another file of the export, which
    `Chat.siblings` names."""
    NO_SUCH_TIME = "no_such_time"
    """A time is written, but no clock or calendar has it, such as 31 February, or it is not sure
    which is meant, such as 晚上12:30."""
    PARTS_DIFFER = "parts_differ"
    """A mail's plain text, which is shown, and its HTML, which most programs show, do not say
    the same."""
    PLACEHOLDER = "placeholder"
    """The export names something that it does not contain."""
    READ = "read"
    """Marked as read by the other side."""
    REPAIRED = "repaired"
    """The export holds UTF-8 that was read as Latin-1; name, text and files are shown as meant.
    Encoding them as UTF-8 and reading that as Latin-1 gives back what is written."""
    TIMES_DIFFER = "times_differ"
    """The export writes a second time for it, which no zone makes the same as the first."""
    UNDECODABLE = "undecodable"
    """Some bytes are not in the file's encoding; they show as U+FFFD in the body."""
    UNJOINED = "unjoined"
    """Written as one more of the sender above, where the app would have begun anew: no sender
    stands above, or one of a long time before. Something may have been taken out between."""
    UNREAD = "unread"
    """Marked as not read by the other side, when it was copied."""


class Span(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Where in the original a record stands. Bytes count from 0, lines from 1."""

    sha256: str
    """Digest of the file whose bytes are counted: the original, or its member."""
    byte_start: int
    byte_end: int
    """One past the last byte."""
    line_start: int | None = None
    line_end: int | None = None
    """The last line, inclusive; lines end at LF alone. None where lines mean nothing."""
    member: str | None = None
    """Name inside the original where that is a zip."""
    json_pointer: str | None = None
    """RFC 6901, in JSON exports."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One message, system line or unclaimed stretch, as the file has it."""

    id: str
    """First 16 digits of the file's digest, a colon, byte_start: outlives a better parser."""
    kind: RecordKind
    sender_raw: str | None
    """The name as written; None where the format gives none."""
    sender_id: str | None = None
    """The platform's own name of the sender (wxid, QQ number), where the format gives one."""
    role: Party = Party.UNKNOWN
    """The user's claim; set by the driver, never by a parser."""
    self_claimed: bool | None = None
    """Whether the exporter marks it as sent by the account it exported."""
    ts_raw: str | None = None
    """The time as written."""
    ts_candidates: tuple[str, ...] = ()
    """Its readings in RFC 3339; several where the date is undecidable; see `tz_status`."""
    tz_status: TzStatus = TzStatus.NONE
    precision: Precision | None = None
    body_raw: str
    """The text as written, line ends as LF, without the blank lines that only separate."""
    flags: tuple[Flag, ...] = ()
    conversation: str | None = None
    """Which chat, in an export that holds several."""
    platform_id: str | None = None
    """The platform's id of the message; aligns two exports of one chat."""
    type_raw: str | None = None
    """The exporter's word or number for the kind of message."""
    reply_to: str | None = None
    """What it answers: a platform id, or the quoted text where there is no id."""
    attachments: tuple[str, ...] = ()
    """File names that the record points to, as written."""
    src: Span


class Structure(msgspec.Struct, frozen=True, gc=False):
    """Bytes that are the format's own and belong to no message: a header, a rule, a bracket."""

    byte_start: int
    byte_end: int


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A number that the export states about itself. A claim."""

    what: str
    """Such as "messages"."""
    declared: int
    actual: int | None = None
    """What was counted; filled in by the driver for "messages", and for ALL_FILES by
    `totals.counted` in a zip."""
    told_by: str | None = None
    """Name in the zip of another file that states it; None where the file itself does."""


class Lack(StrEnum):
    """Why something was not taken from another file of the zip."""

    ABSENT = "absent"
    """It is not there."""
    TWICE = "twice"
    """There are two of that name."""
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    """It is not what is expected under that name, or breaks off."""
    CONTRADICTS = "contradicts"
    """It says two different things of what was asked, such as two names for one id."""
    UNLISTED = "unlisted"
    """It lists files of the export, and this one is not among them."""


class Sibling(msgspec.Struct, frozen=True, kw_only=True):
    """Another file of the same zip that the export rests on: what it says is its own claim."""

    member: str
    """Its name in the zip."""
    sha256: str | None = None
    """None where it was not read."""
    gives: tuple[str, ...] = ()
    """What was taken from it: names of fields of `Record`, or "declared"."""
    lack: Lack | None = None
    """Why nothing was, or not everything."""


Part = Record | Structure | Declared | Sibling
"""What a parser yields, in the order of the file."""


class Participant(msgspec.Struct, frozen=True, kw_only=True):
    """A sender, and how much is from them."""

    sender_raw: str | None
    sender_id: str | None
    role: Party
    self_claimed: bool | None
    records: int


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Where and why a parser could not go on; what follows is unclaimed."""

    byte: int
    code: str
    """Key of its words in `messages.OBSERVATIONS`, such as "chat.cut_short"."""
    detail: str = ""


class Chat(msgspec.Struct, frozen=True, kw_only=True):
    """The account of one export: what was read, what was not, and what it says of itself."""

    parser: str
    parser_version: str
    sha256: str
    size_bytes: int
    member: str | None
    encoding: str
    """utf-8, gb18030, utf-16-le, utf-16-be; mixed or mixed-gb18030 (with bytes that are not)."""
    has_bom: bool
    assumed_offset: str
    """The offset from UTC taken for times without one, such as "+08:00"."""
    date_order: str | None
    """The order that the user gave."""
    records: int
    """Without the unclaimed ones."""
    kinds: dict[str, int]
    """Records by kind, unclaimed stretches included."""
    participants: tuple[Participant, ...]
    declared: tuple[Declared, ...]
    unclaimed_bytes: int
    structure_bytes: int
    ambiguous_dates: int
    backward_times: int
    undated: int
    """Records without a time that can be read."""
    undecodable: int
    first_at: str | None
    last_at: str | None
    """Earliest and latest of the unambiguous times, as written in `ts_candidates`."""
    stopped: Stop | None
    contradicting: int = 0
    """Records that say two things: flagged TIMES_DIFFER or PARTS_DIFFER."""
    run_together: int = 0
    """Records with a line that may be another message: flagged LOST_HEADER."""
    siblings: tuple[Sibling, ...] = ()
    """Other files of the zip that something was taken from, or should have been; SIBLINGS at most.
    """
