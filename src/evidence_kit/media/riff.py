"""WebP (RFC 9649) and GIF (GIF89a): size, animation, EXIF and XMP."""

import struct

from evidence_kit.media import exif, xmp
from evidence_kit.media.findings import Found, Stop
from evidence_kit.media.reader import Reader

_MAX_HEAD_BYTES = 32


def read_webp(reader: Reader, found: Found) -> None:
    """Walk through the chunks.

    Raises:
        Stop: the file ends early, or a chunk has no proper name.
    """
    (size,) = struct.unpack("<I", reader.take(4, 4))
    end, at = size + 8, 12
    while at < end:
        reader.count_part(at)
        kind, size = struct.unpack("<4sI", reader.take(at, 8))
        if not kind.strip().isalnum():
            raise Stop("malformed", at)
        if kind in (b"EXIF", b"XMP "):
            limit = exif.MAX_BYTES if kind == b"EXIF" else xmp.MAX_BYTES
            content = reader.take(at + 8, size if size <= limit else 0)
            (exif.read_exif if kind == b"EXIF" else xmp.read_xmp)(content, found)
        else:
            _take(kind, reader.take(at + 8, min(size, _MAX_HEAD_BYTES)), found)
        at += 8 + size + size % 2
    if at > reader.size_bytes:
        raise Stop("cut_short", reader.size_bytes)


def _take(kind: bytes, head: bytes, found: Found) -> None:
    if kind == b"VP8X" and len(head) >= 10:
        found.is_animated = bool(head[0] & 2)
        found.width_px = 1 + int.from_bytes(head[4:7], "little")
        found.height_px = 1 + int.from_bytes(head[7:10], "little")
    elif found.width_px is not None:
        return
    elif kind == b"VP8 " and len(head) >= 10:
        width, height = struct.unpack_from("<HH", head, 6)
        found.width_px, found.height_px = width & 0x3FFF, height & 0x3FFF
    elif kind == b"VP8L" and len(head) >= 5:
        bits = int.from_bytes(head[1:5], "little")
        found.width_px, found.height_px = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)


def read_gif(reader: Reader, found: Found) -> None:
    """The size of the screen, and whether there is more than one picture.

    Raises:
        Stop: the file ends early, or what stands where a block should be is none.
    """
    head = reader.take(0, 13)
    found.width_px, found.height_px = struct.unpack_from("<HH", head, 6)
    at = 13 + _table_bytes(head[10])
    pictures = 0
    while True:
        reader.count_part(at)
        kind = reader.take(at, 1)
        if kind == b";":
            return
        if kind == b"!":
            at += 2
        elif kind == b",":
            pictures += 1
            found.is_animated = pictures > 1
            at += 10 + _table_bytes(reader.take(at, 10)[9]) + 1
        else:
            raise Stop("malformed", at)
        while size := reader.take(at, 1)[0]:
            reader.count_part(at)
            at += 1 + size
        at += 1


def _table_bytes(flags: int) -> int:
    return 3 << (1 + (flags & 7)) if flags & 0x80 else 0
