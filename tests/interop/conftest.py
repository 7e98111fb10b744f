"""One bundle, and the stock tools that its reader has."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence_kit.actions.seal import Sealed
from evidence_kit.crypto.keys import new_signing_key
from fixtures.tsa import Tsa
from tests.build import NOW, make_kit, seal_items
from tests.forge import Forge, explode


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    is_ok: bool
    text: str


Run = Callable[..., Said]


@pytest.fixture(scope="session")
def sealed(tsa: Tsa, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sealed, Forge]:
    """A good bundle, and its parts."""
    folder = tmp_path_factory.mktemp("interop")
    kit = make_kit(folder, tsa)
    sealed = seal_items(folder, folder / "good.evidence.zip", kit)
    top, files = explode(sealed.path.read_bytes())
    key = kit.keys.default(now=NOW)
    stranger = new_signing_key(now=kit.now())
    return sealed, Forge(top=top, files=files, key=key, stranger=stranger, tsa=tsa)


@pytest.fixture
def forge(sealed: tuple[Sealed, Forge]) -> Forge:
    """The parts of the good bundle, to be changed."""
    _, forge = sealed
    return Forge(**{**vars(forge), "files": dict(forge.files)})


@pytest.fixture
def unzipped(tmp_path: Path) -> Callable[[bytes], Path]:
    """Unzips a bundle with unzip; its top folder."""

    def unzip(content: bytes) -> Path:
        path = tmp_path / "received.zip"
        path.write_bytes(content)
        command = ["unzip", "-q", str(path), "-d", str(tmp_path / "unzipped")]
        subprocess.run(command, check=True, capture_output=True)
        (top,) = (tmp_path / "unzipped").iterdir()
        return top

    return unzip


@pytest.fixture
def run() -> Run:
    """Runs a line of shell in a folder."""

    def run(line: str, folder: Path, environ: Mapping[str, str] | None = None) -> Said:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
        )
        return Said(done.returncode == 0, done.stdout + done.stderr)

    return run
