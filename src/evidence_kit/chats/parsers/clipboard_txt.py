"""What was copied out of a chat window of QQ or of 千牛 and pasted into a text: name, time, text.

`名 2/14/2020 9:16:13 PM` · `名 9:59:54 PM` · `名(10001) 3:13:28 AM` · `名2026-5-1 10:00:00` ·
name and time on two lines · `— — 2020-2-21 — —` above the messages of a day. A header with the
time of day alone counts behind an empty line, or with a QQ number. The day is that of the last
`— —` line above it; without one it is undated. A shop's name may hold a colon (`店名:小鹿`), though
not at its end: `付款时间: 2026-5-1 10:00:00` is text. A body that imitates a header, and an app's
line that somebody typed, can't be told from real ones.
"""

import re
from collections.abc import Iterator

import msgspec

from evidence_kit.chats.blocks import Block, blocks, clean
from evidence_kit.chats.parser import SHAPE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.qq import sender
from evidence_kit.chats.record import Flag, Part, Record, Structure
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import UNDATED, Moment, Orders, iso_dates, local_moment
from evidence_kit.chats.written import HALF, clock_of, orders_of, region_moment

_STATES = {"已读": Flag.READ, "未读": Flag.UNREAD, "发送中": Flag.UNREAD}
_GAPS = (r"\n\n", r"\n\r\n", r"\n \n", r"\n \r\n", r"\n  \n", r"\n  \r\n")
_ENDS = tuple(rf"{end}{feed}" for end in ("—", *_STATES) for feed in (r"\n", r"\r\n"))
_FREE = "|".join((r"\A", *(rf"(?<={gap})" for gap in (*_GAPS, *_ENDS))))
"""At the beginning, behind an empty line, a line of `— —`, or the word that ends a message."""
_DAY = r"(?P<a>\d{1,4})[-/.年](?P<b>\d{1,2})[-/.月](?P<c>\d{1,4})日?"
_CLOCK = (
    rf"(?P<before>(?:{HALF})[ ]?)?(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    rf"(?P<after>[ \u202f]?(?:{HALF}))?"
)
_SPACE = r"[ \t\u00a0]"
_BEHIND_NAME = rf"(?P<gap>{_SPACE}{{1,8}})|(?P<below>{_SPACE}{{0,8}}\r?\n)|(?=\d{{4}}[-/.年]\d)"
_ALONE = r"(?(below)(?!))(?(second)|(?!))(?(number)|(?(colon)(?!))(?(free)|(?!)))"
"""What a time without a day needs: its name in the same line, seconds, and a number or a free
place and a name without a colon."""
_SAID = (
    r"(?P<name>[^\s:：](?:[^\r\n:：]|(?P<colon>:)(?=[^\s:：])){0,79}?"
    r"(?P<number>\(\d{5,12}\)|<[^<>\s]{1,64}@[^<>\s]{1,64}>)?)(?<!:)"
    rf"(?:{_BEHIND_NAME})(?P<when>(?:(?P<day>{_DAY})[ \t]{{1,3}})?{_CLOCK})(?(day)|{_ALONE})"
)
_RULE = rf"[—–－-]{{1,4}}(?:{_SPACE}{{0,8}}[—–－-]{{1,4}})?"
_BANNER = (
    rf"{_RULE}{_SPACE}{{0,8}}(?P<year>\d{{4}})[-/.年](?P<month>\d{{1,2}})[-/.月](?P<date>\d{{1,2}})日?"
    rf"{_SPACE}{{0,8}}{_RULE}"
)
_TOLD = (
    r"(?P<told>[^\r\n]{0,60}?撤回了一条消息(?: {1,8}重新编辑)?"
    r"|[^\r\n]{1,80}?(?:加入|退出)了?本群。?"
    r"|你和[^\r\n]{1,60}?有\d{1,6}个共同好友，点击添加好友。)"
)
_HEADER = re.compile(
    rf"^(?P<free>{_FREE})?(?:{_SAID}|{_BANNER}|(?(free){_TOLD}|(?!))){_SPACE}*+(?=\r?$)",
    re.MULTILINE | re.ASCII,
)
_BLANK = re.compile(r"(?:[ \t]*+\r?\n)*+(?:[ \t]*+\Z)?")
_STATE = re.compile(rf"^(?:{'|'.join(_STATES)})[ \t]*+\r?$", re.MULTILINE)
_CHATLOG = re.compile(
    r"(?:我|系统消息|.*\((?!\d{5,12}\))[^()]+\))(?: \[.+\])?(?: \d\d-\d\d)?", re.ASCII
)
"""Who says something in an export of chatlog."""
_ENOUGH = 3
"""Fewer headers are any note."""


