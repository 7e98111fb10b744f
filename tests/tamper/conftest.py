"""One good bundle that every attack starts from."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evidence_kit.actions.seal import Sealed
from evidence_kit.crypto.keys import new_signing_key
from fixtures.tsa import Tsa
from tests.build import NOW, make_kit, seal_items
from tests.forge import Forge, explode


@pytest.fixture(scope="session")
def good(tsa: Tsa, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sealed, Forge]:
    """A good bundle, and its parts."""
    folder = tmp_path_factory.mktemp("good")
    kit = make_kit(folder, tsa)
    sealed = seal_items(folder, folder / "good.evidence.zip", kit)
    top, files = explode(sealed.path.read_bytes())
    key = kit.keys.default(now=NOW)
    return sealed, Forge(
        top=top, files=files, key=key, stranger=new_signing_key(now=kit.now()), tsa=tsa
    )


@pytest.fixture
def forge(good: tuple[Sealed, Forge]) -> Forge:
    """The parts of the good bundle, to be changed."""
    _, forge = good
    return replace(forge, files=dict(forge.files))


@pytest.fixture
def forged(tmp_path: Path) -> Callable[[Forge | bytes], Path]:
    """Writes what was forged to a file."""

    def write(content: Forge | bytes) -> Path:
        path = tmp_path / "forged.evidence.zip"
        path.write_bytes(content if isinstance(content, bytes) else content.zip())
        return path

    return write
