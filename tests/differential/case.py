"""The form of a row: something to verify, and what three verifiers say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_kit.report import Outcome

if TYPE_CHECKING:
    from tests.differential.workshop import Workshop

PASSED, FAILED, INDETERMINATE = Outcome.PASSED, Outcome.FAILED, Outcome.INDETERMINATE
ACCEPTS = "accepts"
"""What a verifier answers that finds nothing wrong."""
CRASHES = "crashes: "
"""How the answer of a verifier begins that let a programming error escape."""


@dataclass(frozen=True, kw_only=True)
class SignatureCase:
    """A detached signature, and the certificate that the reader was told of."""

    signature: bytes
    content: bytes
    certificate_der: bytes
    issuer_der: bytes | None = None
    """The root above that certificate; None where it is self-made."""


@dataclass(frozen=True, kw_only=True)
class TokenCase:
    """A time-stamp reply as it would be kept, and the roots that the reader trusts."""

    tsr: bytes
    data: bytes
    roots_der: tuple[bytes, ...]
    extra_der: tuple[bytes, ...] = ()
    """Certificates kept beside the token; the stock commands know nothing of them."""


Case = SignatureCase | TokenCase
Make = Callable[["Workshop"], Case]


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the three say; for openssl and pyHanko `ACCEPTS`, or why not."""

    code: str
    outcome: Outcome
    openssl: str
    pyhanko: str

    @property
    def is_disputed(self) -> bool:
        """True where another accepts what we do not, or the reverse."""
        is_accepted = self.outcome is PASSED
        return any((said == ACCEPTS) != is_accepted for said in (self.openssl, self.pyhanko))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing to verify, and the answers that are expected."""

    name: str
    make: Make
    expected: Answers
    why: str
    """Why we differ; empty where all agree."""


def row(
    name: str,
    make: Make,
    outcome: Outcome,
    code: str,
    /,
    *,
    openssl: str = ACCEPTS,
    pyhanko: str = ACCEPTS,
    why: str = "",
) -> Row:
    """A row on few lines."""
    answers = Answers(code=code, outcome=outcome, openssl=openssl, pyhanko=pyhanko)
    return Row(name=name, make=make, expected=answers, why=why)
