"""A mark that the user rejected counts no longer, and every view that leaves it out says so."""

import json
import re
from pathlib import Path

import pytest

from fixtures.chats import make
from fixtures.tsa import Tsa
from tests.cli.conftest import Run

CHAT = make.HERE / "wechatmsg_txt/k20261101/chat.txt"
BUNDLE = "case/0001-chat.evidence.zip"


@pytest.fixture
def rejected(run: Run, authority: Tsa) -> None:
    Path("chat.txt").write_bytes(CHAT.read_bytes())
    run("init", "case", "-q")
    run("add", "chat.txt", "--case", "case", "--me", "阿禾", "--merchant", "云雀点卡客服")
    assert "M0004" in run("chat", BUNDLE, "promises").out
    run("chat", BUNDLE, "marks", "--reject", "M0004:promise")


@pytest.mark.usefixtures("rejected")
@pytest.mark.parametrize(
    ("lang", "reason"), [("en", "left out, because you rejected it"), ("zh", "未计入：您已否定")]
)
def test_rejected_promise_is_left_out_with_the_reason(lang: str, reason: str, run: Run) -> None:
    out = run("--lang", lang, "chat", BUNDLE, "promises").out
    lines = [line for line in out.splitlines() if "M0004" in line]
    assert len(lines) == 3 and all(reason in line for line in lines)
    assert "no words of the merchant" not in out


@pytest.mark.usefixtures("rejected")
def test_rejected_promise_is_named_in_the_json_and_no_entry(run: Run) -> None:
    shown = json.loads(run("chat", BUNDLE, "promises", "--json").out)
    assert shown["entries"] == []
    assert {(one["number"], one["category"]) for one in shown["rejected"]} == {(4, "promise")}


@pytest.mark.usefixtures("rejected")
def test_rejected_promise_is_left_out_of_the_head_of_the_page(run: Run) -> None:
    run("chat", BUNDLE, "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    head = page[: page.index('class="sheet talk"')]
    assert "deadline as stated" not in head
    reason = "left out, because a sealed note of whoever made this page rejects it:"
    assert re.search(f'{reason} <a href="#M0004">M0004</a> promise</p>', head)
    assert ">promise " not in head and "rejected by a sealed note, not counted: 3" in head
    assert ">承诺 " not in head and "未计入：3" in head
