"""What the view of marks lists, what counts on the page, and what can be confirmed."""

import json
import re
from pathlib import Path

import pytest

from fixtures.tsa import Tsa
from tests.chats.chatting import BUYER, SHOP, lines
from tests.cli.conftest import Ran, Run

BUNDLE = "case/0001-chat.evidence.zip"
SAID = lines(
    ("10:00:00", SHOP, "没收到货包赔"),
    ("10:01:00", BUYER, "你说“24小时内不发货包退”"),
    ("10:02:00", BUYER, "我要退款，" * 300),
    ("10:03:00", BUYER, "退款，" * 7),
    ("10:04:00", SHOP, "我们不包退怎么行"),
    ("10:05:00", SHOP, "等发货了告诉您"),
)


@pytest.fixture
def said(run: Run, authority: Tsa) -> None:
    Path("said.txt").write_text(SAID, encoding="utf-8")
    run("init", "case", "-q")
    roles = ("--me", BUYER, "--merchant", SHOP)
    run("add", "said.txt", "--case", "case", *roles, "--parser", "wechatmsg_txt")


def view(run: Run, *options: str) -> Ran:
    return run("chat", BUNDLE, *options)


def lines_of(out: str, number: str) -> list[str]:
    return [line for line in out.splitlines() if line.startswith(number)]


@pytest.mark.usefixtures("said")
def test_first_marks_of_a_message_are_listed_and_the_others_counted(run: Run) -> None:
    out = view(run, "marks").out
    assert len(lines_of(out, "M0003")) == len(lines_of(out, "M0004")) == 6
    assert lines_of(out, "M0003")[-1].startswith("M0003  and at least 195 more marks")
    assert lines_of(out, "M0004")[-1].startswith("M0004  and 2 more marks")
    assert "至少还有 195 个标记" in view(run, "marks", "--lang", "zh").out
    assert len(lines_of(view(run, "marks", "-v").out, "M0003")) == 200
    assert len(json.loads(view(run, "marks", "--json").out)["entries"]) > 200


@pytest.mark.usefixtures("said")
def test_words_of_the_other_party_are_told_as_such_in_every_view(run: Run) -> None:
    out = view(run, "marks").out
    assert "the merchant's words, not counted" in lines_of(out, "M0001")[0]
    assert all("the buyer's words, not counted" in line for line in lines_of(out, "M0002"))
    entries = json.loads(view(run, "marks", "--json").out)["entries"]
    (tags,) = [one["mark"]["tags"] for one in entries if one["mark"]["text"] == "没收到"]
    assert tags == ["condition", "by_merchant"]
    view(run, "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    (told,) = re.findall("<p[^>]*>(promise [^<]*)</p>", page)
    assert told.startswith("promise 1 · buyer&#x27;s claim at least 207 · negated, asked,")
    assert told.endswith("not counted: 5")
    rows = {
        number: re.search(f'<li class="([^"]*)" id="{number}"', page)
        for number in ("M0001", "M0002")
    }
    assert [found and found[1] for found in rows.values()] == ["m s x", "m b"]
    assert '<mark class="promise quoted by_buyer">包退</mark>' in page
    only = json.loads(view(run, "timeline", "--only", "promise", "--json").out)["entries"]
    assert [one["number"] for one in only] == [1, 5]


@pytest.mark.usefixtures("said")
def test_what_is_confirmed_counts_and_says_whose_word_it_is(run: Run) -> None:
    assert "M0005" not in view(run, "promises").out
    view(run, "marks", "--confirm", "M0005:promise", "--confirm", "M0006:delivery")
    out = view(run, "promises").out
    assert "包退 [negated; asked; confirmed by you]" in out
    assert out.count("that it is meant so says a sealed note of the case") == 2  # M0001, M0005
    assert "next in this export: delivery in M0006" in out
    shown = json.loads(view(run, "promises", "--json").out)["entries"]
    assert [(one["number"], one["is_confirmed"]) for one in shown] == [(1, False), (5, True)]
    assert all(one["is_next_confirmed"] for one in shown)
    view(run, "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    assert ">promise 2 · " in page
    assert "确有此意，由案件中封存的说明确认" in page


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("M0001:refusal", "it has M0001:claim, M0001:promise"),
        ("M0002:promise", "a message of the other party"),
        ("M0009:promise", "there is M0001–M0006"),
    ],
)
def test_what_cannot_be_confirmed_is_refused_with_what_there_is(
    name: str, told: str, run: Run
) -> None:
    result = view(run, "marks", "--confirm", name)
    assert result.code == 2
    assert told in result.err
