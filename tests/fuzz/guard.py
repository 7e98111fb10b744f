"""What must hold whatever comes in: no stray exception, no warning, no hang, bounded memory."""

import contextlib
import os
import resource
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from evidence_kit.errors import InputError, UsageError
from evidence_kit.report import Fault

SECONDS = 10
"""For one input; the largest of the corpus takes some milliseconds."""
_GROWTH_BYTES = 512 << 20
"""What one input may add to the highest mark of memory: contents may be 64 MiB and more."""


class Violation(AssertionError):
    """A property does not hold."""


def require(holds: object, what: str) -> None:
    """Demand a property.

    Raises:
        Violation: it does not hold.
    """
    if not holds:
        raise Violation(what)


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """What may come out of a reader: a Fault, or the error that there is no bundle."""
    with contextlib.suppress(Fault, InputError, UsageError):
        yield


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Turn warnings and a waste of memory into failures."""
    before = _peak_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    require(_peak_bytes() - before < _GROWTH_BYTES, "too much memory")


@contextlib.contextmanager
def alarmed() -> Iterator[None]:
    """Turn a hang into a failure; not under libFuzzer, which has an alarm of its own."""
    if threading.current_thread() is not threading.main_thread() or sys.platform == "win32":
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise Violation(f"took more than {SECONDS} s")


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class ScratchFile:
    """One file for readers that take a path; in memory where the system can, so that it is gone
    when the process ends, however it ends.
    """

    def __init__(self) -> None:
        if sys.platform == "linux":
            self._descriptor = os.memfd_create("input")
            self._path = Path(f"/proc/self/fd/{self._descriptor}")
        else:
            self._folder = tempfile.TemporaryDirectory(prefix="evidence-kit-fuzz-")
            self._path = Path(self._folder.name) / "input"
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)

    def holding(self, content: bytes) -> Path:
        """Where the file is, holding just these bytes."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, content, 0)
        return self._path


def memory_folder() -> Path | None:
    """Where short-lived files are kept in memory; None where that is not known."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() else None
