"""Write recorded traffic as WARC 1.1 (ISO 28500:2017), each record a gzip member of its own.

The browser gives bodies with their encodings undone. So the headers that name an encoding
are kept under `X-Archive-Orig-…`, and Content-Length is that of the bytes in the record.
"""

import json
import uuid
import zlib
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from evidence_kit.webarchive.exchange import Exchange, Headers

_UNDONE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_COMPRESSED = ("image/", "video/", "audio/", "font/", "application/zip", "application/octet")
_FASTEST, _USUAL = 1, 6
_ENDS = "\x85\u2028\u2029"
_PROTOCOLS = {"h2": "h2", "h3": "h3", "http/1.0": "http/1.0", "http/1.1": "http/1.1"}


class _Member:
    """One gzip member, without a time in it."""

    def __init__(self, file: IO[bytes], level: int) -> None:
        self._file = file
        self._compressor = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16)

    def write(self, data: bytes) -> None:
        self._file.write(self._compressor.compress(data))

    def flush(self) -> None:
        self._file.write(self._compressor.flush())


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """warcio's writer with SHA-256, and without effort for what is compressed already."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, gzip=False, warc_version="1.1")

    def write_record(self, record: Any, params: object = None) -> None:
        kind = record.http_headers.get_header("Content-Type", "") if record.http_headers else ""
        level = _FASTEST if kind.startswith(_COMPRESSED) else _USUAL
        self._write_warc_record(_Member(self.out, level), record)

    @staticmethod
    def _create_digester() -> Digester:
        return Digester("sha256")


class _HttpHead(StatusAndHeaders):  # type: ignore[misc]
    """Status line and headers in the bytes that a site sent; warcio's own writes ASCII alone."""

    def to_ascii_bytes(self, filter_func: object = None) -> bytes:
        return _to_bytes(self.to_str(filter_func)) + b"\r\n"


class WarcWriter:
    """Writes one WARC file.

    The same exchanges give the same bytes: record ids are made from `seed` and a count.

    Args:
        file: a new binary file.
        software: name and version of what recorded.
        created_at: aware, UTC.
        seed: the archive's own random bytes.
        note: for whoever reads it; nothing where it is empty.
    """

    def __init__(
        self, file: IO[bytes], *, software: str, created_at: datetime, seed: bytes, note: str = ""
    ) -> None:
        self._writer = _Writer(file)
        self._seed = seed
        self._count = 0
        info = {"software": software, "format": "WARC File Format 1.1"}
        if note:
            info["description"] = note
        record = self._writer.create_warcinfo_record("data.warc.gz", info)
        self._mark(record, created_at)
        self._info_id = record.rec_headers.get_header("WARC-Record-ID")
        self._writer.write_record(record)

    def add(self, exchange: Exchange) -> None:
        """Write response, request and metadata of one exchange.

        Raises:
            OSError: a body can't be read, or the file takes no more.
        """
        response_id = self._new_id()
        with ExitStack() as stack:
            self._write(
                "response",
                exchange,
                stack=stack,
                body=exchange.body,
                head=(
                    f"HTTP/1.1 {exchange.status} {exchange.reason}".rstrip(),
                    _as_recorded(exchange.response_headers, exchange.body),
                ),
                fields={"WARC-Record-ID": response_id} | _connection(exchange),
            )
            # path and query as they stand in the address
            target = "/" + exchange.url.split("://", 1)[-1].partition("/")[2]
            self._write(
                "request",
                exchange,
                stack=stack,
                body=exchange.request_body,
                head=(f"{exchange.method} {target} HTTP/1.1", exchange.request_headers),
                fields={"WARC-Record-ID": self._new_id(), "WARC-Concurrent-To": response_id},
            )
        if exchange.details:
            self.add_metadata(
                exchange.url, exchange.details, at=exchange.started_at, about=response_id
            )

    def add_metadata(
        self, url: str, content: dict[str, Any], *, at: datetime, about: str | None = None
    ) -> None:
        """Write facts as JSON, about a record where one is named."""
        body = (json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n").encode()
        fields = {"WARC-Record-ID": self._new_id(), "Content-Type": "application/json"}
        if about:
            fields["WARC-Concurrent-To"] = about
        record = self._writer.create_warc_record(
            url,
            "metadata",
            payload=BytesIO(body),
            length=len(body),
            warc_content_type="application/json",
            warc_headers_dict=fields | self._common(at),
        )
        self._writer.write_record(record)

    def _write(
        self,
        kind: str,
        exchange: Exchange,
        *,
        stack: ExitStack,
        body: Path | None,
        head: tuple[str, Headers],
        fields: dict[str, str],
    ) -> None:
        first, headers = head
        protocol, _, rest = first.partition(" ")
        size = body.stat().st_size if body else 0
        payload = stack.enter_context(body.open("rb")) if body else BytesIO()
        record = self._writer.create_warc_record(
            exchange.url,
            kind,
            payload=payload,
            length=size,
            http_headers=_HttpHead(
                _plain(rest), [_one_line(pair) for pair in headers], protocol=_plain(protocol)
            ),
            warc_headers_dict=fields | self._common(exchange.started_at),
        )
        self._writer.write_record(record)

    def _common(self, at: datetime) -> dict[str, str]:
        return {"WARC-Date": _date(at), "WARC-Warcinfo-ID": self._info_id}

    def _mark(self, record: Any, at: datetime) -> None:
        record.rec_headers.replace_header("WARC-Record-ID", self._new_id())
        record.rec_headers.replace_header("WARC-Date", _date(at))

    def _new_id(self) -> str:
        self._count += 1
        name = f"{self._seed.hex()}/{self._count}"
        return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}>"


def _as_recorded(headers: Headers, body: Path | None) -> Headers:
    """The headers as they are true of the recorded body."""
    kept = tuple(
        (f"X-Archive-Orig-{name}" if name.lower() in _UNDONE else name, value)
        for name, value in headers
    )
    return (*kept, ("Content-Length", str(body.stat().st_size))) if body else kept


def _connection(exchange: Exchange) -> dict[str, str]:
    fields = {}
    if exchange.server_ip:
        fields["WARC-IP-Address"] = exchange.server_ip
    if exchange.protocol in _PROTOCOLS:
        fields["WARC-Protocol"] = _PROTOCOLS[exchange.protocol]
    if exchange.truncated:
        fields["WARC-Truncated"] = exchange.truncated
    return fields


def _to_bytes(text: str) -> bytes:
    """UTF-8; bytes that came as surrogates (PEP 383) as they were, other surrogates as "?"."""
    try:
        return text.encode("utf-8", errors="surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="replace")


def _one_line(pair: tuple[str, str]) -> tuple[str, str]:
    """A header that can't be taken for two."""
    name, value = pair
    return "".join(_plain(name).split()).replace(":", "") or "X", _plain(value)


def _plain(text: str) -> str:
    """Text without line ends and control characters, as a reader of lines might see them."""
    return "".join(" " if sign in _ENDS or not (" " <= sign != "\x7f") else sign for sign in text)


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
