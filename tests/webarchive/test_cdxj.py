"""The index of a WARC, by which players find a record."""

import gzip
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from evidence_kit.webarchive.cdxj import index_warc
from evidence_kit.webarchive.exchange import Exchange
from evidence_kit.webarchive.request_query import MAX_BODY_BYTES, body_query, with_request
from evidence_kit.webarchive.surt import surt_key
from evidence_kit.webarchive.warc import WarcWriter

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=----AaB03x"
SESSION = "0123456789abcdef0123456789abcdef"
ASP = "4hqa0555fwsecu455xqckv45"
START = datetime(2026, 11, 1, 9, 30, 5, 678000, tzinfo=UTC)

# what the library surt 0.3.1 gives, with which pywb 2.10 makes its keys
KEYS = {
    "http://shop.example": "example,shop)/",
    "HTTP://SHOP.EXAMPLE:80/": "example,shop)/",
    "https://shop.example:443/": "example,shop)/",
    "http://shop.example:443/": "example,shop:443)/",
    "https://shop.example:08443/a": "example,shop:8443)/a",
    "http://shop.example:/a": "example,shop)/a",
    "https://www.shop.example/": "example,shop)/",
    "https://www12.shop.example/": "example,shop)/",
    "https://www.www.shop.example/": "example,shop,www)/",
    "https://m.www.shop.example/": "example,shop,www,m)/",
    "https://www/": "www)/",
    "https://shop..example./": "example,shop)/",
    "https://user:pa@ss@www.shop.example/x": "example,shop)/x",
    "http://127.0.0.1:8000/A?B=C": "1,0,0,127:8000)/a?b=c",
    "http://10.0.200.1/": "1,200,0,10)/",
    "http://[2001:DB8::1]/": "2001:db8::1)/",
    "http://[::1]:8080/a": "::1:8080)/a",
    "https://商店.中国/商品/一.html?颜色=红": (
        "xn--fiqs8s,xn--czrs0t)/%e5%95%86%e5%93%81/%e4%b8%80.html?%e9%a2%9c%e8%89%b2=%e7%ba%a2"
    ),
    "http://BÜCHER.example/É": "example,xn--bcher-kva)/%c3%89",
    f"http://é{'a' * 70}.example/": f"example,%c3%a9{'a' * 70})/",
    "http://ex%C3%A9mple.com/": "com,xn--exmple-cva)/",
    "https://shop.example/%E5%95%86%e5%93%81": "example,shop)/%e5%95%86%e5%93%81",
    "https://shop.example/%C9": "example,shop)/%c9",
    "https://shop.example/%41%61%2f%2F%3f%23%25": "example,shop)/aa/?%23%25",
    "https://shop.example/%25252541": "example,shop)/a",
    "https://shop.example/a%%32%35": "example,shop)/a%25",
    "https://shop.example/%zz%": "example,shop)/%25zz%25",
    "https://shop.example/%00%7f": "example,shop)/%00%7f",
    "https://shop.example/a|b^c`d{e}\"<>'\\": "example,shop)/a|b^c`d{e}\"<>'\\",
    "https://shop.example/a+b c": "example,shop)/a+b%20c",
    "https://shop.example/a?": "example,shop)/a",
    "https://shop.example?A": "example,shop)/?a",
    "https://shop.example/a/?x": "example,shop)/a?x",
    "https://shop.example/Order/": "example,shop)/order",
    "https://shop.example//a///b//": "example,shop)/a/b",
    "https://shop.example/a/./b/../c": "example,shop)/a/c",
    "https://shop.example/%252e%252e/a": "example,shop)/../a",
    "https://shop.example/a#b?c": "example,shop)/a",
    "https://shop.example/a?b#c": "example,shop)/a?b",
    "https://shop.example/a?b=2&a=1&b=1&a=1": "example,shop)/a?a=1&a=1&b=1&b=2",
    "https://shop.example/a?a=10&a=9&aa=1&a&a=": "example,shop)/a?a&a=&a=10&a=9&aa=1",
    "https://shop.example/a?a!=1&a=2": "example,shop)/a?a=2&a!=1",
    "https://shop.example/a?&&b=1&": "example,shop)/a?&&&b=1",
    "https://shop.example/a?q=a%26b%3Dc": "example,shop)/a?b=c&q=a",
    "https://shop.example/a?u=http://x.y/z/?": "example,shop)/a?u=http://x.y/z/?",
    " https://shop.example/a?b=1\r\n2\t ": "example,shop)/a?b=12",
    f"https://shop.example/a?PHPSESSID={SESSION}&b=1": "example,shop)/a?b=1",
    f"https://shop.example/a?x=1&jsessionid={SESSION}": "example,shop)/a?&x=1",
    f"https://shop.example/a?x&sid={SESSION}&y&sid={SESSION}": (
        f"example,shop)/a?&sid={SESSION}&x&y"
    ),
    "https://shop.example/a?x=1&cfid=1&cftoken=2&y": "example,shop)/a?x=1&y",
    f"https://shop.example/a/(S({ASP}))/b.aspx?x": "example,shop)/a/b.aspx?x",
    f"https://shop.example/({ASP})/b.html": f"example,shop)/({ASP})/b.html",
}


