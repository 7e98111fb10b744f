"""Two exports of one chat: what only one has, and what differs."""

import json
from pathlib import Path

from evidence_kit.chats.alignment import Aligned, Alignment, Difference, Side
from evidence_kit.chats.reading import Roles
from evidence_kit.chats.transcript import Transcript
from tests.chats.chatting import BUYER, SHOP, Line, transcript_of, transcript_of_text

ONE: Line = ("10:00:00", SHOP, "保证发货")
TWO: Line = ("10:01:00", BUYER, "好")
THREE: Line = ("10:02:00", SHOP, "已发货")


def compare(a: Transcript, b: Transcript) -> tuple[Alignment, list[Difference]]:
    with a, b:
        aligned = Aligned(a, b)
        return aligned.account, list(aligned.differences())


def counts(account: Alignment) -> tuple[int, int, int, int]:
    return account.same, account.only_in_a, account.only_in_b, account.differs


def test_equal_exports_have_no_difference(tmp_path: Path) -> None:
    account, found = compare(transcript_of(tmp_path, ONE, TWO), transcript_of(tmp_path, ONE, TWO))
    assert counts(account) == (2, 0, 0, 0)
    assert found == []


def test_message_that_one_export_lacks_is_named(tmp_path: Path) -> None:
    a, b = transcript_of(tmp_path, ONE, TWO, THREE), transcript_of(tmp_path, ONE, THREE)
    account, (one,) = compare(a, b)
    assert counts(account) == (2, 1, 0, 0)
    assert (one.side, one.number_a, one.number_b) == (Side.ONLY_IN_A, 2, None)
    assert (one.a and one.a.body_raw, one.b) == ("好", None)
    assert one.is_inside is True


def test_message_before_the_other_export_begins_is_outside(tmp_path: Path) -> None:
    _, (one,) = compare(
        transcript_of(tmp_path, TWO, THREE), transcript_of(tmp_path, ONE, TWO, THREE)
    )
    assert (one.side, one.number_b, one.is_inside) == (Side.ONLY_IN_B, 1, False)
    assert (one.a, one.b and one.b.body_raw) == (None, "保证发货")


def test_other_text_of_one_sender_at_one_time_differs(tmp_path: Path) -> None:
    edited: Line = ("10:00:00", SHOP, "尽量发货")
    account, (one,) = compare(
        transcript_of(tmp_path, ONE, TWO), transcript_of(tmp_path, edited, TWO)
    )
    assert counts(account) == (1, 0, 0, 1)
    assert one.a is not None and one.b is not None
    assert (one.side, one.a.body_raw, one.b.body_raw) == (Side.DIFFERS, "保证发货", "尽量发货")


def test_message_that_stands_twice_is_missed_once(tmp_path: Path) -> None:
    account, (one,) = compare(transcript_of(tmp_path, ONE, ONE), transcript_of(tmp_path, ONE))
    assert counts(account) == (1, 1, 0, 0)
    assert one.side is Side.ONLY_IN_A


def test_exports_without_a_common_period_say_so(tmp_path: Path) -> None:
    account, _ = compare(transcript_of(tmp_path, ONE), transcript_of(tmp_path, THREE))
    assert (account.common_from_ms, account.common_until_ms) == (None, None)


def test_one_moment_in_common_is_a_period(tmp_path: Path) -> None:
    account, _ = compare(transcript_of(tmp_path, ONE, TWO), transcript_of(tmp_path, TWO, THREE))
    assert account.common_from_ms is not None
    assert account.common_from_ms == account.common_until_ms


def test_messages_without_a_time_are_paired_by_what_is_written(tmp_path: Path) -> None:
    undated = "云雀点卡(wxid_s) 05-01 10:{minute}:00\n{text}\n\n"

    def export(*said: tuple[str, str]) -> Transcript:
        text = "".join(undated.format(minute=minute, text=text) for minute, text in said)
        return transcript_of_text(tmp_path, text, parser="chatlog_txt")

    account, found = compare(export(("00", "好"), ("01", "好")), export(("00", "好"), ("02", "好")))
    assert counts(account) == (1, 1, 1, 0)
    assert [(one.number_a, one.number_b, one.is_inside) for one in found] == [
        (2, None, None),
        (None, 2, None),
    ]


