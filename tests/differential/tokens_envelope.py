"""Tokens in which something around the statement is odd."""

from collections.abc import Callable

from asn1crypto import core

from evidence_kit.crypto.der import encode
from tests.crypto import elements as der
from tests.crypto import forge
from tests.differential import reasons, signing
from tests.differential.case import FAILED, INDETERMINATE, PASSED, Make, Row, TokenCase, row
from tests.differential.signatures_by_hand import revocation_list
from tests.differential.signatures_signer import other_value, padded_value
from tests.differential.signing import NULL, OCTETS, SEQUENCE, SET, algorithm
from tests.differential.tokens_statement import GEN_TIME, HOLDS, MALFORMED, UNSUPPORTED
from tests.differential.workshop import DATA, Workshop

TOKEN = (1,)
"""Where the token stands in a reply; the parts of a ContentInfo are below it."""
SIGNED_DATA = (*TOKEN, *signing.SIGNED_DATA)
DIGEST_ALGORITHMS = (*TOKEN, *signing.DIGEST_ALGORITHMS)
ENCAPSULATED = (*TOKEN, *signing.ENCAPSULATED)
CONTENT = (*ENCAPSULATED, 1, 0)
SIGNER_INFOS = (*TOKEN, *signing.SIGNER_INFOS)
SIGNER = (*TOKEN, *signing.SIGNER)
SID, SIGNER_DIGEST = (*TOKEN, *signing.SID), (*TOKEN, *signing.SIGNER_DIGEST)
SIGNED_ATTRIBUTES = (*TOKEN, *signing.SIGNED_ATTRIBUTES)
SIGNATURE_ALGORITHM, VALUE = (*TOKEN, *signing.SIGNATURE_ALGORITHM), (*TOKEN, *signing.VALUE)
UNSIGNED_ATTRIBUTES = (*TOKEN, *signing.UNSIGNED_ATTRIBUTES)

HIDDEN = encode(OCTETS, b"hidden")
ATTRIBUTES, CERTIFICATE_ID = "timestamp.attributes", "timestamp.certificate_id"
CONTENT_TYPE, DIGEST = "timestamp.content_type", "timestamp.digest"
FORGED, SIGNERS, UNSIGNED = "timestamp.signature", "timestamp.signers", "timestamp.unsigned"
NOT_REWRAPPED, INJECTED = "timestamp.not_rewrapped", "timestamp.injected"


def changed(edit: Callable[[bytes], bytes]) -> Make:
    """A right token, edited after it was made."""
    return lambda w: w.kept(edit(w.good_token))


def replaced(path: tuple[int, ...], new: bytes) -> Make:
    """The same, with one element in place of another."""
    return changed(lambda made: der.replace(made, path, new))


def edited(path: tuple[int, ...], edit: der.Edit) -> Make:
    """The same, with one element changed."""
    return changed(lambda made: der.rewrite(made, path, edit))


def inserted(path: tuple[int, ...], new: bytes) -> Make:
    """The same, with one element more."""
    return changed(lambda made: der.insert(made, path, new))


def status(*parts: bytes) -> Make:
    """The same, with these elements as its status."""
    return replaced((0,), encode(SEQUENCE, *parts))


def later(raw: bytes) -> bytes:
    """The OCTET STRING of the statement, with another time in it."""
    _, statement, _ = der.split(raw)
    time = encode(signing.GENERALIZED_TIME, b"20260314120000Z")
    return encode(OCTETS, der.replace(statement, GEN_TIME, time))


def later_with_its_digest(w: Workshop) -> TokenCase:
    """Another time and its digest under the signature of the right one."""
    made = der.rewrite(w.good_token, CONTENT, later)
    right = w.token(statement_bytes=lambda raw: der.split(der.at(made, *CONTENT))[1]).tsr
    return w.kept(der.replace(right, VALUE, der.at(w.good_token, *VALUE)))


