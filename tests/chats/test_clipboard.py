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


@pytest.mark.parametrize(
    "text",
    [
        "G101 5月1日 09:00\n北京南到上海\n\nG102 5月2日 10:00\n上海\n\nG103 5月3日 10:00\n北京\n",
        "张三  12:30:05\n\n李四  13:05:10\n\n王五  14:20:11\n",
        "店 昨天 10:00\n\n店 昨天 10:01\n\n店 昨天 10:02\n",
        "5月1日 10:00\n【上海】已揽收\n\n5月1日 18:00\n【上海】已发出\n\n5月2日 09:00\n派送中\n",
        "2026年5月1日\n\n开幕  9:00\n\n演讲  10:00\n\n闭幕  11:00\n",
        "会议 昨天\n\n张三 汇报 10:00\n李四 补充 10:01\n王五 总结 10:02\n",
    ],
)
def test_timetable_and_delivery_are_no_chat(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == []


def test_relative_day_ends_the_day_that_stands_above(tmp_path: Path) -> None:
    """What comes below it is of another day, and nobody knows of which."""
    path = tmp_path / "paste.txt"
    said = "店主  9:00:00\n在\n\n"
    path.write_text(f"— — 2020-2-21 — —\n\n{said}— — 昨天 — —\n\n{said}", "utf-8")
    records, chat = read(path, "clipboard_txt")
    assert [record.ts_candidates for record in records] == [("2020-02-21T09:00:00",), ()]
    assert [record.body_raw for record in records] == ["在"] * 2
    assert chat.unclaimed_bytes == 0


def test_day_that_somebody_says_heads_no_messages(tmp_path: Path) -> None:
    """Were it one, whoever says it would date what comes after."""
    path = tmp_path / "paste.txt"
    said = "店主  9:00:00\n几号？\n\n2020-02-21\n\n阿禾  9:01:00\n\n昨天\n\n店主  9:02:00\n好\n"
    path.write_text(said, "utf-8")
    records, _ = read(path, "clipboard_txt")
    assert [record.body_raw for record in records] == ["几号？\n\n2020-02-21", "\n昨天", "好"]
    assert not any(record.ts_candidates for record in records)
    path.write_text(f"2020-02-21\n\n{said}", "utf-8")
    records, _ = read(path, "clipboard_txt")
    days = [record.body_raw for record in records if record.kind is RecordKind.SYSTEM]
    assert days == ["2020-02-21", "2020-02-21", "昨天"]


@pytest.mark.parametrize("filler", [" ", "—", "<", "(1", "店\u00a0", "\r", "撤", "1:00 "])
def test_long_lines_take_no_long_time(filler: str, tmp_path: Path) -> None:
    """Were a pattern quadratic, this would take hours."""
    path = tmp_path / "paste.txt"
    path.write_text(f"店主 9:00:00 PM\n{filler * 200_000}\n\n" * 5, "utf-8", newline="")
    records, _ = read(path, "clipboard_txt")
    assert len(records) == 5
    assert found(tmp_path, f"店主 9:00:00 PM\n{filler * 20_000}\n\n" * 3) is not None
