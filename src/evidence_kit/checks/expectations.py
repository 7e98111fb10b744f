"""What a reader knows of a bundle before it is opened."""

from dataclasses import dataclass

from evidence_kit.bundle.receipt import Receipt
from evidence_kit.crypto.pem import Anchor


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """What the reader knows from elsewhere. Nothing in a bundle can replace it."""

    anchors: tuple[Anchor, ...] = ()
    """Roots of time-stamp authorities; without any, no time can be proven."""
    signer_sha256: str | None = None
    receipt: Receipt | None = None
