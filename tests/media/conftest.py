"""Describing bytes as if they stood in a file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.actions.add import detect
from evidence_kit.media.describe import describe
from evidence_kit.media.facts import Media

Describe = Callable[..., Media]
WRITTEN_AT = 1_785_602_900
"""The file system's time of every file here."""


@pytest.fixture
def described(tmp_path: Path) -> Describe:
    """Writes bytes to a file of this name and describes them."""

    def describe_bytes(content: bytes, name: str = "picture") -> Media:
        path = tmp_path / name
        path.write_bytes(content)
        os.utime(path, (WRITTEN_AT, WRITTEN_AT))
        media_type, _ = detect(path)
        return describe(path, media_type)

    return describe_bytes