@pytest.mark.parametrize("url", KEYS)
def test_key_is_the_one_that_pywb_looks_for(url: str) -> None:
    assert surt_key(url) == KEYS[url]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "about:blank",
        "urn:uuid:0",
        "ftp://shop.example/",
        "http://",
        "http:///a",
        "http://./",
        "http://shop.example:99999/",
        "http://shop.example:abc/",
        f"http://shop.example:{'9' * 5000}/",
        "http://[::1/",
        "http://shop.example/\ud800",
    ],
)
def test_what_is_no_web_address_has_no_key(url: str) -> None:
    with pytest.raises(ValueError):
        surt_key(url)


@pytest.mark.parametrize(
    "rest",
    [
        "/" + "%25" * 50_000 + "41",
        "/" + "%2" * 50_000 + "5" * 50_000,
        "/" + f"({ASP})/" * 5_000 + "a.aspx",
        "/" + "../a/" * 30_000,
        "/?" + "cfid=" * 30_000,
        "/?" + "&" * 100_000,
    ],
)
def test_key_of_a_long_address_is_made_all_the_same(rest: str) -> None:
    assert surt_key("https://shop.example" + rest).startswith("example,shop)/")


def part(head: str, content: bytes) -> bytes:
    return f"------AaB03x\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content


def parts(*inner: bytes) -> bytes:
    return b"\r\n".join((*inner, b"------AaB03x--\r\n"))


DOCUMENT = {
    "type": "event",
    "id": 44.0,
    "float": 35.7,
    "values": [True, False, None],
    "source": {"type": "component", "id": "a+b&c= d", "values": [3, [4]]},
}

# what pywb 2.10 looks for
QUERIES: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("text/plain", b"", ""),
    "form": (FORM, b"a=1&b=x+y&c=%E5%95%86&d=%26", "a=1&b=x y&c=商&d=&"),
    "form in UTF-8": (f"{FORM}; charset=utf-8", "a=商".encode(), "a=商"),
    "form in no UTF-8": (FORM, b"\xff=1", "__wb_post_data=/z0x"),
    "form escaped in no UTF-8": (FORM, b"%ff=1", "\ufffd=1"),
    "long form": (FORM, b"a=" + b"x" * 5000, "a=" + "x" * 4094),
    "JSON": (
        JSON,
        json.dumps(DOCUMENT).encode(),
        "type=event&id=44&float=35.7&values=true&values.2_=false&values.3_=null"
        "&type.2_=component&id.2_=a%2Bb%26c%3D+d&values.4_=3&values.5_=4",
    ),
    "JSON with a BOM": (f"{JSON}; charset=utf-8", b'\xef\xbb\xbf{"a":1}', "a=1"),
    "JSON with Chinese": (JSON, '{"名":"商"}'.encode(), "%E5%90%8D=%E5%95%86"),
    "JSON with a name twice": (JSON, b'{"a":"x","a":"y","b":{"a":3}}', "a=y&a.2_=3"),
    "JSON with a taken name": (JSON, b'{"b":["1","2"],"b.2_":3}', "b=1&b.2_=2&b.2_.2_=3"),
    "JSON without names": (JSON, b'[1,"x",{}]', ""),
    "JSON with NaN": (JSON, b'{"a":NaN}', ""),
    "JSON with infinity": (JSON, b'{"a":1e400}', ""),
    "JSON with half a character": (JSON, b'{"a":"\\ud800"}', ""),
    "no JSON": (JSON, b"not json", ""),
    "JSON as text": ("text/plain;charset=UTF-8", b'{"a":1}', "a=1"),
    "text": ("text/plain", b"hello", "__wb_post_data=aGVsbG8="),
    "bytes": ("application/octet-stream", bytes(range(9)), "__wb_post_data=AAECAwQFBgcI"),
    "of no type": ("", b"hello", "__wb_post_data=aGVsbG8="),
    "multipart": (
        MULTIPART,
        parts(part('name="a"', b"1 2"), part('name="商"', "品&=\r\n".encode())),
        "a=1+2&%E5%95%86=%E5%93%81%26%3D%0D%0A",
    ),
    "multipart with a file": (
        MULTIPART,
        parts(part('name="f"; filename="x.bin"\r\nContent-Type: a/b', b"\x00\xff\r\n--x")),
        "f=%00%FF%0D%0A--x",
    ),
    "multipart with no part": (MULTIPART, parts(), ""),
    "multipart with no boundary": ("multipart/form-data", b"zz", "__wb_post_data=eno="),
}


