"""The canonical zip, byte for byte: every header of a bundle as this module builds it.

The writer writes these headers and the reader builds them again and compares, so no byte
of the container is without meaning. Field names and sizes: PKWARE APPNOTE 6.3.10, §4.3.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

STORED, DEFLATED = 0, 8
MADE_BY = 0x0314  # Unix, 2.0
DOS_DATE = 0x0021  # 1980-01-01, the earliest that the field can hold
MODE = 0o100644
FULL_16 = 0xFFFF
FULL_32 = 0xFFFFFFFF

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
END64 = struct.Struct("<4sQ2H2I4Q")
LOCATOR64 = struct.Struct("<4sIQI")

LOCAL_SIGNATURE = b"PK\x03\x04"
CENTRAL_SIGNATURE = b"PK\x01\x02"
END_SIGNATURE = b"PK\x05\x06"
END64_SIGNATURE = b"PK\x06\x06"
LOCATOR64_SIGNATURE = b"PK\x06\x07"


class Member(NamedTuple):
    """One member of a zip, as its central directory describes it."""

    name: bytes
    method: int
    flags: int
    crc32: int
    stored_bytes: int
    size_bytes: int
    offset: int
    """Of its local header."""
    data_offset: int


# The first fields of every local header but those of zip64: signature to date.
_LOCAL_START = struct.pack("<4s5H", LOCAL_SIGNATURE, 20, 0, 0, 0, DOS_DATE)
_LOCAL_REST = struct.Struct(f"<{len(_LOCAL_START)}s3I2H")


def local_header(name: bytes, crc32: int, size_bytes: int) -> bytes:
    """Local file header of a STORED member (APPNOTE §4.3.7)."""
    if size_bytes < FULL_32:
        return _LOCAL_REST.pack(_LOCAL_START, crc32, size_bytes, size_bytes, len(name), 0) + name
    extra = struct.pack("<2H2Q", 1, 16, size_bytes, size_bytes)
    header = LOCAL.pack(
        LOCAL_SIGNATURE, 45, 0, 0, 0, DOS_DATE, crc32, FULL_32, FULL_32, len(name), len(extra)
    )
    return header + name + extra


def local_header_size(name: bytes, size_bytes: int) -> int:
    """Length of what `local_header` builds."""
    return LOCAL.size + len(name) + (20 if size_bytes >= FULL_32 else 0)


def central_header(name: bytes, crc32: int, size_bytes: int, offset: int) -> bytes:
    """Central directory header of a STORED member (APPNOTE §4.3.12)."""
    wide = [size_bytes, size_bytes] if size_bytes >= FULL_32 else []
    if offset >= FULL_32:
        wide.append(offset)
    extra = struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    field = min(size_bytes, FULL_32)
    header = CENTRAL.pack(
        CENTRAL_SIGNATURE,
        MADE_BY,
        45 if extra else 20,
        0,
        0,
        0,
        DOS_DATE,
        crc32,
        field,
        field,
        len(name),
        len(extra),
        0,
        0,
        0,
        MODE << 16,
        min(offset, FULL_32),
    )
    return header + name + extra


def end_records(count: int, directory_size: int, directory_offset: int) -> bytes:
    """End of central directory, with the zip64 records only where needed (APPNOTE §4.3.14-16)."""
    is_wide = count >= FULL_16 or directory_size >= FULL_32 or directory_offset >= FULL_32
    records = b""
    if is_wide:
        records = END64.pack(
            END64_SIGNATURE,
            END64.size - 12,
            MADE_BY,
            45,
            0,
            0,
            count,
            count,
            directory_size,
            directory_offset,
        ) + LOCATOR64.pack(LOCATOR64_SIGNATURE, 0, directory_offset + directory_size, 1)
    narrow = min(count, FULL_16)
    return records + END.pack(
        END_SIGNATURE,
        0,
        0,
        narrow,
        narrow,
        min(directory_size, FULL_32),
        min(directory_offset, FULL_32),
        0,
    )


def directory(members: Iterable[tuple[bytes, int, int]]) -> bytes:
    """Central directory and end records for (name, crc32, size_bytes) members in order."""
    headers = []
    offset = 0
    for name, crc32, size_bytes in members:
        headers.append(central_header(name, crc32, size_bytes, offset))
        offset += local_header_size(name, size_bytes) + size_bytes
    content = b"".join(headers)
    return content + end_records(len(headers), len(content), offset)
