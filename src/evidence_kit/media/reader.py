"""Reading a file in small, bounded steps."""

from typing import BinaryIO

from evidence_kit.media.findings import Stop

MAX_PARTS = 100_000
"""Chunks, segments or boxes that are looked at in one file."""


class Reader:
    """A file of known size, of which only what is asked for comes into memory.

    Args:
        stream: the file, seekable.
        size_bytes: its size.
    """

    def __init__(self, stream: BinaryIO, size_bytes: int) -> None:
        self._stream = stream
        self.size_bytes = size_bytes
        self._parts_left = MAX_PARTS

    def take(self, at: int, count: int) -> bytes:
        """So many bytes from a place on.

        Raises:
            Stop: the file ends before.
        """
        if at + count > self.size_bytes:
            raise Stop("cut_short", self.size_bytes)
        self._stream.seek(at)
        content = self._stream.read(count)
        if len(content) != count:
            raise Stop("cut_short", at + len(content))
        return content

    def count_part(self, at: int) -> None:
        """Note that one more part is looked at.

        Raises:
            Stop: there are too many.
        """
        if not self._parts_left:
            raise Stop("too_large", at)
        self._parts_left -= 1
