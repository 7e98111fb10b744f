"""Marks: what they are tagged with, and which bytes of the original they stand for."""

from pathlib import Path

import pytest

from evidence_kit.chats.clauses import Tag
from evidence_kit.chats.marks import MARKS_PER_RECORD, Mark, find_marks
from evidence_kit.chats.reading import Roles
from evidence_kit.chats.record import Party
from evidence_kit.chats.transcript import Transcript
from tests.chats.chatting import (
    BUYER,
    LEXICONS,
    READ,
    SHOP,
    lines,
    recalled,
    transcript_of,
    transcript_of_text,
)
from tests.chats.exports import Export, options_of, reading_of


def marks_in(folder: Path, text: str) -> list[Mark]:
    with transcript_of(folder, ("10:00:00", SHOP, text)) as chat:
        return list(find_marks(chat, LEXICONS))


@pytest.mark.parametrize(
    ("text", "words", "tags"),
    [
        ("保证三天发货", "保证", ()),
        ("我们不保证", "保证", (Tag.NEGATED,)),
        ("不能向你保证", "保证", (Tag.NEGATED,)),
        ("保证不了", "保证", (Tag.NEGATED,)),
        ("没说不退", "不退", (Tag.NEGATED,)),
        ("没有说不退", "不退", (Tag.NEGATED,)),
        ("不退", "不退", ()),
        ("不好意思保证退", "保证", ()),
        ("没问题，保证退", "保证", ()),
        ("没关系保证退", "保证", ()),
        ("不行，我保证", "保证", ()),
        ("能保证吗？", "保证", (Tag.QUESTION,)),
        ("能保证吗", "保证", (Tag.QUESTION,)),
        ("能今天发货吗", "今天发货", (Tag.QUESTION,)),
        ("能不能保证", "保证", (Tag.QUESTION,)),
        ("是否承诺?", "承诺", (Tag.QUESTION,)),
        ("我们保证，您看什么时候方便？", "保证", ()),
        ("谁说不保证？", "保证", (Tag.NEGATED, Tag.QUESTION)),
        ("你说“保证退款”", "保证", (Tag.QUOTED,)),
        ("「店主：保证退款」\n你说的", "保证", (Tag.QUOTED,)),
        ('你说"保证退款"', "保证", (Tag.QUOTED,)),
        ("> 保证退款\n好", "保证", (Tag.QUOTED,)),
        ('5" 屏，保证正品', "保证", ()),
        ("好“，保证", "保证", ()),
        ("we do not guarantee it", "guarantee", (Tag.NEGATED,)),
        ("we guarantee it", "guarantee", ()),
        ("no problem, we guarantee it", "guarantee", ()),
        ("nothing but the best, guaranteed", "guaranteed", ()),
        ("do you guarantee it", "guarantee", (Tag.QUESTION,)),
        ("whenever I promise", "i promise", (Tag.CONDITION,)),
        ("等发货了告诉您单号", "发货了", (Tag.CONDITION,)),
    ],
)
def test_mark_is_tagged_by_its_clause(
    text: str, words: str, tags: tuple[Tag, ...], tmp_path: Path
) -> None:
    found = [mark for mark in marks_in(tmp_path, text) if mark.text.lower() == words]
    assert [mark.tags for mark in found] == [tags]
    assert found[0].is_plain is not bool(tags)


def test_mark_names_its_lexicon_its_speaker_and_its_place(tmp_path: Path) -> None:
    (mark,) = marks_in(tmp_path, "亲，保证正品")
    assert (mark.lexicon, mark.lexicon_version, mark.pattern) == ("zh", "3", "保证")
    assert (mark.role, mark.sender_raw) == (Party.MERCHANT, SHOP)
    assert (mark.char_start, mark.char_end) == (2, 4)


