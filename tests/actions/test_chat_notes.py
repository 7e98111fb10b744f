"""What is said of chats that were read: of the files they rest on, and of who is who in them."""

import pytest

from evidence_kit.actions.chat_notes import sibling_notes
from evidence_kit.actions.chat_roles import role_notes
from evidence_kit.chats.reading import Roles
from evidence_kit.chats.record import Chat, Lack, Participant, Party, Sibling
from evidence_kit.cli.words import Words
from evidence_kit.i18n import Translator
from evidence_kit.model import Observation


def account(*siblings: Sibling, role: Party = Party.UNKNOWN) -> Chat:
    """Of a file with one message."""
    sender = Participant(sender_raw="Shop", sender_id=None, role=role, self_claimed=None, records=1)
    return Chat(
        parser="slack_json",
        parser_version="2",
        sha256="0" * 64,
        size_bytes=1,
        member="general/2026-05-01.json",
        encoding="utf-8",
        has_bom=False,
        assumed_offset="+08:00",
        date_order=None,
        records=1,
        kinds={"text": 1},
        participants=(sender,),
        declared=(),
        unclaimed_bytes=0,
        structure_bytes=0,
        ambiguous_dates=0,
        backward_times=0,
        undated=0,
        undecodable=0,
        first_at=None,
        last_at=None,
        stopped=None,
        siblings=siblings,
    )


def said(notes: list[Observation]) -> list[str]:
    """Each note in both languages; one without words would be told by its code."""
    words = [Words(Translator(lang)) for lang in ("en", "zh")]
    return [one.of_observation(note) for note in notes for one in words]


@pytest.mark.parametrize("lack", list(Lack))
def test_each_lack_of_a_sibling_has_words(lack: Lack) -> None:
    notes = list(sibling_notes([account(Sibling(member="users.json", lack=lack))], "s.zip"))
    assert [note.code for note in notes] == [f"chat.sibling_{lack}"]
    for text in said(notes):
        assert "users.json" in text and "s.zip" in text and "chat." not in text


def test_of_many_files_that_are_missing_one_is_named() -> None:
    missing = (Sibling(member=f"{n}.html", lack=Lack.ABSENT) for n in range(3))
    assert len(list(sibling_notes([account(*missing)], "t.zip"))) == 1


def test_chats_in_which_nobody_named_wrote_are_counted() -> None:
    chats = [[account(role=Party.MERCHANT)], [account()], [account()]]
    roles = Roles(buyer=frozenset({"Ahe"}), merchant=frozenset({"Shop"}))
    notes = {note.code: note for note in role_notes(chats, roles, "s.zip")}
    assert notes["chat.roles_nobody_in"].params["count"] == 2
    assert all("2" in text for text in said([notes["chat.roles_nobody_in"]]))
    one = {note.code for note in role_notes(chats[:1], roles, "s.zip")}
    assert "chat.roles_nobody_in" not in one
