"""A report on a case in plain words: one verdict, a line a bundle, and what is not in order.

What is the same for several bundles is told once, with their names. Nothing that failed, is
open or was not checked is left out; what holds is told only where more is asked for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from evidence_kit.actions.holdings import Holding
from evidence_kit.cli.report_text import (
    GIVEN_ROOT,
    HEADINGS,
    SAID_ABOVE,
    Line,
    country_text,
    file_count,
    judgement_lines,
    limit_lines,
    section_lines,
    signer_text,
    since_text,
    standing_text,
    unaltered_text,
    verdict_line,
    verdict_text,
)
from evidence_kit.cli.show import KINDS
from evidence_kit.cli.words import Words
from evidence_kit.report import (
    CaseReport,
    Finding,
    Outcome,
    ProvenTime,
    Question,
    Report,
    common_name,
    given_roots,
)

_MAX_ALIKE = 20
"""Findings that are told of the same bundles; of notes of one kind, `_MAX_NOTES`."""
_MAX_NOTES = 3
_MAX_NAMES = 5
_MAX_LABEL = 40
_SAID = SAID_ABOVE | {"timestamp.given_root"}
"""Notes that stand above the sections already."""


def case_lines(
    words: Words,
    report: CaseReport,
    holdings: Mapping[str, Holding],
    *,
    is_verbose: bool = False,
) -> Iterator[Line]:
    """The report on a case.

    Args:
        words: the reader's language.
        report: what was found.
        holdings: what each bundle holds, by its path; one may be missing.
        is_verbose: tell all of each bundle, one after the other.
    """
    findings = [*report.findings, *(f for r in report.bundles for f in r.findings)]
    yield Line(report.path)
    yield verdict_line(words, report.verdict, findings)
    if report.bundles:
        yield Line(_tally(words, report.bundles))
        yield Line("")
    for bundle in report.bundles:
        text = _bundle_line(words, bundle, _name(report, bundle), holdings.get(bundle.path))
        yield Line(f"  {text}", bundle.verdict)
    for root in given_roots(findings):
        yield Line(f"  {words.tr(GIVEN_ROOT, root=root)}")
    if is_verbose:
        yield from section_lines(words, report.findings, is_verbose=True)
        for bundle in report.bundles:
            yield Line("")
            yield Line(bundle.path)
            yield from judgement_lines(words, bundle, is_verbose=True)
    else:
        yield from _answers(words, report)
        for outcome, heading in HEADINGS.items():
            if outcome is Outcome.PASSED:
                continue
            if lines := list(_gathered(words, report, outcome)):
                yield Line("")
                yield Line(words.tr(heading), outcome)
                yield from (Line(f"  - {line}") for line in lines)
    yield Line("")
    yield from limit_lines(words, report.limits)


def _tally(words: Words, bundles: Sequence[Report]) -> str:
    """How many bundles came to which verdict, the gravest first."""
    gravest = sorted(bundles, key=lambda one: list(HEADINGS).index(one.verdict))
    verdicts = Counter(
        verdict_text(words, one.verdict, one.findings, reasons=False) for one in gravest
    )
    counts = {words.tr("bundles"): len(bundles)} | verdicts
    counts[words.tr("files as they were sealed")] = sum(map(file_count, bundles))
    parts = (words.tr("{what}: {count}", what=what, count=n) for what, n in counts.items())
    return words.tr("; ").join(parts)


def _bundle_line(words: Words, report: Report, name: str, holding: Holding | None) -> str:
    if holding:
        name = words.tr("{name} ({held})", name=name, held=_held(words, holding))
    return standing_text(words, report, name)


def _held(words: Words, holding: Holding) -> str:
    parts = [
        words.tr("{kind} {label}", kind=words.tr(KINDS[kind]), label=_short(label))
        for kind, label in holding.named
    ]
    if holding.more_count:
        parts.append(words.tr("{count} more", count=holding.more_count))
    return words.tr(", ").join(parts)


def _short(label: str) -> str:
    return label if len(label) <= _MAX_LABEL else f"{label[: _MAX_LABEL - 1]}…"


def _answers(words: Words, report: CaseReport) -> Iterator[Line]:
    """The three answers, each once for all bundles that it is the same for."""
    if not report.bundles:
        return
    yield Line("")
    amiss = (Outcome.FAILED, Outcome.INDETERMINATE)
    is_amiss = any(one.outcome in amiss for one in report.findings)
    unaltered = _unaltered_alone if is_amiss else _unaltered
    for question, answer in (
        (words.tr("unaltered?"), unaltered),
        (words.tr("since when?"), _since),
        (words.tr("by whom?"), _by_whom),
    ):
        names: dict[str, list[str]] = {}
        for bundle in report.bundles:
            names.setdefault(answer(words, bundle), []).append(_name(report, bundle))
        if len(names) == 1:
            yield Line(words.tr("{question} {answer}", question=question, answer=next(iter(names))))
            continue
        yield Line(question)
        for text, about in _rest_last(words, names).items():
            yield Line(f"  {_told(words, report, about, text)}")
    for finding in report.findings:
        if finding.outcome is Outcome.PASSED:
            text = words.of_finding(finding)
            yield Line(words.tr("between the bundles: {text}", text=text))


def _rest_last(words: Words, names: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The same, but the most bundles last, and not by name where they are many."""
    most = max(names, key=lambda text: len(names[text]))
    if len(names[most]) <= _MAX_NAMES:
        return dict(names)
    others = {text: about for text, about in names.items() if text != most}
    return others | {most: [words.tr("all others")]}


