"""Times as exports write them -> RFC 3339, without inventing a date, a zone or an order."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from itertools import pairwise

import msgspec

from evidence_kit.chats.parser import DateOrder
from evidence_kit.chats.record import Flag, Precision, TzStatus

BEIJING = "+08:00"
_CACHE = 1 << 12
_CENTURY = 2000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)
LOCAL_CHARACTERS = len("2026-05-01T10:00:00")
"""Of a time without a zone."""
_EARLIEST_S, _LATEST_S, _STEP_S = -12 * 3600, 14 * 3600, 15 * 60
"""Of all offsets from UTC since 1972, and by how much two of them differ at least."""
_UNMARKED = str.maketrans("", "", ". \u00a0\u202f")
Orders = tuple[DateOrder, ...]
"""The orders of day, month and year that are open."""
ANY_ORDER: Orders = ("dmy", "mdy", "ymd")
_YEAR_LAST, _YEAR_FIRST = ANY_ORDER[:2], ANY_ORDER[2:]
CHINESE_HALVES = "上午|下午|凌晨|清晨|早上|早晨|中午|傍晚|晚上|深夜|半夜|午夜"
"""Pattern of the Chinese words for a part of the day."""
EAST_ASIAN_HALVES = f"{CHINESE_HALVES}|午前|午後|오전|오후"
"""The same with the Japanese and Korean ones for its halves."""
_MIDNIGHT = "午夜"
_HALVES = {
    **dict.fromkeys(("am", "a", "ap", "πμ", "上午", "午前", "오전", "凌晨"), range(12)),
    **dict.fromkeys(("pm", "p", "ip", "μμ", "下午", "午後", "오후"), range(12, 24)),
    **dict.fromkeys(("清晨", "早上", "早晨"), range(1, 12)),
    "中午": range(11, 15),
    "傍晚": range(16, 21),
    "晚上": range(17, 24),
    **dict.fromkeys(("深夜", "半夜"), range(22, 24)),
    _MIDNIGHT: range(1),
}
"""The hours that each word may stand before: those of Unicode CLDR's rules for zh and zh-Hant, and
around them what people write. 晚上12:30 is in none: it is said of the night before and behind."""

_ASSUMED = TzStatus.ASSUMED
_TO_THE_SECOND, _TO_THE_MINUTE = Precision.SECOND, Precision.MINUTE
"""Looked up once: Python 3.11 takes long to find a member of an enumeration."""


class Moment(msgspec.Struct, frozen=True, gc=False):
    """The fields of a record that its time decides."""

    candidates: tuple[str, ...]
    status: TzStatus
    precision: Precision | None
    flags: tuple[Flag, ...] = ()


UNDATED = Moment((), TzStatus.NONE, None)
"""No time is written, or no date."""
NO_SUCH_TIME = Moment((), TzStatus.NONE, None, (Flag.NO_SUCH_TIME,))
"""What is written is no time."""


def local_moment(
    dates: tuple[str, ...], time: str, precision: Precision = _TO_THE_SECOND
) -> Moment:
    """A time without a zone on one of these days, from `iso_dates` and `iso_time`."""
    if not dates or not time:
        return NO_SUCH_TIME
    if len(dates) == 1:  # nearly always, and quicker
        return Moment((f"{dates[0]}T{time}",), _ASSUMED, precision)
    return Moment(tuple(f"{day}T{time}" for day in dates), _ASSUMED, precision)


def clock_moment(dates: tuple[str, ...], minute: str, second: str | None) -> Moment:
    """A time without a zone on one of these days, from `iso_dates` and HH:MM, as far as written.

    >>> clock_moment(("2026-05-01",), "10:00", None).candidates
    ('2026-05-01T10:00:00',)
    >>> clock_moment(("2026-05-01",), "10:00", "60").candidates
    ()
    """
    # two digits compare as text as they do as numbers
    if not dates or not minute or (second and second > "59"):
        return NO_SUCH_TIME
    time = f"T{minute}:{second or '00'}"
    candidates = (dates[0] + time,) if len(dates) == 1 else tuple([day + time for day in dates])
    return Moment(candidates, _ASSUMED, _TO_THE_SECOND if second else _TO_THE_MINUTE)


def of_day_above(moment: Moment) -> Moment:
    """A time whose day stands in a line above it, which is flagged; none stays none."""
    if not moment.candidates:
        return moment
    return msgspec.structs.replace(moment, flags=(*moment.flags, Flag.DATE_ABOVE))


def plain_moment(day: str, clock: str) -> Moment:
    """A local time that is written YYYY-MM-DD and HH:MM:SS, in digits. The quick way.

    >>> plain_moment("2026-05-01", "10:00:00").candidates
    ('2026-05-01T10:00:00',)
    >>> plain_moment("2026-02-30", "10:00:00").candidates
    ()
    """
    # two digits compare as text as they do as numbers
    if is_day(day) and clock < "24" and clock[3:] < "60" and clock[6:] < "60":
        return Moment((f"{day}T{clock}",), _ASSUMED, _TO_THE_SECOND)
    return NO_SUCH_TIME


@lru_cache(_CACHE)
def is_day(text: str) -> bool:
    """Whether the calendar has this YYYY-MM-DD."""
    return iso_date(*text.split("-")) == text


def epoch_moment(count: int | None, *, milliseconds: bool = False) -> Moment:
    """Seconds or milliseconds since 1970."""
    at = None if count is None else iso_epoch(count, milliseconds=milliseconds)
    if at is None:
        return NO_SUCH_TIME
    precision = Precision.MILLISECOND if milliseconds else Precision.SECOND
    return Moment((at,), TzStatus.EPOCH, precision)


def offset_moment(text: str) -> Moment:
    """RFC 3339 with an offset; without one it is local time.

    >>> offset_moment("2026-05-01T10:00:00+08:00").candidates
    ('2026-05-01T10:00:00+08:00',)
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return NO_SUCH_TIME
    if not _can_be_told(moment):
        return NO_SUCH_TIME
    precision = Precision.MILLISECOND if moment.microsecond else Precision.SECOND
    written = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    status = TzStatus.OFFSET if moment.tzinfo else TzStatus.ASSUMED
    return Moment((written,), status, precision)


