"""Fuzzing finds what it is there for: bugs planted by hand (all of them: `tests.fuzz.bugs`)."""

from pathlib import Path

import pytest

from tests.fuzz import bugs

QUICK = (
    "crc not checked",
    "bytes after DER",
    "imprint not checked",
    "signature not canonical",
    "key of JSON twice",
    "list nobody signed",
)
"""Those that the unguided hunt finds within its first some hundred inputs."""


@pytest.mark.parametrize("name", bugs.BUGS)
def test_bug_can_still_be_planted(name: str, tmp_path: Path) -> None:
    bugs.plant(name, tmp_path)


@pytest.mark.parametrize("name", QUICK)
def test_planted_bug_is_found(name: str, tmp_path: Path) -> None:
    assert bugs.hunt(name, tmp_path, seconds=60, guided=False) is not None
