"""Signatures in which one thing is other than the kit makes it."""

from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.der import encode
from evidence_kit.crypto.keys import new_signing_key
from tests.crypto import elements as der
from tests.crypto import forge
from tests.crypto.forge import NOW
from tests.differential import reasons, signing
from tests.differential.case import FAILED, PASSED, Make, Row, SignatureCase, row
from tests.differential.signatures_by_tools import (
    HOLDS,
    MALFORMED,
    NOT_CANONICAL,
    rsa_signer,
)
from tests.differential.signing import (
    CERTIFICATES,
    DIGEST_ALGORITHMS,
    ENCAPSULATED,
    NULL,
    OCTETS,
    SET,
    SIGNED_ATTRIBUTES,
    SIGNED_DATA,
    SIGNER,
    SIGNER_INFOS,
    VALUE,
    VERSION_3,
    algorithm,
    attribute,
)
from tests.differential.workshop import CONTENT, Workshop

HIDDEN = encode(OCTETS, b"hidden")
MISMATCH, FORGED = "signature.certificate_mismatch", "signature.value"


def changed(edit: Callable[[bytes], bytes]) -> Make:
    """The kit's own signature, edited after it was made."""
    return lambda w: w.signed(edit(w.good_signature))


def replaced(path: tuple[int, ...], new: bytes) -> Make:
    """The same, with one element in place of another."""
    return changed(lambda made: der.replace(made, path, new))


def edited(path: tuple[int, ...], edit: der.Edit) -> Make:
    """The same, with one element changed."""
    return changed(lambda made: der.rewrite(made, path, edit))


def inserted(path: tuple[int, ...], new: bytes) -> Make:
    """The same, with one element more."""
    return changed(lambda made: der.insert(made, path, new))


def attributes_as_content(w: Workshop) -> SignatureCase:
    """The signed attributes passed off as the content, and no attributes (RFC 5652 §11)."""
    made = w.good_signature
    content = encode(SET, *der.children(der.at(made, *SIGNED_ATTRIBUTES)))
    return w.signed(der.remove(made, SIGNED_ATTRIBUTES), content)


def clone(w: Workshop, *, with_its_certificate: bool) -> SignatureCase:
    """Another's signature whose certificate has the same issuer and serial number."""
    name = "Evidence Kit self-made key"
    serial = x509.load_der_x509_certificate(w.key.certificate_der).serial_number
    twin = forge.issue(name, serial=serial)
    made = w.by_hand(twin).signature
    if not with_its_certificate:
        made = der.replace(made, CERTIFICATES, encode(0xA0, w.key.certificate_der))
    return w.signed(made)


def of_a_stranger(w: Workshop) -> SignatureCase:
    """A right signature with another key than the one that is known."""
    return w.signed(sign_detached(CONTENT, new_signing_key(now=NOW), signed_at=NOW))


def revocation_list(w: Workshop) -> bytes:
    """A CRL of the trusted authority."""
    root = w.authority.root
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(NOW)
        .next_update(forge.ENDS_AT)
    )
    made = builder.sign(root.key, hashes.SHA256())
    return made.public_bytes(Encoding.DER)


def with_rsa(edit: Callable[[bytes], bytes]) -> Make:
    """The kit's form with RSA, edited after it was made."""

    def make(w: Workshop) -> SignatureCase:
        case = w.by_hand(rsa_signer())
        return SignatureCase(
            signature=edit(case.signature), content=CONTENT, certificate_der=case.certificate_der
        )

    return make


_STRANGE = attribute("unknown", HIDDEN)

