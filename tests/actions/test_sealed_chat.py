"""A sealed chat is read from its original, after its bundle was verified, or not at all."""

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from evidence_kit.actions import chat_account
from evidence_kit.actions.add import add_files, draft_files
from evidence_kit.actions.chat_account import AccountReader, ReadChat
from evidence_kit.actions.chats import ChatOptions, read_drafts
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import seal
from evidence_kit.actions.sealed_chat import Derived, open_chat
from evidence_kit.actions.share import share_bundle
from evidence_kit.bundle.reader import Bundle
from evidence_kit.chats.record import Party
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import EvidenceKitError, InputError, UsageError
from evidence_kit.report import Outcome
from fixtures import story
from fixtures.chats import make
from fixtures.chats.dispute import SHOP
from tests.forge import explode

CHAT = make.HERE / "wechatmsg_txt/k20261101/chat.txt"
ROLES = ChatOptions(me=(story.BUYER_NAME,), merchant=(SHOP,))


@pytest.fixture
def expected(kit: Kit) -> Expectations:
    return Expectations(anchors=kit.anchors)


@pytest.fixture
def sealed(kit: Kit, tmp_path: Path) -> Path:
    return add_files([CHAT], tmp_path / "x.evidence.zip", kit=kit, chats=ROLES).path


def resealed(change: Callable[[bytes], bytes], name: str, kit: Kit, target: Path) -> Path:
    """A bundle whose derived file somebody changed before sealing it."""
    with tempfile.TemporaryDirectory() as folder:
        drafts = draft_files([CHAT], imported_at="2026-11-08T00:00:00Z")
        read = read_drafts(drafts, Path(folder), options=ROLES)
        (made,) = Path(folder).rglob(name)
        made.write_bytes(change(made.read_bytes()))
        return seal(read.drafts, target, kit=kit).path


def test_chat_is_read_with_the_roles_of_its_sealing(sealed: Path, expected: Expectations) -> None:
    with open_chat(sealed, expected) as reading:
        chat = reading.chat
        assert chat is not None
        assert (reading.report.verdict, chat.derived) == (Outcome.PASSED, Derived.SAME)
        assert chat.has_roles and chat.is_roles_sealed
        assert (chat.item.id, chat.name, chat.parser.id) == ("E1", "chat.txt", "wechatmsg_txt")
        assert chat.transcript.entry(2).record.role is Party.BUYER
        assert len(chat.transcript) == chat.transcript.chats[0].records == 13


def test_unzipped_bundle_is_read_too(sealed: Path, expected: Expectations, tmp_path: Path) -> None:
    top, files = explode(sealed.read_bytes())
    for path, content in files.items():
        target = tmp_path / "out" / top / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for folder in (tmp_path / "out", tmp_path / "out" / top):
        with open_chat(folder, expected) as reading:
            assert reading.chat is not None
            assert reading.chat.derived is Derived.SAME


def test_altered_bundle_gives_its_report_and_no_chat(
    sealed: Path, expected: Expectations, tmp_path: Path
) -> None:
    content = bytearray(sealed.read_bytes())
    content[content.index("随便投诉".encode())] ^= 1
    bad = tmp_path / "bad.evidence.zip"
    bad.write_bytes(content)
    with open_chat(bad, expected) as reading:
        assert reading.report.verdict is Outcome.FAILED
        assert reading.chat is None


def test_original_that_was_left_out_gives_no_chat(
    sealed: Path, expected: Expectations, tmp_path: Path
) -> None:
    part = tmp_path / "part.evidence.zip"
    share_bundle(sealed, part, without=["data/files/0001-chat.txt"], expectations=expected)
    with pytest.raises(InputError) as caught, open_chat(part, expected):
        pass
    assert caught.value.code == "chat.withheld"


