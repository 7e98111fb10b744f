"""A user's word on marks goes into a note of its own, and is read from there only if unaltered."""

from pathlib import Path

import msgspec
import pytest

from evidence_kit.actions.add import add_files
from evidence_kit.actions.case import Case
from evidence_kit.actions.chats import ChatOptions
from evidence_kit.actions.judge_marks import (
    CATEGORIES,
    Judged,
    MarksNote,
    judge_marks,
    read_judgements,
    read_names,
)
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.sealed_chat import open_chat
from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.chats.lexicon import Category, load_lexicons
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import UsageError
from fixtures import story
from fixtures.chats import make
from fixtures.chats.dispute import SHOP
from tests.build import make_case
from tests.chats.chatting import BUYER, lines

CHAT = make.HERE / "wechatmsg_txt/k20261101/chat.txt"
ROLES = ChatOptions(me=(story.BUYER_NAME,), merchant=(SHOP,))
LEXICONS = load_lexicons(None)


@pytest.fixture
def chat(kit: Kit, case: Case) -> Path:
    return add_files([CHAT], case, kit=kit, chats=ROLES).path


def judge(
    path: Path, case: Case, kit: Kit, *, confirmed: tuple[str, ...], rejected: tuple[str, ...] = ()
) -> Sealed:
    with open_chat(path, Expectations(anchors=kit.anchors)) as reading:
        assert reading.chat is not None
        return judge_marks(
            case, reading.chat, LEXICONS, confirmed=confirmed, rejected=rejected, kit=kit
        )


def judged(path: Path, case: Case, kit: Kit) -> Judged:
    expectations = Expectations(anchors=kit.anchors)
    with open_chat(path, expectations) as reading:
        assert reading.chat is not None
        return read_judgements(
            case, {one.sha256 for one in reading.chat.transcript.chats}, expectations
        )


def test_word_on_a_mark_is_sealed_beside_the_bundle_and_read_back(
    chat: Path, case: Case, kit: Kit
) -> None:
    before = chat.read_bytes()
    sealed = judge(chat, case, kit, confirmed=("M0004:promise",), rejected=("E1#M0011:拒绝",))
    assert chat.read_bytes() == before
    assert sealed.path.name == "0002-note.evidence.zip"
    found = judged(chat, case, kit)
    assert sorted(found.verdicts.values()) == ["confirmed", "rejected"]
    assert {category for _, category in found.verdicts} == {Category.PROMISE, Category.REFUSAL}
    assert found.unusable == ()
    with Bundle(sealed.path) as bundle:
        note = msgspec.json.decode(bundle.read(layout.MARKS), type=MarksNote)
        origin = bundle.evidence.items[0].origin
    assert [mark.text for mark in note.judgements[0].marks] == ["秒发", "24小时内保证发", "全额退"]
    assert note.judgements[0].marks[1].byte_start == 327
    assert "M0004:promise confirmed 确认" in str(origin)


def test_newest_word_counts(chat: Path, case: Case, kit: Kit) -> None:
    judge(chat, case, kit, confirmed=("M0004:promise",))
    judge(chat, case, kit, confirmed=(), rejected=("M0004:promise",))
    assert list(judged(chat, case, kit).verdicts.values()) == ["rejected"]


def test_note_on_another_chat_says_nothing(
    chat: Path, case: Case, kit: Kit, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes(CHAT.read_bytes() + "2026-11-09 10:00:00 阿禾\n喂\n\n".encode())
    second = add_files([other], case, kit=kit, chats=ROLES).path
    judge(second, case, kit, confirmed=("M0004:promise",))
    assert judged(chat, case, kit).verdicts == {}
    assert judged(second, case, kit).verdicts


def test_note_that_was_changed_does_not_count(chat: Path, case: Case, kit: Kit) -> None:
    sealed = judge(chat, case, kit, confirmed=("M0004:promise",))
    content = sealed.path.read_bytes()
    sealed.path.chmod(0o644)
    sealed.path.write_bytes(content.replace(b'"confirmed"', b'"rejected" '))
    found = judged(chat, case, kit)
    assert (found.verdicts, found.unusable) == ({}, (sealed.path.name,))
    sealed.path.write_bytes(content[:500])
    assert judged(chat, case, kit).unusable == (sealed.path.name,)


def test_note_of_another_case_does_not_count(
    chat: Path, case: Case, kit: Kit, tmp_path: Path
) -> None:
    foreign = make_case(tmp_path / "foreign")
    sealed = judge(chat, foreign, kit, confirmed=("M0004:promise",))
    (case.folder / "0009-note.evidence.zip").write_bytes(sealed.path.read_bytes())
    assert judged(chat, case, kit).verdicts == {}


@pytest.mark.parametrize(
    "name", ["", "M0004", "promise", "M0004:promis", "4x:promise", "M٤:promise", "M" + "9" * 20]
)
def test_name_of_no_mark_is_refused(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_names([name])
    assert caught.value.code == "chat.no_such_mark"


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("M0004:refusal", "chat.not_marked_so", "M0004:promise"),
        ("M0002:promise", "chat.not_marked", "M0002:promise"),
        ("M0099:promise", "chat.no_such_mark", "M0001–M0013"),
        ("M0000:promise", "chat.no_such_mark", "M0001–M0013"),
    ],
)
def test_mark_that_the_chat_does_not_hold_is_refused(
    name: str, code: str, told: str, chat: Path, case: Case, kit: Kit
) -> None:
    with pytest.raises(UsageError) as caught:
        judge(chat, case, kit, confirmed=(name,))
    assert caught.value.code == code
    assert told in f"{caught.value} {caught.value.hint}"
    assert len(case.bundle_paths()) == 1


def test_both_words_on_one_mark_are_refused(chat: Path, case: Case, kit: Kit) -> None:
    with pytest.raises(UsageError) as caught:
        judge(chat, case, kit, confirmed=("M0004:promise",), rejected=("m4:承诺",))
    assert caught.value.code == "chat.mark_twice"


def test_every_category_has_its_chinese() -> None:
    assert set(CATEGORIES) == set(Category)


def test_mark_of_the_other_party_can_be_rejected_and_not_confirmed(
    case: Case, kit: Kit, tmp_path: Path
) -> None:
    export = tmp_path / "said.txt"
    export.write_text(lines(("10:00:00", BUYER, "你说保证退款"), ("10:00:01", SHOP, "在")))
    roles = ChatOptions(me=(BUYER,), merchant=(SHOP,), parser="wechatmsg_txt")
    path = add_files([export], case, kit=kit, chats=roles).path
    with pytest.raises(UsageError) as caught:
        judge(path, case, kit, confirmed=("M0001:promise",))
    assert caught.value.code == "chat.other_party"
    judge(path, case, kit, confirmed=(), rejected=("M0001:promise",))
    assert list(judged(path, case, kit).verdicts.values()) == ["rejected"]
