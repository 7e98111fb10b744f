"""A case is one unbroken chain, and what breaks it is named."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence_kit.actions.case import Case, open_case
from evidence_kit.actions.include import include_bundles
from evidence_kit.actions.verify import verify_case
from evidence_kit.bundle.receipt import read_receipt
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.keys import SigningKey, new_signing_key
from evidence_kit.report import CaseReport, Outcome
from fixtures.tsa import Tsa
from tests.build import NOW, anchors_of, make_case, make_kit, seal_items
from tests.forge import SIGNATURE, TAGMANIFEST, TOKEN, Forge, Json, explode

COUNT = 4
FAILED, PASSED, INDETERMINATE = Outcome.FAILED, Outcome.PASSED, Outcome.INDETERMINATE


@dataclass
class Cabinet:
    """A copy of a good case, to be tampered with."""

    folder: Path
    key: SigningKey
    stranger: SigningKey
    tsa: Tsa

    @property
    def included(self) -> Path:
        """Where earlier bundles stand."""
        return self.folder / "included"

    def path(self, number: int) -> Path:
        """The bundle with this number."""
        return self.folder / f"{number:04d}-chat.evidence.zip"

    def open(self, number: int) -> Forge:
        """The parts of a bundle."""
        top, files = explode(self.path(number).read_bytes())
        return Forge(top=top, files=files, key=self.key, stranger=self.stranger, tsa=self.tsa)

    def close(self, number: int, forge: Forge) -> None:
        """Put the parts back."""
        self.path(number).write_bytes(forge.zip())

    def retell(
        self, number: int, change: Callable[[Json], object], key: SigningKey | None = None
    ) -> None:
        """Let the signer, or another, seal something else in the place of a bundle."""
        self.close(number, self.open(number).tell(change).reseal(key))

    def link(self, number: int) -> None:
        """Let a bundle name the one before it as that is now."""
        before = self.open(number - 1)
        previous = {
            "id": before.top.removeprefix("bundle-"),
            "tagmanifest_sha256": sha256_hex(before.files[TAGMANIFEST]),
            "signature_sha256": sha256_hex(before.files[SIGNATURE]),
            "tokens_sha256": [sha256_hex(before.files[TOKEN])],
        }
        self.retell(number, lambda told: told["case"].update(previous=previous))


@pytest.fixture(scope="session")
def sealed_case(tsa: Tsa, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, SigningKey]:
    folder = tmp_path_factory.mktemp("sealed")
    kit = make_kit(folder, tsa)
    case = make_case(folder / "case")
    for _ in range(COUNT):
        seal_items(folder, case, kit)
    return case, kit.keys.default(now=NOW)


@pytest.fixture
def cabinet(sealed_case: tuple[Case, SigningKey], tsa: Tsa, tmp_path: Path) -> Cabinet:
    case, key = sealed_case
    shutil.copytree(case.folder, tmp_path / "case")
    return Cabinet(tmp_path / "case", key, new_signing_key(now=NOW), tsa)


def judge(cabinet: Cabinet) -> CaseReport:
    return verify_case(cabinet.folder, Expectations(anchors=anchors_of(cabinet.tsa)))


def missing(cabinet: Cabinet) -> None:
    cabinet.path(2).unlink()


def first_missing(cabinet: Cabinet) -> None:
    cabinet.path(1).unlink()


def two_missing(cabinet: Cabinet) -> None:
    cabinet.path(2).unlink()
    cabinet.path(3).unlink()


def duplicated(cabinet: Cabinet) -> None:
    shutil.copy(cabinet.path(2), cabinet.folder / "0009-copy.evidence.zip")


def foreign(cabinet: Cabinet) -> None:
    cabinet.retell(4, lambda told: told["case"].update(id="f" * 32))


def caseless(cabinet: Cabinet) -> None:
    cabinet.retell(4, lambda told: told.update(case=None))


def reordered(cabinet: Cabinet) -> None:
    cabinet.retell(2, lambda told: told["case"].update(sequence=3))
    cabinet.retell(3, lambda told: told["case"].update(sequence=2))


def made_anew(cabinet: Cabinet) -> None:
    cabinet.close(2, cabinet.open(2).resign().restamp())


def other_content(cabinet: Cabinet) -> None:
    cabinet.retell(2, lambda told: told["items"][0].update(label="x"))


def other_id(cabinet: Cabinet) -> None:
    forge = cabinet.open(2)
    forge.top = "bundle-" + "0" * 32
    cabinet.close(2, forge.tell(lambda told: told.update(id="0" * 32)).reseal())


def token_gone(cabinet: Cabinet) -> None:
    cabinet.close(2, cabinet.open(2).drop(TOKEN))


def token_replaced(cabinet: Cabinet) -> None:
    cabinet.close(2, cabinet.open(2).restamp())


def other_signer(cabinet: Cabinet) -> None:
    forge = cabinet.open(4)
    cabinet.close(4, forge.take_over())


def not_the_next_signer(cabinet: Cabinet) -> None:
    cabinet.retell(3, lambda told: told.update(next_signer_sha256="0" * 64))
    cabinet.link(4)


def junk(cabinet: Cabinet) -> None:
    cabinet.path(2).write_bytes(b"junk")


def junk_zip(cabinet: Cabinet) -> None:
    cabinet.path(2).write_bytes(cabinet.path(2).read_bytes() + b"x")


def junk_record(cabinet: Cabinet) -> None:
    cabinet.close(2, cabinet.open(2).put("evidence.json", b"{}"))


def past_counting(cabinet: Cabinet) -> None:
    cabinet.retell(4, lambda told: told["case"].update(sequence=2**53))


@pytest.mark.parametrize(
    ("attack", "code", "subject", "params"),
    [
        (missing, "chain.missing", "case", {"sequence": 2}),
        (first_missing, "chain.missing", "case", {"sequence": 1}),
        (two_missing, "chain.missing", "case", {"sequence": "2-3"}),
        (duplicated, "chain.duplicate", "0009-copy.evidence.zip", {"sequence": 2}),
        (foreign, "chain.foreign", "0004-chat.evidence.zip", {}),
        (caseless, "chain.foreign", "0004-chat.evidence.zip", {}),
        (reordered, "chain.previous", "0002-chat.evidence.zip", {}),
        (made_anew, "chain.previous", "0003-chat.evidence.zip", {}),
        (other_content, "chain.previous", "0003-chat.evidence.zip", {}),
        (other_id, "chain.previous", "0003-chat.evidence.zip", {}),
        (token_gone, "chain.token_gone", "0002-chat.evidence.zip", {}),
        (token_replaced, "chain.token_gone", "0002-chat.evidence.zip", {}),
        (other_signer, "chain.signer", "0004-chat.evidence.zip", {}),
        (not_the_next_signer, "chain.signer", "0004-chat.evidence.zip", {}),
        (junk, "chain.no_bundle", "0002-chat.evidence.zip", {}),
        (junk_zip, "chain.unreadable", "0002-chat.evidence.zip", {}),
        (junk_record, "chain.unreadable", "0002-chat.evidence.zip", {}),
        (past_counting, "chain.missing", "case", {"sequence": f"4-{2**53 - 1}"}),
    ],
)
def test_attack_on_the_chain_is_found(
    attack: Callable[[Cabinet], None],
    code: str,
    subject: str,
    params: dict[str, str | int],
    cabinet: Cabinet,
) -> None:
    attack(cabinet)
    report = judge(cabinet)
    assert report.verdict is FAILED
    found = [f for f in report.findings if (f.code, f.subject) == (code, subject)]
    assert found, report.findings
    assert found[0].outcome is FAILED
    assert params.items() <= found[0].params.items()


def put_earlier(cabinet: Cabinet, change: Callable[[Forge], Forge]) -> None:
    path = next(cabinet.included.iterdir())
    top, files = explode(path.read_bytes())
    forge = Forge(top=top, files=files, key=cabinet.key, stranger=cabinet.stranger, tsa=cabinet.tsa)
    path.write_bytes(change(forge).zip())


def earlier_gone(cabinet: Cabinet) -> None:
    next(cabinet.included.iterdir()).unlink()


def earlier_not_cited(cabinet: Cabinet) -> None:
    shutil.copy(cabinet.path(1), cabinet.included / "more.evidence.zip")


def earlier_is_junk(cabinet: Cabinet) -> None:
    next(cabinet.included.iterdir()).write_bytes(b"junk")


def earlier_made_anew(cabinet: Cabinet) -> None:
    put_earlier(cabinet, lambda forge: forge.resign().restamp())


def earlier_without_token(cabinet: Cabinet) -> None:
    put_earlier(cabinet, lambda forge: forge.drop(TOKEN))


def note_is_junk(cabinet: Cabinet) -> None:
    path = cabinet.folder / "0005-note.evidence.zip"
    top, files = explode(path.read_bytes())
    forge = Forge(top=top, files=files, key=cabinet.key, stranger=cabinet.stranger, tsa=cabinet.tsa)
    path.write_bytes(forge.put("data/note/included.txt", b"junk").remanifest().reseal().zip())


@pytest.fixture
def with_earlier(cabinet: Cabinet, tmp_path: Path) -> Cabinet:
    kit = make_kit(tmp_path, cabinet.tsa)
    kit.keys.add(cabinet.key)
    kit.keys.set_default(cabinet.key.certificate_sha256)
    earlier = seal_items(tmp_path, tmp_path / "earlier.evidence.zip", kit)
    include_bundles(open_case(cabinet.folder), [earlier.path], kit=kit)
    return cabinet


@pytest.mark.parametrize(
    ("attack", "code", "subject", "verdict"),
    [
        (earlier_gone, "chain.included_gone", "case", INDETERMINATE),
        (earlier_not_cited, "chain.not_cited", "included/more.evidence.zip", INDETERMINATE),
        (earlier_is_junk, "chain.no_bundle", "included/earlier.evidence.zip", FAILED),
        (earlier_made_anew, "receipt.mismatch", TAGMANIFEST, FAILED),
        (earlier_without_token, "receipt.token_gone", SIGNATURE, FAILED),
        (note_is_junk, "structure.included", "", FAILED),
    ],
)
def test_attack_on_earlier_bundles_is_found(
    attack: Callable[[Cabinet], None],
    code: str,
    subject: str,
    verdict: Outcome,
    with_earlier: Cabinet,
) -> None:
    attack(with_earlier)
    report = judge(with_earlier)
    assert report.verdict is verdict
    own = [finding for one in report.bundles for finding in one.findings]
    found = {(finding.code, finding.subject) for finding in (*report.findings, *own)}
    if code == "structure.included":
        # What can't be read has no link, and the case says which bundle that is.
        code, subject = "chain.unreadable", "0005-note.evidence.zip"
    assert (code, subject) in found


def test_earlier_bundles_pass_with_their_case(with_earlier: Cabinet) -> None:
    report = judge(with_earlier)
    assert report.verdict is PASSED
    assert len(report.bundles) == COUNT + 2


def test_good_case_passes(cabinet: Cabinet) -> None:
    report = judge(cabinet)
    assert report.verdict is PASSED
    assert [finding.code for finding in report.findings] == ["chain.holds"]
    assert [one.verdict for one in report.bundles] == [PASSED] * COUNT


def test_names_of_the_bundles_mean_nothing(cabinet: Cabinet) -> None:
    for number in range(1, COUNT + 1):
        cabinet.path(number).rename(cabinet.folder / f"{9 - number}.evidence.zip")
    assert judge(cabinet).verdict is PASSED


def test_newest_bundle_can_be_removed_unseen_and_the_report_says_so(cabinet: Cabinet) -> None:
    cabinet.path(COUNT).unlink()
    report = judge(cabinet)
    assert report.verdict is PASSED
    assert {"newest", "second_case"} <= set(report.limits)


def test_newest_bundle_is_missed_by_whoever_holds_its_receipt(cabinet: Cabinet) -> None:
    receipt = judge(cabinet).bundles[-1].receipt
    assert receipt is not None
    expectations = Expectations(anchors=anchors_of(cabinet.tsa), receipt=read_receipt(receipt))
    assert verify_case(cabinet.folder, expectations).verdict is PASSED
    cabinet.close(COUNT, cabinet.open(COUNT).resign().restamp())
    assert verify_case(cabinet.folder, expectations).verdict is FAILED
    cabinet.path(COUNT).unlink()
    report = verify_case(cabinet.folder, expectations)
    assert report.verdict is FAILED
    assert "chain.receipt_gone" in {finding.code for finding in report.findings}


def test_signer_changes_where_the_old_one_names_the_new_one(cabinet: Cabinet) -> None:
    new = cabinet.stranger.certificate_sha256
    cabinet.retell(3, lambda told: told.update(next_signer_sha256=new))
    cabinet.link(4)
    cabinet.close(4, cabinet.open(4).take_over())
    assert judge(cabinet).verdict is PASSED


def test_token_added_later_breaks_nothing(cabinet: Cabinet) -> None:
    cabinet.close(2, cabinet.open(2).restamp(path="proof/signature.p7s.1.tsr"))
    assert judge(cabinet).verdict is PASSED


def test_one_spoilt_bundle_does_not_hide_the_others(cabinet: Cabinet) -> None:
    junk(cabinet)
    assert [one.verdict for one in judge(cabinet).bundles] == [PASSED] * (COUNT - 1)


def test_case_without_bundles_is_indeterminate(tmp_path: Path) -> None:
    report = verify_case(make_case(tmp_path / "case").folder, Expectations())
    assert report.verdict is Outcome.INDETERMINATE
    assert [finding.code for finding in report.findings] == ["chain.empty"]


def test_previous_pins_the_tokens_known_then(cabinet: Cabinet) -> None:
    told = json.loads(cabinet.open(3).files["evidence.json"])["case"]
    before = cabinet.open(2)
    assert told["sequence"] == 3
    assert told["previous"]["tokens_sha256"] == [sha256_hex(before.files[TOKEN])]
    assert open_case(cabinet.folder).id == told["id"]
