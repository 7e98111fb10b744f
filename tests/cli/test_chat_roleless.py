"""What is from neither party is counted in no wait and no promise, and that is said."""

import json
from pathlib import Path

import pytest

from evidence_kit.errors import ExitCode
from fixtures.tsa import Tsa
from tests.chats.chatting import BUYER, SHOP, Line, lines
from tests.cli.conftest import Run

SAID: tuple[Line, ...] = (
    ("10:00:00", BUYER, "有货吗"),
    ("10:01:00", SHOP, "有的，24小时内发货"),
    ("12:00:00", BUYER, "发了吗"),
    ("12:05:00", "小李", "已发货"),
    ("12:06:00", "小李", "卡密 123"),
    ("12:07:00", "路人", "+1"),
)
ROLES = ("--me", BUYER, "--merchant", SHOP)
ENGLISH = "3 messages are from senders without a role, and not counted: 小李 (2), 路人 (1)"
CHINESE = "有 3 条消息的发送者没有说明是哪一方，未计入：小李（2 条）, 路人（1 条）"


def sealed(run: Run, *said: Line, roles: tuple[str, ...] = ROLES) -> str:
    Path("chat.txt").write_text(lines(*said), encoding="utf-8")
    assert run("add", "chat.txt", "-o", "x.zip", *roles).code == ExitCode.DONE
    return "x.zip"


@pytest.mark.parametrize("view", ["silence", "promises"])
def test_views_of_the_parties_say_what_is_from_neither(view: str, run: Run, authority: Tsa) -> None:
    bundle = sealed(run, *SAID)
    assert f"{ENGLISH}\n" in run("chat", bundle, view).out
    assert CHINESE in run("chat", bundle, view, "--lang", "zh").out
    roleless = json.loads(run("chat", bundle, view, "--json").out)["roleless"]
    assert roleless["messages"] == 3
    assert [(one["sender_raw"], one["messages"]) for one in roleless["senders"]] == [
        ("小李", 2),
        ("路人", 1),
    ]


@pytest.mark.parametrize("view", ["silence", "promises"])
def test_nothing_is_said_where_everything_is_from_a_party(
    view: str, run: Run, authority: Tsa
) -> None:
    bundle = sealed(run, *SAID[:3])
    assert "without a role" not in run("chat", bundle, view).out
    assert "roleless" not in json.loads(run("chat", bundle, view, "--json").out)


def test_page_says_what_is_from_neither_in_both_languages(run: Run, authority: Tsa) -> None:
    bundle = sealed(run, *SAID)
    run("chat", bundle, "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.count(ENGLISH) == page.count(CHINESE) == 2


def test_of_many_senders_those_who_wrote_most_are_named(run: Run, authority: Tsa) -> None:
    crowd = [(f"13:{n:02}:00", f"路人{n:02}", "在") for n in range(25)]
    bundle = sealed(run, *SAID, *crowd)
    shown = run("chat", bundle, "silence").out
    assert (
        "28 messages are from senders without a role, and not counted: 小李 (2), 路人 (1)" in shown
    )
    assert "路人07 (1), …\n" in shown
    roleless = json.loads(run("chat", bundle, "silence", "--json").out)["roleless"]
    assert (len(roleless["senders"]), roleless["more_senders"]) == (20, 7)


def test_line_of_the_app_is_no_message_of_a_sender(run: Run, authority: Tsa) -> None:
    bundle = sealed(run, *SAID[:3], ("12:01:00", "", "对方撤回了一条消息"))
    assert "without a role" not in run("chat", bundle, "silence").out
