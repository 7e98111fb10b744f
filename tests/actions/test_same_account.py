"""A role that is claimed for a name goes to the account behind it, under all of its names."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from evidence_kit import read_chat
from evidence_kit.actions.add import add_files
from evidence_kit.actions.chat_account import AccountReader
from evidence_kit.actions.chats import ChatOptions
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.sealed_chat import Derived, SealedChat, open_chat
from evidence_kit.bundle.reader import Bundle
from evidence_kit.chats import derived
from evidence_kit.chats.record import Party
from evidence_kit.checks.expectations import Expectations
from tests.forge import explode

ROLES = ChatOptions(me=("阿禾",), merchant=("云雀客服",))
Said = tuple[str | None, str, str]
"""Name, id, text."""
RENAMED: tuple[Said, ...] = (
    ("阿禾", "wxid_me", "有货吗"),
    ("云雀客服", "wxid_shop", "有的"),
    ("阿禾", "wxid_me", "什么时候发"),
    ("云雀官方", "wxid_shop", "明天"),
    ("路人", "wxid_other", "同问"),
)


def weflow(path: Path, said: tuple[Said, ...]) -> Path:
    """A chat as WeFlow writes it, a message a minute."""
    messages = [
        {
            "localId": number,
            "createTime": 1793534110 + 60 * number,
            "type": "文本消息",
            "localType": 1,
            "content": text,
            "isSend": int(sender_id == "wxid_me"),
            "senderUsername": sender_id,
            **({"senderDisplayName": name} if name else {}),
        }
        for number, (name, sender_id, text) in enumerate(said, start=1)
    ]
    head = {"weflow": {"version": "1.0.3", "generator": "WeFlow"}, "session": {"wxid": "x"}}
    path.write_text(json.dumps(head | {"messages": messages}, ensure_ascii=False), "utf-8")
    return path


def roles_in(chat: SealedChat | None) -> list[Party]:
    assert chat is not None
    return [entry.record.role for entry in chat.transcript.in_file_order()]


def account_of(sealed: Sealed) -> Any:
    _, files = explode(sealed.path.read_bytes())
    return json.loads(files["data/derived/0001/chat.json"])


def told(sealed: Sealed) -> dict[str, Any]:
    return {note.code: note.params for note in sealed.notes}


@pytest.fixture
def expected(kit: Kit) -> Expectations:
    return Expectations(anchors=kit.anchors)


def add(path: Path, kit: Kit, options: ChatOptions = ROLES) -> Sealed:
    return add_files([path], path.parent / "x.evidence.zip", kit=kit, chats=options)


SHOP_TWICE = [Party.BUYER, Party.MERCHANT, Party.BUYER, Party.MERCHANT, Party.OTHER]


def test_renamed_merchant_counts_under_both_names(
    kit: Kit, tmp_path: Path, expected: Expectations
) -> None:
    sealed = add(weflow(tmp_path / "chat.json", RENAMED), kit)
    with open_chat(sealed.path, expected) as reading:
        assert roles_in(reading.chat) == SHOP_TWICE
        assert reading.chat is not None
        assert reading.chat.derived is Derived.SAME
        assert [one.also for one in reading.chat.same_accounts] == [("云雀官方",)]


def test_what_followed_from_an_id_is_told_and_kept_apart_from_the_claim(
    kit: Kit, tmp_path: Path
) -> None:
    sealed = add(weflow(tmp_path / "chat.json", RENAMED), kit)
    assert told(sealed)["chat.same_merchant"] == {
        "others": "云雀官方",
        "sender": "云雀客服",
        "id": "wxid_shop",
        "name": "chat.json",
    }
    account = account_of(sealed)
    assert account["merchant_claimed"] == ["云雀客服"]
    assert account["same_accounts"] == [
        {
            "party": "merchant",
            "name": "云雀客服",
            "sender_id": "wxid_shop",
            "also": ["云雀官方"],
        }
    ]


@pytest.mark.parametrize(
    ("said", "options"),
    [
        (RENAMED[:3], ROLES),
        (RENAMED, ChatOptions(me=("阿禾",), merchant=("wxid_shop",))),
        (RENAMED, ChatOptions(me=("阿禾",), merchant=("云雀客服", "云雀官方"))),
        (RENAMED, ChatOptions()),
    ],
)
def test_nothing_is_said_of_accounts_where_nothing_follows(
    said: tuple[Said, ...], options: ChatOptions, kit: Kit, tmp_path: Path
) -> None:
    sealed = add(weflow(tmp_path / "chat.json", said), kit, options)
    assert not {"chat.same_merchant", "chat.same_buyer"} & told(sealed).keys()
    assert "same_accounts" not in account_of(sealed)


def test_buyer_who_renamed_themselves_counts_under_both_names(kit: Kit, tmp_path: Path) -> None:
    said: tuple[Said, ...] = (*RENAMED, ("阿禾（出差）", "wxid_me", "在吗"))
    sealed = add(weflow(tmp_path / "chat.json", said), kit)
    assert told(sealed)["chat.same_buyer"]["others"] == "阿禾（出差）"


def test_message_without_a_name_belongs_to_the_account_of_its_id(
    kit: Kit, tmp_path: Path, expected: Expectations
) -> None:
    said: tuple[Said, ...] = (*RENAMED[:3], (None, "wxid_shop", "明天"))
    sealed = add(weflow(tmp_path / "chat.json", said), kit)
    assert told(sealed)["chat.same_merchant"]["others"] == "wxid_shop"
    with open_chat(sealed.path, expected) as reading:
        assert roles_in(reading.chat) == SHOP_TWICE[:4]


def test_nothing_follows_from_a_name_that_accounts_share(
    kit: Kit, tmp_path: Path, expected: Expectations
) -> None:
    said: tuple[Said, ...] = (*RENAMED, ("云雀客服", "wxid_fake", "已发货"))
    sealed = add(weflow(tmp_path / "chat.json", said), kit)
    assert "chat.name_shared" in told(sealed)
    assert "chat.same_merchant" not in told(sealed)
    with open_chat(sealed.path, expected) as reading:
        assert roles_in(reading.chat)[3] is Party.OTHER


def test_other_person_called_like_the_id_is_not_the_account(
    kit: Kit, tmp_path: Path, expected: Expectations
) -> None:
    said: tuple[Said, ...] = (*RENAMED, ("wxid_shop", "wxid_other", "已发货"))
    sealed = add(weflow(tmp_path / "chat.json", said), kit)
    with open_chat(sealed.path, expected) as reading:
        assert roles_in(reading.chat)[-1] is Party.OTHER


def test_account_that_is_said_to_be_both_parties_is_told_and_not_followed(
    kit: Kit, tmp_path: Path, expected: Expectations
) -> None:
    said: tuple[Said, ...] = (*RENAMED, ("第三个名字", "wxid_shop", "在"))
    options = ChatOptions(me=("云雀官方",), merchant=("云雀客服",))
    sealed = add(weflow(tmp_path / "chat.json", said), kit, options)
    both = told(sealed)["chat.account_both"]
    assert (both["buyer"], both["merchant"], both["id"]) == ("云雀官方", "云雀客服", "wxid_shop")
    with open_chat(sealed.path, expected) as reading:
        found = roles_in(reading.chat)
        assert (found[1], found[3], found[5]) == (Party.MERCHANT, Party.BUYER, Party.OTHER)


def test_roles_of_a_view_are_followed_too(kit: Kit, tmp_path: Path, expected: Expectations) -> None:
    sealed = add(weflow(tmp_path / "chat.json", RENAMED), kit, ChatOptions())
    with open_chat(sealed.path, expected, options=ROLES) as reading:
        assert roles_in(reading.chat) == SHOP_TWICE


def test_name_in_one_chat_of_a_zip_is_followed_in_another(
    kit: Kit, tmp_path: Path, expected: Expectations
) -> None:
    path = tmp_path / "chats.zip"
    with zipfile.ZipFile(path, "w") as container:
        container.write(weflow(tmp_path / "a.json", RENAMED[:3]), "a.json")
        container.write(weflow(tmp_path / "b.json", RENAMED[3:]), "b.json")
    sealed = add(path, kit)
    with open_chat(sealed.path, expected, member="b.json") as reading:
        assert roles_in(reading.chat) == SHOP_TWICE[3:]
        assert reading.chat is not None
        assert reading.chat.transcript.first == 4
        assert reading.chat.derived is Derived.SAME


def seal_as_before(path: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> Sealed:
    """A bundle of a version that took names alone."""
    with monkeypatch.context() as patch:
        patch.setattr(derived, "same_accounts", lambda *_: ())
        return add(path, kit)


def test_bundle_of_a_version_that_took_names_alone_is_read_and_is_not_called_altered(
    kit: Kit, tmp_path: Path, expected: Expectations, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = seal_as_before(weflow(tmp_path / "chat.json", RENAMED), kit, monkeypatch)
    assert "same_accounts" not in account_of(sealed)
    with open_chat(sealed.path, expected) as reading:
        assert roles_in(reading.chat) == SHOP_TWICE
        assert reading.chat is not None
        assert reading.chat.derived is Derived.SAME


@pytest.mark.parametrize("is_before", [False, True])
def test_account_is_found_to_be_what_the_original_gives(
    is_before: bool, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = weflow(tmp_path / "chat.json", RENAMED)
    sealed = seal_as_before(path, kit, monkeypatch) if is_before else add(path, kit)
    with Bundle(sealed.path) as bundle:
        (item,) = bundle.evidence.items
        (entry,) = (one for one in item.files if one.path.endswith("/chat.json") and one.by)
        read = AccountReader().read(bundle, item, entry)
    assert read is not None
    assert read.is_reread is True


def test_library_reads_an_account_under_all_its_names(tmp_path: Path) -> None:
    path = weflow(tmp_path / "chat.json", RENAMED)
    assert [one.role for one in read_chat(path, me=["阿禾"], merchant=["云雀客服"])] == SHOP_TWICE
