"""Earlier bundles come into a case whole, cited by a sealed note."""

from pathlib import Path

import pytest

from evidence_kit.actions.add import add_files
from evidence_kit.actions.case import Case
from evidence_kit.actions.include import include_bundles
from evidence_kit.actions.kit import Kit
from evidence_kit.bundle import layout
from evidence_kit.errors import InputError, SealError, UsageError
from evidence_kit.report import Outcome
from tests.build import offline, refused
from tests.forge import explode


@pytest.fixture
def earlier(kit: Kit, note: Path) -> Path:
    """A bundle outside any case."""
    return add_files([note], note.parent / "earlier.evidence.zip", kit=kit).path


def test_bundle_is_copied_and_cited_by_its_receipt(
    case: Case, kit: Kit, note: Path, earlier: Path
) -> None:
    other = add_files([note], note.parent / "other.evidence.zip", kit=offline(kit))
    sealed = include_bundles(case, [earlier, other.path], kit=kit)
    assert sealed.report.verdict is Outcome.PASSED
    copies = [path.read_bytes() for path in case.included_paths()]
    assert copies == [earlier.read_bytes(), other.path.read_bytes()]
    lines = explode(sealed.path.read_bytes())[1][layout.INCLUDED].decode().splitlines()
    assert len(lines) == 2
    assert lines[1] == other.receipt


def test_nothing_to_include_is_refused(case: Case, kit: Kit) -> None:
    with refused(UsageError, "include.nothing"):
        include_bundles(case, [], kit=kit)


def test_two_of_one_name_are_refused(case: Case, kit: Kit, earlier: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    again = tmp_path / "more" / earlier.name
    again.write_bytes(earlier.read_bytes())
    with refused(UsageError, "include.same_name"):
        include_bundles(case, [earlier, again], kit=kit)


def test_altered_bundle_is_refused(case: Case, kit: Kit, earlier: Path) -> None:
    earlier.write_bytes(earlier.read_bytes().replace(b"paid", b"free"))
    with refused(SealError, "include.altered"):
        include_bundles(case, [earlier], kit=kit)
    assert case.included_paths() == case.bundle_paths() == ()


def test_missing_bundle_is_named(case: Case, kit: Kit, tmp_path: Path) -> None:
    with refused(InputError, "file.missing"):
        include_bundles(case, [tmp_path / "none.evidence.zip"], kit=kit)


def test_bundle_that_is_there_already_is_not_overwritten(
    case: Case, kit: Kit, note: Path, earlier: Path
) -> None:
    include_bundles(case, [earlier], kit=kit)
    before = [path.read_bytes() for path in case.included_paths()]
    earlier.unlink()
    add_files([note], earlier, kit=kit)
    with refused(SealError, "seal.exists"):
        include_bundles(case, [earlier], kit=kit)
    assert [path.read_bytes() for path in case.included_paths()] == before
    assert len(case.bundle_paths()) == 1