def beside(counted: Moment, other: Moment) -> Moment:
    """The first of two times that are written for a message; flagged where no zone makes them one.

    >>> counted = epoch_moment(1777600800)
    >>> beside(counted, offset_moment("2026-05-01T10:00:00")).flags
    ()
    >>> beside(counted, offset_moment("2026-05-02T10:00:00")).flags
    (<Flag.TIMES_DIFFER: 'times_differ'>,)
    """
    if not counted.candidates or not other.candidates or _is_plainly_one(counted, other):
        return counted
    at = _seconds(counted.candidates[0])
    if other.precision is Precision.MINUTE:
        at -= at % 60
    is_local = other.status is TzStatus.ASSUMED
    for candidate in other.candidates:
        ahead = _seconds(candidate) - at
        fits = _EARLIEST_S <= ahead <= _LATEST_S + 1 and (ahead + 1) % _STEP_S <= 2
        if (fits and is_local) or abs(ahead) <= 1:  # one of them may be rounded
            return counted
    return msgspec.structs.replace(counted, flags=(*counted.flags, Flag.TIMES_DIFFER))


def _is_plainly_one(counted: Moment, other: Moment) -> bool:
    """Whether they differ in nothing but the hour, which zones explain: mostly, and quicker."""
    one, two = counted.candidates[0], other.candidates[0]
    is_same = one[:10] == two[:10] and one[13:19] == two[13:19] and len(two) == LOCAL_CHARACTERS
    return is_same and -12 <= int(two[11:13]) - int(one[11:13]) <= 14


def _seconds(candidate: str) -> int:
    """Since 1970; a time without a zone as if it were UTC."""
    moment = datetime.fromisoformat(candidate)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // _SECOND


def _can_be_told(day: date) -> bool:
    """Whether every zone can tell a time of this day: none is before year 1 or after 9999."""
    return date.min.year < day.year < date.max.year


