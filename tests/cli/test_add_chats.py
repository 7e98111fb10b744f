"""Adding chats as a user types it: what is asked, what is told, what is refused."""

import dataclasses
import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from evidence_kit.chats import parser as choosing
from evidence_kit.chats.parser import parser_named
from evidence_kit.chats.record import Participant, Party
from evidence_kit.cli.roles import ask_roles
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import Translator
from fixtures import story
from fixtures.chats import make
from fixtures.chats.dispute import SHOP
from fixtures.tsa import Tsa
from tests.cli.conftest import Run

CHAT = make.HERE / "wechatmsg_txt/k20261101/chat.txt"


@pytest.fixture
def chat(run: Run) -> Path:
    shutil.copyfile(CHAT, "chat.txt")
    return Path("chat.txt")


def test_summary_says_format_messages_and_what_was_not_understood(
    run: Run, chat: Path, authority: Tsa
) -> None:
    added = run("add", chat, "--me", story.BUYER_NAME, "--merchant", SHOP, "-o", "x.zip")
    assert added.code == ExitCode.DONE
    assert (
        "note: read as WeChatMsg TXT (utf-8): 13 messages; everything was understood: chat.txt"
        in added.err
    )


def test_summary_is_in_the_json(run: Run, chat: Path, authority: Tsa) -> None:
    added = run("add", chat, "--json", "-o", "x.zip")
    notes = {note["code"]: note["params"] for note in json.loads(added.out)["notes"]}
    assert notes["chat.read"]["messages"] == 13
    assert "chat.roles_open" in notes


def test_chat_that_was_sealed_before_is_told_with_the_time(
    run: Run, chat: Path, authority: Tsa
) -> None:
    assert run("init", "case", "-q").code == ExitCode.DONE
    first = run("add", chat, "--case", "case", "--json")
    assert "were sealed already" not in first.err
    sealed_at = re.search("sealed no later than (.+)", first.err)
    assert sealed_at
    again = run("add", chat, "--case", "case", "--json")
    assert again.code == ExitCode.DONE
    assert (
        "note: the same bytes were sealed already, as chat.txt in"
        f" 0001-chat.evidence.zip, no later than {sealed_at[1]}: chat.txt\n"
    ) in again.err
    notes = {note["code"]: note["params"] for note in json.loads(again.out)["notes"]}
    report = json.loads(first.out)["report"]
    assert notes["file.sealed_before"]["bundle"] == "0001-chat.evidence.zip"
    assert notes["file.sealed_before"]["time"] == report["sealed_no_later_than"]
    chinese = run("--lang", "zh", "add", chat, "--case", "case")
    assert "提示：完全相同的内容此前已封存，在 0001-chat.evidence.zip 中" in chinese.err


def test_tie_of_two_formats_asks_for_the_parser(
    run: Run, chat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = parser_named("wechatmsg_txt")
    twins = (first, dataclasses.replace(first, id="twin_txt"))
    monkeypatch.setattr(choosing, "parsers", lambda: twins)
    added = run("add", chat, "-o", "x.zip")
    assert added.code == ExitCode.USAGE
    assert "several formats fit this file" in added.err
    assert "hint: say which one it is with --parser: wechatmsg_txt, twin_txt" in added.err
    assert not Path("x.zip").exists()


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (("--parser", "wechat_txt"), "did you mean: wechatmsg_txt"),
        (("--me", "阿河"), f"did you mean: {story.BUYER_NAME}"),
        (("--date-order", "ddmm"), "see how it is used with"),
    ],
)
def test_mistyped_option_is_refused_with_a_hint(
    options: tuple[str, ...], hint: str, run: Run, chat: Path
) -> None:
    added = run("add", chat, *options, "-o", "x.zip")
    assert added.code == ExitCode.USAGE
    assert hint in added.err
    assert not Path("x.zip").exists()


def test_unknown_format_is_said(run: Run, authority: Tsa) -> None:
    Path("note.txt").write_text("随手记的\n", encoding="utf-8")
    added = run("add", "note.txt", "-o", "x.zip")
    assert "no line begins with a date and a time;" in added.err
    assert "  2026-05-01 10:00 Shop: it ships within three days" in added.err.splitlines()
    assert added.code == ExitCode.DONE


def test_broken_chat_is_sealed_and_said_with_the_byte(run: Run, authority: Tsa) -> None:
    shutil.copyfile(make.HERE / "weflow_json/cut/chat.json", "chat.json")
    added = run("add", "chat.json", "-o", "x.zip")
    assert added.code == ExitCode.INCOMPLETE
    assert "beware: the chat ends in the middle, at byte " in added.err
    assert Path("x.zip").exists()


