"""Signatures whose SignerInfo is odd, its signed attributes among it."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.der import encode
from tests.crypto import elements as der
from tests.differential import reasons, signing
from tests.differential.case import FAILED, INDETERMINATE, PASSED, Make, Row, row
from tests.differential.signatures_by_hand import (
    FORGED,
    HIDDEN,
    changed,
    edited,
    inserted,
    replaced,
    with_rsa,
)
from tests.differential.signatures_by_tools import HOLDS, MALFORMED, NOT_CANONICAL, UNSUPPORTED
from tests.differential.signing import (
    GENERALIZED_TIME,
    NULL,
    OCTETS,
    SEQUENCE,
    SID,
    SIGNATURE_ALGORITHM,
    SIGNED_ATTRIBUTES,
    SIGNER,
    SIGNER_DIGEST,
    UNSIGNED_ATTRIBUTES,
    UTC_TIME,
    VALUE,
    VERSION_3,
    algorithm,
    attribute,
    ess_v1,
    ess_v2,
)
from tests.differential.workshop import CONTENT


def attributed(kind: str, *values: bytes) -> Make:
    """Signed anew with one attribute that has these values; without any it is left out."""
    made = attribute(kind, *values) if values else b""
    return lambda w: w.by_hand(attributes={kind: made})


def timed(tag: int, text: bytes) -> Make:
    """Signed anew with this signing time."""
    return attributed("signingTime", encode(tag, text))


def identified(make: Callable[[bytes], bytes]) -> Make:
    """Signed anew with an ESS identifier that is made from the certificate."""
    return lambda w: w.by_hand(
        attributes={"signingCertificateV2": attribute("signingCertificateV2", make(w.signer.der))}
    )


def other_value(raw: bytes) -> bytes:
    """The other ECDSA value that verifies just as well."""
    _, value, _ = der.split(raw)
    r, s = decode_dss_signature(value)
    return encode(OCTETS, encode_dss_signature(r, signing.P256_ORDER - s))


def padded_value(raw: bytes) -> bytes:
    """r with a needless zero before it."""
    _, value, _ = der.split(raw)
    return encode(
        OCTETS, der.rewrite(value, (0,), lambda r: b"\x02" + bytes([r[1] + 1, 0]) + r[2:])
    )


def signed_at(moment: datetime) -> Make:
    """The kit's signature at this time."""
    return lambda w: w.signed(sign_detached(CONTENT, w.key, signed_at=moment))


_STRANGE = attribute("unknown", HIDDEN)

