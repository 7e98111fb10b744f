"""Promises: which words count, when they are due, and what the export has after them."""

import json
from pathlib import Path

import pytest

from evidence_kit.chats.deadlines import due_ms, find_deadlines
from evidence_kit.chats.lexicon import Category
from evidence_kit.chats.parser import Options
from evidence_kit.chats.promises import PromiseCheck, check_promises, find_rejected
from tests.chats.chatting import (
    BUYER,
    LEXICONS,
    SHOP,
    Line,
    recalled,
    transcript_of,
    transcript_of_text,
)

HOUR_MS = 3_600_000
AT_MS = 1777600800000  # 2026-05-01 10:00:00 +08:00


def checks(folder: Path, *said: Line) -> list[PromiseCheck]:
    with transcript_of(folder, *said) as chat:
        return list(check_promises(chat, LEXICONS))


PROMISED: Line = ("10:00:00", SHOP, "保证24小时内发货")


def test_delivery_after_a_promise_is_named_with_its_distance(tmp_path: Path) -> None:
    (check,) = checks(
        tmp_path, PROMISED, ("11:00:00", BUYER, "已发货了？"), ("12:00:00", SHOP, "已发货，请查收")
    )
    assert (check.number, check.next_category, check.next_number) == (1, Category.DELIVERY, 3)
    (deadline,) = check.deadlines
    assert (deadline.text, deadline.due_ms) == ("24小时内", AT_MS + 24 * HOUR_MS)
    assert deadline.is_zone_assumed
    assert deadline.late_ms == -22 * HOUR_MS


def test_refusal_after_the_deadline_is_named_as_late(tmp_path: Path) -> None:
    (check,) = checks(tmp_path, PROMISED, ("2026-05-03 10:00:00", SHOP, "不退"))
    assert (check.next_category, check.next_text) == (Category.REFUSAL, "不退")
    assert check.deadlines[0].late_ms == 24 * HOUR_MS


@pytest.mark.parametrize(
    "line",
    [
        ("11:00:00", SHOP, "好的亲"),
        ("11:00:00", SHOP, "没说不退"),
        ("11:00:00", SHOP, "已发货吗？"),
        ("11:00:00", SHOP, "您说“已发货”"),
        ("11:00:00", SHOP, "等发货了告诉您单号"),
        ("11:00:00", SHOP, "发货后会显示已发货"),
        ("11:00:00", SHOP, "Delivered within 5 minutes after payment"),
        ("11:00:00", SHOP, "Once it is shipped you get a number"),
        ("11:00:00", BUYER, "你说已发货"),
        ("09:00:00", SHOP, "已发货"),
    ],
)
def test_without_delivery_or_refusal_none_is_named(line: Line, tmp_path: Path) -> None:
    check = checks(tmp_path, PROMISED, line)[0]
    assert (check.next_category, check.next_number, check.next_at_ms) == (None, None, None)
    assert check.deadlines[0].late_ms is None


@pytest.mark.parametrize(
    "line",
    [
        ("10:00:00", BUYER, "你保证24小时内发货"),
        ("10:00:00", SHOP, "我们不保证"),
        ("10:00:00", SHOP, "要保证吗？"),
        ("10:00:00", SHOP, "您说“保证退款”"),
        ("10:00:00", SHOP, "在的"),
    ],
)
def test_what_is_no_promise_of_the_merchant_is_not_listed(line: Line, tmp_path: Path) -> None:
    assert checks(tmp_path, line) == []


def test_refund_promised_for_what_is_not_shipped_is_the_promise(tmp_path: Path) -> None:
    (check,) = checks(tmp_path, ("10:00:00", SHOP, "24小时内不发货包退"))
    assert [one.text for one in check.marks] == ["包退"]
    assert [one.text for one in check.deadlines] == ["24小时内"]


def test_two_promises_are_settled_by_one_delivery(tmp_path: Path) -> None:
    first, second = checks(
        tmp_path, PROMISED, ("11:00:00", SHOP, "承诺今天发货"), ("12:00:00", SHOP, "已发货")
    )
    assert (first.next_number, second.next_number) == (3, 3)


def test_delivery_in_the_same_message_does_not_settle_it(tmp_path: Path) -> None:
    (check,) = checks(tmp_path, ("10:00:00", SHOP, "现货秒发，保证正品"))
    assert check.next_number is None


