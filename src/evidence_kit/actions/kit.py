"""What an action works with: keys, authorities, trusted roots, clock and chance."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from evidence_kit import settings
from evidence_kit.actions.verify import trusted_anchors
from evidence_kit.crypto.keys import KeyStore
from evidence_kit.crypto.pem import Anchor
from evidence_kit.crypto.tsp import verify_token
from evidence_kit.report import Fault
from evidence_kit.settings import Settings
from evidence_kit.trust import anchors, tsa_client
from evidence_kit.trust.anchors import Endpoint
from evidence_kit.trust.tsa_client import TokenReply

Ask = Callable[[Sequence[Endpoint], bytes], tuple[TokenReply, ...]]


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
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = random_id

    def request_tokens(self, data: bytes) -> tuple[TokenReply, ...]:
        """Ask every authority for a token over `data`; empty where there is none to ask.

        A token that is refused under the trusted roots (its authority poses as another one)
        is turned away like an answer that can't be read: it must not spoil a bundle.
        """
        replies = self.ask(self.endpoints, data) if self.endpoints else ()
        return tuple(self._judged(reply, data) for reply in replies)

    def _judged(self, reply: TokenReply, data: bytes) -> TokenReply:
        if reply.tsr is None:
            return reply
        try:
            verify_token(reply.tsr, data, anchors=self.anchors)
        except Fault as fault:
            return TokenReply(
                id=reply.id,
                url=reply.url,
                elapsed_s=reply.elapsed_s,
                error="tsa.rejected",
                error_params={"url": reply.url, "reason": fault.code},
            )
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
