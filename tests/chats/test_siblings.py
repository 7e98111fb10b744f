"""What a chat in a zip takes from the files beside it: told as theirs, bounded, never guessed."""

import json
import random
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evidence_kit.chats import siblings
from evidence_kit.chats.containers import Export, ZipRefused, exports
from evidence_kit.chats.parser import choose
from evidence_kit.chats.parsers import qqchatexporter_jsonl, slack_json
from evidence_kit.chats.reading import Reading
from evidence_kit.chats.record import SIBLINGS, Chat, Flag, Lack, Record, Sibling
from evidence_kit.chats.source import open_source, read_head
from fixtures.chats import whole
from fixtures.chats.case import Said
from fixtures.chats.dispute import NAMES
from fixtures.chats.formats import slack_json as slack
from fixtures.chats.formats import telegram_html as telegram
from fixtures.chats.whole import Whole
from tests.chats.exports import claims, damaged, spans

SLACK = whole.slack_export()
QQ = whole.qqchatexporter_export()
TELEGRAM = whole.telegram_export()
ALL = {"slack": SLACK, "qqchatexporter": QQ, "telegram": TELEGRAM}
MANIFEST = "chat/manifest.json"

Read = dict[str, tuple[list[Record], Chat]]


def taken(path: Path) -> list[Export]:
    folder = path.parent / f"texts{sum(1 for _ in path.parent.glob('texts*'))}"
    folder.mkdir()
    return list(exports(path, folder))


def readings(path: Path) -> Iterator[tuple[str, Reading]]:
    for export in taken(path):
        parser = choose(export.head)
        if parser is not None:
            yield export.member or "", Reading(export.source(), parser)


def read(path: Path) -> Read:
    return {member: (list(reading), reading.chat) for member, reading in readings(path)}


def of(export: Whole, tmp_path: Path, changed: Mapping[str, bytes | None] | None = None) -> Read:
    return read(export.zip(tmp_path / "export.zip", changed))


def told(found: Read) -> set[Sibling]:
    return {sibling for _, chat in found.values() for sibling in chat.siblings}


def lacks(found: Read) -> set[tuple[str, Lack | None]]:
    return {(sibling.member, sibling.lack) for sibling in told(found)}


def senders(found: Read) -> set[tuple[str | None, str | None]]:
    return {(r.sender_raw, r.sender_id) for records, _ in found.values() for r in records}


def users(*members: object) -> dict[str, bytes | None]:
    return {"users.json": json.dumps(members).encode()}


def as_said(record: dict[str, Any], said: Said) -> dict[str, Any]:
    names = {"sender": "sender_raw", "body": "body_raw", "at": "ts_candidates", "tz": "tz_status"}
    shown = {key: record.get(names.get(key, key)) for key, value in asdict(said).items() if value}
    return {key: tuple(one) if isinstance(one, list) else one for key, one in shown.items()}


@pytest.mark.parametrize("name", ALL)
def test_records_of_a_whole_export_equal_the_truth(name: str, tmp_path: Path) -> None:
    export = ALL[name]
    found = of(export, tmp_path)
    for member, said in export.said.items():
        records, chat = found[member]
        for record, truth in zip(claims(records), said, strict=True):
            assert as_said(record, truth) == {k: v for k, v in asdict(truth).items() if v}
        assert (chat.stopped, chat.unclaimed_bytes) == (None, 0)


@pytest.mark.parametrize("name", ALL)
def test_every_byte_of_each_file_still_belongs_to_one_span(name: str, tmp_path: Path) -> None:
    export = ALL[name]
    path = export.zip(tmp_path / "export.zip")
    for member, reading in readings(path):
        position = 0
        for start, end in spans(reading):
            assert start == position
            position = end
        assert position == len(export.files[member])
    for member, (records, _) in read(path).items():
        for record in records:
            raw = export.files[member][record.src.byte_start : record.src.byte_end]
            assert record.src.member == member
            assert record.body_raw.encode() in raw or json.dumps(record.body_raw).encode() in raw


@pytest.mark.parametrize("name", ALL)
def test_order_of_the_files_in_the_zip_changes_nothing(name: str, tmp_path: Path) -> None:
    export = ALL[name]
    turned = Whole(files=dict(reversed(list(export.files.items()))), said={}, known_from="")
    first, second = of(export, tmp_path), read(turned.zip(tmp_path / "turned.zip"))
    assert list(first) == list(second)
    assert first == second


