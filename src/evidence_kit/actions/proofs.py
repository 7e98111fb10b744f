"""Proofs from outside: tokens over some bytes, and what their authorities say of themselves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from evidence_kit.actions.kit import Kit
from evidence_kit.bundle import layout
from evidence_kit.checks.revocation import chain_status, pairs_of, read_lists
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.tsp import TimestampToken, verify_token
from evidence_kit.trust.crl_client import CrlReply
from evidence_kit.trust.tsa_client import TokenReply


@dataclass(frozen=True, kw_only=True)
class Proofs:
    """What the authorities gave."""

    replies: tuple[TokenReply, ...]
    """What became of asking each authority."""
    crl_replies: tuple[CrlReply, ...]
    """What became of fetching the list for each certificate of the trusted chains."""

    @property
    def tokens(self) -> tuple[bytes, ...]:
        """The tokens to keep."""
        return tuple(reply.tsr for reply in self.replies if reply.tsr is not None)

    @property
    def crls(self) -> Mapping[str, bytes]:
        """The lists to keep, by their SHA-256."""
        return crls_of(self.crl_replies)


def obtain_proofs(data: bytes, kit: Kit) -> Proofs:
    """Ask for tokens over `data`, and for the revocation lists of those who gave them.

    Lists are wanted, not needed: a token without one is kept. A token whose authority had
    been revoked before is turned away, so that it does not spoil a bundle.
    """
    replies = kit.request_tokens(data)
    tokens = [_read(reply, data, kit) for reply in replies]
    crl_replies = with_room(fetch_lists(filter(None, tokens), kit))
    is_revoked = _revoked_before(tokens, crls_of(crl_replies))
    return Proofs(
        replies=tuple(
            reply.refused("revocation.before") if bad else reply
            for reply, bad in zip(replies, is_revoked, strict=True)
        ),
        crl_replies=crl_replies,
    )


def _read(reply: TokenReply, data: bytes, kit: Kit) -> TimestampToken | None:
    return None if reply.tsr is None else verify_token(reply.tsr, data, anchors=kit.anchors)


def fetch_lists(tokens: Iterable[TimestampToken], kit: Kit) -> tuple[CrlReply, ...]:
    """The revocation lists of the chains of these tokens, as far as they are trusted."""
    chains = [token.chain_der for token in tokens if token.anchor]
    return kit.fetch_lists(chains) if chains else ()


def with_room(replies: Sequence[CrlReply], taken: Sequence[int] = ()) -> tuple[CrlReply, ...]:
    """The replies, those turned away whose lists a bundle has no room for.

    Args:
        taken: sizes in bytes of the lists that are in it already.
    """
    count, total = len(taken), sum(taken)
    kept = []
    for reply in replies:
        size = len(reply.crl or b"")
        if reply.crl is None or (count < layout.MAX_CRLS and total + size <= layout.MAX_CRLS_BYTES):
            kept.append(reply)
            count, total = count + bool(size), total + size
        else:
            kept.append(
                msgspec.structs.replace(
                    reply, crl=None, error="crl.no_room", error_params={"url": reply.url}
                )
            )
    return tuple(kept)


def crls_of(replies: Sequence[CrlReply]) -> dict[str, bytes]:
    """The lists that came, by their SHA-256."""
    return {sha256_hex(reply.crl): reply.crl for reply in replies if reply.crl is not None}


def _revoked_before(
    tokens: Sequence[TimestampToken | None], crls: Mapping[str, bytes]
) -> Iterator[bool]:
    """For each token, whether its authority had been revoked when it was made."""
    chains = [token.chain_der if token and token.anchor else () for token in tokens]
    lists = read_lists(crls.items(), [pair for chain in chains for pair in pairs_of(chain)])
    for token, chain in zip(tokens, chains, strict=True):
        yield bool(token and chain_status(chain, lists).before(token.gen_time))
