"""Secrets in MHTML (RFC 2557), whose parts are quoted-printable or base64.

Only a part in which something was found is written anew; every other byte stays.
"""

import base64
import binascii
import re
from collections import Counter

from evidence_kit.capture.redaction import Redactor
from evidence_kit.capture.secrets import Kind

_BOUNDARY = re.compile(rb'boundary="([^"\r\n]{1,200})"', re.IGNORECASE)
_ENCODING = re.compile(rb"^content-transfer-encoding:[ \t]*([\w-]+)", re.IGNORECASE | re.MULTILINE)
_LINE = 76


def clean_mhtml(data: bytes, redactor: Redactor) -> tuple[bytes, Counter[Kind]]:
    """The archive without secrets, and how many of each kind were taken out."""
    counts: Counter[Kind] = Counter()
    pieces = []
    for piece in _pieces(data):
        head, gap, body = _split(piece)
        head, found = redactor.clean(head)
        counts.update(found)
        decoded = _decode(head, body)
        cleaned, found = redactor.clean(decoded)
        if found:
            counts.update(found)
            body = _encode(head, cleaned)
        pieces.append(head + gap + body)
    return b"".join(pieces), counts


def is_clean_mhtml(data: bytes, redactor: Redactor) -> bool:
    """Whether no secret stands in any part, as it is written or decoded."""
    if not redactor.is_clean(data):
        return False
    parts = (_split(piece) for piece in _pieces(data))
    return all(redactor.is_clean(_decode(head, body)) for head, _, body in parts)


def _pieces(data: bytes) -> list[bytes]:
    """The archive cut before each of its parts."""
    named = _BOUNDARY.search(data[:8192])
    if named is None:
        return [data]
    cuts = [place.start() for place in re.finditer(rb"^--" + re.escape(named[1]), data, re.M)]
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _split(piece: bytes) -> tuple[bytes, bytes, bytes]:
    gap = b"\r\n\r\n" if b"\r\n\r\n" in piece else b"\n\n"
    return piece.partition(gap)


def _decode(head: bytes, body: bytes) -> bytes:
    match _coding(head):
        case b"quoted-printable":
            return binascii.a2b_qp(body)
        case b"base64":
            try:
                return binascii.a2b_base64(body)
            except binascii.Error:
                return body
        case _:
            return body


def _encode(head: bytes, body: bytes) -> bytes:
    match _coding(head):
        case b"quoted-printable":
            return binascii.b2a_qp(body, istext=True)
        case b"base64":
            coded = base64.b64encode(body)
            lines = (coded[start : start + _LINE] for start in range(0, len(coded), _LINE))
            return b"\r\n".join((*lines, b""))
        case _:
            return body


def _coding(head: bytes) -> bytes:
    named = _ENCODING.search(head)
    return named[1].lower() if named else b""
