"""What WeChat for phones mails: what is taken for it, and what is not."""

from pathlib import Path

import pytest

from evidence_kit.chats.parser import candidates
from evidence_kit.chats.source import read_head
from tests.chats.exports import read

TITLE = "阿禾 和 店主 在微信上的聊天记录如下，请查收。\n\n"
DAY = "—————  2026-04-06  —————\n\n\n"
SAID = "店主  16:21\n\n三天发货\n\n"


def found(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "mail.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return [parser.id for parser in candidates(read_head(path))]


@pytest.mark.parametrize("text", [TITLE + DAY + SAID, DAY + SAID])
def test_one_message_below_a_day_is_enough(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == ["wechat_mail_txt"]


@pytest.mark.parametrize(
    "text",
    [
        SAID * 3,
        "说话人1  00:01\n\n你好\n\n说话人2  00:05\n\n在吗\n\n说话人1  00:09\n\n在\n",
        DAY + "开幕  9:00\n茶歇  10:00\n闭幕  11:00\n",
        "K101  9:00\nK102  10:20\nK103  11:15\n",
        "开幕  9:00\n\n在一楼\n\n演讲  10:00\n\n在二楼\n\n闭幕  11:00\n\n在三楼\n",
        DAY.replace("—", "-") + SAID,
        DAY.replace("—————", "— —") + SAID,
        TITLE + "没有消息\n",
    ],
)
def test_recording_and_a_programme_are_no_chat(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == []


def test_file_that_a_message_names_is_kept_with_it(tmp_path: Path) -> None:
    found(tmp_path, DAY + "店主  16:21\n\n[文件: 说明.pdf(请在附件中查看)]\n")
    records, _ = read(tmp_path / "mail.txt", "wechat_mail_txt")
    assert [record.attachments for record in records] == [("说明.pdf",)]


@pytest.mark.parametrize("filler", [" ", "\u00a0", "—", "\t\r", "聊天记录如下", "  1:00 "])
def test_long_lines_take_no_long_time(filler: str, tmp_path: Path) -> None:
    """Were a pattern quadratic, this would take hours."""
    assert found(tmp_path, f"{DAY}{SAID}{filler * 200_000}\n\n{SAID}")
    records, _ = read(tmp_path / "mail.txt", "wechat_mail_txt")
    assert [record.sender_raw for record in records if record.sender_raw] == ["店主"] * 2
