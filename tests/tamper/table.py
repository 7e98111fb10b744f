"""The form of a row: an attack, and what must be found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from evidence_kit.report import Outcome
from tests.forge import Forge

FAILED, PASSED, INDETERMINATE = Outcome.FAILED, Outcome.PASSED, Outcome.INDETERMINATE

Attack = Callable[[Forge], Forge | bytes]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One attack on a good bundle."""

    name: str
    attack: Attack
    """Returns the changed files, or the bytes of the zip."""
    code: str
    subject: str
    """{top} stands for the bundle's top folder."""
    verdict: Outcome = FAILED
    knows: Literal["", "receipt", "signer", "nobody"] = ""
    """What the reader has from elsewhere: receipt, signer, or not even a root."""
    reason: str = ""
    """Why a proof is left out of account, where that is the finding."""
    distrust: str = ""
    """What the reader holds to be broken, as `--distrust` takes it."""


def row(
    name: str,
    attack: Attack,
    code: str,
    subject: str,
    verdict: Outcome = FAILED,
    *,
    knows: Literal["", "receipt", "signer", "nobody"] = "",
    reason: str = "",
    distrust: str = "",
) -> Row:
    """A row on one line."""
    return Row(
        name=name,
        attack=attack,
        code=code,
        subject=subject,
        verdict=verdict,
        knows=knows,
        reason=reason,
        distrust=distrust,
    )
