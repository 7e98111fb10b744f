"""MP4, QuickTime and HEIC: boxes in boxes (ISO/IEC 14496-12, 23008-12, Apple's QTFF)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from evidence_kit.media.facts import Means, PrivateKind, TimeSource
from evidence_kit.media.findings import Found, Stop
from evidence_kit.media.reader import Reader
from evidence_kit.media.times import utc_time, written_time

_1904_S = 2_082_844_800
"""Seconds from 1904-01-01, where these files begin to count, to 1970-01-01."""
_MAX_VALUE_BYTES = 1024
_MAX_DEPTH = 8
_INSIDE = frozenset({b"moov", b"trak", b"udta", b"iprp", b"ipco"})
_PRIVATE = {
    b"\xa9xyz": PrivateKind.LOCATION,
    b"loci": PrivateKind.LOCATION,
    b"com.apple.quicktime.location.ISO6709": PrivateKind.LOCATION,
}
_SOFTWARE = {
    b"\xa9swr": "movie.swr",
    b"\xa9too": "movie.too",
    b"com.apple.quicktime.software": "movie.quicktime.software",
    b"com.android.version": "movie.android.version",
}
_CREATION_DATE = b"com.apple.quicktime.creationdate"


class _Box(NamedTuple):
    kind: bytes
    begin: int
    """Of its content."""
    end: int


def read_boxes(reader: Reader, found: Found) -> None:
    """Walk through the boxes.

    Raises:
        Stop: the file ends early, or a box is larger than what it stands in.
    """
    _walk(reader, found, 0, reader.size_bytes, 0)


def _walk(reader: Reader, found: Found, begin: int, end: int, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise Stop("too_large", begin)
    for box in _boxes(reader, begin, end):
        if box.kind in _INSIDE:
            _walk(reader, found, box.begin, box.end, depth + 1)
        elif box.kind == b"meta":
            _meta(reader, found, box, depth)
        elif box.kind in _PRIVATE:
            found.private.add(_PRIVATE[box.kind])
        elif box.kind in _SOFTWARE:
            # QuickTime puts the length and the language before the text.
            text = _start(reader, box)[4:].decode("utf-8", "replace")
            found.add_software(_SOFTWARE[box.kind], text)
        elif box.kind in _READERS:
            _READERS[box.kind](_start(reader, box), box, found)


def _boxes(reader: Reader, begin: int, end: int) -> Iterator[_Box]:
    at = begin
    while at + 8 <= end:
        reader.count_part(at)
        size, kind = struct.unpack(">I4s", reader.take(at, 8))
        head = 8
        if size == 1:
            (size,) = struct.unpack(">Q", reader.take(at + 8, 8))
            head = 16
        elif size == 0:
            size = end - at  # up to the end of what it stands in
        if size < head:
            raise Stop("malformed", at)
        if at + size > end:
            # A file that was cut short ends within its last box, which is what this is then.
            raise Stop("cut_short" if end == reader.size_bytes else "malformed", at)
        yield _Box(kind, at + head, at + size)
        at += size


def _start(reader: Reader, box: _Box) -> bytes:
    return reader.take(box.begin, min(box.end - box.begin, _MAX_VALUE_BYTES))


def _movie_header(content: bytes, box: _Box, found: Found) -> None:
    """mvhd, version 0 with 32 and version 1 with 64 bits for a time; zero is unset."""
    layout = {0: ">IIII", 1: ">QQIQ"}.get(content[0]) if content else None
    if layout is None or len(content) < 4 + struct.calcsize(layout):
        raise Stop("malformed", box.begin)
    created, modified, scale, duration = struct.unpack_from(layout, content, 4)
    for name, means, seconds in (
        ("mvhd.creation_time", Means.TAKEN, created),
        ("mvhd.modification_time", Means.CHANGED, modified),
    ):
        if seconds:
            epoch_ms = 1000 * (seconds - _1904_S)
            found.add_time(utc_time(TimeSource.MOVIE, name, means, str(seconds), epoch_ms=epoch_ms))
    if scale and 0 < duration < 0xFFFF_FFFF:
        found.duration_ms = duration * 1000 // scale


def _track_header(content: bytes, box: _Box, found: Found) -> None:
    """tkhd ends in width and height, 16.16; a track without a picture has none."""
    at = {0: 76, 1: 88}.get(content[0]) if content else None
    if at is None or len(content) < at + 8:
        raise Stop("malformed", box.begin)
    width, height = struct.unpack_from(">II", content, at)
    _take_size(found, width >> 16, height >> 16)


def _picture_size(content: bytes, box: _Box, found: Found) -> None:
    """ispe of a HEIC: there is one for each tile and thumbnail, the picture's is the largest."""
    if len(content) >= 12:
        _take_size(found, *struct.unpack_from(">II", content, 4))


def _take_size(found: Found, width_px: int, height_px: int) -> None:
    if width_px * height_px > (found.width_px or 0) * (found.height_px or 0):
        found.width_px, found.height_px = width_px, height_px


_READERS = {b"mvhd": _movie_header, b"tkhd": _track_header, b"ispe": _picture_size}


def _meta(reader: Reader, found: Found, box: _Box, depth: int) -> None:
    """A meta box: MP4 and HEIC put four bytes (a version) before what is in it, QuickTime none."""
    begin = box.begin
    if box.end - begin >= 8 and reader.take(begin + 4, 4) != b"hdlr":
        begin += 4
    keys: list[bytes] = []
    for inner in _boxes(reader, begin, box.end):
        if inner.kind == b"keys":
            keys = [key.kind for key in _keys(reader, inner)]
        elif inner.kind == b"ilst":
            _values(reader, found, inner, keys)
        elif inner.kind in _INSIDE:
            _walk(reader, found, inner.begin, inner.end, depth + 1)


def _keys(reader: Reader, box: _Box) -> Iterator[_Box]:
    """The names in a box of keys; the text stands where a box has its content."""
    for entry in _boxes(reader, box.begin + 8, box.end):
        size = min(entry.end - entry.begin, _MAX_VALUE_BYTES)
        yield entry._replace(kind=reader.take(entry.begin, size))


def _values(reader: Reader, found: Found, box: _Box, keys: list[bytes]) -> None:
    for entry in _boxes(reader, box.begin, box.end):
        number = int.from_bytes(entry.kind, "big")
        key = keys[number - 1] if 0 < number <= len(keys) else entry.kind
        if key in _PRIVATE:
            found.private.add(_PRIVATE[key])
        # A value is a box "data" with its type and its language before the text.
        text = _start(reader, entry)[16:].decode("utf-8", "replace")
        if key in _SOFTWARE:
            found.add_software(_SOFTWARE[key], text)
        elif key == _CREATION_DATE:
            found.add_time(written_time(TimeSource.MOVIE, "creationdate", Means.TAKEN, text))
