"""A bundle made to be slow is judged all the same, in the time of a good one."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.actions.verify import verify_bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.report import Outcome
from fixtures.tsa import Tsa
from tests.build import NOW, codes, make_kit, seal_items
from tests.forge import Forge, Json, explode
from tests.rawzip import Entry, raw_zip

BOUND_S = 5.0
"""Far above what is needed, far below what any square of the counts would take."""


@pytest.fixture
def forge(tsa: Tsa, tmp_path: Path) -> Forge:
    kit = make_kit(tmp_path, None)
    sealed = seal_items(tmp_path, tmp_path / "x.evidence.zip", kit)
    top, files = explode(sealed.path.read_bytes())
    key = kit.keys.default(now=NOW)
    return Forge(top=top, files=files, key=key, stranger=key, tsa=tsa)


def many_files(told: Json) -> None:
    files = told["items"][0]["files"]
    ghosts = [files[0] | {"path": f"data/ghost-{number:06d}"} for number in range(60_000)]
    files += [*ghosts, ghosts[-1]]


def many_parents(told: Json) -> None:
    derived = told["items"][0]["files"][1]
    derived["from"] = derived["from"] * 500_000


def many_items(told: Json) -> None:
    told["items"] += told["items"][:1] * 10_000


@pytest.mark.parametrize("change", [many_files, many_parents, many_items])
def test_record_that_is_long_is_judged_in_time(
    change: Callable[[Json], None], forge: Forge, tmp_path: Path
) -> None:
    path = tmp_path / "slow.evidence.zip"
    path.write_bytes(forge.tell(change).reseal().zip())
    start = time.monotonic()
    report = verify_bundle(path, Expectations())
    assert time.monotonic() - start < BOUND_S
    if change is many_parents:
        assert report.verdict is Outcome.INDETERMINATE
    else:
        assert "structure.file_list" in codes(report.findings)


def test_zip_of_very_many_members_is_judged_in_time(tmp_path: Path) -> None:
    entries = [Entry(name=b"bundle-x/data/%06d" % n, raw=b"") for n in range(20_000)]
    path = tmp_path / "many.zip"
    path.write_bytes(raw_zip([*entries, Entry(name=b"bundle-x/evidence.json", raw=b"{}")]))
    start = time.monotonic()
    report = verify_bundle(path, Expectations())
    assert time.monotonic() - start < BOUND_S
    assert report.verdict is Outcome.FAILED
