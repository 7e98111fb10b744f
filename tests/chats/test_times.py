"""Words for a part of the day, and dates whose order is open."""

import pytest

from evidence_kit.chats.times import ANY_ORDER, CHINESE_HALVES, iso_dates, iso_time, orders_in

READ = {
    "凌晨": {0: 0, 12: 0, **{hour: hour for hour in range(1, 12)}},
    "清晨": {hour: hour for hour in range(1, 12)},
    "早上": {hour: hour for hour in range(1, 12)},
    "早晨": {hour: hour for hour in range(1, 12)},
    "上午": {0: 0, 12: 0, **{hour: hour for hour in range(1, 12)}},
    "中午": {0: 12, 12: 12, 11: 11, 1: 13, 2: 14},
    "下午": {0: 12, 12: 12, **{hour: hour + 12 for hour in range(1, 12)}},
    "傍晚": {hour: hour + 12 for hour in range(4, 9)},
    "晚上": {hour: hour + 12 for hour in range(5, 12)},
    "深夜": {10: 22, 11: 23},
    "半夜": {10: 22, 11: 23},
    "午夜": {0: 0, 12: 0},
}
"""Word -> the hour written -> the hour of the day; what is missing has no time."""


def test_every_word_of_the_pattern_is_here() -> None:
    assert set(CHINESE_HALVES.split("|")) == set(READ)


@pytest.mark.parametrize("hour", range(13))
@pytest.mark.parametrize("word", READ)
def test_word_and_hour_are_one_time_or_none(word: str, hour: int) -> None:
    read = READ[word].get(hour)
    assert iso_time(str(hour), "00", half=word) == ("" if read is None else f"{read:02}:00:00")


@pytest.mark.parametrize(
    ("word", "hour", "read"),
    [
        ("晚上", "20", "20:30:00"),
        ("下午", "15", "15:30:00"),
        ("中午", "13", "13:30:00"),
        ("上午", "15", ""),
        ("凌晨", "13", ""),
        ("晚上", "24", ""),
        ("上旬", "9", ""),
        ("午夜", "12", ""),
        ("a. m.", "12", "00:30:00"),
        ("오후", "12", "12:30:00"),
    ],
)
def test_hours_of_a_clock_of_24_are_taken_where_the_word_fits(
    word: str, hour: str, read: str
) -> None:
    assert iso_time(hour, "30", half=word) == read


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("26-05-01", {"2001-05-26", "2026-05-01"}),
        ("26-5-1", {"2026-05-01"}),
        ("1-5-26", {"2026-05-01", "2026-01-05"}),
        ("11-10-12", {"2012-10-11", "2012-11-10", "2011-10-12"}),
        ("14-2-2026", {"2026-02-14"}),
        ("2026-2-3", {"2026-02-03"}),
        ("5-1-6", set()),
        ("126-5-1", set()),
        ("26-31-31", set()),
    ],
)
def test_every_reading_of_a_date_is_kept(written: str, days: set[str]) -> None:
    assert set(iso_dates(*written.split("-"))) == days


@pytest.mark.parametrize(
    ("dates", "orders"),
    [
        ("26-04-30 26-05-01 26-05-01 26-12-31 27-01-01", ("ymd",)),
        ("30-04-26 01-05-26 31-12-26 01-01-27", ("dmy", "mdy")),
        ("14-2-26 15-2-26 3-3-26", ("dmy", "mdy")),
        ("26-5-11 26-5-1", ("ymd",)),
        ("26-05-01 26-05-01", ANY_ORDER),
        ("31-12-22 01-01-23", ANY_ORDER),
        ("3-3-26 26-3-3", ANY_ORDER),
        ("14-02-2026 2026-02-15", ANY_ORDER),
        ("", ANY_ORDER),
    ],
)
def test_dates_of_a_file_show_where_the_year_is(dates: str, orders: tuple[str, ...]) -> None:
    assert orders_in([date.split("-") for date in dates.split()], None) == orders


def test_order_that_the_user_gave_is_the_only_one() -> None:
    assert orders_in([["26", "5", "1"]], "dmy") == ("dmy",)


def test_year_of_four_digits_is_one_in_any_order() -> None:
    assert set(iso_dates("2", "3", "2026", ("ymd",))) == {"2026-03-02", "2026-02-03"}
    assert iso_dates("2026", "3", "2", ("dmy",)) == ("2026-03-02",)