def _detect(head: Head) -> Detection:
    matches = list(_HEADER.finditer(head.text))
    found = [match for match in matches if match["name"] is not None]
    if len(found) < _ENOUGH or "消息对象" in head.text:
        return Detection()
    if 2 * sum(_CHATLOG.fullmatch(match["name"]) is not None for match in found) >= len(found):
        return Detection()
    has_own_lines = len(matches) > len(found) or _STATE.search(head.text) is not None
    if not has_own_lines and 2 * sum(map(_is_pasted, found)) < len(found):
        return Detection()  # a name, a day and a time in full: any text
    return Detection(SHAPE, (f"{len(found)} lines of name and time as chat windows give them",))


def _is_pasted(header: re.Match[str]) -> bool:
    """Whether a header has a form that exporters don't write."""
    day = header["day"]
    is_odd_day = day is None or len(day) < len("2026-05-01") or len(header["a"]) < len("2026")
    return is_odd_day or header["gap"] is None or header["colon"] is not None


def _parse(source: Source, options: Options) -> Iterator[Part]:
    day: str | None = None
    orders = orders_of(source, _HEADER, options.date_order)
    for block in blocks(source, _HEADER):
        header = block.header
        if header is None:
            if not block.text.strip():
                yield Structure(block.src.byte_start, block.src.byte_end)
        elif header["name"] is not None:
            day = day if header["day"] is None else None
            yield _message(block, header, day, orders)
        elif header["year"] is not None:
            days = iso_dates(header["year"], header["month"], header["date"])
            day = days[0] if days else None
            yield Structure(block.src.byte_start, block.src.byte_start + source.length(_own(block)))
        else:
            yield _told(source, block, header)


def _own(block: Block) -> str:
    """A line of the window's own with the empty ones below it; what follows is unclaimed."""
    blank = _BLANK.match(block.text, block.header_end)
    return block.text[: blank.end() if blank else block.header_end]


def _moment(header: re.Match[str], day: str | None, orders: Orders) -> Moment:
    if header["day"] is not None:
        return region_moment(header, orders)
    if day is None:
        return UNDATED
    moment = local_moment((day,), *clock_of(header))
    if not moment.candidates:
        return moment
    return msgspec.structs.replace(moment, flags=(*moment.flags, Flag.DATE_ABOVE))


def _message(
    block: Block,
    header: re.Match[str],
    day: str | None,
    orders: Orders,
) -> Record:
    moment = _moment(header, day, orders)
    # 旺旺 writes whom it went to, too
    name, number = sender(header["name"].partition(" --> ")[0].rstrip())
    body, state = _without_state(block.body)
    return Record(
        id=block.id,
        kind=kind_of_body(body),
        sender_raw=name,
        sender_id=number,
        ts_raw=header["when"],
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags, *state, *block.flags),
        src=block.src,
    )


def _without_state(body: str) -> tuple[str, tuple[Flag, ...]]:
    """The text, and what the word in its last line says of it; alone, that word is the text."""
    text, _, last = body.rpartition("\n")
    state = _STATES.get(last.strip())
    return (clean(text), (state,)) if state is not None and text.strip() else (body, ())


def _told(source: Source, block: Block, header: re.Match[str]) -> Record:
    return Record(
        id=block.id,
        kind=kind_of_system(header["told"]),
        sender_raw=None,
        body_raw=header["told"],
        src=block.place_of(_own(block), source),
    )


PARSER = Parser(
    id="clipboard_txt",
    version="3",
    title="QQ/千牛 paste",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
