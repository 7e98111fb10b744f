"""Zips written field by field, every lie allowed (PKWARE APPNOTE 6.3.10, §4.3)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

FULL_16 = 0xFFFF
FULL_32 = 0xFFFFFFFF
FULL_64 = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One member. What stands in `local` is told by its local header alone."""

    name: bytes
    raw: bytes
    """Its bytes in the file."""
    size: int | None = None
    """None is the length of `raw`, as is `stored`."""
    stored: int | None = None
    crc: int | None = None
    method: int = 0
    flags: int = 0
    date: int = 0x21
    extra: bytes = b""
    comment: bytes = b""
    made_by: int = 0x0314
    attributes: int = 0o100644 << 16
    offset: int | None = None
    behind: bytes = b""
    """Bytes between its data and the next header."""
    is_listed: bool = True
    is_written: bool = True
    local: dict[str, Any] = field(default_factory=dict)

    def header(self, offset: int) -> bytes:
        """Its entry in the central directory."""
        size, stored, crc = self._sizes()
        offset = offset if self.offset is None else self.offset
        fields = (0, self.flags, self.method, 0, self.date, crc, stored, size)
        lengths = (len(self.name), len(self.extra), len(self.comment))
        return (
            struct.pack("<4s2H", b"PK\x01\x02", self.made_by, 20)
            + struct.pack("<4H3I", *fields[1:])
            + struct.pack("<5H2I", *lengths, 0, 0, self.attributes, offset)
            + self.name
            + self.extra
            + self.comment
        )

    def record(self) -> bytes:
        """Its local header and its bytes."""
        told = replace(self, **self.local, local={})
        size, stored, crc = told._sizes()
        return (
            struct.pack("<4s5H", b"PK\x03\x04", 20, told.flags, told.method, 0, told.date)
            + struct.pack("<3I2H", crc, stored, size, len(told.name), len(told.extra))
            + told.name
            + told.extra
            + self.raw
            + self.behind
        )

    def _sizes(self) -> tuple[int, int, int]:
        size = len(self.raw) if self.size is None else self.size
        stored = len(self.raw) if self.stored is None else self.stored
        return size, stored, zlib.crc32(self.raw) if self.crc is None else self.crc


def entries_of(content: bytes) -> list[Entry]:
    """The members of a stored zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        return [Entry(name=name.encode(), raw=archive.read(name)) for name in names]


def deflated(entry: Entry, *, behind: bytes = b"") -> Entry:
    """The member compressed; `behind` follows the end of its stream unnoticed."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = squeeze.compress(entry.raw) + squeeze.flush() + behind
    return replace(entry, raw=raw, method=8, size=len(entry.raw), crc=zlib.crc32(entry.raw))


def raw_zip(
    entries: Sequence[Entry],
    *,
    prefix: bytes = b"",
    gap: bytes = b"",
    gap_behind: bytes = b"",
    comment: bytes = b"",
    end: dict[str, int] | None = None,
    wide: dict[str, int] | None = None,
) -> bytes:
    """A zip of these members, in their order.

    Args:
        entries: the members.
        prefix: bytes before the first one, counted in all offsets.
        gap: bytes before the directory.
        gap_behind: bytes behind it.
        comment: the archive's.
        end: fields of the end record to be told otherwise.
        wide: writes the zip64 records, with these fields told otherwise.
    """
    body, headers = prefix, []
    for entry in entries:
        if entry.is_listed:
            headers.append(entry.header(len(body)))
        body += entry.record() if entry.is_written else b""
    body += gap
    directory = b"".join(headers)
    true = {"count": len(headers), "length": len(directory), "start": len(body), "disk": 0}
    tail = b""
    if wide is not None:
        told = true | {"at": len(body) + len(directory), "size": 44} | wide
        tail = struct.pack(
            "<4sQ2H2I4Q", b"PK\x06\x06", told["size"], 0x0314, 45, told["disk"], told["disk"],
            told["count"], told["count"], told["length"], told["start"],
        ) + struct.pack("<4sIQI", b"PK\x06\x07", 0, told["at"], 1)  # fmt: skip
    told = true | (end or {})
    tail += struct.pack(
        "<4s4H2IH", b"PK\x05\x06", told["disk"], told["disk"], told["count"], told["count"],
        told["length"], told["start"], len(comment),
    )  # fmt: skip
    return body + directory + gap_behind + tail + comment
