"""Every attack gets its finding, about the right part, and the right verdict."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit import messages
from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.verify import load_expectations, verify_bundle
from evidence_kit.bundle.receipt import read_receipt
from evidence_kit.checks.expectations import Distrust, Expectations
from evidence_kit.report import Outcome, Question
from evidence_kit.settings import Settings
from tests.build import anchors_of
from tests.forge import Forge
from tests.tamper.container import CONTAINER
from tests.tamper.files import FILES
from tests.tamper.lists import REVOCATION
from tests.tamper.proofs import PROOFS
from tests.tamper.record import RECORD
from tests.tamper.renewals import RENEWALS
from tests.tamper.table import Row

ROWS = [*FILES, *RECORD, *PROOFS, *REVOCATION, *RENEWALS, *CONTAINER]
SETTINGS = Settings(data_dir=Path("none"), config_dir=Path("none"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_attack_is_found(
    row: Row,
    good: tuple[Sealed, Forge],
    forge: Forge,
    forged: Callable[[Forge | bytes], Path],
) -> None:
    sealed, _ = good
    top = forge.top
    path = forged(row.attack(forge))
    report = verify_bundle(
        path,
        Expectations(
            anchors=() if row.knows == "nobody" else anchors_of(forge.tsa),
            receipt=read_receipt(sealed.receipt) if row.knows == "receipt" else None,
            signer_sha256=forge.key.certificate_sha256 if row.knows == "signer" else None,
            distrust=read_distrust(row.distrust),
        ),
    )
    found = {(finding.code, finding.subject): finding.outcome for finding in report.findings}
    subject = row.subject.replace("{top}", top)
    assert (row.code, subject) in found, found
    if row.reason:
        reasons = {f.params["reason"] for f in report.findings if f.subject == subject}
        assert row.reason in reasons
    assert report.verdict is row.verdict, found
    if report.answers[Question.UNALTERED] is Outcome.FAILED:
        assert not report.proven_times
        assert (report.signer, report.receipt, report.sealed_no_later_than) == (None,) * 3
    for finding in report.findings:
        assert messages.FINDINGS[finding.code].format_map(finding.params).isprintable()


def read_distrust(text: str) -> tuple[Distrust, ...]:
    """As `--distrust` reads it."""
    return load_expectations(SETTINGS, distrust=[text]).distrust if text else ()


def test_rows_have_names_of_their_own() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