@lru_cache(_CACHE)
def iso_date(year: str, month: str, day: str) -> str | None:
    """YYYY-MM-DD; None where the calendar has no such day. Two digits are a year from 2000.

    >>> iso_date("2026", "5", "1"), iso_date("2026", "2", "30")
    ('2026-05-01', None)
    """
    number = int(year) + (_CENTURY if len(year) <= 2 else 0)
    try:
        found = date(number, int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if _can_be_told(found) else None


def orders_in(dates: Iterable[Sequence[str]], order: DateOrder | None) -> Orders:
    """The order that the user gave; without one, those that the dates of a file leave open.

    A year has two digits or four. Where it may stand in front or behind, it is the number that
    changes less often.

    >>> orders_in([("26", "05", "01"), ("26", "05", "02")], None)
    ('ymd',)
    >>> orders_in([("28", "09", "16")], None), orders_in([("5", "9", "16")], None)
    (('dmy', 'mdy', 'ymd'), ('dmy', 'mdy'))
    """
    if order is not None:
        return (order,)
    ends = [(date[0], date[2]) for date in dates if len(date[0]) <= 2 >= len(date[2])]
    may_be_first = all(len(first) == 2 for first, _ in ends)
    may_be_last = all(len(third) == 2 for _, third in ends)
    if may_be_first and may_be_last:
        firsts = sum(one[0] != other[0] for one, other in pairwise(ends))
        lasts = sum(one[1] != other[1] for one, other in pairwise(ends))
        may_be_first, may_be_last = firsts <= lasts, lasts <= firsts
    if may_be_first == may_be_last:
        return ANY_ORDER
    return _YEAR_FIRST if may_be_first else _YEAR_LAST


@lru_cache(_CACHE)
def iso_dates(first: str, second: str, third: str, orders: Orders = ANY_ORDER) -> tuple[str, ...]:
    """Every day that three numbers can name: one, several where the order is open, or none.

    A number of four digits is the year, in front or behind, whatever the order; one of two
    digits may be.

    >>> iso_dates("2", "3", "2026"), iso_dates("2026", "2", "3")
    (('2026-03-02', '2026-02-03'), ('2026-02-03',))
    >>> iso_dates("14", "2", "2026"), iso_dates("2", "3", "26", ("mdy",))
    (('2026-02-14',), ('2026-02-03',))
    >>> iso_dates("26", "05", "01"), iso_dates("26", "5", "1")
    (('2001-05-26', '2026-05-01'), ('2026-05-01',))
    """
    if len(first) == 4:
        orders = _YEAR_FIRST
    elif len(third) == 4:
        orders = tuple(order for order in orders if order != "ymd") or _YEAR_LAST
    readings = {
        "ymd": (first, second, third),
        "dmy": (third, second, first),
        "mdy": (third, first, second),
    }
    tried = (readings[order] for order in orders)
    found = (iso_date(*reading) for reading in tried if len(reading[0]) in (2, 4))
    return tuple(dict.fromkeys(day for day in found if day))


@lru_cache(_CACHE)
def iso_time(hour: str, minute: str, second: str | None = None, *, half: str = "") -> str:
    """HH:MM:SS; empty where no clock shows it, or where it is not sure which.

    Args:
        hour: 0 to 23.
        minute: 0 to 59.
        second: the same.
        half: a word for a part of the day; without one it is a clock of 24 hours.

    >>> iso_time("9", "05"), iso_time("12", "00", "01", half="AM"), iso_time("8", "43", half="晚上")
    ('09:05:00', '00:00:01', '20:43:00')
    >>> iso_time("12", "30", half="晚上"), iso_time("12", "30", half="中午")
    ('', '12:30:00')
    """
    number: int | None = int(hour)
    if word := half.lower().translate(_UNMARKED).strip():
        number = _hour(int(hour), word)
        # a clock writes this word at 00:00 and at no other time
        if word == _MIDNIGHT and (int(minute) or int(second or 0)):
            return ""
    if number is None or number > 23 or int(minute) > 59 or int(second or 0) > 59:
        return ""
    return f"{number:02}:{int(minute):02}:{int(second or 0):02}"


def _hour(written: int, word: str) -> int | None:
    """The one hour of the day that a word and a number can mean together."""
    hours = {written} if written > 12 else {written % 12, written % 12 + 12}
    found = hours.intersection(_HALVES.get(word, ()))
    return found.pop() if len(found) == 1 else None


def iso_epoch(count: int, *, milliseconds: bool = False) -> str | None:
    """Seconds or milliseconds since 1970 as RFC 3339 in UTC; None where out of range.

    >>> iso_epoch(1777600800), iso_epoch(1777600800123, milliseconds=True)
    ('2026-05-01T02:00:00Z', '2026-05-01T02:00:00.123Z')
    """
    seconds, fraction = divmod(count, 1000) if milliseconds else (count, 0)
    if not 0 < seconds < 1 << 35:
        return None
    moment = datetime.fromtimestamp(seconds, UTC).isoformat()[: -len("+00:00")]
    return moment + (f".{fraction:03}Z" if milliseconds else "Z")


def instant(candidate: str, assumed_offset: str) -> datetime:
    """The moment that a candidate names; `assumed_offset` counts where it has none.

    >>> instant("2026-05-01T10:00:00", "+08:00").isoformat()
    '2026-05-01T02:00:00+00:00'
    """
    moment = datetime.fromisoformat(candidate)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(assumed_offset))
    return moment.astimezone(UTC)


def in_zone(candidate: str, offset: str) -> datetime:
    """The same as local time of this offset.

    >>> in_zone("2026-05-01T02:00:00Z", "+08:00").isoformat()
    '2026-05-01T10:00:00+08:00'
    """
    return instant(candidate, offset).astimezone(_zone(offset))


def instant_ms(candidate: str, assumed_offset: str) -> int:
    """The same in milliseconds since 1970, for many of them.

    >>> instant_ms("2026-05-01T10:00:00", "+08:00"), instant_ms("1970-01-01T00:00:00.5Z", "")
    (1777600800000, 500)
    """
    moment = datetime.fromisoformat(candidate)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(assumed_offset))
    return (moment - _EPOCH) // _MS


@lru_cache(16)
def _zone(offset: str) -> timezone:
    sign = -1 if offset.startswith("-") else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))
