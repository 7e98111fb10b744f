"""Revocation lists: what they say of authorities and signers, and lists that lie."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import crl, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate, CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from evidence_kit.crypto.keys import SigningKey
from fixtures.tsa import Profile, Recipe, Revoked, build_crl
from tests.forge import SIGNER, TOKEN, Forge
from tests.tamper.table import INDETERMINATE, PASSED, Attack, Row, row

SECOND = "proof/signature.p7s.1.tsr"
DAY = timedelta(days=1)
LONG_AGO = datetime(2024, 5, 1, tzinfo=UTC)
NEXT_YEAR = datetime.now(UTC) + 365 * DAY
_HARMLESS = ("unspecified", "affiliation_changed", "superseded", "cessation_of_operation")
_HARMFUL = ("key_compromise", "ca_compromise", "privilege_withdrawn", "aa_compromise", None)


def bare(forge: Forge) -> Forge:
    """Without the lists that were fetched at sealing."""
    return forge.drop(*(path for path in forge.files if path.startswith("proof/crl/")))


def keep(forge: Forge, content: bytes) -> Forge:
    """Put a list where sealing puts it."""
    return forge.put(f"proof/crl/{hashlib.sha256(content).hexdigest()}.crl", content)


def lists(
    forge: Forge,
    *,
    leaf: str = "good",
    at: datetime | None = None,
    reason: str | None = None,
    since: datetime | None = None,
    ca_at: datetime | None = None,
    this_update: datetime = NEXT_YEAR,
    **how: Any,
) -> Forge:
    """Both lists of the authority's chain, of a day next year, and nothing else.

    Args:
        leaf: the signing certificate that is meant.
        at: when it was revoked; None leaves it alone.
        reason: why, as the entry says.
        since: invalidityDate of the entry.
        ca_at: when the intermediate was revoked, for a stolen key.
        this_update: the day of both lists.
        how: more arguments of `build_crl` for the leaf's list.
    """
    pki = forge.tsa.authority.pki
    found = pki.leaves[leaf]
    revoked = []
    if at:
        revoked = [Revoked(serial=pki.serial(leaf), at=at, reason=reason, invalid_since=since)]
    keep(
        forge, build_crl(pki.issuers[found.issuer], this_update=this_update, revoked=revoked, **how)
    )
    above = []
    if ca_at:
        above = [Revoked(serial=pki.serial(found.issuer), at=ca_at, reason="key_compromise")]
    return keep(forge, build_crl(pki.root, this_update=this_update, revoked=above))


def told(**what: Any) -> Attack:
    """A good bundle with lists as `lists` makes them."""
    return lambda forge: lists(bare(forge), **what)


def wrong(reason: str, name: str, **how: Any) -> Row:
    """A list that is left out of account: it names the leaf as revoked, and is not believed."""

    def attack(forge: Forge) -> Forge:
        pki = forge.tsa.authority.pki
        entry = Revoked(serial=pki.serial("good"), at=LONG_AGO, reason="key_compromise")
        made = {k: v(forge) if callable(v) else v for k, v in how.items()}
        content = build_crl(pki.intermediate, this_update=NEXT_YEAR, revoked=[entry], **made)
        return bare(forge).put(FIXED, content)

    return row(name, attack, "ignored_proof", FIXED, PASSED, reason=reason)


FIXED = f"proof/crl/{'0' * 64}.crl"


def _partly(forge: Forge) -> Forge:
    """Only the list about the leaf."""
    return keep(bare(forge), build_crl(forge.tsa.authority.pki.intermediate, this_update=NEXT_YEAR))


def _point(url: str) -> object:
    return crl.DistributionPointName(
        name="full_name", value=[x509.GeneralName("uniform_resource_identifier", url)]
    )


def _for_others(scope: dict[str, object]) -> Attack:
    """The leaf's list is confined to certificates that the leaf is none of."""
    return told(scope=scope)


