"""The detached signature over a bundle: CMS with the attributes of CAdES B-B.

RFC 5652, RFC 5035 and ETSI EN 319 122-1: one SignerInfo, no content inside, exactly one
certificate, SHA-256, and no byte that the signature's own parts do not explain.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from evidence_kit.crypto.der import encode, require_der
from evidence_kit.crypto.digest import digest
from evidence_kit.crypto.hostile import hostile
from evidence_kit.crypto.keys import SigningKey
from evidence_kit.crypto.x509 import is_signing_key, may_sign
from evidence_kit.report import Fault, Outcome

MAX_SIGNATURE_BYTES = 64 * 1024
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_MALFORMED = "signature.malformed"
_FIRST_TIME = datetime(1, 1, 2, tzinfo=UTC)
_LAST_TIME = datetime(9999, 12, 30, tzinfo=UTC)

_SEQUENCE, _SET, _OCTETS, _INTEGER = 0x30, 0x31, 0x04, 0x02
_VERSION_1 = bytes.fromhex("020101")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
# RFC 5754 §2: parameters are left out for SHA-256 and ECDSA, NULL for RSA
_SHA256 = bytes.fromhex("300b0609608648016503040201")

Algorithm = Literal["ecdsa-sha256", "rsa-sha256"]
_ALGORITHMS: dict[Algorithm, bytes] = {
    "ecdsa-sha256": bytes.fromhex("300a06082a8648ce3d040302"),
    "rsa-sha256": bytes.fromhex("300d06092a864886f70d01010b0500"),
}
_ASN1_NAMES: dict[Algorithm, str] = {"ecdsa-sha256": "sha256_ecdsa", "rsa-sha256": "sha256_rsa"}


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A signature that holds."""

    signing_time_claimed: datetime
    """The signer's clock, to the second."""
    certificate_der: bytes
    algorithm: Algorithm


def sign_detached(content: bytes, key: SigningKey, *, signed_at: datetime) -> bytes:
    """Sign `content`; the result is DER and does not hold it.

    The same content, key and time give the same bytes: ECDSA takes its nonce from them
    (RFC 6979) and the lower of its two possible values.
    """
    attributes = _signed_attributes(digest("sha256", content), key.certificate_der, signed_at)
    if isinstance(key.private_key, rsa.RSAPrivateKey):
        value = key.private_key.sign(attributes, padding.PKCS1v15(), hashes.SHA256())
    else:
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(key.private_key.sign(attributes, algorithm))
        value = encode_dss_signature(r, min(s, _P256_ORDER - s))
    return _assemble(attributes, key.certificate_der, value, _algorithm_of(key.private_key))


def verify_detached(signature_der: bytes, content: bytes, *, certificate_der: bytes) -> Signature:
    """Check a signature over `content` by the key of exactly this certificate.

    Whether the certificate was valid at the time is for the caller, who knows the time.

    Raises:
        Fault: signature.malformed, signature.certificate_mismatch, signature.unsupported,
            signature.certificate_usage, signature.digest, signature.value, and
            signature.not_canonical for one that holds but is not the very bytes that
            `sign_detached` makes of its parts.
    """
    require_der(signature_der, code=_MALFORMED, max_bytes=MAX_SIGNATURE_BYTES)
    with hostile(_MALFORMED):
        signed = cms.ContentInfo.load(signature_der, strict=True)["content"]
        signer = _only(signed["signer_infos"])
        # asn1crypto re-encodes what it has looked into, and anything whose length ends in 0x80;
        # so bytes are taken from `contents`, and those that are signed first
        signed_bytes = encode(_SET, signer["signed_attrs"].contents)
        embedded = encode(_SEQUENCE, _only(signed["certificates"]).chosen.contents)
        if embedded != certificate_der:
            raise Fault("signature.certificate_mismatch")
        algorithm = _require_algorithms(signer)
        certificate = x509.load_der_x509_certificate(certificate_der)
        _require_certificate(certificate, algorithm)
        attributes = {item["type"].native: item["values"] for item in signer["signed_attrs"]}
        if _only(attributes["message_digest"]).native != digest("sha256", content):
            raise Fault("signature.digest")
        value = signer["signature"].native
        _verify_value(certificate, value, signed_bytes)
        signed_at = _only(attributes["signing_time"]).native
        # asn1crypto has a type of its own for the year 0; a time without a day before and
        # after it can't be told in every zone
        if not (isinstance(signed_at, datetime) and _FIRST_TIME <= signed_at <= _LAST_TIME):
            raise ValueError("signing time")
        expected = _assemble(
            _signed_attributes(digest("sha256", content), certificate_der, signed_at),
            certificate_der,
            value,
            algorithm,
        )
    if signature_der != expected:
        raise Fault("signature.not_canonical")
    return Signature(
        signing_time_claimed=signed_at, certificate_der=certificate_der, algorithm=algorithm
    )


