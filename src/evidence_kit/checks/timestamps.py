"""Time-stamp tokens: since when has the bundle been as it is?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from evidence_kit.bundle import layout, tags
from evidence_kit.checks.examination import Examination, JudgedToken
from evidence_kit.crypto.tsp import TimestampToken
from evidence_kit.model import NotBefore
from evidence_kit.report import Fault, Finding, Outcome, ProvenTime, Question, finding, from_fault

_SINCE = Question.SINCE


def check_tokens(examination: Examination) -> Iterator[Finding]:
    """Whether at least one token over the signature holds under a trusted root.

    Where one does, tokens that do not are shown but stand outside the verdict: else anyone
    could spoil a good bundle by adding junk to it.
    """
    if not examination.tokens:
        yield finding(_SINCE, "timestamp.none", Outcome.INDETERMINATE, layout.SIGNATURE)
    for judged in examination.tokens:
        if judged.is_trusted:
            yield from _trusted(judged)
        elif examination.trusted:
            code = judged.fault.code if judged.fault else "timestamp.untrusted"
            yield finding(_SINCE, "ignored_proof", Outcome.NOTED, judged.path, reason=code)
        else:
            yield _not_trusted(judged)
    if examination.trusted:
        yield finding(_SINCE, "revocation.not_checked", Outcome.NOTED, layout.SIGNATURE)


def _trusted(judged: JudgedToken) -> Iterator[Finding]:
    assert judged.token is not None and judged.token.anchor is not None
    token, anchor = judged.token, judged.token.anchor
    yield finding(
        _SINCE,
        "timestamp.holds",
        Outcome.PASSED,
        judged.path,
        authority=token.authority,
        time=_text(token.gen_time),
    )
    if anchor.source == "given":
        yield finding(
            _SINCE, "timestamp.given_root", Outcome.NOTED, judged.path, root=anchor.name_en
        )
    if token.uses_sha1_ess:
        yield finding(_SINCE, "timestamp.sha1_certificate_id", Outcome.NOTED, judged.path)


def _not_trusted(judged: JudgedToken) -> Finding:
    if judged.token is None:
        assert judged.fault is not None
        return from_fault(_SINCE, judged.fault, judged.path)
    return finding(
        _SINCE,
        "timestamp.untrusted",
        Outcome.INDETERMINATE,
        judged.path,
        authority=judged.token.authority,
        time=_text(judged.token.gen_time),
    )


def check_not_before(examination: Examination) -> Iterator[Finding]:
    """Whether a token from before the act proves that the bundle was sealed after it."""
    bundle = examination.bundle
    if layout.NOT_BEFORE not in bundle.sizes and layout.NOT_BEFORE_TOKEN not in bundle.sizes:
        return
    judged = not_before(examination)
    if judged is None or judged.token is None:
        reason = judged.fault.code if judged and judged.fault else "not_before.other_act"
        yield finding(
            _SINCE, "not_before.no_support", Outcome.NOTED, layout.NOT_BEFORE, reason=reason
        )
        return
    token = judged.token
    if token.anchor is None:
        yield finding(
            _SINCE,
            "not_before.no_support",
            Outcome.NOTED,
            layout.NOT_BEFORE,
            reason="timestamp.untrusted",
        )
        return
    until = sealed_no_later_than(examination)
    if until is not None and earliest(token) > until:
        yield finding(
            _SINCE,
            "time.order",
            Outcome.INDETERMINATE,
            layout.NOT_BEFORE_TOKEN,
            time=_text(token.gen_time),
        )
        return
    yield finding(
        _SINCE,
        "not_before.holds",
        Outcome.PASSED if until is not None else Outcome.NOTED,
        layout.NOT_BEFORE_TOKEN,
        time=_text(token.gen_time),
    )


def not_before(examination: Examination) -> JudgedToken | None:
    """The token over not-before.json; None where that speaks of another act."""
    bundle = examination.bundle
    try:
        content = bundle.read(layout.NOT_BEFORE)
        statement = tags.decode_json(content, NotBefore, path=layout.NOT_BEFORE)
        evidence = bundle.evidence
    except Fault as fault:
        return JudgedToken(path=layout.NOT_BEFORE_TOKEN, token=None, fault=fault)
    if (statement.id, statement.case_id, statement.signer_sha256) != (
        evidence.id,
        evidence.case.id if evidence.case else None,
        evidence.signer_sha256,
    ):
        return None
    return examination.judge_token(layout.NOT_BEFORE_TOKEN, lambda: content)


def sealed_not_before(examination: Examination) -> datetime | None:
    """Earliest that the token over not-before.json can be; None where nothing proves one."""
    if layout.NOT_BEFORE_TOKEN not in examination.bundle.sizes:
        return None
    judged = not_before(examination)
    if judged is None or judged.token is None or judged.token.anchor is None:
        return None
    until = sealed_no_later_than(examination)
    if until is None or earliest(judged.token) > until:
        return None
    return earliest(judged.token)


def sealed_no_later_than(examination: Examination) -> datetime | None:
    """Earliest proven time at which the signature existed; None where nothing proves one."""
    times = [latest(judged.token) for judged in examination.trusted if judged.token]
    return min(times, default=None)


def proven_times(examination: Examination) -> tuple[ProvenTime, ...]:
    """The trusted tokens, as a report tells of them."""
    return tuple(
        ProvenTime(
            gen_time=judged.token.gen_time,
            accuracy_ms=judged.token.accuracy_ms,
            authority=judged.token.authority,
            anchor_id=judged.token.anchor.id,
            country=judged.token.anchor.country,
            is_given=judged.token.anchor.source == "given",
            path=judged.path,
        )
        for judged in examination.tokens
        if judged.token and judged.token.anchor
    )


def latest(token: TimestampToken) -> datetime:
    """gen_time plus the accuracy that the authority claims for it."""
    return token.gen_time + timedelta(milliseconds=token.accuracy_ms or 0)


def earliest(token: TimestampToken) -> datetime:
    """gen_time minus the accuracy that the authority claims for it."""
    return token.gen_time - timedelta(milliseconds=token.accuracy_ms or 0)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def check_unjudged(examination: Examination) -> Iterator[Finding]:
    """Proofs that this version can't judge: never passed over in silence."""
    for path in sorted(examination.bundle.sizes):
        if layout.is_renewal(path):
            yield finding(_SINCE, "renewal.not_judged", Outcome.INDETERMINATE, path)
        elif layout.is_crl(path):
            yield finding(_SINCE, "revocation.not_judged", Outcome.INDETERMINATE, path)
        elif layout.is_other_proof(path):
            yield finding(_SINCE, "proof.unknown", Outcome.NOTED, path)
        elif layout.is_certificate(path) and not examination.is_named_truly(path):
            yield finding(_SINCE, "ignored_proof", Outcome.NOTED, path, reason="proof.misnamed")
