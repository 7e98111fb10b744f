"""A partial copy proves what is left in it, and says what is not."""

from pathlib import Path

import msgspec
import pytest

from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed, seal
from evidence_kit.actions.share import share_bundle
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle.receipt import read_receipt
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import InputError, SealError, UsageError
from evidence_kit.model import Observation
from evidence_kit.report import Outcome, Question
from tests.build import captured, draft_items, refused, seal_items, told
from tests.forge import CHAT, PICTURE, TRANSCRIPT, Forge, explode
from tests.tamper.container import python_zip


@pytest.fixture
def sealed(kit: Kit, tmp_path: Path) -> Sealed:
    return seal_items(tmp_path, tmp_path / "x.evidence.zip", kit)


def test_copy_lacks_what_is_withheld_and_nothing_else(
    sealed: Sealed, kit: Kit, tmp_path: Path
) -> None:
    expectations = Expectations(anchors=kit.anchors)
    out = tmp_path / "shared.evidence.zip"
    shared = share_bundle(sealed.path, out, without=[PICTURE, CHAT], expectations=expectations)
    assert shared.path == out
    assert shared.withheld == (CHAT, PICTURE)
    assert shared.guessable == (CHAT,)
    assert shared.report.verdict is Outcome.INDETERMINATE
    assert shared.report.path == str(out)
    assert told(shared.report, "files.withheld") == {CHAT, PICTURE}
    top, before = explode(sealed.path.read_bytes())
    again, after = explode(out.read_bytes())
    assert again == top
    assert after == {path: c for path, c in before.items() if path not in (CHAT, PICTURE)}


@pytest.mark.parametrize(
    ("without", "derived"),
    [([CHAT], (TRANSCRIPT,)), ([CHAT, TRANSCRIPT], ()), ([PICTURE], ())],
)
def test_what_was_made_from_a_withheld_file_is_told(
    without: list[str], derived: tuple[str, ...], sealed: Sealed, kit: Kit, tmp_path: Path
) -> None:
    expectations = Expectations(anchors=kit.anchors)
    out = tmp_path / "shared.evidence.zip"
    shared = share_bundle(sealed.path, out, without=without, expectations=expectations)
    assert shared.derived == derived


def test_copy_still_proves_time_signer_and_receipt(
    sealed: Sealed, kit: Kit, tmp_path: Path
) -> None:
    expectations = Expectations(anchors=kit.anchors, receipt=read_receipt(sealed.receipt))
    out = tmp_path / "shared.evidence.zip"
    share_bundle(sealed.path, out, without={PICTURE}, expectations=expectations)
    report = verify_bundle(out, expectations)
    assert report.answers == {
        Question.UNALTERED: Outcome.INDETERMINATE,
        Question.SINCE: Outcome.PASSED,
        Question.SIGNER: Outcome.PASSED,
    }
    assert report.sealed_no_later_than == sealed.report.sealed_no_later_than
    assert report.signer == sealed.report.signer
    assert report.receipt == sealed.receipt


def test_items_with_secrets_are_pointed_out_while_some_file_of_them_is_left(
    kit: Kit, tmp_path: Path
) -> None:
    expectations = Expectations(anchors=kit.anchors)
    origin = captured(redacted=(Observation(code="secrets.kept"),))
    items, _ = draft_items(tmp_path / "work")
    first, second = (msgspec.structs.replace(items[0], origin=origin), items[1])
    path = seal([first, second], tmp_path / "x.evidence.zip", kit=kit).path
    some = first.files[0].path
    shared = share_bundle(path, tmp_path / "a.zip", without=[some], expectations=expectations)
    assert shared.private == ("E1",)
    rest = [file.path for file in first.files]
    shared = share_bundle(path, tmp_path / "b.zip", without=rest, expectations=expectations)
    assert shared.private == ()


def test_changed_copy_fails(sealed: Sealed, kit: Kit, tmp_path: Path) -> None:
    expectations = Expectations(anchors=kit.anchors)
    out = tmp_path / "shared.evidence.zip"
    share_bundle(sealed.path, out, without={PICTURE}, expectations=expectations)
    content = out.read_bytes()
    out.write_bytes(content.replace(b"buyer: when?", b"buyer: fine!"))
    report = verify_bundle(out, expectations)
    assert report.verdict is Outcome.FAILED
    assert told(report, "digest.mismatch") == {TRANSCRIPT}


@pytest.mark.parametrize(
    "path", ["data/none", "evidence.json", "proof/signer.pem", "0001-chat.txt", "../x"]
)
def test_only_data_of_the_bundle_can_be_withheld(
    path: str, sealed: Sealed, kit: Kit, tmp_path: Path
) -> None:
    with refused(UsageError, "share.unknown_path"):
        out = tmp_path / "shared.evidence.zip"
        share_bundle(sealed.path, out, without=[path], expectations=Expectations())
    assert not out.exists()


def test_nothing_to_withhold_is_refused(sealed: Sealed, tmp_path: Path) -> None:
    with refused(UsageError, "share.nothing"):
        share_bundle(sealed.path, tmp_path / "y", without=[], expectations=Expectations())


@pytest.mark.parametrize("out", ["x.evidence.zip", "kit"])
def test_nothing_is_overwritten(out: str, sealed: Sealed, tmp_path: Path) -> None:
    before = sealed.path.read_bytes()
    with refused(SealError, "seal.exists"):
        share_bundle(sealed.path, tmp_path / out, without=[CHAT], expectations=Expectations())
    assert sealed.path.read_bytes() == before


def test_missing_folder_is_an_error(sealed: Sealed, tmp_path: Path) -> None:
    with refused(InputError, "file.missing"):
        share_bundle(sealed.path, tmp_path / "no/y", without=[CHAT], expectations=Expectations())


def test_altered_bundle_is_not_shared(sealed: Sealed, tmp_path: Path) -> None:
    sealed.path.write_bytes(sealed.path.read_bytes().replace(b"buyer: when?", b"buyer: fine!"))
    with refused(SealError, "share.altered"):
        share_bundle(sealed.path, tmp_path / "y", without=[CHAT], expectations=Expectations())


def test_repacked_bundle_is_not_shared(
    sealed: Sealed, kit: Kit, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    top, files = explode(sealed.path.read_bytes())
    key = kit.keys.default(now=kit.now())
    tsa = request.getfixturevalue("tsa")
    forge = Forge(top=top, files=files, key=key, stranger=key, tsa=tsa)
    sealed.path.write_bytes(python_zip(forge))
    with refused(SealError, "seal.not_canonical"):
        share_bundle(sealed.path, tmp_path / "y", without=[CHAT], expectations=Expectations())
    assert not (tmp_path / "y").exists()
