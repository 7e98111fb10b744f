"""What a person typed beside a screenshot or a recording: `name: text`, a line or more each.

A clock time may stand in front. A line that is a day, or a time with its day, such as windows show
above messages (`昨天 10:00`, `2026年5月1日`), is one of the app's own; a day in full counts for the
clocks below it, up to the next such line. Otherwise there is no date, and none is invented. Every
note looks like this, so it is never taken unless it is named.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks, clean
from evidence_kit.chats.parser import Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body
from evidence_kit.chats.record import Part, Record, RecordKind
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import (
    UNDATED,
    Moment,
    clock_moment,
    iso_date,
    iso_time,
    of_day_above,
)
from evidence_kit.chats.written import HALF, VAGUE_DAY, clock_of
from evidence_kit.i18n import mark

_SPACE = r"[ \t\u00a0]"
_AROUND = r"[ \t\u00a0—–―─【】\[\]-]"
_CLOCK = (
    rf"(?P<before>(?:{HALF})[ ]?)?(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    rf"(?P<after>[ \u202f]?(?:{HALF}))?"
)
_WEEKDAY = r"(?:周|週|星期)[一二三四五六日天]"
_SHOWN = (
    r"(?:(?P<full>(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?)"
    rf"(?:{_SPACE}{{0,3}}[(（]?{_WEEKDAY}[)）]?)?|{VAGUE_DAY})"
    rf"(?:{_SPACE}{{0,3}}(?P<at>{_CLOCK}))?(?(full)|(?(at)|(?!)))"
)
"""A day in full, or one that says less and has a clock."""
_HEADER = re.compile(
    rf"^(?:{_AROUND}{{0,80}}(?P<shown>{_SHOWN}){_AROUND}{{0,80}}(?=\r?$)"
    r"|(?:(?P<clock>\d{1,2}:\d\d(?::\d\d)?)[ \t]+)?(?P<name>[^\s:：][^\r\n:：]{0,39}?)[ \t]*"
    r"[:：](?!//)[ \t]?(?P<text>[^\r\n]*))",
    re.MULTILINE,
)


def _detect(head: Head) -> Detection:
    return Detection()


def _parse(source: Source, options: Options) -> Iterator[Part]:
    day: str | None = None
    for block in blocks(source, _HEADER):
        header = block.header
        if header is None:
            continue
        if header["shown"] is not None:
            numbers = header.group("year", "month", "day")
            day = iso_date(*numbers) if header["full"] else None
            yield _time_line(source, block, header, day)
        else:
            yield _record(block, header, day)


def _time_line(source: Source, block: Block, header: re.Match[str], day: str | None) -> Record:
    """The line alone: what stands below it, and is no message, stays unclaimed."""
    own = block.text[: block.text.find("\n", block.header_end) + 1]
    is_all = not block.body.strip()
    moment = UNDATED
    if day is not None and header["at"] is not None:
        time, _ = clock_of(header)
        moment = _at(day, time, header["second"])
    return Record(
        id=block.id,
        kind=RecordKind.SYSTEM,
        sender_raw=None,
        ts_raw=header["shown"],
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=header["shown"],
        flags=moment.flags,
        src=block.src if is_all else block.place_of(own, source),
    )


def _at(day: str, time: str, second: str | None) -> Moment:
    return clock_moment((day,), time[:5], second)


def _record(block: Block, header: re.Match[str], day: str | None) -> Record:
    body = clean(f"{header['text']}\n{block.body}")
    moment = UNDATED
    if day is not None and header["clock"] is not None:
        hour, minute, *second = header["clock"].split(":")
        moment = of_day_above(_at(day, iso_time(hour, minute), second[0] if second else None))
    return Record(
        id=block.id,
        kind=kind_of_body(body),
        sender_raw=header["name"],
        ts_raw=header["clock"],
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags, *block.flags),
        src=block.src,
    )


PARSER = Parser(
    id="transcript",
    version="2",
    title=mark("typed transcript"),
    syntax="text",
    detect=_detect,
    parse=_parse,
)
