"""What an action works with: keys, authorities, trusted roots, clock and chance."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from evidence_kit import settings
from evidence_kit.actions.verify import trusted_anchors
from evidence_kit.crypto.keys import KeyStore
from evidence_kit.crypto.pem import Anchor
from evidence_kit.crypto.tsp import verify_token
from evidence_kit.report import Fault
from evidence_kit.settings import Settings
from evidence_kit.trust import anchors, crl_client, tsa_client
from evidence_kit.trust.anchors import Endpoint
from evidence_kit.trust.crl_client import CrlReply
from evidence_kit.trust.tsa_client import TokenReply


class Ask(Protocol):
    """Asks authorities for tokens: `tsa_client.request_tokens`."""

    def __call__(
        self, endpoints: Sequence[Endpoint], data: bytes, /, *, algorithm: str = ...
    ) -> tuple[TokenReply, ...]:
        """One reply for each authority, in their order."""


class Fetch(Protocol):
    """Fetches revocation lists: `crl_client.fetch_crls`."""

    def __call__(
        self, chains_der: Sequence[Sequence[bytes]], /, *, own_hosts: Collection[str] = ...
    ) -> tuple[CrlReply, ...]:
        """One reply for each certificate below the roots."""


def utc_now() -> datetime:
    """The machine's clock, aware UTC."""
    return datetime.now(UTC)


def random_id() -> str:
    """128 random bits, lowercase hex."""
    return secrets.token_hex(16)


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What an action works with; `make_kit` makes one from the user's settings."""

    keys: KeyStore
    endpoints: tuple[Endpoint, ...]
    """Whom to ask for time stamps; empty seals without one."""
    anchors: tuple[Anchor, ...]
    """Trusted roots of time-stamp authorities."""
    ask: Ask = tsa_client.request_tokens
    fetch: Fetch = crl_client.fetch_crls
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = random_id

    def request_tokens(self, data: bytes, *, algorithm: str = "sha256") -> tuple[TokenReply, ...]:
        """Ask every authority for a token over `data`; empty where there is none to ask.

        A token that is refused under the trusted roots (its authority poses as another one)
        is turned away like an answer that can't be read: it must not spoil a bundle.
        """
        if not self.endpoints:
            return ()
        replies = self.ask(self.endpoints, data, algorithm=algorithm)
        return tuple(self._judged(reply, data) for reply in replies)

    def fetch_lists(self, chains_der: Sequence[Sequence[bytes]]) -> tuple[CrlReply, ...]:
        """The revocation lists that the certificates of these chains name."""
        hosts = {urlsplit(endpoint.url).hostname or "" for endpoint in self.endpoints}
        return self.fetch(chains_der, own_hosts=hosts)

    def _judged(self, reply: TokenReply, data: bytes) -> TokenReply:
        if reply.tsr is None:
            return reply
        try:
            verify_token(reply.tsr, data, anchors=self.anchors)
        except Fault as fault:
            return reply.refused(fault.code)
        return reply


def make_kit(
    configured: Settings | None = None,
    *,
    tsa: Sequence[str] | None = None,
    trust: Sequence[Path] = (),
    timestamp: bool = True,
) -> Kit:
    """A kit from the user's settings.

    Args:
        configured: None reads the configuration.
        tsa: ids or URLs of authorities; None takes the configured ones, else the default ones.
        trust: PEM files with further roots.
        timestamp: False asks no authority.

    Raises:
        ConfigError, UsageError, InputError: a setting, an authority or a PEM file is wrong.
    """
    configured = configured or settings.load()
    authorities = anchors.load_authorities(configured.config_dir)
    chosen = tsa or configured.tsa
    return Kit(
        keys=KeyStore(configured.data_dir / "keys"),
        endpoints=anchors.choose_endpoints(chosen, authorities) if timestamp else (),
        anchors=trusted_anchors(configured, trust),
    )