def test_derived_messages_that_were_left_out_are_not_missed(
    sealed: Path, expected: Expectations, tmp_path: Path
) -> None:
    part = tmp_path / "part.evidence.zip"
    share_bundle(sealed, part, without=["data/derived/0001/chat.json"], expectations=expected)
    with open_chat(part, expected) as reading:
        assert reading.chat is not None
        assert reading.chat.derived is Derived.ABSENT
        assert not reading.chat.has_roles
    share_bundle(
        sealed,
        tmp_path / "p2.evidence.zip",
        without=["data/derived/0001/messages.jsonl"],
        expectations=expected,
    )
    with open_chat(tmp_path / "p2.evidence.zip", expected) as reading:
        assert reading.chat is not None
        assert reading.chat.derived is Derived.SAME  # its digest is still there


def test_derived_messages_of_a_liar_are_not_believed(
    kit: Kit, expected: Expectations, tmp_path: Path
) -> None:
    def lie(content: bytes) -> bytes:
        return content.replace("随便投诉".encode(), "马上退款".encode())

    path = resealed(lie, "messages.jsonl", kit, tmp_path / "lie.evidence.zip")
    with open_chat(path, expected) as reading:
        assert reading.report.verdict is Outcome.PASSED
        assert reading.chat is not None
        assert reading.chat.derived is Derived.DIFFERS
        assert reading.chat.transcript.entry(13).record.body_raw == "随便投诉"


@pytest.mark.parametrize(
    ("change", "derived"),
    [
        (lambda content: b"{", Derived.ABSENT),
        (lambda content: b"[" * 100_000, Derived.ABSENT),
        (lambda content: content.replace(b"/1-draft", b"/9-draft"), Derived.ABSENT),
        (lambda content: content.replace(b"+08:00", b"+99:99"), Derived.ABSENT),
        (lambda content: content.replace(b'"chats"', b'"chits"'), Derived.ABSENT),
        (
            lambda content: content.replace(b'"parser_version": "', b'"parser_version": "0'),
            Derived.NOT_COMPARED,
        ),
    ],
    ids=["cut", "deep", "later", "zone", "fields", "version"],
)
def test_account_that_is_odd_does_not_stop_the_reading(
    change: Callable[[bytes], bytes],
    derived: Derived,
    kit: Kit,
    expected: Expectations,
    tmp_path: Path,
) -> None:
    path = resealed(change, "chat.json", kit, tmp_path / "odd.evidence.zip")
    with open_chat(path, expected) as reading:
        assert reading.chat is not None
        assert reading.chat.derived is derived
        assert len(reading.chat.transcript) == 13


def test_roles_given_now_go_before_those_of_the_sealing(
    sealed: Path, expected: Expectations
) -> None:
    options = ChatOptions(me=(SHOP,), merchant=(story.BUYER_NAME,))
    with open_chat(sealed, expected, options=options) as reading:
        assert reading.chat is not None
        assert reading.chat.derived is Derived.NOT_COMPARED
        assert not reading.chat.is_roles_sealed
        assert reading.chat.transcript.entry(2).record.role is Party.MERCHANT


def refusal(path: Path, expected: Expectations, **arguments: object) -> EvidenceKitError:
    with (
        pytest.raises(EvidenceKitError) as caught,
        open_chat(path, expected, **arguments),  # type: ignore[arg-type]
    ):
        pass
    return caught.value


def test_sender_who_is_not_there_is_refused(sealed: Path, expected: Expectations) -> None:
    error = refusal(sealed, expected, options=ChatOptions(merchant=("云雀",)))
    assert (type(error), error.code) == (UsageError, "chat.no_such_sender")
    assert SHOP in error.hint


def test_one_of_several_chats_has_to_be_named(
    kit: Kit, expected: Expectations, tmp_path: Path
) -> None:
    other = make.HERE / "wechatmsg_txt/bodies/聊天.txt"
    path = add_files([CHAT, other], tmp_path / "two.evidence.zip", kit=kit).path
    error = refusal(path, expected)
    assert (error.code, "E1" in error.hint and "E2" in error.hint) == ("chat.several", True)
    with open_chat(path, expected, item="e2") as reading:
        assert reading.chat is not None and reading.chat.name == "聊天.txt"
    assert refusal(path, expected, item="E3").code == "chat.no_such_item"