def _signed_attributes(content_sha256: bytes, certificate_der: bytes, signed_at: datetime) -> bytes:
    """The attributes as the SET OF that is signed (RFC 5652 §5.4)."""
    moment = signed_at.astimezone(UTC)
    # RFC 5652 §11.3: UTCTime through 2049
    is_short = 1950 <= moment.year < 2050
    time_text = moment.strftime("%y%m%d%H%M%SZ" if is_short else "%Y%m%d%H%M%SZ")
    # RFC 5035 §4: without a hash algorithm SHA-256 is meant
    certificate_id = encode(_SEQUENCE, encode(_OCTETS, digest("sha256", certificate_der)))
    attributes = (
        encode(_SEQUENCE, _CONTENT_TYPE, encode(_SET, _DATA)),
        encode(_SEQUENCE, _MESSAGE_DIGEST, encode(_SET, encode(_OCTETS, content_sha256))),
        encode(
            _SEQUENCE,
            _SIGNING_TIME,
            encode(_SET, encode(0x17 if is_short else 0x18, time_text.encode("ascii"))),
        ),
        encode(
            _SEQUENCE,
            _SIGNING_CERTIFICATE_V2,
            encode(_SET, encode(_SEQUENCE, encode(_SEQUENCE, certificate_id))),
        ),
    )
    return encode(_SET, *sorted(attributes))


def _assemble(
    attributes: bytes, certificate_der: bytes, value: bytes, algorithm: Algorithm
) -> bytes:
    """The whole ContentInfo (RFC 5652 §3, §5.1, §5.3)."""
    certificate = asn1_x509.Certificate.load(certificate_der)["tbs_certificate"]
    signer = encode(
        _SEQUENCE,
        _VERSION_1,
        encode(
            _SEQUENCE,
            encode(_SEQUENCE, certificate["issuer"].chosen.contents),
            encode(_INTEGER, certificate["serial_number"].contents),
        ),
        _SHA256,
        b"\xa0" + attributes[1:],
        _ALGORITHMS[algorithm],
        encode(_OCTETS, value),
    )
    signed = encode(
        _SEQUENCE,
        _VERSION_1,
        encode(_SET, _SHA256),
        encode(_SEQUENCE, _DATA),
        encode(0xA0, certificate_der),
        encode(_SET, signer),
    )
    return encode(_SEQUENCE, _SIGNED_DATA, encode(0xA0, signed))


def _algorithm_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Algorithm:
    return "rsa-sha256" if isinstance(key, rsa.RSAPrivateKey) else "ecdsa-sha256"


def _only(values: core.SetOf) -> core.Asn1Value:
    if len(values) != 1:
        raise ValueError("not exactly one value")
    return values[0]


def _require_algorithms(signer: cms.SignerInfo) -> Algorithm:
    digest_name = signer["digest_algorithm"]["algorithm"].native
    signature_name = signer["signature_algorithm"]["algorithm"].native
    for algorithm, name in _ASN1_NAMES.items():
        if (digest_name, signature_name) == ("sha256", name):
            return algorithm
    raise Fault(
        "signature.unsupported",
        Outcome.INDETERMINATE,
        algorithm=f"{signature_name}, {digest_name}",
    )


def _require_certificate(certificate: x509.Certificate, algorithm: Algorithm) -> None:
    if not is_signing_key(certificate):
        raise Fault(
            "signature.unsupported", Outcome.INDETERMINATE, algorithm="key of the certificate"
        )
    is_rsa = isinstance(certificate.public_key(), rsa.RSAPublicKey)
    if is_rsa != (algorithm == "rsa-sha256"):
        raise Fault("signature.value")
    if not may_sign(certificate):
        raise Fault("signature.certificate_usage", Outcome.INDETERMINATE)


def _verify_value(certificate: x509.Certificate, value: bytes, signed: bytes) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, signed, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, signed, ec.ECDSA(hashes.SHA256()))
            # s and order - s both verify: only one of them may be written
            if decode_dss_signature(value)[1] > _P256_ORDER // 2:
                raise Fault("signature.not_canonical")
    except InvalidSignature as error:
        raise Fault("signature.value") from error
