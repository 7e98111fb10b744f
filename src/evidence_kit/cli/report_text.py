"""A report in plain words, for a reader who has never heard of a digest."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from evidence_kit import messages
from evidence_kit.cli.time_text import time_text, upper_bound
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark
from evidence_kit.report import (
    Finding,
    Outcome,
    ProvenTime,
    Question,
    Report,
    common_name,
    count_of,
)

GIVEN_ROOT = mark(
    "beware: time stamps are trusted here only because whoever ran this check gave their root"
    " certificate: {root}"
)
_MAX_LINES = 50
SAID_ABOVE = frozenset({"signer.self_asserted", "signer.chain_not_checked"})
"""Notes that the answers say already."""
_COUNTRIES = {
    "BE": mark("Belgium"),
    "CN": mark("China"),
    "GB": mark("United Kingdom"),
    "US": mark("United States"),
}
_VERDICTS = {
    Outcome.PASSED: mark("no change found since sealing"),
    Outcome.FAILED: mark("changed or damaged since sealing"),
}
_MADE_ANEW = "made anew"
_PINS = {
    _MADE_ANEW: mark("made anew: it bears the id that the receipt names, but it is another one"),
    "receipt.mismatch": mark(
        "not the bundle that the receipt names: is it the right receipt, the right file?"
    ),
    "chain.receipt_gone": mark("the bundle that the receipt names is missing"),
    "signer.unexpected": mark("not signed by the one you named"),
}
"""Verdicts where nothing failed but what the reader knows from elsewhere; the gravest first."""
HEADINGS = {
    Outcome.FAILED: mark("what is wrong:"),
    Outcome.INDETERMINATE: mark("what can't be confirmed:"),
    Outcome.NOTED: mark("to be noted:"),
    Outcome.PASSED: mark("what holds:"),
}


class Line(NamedTuple):
    """A line of a report; the outcome gives its colour."""

    text: str
    outcome: Outcome | None = None


def verdict_text(
    words: Words, verdict: Outcome, findings: Iterable[Finding], *, reasons: bool = True
) -> str:
    """The verdict in a few words; where it is open, with the reason."""
    findings = tuple(findings)
    if verdict is Outcome.FAILED:
        failed = {_pin(f) for f in findings if f.outcome is Outcome.FAILED}
        if failed and failed <= _PINS.keys():
            return words.tr(next(text for pin, text in _PINS.items() if pin in failed))
    if verdict in _VERDICTS:
        return words.tr(_VERDICTS[verdict])
    open_ = next((f for f in findings if f.outcome is Outcome.INDETERMINATE), None)
    if not reasons or open_ is None:
        return words.tr("can't be confirmed yet")
    return words.tr("can't be confirmed yet ({why})", why=words.of_finding_briefly(open_))


def _pin(finding: Finding) -> str:
    """The code; a receipt of the same id can't be one of another bundle taken by mistake."""
    is_receipt = finding.code == "receipt.mismatch"
    if is_receipt and finding.params.get("id") == finding.params.get("expected_id"):
        return _MADE_ANEW
    return finding.code


def bundle_lines(words: Words, report: Report, *, is_verbose: bool = False) -> Iterator[Line]:
    """The report on one bundle."""
    yield Line(report.path)
    yield from judgement_lines(words, report, is_verbose=is_verbose)
    yield Line("")
    yield from limit_lines(words, report.limits)


def standing_text(words: Words, report: Report, name: str) -> str:
    """A bundle in a line: its verdict, and since when it is as it is.

    Args:
        name: what it is called.
    """
    verdict = verdict_text(words, report.verdict, report.findings)
    if report.sealed_no_later_than is None:
        return words.tr("{name}: {verdict}", name=name, verdict=verdict)
    sealed_at = time_text(words, upper_bound(report.sealed_no_later_than))
    return words.tr(
        "{name}: {verdict}; sealed no later than {time}", name=name, verdict=verdict, time=sealed_at
    )


def verdict_line(words: Words, verdict: Outcome, findings: Iterable[Finding]) -> Line:
    """The verdict, before all else."""
    return Line(
        words.tr("verdict: {verdict}", verdict=verdict_text(words, verdict, findings)), verdict
    )


def judgement_lines(words: Words, report: Report, *, is_verbose: bool) -> Iterator[Line]:
    """The verdict on a bundle, the three answers, and what else was found."""
    yield verdict_line(words, report.verdict, report.findings)
    yield Line("")
    yield Line(words.tr("unaltered? {answer}", answer=unaltered_text(words, report)))
    yield Line(words.tr("since when? {answer}", answer=since_text(words, report)))
    for proven in report.proven_times:
        yield Line(f"  {_proven(words, proven)}")
        if proven.not_revoked_as_of:
            as_of = time_text(words, proven.not_revoked_as_of)
            text = words.tr("its certificate had not been revoked as of {time}", time=as_of)
            yield Line(f"    {text}")
    for renewed in report.renewals:
        text = words.tr("proof renewed: {text}", text=_proven(words, renewed))
        yield Line(f"  {text}")
    if report.sealed_not_before:
        sealed_after = time_text(words, report.sealed_not_before)
        yield Line("  " + words.tr("sealed after {time}", time=sealed_after))
    yield Line(words.tr("by whom? {answer}", answer=signer_text(words, report)))
    for subject in report.signer.chain if report.signer else ():
        text = words.tr("vouched for by {subject}", subject=common_name(subject))
        yield Line(f"  {text}")
    if report.receipt:
        yield Line(words.tr("receipt: {receipt}", receipt=report.receipt))
    shown = [f for f in report.findings if is_verbose or f.code not in SAID_ABOVE]
    yield from section_lines(words, shown, is_verbose=is_verbose)


