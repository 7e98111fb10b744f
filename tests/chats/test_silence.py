"""Silence: what opens a run, what closes it, and what does not."""

import json
from pathlib import Path

import pytest

from evidence_kit.chats.reading import Roles
from evidence_kit.chats.silence import Silence, find_silences
from tests.chats.chatting import (
    BUYER,
    SHOP,
    Line,
    recalled,
    transcript_of,
    transcript_of_text,
)

MINUTE_MS = 60_000


def silences(folder: Path, *said: Line, roles: Roles | None = None) -> list[Silence]:
    chat = transcript_of(folder, *said, roles=roles) if roles else transcript_of(folder, *said)
    with chat:
        return list(find_silences(chat))


ASKED: Line = ("10:00:00", BUYER, "在吗")


@pytest.mark.parametrize("answer", ["在的", "[图片]", "[语音通话] 时长 00:10", "[转账] 598 元"])
def test_text_media_or_call_of_the_merchant_closes_a_run(answer: str, tmp_path: Path) -> None:
    (run,) = silences(tmp_path, ASKED, ("10:30:00", SHOP, answer))
    assert (run.opened_by, run.closed_by) == (1, 2)
    assert run.duration_ms == 30 * MINUTE_MS


@pytest.mark.parametrize(
    "line",
    [
        ("10:30:00", SHOP, "[自动回复] 稍后回复"),
        ("10:30:00", SHOP, "我通过了你的朋友验证请求，现在我们可以开始聊天了"),
        ("10:30:00", "", f'"{SHOP}" 撤回了一条消息'),
        ("10:30:00", SHOP, f'"{SHOP}" 撤回了一条消息'),
        ("10:30:00", "", "对方正忙"),
        ("10:30:00", "路人", "我也没收到"),
    ],
)
def test_what_is_no_answer_leaves_it_open(line: Line, tmp_path: Path) -> None:
    (run,) = silences(tmp_path, ASKED, line)
    assert run.closed_by is None
    assert run.duration_ms == 30 * MINUTE_MS  # up to the last record of the export
    assert run.automatic_inside == ("自动回复" in line[2])
    assert run.withdrawn_inside == ("撤回" in line[2])


def test_text_about_a_recall_is_an_answer(tmp_path: Path) -> None:
    (run,) = silences(tmp_path, ASKED, ("10:30:00", SHOP, f'"{SHOP}" 撤回了一条消息，请无视'))
    assert run.closed_by == 2


def test_run_begins_at_the_first_unanswered_message(tmp_path: Path) -> None:
    (run,) = silences(
        tmp_path,
        ("09:00:00", SHOP, "您好"),
        ASKED,
        ("10:05:00", BUYER, "人呢"),
        ("12:05:00", BUYER, "？"),
        ("13:00:00", SHOP, "在"),
    )
    assert (run.opened_by, run.buyer_messages, run.last_buyer_message) == (2, 3, 4)
    assert (run.merchant_before, run.closed_by) == (1, 5)
    assert run.longest_gap_ms == 120 * MINUTE_MS


def test_buyer_who_was_answered_opens_a_new_run(tmp_path: Path) -> None:
    first, second = silences(
        tmp_path, ASKED, ("10:01:00", SHOP, "在"), ("10:02:00", BUYER, "发货了吗")
    )
    assert (first.closed_by, second.opened_by, second.closed_by) == (2, 3, None)
    assert second.merchant_before == 2


def test_merchant_who_writes_unasked_opens_none(tmp_path: Path) -> None:
    assert silences(tmp_path, ("10:00:00", SHOP, "上新"), ("10:01:00", SHOP, "优惠")) == []


def test_recall_of_the_buyer_opens_none(tmp_path: Path) -> None:
    assert silences(tmp_path, ("10:00:00", "", f'"{BUYER}" 撤回了一条消息')) == []


def test_without_roles_there_is_none(tmp_path: Path) -> None:
    assert silences(tmp_path, ASKED, roles=Roles()) == []