def test_names_do_not_matter_where_roles_are_known(tmp_path: Path) -> None:
    other = [(time, {SHOP: "客服", BUYER: "我"}[sender], text) for time, sender, text in (ONE, TWO)]
    roles = Roles(buyer=frozenset({"我"}), merchant=frozenset({"客服"}))
    account, _ = compare(
        transcript_of(tmp_path, ONE, TWO), transcript_of(tmp_path, *other, roles=roles)
    )
    assert counts(account) == (2, 0, 0, 0)


def test_names_count_where_roles_are_known_of_one_export_only(tmp_path: Path) -> None:
    account, _ = compare(
        transcript_of(tmp_path, ONE, TWO), transcript_of(tmp_path, ONE, TWO, roles=Roles())
    )
    assert counts(account) == (2, 0, 0, 0)


def chatlog(folder: Path, *rows: tuple[int, str, str]) -> Transcript:
    messages = [
        {
            "seq": seq,
            "time": f"2026-05-01T{time}+08:00",
            "talker": "shop",
            "sender": "shop",
            "isSelf": False,
            "type": 1,
            "subType": 0,
            "content": text,
        }
        for seq, time, text in rows
    ]
    return transcript_of_text(folder, json.dumps(messages), parser="chatlog_json")


def test_platform_id_finds_an_edited_message(tmp_path: Path) -> None:
    a = chatlog(tmp_path, (7001, "10:00:00", "保证"), (7002, "10:00:00", "好"))
    b = chatlog(tmp_path, (7002, "10:00:00", "好"), (7001, "10:00:00", "尽量"))
    account, (one,) = compare(a, b)
    assert counts(account) == (1, 0, 0, 1)
    assert account.by_platform_id == 2
    assert (one.number_a, one.number_b) == (1, 2)


def test_same_id_of_unlike_messages_is_no_pair(tmp_path: Path) -> None:
    a = chatlog(tmp_path, (1, "10:00:00", "保证"))
    b = chatlog(tmp_path, (1, "11:00:00", "别的"))
    account, _ = compare(a, b)
    assert counts(account) == (0, 1, 1, 0)


def test_equal_texts_of_one_id_at_two_times_are_a_pair(tmp_path: Path) -> None:
    # two exporters may write another time for it, one of them in another zone
    a, b = chatlog(tmp_path, (7, "10:00:00", "在")), chatlog(tmp_path, (7, "11:00:00", "在"))
    account, _ = compare(a, b)
    assert (counts(account), account.by_platform_id) == ((1, 0, 0, 0), 1)


def test_records_without_an_id_are_no_pair_by_it(tmp_path: Path) -> None:
    account, _ = compare(transcript_of(tmp_path, ONE), chatlog(tmp_path, (7, "11:00:00", "在")))
    assert (counts(account), account.by_platform_id) == ((0, 1, 1, 0), 0)


def test_record_of_one_id_has_one_partner(tmp_path: Path) -> None:
    a = chatlog(tmp_path, (1, "10:00:00", "在吗"), (1, "10:00:00", "在吗"))
    account, (one,) = compare(a, chatlog(tmp_path, (1, "10:00:00", "在吗")))
    assert (counts(account), account.by_platform_id) == ((1, 1, 0, 0), 1)
    assert (one.side, one.number_a) == (Side.ONLY_IN_A, 2)


def test_seconds_are_left_out_where_one_export_has_none(tmp_path: Path) -> None:
    coarse = "2026-05-01 10:00 云雀点卡: 保证发货\n2026-05-01 10:01 阿禾: 好\n"
    account, _ = compare(
        transcript_of(tmp_path, ("10:00:31", SHOP, "保证发货"), ("10:01:02", BUYER, "好")),
        transcript_of_text(tmp_path, coarse, parser="generic_txt"),
    )
    assert counts(account) == (2, 0, 0, 0)