def unaltered_text(words: Words, report: Report) -> str:
    """The answer to the first question."""
    match report.answers[Question.UNALTERED]:
        case Outcome.PASSED:
            return words.plural(
                "no change found; {count} file checked",
                "no change found; {count} files checked",
                file_count(report),
            )
        case Outcome.FAILED:
            return words.tr("no: changed or damaged, see below")
    withheld = count_of(report.findings, "files.withheld")
    others = [
        f
        for f in report.findings
        if f.question is Question.UNALTERED
        and f.outcome is Outcome.INDETERMINATE
        and "files.withheld" not in (f.code, f.params.get("reason"))
    ]
    if withheld and not others:
        return words.plural(
            "no change found in what is here; {count} file was left out",
            "no change found in what is here; {count} files were left out",
            withheld,
        )
    return words.tr("can't be told, see below")


def file_count(report: Report) -> int:
    """How many files were found to be as they were sealed."""
    verified = (one for one in report.findings if one.code == "digest.verified")
    return next((int(one.params["count"]) for one in verified), 0)


def since_text(words: Words, report: Report) -> str:
    """The answer to the second question."""
    if report.sealed_no_later_than:
        sealed_at = time_text(words, upper_bound(report.sealed_no_later_than))
        return words.tr("sealed no later than {time}", time=sealed_at)
    match report.answers[Question.SINCE]:
        case Outcome.PASSED:
            return words.tr("nothing can be said, because of the changes")
        case Outcome.FAILED:
            return words.tr("not proven: the time stamp does not hold, see below")
    return words.tr("not proven")


def _proven(words: Words, proven: ProvenTime) -> str:
    authority = common_name(proven.authority)
    stamped_at = time_text(words, proven.gen_time)
    if proven.is_given:
        return words.tr(
            "time stamp of {authority}, trusted because you said so: {time}",
            authority=authority,
            time=stamped_at,
        )
    if proven.country is None:
        return words.tr("time stamp of {authority}: {time}", authority=authority, time=stamped_at)
    return words.tr(
        "time stamp of {authority} ({country}): {time}",
        authority=authority,
        country=country_text(words, proven.country),
        time=stamped_at,
    )


def country_text(words: Words, code: str) -> str:
    """The name of a country (ISO 3166-1 alpha-2); the code itself where none is known."""
    name = _COUNTRIES.get(code)
    return words.tr(name) if name else code


def signer_text(words: Words, report: Report) -> str:
    """The answer to the third question."""
    signer = report.signer
    if signer is None:
        if report.answers[Question.SIGNER] is Outcome.PASSED:
            return words.tr("nothing can be said, because of the changes")
        return words.tr("can't be told")
    if any(f.code == "signer.unexpected" for f in report.findings):
        text = mark("not by the one you expected, but by the key with the certificate {sha256}")
    elif any(f.code == "signer.expected" for f in report.findings):
        text = mark("by the one you expected: the key with the certificate {sha256}")
    elif signer.is_self_made:
        text = mark(
            "by the key with the certificate {sha256}; it is self-made, so compare this"
            " fingerprint with the one that the sender gave you"
        )
    else:
        text = mark("by {subject}, says {issuer}, which was not checked; certificate {sha256}")
    return words.tr(
        text,
        sha256=signer.certificate_sha256,
        subject=common_name(signer.subject),
        issuer=common_name(signer.issuer),
    )


def section_lines(words: Words, findings: Sequence[Finding], *, is_verbose: bool) -> Iterator[Line]:
    """The findings by outcome; what holds only where more is asked for."""
    for outcome, heading in HEADINGS.items():
        if outcome is Outcome.PASSED and not is_verbose:
            continue
        chosen = [finding for finding in findings if finding.outcome is outcome]
        if not chosen:
            continue
        yield Line("")
        yield Line(words.tr(heading), outcome)
        shown = chosen if is_verbose else chosen[:_MAX_LINES]
        for finding in shown:
            yield Line(f"  - {words.of_finding(finding)}")
        if len(shown) < len(chosen):
            yield Line(
                "  - "
                + words.tr("and {count} more; -v shows them all", count=len(chosen) - len(shown))
            )


def limit_lines(words: Words, limits: Iterable[str]) -> Iterator[Line]:
    """What a verdict does not say."""
    yield Line(words.tr("what this does not say:"))
    for code in limits:
        yield Line(f"  - {words.tr(messages.LIMITS[code])}")