def _unaltered(words: Words, bundle: Report) -> str:
    is_unaltered = bundle.answers[Question.UNALTERED] is Outcome.PASSED
    return words.tr("no change found") if is_unaltered else unaltered_text(words, bundle)


def _unaltered_alone(words: Words, bundle: Report) -> str:
    """The same where something is amiss between the bundles."""
    if bundle.answers[Question.UNALTERED] is not Outcome.PASSED:
        return unaltered_text(words, bundle)
    return words.tr("no change found in the bundle itself; what is amiss in the case, see below")


def _since(words: Words, bundle: Report) -> str:
    if not bundle.proven_times:
        return since_text(words, bundle)
    names = dict.fromkeys(_authority(words, one) for one in bundle.proven_times)
    return words.tr("proven by time stamps of {names}", names=words.tr(", ").join(names))


def _by_whom(words: Words, bundle: Report) -> str:
    parts = [signer_text(words, bundle)]
    for subject in bundle.signer.chain if bundle.signer else ():
        parts.append(words.tr("vouched for by {subject}", subject=common_name(subject)))
    return words.tr("; ").join(parts)


def _authority(words: Words, proven: ProvenTime) -> str:
    name = common_name(proven.authority)
    return f"{name} ({country_text(words, proven.country)})" if proven.country else name


def _gathered(words: Words, report: CaseReport, outcome: Outcome) -> Iterator[str]:
    """The findings of this outcome, each with the bundles that it is about."""
    alike: dict[tuple[str, str], dict[str, list[str]]] = {}
    for name, one in _findings(report):
        is_said = outcome is Outcome.NOTED and one.code in _SAID
        if one.outcome is outcome and not is_said:
            # What was noticed at a capture is of as many kinds as there are observations.
            kind = f"{one.code} {one.params.get('observation', '')}"
            texts = alike.setdefault((kind, _timeless(words, one)), {})
            texts.setdefault(words.of_finding(one), []).append(name)
    told: Counter[tuple[str, ...]] = Counter()
    for (kind, timeless), texts in alike.items():
        about = tuple(dict.fromkeys(name for names in texts.values() for name in names))
        key = (kind,) if outcome is Outcome.NOTED else about
        told[key] += 1
        if told[key] <= (_MAX_NOTES if outcome is Outcome.NOTED else _MAX_ALIKE):
            text = timeless if len(texts) > 1 else next(iter(texts))
            yield _told(words, report, about, text)
    yield from _left_out(words, report, outcome, told)


def _timeless(words: Words, finding: Finding) -> str:
    """The words of a finding; the same for those that differ in their time alone."""
    if "time" not in finding.params or finding.outcome is Outcome.FAILED:
        return words.of_finding(finding)
    params = finding.params | {"time": words.tr("different times")}
    return words.of_finding(msgspec.structs.replace(finding, params=params))


def _left_out(
    words: Words, report: CaseReport, outcome: Outcome, told: Mapping[tuple[str, ...], int]
) -> Iterator[str]:
    """How many findings more there are than were told; of what failed or is open, where."""
    if outcome is Outcome.NOTED:
        if count := sum(max(0, one - _MAX_NOTES) for one in told.values()):
            yield words.tr("and {count} more of these kinds; -v shows them all", count=count)
        return
    for about, count in told.items():
        if count > _MAX_ALIKE:
            text = words.tr("and {count} more; -v shows them all", count=count - _MAX_ALIKE)
            yield _told(words, report, about, text)


def _findings(report: CaseReport) -> Iterator[tuple[str, Finding]]:
    """Every finding, with the name of its bundle; "" for one about the case itself."""
    for finding in report.findings:
        yield "", finding
    for bundle in report.bundles:
        name = _name(report, bundle)
        for finding in bundle.findings:
            yield name, finding


def _told(words: Words, report: CaseReport, names: Iterable[str], text: str) -> str:
    """The text, and before it the bundles that it is about."""
    about = list(filter(None, names))
    if not about:
        return text
    where = words.tr(", ").join(about[:_MAX_NAMES])
    if len(about) > _MAX_NAMES:
        where = words.tr("{names} and {count} more", names=where, count=len(about) - _MAX_NAMES)
    if len(about) == len(report.bundles) > 1:
        where = words.tr("all bundles")
    return words.tr("{name}: {verdict}", name=where, verdict=text)


def _name(report: CaseReport, bundle: Report) -> str:
    return Path(bundle.path).relative_to(report.path).as_posix()