def test_bundle_without_a_chat_says_so(kit: Kit, expected: Expectations, note: Path) -> None:
    path = add_files([note], note.parent / "n.evidence.zip", kit=kit).path
    assert refusal(path, expected).code == "chat.not_there"
    assert refusal(path, expected, item="E1").code == "chat.no_format"
    options = ChatOptions(parser="wechatmsg_txt")
    with open_chat(path, expected, item="E1", options=options) as reading:
        assert reading.chat is not None
        assert reading.chat.transcript.chats[0].unclaimed_bytes == note.stat().st_size


def test_view_that_needs_roles_names_who_wrote(
    kit: Kit, expected: Expectations, tmp_path: Path
) -> None:
    path = add_files([CHAT], tmp_path / "x.evidence.zip", kit=kit).path
    with open_chat(path, expected) as reading:
        assert reading.chat is not None
        with pytest.raises(UsageError) as caught:
            reading.chat.require_roles()
    assert caught.value.code == "chat.roles_missing"
    assert SHOP in str(caught.value)


# Zips


OTHER = make.HERE / "qq_txt/k20261101/chat.txt"


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    """Two chats and a picture."""
    path = tmp_path / "chats.zip"
    with zipfile.ZipFile(path, "w") as container:
        container.write(CHAT, "one.txt")
        container.writestr("a.jpg", b"\xff\xd8\xff")
        container.writestr("note.txt", "no chat\n")
        container.write(OTHER, "two.txt")
    return path


def test_chat_in_a_zip_is_read(kit: Kit, expected: Expectations, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "one.zip", "w") as container:
        container.write(CHAT, "_chat.txt")
    sealed = add_files([tmp_path / "one.zip"], tmp_path / "x.evidence.zip", kit=kit, chats=ROLES)
    with open_chat(sealed.path, expected) as reading:
        chat = reading.chat
        assert chat is not None
        assert (chat.derived, chat.members) == (Derived.SAME, ("_chat.txt",))
        assert chat.member == chat.transcript.chats[0].member == "_chat.txt"
        assert chat.title == "one.zip / _chat.txt"
        assert chat.transcript.entry(13).record.body_raw == "随便投诉"
        assert chat.has_roles


def test_one_of_several_chats_in_a_zip_has_to_be_named(
    zipped: Path, kit: Kit, expected: Expectations, tmp_path: Path
) -> None:
    sealed = add_files([zipped], tmp_path / "x.evidence.zip", kit=kit, chats=ROLES)
    assert [note.params["count"] for note in sealed.notes if note.code == "chat.members"] == [2]
    error = refusal(sealed.path, expected)
    assert (error.code, error.params["names"]) == ("chat.several_members", "one.txt, two.txt")
    error = refusal(sealed.path, expected, member="tow.txt")
    assert (error.code, "two.txt" in error.hint) == ("chat.no_such_member", True)
    with open_chat(sealed.path, expected, member="one.txt") as reading:
        assert reading.chat is not None
        assert (reading.chat.derived, reading.chat.transcript.first) == (Derived.SAME, 1)


def test_records_of_a_zip_are_counted_on_as_they_were_at_sealing(
    zipped: Path, kit: Kit, expected: Expectations, tmp_path: Path
) -> None:
    sealed = add_files([zipped], tmp_path / "x.evidence.zip", kit=kit, chats=ROLES).path
    _, files = explode(sealed.read_bytes())
    lines = files["data/derived/0001/messages.jsonl"].splitlines()
    with open_chat(sealed, expected, member="two.txt") as reading:
        assert reading.chat is not None
        transcript = reading.chat.transcript
        assert (transcript.first, transcript.last) == (14, len(lines))
        assert reading.chat.derived is Derived.SAME
        for order in (transcript.in_file_order(), transcript.in_time_order()):
            entries = list(order)
            assert [entry.number for entry in entries] == list(range(14, len(lines) + 1))
            for entry in entries:
                assert msgspec.json.encode(entry.record) == lines[entry.number - 1]
        for number in (13, transcript.last + 1):
            with pytest.raises(IndexError):
                transcript.entry(number)


