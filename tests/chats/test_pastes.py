"""Pastes out of WhatsApp Web and Telegram Desktop: what is taken for one, and what is not."""

from pathlib import Path

import pytest

from evidence_kit.chats.parser import candidates
from evidence_kit.chats.source import read_head
from tests.chats.exports import read

WHATSAPP = "[19:58, 13/11/2026] Ahe: when?\n"
TELEGRAM = "Ahe, [13.11.2026 19:58]\nwhen?\n"


def found(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "paste.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return [parser.id for parser in candidates(read_head(path))]


@pytest.mark.parametrize(
    ("message", "parser"), [(WHATSAPP, "whatsapp_paste"), (TELEGRAM, "telegram_paste")]
)
def test_one_message_is_enough_where_the_text_begins_with_it(
    message: str, parser: str, tmp_path: Path
) -> None:
    assert found(tmp_path, message) == [parser]
    assert found(tmp_path, f"\n{message}") == [parser]
    assert found(tmp_path, f"a note\n{message}" * 2) == []
    assert found(tmp_path, f"a note\n{message}" * 3) == [parser]


def test_comma_of_telegram_is_no_part_of_the_name(tmp_path: Path) -> None:
    assert found(tmp_path, TELEGRAM) == ["telegram_paste"]
    records, chat = read(tmp_path / "paste.txt", "telegram_paste")
    assert [(record.sender_raw, record.body_raw) for record in records] == [("Ahe", "when?")]
    assert chat.unclaimed_bytes == 0


@pytest.mark.parametrize(
    "line",
    [
        "[19:58, 13/11/2026] no name",
        "[13/11/2026, 19:58] Ahe: the date first",
        "[19:58] Ahe: no date",
        "19:58, 13/11/2026 Ahe: no brackets",
        "Ahe [13.11.2026 19:58]",
        "Ahe, [13.11.2026]",
        "Ahe, [13.11.2026 19:58] text",
    ],
)
def test_line_of_another_form_begins_no_message(line: str, tmp_path: Path) -> None:
    pastes = {"whatsapp_paste", "telegram_paste"}
    assert not pastes.intersection(found(tmp_path, f"{line}\n" * 4))


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-01 10:00:00,123 INFO started\n2026-05-01 10:00:01,123 ERROR disk: full\n"
        "2026-05-01 10:00:02,123 ERROR disk: full\n",
        "2026-05-01 10:00:00 快件已到达 上海转运中心\n2026-05-01 12:00:00 已发往 北京\n"
        "2026-05-02 10:00:00 【北京市】快递员：正在派件，电话:138\n"
        "2026-05-02 18:00:00 已签收，签收人：本人\n",
        "2026-05-01 10:00 元：5\n2026-05-02 10:00 角：3\n2026-05-03 10:00 分：2\n",
        "2026-05-01 10:00:00\n晴\n2026-05-02 10:00:00\n雨\n2026-05-03 10:00:00\n雪\n",
    ],
)
def test_log_and_delivery_with_full_times_are_no_chat(text: str, tmp_path: Path) -> None:
    assert found(tmp_path, text) == []


def test_sender_who_speaks_again_makes_a_chat_of_lines_with_times(tmp_path: Path) -> None:
    said = "2026-05-01 10:00 店主：在\n2026-05-01 10:01 阿禾：好\n2026-05-01 10:02 {}：发\n"
    assert found(tmp_path, said.format("店主")) == ["generic_txt"]
    assert found(tmp_path, said.format("小林")) == []


@pytest.mark.parametrize("filler", [" ", "[", ",", ", [1", "1:00", "[1:00, 1/1/2026] x", "\r"])
def test_long_lines_take_no_long_time(filler: str, tmp_path: Path) -> None:
    """Were a pattern quadratic, this would take hours."""
    for message, parser in ((WHATSAPP, "whatsapp_paste"), (TELEGRAM, "telegram_paste")):
        assert found(tmp_path, f"{message}{filler * 200_000}\n\n" * 5)
        records, _ = read(tmp_path / "paste.txt", parser)
        assert len(records) == 5


def test_text_that_begins_with_blanks_and_a_time_holds_no_message_for_the_generic_one(
    tmp_path: Path,
) -> None:
    """Nothing would be read of it but one unclaimed stretch."""
    assert found(tmp_path, "  2026年5月1日 10:00\n店主\n三天\n") == []