BY_HAND: list[Row] = [
    row("the kit's form by hand", lambda w: w.by_hand(), PASSED, HOLDS),
    row("the same with RSA", with_rsa(lambda made: made), PASSED, HOLDS),
    # around it
    row("trailing byte", changed(lambda made: made + b"\0"), FAILED, MALFORMED,
        pyhanko="raises ValueError", why=reasons.REST),
    row("twice", changed(lambda made: made * 2), FAILED, MALFORMED,
        pyhanko="raises ValueError", why=reasons.REST),
    row("cut short", changed(lambda made: made[:-1]), FAILED, MALFORMED,
        openssl="not enough data", pyhanko="raises ValueError"),
    row("half of it", changed(lambda made: made[: len(made) // 2]), FAILED, MALFORMED,
        openssl="not enough data", pyhanko="raises ValueError"),
    row("empty", changed(lambda made: b""), FAILED, MALFORMED,
        openssl="code 2", pyhanko="raises ValueError"),
    row("junk", changed(lambda made: b"\x30\x82junk"), FAILED, MALFORMED,
        openssl="not enough data", pyhanko="raises ValueError"),
    row("an empty sequence", changed(lambda made: b"\x30\0"), FAILED, MALFORMED,
        openssl="field missing", pyhanko="raises ValueError"),
    row("a thousand nested sequences", changed(lambda made: forge.nested(1000)),
        FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="crashes: TypeError"),
    row("SignedData without its wrapping", changed(lambda made: der.at(made, *SIGNED_DATA)),
        FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("third element in ContentInfo", inserted((2,), HIDDEN), FAILED, NOT_CANONICAL,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    # BER
    row("indefinite length outside", edited((), der.indefinite), FAILED, MALFORMED,
        why=reasons.BER),
    row("indefinite length inside", edited(SIGNER, der.indefinite), FAILED, MALFORMED,
        why=reasons.BER),
    row("length in too many bytes", edited(SIGNER_INFOS, der.long_length), FAILED, MALFORMED,
        why=reasons.BER),
    row("signature value in pieces", edited(VALUE, der.in_pieces), FAILED, MALFORMED,
        pyhanko="raises ValueError", why=reasons.BER),
    row("version with a leading zero", replaced((*SIGNED_DATA, 0), b"\x02\x02\0\x01"),
        FAILED, MALFORMED,
        openssl="illegal padding", why=reasons.BER),
    row("negative version", replaced((*SIGNED_DATA, 0), b"\x02\x01\xff"),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("version of 300 bytes", replaced((*SIGNED_DATA, 0), encode(2, b"\x01" * 300)),
        FAILED, NOT_CANONICAL,
        openssl="too large", why=reasons.FORM),
    row("identifier with huge arcs",
        replaced((0,), encode(6, b"\x2a" + b"\xff" * 3000 + b"\x7f")), FAILED, MALFORMED,
        openssl="content type not signed data", pyhanko="raises ValueError"),
    # SignedData
    row("version 3", replaced((*SIGNED_DATA, 0), VERSION_3), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("digest algorithm SHA-512 listed",
        replaced(DIGEST_ALGORITHMS, encode(SET, algorithm("sha512"))), FAILED, NOT_CANONICAL,
        openssl="no matching digest", why=reasons.FORM),
    row("digest algorithm not listed", replaced(DIGEST_ALGORITHMS, encode(SET)),
        FAILED, NOT_CANONICAL,
        openssl="code 4", why=reasons.FORM),
    row("digest algorithm with NULL",
        replaced((*DIGEST_ALGORITHMS, 0), algorithm("sha256", NULL)), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("text in a listed algorithm",
        replaced((*DIGEST_ALGORITHMS, 0), algorithm("sha256", HIDDEN)), FAILED, NOT_CANONICAL,
        why=reasons.UNSIGNED),
    row("another algorithm listed too", inserted((*DIGEST_ALGORITHMS, 1), algorithm("1.2.3.4")),
        FAILED, NOT_CANONICAL,
        openssl="unsupported", why=reasons.FORM),
    row("content inside",
        inserted((*ENCAPSULATED, 1), encode(0xA0, encode(OCTETS, CONTENT))),
        FAILED, NOT_CANONICAL,
        pyhanko="CMS structural error: detached signatures should not have encapsulated data",
        why=reasons.DETACHED),
    row("other content inside",
        inserted((*ENCAPSULATED, 1), encode(0xA0, encode(OCTETS, b"other"))),
        FAILED, NOT_CANONICAL,
        pyhanko="CMS structural error: detached signatures should not have encapsulated data",
        why=reasons.DETACHED),
    row("empty content inside", inserted((*ENCAPSULATED, 1), encode(0xA0, encode(OCTETS))),
        FAILED, NOT_CANONICAL,
        pyhanko="CMS structural error: detached signatures should not have encapsulated data",
        why=reasons.DETACHED),
    row("other content type outside", replaced((*ENCAPSULATED, 0), signing.oid("1.2.3.4")),
        FAILED, NOT_CANONICAL,
        pyhanko="Content type data did not match expected value 1.2.3.4",
        why="the signed content type is that of the content (RFC 5652 §11.1)"),
    row("no certificate", changed(lambda made: der.remove(made, CERTIFICATES)),
        FAILED, MALFORMED,
        pyhanko="signer certificate not included in signature", why=reasons.ONE_SIGNER),
    row("certificate twice",
        lambda w: w.signed(der.insert(w.good_signature, (*CERTIFICATES, 1),
                                      w.key.certificate_der)), FAILED, MALFORMED,
        why=reasons.ONE_SIGNER),
    row("stranger's certificate too",
        lambda w: w.signed(der.insert(w.good_signature, (*CERTIFICATES, 1), w.signer.der)),
        FAILED, MALFORMED,
        why=reasons.ONE_SIGNER),
    row("certificate of another form",
        inserted((*CERTIFICATES, 1), encode(0xA3, signing.oid("1.2.3.4"), HIDDEN)),
        FAILED, MALFORMED,
        why=reasons.ONE_SIGNER),
    row("certificate that is none", replaced((*CERTIFICATES, 0), b"\x30\x03\x02\x01\x01"),
        FAILED, MISMATCH,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("revocation list inside",
        lambda w: w.signed(der.insert(w.good_signature, (*SIGNED_DATA, 4),
                                      encode(0xA1, revocation_list(w)))), FAILED, NOT_CANONICAL,
        why=reasons.UNSIGNED),
    row("revocation data of another form",
        inserted((*SIGNED_DATA, 4), encode(0xA1, encode(0xA1, signing.oid("1.2.3.4"), HIDDEN))),
        FAILED, NOT_CANONICAL,
        why=reasons.UNSIGNED),
    row("element after the signers", inserted((*SIGNED_DATA, 5), HIDDEN),
        FAILED, NOT_CANONICAL,
        openssl="sequence length mismatch", why=reasons.ELEMENT),
    # whose
    row("no signer", replaced(SIGNER_INFOS, encode(SET)), FAILED, MALFORMED,
        openssl="no signers", pyhanko="signer_infos should contain exactly one entry"),
    row("signer twice",
        changed(lambda made: der.insert(made, (*SIGNER_INFOS, 1), der.at(made, *SIGNER))),
        FAILED, MALFORMED,
        pyhanko="signer_infos should contain exactly one entry", why=reasons.ONE_SIGNER),
    row("stranger as second signer",
        lambda w: w.signed(der.insert(w.good_signature, (*SIGNER_INFOS, 1),
                                      der.at(of_a_stranger(w).signature, *SIGNER))),
        FAILED, MALFORMED,
        openssl="signer certificate not found",
        pyhanko="signer_infos should contain exactly one entry"),
    row("stranger's signature", of_a_stranger, FAILED, MISMATCH,
        openssl="signer certificate not found", pyhanko="certificate_chain_general_failure"),
    row("clone of issuer and serial number", lambda w: clone(w, with_its_certificate=True),
        FAILED, MISMATCH,
        openssl="verification failure", pyhanko="chain_constraints_failure"),
    row("clone's signature with the known certificate",
        lambda w: clone(w, with_its_certificate=False), FAILED, FORGED,
        openssl="verification failure",
        pyhanko="Signing certificate attribute does not match selected signer's certificate"),
    row("signature over other content", lambda w: w.signed(w.good_signature, b"other"),
        FAILED, "signature.digest",
        openssl="verification failure", pyhanko="not intact"),
    row("flipped signature", changed(lambda made: made[:-1] + bytes([made[-1] ^ 1])),
        FAILED, FORGED,
        openssl="verification failure", pyhanko="not valid"),
    row("attributes passed off as content", attributes_as_content, FAILED, MALFORMED,
        why="the same bytes are two contents (RFC 5652 §11): signed attributes are demanded"),
    row("signature over the tagged attributes",
        lambda w: w.by_hand(is_tagged=True), FAILED, FORGED,
        openssl="verification failure", pyhanko="not valid"),
]  # fmt: skip
"""One thing wrong each."""