def test_what_was_taken_is_told_with_its_file_and_digest(tmp_path: Path) -> None:
    found = told(of(SLACK, tmp_path))
    (sibling,) = found
    (tmp_path / "users.json").write_bytes(SLACK.files["users.json"])
    digest = open_source(tmp_path / "users.json").sha256
    assert sibling == Sibling(member="users.json", sha256=digest, gives=("sender_raw",))


def test_file_outside_a_zip_is_read_as_before(tmp_path: Path) -> None:
    for member in (*SLACK.said, *QQ.said, *TELEGRAM.said):
        path = tmp_path / Path(member).name
        path.write_bytes({**SLACK.files, **QQ.files, **TELEGRAM.files}[member])
        (tmp_path / "users.json").write_bytes(SLACK.files["users.json"])
        (tmp_path / "manifest.json").write_bytes(QQ.files[MANIFEST])
        parser = choose(read_head(path))
        assert parser is not None
        reading = Reading(open_source(path), parser)
        assert not any(Flag.NAMED_ELSEWHERE in record.flags for record in reading)
        assert reading.chat.siblings == ()


# Slack: names


def test_name_beside_a_message_counts_more_than_the_list_of_members(tmp_path: Path) -> None:
    day = json.dumps([slack.message("2026-05-01 10:00:00", "shop", "在")]).encode()
    found = of(SLACK, tmp_path, {"general/2026-05-01.json": day, **users(
        whole.slack_user(slack.IDS["shop"], "x", real_name="别的店"))})  # fmt: skip
    (record,) = found["general/2026-05-01.json"][0]
    assert (record.sender_raw, record.flags) == (NAMES["shop"], ())
    assert found["general/2026-05-01.json"][1].siblings == ()


@pytest.mark.parametrize(
    ("content", "lack"),
    [
        (None, Lack.ABSENT),
        (b'{"U01AHE0001": {"id": "U01AHE0001", "name": "ahe"}}', Lack.UNREADABLE),
        (b'"U01AHE0001"', Lack.UNREADABLE),
        (b"", Lack.UNREADABLE),
        (b"\x00\xff" * 50, Lack.UNREADABLE),
        (SLACK.files["users.json"][:100], Lack.UNREADABLE),
        (b"[" * 50_000, Lack.UNREADABLE),
        (b'[{"id":"' + b"9" * (9 << 20) + b'"}]', Lack.TOO_LARGE),
        (b" " * (17 << 20), Lack.TOO_LARGE),
    ],
)
def test_list_of_members_that_can_not_be_read_leaves_ids_and_is_told(
    content: bytes | None, lack: Lack, tmp_path: Path
) -> None:
    path = tmp_path / "export.zip"  # stored, so that it is no bomb
    found = read(SLACK.zip(path, {"users.json": content}, zipfile.ZIP_STORED))
    assert lacks(found) == {("users.json", lack)}
    assert {name for name, _ in senders(found)} == {None}
    assert all(user_id for _, user_id in senders(found))


@pytest.mark.parametrize(
    "content",
    [
        [],
        [7, None, "U01AHE0001", ["U01AHE0001"], {}],
        [{"id": "U01AHE0001"}, {"id": ["U01SHOP001"], "name": "x"}, {"name": "x"}],
        [{"id": "U01AHE0001", "profile": [], "real_name": None, "name": ""}],
    ],
)
def test_members_without_a_name_leave_ids(content: list[object], tmp_path: Path) -> None:
    found = of(SLACK, tmp_path, users(*content))
    assert {name for name, _ in senders(found)} == {None}


def test_list_of_a_million_members_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ",".join(f'{{"id":"U{n}","name":"n"}}' for n in range(300_000))
    assert lacks(of(SLACK, tmp_path, {"users.json": f"[{one}]".encode()})) == {
        ("users.json", Lack.TOO_LARGE)
    }
    monkeypatch.setattr(slack_json, "USERS", 2)
    (tmp_path / "again").mkdir()
    assert lacks(of(SLACK, tmp_path / "again")) == {("users.json", Lack.TOO_LARGE)}


def test_id_with_two_names_has_none(tmp_path: Path) -> None:
    shop = slack.IDS["shop"]
    changed = users(
        whole.slack_user(shop, "a", real_name="云雀"),
        whole.slack_user(slack.IDS["buyer"], "b", display_name="阿禾"),
        whole.slack_user(slack.IDS["buyer"], "c", display_name="阿禾"),
        whole.slack_user(shop, "d", real_name="别家"),
        whole.slack_user(shop, "e", real_name="云雀"),
    )
    found = of(SLACK, tmp_path, changed)
    assert senders(found) == {(None, shop), ("阿禾", slack.IDS["buyer"])}
    assert ("users.json", Lack.CONTRADICTS) in lacks(found)


