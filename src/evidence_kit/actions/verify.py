"""verify: has this been changed since it was sealed, since when, and by whom was it sealed?"""

import contextlib
import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from evidence_kit import settings
from evidence_kit.actions.case import open_case
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.receipt import Receipt, read_receipt
from evidence_kit.checks.chain import Link, check_chain, read_link
from evidence_kit.checks.expectations import DISTRUSTABLE, Distrust, Expectations
from evidence_kit.crypto.pem import MAX_CRL_BYTES, Anchor
from evidence_kit.errors import InputError, UsageError, closest
from evidence_kit.report import (
    BETWEEN,
    CASE_LIMITS,
    CaseReport,
    Fault,
    Finding,
    Outcome,
    Question,
    Report,
    finding,
    worst,
)
from evidence_kit.settings import Settings
from evidence_kit.trust import anchors

Witness = Callable[[Bundle, Report], None]
"""Called with each bundle while it is still open, and the report on it."""


Expected = Expectations | Callable[[], Expectations] | None
"""What the reader knows from elsewhere, or what gives it; None takes the configured roots."""


def load_expectations(
    configured: Settings | None = None,
    *,
    trust: Sequence[Path] = (),
    signer: str | None = None,
    receipt: str | None = None,
    crls: Sequence[Path] = (),
    distrust: Sequence[str] = (),
) -> Expectations:
    """What the reader expects, from settings and options.

    Args:
        configured: None reads the configuration.
        trust: PEM files with further roots.
        signer: SHA-256 of the certificate that must have signed; colons and case don't matter.
        receipt: the line that was printed at sealing.
        crls: files with further revocation lists, DER or PEM.
        distrust: algorithms held to be broken from a date on, as "sha256@2040-01-01" (UTC).

    Raises:
        ConfigError, InputError: an authority's file, a PEM file or a list is wrong.
        UsageError: "signer.malformed", "receipt.malformed" or "distrust.malformed".
    """
    return Expectations(
        anchors=trusted_anchors(configured or settings.load(), trust),
        signer_sha256=None if signer is None else _read_digest(signer),
        receipt=None if receipt is None else read_receipt(receipt),
        crls=tuple(_read_list(path) for path in crls),
        distrust=tuple(map(_read_distrust, distrust)),
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
    path: Path | str,
    expectations: Expected = None,
    *,
    progress: Progress | None = None,
    witness: Witness | None = None,
) -> Report:
    """Verify one bundle, or the folder it was unzipped to. Reads no network.

    A bundle that fails is a result, not an error.

    Args:
        path: the zip or the folder.
        expectations: what the reader knows from elsewhere; None takes the configured roots.
            What is called for them is called while the bundle is being hashed.
        progress: called with the number of bytes hashed since the last call.
        witness: called before the bundle is closed; not for a zip that must not be read.

    Raises:
        InputError: there is nothing at `path`, it can't be read, or it is no bundle.
        EvidenceKitError: what is called for `expectations` raises it.
    """
    path = Path(path)
    opened = _open(path, progress)
    try:
        loaded = _loaded(expectations)
    except BaseException:
        _close(opened)
        raise
    report, _ = _verify(path, opened, loaded, witness=witness)
    return report


def verify_case(
    folder: Path | str,
    expectations: Expected = None,
    *,
    progress: Progress | None = None,
    witness: Witness | None = None,
) -> CaseReport:
    """Verify every bundle of a case and the chain between them. Reads no network.

    Args:
        folder: the case.
        expectations: as for `verify_bundle`; a receipt pins the bundle that it names.
        progress: called with the number of bytes hashed since the last call.
        witness: called before each bundle is closed.

    Raises:
        CaseError: there is no case in the folder.
    """
    case = open_case(folder)
    folder = case.folder
    expectations = _loaded(expectations)
    pins = {expectations.receipt.id: expectations.receipt} if expectations.receipt else {}
    examined = _Examined(dataclasses.replace(expectations, receipt=None), pins, progress, witness)
    if expectations.signer_sha256:
        examined.heirs = _heirs(expectations.signer_sha256, case.bundle_paths())
    examined.verify(case.bundle_paths(), folder)
    findings = [*examined.findings, *check_chain(case.id, examined.links)]
    own = {link.evidence.id for link in examined.links}
    cited = {receipt.id: receipt for link in examined.links for receipt in link.included}
    earlier = _Examined(examined.expectations, {**pins, **cited}, progress, witness)
    earlier.verify(case.included_paths(), folder)
    findings += earlier.findings
    there = {link.evidence.id: link.name for link in earlier.links}
    for bundle_id in sorted(there.keys() - cited.keys()):
        findings.append(_about("chain.not_cited", Outcome.INDETERMINATE, there[bundle_id]))
    for bundle_id in sorted(cited.keys() - there.keys()):
        findings.append(_about("chain.included_gone", Outcome.INDETERMINATE, "case", id=bundle_id))
    for bundle_id in sorted(pins.keys() - own - there.keys()):
        findings.append(_about("chain.receipt_gone", Outcome.FAILED, "case", id=bundle_id))
    reports = (*examined.reports, *earlier.reports)
    if not reports:
        findings.append(_about("chain.empty", Outcome.INDETERMINATE, "case"))
    is_between = any(BETWEEN in report.limits for report in reports)
    return CaseReport(
        path=str(folder),
        case_id=case.id,
        verdict=worst([f.outcome for f in findings] + [r.verdict for r in reports]),
        bundles=reports,
        findings=tuple(findings),
        limits=(*CASE_LIMITS, BETWEEN) if is_between else CASE_LIMITS,
    )


