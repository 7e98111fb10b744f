"""MHT export of the message manager of QQ for PC: one page in HTML, its pictures behind it.

A row of the page's table is a chat's head, a day (`日期: 2026-05-01`), or a message: the sender,
the time of day, the text. Pictures are parts of their own, which a message names; they are passed
over and not held. A picture that no message names is shown as unclaimed.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from evidence_kit.chats.html_text import seen
from evidence_kit.chats.mime import LineCounter, decoded, field, parts, transfer
from evidence_kit.chats.mime import Part as MailPart
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.qq import SYSTEM, sender
from evidence_kit.chats.record import Flag, Part, Precision, Record, RecordKind, Structure
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import UNDATED, Moment, iso_dates, iso_time, local_moment, orders_in
from evidence_kit.chats.unpacking import Unpacked
from evidence_kit.chats.written import HALF

MAX_PARTS = 200_000
"""More pictures than that are one stretch with the last of them."""
ROW_BYTES = 1 << 22
"""A longer row is not read."""
_LINE_BYTES = 1 << 12
"""More than the line has that ends the parts, with blank ones behind it."""
_MARK = re.compile(rb"^From:[ \t]*<Save by Tencent MsgMgr>", re.MULTILINE)
_ROW = re.compile(rb"<tr\b[^<>]*>", re.IGNORECASE)
_ROW_END = re.compile(rb"</tr\s*>", re.IGNORECASE)
_MESSAGE = re.compile(
    r"<tr[^>]*>\s*<td[^>]*>\s*<div[^>]*>\s*<div[^>]*>(?P<who>(?:(?!</div>).)*+)</div>"
    rf"\s*(?P<when>(?P<before>(?:{HALF})\s?)?(?P<hour>\d\d?):(?P<minute>\d\d):(?P<second>\d\d)"
    rf"(?P<after>\s?(?:{HALF}))?)\s*</div>(?P<body>.*)\Z",
    re.IGNORECASE | re.DOTALL | re.ASCII,
)
_DAY = re.compile(
    r"日期[:：]\s*(?P<a>\d{1,4})[-/.年](?P<b>\d{1,2})[-/.月](?P<c>\d{1,4})日?", re.ASCII
)
_HEAD = re.compile(r"消息记录|消息分组[:：].*|消息对象[:：](?P<peer>.*)|", re.DOTALL)


def _detect(head: Head) -> Detection:
    # a BOM may stand in front, and the marks are ASCII in every encoding that QQ writes
    if not _MARK.search(head.data[:4096].removeprefix(b"\xef\xbb\xbf")):
        return Detection()
    return Detection(SIGNATURE, ("the first line of QQ's message manager",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    with source.open() as stream, source.open() as again:
        found = parts(stream, source.bom_bytes, source.size_bytes, most=MAX_PARTS)
        held = [_Held.of(part) for part in found]
        if all(part.page is None for part in held):
            return  # its header is not read as one, and the rest would pass for a part of it
        pictures = frozenset(part.picture for part in held if part.picture is not None)
        page = _Page(source, options, pictures, LineCounter(again))
        position = source.bom_bytes
        for part in held:
            if part.body_start > position:
                yield Structure(position, part.body_start)
            position = part.body_end
            if part.page is not None:
                yield from page.rows(Unpacked(stream, part.page), part.page)
            elif part.picture in page.named and part.body_end > part.body_start:
                yield Structure(part.body_start, part.body_end)
        if end := _end_of_parts(source, position):
            yield Structure(position, end)


def _end_of_parts(source: Source, start: int) -> int | None:
    """Where the line ends that ends the parts, with blank ones below it; None without one."""
    data = source.read(start, min(start + _LINE_BYTES, source.size_bytes))
    line, feed, below = data.partition(b"\n")
    if not data or (line.strip() and not line.startswith(b"--")):
        return None
    is_all = start + len(data) == source.size_bytes and not below.strip()
    return source.size_bytes if is_all else start + len(line) + len(feed)


class _Held(NamedTuple):
    """What is kept of a part: there may be very many."""

    body_start: int
    body_end: int
    page: MailPart | None
    picture: str | None
    """What messages call it."""

    @classmethod
    def of(cls, part: MailPart) -> "_Held":
        """The same part."""
        if part.media_type == "text/html":
            return cls(part.body_start, part.body_end, part, None)
        return cls(part.body_start, part.body_end, None, field(part.header, "Content-Location"))


class _Page:
    """The rows of the table, one after the other, and what those before them say."""

    def __init__(
        self, source: Source, options: Options, pictures: frozenset[str], lines: LineCounter
    ) -> None:
        self._source = source
        self._orders = orders_in((), options.date_order)
        self._pictures = pictures
        self._lines = lines
        self.named: set[str] = set()
        """The pictures that messages have named so far."""
        self._codec: str | None = None
        self._days: tuple[str, ...] = ()
        self._peer: str | None = None

    def rows(self, body: Unpacked, part: MailPart) -> Iterator[Part]:
        """What the page consists of; what is passed over is none of QQ's own."""
        is_wrapped = transfer(part.header) in ("base64", "quoted-printable")
        self._codec = None if is_wrapped else self._source.codec
        at, is_more = 0, body.grow()
        while is_more or at < len(body.data):
            begin = _ROW.search(body.data, at)
            end = _ROW_END.search(body.data, begin.end()) if begin else None
            is_whole = end is not None and end.end() < len(body.data)
            if not is_whole and is_more and len(body.data) - at < ROW_BYTES:
                body.forget(at)
                at, is_more = 0, body.grow()
                continue
            first = begin.start() if begin and end else len(body.data)
            last = end.end() if end else first
            places = [
                body.origin(place) if is_more or place < len(body.data) else part.body_end
                for place in (at, first, last)
            ]
            yield from self._between(body.data[at:first], places[0], places[1])
            if end:
                yield from self._row(body.data[first:last], places[1], places[2])
            at = last

    def _between(self, data: bytes, start: int, end: int) -> Iterator[Part]:
        """What is no row belongs to the page unless it shows something."""
        if end > start and not seen(self._text(data)[0]).text:
            yield Structure(start, end)

    def _row(self, data: bytes, start: int, end: int) -> Iterator[Part]:
        text, is_clean = self._text(data)
        message = _MESSAGE.match(text)
        if message:
            yield self._record(message, start, end, is_clean=is_clean)
            return
        shown = seen(text).text
        if day := _DAY.fullmatch(shown):
            self._days = iso_dates(day["a"], day["b"], day["c"], self._orders)
            yield Structure(start, end)
        elif head := _HEAD.fullmatch(shown):
            if head["peer"] is not None:
                self._peer, self._days = head["peer"].strip() or None, ()
            yield Structure(start, end)

    def _text(self, data: bytes) -> tuple[str, bool]:
        return decoded(data, self._codec)

    def _record(self, message: re.Match[str], start: int, end: int, *, is_clean: bool) -> Record:
        source, moment = self._source, self._moment(message)
        name, number = sender(seen(message["who"]).text)
        body, pictures = seen(message["body"])
        self.named.update(self._pictures.intersection(pictures))
        is_system = number in SYSTEM or not (name or number)
        kind = kind_of_system(body) if is_system else kind_of_body(body)
        if pictures and not body:
            kind = RecordKind.MEDIA
        is_missing = not self._pictures.issuperset(pictures)
        flags = (
            *flags_of(body),
            *moment.flags,
            *((Flag.PLACEHOLDER,) if is_missing else ()),
            *(() if is_clean else (Flag.UNDECODABLE,)),
        )
        return Record(
            id=source.record_id(start),
            kind=kind,
            sender_raw=None if is_system else name,
            sender_id=number,
            ts_raw=message["when"],
            ts_candidates=moment.candidates,
            tz_status=moment.status,
            precision=moment.precision,
            body_raw=body,
            flags=flags,
            conversation=self._peer,
            attachments=pictures,
            src=source.span(start, end, self._lines.at(start), self._lines.at(end - 1)),
        )

    def _moment(self, message: re.Match[str]) -> Moment:
        if not self._days:
            return UNDATED
        word = message["before"] or message["after"] or ""
        clock = iso_time(message["hour"], message["minute"], message["second"], half=word)
        return local_moment(self._days, clock, Precision.SECOND)


PARSER = Parser(
    id="qq_mht",
    version="3",
    title="QQ MHT",
    syntax="mail",
    detect=_detect,
    parse=_parse,
)