class Answers:
    """A terminal at which somebody types these answers."""

    def __init__(self, terminal: Terminal, *answers: str) -> None:
        self._answers = iter(answers)
        self.said: list[str] = []
        terminal.ask = self.ask  # type: ignore[method-assign]
        terminal.say = self.said.append  # type: ignore[assignment, method-assign]

    def ask(self, question: str, *, is_secret: bool = False) -> str:
        self.said.append(question)
        return next(self._answers)


@pytest.mark.parametrize(
    ("answers", "buyer", "merchant"),
    [
        (("2", "1"), {"阿禾"}, {"店主"}),
        (("阿禾", "店主, 客服"), {"阿禾"}, {"店主", "客服"}),
        (("", ""), set(), set()),
        (("9", "x", "2", "1，3"), {"阿禾"}, {"店主", "客服"}),
        (("1", "1"), {"店主"}, set()),
        (("2", "1 3"), {"阿禾"}, {"店主", "客服"}),
        (("2", " 1、 3 "), {"阿禾"}, {"店主", "客服"}),
        (("2", "1 x", "店主 3"), {"阿禾"}, {"店主", "客服"}),
    ],
)
def test_roles_are_chosen_by_number_or_name(
    answers: tuple[str, ...], buyer: set[str], merchant: set[str]
) -> None:
    terminal = Terminal(Translator("en"), io.StringIO(), io.StringIO(), io.StringIO())
    typed = Answers(terminal, *answers)
    found = [
        Participant(
            sender_raw=name, sender_id=None, role=Party.UNKNOWN, self_claimed=None, records=count
        )
        for name, count in (("店主", 5), ("阿禾", 3), ("客服", 1))
    ]
    roles = ask_roles(terminal, "chat.txt", found)
    assert (set(roles.buyer), set(roles.merchant)) == (buyer, merchant)
    assert typed.said[:4] == [
        "who wrote in chat.txt, and how many messages:",
        "  1  店主  5",
        "  2  阿禾  3",
        "  3  客服  1",
    ]


def test_name_with_blanks_and_commas_can_be_typed() -> None:
    terminal = Terminal(Translator("en"), io.StringIO(), io.StringIO(), io.StringIO())
    Answers(terminal, "Skylark Official, Skylark, Ltd", "Wren, Inc")
    found = [
        Participant(
            sender_raw=name, sender_id=None, role=Party.UNKNOWN, self_claimed=None, records=1
        )
        for name in ("Skylark Official", "Wren, Inc", "Skylark", "Ltd")
    ]
    roles = ask_roles(terminal, "chat.txt", found)
    assert roles.buyer == {"Skylark Official", "Skylark", "Ltd"}
    assert roles.merchant == {"Wren, Inc"}


def test_views_of_a_zip_name_the_chat_in_it(run: Run, authority: Tsa) -> None:
    with zipfile.ZipFile("chats.zip", "w") as container:
        for name in ("one.txt", "two.txt"):
            container.write(make.HERE / "wechatmsg_txt/k20261101/chat.txt", name)
    added = run("add", "chats.zip", "-o", "x.zip")
    assert "the zip holds several chats, and each is read by itself; there are 2" in added.err
    shown = run("show", "x.zip").out
    assert "    files with messages: 2\n    one.txt: 13 records, everything was understood" in shown
    refused = run("chat", "x.zip", "timeline")
    assert refused.code == ExitCode.USAGE
    assert "say which one with --member: one.txt, two.txt" in refused.err
    ran = run("chat", "x.zip", "timeline", "--member", "two.txt", "--html", "page.html")
    assert ran.code == ExitCode.DONE
    assert "chats.zip / two.txt" in Path("page.html").read_text(encoding="utf-8")
    assert "M0014" in run("chat", "x.zip", "cite", "M0014", "--member", "two.txt").out
    wrong = run("chat", "x.zip", "cite", "M0001", "--member", "two.txt")
    assert "from M0014 to M0026" in wrong.err
    both = ("--member", "one.txt", "--member", "two.txt")
    assert run("chat", "x.zip", "timeline", *both).code == ExitCode.USAGE
    compared = run("chat", "x.zip", "diff", "x.zip", *both)
    assert compared.code == ExitCode.DONE
    assert "13" in compared.out


def test_views_say_that_an_export_was_sorted_anew(run: Run, authority: Tsa) -> None:
    shutil.copyfile(make.HERE / "qqchatexporter_txt/k20261101/chat.txt", "chat.txt")
    run("add", "chat.txt", "-o", "x.zip")
    for view in ("coverage", "timeline"):
        shown = run("chat", "x.zip", view, "--lang", "zh")
        assert shown.code == ExitCode.DONE
        assert "按时间重新排列消息" in shown.out