@pytest.mark.parametrize("name", QUERIES)
def test_body_becomes_the_parameters_that_pywb_looks_for(name: str) -> None:
    content_type, body, query = QUERIES[name]
    assert body_query(content_type, body) == query


@pytest.mark.parametrize(
    ("content_type", "body", "query"),
    [
        (JSON, b"[" * MAX_BODY_BYTES, ""),
        (JSON, b'{"a":' * 201 + b"1" + b"}" * 201, ""),
        (JSON, b"9" * MAX_BODY_BYTES, ""),
        (JSON, b'{"":[' + b"1," * 300_000 + b"1]}", ""),
        (MULTIPART, b"\r\n------AaB03x" * 60_000, ""),
        (MULTIPART, b"------AaB03x" + b"\ncontent-disposition:x;" + b" \t" * 300_000, ""),
    ],
)
def test_hostile_body_has_no_parameters(content_type: str, body: bytes, query: str) -> None:
    assert body_query(content_type, body) == query


def test_many_values_give_the_beginning_of_them() -> None:
    query = body_query(JSON, b'{"a":[' + b"1," * 300_000 + b"1]}")
    assert query.startswith("a=1&a.2_=1&a.3_=1&")
    assert len(query) == 4096


@pytest.mark.parametrize(
    ("url", "method", "query", "searched"),
    [
        ("http://a.b/", "POST", "c=1", "http://a.b/?__wb_method=POST&c=1"),
        ("http://a.b/?d&", "PUT", "c=1", "http://a.b/?d&&__wb_method=PUT&c=1"),
        ("http://a.b/?d", "HEAD", "", "http://a.b/?d&__wb_method=HEAD"),
    ],
)
def test_method_and_body_follow_the_query(url: str, method: str, query: str, searched: str) -> None:
    assert with_request(url, method, query) == searched


class Recording:
    """Exchanges with the shop, written as a capture writes them."""

    def __init__(self, folder: Path) -> None:
        self.warc = folder / "data.warc.gz"
        self._folder = folder
        self._exchanges: list[Exchange] = []

    def add(
        self,
        path: str,
        *,
        method: str = "GET",
        content_type: str = "",
        sent: bytes | None = None,
        answer: bytes = b"answer",
        **changes: Any,
    ) -> None:
        at = len(self._exchanges)
        files = [self._folder / f"{at}.{kind}" for kind in ("request", "response")]
        for file, body in zip(files, (sent or b"", answer), strict=True):
            file.write_bytes(body)
        fields: dict[str, Any] = {
            "url": f"https://shop.example{path}",
            "method": method,
            "request_headers": (("Content-Type", content_type),) if content_type else (),
            "request_body": files[0] if sent is not None else None,
            "status": 200,
            "reason": "OK",
            "response_headers": (("Content-Type", "text/html; charset=utf-8"),),
            "body": files[1],
            "started_at": START,
        }
        self._exchanges.append(Exchange(**fields | changes))

    def index(self) -> bytes:
        with self.warc.open("wb") as file:
            writer = WarcWriter(file, software="test", created_at=START, seed=b"seed")
            for exchange in self._exchanges:
                writer.add(exchange)
        return index_warc(self.warc, filename="data.warc.gz")


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path)


def lines(index: bytes) -> list[tuple[str, str, dict[str, str]]]:
    split = [line.split(" ", 2) for line in index.decode().splitlines()]
    return [(key, timestamp, json.loads(fields)) for key, timestamp, fields in split]


def test_line_says_where_its_response_stands(recording: Recording) -> None:
    recording.add("/b?x", answer=b"first")
    recording.add("/A", answer=b"second", status=404, details={"tls": "1.3"})
    found = lines(recording.index())
    assert [(key, timestamp) for key, timestamp, _ in found] == [
        ("example,shop)/a", "20261101093005"),
        ("example,shop)/b?x", "20261101093005"),
    ]
    content = recording.warc.read_bytes()
    for (_, _, fields), answer, status in zip(
        found, (b"second", b"first"), ("404", "200"), strict=True
    ):
        offset, length = int(fields["offset"]), int(fields["length"])
        record = gzip.decompress(content[offset : offset + length])
        assert record.startswith(b"WARC/1.1\r\n")
        assert b"\r\nWARC-Type: response\r\n" in record
        assert record.endswith(answer + b"\r\n\r\n")
        assert f"WARC-Target-URI: {fields['url']}\r\n".encode() in record
        assert f"WARC-Payload-Digest: {fields['digest']}\r\n".encode() in record
        assert (fields["mime"], fields["status"]) == ("text/html", status)
        assert fields["filename"] == "data.warc.gz"
        assert "method" not in fields


