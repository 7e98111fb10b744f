"""Mail: one message (.eml, RFC 5322), or many in one file (.mbox, RFC 4155).

A record is a message: whom it says it is from, its date, its subject, and below that its text.
Where a text is there in plain and in HTML, the plain one is taken, and it is said where the two
differ. Files that go with it are named and not read. Any line of a header can be written by whoever
made the file.
"""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

import msgspec

from evidence_kit.chats.alternatives import say_the_same
from evidence_kit.chats.html_text import seen
from evidence_kit.chats.mime import (
    LineCounter,
    body_text,
    byte_lines,
    field,
    field_text,
    header_at,
    parts,
    read_header,
)
from evidence_kit.chats.mime import Part as MailPart
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Flag, Part, Precision, Record, RecordKind, Structure
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import (
    NO_SUCH_TIME,
    UNDATED,
    Moment,
    iso_date,
    iso_time,
    local_moment,
    offset_moment,
)

MAX_PARTS = 1000
"""Of one message; what follows is not looked at."""
TEXT_BYTES = 1 << 22
"""Of the texts of one message; the rest is not shown."""
_SEPARATOR = re.compile(rb"From (?:-|\S+) .*\d\d:\d\d|From\s*\r?\n")
_FIELD = re.compile(rb"[!-9;-~]{1,100}:")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_KNOWN = frozenset(
    ("from", "to", "date", "subject", "message-id", "received", "return-path", "delivered-to")
)
_ENOUGH = 3
"""Fewer of the fields that every mail has are any text's."""
_SAVED_PAGE = re.compile(rb"^(?:From:[ \t]*\"?<?Saved? by|Snapshot-Content-Location:)", re.M | re.I)
_DATE = re.compile(
    r"(?:[A-Za-z]{3,9}\.?,?\s+)?(?P<day>\d{1,2})\s+(?P<month>[A-Za-z]{3})\s+"
    r"(?P<year>\d{2,4})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*"
    r"(?P<zone>[+-]\d{4}|[A-Za-z]{1,5})?\s*(?:\([^()]*\)\s*)*",
    re.ASCII,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {
    **dict.fromkeys(("UT", "UTC", "GMT", "Z"), "+00:00"),
    "EST": "-05:00", "EDT": "-04:00", "CDT": "-05:00",
    "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
_STRING = r'"((?:[^"\\]|\\.)*+)"'
_QUOTED_STRING = re.compile(_STRING, re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NAMED = re.compile(rf"(?P<name>(?:{_STRING}|[^<>\"])*+|[^<>]*)<(?P<address>[^<>]*)>", re.DOTALL)


class _Place(NamedTuple):
    """Where one message stands."""

    separator: int
    """Where the line begins that parts it from the one before; that message's own begin if none."""
    start: int
    end: int


def _detect(head: Head) -> Detection:
    data = head.data.removeprefix(b"\xef\xbb\xbf")
    line, _, rest = data.partition(b"\n")
    is_mbox = _SEPARATOR.match(line + b"\n") is not None
    header = re.split(rb"\r?\n\r?\n", rest if is_mbox else data, maxsplit=1)[0]
    if not _FIELD.match(header) or _SAVED_PAGE.search(header):
        return Detection()
    found = sorted(_KNOWN.intersection(name.lower() for name in read_header(header)))
    if len(found) < _ENOUGH or not {"from", "date", "received"}.intersection(found):
        return Detection()
    return Detection(SIGNATURE, (f"a header with {', '.join(found)}",))


class _Told(NamedTuple):
    """One text of a message."""

    part: MailPart
    written: str
    shown: str

    @property
    def is_plain(self) -> bool:
        """Whether it is none in HTML."""
        return self.part.media_type == "text/plain"


def _parse(source: Source, options: Options) -> Iterator[Part]:
    with source.open() as scanned, source.open() as stream, source.open() as counted:
        lines = LineCounter(counted)
        for place in _places(scanned, source):
            if place.start > place.separator:
                yield Structure(place.separator, place.start)
            if place.end > place.start:
                yield _record(source, stream, place, lines)


def _places(stream: BinaryIO, source: Source) -> Iterator[_Place]:
    """Each message; one that fills the file where no line parts several."""
    begin = start = source.bom_bytes
    line_before: tuple[int, int] | None = None
    is_blank = True
    for line in byte_lines(stream, begin, source.size_bytes):
        if line_before is not None and _FIELD.match(line.data):
            if line_before[0] > begin:
                yield _Place(begin, start, line_before[0])
            begin, start = line_before
        is_separator = is_blank and line.is_begin and _SEPARATOR.match(line.data) is not None
        line_before = (line.byte_start, line.byte_start + len(line.data)) if is_separator else None
        is_blank = line.is_begin and not line.data.strip(b"\r\n")
    if source.size_bytes > begin:
        yield _Place(begin, start, source.size_bytes)


def _record(source: Source, stream: BinaryIO, place: _Place, lines: LineCounter) -> Record:
    held = list(parts(stream, place.start, place.end, most=MAX_PARTS))
    header = header_at(stream, place.start, place.end)
    text, flags = _text(stream, held, is_quoted=place.start > place.separator)
    files = tuple(_file_name(part) for part in held if part.is_attached)
    subject = field_text(field(header, "Subject") or "")
    name, address = _sender(field(header, "From") or "")
    written = field(header, "Date")
    moment = UNDATED if written is None else _moment(written)
    if (field(header, "Auto-Submitted") or "no").lower() != "no":
        flags.append(Flag.AUTO_REPLY)
    body = "\n\n".join(filter(None, (subject, text)))
    return Record(
        id=source.record_id(place.start),
        kind=RecordKind.MEDIA if files and not body else RecordKind.TEXT,
        sender_raw=name,
        sender_id=address,
        ts_raw=written,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=tuple(dict.fromkeys((*flags_of(text), *moment.flags, *flags))),
        platform_id=field(header, "Message-ID") or None,
        reply_to=field(header, "In-Reply-To") or None,
        attachments=files,
        src=source.span(place.start, place.end, lines.at(place.start), lines.at(place.end - 1)),
    )


def _text(stream: BinaryIO, held: Sequence[MailPart], *, is_quoted: bool) -> tuple[str, list[Flag]]:
    """What was written, and what is to be said of it."""
    found: list[_Told] = []
    left, is_clean = TEXT_BYTES, True
    is_cut = len(held) > MAX_PARTS
    for part in held:
        if part.is_attached:
            continue
        size = min(left, part.body_end - part.body_start)
        is_cut = is_cut or size < part.body_end - part.body_start
        left -= size
        stream.seek(part.body_start)
        data = stream.read(size)
        if is_quoted:
            data = _QUOTED.sub(rb"\1", data)
        text, is_known = body_text(data, part.header)
        is_clean = is_clean and (is_known or size < part.body_end - part.body_start)
        found.append(_Told(part, text, _plain(part, text)))
    told = {one.part.choice for one in found if one.is_plain and one.shown}
    chosen = (
        one.shown
        for one in found
        if one.part.choice is None or one.part.choice not in told or one.is_plain
    )
    flags = [*((Flag.CUT,) if is_cut else ()), *(() if is_clean else (Flag.UNDECODABLE,))]
    if is_clean and not is_cut and any(_differ(found, choice) for choice in told - {None}):
        flags.append(Flag.PARTS_DIFFER)
    return "\n\n".join(filter(None, chosen)), flags


def _differ(found: Sequence[_Told], choice: int | None) -> bool:
    """Whether the texts in plain and in HTML of one choice do not say the same."""
    held = [one for one in found if one.part.choice == choice]
    plain = "\n".join(one.written for one in held if one.is_plain)
    page = "\n".join(one.written for one in held if not one.is_plain)
    return page != "" and not say_the_same(plain, page)


def _plain(part: MailPart, text: str) -> str:
    if part.media_type == "text/html":
        return seen(text).text
    return text.replace("\r\n", "\n").strip("\n")


def _file_name(part: MailPart) -> str:
    """What a file is called: its name, else its id in the mail, else its kind."""
    return part.name or field(part.header, "Content-ID") or part.media_type


def _sender(written: str) -> tuple[str | None, str | None]:
    """Name and address of the first one that is named; the address where there is no name."""
    found = _NAMED.match(written)
    if not found:
        told = field_text(written).strip() or None
        return told, told if told and "@" in told and " " not in told else None
    name = _QUOTED_STRING.sub(lambda one: _ESCAPED.sub(r"\1", one[1]), found["name"])
    name = field_text(name).strip()
    address = found["address"].strip() or None
    return name or address, address


def _moment(written: str) -> Moment:
    """The time of a Date field (RFC 5322 §3.3, §4.3); without its zone where that names none.

    CST is meant for China as often as for Chicago, and so names none.
    """
    found = _DATE.fullmatch(written.strip())
    if not found or found["month"].lower() not in _MONTHS:
        return NO_SUCH_TIME
    year = int(found["year"])
    if len(found["year"]) < 4:
        year += 2000 if year < 50 else 1900
    day = iso_date(f"{year:04}", str(_MONTHS.index(found["month"].lower()) + 1), found["day"])
    clock = iso_time(found["hour"], found["minute"], found["second"])
    precision = Precision.SECOND if found["second"] else Precision.MINUTE
    zone = found["zone"] or ""
    offset = _ZONES.get(zone.upper()) or (f"{zone[:3]}:{zone[3:]}" if zone[:1] in "+-" else "")
    if day is None or not offset or not zone:
        return local_moment((day,) if day else (), clock, precision)
    moment = offset_moment(f"{day}T{clock}{offset.replace('-00:00', '+00:00')}")
    return (
        msgspec.structs.replace(moment, precision=precision) if moment.candidates else NO_SUCH_TIME
    )


PARSER = Parser(
    id="mail",
    version="3",
    title="eml/mbox",
    syntax="mail",
    detect=_detect,
    parse=_parse,
)
