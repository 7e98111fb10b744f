"""What a person typed beside a screenshot or a recording: `name: text`, a line or more each.

A clock time may stand in front. There is no date, and none is invented. Every note looks
like this, so it is never taken unless it is named.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks, clean
from evidence_kit.chats.parser import Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body
from evidence_kit.chats.record import Part, Record
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import UNDATED

_HEADER = re.compile(
    r"^(?:(?P<clock>\d{1,2}:\d\d(?::\d\d)?)[ \t]+)?(?P<name>[^\s:：][^\r\n:：]{0,39}?)[ \t]*"
    r"[:：](?!//)[ \t]?(?P<text>[^\r\n]*)",
    re.MULTILINE,
)


def _detect(head: Head) -> Detection:
    return Detection()


def _parse(source: Source, options: Options) -> Iterator[Part]:
    for block in blocks(source, _HEADER):
        if block.header is not None:
            yield _record(block, block.header)


def _record(block: Block, header: re.Match[str]) -> Record:
    body = clean(f"{header['text']}\n{block.body}")
    return Record(
        id=block.id,
        kind=kind_of_body(body),
        sender_raw=header["name"],
        ts_raw=header["clock"],
        ts_candidates=UNDATED.candidates,
        tz_status=UNDATED.status,
        precision=UNDATED.precision,
        body_raw=body,
        flags=(*flags_of(body), *block.flags),
        src=block.src,
    )


PARSER = Parser(
    id="transcript",
    version="1",
    title="typed transcript",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
