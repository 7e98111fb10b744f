"""Text export of WeChatMsg (留痕): `time name`, the text, an empty line.

A system line is `time text` with nothing under it, so it looks like a header. A header counts
only at the beginning or behind an empty line; a body that holds both can't be told apart.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.parser import SHAPE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.record import PARTICIPANTS, Part, Record, RecordKind
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import plain_moment

_HEADER = re.compile(
    r"^(?:\A|(?<=\n\n)|(?<=\n\r\n))(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([^\r\n]+)",
    re.MULTILINE | re.ASCII,
)
_OTHERS = re.compile(r"'.*'|.*[(<][^()<>]+[)>]")
"""Names as WeFlow and QQ write them."""
_ENOUGH = 3
"""Fewer of them are any note."""


def _detect(head: Head) -> Detection:
    names = [match[3] for match in _HEADER.finditer(head.text)]
    if len(names) < _ENOUGH or not _HEADER.match(head.text) or all(map(_OTHERS.fullmatch, names)):
        return Detection()
    return Detection(SHAPE, (f"{len(names)} lines of date, time and name behind empty lines",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    names: set[str] = set()
    for block in blocks(source, _HEADER):
        if block.header is not None:
            yield _record(block, block.header, names)


def _record(block: Block, header: re.Match[str], names: set[str]) -> Record:
    day, clock, name = header.groups()
    moment = plain_moment(day, clock)
    body = block.body
    sender: str | None = name
    if body:
        if len(names) < PARTICIPANTS:
            names.add(name)
        kind = kind_of_body(body)
    elif name in names:
        kind = RecordKind.TEXT
    else:
        sender, body, kind = None, name, kind_of_system(name)
    return Record(
        id=block.id,
        kind=kind,
        sender_raw=sender,
        ts_raw=f"{day} {clock}",
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=flags_of(body) + moment.flags + block.flags,
        src=block.src,
    )


PARSER = Parser(
    id="wechatmsg_txt",
    version="1",
    title="WeChatMsg TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
