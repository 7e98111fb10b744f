"""CSV export of PyWxDump, also written by others (WeFlow) for the same readers.

The text is in `msg` and a file's name in `src`, or both in `content` as JSON. CreateTime is
local time, or RFC 3339 in UTC. A spreadsheet that saves the table again loses the seconds and
rounds MsgSvrID; a rounded id is no id.
"""

import json
from collections.abc import Iterator

from evidence_kit.chats.blocks import clean
from evidence_kit.chats.columns import Cells, detect_columns, table
from evidence_kit.chats.parser import Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Part, Record, RecordKind
from evidence_kit.chats.scalars import text_of, yes_or_no
from evidence_kit.chats.source import Source
from evidence_kit.chats.times import Orders, orders_in
from evidence_kit.chats.wechat import kind_of_word
from evidence_kit.chats.written import moment_in

_DETECT = detect_columns("MsgSvrID", "type_name", "is_sender", "talker", "CreateTime")


def _parse(source: Source, options: Options) -> Iterator[Part]:
    orders = orders_in((), options.date_order)
    for cells in table(source):
        yield _record(source, cells, orders) if isinstance(cells, Cells) else cells


def _record(source: Source, cells: Cells, orders: Orders) -> Record:
    get = cells.by_name.get
    body, attachment = (
        _content(get("content", ""))
        if "content" in cells.by_name
        else (
            get("msg", ""),
            get("src", ""),
        )
    )
    body = clean(body)
    word = get("type_name", "")
    kind = kind_of_word(word, body)
    moment = moment_in(get("CreateTime", ""), orders)
    is_system = kind in (RecordKind.SYSTEM, RecordKind.RECALL)
    platform_id = get("MsgSvrID", "")
    return Record(
        id=source.record_id(cells.row.byte_start),
        kind=kind,
        sender_raw=None if is_system else get("talker") or None,
        self_claimed=yes_or_no(get("is_sender")),
        ts_raw=get("CreateTime") or None,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags),
        conversation=get("room_name") or None,
        platform_id=platform_id if platform_id.isdecimal() else None,
        type_raw=word or None,
        attachments=(attachment,) if attachment else (),
        src=cells.span(source),
    )


def _content(cell: str) -> tuple[str, str]:
    """Text and file of a cell that holds both as JSON; the cell itself where it does not."""
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return cell, ""
    if not isinstance(value, dict):
        return cell, ""
    return text_of(value.get("msg")) or "", text_of(value.get("src")) or ""


PARSER = Parser(
    id="pywxdump_csv",
    version="3",
    title="PyWxDump CSV",
    syntax="csv",
    detect=_DETECT,
    parse=_parse,
)
