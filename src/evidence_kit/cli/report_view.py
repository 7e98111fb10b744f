"""What the parts of the page of a report have in common."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from evidence_kit.actions.contents import Contents
from evidence_kit.cli.markup import Html, tag
from evidence_kit.cli.time_text import time_text, upper_bound
from evidence_kit.cli.words import Words
from evidence_kit.errors import EvidenceKitError
from evidence_kit.i18n import mark
from evidence_kit.report import CaseReport, Finding, Outcome, Question, Report, worst

BEIJING = timezone(timedelta(hours=8), "CST")
"""The zone of the page, whatever the machine's is: the same input gives the same bytes."""

_MISSING = frozenset(
    {
        "chain.included_gone",
        "chain.missing",
        "chain.receipt_gone",
        "chain.token_gone",
        "files.withheld",
        "receipt.token_gone",
        "renewal.covered_gone",
        "renewal.gap",
        "structure.missing",
    }
)
_EXTRA = frozenset(
    {
        "chain.duplicate",
        "chain.foreign",
        "chain.not_cited",
        "container.hidden_bytes",
        "structure.system_file",
        "structure.unlisted",
    }
)
GROUPS = {
    "changed": mark("changed or damaged"),
    "missing": mark("missing"),
    "extra": mark("extra"),
    "open": mark("not confirmed yet"),
    "other": mark("wrong in another way"),
}
"""What can be amiss, by the name of the group; `other` is a signature, a signer or a time."""
_SHAPES = {
    Outcome.PASSED: (
        '<circle cx="24" cy="24" r="21"/><path d="M14 25l7 7 13-15"/>',
        mark("passed"),
    ),
    Outcome.FAILED: (
        '<path d="M15 3h18l12 12v18l-12 12H15L3 33V15z"/><path d="M16 16l16 16M32 16l-16 16"/>',
        mark("failed"),
    ),
    Outcome.INDETERMINATE: (
        '<path d="M24 2l22 22-22 22L2 24z"/><path d="M18 19a6 6 0 1 1 9 5q-3 2-3 5M24 34v1"/>',
        mark("can't be told"),
    ),
}
"""A shape for each verdict, which tells them apart without colours."""

Result = Report | CaseReport | EvidenceKitError


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One bundle of the page."""

    number: int
    """Its place on the page, counted from 1."""
    name: str
    """Without the folders above it, which are nobody's business."""
    report: Report
    contents: Contents | None


@dataclass(frozen=True, kw_only=True)
class View:
    """All that the page tells of, in one language.

    Args:
        words: the language.
        lang: "zh" or "en".
        name: what was verified.
        case: the report on the case; None where it is none, or where it is not alone.
        subjects: each bundle.
        chain: findings about cases, not about a single bundle of them.
        errors: what could not be verified at all, and why.
        limits: codes of what the verdict does not say.
    """

    words: Words
    lang: str
    name: str
    case: CaseReport | None
    subjects: tuple[Subject, ...]
    chain: tuple[Finding, ...]
    errors: tuple[tuple[str, EvidenceKitError], ...]
    limits: tuple[str, ...]

    @property
    def is_single(self) -> bool:
        """True where the page is about one bundle and nothing else."""
        return len(self.subjects) == 1 and self.case is None and not self.errors

    @property
    def verdict(self) -> Outcome:
        """The gravest of all."""
        outcomes = [one.report.verdict for one in self.subjects]
        outcomes += [finding.outcome for finding in self.chain]
        outcomes += [Outcome.INDETERMINATE for _ in self.errors]
        return worst(outcomes)

    def findings(self) -> Iterator[tuple[str, Finding]]:
        """Every finding, with the name of the bundle it is about; "" for the case itself."""
        for finding in self.chain:
            yield "", finding
        for one in self.subjects:
            for finding in one.report.findings:
                yield one.name, finding

    def tr(self, text: str, /, **params: str | int) -> str:
        """A text in the language of the view."""
        return self.words.tr(text, **params)

    def time(self, moment: datetime) -> str:
        """A time in Beijing and in UTC."""
        return time_text(self.words, moment, BEIJING)

    def until(self, moment: datetime) -> str:
        """A time that something is no later than; rounded so that this stays true."""
        return self.time(upper_bound(moment))


def view_of(
    words: Words,
    lang: str,
    results: Iterable[tuple[Path, Result]],
    contents: Mapping[str, Contents],
) -> View:
    """What was verified, as the page tells of it."""
    results = tuple(results)
    bundles: list[tuple[str, Report]] = []
    chain: list[Finding] = []
    errors: list[tuple[str, EvidenceKitError]] = []
    limits: dict[str, None] = {}
    for path, result in results:
        match result:
            case EvidenceKitError():
                errors.append((name_of(path), result))
                continue
            case CaseReport():
                chain += result.findings
                bundles += [(_name_in(result, report), report) for report in result.bundles]
            case Report():
                bundles.append((name_of(path), result))
        limits |= dict.fromkeys(result.limits)
    alone = results[0][1] if len(results) == 1 else None
    return View(
        words=words,
        lang=lang,
        name=name_of(results[0][0]) if len(results) == 1 else "",
        case=alone if isinstance(alone, CaseReport) else None,
        subjects=tuple(
            Subject(number=number, name=name, report=report, contents=contents.get(report.path))
            for number, (name, report) in enumerate(bundles, start=1)
        ),
        chain=tuple(chain),
        errors=tuple(errors),
        limits=tuple(limits),
    )


def name_of(path: Path) -> str:
    """The name alone: the page goes to strangers."""
    return path.name or path.absolute().name


def _name_in(case: CaseReport, report: Report) -> str:
    return Path(report.path).relative_to(case.path).as_posix()


def group_of(finding: Finding) -> str | None:
    """Which of `GROUPS` a finding belongs to; None where nothing is amiss."""
    if finding.outcome not in (Outcome.FAILED, Outcome.INDETERMINATE):
        return None
    if finding.code in _MISSING:
        return "missing"
    if finding.code in _EXTRA:
        return "extra"
    if finding.outcome is Outcome.INDETERMINATE:
        return "open"
    return "changed" if finding.question is Question.UNALTERED else "other"


def badge(view: View, verdict: Outcome) -> Html:
    """The sign of a verdict."""
    shape, name = _SHAPES[verdict]
    svg = f'<svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">{shape}</svg>'
    return tag("span", Html(svg), class_=f"badge {verdict.value}", title=view.tr(name))
