"""verify: has this been changed since it was sealed, since when, and by whom was it sealed?"""

from collections.abc import Sequence
from pathlib import Path

from evidence_kit import checks, settings
from evidence_kit.actions.case import open_case
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.receipt import read_receipt
from evidence_kit.checks.chain import Link, check_chain, read_link
from evidence_kit.checks.examination import Expectations, finding
from evidence_kit.crypto.x509 import Anchor
from evidence_kit.errors import InputError, UsageError
from evidence_kit.report import (
    CaseReport,
    Fault,
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
    links: list[Link] = []
    findings = []
    for path in case.bundle_paths():
        try:
            report, link = _verify(path, expectations, progress)
        except InputError:
            # One spoilt file must not hide what can be said of the others.
            findings.append(
                finding(Question.UNALTERED, "chain.no_bundle", Outcome.FAILED, path.name)
            )
            continue
        reports.append(report)
        if link is None:
            findings.append(
                finding(Question.UNALTERED, "chain.unreadable", Outcome.FAILED, path.name)
            )
        else:
            links.append(link)
    findings += check_chain(case.id, links)
    if not reports:
        findings.append(finding(Question.UNALTERED, "chain.empty", Outcome.INDETERMINATE, "case"))
    return CaseReport(
        path=str(folder),
        case_id=case.id,
        verdict=worst([f.outcome for f in findings] + [r.verdict for r in reports]),
        bundles=tuple(reports),
        findings=tuple(findings),
        limits=CASE_LIMITS,
    )


def _verify(
    path: Path, expectations: Expectations, progress: Progress | None
) -> tuple[Report, Link | None]:
    try:
        with Bundle(path, progress) as bundle:
            return checks.judge(bundle, expectations), _link(bundle)
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
