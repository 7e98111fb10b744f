"""The page of a chat hides no zone, and gives no record a date that nobody wrote."""

import re
from pathlib import Path

import pytest

from fixtures.chats import make
from fixtures.tsa import Tsa
from tests.cli.conftest import Run

OFFSETS = make.HERE / "generic_txt/offsets/log.txt"


@pytest.fixture
def page(run: Run, authority: Tsa) -> str:
    said = OFFSETS.read_text(encoding="utf-8")
    other_day = "2026-04-30 22:00:03 -0400 店主: 六\n"
    Path("log.txt").write_text(said + other_day, encoding="utf-8")
    run("add", "log.txt", "-o", "a.zip")
    run("chat", "a.zip", "timeline", "--html", "page.html")
    return Path("page.html").read_text(encoding="utf-8")


def sections(page: str) -> list[tuple[str, list[str]]]:
    found = re.findall(r'<section class="day"><h3>(.*?)</h3>(.*?)</section>', page, re.S)
    return [(day, re.findall(r"<time>(.*?)</time>", rows)) for day, rows in found]


def test_time_of_another_zone_says_which_and_of_another_day_the_day(page: str) -> None:
    told = [time for _, section in sections(page) for time in section]
    assert told.count("02:00:01 (UTC)") == 1
    assert told.count("2026-04-30 22:00:03 (UTC-4)") == 1
    assert {"09:00:00", "10:00:00", "10:00:02"} <= set(told)


def test_record_without_a_certain_time_stands_under_no_date(page: str) -> None:
    found = {time: day for day, times in sections(page) for time in times}
    undated = next(day for time, day in found.items() if "25:00:00" in time)
    assert "2026" not in undated
    assert "no certain date" in undated and "日期不确定" in undated
    assert found["10:00:02"] == "2026-05-01"
    assert found["2026-04-30 22:00:03 (UTC-4)"] == "2026-05-01"


def test_period_is_told_as_the_messages_are_and_with_its_zone(page: str) -> None:
    assert "2026-05-01 09:00:00 (UTC+8) – 2026-04-30 22:00:03 (UTC-4)" in page
    assert "UTC+8, where no other one stands beside a time" in page
    assert "UTC+8；时间旁写有其他时区的除外" in page


def test_time_counted_from_1970_is_told_alike_in_head_and_rows(run: Run, authority: Tsa) -> None:
    export = make.HERE / "telegram_json/k20261101/result.json"
    Path("result.json").write_bytes(export.read_bytes())
    run("add", "result.json", "-o", "a.zip")
    run("chat", "a.zip", "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    (first, *_), *_ = (times for _, times in sections(page))
    (day, _), *_ = sections(page)
    assert f">{day} {first} (UTC+8) – " in page
    assert f"first time: {day} {first} (UTC+8)" in run("chat", "a.zip", "coverage").out
