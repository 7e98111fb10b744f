"""What was copied out of Telegram Desktop and pasted into a text.

`Shop, [01.11.2026 19:58]`, the text below, an empty line. The time is written as the computer's
region has it. Of one message alone Telegram copies the text and nothing else. A body that holds a
line like a header can't be told apart from two messages.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import SHAPE, Detection, Options, Parser
from evidence_kit.chats.record import Flag, Part, Record, RecordKind
from evidence_kit.chats.short import begins_so
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import Orders
from evidence_kit.chats.written import CLOCK, DAY, SPACE, orders_of, region_moment
from evidence_kit.i18n import mark

_HEADER = re.compile(
    rf"^(?P<name>[^\s][^\r\n]{{0,139}}?), \[(?P<when>{DAY},?{SPACE}{{1,2}}{CLOCK})\](?=\r?$)",
    re.MULTILINE | re.ASCII,
)
_STAND_IN = re.compile(
    r"\[ (?:Photo|Video|Album|GIF|Sticker|Voice message|Video message|Audio file|Contact|Location"
    r"|Live location|Poll|Game|Story|[^\s\[\]]{1,20} Sticker|照片|图片|视频|相册|贴纸|语音消息"
    r"|视频消息|音频文件|联系人|位置|(?:File|文件)(?: : [^\r\n\[\]]{1,255})?) \]"
)
_ENOUGH = 3
"""Fewer headers are any note, where the text doesn't begin with one."""


def _detect(head: Head) -> Detection:
    found = sum(1 for _ in _HEADER.finditer(head.text))
    if not found or (found < _ENOUGH and not begins_so(head, _HEADER)):
        return Detection()
    return Detection(SHAPE, (f"{found} lines of name and time as Telegram Desktop copies them",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    known = KnownSenders()
    orders = orders_of(source, _HEADER, options.date_order)
    for block in blocks(source, _HEADER):
        if block.header is not None:
            known.add(block.header["name"])
            yield _message(block, block.header, orders, known)


def _message(block: Block, header: re.Match[str], orders: Orders, known: KnownSenders) -> Record:
    moment = region_moment(header, orders)
    is_stand_in = _STAND_IN.fullmatch(block.body) is not None
    return Record(
        id=block.id,
        kind=RecordKind.MEDIA if is_stand_in else RecordKind.TEXT,
        sender_raw=header["name"],
        ts_raw=header["when"],
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=block.body,
        flags=(*_lost(block.body, known), *moment.flags, *block.flags),
        src=block.src,
    )


def _lost(body: str, known: KnownSenders) -> tuple[Flag, ...]:
    """The flag of a text with a line that would be a header, had its time been left as it was."""
    beginnings = (line.partition(", [") for line in body.split("\n") if line.endswith("]"))
    if any(name in known for name, comma, _ in beginnings if comma):
        return (Flag.LOST_HEADER,)
    return known.headed_flags_of(body)


PARSER = Parser(
    id="telegram_paste",
    version="2",
    title=mark("Telegram Desktop paste"),
    syntax="text",
    detect=_detect,
    parse=_parse,
)
