"""Chat exports under fuzzing: whatever comes in, every parser accounts for every byte of it.

In pieces of any size, a file holds the same.
"""

import contextlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from evidence_kit import messages
from evidence_kit.chats.parser import GENERIC, SHAPE, SIGNATURE, Parser, choose, parsers
from evidence_kit.chats.reading import Reading
from evidence_kit.chats.record import Record, RecordKind, Structure, TzStatus
from evidence_kit.chats.source import PIECE_BYTES, Head, Source, open_source, read_head
from evidence_kit.chats.times import instant
from evidence_kit.errors import UsageError
from tests.fuzz import mutators
from tests.fuzz.guard import require
from tests.fuzz.mutators import Havoc

_PARSERS = parsers()
"""Imported here, so that libFuzzer sees their lines."""
_READERS: tuple[Any, ...] = tuple(
    module
    for name, module in sys.modules.items()
    if name.startswith("evidence_kit.chats.") and hasattr(module, "PIECE_BYTES")
)
_SMALL_BYTES = 61
_SCORES = (0, GENERIC, SHAPE, SIGNATURE)


def run(path: Path) -> None:
    """Read a file with every parser, asked for or not."""
    head, source = read_head(path), open_source(path)
    _require_choice(head)
    for parser in _PARSERS:
        _require_account(source, parser)


def _require_choice(head: Head) -> None:
    try:
        chosen = choose(head)
    except UsageError as error:
        require(error.code == "chat.ambiguous", error.code)
        return
    scores = {parser.id: parser.detect(head) for parser in _PARSERS}
    require(all(found.score in _SCORES for found in scores.values()), "another score")
    require(all(found.reasons or not found.score for found in scores.values()), "no reason")
    # a text whose lines end otherwise than at LF is nobody's
    if "\n" in head.text.strip() or not set(head.text) & {"\r", "\u2028"}:
        is_claimed = any(found.score for found in scores.values())
        require(chosen is not None or not is_claimed, "none chosen")


def _require_account(source: Source, parser: Parser) -> None:
    """Spans part the file, and what the records say adds up and can be written."""
    reading = Reading(source, parser)
    position = records = unclaimed = 0
    encode = msgspec.json.Encoder().encode
    for part in reading.parts():
        if isinstance(part, Record):
            position = _follow(position, part.src.byte_start, part.src.byte_end, parser)
            _require_record(part, source, parser)
            read_back = msgspec.json.decode(encode(part), type=Record)
            require(read_back == part, f"{parser.id}: does not read back")
            is_unclaimed = part.kind is RecordKind.UNCLAIMED
            records, unclaimed = records + (not is_unclaimed), unclaimed + is_unclaimed
        elif isinstance(part, Structure):
            position = _follow(position, part.byte_start, part.byte_end, parser)
    require(position == source.size_bytes, f"{parser.id}: ends at {position}")
    again = Reading(source, parser)
    found = list(again)
    chat = again.chat
    is_same = (len(found), chat.records) == (records + unclaimed, records)
    require(is_same, f"{parser.id}: two readings")
    in_pieces = Reading(source, parser)
    with _small_pieces():
        require(list(in_pieces) == found, f"{parser.id}: other records in small pieces")
    require(in_pieces.chat == chat, f"{parser.id}: another account in small pieces")
    stopped = chat.stopped
    if stopped is not None:
        require(stopped.code in messages.OBSERVATIONS, f"{parser.id}: {stopped.code}")
        require(stopped.code != "chat.parser_failed", f"{parser.id}: {stopped.detail}")
        require(0 <= stopped.byte <= source.size_bytes, f"{parser.id}: stopped beyond the file")


@contextlib.contextmanager
def _small_pieces() -> Iterator[None]:
    """Files are read a few bytes at a time, so that everything happens across a border."""
    for module in _READERS:
        module.PIECE_BYTES = _SMALL_BYTES
    try:
        yield
    finally:
        for module in _READERS:
            module.PIECE_BYTES = PIECE_BYTES


def _follow(position: int, start: int, end: int, parser: Parser) -> int:
    require(start == position, f"{parser.id}: a gap or an overlap at {position}")
    require(end > start, f"{parser.id}: nothing at {position}")
    return end


def _require_record(record: Record, source: Source, parser: Parser) -> None:
    require(record.id == source.record_id(record.src.byte_start), f"{parser.id}: another id")
    is_timed = record.tz_status is not TzStatus.NONE
    require(bool(record.ts_candidates) is is_timed, f"{parser.id}: a time and none")
    require(record.ts_raw or not is_timed, f"{parser.id}: an invented time")
    for candidate in record.ts_candidates:
        try:
            instant(candidate, "+08:00")
        except (ValueError, OverflowError) as error:
            raise AssertionError(f"{parser.id}: no time: {candidate}") from error
    span = record.src
    if span.line_start is not None and span.line_end is not None:
        require(1 <= span.line_start <= span.line_end, f"{parser.id}: lines")


def mutate(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """What chat exports are made of put into another place, or again and again; JSON as JSON."""
    if data.lstrip()[:1] in (b"{", b"[") and rng.random() < 0.6:
        return mutators.json_text(data, rng, havoc)
    at = rng.randint(0, len(data))
    match rng.randrange(8):
        case 0 | 1:
            return data[:at] + rng.choice(_PIECES) + data[at:]
        case 2:
            return data[:at] + rng.choice(_PIECES) * rng.choice((3, 50, 3000)) + data[at:]
        case 3:
            piece = data[at : at + rng.choice((5, 80, 600))]
            return data[:at] + piece * rng.choice((2, 40)) + data[at:]
        case 4:
            return data[:at]
        case 5:
            old, new = rng.sample((b"\n", b"\r\n", b"\r", b"\n\n", b" "), 2)
            return data.replace(old, new, rng.choice((1, -1)))
        case _:
            return mutators.text(data, rng, havoc)


_PIECES = (
    b"\n\n", b"\r\n", b" ", b"\xc2\xa0", b"\xe2\x80\xaf", b"\xe2\x80\x8e", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\x81", b"\xb5\xea\xd6\xf7", b"\xed\xa0\x80", b"\x00", b"\xe2\x80\xa8",
    b"2026-05-01 10:00:00 ", b"9:59:54 PM\n", b"31/02/2026, 25:61", b"9999-12-31 23:59:59",
    b"0001-01-01 00:00:00", b"+14:00", b"99999999999999999999", "— — 2020-2-21 — —\n".encode(),
    "已读\n".encode(), "\n\n你撤回了一条消息\n\n".encode(), "店主(10001001)".encode(), b"=" * 64,
    "消息对象:店主\n".encode(), b"--b\r\n", b"--b--\r\n", b"boundary=b\r\n\r\n",
    b"Content-Type: multipart/alternative; boundary=b\r\n", b"=?utf-8?B?5bqX?=", b"=?gbk?Q?=B5?=",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Date: Sun, 1 Nov 2026 19:59:03 +0800\r\n", b"From - Sun Nov  1 19:58:30 2026\nA: b\n",
    b"<tr><td>", b"</td></tr>", b"<div>", b"</div>", b"<!--", b"<script>", b"&#x110000;", b"&lt;",
    b'"', b'""', b",", b"\t", b"{", b"[", b"]", b"}", b"\\ud800", b"1e999", b"null",
)  # fmt: skip
