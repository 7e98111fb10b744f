"""Text export of chatlog: `name(id) time`, the text, an empty line.

The time has no year where the export spans one year, and no date where it spans a day; such
records are undated. The exporter's id is 我, the app's own lines are from 系统消息.
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
from evidence_kit.chats.times import UNDATED, plain_moment

_HEADER = re.compile(
    rf"^{BEHIND_EMPTY_LINE}(?P<who>[^\s>\[\ufeff][^\r\n]{{0,200}}?){SPACE}"
    rf"(?:\[(?P<room>[^\r\n]{{1,200}}?)\]{SPACE})?"
    rf"(?P<when>(?P<day>(?:\d{{4}}-)?\d\d-\d\d{SPACE})?(?P<clock>\d\d:\d\d:\d\d))" + LINE_END,
    re.MULTILINE | re.ASCII,
)
_WHO = re.compile(r"(?P<name>.*)\((?P<id>[^()]+)\)")
_PICTURE = re.compile(
    r"!?\[(?:图片|语音|视频|文件|动画表情|分享|链接|小程序|视频号)[^\]]*\](?:\([^)\n]*\))?"
)
_SELF, _SYSTEM = "我", "系统消息"
_ENOUGH = 3
"""Fewer headers are any note."""
_YEAR = len("2026-05-01 ")


def _detect(head: Head) -> Detection:
    who = [found["who"] for found in _HEADER.finditer(head.text)]
    told = [one for one in who if _WHO.fullmatch(one) or one in (_SELF, _SYSTEM)]
    if len(who) < _ENOUGH or len(told) * 2 < len(who) or not _HEADER.match(head.text):
        return Detection()
    return Detection(SHAPE, (f"{len(who)} lines of name, id and time behind empty lines",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    known = KnownSenders()
    for block in blocks(source, _HEADER):
        if block.header is not None:
            yield _record(block, block.header, known)


def _record(block: Block, header: re.Match[str], known: KnownSenders) -> Record:
    who, day, clock = header["who"], header["day"] or "", header["clock"]
    moment = plain_moment(day.strip(), clock) if len(day) == _YEAR else UNDATED
    named = _WHO.fullmatch(who)
    name, platform_id = (named["name"], named["id"]) if named else (who, None)
    known.add(name)
    is_self = _SELF in (platform_id, who)
    is_system = who == _SYSTEM
    body = block.body
    return Record(
        id=block.id,
        kind=kind_of_system(body) if is_system else _kind(body),
        sender_raw=None if is_system else name,
        sender_id=None if platform_id == _SELF else platform_id,
        self_claimed=True if is_self else None,
        ts_raw=header["when"],
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=flags_of(body) + known.headed_flags_of(body) + moment.flags + block.flags,
        conversation=header["room"],
        src=block.src,
    )


def _kind(body: str) -> RecordKind:
    """Media also where chatlog gives an address for it, as Markdown does."""
    return RecordKind.MEDIA if _PICTURE.fullmatch(body.rstrip()) else kind_of_body(body)


PARSER = Parser(
    id="chatlog_txt",
    version="2",
    title="chatlog TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
