"""Revocation lists by themselves: which are used, and what they say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from evidence_kit.crypto.crl import RevocationList, crl_to_der
from evidence_kit.report import Fault
from fixtures.tsa import Revoked, build_crl
from fixtures.tsa.pki import Identity, Pki, Profile

WHEN = datetime(2030, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
Builder = x509.CertificateRevocationListBuilder


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"), crl_url="http://127.0.0.1/crl")


def made(issuer: Identity, change: Callable[[Builder], Builder] = lambda b: b) -> bytes:
    """A list by another program than the fixtures' own."""
    builder = (
        Builder().issuer_name(issuer.certificate.subject).last_update(WHEN).next_update(WHEN + DAY)
    )
    crl = change(builder).sign(issuer.key, hashes.SHA256())
    return crl.public_bytes(Encoding.DER)


def refusal(crl: bytes) -> str:
    with pytest.raises(Fault) as caught:
        RevocationList(crl)
    return caught.value.code


def test_list_of_another_program_is_read(pki: Pki) -> None:
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(pki.serial("good"))
        .revocation_date(WHEN - DAY)
        .add_extension(x509.CRLReason(x509.ReasonFlags.superseded), critical=False)
        .add_extension(x509.InvalidityDate(datetime(2030, 5, 1)), critical=False)
        .build()
    )
    found = RevocationList(made(pki.intermediate, lambda b: b.add_revoked_certificate(entry)))
    leaf, issuer, root = (one.certificate_der() for one in pki.chain("good"))
    said = found.says_of(leaf, issuer)
    assert said and said.revocation
    assert said.this_update == WHEN
    assert said.revocation.revoked_at == WHEN - DAY
    assert said.revocation.doubtful_since == datetime(2030, 5, 1, tzinfo=UTC)
    assert (said.revocation.reason, said.revocation.leaves_tokens_good) == ("superseded", True)
    assert found.says_of(issuer, root) is None


def test_list_signed_with_an_algorithm_without_a_digest_is_not_used(pki: Pki) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    name = pki.intermediate.certificate.subject
    crl = Builder().issuer_name(name).last_update(WHEN).next_update(WHEN + DAY).sign(key, None)
    assert refusal(crl.public_bytes(Encoding.DER)) == "crl.unsupported"


@pytest.mark.parametrize("is_critical", [True, False])
def test_list_of_changes_alone_is_not_used(pki: Pki, is_critical: bool) -> None:
    crl = made(
        pki.intermediate, lambda b: b.add_extension(x509.DeltaCRLIndicator(1), critical=is_critical)
    )
    assert refusal(crl) == "crl.unsupported"


def test_list_by_an_issuer_that_may_not_sign_lists_is_refused(pki: Pki) -> None:
    leaf = pki.leaves["good"]
    below = pki.leaves["expired"]
    with pytest.raises(Fault) as caught:
        RevocationList(made(leaf)).says_of(below.certificate_der(), leaf.certificate_der())
    assert caught.value.code == "crl.signature"


def test_expired_certificate_is_still_found_where_the_list_says_it_keeps_them(pki: Pki) -> None:
    pki.add_leaf("short", Profile(ends_at=WHEN - 9 * DAY))
    leaf, issuer, _ = (one.certificate_der() for one in pki.chain("short"))
    keeps = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("2.5.29.60"), b"\x18\x0f20200101000000Z"
    )
    assert RevocationList(made(pki.intermediate)).says_of(leaf, issuer) is None
    kept = made(pki.intermediate, lambda b: b.add_extension(keeps, critical=False))
    said = RevocationList(kept).says_of(leaf, issuer)
    assert said and said.revocation is None


@pytest.mark.parametrize(
    ("scope", "leaf_is_meant", "ca_is_meant"),
    [
        ({"only_contains_user_certs": True}, True, False),
        ({"only_contains_ca_certs": True}, False, True),
    ],
)
def test_list_speaks_of_its_own_kind_of_certificates(
    pki: Pki, scope: dict[str, object], leaf_is_meant: bool, ca_is_meant: bool
) -> None:
    leaf, issuer, root = (one.certificate_der() for one in pki.chain("good"))
    below = RevocationList(build_crl(pki.intermediate, this_update=WHEN, scope=scope))
    above = RevocationList(build_crl(pki.root, this_update=WHEN, scope=scope))
    assert (below.says_of(leaf, issuer) is not None) is leaf_is_meant
    assert (above.says_of(issuer, root) is not None) is ca_is_meant


def test_entry_of_another_authority_makes_the_list_unusable(pki: Pki) -> None:
    entry = Revoked(serial=pki.serial("good"), at=WHEN, issuer=pki.root)
    crl = RevocationList(build_crl(pki.intermediate, this_update=WHEN, revoked=[entry]))
    leaf, issuer, _ = (one.certificate_der() for one in pki.chain("good"))
    with pytest.raises(Fault) as caught:
        crl.says_of(leaf, issuer)
    assert caught.value.code == "crl.unsupported"


def test_pem_and_der_are_the_same_list(pki: Pki, tmp_path: Path) -> None:
    crl = made(pki.intermediate)
    pem = x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM)
    assert crl_to_der(pem) == crl_to_der(crl) == crl
    with pytest.raises(Fault) as caught:
        crl_to_der(b"-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----\n")
    assert caught.value.code == "crl.malformed"
