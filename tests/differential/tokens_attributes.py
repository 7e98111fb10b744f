"""Tokens whose signed attributes are odd, the identifiers of the certificate among them."""

from collections.abc import Callable

from asn1crypto import cms, core, tsp

from evidence_kit.crypto.der import encode
from tests.crypto import elements as der
from tests.crypto import forge
from tests.differential import reasons
from tests.differential.case import FAILED, INDETERMINATE, PASSED, Make, Row, TokenCase, row
from tests.differential.tokens_envelope import (
    CONTENT_TYPE,
    DIGEST,
    FORGED,
    SIGNED_ATTRIBUTES,
    changed,
    edited,
)
from tests.differential.tokens_statement import HOLDS, MALFORMED, UNSUPPORTED
from tests.differential.workshop import Workshop

ATTRIBUTES, CERTIFICATE_ID = "timestamp.attributes", "timestamp.certificate_id"


def attributed(name: str, value: object) -> Make:
    """Signed anew with another value of one attribute."""
    return lambda w: w.token(attributes=lambda values: values.update({name: value}))


def without(name: str) -> Make:
    """Signed anew without one attribute."""

    def drop(values: dict[str, object]) -> None:
        del values[name]

    return lambda w: w.token(attributes=drop)


def identified(make: Callable[[Workshop], tsp.SigningCertificateV2]) -> Make:
    """Signed anew with this ESS identifier."""
    return lambda w: attributed("signing_certificate_v2", make(w))(w)


def old_style(w: Workshop, *, is_right: bool = True, is_alone: bool = True) -> TokenCase:
    """Signed anew with an ESS identifier of version 1."""
    der_of_leaf = w.authority.leaf.der if is_right else b"another"

    def edit(values: dict[str, object]) -> None:
        if is_alone:
            del values["signing_certificate_v2"]
        values["signing_certificate"] = forge.ess_v1(der_of_leaf)

    return w.token(attributes=edit)


def with_serial(w: Workshop, serial: int | None) -> tsp.SigningCertificateV2:
    """The right identifier, with issuer and this serial number."""
    made = forge.ess_v2(w.authority.leaf.der)
    made["certs"][0]["issuer_serial"] = forge.issuer_serial(w.authority.leaf, serial=serial)
    return made


def several(*ders: bytes) -> tsp.SigningCertificateV2:
    """Identifiers of several certificates."""
    return tsp.SigningCertificateV2({"certs": [forge.ess_v2(one)["certs"][0] for one in ders]})


ATTRIBUTE_ROWS: list[Row] = [
    row("signed content type data", attributed("content_type", cms.ContentType("data")),
        FAILED, CONTENT_TYPE,
        pyhanko="Content type data did not match expected value tst_info",
        why="the signed content type is that of the content (RFC 5652 §11.1)"),
    row("no signed attributes", changed(lambda made: der.remove(made, SIGNED_ATTRIBUTES)),
        FAILED, ATTRIBUTES,
        openssl="missing signing certificate attribute", pyhanko="not valid"),
    row("no content type", without("content_type"), FAILED, ATTRIBUTES,
        pyhanko="Content type not found in signature",
        why="the signed content type is there exactly once (RFC 5652 §11.1)"),
    row("two content types", attributed("content_type", [
        cms.ContentType("tst_info"), cms.ContentType("data")]), FAILED, ATTRIBUTES,
        pyhanko="Content type not found in signature",
        why="the signed content type is there exactly once (RFC 5652 §11.1)"),
    row("no digest", without("message_digest"), FAILED, ATTRIBUTES,
        openssl="unable to find message digest", pyhanko="Message digest not found in signature"),
    row("other digest", attributed("message_digest", core.OctetString(bytes(32))),
        FAILED, DIGEST,
        openssl="digest failure", pyhanko="not intact"),
    row("signing time of another day", attributed("signing_time", cms.Time(
        "utc_time", core.UTCTime("000101000000Z"))), PASSED, HOLDS),
    row("unknown signed attribute", attributed("1.2.3.4", core.OctetString(b"more")),
        PASSED, HOLDS),
    row("attributes out of order", edited(SIGNED_ATTRIBUTES, lambda raw: encode(
        raw[0], *reversed(der.children(raw)))), FAILED, FORGED,
        openssl="signature failure", pyhanko="not valid"),
    row("no certificate identifier", without("signing_certificate_v2"),
        FAILED, CERTIFICATE_ID,
        openssl="missing signing certificate attribute", why=reasons.ESS),
    row("identifier of another certificate", identified(lambda w: forge.ess_v2(b"another")),
        FAILED, CERTIFICATE_ID,
        openssl="ess cert id not found",
        pyhanko="Signing certificate attribute does not match selected signer's certificate"),
    row("identifier by SHA-512", identified(lambda w: forge.ess_v2(
        w.authority.leaf.der, "sha512")), PASSED, HOLDS),
    row("identifier by SHA-1 in version 2", identified(lambda w: forge.ess_v2(
        w.authority.leaf.der, "sha1")), INDETERMINATE, UNSUPPORTED,
        why=reasons.WEAK),
    row("identifier by MD5", identified(lambda w: forge.ess_v2(w.authority.leaf.der, "md5")),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.WEAK),
    row("identifier with issuer and serial number", identified(lambda w: with_serial(w, None)),
        PASSED, HOLDS),
    row("identifier with another serial number", identified(lambda w: with_serial(w, 5)),
        FAILED, CERTIFICATE_ID,
        openssl="ess cert id not found",
        pyhanko="Signing certificate attribute does not match selected signer's certificate"),
    row("identifiers of the whole chain", identified(lambda w: several(
        w.authority.leaf.der, w.authority.intermediate.der)), PASSED, HOLDS),
    row("identifiers, the second of another", identified(lambda w: several(
        w.authority.leaf.der, b"another")), PASSED, HOLDS,
        openssl="ess cert id not found",
        why=reasons.FIRST),
    row("identifiers, the signer's second", identified(lambda w: several(
        w.authority.intermediate.der, w.authority.leaf.der)), FAILED, CERTIFICATE_ID,
        openssl="ess cert id wrong order",
        pyhanko="Signing certificate attribute does not match selected signer's certificate"),
    row("no identifier in the list", attributed("signing_certificate_v2",
        tsp.SigningCertificateV2({"certs": []})), FAILED, MALFORMED,
        openssl="empty ess cert id list", pyhanko="crashes: IndexError"),
    row("identifier of version 1", old_style, PASSED, HOLDS),
    row("identifier of version 1, another's", lambda w: old_style(w, is_right=False),
        FAILED, CERTIFICATE_ID,
        openssl="ess cert id not found",
        pyhanko="Signing certificate attribute does not match selected signer's certificate"),
    row("identifiers of both versions", lambda w: old_style(w, is_alone=False), PASSED, HOLDS),
    row("identifiers of both versions, one another's",
        lambda w: old_style(w, is_right=False, is_alone=False), FAILED, CERTIFICATE_ID,
        openssl="ess cert id not found", why=reasons.ESS),
]  # fmt: skip
"""What the authority says beside its statement."""
