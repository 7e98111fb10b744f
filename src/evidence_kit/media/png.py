"""PNG: size, text, EXIF and time (ISO/IEC 15948, and the extension for eXIf)."""

import struct
import zlib

from evidence_kit.media import exif, xmp
from evidence_kit.media.facts import Means, StatedTime, TimeSource
from evidence_kit.media.findings import Found, Stop
from evidence_kit.media.reader import Reader
from evidence_kit.media.times import written_time

_MAX_TEXT_BYTES = 1 << 20
"""Of one text, as it stands and unpacked; nothing longer is looked into."""
_SOFTWARE = frozenset({"Software", "Creator Tool", "Source"})
_TIMES = {
    "Creation Time": Means.TAKEN,
    "date:create": Means.SAVED,
    "date:modify": Means.CHANGED,
}


def read_png(reader: Reader, found: Found) -> None:
    """Walk through the chunks.

    Raises:
        Stop: the file ends early, or a chunk has no proper name.
    """
    at = 8
    while True:
        reader.count_part(at)
        size, kind = struct.unpack(">I4s", reader.take(at, 8))
        if not kind.isalpha() or (at == 8) != (kind == b"IHDR"):
            raise Stop("malformed", at)
        if kind in _READERS and size <= _MAX_TEXT_BYTES:
            _READERS[kind](reader.take(at + 8, size), found)
        at += 12 + size
        if at > reader.size_bytes:
            raise Stop("cut_short", reader.size_bytes)
        if kind == b"IEND":
            return


def _header(content: bytes, found: Found) -> None:
    if len(content) == 13:
        found.width_px, found.height_px = struct.unpack_from(">II", content)


def _animation(content: bytes, found: Found) -> None:
    found.is_animated = True


def _time(content: bytes, found: Found) -> None:
    """tIME is in UTC by the standard, but many programs write local time: no zone is taken."""
    if len(content) == 7:
        year, *rest = struct.unpack(">HBBBBB", content)
        month, day, hour, minute, second = rest
        raw = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        found.add_time(written_time(TimeSource.PNG, "tIME", Means.CHANGED, raw))


def _exif(content: bytes, found: Found) -> None:
    exif.read_exif(content, found)


def _text(content: bytes, found: Found) -> None:
    keyword, _, value = content.partition(b"\0")
    _take(keyword, value, "latin-1", found)


def _packed_text(content: bytes, found: Found) -> None:
    keyword, _, rest = content.partition(b"\0")
    _take(keyword, _unpacked(rest[1:]), "latin-1", found)


def _international_text(content: bytes, found: Found) -> None:
    keyword, _, rest = content.partition(b"\0")
    is_packed = rest[:1] == b"\1"
    value = rest[2:].split(b"\0", 2)[-1]
    _take(keyword, _unpacked(value) if is_packed else value, "utf-8", found)


def _unpacked(content: bytes) -> bytes:
    """The text unpacked, at most as much of it as is looked into; what is damaged is empty."""
    try:
        return zlib.decompressobj().decompress(content, _MAX_TEXT_BYTES)
    except zlib.error:
        return b""


def _take(keyword: bytes, value: bytes, encoding: str, found: Found) -> None:
    name = keyword[:79].decode("latin-1")
    if name == "XML:com.adobe.xmp":
        xmp.read_xmp(value, found)
        return
    text = value[:1024].decode(encoding, "replace")
    if name in _SOFTWARE:
        found.add_software(f"png.{name}", text)
    if name in _TIMES:
        found.add_time(
            written_time(TimeSource.PNG, name, _TIMES[name], text) or _mail_time(name, text)
        )


def _mail_time(name: str, raw: str) -> StatedTime | None:
    """The form that the PNG standard recommends (RFC 1123); without a zone, it is local."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(raw[:64])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    offset = moment.strftime("%z") or None
    local = moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    return written_time(TimeSource.PNG, name, _TIMES[name], local, offset=offset)


_READERS = {
    b"IHDR": _header,
    b"acTL": _animation,
    b"tIME": _time,
    b"eXIf": _exif,
    b"tEXt": _text,
    b"zTXt": _packed_text,
    b"iTXt": _international_text,
}
