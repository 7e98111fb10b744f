"""Narrowing: what lies in a part of a chat, what does not, and what no time tells."""

import json
from pathlib import Path

import pytest

from evidence_kit.chats.marks import MarkFinder
from evidence_kit.chats.narrowing import Narrowing, Only, Selection, tally
from evidence_kit.chats.silence import find_silences
from tests.chats.chatting import (
    BUYER,
    LEXICONS,
    SHOP,
    Line,
    transcript_of,
    transcript_of_text,
)

SAID: tuple[Line, ...] = (
    ("2026-05-01 23:59:59", BUYER, "在吗"),
    ("2026-05-02 00:00:00", SHOP, "保证三天内发货"),
    ("2026-05-02 23:59:59", BUYER, "我要退款"),
    ("2026-02-30 10:00:00", BUYER, "没有这一天"),
    ("2026-05-03 00:00:00", "小二", "概不退换"),
    ("2026-05-09 00:00:00", SHOP, "在"),
)


def narrowing(
    first: str | None = None,
    last: str | None = None,
    *only: Only,
    senders: tuple[str, ...] = (),
) -> Narrowing:
    return Narrowing(from_on=first, until_on=last, senders=senders, only=only)


def judged(folder: Path, by: Narrowing, rejected: tuple[int, ...] = ()) -> list[bool | None]:
    with transcript_of(folder, *SAID) as chat:
        finder = MarkFinder(chat, LEXICONS)
        out = {
            (chat.entry(number).record.id, one.category)
            for number in rejected
            for one in finder.marks(chat.entry(number))
        }
        part = Selection(chat, by, finder, frozenset(out))
        return [part.of_entry(entry) for entry in chat.in_file_order()]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (narrowing(), [True, True, True, True, True, True]),
        (narrowing("2026-05-02", "2026-05-02"), [False, True, True, None, False, False]),
        (narrowing("2026-05-03"), [False, False, False, None, True, True]),
        (narrowing(None, "2026-05-01"), [True, False, False, None, False, False]),
        (narrowing("0001-01-01", "9999-12-31"), [True, True, True, None, True, True]),
        (narrowing("2026-05-02", senders=(SHOP,)), [False, True, False, False, False, True]),
        (narrowing(senders=(SHOP, "小二")), [False, True, False, False, True, True]),
        (narrowing(None, None, Only.BUYER), [True, False, True, True, False, False]),
        (
            narrowing(None, None, Only.BUYER, Only.MERCHANT),
            [True, True, True, True, False, True],
        ),
        (narrowing(None, None, Only.MARKED), [False, True, True, False, True, False]),
        (narrowing(None, None, Only.CLAIM), [False, False, True, False, False, False]),
        (
            narrowing(None, None, Only.PROMISE, Only.REFUSAL),
            [False, True, False, False, True, False],
        ),
        (
            narrowing("2026-05-03", None, Only.MARKED, Only.PROMISE),
            [False, False, False, False, False, False],
        ),
        (narrowing(None, None, Only.MERCHANT, Only.REFUSAL), [False] * 6),
    ],
)
def test_record_lies_in_a_part_by_its_day_sender_party_and_marks(
    by: Narrowing, expected: list[bool | None], tmp_path: Path
) -> None:
    assert judged(tmp_path, by) == expected


def test_rejected_marks_make_no_message_a_marked_one(tmp_path: Path) -> None:
    marked = narrowing(None, None, Only.MARKED)
    assert judged(tmp_path, marked, rejected=(2,)) == [False, False, True, False, True, False]


def test_mark_lies_in_a_part_even_where_it_is_rejected(tmp_path: Path) -> None:
    with transcript_of(tmp_path, *SAID) as chat:
        (promise,) = MarkFinder(chat, LEXICONS).marks(chat.entry(2))[:1]
        place = frozenset({(promise.record, promise.category)})
        part = Selection(chat, narrowing(None, None, Only.PROMISE), None, place)
        assert part.of_mark(promise) is True
        assert Selection(chat, narrowing(None, None, Only.REFUSAL)).of_mark(promise) is False
        assert Selection(chat, narrowing("2026-05-03")).of_mark(promise) is False


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, "2026-05-01", [True, False]),  # opened on that day, answered on the next
        ("2026-05-02", "2026-05-02", [True, True]),
        ("2026-05-04", "2026-05-05", [False, True]),  # lasts from before it to after it
        ("2026-05-10", None, [False, False]),
    ],
)
def test_wait_lies_in_a_part_where_it_reaches_into_it(
    first: str | None, last: str | None, expected: list[bool], tmp_path: Path
) -> None:
    with transcript_of(tmp_path, *SAID) as chat:
        part = Selection(chat, narrowing(first, last))
        runs = list(find_silences(chat))
        assert [part.of_silence(run) for run in runs] == expected
        # whatever the part, a wait is told as the whole chat has it
        assert [run.closed_by for run in runs] == [2, 6]


