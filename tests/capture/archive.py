"""Read a sealed capture as a stranger would: zip, then WACZ, then WARC."""

import base64
import gzip
import hashlib
import html
import io
import json
import quopri
import re
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus, urlsplit

from warcio.archiveiterator import ArchiveIterator

from evidence_kit.capture.browser import find_browser
from fixtures.shop import Exchange, Shop

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


def members(bundle: Path) -> dict[str, bytes]:
    """The files of a bundle by their path below its top folder."""
    with zipfile.ZipFile(bundle) as packed:
        return {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}


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


def trusting_browser(folder: Path, shop: Shop) -> str:
    """A program that starts the browser with trust in the shop's certificate."""
    path = folder / "chromium"
    path.write_text(
        f'#!/bin/sh\nexec "{find_browser().path}"'
        f' --ignore-certificate-errors-spki-list={shop.key_pin} "$@"\n',
        encoding="utf-8",
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def opened(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file, and what is inside of it."""
    for path, content in files.items():
        yield path, content
        if path.endswith(".mhtml"):
            yield f"{path} (decoded)", quopri.decodestring(content)
            for part in content.split(b"\r\n\r\n"):
                text = b"".join(part.split())
                if text.isalnum() or b"=" in text[-2:]:
                    yield f"{path} (base64)", base64.b64decode(text + b"==", validate=False)
        if path.endswith(".wacz"):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                for name in packed.namelist():
                    inside = packed.read(name)
                    plain = gzip.decompress(inside) if name.endswith(".gz") else inside
                    yield f"{path}/{name}", plain


def written(secret: str) -> set[bytes]:
    """The ways in which a secret might be written, thought out anew."""
    texts = {secret, quote(secret, safe=""), quote_plus(secret), quote(quote(secret, safe=""))}
    texts |= {html.escape(secret), html.escape(secret, quote=False), json.dumps(secret)[1:-1]}
    texts |= {json.dumps(json.dumps(secret))[3:-3], quote(secret), quote(secret, safe="").lower()}
    forms = {text.encode() for text in texts}
    for shift in ("", "a", "ab"):
        # six signs from each end may be shared with what stands beside
        forms.add(base64.b64encode((shift + secret + "zz").encode())[4:-6])
        forms.add(base64.urlsafe_b64encode((shift + secret + "zz").encode())[4:-6])
    return forms
