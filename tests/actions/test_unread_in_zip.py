"""What of a zip was not read as a chat is told: at sealing, in the account, and in the views."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from evidence_kit.actions.add import add_files
from evidence_kit.actions.chat_account import AccountReader
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.sealed_chat import Derived, open_chat
from evidence_kit.bundle.reader import Bundle
from evidence_kit.chats import source
from evidence_kit.chats.unread import SHOWN_NAMES, Unread
from fixtures.chats import make, whole

CHAT = (make.HERE / "wechatmsg_txt/k20261101/chat.txt").read_bytes()
LINES = "\n".join(f"2026-05-01 10:00:0{n} 甲: 别的" for n in range(4)).encode()


def add(files: Mapping[str, bytes], kit: Kit, tmp_path: Path) -> Sealed:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as container:
        for name, content in files.items():
            container.writestr(name, content)
    return add_files([path], tmp_path / "x.evidence.zip", kit=kit)


def told(sealed: Sealed) -> dict[str, tuple[str | int, str | int | None]]:
    codes = ("chat.unread_", "chat.files_missing")
    notes = [note for note in sealed.notes if note.code.startswith(codes)]
    return {note.code: (note.params["count"], note.params.get("shown")) for note in notes}


def test_texts_and_other_files_that_are_no_chat_are_told(kit: Kit, tmp_path: Path) -> None:
    files = {"a.txt": CHAT, "b.txt": LINES, "notes.txt": b"buy milk", "pic.jpg": b"x", "d/": b""}
    sealed = add(files, kit, tmp_path)
    assert told(sealed) == {
        "chat.unread_texts": (1, "notes.txt"),
        "chat.unread_others": (1, None),
    }
    unread = Unread(texts=1, names=("notes.txt",), others=1)
    for member in ("a.txt", "b.txt"):
        with open_chat(sealed.path, member=member) as reading:
            assert reading.chat is not None
            assert (reading.chat.unread, reading.chat.derived) == (unread, Derived.SAME)
    with Bundle(sealed.path) as bundle:
        (item,) = bundle.evidence.items
        read = [AccountReader().read(bundle, item, entry) for entry in item.files]
    (account,) = filter(None, read)
    assert (account.account.unread, account.is_reread) == (unread, True)


def test_of_many_texts_the_first_are_named(kit: Kit, tmp_path: Path) -> None:
    more = {f"n{n}.txt": b"buy milk" for n in range(SHOWN_NAMES + 2)}
    names = ", ".join(sorted(more)[:SHOWN_NAMES])
    sealed = add({"a.txt": CHAT, **more}, kit, tmp_path)
    assert told(sealed) == {"chat.unread_texts": (SHOWN_NAMES + 2, names)}


def test_files_that_a_message_points_to_are_not_meant(kit: Kit, tmp_path: Path) -> None:
    chat = (
        "[2026/5/1 10:00:00] 甲: <附件：IMG-1.jpg>\n[2026/5/1 10:00:01] 甲: 在\n"
        "[2026/5/1 10:00:02] 甲: 在\n"
    )
    files = {"_chat.txt": chat.encode(), "IMG-1.jpg": b"x", "IMG-2.jpg": b"x"}
    assert told(add(files, kit, tmp_path)) == {"chat.unread_others": (1, None)}


def test_files_that_messages_point_to_and_that_are_not_there_are_told(
    kit: Kit, tmp_path: Path
) -> None:
    # NFD is what a Mac makes of a name
    names = ["IMG-1.jpg", "caf\u00e9.pdf", "contact.vcf", "IMG-9.jpg"]
    lines = [f"[2026/5/1 10:00:0{n}] 甲: \u200e<附件：{name}>\n" for n, name in enumerate(names)]
    files = {"_chat.txt": "".join(lines).encode(), "IMG-1.jpg": b"x", "cafe\u0301.pdf": b"x"}
    sealed = add({**files, "contact.vcf": b"BEGIN:VCARD"}, kit, tmp_path)
    assert told(sealed) == {"chat.files_missing": (1, "IMG-9.jpg")}
    with open_chat(sealed.path) as reading:
        assert reading.chat is not None
        unread = Unread(texts=0, names=(), others=0, missing=1, missing_names=("IMG-9.jpg",))
        assert reading.chat.unread == unread


def test_missing_files_are_kept_up_to_a_number(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MISSING_NAMES", 2)
    lines = [f"[2026/5/1 10:00:0{n}] 甲: \u200e<附件：IMG-{n}.jpg>\n" for n in range(4)]
    sealed = add({"_chat.txt": "".join(lines).encode()}, kit, tmp_path)
    assert told(sealed) == {"chat.files_missing": (2, "IMG-0.jpg, IMG-1.jpg")}


def test_files_inside_of_a_mail_are_not_missed(kit: Kit, tmp_path: Path) -> None:
    mail = next((make.HERE / "mail").glob("*attach*/*"), None)
    assert mail is not None
    assert "chat.files_missing" not in told(add({mail.name: mail.read_bytes()}, kit, tmp_path))


def test_texts_that_a_chat_takes_something_from_are_not_meant(kit: Kit, tmp_path: Path) -> None:
    export = whole.slack_export()
    assert "users.json" in export.files
    sealed = add(export.files, kit, tmp_path)
    assert told(sealed) == {"chat.unread_texts": (2, "channels.json, dms.json")}


def test_where_every_file_is_read_nothing_is_told(kit: Kit, tmp_path: Path) -> None:
    sealed = add(whole.telegram_export(2).files, kit, tmp_path)
    assert told(sealed) == {}
    with open_chat(sealed.path) as reading:
        assert reading.chat is not None
        assert reading.chat.unread is None
