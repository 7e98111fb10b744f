"""A kit, a case, and files to seal."""

from pathlib import Path

import pytest

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from fixtures.tsa import Tsa
from tests.build import make_case, make_kit


@pytest.fixture
def kit(tmp_path: Path, tsa: Tsa) -> Kit:
    """A kit with keys of its own, the local authority and its root."""
    return make_kit(tmp_path / "kit", tsa)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """An empty case."""
    return make_case(tmp_path / "case")


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A short file."""
    path = tmp_path / "note.txt"
    path.write_bytes(b"paid 100\n")
    return path
