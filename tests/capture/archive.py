"""Read recorded traffic as a stranger would: WACZ, then WARC."""

import hashlib
import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator

from fixtures.shop import Exchange

MARK = re.compile(rb"REDACTED-[0-9a-f]{16}")


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One exchange of a WARC."""

    url: str
    method: str
    status: int
    request_headers: tuple[tuple[str, str], ...]
    request_body: bytes
    response_headers: tuple[tuple[str, str], ...]
    body: bytes
    fields: dict[str, str]
    """WARC fields of the response."""

    @property
    def target(self) -> str:
        """Path and query."""
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path


def recorded(wacz: bytes) -> list[Recorded]:
    """Every exchange of a WACZ, with each record's digests checked."""
    with zipfile.ZipFile(io.BytesIO(wacz)) as packed:
        warc = packed.read("archive/data.warc.gz")
    answers, asked = [], {}
    for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise"):
        headers = record.rec_headers
        if record.rec_type == "request":
            asked[headers["WARC-Concurrent-To"]] = (
                record.http_headers,
                record.content_stream().read(),
            )
        elif record.rec_type == "response":
            answers.append((dict(headers.headers), record.http_headers, record.raw_stream.read()))
    found = []
    for fields, response, body in answers:
        request, request_body = asked[fields["WARC-Record-ID"]]
        found.append(
            Recorded(
                url=fields["WARC-Target-URI"],
                method=request.protocol,
                status=int(response.get_statuscode()),
                request_headers=tuple(request.headers),
                request_body=request_body,
                response_headers=tuple(response.headers),
                body=body,
                fields=fields,
            )
        )
    return found


class Score:
    """How a recording compares with the server's own log."""

    def __init__(self, log: tuple[Exchange, ...], found: list[Recorded]) -> None:
        self.rows: list[str] = []
        self.counts: Counter[str] = Counter()
        left = list(found)
        for exchange in log:
            if exchange.response.status == 101:
                continue
            self.counts["served"] += 1
            one = next((one for one in left if _is_of(exchange, one)), None)
            if one is None:
                self.rows.append(f"missed  {exchange.request.method} {exchange.request.target}")
                continue
            left.remove(one)
            self.counts["seen"] += 1
            self._compare("body", exchange, one.body, _sent(exchange))
            self._compare("request body", exchange, one.request_body, exchange.request.body)
        self.counts["invented"] = len(left)
        self.rows += [f"invented {one.method} {one.url}" for one in left]

    def _compare(self, what: str, exchange: Exchange, got: bytes, expected: bytes) -> None:
        if hashlib.sha256(got).digest() == hashlib.sha256(expected).digest():
            self.counts[f"{what} identical"] += 1
        elif _is_same_but_for_marks(got, expected):
            self.counts[f"{what} identical but for marks"] += 1
        else:
            place = f"{exchange.request.method} {exchange.request.target}"
            self.rows.append(f"differs {what} {place}: {len(got)} of {len(expected)} bytes")


def _sent(exchange: Exchange) -> bytes:
    is_bare = exchange.request.method == "HEAD"
    return b"" if is_bare else exchange.response.body[: exchange.sent_bytes]


def _is_of(exchange: Exchange, one: Recorded) -> bool:
    same = exchange.request.method == one.method and exchange.response.status == one.status
    target = exchange.request.target
    return same and _is_same_but_for_marks(one.target.encode(), target.encode())


def _is_same_but_for_marks(got: bytes, expected: bytes) -> bool:
    pieces = [re.escape(piece) for piece in MARK.split(got)]
    return re.fullmatch(b".{6,200}?".join(pieces), expected, re.DOTALL) is not None
