"""Time-stamp tokens written element by element (RFC 3161 §2.4.2), the same bytes at every run."""

import hashlib
from datetime import datetime

from cryptography import x509

from tests.fuzz.workshop import NOW, ORIGINAL_AUTHORITY, Party

NONCE = 4711
GRANTED = bytes.fromhex("3003020100")
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
_POLICY = bytes.fromhex("06032a0304")
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_DIGESTS = {
    "sha1": bytes.fromhex("300706052b0e03021a"),
    "sha256": bytes.fromhex("300b0609608648016503040201"),
    "sha384": bytes.fromhex("300b0609608648016503040202"),
    "sha512": bytes.fromhex("300b0609608648016503040203"),
}


def element(tag: int, *parts: bytes) -> bytes:
    """One DER element."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def integer(number: int) -> bytes:
    """A DER INTEGER."""
    return element(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def stamp(
    data: bytes,
    authority: Party = ORIGINAL_AUTHORITY,
    *,
    gen_time: datetime = NOW,
    serial: int = 77,
    nonce: int | None = None,
    digest: str = "sha256",
    chain: tuple[Party, ...] | None = None,
    has_certificates: bool = True,
) -> bytes:
    """The TimeStampResp of an authority over `data`.

    Args:
        data: what the imprint is of.
        authority: who signs.
        gen_time: the time that is stated.
        serial: of the token.
        nonce: None leaves it out.
        digest: of the imprint; everything else is SHA-256.
        chain: further certificates; None takes that of the authority's issuer.
        has_certificates: False leaves all of them out.
    """
    statement = element(
        0x30,
        integer(1),
        _POLICY,
        element(0x30, _DIGESTS[digest], element(4, hashlib.new(digest, data).digest())),
        integer(serial),
        element(0x18, gen_time.strftime("%Y%m%d%H%M%SZ").encode()),
        element(0x30, integer(1)),
        b"" if nonce is None else integer(nonce),
    )
    if chain is None:
        chain = (authority.issuer,) if authority.issuer else ()
    certificates = b"".join(party.der for party in (authority, *chain))
    signed = element(
        0x30,
        integer(3),
        element(0x31, _DIGESTS["sha256"]),
        element(0x30, _TST_INFO, element(0xA0, element(4, statement))),
        element(0xA0, certificates) if has_certificates else b"",
        element(0x31, _signer_info(statement, authority)),
    )
    return element(0x30, GRANTED, element(0x30, _SIGNED_DATA, element(0xA0, signed)))


def _signer_info(statement: bytes, authority: Party) -> bytes:
    certificate = authority.certificate
    certificate_id = element(0x30, element(4, hashlib.sha256(authority.der).digest()))
    attributes = (
        element(0x30, _CONTENT_TYPE, element(0x31, _TST_INFO)),
        element(
            0x30, _MESSAGE_DIGEST, element(0x31, element(4, hashlib.sha256(statement).digest()))
        ),
        element(
            0x30,
            _SIGNING_CERTIFICATE_V2,
            element(0x31, element(0x30, element(0x30, certificate_id))),
        ),
    )
    return element(
        0x30,
        integer(1),
        element(0x30, _issuer(certificate), integer(certificate.serial_number)),
        _DIGESTS["sha256"],
        element(0xA0, *attributes),
        _ECDSA_SHA256,
        element(4, authority.key.sign(element(0x31, *attributes))),
    )


def _issuer(certificate: x509.Certificate) -> bytes:
    return certificate.issuer.public_bytes()
