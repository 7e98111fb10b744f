"""A body of a mail undone piece by piece, with the way back to the bytes of the file.

Where the body is in base64, three bytes share four letters: the way back leads to the first
letter of the four, so that what begins there can be decoded.
"""

import base64
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from evidence_kit.chats.mime import ESCAPE, Part, byte_lines, transfer, unquoted
from evidence_kit.chats.source import PIECE_BYTES

_NO_LETTER = re.compile(rb"[^A-Za-z0-9+/]")


class Piece(NamedTuple):
    """Some bytes of the body, and where they come from."""

    data: bytes
    """As they are meant."""
    byte_start: int
    """Where they begin in the file."""
    written: bytes
    """As they stand there; in base64 without line ends."""
    encoding: str

    def origin(self, place: int) -> int:
        """Where in the file `data[place]` comes from; of its end, where the piece ends."""
        if self.encoding == "base64":
            return self.byte_start + place // 3 * 4
        if self.encoding != "quoted-printable":
            return self.byte_start + place
        passed = at = 0
        for escape in ESCAPE.finditer(self.written):
            plain = escape.start() - at
            if passed + plain > place or (passed + plain == place and len(escape[0]) == 3):
                break
            passed, at = passed + plain + escape[0][1:].isalnum(), escape.end()
        return self.byte_start + at + place - passed


class Unpacked:
    """What of a body has been undone and is still needed."""

    def __init__(self, stream: BinaryIO, part: Part) -> None:
        self._pieces = _pieces(stream, part)
        self._kept: list[Piece] = []
        self._starts: list[int] = []
        """Of each piece that is kept, where it begins in `data`."""
        self.data = b""
        self._end = part.body_end

    def grow(self) -> bool:
        """Undo some more; False where there is no more."""
        more: list[bytes] = []
        size = 0
        for piece in self._pieces:
            self._starts.append(len(self.data) + size)
            self._kept.append(piece)
            more.append(piece.data)
            size += len(piece.data)
            if size >= PIECE_BYTES:
                break
        self.data += b"".join(more)
        return bool(more)

    def origin(self, place: int) -> int:
        """Where in the file `data[place]` comes from; of its end, where the body ends so far."""
        if not self._kept:
            return self._end
        number = bisect_right(self._starts, place) - 1
        piece = self._kept[number]
        return piece.origin(place - self._starts[number])

    def forget(self, place: int) -> None:
        """Let go of `data[:place]`."""
        number = max(0, bisect_right(self._starts, place) - 1)
        self._kept = self._kept[number:]
        self._starts = [start - place for start in self._starts[number:]]
        self.data = self.data[place:]


def _pieces(stream: BinaryIO, part: Part) -> Iterator[Piece]:
    encoding = transfer(part.header)
    if encoding == "base64":
        yield from _base64(stream, part)
    elif encoding == "quoted-printable":
        for line in byte_lines(stream, part.body_start, part.body_end):
            yield Piece(unquoted(line.data), line.byte_start, line.data, encoding)
    else:
        stream.seek(part.body_start)
        position = part.body_start
        while data := stream.read(min(PIECE_BYTES, part.body_end - position)):
            yield Piece(data, position, data, "")
            position += len(data)


def _base64(stream: BinaryIO, part: Part) -> Iterator[Piece]:
    """Line by line; letters that make no whole four wait for the next line."""
    rest, begin = b"", part.body_start
    for line in byte_lines(stream, part.body_start, part.body_end):
        letters = _NO_LETTER.sub(b"", line.data)
        whole = rest + letters
        begin = begin if rest else line.byte_start
        cut = len(whole) // 4 * 4
        if rest and cut:
            yield Piece(base64.b64decode(whole[:4]), begin, whole[:4], "base64")
            begin, whole, cut = line.byte_start + 4 - len(rest), whole[4:], cut - 4
        if cut:
            yield Piece(base64.b64decode(whole[:cut]), begin, whole[:cut], "base64")
            begin += cut
        rest = whole[cut:]
    if len(rest) > 1:
        yield Piece(base64.b64decode(rest + b"=" * (-len(rest) % 4)), begin, rest, "base64")
