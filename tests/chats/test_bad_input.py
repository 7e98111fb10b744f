"""What strangers' files may hold: never a crash, never a gap, bounded time and memory."""

import io
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from evidence_kit.chats import containers
from evidence_kit.chats.containers import ZipRefused, exports
from evidence_kit.chats.parser import parsers
from evidence_kit.chats.record import Flag, RecordKind
from evidence_kit.chats.source import read_head
from fixtures.chats import make
from tests.chats.exports import EXPORTS, damaged, read, reading_of, spans

CHAT = make.HERE / "wechatmsg_txt/k20261101/chat.txt"
GENERIC = b"2026-05-01 10:00:00 A: "
each_parser = pytest.mark.parametrize("parser", [parser.id for parser in parsers()])


def noise(length: int) -> bytes:
    return random.Random(5).randbytes(length)


BAD = {
    "empty": b"",
    "bom alone": b"\xef\xbb\xbf",
    "utf-16 bom alone": b"\xff\xfe",
    "utf-16 with a byte like LF": b"\xff\xfe2\x000\x00\x20\x0a,\x00,\x00,\x00",
    "newlines": b"\n\r\n\n",
    "binary": b"\x89PNG\r\n\x1a\n" + noise(5000),
    "zeros": bytes(5000),
    "open bracket": b"[" * 5000,
    "open braces": b'{"messages":' * 5000,
    "deep": b'{"weflow":1,"session":' + b"[" * 20_000 + b"]" * 20_000 + b',"messages":[]}',
    "quotes": b'"' * 5000,
    "mixed": "2026-05-01 10:00:00 店主: 一\n".encode()
    + "2026-05-01 10:00:01 店主: 二\n".encode("gb18030"),
    "surrogates": b'[{"seq":1,"time":"\\ud800","content":"\\udfff","senderName":"\\ud800"}]',
    "key in no encoding": b'{"\xfc":[{"seq":1,"content":"x"}],"messages":{"\\ud800":{"id":1}}}',
    "wrong types": b'[{"seq":[],"time":{},"content":{"a":1},"type":"x","isSelf":9},7,null]',
    "wrong types of Slack": b'[{"type":"message","ts":"1777600800.000001","subtype":[],"user":{},'
    b'"files":{"a":1},"user_profile":[]},{"type":"message","ts":7,"subtype":{},"text":[]}]',
    "wrong types of Messenger": b'{"participants":[],"threadName":{},"messages":[{"sender_name":[],'
    b'"timestamp_ms":{},"type":[],"content":7,"photos":{}},{"senderName":1,"media":{"a":1}}]}',
    "numbers": b'{"session":{"messageCount":1e999},"messages":[{"createTime":1e999},'
    b'{"createTime":-1},{"localId":' + b"9" * 5000 + b"},"
    b'{"createTime":99999999999999999999},{"createTime":NaN},{"createTime":true}]}',
    "dtd": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    "columns only": b"localId,TalkerId,Type,IsSender,CreateTime,StrContent,StrTime,Time,SenderName",
    "rows without columns": b",,,\n" * 20,
    "spaces": GENERIC + b" " * 200_000 + b"x\n" + b"A 2026-05-01 10:00" + b" " * 200_000 + b"x",
    "dates": b"9999-99-99 99:99:99 A\nx\n\n" * 5 + b"0000-00-00 00:00:00 A\nx\n\n",
    "first and last day": b"0001-01-01 00:00:00 A\nx\n\n9999-12-31 23:59:59 A\nx\n\n" * 3,
    "other digits": "２０２６-05-01 10:00:00 A\nx\n\n".encode() * 4,
}


