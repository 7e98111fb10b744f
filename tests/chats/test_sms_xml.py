"""Emoji in halves, which SMS Backup & Restore writes, wherever the file is cut for reading."""

from pathlib import Path

import pytest

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
