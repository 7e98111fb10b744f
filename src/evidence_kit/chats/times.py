"""Times as exports write them -> RFC 3339, without inventing a date, a zone or an order."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

import msgspec

from evidence_kit.chats.parser import DateOrder
from evidence_kit.chats.record import Flag, Precision, TzStatus

BEIJING = "+08:00"
_CACHE = 1 << 12
_CENTURY = 2000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_UNMARKED = str.maketrans("", "", ". \u00a0\u202f")


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
    dates: tuple[str, ...], time: str, precision: Precision = Precision.SECOND
) -> Moment:
    """A time without a zone on one of these days, from `iso_dates` and `iso_time`."""
    if not dates or not time:
        return NO_SUCH_TIME
    if len(dates) == 1:  # nearly always, and quicker
        return Moment((f"{dates[0]}T{time}",), TzStatus.ASSUMED, precision)
    return Moment(tuple(f"{day}T{time}" for day in dates), TzStatus.ASSUMED, precision)


def plain_moment(day: str, clock: str) -> Moment:
    """A local time that is written YYYY-MM-DD and HH:MM:SS, in digits. The quick way.

    >>> plain_moment("2026-05-01", "10:00:00").candidates
    ('2026-05-01T10:00:00',)
    >>> plain_moment("2026-02-30", "10:00:00").candidates
    ()
    """
    # two digits compare as text as they do as numbers
    if is_day(day) and clock < "24" and clock[3:] < "60" and clock[6:] < "60":
        return Moment((f"{day}T{clock}",), TzStatus.ASSUMED, Precision.SECOND)
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


@lru_cache(_CACHE)
def iso_dates(first: str, second: str, third: str, order: DateOrder | None) -> tuple[str, ...]:
    """Every day that three numbers can name: one, two where the order is open, or none.

    A year of four digits in front is always year, month, day. Else the given order alone
    counts; without one, day-month-year and month-day-year are both tried.

    >>> iso_dates("2", "3", "2026", None)
    ('2026-03-02', '2026-02-03')
    >>> iso_dates("14", "2", "2026", None), iso_dates("2", "3", "26", "mdy")
    (('2026-02-14',), ('2026-02-03',))
    """
    if len(first) == 4:
        order = "ymd"
    readings = {
        "ymd": (first, second, third),
        "dmy": (third, second, first),
        "mdy": (third, first, second),
    }
    tried = ("dmy", "mdy") if order is None else (order,)
    found = (iso_date(*readings[name]) for name in tried)
    return tuple(dict.fromkeys(day for day in found if day))


@lru_cache(_CACHE)
def iso_time(hour: str, minute: str, second: str | None = None, *, pm: bool | None = None) -> str:
    """HH:MM:SS; empty where no clock shows it. `pm` None is a clock of 24 hours.

    >>> iso_time("9", "05"), iso_time("12", "00", "01", pm=False), iso_time("8", "43", pm=True)
    ('09:05:00', '00:00:01', '20:43:00')
    """
    number = int(hour)
    if pm is not None and number <= 12:
        number = number % 12 + (12 if pm else 0)
    elif pm is False:
        return ""
    if number > 23 or int(minute) > 59 or int(second or 0) > 59:
        return ""
    return f"{number:02}:{int(minute):02}:{int(second or 0):02}"


def is_pm(word: str, hour: str) -> bool | None:
    """Which half of the day a word means; None for no word, a clock of 24 hours.

    >>> is_pm("下午", "3"), is_pm("a. m.", "3"), is_pm("", "15"), is_pm("中午", "11")
    (True, False, None, False)
    """
    plain = word.strip().lower().translate(_UNMARKED)
    if not plain:
        return None
    if plain == "中午":
        return int(hour) in (12, 1, 2)
    return plain in ("pm", "p", "μμ", "ip", "下午", "午後", "오후", "晚上", "傍晚", "晚")


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
