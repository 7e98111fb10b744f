"""What was copied out of WhatsApp Web or WhatsApp for the computer and pasted into a text.

`[19:58, 01/11/2026] Shop: text` · `[7:58 PM, 11/1/2026] Shop: text` · `[下午7:58, 2026年11月1日]
店主: 正文`: the clock stands before the date, other than in the app's own export. Both are written
as the browser's language has them. A body that holds a line like a header can't be told apart from
two messages.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import SHAPE, Detection, Options, Parser
from evidence_kit.chats.record import Part, Record, RecordKind
from evidence_kit.chats.short import begins_so
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import Orders
from evidence_kit.chats.whatsapp import DIRECTIONS, content_of
from evidence_kit.chats.written import CLOCK, DAY, SPACE, orders_of, region_moment
from evidence_kit.i18n import mark

_HEADER = re.compile(
    rf"^[{DIRECTIONS}]{{0,3}}\[(?P<when>{CLOCK},{SPACE}{DAY})\]{SPACE}"
    r"(?P<name>[^\r\n]{1,100}?):(?:[ ]|(?=\r?$))",
    re.MULTILINE | re.ASCII,
)
_ENOUGH = 3
"""Fewer headers are any note, where the text doesn't begin with one."""


def _detect(head: Head) -> Detection:
    found = sum(1 for _ in _HEADER.finditer(head.text))
    if not found or (found < _ENOUGH and not begins_so(head, _HEADER)):
        return Detection()
    return Detection(SHAPE, (f"{found} lines of clock, date and name as WhatsApp Web copies them",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    orders = orders_of(source, _HEADER, options.date_order)
    known = KnownSenders()
    for block in blocks(source, _HEADER):
        if block.header is not None:
            yield _message(block, block.header, orders, known)


def _message(block: Block, header: re.Match[str], orders: Orders, known: KnownSenders) -> Record:
    moment = region_moment(header, orders)
    sender = header["name"].strip(DIRECTIONS)
    known.add(sender)
    content = content_of(block.body)
    return Record(
        id=block.id,
        kind=content.kind,
        sender_raw=None if content.kind is RecordKind.SYSTEM else sender,
        ts_raw=header["when"],
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=content.body,
        flags=(
            *content.flags,
            *known.flags_of(content.body),
            *moment.flags,
            *block.flags,
        ),
        attachments=content.attachments,
        src=block.src,
    )


PARSER = Parser(
    id="whatsapp_paste",
    version="2",
    title=mark("WhatsApp Web paste"),
    syntax="text",
    detect=_detect,
    parse=_parse,
)