def second_signer(w: Workshop) -> bytes:
    """The SignerInfo of a stranger over the same statement."""
    stranger = forge.issue("Stranger", usages=[forge.TIME_STAMPING])
    return der.at(w.token(stranger, between=[]).tsr, *SIGNER)


def unwrapped(w: Workshop) -> TokenCase:
    """The token alone, which is no reply."""
    return w.kept(der.at(w.good_token, *TOKEN))


_TEXT = encode(SEQUENCE, encode(0x0C, b"hidden"))
_STRANGE = signing.attribute("unknown", HIDDEN)

ENVELOPES: list[Row] = [
    # around the token
    row("trailing byte", changed(lambda made: made + b"\0"), FAILED, MALFORMED,
        pyhanko="raises ValueError", why=reasons.REST),
    row("reply twice", changed(lambda made: made * 2), FAILED, MALFORMED,
        pyhanko="raises ValueError", why=reasons.REST),
    row("cut short", changed(lambda made: made[:-1]), FAILED, MALFORMED,
        openssl="not enough data", pyhanko="raises ValueError"),
    row("half of it", changed(lambda made: made[: len(made) // 2]), FAILED, MALFORMED,
        openssl="not enough data", pyhanko="raises ValueError"),
    row("empty", changed(lambda made: b""), FAILED, MALFORMED,
        openssl="code 1", pyhanko="raises ValueError"),
    row("junk", changed(lambda made: b"\x30\x82junk"), FAILED, MALFORMED,
        openssl="not enough data", pyhanko="raises ValueError"),
    row("PEM", changed(lambda made: b"-----BEGIN PKCS7-----\nMII=\n-----END PKCS7-----\n"),
        FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("nested 1000 deep", changed(lambda made: forge.nested(1000)), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("30000 empty elements", changed(lambda made: encode(SEQUENCE, b"\x05\0" * 30_000)),
        FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("token that is no reply", unwrapped, FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("request in place of the reply",
        changed(lambda made: encode(SEQUENCE, b"\x02\x01\x01", HIDDEN)), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("reply without a token", replaced(TOKEN, b""), FAILED, MALFORMED,
        openssl="token not present", pyhanko="raises ValueError"),
    row("rejection without a token",
        changed(lambda made: encode(SEQUENCE, encode(SEQUENCE, bytes.fromhex("020102")))),
        FAILED, MALFORMED,
        openssl="no time stamp token", pyhanko="raises ValueError"),
    row("granted with changes", status(b"\x02\x01\x01"), FAILED, NOT_REWRAPPED,
        why=reasons.STATUS),
    row("rejected, with a token", status(b"\x02\x01\x02"), FAILED, NOT_REWRAPPED,
        openssl="token present", why=reasons.STATUS),
    row("text beside the status", status(b"\x02\x01\x00", _TEXT), FAILED, NOT_REWRAPPED,
        why=reasons.STATUS),
    row("failure beside the status", status(b"\x02\x01\x00", b"\x03\x02\x05\xa0"),
        FAILED, NOT_REWRAPPED,
        why=reasons.STATUS),
    row("status of 300 bytes", status(encode(2, b"\x01" * 300)), FAILED, NOT_REWRAPPED,
        openssl="too large", why=reasons.STATUS),
    row("element after the token", inserted((2,), HIDDEN), FAILED, NOT_REWRAPPED,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    row("element after the SignedData", inserted((*TOKEN, 2), HIDDEN), FAILED, MALFORMED,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    row("element after the signers", inserted((*SIGNED_DATA, 5), HIDDEN), FAILED, MALFORMED,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    row("element after the content type", inserted((*ENCAPSULATED, 2), HIDDEN),
        FAILED, MALFORMED,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    row("second element in the content's tag", inserted((*ENCAPSULATED, 1, 1), HIDDEN),
        FAILED, MALFORMED,
        openssl="explicit length mismatch", why=reasons.ELEMENT),
    row("second element in the token's tag", inserted((*TOKEN, 1, 1), HIDDEN),
        FAILED, MALFORMED,
        openssl="explicit length mismatch", why=reasons.ELEMENT),
    row("third element in a listed digest", inserted((*DIGEST_ALGORITHMS, 0, 2), HIDDEN),
        FAILED, MALFORMED,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    row("third element in the signer's digest", inserted((*SIGNER_DIGEST, 2), HIDDEN),
        FAILED, MALFORMED,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    row("third element in the signature algorithm",
        replaced(SIGNATURE_ALGORITHM, algorithm("sha256_ecdsa", NULL + HIDDEN)),
        FAILED, MALFORMED,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    row("third element in the signer's name", inserted((*SID, 2), HIDDEN), FAILED, MALFORMED,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    row("element after the signature", inserted((*SIGNER, 6), HIDDEN), FAILED, MALFORMED,
        openssl="wrong tag", why=reasons.ELEMENT),
    # BER
    row("indefinite length outside", edited((), der.indefinite), FAILED, MALFORMED,
        why=reasons.BER),
    row("indefinite length inside", edited(SIGNER, der.indefinite), FAILED, MALFORMED,
        why=reasons.BER),
    row("length in too many bytes", edited(SIGNER_INFOS, der.long_length), FAILED, MALFORMED,
        why=reasons.BER),
    row("statement in pieces", edited(CONTENT, der.in_pieces), FAILED, MALFORMED,
        pyhanko="raises ValueError", why=reasons.BER),
    row("signature value in pieces", edited(VALUE, der.in_pieces), FAILED, MALFORMED,
        pyhanko="raises ValueError", why=reasons.BER),
    row("negative version", replaced((*SIGNED_DATA, 0), b"\x02\x01\xff"), FAILED, MALFORMED,
        why=reasons.VERSION),
    row("version of 300 bytes", replaced((*SIGNED_DATA, 0), encode(2, b"\x01" * 300)),
        FAILED, MALFORMED,
        why=reasons.VERSION),
    row("SignedData version 1", replaced((*SIGNED_DATA, 0), signing.VERSION_1),
        FAILED, MALFORMED,
        pyhanko="SignedData does not encapsulate TSTInfo", why=reasons.VERSION),
    row("signer version 3", replaced((*SIGNER, 0), signing.VERSION_3), FAILED, MALFORMED,
        why=reasons.VERSION),
    # content
    row("other time, not signed", edited(CONTENT, later), FAILED, DIGEST,
        openssl="digest failure", pyhanko="not intact"),
    row("other time with its digest, not signed", later_with_its_digest, FAILED, FORGED,
        openssl="signature failure", pyhanko="not valid"),
    row("content type data", replaced((*ENCAPSULATED, 0), signing.DATA_TYPE),
        FAILED, CONTENT_TYPE,
        openssl="bad pkcs7 type", pyhanko="SignedData does not encapsulate TSTInfo"),
    row("signed as a time stamp, content type data",
        lambda w: w.token(signed_data=lambda body: body.update(encap_content_info={
            "content_type": "data", "content": core.ParsableOctetString(DATA)})),
        FAILED, CONTENT_TYPE,
        openssl="bad pkcs7 type", pyhanko="raises ValueError"),
    row("no content", changed(lambda made: der.remove(made, (*ENCAPSULATED, 1))),
        FAILED, DIGEST,
        openssl="detached content", pyhanko="SignedData does not encapsulate TSTInfo"),
    row("empty content", replaced(CONTENT, encode(OCTETS)), FAILED, MALFORMED,
        openssl="too small", pyhanko="raises ValueError"),
    row("content that is no string", edited(CONTENT, lambda raw: der.split(raw)[1]),
        FAILED, MALFORMED,
        openssl="bad type", pyhanko="raises ValueError"),
    row("ContentInfo of another type", replaced((*TOKEN, 0), signing.DATA_TYPE),
        FAILED, CONTENT_TYPE,
        openssl="wrong tag", pyhanko="raises ValueError"),
    # digest algorithms
    row("listed digest with NULL",
        replaced((*DIGEST_ALGORITHMS, 0), algorithm("sha256", NULL)), PASSED, HOLDS),
    row("listed digest with text", replaced((*DIGEST_ALGORITHMS, 0), algorithm("sha256", HIDDEN)),
        FAILED, MALFORMED,
        why=reasons.UNSIGNED),
    row("another digest listed too", inserted((*DIGEST_ALGORITHMS, 1), algorithm("sha512")),
        PASSED, HOLDS),
    row("another digest listed instead", replaced((*DIGEST_ALGORITHMS, 0), algorithm("sha512")),
        INDETERMINATE, UNSIGNED,
        openssl="unable to find message digest", why=reasons.DIGEST_LIST),
    row("unknown digest listed", inserted((*DIGEST_ALGORITHMS, 1), algorithm("1.2.3.4")),
        INDETERMINATE, UNSIGNED,
        openssl="unsupported", why=reasons.DIGEST_LIST),
    row("four digests listed",
        replaced(DIGEST_ALGORITHMS, encode(SET, algorithm("sha256") * 4)),
        INDETERMINATE, UNSIGNED,
        why=reasons.DIGEST_LIST),
    row("no digest listed", replaced(DIGEST_ALGORITHMS, encode(SET)),
        INDETERMINATE, UNSIGNED,
        openssl="unable to find message digest", why=reasons.DIGEST_LIST),
    row("signer's digest with NULL", replaced(SIGNER_DIGEST, algorithm("sha256", NULL)),
        PASSED, HOLDS),
    row("signer's digest SHA-512", replaced(SIGNER_DIGEST, algorithm("sha512")),
        INDETERMINATE, UNSIGNED,
        openssl="unable to find message digest", pyhanko="not intact"),
    row("signer's digest unknown", replaced(SIGNER_DIGEST, algorithm("1.2.3.4")),
        INDETERMINATE, UNSUPPORTED,
        openssl="unsupported", pyhanko="crashes: AttributeError"),
    row("signer's digest SM3", replaced(SIGNER_DIGEST, algorithm("1.2.156.10197.1.401")),
        INDETERMINATE, UNSUPPORTED,
        openssl="unable to find message digest", pyhanko="crashes: AttributeError"),
    row("digest SHA-1", lambda w: w.token(digest="sha1"), INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("digest MD5",
        lambda w: w.token(digest="sha256", signature_algorithm="md5_rsa"),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="crashes: AssertionError", why=reasons.WEAK),
    row("digest SHA-512", lambda w: w.token(digest="sha512"), PASSED, HOLDS),
    # signature algorithms
    row("signature algorithm with NULL",
        replaced(SIGNATURE_ALGORITHM, algorithm("sha256_ecdsa", NULL)), PASSED, HOLDS),
    row("signature algorithm with text",
        replaced(SIGNATURE_ALGORITHM, algorithm("sha256_ecdsa", HIDDEN)),
        INDETERMINATE, UNSIGNED,
        why=reasons.UNSIGNED),
    row("signature algorithm of another hash",
        replaced(SIGNATURE_ALGORITHM, algorithm("sha512_ecdsa")), FAILED, FORGED,
        pyhanko="not valid", why=reasons.ALGORITHM),
    row("signature algorithm with SHA-1", replaced(SIGNATURE_ALGORITHM, algorithm("sha1_ecdsa")),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="not valid", why=reasons.ALGORITHM),
    row("signature algorithm of RSA",
        replaced(SIGNATURE_ALGORITHM, algorithm("sha256_rsa", NULL)), FAILED, FORGED,
        pyhanko="crashes: AssertionError", why=reasons.ALGORITHM),
    row("signature algorithm id-ecPublicKey",
        replaced(SIGNATURE_ALGORITHM, algorithm("id_ecPublicKey")),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="not valid", why=reasons.ALGORITHM),
    row("signature algorithm SM2",
        replaced(SIGNATURE_ALGORITHM, algorithm("1.2.156.10197.1.501")),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="not valid", why=reasons.ALGORITHM),
    row("signature algorithm Ed25519", replaced(SIGNATURE_ALGORITHM, algorithm("ed25519")),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="crashes: AssertionError", why=reasons.ALGORITHM),
    # signers
    row("two signers", lambda w: w.kept(der.insert(
        w.good_token, (*SIGNER_INFOS, 1), der.at(w.good_token, *SIGNER))), FAILED, SIGNERS,
        openssl="there must be one signer",
        pyhanko="signer_infos should contain exactly one entry"),
    row("stranger as second signer", lambda w: w.kept(der.insert(
        w.good_token, (*SIGNER_INFOS, 1), second_signer(w))), FAILED, SIGNERS,
        openssl="there must be one signer",
        pyhanko="signer_infos should contain exactly one entry"),
    row("no signer", replaced(SIGNER_INFOS, encode(SET)), FAILED, SIGNERS,
        openssl="there must be one signer",
        pyhanko="signer_infos should contain exactly one entry"),
    row("stranger's signer alone", lambda w: w.kept(der.replace(
        w.good_token, SIGNER, second_signer(w))), INDETERMINATE, "timestamp.no_certificate",
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("other serial number", replaced((*SID, 1), b"\x02\x01\x05"),
        INDETERMINATE, "timestamp.no_certificate",
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("named by key identifier", replaced(SID, encode(0x80, bytes(20))),
        INDETERMINATE, UNSUPPORTED,
        openssl="wrong tag", pyhanko="signer certificate not included in signature"),
    row("flipped signature", changed(lambda made: made[:-1] + bytes([made[-1] ^ 1])),
        FAILED, FORGED,
        openssl="signature failure", pyhanko="not valid"),
    row("ECDSA value, the other one", edited(VALUE, other_value), PASSED, HOLDS),
    row("ECDSA value with a leading zero", edited(VALUE, padded_value), FAILED, FORGED,
        openssl="signature failure", pyhanko="not valid"),
    row("ECDSA value of zeros",
        replaced(VALUE, encode(OCTETS, encode(SEQUENCE, b"\x02\x01\0" * 2))), FAILED, FORGED,
        openssl="bad signature", pyhanko="not valid"),
    row("ECDSA value that is no DER", replaced(VALUE, HIDDEN), FAILED, FORGED,
        openssl="signature failure", pyhanko="not valid"),
    row("ECDSA value empty", replaced(VALUE, encode(OCTETS)), FAILED, FORGED,
        openssl="signature failure", pyhanko="not valid"),
    # what nobody signs
    row("unsigned attribute", inserted(UNSIGNED_ATTRIBUTES, encode(0xA1, _STRANGE)),
        INDETERMINATE, UNSIGNED,
        why=reasons.UNSIGNED),
    row("room for unsigned attributes", inserted(UNSIGNED_ATTRIBUTES, encode(0xA1)),
        INDETERMINATE, UNSIGNED,
        why=reasons.UNSIGNED),
    row("revocation list inside", lambda w: w.kept(der.insert(
        w.good_token, (*SIGNED_DATA, 4), encode(0xA1, revocation_list(w)))),
        INDETERMINATE, UNSIGNED,
        why=reasons.UNSIGNED),
    row("revocation data of another form", inserted((*SIGNED_DATA, 4), encode(
        0xA1, encode(0xA1, signing.oid("1.2.3.4"), HIDDEN))), INDETERMINATE, UNSIGNED,
        openssl="wrong tag", why=reasons.UNSIGNED),
    row("room for revocation lists", inserted((*SIGNED_DATA, 4), encode(0xA1)),
        INDETERMINATE, UNSIGNED,
        why=reasons.UNSIGNED),
]  # fmt: skip
"""What anyone could change, and what the authority says of itself."""
