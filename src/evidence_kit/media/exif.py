"""EXIF: the few fields that tell a time, a program, or who the owner is (CIPA DC-008)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from evidence_kit.media.facts import Means, PrivateKind, TimeSource
from evidence_kit.media.findings import Found
from evidence_kit.media.times import written_time

MAX_BYTES = 1 << 20
"""Of a block of EXIF; a JPEG's has at most 64 KiB."""
_MAX_ENTRIES = 512
_MAX_VALUE_BYTES = 256
_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 129: 1}
_ASCII = (2, 129)
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_TIMES = {
    # tag of the time: its name, its meaning, tag of its zone
    0x9003: ("DateTimeOriginal", Means.TAKEN, 0x9011),
    0x9004: ("DateTimeDigitized", Means.TAKEN, 0x9012),
    0x0132: ("DateTime", Means.CHANGED, 0x9010),
}
_SOFTWARE = {0x0131: "exif.Software", 0x000B: "exif.ProcessingSoftware"}
_PRIVATE = {
    0xA431: PrivateKind.SERIAL,
    0xA435: PrivateKind.SERIAL,
    0xC62F: PrivateKind.SERIAL,
    0x013B: PrivateKind.OWNER,
    0x8298: PrivateKind.OWNER,
    0xA430: PrivateKind.OWNER,
    0x927C: PrivateKind.MAKER_NOTE,
}


class _Entry(NamedTuple):
    tag: int
    text: str
    number: int
    size_bytes: int


def read_exif(block: bytes, found: Found) -> bool:
    """Take in what a block of EXIF tells; False where it is malformed.

    Args:
        block: a TIFF structure, with or without the "Exif" header of a JPEG before it.
        found: where to.
    """
    block = block.removeprefix(b"Exif\0\0")
    if len(block) < 8 or block[:2] not in (b"II", b"MM"):
        return False
    order = "<" if block[:2] == b"II" else ">"
    magic, first = struct.unpack_from(f"{order}HI", block, 2)
    if magic != 42:
        return False
    entries = {entry.tag: entry for entry in _entries(block, order, first)}
    if _EXIF_IFD in entries:
        entries |= {e.tag: e for e in _entries(block, order, entries[_EXIF_IFD].number)}
    _take(entries, found)
    return bool(entries)


def _take(entries: dict[int, _Entry], found: Found) -> None:
    for tag, (name, means, zone) in _TIMES.items():
        if tag in entries:
            offset = entries[zone].text if zone in entries else None
            found.add_time(
                written_time(TimeSource.EXIF, name, means, entries[tag].text, offset=offset)
            )
    for tag, place in _SOFTWARE.items():
        if tag in entries:
            found.add_software(place, entries[tag].text)
    found.private |= {kind for tag, kind in _PRIVATE.items() if _says_something(entries, tag)}
    if _GPS_IFD in entries:
        found.private.add(PrivateKind.LOCATION)


def _says_something(entries: dict[int, _Entry], tag: int) -> bool:
    entry = entries.get(tag)
    return entry is not None and bool(entry.text.strip() or entry.size_bytes > 4)


def _entries(block: bytes, order: str, at: int) -> Iterator[_Entry]:
    """The entries of one directory; of a long one the first, and none beyond the block."""
    if at + 2 > len(block):
        return
    (count,) = struct.unpack_from(f"{order}H", block, at)
    for number in range(min(count, _MAX_ENTRIES)):
        start = at + 2 + 12 * number
        if start + 12 > len(block):
            return
        tag, kind, amount, value = struct.unpack_from(f"{order}HHII", block, start)
        size = _TYPE_SIZES.get(kind, 0) * amount
        place = start + 8 if size <= 4 else value
        content = block[place : place + min(size, _MAX_VALUE_BYTES)]
        text = ""
        if kind in _ASCII:
            text = content.split(b"\0")[0].decode("utf-8", "replace")
        yield _Entry(tag, text, value, size)
