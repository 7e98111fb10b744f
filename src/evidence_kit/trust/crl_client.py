"""Fetching the revocation lists of a chain over plain HTTP (RFC 5280 §4.2.1.13).

The address stands in the certificate, so a certificate decides what is asked: a public
machine's port 80, or a host that the user named. The list is signed, so TLS would add
nothing. What leaves the machine is the name of a public file.
"""

import time
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

import msgspec

from evidence_kit.crypto.crl import RevocationList
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.pem import MAX_CRL_BYTES
from evidence_kit.crypto.x509 import crl_urls
from evidence_kit.errors import EvidenceKitError
from evidence_kit.report import Fault
from evidence_kit.trust.http_exchange import (
    ExchangeError,
    Failure,
    Line,
    Request,
    in_parallel,
    split_url,
)

_CODES = {
    Failure.TIMEOUT: "crl.timeout",
    Failure.UNREACHABLE: "crl.unreachable",
    Failure.CUT_SHORT: "crl.cut_short",
    Failure.HTTP_STATUS: "crl.http_status",
    Failure.TOO_LARGE: "crl.too_large",
    Failure.NOT_PUBLIC: "crl.not_public",
}
_PEM = b"-----BEGIN"
_HTTP_PORT = 80


class CrlReply(msgspec.Struct, frozen=True, kw_only=True):
    """What became of fetching the list that speaks of one certificate."""

    certificate_sha256: str
    """Fingerprint of the certificate, lowercase hex."""
    url: str
    """Where the list came from, or was looked for; "" where the certificate names no place."""
    elapsed_s: float
    crl: bytes | None = None
    """The list in DER, signed by the certificate's issuer; None where there is none."""
    error: str | None = None
    """Code of what went wrong, key of `messages.ERRORS`; None where nothing did."""
    error_params: dict[str, str | int] = {}
    """What the words of the error name."""


def fetch_crls(
    chains_der: Sequence[Sequence[bytes]],
    *,
    own_hosts: Collection[str] = (),
    deadline_s: float = 10,
) -> tuple[CrlReply, ...]:
    """Fetch the list for every certificate of these chains, all at the same time.

    A list is taken where it parses, speaks of the certificate and is signed by its issuer.
    Whether the certificate stands on it is not looked at. The places that a certificate
    names are tried in their order.

    Args:
        chains_der: certificates from the leaf to the root; for the root there is no list.
        own_hosts: hosts that the user's own configuration names: these may be asked at any
            port and need not be public.
        deadline_s: for all of it together.

    Returns:
        One reply for each certificate that is not the last of its chain, without repetition.
    """
    start = time.monotonic()
    pairs = list(dict.fromkeys(pair for chain in chains_der for pair in pairwise(chain)))

    def fetching(certificate_der: bytes, issuer_der: bytes) -> Callable[[Line], CrlReply]:
        return lambda line: _fetch(certificate_der, issuer_der, own_hosts, line, start)

    replies = in_parallel([fetching(*pair) for pair in pairs], deadline_s=deadline_s)
    return tuple(
        reply or _failed(certificate_der, crl_urls(certificate_der)[0], start, "crl.timeout", {})
        for (certificate_der, _), reply in zip(pairs, replies, strict=True)
    )


def _fetch(
    certificate_der: bytes,
    issuer_der: bytes,
    own_hosts: Collection[str],
    line: Line,
    start: float,
) -> CrlReply:
    reply = _failed(certificate_der, "", start, "crl.no_address", {})
    for url in crl_urls(certificate_der):
        try:
            crl = _get(url, own_hosts, line)
            _require_about(crl, certificate_der, issuer_der)
        except EvidenceKitError as error:
            reply = _failed(certificate_der, url, start, error.code, error.params)
        else:
            return CrlReply(
                certificate_sha256=sha256_hex(certificate_der),
                url=url,
                elapsed_s=time.monotonic() - start,
                crl=crl,
            )
    return reply


def _get(url: str, own_hosts: Collection[str], line: Line) -> bytes:
    parts = split_url(url, ("http",))
    is_own = parts is not None and parts.hostname in own_hosts
    if parts is None or not (is_own or parts.port in (None, _HTTP_PORT)):
        raise EvidenceKitError("crl.address")
    request = Request(method="GET", url=url, max_bytes=MAX_CRL_BYTES, is_public=not is_own)
    try:
        return line.send(request)
    except ExchangeError as error:
        raise EvidenceKitError(_CODES[error.failure], **error.params) from error


def _require_about(crl: bytes, certificate_der: bytes, issuer_der: bytes) -> None:
    if crl.lstrip().startswith(_PEM):
        raise EvidenceKitError("crl.pem")
    try:
        statement = RevocationList(crl).says_of(certificate_der, issuer_der)
    except Fault as fault:
        raise EvidenceKitError("crl.rejected", reason=fault.code) from fault
    if statement is None:
        raise EvidenceKitError("crl.other")


def _failed(
    certificate_der: bytes, url: str, start: float, code: str, params: dict[str, str | int]
) -> CrlReply:
    return CrlReply(
        certificate_sha256=sha256_hex(certificate_der),
        url=url,
        elapsed_s=time.monotonic() - start,
        error=code,
        error_params={**params, "url": url},
    )
