"""Where the head of a page does not show all that was found, it shows what weighs most."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fixtures.tsa import Tsa
from tests.cli.conftest import Run

ME, SHOP = "阿禾", "云雀点卡客服"
COUNT = 30
"""Waits of two hours, each ended by a promise that a delivery follows; the head shows 25."""


@pytest.fixture
def head(run: Run, authority: Tsa) -> str:
    at = datetime(2026, 5, 1)
    said: list[str] = []

    def say(hours: int, sender: str, text: str) -> None:
        nonlocal at
        at += timedelta(hours=hours)
        said.append(f"{at:%Y-%m-%d %H:%M:%S} {sender}\n{text}\n\n")

    for _ in range(COUNT):
        say(1, ME, "在吗")
        say(2, SHOP, "保证今天发货")
        say(1, SHOP, "已发货")
    say(1, ME, "在吗")
    say(9, SHOP, "保证三天内退款")
    say(1, ME, "在吗")
    Path("chat.txt").write_text("".join(said), encoding="utf-8")
    run("add", "chat.txt", "-o", "a.zip", "--me", ME, "--merchant", SHOP)
    run("--lang", "en", "chat", "a.zip", "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    return page[: page.index('class="sheet talk"')]


def linked(head: str, start: str, end: str) -> list[str]:
    part = head[head.index(f">{start}<") : head.index(f">{end}<")]
    return re.findall(r'<p><a href="#(M\d+)"', part)


def test_open_and_longest_waits_come_first_and_it_is_said(head: str) -> None:
    shown = linked(head, "waiting for replies", "promises and what follows them")
    # open up to the end; nine hours; then two each, in the order of time
    assert shown[:4] == ["M0093", "M0091", "M0001", "M0004"]
    assert len(shown) == 25
    assert "not all are shown: those still open first, then the longest" in head
    assert "没有全部列出：先列仍未得到回复的，再按等待时间从长到短" in head


def test_promises_that_no_delivery_follows_come_first_and_it_is_said(head: str) -> None:
    shown = linked(head, "promises and what follows them", "marked words")
    assert shown[:2] == ["M0092", "M0002"]
    assert "not all are shown: those that no delivery follows first" in head
    assert "没有全部列出：先列其后没有交付的" in head
