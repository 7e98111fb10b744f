"""What a reader knows of a bundle before it is opened."""

from dataclasses import dataclass, field
from datetime import datetime

from evidence_kit.bundle.receipt import Receipt
from evidence_kit.crypto.pem import Anchor
from evidence_kit.report import Fault, Outcome

DISTRUSTABLE = ("sha256", "sha384", "sha512", "rsa", "ecdsa")
"""Algorithms that a reader may declare broken."""


@dataclass(frozen=True, kw_only=True)
class Distrust:
    """An algorithm that the reader holds to be broken from a date on."""

    algorithm: str
    """One of `DISTRUSTABLE`."""
    since: datetime

    def fault(self) -> Fault:
        """Why something that rests on the algorithm alone is not relied on."""
        return Fault(
            "algorithm.distrusted",
            Outcome.INDETERMINATE,
            algorithm=self.algorithm,
            time=self.since.strftime("%Y-%m-%d"),
        )


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """What the reader knows from elsewhere. Nothing in a bundle can replace it."""

    anchors: tuple[Anchor, ...] = ()
    """Roots of time-stamp authorities; without any, no time can be proven."""
    signer_sha256: str | None = None
    receipt: Receipt | None = None
    crls: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Further revocation lists (DER), each with the name it is shown by."""
    distrust: tuple[Distrust, ...] = ()
