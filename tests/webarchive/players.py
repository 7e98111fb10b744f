"""Other people's programs for web archives: pywb and py-wacz, in .venv-replay."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

_BIN = Path(__file__).parents[2] / ".venv-replay" / "bin"
_START_S = 30.0


@dataclass(frozen=True)
class Said:
    """What a program answered."""

    is_ok: bool
    text: str


def run(program: str, *arguments: str | Path, folder: Path) -> Said:
    """Run a program of .venv-replay to its end."""
    done = subprocess.run(
        [_installed(program), *map(str, arguments)], cwd=folder, capture_output=True, text=True
    )
    return Said(done.returncode == 0, done.stdout + done.stderr)


@contextmanager
def replaying(wacz: Path, folder: Path) -> Iterator[str]:
    """Serve a WACZ with pywb, just as it comes; gives what an address is put behind.

    Args:
        folder: an empty one, for the player's own copy.
    """
    for command in (["init", "page"], ["add", "--unpack-wacz", "page", str(wacz)]):
        said = run("wb-manager", *command, folder=folder)
        assert said.is_ok, said.text
    port = _free_port()
    with (folder / "log.txt").open("wb") as log:
        player = subprocess.Popen(
            [_installed("wayback"), "--bind", "127.0.0.1", "--port", str(port)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(port, player, folder / "log.txt")
        yield f"http://127.0.0.1:{port}/page/"
    finally:
        player.terminate()
        player.wait()


def _installed(program: str) -> str:
    path = _BIN / program
    assert path.exists(), f"{path} is not there: run `make setup`"
    return str(path)


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int, player: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline_s = time.monotonic() + _START_S
    while time.monotonic() < deadline_s and player.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)  # there is nothing to wait on but the port itself
    raise AssertionError(f"pywb does not answer:\n{log.read_text(errors='replace')}")
