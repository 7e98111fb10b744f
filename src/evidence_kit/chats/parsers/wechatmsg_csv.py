"""CSV export of WeChatMsg (留痕): one row a message, CreateTime in seconds since 1970.

StrTime is the same moment in the zone of the exporting machine, so CreateTime counts; StrTime
does where a spreadsheet has rounded CreateTime or left it out. localId is the row in that machine's
database and no id of the platform.
"""

from collections.abc import Iterator

from evidence_kit.chats.blocks import clean
from evidence_kit.chats.columns import Cells, detect_columns, table
from evidence_kit.chats.parser import Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Part, Record, RecordKind
from evidence_kit.chats.scalars import number, yes_or_no
from evidence_kit.chats.source import Source
from evidence_kit.chats.times import Orders, beside, epoch_moment, orders_in
from evidence_kit.chats.wechat import kind_of
from evidence_kit.chats.written import moment_in

_DETECT = detect_columns(
    "localId", "TalkerId", "Type", "IsSender", "CreateTime", "StrContent", "StrTime"
)


def _parse(source: Source, options: Options) -> Iterator[Part]:
    orders = orders_in((), options.date_order)
    for cells in table(source):
        yield _record(source, cells, orders) if isinstance(cells, Cells) else cells


def _record(source: Source, cells: Cells, orders: Orders) -> Record:
    get = cells.by_name.get
    body = clean(get("StrContent", ""))
    local = moment_in(get("StrTime", ""), orders)
    written, moment = get("CreateTime"), epoch_moment(number(get("CreateTime")))
    if moment.candidates or not local.candidates:
        moment = beside(moment, local)
    else:
        written, moment = get("StrTime"), local
    kind = kind_of(number(get("Type")), number(get("SubType")), body)
    is_system = kind in (RecordKind.SYSTEM, RecordKind.RECALL)
    return Record(
        id=source.record_id(cells.row.byte_start),
        kind=kind,
        sender_raw=None if is_system else get("Remark") or get("NickName") or None,
        sender_id=None if is_system else get("Sender") or None,
        self_claimed=yes_or_no(get("IsSender")),
        ts_raw=written,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags),
        conversation=get("TalkerId") or None,
        type_raw="/".join(filter(None, (get("Type"), get("SubType")))) or None,
        src=cells.span(source),
    )


PARSER = Parser(
    id="wechatmsg_csv",
    version="4",
    title="WeChatMsg CSV",
    syntax="csv",
    detect=_DETECT,
    parse=_parse,
)