def test_deadline_of_another_sentence_is_not_that_of_the_promise(tmp_path: Path) -> None:
    (check,) = checks(tmp_path, ("10:00:00", SHOP, "保证正品。客服24小时内回复"))
    assert check.deadlines == ()


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("24小时内", 24),
        ("三天内", 72),
        ("两天之内", 48),
        ("十五分钟内", 0.25),
        ("半小时内", 0.5),
        ("半个小时内", 0.5),
        ("一周内", 168),
        ("within 2 days", 48),
        ("within an hour", 1),
        ("今天", 14),
        ("今晚", 14),
        ("明天内", 38),
        ("tomorrow", 38),
        ("3个工作日内", None),
        ("几天内", None),
        ("一个月内", None),
        ("within 3 business days", None),
        ("晚上8点前", None),
        ("今天下午六点半之前", None),
        ("20:00前", None),
        ("999999周内", None),
    ],
)
def test_deadline_is_computed_where_nothing_is_guessed(text: str, hours: float | None) -> None:
    (stated,) = find_deadlines(text)
    assert stated.text == text
    wanted = None if hours is None else AT_MS + int(hours * HOUR_MS)
    assert due_ms(stated, AT_MS, "+08:00") == wanted
    assert due_ms(stated, None, "+08:00") is None


@pytest.mark.parametrize("text", ["24小时客服", "三天", "5月1日", "dayton", "天天"])
def test_other_times_are_no_deadline(text: str) -> None:
    assert list(find_deadlines(text)) == []


def test_time_that_can_be_read_both_ways_gives_no_deadline(tmp_path: Path) -> None:
    said = "02/03/2026 10:00:00 云雀点卡: 保证24小时内发货\n"
    with transcript_of_text(tmp_path, said, parser="generic_txt") as chat:
        (check,) = check_promises(chat, LEXICONS)
    assert (check.at_ms, check.deadlines[0].due_ms) == (None, None)
    order = Options(date_order="mdy")
    with transcript_of_text(tmp_path, said, parser="generic_txt", options=order) as chat:
        (check,) = check_promises(chat, LEXICONS)
    assert check.deadlines[0].due_ms is not None


@pytest.mark.parametrize(("is_recalled", "promised", "delivered"), [(True, 1, 0), (False, 1, 1)])
def test_recalled_message_can_promise_and_not_deliver(
    is_recalled: bool, promised: int, delivered: int, tmp_path: Path
) -> None:
    export = json.loads(recalled("保证24小时内发货", recalled=is_recalled))
    later = json.loads(recalled("已发货", recalled=is_recalled))["messages"][0]
    export["messages"].append({**later, "id": "2", "timestamp": AT_MS + HOUR_MS})
    with transcript_of_text(tmp_path, json.dumps(export), parser="qqchatexporter_json") as chat:
        found = list(check_promises(chat, LEXICONS))
    assert len(found) == promised
    assert [one.next_number for one in found] == [2 if delivered else None]


def test_rejected_marks_count_neither_as_promise_nor_as_what_follows(tmp_path: Path) -> None:
    said: list[Line] = [PROMISED, ("11:00:00", SHOP, "保证三天退款"), ("12:00:00", SHOP, "已发货")]
    with transcript_of(tmp_path, *said) as chat:
        ids = [entry.record.id for entry in chat.in_file_order()]
        rejected = {(ids[0], Category.PROMISE), (ids[2], Category.DELIVERY)}
        (check,) = check_promises(chat, LEXICONS, rejected=rejected)
        assert (check.number, check.next_category) == (2, None)
        left_out = list(find_rejected(chat, LEXICONS, rejected))
        assert {(one.number, one.category) for one in left_out} == {
            (1, Category.PROMISE),
            (3, Category.DELIVERY),
        }
        assert list(find_rejected(chat, LEXICONS, frozenset())) == []


def test_confirmed_marks_count_whatever_their_tags_and_say_so(tmp_path: Path) -> None:
    said: list[Line] = [
        ("10:00:00", SHOP, "我们不包退怎么行"),
        ("11:00:00", SHOP, "等发货了告诉您"),
        ("12:00:00", BUYER, "已发货"),
    ]
    with transcript_of(tmp_path, *said) as chat:
        ids = [entry.record.id for entry in chat.in_file_order()]
        assert list(check_promises(chat, LEXICONS)) == []
        confirmed = {(ids[0], Category.PROMISE), (ids[1], Category.DELIVERY)}
        (check,) = check_promises(chat, LEXICONS, confirmed=confirmed)
        assert (check.number, check.is_confirmed) == (1, True)
        assert (check.next_number, check.is_next_confirmed) == (2, True)
        plain = {(ids[0], Category.PROMISE)}
        (check,) = check_promises(chat, LEXICONS, confirmed=plain)
        assert (check.next_number, check.is_next_confirmed) == (None, False)


def test_confirmed_delivery_in_a_recalled_message_counts(tmp_path: Path) -> None:
    export = json.loads(recalled("保证24小时内发货", recalled=False))
    later = json.loads(recalled("已发货", recalled=True))["messages"][0]
    export["messages"].append({**later, "id": "2", "timestamp": AT_MS + HOUR_MS})
    with transcript_of_text(tmp_path, json.dumps(export), parser="qqchatexporter_json") as chat:
        ids = [entry.record.id for entry in chat.in_file_order()]
        (check,) = check_promises(chat, LEXICONS, confirmed={(ids[1], Category.DELIVERY)})
    assert check.next_number == 2
