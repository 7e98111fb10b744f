"""JPEG: size, EXIF and XMP from the segments before the picture (ITU-T T.81)."""

import struct

from evidence_kit.media import exif, xmp
from evidence_kit.media.findings import Found, Stop
from evidence_kit.media.reader import Reader

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
# SOF0 to SOF15 without DHT, JPG and DAC
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN, _END, _APP1, _APP13 = 0xDA, 0xD9, 0xE1, 0xED


def read_jpeg(reader: Reader, found: Found) -> None:
    """Walk through the segments up to the picture itself, and look whether the file has an end.

    Raises:
        Stop: the file ends early, or what stands where a segment should be is none.
    """
    at = 2
    while True:
        reader.count_part(at)
        prefix, marker = reader.take(at, 2)
        if prefix != 0xFF or marker == 0:
            raise Stop("malformed", at)
        if marker in (0xFF, *_ALONE):
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _END:
            raise Stop("malformed", at)  # an end without a picture
        (size,) = struct.unpack(">H", reader.take(at + 2, 2))
        if size < 2:
            raise Stop("malformed", at)
        if marker == _SCAN:
            _require_end(reader)
            return
        _take(marker, reader.take(at + 4, size - 2), found)
        at += 2 + size


def _take(marker: int, content: bytes, found: Found) -> None:
    if marker in _FRAMES and len(content) >= 5:
        found.height_px, found.width_px = struct.unpack_from(">HH", content, 1)
    elif marker == _APP1 and content.startswith(b"Exif\0\0"):
        exif.read_exif(content, found)
    elif marker == _APP1 and content.startswith(_XMP):
        xmp.read_xmp(content[len(_XMP) :], found)
    elif marker == _APP13 and content.startswith(_PHOTOSHOP):
        found.add_software("jpeg.APP13", "Photoshop 3.0")


def _require_end(reader: Reader) -> None:
    """Some phones put more behind the end, so it may stand anywhere in the last 64 KiB."""
    tail = reader.take(max(0, reader.size_bytes - 65536), min(65536, reader.size_bytes))
    if b"\xff\xd9" not in tail:
        raise Stop("cut_short", reader.size_bytes)
