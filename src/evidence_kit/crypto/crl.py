"""Certificate revocation lists (RFC 5280 §5): what a list says of one certificate."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from evidence_kit.crypto.digest import ALGORITHMS, sha256_hex
from evidence_kit.crypto.hostile import hostile
from evidence_kit.crypto.x509 import load_certificate
from evidence_kit.report import Fault, Outcome

_MALFORMED = "crl.malformed"
_KNOWN_CRITICAL = frozenset({x509.IssuingDistributionPoint.oid})
_KNOWN_CRITICAL_OF_ENTRY = frozenset({x509.CRLReason.oid, x509.InvalidityDate.oid})
_EXPIRED_CERTS_ON_CRL = x509.ObjectIdentifier("2.5.29.60")
_LEAVES_TOKENS_GOOD = frozenset(
    {
        x509.ReasonFlags.unspecified,
        x509.ReasonFlags.affiliation_changed,
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
    }
)


@dataclass(frozen=True, kw_only=True)
class Revocation:
    """An entry of a list: the certificate was withdrawn."""

    revoked_at: datetime
    doubtful_since: datetime
    """The earlier of revoked_at and invalidityDate: from then on the key may be a thief's."""
    reason: str
    """Name in RFC 5280 §5.3.1, such as "keyCompromise"; "" where no reasonCode stands there."""
    leaves_tokens_good: bool
    """RFC 3161 §4: the reason says that the key was not lost (0, 3, 4, 5)."""
    is_hold: bool
    """Suspended, which a later list may take back."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What one list says of one certificate."""

    this_update: datetime
    revocation: Revocation | None
    """None where the certificate is not on a list that it would stand on."""


class RevocationList:
    """A list whose signature has not been checked yet.

    Args:
        crl_der: the list; whoever reads it bounds its size.

    Raises:
        Fault: crl.malformed; crl.unsupported (indeterminate) for one whose signature or
            scope is of a kind that is not accepted: SHA-1, a delta, an indirect one, one for
            some reasons only, or with a critical extension that is not known.
    """

    def __init__(self, crl_der: bytes) -> None:
        with hostile(_MALFORMED):
            self._crl = x509.load_der_x509_crl(crl_der)
            self.issuer_der = self._crl.issuer.public_bytes()
            self.this_update = self._crl.last_update_utc
            algorithm = self._crl.signature_hash_algorithm
            if algorithm is None or algorithm.name not in ALGORITHMS:
                raise _unsupported(self._crl.signature_algorithm_oid.dotted_string)
            self._point = _distribution_point(self._crl.extensions)
            self._keeps_expired = any(
                extension.oid == _EXPIRED_CERTS_ON_CRL for extension in self._crl.extensions
            )
        self._is_signed_by: dict[str, bool] = {}

    def says_of(self, certificate_der: bytes, issuer_der: bytes) -> Statement | None:
        """What the list says of a certificate; None where it is not about it.

        Args:
            certificate_der: the certificate in question.
            issuer_der: the certificate of the authority that issued it.

        Raises:
            Fault: crl.signature, where it bears the authority's name but the authority has
                not signed it; crl.malformed, crl.unsupported for its entry.
        """
        certificate, issuer = load_certificate(certificate_der), load_certificate(issuer_der)
        with hostile(_MALFORMED):
            if issuer.subject.public_bytes() != self.issuer_der:
                return None
            if not self._holds(issuer, issuer_der):
                raise Fault("crl.signature")
            entry = self._crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None:
                revocation = _revocation(entry)
                return Statement(this_update=self.this_update, revocation=revocation)
            if not self._would_hold(certificate):
                return None
            return Statement(this_update=self.this_update, revocation=None)

    def _holds(self, issuer: x509.Certificate, issuer_der: bytes) -> bool:
        key = sha256_hex(issuer_der)
        if key not in self._is_signed_by:
            self._is_signed_by[key] = _may_sign_lists(issuer) and self._crl.is_signature_valid(
                issuer.public_key()  # type: ignore[arg-type]
            )
        return self._is_signed_by[key]

    def _would_hold(self, certificate: x509.Certificate) -> bool:
        """True where the certificate would stand on this list if it were revoked."""
        # An authority may drop entries once the certificate has expired (RFC 5280 §3.3).
        if self.this_update > certificate.not_valid_after_utc and not self._keeps_expired:
            return False
        point = self._point
        if point is None:
            return True
        if point.only_contains_user_certs and _is_authority(certificate):
            return False
        if point.only_contains_ca_certs and not _is_authority(certificate):
            return False
        # One of several lists that the authority has split its certificates into.
        return not point.full_name or not set(point.full_name).isdisjoint(
            _distribution_names(certificate)
        )


def crl_to_der(content: bytes) -> bytes:
    """The DER of a list that stands in a file as DER or as PEM (RFC 7468 §6).

    Raises:
        Fault: crl.malformed.
    """
    if not content.lstrip().startswith(b"-----BEGIN"):
        return content
    with hostile(_MALFORMED):
        return x509.load_pem_x509_crl(content).public_bytes(Encoding.DER)


def _unsupported(detail: str) -> Fault:
    return Fault("crl.unsupported", Outcome.INDETERMINATE, detail=detail)


def _distribution_point(extensions: x509.Extensions) -> x509.IssuingDistributionPoint | None:
    point = None
    for extension in extensions:
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            point = extension.value
        elif isinstance(extension.value, x509.DeltaCRLIndicator) or (
            extension.critical and extension.oid not in _KNOWN_CRITICAL
        ):
            raise _unsupported(extension.oid.dotted_string)
    if point is not None and (
        point.indirect_crl
        or point.only_some_reasons
        or point.only_contains_attribute_certs
        or point.relative_name
    ):
        raise _unsupported(point.oid.dotted_string)
    return point


def _revocation(entry: x509.RevokedCertificate) -> Revocation:
    reason: x509.ReasonFlags | None = None
    doubtful_since = entry.revocation_date_utc
    for extension in entry.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = extension.value.reason
        elif isinstance(extension.value, x509.InvalidityDate):
            doubtful_since = min(doubtful_since, extension.value.invalidity_date_utc)
        elif extension.critical and extension.oid not in _KNOWN_CRITICAL_OF_ENTRY:
            raise _unsupported(extension.oid.dotted_string)
    return Revocation(
        revoked_at=entry.revocation_date_utc,
        doubtful_since=doubtful_since,
        reason=reason.value if reason else "",
        leaves_tokens_good=reason in _LEAVES_TOKENS_GOOD,
        is_hold=reason is x509.ReasonFlags.certificate_hold,
    )


def _may_sign_lists(issuer: x509.Certificate) -> bool:
    """RFC 5280 §4.2.1.3: KeyUsage, where there is one, allows cRLSign."""
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _distribution_names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [name for point in points for name in point.full_name or ()]
