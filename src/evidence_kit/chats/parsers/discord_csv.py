"""CSV export of DiscordChatExporter: a row a message, the time with its offset from UTC."""

from collections.abc import Iterator

from evidence_kit.chats.blocks import clean
from evidence_kit.chats.columns import Cells, detect_columns, table
from evidence_kit.chats.parser import Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Part, Record, RecordKind
from evidence_kit.chats.source import Source
from evidence_kit.chats.times import UNDATED, offset_moment

_DETECT = detect_columns("AuthorID", "Author", "Date", "Content", "Attachments", "Reactions")


def _parse(source: Source, options: Options) -> Iterator[Part]:
    for cells in table(source):
        yield _record(source, cells) if isinstance(cells, Cells) else cells


def _record(source: Source, cells: Cells) -> Record:
    get = cells.by_name.get
    body, written = clean(get("Content", "")), get("Date") or None
    moment = UNDATED if written is None else offset_moment(written)
    attachments = tuple(filter(None, map(str.strip, get("Attachments", "").split(","))))
    return Record(
        id=source.record_id(cells.row.byte_start),
        kind=RecordKind.MEDIA if attachments else RecordKind.TEXT,
        sender_raw=get("Author") or None,
        sender_id=get("AuthorID") or None,
        ts_raw=written,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags),
        attachments=attachments,
        src=cells.span(source),
    )


PARSER = Parser(
    id="discord_csv",
    version="2",
    title="DiscordChatExporter CSV",
    syntax="csv",
    detect=_DETECT,
    parse=_parse,
)
