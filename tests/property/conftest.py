"""One small bundle and what it says."""

import pytest

from evidence_kit.actions.add import add_files
from evidence_kit.actions.seal import Sealed
from fixtures.tsa import Tsa
from tests.build import make_kit


@pytest.fixture(scope="session")
def sealed(tsa: Tsa, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """A bundle of one short file."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "note.txt").write_bytes(b"paid")
    kit = make_kit(folder, tsa)
    return add_files([folder / "note.txt"], folder / "small.evidence.zip", kit=kit)
