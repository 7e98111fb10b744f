"""Certificates: what they say, and the path from one to a pinned root."""

import contextlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID, PublicKeyAlgorithmOID

from evidence_kit.crypto.der import require_der
from evidence_kit.crypto.digest import ALGORITHMS, sha256_hex
from evidence_kit.crypto.hostile import hostile
from evidence_kit.crypto.pem import MAX_CERTIFICATE_BYTES, Anchor
from evidence_kit.report import Fault, Outcome

MAX_CERTIFICATES = 10
"""Certificates that a token may hold."""
_MAX_RSA_BITS = 8192
_MAX_SIGNATURE_CHECKS = 50
_MAX_CRL_URLS = 4
_UNREADABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, kw_only=True)
class CertificateDescription:
    """What a certificate says of itself, ready to be shown."""

    subject: str
    """RFC 4514 text; invisible and control characters are escaped as \\u{HEX}."""
    issuer: str
    is_self_made: bool
    """True where the certificate is signed by its own key: nobody else vouches for it."""
    not_before: datetime
    not_after: datetime
    serial: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A path from a certificate upwards, and the anchor that it ends in."""

    anchor: Anchor | None
    """None where the path ends at no pinned root."""
    certificates_der: tuple[bytes, ...]
    """The leaf first; the anchor's own certificate last, where there is one."""
    expires_at: datetime
    """When the first of them expires; the anchor's own certificate doesn't count."""
    algorithms: frozenset[str]
    """What their signatures rest on: names of digests, "rsa", "ecdsa"."""


def load_certificate(certificate_der: bytes) -> x509.Certificate:
    """Parse one certificate in strict DER.

    Raises:
        Fault: certificate.malformed.
    """
    code = "certificate.malformed"
    require_der(certificate_der, code=code, max_bytes=MAX_CERTIFICATE_BYTES)
    with hostile(code):
        return x509.load_der_x509_certificate(certificate_der)


def describe(certificate_der: bytes) -> CertificateDescription:
    """What the certificate says of itself. Nothing of it is checked here.

    Raises:
        Fault: certificate.malformed.
    """
    certificate = load_certificate(certificate_der)
    with hostile("certificate.malformed"):
        return CertificateDescription(
            subject=readable(certificate.subject),
            issuer=readable(certificate.issuer),
            is_self_made=is_issued_by(certificate, certificate),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            serial=certificate.serial_number,
            sha256=sha256_hex(certificate_der),
        )


def is_signing_key(certificate: x509.Certificate) -> bool:
    """True for a version 3 certificate whose key may seal: P-256, or RSA >= 3072 bits."""
    key = _public_key(certificate)
    is_p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    is_long_rsa = isinstance(key, rsa.RSAPublicKey) and 3072 <= key.key_size <= _MAX_RSA_BITS
    return certificate.version is x509.Version.v3 and (is_p256 or is_long_rsa)


def is_authority_key(certificate: x509.Certificate) -> bool:
    """True for a version 3 certificate with a NIST curve's key, or RSA >= 2048 bits."""
    key = _public_key(certificate)
    is_nist = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(
        key.curve, ec.SECP256R1 | ec.SECP384R1 | ec.SECP521R1
    )
    is_rsa = isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= _MAX_RSA_BITS
    return certificate.version is x509.Version.v3 and (is_nist or is_rsa)


def key_family(certificate: x509.Certificate) -> str:
    """ "rsa", "ecdsa", or "unknown"."""
    match _public_key(certificate):
        case rsa.RSAPublicKey():
            return "rsa"
        case ec.EllipticCurvePublicKey():
            return "ecdsa"
    return "unknown"


def _public_key(certificate: x509.Certificate) -> object:
    """The key, or None where it is of a kind that is not known here (SM2, say)."""
    try:
        return certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return None


def may_sign(certificate: x509.Certificate) -> bool:
    """True unless its KeyUsage leaves out both kinds of signing (RFC 5280 §4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """True where the issuer's name and its key's signature are on the certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, UnsupportedAlgorithm, ValueError):
        return False
    return True


def crl_urls(certificate_der: bytes) -> tuple[str, ...]:
    """Where the certificate says that its issuer's revocation list is (RFC 5280 §4.2.1.13).

    At most four http addresses, in their order and otherwise unchecked; other kinds (LDAP,
    https) are left out. Empty where it names none or can't be read.
    """
    try:
        certificate = load_certificate(certificate_der)
        with hostile("certificate.malformed"):
            points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints)
            names = [name for point in points.value for name in point.full_name or ()]
    except Fault:
        return ()
    urls = [n.value for n in names if isinstance(n, x509.UniformResourceIdentifier)]
    found = dict.fromkeys(url for url in urls if url.lower().startswith("http://"))
    return tuple(found)[:_MAX_CRL_URLS]