def test_odd_name_is_kept_and_can_be_written(tmp_path: Path) -> None:
    name = "\u202e店主\u2066\x1b[31m\n"
    members = [
        {"id": slack.IDS["shop"], "name": "\ud800"},
        {"id": slack.IDS["buyer"], "name": name},
    ]
    found = of(SLACK, tmp_path, users(*members))
    assert {one for one, _ in senders(found)} == {"\ufffd", name}


def test_list_of_members_counts_for_the_folders_beside_it_alone(tmp_path: Path) -> None:
    day = next(iter(SLACK.said))
    other = {f"old/{day}": SLACK.files[day], f"a/b/{day}": SLACK.files[day]}
    found = of(SLACK, tmp_path, {**other, "old/users.json": b"[]"})
    for member in other:
        assert {record.sender_raw for record in found[member][0]} == {None}
    assert ("a/b/users.json", Lack.ABSENT) in lacks(found)


def test_file_that_stands_twice_is_not_believed(tmp_path: Path) -> None:
    path = SLACK.zip(tmp_path / "export.zip")
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as container:
        warnings.simplefilter("ignore")
        container.writestr("users.json", b"[]")
    found = read(path)
    assert lacks(found) == {("users.json", Lack.TWICE)}
    assert {name for name, _ in senders(found)} == {None}


def test_list_of_members_that_is_a_bomb_or_encrypted_leaves_the_zip_closed(tmp_path: Path) -> None:
    path = SLACK.zip(tmp_path / "bomb.zip", {"users.json": b" " * (8 << 20)})
    with pytest.raises(ZipRefused, match="too_large"):
        taken(path)
    path = SLACK.zip(tmp_path / "secret.zip")
    data = bytearray(path.read_bytes())
    local, central = (
        data.index(b"users.json", data.index(mark)) for mark in (b"PK\x03\x04", b"PK\x01\x02")
    )
    data[local - 30 + 6] |= 1
    data[central - 46 + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(ZipRefused, match="encrypted"):
        taken(path)


def test_list_of_members_is_read_once_for_all_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str | None] = []
    real = open_source

    def counted(path: Path, member: str | None = None) -> Any:
        opened.append(member)
        return real(path, member)

    monkeypatch.setattr(siblings, "open_source", counted)
    assert len(of(SLACK, tmp_path)) == len(SLACK.said) > 1
    assert opened == ["users.json"]


# QQChatExporter: the manifest


def manifest(**changed: Any) -> dict[str, bytes | None]:
    document = json.loads(QQ.files[MANIFEST])
    for path, value in changed.items():
        place = document
        *steps, last = path.split("__")
        for step in steps:
            place = place[step]
        place[last] = value
    return {MANIFEST: json.dumps(document).encode()}


def chunk(path: str, count: Any) -> dict[str, Any]:
    return {"relativePath": path, "count": count}


def declared(found: Read) -> list[tuple[int, int | None, str | None]]:
    return [(c.declared, c.actual, c.told_by) for _, chat in found.values()
            for c in chat.declared if c.what == "messages"]  # fmt: skip


def test_manifest_says_how_many_messages_each_chunk_holds(tmp_path: Path) -> None:
    sizes = [len(said) for said in QQ.said.values()]
    assert declared(of(QQ, tmp_path)) == [(size, size, MANIFEST) for size in sizes]


def test_manifest_that_lies_about_a_chunk_is_told_of(tmp_path: Path) -> None:
    odd = "./chunks/../chunks/c000002.jsonl"
    listed = [chunk("chunks/c000001.jsonl", 7_000), chunk(odd, "x")]
    found = of(QQ, tmp_path, manifest(chunked__chunks=listed))
    assert declared(found) == [(7_000, len(found["chat/chunks/c000001.jsonl"][0]), MANIFEST)]


@pytest.mark.parametrize(
    ("listed", "lack"),
    [
        ([], Lack.UNLISTED),
        ({"a": 1}, Lack.UNLISTED),
        ([chunk("c000001.jsonl", 6)], Lack.UNLISTED),
        ([chunk("/chat/chunks/c000001.jsonl", 6)], Lack.UNLISTED),
        ([chunk("chunks/c000001.jsonl", n) for n in (6, 7)], Lack.CONTRADICTS),
    ],
)
def test_manifest_counts_for_the_chunks_that_it_lists_alone(
    listed: object, lack: Lack, tmp_path: Path
) -> None:
    found = of(QQ, tmp_path, manifest(chunked__chunks=listed))
    records, chat = found["chat/chunks/c000001.jsonl"]
    assert {(one.conversation, one.self_claimed) for one in records} == {(None, None)}
    assert [(one.member, one.lack, one.gives) for one in chat.siblings] == [(MANIFEST, lack, ())]