OPEN = make.HERE / "whatsapp_txt/open_dates/chat.txt"


def test_open_and_undated_messages_are_told_at_sealing_in_both_languages(
    run: Run, authority: Tsa
) -> None:
    shutil.copyfile(OPEN, "chat.txt")
    english = run("add", "chat.txt", "-o", "x.zip").err
    assert "note: the date of 1 message can be read in several ways, and all are kept" in english
    assert "note: 4 messages have no date or time that can be read: chat.txt" in english
    assert "note: the only order that all dates of the chat fit is dmy: chat.txt" in english
    chinese = run("--lang", "zh", "add", "chat.txt", "-o", "y.zip", "--date-order", "mdy").err
    assert "有 1 条消息的日期不符合 --date-order mdy" in chinese
    assert "聊天里所有的日期都符合 dmy 的顺序" in chinese


def test_views_take_an_order_without_a_second_exhibit(run: Run, authority: Tsa) -> None:
    shutil.copyfile(OPEN, "chat.txt")
    run("add", "chat.txt", "-o", "x.zip")
    both = run("chat", "x.zip", "timeline").out
    assert "2026-03-02 10:00 or 2026-02-03 10:00" in both
    assert "--date-order dmy, mdy or ymd shows it in one" in both
    one = run("chat", "x.zip", "timeline", "--date-order", "dmy").out
    assert "M0001  2026-03-02 10:00 (UTC+8 assumed)" in one
    assert "in the order that the user said: dmy" in one


def test_empty_line_of_a_message_is_shown_where_it_stands(run: Run, authority: Tsa) -> None:
    said = "第一行\n\n第三行"
    Path("chat.txt").write_text(f"2026/5/1, 10:00 - 店: {said}\n2026/5/1, 10:01 - 我: 好\n")
    run("add", "chat.txt", "-o", "x.zip", "--parser", "whatsapp_txt", "--date-order", "ymd")
    shown = "    第一行\n\n    第三行\n"
    for view in (("timeline",), ("cite", "M0001")):
        assert shown in run("chat", "x.zip", *view).out
    sealed = zipfile.ZipFile("x.zip")
    (name,) = (one for one in sealed.namelist() if one.endswith("/transcript.txt"))
    transcript = sealed.read(name).decode()
    assert shown in transcript
    assert "日月顺序（用户所说） date order, as the user said: ymd\n" in transcript


def test_one_of_a_thing_is_told_as_one(run: Run, authority: Tsa) -> None:
    Path("WhatsApp Chat with Shop.txt").write_text("x\n2/14/23, 10:35 - Shop: hi\n")
    added = run("add", "WhatsApp Chat with Shop.txt", "-o", "x.zip").err
    assert "(utf-8): 1 message; 2 bytes were not understood: " in added


def test_silence_without_a_certain_time_is_told_in_a_sentence(run: Run, authority: Tsa) -> None:
    days = ("14/03/2026", "02/03/2026", "03/04/2026")
    said = zip(days, ("Shop", "Me", "Shop"), strict=True)
    lines = [f"{day}, 10:00 - {name}: hello\n" for day, name in said]
    Path("chat.txt").write_text("".join(lines))
    run("add", "chat.txt", "-o", "x.zip", "--me", "Me", "--merchant", "Shop")
    english = run("chat", "x.zip", "silence").out
    assert (
        "from M0002 (time not certain): the next reply in this export is M0003"
        " (time not certain); how long it took can't be told"
    ) in english
    chinese = run("--lang", "zh", "chat", "x.zip", "silence").out
    assert "自 M0002（时间不确定）起：本导出文件中的下一次回复是 M0003（时间不确定）" in chinese


def test_chat_without_a_message_is_said_with_what_to_do(run: Run, authority: Tsa) -> None:
    Path("rand.json").write_text('{"a":[1,2,3]}')
    added = run("add", "rand.json", "--parser", "telegram_json", "-o", "x.zip")
    assert added.code == ExitCode.INCOMPLETE
    assert "beware: no message was found in it; see whether it is the right file" in added.err
    chinese = run("--lang", "zh", "add", "rand.json", "--parser", "telegram_json", "-o", "y.zip")
    assert "没有找到任何消息" in chinese.err


def test_one_name_for_both_parties_is_refused_with_a_hint(run: Run, chat: Path) -> None:
    added = run("add", chat, "--me", SHOP, "--merchant", SHOP, "-o", "x.zip")
    assert added.code == ExitCode.USAGE
    assert "the same sender is said to be the buyer and the merchant: " in added.err
    assert not Path("x.zip").exists()
