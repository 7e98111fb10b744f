"""Tables (RFC 4180) row by row with their bytes; the csv module tells no places.

A quoted field may hold delimiters, doubled quotes and line breaks. A quote in the middle of a
field is a character like others. A row whose quote never ends is passed over up to the end of
its line.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from evidence_kit.chats.source import LINE_CHARACTERS, Source

ROW_CHARACTERS = LINE_CHARACTERS
"""A longer row is not read."""


class Row(NamedTuple):
    """One row; fields as they are meant, without quotes, with line ends as written."""

    fields: list[str]
    byte_start: int
    byte_end: int
    line_start: int
    line_end: int


def rows(source: Source, delimiter: str = ",") -> Iterator[Row]:
    """Every row that can be read; what is missing between two was none."""
    row = _grammar(delimiter)[0]
    byte, line, rest = source.bom_bytes, 1, ""
    for text, is_last in _buffers(source):
        rest += text
        begin = 0
        while begin < len(rest):
            match = row.match(rest, begin)
            if match is None or (match.end() == len(rest) and rest[-1] != "\n" and not is_last):
                if not is_last and len(rest) - begin <= ROW_CHARACTERS:
                    break  # it may end in the next piece
                end = rest.find("\n", begin) + 1 or len(rest)
            else:
                end = match.end()
            whole = rest[begin:end]
            byte_end, line_end = byte + source.length(whole), line + whole.count("\n")
            if match is not None:
                last = line_end - 1 if whole.endswith("\n") else line_end
                yield Row(fields(whole, delimiter), byte, byte_end, line, last)
            byte, line, begin = byte_end, line_end, end
        rest = rest[begin:]


def fields(row: str, delimiter: str = ",") -> list[str]:
    r"""The fields of one row.

    >>> fields('a,"b, ""c""\n",5" d,\r\n')
    ['a', 'b, "c"\n', '5" d', '']
    """
    row = row.removesuffix("\n").removesuffix("\r")
    if '"' not in row:
        return row.split(delimiter)
    found = []
    for quoted, behind, plain in _grammar(delimiter)[1].findall(row):
        found.append(quoted[1:-1].replace('""', '"') + behind if quoted else plain)
    return found


def _buffers(source: Source) -> Iterator[tuple[str, bool]]:
    """The pieces of the text, and whether each is the last."""
    held: str | None = None
    for piece in source.pieces():
        if held is not None:
            yield held, False
        held = piece
    if held is not None:
        yield held, True


@lru_cache(8)
def _grammar(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A row with its end, and one field of a row without its end."""
    d = re.escape(delimiter)
    quoted, plain = '"(?:[^"]++|"")*+"', rf'(?:[^{d}"\n][^{d}\n]*+)?+'
    field = rf"(?:{quoted}[^{d}\n]*+|{plain})"
    row = re.compile(rf"{field}(?:{d}{field})*+(?:\n|\Z)")
    return row, re.compile(rf"(?:\A|{d})(?:({quoted})([^{d}\n]*+)|({plain}))")
