"""Emoji in halves, which SMS Backup & Restore writes, wherever the file is cut for reading."""

from pathlib import Path

import pytest

from evidence_kit.chats.parsers import sms_xml
from evidence_kit.chats.record import Flag
from evidence_kit.chats.source import PIECE_BYTES
from tests.chats.exports import read

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<smses count="1">\n'
BEGIN = b'  <sms address="10086" date="1777600800000" type="1" body="'
END = b'" />\n</smses>'


@pytest.mark.parametrize("before", range(18))
def test_emoji_across_two_pieces_is_one_character(before: int, tmp_path: Path) -> None:
    path = tmp_path / "sms.xml"
    padding = b"x" * (PIECE_BYTES - len(HEAD + BEGIN) - before)
    path.write_bytes(HEAD + BEGIN + padding + b"&#55357;&#56832;" + END)
    (record,), chat = read(path, "sms_xml")
    assert record.body_raw.lstrip("x") == "\U0001f600"
    assert not record.flags
    assert chat.stopped is None


@pytest.mark.parametrize("half", [b"&#55357;", b"&#56832;", b"&#57343;", b"&#57343;&#55296;"])
def test_half_without_the_other_is_flagged_and_the_rest_is_read(
    half: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "sms.xml"
    path.write_bytes(HEAD + BEGIN + half + b"x" + END)
    (record,), chat = read(path, "sms_xml")
    assert record.body_raw.strip("\ufffd") == "x"
    assert Flag.UNDECODABLE in record.flags
    assert chat.stopped is None
    assert chat.unclaimed_bytes == 0


@pytest.mark.parametrize("before", [b"&#55357;", b"&#56832;", b"&#56319;&#57343;&#55296;"])
@pytest.mark.parametrize("size", [1, 9, PIECE_BYTES])
def test_half_in_front_of_a_whole_emoji_costs_itself_alone(
    before: bytes, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sms_xml, "PIECE_BYTES", size)
    path = tmp_path / "sms.xml"
    path.write_bytes(HEAD + BEGIN + before + b"&#55357;&#56832;" + b"&#55295;&#57344;" + END)
    (record,), chat = read(path, "sms_xml")
    whole = "\U0010ffff" if len(before) > 8 else ""
    assert record.body_raw == f"{whole}\ufffd\U0001f600\ud7ff\ue000"
    assert Flag.UNDECODABLE in record.flags
    assert chat.stopped is None


def test_what_is_no_xml_stops_the_reading_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "sms.xml"
    good = BEGIN + b'x" />\n'
    path.write_bytes(HEAD + good + b"  <sms <\n" + b" " * PIECE_BYTES + END)
    records, chat = read(path, "sms_xml")
    assert [record.body_raw for record in records][:1] == ["x"]
    assert chat.stopped and chat.stopped.code == "chat.not_xml"
    assert len(HEAD + good) <= chat.stopped.byte <= len(HEAD + good) + 8


def test_tag_that_is_too_long_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_xml, "ELEMENT_BYTES", PIECE_BYTES)
    path = tmp_path / "sms.xml"
    path.write_bytes(HEAD + BEGIN + b"x" * (4 * PIECE_BYTES) + END)
    _, chat = read(path, "sms_xml")
    assert chat.stopped and chat.stopped.code == "chat.too_long"


def test_parts_of_one_message_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms_xml, "PARTS", 3)
    path = tmp_path / "sms.xml"
    part = b'<part ct="text/plain" text="x" />'
    mms = b'<mms date="1777600800000" m_type="132"><parts>' + part * 5 + b"</parts></mms>\n</smses>"
    path.write_bytes(HEAD + mms)
    (record,), chat = read(path, "sms_xml")
    assert record.body_raw == "x\nx\nx"
    assert chat.stopped is None
