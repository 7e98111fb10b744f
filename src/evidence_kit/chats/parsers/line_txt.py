"""Text export of LINE's app: a head, a line for each day, and `clock TAB name TAB text` below it.

Messages of several lines stand in quotation marks. A line that names a day counts only where
nothing but messages follows, so one inside a message does not. What LINE says itself has no name.
A line of a message that is a clock, a tab and more can't be told apart from the next one; no
phone's keyboard types a tab.
"""

import re
from collections.abc import Iterator
from datetime import date

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.parser import SHAPE, SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.record import Part, Precision, Record, RecordKind, Structure
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import (
    EAST_ASIAN_HALVES,
    UNDATED,
    Moment,
    Orders,
    iso_dates,
    iso_time,
    local_moment,
    orders_in,
)

_END = r"[ \t]*(?=\r?$)"
_CLOCK = rf"(?:{EAST_ASIAN_HALVES})?\d\d?:\d\d(?: ?[AaPp][Mm])?(?=\t)"
_DAY = (
    r"(?:(?:\d{4})(?P<mark>[/.])\d\d?(?P=mark)\d\d?[. ]*(?:[(（][^()（）\r\n]{1,9}[)）]"
    r"|星期.|[周週].|.曜日|[A-Z][a-z]{5,8})|[A-Z][a-z]{2}, \d\d?/\d\d?/\d{4})"
)
_HEAD = (
    r"(?:\[LINE\] (?P<title>[^\r\n]+)\r?\n)"
    r"(?:保存日時|儲存日期|保存日期|Saved on)[ ]?[:：][^\r\n]*"
)
_MESSAGE = rf"(?P<clock>{_CLOCK})\t(?:(?P<name>[^\t\r\n]*)\t)?"
_HEADER = re.compile(
    rf"^(?:{_HEAD}(?=\r?$)"
    rf"|(?P<day>{_DAY}){_END}(?=(?:\r?\n)*+(?:\Z|{_CLOCK}|{_DAY.replace('mark', 'mark2')}{_END}))"
    rf"|{_MESSAGE})",
    re.MULTILINE | re.ASCII,
)
_CLOCK_PARTS = re.compile(
    rf"(?P<before>{EAST_ASIAN_HALVES})?(?P<hour>\d\d?):(?P<minute>\d\d) ?(?P<after>[AaPp][Mm])?",
    re.ASCII,
)
_NUMBERS = re.compile(r"\d+", re.ASCII)
_TITLE = re.compile(
    r"[與与](?P<zh>.+)的(?:聊天|對話|对话)(?:記錄|紀錄|记录)?|(?P<ja>.+?)と?のトーク履歴"
    r"|Chat history (?:with|in) (?P<en>.+)|(?P<group>.+)的聊天(?:記錄|紀錄|记录)"
)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_STAND_IN = re.compile(
    r"\[(?:写真|スタンプ|動画|ボイスメッセージ|ファイル|連絡先|位置情報|アルバム|ノート"
    r"|貼圖|照片|影片|語音訊息|檔案|聯絡資訊|位置訊息|贴图|语音信息|联系人信息|位置信息"
    r"|Photo|Sticker|Video|Voice message|File|Contact|Location|Gift)\]|☎[^\n]*"
)
_UNSENT = re.compile(
    r"メッセージの送信を取り消しました|收回(?:了)?訊息|撤回了?(?:讯息|訊息|信息)|unsent a message"
)
_ENOUGH = 3
"""Fewer messages without the app's own head are any table."""


def _detect(head: Head) -> Detection:
    found = list(_HEADER.finditer(head.text))
    if any(match["title"] is not None for match in found):
        return Detection(SIGNATURE, ("the head that LINE writes",))
    days = sum(match["day"] is not None for match in found)
    named = sum(bool(match["name"]) for match in found)
    if not days or named < _ENOUGH:
        return Detection()
    return Detection(SHAPE, (f"{named} lines of clock, name and text below lines of a day",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    peer: str | None = None
    days: tuple[str, ...] = ()
    orders = orders_in((), options.date_order)
    for block in blocks(source, _HEADER):
        header = block.header
        if header is None:
            if not block.body.strip():
                yield Structure(block.src.byte_start, block.src.byte_end)
        elif header["title"] is not None:
            peer, days = _peer(header["title"].strip()), ()
            yield Structure(block.src.byte_start, block.src.byte_end - block.stray_bytes(source))
        elif header["day"] is not None:
            days = _days(header["day"], orders)
            yield Structure(block.src.byte_start, block.src.byte_end - block.stray_bytes(source))
        else:
            yield _record(block, header, days, peer)


def _peer(title: str) -> str:
    named = _TITLE.fullmatch(title)
    return next((name for name in named.groups() if name), title) if named else title


def _days(line: str, orders: Orders) -> tuple[str, ...]:
    """The days that a line can name; the weekday beside it decides between two."""
    first, second, third = _NUMBERS.findall(line)
    days = iso_dates(first, second, third, orders)
    if len(days) < 2:
        return days
    name = line[:3]
    fitting = [day for day in days if _WEEKDAYS[date.fromisoformat(day).weekday()] == name]
    return tuple(fitting) or days


def _moment(clock: str, days: tuple[str, ...]) -> Moment:
    found = _CLOCK_PARTS.fullmatch(clock)
    if not days or found is None:
        return UNDATED
    word = found["before"] or found["after"] or ""
    time = iso_time(found["hour"], found["minute"], half=word)
    return local_moment(days, time, Precision.MINUTE)


def _record(
    block: Block,
    header: re.Match[str],
    days: tuple[str, ...],
    peer: str | None,
) -> Record:
    moment = _moment(header["clock"], days)
    sender = header["name"] or None
    body = _unquoted(block.body)
    return Record(
        id=block.id,
        kind=_kind(sender, body),
        sender_raw=sender,
        ts_raw=header["clock"],
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=flags_of(body) + moment.flags + block.flags,
        conversation=peer,
        src=block.src,
    )


def _unquoted(body: str) -> str:
    """The text without the quotation marks around several lines."""
    body = body.rstrip("\n")
    is_quoted = "\n" in body and body.startswith('"') and body.endswith('"')
    return body[1:-1] if is_quoted else body


def _kind(sender: str | None, body: str) -> RecordKind:
    if sender is None:
        return RecordKind.RECALL if _UNSENT.search(body) else kind_of_system(body)
    return RecordKind.MEDIA if _STAND_IN.fullmatch(body) else kind_of_body(body)


PARSER = Parser(
    id="line_txt",
    version="2",
    title="LINE TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
