"""Pastes out of chat windows: what is taken for one, and what is not."""

from pathlib import Path

import pytest

from evidence_kit.chats.parser import candidates
from evidence_kit.chats.record import Flag, RecordKind
from evidence_kit.chats.source import read_head
from tests.chats.exports import read


def found(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "paste.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return [parser.id for parser in candidates(read_head(path))]


def test_name_and_time_in_full_are_any_text(tmp_path: Path) -> None:
    text = "".join(f"店主 2026-05-01 10:00:0{n}\n第 {n} 条\n\n" for n in range(4))
    assert found(tmp_path, text) == ["generic_txt"]
    assert found(tmp_path, f"{text}店主撤回了一条消息\n") == ["clipboard_txt"]
    assert found(tmp_path, text.replace("条\n\n", "条\n已读\n")) == ["clipboard_txt"]


def test_colon_in_the_name_of_a_shop_ends_no_message(tmp_path: Path) -> None:
    """Were it none, what the shop says would stand in what the buyer says."""
    text = "".join(f"云雀点卡:小鹿 2026-05-01 10:00:0{n}\n第 {n} 条\n\n" for n in range(4))
    assert found(tmp_path, text) == ["clipboard_txt"]
    records, _ = read(tmp_path / "paste.txt", "clipboard_txt")
    assert {record.sender_raw for record in records} == {"云雀点卡:小鹿"}


def test_two_headers_are_no_chat_yet(tmp_path: Path) -> None:
    assert found(tmp_path, "店主 9:00:00 PM\n一\n\n阿禾 9:01:00 PM\n二\n") == []


def test_number_that_may_be_an_account_of_wechat_is_asked_for(tmp_path: Path) -> None:
    text = "".join(f"店主(10001001) 10:00:0{n}\n第 {n} 条\n\n" for n in range(4))
    assert found(tmp_path, text) == ["chatlog_txt", "clipboard_txt"]


def test_time_of_day_inside_a_text_begins_no_message(tmp_path: Path) -> None:
    path = tmp_path / "paste.txt"
    path.write_text(
        "店主 9:00:00 PM\n明天 9:30:00\n\n晚上9:40 见\n\n他说:明天 9:40:00\n阿禾 9:41:00 PM\n",
        "utf-8",
    )
    records, _ = read(path, "clipboard_txt")
    assert [record.sender_raw for record in records] == ["店主"]


def test_line_of_a_day_is_no_message_and_gives_none_its_text(tmp_path: Path) -> None:
    path = tmp_path / "paste.txt"
    path.write_text("— — 2020-2-21 — —\n\n不知是谁说的\n\n店主  9:00:00\n在\n", "utf-8")
    records, chat = read(path, "clipboard_txt")
    assert [record.kind for record in records] == [RecordKind.UNCLAIMED, RecordKind.TEXT]
    assert records[0].body_raw.strip() == "不知是谁说的"
    assert Flag.DATE_ABOVE in records[1].flags
    assert chat.undated == 0


@pytest.mark.parametrize("filler", [" ", "—", "<", "(1", "店\u00a0", "\r", "撤", "1:00 "])
def test_long_lines_take_no_long_time(filler: str, tmp_path: Path) -> None:
    """Were a pattern quadratic, this would take hours."""
    path = tmp_path / "paste.txt"
    path.write_text(f"店主 9:00:00 PM\n{filler * 200_000}\n\n" * 5, "utf-8", newline="")
    records, _ = read(path, "clipboard_txt")
    assert len(records) == 5
    assert found(tmp_path, f"店主 9:00:00 PM\n{filler * 20_000}\n\n" * 3) is not None
