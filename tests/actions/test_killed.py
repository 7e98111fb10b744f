"""A process killed at any moment leaves whole bundles, and a case that goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evidence_kit.actions.case import Case, open_case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.verify import verify_bundle, verify_case
from evidence_kit.checks.expectations import Expectations
from evidence_kit.report import Outcome, Question
from fixtures.tsa import Tsa
from tests.build import offline, seal_items
from tests.forge import SIGNATURE, explode

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills by forking")


@pytest.fixture
def begun(case: Case, kit: Kit, tmp_path: Path) -> Case:
    """A case with one stamped bundle and one without a token."""
    seal_items(tmp_path, case, kit)
    seal_items(tmp_path, case, offline(kit))
    return case


def bundles(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.evidence.zip")}


def leftovers(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.endswith(".sealing")]


def killed(verb: str, case: Case, work: Path, token: bytes = b"") -> list[Path]:
    """The case as it was left by each death; the last one is that of a survivor."""
    work.mkdir()
    (work / "token").write_bytes(token)
    paths = [case.folder, case.folder.parent / "kit/keys", work, work / "token"]
    subprocess.run(
        [sys.executable, "-m", "tests.actions.killing", verb, *map(str, paths)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
    )
    return sorted((p for p in work.iterdir() if p.name.isdigit()), key=lambda p: int(p.name))


def test_killed_seal_leaves_no_half_bundle(begun: Case, kit: Kit, tsa: Tsa, tmp_path: Path) -> None:
    before = bundles(begun.folder)
    *deaths, survivor = killed("seal", begun, tmp_path / "work")
    assert len(deaths) > 20
    assert any(leftovers(folder) for folder in deaths)
    for folder in deaths:
        after = bundles(folder)
        assert before.items() <= after.items()
        for name in after.keys() - before.keys():
            report = verify_bundle(folder / name, Expectations(anchors=kit.anchors))
            assert report.answers[Question.UNALTERED] is Outcome.PASSED
        sealed = seal_items(tmp_path, open_case(folder), offline(kit))
        assert sealed.path.name == f"{len(after) + 1:04d}-chat.evidence.zip"
        assert leftovers(folder) == []
    assert len(bundles(survivor)) == 3
    assert leftovers(survivor) == []
    assert holds(deaths[-1], kit) and holds(survivor, kit)


def test_killed_stamp_leaves_the_bundle_as_it_was_or_stamped(
    begun: Case, kit: Kit, tsa: Tsa, tmp_path: Path
) -> None:
    before = bundles(begun.folder)
    name = "0002-chat.evidence.zip"
    _, files = explode(before[name])
    token = tsa.authority.stamp(files[SIGNATURE])
    *deaths, survivor = killed("stamp", begun, tmp_path / "work", token)
    assert len(deaths) > 10
    done = bundles(survivor)
    assert done[name] != before[name]
    for folder in deaths:
        after = bundles(folder)
        assert after.keys() == before.keys()
        assert after[name] in (before[name], done[name])
        assert {**after, name: b""} == {**before, name: b""}
        seal_items(tmp_path, open_case(folder), offline(kit))
        assert leftovers(folder) == []
        assert holds(folder, kit)


def holds(folder: Path, kit: Kit) -> bool:
    report = verify_case(folder, Expectations(anchors=kit.anchors))
    return [finding.code for finding in report.findings] == ["chain.holds"]
