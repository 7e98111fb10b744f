"""Keys, certificates, signatures and tokens for fuzzing, the same bytes at every run.

There are two of each party. What the `ORIGINAL` ones signed lies in the corpus and nothing
else is ever signed with their keys, so a verifier that states anything more of them has been
deceived. With the keys of the `FORGER` ones the mutators sign whatever they made, to get past
the digests to the code behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.keys import SigningKey
from evidence_kit.crypto.pem import Anchor, certificate_to_pem

NOW = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)
DATA = b"the bytes that every token and signature of the corpus is about\n"
_STARTS_AT = datetime(2020, 1, 1, tzinfo=UTC)
_ENDS_AT = datetime(2049, 1, 1, tzinfo=UTC)
END_OF_TIME = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""Of a certificate that never expires (RFC 5280 §4.1.2.5)."""


class SteadyKey:
    """A P-256 key made of a number, whose signatures are always the same (RFC 6979)."""

    def __init__(self, number: int) -> None:
        self.private = ec.derive_private_key(number, ec.SECP256R1())

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


@dataclass(frozen=True, kw_only=True)
class Party:
    """A certificate and the key to it."""

    key: SteadyKey
    certificate: x509.Certificate
    issuer: "Party | None"
    """None where it is its own."""

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def signing_key(self) -> SigningKey:
        """The party, as the kit signs with it."""
        return SigningKey(private_key=self.key.private, certificate_der=self.der)


def _issue(
    name: str, number: int, *, issuer: Party | None, kind: str, ends_at: datetime = _ENDS_AT
) -> Party:
    key = SteadyKey(number)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    is_ca = kind == "ca"
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.private.public_key())
        .serial_number(0x1000 + number)
        .not_valid_before(_STARTS_AT)
        .not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .add_extension(_usage(is_ca), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.private.public_key()), critical=False
        )
    )
    if kind == "tsa":
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    signer = issuer.key if issuer else key
    certificate = builder.sign(signer.private, hashes.SHA256(), ecdsa_deterministic=True)
    return Party(key=key, certificate=certificate, issuer=issuer)


def _usage(is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=not is_ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


ROOT = _issue("Example Root", 11, issuer=None, kind="ca")
INTERMEDIATE = _issue("Example CA", 12, issuer=ROOT, kind="ca")
ORIGINAL_AUTHORITY = _issue("Original Authority", 13, issuer=INTERMEDIATE, kind="tsa")
FORGER_CA = _issue("Forger CA", 19, issuer=ROOT, kind="ca")
FORGER_AUTHORITY = _issue("Forger Authority", 14, issuer=FORGER_CA, kind="tsa")
ETERNAL_AUTHORITY = _issue("Forger for ever", 20, issuer=FORGER_CA, kind="tsa", ends_at=END_OF_TIME)
STRANGER_ROOT = _issue("Example Root", 15, issuer=None, kind="ca")
STRANGER_AUTHORITY = _issue("Stranger Authority", 16, issuer=STRANGER_ROOT, kind="tsa")
ORIGINAL_SIGNER = _issue("Original Signer", 17, issuer=None, kind="signer")
FORGER_SIGNER = _issue("Forger Signer", 18, issuer=None, kind="signer")

ANCHOR = Anchor(
    id="example",
    name_en="Example",
    name_zh="示例",
    country="XX",
    certificate_der=ROOT.der,
    source="user",
)


def sign_bundle(files: dict[str, bytes], signer: Party) -> None:
    """Sign the tagmanifest among the files, and put the signer's certificate beside it."""
    signing_key = signer.signing_key
    signature = sign_detached(files["tagmanifest-sha256.txt"], signing_key, signed_at=NOW)
    files["proof/signature.p7s"] = signature
    files["proof/signer.pem"] = certificate_to_pem(signing_key.certificate_der)


def revocation_list(
    issuer: Party,
    *,
    this_update: datetime = NOW,
    revoked: Sequence[x509.RevokedCertificate] = (),
    critical: x509.ExtensionType | None = None,
) -> bytes:
    """The DER of a list that an authority signs; `critical` is one more extension of it."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(this_update)
        .next_update(this_update + timedelta(days=7))
        .add_extension(x509.CRLNumber(1), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(entry)
    if critical is not None:
        builder = builder.add_extension(critical, critical=True)
    made = builder.sign(issuer.key.private, hashes.SHA256(), ecdsa_deterministic=True)
    return made.public_bytes(Encoding.DER)


def revoked(
    party: Party, reason: x509.ReasonFlags | None = None, *, since: datetime | None = None
) -> x509.RevokedCertificate:
    """An entry of a list, an hour after `NOW`."""
    builder = (
        x509.RevokedCertificateBuilder()
        .serial_number(party.certificate.serial_number)
        .revocation_date(NOW + timedelta(hours=1))
    )
    if reason is not None:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    if since is not None:
        builder = builder.add_extension(x509.InvalidityDate(since), critical=False)
    return builder.build()


def scope(**fields: bool | list[x509.GeneralName]) -> x509.IssuingDistributionPoint:
    """What a list is about, where it is not about everything (RFC 5280 §5.2.5)."""
    told: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**told | fields)