@pytest.mark.parametrize(
    ("sender", "text", "words", "tags"),
    [
        (BUYER, "你说24小时内发货", "24小时内发", (Tag.BY_BUYER,)),
        (BUYER, "> 保证退款", "保证", (Tag.QUOTED, Tag.BY_BUYER)),
        (BUYER, "已发货？", "已发货", (Tag.QUESTION, Tag.BY_BUYER)),
        (BUYER, "不退我投诉", "不退", (Tag.BY_BUYER,)),
        (BUYER, "不退我投诉", "投诉", ()),
        (BUYER, "加我微信", "加我微信", ()),
        (SHOP, "随你，去举报", "举报", (Tag.BY_MERCHANT,)),
        (SHOP, "加我微信", "加我微信", ()),
        ("路人", "保证退款", "保证", ()),
        ("路人", "保证退款", "退款", ()),
    ],
)
def test_mark_of_the_other_party_is_tagged(
    sender: str, text: str, words: str, tags: tuple[Tag, ...], tmp_path: Path
) -> None:
    with transcript_of(tmp_path, ("10:00:00", sender, text)) as chat:
        (found,) = (mark for mark in find_marks(chat, LEXICONS) if mark.text == words)
    assert found.tags == tags
    assert found.is_theirs is not bool({Tag.BY_BUYER, Tag.BY_MERCHANT} & set(tags))


def test_nothing_is_of_the_other_party_where_nobody_said_who_is_who(tmp_path: Path) -> None:
    with transcript_of(tmp_path, ("10:00:00", BUYER, "保证退款"), roles=Roles()) as chat:
        assert [mark.tags for mark in find_marks(chat, LEXICONS)] == [(), ()]


def test_system_lines_are_not_searched(tmp_path: Path) -> None:
    with transcript_of(tmp_path, ("10:00:00", "", "保证退款")) as chat:
        assert list(find_marks(chat, LEXICONS)) == []


def test_many_hits_in_one_message_are_bounded_and_that_is_said(tmp_path: Path) -> None:
    marks = marks_in(tmp_path, "保证，" * 5000)
    assert len(marks) == MARKS_PER_RECORD
    assert [Tag.MORE in mark.tags for mark in marks[-2:]] == [False, True]
    assert marks[-1].is_plain


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_bytes_of_a_mark_are_its_words(encoding: str, end: str, tmp_path: Path) -> None:
    said = lines(
        ("10:00:00", "保证", "😀 第一行\n第二行，保证退款\n第三行保证"),
        ("10:00:01", BUYER, "没收到"),
    )
    with transcript_of_text(tmp_path, said.replace("\n", end), encoding=encoding) as chat:
        source = chat.source_of(chat.entry(1).record)
        data = source.path.read_bytes()
        marks = list(find_marks(chat, LEXICONS))
        assert [mark.text for mark in marks] == ["保证", "退款", "保证", "没收到"]
        for mark in marks:
            assert mark.is_exact
            assert source.decode(data[mark.byte_start : mark.byte_end]) == mark.text


@pytest.mark.parametrize("export", READ, ids=str)
def test_exact_bytes_are_the_words_in_every_format(export: Export) -> None:
    data = export.path.read_bytes()
    with Transcript(reading_of(export.path, export.parser, options_of(export.case))) as chat:
        for mark in find_marks(chat, LEXICONS):
            entry = chat.entry(mark.number)
            assert entry.record.body_raw[mark.char_start : mark.char_end] == mark.text
            found = chat.source_of(entry.record).decode(data[mark.byte_start : mark.byte_end])
            if mark.is_exact:
                assert mark.text in (found, found.encode().decode("unicode_escape"))
            else:
                span = entry.record.src
                assert (mark.byte_start, mark.byte_end) == (span.byte_start, span.byte_end)


@pytest.mark.parametrize(
    ("key", "tag"), [("recalled", Tag.RECALLED), ("isRecalled", Tag.RECALLED), ("other", None)]
)
def test_words_of_a_recalled_message_are_marked_and_tagged(
    key: str, tag: Tag | None, tmp_path: Path
) -> None:
    with transcript_of_text(
        tmp_path, recalled("我们不保证，已发货", **{key: True}), parser="qqchatexporter_json"
    ) as chat:
        found = list(find_marks(chat, LEXICONS))
    more = (tag,) if tag else ()
    assert [(one.text, one.tags) for one in found] == [
        ("保证", (Tag.NEGATED, *more)),
        ("已发货", more),
    ]
    assert found[1].is_plain
