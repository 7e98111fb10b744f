"""Certificates as they lie in files: PEM (RFC 7468), their sizes, and the roots that are pinned.

Reads no more than the armour and the outline of what is in it, so that importing it is quick.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Literal

from evidence_kit.crypto.der import require_der
from evidence_kit.report import Fault

MAX_CERTIFICATE_BYTES = 16 * 1024
MAX_CRL_BYTES = 16 << 20
_BLOCK = re.compile(
    rb"-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----(?:\s|$)"
)
_LINE = 64


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A pinned root certificate: the only thing that a chain may end in."""

    id: str
    """Id of its authority, or the certificate's SHA-256 where it was given as a file."""
    name_en: str
    name_zh: str
    country: str | None
    """ISO 3166-1 alpha-2; None where nobody said."""
    certificate_der: bytes = field(repr=False)
    source: Literal["shipped", "user", "given"]
    """From the kit, from the user's config folder, or from `--trust`."""


def certificates_from_pem(pem: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM file as DER, in their order; text around them is passed over.

    Raises:
        Fault: certificate.malformed, also where the file holds none.
    """
    code = "certificate.malformed"
    blocks = [b"".join(block.split()) for block in _BLOCK.findall(pem)]
    if not blocks or len(blocks) != pem.count(b"-----BEGIN CERTIFICATE-----"):
        raise Fault(code)
    try:
        ders = tuple(base64.b64decode(block, validate=True) for block in blocks)
    except binascii.Error:
        raise Fault(code) from None
    for der in ders:
        require_der(der, code=code, max_bytes=MAX_CERTIFICATE_BYTES)
    return ders


def certificate_to_pem(certificate_der: bytes) -> bytes:
    """The certificate as PEM without any text around it, in lines of 64 characters."""
    text = base64.b64encode(certificate_der)
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    armour = (b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----", b"")
    return b"\n".join((armour[0], *lines, *armour[1:]))
