"""CSV export of chatlog: Time (local, of the exporting machine), names and ids, Content."""

from collections.abc import Iterator

from evidence_kit.chats.blocks import clean
from evidence_kit.chats.columns import Cells, detect_columns, table
from evidence_kit.chats.parser import Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.record import Part, Record
from evidence_kit.chats.source import Source
from evidence_kit.chats.times import Orders, orders_in
from evidence_kit.chats.written import moment_in

_DETECT = detect_columns("Time", "SenderName", "Sender", "TalkerName", "Talker", "Content")
_SYSTEM = "系统消息"


def _parse(source: Source, options: Options) -> Iterator[Part]:
    orders = orders_in((), options.date_order)
    for cells in table(source):
        yield _record(source, cells, orders) if isinstance(cells, Cells) else cells


def _record(source: Source, cells: Cells, orders: Orders) -> Record:
    get = cells.by_name.get
    body = clean(get("Content", ""))
    moment = moment_in(get("Time", ""), orders)
    is_system = get("Sender") == _SYSTEM
    return Record(
        id=source.record_id(cells.row.byte_start),
        kind=kind_of_system(body) if is_system else kind_of_body(body),
        sender_raw=None if is_system else get("SenderName") or None,
        sender_id=None if is_system else get("Sender") or None,
        ts_raw=get("Time") or None,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags),
        conversation=get("TalkerName") or get("Talker") or None,
        src=cells.span(source),
    )


PARSER = Parser(
    id="chatlog_csv",
    version="3",
    title="chatlog CSV",
    syntax="csv",
    detect=_DETECT,
    parse=_parse,
)
