"""Text export of WeFlow: `time 'name'`, the text, an empty line; the exporter is 我.

System lines stand under a name like any other, so they can't be told apart.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.gaps import BEHIND_EMPTY_LINE, LINE_END, SPACE
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import SHAPE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body
from evidence_kit.chats.record import Part, Record
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import plain_moment

_HEADER = re.compile(
    rf"^{BEHIND_EMPTY_LINE}(\d{{4}}-\d\d-\d\d){SPACE}(\d\d:\d\d:\d\d){SPACE}['‘]([^\r\n]*)['’]{LINE_END}",
    re.MULTILINE | re.ASCII,
)
_ENOUGH = 3
"""Fewer of them are any note."""
_SELF = "我"


def _detect(head: Head) -> Detection:
    found = len(_HEADER.findall(head.text))
    if found < _ENOUGH or not _HEADER.match(head.text):
        return Detection()
    return Detection(SHAPE, (f"{found} lines of date, time and a name in quotes",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    known = KnownSenders()
    for block in blocks(source, _HEADER):
        if block.header is not None:
            yield _record(block, block.header, known)


def _record(block: Block, header: re.Match[str], known: KnownSenders) -> Record:
    day, clock, name = header.groups()
    moment = plain_moment(day, clock)
    body = block.body
    known.add(name)
    return Record(
        id=block.id,
        kind=kind_of_body(body),
        sender_raw=name or None,
        self_claimed=True if name == _SELF else None,
        ts_raw=f"{day} {clock}",
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=flags_of(body) + known.headed_flags_of(body) + moment.flags + block.flags,
        src=block.src,
    )


PARSER = Parser(
    id="weflow_txt",
    version="2",
    title="WeFlow TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
