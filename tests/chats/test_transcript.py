"""Numbers, times and the order of the records of one export."""

from pathlib import Path

import msgspec
import pytest

from evidence_kit.chats import derived
from evidence_kit.chats.reading import Reading, Roles
from evidence_kit.crypto.digest import sha256_hex
from tests.chats.chatting import BUYER, READ, SHOP, numbers, transcript_of, transcript_of_text
from tests.chats.exports import Export, options_of, reading_of


def test_records_in_order_stay_as_they_are(tmp_path: Path) -> None:
    with transcript_of(
        tmp_path, ("10:00:00", SHOP, "一"), ("10:00:00", BUYER, "二"), ("10:00:01", SHOP, "三")
    ) as chat:
        assert numbers(list(chat.in_time_order())) == [1, 2, 3]
        assert not chat.is_newest_first
        assert chat.period_ms == (1777600800000, 1777600801000)


def test_record_out_of_order_is_put_in_its_place(tmp_path: Path) -> None:
    with transcript_of(
        tmp_path, ("10:00:00", SHOP, "一"), ("10:00:05", BUYER, "二"), ("10:00:01", SHOP, "三")
    ) as chat:
        assert numbers(list(chat.in_time_order())) == [1, 3, 2]
        assert numbers(list(chat.in_file_order())) == [1, 2, 3]


def test_record_of_no_time_stays_behind_the_one_before_it(tmp_path: Path) -> None:
    with transcript_of(
        tmp_path,
        ("10:00:05", SHOP, "一"),
        ("2026-02-30 10:00:00", BUYER, "没有这一天"),
        ("10:00:01", SHOP, "三"),
        ("10:00:07", SHOP, "四"),
    ) as chat:
        entries = list(chat.in_time_order())
        assert numbers(entries) == [3, 1, 2, 4]
        assert [entry.at_ms is None for entry in entries] == [False, False, True, False]


def test_export_with_the_newest_first_is_turned_around_within_a_moment(tmp_path: Path) -> None:
    with transcript_of(
        tmp_path,
        ("10:00:05", SHOP, "四"),
        ("10:00:01", BUYER, "三"),
        ("10:00:01", SHOP, "二"),
        ("10:00:00", SHOP, "一"),
    ) as chat:
        assert chat.is_newest_first
        bodies = [entry.record.body_raw for entry in chat.in_time_order()]
        assert bodies == ["一", "二", "三", "四"]


def test_record_is_found_by_its_number_and_no_other(tmp_path: Path) -> None:
    with transcript_of(tmp_path, ("10:00:00", SHOP, "一"), ("10:00:01", BUYER, "二")) as chat:
        assert chat.entry(2).record.body_raw == "二"
        for number in (0, 3, -1):
            with pytest.raises(IndexError):
                chat.entry(number)


def test_empty_export_has_no_records(tmp_path: Path) -> None:
    with transcript_of_text(tmp_path, "") as chat:
        assert list(chat.in_time_order()) == []
        assert chat.period_ms is None


@pytest.mark.parametrize("export", READ, ids=str)
def test_digest_is_that_of_the_derived_messages(export: Export, tmp_path: Path) -> None:
    options = options_of(export.case)
    from evidence_kit.chats.transcript import Transcript

    derived.derive(
        lambda _: [reading_of(export.path, export.parser, options)],
        tmp_path,
        name="x",
        roles=Roles(),
    )
    reading: Reading = reading_of(export.path, export.parser, options)
    with Transcript(reading) as chat:
        assert chat.sha256 == sha256_hex((tmp_path / derived.MESSAGES).read_bytes())
        again = [msgspec.json.encode(entry.record) for entry in chat.in_file_order()]
        assert again == (tmp_path / derived.MESSAGES).read_bytes().splitlines()
