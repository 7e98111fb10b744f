"""Any table with a column for the time, one for the sender, and one for the text.

The columns are found by their names, in English or Chinese; the delimiter is a comma, a
semicolon or a tab. Taken where no format is known.
"""

from collections.abc import Iterator, Sequence

from evidence_kit.chats.blocks import clean
from evidence_kit.chats.columns import Cells, column_names, table
from evidence_kit.chats.parser import GENERIC, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body
from evidence_kit.chats.record import Part, Record
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import Orders, orders_in
from evidence_kit.chats.written import moment_in

_TIME = ("time", "datetime", "timestamp", "sent at", "时间", "发送时间", "消息时间", "日期时间")
_DATE = ("date", "日期", "day")
_SENDER = (
    "sender",
    "from",
    "name",
    "author",
    "user",
    "发送人",
    "发送者",
    "发言人",
    "昵称",
    "用户名",
)
_TEXT = (
    "content",
    "text",
    "message",
    "body",
    "msg",
    "内容",
    "消息",
    "消息内容",
    "文本",
    "聊天内容",
)


def _detect(head: Head) -> Detection:
    names = column_names(head)
    if _find(names, (*_TIME, *_DATE)) and _find(names, _SENDER) and _find(names, _TEXT):
        return Detection(GENERIC, (f"columns {', '.join(names[:20])}",))
    return Detection()


def _find(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    """The first column that is called like this."""
    return next((name for name in names if name.lower() in wanted), None)


def _parse(source: Source, options: Options) -> Iterator[Part]:
    orders = orders_in((), options.date_order)
    for cells in table(source):
        yield _record(source, cells, orders) if isinstance(cells, Cells) else cells


def _record(source: Source, cells: Cells, orders: Orders) -> Record:
    names = tuple(cells.by_name)
    date, time, sender, text = (
        cells.by_name.get(_find(names, wanted) or "", "")
        for wanted in (_DATE, _TIME, _SENDER, _TEXT)
    )
    written = " ".join(filter(None, (date.strip(), time.strip())))
    moment = moment_in(written, orders)
    body = clean(text)
    return Record(
        id=source.record_id(cells.row.byte_start),
        kind=kind_of_body(body),
        sender_raw=sender or None,
        ts_raw=written or None,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags),
        src=cells.span(source),
    )


PARSER = Parser(
    id="generic_csv",
    version="3",
    title="CSV",
    syntax="csv",
    detect=_detect,
    parse=_parse,
)
