"""Exchanges as WARC and WACZ: the same bytes for the same input, and one header a line."""

import io
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from evidence_kit.webarchive.exchange import Exchange, Headers
from evidence_kit.webarchive.wacz import ArchivedPage, write_wacz
from evidence_kit.webarchive.warc import WarcWriter

START = datetime(2026, 11, 1, 9, 30, 5, 678000, tzinfo=UTC)
URL = "https://shop.example/order/K20261101"


def written(folder: Path, headers: Headers = (), *, status: str = "OK", note: str = "") -> Path:
    """A WARC of one exchange."""
    folder.mkdir(exist_ok=True)
    body = folder / "body.bin"
    body.write_bytes(b"ok")
    exchange = Exchange(
        url=URL,
        method="GET",
        request_headers=(("Accept", "*/*"),),
        request_body=None,
        status=200,
        reason=status,
        response_headers=headers,
        body=body,
        started_at=START,
        details={"protocol": "http/1.1"},
    )
    path = folder / "data.warc.gz"
    with path.open("wb") as file:
        WarcWriter(file, software="test", created_at=START, seed=b"seed", note=note).add(exchange)
    return path


def block(warc: Path) -> bytes:
    """Status line, headers and body of the response."""
    for record in ArchiveIterator(io.BytesIO(warc.read_bytes()), no_record_parse=True):
        if record.rec_type == "response":
            return bytes(record.raw_stream.read())
    raise AssertionError("no response")


def test_same_exchanges_give_the_same_bytes(tmp_path: Path) -> None:
    page = ArchivedPage(url=URL, title="订单", started_at=START)
    packed = []
    for name in ("one", "two"):
        warc = written(tmp_path / name, (("X-Name", "订单"),))
        path = tmp_path / f"{name}.wacz"
        write_wacz(path, warc, page=page, software="test")
        packed.append(path.read_bytes())
    assert packed[0] == packed[1]


def test_bytes_that_are_no_text_are_written_as_they_came(tmp_path: Path) -> None:
    name = b"\xb6\xa9\xb5\xa5".decode("utf-8", errors="surrogateescape")
    warc = written(tmp_path, (("X-Gbk", name), ("X-Utf-8", "订单")), status="好")
    assert b"\r\nX-Gbk: \xb6\xa9\xb5\xa5\r\n" in block(warc)
    assert "\r\nX-Utf-8: 订单\r\n".encode() in block(warc)
    assert block(warc).startswith("HTTP/1.1 200 好\r\n".encode())


def test_a_surrogate_that_stands_for_no_byte_costs_one_sign(tmp_path: Path) -> None:
    assert b"\r\nX-A: a?b\r\n" in block(written(tmp_path, (("X-A", "a\ud800b"),)))


def test_no_header_or_status_can_be_taken_for_two_lines(tmp_path: Path) -> None:
    ends = "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\0"
    headers = ((f"X{ends}: y", f"a{ends}b"), ("", "c"))
    lines = block(written(tmp_path, headers, status=f"O{ends}K")).decode().splitlines()
    assert lines == [
        f"HTTP/1.1 200 O{' ' * len(ends)}K",
        f"Xy: a{' ' * len(ends)}b",
        "X: c",
        "Content-Length: 2",
        "",
        "ok",
    ]


def test_a_note_for_the_reader_stands_in_the_first_record(tmp_path: Path) -> None:
    warc = written(tmp_path, note="secrets were replaced")
    first = next(iter(ArchiveIterator(io.BytesIO(warc.read_bytes()))))
    assert first.rec_type == "warcinfo"
    assert b"description: secrets were replaced\r\n" in first.raw_stream.read()
