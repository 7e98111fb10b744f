"""verify: has this been changed since it was sealed, since when, and by whom was it sealed?"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evidence_kit import checks, settings
from evidence_kit.actions.case import Case, open_case
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.receipt import Receipt, read_receipt
from evidence_kit.checks.chain import Link, check_chain, read_link
from evidence_kit.checks.examination import Expectations, finding
from evidence_kit.crypto.x509 import Anchor
from evidence_kit.errors import InputError, UsageError
from evidence_kit.report import (
    CaseReport,
    Fault,
    Finding,
    Outcome,
    Question,
    Report,
    worst,
)
from evidence_kit.settings import Settings
from evidence_kit.trust import anchors

CASE_LIMITS = (*checks.LIMITS, "newest", "second_case")


def load_expectations(
    configured: Settings | None = None,
    *,
    trust: Sequence[Path] = (),
    signer: str | None = None,
    receipt: str | None = None,
) -> Expectations:
    """What the reader expects, from settings and options.

    Args:
        configured: None reads the configuration.
        trust: PEM files with further roots.
        signer: SHA-256 of the certificate that must have signed; colons and case don't matter.
        receipt: the line that was printed at sealing.

    Raises:
        ConfigError, InputError: an authority's file or a PEM file is wrong.
        UsageError: "signer.malformed" or "receipt.malformed".
    """
    return Expectations(
        anchors=trusted_anchors(configured or settings.load(), trust),
        signer_sha256=None if signer is None else _read_digest(signer),
        receipt=None if receipt is None else read_receipt(receipt),
    )


def trusted_anchors(configured: Settings, trust: Sequence[Path] = ()) -> tuple[Anchor, ...]:
    """The roots that are trusted: shipped, the user's own, and those given.

    Raises:
        ConfigError, InputError: an authority's file or a PEM file is wrong.
    """
    given = [*map(Path, configured.trust), *trust]
    return (
        *anchors.anchors_of(anchors.load_authorities(configured.config_dir)),
        *(anchor for path in given for anchor in anchors.anchors_from_pem(path)),
    )


def verify_bundle(
    path: Path, expectations: Expectations | None = None, *, progress: Progress | None = None
) -> Report:
    """Verify one bundle, or the folder it was unzipped to. Reads no network.

    A bundle that fails is a result, not an error.

    Args:
        path: the zip or the folder.
        expectations: what the reader knows from elsewhere; None takes the configured roots.
        progress: called with the number of bytes hashed since the last call.

    Raises:
        InputError: there is nothing at `path`, it can't be read, or it is no bundle.
    """
    report, _ = _verify(path, expectations or load_expectations(), progress)
    return report


def verify_case(
    folder: Path, expectations: Expectations | None = None, *, progress: Progress | None = None
) -> CaseReport:
    """Verify every bundle of a case and the chain between them. Reads no network.

    Raises:
        CaseError: there is no case in the folder.
    """
    case = open_case(folder)
    expectations = expectations or load_expectations()
    reports: list[Report] = []
    findings: list[Finding] = []
    links: list[Link] = []
    for path in case.bundle_paths():
        try:
            report, link = _verify(path, expectations, progress)
        except InputError:
            # One spoilt file must not hide what can be said of the others.
            findings.append(_about("chain.no_bundle", Outcome.FAILED, path.name))
            continue
        reports.append(report)
        if link is None:
            findings.append(_about("chain.unreadable", Outcome.FAILED, path.name))
        else:
            links.append(link)
    findings += check_chain(case.id, links)
    cited = {receipt.id: receipt for link in links for receipt in link.included}
    findings += _verify_included(case, cited, expectations, reports, progress)
    if not reports:
        findings.append(_about("chain.empty", Outcome.INDETERMINATE, "case"))
    return CaseReport(
        path=str(folder),
        case_id=case.id,
        verdict=worst([f.outcome for f in findings] + [r.verdict for r in reports]),
        bundles=tuple(reports),
        findings=tuple(findings),
        limits=CASE_LIMITS,
    )


def _verify_included(
    case: Case,
    cited: Mapping[str, Receipt],
    expectations: Expectations,
    reports: list[Report],
    progress: Progress | None,
) -> Iterator[Finding]:
    """Verify the earlier bundles that were brought in, each against the receipt that cites it."""
    gone = dict(cited)
    for path in case.included_paths():
        name = f"{path.parent.name}/{path.name}"
        try:
            report, link = _verify(path, expectations, progress, cited)
        except InputError:
            yield _about("chain.no_bundle", Outcome.FAILED, name)
            continue
        reports.append(report)
        if link is None or gone.pop(link.evidence.id, None) is None:
            yield _about("chain.not_cited", Outcome.INDETERMINATE, name)
    for bundle_id in sorted(gone):
        yield _about("chain.included_gone", Outcome.INDETERMINATE, "case", id=bundle_id)


def _about(code: str, outcome: Outcome, subject: str, **params: str) -> Finding:
    return finding(Question.UNALTERED, code, outcome, subject, **params)


def _verify(
    path: Path,
    expectations: Expectations,
    progress: Progress | None,
    cited: Mapping[str, Receipt] | None = None,
) -> tuple[Report, Link | None]:
    """The report on a bundle and its link; where receipts cite it, by its own of them."""
    try:
        with Bundle(path, progress) as bundle:
            link = _link(bundle)
            if cited and link and link.evidence.id in cited:
                expectations = dataclasses.replace(expectations, receipt=cited[link.evidence.id])
            return checks.judge(bundle, expectations), link
    except Fault as fault:
        return checks.refuse(str(path), fault), None


def _link(bundle: Bundle) -> Link | None:
    try:
        return read_link(bundle)
    except Fault:
        return None


def _read_digest(text: str) -> str:
    digest = text.replace(":", "").strip().lower()
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise UsageError("signer.malformed")
    return digest