@pytest.mark.parametrize(
    ("content", "lack"),
    [(None, Lack.ABSENT), (b"[]", Lack.UNREADABLE), (QQ.files[MANIFEST][:300], Lack.UNREADABLE)],
)
def test_chunk_without_a_manifest_is_read_as_before(
    content: bytes | None, lack: Lack, tmp_path: Path
) -> None:
    found = of(QQ, tmp_path, {MANIFEST: content})
    for member, said in QQ.said.items():
        records, chat = found[member]
        assert len(records) == len(said)
        assert {(one.conversation, one.self_claimed) for one in records} == {(None, None)}
        assert [(one.member, one.lack) for one in chat.siblings] == [(MANIFEST, lack)]


def test_chunks_that_are_not_in_the_zip_are_named_up_to_a_number(tmp_path: Path) -> None:
    listed = [chunk(f"chunks/c{n:06}.jsonl", 1) for n in range(5_000)]
    listed += [chunk("\ud800" * 9, 1), chunk("x" * 9_000, 1), chunk("../../../etc/passwd", 1)]
    found = of(QQ, tmp_path, manifest(chunked__chunks=listed[::-1]))
    named = found[MANIFEST][1].siblings
    assert len(named) == SIBLINGS
    assert {one.lack for one in named} == {Lack.ABSENT}
    assert named[0].member == "../../etc/passwd"
    assert len(named[1].member) == siblings.NAME_CHARACTERS
    assert named[2].member == "chat/" + "\ufffd" * 9


def test_manifest_of_very_many_chunks_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qqchatexporter_jsonl, "CHUNKS", 1)
    assert (MANIFEST, Lack.TOO_LARGE) in lacks(of(QQ, tmp_path))


# Telegram: pages


def test_pages_come_by_their_number(tmp_path: Path) -> None:
    found = of(TELEGRAM, tmp_path)
    words = [record.body_raw for records, _ in found.values() for record in records]
    assert words == [f"第{n}页" for n in range(1, 12)]
    assert told(found) == set()


@pytest.mark.parametrize("lost", ["messages.html", "messages3.html", "messages11.html"])
def test_page_that_is_not_in_the_zip_is_missed(lost: str, tmp_path: Path) -> None:
    found = of(TELEGRAM, tmp_path, {f"ChatExport/{lost}": None})
    assert lacks(found) == {(f"ChatExport/{lost}", Lack.ABSENT)}


def test_joined_message_at_the_top_of_a_page_has_no_sender_and_is_flagged(tmp_path: Path) -> None:
    """Telegram begins each page with a name: what stood above was taken out, whoever said it."""
    at = "2026-05-01 10:01:30"
    page = telegram.page(telegram.day(1, at), telegram.message(2, at, None, telegram.text("不退")))
    records, _ = of(TELEGRAM, tmp_path, {"ChatExport/messages2.html": page})[
        "ChatExport/messages2.html"
    ]
    assert [(one.sender_raw, one.flags) for one in records] == [(None, (Flag.UNJOINED,))]


# All of them


@pytest.mark.parametrize("name", ["slack", "qqchatexporter"])
def test_no_byte_of_a_sibling_changes_what_a_record_says_of_its_own(
    name: str, tmp_path: Path
) -> None:
    """Single bytes changed, cut out and doubled."""
    export = ALL[name]
    sibling = {"slack": "users.json", "qqchatexporter": MANIFEST}[name]
    chance = random.Random(7)
    whole_ = of(export, tmp_path)
    for _ in range(40):
        data = export.files[sibling]
        for _ in range(chance.randrange(1, 4)):
            data = damaged(data, chance)
        found = of(export, tmp_path, {sibling: data})
        for member in export.said:
            records, chat = found[member]
            assert chat.stopped is None
            assert [own(record) for record in records] == list(map(own, whole_[member][0]))
            assert msgspec.json.decode(msgspec.json.encode(chat), type=Chat) == chat


def own(record: Record) -> tuple[object, ...]:
    """What no sibling can change."""
    return record.id, record.sender_id, record.body_raw, record.ts_candidates, record.src