def _taken_back(forge: Forge) -> Forge:
    lists(bare(forge), at=NEXT_YEAR - 9 * DAY, reason="certificate_hold")
    return lists(forge, this_update=NEXT_YEAR + DAY)


def _stranger(forge: Forge) -> bytes:
    return build_crl(forge.tsa.authority.stranger.root, this_update=NEXT_YEAR, number=77)


def _unrelated(forge: Forge) -> Forge:
    """A sound list of an authority that has nothing to do with it."""
    pki = forge.tsa.authority.pki
    content = build_crl(pki.issuers["ca-sha512"], this_update=NEXT_YEAR, number=77)
    return lists(bare(forge)).put(FIXED, content)


def _many(forge: Forge) -> Forge:
    for number in range(65):
        forge.put(f"proof/crl/{number:064x}.crl", b"x")
    return forge


def _large(forge: Forge) -> Forge:
    for number in range(3):
        forge.put(f"proof/crl/{number:064x}.crl", bytes(11 << 20))
    return forge


def _after_expiry(forge: Forge) -> Forge:
    """Lists from after the end of the certificate: it would have been dropped from them."""
    pki = forge.tsa.authority.pki
    ends_at = datetime.now(UTC) + DAY
    if "short" not in pki.leaves:
        pki.add_leaf("short", Profile(ends_at=ends_at))
    return lists(bare(forge).restamp(Recipe(leaf="short")), leaf="short")


def _beside(forge: Forge) -> Forge:
    """A second token, by a certificate that nobody revoked."""
    forge.restamp(Recipe(leaf="sha512"), path=SECOND)
    return lists(bare(forge), at=LONG_AGO, reason="key_compromise")


def issued(**entry: Any) -> Attack:
    """A signer whose certificate an authority issued, and revoked as the entry says."""

    def attack(forge: Forge) -> Forge:
        ca = forge.tsa.authority.pki.intermediate
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Example Buyer")
        certificate = (
            CertificateBuilder()
            .subject_name(name)
            .issuer_name(ca.certificate.subject)
            .public_key(key.public_key())
            .serial_number(4711)
            .not_valid_before(LONG_AGO)
            .not_valid_after(NEXT_YEAR + 9 * DAY)
            .sign(ca.key, hashes.SHA256())
        )
        signing_key = SigningKey(private_key=key, certificate_der=_der(certificate))
        forge.tell(lambda told: told.update(signer_sha256=signing_key.certificate_sha256))
        der = ca.certificate_der()
        forge.put(f"proof/certs/{hashlib.sha256(der).hexdigest()}.der", der).reseal(signing_key)
        revoked = [Revoked(serial=4711, **entry)] if entry else []
        return keep(bare(forge), build_crl(ca, this_update=NEXT_YEAR, revoked=revoked))

    return attack


def _name(text: str) -> Name:
    return Name([NameAttribute(NameOID.COMMON_NAME, text)])


