"""Coverage: what of an export was read, what was not, and what it says of itself."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from evidence_kit.chats.record import Flag, Record, RecordKind
from evidence_kit.chats.transcript import Transcript


class Notice(StrEnum):
    """Why a record is listed."""

    UNCLAIMED = "unclaimed"
    AMBIGUOUS_DATE = "ambiguous_date"
    BACKWARDS = "backwards"
    NO_SUCH_TIME = "no_such_time"
    UNDATED = "undated"
    RECALL = "recall"
    DELETED = "deleted"
    TIMES_DIFFER = "times_differ"
    PARTS_DIFFER = "parts_differ"
    CUT = "cut"
    LOST_HEADER = "lost_header"
    UNDECODABLE = "undecodable"
    UNJOINED = "unjoined"


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a reader of this export should look at."""

    number: int
    notices: tuple[Notice, ...]
    record: Record


_KINDS = {
    RecordKind.UNCLAIMED: Notice.UNCLAIMED,
    RecordKind.RECALL: Notice.RECALL,
    RecordKind.DELETED: Notice.DELETED,
}
_FLAGS = {
    Flag.AMBIGUOUS_DATE: Notice.AMBIGUOUS_DATE,
    Flag.BACKWARDS: Notice.BACKWARDS,
    Flag.NO_SUCH_TIME: Notice.NO_SUCH_TIME,
    Flag.TIMES_DIFFER: Notice.TIMES_DIFFER,
    Flag.PARTS_DIFFER: Notice.PARTS_DIFFER,
    Flag.CUT: Notice.CUT,
    Flag.LOST_HEADER: Notice.LOST_HEADER,
    Flag.UNDECODABLE: Notice.UNDECODABLE,
    Flag.UNJOINED: Notice.UNJOINED,
}


def find_noticed(transcript: Transcript) -> Iterator[Noticed]:
    """What should be looked at, in the order of the file.

    Where the file has the newest record first, its times go back as they should, and that is
    not told of each.
    """
    ignored = {Notice.BACKWARDS} if transcript.is_newest_first else set()
    for entry in transcript.in_file_order():
        found = [one for one in notices_of(entry.record) if one not in ignored]
        if found:
            yield Noticed(number=entry.number, notices=tuple(found), record=entry.record)


def notices_of(record: Record) -> Iterator[Notice]:
    """What is to be noticed about a record."""
    if record.kind in _KINDS:
        yield _KINDS[record.kind]
    for flag in record.flags:
        if flag in _FLAGS:
            yield _FLAGS[flag]
    is_dated = record.ts_candidates or Flag.NO_SUCH_TIME in record.flags
    if not is_dated and record.kind is not RecordKind.UNCLAIMED:
        yield Notice.UNDATED