_Opened = Bundle | Fault | InputError
"""A bundle that is open and being hashed, or what is wrong with it, to be told in its turn."""


class _Examined:
    """Bundles of one case and what was found: reports, links, files that are no bundles.

    Args:
        expectations: what holds for each of them.
        pins: receipts, by the id of the bundle that each must fit.
        progress: called with the number of bytes hashed since the last call.
        witness: called before each bundle is closed.
    """

    def __init__(
        self,
        expectations: Expectations,
        pins: Mapping[str, Receipt],
        progress: Progress | None,
        witness: Witness | None,
    ) -> None:
        self.expectations = expectations
        self._pins = pins
        self._progress = progress
        self._witness = witness
        self.reports: list[Report] = []
        self.links: list[Link] = []
        self.findings: list[Finding] = []
        self.heirs: frozenset[str] = frozenset()
        """Signers that stand in for the one expected, as its own bundles announce."""

    def verify(self, paths: Iterable[Path], folder: Path) -> None:
        """Verify each; one spoilt file must not hide what can be said of the others."""
        for path, opened in _opened_ahead(paths, self._progress):
            name = path.relative_to(folder).as_posix()
            try:
                report, link = _verify(
                    path, opened, self.expectations, self._pins, self._witness, self.heirs
                )
            except InputError:
                self.findings.append(_about("chain.no_bundle", Outcome.FAILED, name))
                continue
            self.reports.append(report)
            if link is None:
                self.findings.append(_about("chain.unreadable", Outcome.FAILED, name))
            else:
                self.links.append(link._replace(name=name))


def _about(code: str, outcome: Outcome, subject: str, **params: str) -> Finding:
    return finding(Question.UNALTERED, code, outcome, subject, **params)


def _heirs(signer_sha256: str, paths: Iterable[Path]) -> frozenset[str]:
    """The signers that the bundles of this one name as the next, and those that these name.

    None of it is believed yet: each of these bundles must verify, as all of the case.
    """
    following: dict[str, str] = {}
    for path in paths:
        with contextlib.suppress(Fault, InputError), Bundle(path) as bundle:
            evidence = bundle.evidence
            if evidence.next_signer_sha256:
                following[evidence.signer_sha256] = evidence.next_signer_sha256
    heirs: set[str] = set()
    heir = following.get(signer_sha256)
    while heir and heir not in heirs:
        heirs.add(heir)
        heir = following.get(heir)
    return frozenset(heirs)


def _opened_ahead(
    paths: Iterable[Path], progress: Progress | None
) -> Iterator[tuple[Path, _Opened]]:
    """Each path with its bundle, which is being hashed already while the one before is judged."""
    waiting: deque[tuple[Path, _Opened]] = deque()
    try:
        for path in paths:
            waiting.append((path, _open(path, progress)))
            if len(waiting) > 1:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        for _, opened in waiting:
            _close(opened)


def _open(path: Path, progress: Progress | None) -> _Opened:
    try:
        return Bundle(path, progress, is_hashed_at_once=True)
    except (Fault, InputError) as error:
        return error


def _close(opened: _Opened) -> None:
    """Close a bundle that nobody will judge."""
    if isinstance(opened, Bundle):
        with opened:
            pass


def _verify(
    path: Path,
    opened: _Opened,
    expectations: Expectations,
    pins: Mapping[str, Receipt] | None = None,
    witness: Witness | None = None,
    heirs: frozenset[str] = frozenset(),
) -> tuple[Report, Link | None]:
    """The report on a bundle and its link; where a receipt pins it, by that one."""
    try:
        if not isinstance(opened, Bundle):
            raise opened
        with opened as bundle:
            # Cryptography takes long to import; meanwhile the bundle is being hashed.
            from evidence_kit.checks import judgement

            link = _link(bundle)
            if pins and link and link.evidence.id in pins:
                expectations = dataclasses.replace(expectations, receipt=pins[link.evidence.id])
            if link and link.evidence.signer_sha256 in heirs:
                signer = link.evidence.signer_sha256
                expectations = dataclasses.replace(expectations, signer_sha256=signer)
            report = judgement.judge(bundle, expectations)
            if witness:
                witness(bundle, report)
            return report, link
    except Fault as fault:
        from evidence_kit.checks import judgement

        return judgement.refuse(str(path), fault), None


def _loaded(expectations: Expected) -> Expectations:
    match expectations:
        case Expectations():
            return expectations
        case None:
            return load_expectations()
    return expectations()


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


def _read_list(path: Path) -> tuple[str, bytes]:
    """The name and the DER of a revocation list that the reader has from elsewhere."""
    # Only here, so that nobody else waits for cryptography to be imported.
    from evidence_kit.crypto.crl import RevocationList, crl_to_der

    try:
        with path.open("rb") as file:
            content = file.read(2 * MAX_CRL_BYTES)
        crl_der = crl_to_der(content)
        RevocationList(crl_der)
    except OSError as error:
        raise InputError("crl.unreadable", path=str(path), detail=error.strerror or "") from error
    except Fault as fault:
        raise InputError("crl.not_accepted", path=str(path), reason=fault.code) from fault
    return path.name, crl_der


def _read_distrust(text: str) -> Distrust:
    algorithm, _, day = text.strip().lower().partition("@")
    try:
        since = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError("distrust.malformed", text=text) from None
    if algorithm not in DISTRUSTABLE:
        raise UsageError(
            "distrust.unknown", name=algorithm, suggestion=closest(algorithm, DISTRUSTABLE)
        )
    return Distrust(algorithm=algorithm, since=since)
