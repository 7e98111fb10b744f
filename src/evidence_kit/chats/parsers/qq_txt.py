"""Text export of the message manager of QQ for PC: `time name`, the text, an empty line.

Each chat begins with a head between rules: the group of contacts, and whom the chat is with.
A header counts only behind a head or an empty line; a body that holds both can't be told apart.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.gaps import BEHIND_EMPTY_LINE, LINE_END, SPACE
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import SHAPE, SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.qq import SYSTEM, sender
from evidence_kit.chats.record import Part, Record, Structure
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import iso_dates, iso_time, local_moment, plain_moment

_RULE = "={16,}"
_BEHIND_RULE = tuple(
    rf"(?<=={blank}{end})" for blank in ("", " ", r"\t") for end in (r"\n", r"\r\n")
)
_END = r"[ \t\u00a0]{0,8}\r?\n"
_TITLE = "消息记录（此消息记录为文本格式，不支持重新导入）"
_CHAT = (
    rf"\ufeff?(?:{_TITLE}(?:{_END}){{1,9}})?"
    rf"{_RULE}{_END}(?:消息分组[:：][^\r\n]*\r?\n{_RULE}{_END})?"
    rf"消息对象[:：](?P<peer>[^\r\n]*)\r?\n{_RULE}"
)
_MESSAGE = (
    rf"(?=\ufeff?\d{{4}}[-/])(?:{BEHIND_EMPTY_LINE}|{'|'.join(_BEHIND_RULE)})"
    r"(?P<when>(?P<year>\d{4})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)"
    rf"{SPACE}(?P<hour>\d\d?):(?P<minute>\d\d):(?P<second>\d\d)(?:{SPACE}(?P<half>[AP]M))?)"
    rf"{SPACE}(?P<who>[^\r\n]*[^ \t\u00a0\r\n])"
)
_HEADER = re.compile(rf"^(?:{_CHAT}|{_MESSAGE}){LINE_END}", re.MULTILINE | re.ASCII)
_GROUPS = ("when", "year", "month", "day", "hour", "minute", "second", "half", "who")
_ENOUGH = 3
"""Fewer headers without the export's own title are any note."""


def _detect(head: Head) -> Detection:
    text = head.text.removeprefix("\ufeff")
    found = list(_HEADER.finditer(text))
    if text.startswith(_TITLE) or any(match["peer"] is not None for match in found):
        return Detection(SIGNATURE, ("the title or a chat's head of QQ's message manager",))
    numbered = sum(sender(match["who"])[1] is not None for match in found)
    if len(found) < _ENOUGH or numbered < len(found) or found[0].start() > 0:
        return Detection()
    return Detection(SHAPE, (f"{numbered} lines of time, name and QQ number",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    known = KnownSenders()
    peer: str | None = None
    for block in blocks(source, _HEADER):
        header = block.header
        if header is None:
            if block.body.strip() in ("", _TITLE):
                yield Structure(block.src.byte_start, block.src.byte_end)
        elif header["peer"] is not None:
            peer = header["peer"].strip() or None
            yield Structure(block.src.byte_start, block.src.byte_end - block.stray_bytes(source))
        else:
            yield _record(block, header, peer, known)


def _record(block: Block, header: re.Match[str], peer: str | None, known: KnownSenders) -> Record:
    when, year, month, day, hour, minute, second, half, who = header.group(*_GROUPS)
    name, number = sender(who)
    known.add(name)
    if half is None:
        moment = plain_moment(f"{year}-{month:0>2}-{day:0>2}", f"{hour:0>2}:{minute}:{second}")
    else:
        dates = iso_dates(year, month, day)
        moment = local_moment(dates, iso_time(hour, minute, second, half=half))
    body = block.body
    is_system = number in SYSTEM
    return Record(
        id=block.id,
        kind=kind_of_system(body) if is_system else kind_of_body(body),
        sender_raw=None if is_system else name,
        sender_id=number,
        ts_raw=when,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=flags_of(body) + known.headed_flags_of(body) + moment.flags + block.flags,
        conversation=peer,
        src=block.src,
    )


PARSER = Parser(
    id="qq_txt",
    version="3",
    title="QQ TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
