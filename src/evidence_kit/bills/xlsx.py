"""The cells of the first sheet of an XLSX (ECMA-376), and nothing else of it."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from evidence_kit.bills.cells import MAX_CELL, MAX_CELLS, MAX_ROWS, BillStop, Cells
from evidence_kit.bills.payment import Place

_MAX_MEMBERS = 200
_MAX_PART_BYTES = 64 << 20
"""Of a part, unpacked."""
_MAX_STRINGS = 500_000
_MAX_DEPTH = 64
_CHUNK_BYTES = 1 << 16
_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
_ENTRY = b"PK\x01\x02"
"""How an entry of a zip's directory begins."""
_COLUMN = re.compile(r"([A-Z]{1,3})\d{1,7}", re.ASCII)


def is_workbook(content: bytes) -> bool:
    """True where a zip tells of the sheet that is read."""
    return content.startswith(b"PK\x03\x04") and _SHEET.encode() in content


def xlsx_rows(content: bytes) -> Iterator[Cells]:
    """The rows of the first sheet, in the order of the file.

    Args:
        content: the zip.

    Raises:
        BillStop: it is damaged, encrypted, holds a DTD, or is larger than any bill.
    """
    # zipfile makes an object of every entry, so they are counted first.
    if content.count(_ENTRY) > _MAX_MEMBERS:
        raise BillStop("bill.too_large")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            strings = _Strings()
            if _STRINGS in archive.namelist():
                with archive.open(_STRINGS) as part:
                    for _ in strings.feed(part):
                        pass
            sheet = _Sheet(strings.texts)
            with archive.open(_SHEET) as part:
                yield from sheet.read(part)
    # What zipfile raises at what is damaged, encrypted or packed in another way.
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ):
        raise BillStop("bill.malformed") from None


class _Xml:
    """A part, read piece by piece; a DTD is refused, and so is what is nested too deep."""

    def __init__(self) -> None:
        self._depth = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.on_text

    def feed(self, part: IO[bytes]) -> Iterator[None]:
        """Read the part; yields after every piece.

        Raises:
            BillStop: it is no XML that can be read.
        """
        left = _MAX_PART_BYTES
        try:
            while chunk := part.read(_CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    raise BillStop("bill.too_large")
                self._parser.Parse(chunk, False)
                yield
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            raise BillStop("bill.malformed") from None

    def _refuse(self, *_: object) -> None:
        raise BillStop("bill.malformed")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise BillStop("bill.malformed")
        self.on_start(name.rpartition(" ")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.on_end(name.rpartition(" ")[2])

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        raise NotImplementedError

    def on_end(self, name: str) -> None:
        """An element ends."""
        raise NotImplementedError

    def on_text(self, text: str) -> None:
        """Characters between them."""
        raise NotImplementedError


class _Text:
    """A text that comes in pieces."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        self._size += len(text)
        if self._size > MAX_CELL:
            raise BillStop("bill.too_large")
        self._pieces.append(text)

    def take(self) -> str:
        text = "".join(self._pieces).strip()
        self._pieces.clear()
        self._size = 0
        return text


class _Strings(_Xml):
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._text = _Text()
        self._is_text = self._is_reading_aid = False

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        self._is_reading_aid |= name == "rPh"
        self._is_text = name == "t" and not self._is_reading_aid

    def on_end(self, name: str) -> None:
        self._is_text = False
        if name == "rPh":
            self._is_reading_aid = False
        elif name == "si":
            if len(self.texts) == _MAX_STRINGS:
                raise BillStop("bill.too_large")
            self.texts.append(self._text.take())

    def on_text(self, text: str) -> None:
        if self._is_text:
            self._text.add(text)


class _Sheet(_Xml):
    """The rows of a sheet."""

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self.rows: list[Cells] = []
        """Those that were read and not yet given out."""
        self._strings = strings
        self._text = _Text()
        self._row = self._column = self._count = 0
        self._type = ""
        self._is_value = False
        self._cells: dict[int, str] = {}
        self._numbers: set[int] = set()

    def read(self, part: IO[bytes]) -> Iterator[Cells]:
        """The rows, those before a fault included.

        Raises:
            BillStop: see `feed`.
        """
        try:
            for _ in self.feed(part):
                yield from self.rows
                self.rows.clear()
        except BillStop:
            yield from self.rows
            raise

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        self._is_value = name in ("v", "t")
        if name == "row":
            self._count += 1
            if self._count > MAX_ROWS:
                raise BillStop("bill.too_large")
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() and len(number) < 8 else self._row + 1
            self._column = -1
            self._cells.clear()
            self._numbers.clear()
        elif name == "c":
            self._column = self._column_of(attributes.get("r", ""))
            self._type = attributes.get("t", "n")
            self._text.take()

    def _column_of(self, reference: str) -> int:
        match = _COLUMN.fullmatch(reference)
        column = self._column + 1
        if match:
            column = -1
            for letter in match[1]:
                column = 26 * (column + 1) + ord(letter) - ord("A")
        if column >= MAX_CELLS:
            raise BillStop("bill.too_large")
        return column

    def on_end(self, name: str) -> None:
        self._is_value = False
        if name == "c":
            self._end_cell()
        elif name == "row":
            width = max(self._cells, default=-1) + 1
            cells = tuple(self._cells.get(column, "") for column in range(width))
            self.rows.append(Cells(cells, Place(row=self._row), frozenset(self._numbers)))

    def _end_cell(self) -> None:
        text = self._text.take()
        if self._type == "s" and text:
            number = int(text) if text.isdecimal() and len(text) < 8 else -1
            if not 0 <= number < len(self._strings):
                raise BillStop("bill.malformed")
            text = self._strings[number]
        elif self._type == "n" and text:
            self._numbers.add(self._column)
        if text:
            self._cells[self._column] = text

    def on_text(self, text: str) -> None:
        if self._is_value:
            self._text.add(text)