def test_lines_are_sorted_by_bytes_and_the_same_each_time(recording: Recording) -> None:
    for path in ("/b", "/a-b", "/a", "/a?b", "/a", "/A/b", "/%E5%95%86"):
        recording.add(path)
    index = recording.index()
    assert index.splitlines() == sorted(index.splitlines())
    assert len(index.splitlines()) == 7
    assert recording.index() == index


def test_requests_to_one_address_are_told_apart(recording: Recording) -> None:
    recording.add("/api")
    recording.add("/api", method="POST", content_type=FORM, sent="page=1&名=商".encode())
    recording.add("/api", method="POST", content_type=JSON, sent=b'{"page":2}')
    recording.add("/api", method="OPTIONS")
    recording.add("/api", method="DELETE", content_type=JSON, sent=b'{"page":3}')
    recording.add("/api", method="GET", sent=b"ignored")
    found = [
        (key, fields.get("method"), fields.get("requestBody"))
        for key, _, fields in lines(recording.index())
    ]
    assert found == [
        ("example,shop)/api", None, None),
        ("example,shop)/api", None, None),
        (
            "example,shop)/api?%e5%90%8d=%e5%95%86&__wb_method=post&page=1",
            "POST",
            "page=1&名=商",
        ),
        ("example,shop)/api?__wb_method=delete", "DELETE", ""),
        ("example,shop)/api?__wb_method=options", "OPTIONS", ""),
        ("example,shop)/api?__wb_method=post&page=2", "POST", "page=2"),
    ]


def test_beginning_of_a_large_body_counts(recording: Recording) -> None:
    recording.add("/up", method="PUT", content_type="image/png", sent=b"x" * (MAX_BODY_BYTES + 999))
    [(_, _, fields)] = lines(recording.index())
    assert fields["requestBody"] == "__wb_post_data=" + "eHh4" * 1020 + "e"


def test_response_without_a_type_has_an_empty_one(recording: Recording) -> None:
    recording.add("/a", response_headers=())
    [(_, _, fields)] = lines(recording.index())
    assert fields["mime"] == ""


def members(content: bytes) -> list[bytes]:
    found = []
    while content:
        member = zlib.decompressobj(zlib.MAX_WBITS + 16)
        found.append(member.decompress(content))
        content = member.unused_data
    return found


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        (b"WARC-Target-URI: https://shop.example/a\r\n", b""),
        (b"WARC-Target-URI: https://shop.example/a\r\n", b"WARC-Target-URI: urn:a\r\n"),
        (b"WARC-Target-URI: https://shop", b"WARC-Target-URI: https://:shop"),
        (b"WARC-Date: 2026-11-01T09:30:05.678Z\r\n", b""),
        (b"WARC-Date: 2026-11-01T", b"WARC-Date: yesterday "),
        (b"WARC-Payload-Digest", b"X-Digest"),
        (b"WARC/1.1", b"GRAW/1.1"),
        (b"\r\nContent-Length: ", b"\r\nContent-Length: 9999999999999999999"),
        (b"HTTP/1.1 200 OK", b"\r\n"),
    ],
)
def test_broken_record_is_refused(recording: Recording, written: bytes, changed: bytes) -> None:
    recording.add("/a")
    recording.index()
    whole = members(recording.warc.read_bytes())
    assert written in whole[1]
    whole[1] = whole[1].replace(written, changed)
    recording.warc.write_bytes(b"".join(gzip.compress(member, mtime=0) for member in whole))
    with pytest.raises(ValueError):
        index_warc(recording.warc, filename="data.warc.gz")


def test_what_is_no_warc_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.warc.gz"
    path.write_bytes(b"PK\x03\x04" + bytes(500))
    with pytest.raises(ValueError, match="not a WARC"):
        index_warc(path, filename="data.warc.gz")


def test_every_response_has_its_line(recording: Recording) -> None:
    for number in range(25):
        recording.add(f"/{number}", details={"number": number})
    index = recording.index()
    with recording.warc.open("rb") as file:
        written = [r.rec_type for r in ArchiveIterator(file)].count("response")
    assert len(lines(index)) == written == 25
