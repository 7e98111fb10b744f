"""Time-stamp tokens as judged one by one, before anything that came later is looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from evidence_kit.crypto.tsp import TimestampToken
from evidence_kit.report import Fault, ProvenTime


@dataclass(frozen=True, kw_only=True)
class JudgedToken:
    """A token and what became of it."""

    path: str
    token: TimestampToken | None
    fault: Fault | None

    @property
    def is_trusted(self) -> bool:
        """True where it held under a trusted root when it was made."""
        return self.token is not None and self.token.anchor is not None


def latest(token: TimestampToken) -> datetime:
    """gen_time plus the accuracy that the authority claims for it."""
    return token.gen_time + timedelta(milliseconds=token.accuracy_ms or 0)


def earliest(token: TimestampToken) -> datetime:
    """gen_time minus the accuracy that the authority claims for it."""
    return token.gen_time - timedelta(milliseconds=token.accuracy_ms or 0)


def time_text(moment: datetime) -> str:
    """The second of a moment, as findings name it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def proven_time(
    token: TimestampToken, path: str, *, not_revoked_as_of: datetime | None = None
) -> ProvenTime:
    """A token that proves a time, as a report tells of it."""
    assert token.anchor
    return ProvenTime(
        gen_time=token.gen_time,
        accuracy_ms=token.accuracy_ms,
        authority=token.authority,
        anchor_id=token.anchor.id,
        country=token.anchor.country,
        is_given=token.anchor.source == "given",
        not_revoked_as_of=not_revoked_as_of,
        path=path,
    )
