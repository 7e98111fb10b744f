"""Run every check on a bundle and draw the verdict."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.receipt import Receipt, make_receipt
from evidence_kit.checks import digests, signature, structure, timestamps
from evidence_kit.checks.examination import Check, Examination
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.x509 import describe
from evidence_kit.report import (
    BETWEEN,
    LEFT_OUT,
    LIMITS,
    Fault,
    Finding,
    Outcome,
    Question,
    Report,
    SignerIdentity,
    answers,
    finding,
    from_fault,
    verdict,
)

_T = TypeVar("_T")

MAX_ALIKE = 1000
"""Findings of one code, outcome and question that a report tells one by one."""

CHECKS: tuple[tuple[Check, Question], ...] = (
    (structure.check_container, Question.UNALTERED),
    (structure.check_members, Question.UNALTERED),
    (structure.check_record, Question.UNALTERED),
    (structure.check_observations, Question.UNALTERED),
    (signature.check_signature, Question.UNALTERED),
    (signature.check_signer, Question.SIGNER),
    (signature.check_pins, Question.SIGNER),
    (timestamps.check_tokens, Question.SINCE),
    (timestamps.check_algorithms, Question.UNALTERED),
    (timestamps.check_renewals, Question.SINCE),
    (timestamps.check_lists, Question.SINCE),
    (timestamps.check_not_before, Question.SINCE),
    (timestamps.check_others, Question.SINCE),
    (digests.check_tag_digests, Question.UNALTERED),
    (digests.check_digests, Question.UNALTERED),
    (digests.check_sizes, Question.UNALTERED),
    (digests.check_stored, Question.UNALTERED),
)
"""Every check, and the question that a fault in it bears on. All of them run.

The digests come last: until they are asked for, the files are hashed beside all else."""


def judge(bundle: Bundle, expectations: Expectations) -> Report:
    """Run every check on an open bundle; none stops the others."""
    examination = Examination(bundle, expectations)
    findings = tuple(_bounded(_run(examination)))
    report = _report(str(bundle.path), findings)
    if report.answers[Question.UNALTERED] is Outcome.FAILED:
        return report
    since = timestamps.sealed_not_before(examination)
    return msgspec.structs.replace(
        report,
        bundle_id=_or_none(lambda: bundle.evidence.id),
        sealed_no_later_than=timestamps.sealed_no_later_than(examination),
        sealed_not_before=since,
        proven_times=timestamps.proven_times(examination),
        renewals=timestamps.renewed(examination),
        signer=_or_none(lambda: _signer(examination)),
        receipt=_or_none(lambda: str(_receipt(examination))),
        limits=report.limits if since is None else (*report.limits, BETWEEN),
    )


def refuse(path: str, fault: Fault) -> Report:
    """The report on a zip that must not be read, because it could be read in two ways."""
    return _report(path, (from_fault(Question.UNALTERED, fault, "container"),))


def _report(path: str, findings: tuple[Finding, ...]) -> Report:
    """A report that claims nothing but its findings."""
    return Report(
        path=path,
        bundle_id=None,
        verdict=verdict(findings),
        answers=answers(findings),
        sealed_no_later_than=None,
        sealed_not_before=None,
        proven_times=(),
        renewals=(),
        signer=None,
        receipt=None,
        findings=findings,
        limits=LIMITS,
    )


def _run(examination: Examination) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for check, question in CHECKS:
        try:
            yield from check(examination)
        except Fault as fault:
            # The same thing missing ends several checks; it is told once.
            key = (fault.code, *fault.params.items())
            if key not in seen:
                seen.add(key)
                yield from_fault(question, fault, layout.EVIDENCE)


def _bounded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings; of very many that are alike the first ones, and how many more there are.

    What is left out has the outcome and bears on the question of some that are not, so
    neither an answer nor the verdict depends on it.
    """
    counts: Counter[tuple[Question, Outcome, str]] = Counter()
    for one in findings:
        kind = (one.question, one.outcome, one.code)
        counts[kind] += 1
        if counts[kind] <= MAX_ALIKE:
            yield one
    for (question, outcome, code), count in counts.items():
        if count > MAX_ALIKE:
            yield finding(
                question, LEFT_OUT, outcome, "container", reason=code, count=count - MAX_ALIKE
            )


def _or_none(read: Callable[[], _T]) -> _T | None:
    """What `read` gives; None where a finding already says why it can't be had."""
    try:
        return read()
    except Fault:
        return None


def _signer(examination: Examination) -> SignerIdentity:
    signature = examination.signature
    certificate = describe(signature.certificate_der)
    return SignerIdentity(
        certificate_sha256=certificate.sha256,
        subject=certificate.subject,
        is_self_made=certificate.is_self_made,
        issuer=certificate.issuer,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        chain=tuple(describe(der).subject for der in examination.signer_chain_der[1:]),
        signing_time_claimed=signature.signing_time_claimed,
    )


def _receipt(examination: Examination) -> Receipt:
    times = [token.gen_time for token in examination.proving]
    return make_receipt(examination.bundle, min(times, default=None))
