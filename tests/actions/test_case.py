"""A case is a folder with a name of its own, held by one writer at a time."""

import zipfile
from pathlib import Path

import filelock
import pytest

from evidence_kit.actions import case as cases
from evidence_kit.actions.case import Case, create_case, is_case, open_case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.verify import verify_case
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import CaseError
from evidence_kit.report import Outcome
from tests.build import NOW, codes, make_case, refused, seal_items
from tests.forge import explode


def test_case_reads_back(tmp_path: Path) -> None:
    made = make_case(tmp_path / "cases/点卡", new_id=lambda: "0" * 32)
    assert is_case(made.folder)
    assert open_case(made.folder) == made
    assert made.id == "0" * 32
    assert made.created_at == "2026-11-23T08:00:00Z"
    assert made.facts == {"platform": "示例商城"}


def test_facts_without_a_value_are_left_out(tmp_path: Path) -> None:
    facts = {"platform": "", "order": 'a"b\n\u202e'}
    made = create_case(tmp_path / "case", facts=facts, now=NOW, new_id=lambda: "0" * 32)
    assert open_case(made.folder).facts == {"order": 'a"b\n\u202e'}


def test_case_is_not_made_twice(case: Case) -> None:
    with refused(CaseError, "case.exists"):
        make_case(case.folder)


def test_case_is_made_in_an_empty_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("x")
    with refused(CaseError, "case.not_empty"):
        make_case(tmp_path / "full")
    with refused(CaseError, "case.is_file"):
        make_case(tmp_path / "full/mine.txt")
    with refused(CaseError, "case.unwritable"):
        make_case(tmp_path / "full/mine.txt/case")


def test_folder_that_is_no_case_is_an_error(tmp_path: Path) -> None:
    assert not is_case(tmp_path)
    with refused(CaseError, "case.missing"):
        open_case(tmp_path)
    with refused(CaseError, "case.missing"):
        open_case(tmp_path / "nowhere")
    (tmp_path / "note.txt").write_text("x")
    for path in (tmp_path, tmp_path / "note.txt"):
        with refused(CaseError, "case.none"):
            open_case(path)


def test_case_beside_the_place_that_was_named_is_suggested(case: Case) -> None:
    (case.folder / "note.txt").write_text("x")
    for path in (case.folder / "note.txt", case.folder.parent):
        with refused(CaseError, "case.elsewhere") as caught:
            open_case(path)
        assert caught.value.params["example"] == str(case.folder)


@pytest.mark.parametrize("text", ["id = 3", "id = ", 'id = "x"\n', "\udcff"])
def test_damaged_case_file_is_an_error(text: str, case: Case) -> None:
    (case.folder / "case.toml").write_text(text, errors="surrogateescape")
    with refused(CaseError, "case.malformed"):
        open_case(case.folder)


def test_case_in_use_is_waited_for_and_then_told(
    case: Case, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "_LOCK_TIMEOUT_S", 0.05)
    with filelock.FileLock(case.folder / ".case.lock"), refused(CaseError, "case.locked"):
        seal_items(tmp_path, case, kit)
    assert seal_items(tmp_path, case, kit).path.exists()


def test_damaged_bundle_stops_the_next_seal(case: Case, kit: Kit, tmp_path: Path) -> None:
    sealed = seal_items(tmp_path, case, kit)
    sealed.path.write_bytes(b"junk")
    with refused(CaseError, "case.damaged") as caught:
        seal_items(tmp_path, case, kit)
    assert caught.value.params["path"] == str(sealed.path)


def test_bundles_are_numbered_and_named_by_kind(case: Case, kit: Kit, tmp_path: Path) -> None:
    names = [seal_items(tmp_path, case, kit).path.name for _ in range(2)]
    assert names == ["0001-chat.evidence.zip", "0002-chat.evidence.zip"]
    last = case.newest(case.links())
    assert last is not None and last.sequence == 2


def test_leftovers_of_the_killed_are_removed(case: Case, kit: Kit, tmp_path: Path) -> None:
    (case.folder / ".0123456789abcdef.sealing").write_bytes(b"half a bundle")
    (case.folder / "mine.sealing").write_bytes(b"mine")
    seal_items(tmp_path, case, kit)
    assert not (case.folder / ".0123456789abcdef.sealing").exists()
    assert (case.folder / "mine.sealing").exists()


def test_case_goes_on_past_bundles_of_another(case: Case, kit: Kit, tmp_path: Path) -> None:
    other = make_case(tmp_path / "other")
    foreign = seal_items(tmp_path, other, kit)
    foreign.path.rename(case.folder / "0009-foreign.evidence.zip")
    sealed = seal_items(tmp_path, case, kit)
    assert sealed.path.name == "0001-chat.evidence.zip"
    top, _ = explode(sealed.path.read_bytes())
    assert top.startswith("bundle-")


def test_bundle_that_was_renamed_still_counts(case: Case, kit: Kit, tmp_path: Path) -> None:
    sealed = seal_items(tmp_path, case, kit)
    sealed.path.rename(case.folder / "0001-chat.evidence (1).zip")
    with zipfile.ZipFile(case.folder / "holiday.zip", "w") as other:
        other.writestr("photo.txt", "no bundle")
    report = verify_case(case.folder, Expectations(anchors=kit.anchors))
    assert report.verdict is Outcome.PASSED
    assert len(report.bundles) == 1


def test_sealing_into_a_broken_case_says_so(case: Case, kit: Kit, tmp_path: Path) -> None:
    seal_items(tmp_path, case, kit)
    second = seal_items(tmp_path, case, kit)
    assert second.case_findings == ()
    seal_items(tmp_path, case, kit)
    second.path.unlink()
    sealed = seal_items(tmp_path, case, kit)
    assert sealed.report.verdict is Outcome.PASSED
    assert codes(sealed.case_findings) == {"chain.missing"}
