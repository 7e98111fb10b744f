"""The corpus and a bounded number of mutations of it, the same at every run.

What is found becomes a file of the corpus that tells by its name what was wrong.
"""

from pathlib import Path

import pytest

from evidence_kit.actions.verify import verify_bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.report import Outcome
from tests.fuzz import driver, make_corpus, museum, workshop
from tests.fuzz.targets import TARGETS

INPUTS = {
    "bundle": 300,
    "folder": 200,
    "token": 800,
    "cms": 800,
    "reply": 600,
    "chat": 200,
    "crl": 1500,
}
"""How many mutations are tried; of the quick ones more."""
MANY = 3000


@pytest.mark.parametrize("name", TARGETS)
def test_corpus_holds(name: str) -> None:
    seeds = dict(museum.seeds(name))
    assert seeds
    for content in seeds.values():
        driver.try_one(TARGETS[name], content)


@pytest.mark.parametrize("name", TARGETS)
def test_mutations_hold(name: str, tmp_path: Path) -> None:
    count = INPUTS.get(name, MANY)
    try:
        tried = driver.mutate(name, seed=1, count=count)
    except driver.Found as found:
        path = tmp_path / f"crash-{name}"
        path.write_bytes(found.content)
        pytest.fail(f"{found.__cause__!r}; the input is {path}")
    assert tried == count


@pytest.mark.parametrize("name", TARGETS)
def test_corpus_is_what_the_script_makes(name: str) -> None:
    made = dict(make_corpus.CORPORA[name]())
    found = {name: raw for name, raw in museum.seeds(name) if not name.startswith("crash-")}
    assert found == made, "run `python -m tests.fuzz.make_corpus`"


def test_corpus_stays_small() -> None:
    sizes = [path.stat().st_size for path in museum.CORPUS.rglob("*") if path.is_file()]
    assert sum(sizes) < 2 << 20


@pytest.mark.parametrize(
    "name", [name for name, _ in museum.seeds("bundle") if name.startswith(("original", "forged"))]
)
def test_originals_pass(name: str) -> None:
    path = museum.CORPUS / "bundle" / name
    report = verify_bundle(path, Expectations(anchors=(workshop.ANCHOR,)))
    assert report.verdict is Outcome.PASSED, report.findings
