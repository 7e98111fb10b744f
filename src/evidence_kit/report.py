"""What a verification found, and the verdict that follows from it.

Outcomes are those of ETSI EN 319 102-1 (passed, failed, indeterminate) and one more:
`noted` is shown to the reader but stands outside the verdict (a revocation that was not
checked, a spoilt extra token). `noted` never supports a claim.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

LIMITS = ("content", "site", "made_anew", "signer", "revocation")
"""What no verdict on a bundle says."""
CASE_LIMITS = (*LIMITS, "newest", "second_case")
"""What no verdict on a case says."""
BETWEEN = "between"
"""What a time proven from before does not say either."""


LEFT_OUT = "findings.left_out"
"""Code of the finding that tells how many more there are of one code, its `reason`."""


class Outcome(StrEnum):
    """The answer of one check, and of a whole report."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    NOTED = "noted"


class Question(StrEnum):
    """The three questions of a verdict, answered apart."""

    UNALTERED = "unaltered"
    SINCE = "since"
    SIGNER = "signer"


class Fault(Exception):
    """A check came out other than passed; carries what its Finding will say.

    Raised inside parsing and cryptography, always turned into a Finding by a check,
    so it never reaches a caller of the public API.
    """

    def __init__(
        self, code: str, outcome: Outcome = Outcome.FAILED, /, **params: str | int
    ) -> None:
        super().__init__(code)
        self.code = code
        self.outcome = outcome
        self.params = params


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a check established."""

    code: str
    """Stable key such as "digest.mismatch"; its words stand in `messages.FINDINGS`."""
    outcome: Outcome
    question: Question
    """Which of the three questions it bears on."""
    subject: str
    """Path inside the bundle, or the part that was judged ("container")."""
    params: dict[str, str | int] = {}
    """What the words of the finding name."""


class SignerIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Whose key signed, as far as that can be known."""

    certificate_sha256: str
    """SHA-256 of the certificate (DER), lowercase hex: what a reader compares."""
    subject: str
    is_self_made: bool
    """True where nobody but the signer vouches for the identity."""
    issuer: str
    chain: tuple[str, ...]
    """Subjects of the certificates in the bundle that lead up from the signer's, each having
    signed the one before. Whether the last one deserves trust was not judged."""
    not_before: datetime
    not_after: datetime
    signing_time_claimed: datetime


class ProvenTime(msgspec.Struct, frozen=True, kw_only=True):
    """One time-stamp token that holds under a trusted root."""

    gen_time: datetime
    accuracy_ms: int | None
    authority: str
    """Subject of the authority's certificate."""
    anchor_id: str
    """Id of the trust anchor its chain ends in."""
    country: str | None
    is_given: bool
    """True where the anchor came from `--trust`, not from the kit or the config folder."""
    not_revoked_as_of: datetime | None
    """Time for which lists show that no certificate of the authority's chain was revoked;
    None where none shows it."""
    path: str
    """Path of the token inside the bundle."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The result of verifying one bundle."""

    path: str
    bundle_id: str | None
    """None where the bundle's own record could not be read."""
    verdict: Outcome
    answers: dict[Question, Outcome]
    sealed_no_later_than: datetime | None
    """Earliest trusted gen_time plus its accuracy; None where no token holds."""
    sealed_not_before: datetime | None
    """Time of a trusted token over not-before.json; None where there is none."""
    proven_times: tuple[ProvenTime, ...]
    renewals: tuple[ProvenTime, ...]
    """Tokens of later renewals that hold: all that is here, earlier proofs included, was as
    it is at these times."""
    signer: SignerIdentity | None
    """None where the signature does not hold."""
    receipt: str | None
    findings: tuple[Finding, ...]
    limits: tuple[str, ...]
    """Codes of what the verdict does not say; words in `messages.LIMITS`."""


class CaseReport(msgspec.Struct, frozen=True, kw_only=True):
    """The result of verifying a case folder: each bundle, and the chain between them."""

    path: str
    case_id: str | None
    verdict: Outcome
    bundles: tuple[Report, ...]
    findings: tuple[Finding, ...]
    """Findings about the chain; those of each bundle stand in its own report."""
    limits: tuple[str, ...]


def finding(
    question: Question, code: str, outcome: Outcome, subject: str, /, **params: str | int
) -> Finding:
    """A finding whose words may also name its subject, as {path}."""
    return Finding(
        code=code,
        outcome=outcome,
        question=question,
        subject=subject,
        params={"path": subject, **params},
    )


def from_fault(question: Question, fault: Fault, subject: str) -> Finding:
    """The finding that a fault stands for."""
    place = str(fault.params.get("path", subject))
    return finding(question, fault.code, fault.outcome, place, **fault.params)


def common_name(subject: str) -> str:
    r"""The common name in a subject (RFC 4514), or all of it where there is none.

    >>> common_name(r"CN=Time Stamp\, Inc.,O=Example")
    'Time Stamp, Inc.'
    """
    found = re.search(r"(?:^|,)CN=((?:[^,\\]|\\.)+)", subject)
    return re.sub(r"\\([^u0-9a-fA-F])", r"\1", found[1]) if found else subject


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome that decides: failed, then indeterminate, then passed.

    `noted` is left out. No outcome at all is indeterminate: silence is never a pass.
    """
    seen = set(outcomes)
    for outcome in (Outcome.FAILED, Outcome.INDETERMINATE, Outcome.PASSED):
        if outcome in seen:
            return outcome
    return Outcome.INDETERMINATE


def answers(findings: Iterable[Finding]) -> dict[Question, Outcome]:
    """The answer to each of the three questions, each from its own findings alone."""
    findings = tuple(findings)
    return {
        question: worst(f.outcome for f in findings if f.question is question)
        for question in Question
    }


def count_of(findings: Iterable[Finding], code: str) -> int:
    """How many findings have this code, those left out of the report included."""
    return sum(
        int(one.params["count"]) if one.code == LEFT_OUT else 1
        for one in findings
        if code in (one.code, one.code == LEFT_OUT and one.params["reason"])
    )


def is_record_as_signed(findings: Iterable[Finding]) -> bool:
    """Whether a bundle's record and its list of digests are those that were signed.

    Where they are not, what the record tells is hearsay.
    """
    held = {one.code for one in findings if one.outcome is Outcome.PASSED}
    return {"digest.tags", "signature.holds"} <= held


def given_roots(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The roots that time stamps are trusted under only because the reader gave them."""
    given = (one.params["root"] for one in findings if one.code == "timestamp.given_root")
    return tuple(sorted({str(root) for root in given}))


def verdict(findings: Iterable[Finding]) -> Outcome:
    """PASSED only where every question is answered by a passed finding and none failed."""
    return worst(answers(findings).values())