@each_parser
@pytest.mark.parametrize("name", BAD)
def test_no_file_breaks_a_parser_or_leaves_a_gap(name: str, parser: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(BAD[name])
    position = 0
    for start, end in spans(reading_of(path, parser)):
        assert start == position
        position = end
    assert position == len(BAD[name])
    records, chat = read(path, parser)
    assert chat.stopped is None or chat.stopped.code != "chat.parser_failed"
    for record in records:
        json.dumps(record.body_raw).encode()
        assert not any("\ud800" <= letter <= "\udfff" for letter in record.body_raw)


@each_parser
def test_bytes_that_change_break_no_parser(parser: str, tmp_path: Path) -> None:
    """Each fixture of the format with single bytes changed, cut out and doubled."""
    chance = random.Random(7)
    path = tmp_path / "file"
    for export in (one for one in EXPORTS if one.parser == parser):
        for _ in range(12):
            data = damaged(export.path.read_bytes(), chance)
            path.write_bytes(data)
            found = list(spans(reading_of(path, parser)))
            assert [start for start, _ in found[1:]] == [end for _, end in found[:-1]]
            assert not found or found[-1][1] == len(data)
            chat = read(path, parser)[1]
            assert chat.stopped is None or chat.stopped.code != "chat.parser_failed"


def test_parser_that_breaks_is_told_with_its_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes(CHAT.read_bytes())

    def broken(body: str) -> tuple[Flag, ...]:
        if "598" in body:
            raise KeyError("a bug")
        return ()

    monkeypatch.setattr("evidence_kit.chats.parsers.wechatmsg_txt.flags_of", broken)
    records, chat = read(path, "wechatmsg_txt")
    assert chat.stopped is not None
    assert (chat.stopped.code, chat.stopped.detail) == ("chat.parser_failed", "KeyError")
    assert chat.stopped.byte == records[-1].src.byte_start
    assert records[-1].kind is RecordKind.UNCLAIMED
    assert records[-1].src.byte_end == path.stat().st_size


def test_mixed_encodings_are_told_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes(BAD["mixed"] + "2026-05-01 10:00:02 店主: 三\n".encode())
    records, chat = read(path, "generic_txt")
    assert chat.encoding == "mixed"
    assert chat.undecodable == 1
    assert [record.body_raw for record in records][::2] == ["一", "三"]
    assert Flag.UNDECODABLE in records[1].flags


@pytest.mark.parametrize("name", ["empty", "binary", "zeros", "dtd", "newlines"])
def test_nothing_claims_what_is_no_chat(name: str, tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes(BAD[name])
    head = read_head(path)
    assert [parser.id for parser in parsers() if parser.detect(head).score] == []


# Size: measured in a process of its own, since a peak never goes down again.

# What `getrusage` tells of a new process is never less than the size of the one that made it.
_MEASURE = """
import sys
from pathlib import Path
from evidence_kit.chats.parser import parser_named
from evidence_kit.chats.reading import Reading
from evidence_kit.chats.source import open_source
reading = Reading(open_source(Path(sys.argv[1])), parser_named(sys.argv[2]))
unclaimed = sum(1 for record in reading if record.kind == "unclaimed")
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) >> 10, reading.chat.records, unclaimed)
"""


def measure(path: Path, parser: str) -> list[int]:
    """Largest resident size in MiB, records, unclaimed stretches."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, path, parser],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [int(word) for word in done.stdout.split()]


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize(
    "parser",
    [
        "generic_txt",
        "generic_csv",
        "weflow_json",
        "telegram_json",
        "qqchatexporter_json",
        "qqchatexporter_jsonl",
        "qqchatexporter_txt",
    ],
)
def test_very_long_line_is_bounded_in_memory(parser: str, tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    with path.open("wb") as out:
        out.write(GENERIC if parser == "generic_txt" else b'{"a":"' if "json" in parser else b'"')
        for _ in range(200):
            out.write(b"x" * (1 << 20))
        out.write(b"\n2026-05-01 10:00:01 A: end\n")
    peak_mib, records, unclaimed = measure(path, parser)
    assert peak_mib < 150
    assert unclaimed == 1
    if parser == "generic_txt":
        assert records == 2


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_text_of_two_gigabytes_is_bounded_in_memory(tmp_path: Path) -> None:
    """A sparse file: two messages and a hole of 2 GB between them."""
    path = tmp_path / "chat.txt"
    with path.open("wb") as out:
        out.write(GENERIC + b"start\n")
        out.seek(2 << 30, os.SEEK_CUR)
        out.write(b"\n2026-05-01 10:00:01 A: end\n")
    peak_mib, records, unclaimed = measure(path, "generic_txt")
    assert peak_mib < 150
    assert (records, unclaimed) == (2, 1)


# Zips


def zip_of(tmp_path: Path, *members: tuple[str, bytes]) -> Path:
    path = tmp_path / "chat.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members:
            container.writestr(name, content)
    return path


def texts_of(path: Path, tmp_path: Path) -> list[tuple[str | None, bytes]]:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    return [(export.member, export.path.read_bytes()) for export in exports(path, folder)]


def refusal(path: Path, tmp_path: Path) -> str:
    with pytest.raises(ZipRefused) as caught:
        texts_of(path, tmp_path)
    return caught.value.code


def test_texts_of_a_zip_are_taken_out_and_nothing_else(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("../../聊天.txt", b"a"), ("a.jpg", b"b"), ("x/b.JSON", b"c"))
    assert texts_of(path, tmp_path) == [("../../聊天.txt", b"a"), ("x/b.JSON", b"c")]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["chat.zip", "unpacked"]


def test_name_in_the_encoding_of_the_system_is_read(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("ABCD.txt", b"a"))
    path.write_bytes(path.read_bytes().replace(b"ABCD", "聊天".encode("gb18030")))
    assert texts_of(path, tmp_path) == [("聊天.txt", b"a")]


def test_bomb_is_refused(tmp_path: Path) -> None:
    assert refusal(zip_of(tmp_path, ("a.txt", bytes(8 << 20))), tmp_path) == "chat.zip_too_large"


def test_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("a.txt", bytes(8 << 20)))
    data = path.read_bytes()
    path.write_bytes(data.replace((8 << 20).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    assert refusal(path, tmp_path) in ("chat.zip_too_large", "chat.zip_broken")


@pytest.mark.parametrize(
    "limit", ["MAX_MEMBERS", "MAX_TEXTS", "MAX_TOTAL_BYTES", "MAX_DIRECTORY_BYTES"]
)
def test_zip_beyond_a_limit_is_refused(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, limit, 1)
    path = zip_of(tmp_path, ("a.txt", b"aa"), ("b.txt", b"bb"))
    assert refusal(path, tmp_path) == "chat.zip_too_large"


def test_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("a.txt", b"a"))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    assert refusal(path, tmp_path) == "chat.zip_encrypted"


@pytest.mark.parametrize("length", [10, 60, -30, -5])
def test_half_a_zip_is_refused(length: int, tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("a.txt", noise(2000)))
    path.write_bytes(path.read_bytes()[:length])
    assert refusal(path, tmp_path) == "chat.zip_broken"


def test_unknown_compression_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("a.txt", b"a"))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(signature) + offset] = 97
    path.write_bytes(data)
    assert refusal(path, tmp_path) == "chat.zip_broken"


def test_chat_in_a_zip_names_its_member(tmp_path: Path) -> None:
    path = zip_of(tmp_path, ("_chat.txt", CHAT.read_bytes()))
    (tmp_path / "unpacked").mkdir()
    (export,) = exports(path, tmp_path / "unpacked")
    assert export.head.name == "_chat.txt"
    source = export.source()
    assert source.member == "_chat.txt"
    assert source.span(0, 1).member == "_chat.txt"
    assert io.BytesIO(source.read(0, source.size_bytes)).getvalue() == CHAT.read_bytes()
