"""Puts CMS signatures together by hand: right ones, and those that no program would make."""

import hashlib
from collections.abc import Mapping

from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from evidence_kit.crypto.der import encode
from tests.crypto.forge import NOW, Identity, natural_algorithm, sign

SEQUENCE, SET, OCTETS, OID, NULL = 0x30, 0x31, 0x04, 0x06, b"\x05\x00"
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
DATA_TYPE = bytes.fromhex("06092a864886f70d010701")
SIGNED_DATA_TYPE = bytes.fromhex("06092a864886f70d010702")
VERSION_1, VERSION_3 = bytes.fromhex("020101"), bytes.fromhex("020103")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

# where the parts of a ContentInfo are, as paths for `der.at`
SIGNED_DATA = (1, 0)
DIGEST_ALGORITHMS = (*SIGNED_DATA, 1)
ENCAPSULATED = (*SIGNED_DATA, 2)
CERTIFICATES = (*SIGNED_DATA, 3)
SIGNER_INFOS = (*SIGNED_DATA, 4)
SIGNER = (*SIGNER_INFOS, 0)
SID, SIGNER_DIGEST, SIGNED_ATTRIBUTES = (*SIGNER, 1), (*SIGNER, 2), (*SIGNER, 3)
SIGNATURE_ALGORITHM, VALUE = (*SIGNER, 4), (*SIGNER, 5)
UNSIGNED_ATTRIBUTES = (*SIGNER, 6)

_ALGORITHMS = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    "rsaEncryption": "1.2.840.113549.1.1.1",
    "md5_rsa": "1.2.840.113549.1.1.4",
    "sha1_rsa": "1.2.840.113549.1.1.5",
    "sha256_rsa": "1.2.840.113549.1.1.11",
    "sha512_rsa": "1.2.840.113549.1.1.13",
    "id_ecPublicKey": "1.2.840.10045.2.1",
    "sha1_ecdsa": "1.2.840.10045.4.1",
    "sha256_ecdsa": "1.2.840.10045.4.3.2",
    "sha384_ecdsa": "1.2.840.10045.4.3.3",
    "sha512_ecdsa": "1.2.840.10045.4.3.4",
    "ed25519": "1.3.101.112",
}
_KINDS = {
    "contentType": "2a864886f70d010903",
    "messageDigest": "2a864886f70d010904",
    "signingTime": "2a864886f70d010905",
    "signingCertificate": "2a864886f70d010910020c",
    "signingCertificateV2": "2a864886f70d010910022f",
    "unknown": "2a0304",
}


def algorithm(name: str, parameters: bytes = b"") -> bytes:
    """An AlgorithmIdentifier by dotted number or name, without parameters unless given."""
    return encode(SEQUENCE, oid(_ALGORITHMS.get(name, name)), parameters)


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    made: bytes = algos.ObjectIdentifier(dotted).dump()
    return made


def attribute(kind: str, *values: bytes) -> bytes:
    """An Attribute (RFC 5652 §5.3)."""
    return encode(SEQUENCE, encode(OID, bytes.fromhex(_KINDS[kind])), encode(SET, *values))


def ess_v1(certificate_der: bytes) -> bytes:
    """The value of signingCertificate (RFC 2634 §5.4)."""
    value = encode(OCTETS, hashlib.sha1(certificate_der, usedforsecurity=False).digest())
    return encode(SEQUENCE, encode(SEQUENCE, encode(SEQUENCE, value)))


def ess_v2(certificate_der: bytes, *, before: bytes = b"", after: bytes = b"") -> bytes:
    """The value of signingCertificateV2 (RFC 5035 §3), with more around the hash."""
    value = encode(OCTETS, hashlib.sha256(certificate_der).digest())
    return encode(SEQUENCE, encode(SEQUENCE, encode(SEQUENCE, before, value, after)))


def issuer_and_serial(certificate_der: bytes) -> bytes:
    """IssuerAndSerialNumber (RFC 5652 §10.2.4)."""
    named = asn1_x509.Certificate.load(certificate_der)["tbs_certificate"]
    return encode(SEQUENCE, named["issuer"].dump(), named["serial_number"].dump())


def named_issuer(certificate_der: bytes) -> bytes:
    """IssuerSerial as an ESS identifier holds it (RFC 5035 §4)."""
    named = asn1_x509.Certificate.load(certificate_der)["tbs_certificate"]
    issuer = encode(SEQUENCE, encode(0xA4, named["issuer"].dump()))
    return encode(SEQUENCE, issuer, named["serial_number"].dump())


def right_attributes(signer: Identity, content: bytes, digest: str = "sha256") -> dict[str, bytes]:
    """The four attributes of CAdES B-B."""
    moment = encode(UTC_TIME, NOW.strftime("%y%m%d%H%M%SZ").encode())
    value = encode(OCTETS, hashlib.new(digest, content).digest())
    return {
        "contentType": attribute("contentType", DATA_TYPE),
        "messageDigest": attribute("messageDigest", value),
        "signingTime": attribute("signingTime", moment),
        "signingCertificateV2": attribute("signingCertificateV2", ess_v2(signer.der)),
    }


def lower(value: bytes, signer: Identity) -> bytes:
    """The one of the two ECDSA values of P-256 that is allowed; others as they are."""
    key = signer.key
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1"):
        return value
    r, s = decode_dss_signature(value)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def sign_by_hand(
    signer: Identity,
    content: bytes,
    *,
    digest: str = "sha256",
    signature_algorithm: bytes | None = None,
    attributes: Mapping[str, bytes] | None = None,
    is_sorted: bool = True,
    is_tagged: bool = False,
) -> bytes:
    """The DER of a detached signature over `content`.

    Args:
        digest: of content and attributes.
        signature_algorithm: what the SignerInfo names, whatever was used.
        attributes: in place of, or beside, the right ones; empty bytes leave one out.
        is_sorted: whether the attributes stand in DER order.
        is_tagged: whether they are signed with the tag that they have in the SignerInfo.
    """
    parts = (right_attributes(signer, content, digest) | dict(attributes or {})).values()
    signed = encode(SET, *(sorted(parts) if is_sorted else reversed(sorted(parts))))
    message = b"\xa0" + signed[1:] if is_tagged else signed
    name = natural_algorithm(signer.key, digest)
    named = signature_algorithm or algorithm(name, NULL if name.endswith("_rsa") else b"")
    info = encode(
        SEQUENCE,
        VERSION_1,
        issuer_and_serial(signer.der),
        algorithm(digest),
        b"\xa0" + signed[1:],
        named,
        encode(OCTETS, lower(sign(signer.key, message, digest), signer)),
    )
    body = encode(
        SEQUENCE,
        VERSION_1,
        encode(SET, algorithm(digest)),
        encode(SEQUENCE, DATA_TYPE),
        encode(0xA0, signer.der),
        encode(SET, info),
    )
    return encode(SEQUENCE, SIGNED_DATA_TYPE, encode(0xA0, body))
