"""Dates and times as people and spreadsheets write them, inside a text or alone in a cell."""

import re

from evidence_kit.chats.parser import DateOrder
from evidence_kit.chats.record import Precision, TzStatus
from evidence_kit.chats.source import Source, read_head
from evidence_kit.chats.times import (
    ANY_ORDER,
    CHINESE_HALVES,
    EAST_ASIAN_HALVES,
    NO_SUCH_TIME,
    UNDATED,
    Moment,
    Orders,
    epoch_moment,
    iso_dates,
    iso_time,
    local_moment,
    offset_moment,
    orders_in,
)

HALF = rf"{CHINESE_HALVES}|[AaPp]\.?\s?[Mm]\.?"
"""Pattern of the words for a part of the day; `times.iso_time` reads them."""
WHEN = (
    r"(?P<when>(?P<a>\d{1,4})[-/.年](?P<b>\d{1,2})[-/.月](?P<c>\d{1,4})日?[ T,，\t\u00a0]{1,3}"
    rf"(?P<before>(?:{HALF})\s?)?(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    rf"(?:[.,]\d{{1,6}})?(?P<after>[ \u00a0\u202f]?(?:{HALF}))?"
    r"(?P<zone>[ \u00a0]?(?:Z|(?:UTC|GMT)?[+-]\d\d:?\d\d))?)(?!\d)"
)
"""Pattern of a date with a time behind it, for a larger one; `moment_of` reads its groups."""
_NAME = r"[^\s\d\[【(:：>\ufeff][^\n\r\v\f\x85\u2028\u2029:：]{0,79}?"
"""Not of the line that a mail quotes; none of what other programs take for the end of a line."""
DATED = re.compile(
    rf"^\ufeff?(?:(?P<name>{_NAME})[ \t\u00a0]+)?[\[【(]?{WHEN}[\]】)]?(?![,;]|\t[^\r\n])"
    r"[ \t\u00a0]*+[-–—]?+[ \t\u00a0]*+(?P<rest>(?(name)|[^\r\n]*))(?=\r?$)",
    re.MULTILINE,
)
"""The beginning of a message: a date and a time, or a name and then these."""
VAGUE_DAY = (
    r"(?:今天|昨天|前天|上?(?:周|週|星期|礼拜)[一二三四五六日天]|\d{1,2}月\d{1,2}日|\d{1,2}[-/]\d{1,2}"
    r"|[Tt]oday|[Yy]esterday|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
)
"""Pattern of a day that is none without another one, or without its year: no date comes of it."""
SPACE = "[ \u00a0\u2009\u202f]"
"""Pattern of the blanks that regions put into dates and times."""
DAY = rf"(?P<a>\d{{1,4}})[-/.年]{SPACE}?(?P<b>\d\d?)[-/.月]{SPACE}?(?P<c>\d{{1,4}})[.日]?"
_REGION_HALF = rf"(?:{EAST_ASIAN_HALVES}|[AaPp]\.?{SPACE}?[Mm]\.?)"
CLOCK = (
    rf"(?:(?P<before>{_REGION_HALF}){SPACE}?)?(?P<hour>\d\d?)[:.](?P<minute>\d\d)"
    rf"(?:[:.](?P<second>\d\d))?(?:{SPACE}?(?P<after>{_REGION_HALF}))?"
)
"""Patterns of a day and a clock as apps write them for a region; `region_moment` reads them."""
_CELL = re.compile(WHEN)
_EPOCH = re.compile(r"\d{10}|\d{13}", re.ASCII)


def region_moment(found: re.Match[str], orders: Orders) -> Moment:
    """The time that a match names, without a zone; of DAY and CLOCK, or with the same groups."""
    return local_moment(_dates(found, orders), *clock_of(found))


def orders_of(source: Source, header: re.Pattern[str], order: DateOrder | None) -> Orders:
    """The order that the user gave; without one, those that the beginning of a file leaves open.

    Args:
        source: the file.
        header: of its messages, with the numbers of a date as a, b and c, where it has one.
        order: given.
    """
    found = header.finditer(read_head(source.path).text)
    return orders_in((one.group("a", "b", "c") for one in found if one["a"]), order)


def clock_of(found: re.Match[str]) -> tuple[str, Precision]:
    """HH:MM:SS of a match, empty where no clock shows it, and how much of it is written."""
    word = found["before"] or found["after"] or ""
    clock = iso_time(found["hour"], found["minute"], found["second"], half=word)
    return clock, Precision.SECOND if found["second"] else Precision.MINUTE


def _dates(found: re.Match[str], orders: Orders) -> tuple[str, ...]:
    return iso_dates(found["a"], found["b"], found["c"], orders)


def moment_of(found: re.Match[str], orders: Orders) -> Moment:
    """The time that a match of WHEN names."""
    if not found["zone"]:
        return region_moment(found, orders)
    clock, precision = clock_of(found)
    zone = _offset(found["zone"])
    moments = [offset_moment(f"{day}T{clock}{zone}") for day in _dates(found, orders)]
    candidates = tuple(time for moment in moments for time in moment.candidates)
    return Moment(candidates, TzStatus.OFFSET, precision) if candidates else NO_SUCH_TIME


def moment_in(cell: str, orders: Orders = ANY_ORDER) -> Moment:
    """The time that a cell holds: a date and a time, RFC 3339, or seconds since 1970.

    >>> moment_in("2026/5/1 10:00").candidates, moment_in("1777600800").candidates
    (('2026-05-01T10:00:00',), ('2026-05-01T02:00:00Z',))
    """
    text = cell.strip()
    if not text:
        return UNDATED
    if _EPOCH.fullmatch(text):
        return epoch_moment(int(text), milliseconds=len(text) == 13)
    found = _CELL.fullmatch(text)
    return moment_of(found, orders) if found else NO_SUCH_TIME


def _offset(zone: str) -> str:
    """+08:00, from Z, +0800, UTC+08:00."""
    digits = zone.strip().removeprefix("UTC").removeprefix("GMT")
    return "+00:00" if digits == "Z" else f"{digits[:3]}:{digits[-2:]}"


def dated_lines(text: str) -> int:
    """How many lines begin with a date and a time, or with a name and then these."""
    return len(DATED.findall(text))
