"""Tables whose first row names the columns."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from evidence_kit.chats.parser import SIGNATURE, Detection
from evidence_kit.chats.record import Span, Structure
from evidence_kit.chats.rows import Row, fields, rows
from evidence_kit.chats.source import Head, Source

_DELIMITERS = ",;\t"
"""Spreadsheets write commas, in some regions semicolons, and tabs into what they call text."""
_AROUND = ' \t\r\u00a0\ufeff"'
"""What stands around a name that is no part of it; also where two files were joined."""


class Cells(NamedTuple):
    """One row below the names."""

    by_name: dict[str, str]
    """Column -> field; a row that is too short lacks the last ones, excess fields are not here."""
    row: Row

    def span(self, source: Source) -> Span:
        """Its place, for a record."""
        row = self.row
        return source.span(row.byte_start, row.byte_end, row.line_start, row.line_end)


def table(source: Source) -> Iterator[Cells | Structure]:
    """The rows by the names of their columns; the names and blank lines come as structure.

    So do the names where they stand again, as in two tables that were joined. A row of empty
    fields does not come at all: something may have stood there.
    """
    names: list[str] | None = None
    for row in rows(source, _delimiter(next(source.pieces(), ""))):
        if not any(map(str.strip, row.fields)):
            if len(row.fields) > 1:
                continue
            yield Structure(row.byte_start, row.byte_end)
        elif names is None:
            names = _names(row.fields)
            yield Structure(row.byte_start, row.byte_end)
        elif row.fields[0].strip(_AROUND) == names[0] and _names(row.fields) == names:
            yield Structure(row.byte_start, row.byte_end)
        else:
            yield Cells(dict(zip(names, row.fields, strict=False)), row)


def _delimiter(text: str) -> str:
    """What parts the fields of the first row."""
    return max(_DELIMITERS, key=text.lstrip("\r\n").partition("\n")[0].count)


def _names(row: Iterable[str]) -> list[str]:
    return [name.strip(_AROUND) for name in row]


def column_names(head: Head) -> tuple[str, ...]:
    """The names in the first row; none where the file is no text."""
    first = head.text.lstrip("\r\n").partition("\n")[0]
    return tuple(_names(fields(first, _delimiter(first))))


def detect_columns(*names: str) -> Callable[[Head], Detection]:
    """A `Parser.detect` for tables whose first row names all of these."""

    def detect(head: Head) -> Detection:
        if not set(names) <= set(column_names(head)):
            return Detection()
        return Detection(SIGNATURE, (f"columns {', '.join(names)}",))

    return detect
