"""An export that spreads a chat over several files of a zip is read as one chat."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from evidence_kit.actions.add import add_files
from evidence_kit.actions.case import Case
from evidence_kit.actions.chat_notes import SHOWN_CHATS
from evidence_kit.actions.chats import ChatOptions
from evidence_kit.actions.judge_marks import judge_marks, read_judgements
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.sealed_chat import Derived, SealedChat, open_chat
from evidence_kit.chats.lexicon import load_lexicons
from evidence_kit.chats.marks import find_marks
from evidence_kit.chats.record import Record
from evidence_kit.chats.silence import find_silences
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import UsageError
from fixtures import story
from fixtures.chats import whole
from fixtures.chats.dispute import NAMES, SHOP
from fixtures.chats.formats import meta_json
from fixtures.chats.formats import telegram_html as telegram

ROLES = ChatOptions(me=(story.BUYER_NAME,), merchant=(SHOP,))
BUYER = NAMES["buyer"]
FIRST, SECOND = "ChatExport/messages.html", "ChatExport/messages2.html"


def add(path: Path, kit: Kit, target: Path | Case, options: ChatOptions | None = None) -> Sealed:
    return add_files([path], target, kit=kit, chats=options)


def pages(first: str, second: str) -> Mapping[str, bytes]:
    return {
        FIRST: telegram.page(first, behind=telegram.link("Next messages", "messages2.html")),
        SECOND: telegram.page(second, before=telegram.link("Previous messages", "messages.html")),
    }


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as container:
        for name, content in files.items():
            container.writestr(name, content)
    return path


def bodies(chat: SealedChat) -> list[str]:
    return [entry.record.body_raw for entry in chat.transcript.in_time_order()]


def members_of(chat: SealedChat) -> list[str | None]:
    records: list[Record] = [entry.record for entry in chat.transcript.in_file_order()]
    return list(dict.fromkeys(record.src.member for record in records))


def test_pages_are_one_chat_and_are_numbered_on(kit: Kit, tmp_path: Path) -> None:
    path = whole.telegram_export().zip(tmp_path / "t.zip")
    sealed = add(path, kit, tmp_path / "x.evidence.zip")
    codes = [note.code for note in sealed.notes]
    assert "chat.members" not in codes
    told = [note.params for note in sealed.notes if note.code == "chat.read_files"]
    assert [(one["name"], one["files"], one["messages"]) for one in told] == [
        ("t.zip/ChatExport", 11, 11)
    ]
    with open_chat(sealed.path) as reading:
        chat = reading.chat
        assert chat is not None
        assert bodies(chat) == [f"第{n}页" for n in range(1, 12)]
        assert (chat.derived, chat.member, chat.title) == (
            Derived.SAME,
            "ChatExport",
            "t.zip / ChatExport",
        )
        assert (len(chat.transcript.chats), chat.members) == (11, ("ChatExport",))
        assert [one.records for one in chat.transcript.participants] == [11]


def test_one_file_of_a_chat_may_be_named(kit: Kit, tmp_path: Path) -> None:
    path = whole.telegram_export().zip(tmp_path / "t.zip")
    sealed = add(path, kit, tmp_path / "x.evidence.zip")
    with open_chat(sealed.path, member="ChatExport/messages10.html") as reading:
        assert reading.chat is not None
        assert (reading.chat.derived, reading.chat.transcript.first) == (Derived.SAME, 10)
        assert bodies(reading.chat) == ["第10页"]


def test_reply_on_the_next_page_ends_the_silence(kit: Kit, tmp_path: Path) -> None:
    asked, replied = "2026-05-01 10:00:00", "2026-05-01 13:00:00"
    first = telegram.message(1, asked, BUYER, telegram.text("在吗"))
    second = telegram.message(2, replied, SHOP, telegram.text("在"))
    path = zipped(tmp_path / "t.zip", pages(first, second))
    sealed = add(path, kit, tmp_path / "x.evidence.zip", ROLES)
    with open_chat(sealed.path) as reading:
        assert reading.chat is not None
        (silence,) = find_silences(reading.chat.transcript)
        assert (silence.opened_by, silence.closed_by) == (1, 2)
    with open_chat(sealed.path, member=FIRST) as reading:
        assert reading.chat is not None
        (silence,) = find_silences(reading.chat.transcript)
        assert silence.closed_by is None


def test_days_of_a_channel_are_one_chat_called_by_its_folder(kit: Kit, tmp_path: Path) -> None:
    export = whole.slack_export()
    sealed = add(export.zip(tmp_path / "s.zip"), kit, tmp_path / "x.evidence.zip", ROLES)
    assert [note.params["count"] for note in sealed.notes if note.code == "chat.members"] == [2]
    with pytest.raises(UsageError) as caught, open_chat(sealed.path):
        pass
    assert caught.value.params["names"] == "D01AHESHOP, general"
    with open_chat(sealed.path, member="general") as reading:
        chat = reading.chat
        assert chat is not None
        assert (chat.derived, chat.has_roles) == (Derived.SAME, True)
        assert members_of(chat) == sorted(day for day in export.said if day.startswith("general/"))
        assert {entry.record.conversation for entry in chat.transcript.in_file_order()} == {
            "general"
        }


def test_chunks_are_one_chat_whose_count_is_that_of_the_manifest(kit: Kit, tmp_path: Path) -> None:
    export = whole.qqchatexporter_export()
    sealed = add(export.zip(tmp_path / "q.zip"), kit, tmp_path / "x.evidence.zip")
    with open_chat(sealed.path) as reading:
        assert reading.chat is not None
        claims = [claim for one in reading.chat.transcript.chats for claim in one.declared]
        assert len(claims) == 3
        assert all(claim.declared == claim.actual for claim in claims)
        assert reading.chat.title == "q.zip / chat"


def test_files_in_no_folder_are_one_chat_too(kit: Kit, tmp_path: Path) -> None:
    files = {name.rpartition("/")[2]: data for name, data in whole.telegram_export(3).files.items()}
    sealed = add(zipped(tmp_path / "t.zip", files), kit, tmp_path / "x.evidence.zip")
    with open_chat(sealed.path) as reading:
        assert reading.chat is not None
        assert (reading.chat.title, reading.chat.member) == ("t.zip", ".")
        assert len(reading.chat.transcript) == 3


def test_another_chat_between_two_pages_does_not_part_them(kit: Kit, tmp_path: Path) -> None:
    text = "\n".join(f"2026-05-01 10:00:0{n} 甲: 别的" for n in range(4)).encode()
    files = {**whole.telegram_export(2).files, "ChatExport/messages1.txt": text}
    sealed = add(zipped(tmp_path / "t.zip", files), kit, tmp_path / "x.evidence.zip")
    with open_chat(sealed.path, member="ChatExport") as reading:
        assert reading.chat is not None
        assert (reading.chat.derived, bodies(reading.chat)) == (Derived.SAME, ["第1页", "第2页"])


def test_pages_that_were_sealed_apart_are_chats_apart(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(f"2026-05-01 10:00:0{n} 甲: 别的" for n in range(4)).encode()
    files = {**whole.telegram_export(2).files, "ChatExport/messages1.txt": text}
    with monkeypatch.context() as patch:  # a version that took the files by their names
        patch.setattr("evidence_kit.actions.chats.by_series", list)
        sealed = add(zipped(tmp_path / "t.zip", files), kit, tmp_path / "x.evidence.zip")
    for member, first in (("ChatExport", 1), (SECOND, 6)):
        with open_chat(sealed.path, member=member) as reading:
            assert reading.chat is not None
            assert (reading.chat.derived, reading.chat.transcript.first) == (Derived.SAME, first)
            assert len(reading.chat.transcript) == 1


def test_encrypted_chats_of_a_folder_stay_apart(kit: Kit, tmp_path: Path) -> None:
    plain, encrypted = (meta_json.CASES[name]().data for name in ("k20261101", "encrypted"))
    newer = {f"in/{n}/message_{n}.json": plain for n in (1, 2)}
    files = {"in/a/message_1.json": plain, "in/a/message_2.json": plain.replace(b"648", b"328")}
    apart = {"e/Ahe_1.json": encrypted, "e/Ahe_2.json": encrypted}
    sealed = add(
        zipped(tmp_path / "m.zip", {**files, **apart, **newer}), kit, tmp_path / "x.evidence.zip"
    )
    with pytest.raises(UsageError) as caught, open_chat(sealed.path):
        pass
    names = caught.value.params["names"]
    assert names == "e/Ahe_1.json, e/Ahe_2.json, in/1, in/2, in/a"
    with open_chat(sealed.path, member="in/a") as reading:
        assert reading.chat is not None
        assert reading.chat.transcript.is_newest_first
        assert len(reading.chat.transcript.chats) == 2


def test_marks_have_their_bytes_in_the_file_that_they_stand_in(
    kit: Kit, case: Case, tmp_path: Path
) -> None:
    first = telegram.message(1, "2026-05-01 10:00:00", SHOP, telegram.text("保证三天发货"))
    second = telegram.message(2, "2026-05-01 13:00:00", SHOP, telegram.text("不退"))
    files = pages(first, second)
    path = add(zipped(tmp_path / "t.zip", files), kit, case).path
    lexicons, expectations = load_lexicons(None), Expectations(anchors=kit.anchors)
    with open_chat(path, expectations) as reading:
        chat = reading.chat
        assert chat is not None
        marks = list(find_marks(chat.transcript, lexicons))
        for mark in marks:
            member = chat.transcript.entry(mark.number).record.src.member
            raw = files[member or ""][mark.byte_start : mark.byte_end]
            assert mark.is_exact and raw.decode() == mark.text
        assert {mark.number for mark in marks} == {1, 2}
        names = [f"M{mark.number:04}:{mark.category}" for mark in marks]
        judge_marks(case, chat, lexicons, confirmed=[names[0]], rejected=[names[-1]], kit=kit)
        digests = {one.sha256 for one in chat.transcript.chats}
        found = read_judgements(case, digests, expectations).verdicts
    assert sorted(found.values()) == ["confirmed", "rejected"]


def test_file_that_breaks_off_is_named(kit: Kit, tmp_path: Path) -> None:
    export = whole.slack_export()
    day = next(name for name in export.said if name.startswith("general/"))
    path = export.zip(tmp_path / "s.zip", {day: export.files[day][:-20]})
    sealed = add(path, kit, tmp_path / "x.evidence.zip")
    assert [lack.code for lack in sealed.shortfalls if lack.code.startswith("chat.")] == [
        "chat.cut_short"
    ]
    with open_chat(sealed.path, member="general") as reading:
        assert reading.chat is not None
        stopped = [one.member for one in reading.chat.transcript.chats if one.stopped]
    assert stopped == [day]


def test_of_very_many_chats_the_first_are_told_and_what_is_odd(kit: Kit, tmp_path: Path) -> None:
    page = telegram.page(telegram.message(1, "2026-05-01 10:00:00", SHOP, telegram.text("在")))
    files = {f"chat_{n}/messages.html": page for n in range(1, SHOWN_CHATS + 4)}
    files[f"chat_{SHOWN_CHATS + 2}/messages.html"] = telegram.page(
        telegram.message(1, "2026-05-01 10:00:01", SHOP, telegram.text("一")),
        telegram.message(2, "2026-05-01 10:00:00", SHOP, telegram.text("二")),
    )
    sealed = add(zipped(tmp_path / "t.zip", files), kit, tmp_path / "x.evidence.zip")
    codes = [note.code for note in sealed.notes]
    assert codes.count("chat.read") == SHOWN_CHATS
    told = {note.code: note.params for note in sealed.notes}
    assert told["chat.more_chats"]["count"] == 3
    assert told["chat.members"]["count"] == SHOWN_CHATS + 3
    assert told["chat.backwards"]["name"] == f"t.zip/chat_{SHOWN_CHATS + 2}"
