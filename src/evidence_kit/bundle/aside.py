"""Hashing beside the checks: in a copy of this process where that is sound, else in a thread.

Hashing a small file releases the interpreter's lock for some microseconds; whoever computes
meanwhile holds it for milliseconds. Side by side in threads neither gains. A copy of this
process has a lock of its own (docs/adr/0017).
"""

import contextlib
import marshal
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable
from typing import Protocol

from evidence_kit.bundle.hashing import Columns, Progress

Work = Callable[[Progress | None], Columns]
"""Reads the files; calls what it is given with the number of bytes done since the last call."""
_HEAD = struct.Struct("<q")
"""Bytes done since the last one; or less than 0, minus the length of the answer behind it."""


class Aside(Protocol):
    """Work that was begun."""

    def result(self) -> Columns:
        """The digests, waited for.

        Raises:
            Exception: what the work raises.
        """

    def stop(self) -> None:
        """Return once nobody does the work any more."""


def begin(work: Work, progress: Progress | None) -> Aside:
    """Have the work done by somebody else."""
    # A copy has none of the other threads, but the locks that they hold; on macOS even its
    # system's libraries do not stand it, and Windows makes none.
    if sys.platform == "linux" and threading.active_count() == 1:
        with contextlib.suppress(OSError):  # no room for a process
            return _Forked(work, progress)
    return _Threaded(work, progress)


class _Threaded:
    def __init__(self, work: Work, progress: Progress | None) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hashing")
        self._answer = self._pool.submit(work, progress)

    def result(self) -> Columns:
        return self._answer.result()

    def stop(self) -> None:
        self._pool.shutdown()


class _Forked:
    def __init__(self, work: Work, progress: Progress | None) -> None:
        self._work = work
        self._progress = progress
        self._reader, writer = os.pipe()
        try:
            self._child = os.fork()
            if not self._child:
                os.close(self._reader)  # so that it ends when nobody reads any more
                _answer(work, writer)
        except OSError:
            os.close(self._reader)
            raise
        finally:
            os.close(writer)

    def result(self) -> Columns:
        answer = self._read_answer()
        self._end()
        # What could not be done there shows here why.
        return Columns(*marshal.loads(answer)) if answer else self._work(self._progress)

    def _read_answer(self) -> bytes | None:
        with open(self._reader, "rb", closefd=False) as stream:
            while len(head := stream.read(_HEAD.size)) == _HEAD.size:
                (count,) = _HEAD.unpack(head)
                if count < 0:
                    answer = stream.read(-count)
                    return answer if len(answer) == -count else None
                if self._progress:
                    self._progress(count)
        return None

    def stop(self) -> None:
        if self._child:
            with contextlib.suppress(OSError):
                os.kill(self._child, signal.SIGKILL)
            self._end()

    def _end(self) -> None:
        child, self._child = self._child, 0
        os.close(self._reader)
        with contextlib.suppress(OSError):  # some programs let the system bury their children
            os.waitpid(child, 0)


def _answer(work: Work, writer: int) -> None:
    """Do the work and end this process, whatever happens: nothing of the caller's may run on."""
    try:
        columns = work(lambda count: _put(writer, _HEAD.pack(count)))
        answer = marshal.dumps(tuple(columns))
        _put(writer, _HEAD.pack(-len(answer)) + answer)
    finally:
        os._exit(0)


def _put(writer: int, message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[os.write(writer, view) :]
