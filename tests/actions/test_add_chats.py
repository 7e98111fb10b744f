"""What is derived from chats among the files, and that no chat keeps a file from being sealed."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from evidence_kit.actions.add import add_files
from evidence_kit.actions.chats import OPERATION, ChatOptions
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed, seal
from evidence_kit.actions.sealed_chat import Derived, open_chat
from evidence_kit.bundle.reader import Bundle
from evidence_kit.chats.parser import parser_named
from evidence_kit.chats.reading import Roles
from evidence_kit.chats.record import Participant
from evidence_kit.errors import InputError, UsageError
from evidence_kit.model import Item, Kind, Maker, Role
from evidence_kit.report import Outcome
from fixtures import story
from fixtures.chats import make, whole
from fixtures.chats.dispute import SHOP
from fixtures.chats.formats import slack_json as slack
from fixtures.pictures import metadata
from tests.build import refused
from tests.forge import explode

CHAT = make.HERE / "wechatmsg_txt/k20261101/chat.txt"
ROLES = ChatOptions(me=(story.BUYER_NAME,), merchant=(SHOP,))


def add(path: Path, kit: Kit, tmp_path: Path, options: ChatOptions | None = None) -> Sealed:
    return add_files([path], tmp_path / "x.evidence.zip", kit=kit, chats=options)


def items_of(sealed: Sealed) -> tuple[Item, ...]:
    with Bundle(sealed.path) as bundle:
        return bundle.evidence.items


def files_of(sealed: Sealed) -> dict[str, bytes]:
    return dict(explode(sealed.path.read_bytes())[1])


def codes(sealed: Sealed) -> list[str]:
    return [note.code for note in sealed.notes]


def test_messages_transcript_and_account_stand_beside_the_original(
    kit: Kit, tmp_path: Path
) -> None:
    sealed = add(CHAT, kit, tmp_path, ROLES)
    assert sealed.report.verdict is Outcome.PASSED
    (item,) = items_of(sealed)
    original, *derived = item.files
    assert item.kind is Kind.CHAT
    assert original.role is Role.ORIGINAL
    assert files_of(sealed)[original.path] == CHAT.read_bytes()
    assert [entry.path for entry in derived] == [
        f"data/derived/0001/{name}" for name in ("messages.jsonl", "transcript.txt", "chat.json")
    ]
    for entry in derived:
        assert entry.role is Role.DERIVED
        assert entry.from_ == (original.path,)
        version = parser_named("wechatmsg_txt").version
        assert entry.by == Maker(operation=OPERATION, tool="wechatmsg_txt", version=version)


def test_every_message_points_to_its_bytes_in_the_sealed_original(kit: Kit, tmp_path: Path) -> None:
    files = files_of(add(CHAT, kit, tmp_path, ROLES))
    original = files["data/files/0001-chat.txt"]
    records = [json.loads(line) for line in files["data/derived/0001/messages.jsonl"].splitlines()]
    assert [record["body_raw"] for record in records[1:]] == [line.text for line in story.CHAT]
    for record in records:
        span = record["src"]
        assert record["body_raw"].encode() in original[span["byte_start"] : span["byte_end"]]
    said_by = [("buyer" if line.speaker == "buyer" else "merchant") for line in story.CHAT]
    assert [record["role"] for record in records[1:]] == said_by
    assert "role" not in records[0]


def test_roles_are_kept_as_claims(kit: Kit, tmp_path: Path) -> None:
    files = files_of(add(CHAT, kit, tmp_path, ROLES))
    account = json.loads(files["data/derived/0001/chat.json"])
    assert account["buyer_claimed"] == [story.BUYER_NAME]
    assert account["merchant_claimed"] == [SHOP]
    (chat,) = account["chats"]
    assert chat["parser"] == "wechatmsg_txt"
    assert chat["records"] == 1 + len(story.CHAT)
    assert chat["unclaimed_bytes"] == 0


def test_transcript_is_readable_and_always_the_same(kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    path = "data/derived/0001/transcript.txt"
    first = files_of(add(CHAT, kit, tmp_path, ROLES))[path]
    assert first == files_of(add(CHAT, kit, tmp_path / "again", ROLES))[path]
    text = first.decode()
    assert "M0004 · 2026-11-01 19:59:03 (UTC+08:00 推定 assumed) · 云雀点卡客服 · 商家" in text
    assert "\n    有的亲，现货秒发，24小时内保证发货，发不了全额退款\n" in text
    assert "消息 messages: 13; 未识别字节 unclaimed bytes: 0" in text


def test_roles_are_asked_for_with_the_senders_shown(kit: Kit, tmp_path: Path) -> None:
    asked: list[Any] = []

    def ask(name: str, participants: Any) -> Roles:
        asked.append((name, participants))
        return Roles(buyer=frozenset((story.BUYER_NAME,)))

    sealed = add_files([CHAT], tmp_path / "x.evidence.zip", kit=kit, ask_roles=ask)
    ((name, participants),) = asked
    assert name == "chat.txt"
    assert all(isinstance(one, Participant) for one in participants)
    assert {one.sender_raw: one.records for one in participants} == {story.BUYER_NAME: 6, SHOP: 6}
    assert codes(sealed) == ["chat.read", "chat.merchant_open"]
    assert b'"role":"buyer"' in files_of(sealed)["data/derived/0001/messages.jsonl"]


def test_nobody_is_asked_where_the_roles_are_given(kit: Kit, tmp_path: Path) -> None:
    def ask(name: str, participants: Any) -> Roles:
        raise AssertionError

    add_files([CHAT], tmp_path / "x.evidence.zip", kit=kit, chats=ROLES, ask_roles=ask)


def test_open_roles_are_told(kit: Kit, tmp_path: Path) -> None:
    assert codes(add(CHAT, kit, tmp_path)) == ["chat.read", "chat.roles_open"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (ROLES, None),
        (ChatOptions(me=(story.BUYER_NAME,)), "chat.merchant_open"),
        (ChatOptions(merchant=(SHOP,)), "chat.buyer_open"),
    ],
)
def test_party_that_nobody_is_named_for_is_told(
    options: ChatOptions, code: str | None, kit: Kit, tmp_path: Path
) -> None:
    assert codes(add(CHAT, kit, tmp_path, options))[1:] == ([code] if code else [])


def test_chat_in_which_nobody_is_named_is_told(kit: Kit, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes(CHAT.read_bytes().replace(SHOP.encode(), "别家".encode()).replace(
        story.BUYER_NAME.encode(), "路人".encode()))  # fmt: skip
    sealed = add_files([CHAT, other], tmp_path / "x.evidence.zip", kit=kit, chats=ROLES)
    told = [one.params for one in sealed.notes if one.code == "chat.roles_nobody"]
    assert told == [{"name": "other.txt"}]


def test_chats_of_a_zip_in_which_nobody_is_named_are_counted(kit: Kit, tmp_path: Path) -> None:
    text = CHAT.read_text(encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "chats.zip", "w") as container:
        container.writestr("a.txt", text)
        container.writestr("b.txt", text.replace(SHOP, "别家").replace(story.BUYER_NAME, "路人"))
    sealed = add(tmp_path / "chats.zip", kit, tmp_path, ROLES)
    told = [one.params for one in sealed.notes if one.code.startswith("chat.roles")]
    assert told == [{"name": "chats.zip", "count": 1}]


def test_one_name_for_both_parties_is_refused(kit: Kit, tmp_path: Path) -> None:
    with refused(UsageError, "chat.both_roles"):
        add(CHAT, kit, tmp_path, ChatOptions(me=(SHOP,), merchant=(SHOP, "x")))
    assert not (tmp_path / "x.evidence.zip").exists()


def test_name_and_id_of_one_sender_for_both_parties_are_refused(kit: Kit, tmp_path: Path) -> None:
    path = whole.slack_export().zip(tmp_path / "slack.zip")
    with refused(UsageError, "chat.both_roles"):
        add(path, kit, tmp_path, ChatOptions(me=(SHOP,), merchant=(slack.IDS["shop"],)))


def test_view_that_makes_one_name_both_parties_is_refused(kit: Kit, tmp_path: Path) -> None:
    sealed = add(CHAT, kit, tmp_path, ROLES)
    with (
        refused(UsageError, "chat.both_roles"),
        open_chat(sealed.path, options=ChatOptions(me=(SHOP,))),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "content", "parser", "code"),
    [
        ("rand.json", '{"a":[1,2,3]}', "telegram_json", "chat.empty_named"),
        ("p10.txt", "随手记的\n", "whatsapp_txt", "chat.empty_named"),
        ("result.json", '{"name":"Shop","type":"personal_chat","id":1,"messages":[]}', None,
         "chat.empty"),
    ],
)  # fmt: skip
def test_chat_without_a_message_is_told_as_a_lack(
    name: str, content: str, parser: str | None, code: str, kit: Kit, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    sealed = add(tmp_path / name, kit, tmp_path, ChatOptions(parser=parser))
    assert [(one.code, one.params) for one in sealed.shortfalls] == [(code, {"name": name})]


def test_list_of_chunks_alone_asks_for_the_whole_folder(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(whole.qqchatexporter_export().files["chat/manifest.json"])
    assert [one.code for one in add(path, kit, tmp_path).shortfalls] == ["chat.empty_list"]


def test_sender_who_is_not_there_is_refused(kit: Kit, tmp_path: Path) -> None:
    with refused(UsageError, "chat.no_such_sender") as caught:
        add(CHAT, kit, tmp_path, ChatOptions(me=("阿河",)))
    assert caught.value.params["known"] in (story.BUYER_NAME, f"{SHOP}, {story.BUYER_NAME}")
    assert not (tmp_path / "x.evidence.zip").exists()


def test_unknown_text_is_kept_as_a_document_and_said_so(kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("2026-11-08 10:20 付款\n", encoding="utf-8")
    sealed = add(tmp_path / "note.txt", kit, tmp_path)
    (item,) = items_of(sealed)
    assert (item.kind, len(item.files)) == (Kind.DOCUMENT, 1)
    assert codes(sealed) == ["chat.few_times"]
    (tmp_path / "x.evidence.zip").unlink()
    (tmp_path / "note.txt").write_text("付款\n", encoding="utf-8")
    assert codes(add(tmp_path / "note.txt", kit, tmp_path)) == ["chat.no_times"]
    (tmp_path / "x.evidence.zip").unlink()
    (tmp_path / "page.html").write_text("<p>付款", encoding="utf-8")
    assert codes(add(tmp_path / "page.html", kit, tmp_path)) == ["chat.unrecognised"]


DATED = "2026-11-08 10:20 阿禾：在吗"


@pytest.mark.parametrize(
    ("name", "data", "code", "count"),
    [
        ("a.txt", "", "chat.blank", None),
        ("a.json", "\r\n ", "chat.blank", None),
        ("a.txt", "11月1日 19:58 我：在吗\n11月1日 19:59 店主：在", "chat.no_year", 2),
        ("a.txt", "11-01 晚上7:58 我：在吗\n不在\n", "chat.no_year", 1),
        ("a.txt", "阿禾 11/1 7:58 PM\nhello\n", "chat.no_year", 1),
        ("a.txt", f"{DATED}\r第二行\r{DATED}\r{DATED}\r", "chat.lone_cr", None),
        ("a.txt", f"记一下\r\n{DATED}\r\n", "chat.few_times", 1),
        ("a.txt", f"{DATED}\n\n一段\n", "chat.few_times", 1),
        ("a.txt", "2026-11-08 10:20 付款\n2026-11-08 10:21 发货\n", "chat.few_times", 2),
        ("a.txt", "1.5 10 30:20\n2026 年\n", "chat.no_times", None),
        ("a.csv", "a,b\n1,2\n", "chat.no_columns", None),
        ("a.csv", "时间,发送人,内容\r2026-05-01 10:00,店主,在\r", "chat.lone_cr", None),
        ("a.json", '{"a":1}', "chat.unrecognised", None),
        ("a.txt", "zeros\0", "chat.unrecognised", None),
        ("a.rtf", "{\\rtf1 2026-05-01 10:00}", "chat.office", None),
        ("a.DOCX", "PK", "chat.office", None),
    ],
)
def test_why_a_text_is_no_chat_is_said(
    name: str, data: str, code: str, count: int | None, kit: Kit, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(data, encoding="utf-8", newline="")
    sealed = add(path, kit, tmp_path)
    assert codes(sealed) == [code]
    assert sealed.notes[0].params.get("count") == count
    assert items_of(sealed)[0].kind is Kind.DOCUMENT


@pytest.mark.parametrize(
    "text",
    [
        DATED,
        f"{DATED}\n第二行\n",
        f"\n{DATED}\r\n\r\n{DATED}\r\n",
        "08/11/2026, 10:20 - Ahe: hello\n08/11/2026, 10:21 - Shop: hi\n",
    ],
)
def test_one_message_or_two_are_a_chat_where_nothing_else_is_there(
    text: str, kit: Kit, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8", newline="")
    sealed = add(tmp_path / "a.txt", kit, tmp_path)
    assert "chat.read" in codes(sealed)
    assert items_of(sealed)[0].kind is Kind.CHAT


def test_picture_is_no_chat_and_nothing_is_said_of_it(kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(metadata.png())
    assert codes(add(tmp_path / "a.png", kit, tmp_path)) == []


def test_options_for_chats_without_a_chat_are_refused(kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with refused(UsageError, "chat.none"):
        add(tmp_path / "a.png", kit, tmp_path, ChatOptions(parser="generic_txt"))


def test_unknown_format_is_refused_with_the_nearest(kit: Kit, tmp_path: Path) -> None:
    with refused(UsageError, "chat.no_such_parser") as caught:
        add(CHAT, kit, tmp_path, ChatOptions(parser="wechatmsg-txt"))
    assert caught.value.params["known"] == "wechatmsg_txt"


def test_formats_that_fit_the_ending_of_the_file_are_suggested(kit: Kit, tmp_path: Path) -> None:
    with refused(UsageError, "chat.no_such_parser") as caught:
        add(CHAT, kit, tmp_path, ChatOptions(parser="wechat"))
    assert caught.value.params["known"] == "wechatmsg_txt"


def test_named_format_is_taken(kit: Kit, tmp_path: Path) -> None:
    sealed = add(CHAT, kit, tmp_path, ChatOptions(parser="generic_txt"))
    (item,) = items_of(sealed)
    assert item.files[1].by is not None
    assert item.files[1].by.tool == "generic_txt"


def test_open_dates_are_told_and_settled_by_the_order(kit: Kit, tmp_path: Path) -> None:
    path = make.HERE / "generic_txt/open_dates/chat.txt"
    assert "chat.ambiguous_dates" in codes(add(path, kit, tmp_path))
    (tmp_path / "again").mkdir()
    settled = add(path, kit, tmp_path / "again", ChatOptions(date_order="dmy"))
    assert "chat.ambiguous_dates" not in codes(settled)


def told_of_dates(sealed: Sealed) -> dict[str, Any]:
    wanted = ("chat.order", "chat.undated", "chat.ambiguous")
    return {one.code: one.params for one in sealed.notes if one.code.startswith(wanted)}


def test_order_that_the_other_dates_show_is_told_beside_both_readings(
    kit: Kit, tmp_path: Path
) -> None:
    path = make.HERE / "whatsapp_txt/open_dates/chat.txt"
    sealed = add(path, kit, tmp_path)
    assert told_of_dates(sealed) == {
        "chat.ambiguous_dates": {"name": "chat.txt", "count": 1},
        "chat.undated": {"name": "chat.txt", "count": 4},
        "chat.order_shown": {"name": "chat.txt", "order": "dmy"},
    }
    first = json.loads(files_of(sealed)["data/derived/0001/messages.jsonl"].splitlines()[0])
    assert len(first["ts_candidates"]) == 2


def test_wrong_order_is_told_with_the_one_that_fits(kit: Kit, tmp_path: Path) -> None:
    path = make.HERE / "whatsapp_txt/open_dates/chat.txt"
    sealed = add(path, kit, tmp_path, ChatOptions(date_order="mdy"))
    assert told_of_dates(sealed) == {
        "chat.undated": {"name": "chat.txt", "count": 5},
        "chat.order_misfit": {"name": "chat.txt", "order": "mdy", "count": 1},
        "chat.order_other": {"name": "chat.txt", "orders": "dmy"},
    }


def test_order_is_not_blamed_where_the_dates_fit_none(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(
        "".join(f"{day}, 10:00 - Shop: hello\n" for day in ("2/14/23", "14/2/23", "2/3/23")),
        encoding="utf-8",
    )
    sealed = add(path, kit, tmp_path, ChatOptions(date_order="mdy"))
    assert list(told_of_dates(sealed)) == ["chat.undated", "chat.order_misfit", "chat.order_none"]


def test_count_that_is_not_what_the_export_says_is_told(kit: Kit, tmp_path: Path) -> None:
    sealed = add(make.HERE / "weflow_json/one_line/chat.json", kit, tmp_path)
    (note,) = (note for note in sealed.notes if note.code == "chat.declared")
    assert (note.params["declared"], note.params["actual"]) == (9, 5)


def test_half_written_export_is_sealed_and_the_byte_told(kit: Kit, tmp_path: Path) -> None:
    path = make.HERE / "weflow_json/cut/chat.json"
    sealed = add(path, kit, tmp_path)
    (lack,) = sealed.shortfalls
    assert lack.code == "chat.cut_short"
    assert 0 < int(lack.params["byte"]) < path.stat().st_size
    assert files_of(sealed)["data/files/0001-chat.json"] == path.read_bytes()
    records = files_of(sealed)["data/derived/0001/messages.jsonl"].splitlines()
    assert json.loads(records[-1])["kind"] == "unclaimed"


def test_chat_that_changes_between_reading_and_sealing_is_refused(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes(CHAT.read_bytes())

    def change_then_seal(*args: Any, **kwargs: Any) -> Sealed:
        path.write_bytes(CHAT.read_bytes().replace("全额".encode(), "一半".encode()))
        return seal(*args, **kwargs)

    monkeypatch.setattr("evidence_kit.actions.add.seal", change_then_seal)
    with refused(InputError, "file.changing"):
        add(path, kit, tmp_path)
    assert not (tmp_path / "x.evidence.zip").exists()


def test_two_chats_in_one_bundle_have_each_their_own(kit: Kit, tmp_path: Path) -> None:
    sealed = add_files([CHAT, CHAT], tmp_path / "x.evidence.zip", kit=kit, chats=ROLES)
    paths = [entry.path for item in items_of(sealed) for entry in item.files[1:]]
    assert len(set(paths)) == 6


def test_seconds_since_1970_are_shown_in_the_zone_of_the_reader(kit: Kit, tmp_path: Path) -> None:
    sealed = add(make.HERE / "weflow_json/one_line/chat.json", kit, tmp_path)
    text = files_of(sealed)["data/derived/0001/transcript.txt"].decode()
    assert "M0001 · 2026-05-01 10:00:00 (UTC+08:00) · 云雀点卡客服 · 媒体 media\n" in text


def test_export_that_was_sorted_anew_says_so_once(kit: Kit, tmp_path: Path) -> None:
    path = make.HERE / "qqchatexporter_json/k20261101/chat.json"
    (tmp_path / "other").mkdir()
    assert codes(add(path, kit, tmp_path)).count("chat.sorted_anew") == 1
    assert "chat.sorted_anew" not in codes(add(CHAT, kit, tmp_path / "other"))


def account_of(sealed: Sealed) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files_of(sealed)["data/derived/0001/chat.json"])
    return loaded


def test_count_of_a_manifest_is_compared_with_all_its_chunks(kit: Kit, tmp_path: Path) -> None:
    sealed = add(whole.qqchatexporter_export().zip(tmp_path / "chat.zip"), kit, tmp_path)
    assert "chat.declared" not in codes(sealed)
    assert codes(sealed).count("chat.sorted_anew") == codes(sealed).count("chat.account_from") == 1
    claims = [claim for chat in account_of(sealed)["chats"] for claim in chat["declared"]]
    assert all(claim["declared"] == claim["actual"] for claim in claims)
    assert [claim["told_by"] for claim in claims] == ["chat/manifest.json"] * 2 + [None]


def test_chunk_that_is_not_in_the_zip_is_missed(kit: Kit, tmp_path: Path) -> None:
    export = whole.qqchatexporter_export()
    lost = "chat/chunks/c000002.jsonl"
    sealed = add(export.zip(tmp_path / "chat.zip", {lost: None}), kit, tmp_path)
    every = sum(map(len, export.said.values()))
    told = {note.code: note.params for note in sealed.notes}
    counts = told["chat.declared"]
    assert (counts["declared"], counts["actual"]) == (every, every - len(export.said[lost]))
    assert told["chat.sibling_absent"]["sibling"] == lost


def test_chunks_of_two_exports_in_a_zip_are_counted_apart(kit: Kit, tmp_path: Path) -> None:
    export = whole.qqchatexporter_export()
    more = {name.replace("chat/", "other/"): data for name, data in export.files.items()}
    assert "chat.declared" not in codes(add(export.zip(tmp_path / "x.zip", more), kit, tmp_path))


def test_names_from_another_file_are_told_once_and_name_who_is_who(
    kit: Kit, tmp_path: Path
) -> None:
    path = whole.slack_export().zip(tmp_path / "slack.zip")
    sealed = add(path, kit, tmp_path, ROLES)
    told = [note.params for note in sealed.notes if note.code == "chat.names_from"]
    assert told == [{"name": "slack.zip", "sibling": "users.json"}]
    transcript = files_of(sealed)["data/derived/0001/transcript.txt"].decode()
    assert f"{SHOP} · 商家 merchant · [named_elsewhere]" in transcript
    assert "另取自 also taken from; users.json\n" in transcript
    with open_chat(sealed.path, member="D01AHESHOP/2026-11-01.json") as reading:
        assert reading.chat is not None
        assert reading.chat.derived is Derived.SAME
        assert reading.chat.has_roles


def test_name_of_several_accounts_is_told_where_it_says_who_is_who(
    kit: Kit, tmp_path: Path
) -> None:
    users = [whole.slack_user(one, "x", real_name=story.BUYER_NAME) for one in slack.IDS.values()]
    path = whole.slack_export().zip(tmp_path / "s.zip", {"users.json": json.dumps(users).encode()})
    named = ChatOptions(me=(story.BUYER_NAME,))
    told = [one.params for one in add(path, kit, tmp_path, named).notes
            if one.code == "chat.name_shared"]  # fmt: skip
    ids = ", ".join(slack.IDS[one] for one in ("shop", "buyer"))
    assert told == [{"name": "s.zip", "sender": story.BUYER_NAME, "ids": ids}]
    (tmp_path / "by id").mkdir()
    by_id = ChatOptions(me=(slack.IDS["buyer"],), merchant=(slack.IDS["shop"],))
    assert "chat.name_shared" not in codes(add(path, kit, tmp_path / "by id", by_id))


def test_missing_files_are_named_once(kit: Kit, tmp_path: Path) -> None:
    lost = {f"ChatExport/messages{n}.html": None for n in (3, 6)}
    sealed = add(whole.telegram_export().zip(tmp_path / "t.zip", lost), kit, tmp_path)
    told = [note.params for note in sealed.notes if note.code == "chat.sibling_absent"]
    assert told == [{"name": "t.zip", "sibling": "ChatExport/messages3.html"}]
    named = [one["member"] for chat in account_of(sealed)["chats"] for one in chat["siblings"]]
    assert named == [f"ChatExport/messages{n}.html" for n in (3, 3, 6, 6)]


def test_reading_again_keeps_the_order_of_the_sealing(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = whole.telegram_export(2).zip(tmp_path / "t.zip")
    with monkeypatch.context() as patch:  # a version that took the files in another order
        patch.setattr("evidence_kit.chats.containers._by_number", lambda name: (-len(name), name))
        sealed = add(path, kit, tmp_path)
    with open_chat(sealed.path, member="ChatExport/messages.html") as reading:
        assert reading.chat is not None
        assert (reading.chat.derived, reading.chat.transcript.first) == (Derived.SAME, 2)


@pytest.mark.parametrize(
    ("export", "count"),
    [
        ("telegram_json/two_times/result.json", 4),
        ("mail/two_texts/all.mbox", 5),
        ("mail/reply/mail.eml", 0),
    ],
)
def test_messages_that_say_two_things_are_told(
    export: str, count: int, kit: Kit, tmp_path: Path
) -> None:
    notes = add(make.HERE / export, kit, tmp_path).notes
    assert [n.params["count"] for n in notes if n.code == "chat.contradicting"] == [count] * (
        count > 0
    )


@pytest.mark.parametrize(("gap", "count"), [("\n", 0), ("", 1)])
def test_messages_that_may_have_run_together_are_told(
    gap: str, count: int, kit: Kit, tmp_path: Path
) -> None:
    """Without the empty lines above them, all headers but the first are text."""
    head = f"{'=' * 64}\n消息对象:店主\n{'=' * 64}\n\n"
    who = ("店主(10001)", "阿禾(10002)", "店主(10001)")
    said = gap.join(f"2026-05-01 10:00:0{n} {one}\n在\n" for n, one in enumerate(who))
    path = tmp_path / "qq.txt"
    path.write_text(head + said, encoding="utf-8")
    notes = add(path, kit, tmp_path).notes
    assert [n.params["count"] for n in notes if n.code == "chat.run_together"] == [1] * count
    assert [n.params["messages"] for n in notes if n.code == "chat.read"] == [1 if count else 3]