UNCERTAIN = "2026-02-30 10:00:00"


@pytest.mark.parametrize(
    ("begins", "ends", "by", "expected"),
    [
        (UNCERTAIN, "2026-05-02 10:00:00", narrowing("2026-05-02"), True),
        (UNCERTAIN, "2026-05-01 10:00:00", narrowing("2026-05-02"), False),
        (UNCERTAIN, "2026-05-09 10:00:00", narrowing("2026-05-02", "2026-05-03"), None),
        ("2026-05-01 10:00:00", UNCERTAIN, narrowing("2026-05-02"), None),
        ("2026-05-02 10:00:00", UNCERTAIN, narrowing("2026-05-02"), True),
        ("2026-05-09 10:00:00", UNCERTAIN, narrowing(None, "2026-05-02"), False),
        (UNCERTAIN, UNCERTAIN, narrowing("2026-05-02"), None),
        (UNCERTAIN, UNCERTAIN, narrowing(), True),
    ],
)
def test_wait_of_no_certain_time_is_judged_by_what_is_certain_of_it(
    begins: str, ends: str, by: Narrowing, expected: bool | None, tmp_path: Path
) -> None:
    with transcript_of(tmp_path, (begins, BUYER, "在吗"), (ends, SHOP, "在")) as chat:
        (run,) = find_silences(chat)
        assert Selection(chat, by).of_silence(run) is expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (narrowing("2026-05-02", "2026-05-03"), True),  # the buyer asked again then
        (narrowing("2026-05-04", "2026-05-05"), True),  # and had no reply yet
        (narrowing(None, "2026-05-01"), None),
        (narrowing("2026-05-10"), False),
    ],
)
def test_wait_that_begins_at_no_certain_time_is_judged_by_its_later_messages(
    by: Narrowing, expected: bool | None, tmp_path: Path
) -> None:
    said: tuple[Line, ...] = (
        (UNCERTAIN, BUYER, "在吗"),
        ("2026-05-03 10:00:00", BUYER, "人呢"),
        ("2026-05-09 10:00:00", SHOP, "在"),
    )
    with transcript_of(tmp_path, *said) as chat:
        (run,) = find_silences(chat)
        assert Selection(chat, by).of_silence(run) is expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (narrowing("2026-02-03", "2026-03-02"), True),  # 3 February or 2 March
        (narrowing("2026-02-04"), None),
        (narrowing("2026-03-03"), False),
    ],
)
def test_date_of_several_readings_lies_in_a_part_where_all_of_them_do(
    by: Narrowing, expected: bool | None, tmp_path: Path
) -> None:
    export = "02/03/2026, 10:00 - Shop: promised\n02/03/2026, 10:01 - Me: good\n"
    with transcript_of_text(tmp_path, export, parser="whatsapp_txt") as chat:
        part = Selection(chat, by)
        assert [part.of_entry(entry) for entry in chat.in_file_order()] == [expected] * 2


def test_sender_may_be_named_by_id(tmp_path: Path) -> None:
    export = json.dumps(
        {
            "metadata": {"name": "QQChatExporter"},
            "messages": [
                {
                    "id": str(number),
                    "timestamp": 1777600800000 + number,
                    "sender": {"uid": uid, "name": "店主"},
                    "type": "type_1",
                    "content": {"text": "在", "elements": [], "resources": [], "mentions": []},
                }
                for number, uid in enumerate(("u_1", "u_2"))
            ],
        }
    )
    with transcript_of_text(tmp_path, export, parser="qqchatexporter_json") as chat:
        for names, expected in ((("u_2",), [False, True]), (("店主",), [True, True])):
            part = Selection(chat, narrowing(senders=names))
            assert [part.of_entry(entry) for entry in chat.in_file_order()] == expected


def test_tally_counts_what_is_shown_and_what_no_time_tells() -> None:
    found = tally([True, None, False, True, None], lambda one: one)
    assert (bytes(found.shown), found.untimed) == (b"\1\0\0\1\0", 2)
