"""A case changes its key only where both keys can still sign."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evidence_kit.actions.case import Case
from evidence_kit.actions.hand_over import hand_over
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.log import log_event
from evidence_kit.actions.seal import Sealed, begin
from evidence_kit.actions.verify import verify_case
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.keys import new_signing_key
from evidence_kit.errors import SigningKeyError
from evidence_kit.report import Outcome
from tests.build import offline, refused
from tests.forge import canonical_zip, explode

LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)
"""A self-made key of that day expired in 2020."""


def log(case: Case, kit: Kit) -> Sealed:
    return log_event(case, "paid", on=datetime(2026, 11, 1).date(), kit=kit)


def test_case_is_not_handed_over_to_a_key_that_has_expired(case: Case, kit: Kit) -> None:
    log(case, offline(kit))
    expired = new_signing_key(now=LONG_AGO)
    kit.keys.add(expired)
    with refused(SigningKeyError, "key.expired"):
        hand_over(case, expired.certificate_sha256, kit=kit)
    assert len(case.bundle_paths()) == 1


def test_key_that_has_expired_hands_nothing_over_and_seals_nothing(case: Case, kit: Kit) -> None:
    log(case, offline(kit))
    late = replace(offline(kit), now=lambda: datetime.now(UTC) + timedelta(days=3660))
    new = new_signing_key(now=late.now())
    kit.keys.add(new)
    for act in (
        lambda: hand_over(case, new.certificate_sha256, kit=late),
        lambda: log(case, late),
        lambda: begin(case, late),
        lambda: begin(case.folder / "new.zip", late),
    ):
        with refused(SigningKeyError, "key.expired"):
            act()
    assert len(case.bundle_paths()) == 1


def test_note_is_sealed_without_a_time_stamp_too(case: Case, kit: Kit) -> None:
    log(case, offline(kit))
    new = new_signing_key(now=kit.now())
    kit.keys.add(new)
    hand_over(case, new.certificate_sha256, kit=offline(kit))
    assert begin(case, kit).key.certificate_sha256 == new.certificate_sha256


def test_expected_signer_of_a_case_may_have_handed_it_over(case: Case, kit: Kit) -> None:
    log(case, kit)
    old, new = kit.keys.default(now=kit.now()), new_signing_key(now=kit.now())
    kit.keys.add(new)
    hand_over(case, new.certificate_sha256, kit=kit)
    log(case, kit)

    def signers(expected: str) -> list[str]:
        report = verify_case(case.folder, Expectations(anchors=kit.anchors, signer_sha256=expected))
        pins = {"signer.expected", "signer.unexpected"}
        return [f.code for one in report.bundles for f in one.findings if f.code in pins]

    assert signers(old.certificate_sha256) == ["signer.expected"] * 3
    # The new key took the case over; it did not sign what came before.
    assert signers(new.certificate_sha256) == ["signer.unexpected"] * 2 + ["signer.expected"]
    assert signers("0" * 64) == ["signer.unexpected"] * 3


def test_stranger_does_not_become_the_expected_signer_by_saying_so(
    case: Case, kit: Kit, tmp_path: Path
) -> None:
    log(case, kit)
    old = kit.keys.default(now=kit.now())
    stranger = new_signing_key(now=kit.now())
    first = case.bundle_paths()[0]
    top, files = explode(first.read_bytes())
    told = files["evidence.json"].replace(
        b'"items"', f'"next_signer_sha256": "{stranger.certificate_sha256}",\n  "items"'.encode()
    )
    first.write_bytes(canonical_zip(top, files | {"evidence.json": told}))
    kit.keys.add(stranger)
    expectations = Expectations(anchors=kit.anchors, signer_sha256=old.certificate_sha256)
    assert verify_case(case.folder, expectations).verdict is Outcome.FAILED
