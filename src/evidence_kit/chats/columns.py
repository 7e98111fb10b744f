"""Tables whose first row names the columns."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from evidence_kit.chats.parser import SIGNATURE, Detection
from evidence_kit.chats.record import Span, Structure
from evidence_kit.chats.rows import Row, fields, rows
from evidence_kit.chats.source import Head, Source


class Cells(NamedTuple):
    """One row below the names."""

    by_name: dict[str, str]
    """Column -> field; a row that is too short lacks the last ones, excess fields are not here."""
    row: Row

    def span(self, source: Source) -> Span:
        """Its place, for a record."""
        row = self.row
        return source.span(row.byte_start, row.byte_end, row.line_start, row.line_end)


def table(source: Source, delimiter: str = ",") -> Iterator[Cells | Structure]:
    """The rows by the names of their columns; the names and blank rows come as structure."""
    names: list[str] | None = None
    for row in rows(source, delimiter):
        if row.fields == [""]:
            yield Structure(row.byte_start, row.byte_end)
        elif names is None:
            names = [name.strip() for name in row.fields]
            yield Structure(row.byte_start, row.byte_end)
        else:
            yield Cells(dict(zip(names, row.fields, strict=False)), row)


def column_names(head: Head, delimiter: str = ",") -> tuple[str, ...]:
    """The names in the first row; none where the file is no text."""
    first = head.text.lstrip("\r\n").partition("\n")[0]
    return tuple(name.strip() for name in fields(first, delimiter))


def detect_columns(*names: str) -> Callable[[Head], Detection]:
    """A `Parser.detect` for tables whose first row names all of these."""

    def detect(head: Head) -> Detection:
        if not set(names) <= set(column_names(head)):
            return Detection()
        return Detection(SIGNATURE, (f"columns {', '.join(names)}",))

    return detect
