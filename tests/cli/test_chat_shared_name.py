"""Two accounts of one display name are told apart by their ids, wherever they are named."""

import io
import json
import re
from pathlib import Path

import pytest

from evidence_kit.chats.accounts import Senders
from evidence_kit.chats.record import Participant, Party
from evidence_kit.cli.roles import ask_roles
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import Translator
from fixtures.tsa import Tsa
from tests.actions.test_same_account import RENAMED, weflow
from tests.cli.conftest import Run
from tests.cli.test_add_chats import Answers

SAID = (
    ("阿禾", "wxid_me", "发货了吗"),
    ("客服", "wxid_a", "保证24小时内发货"),
    ("客服", "wxid_b", "我是另一个客服"),
    ("老板", "wxid_c", "好"),
)
ROLES = ("--me", "阿禾", "--merchant", "wxid_a")


@pytest.fixture
def bundle(run: Run, authority: Tsa) -> str:
    weflow(Path("chat.json"), SAID)
    assert run("add", "chat.json", "-o", "x.zip", *ROLES).code == ExitCode.DONE
    return "x.zip"


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (("timeline",), "客服 (wxid_a) (merchant)"),
        (("timeline",), "客服 (wxid_b)\n"),
        (("cite", "M0003"), " · 客服 (wxid_b) · "),
        (("coverage",), "from 客服 (wxid_a): 1\n"),
        (("coverage",), "from 客服 (wxid_b): 1\n"),
        (("marks",), "客服 (wxid_a), bytes"),
        (("silence",), "客服 (wxid_b) (1), 老板 (1)"),
        (("promises",), "客服 (wxid_a) (merchant)"),
    ],
)
def test_views_show_the_id_where_accounts_share_a_name(
    view: tuple[str, ...], shown: str, bundle: str, run: Run
) -> None:
    assert shown in run("chat", bundle, *view).out


def test_name_of_one_account_stands_without_its_id(bundle: str, run: Run) -> None:
    shown = run("chat", bundle, "timeline").out
    assert "阿禾 (buyer)" in shown and "老板\n" in shown
    assert "wxid_me" not in shown and "wxid_c" not in shown


def test_page_shows_the_id_where_accounts_share_a_name(bundle: str, run: Run) -> None:
    run("chat", bundle, "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.count("<b><bdi>客服 (wxid_a)</bdi></b>") == 1
    assert page.count("<b><bdi>客服 (wxid_b)</bdi></b>") == 1
    # and among the parties, in both languages
    assert page.count("<bdi>客服 (wxid_a)</bdi>") == 3


def test_page_keeps_what_was_said_apart_from_what_follows_from_an_account(
    run: Run, authority: Tsa
) -> None:
    weflow(Path("chat.json"), RENAMED)
    run("add", "chat.json", "-o", "x.zip", "--me", "阿禾", "--merchant", "云雀客服")
    run("chat", "x.zip", "timeline", "--html", "page.html")
    page = Path("page.html").read_text(encoding="utf-8")
    for said, other in (
        ("as said at sealing", "another name of the same account"),
        ("封存时所述", "同一账号的其他名称"),
    ):
        assert re.search(rf"<bdi>云雀客服</bdi><span[^>]*> \({said}\)</span>", page)
        assert re.search(rf"<bdi>云雀官方</bdi><span[^>]*> \({other}\)</span>", page)


def test_adding_without_roles_says_that_accounts_share_a_name(run: Run, authority: Tsa) -> None:
    weflow(Path("chat.json"), SAID)
    added = run("add", "chat.json", "-o", "x.zip")
    assert "several accounts of the app go by one name: 客服 (wxid_a, wxid_b);" in added.err
    refused = run("chat", "x.zip", "silence")
    assert "客服 (wxid_a), 客服 (wxid_b), 老板" in refused.err


def test_shared_name_that_is_said_to_be_a_party_is_told_with_its_ids(
    run: Run, authority: Tsa
) -> None:
    weflow(Path("chat.json"), SAID)
    added = run("add", "chat.json", "-o", "x.zip", "--me", "阿禾", "--merchant", "客服")
    assert "go by the name 客服 (wxid_a, wxid_b), and all of them" in added.err
    assert "go by one name" not in added.err


@pytest.mark.parametrize("said", [SAID[:2], SAID[1:2] * 2])
def test_nothing_is_said_where_no_name_is_shared(
    said: tuple[tuple[str, str, str], ...], run: Run, authority: Tsa
) -> None:
    weflow(Path("chat.json"), said)
    assert "go by one name" not in run("add", "chat.json", "-o", "x.zip").err


def test_nobody_gets_the_look_of_an_id_that_is_not_theirs(run: Run, authority: Tsa) -> None:
    weflow(Path("chat.json"), (*SAID, ("客服 (wxid_a)", "wxid_d", "已发货")))
    run("add", "chat.json", "-o", "x.zip", *ROLES)
    assert "客服 (wxid_a) (wxid_d)\n" in run("chat", "x.zip", "timeline").out


def people(*said: tuple[str, str, int]) -> list[Participant]:
    return [
        Participant(
            sender_raw=name, sender_id=sender_id, role=Party.UNKNOWN, self_claimed=None, records=n
        )
        for name, sender_id, n in said
    ]


@pytest.mark.parametrize(
    ("answer", "merchant"),
    [
        ("2", {"wxid_a"}),
        ("2 3", {"wxid_a", "wxid_b"}),
        ("客服 (wxid_b)", {"wxid_b"}),
        ("4", {"老板"}),
    ],
)
def test_terminal_asks_of_accounts_one_by_one_and_says_who_is_who_else(
    answer: str, merchant: set[str]
) -> None:
    terminal = Terminal(Translator("en"), io.StringIO(), io.StringIO(), io.StringIO())
    typed = Answers(terminal, "1", answer)
    found = people(
        ("阿禾", "wxid_me", 5),
        ("客服", "wxid_a", 4),
        ("客服", "wxid_b", 3),
        ("老板", "wxid_c", 2),
        ("老板（改名）", "wxid_c", 1),
    )
    roles = ask_roles(terminal, "chat.json", found)
    assert (set(roles.buyer), set(roles.merchant)) == ({"阿禾"}, merchant)
    assert typed.said[1:6] == [
        "  1  阿禾  5",
        "  2  客服 (wxid_a)  4",
        "  3  客服 (wxid_b)  3",
        "  4  老板  2",
        "  5  老板（改名）  1  (the same account as 4)",
    ]


def test_shared_names_keep_all_their_ids() -> None:
    found = people(("客服", "a", 1), ("客服", "b", 1), ("老板", "c", 1))
    assert json.dumps(Senders(found).shared, ensure_ascii=False) == '{"客服": ["a", "b"]}'