def test_zip_that_can_not_be_unpacked_is_no_chat(
    zipped: Path, kit: Kit, expected: Expectations, tmp_path: Path
) -> None:
    zipped.write_bytes(zipped.read_bytes()[:-40])
    sealed = add_files([zipped], tmp_path / "x.evidence.zip", kit=kit).path
    assert refusal(sealed, expected, item="E1").code == "chat.no_format"


# What chat.json tells


def account_of(path: Path) -> ReadChat:
    with Bundle(path) as bundle:
        (item,) = bundle.evidence.items
        found = [AccountReader().read(bundle, item, entry) for entry in item.files]
    (account,) = [one for one in found if one is not None]
    return account


def test_account_is_read_again_from_the_original(
    sealed: Path, zipped: Path, kit: Kit, tmp_path: Path
) -> None:
    read = account_of(sealed)
    assert (read.is_reread, len(read.account.chats)) == (True, 1)
    other = add_files([zipped], tmp_path / "z.evidence.zip", kit=kit, chats=ROLES).path
    assert (account_of(other).is_reread, len(account_of(other).account.chats)) == (True, 2)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("chat.json", b'"records": 13', b'"records": 14'),
        ("chat.json", b'"unclaimed_bytes": 0', b'"unclaimed_bytes": 1'),
        ("transcript.txt", "随便投诉".encode(), "马上退款".encode()),
        ("messages.jsonl", "随便投诉".encode(), "马上退款".encode()),
    ],
)
def test_account_of_a_liar_is_told(
    name: str, old: bytes, new: bytes, kit: Kit, tmp_path: Path
) -> None:
    path = resealed(lambda raw: raw.replace(old, new), name, kit, tmp_path / "lie.evidence.zip")
    assert account_of(path).is_reread is False


def test_account_that_can_not_be_compared_says_so(
    sealed: Path, kit: Kit, expected: Expectations, tmp_path: Path
) -> None:
    later = resealed(
        lambda raw: raw.replace(b'"parser_version": "', b'"parser_version": "9'),
        "chat.json",
        kit,
        tmp_path / "later.evidence.zip",
    )
    assert account_of(later).is_reread is None
    share_bundle(
        sealed, tmp_path / "p.evidence.zip", without=["data/files/0001-chat.txt"],
        expectations=expected,
    )  # fmt: skip
    assert account_of(tmp_path / "p.evidence.zip").is_reread is None


def test_long_chat_is_not_read_again(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_account, "MAX_ORIGINAL_BYTES", 10)
    assert account_of(sealed).is_reread is None


def test_zip_that_unpacks_to_too_much_is_not_read_again(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = CHAT.read_bytes() * 20
    with zipfile.ZipFile(tmp_path / "chat.zip", "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("one.txt", text)
    path = add_files([tmp_path / "chat.zip"], tmp_path / "z.evidence.zip", kit=kit).path
    monkeypatch.setattr(chat_account, "MAX_ORIGINAL_BYTES", len(text))
    assert account_of(path).is_reread is True
    monkeypatch.setattr(chat_account, "MAX_ORIGINAL_BYTES", len(text) - 1)
    assert account_of(path).is_reread is None


def test_zip_of_too_many_texts_is_not_read_again(
    zipped: Path, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = add_files([zipped], tmp_path / "z.evidence.zip", kit=kit).path
    monkeypatch.setattr(chat_account, "MAX_TEXTS", 3)
    assert account_of(path).is_reread is True
    monkeypatch.setattr(chat_account, "MAX_TEXTS", 2)
    assert account_of(path).is_reread is None


def test_originals_are_read_again_up_to_a_bound_for_all(sealed: Path) -> None:
    size = CHAT.stat().st_size
    accounts = AccountReader(max_bytes=2 * size)
    with Bundle(sealed) as bundle:
        (item,) = bundle.evidence.items
        (entry,) = [one for one in item.files if one.path.endswith("chat.json")]
        found = [accounts.read(bundle, item, entry) for _ in range(3)]
    assert [one and one.is_reread for one in found] == [True, True, None]
