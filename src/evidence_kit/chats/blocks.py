"""Text exports cut at their header lines: the path that every text message takes.

The text is decoded in large pieces, one regular expression finds the headers, and each
block is measured by encoding it again, which gives back its bytes exactly (see `Source`).
Lines end at LF alone: `str.splitlines` would also break at U+2028, U+0085 and VT.
"""

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import msgspec

from evidence_kit.chats.record import Flag, Span
from evidence_kit.chats.source import LINE_CHARACTERS, Source

BLOCK_CHARACTERS = LINE_CHARACTERS
"""A longer block is cut here; what follows, up to the next header, belongs to no block."""


class Block(msgspec.Struct, frozen=True, gc=False):
    """A header and all that follows it up to the next one.

    The text before the first header comes first, with `header` None.
    """

    header: re.Match[str] | None
    text: str
    """All of it, the header included."""
    byte_start: int
    byte_end: int
    line_start: int
    line_end: int
    is_cut: bool

    @property
    def body(self) -> str:
        """What follows the header, line ends as LF, without blank lines at the end."""
        if self.header is None:
            return clean(self.text)
        return clean(self.text[self.header.end() - self.header.start() :])

    @property
    def flags(self) -> tuple[Flag, ...]:
        """CUT where it is too long to be held."""
        return (Flag.CUT,) if self.is_cut else ()

    def stray_bytes(self, source: Source) -> int:
        """How many bytes behind the header are no blank lines: nothing belongs there."""
        stray = self.text[len(self.header[0]) if self.header else 0 :].lstrip("\r\n")
        return source.length(stray) if stray.strip() else 0

    def span(self, source: Source) -> Span:
        """Its place, for a record."""
        return Span(
            sha256=source.sha256,
            byte_start=self.byte_start,
            byte_end=self.byte_end,
            line_start=self.line_start,
            line_end=self.line_end,
            member=source.member,
        )


class Line(NamedTuple):
    """One line with its end."""

    text: str
    byte_start: int
    byte_end: int
    number: int


def clean(text: str) -> str:
    """Line ends as LF, none at the end, none that ends the header line."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text.removeprefix("\n").rstrip("\n")


def blocks(source: Source, header: re.Pattern[str]) -> Iterator[Block]:
    """Cut the text wherever `header` matches.

    Args:
        source: the export.
        header: compiled with re.MULTILINE, begun with `^`, never an empty match, and ended
            before the line end, as with `[ \\t]*\\r?$`. It may span lines, and look at the next
            line that is not blank.
    """
    rest, opened = "", None
    place = _Place(source)
    is_skipping = is_mid_line = False
    for piece in chain(source.pieces(), ("",)):
        text = rest + piece
        settled = _settled(text) if piece else len(text)
        begin = 0
        for match in header.finditer(text, _first_line(text) if is_mid_line else 0):
            start = match.start()
            if start >= settled:
                end = start
                break
            if start > begin:
                block = place.block(opened, text[begin:start])
                if not is_skipping:
                    yield block
            begin, opened = start, match
            is_skipping = is_mid_line = False
        else:
            end = len(text)
        rest = text[begin:]
        if is_skipping or len(rest) > BLOCK_CHARACTERS:
            block = place.block(opened, text[begin:end], is_cut=True)
            if not is_skipping:
                yield block
            is_skipping, is_mid_line = True, end > 0 and text[end - 1] != "\n"
            rest, opened = text[end:], None
    if rest:
        yield place.block(opened, rest)


def _first_line(text: str) -> int:
    """Where the first whole line begins in a text that goes on with a line: `^` can't tell."""
    return text.find("\n") + 1 or len(text)


def _settled(text: str) -> int:
    """Up to where headers are taken: what follows the last line may make it none."""
    last = text.rfind("\n", 0, len(text.rstrip("\r\n"))) + 1
    return last if text.endswith("\n") and len(text) - last <= BLOCK_CHARACTERS else len(text)


class _Place:
    """Counts bytes and lines along the text."""

    def __init__(self, source: Source) -> None:
        self._length = source.length
        self._byte = source.bom_bytes
        self._line = 1

    def block(self, header: re.Match[str] | None, text: str, *, is_cut: bool = False) -> Block:
        """The next block."""
        start, first = self._byte, self._line
        self._byte = start + self._length(text)
        self._line = first + text.count("\n")
        last = self._line - 1 if text.endswith("\n") else self._line
        return Block(header, text, start, self._byte, first, last, is_cut)


def lines(source: Source) -> Iterator[Line]:
    """Every line, its end included; an overlong one comes in several parts of one number."""
    byte, number = source.bom_bytes, 1
    for piece in source.pieces():
        *whole, rest = piece.split("\n")
        for text in (*(f"{line}\n" for line in whole), *([rest] if rest else ())):
            end = byte + source.length(text)
            yield Line(text, byte, end, number)
            byte, number = end, number + text.endswith("\n")
