"""What was copied out of a chat window of QQ or of 千牛 and pasted into a text: name, time, text.

`名 2/14/2020 9:16:13 PM` · `名 9:59:54 PM` · `名(10001) 3:13:28 AM` · `名2026-5-1 10:00:00` ·
`名 昨天 10:00` · `名 05-01 10:00:00` · name and time on two lines · `— — 2020-2-21 — —` or
`2020年2月21日` above the messages of a day, the latter where the text begins so. A header without
a full day counts behind an empty line, or with a QQ number. A time alone is of the day of the last
such line above it, unless one like `昨天` came after; without one, and with a day that is relative
or has no year, it is undated.
A shop's name may hold a colon (`店名:小鹿`), though not at its end: `付款时间: 2026-5-1 10:00:00`
is text. A body that imitates a header, and an app's line that somebody typed, can't be told from
real ones.
"""

import re
from collections.abc import Iterator, Sequence

from evidence_kit.chats.blocks import Block, blocks, clean
from evidence_kit.chats.gaps import EMPTY_LINES
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import SHAPE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.qq import sender
from evidence_kit.chats.record import Flag, Part, Record, Structure
from evidence_kit.chats.short import begins_so
from evidence_kit.chats.source import Head, Source, read_head
from evidence_kit.chats.times import UNDATED, Moment, Orders, iso_date, local_moment, of_day_above
from evidence_kit.chats.written import HALF, VAGUE_DAY, clock_of, orders_of, region_moment
from evidence_kit.i18n import mark

_STATES = {"已读": Flag.READ, "未读": Flag.UNREAD, "发送中": Flag.UNREAD}
_ENDS = tuple(
    rf"(?<={end}{blank}{feed})"
    for end in ("—", *_STATES)
    for blank in ("", " ", r"\t")
    for feed in (r"\n", r"\r\n")
)
_FREE = "|".join((r"\A", r"(?=\ufeff)", *EMPTY_LINES, *_ENDS))
"""At the beginning, behind an empty line, a line of `— —`, or the word that ends a message."""
_DAY = r"(?P<a>\d{1,4})[-/.年](?P<b>\d{1,2})[-/.月](?P<c>\d{1,4})日?"
_CLOCK = (
    rf"(?P<before>(?:{HALF})[ ]?)?(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    rf"(?P<after>[ \u202f]?(?:{HALF}))?"
)
_SPACE = r"[ \t\u00a0]"
_BEHIND_NAME = rf"(?P<gap>{_SPACE}{{1,8}})|(?P<below>{_SPACE}{{0,8}}\r?\n)|(?=\d{{4}}[-/.年]\d)"
_ALONE = r"(?(below)(?!))(?(vague)|(?(second)|(?!)))(?(number)|(?(colon)(?!))(?(free)|(?!)))"
"""What a time without a full day needs: its name in the same line, seconds or a vague day, and a
number or a free place and a name without a colon."""
_SAID = (
    rf"(?!\d{{4}}[-/.年]\d\d?[-/.月]\d\d?日?{_SPACE})"
    r"(?P<name>[^\s:：>\ufeff](?:[^\r\n\t:：]|(?P<colon>:)(?=[^\s\u00a0:：])){0,79}?"
    r"(?P<number>\(\d{5,12}\)|<[^<>\s]{1,64}@[^<>\s]{1,64}>)?)(?<!:)"
    rf"(?:{_BEHIND_NAME})(?P<when>(?:(?P<day>{_DAY}){_SPACE}{{1,3}}"
    rf"|(?P<vague>{VAGUE_DAY}){_SPACE}{{0,3}})?{_CLOCK})(?(day)|{_ALONE})"
)
_RULE = rf"[—–－-]{{1,4}}(?:{_SPACE}{{0,8}}[—–－-]{{1,4}})?"
_WEEKDAY = r"[(（]?(?:周|週|星期)[一二三四五六日天][)）]?"
_NEXT = (
    rf"(?=(?:{_SPACE}*+\r?\n){{2,}}+[^\r\n]{{1,160}}?\d{{1,2}}:\d\d(?::\d\d)?"
    rf"(?:[ \u202f]?(?:{HALF}))?{_SPACE}*+\r?$)"
)
"""An empty line and one that ends in a clock follow: a day alone stands in texts, too."""
_DAY_LINE = (
    r"[【\[]?(?:(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<date>\d{1,2})日?"
    rf"|(?P<some>{VAGUE_DAY}))(?:{_SPACE}{{0,3}}{_WEEKDAY})?[】\]]?"
)
_RULED = rf"(?P<rule>{_RULE}){_SPACE}{{0,8}}{_DAY_LINE}{_SPACE}{{0,8}}{_RULE}"
_RULED_OR_BARE = (
    rf"(?:(?P<rule>{_RULE}){_SPACE}{{0,8}})?{_DAY_LINE}"
    rf"(?(rule){_SPACE}{{0,8}}{_RULE}|(?(free){_SPACE}*+{_NEXT}|(?!)))"
)
_TOLD = (
    r"(?P<told>[^\r\n]{0,60}?撤回了一条消息(?: {1,8}重新编辑)?"
    r"|[^\r\n]{1,80}?(?:加入|退出)了?本群。?"
    r"|你和[^\r\n]{1,60}?有\d{1,6}个共同好友，点击添加好友。)"
)


def _headers(day: str) -> re.Pattern[str]:
    """What begins a message, is a line of the app, or heads a day, which is given."""
    return re.compile(
        rf"^(?P<free>{_FREE})?\ufeff?"
        rf"(?:{_SAID}|{day}|(?(free){_TOLD}|(?!))){_SPACE}*+(?=\r?$)",
        re.MULTILINE | re.ASCII,
    )


