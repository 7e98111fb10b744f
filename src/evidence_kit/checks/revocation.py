"""Revocation: what lists say of the certificates of a chain, and what follows for a token.

Nothing here asks a network or a clock: lists come from the bundle and from the reader.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from evidence_kit.crypto.crl import Revocation, RevocationList, Statement
from evidence_kit.report import Fault

Pair = tuple[bytes, bytes]
"""A certificate and the one that issued it, both DER."""


@dataclass(frozen=True, kw_only=True)
class Lists:
    """What all lists at hand say of some certificates."""

    statements: Mapping[bytes, Sequence[Statement]]
    """By certificate (DER)."""
    faults: Mapping[str, Fault]
    """Why a list was left out of account, by its name."""
    unrelated: Sequence[str]
    """Names of lists that are sound but about none of the certificates."""


@dataclass(frozen=True, kw_only=True)
class ChainStatus:
    """What is known of the revocation of the certificates of one chain."""

    as_of: datetime | None
    """Latest time for which lists show that none was revoked, or only ever harmlessly; None
    where no list speaks for one of them."""
    revocations: tuple[Revocation, ...]

    def before(self, moment: datetime) -> Revocation | None:
        """The first revocation at `moment` or earlier."""
        found = [one for one in self.revocations if one.revoked_at <= moment]
        return min(found, key=lambda one: one.revoked_at, default=None)

    def doubt_after(self, moment: datetime) -> Revocation | None:
        """The gravest later revocation for which a token of `moment` can't be relied on.

        RFC 3161 §4: one with reason 0, 3, 4 or 5 leaves earlier tokens good.
        """
        found = [
            one
            for one in self.revocations
            if not (one.leaves_tokens_good and one.doubtful_since > moment)
        ]
        return min(found, key=lambda one: one.doubtful_since, default=None)


def pairs_of(chain_der: Sequence[bytes]) -> Iterator[Pair]:
    """Each certificate of a chain that a list could name, with its issuer."""
    yield from pairwise(chain_der)


def read_lists(lists: Iterable[tuple[str, bytes]], pairs: Collection[Pair]) -> Lists:
    """What the lists say of the certificates. One list at a time is held parsed.

    Args:
        lists: name and contents of each, hostile.
        pairs: the certificates of interest.
    """
    statements: dict[bytes, list[Statement]] = {}
    faults: dict[str, Fault] = {}
    unrelated = []
    for name, crl_der in lists:
        try:
            said = list(_said(RevocationList(crl_der), pairs))
        except Fault as fault:
            faults[name] = fault
            continue
        if not said:
            unrelated.append(name)
        for certificate_der, statement in said:
            statements.setdefault(certificate_der, []).append(statement)
    return Lists(statements=statements, faults=faults, unrelated=unrelated)


def _said(
    revocations: RevocationList, pairs: Collection[Pair]
) -> Iterator[tuple[bytes, Statement]]:
    for certificate_der, issuer_der in pairs:
        statement = revocations.says_of(certificate_der, issuer_der)
        if statement is not None:
            yield certificate_der, statement


def chain_status(chain_der: Sequence[bytes], lists: Lists) -> ChainStatus:
    """What the lists say of a chain; the last certificate is the root, which none can revoke."""
    as_of: list[datetime | None] = []
    revocations: list[Revocation] = []
    for certificate_der, _ in pairs_of(chain_der):
        said = lists.statements.get(certificate_der, ())
        found = (one.revocation for one in said if one.revocation)
        revocations += (one for one in found if not _is_taken_back(one, said))
        as_of.append(max((one.this_update for one in said), default=None))
    known = [moment for moment in as_of if moment is not None]
    return ChainStatus(
        as_of=min(known) if known and len(known) == len(as_of) else None,
        revocations=tuple(revocations),
    )


def _is_taken_back(revocation: Revocation, said: Sequence[Statement]) -> bool:
    """True for a suspension that a later list has dropped again (RFC 5280 §5.3.1)."""
    if not revocation.is_hold:
        return False
    last = max(said, key=lambda statement: statement.this_update)
    return last.revocation is None