SIGNER_ROWS: list[Row] = [
    # SignerInfo
    row("signer version 3", replaced((*SIGNER, 0), VERSION_3), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("other serial number", edited((*SID, 1), lambda raw: b"\x02\x01\x05"),
        FAILED, NOT_CANONICAL,
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("negative serial number", edited((*SID, 1), lambda raw: b"\x02\x01\xfb"),
        FAILED, NOT_CANONICAL,
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("other issuer", replaced((*SID, 0), b"\x30\0"), FAILED, NOT_CANONICAL,
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("named by key identifier",
        lambda w: w.signed(der.replace(w.good_signature, SID, encode(
            0x80, hashlib.sha1(b"", usedforsecurity=False).digest()))), FAILED, NOT_CANONICAL,
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("signer's digest SHA-512", replaced(SIGNER_DIGEST, algorithm("sha512")),
        INDETERMINATE, UNSUPPORTED,
        openssl="verification failure", pyhanko="not intact"),
    row("signer's digest SHA-1", replaced(SIGNER_DIGEST, algorithm("sha1")),
        INDETERMINATE, UNSUPPORTED,
        openssl="verification failure", pyhanko="not intact"),
    row("signer's digest unknown", replaced(SIGNER_DIGEST, algorithm("1.2.3.4")),
        INDETERMINATE, UNSUPPORTED,
        openssl="unsupported", pyhanko="crashes: AttributeError"),
    row("signer's digest with NULL", replaced(SIGNER_DIGEST, algorithm("sha256", NULL)),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("signature algorithm with NULL",
        replaced(SIGNATURE_ALGORITHM, algorithm("sha256_ecdsa", NULL)), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("text in the signature algorithm",
        replaced(SIGNATURE_ALGORITHM, algorithm("sha256_ecdsa", HIDDEN)), FAILED, NOT_CANONICAL,
        why=reasons.UNSIGNED),
    row("signature algorithm of RSA", replaced(SIGNATURE_ALGORITHM, algorithm("sha256_rsa", NULL)),
        FAILED, FORGED,
        pyhanko="crashes: AssertionError", why=reasons.ALGORITHM),
    row("signature algorithm id-ecPublicKey",
        replaced(SIGNATURE_ALGORITHM, algorithm("id_ecPublicKey")), INDETERMINATE, UNSUPPORTED,
        pyhanko="not valid", why=reasons.ALGORITHM),
    row("signature algorithm with SHA-1", replaced(SIGNATURE_ALGORITHM, algorithm("sha1_ecdsa")),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="not valid", why=reasons.ALGORITHM),
    row("signature algorithm Ed25519", replaced(SIGNATURE_ALGORITHM, algorithm("ed25519")),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="crashes: AssertionError", why=reasons.ALGORITHM),
    row("signature algorithm unknown", replaced(SIGNATURE_ALGORITHM, algorithm("1.2.3.4")),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="not valid", why=reasons.ALGORITHM),
    row("RSA without parameters",
        with_rsa(lambda made: der.replace(made, SIGNATURE_ALGORITHM, algorithm("sha256_rsa"))),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("rsaEncryption as signature algorithm",
        with_rsa(lambda made: der.replace(made, SIGNATURE_ALGORITHM,
                                          algorithm("rsaEncryption", NULL))),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("RSA signature one byte longer",
        with_rsa(lambda made: der.rewrite(made, VALUE, lambda raw: encode(
            OCTETS, b"\0", der.split(raw)[1]))), FAILED, FORGED,
        openssl="wrong signature length", pyhanko="not valid"),
    row("the other ECDSA value", edited(VALUE, other_value), FAILED, NOT_CANONICAL,
        why="both values verify: only the lower one is allowed, else the file has two forms"),
    row("ECDSA value with a leading zero", edited(VALUE, padded_value), FAILED, FORGED,
        openssl="verification failure", pyhanko="not valid"),
    row("ECDSA value of zeros",
        replaced(VALUE, encode(OCTETS, encode(SEQUENCE, b"\x02\x01\0" * 2))), FAILED, FORGED,
        openssl="bad signature", pyhanko="not valid"),
    row("ECDSA value that is no DER", replaced(VALUE, HIDDEN), FAILED, FORGED,
        openssl="verification failure", pyhanko="not valid"),
    row("unsigned attribute", inserted(UNSIGNED_ATTRIBUTES, encode(0xA1, _STRANGE)),
        FAILED, NOT_CANONICAL,
        why=reasons.UNSIGNED),
    row("no unsigned attributes, but room for them", inserted(UNSIGNED_ATTRIBUTES, encode(0xA1)),
        FAILED, NOT_CANONICAL,
        why=reasons.UNSIGNED),
    row("no signed attributes", changed(lambda made: der.remove(made, SIGNED_ATTRIBUTES)),
        FAILED, MALFORMED,
        openssl="verification failure", pyhanko="not valid"),
    # signed attributes
    row("further signed attribute", attributed("unknown", HIDDEN), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("no content type", attributed("contentType"), FAILED, NOT_CANONICAL,
        openssl="attribute error", pyhanko="Content type not found in signature"),
    row("no digest", attributed("messageDigest"), FAILED, MALFORMED,
        openssl="attribute error", pyhanko="Message digest not found in signature"),
    row("no signing time", attributed("signingTime"), FAILED, MALFORMED,
        why=reasons.FORM),
    row("no certificate identifier", attributed("signingCertificateV2"), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("other content type", attributed("contentType", signing.oid("1.2.3.4")),
        FAILED, NOT_CANONICAL,
        pyhanko="Content type 1.2.3.4 did not match expected value data",
        why="the signed content type is that of the content (RFC 5652 §11.1)"),
    row("two content types", attributed("contentType", signing.DATA_TYPE, signing.oid("1.2.3.4")),
        FAILED, NOT_CANONICAL,
        openssl="attribute error", pyhanko="Content type not found in signature"),
    row("digest of other content", attributed("messageDigest", encode(OCTETS, bytes(32))),
        FAILED, "signature.digest",
        openssl="verification failure", pyhanko="not intact"),
    row("two digests",
        attributed("messageDigest", encode(OCTETS, hashlib.sha256(CONTENT).digest()),
                   encode(OCTETS, bytes(32))), FAILED, MALFORMED,
        openssl="attribute error", pyhanko="Message digest not found in signature"),
    row("attribute twice",
        lambda w: w.by_hand(attributes={"again": attribute(
            "messageDigest", encode(OCTETS, hashlib.sha256(CONTENT).digest()))}),
        FAILED, NOT_CANONICAL,
        openssl="attribute error", pyhanko="Message digest not found in signature"),
    row("attribute twice, once wrong",
        lambda w: w.by_hand(attributes={"again": attribute(
            "messageDigest", encode(OCTETS, bytes(32)))}), FAILED, NOT_CANONICAL,
        openssl="attribute error", pyhanko="Message digest not found in signature"),
    row("attribute without a value",
        lambda w: w.by_hand(attributes={"unknown": attribute("unknown")}),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("attributes out of order", lambda w: w.by_hand(is_sorted=False), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("signing time in 2050", signed_at(datetime(2050, 1, 1, tzinfo=UTC)), PASSED, HOLDS),
    row("signing time as GeneralizedTime", timed(GENERALIZED_TIME, b"20260315120000Z"),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("signing time with a fraction", timed(GENERALIZED_TIME, b"20260315120000.5Z"),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("signing time without seconds", timed(UTC_TIME, b"2603151200Z"), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("signing time in a zone", timed(UTC_TIME, b"260315200000+0800"), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("signing time without a zone", timed(GENERALIZED_TIME, b"20260315120000"),
        FAILED, MALFORMED,
        why=reasons.FORM),
    row("signing time on 31 February", timed(UTC_TIME, b"260231120000Z"), FAILED, MALFORMED,
        pyhanko="raises ValueError", why="no date; the others do not look at the signing time"),
    row("signing time in the year 0", timed(GENERALIZED_TIME, b"00000101000000Z"),
        FAILED, MALFORMED,
        why="no date; the others do not look at the signing time"),
    row("signing time that is none", timed(UTC_TIME, b"tomorrow"), FAILED, MALFORMED,
        pyhanko="raises ValueError", why="no date; the others do not look at the signing time"),
    row("identifier of version 1",
        lambda w: w.by_hand(attributes={
            "signingCertificateV2": attribute("signingCertificate", ess_v1(w.signer.der))}),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("identifier of another certificate", identified(lambda mine: ess_v2(b"another")),
        FAILED, NOT_CANONICAL,
        pyhanko="Signing certificate attribute does not match selected signer's certificate",
        why="the signed identifier is of no known certificate; the pasted command "
            "does not look at it"),
    row("identifier that names SHA-256",
        identified(lambda mine: ess_v2(mine, before=algorithm("sha256"))),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("identifier with issuer and serial number",
        identified(lambda mine: ess_v2(mine, after=signing.named_issuer(mine))),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("identifier by an unknown digest",
        identified(lambda mine: ess_v2(mine, before=algorithm("1.2.3.4"))),
        FAILED, NOT_CANONICAL,
        pyhanko="crashes: AttributeError",
        why="the signed identifier is of no known certificate; the pasted command "
            "does not look at it"),
]  # fmt: skip
"""What one signer says, and what else stands there."""
