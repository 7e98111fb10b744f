"""Text exports cut at their header lines: the path that every text message takes.

The text is decoded in large pieces, one regular expression finds the headers, and each
block is measured by encoding it again, which gives back its bytes exactly (see `Source`).
Lines end at LF alone: `str.splitlines` would also break at U+2028, U+0085 and VT.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, chain, islice, pairwise, repeat
from typing import NamedTuple

import msgspec

from evidence_kit.chats.record import Flag, Span
from evidence_kit.chats.source import LINE_CHARACTERS, Source

BLOCK_CHARACTERS = LINE_CHARACTERS
"""A longer block is cut here; what follows, up to the next header, belongs to no block."""

LOOK_BEHIND = 16
"""Characters before a block that stay known, so that it begins alike wherever a piece does."""

_AT_ONCE = 1 << 10
"""Headers that are found before their blocks are cut: all of a piece would cost a sixth more each,
for they fill the caches of a processor."""
_ABOVE = "\n\n\n"
"""Lines that are put above the text, so that its first header stands behind a line end, and behind
empty lines where it needs them."""


class Block(msgspec.Struct, frozen=True, gc=False):
    """A header and all that follows it up to the next one.

    The text before the first header comes first, with `header` None.
    """

    header: re.Match[str] | None
    """Its match begins with the end of the line above."""
    text: str
    """All of it, the header included."""
    body: str
    """What follows the header, line ends as LF, without blank lines at the end."""
    id: str
    """Of the record that it may be."""
    src: Span
    """Its place."""
    flags: tuple[Flag, ...] = ()
    """CUT where it is too long to be held."""

    @property
    def header_end(self) -> int:
        """Where in the text the header ends."""
        return _length(self.header)

    def stray_bytes(self, source: Source) -> int:
        """How many bytes behind the header are no blank lines: nothing belongs there."""
        stray = self.text[self.header_end :].lstrip("\r\n")
        return source.length(stray) if stray.strip() else 0

    def place_of(self, beginning: str, source: Source) -> Span:
        """Where the text stands that it begins with."""
        start, first = self.src.byte_start, self.src.line_start
        assert first is not None
        last = first + beginning.count("\n") - beginning.endswith("\n")
        return source.span(start, start + source.length(beginning), first, last)


class Line(NamedTuple):
    """One line with its end."""

    text: str
    byte_start: int
    byte_end: int
    number: int


def _length(header: re.Match[str] | None) -> int:
    """How many characters it has, without the end of the line above."""
    return len(header[0]) - 1 if header else 0


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
            before the line end, as with `[ \\t]*\\r?$`. It may span lines, look at the next
            line that is not blank, and look back on LOOK_BEHIND characters.
    """
    pattern = _behind_a_line(header)
    held, at, opened = _ABOVE, len(_ABOVE), None
    place = _Place(source)
    is_skipping = False
    for piece in chain(source.pieces(), ("",)):
        text = held + piece
        begin, end = at, len(text)
        settled = _settled(text) if piece else end
        found = pattern.finditer(text, begin - 1)
        while headers := list(islice(found, _AT_ONCE)):
            if headers[-1].start() + 1 >= settled:
                end = headers.pop().start() + 1
                if not headers:
                    break
            if (first := headers[0].start() + 1) > begin:
                block = place.block(opened, text[begin:first])
                if not is_skipping:
                    yield block
            yield from place.blocks(headers, text)
            begin, opened = headers[-1].start() + 1, headers[-1]
            is_skipping = False
        if is_skipping or len(text) - begin > BLOCK_CHARACTERS:
            block = place.block(opened, text[begin:end], is_cut=True)
            if not is_skipping:
                yield block
            begin, opened, is_skipping = end, None, True
        held, at = text[max(0, begin - LOOK_BEHIND) :], min(begin, LOOK_BEHIND)
    if held[at:]:
        yield place.block(opened, held[at:])


@cache
def _behind_a_line(header: re.Pattern[str]) -> re.Pattern[str]:
    """The same with the end of the line above: a line feed is found far quicker than a `^`."""
    return re.compile(f"\n(?:{header.pattern})", header.flags)


def _settled(text: str) -> int:
    """Up to where headers are taken: what follows the last line may make it none."""
    last = text.rfind("\n", 0, len(text.rstrip("\r\n"))) + 1
    return last if text.endswith("\n") and len(text) - last <= BLOCK_CHARACTERS else len(text)


class _Place:
    """Counts bytes and lines along the text."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._byte = source.bom_bytes
        self._line = 1

    def blocks(self, headers: list[re.Match[str]], text: str) -> Iterator[Block]:
        """The next blocks: of all these headers but the last one, whose block may go on.

        In columns, which is quicker than one by one.
        """
        source = self._source
        cuts = [match.start() + 1 for match in headers]
        texts = [text[start:end] for start, end in pairwise(cuts)]
        below = [text[match.end() : end] for match, end in zip(headers, cuts[1:], strict=False)]
        if "\r" in text:
            below = [one.replace("\r\n", "\n") for one in below]
        bodies = [one.removeprefix("\n").rstrip("\n") for one in below]
        starts = [*accumulate(source.lengths(texts), initial=self._byte)]
        lines = [*accumulate([one.count("\n") for one in texts], initial=self._line)]
        self._byte, self._line = starts[-1], lines[-1]
        # each of them ends with a line
        lasts = [line - 1 for line in lines[1:]]
        digest, member = repeat(source.sha256), repeat(source.member)
        spans = map(Span, digest, starts, starts[1:], lines, lasts, member)
        return map(Block, headers, texts, bodies, source.record_ids(starts), spans)

    def block(self, header: re.Match[str] | None, text: str, *, is_cut: bool = False) -> Block:
        """The next block, alone."""
        source, start, first = self._source, self._byte, self._line
        self._byte = start + source.length(text)
        self._line = first + text.count("\n")
        span = source.span(start, self._byte, first, self._line - text.endswith("\n"))
        body = clean(text[_length(header) :])
        flags = (Flag.CUT,) if is_cut else ()
        return Block(header, text, body, source.record_id(start), span, flags)


def lines(source: Source) -> Iterator[Line]:
    """Every line, its end included; an overlong one comes in several parts of one number."""
    byte, number = source.bom_bytes, 1
    for piece in source.pieces():
        *whole, rest = piece.split("\n")
        for text in (*(f"{line}\n" for line in whole), *([rest] if rest else ())):
            end = byte + source.length(text)
            yield Line(text, byte, end, number)
            byte, number = end, number + text.endswith("\n")
