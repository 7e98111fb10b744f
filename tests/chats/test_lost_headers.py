"""Lines in a message that are a time and somebody's name: the empty line above may be lost."""

import pytest

from evidence_kit.chats import lost_headers
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.record import Flag

FLAG = (Flag.LOST_HEADER,)


@pytest.fixture
def known() -> KnownSenders:
    senders = KnownSenders()
    senders.add("店主")
    return senders


@pytest.mark.parametrize(
    "line",
    [
        "2026-05-01 10:00:00 店主",
        "店主 10:00",
        "店主(10001) 2026/5/1 10:00:00",
        "“店主” 10:00",
        "路人(10001) 2026-05-01 10:00:00",
        "路人<a@b.example> 10:00:00",
        "路人 昨天 10:00",
        "别的\ufeff2026-05-01 10:00:00 路人",
    ],
)
def test_line_of_a_name_and_a_time_is_flagged(line: str, known: KnownSenders) -> None:
    assert known.headed_flags_of(f"在\n{line}\n好") == FLAG


@pytest.mark.parametrize(
    "line",
    [
        "2026-05-01 10:00:00 路人",
        "路人 10:00",
        "路人(10001) 10:00",
        "> 店主 10:00",
        "店主说 10:00 到",
        "昨天 10:00",
        "路人 昨天 10:00 来过",
        "店主",
        "店主 3:1",
    ],
)
def test_other_lines_are_not_flagged(line: str, known: KnownSenders) -> None:
    assert known.headed_flags_of(f"在\n{line}\n好") == ()


def test_senders_are_known_up_to_a_number(
    known: KnownSenders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_headers, "PARTICIPANTS", 2)
    for name in ("", "甲", "乙"):
        known.add(name)
    assert ["" in known, "店主" in known, "甲" in known, "乙" in known] == [
        False,
        True,
        True,
        False,
    ]
