"""A row of cells with its place, and the two kinds of file that they come from."""

import csv
from collections.abc import Iterator
from typing import NamedTuple

from evidence_kit.bills.payment import Place, StopCode

MAX_BYTES = 16 << 20
"""Of a bill; a year of payments has some 2 MiB."""
MAX_ROWS = 100_000
MAX_CELLS = 64
MAX_CELL = 4096
"""Characters of one cell."""


class Cells(NamedTuple):
    """One row."""

    cells: tuple[str, ...]
    place: Place
    numbers: frozenset[int] = frozenset()
    """Which cells of a table are binary numbers; of a text, none."""


class BillStop(Exception):
    """The rows end here, before the file does.

    Args:
        code: why.
    """

    def __init__(self, code: StopCode) -> None:
        super().__init__(code)
        self.code: StopCode = code


def text_rows(content: bytes, encoding: str) -> Iterator[Cells]:
    """The rows of a text with commas (RFC 4180), each with its bytes.

    A quotation mark, a comma and a line feed are no part of a longer character in UTF-8 or
    GB 18030, so rows are cut before they are decoded.

    Raises:
        BillStop: a row is too long, there are too many, or its bytes are not of the encoding.
    """
    at, number = 3 if content.startswith(b"\xef\xbb\xbf") else 0, 0
    while at < len(content):
        number += 1
        if number > MAX_ROWS:
            raise BillStop("bill.too_large")
        end = _line_end(content, at)
        try:
            line = content[at:end].decode(encoding)
        except UnicodeDecodeError:
            raise BillStop("bill.undecodable") from None
        yield Cells(_split(line), Place(row=number, byte_start=at, byte_end=end))
        at = end


def _line_end(content: bytes, begin: int) -> int:
    """After the line feed that ends a row; those within quotation marks don't."""
    at = begin
    while True:
        end = content.find(b"\n", at)
        if end < 0:
            return len(content)
        if content.count(b'"', begin, end) % 2 == 0:
            return end + 1
        # A lone mark in a name would swallow the rest of the file.
        if end - begin > MAX_CELL:
            return content.find(b"\n", begin) + 1
        at = end + 1


def _split(line: str) -> tuple[str, ...]:
    # csv's own limit for a field is larger than any line here, and it is global.
    try:
        cells = next(csv.reader([line.rstrip("\r\n")], strict=False), [])
    except csv.Error:
        raise BillStop("bill.malformed") from None
    if len(cells) > MAX_CELLS or any(len(cell) > MAX_CELL for cell in cells):
        raise BillStop("bill.too_large")
    return tuple(cell.strip(" \t\r\n\0") for cell in cells)
