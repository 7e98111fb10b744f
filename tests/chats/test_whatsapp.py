"""WhatsApp's exports where they are handed over as a zip, and the words of the app."""

import zipfile
from pathlib import Path

import pytest

from evidence_kit.chats.containers import exports
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import choose
from evidence_kit.chats.reading import Reading
from evidence_kit.chats.record import Flag, RecordKind
from evidence_kit.chats.whatsapp import Content, content_of, is_notice
from tests.chats.exports import EXPORTS, read

PHOTO = "00000002-PHOTO-2026-05-01-15-07-42.jpg"
IOS = (
    "[2026/5/1 下午3:07:41] 店主: 三天内发货\r\n"
    f"\u200e[2026/5/1 下午3:07:42] 店主: \u200e<附件：{PHOTO}>\r\n"
)
ANDROID = (
    "2026/5/1 下午3:07 - 店主: 三天内发货\n"
    "2026/5/1 下午3:08 - 店主: IMG-20260501-WA0014.jpg (文件附件)\n"
)


@pytest.mark.parametrize(
    ("name", "text", "photo"),
    [
        ("_chat.txt", IOS, PHOTO),
        ("WhatsApp Chat with 店主.txt", ANDROID, "IMG-20260501-WA0014.jpg"),
        ("与店主的 WhatsApp 聊天.txt", ANDROID, "IMG-20260501-WA0014.jpg"),
    ],
)
def test_zip_with_media_is_read_and_its_attachments_are_named(
    name: str, text: str, photo: str, tmp_path: Path
) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as container:
        container.writestr(photo, b"\xff\xd8\xff")
        container.writestr(name, text.encode())
    (tmp_path / "texts").mkdir()
    (export,) = exports(path, tmp_path / "texts")
    parser = choose(export.head)
    assert parser is not None and parser.id == "whatsapp_txt"
    first, second = Reading(export.source(), parser)
    assert first.body_raw == "三天内发货"
    assert second.kind is RecordKind.MEDIA
    assert second.attachments == (photo,)
    assert second.src.member == name
    with zipfile.ZipFile(path) as container:
        assert second.attachments[0] in container.namelist()


def test_generator_has_the_variants_that_the_format_has_in_the_wild() -> None:
    variants = [export for export in EXPORTS if export.parser == "whatsapp_txt"]
    assert len({export.case.known_from for export in variants}) >= 15
    assert len(variants) >= 25


@pytest.mark.parametrize("word", ["好的", "图片没有略去", "This message was deleted by me\nreally"])
def test_what_people_say_is_no_stand_in(word: str) -> None:
    assert content_of(word) == Content(RecordKind.TEXT, word)


def test_mark_of_an_edit_is_cut_off_only_where_the_app_put_it() -> None:
    edited = (Flag.EDITED,)
    assert content_of("五天 \u200e<此消息已编辑>") == Content(RecordKind.TEXT, "五天", edited)
    typed = "五天 <此消息已编辑>"
    assert content_of(typed) == Content(RecordKind.TEXT, typed, edited)


def test_many_marks_of_an_edit_are_read_once() -> None:
    body = "五天" + " \u200e<此消息已编辑>" * 100_000
    assert len(content_of(body).body) == len(body) - len(" \u200e<此消息已编辑>")


def test_notice_with_anything_behind_it_is_none() -> None:
    notice = "消息和通话已进行端到端加密。只有此聊天中的成员可以查看、收听或分享。"
    assert is_notice(notice)
    assert not is_notice(notice + "假一赔十")
    assert not is_notice(notice + "\n假一赔十")


def test_text_with_another_senders_line_in_it_is_flagged(tmp_path: Path) -> None:
    text = (
        "[2026/5/1 15:07:41] 店主: 在\n"
        "[2026/5/1 15:08:41] 阿禾: 请发货\n"
        "2026/5/1 15:09:41] 店主: 保证今天发\n"
        "[2026/5/1 15:10:41] 阿禾: 单价：598\n合计：1196\n"
    )
    (tmp_path / "_chat.txt").write_text(text)
    records, _ = read(tmp_path / "_chat.txt", "whatsapp_txt")
    assert [record.flags for record in records] == [(), (Flag.LOST_HEADER,), ()]


@pytest.mark.parametrize(
    "line", ["店主：好", "店主: 好", ":41] 店主: 好", "10:00 - 店主: 好", "3:07 PM 店主：好"]
)
def test_name_behind_what_is_left_of_a_time_is_found(line: str) -> None:
    known = KnownSenders()
    known.add("店主")
    assert known.flags_of(f"在\n{line}") == (Flag.LOST_HEADER,)
    assert known.flags_of(line) == ()


@pytest.mark.parametrize("line", ["别人：好", "老店主：好", "好，店主", "店主://a"])
def test_other_lines_are_not_taken_for_lost_messages(line: str) -> None:
    known = KnownSenders()
    known.add("店主")
    assert known.flags_of(f"在\n{line}") == ()


def test_body_of_a_hundred_thousand_colons_takes_no_long(tmp_path: Path) -> None:
    path = tmp_path / "_chat.txt"
    path.write_text("[2026/5/1 15:07:41] 店主: 在" + ":：- ] " * 100_000 + "\n" * 100_000)
    records, _ = read(path, "whatsapp_txt")
    assert len(records) == 1
