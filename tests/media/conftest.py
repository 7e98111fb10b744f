"""Describing bytes as if they stood in a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.actions.add import detect
from evidence_kit.media.describe import describe
from evidence_kit.media.facts import Media

Describe = Callable[..., Media]


@pytest.fixture
def described(tmp_path: Path) -> Describe:
    """Writes bytes to a file of this name and describes them."""

    def describe_bytes(content: bytes, name: str = "picture") -> Media:
        path = tmp_path / name
        path.write_bytes(content)
        media_type, _ = detect(path)
        return describe(path, media_type)

    return describe_bytes
