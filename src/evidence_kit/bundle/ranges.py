"""Reading byte ranges of one open file from several threads."""

import os
import threading
from pathlib import Path
from types import TracebackType


class RangeFile:
    """A file open for reading at any offset; safe to share between threads.

    The file is opened once, so all that is read comes from the same file even if another
    one is renamed over its path meanwhile.
    """

    def __init__(self, path: Path) -> None:
        # A pipe would otherwise be waited for; its size is 0, so nothing is read from it.
        flags = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        self._descriptor = os.open(path, os.O_RDONLY | flags)
        self.size_bytes = os.fstat(self._descriptor).st_size
        self._lock = threading.Lock()

    def __enter__(self) -> "RangeFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset`; fewer only where the file ends."""
        left = min(size, max(0, self.size_bytes - offset))
        # A pipe has no length, and can't be read at an offset.
        if left and hasattr(os, "pread"):
            content = os.pread(self._descriptor, left, offset)
            if len(content) == left:
                return content
        buffer = bytearray(left)
        return bytes(buffer[: self.read_into(memoryview(buffer), offset)])

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill the buffer from `offset`; how many bytes were read, fewer only at the end."""
        filled = 0
        while filled < len(buffer):
            count = self._read_some(buffer[filled:], offset + filled)
            if not count:
                break
            filled += count
        return filled

    def _read_some(self, buffer: memoryview, offset: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [buffer], offset)
        # Windows has no positioned read: one thread at a time moves the offset and reads.
        with self._lock:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            chunk = os.read(self._descriptor, len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)
