"""What a token is still worth, after revocation, broken algorithms and renewals.

A token was judged as of its own time. What happened later may take its worth away, unless
a renewal from before that moment vouches for it (RFC 4998 §1.2, ETSI EN 319 102-1 §5.6).
Nothing here asks a clock: the same proofs give the same answer at any time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from evidence_kit.checks.expectations import Distrust
from evidence_kit.checks.renewals import Renewal
from evidence_kit.checks.revocation import ChainStatus, Lists, chain_status
from evidence_kit.checks.tokens import JudgedToken, latest, time_text
from evidence_kit.crypto.tsp import TimestampToken
from evidence_kit.report import Fault, Outcome


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A token, and whether it proves its time today."""

    judged: JudgedToken
    fault: Fault | None
    """Why it proves nothing; None where it proves its time."""
    status: ChainStatus | None
    """What is known of revocation; None where it never held under a trusted root."""
    saved_at: datetime | None
    """Time of the renewal without which it would prove nothing."""

    @property
    def proven(self) -> TimestampToken | None:
        """The token, where it proves its time."""
        return None if self.fault else self.judged.token


@dataclass(frozen=True, kw_only=True)
class SoundRenewal:
    """A renewal that proves its own time."""

    renewal: Renewal
    standings: tuple[Standing, ...]
    """Those of its tokens that prove their time."""
    at: datetime
    """No later than this was all that it covers there."""


@dataclass(frozen=True, kw_only=True)
class Standings:
    """What every token of a bundle is worth."""

    tokens: tuple[Standing, ...]
    """Those over the signature."""
    not_before: Standing | None
    renewals: tuple[SoundRenewal, ...]
    """Those that hold, in order."""
    ignored: Mapping[str, Fault]
    """Why a renewal or one of its tokens is left out of account, by its path."""

    def is_older_than(self, moment: datetime) -> bool:
        """True where a renewal vouches that everything was there before `moment`."""
        return any(sound.at < moment for sound in self.renewals)


def settle(
    tokens: Sequence[JudgedToken],
    not_before: JudgedToken | None,
    renewals: Sequence[Renewal],
    lists: Lists,
    distrust: Sequence[Distrust],
) -> Standings:
    """Weigh the latest renewal first, then those that it vouches for, the tokens last."""
    everything = {judged.path: judged for judged in tokens}
    everything.update((one.path, one) for renewal in renewals for one in renewal.tokens)
    sound: list[SoundRenewal] = []
    ignored: dict[str, Fault] = {}
    for renewal in reversed(renewals):
        if renewal.fault:
            ignored[renewal.path] = renewal.fault
            continue
        if not renewal.tokens:
            ignored[renewal.path] = Fault("timestamp.none", Outcome.INDETERMINATE)
        covered = [everything[path] for path in renewal.covers if path in everything]
        standings = [
            _in_order(_standing(judged, sound, lists, distrust), covered)
            for judged in renewal.tokens
        ]
        ignored.update((one.judged.path, one.fault) for one in standings if one.fault)
        good = tuple(one for one in standings if one.proven)
        if good:
            at = min(latest(one.proven) for one in good if one.proven)
            sound.append(SoundRenewal(renewal=renewal, standings=good, at=at))
    return Standings(
        tokens=tuple(
            _covered(_standing(judged, sound, lists, distrust), sound) for judged in tokens
        ),
        not_before=_standing(not_before, sound, lists, distrust) if not_before else None,
        renewals=tuple(reversed(sound)),
        ignored=ignored,
    )


def _standing(
    judged: JudgedToken,
    later: Sequence[SoundRenewal],
    lists: Lists,
    distrust: Sequence[Distrust],
) -> Standing:
    token = judged.token
    if token is None:
        return _worthless(judged, judged.fault)
    if token.anchor is None:
        fault = Fault(
            "timestamp.untrusted",
            Outcome.INDETERMINATE,
            authority=token.authority,
            time=time_text(token.gen_time),
        )
        return _worthless(judged, fault)
    status = chain_status(token.chain_der, lists)
    before = status.before(token.gen_time)
    if before:
        fault = Fault(
            "revocation.before", time=time_text(before.revoked_at), reason=before.reason or "-"
        )
        return _worthless(judged, fault, status)
    saved_at = None
    for since, fault in _doubts(token, status, distrust):
        saved_at = _saved_before(since, judged, token, later)
        if saved_at is None:
            return _worthless(judged, fault, status)
    return Standing(judged=judged, fault=None, status=status, saved_at=saved_at)


def _doubts(
    token: TimestampToken, status: ChainStatus, distrust: Sequence[Distrust]
) -> Iterator[tuple[datetime, Fault]]:
    """What takes a token's worth away, and from when on."""
    revocation = status.doubt_after(latest(token))
    if revocation:
        yield (
            revocation.doubtful_since,
            Fault(
                "revocation.since",
                Outcome.INDETERMINATE,
                time=time_text(revocation.revoked_at),
                reason=revocation.reason or "-",
            ),
        )
    for broken in distrust:
        if broken.algorithm in token.algorithms:
            yield broken.since, broken.fault()


def _saved_before(
    since: datetime, judged: JudgedToken, token: TimestampToken, later: Sequence[SoundRenewal]
) -> datetime | None:
    """Time of the first renewal that vouches for a token early enough; None without one."""
    times = [
        sound.at
        for sound in later
        if judged.path in sound.renewal.covers and sound.at < since and sound.at <= token.expires_at
    ]
    return min(times, default=None)


def _in_order(standing: Standing, covered: Sequence[JudgedToken]) -> Standing:
    """A renewal's token is later than every token that it covers."""
    token = standing.proven
    if token is None:
        return standing
    for judged in covered:
        if judged.token and judged.is_trusted and judged.token.gen_time > token.gen_time:
            fault = Fault("renewal.order", path=standing.judged.path, other=judged.path)
            return _worthless(standing.judged, fault, standing.status)
    return standing


def _covered(standing: Standing, renewals: Sequence[SoundRenewal]) -> Standing:
    """Once there is a renewal, a token that none of them covers counts no more."""
    path = standing.judged.path
    if not renewals or not standing.proven or any(path in r.renewal.covers for r in renewals):
        return standing
    fault = Fault("renewal.not_covered", Outcome.INDETERMINATE, path=path)
    return _worthless(standing.judged, fault, standing.status)


def _worthless(
    judged: JudgedToken, fault: Fault | None, status: ChainStatus | None = None
) -> Standing:
    return Standing(judged=judged, fault=fault, status=status, saved_at=None)