def path_upwards(
    leaf: x509.Certificate, pool: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """The leaf and every certificate of the pool that issued one already taken.

    The pool is hostile: after 50 signatures no more are checked.
    """
    path = [leaf]
    checks = 0
    for certificate in path:
        for issuer in pool:
            if issuer in path or issuer.subject != certificate.issuer:
                continue
            checks += 1
            if checks <= _MAX_SIGNATURE_CHECKS and is_issued_by(certificate, issuer):
                path.append(issuer)
    return tuple(path)


def weak_digests(path: Sequence[x509.Certificate]) -> tuple[str, ...]:
    """Digests that are not accepted, by which issuers signed certificates of the path.

    Such a signature is not checked: nobody can tell whether the rest is right.
    """
    issued = [certificate for certificate in path if certificate.issuer != certificate.subject]
    return tuple(name for name in map(_signature_hash, issued) if name not in ALGORITHMS)


def issuing_path(leaf_der: bytes, pool_der: Sequence[bytes]) -> tuple[bytes, ...]:
    """The leaf, its issuer, that one's issuer and so on, as far as the pool goes.

    Signatures are checked, nothing else; whether the last one deserves trust is not asked.
    Certificates of the pool that can't be read are passed over.

    Raises:
        Fault: certificate.malformed, for the leaf.
    """
    path = [load_certificate(leaf_der)]
    pool = []
    for der in pool_der:
        with contextlib.suppress(Fault):
            pool.append(load_certificate(der))
    while len(path) < MAX_CERTIFICATES:
        found = (c for c in pool if c not in path and is_issued_by(path[-1], c))
        issuer = next(found, None)
        if issuer is None:
            break
        path.append(issuer)
    return tuple(c.public_bytes(Encoding.DER) for c in path)


def build_chain(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    anchors: Sequence[Anchor],
    *,
    at: datetime,
) -> Chain:
    """The path from a time-stamping certificate to an anchor, as of `at` (RFC 5280 §6).

    The leaf's own extended key usage is the caller's to judge. Without an anchor the
    result holds the way up as far as it is known.

    Raises:
        Fault: timestamp.impostor, where a certificate on the path bears an anchor's name
            but not its key; timestamp.chain, where the path does reach an anchor by its
            signatures but a rule of it is broken; timestamp.unsupported.
    """
    roots = {
        x509.load_der_x509_certificate(anchor.certificate_der): anchor
        for anchor in reversed(anchors)
    }
    path = path_upwards(leaf, intermediates)
    if roots:
        verifier = (
            verification.PolicyBuilder()
            .store(verification.Store(list(roots)))
            .time(at)
            .max_chain_depth(6)
            .extension_policies(
                ee_policy=verification.ExtensionPolicy.permit_all(), ca_policy=_ca_policy()
            )
            .build_client_verifier()
        )
        try:
            found = verifier.verify(leaf, list(path[1:])).chain
        except verification.VerificationError:
            _explain(path, tuple(roots))
        else:
            return _chain(found, roots[found[-1]])
    return _chain(path, None)


def _chain(path: Sequence[x509.Certificate], anchor: Anchor | None) -> Chain:
    # A root is trusted because it is pinned, not because of its own signature.
    judged = path[:-1] if anchor and len(path) > 1 else path
    return Chain(
        anchor=anchor,
        certificates_der=tuple(c.public_bytes(Encoding.DER) for c in path),
        expires_at=min(c.not_valid_after_utc for c in judged),
        algorithms=frozenset([*map(_signature_hash, judged), *map(key_family, path[1:])]),
    )


def _signature_hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        algorithm = None
    return algorithm.name if algorithm else "unknown"


def _ca_policy() -> verification.ExtensionPolicy:
    agnostic = verification.Criticality.AGNOSTIC
    # that cA is true the verifier itself demands, wherever the extension is present
    return (
        verification.ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, agnostic, None)
        .may_be_present(x509.KeyUsage, agnostic, _require_certificate_signing)
        .may_be_present(x509.ExtendedKeyUsage, agnostic, _require_time_stamping)
    )


def _require_certificate_signing(
    _policy: verification.Policy, _certificate: x509.Certificate, value: x509.KeyUsage | None
) -> None:
    if value is not None and not value.key_cert_sign:
        raise ValueError("issuer may not sign certificates")


def _require_time_stamping(
    _policy: verification.Policy,
    _certificate: x509.Certificate,
    value: x509.ExtendedKeyUsage | None,
) -> None:
    # an authority confined to e-mail or servers can't vouch for times
    allowed = {ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if value is not None and allowed.isdisjoint(value):
        raise ValueError("issuer is not for time stamps")


def _explain(path: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> None:
    """Raise the reason why there is no chain, where it is another than an unknown root."""
    pairs = [(certificate, root) for certificate in path for root in roots]
    reached = [root for certificate, root in pairs if is_issued_by(certificate, root)]
    kinds = [certificate.public_key_algorithm_oid for certificate in (*path, *reached)]
    # the path builder knows no such keys: nobody can tell whether the rest is right
    if PublicKeyAlgorithmOID.RSASSA_PSS in kinds:
        raise Fault("timestamp.unsupported", Outcome.INDETERMINATE, algorithm="RSASSA-PSS")
    for algorithm in weak_digests(path):
        raise Fault("timestamp.unsupported", Outcome.INDETERMINATE, algorithm=algorithm)
    for root in reached:
        raise Fault("timestamp.chain", Outcome.INDETERMINATE, authority=readable(root.subject))
    for certificate, root in pairs:
        if root.subject in (certificate.subject, certificate.issuer):
            raise Fault("timestamp.impostor", authority=readable(root.subject))


def readable(name: x509.Name) -> str:
    """The name as RFC 4514 text that can't move the cursor or reverse its neighbours."""
    return "".join(
        f"\\u{{{ord(character):04X}}}"
        if unicodedata.category(character) in _UNREADABLE
        else character
        for character in name.rfc4514_string()
    )
