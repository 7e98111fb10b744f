"""Text of the mail into which WeChat for phones puts the messages that somebody marked.

A line that says whose chat it is, `—————  2026-05-01  —————` above the messages of a day, and
`name  10:00` (two blanks) above each message. The lines of a day and of a chat count only where a
message follows. A line of a message that ends in two blanks and a clock can't be told apart from
the next message.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks, clean
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import SHAPE, SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body
from evidence_kit.chats.record import Part, Record, RecordKind, Structure
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import (
    UNDATED,
    Moment,
    clock_moment,
    iso_date,
    iso_time,
    of_day_above,
)
from evidence_kit.i18n import mark

_SPACE = r"[ \t\u00a0]"
_END = rf"{_SPACE}{{0,8}}(?=\r?$)"
_SAID = rf"(?P<name>[^\s>\ufeff][^\r\n]{{0,79}}?){_SPACE}{{2,8}}(?P<clock>\d{{1,2}}:\d\d)"
_RULE = "[—–―─]{3,12}"
_DAY = (
    rf"{_RULE}{_SPACE}{{0,8}}(?P<year>\d{{4}})[-/.年](?P<month>\d\d?)[-/.月](?P<day>\d\d?)日?"
    rf"{_SPACE}{{0,8}}{_RULE}"
)
_TITLE = (
    rf"(?:Dear[:：]?{_SPACE}{{0,8}}\r?\n)?"
    r"(?P<title>[^\r\n]{1,300}聊天记录如下)(?:[，,]请查收)?[。.:：]?"
)
_UNNAMED = re.compile(r"\(\?P<\w+>")
_NEXT_SAID, _NEXT_DAY = _UNNAMED.sub("(?:", _SAID), _UNNAMED.sub("(?:", _DAY)
_BLANK = rf"(?:{_SPACE}{{0,8}}\r?\n)*+"
_HEADER = re.compile(
    rf"^\ufeff?(?:{_SAID}{_END}|{_DAY}{_END}(?={_BLANK}(?:{_NEXT_SAID}{_SPACE}*+\r?$|\Z))"
    rf"|{_TITLE}{_END}(?={_BLANK}{_NEXT_DAY}{_SPACE}*+\r?$))",
    re.MULTILINE | re.ASCII,
)
_CHAT = re.compile(
    r"(?:微信群[\"“](?P<group>.+)[\"”]的|(?P<chat>.+?) ?(?:在微信上|微信群上)的)聊天记录如下"
)
_LEADING = re.compile(rf"\A(?:{_SPACE}*+\n)+")
_FILE = re.compile(
    r"\[(?:图片|视频|语音|文件|Photo|Video|File)[:：] ?(?P<file>[^\r\n]{1,255}?)"
    r"(?:[(（]请在附件中查看[)）])?\]"
)
_LOOK_AHEAD = 600
"""Characters below a header: more than the next one has, with the empty lines above it."""


def _detect(head: Head) -> Detection:
    found = list(_HEADER.finditer(head.text))
    said = [match for match in found if match["name"] is not None]
    if any(match["title"] is not None for match in found) and said:
        return Detection(SIGNATURE, ("the line with which WeChat begins such a mail",))
    # without a day it may be the transcript of any recording; a programme has nothing below
    is_dated = any(match["year"] is not None for match in found)
    if not is_dated or 2 * sum(_has_text(head.text, match) for match in said) <= len(said):
        return Detection()
    return Detection(SHAPE, (f"{len(said)} lines of name and clock below a line of a day",))


def _has_text(text: str, header: re.Match[str]) -> bool:
    """Whether a line of text follows, before the next header."""
    below = text[header.end() : header.end() + _LOOK_AHEAD].lstrip()
    return bool(below) and _HEADER.match(below) is None


def _parse(source: Source, options: Options) -> Iterator[Part]:
    known = KnownSenders()
    day: str | None = None
    chat: str | None = None
    for block in blocks(source, _HEADER):
        header = block.header
        if header is None:
            if not block.text.strip():
                yield Structure(block.src.byte_start, block.src.byte_end)
        elif header["name"] is not None:
            if header[0].startswith("\n\ufeff"):  # where another file begins
                day = None
            known.add(header["name"])
            yield _message(block, header, day, chat, known)
        else:
            day = iso_date(*header.group("year", "month", "day")) if header["year"] else None
            if header["title"] is not None:
                chat = _chat(header["title"])
            yield Structure(block.src.byte_start, block.src.byte_end - block.stray_bytes(source))


def _chat(title: str) -> str:
    named = _CHAT.search(title)
    return next((name for name in named.groups() if name), title) if named else title


def _moment(clock: str, day: str | None) -> Moment:
    if day is None:
        return UNDATED
    hour, minute = clock.split(":")
    return of_day_above(clock_moment((day,), iso_time(hour, minute)[:5], None))


def _message(
    block: Block,
    header: re.Match[str],
    day: str | None,
    chat: str | None,
    known: KnownSenders,
) -> Record:
    moment = _moment(header["clock"], day)
    body = clean(_LEADING.sub("", block.body))
    named = _FILE.fullmatch(body.strip())
    return Record(
        id=block.id,
        kind=RecordKind.MEDIA if named else kind_of_body(body),
        sender_raw=header["name"],
        ts_raw=header["clock"],
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *known.headed_flags_of(body), *moment.flags, *block.flags),
        conversation=chat,
        attachments=(named["file"],) if named else (),
        src=block.src,
    )


PARSER = Parser(
    id="wechat_mail_txt",
    version="1",
    title=mark("WeChat mail TXT"),
    syntax="text",
    detect=_detect,
    parse=_parse,
)
