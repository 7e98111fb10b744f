"""Which order of day, month and year the dates of a chat are said to fit."""

from pathlib import Path

import pytest

from evidence_kit.chats.date_orders import DateFit, date_fit
from evidence_kit.chats.parser import DateOrder, parser_named
from evidence_kit.chats.source import open_source

_LINE = "{}, 10:35 - Shop: refund within 3 days\n"


def fit_of(dates: str, tmp_path: Path, given: DateOrder | None = None) -> DateFit:
    path = tmp_path / "chat.txt"
    path.write_text("".join(map(_LINE.format, dates.split())), encoding="utf-8")
    return date_fit(open_source(path), parser_named("whatsapp_txt"), given)


@pytest.mark.parametrize(
    ("dates", "orders"),
    [
        ("2/3/23 2/14/23", ("mdy",)),
        ("02/03/2026 14/03/2026", ("dmy",)),
        ("2/3/23 5/5/23", ("dmy", "mdy")),
        ("2/3/23 2/14/23 14/2/23", ()),
        ("2026/2/3", ("dmy", "mdy", "ymd")),
        ("2/14/23 31/31/23", ("mdy",)),
        ("14/03/2026", ("dmy",)),
        ("26-05-13", ("dmy", "ymd")),
        ("26-05-13 2026-05-14", ("dmy", "ymd")),
    ],
)
def test_an_order_fits_where_every_date_is_one_in_it(
    dates: str, orders: tuple[str, ...], tmp_path: Path
) -> None:
    assert fit_of(dates, tmp_path).orders == orders


@pytest.mark.parametrize(("given", "misfits"), [("dmy", 2), ("mdy", 0), ("ymd", 3), (None, 0)])
def test_dates_that_are_none_in_the_order_given_are_counted(
    given: DateOrder | None, misfits: int, tmp_path: Path
) -> None:
    found = fit_of("2/3/23 2/14/23 31/31/23 2/15/23", tmp_path, given)
    assert (found.misfits, found.orders) == (misfits, ("mdy",))


def test_dates_that_the_order_given_leaves_open_are_none_of_these(tmp_path: Path) -> None:
    found = fit_of("02/03/2026 14/03/2026", tmp_path, "ymd")
    assert found == DateFit(orders=("dmy",), misfits=0)


def test_a_day_above_its_messages_counts_and_a_weekday_decides(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(
        "[LINE] Chat history with Shop\nSaved on: 02/20/2026 10:00\n\n"
        "Fri, 02/13/2026\n10:00\tShop\thello\n\nTue, 02/03/2026\n10:00\tShop\thello\n",
        encoding="utf-8",
    )
    found = date_fit(open_source(path), parser_named("line_txt"), "dmy")
    assert found == DateFit(orders=("mdy",), misfits=2)
