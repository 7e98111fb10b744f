"""Text export of WeChatMsg (留痕): `time name`, the text, an empty line.

A system line is `time text` with nothing under it, so it looks like a header. A header counts
only at the beginning or behind an empty line; a body that holds both can't be told apart.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.gaps import BEHIND_EMPTY_LINE, LINE_END, SPACE
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import SHAPE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.record import Part, Record, RecordKind
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import plain_moment

_HEADER = re.compile(
    rf"^{BEHIND_EMPTY_LINE}(\d{{4}}-\d\d-\d\d){SPACE}(\d\d:\d\d:\d\d){SPACE}"
    rf"([^\r\n]*[^ \t\u00a0\r\n]){LINE_END}",
    re.MULTILINE | re.ASCII,
)
_OTHERS = re.compile(r"['‘].*['’]|.*[(<][^()<>]+[)>]")
"""Names as WeFlow and QQ write them."""
_ENOUGH = 3
"""Fewer of them are any note."""


def _detect(head: Head) -> Detection:
    names = [match[3] for match in _HEADER.finditer(head.text)]
    if len(names) < _ENOUGH or not _HEADER.match(head.text) or all(map(_OTHERS.fullmatch, names)):
        return Detection()
    return Detection(SHAPE, (f"{len(names)} lines of date, time and name behind empty lines",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    known = KnownSenders()
    for block in blocks(source, _HEADER):
        if block.header is not None:
            yield _record(block, block.header, known)


def _record(block: Block, header: re.Match[str], known: KnownSenders) -> Record:
    day, clock, name = header.groups()
    moment = plain_moment(day, clock)
    body = block.body
    sender: str | None = name
    if body.strip():
        known.add(name)
        kind = kind_of_body(body)
    elif name in known:
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
        flags=flags_of(body) + known.headed_flags_of(body) + moment.flags + block.flags,
        src=block.src,
    )


PARSER = Parser(
    id="wechatmsg_txt",
    version="2",
    title="WeChatMsg TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
