"""Time-stamp tokens: since when has the bundle been as it is?"""

from collections.abc import Iterator
from datetime import datetime

from evidence_kit.bundle import layout
from evidence_kit.checks.examination import Examination
from evidence_kit.checks.standing import Standing
from evidence_kit.checks.tokens import earliest, latest, proven_time, time_text
from evidence_kit.report import Fault, Finding, Outcome, ProvenTime, Question, finding, from_fault

_SINCE = Question.SINCE


def check_tokens(examination: Examination) -> Iterator[Finding]:
    """Whether at least one token over the signature proves a time.

    Where one does, those that do not are shown but stand outside the verdict: else anyone
    could spoil a good bundle by adding junk to it.
    """
    standings = examination.standings.tokens
    if not standings:
        yield finding(_SINCE, "timestamp.none", Outcome.INDETERMINATE, layout.SIGNATURE)
    for standing in standings:
        if standing.fault is None:
            yield from _holding(standing)
        elif examination.proving:
            yield _ignored(standing.judged.path, standing.fault)
        else:
            yield from_fault(_SINCE, standing.fault, standing.judged.path)


def _ignored(path: str, fault: Fault) -> Finding:
    return finding(_SINCE, "ignored_proof", Outcome.NOTED, path, reason=fault.code)


def _holding(standing: Standing) -> Iterator[Finding]:
    token, path = standing.proven, standing.judged.path
    assert token and token.anchor and standing.status
    yield finding(
        _SINCE,
        "timestamp.holds",
        Outcome.PASSED,
        path,
        authority=token.authority,
        time=time_text(token.gen_time),
    )
    if token.anchor.source == "given":
        yield finding(
            _SINCE, "timestamp.given_root", Outcome.NOTED, path, root=token.anchor.name_en
        )
    if token.uses_sha1_ess:
        yield finding(_SINCE, "timestamp.sha1_certificate_id", Outcome.NOTED, path)
    if standing.saved_at:
        yield finding(
            _SINCE, "renewal.saves", Outcome.NOTED, path, time=time_text(standing.saved_at)
        )
    yield from _revocation(standing)


def _revocation(standing: Standing) -> Iterator[Finding]:
    """What is known of the authority's certificates."""
    token, status, path = standing.proven, standing.status, standing.judged.path
    assert token and status
    for revocation in status.revocations:
        yield finding(
            _SINCE,
            "revocation.later",
            Outcome.NOTED,
            path,
            time=time_text(revocation.revoked_at),
            reason=revocation.reason or "-",
        )
    if status.as_of is None:
        yield finding(_SINCE, "revocation.not_checked", Outcome.NOTED, path)
    elif not status.revocations:
        # A list from before the token says nothing of the time of the token.
        is_late = status.as_of >= token.gen_time
        yield finding(
            _SINCE,
            "revocation.good" if is_late else "revocation.as_of",
            Outcome.PASSED if is_late else Outcome.NOTED,
            path,
            time=time_text(status.as_of),
        )


def check_renewals(examination: Examination) -> Iterator[Finding]:
    """Which renewals hold. One that does not is shown, and supports nothing."""
    for path, fault in sorted(examination.standings.ignored.items()):
        yield _ignored(path, fault)
    for sound in examination.standings.renewals:
        yield finding(
            _SINCE,
            "renewal.holds",
            Outcome.PASSED,
            sound.renewal.path,
            time=time_text(sound.at),
            authority=", ".join(one.proven.authority for one in sound.standings if one.proven),
        )


def check_lists(examination: Examination) -> Iterator[Finding]:
    """Revocation lists that say nothing here: never passed over in silence."""
    lists = examination.lists
    for path, fault in lists.faults.items():
        yield _ignored(path, fault)
    for path in lists.unrelated:
        yield finding(_SINCE, "revocation.unrelated", Outcome.NOTED, path)


def check_algorithms(examination: Examination) -> Iterator[Finding]:
    """Whether what the reader holds to be broken was vouched for before it broke."""
    standings = examination.standings
    for broken in examination.expectations.distrust:
        is_renewed = standings.is_older_than(broken.since)
        if broken.algorithm == "sha256" and not is_renewed:
            yield from_fault(Question.UNALTERED, broken.fault(), layout.MANIFEST)
        if broken.algorithm == examination.signature.algorithm.partition("-")[0]:
            times = [latest(token) for token in examination.proving]
            if not is_renewed and not any(time < broken.since for time in times):
                yield from_fault(Question.SIGNER, broken.fault(), layout.SIGNATURE)


def check_not_before(examination: Examination) -> Iterator[Finding]:
    """Whether a token from before the act proves that the bundle was sealed after it."""
    standing = examination.standings.not_before
    if standing is None:
        return
    token = standing.proven
    if token is None:
        assert standing.fault
        reason = standing.fault.code
        yield finding(
            _SINCE, "not_before.no_support", Outcome.NOTED, layout.NOT_BEFORE, reason=reason
        )
        return
    until = sealed_no_later_than(examination)
    if until is not None and earliest(token) > until:
        code, outcome = "time.order", Outcome.INDETERMINATE
    else:
        code, outcome = "not_before.holds", Outcome.NOTED if until is None else Outcome.PASSED
    yield finding(_SINCE, code, outcome, layout.NOT_BEFORE_TOKEN, time=time_text(token.gen_time))


def sealed_not_before(examination: Examination) -> datetime | None:
    """Earliest that the token over not-before.json can be; None where nothing proves one."""
    standing = examination.standings.not_before
    until = sealed_no_later_than(examination)
    if standing is None or standing.proven is None or until is None:
        return None
    since = earliest(standing.proven)
    return since if since <= until else None


def sealed_no_later_than(examination: Examination) -> datetime | None:
    """Earliest proven time at which the signature existed; None where nothing proves one."""
    return min(map(latest, examination.proving), default=None)


def proven_times(examination: Examination) -> tuple[ProvenTime, ...]:
    """The tokens that prove a time, as a report tells of them."""
    return tuple(_proven_time(one) for one in examination.standings.tokens if one.proven)


def renewed(examination: Examination) -> tuple[ProvenTime, ...]:
    """The tokens of the renewals that hold, as a report tells of them."""
    return tuple(
        _proven_time(one) for sound in examination.standings.renewals for one in sound.standings
    )


def _proven_time(standing: Standing) -> ProvenTime:
    token, status = standing.proven, standing.status
    assert token and status
    as_of = None if status.revocations else status.as_of
    return proven_time(token, standing.judged.path, not_revoked_as_of=as_of)


def check_others(examination: Examination) -> Iterator[Finding]:
    """Proofs that no check looks into: never passed over in silence."""
    for path in sorted(examination.bundle.proof_paths):
        if layout.is_other_proof(path):
            yield finding(_SINCE, "proof.unknown", Outcome.NOTED, path)
        elif (layout.is_certificate(path) or layout.is_crl(path)) and not (
            examination.is_named_truly(path)
        ):
            yield finding(_SINCE, "ignored_proof", Outcome.NOTED, path, reason="proof.misnamed")
