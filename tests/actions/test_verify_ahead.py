"""The next bundle of a case is opened and hashed while one is judged; all are closed again."""

from pathlib import Path

import pytest

from evidence_kit.actions.verify import verify_bundle, verify_case
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.reader import Bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import UsageError
from evidence_kit.report import Report
from tests.build import codes, make_case, make_kit, seal_items


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names of the bundles, as they are opened and closed."""
    names: dict[str, list[str]] = {"open": [], "closed": []}
    begin, end = Bundle.__init__, Bundle.__exit__

    def enter(
        bundle: Bundle, path: Path, progress: Progress | None, *, is_hashed_at_once: bool
    ) -> None:
        begin(bundle, path, progress, is_hashed_at_once=is_hashed_at_once)
        assert is_hashed_at_once
        names["open"].append(path.name)

    def leave(bundle: Bundle, *error: object) -> None:
        names["closed"].append(bundle.path.name)
        end(bundle, None, None, None)

    monkeypatch.setattr(Bundle, "__init__", enter)
    monkeypatch.setattr(Bundle, "__exit__", leave)
    return names


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    case, kit = make_case(tmp_path / "case"), make_kit(tmp_path, None)
    for _ in range(4):
        seal_items(tmp_path, case, kit)
    return case.folder


def test_next_bundle_is_open_while_one_is_judged(
    case_folder: Path, opened: dict[str, list[str]]
) -> None:
    ahead: list[int] = []

    def count(_: Bundle, __: Report) -> None:
        ahead.append(len(opened["open"]) - len(opened["closed"]))

    report = verify_case(case_folder, Expectations(), witness=count)
    names = sorted(path.name for path in case_folder.glob("*.evidence.zip"))
    assert [Path(bundle.path).name for bundle in report.bundles] == names
    assert ahead == [2, 2, 2, 1]
    assert opened == {"open": names, "closed": names}


def test_what_is_open_is_closed_where_the_work_ends_early(
    case_folder: Path, opened: dict[str, list[str]]
) -> None:
    def stop(_: Bundle, __: Report) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_case(case_folder, Expectations(), witness=stop)
    assert len(opened["open"]) == 2
    assert opened["closed"] == opened["open"]


def test_bundle_is_closed_where_what_the_reader_expects_is_wrong(
    case_folder: Path, opened: dict[str, list[str]]
) -> None:
    def refuse() -> Expectations:
        raise UsageError("signer.malformed")

    bundle = min(case_folder.glob("*.evidence.zip"))
    with pytest.raises(UsageError):
        verify_bundle(bundle, refuse)
    assert opened == {"open": [bundle.name], "closed": [bundle.name]}
    (case_folder / "junk").write_bytes(b"junk")
    with pytest.raises(UsageError):
        verify_bundle(case_folder / "junk", refuse)


def test_file_that_is_no_bundle_is_told_in_its_turn(
    case_folder: Path, opened: dict[str, list[str]]
) -> None:
    second = sorted(case_folder.glob("*.evidence.zip"))[1]
    second.write_bytes(b"junk")
    report = verify_case(case_folder, Expectations())
    assert "chain.no_bundle" in codes(report.findings)
    assert len(report.bundles) == 3
    assert len(opened["closed"]) == 3