def _der(certificate: Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _unproven(forge: Forge) -> Forge:
    made = issued(at=LONG_AGO, reason="key_compromise")(forge)
    assert isinstance(made, Forge)
    return made.drop(TOKEN)


REVOCATION: list[Row] = [
    row("no list", bare, "revocation.not_checked", TOKEN, PASSED),
    row("lists from later", told(), "revocation.good", TOKEN, PASSED),
    row("lists from before the token", told(this_update=LONG_AGO), "revocation.as_of", TOKEN,
        PASSED),
    row("a list for the leaf alone", _partly, "revocation.not_checked", TOKEN, PASSED),
    row("lists from after the certificate's end", _after_expiry, "revocation.not_checked", TOKEN,
        PASSED),
    row("revoked before", told(at=LONG_AGO, reason="key_compromise"), "revocation.before", TOKEN),
    row("revoked before, no reason", told(at=LONG_AGO), "revocation.before", TOKEN),
    row("revoked before, harmlessly", told(at=LONG_AGO, reason="superseded"),
        "revocation.before", TOKEN),
    row("suspended before", told(at=LONG_AGO, reason="certificate_hold"), "revocation.before",
        TOKEN),
    row("intermediate revoked before", told(ca_at=LONG_AGO), "revocation.before", TOKEN),
    row("intermediate revoked later", told(ca_at=NEXT_YEAR), "revocation.since", TOKEN,
        INDETERMINATE),
    *(row(f"revoked later, {reason}", told(at=NEXT_YEAR, reason=reason),
          "revocation.later", TOKEN, PASSED) for reason in _HARMLESS),
    *(row(f"revoked later, {reason}", told(at=NEXT_YEAR, reason=reason),
          "revocation.since", TOKEN, INDETERMINATE) for reason in _HARMFUL),
    row("superseded later, but doubtful before",
        told(at=NEXT_YEAR, reason="superseded", since=LONG_AGO),
        "revocation.since", TOKEN, INDETERMINATE),
    row("suspended later", told(at=NEXT_YEAR, reason="certificate_hold"), "revocation.since",
        TOKEN, INDETERMINATE),
    row("suspended, then taken back", _taken_back, "revocation.good", TOKEN, PASSED),
    row("revoked before, beside a good token", _beside, "ignored_proof", TOKEN, PASSED,
        reason="revocation.before"),
    row("list confined to authorities", _for_others({"only_contains_ca_certs": True}),
        "revocation.not_checked", TOKEN, PASSED),
    row("list confined to users", _for_others({"only_contains_user_certs": True}),
        "revocation.good", TOKEN, PASSED),
    row("list for another part of the certificates",
        _for_others({"distribution_point": _point("http://127.0.0.1/part-7.crl")}),
        "revocation.not_checked", TOKEN, PASSED),
    row("list is junk", lambda f: bare(f).put(FIXED, b"x"), "ignored_proof", FIXED, PASSED,
        reason="crl.malformed"),
    row("list with trailing bytes", lambda f: bare(f).put(FIXED, _stranger(f) + b"\0"),
        "ignored_proof", FIXED, PASSED, reason="crl.malformed"),
    wrong("crl.signature", "list by a stranger", signer=lambda f: f.tsa.authority.stranger.root),
    wrong("crl.signature", "list by the leaf", signer=lambda f: f.tsa.authority.pki.leaves["good"]),
    wrong("crl.unsupported", "list signed with SHA-1", digest="sha1"),
    wrong("crl.unsupported", "delta list", delta_of=1),
    wrong("crl.unsupported", "indirect list", scope={"indirect_crl": True}),
    wrong("crl.unsupported", "list for some reasons",
          scope={"only_some_reasons": {"key_compromise"}}),
    wrong("crl.unsupported", "list for attribute certificates",
          scope={"only_contains_attribute_certs": True}),
    wrong("crl.unsupported", "list with an unknown critical extension", unknown_extension=True),
    row("list of others", _unrelated, "revocation.unrelated", FIXED, PASSED),
    row("list by a wrong name", lambda f: bare(f).put(FIXED, _stranger(f)),
        "ignored_proof", FIXED, PASSED, reason="proof.misnamed"),
    row("lists too large together",
        _large, "structure.size", "proof/"),
    row("sixty-five lists", _many, "container.too_many", "container"),
    row("signer issued", issued(), "signer.chain_not_checked", SIGNER, PASSED),
    row("signer revoked before", issued(at=LONG_AGO, reason="superseded"), "signer.revoked",
        SIGNER),
    row("signer revoked before, no token", _unproven, "signer.revoked", SIGNER, INDETERMINATE),
    row("signer revoked later", issued(at=NEXT_YEAR, reason="key_compromise"), "signer.revoked",
        SIGNER, PASSED),
    row("signer revoked later, but doubtful before",
        issued(at=NEXT_YEAR, reason="key_compromise", invalid_since=LONG_AGO),
        "signer.revoked", SIGNER, INDETERMINATE),
]  # fmt: skip
