"""A zone that is only assumed is told as such wherever a time stands, as the timeline tells it."""

import json
from pathlib import Path

import pytest

from evidence_kit.errors import ExitCode
from fixtures.tsa import Tsa
from tests.actions.test_same_account import weflow
from tests.chats.chatting import BUYER, SHOP, Line, lines
from tests.cli.conftest import Run

ROLES = ("--me", BUYER, "--merchant", SHOP)
SAID: tuple[Line, ...] = (
    ("10:00:00", BUYER, "有货吗"),
    ("12:00:00", SHOP, "保证24小时内发货"),
    ("13:00:00", BUYER, "发了吗"),
    ("16:00:00", SHOP, "已发货，24小时内保证到账"),
    ("18:00:00", BUYER, "没收到"),
)
MAIL = """From: {name} <{address}>\r
Date: {date}\r
Subject: K20261101\r
\r
{text}\r
"""


@pytest.fixture
def bundle(run: Run, authority: Tsa) -> str:
    Path("chat.txt").write_text(lines(*SAID), encoding="utf-8")
    assert run("add", "chat.txt", "-o", "x.zip", *ROLES).code == ExitCode.DONE
    return "x.zip"


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("silence", "from M0001, 2026-05-01 10:00:00 (UTC+8 assumed): the next reply in this"),
        ("silence", "is M0002, 2026-05-01 12:00:00 (UTC+8 assumed), after 2 h"),
        ("silence", "up to its last record (2026-05-01 18:00:00 (UTC+8 assumed))"),
        ("promises", "that is 2026-05-02 12:00:00 (UTC+8 assumed)"),
        ("promises", "delivery in M0004, 2026-05-01 16:00:00 (UTC+8 assumed):"),
        ("promises", "up to its last record (2026-05-01 18:00:00 (UTC+8 assumed))"),
    ],
)
def test_waits_and_promises_tell_an_assumed_zone_as_the_timeline_does(
    view: str, shown: str, bundle: str, run: Run
) -> None:
    out = run("chat", bundle, view).out
    assert shown in out
    assert "(UTC+8)" not in out.split("\n\n", 1)[1]


def test_assumed_zone_is_told_in_chinese(bundle: str, run: Run) -> None:
    out = run("chat", bundle, "silence", "--lang", "zh").out
    assert "自 M0001，2026-05-01 10:00:00（推定为 UTC+8）起" in out
    assert "(UTC+8)" not in out.split("\n\n", 1)[1]


def test_page_tells_an_assumed_zone_of_waits_and_promises(bundle: str, run: Run) -> None:
    run("chat", bundle, "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    for time in ("10:00:00", "12:00:00", "16:00:00", "18:00:00"):
        assert f"2026-05-01 {time} (UTC+8 assumed)" in page
        assert f"2026-05-01 {time}（推定为 UTC+8）" in page
        assert f"2026-05-01 {time} (UTC+8)" not in page


def test_zone_of_a_counted_time_is_not_called_assumed(run: Run, authority: Tsa) -> None:
    weflow(
        Path("chat.json"),
        (("阿禾", "wxid_me", "发货了吗"), ("云雀点卡", "wxid_shop", "保证24小时内发货")),
    )
    run("add", "chat.json", "-o", "x.zip", *ROLES)
    for view in ("silence", "promises"):
        out = run("chat", "x.zip", view).out
        assert "assumed" not in out
    assert "that is 2026-11-02 19:57:10 (UTC+8)" in out


def test_each_time_of_a_mixed_export_has_its_own_zone(run: Run, authority: Tsa) -> None:
    said = (
        (BUYER, "ahe@example.com", "Fri, 01 May 2026 10:00:00 +0800", "有货吗"),
        (SHOP, "shop@example.com", "Fri, 01 May 2026 15:00:00", "有的"),
    )
    mails = (
        MAIL.format(name=name, address=address, date=date, text=text)
        for name, address, date, text in said
    )
    box = "".join(f"From x@example.com Fri May  1 10:00:00 2026\r\n{mail}\r\n" for mail in mails)
    Path("chat.mbox").write_text(box, encoding="utf-8", newline="")
    assert run("add", "chat.mbox", "-o", "x.zip", *ROLES).code == ExitCode.DONE
    out = run("chat", "x.zip", "silence").out
    assert "from M0001, 2026-05-01 10:00:00 (UTC+8): the next reply" in out
    assert "is M0002, 2026-05-01 15:00:00 (UTC+8 assumed), after 5 h" in out


def test_period_of_two_exports_tells_an_assumed_zone(bundle: str, run: Run) -> None:
    out = run("chat", bundle, "diff", bundle).out
    assert "both cover: 2026-05-01 10:00:00 (UTC+8 assumed) to 2026-05-01 18:00:00" in out


def test_json_names_the_record_whose_time_ends_a_wait_or_a_chat(bundle: str, run: Run) -> None:
    waits = json.loads(run("chat", bundle, "silence", "--json").out)["entries"]
    assert [(one["closed_by"], one["until_number"]) for one in waits] == [(2, 2), (4, 4), (None, 5)]
    checks = json.loads(run("chat", bundle, "promises", "--json").out)["entries"]
    assert {one["last_number"] for one in checks} == {5}
