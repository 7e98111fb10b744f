"""Index a WARC as CDXJ 0.1.0 (specs.webrecorder.net/cdxj), by which players find a record."""

import json
import re
import zlib
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from evidence_kit.webarchive.request_query import MAX_BODY_BYTES, body_query, with_request
from evidence_kit.webarchive.surt import surt_key

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?Z", re.ASCII)
_TYPE_END = re.compile(r"[;\s]")
_BROKEN = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    AttributeError,  # so warcio meets a response without an address,
    OverflowError,  # and a length beyond all files
    EOFError,
    zlib.error,
)

_Fields = dict[str, str]


def index_warc(warc: Path, *, filename: str) -> bytes:
    """One line for each response, sorted by bytes; the same file gives the same lines.

    The request of a response is the one whose WARC-Concurrent-To names it. Numbers are strings,
    as other indexers write them.

    Args:
        warc: gzipped, each record a member of its own.
        filename: the name under which players find it.

    Raises:
        OSError: the file can't be read.
        ValueError: it is no such WARC, or a response in it lacks what a line needs.
    """
    answers: list[tuple[str | None, str, _Fields]] = []
    requests: dict[str, _Fields] = {}
    with warc.open("rb") as file:
        records = ArchiveIterator(file)
        try:
            for record in records:
                header = record.rec_headers.get_header
                if record.rec_type == "request":
                    requests[header("WARC-Concurrent-To", "")] = _request_fields(record)
                elif record.rec_type == "response":
                    fields = _response_fields(record)
                    # known when the record has been read to its end
                    fields["length"] = str(records.get_record_length())
                    fields["offset"] = str(records.get_record_offset())
                    fields["filename"] = filename
                    timestamp = _timestamp(header("WARC-Date", ""))
                    answers.append((header("WARC-Record-ID"), timestamp, fields))
        except _BROKEN as fault:
            raise ValueError(f"not a WARC: {fault}") from fault
    lines = []
    for record_id, timestamp, fields in answers:
        request = requests.get(record_id or "", {})
        url = fields["url"]
        if request:
            url = with_request(url, request["method"], request["requestBody"])
        lines.append(f"{surt_key(url)} {timestamp} {json.dumps(fields | request)}\n".encode())
    return b"".join(sorted(lines))


def _response_fields(record: Any) -> _Fields:
    url = record.rec_headers.get_header("WARC-Target-URI")
    digest = record.rec_headers.get_header("WARC-Payload-Digest")
    if not url or not digest or record.http_headers is None:
        raise ValueError("a response without an address, a digest or HTTP headers")
    status = record.http_headers.get_statuscode()
    if not (status.isascii() and status.isdecimal()):
        raise ValueError("a response without a status")
    return {
        "url": url,
        "mime": _TYPE_END.split(record.http_headers.get_header("Content-Type", ""), maxsplit=1)[0],
        "status": status,
        "digest": digest,
    }


def _request_fields(record: Any) -> _Fields:
    """What tells a request from a GET of the same address; nothing for a GET."""
    if record.http_headers is None:
        raise ValueError("a request without HTTP headers")
    method = record.http_headers.protocol.upper()
    if method == "GET":
        return {}
    query = ""
    if method in ("POST", "PUT"):  # players look at no other's body
        body = b""
        while piece := record.raw_stream.read(MAX_BODY_BYTES - len(body)):
            body += piece
        query = body_query(record.http_headers.get_header("Content-Type", ""), body)
    return {"requestBody": query, "method": method}


def _timestamp(date: str) -> str:
    found = _DATE.fullmatch(date)
    if not found:
        raise ValueError("a WARC-Date that is no date")
    return "".join(found.groups())
