"""Hashing beside the checks: in copies of this process where that is sound, else in threads.

Hashing a small file releases the interpreter's lock for some microseconds; whoever computes
meanwhile holds it for milliseconds. Side by side in threads neither gains. A copy of this
process has a lock of its own (docs/adr/0017).
"""

import contextlib
import itertools
import marshal
import os
import selectors
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from evidence_kit.bundle.hashing import Columns, Progress

Work = Callable[[Progress | None], Columns]
"""Reads some files; calls what it is given with the number of bytes done since the last call."""
_HEAD = struct.Struct("<q")
"""Bytes done since the last one; or less than 0, minus the length of the answer behind it."""
_READ_BYTES = 1 << 16


class Aside(Protocol):
    """Works that were begun, all at once."""

    def result(self) -> Columns:
        """The digests of all works, in their order, waited for.

        Raises:
            Exception: what a work raises.
        """

    def stop(self) -> None:
        """Return once nobody does the works any more."""


def begin(works: Sequence[Work], progress: Progress | None) -> Aside:
    """Have each of the works done by somebody else."""
    # A copy has none of the other threads, but the locks that they hold; on macOS even its
    # system's libraries do not stand it, and Windows makes none.
    if sys.platform == "linux" and threading.active_count() == 1:
        with contextlib.suppress(OSError):  # no room for a process
            return _Forked(works, progress)
    return _Threaded(works, progress)


def _joined(answers: Iterable[Columns]) -> Columns:
    fields = zip(*answers, strict=True)
    return Columns(*(list(itertools.chain.from_iterable(field)) for field in fields))


class _Threaded:
    def __init__(self, works: Sequence[Work], progress: Progress | None) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._pool = ThreadPoolExecutor(len(works), thread_name_prefix="hashing")
        self._answers = [self._pool.submit(work, progress) for work in works]

    def result(self) -> Columns:
        return _joined(answer.result() for answer in self._answers)

    def stop(self) -> None:
        self._pool.shutdown()


class _Forked:
    def __init__(self, works: Sequence[Work], progress: Progress | None) -> None:
        self._works = works
        self._progress = progress
        self._copies: list[_Copy] = []
        try:
            for work in works:
                self._copies.append(_Copy(work, [copy.reader for copy in self._copies]))
        except OSError:
            self.stop()
            raise

    def result(self) -> Columns:
        with selectors.DefaultSelector() as selector:
            for copy in self._copies:
                selector.register(copy.reader, selectors.EVENT_READ, copy)
            while selector.get_map():
                for key, _ in selector.select():
                    done = key.data.read()
                    if done is None:
                        selector.unregister(key.fileobj)
                    elif done and self._progress:
                        self._progress(done)
        answers = [copy.answer for copy in self._copies]
        while self._copies:
            self._copies.pop().end()
        # What could not be done there shows here why.
        return _joined(
            answer or work(self._progress)
            for answer, work in zip(answers, self._works, strict=True)
        )

    def stop(self) -> None:
        while self._copies:
            self._copies.pop().stop()


class _Copy:
    """A copy of this process that does a work, and the end of the pipe that it writes to.

    Args:
        work: what it does.
        others: what it inherits and must close, so that those at the other end notice when
            nobody reads any more.
    """

    def __init__(self, work: Work, others: Iterable[int]) -> None:
        self.answer: Columns | None = None
        """None as long as it is not complete."""
        self._received = bytearray()
        self.reader, writer = os.pipe()
        try:
            self._process = os.fork()
            if not self._process:
                for reader in (*others, self.reader):
                    os.close(reader)
                _answer(work, writer)
        except OSError:
            os.close(self.reader)
            raise
        finally:
            os.close(writer)

    def read(self) -> int | None:
        """Bytes hashed, as far as it tells now; None once it tells nothing any more."""
        piece = os.read(self.reader, _READ_BYTES)
        received = self._received
        received += piece
        done = at = 0
        while len(received) - at >= _HEAD.size:
            (count,) = _HEAD.unpack_from(received, at)
            if count < 0:
                if len(received) - at - _HEAD.size == -count:
                    self.answer = Columns(*marshal.loads(received[at + _HEAD.size :]))
                break
            done += count
            at += _HEAD.size
        del received[:at]
        return done if piece else None

    def stop(self) -> None:
        """Return once it does nothing any more."""
        with contextlib.suppress(OSError):
            os.kill(self._process, signal.SIGKILL)
        self.end()

    def end(self) -> None:
        """Close the pipe, and wait for the end of the process."""
        os.close(self.reader)
        with contextlib.suppress(OSError):  # some programs let the system bury their children
            os.waitpid(self._process, 0)


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
