"""Captures of the shop, each of which must leave neither a process nor a file behind."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from evidence_kit.capture.request import Capture, CaptureRequest
from evidence_kit.capture.session import capturing
from fixtures.processes import of_folder

_AFTER_S = 10
"""How much longer than --timeout any capture may take, from its request for the page on."""


class Capturing(Protocol):
    """`capturing` with short waits, into a new folder."""

    def __call__(self, url: str, **options: Any) -> AbstractContextManager[Capture]: ...


@contextmanager
def nothing_left() -> Iterator[Path]:
    """Everything temporary goes to this folder, and is gone when the block ends."""
    # not below tmp_path: the path of the browser's socket may have 107 bytes at most
    folder = Path(tempfile.mkdtemp(prefix="ek-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        yield folder
    deadline_s = time.monotonic() + 2  # a process that was killed may take a moment to go
    while of_folder(folder) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert of_folder(folder) == {}
    assert sorted(path.name for path in folder.iterdir()) == []
    folder.rmdir()


@pytest.fixture
def scratch() -> Iterator[Path]:
    """Where temporary files go during one test; empty at its end."""
    with nothing_left() as folder:
        yield folder


@pytest.fixture
def capture(tmp_path: Path, scratch: Path) -> Capturing:
    """Capture one address in a test; the artefacts stay until the test ends."""
    out = tmp_path / "out"
    out.mkdir()

    def start(
        url: str,
        *,
        before_navigation: Callable[[], None] | None = None,
        confirm_login: Callable[[], None] | None = None,
        progress: Callable[[str], None] | None = None,
        **options: Any,
    ) -> AbstractContextManager[Capture]:
        request = CaptureRequest(url=url, **{"timeout_s": 15, "quiet_ms": 200} | options)
        begun_s: list[float] = []

        def report(stage: str) -> None:
            if stage == "load":
                begun_s.append(time.monotonic())
            if progress:
                progress(stage)

        @contextmanager
        def in_time() -> Iterator[Capture]:
            with capturing(
                request,
                out,
                before_navigation=before_navigation,
                confirm_login=confirm_login,
                progress=report,
            ) as captured:
                assert time.monotonic() - begun_s[0] < request.timeout_s + _AFTER_S
                yield captured

        return in_time()

    return start


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A screen that nobody sees."""
    if not shutil.which("Xvfb"):
        pytest.skip("needs Xvfb, which `make setup` installs where it may")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as number:
            monkeypatch.setenv("DISPLAY", f":{number.readline().strip()}")
        yield
    finally:
        server.terminate()
        server.wait()