_PLAIN, _HEADED = _headers(_RULED), _headers(_RULED_OR_BARE)
"""A day on a line of its own heads messages only in a text that begins so: it may be said, too."""
_BLANK = re.compile(r"(?:[ \t]*+\r?\n)*+(?:[ \t]*+\Z)?")
_TO = re.compile(rf"{_SPACE}-->{_SPACE}")
_STATE = re.compile(rf"^(?:{'|'.join(_STATES)})[ \t]*+\r?$", re.MULTILINE)
_CHATLOG = re.compile(r"(?:我|系统消息|.*\((?!\d{5,12}\))[^()]+\))(?: \[.+\])?", re.ASCII)
"""Who says something in an export of chatlog."""
_ENOUGH = 3
"""Fewer headers are any note."""


def _header_of(head: Head) -> re.Pattern[str]:
    first = _HEADED.match(head.text.lstrip())
    return _PLAIN if first is None or first["name"] or first["told"] else _HEADED


def _detect(head: Head) -> Detection:
    header = _header_of(head)
    matches = list(header.finditer(head.text))
    found = [match for match in matches if match["name"] is not None]
    if len(found) < _ENOUGH or "消息对象" in head.text:
        return Detection()
    if 2 * sum(_CHATLOG.fullmatch(match["name"]) is not None for match in found) >= len(found):
        return Detection()
    has_own_lines = _STATE.search(head.text) is not None or any(
        match["told"] or match["rule"] for match in matches
    )
    if not has_own_lines and 2 * sum(map(_is_pasted, found)) < len(found):
        return Detection()  # a name, a day and a time in full: any text
    if not has_own_lines and _is_list(head.text, found, begins=begins_so(head, header)):
        return Detection()
    return Detection(SHAPE, (f"{len(found)} lines of name and time as chat windows give them",))


def _is_list(text: str, headers: Sequence[re.Match[str]], *, begins: bool) -> bool:
    """Whether it may be a timetable, or times with the text that belongs to them below each."""
    bare = sum(header["day"] is None and header["number"] is None for header in headers)
    below = sum(header["below"] is not None for header in headers)
    if 2 * below > len(headers) and not begins:
        return True
    return 2 * max(bare, below) > len(headers) and not _is_talk(text, headers)


def _is_talk(text: str, headers: Sequence[re.Match[str]]) -> bool:
    """Whether somebody speaks again, and most headers have words below them: no timetable."""
    names = {header["name"] for header in headers}
    ends = [*(header.start() for header in headers[1:]), len(text)]
    spoken = sum(
        bool(text[header.end() : end].strip()) for header, end in zip(headers, ends, strict=True)
    )
    return len(names) < len(headers) and 2 * spoken > len(headers)


def _is_pasted(header: re.Match[str]) -> bool:
    """Whether a header has a form that exporters don't write."""
    day = header["day"]
    is_odd_day = day is None or len(day) < len("2026-05-01") or len(header["a"]) < len("2026")
    return is_odd_day or header["gap"] is None or header["colon"] is not None


def _parse(source: Source, options: Options) -> Iterator[Part]:
    day: str | None = None
    known = KnownSenders()
    pattern = _header_of(read_head(source.path))
    orders = orders_of(source, pattern, options.date_order)
    for block in blocks(source, pattern):
        header = block.header
        if header is None:
            if not block.text.strip():
                yield Structure(block.src.byte_start, block.src.byte_end)
        elif header["name"] is not None:
            is_alone = header["day"] is None and header["vague"] is None
            day = day if is_alone and not header[0].startswith("\n\ufeff") else None
            yield _message(block, header, day, orders, known)
        elif header["told"] is None:
            day = _day(header)
            if header["rule"] is None:
                yield _told(source, block, header[0].strip("\n\ufeff"))
            else:
                end = block.src.byte_start + source.length(_own(block))
                yield Structure(block.src.byte_start, end)
        else:
            yield _told(source, block, header["told"])


def _day(header: re.Match[str]) -> str | None:
    """Of a line above the messages of a day; None where it does not say which."""
    if header["year"] is None:
        return None
    return iso_date(*header.group("year", "month", "date"))


def _own(block: Block) -> str:
    """A line of the window's own with the empty ones below it; what follows is unclaimed."""
    blank = _BLANK.match(block.text, block.header_end)
    return block.text[: blank.end() if blank else block.header_end]


def _moment(header: re.Match[str], day: str | None, orders: Orders) -> Moment:
    if header["day"] is not None:
        return region_moment(header, orders)
    if day is None or header["vague"] is not None:
        return UNDATED
    return of_day_above(local_moment((day,), *clock_of(header)))


def _message(
    block: Block,
    header: re.Match[str],
    day: str | None,
    orders: Orders,
    known: KnownSenders,
) -> Record:
    moment = _moment(header, day, orders)
    # 旺旺 writes whom it went to, too
    name, number = sender(_TO.split(header["name"])[0].rstrip())
    known.add(name)
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
        flags=(*flags_of(body), *known.headed_flags_of(body), *moment.flags, *state, *block.flags),
        src=block.src,
    )


def _without_state(body: str) -> tuple[str, tuple[Flag, ...]]:
    """The text, and what the word in its last line says of it; alone, that word is the text."""
    text, _, last = body.rpartition("\n")
    state = _STATES.get(last.strip())
    return (clean(text), (state,)) if state is not None and text.strip() else (body, ())


def _told(source: Source, block: Block, line: str) -> Record:
    return Record(
        id=block.id,
        kind=kind_of_system(line),
        sender_raw=None,
        body_raw=line.strip(),
        src=block.place_of(_own(block), source),
    )


PARSER = Parser(
    id="clipboard_txt",
    version="4",
    title=mark("QQ/千牛 paste"),
    syntax="text",
    detect=_detect,
    parse=_parse,
)
