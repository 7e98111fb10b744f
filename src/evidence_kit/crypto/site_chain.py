"""The certificates that a web site showed: for this host, valid then, one issued by the next.

Whether the last one deserves trust is not asked here; that is the browser's answer.
"""

import contextlib
import itertools
from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address

from cryptography import x509

from evidence_kit.crypto.hostile import hostile
from evidence_kit.crypto.x509 import is_issued_by, load_certificate
from evidence_kit.report import Fault

_MAX_CERTIFICATES = 10
_MALFORMED = "certificate.malformed"


def site_chain_faults(chain_der: Sequence[bytes], host: str, at: datetime) -> tuple[str, ...]:
    """What is wrong with the certificates of a site; empty where nothing is.

    Args:
        chain_der: as the site showed them, its own first; those past the tenth are passed over.
        host: name or address in the page's own address, in lower case.
        at: aware.

    Returns:
        "tls.malformed", "tls.host" (RFC 9525 §6), "tls.expired", "tls.not_yet_valid",
        "tls.broken" (one is not issued by the next), each at most once.
    """
    try:
        chain = [load_certificate(der) for der in chain_der[:_MAX_CERTIFICATES]]
        with hostile(_MALFORMED):
            return tuple(dict.fromkeys(_faults(chain, host, at)))
    except Fault:
        return ("tls.malformed",)


def _faults(chain: Sequence[x509.Certificate], host: str, at: datetime) -> list[str]:
    found = []
    if not chain or not _names(chain[0], host):
        found.append("tls.host")
    for certificate in chain:
        if at > certificate.not_valid_after_utc:
            found.append("tls.expired")
        if at < certificate.not_valid_before_utc:
            found.append("tls.not_yet_valid")
    pairs = itertools.pairwise(chain)
    if not all(is_issued_by(certificate, issuer) for certificate, issuer in pairs):
        found.append("tls.broken")
    return found


def _names(certificate: x509.Certificate, host: str) -> bool:
    """Whether one of its alternative names is the host's; the common name does not count."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    with contextlib.suppress(ValueError):
        return ip_address(host) in names.get_values_for_type(x509.IPAddress)
    told = {name.lower() for name in names.get_values_for_type(x509.DNSName)}
    label, _, parent = host.partition(".")
    return host in told or bool(label and "." in parent and f"*.{parent}" in told)
