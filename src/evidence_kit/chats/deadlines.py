"""Deadlines as chats state them: 三天内, 24小时内, 今天, within 2 days, tomorrow.

One is computed only where nothing has to be guessed. A day is 24 hours from the message;
"today" ends at midnight of the chat's own zone. Working days and months are not counted, nor are
hours of the day, which may be those of the morning or of the evening.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from evidence_kit.chats.lexicon import NUMBER

_MINUTE_MS = 60_000
_LATEST_MS = 253_370_000_000_000
"""Some days before the calendar of computers ends."""
_UNITS_MS = {
    "分钟": _MINUTE_MS,
    "minute": _MINUTE_MS,
    "小时": 60 * _MINUTE_MS,
    "hour": 60 * _MINUTE_MS,
    "天": 1440 * _MINUTE_MS,
    "日": 1440 * _MINUTE_MS,
    "day": 1440 * _MINUTE_MS,
    "周": 7 * 1440 * _MINUTE_MS,
    "星期": 7 * 1440 * _MINUTE_MS,
    "week": 7 * 1440 * _MINUTE_MS,
}
_DAYS_ON = {"今": 0, "当": 0, "明": 1, "后": 2, "today": 0, "tonight": 0, "tomorrow": 1}
_STATED = re.compile(
    r"(?:[今当明后][天日晚早])?(?:凌晨|早上|上午|中午|下午|晚上)?"
    rf"{NUMBER}(?:[:：][0-9]{{2}}|点半?)(?:之|以)?前"
    rf"|(?P<zh>{NUMBER}) ?个?(?P<unit>分钟|小时|工作日|星期|天|日|周|月)(?:之|以)?内"
    r"|(?P<on>今|当|明|后)(?:天|日|晚)(?:之|以)?[内前]?"
    r"|within (?P<en>[0-9]{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten)[ -]"
    r"(?P<unit_en>minute|hour|business day|working day|day|week|month)s?"
    r"|\b(?P<on_en>today|tonight|tomorrow)\b",
    re.IGNORECASE,
)
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


class Stated(NamedTuple):
    """A deadline in the words of a message."""

    start: int
    end: int
    text: str
    duration_ms: int | None
    """From the message on; None where it is another kind of deadline, or is not counted."""
    days_on: int | None
    """To the end of this day: 0 is the day of the message."""


def find_deadlines(text: str) -> Iterator[Stated]:
    """The deadlines in a text, in its order."""
    for match in _STATED.finditer(text):
        duration_ms = days_on = None
        number = _number(match["zh"] or match["en"] or "")
        unit_ms = _UNITS_MS.get((match["unit"] or match["unit_en"] or "").lower())
        if number is not None and unit_ms is not None:
            duration_ms = int(number * unit_ms)
        on = match["on"] or match["on_en"]
        if on:
            days_on = _DAYS_ON[on.lower()]
        yield Stated(match.start(), match.end(), match[0], duration_ms, days_on)


def due_ms(stated: Stated, at_ms: int | None, offset: str) -> int | None:
    """When a deadline ends, in milliseconds since 1970; None where that would be a guess.

    Args:
        stated: in a message of that time.
        at_ms: the certain time of the message; None where there is none.
        offset: from UTC, of the day that "today" means, such as "+08:00".

    >>> (tomorrow,) = find_deadlines("明天发货")
    >>> due_ms(tomorrow, 1777600800000, "+08:00")  # 2026-05-01T10:00+08:00
    1777737600000
    """
    if at_ms is None or not 0 <= at_ms < _LATEST_MS:
        return None
    if stated.duration_ms is not None:
        due = at_ms + stated.duration_ms
        return due if due < _LATEST_MS else None
    if stated.days_on is None:
        return None
    sign = -1 if offset.startswith("-") else 1
    zone = timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))
    local = datetime.fromtimestamp(at_ms / 1000, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight + timedelta(days=stated.days_on + 1)).timestamp() * 1000)


def _number(text: str) -> float | None:
    """The number that digits, Chinese numerals or English words say; None where it is vague.

    >>> [_number(text) for text in ("24", "三", "十五", "二十", "一百零五", "半", "几")]
    [24, 3, 15, 20, 105, 0.5, None]
    """
    text = text.lower()
    if text.isdecimal():
        return int(text)
    if text == "半":
        return 0.5
    if text in ("a", "an"):
        return 1
    if text in _ENGLISH:
        return _ENGLISH.index(text) + 1
    total, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _TENS:
            total += (digit or 1) * _TENS[character]
            digit = 0
        else:
            return None
    return total + digit or None
