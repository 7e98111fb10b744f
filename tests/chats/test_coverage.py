"""Coverage: which records are pointed out, and why."""

from pathlib import Path

from evidence_kit.chats.coverage import Notice, find_noticed
from tests.chats.chatting import BUYER, SHOP, lines, transcript_of, transcript_of_text


def test_plain_chat_has_nothing_to_point_out(tmp_path: Path) -> None:
    with transcript_of(tmp_path, ("10:00:00", SHOP, "一"), ("10:00:01", BUYER, "二")) as chat:
        assert list(find_noticed(chat)) == []


def test_each_thing_to_look_at_is_pointed_out(tmp_path: Path) -> None:
    text = "前面的话\n\n" + lines(
        ("10:00:05", SHOP, "一"),
        ("10:00:01", BUYER, "二"),
        ("10:00:06", "", f'"{SHOP}" 撤回了一条消息'),
        ("2026-02-30 10:00:00", SHOP, "四"),
    )
    with transcript_of_text(tmp_path, text) as chat:
        found = {one.number: one.notices for one in find_noticed(chat)}
        assert found == {
            1: (Notice.UNCLAIMED,),
            3: (Notice.BACKWARDS,),
            4: (Notice.RECALL,),
            5: (Notice.NO_SUCH_TIME,),
        }
        assert next(find_noticed(chat)).record.body_raw.startswith("前面的话")


def test_dates_that_can_be_read_both_ways_are_pointed_out(tmp_path: Path) -> None:
    said = "02/03/2026 10:00:00 云雀点卡: 好\n14/03/2026 10:00:00 云雀点卡: 好\n"
    with transcript_of_text(tmp_path, said, parser="generic_txt") as chat:
        assert next(find_noticed(chat)).notices == (Notice.AMBIGUOUS_DATE,)


def test_file_with_the_newest_first_is_not_blamed_record_by_record(tmp_path: Path) -> None:
    with transcript_of(
        tmp_path, ("10:00:05", SHOP, "三"), ("10:00:01", BUYER, "二"), ("10:00:00", SHOP, "一")
    ) as chat:
        assert list(find_noticed(chat)) == []
        assert chat.chats[0].backward_times == 2


def test_two_times_that_contradict_each_other_are_pointed_out(tmp_path: Path) -> None:
    export = (
        '{"name": "店", "type": "personal_chat", "id": 1, "messages": [{"id": 1, "type": "message",'
        ' "date": "2026-05-01T%s:00", "date_unixtime": "1777600800", "from": "店", "text": "好"}]}'
    )
    for clock, notices in (("10:00", []), ("10:07", [(Notice.TIMES_DIFFER,)])):
        with transcript_of_text(tmp_path, export % clock, parser="telegram_json") as chat:
            assert [one.notices for one in find_noticed(chat)] == notices