def test_order_of_time_counts_not_that_of_the_file(tmp_path: Path) -> None:
    (run,) = silences(tmp_path, ("12:00:00", SHOP, "在"), ASKED, ("13:00:00", SHOP, "还有别的吗"))
    assert (run.opened_by, run.closed_by) == (2, 1)


def test_reply_of_no_certain_time_closes_without_a_duration(tmp_path: Path) -> None:
    (run,) = silences(tmp_path, ASKED, ("2026-02-30 10:00:00", SHOP, "在"))
    assert (run.closed_by, run.duration_ms, run.longest_gap_ms) == (2, None, None)


def table(folder: Path, *rows: tuple[int, int, str, str, str]) -> list[Silence]:
    """The runs in a table of WeChatMsg with time, kind, text, name and chat of each record."""
    head = "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,"
    text = head + "NickName,Sender\n"
    for number, (time, kind, body, name, talker) in enumerate(rows, start=1):
        is_self = int(name == "我")
        text += f"{number},{talker},{kind},0,{is_self},{1777600800 + time},,{body},,"
        text += f"{name},{name},{name}\n"
    roles = Roles(buyer=frozenset({"我"}), merchant=frozenset({"客服"}))
    with transcript_of_text(folder, text, parser="wechatmsg_csv", roles=roles) as chat:
        return list(find_silences(chat))


TEXT = 1


def test_each_chat_of_an_export_has_its_own_runs(tmp_path: Path) -> None:
    asked, other = (0, TEXT, "在吗", "我", "A"), (1, TEXT, "别的", "客服", "B")
    assert [run.closed_by for run in table(tmp_path, asked, other)] == [None]
    answer = (2, TEXT, "在", "客服", "A")
    assert [run.closed_by for run in table(tmp_path, asked, other, answer)] == [3]
    again = (3, TEXT, "在吗", "我", "B")
    found = table(tmp_path, asked, other, again)
    assert [(run.opened_by, run.merchant_before) for run in found] == [(1, None), (3, 2)]


def kept(folder: Path, *said: tuple[str, bool]) -> list[Silence]:
    """The runs in an export of QQChatExporter, which keeps the words of what was recalled."""
    export = json.loads(recalled("在吗"))
    (message,) = export["messages"]
    export["messages"] = [
        {
            **message,
            "id": str(number),
            "sender": {"uid": name, "name": name},
            "recalled": is_recalled,
        }
        for number, (name, is_recalled) in enumerate(said)
    ]
    text = json.dumps(export)
    with transcript_of_text(folder, text, parser="qqchatexporter_json") as chat:
        return list(find_silences(chat))


def test_recalled_message_of_the_buyer_opens_none(tmp_path: Path) -> None:
    assert len(kept(tmp_path, (BUYER, False))) == 1
    assert kept(tmp_path, (BUYER, True)) == []


def test_recalled_message_of_the_merchant_closes_none(tmp_path: Path) -> None:
    (run,) = kept(tmp_path, (BUYER, False), (SHOP, False))
    assert (run.closed_by, run.withdrawn_inside) == (2, 0)
    (run,) = kept(tmp_path, (BUYER, False), (SHOP, True))
    assert (run.closed_by, run.withdrawn_inside) == (None, 1)


def test_automatic_text_of_a_third_one_is_not_the_merchants(tmp_path: Path) -> None:
    (run,) = silences(tmp_path, ASKED, ("10:30:00", "路人", "[自动回复] 开会中"))
    assert run.automatic_inside == 0


def test_run_that_begins_at_no_certain_time_has_no_duration(tmp_path: Path) -> None:
    said = [("2026-02-30 10:00:00", BUYER, "在吗"), ("2026-05-01 10:00:00", SHOP, "在")]
    (run,) = silences(tmp_path, *said)
    assert (run.closed_by, run.opened_at_ms, run.duration_ms) == (2, None, None)
