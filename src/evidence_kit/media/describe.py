"""From a file to what it says about itself."""

import io
import os
from collections.abc import Callable
from pathlib import Path

from evidence_kit.errors import InputError
from evidence_kit.media.boxes import read_boxes
from evidence_kit.media.facts import FORMAT, Media, StatedTime, TimeSource, Unread
from evidence_kit.media.findings import Found, Stop
from evidence_kit.media.jpeg import read_jpeg
from evidence_kit.media.names import name_time
from evidence_kit.media.png import read_png
from evidence_kit.media.reader import Reader
from evidence_kit.media.riff import read_gif, read_webp
from evidence_kit.media.times import disagreements

VERSION = "2"
"""Of the readers; a later one may find more in the same file."""
_MAX_NAMED_TIMES = 1

_READERS: dict[str, Callable[[Reader, Found], None]] = {
    "image/png": read_png,
    "image/jpeg": read_jpeg,
    "image/gif": read_gif,
    "image/webp": read_webp,
    "image/heic": read_boxes,
    "video/mp4": read_boxes,
    "video/quicktime": read_boxes,
    "audio/mp4": read_boxes,
}


def describe(path: Path, media_type: str) -> Media:
    """What a picture or a recording says about itself.

    Headers and metadata alone are read: no pixel is decoded. What is cut short or damaged is
    told of as far as it could be read.

    Args:
        path: the file, under the name that it has.
        media_type: from its first bytes.

    Raises:
        InputError: it is missing or can't be read.
    """
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            found, unread = _read(Reader(stream, status.st_size), media_type)
    except FileNotFoundError:
        raise InputError("file.missing", path=str(path)) from None
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error
    has_metadata = bool(found.times or found.software)
    # not the file system's time: a copy has another one, and nothing in the bundle bears it out
    times = tuple(time for time in (*_own_times(found), name_time(path.name)) if time)
    return Media(
        format=FORMAT,
        media_type=media_type,
        width_px=found.width_px,
        height_px=found.height_px,
        duration_ms=found.duration_ms,
        is_animated=found.is_animated,
        times=times,
        disagreements=disagreements(times),
        software=tuple(found.software),
        private=tuple(sorted(found.private)),
        has_metadata=has_metadata,
        unread=unread,
    )


def matches(media: Media, content: bytes) -> bool:
    """True where the same stands in a file's bytes; its name apart.

    Args:
        media: facts that somebody wrote down.
        content: the whole file.
    """
    found, unread = _read(Reader(io.BytesIO(content), len(content)), media.media_type)
    inside = tuple(time for time in media.times if time.source is not TimeSource.NAME)
    is_same = (
        _own_times(found),
        (found.width_px, found.height_px, found.duration_ms, found.is_animated),
        tuple(found.software),
        tuple(sorted(found.private)),
        unread,
    ) == (
        inside,
        (media.width_px, media.height_px, media.duration_ms, media.is_animated),
        media.software,
        media.private,
        media.unread,
    )
    return is_same and _has_own_disagreements(media, len(inside))


def _has_own_disagreements(media: Media, inside: int) -> bool:
    """Whether it tells those disagreements that follow from the times that it tells."""
    if len(media.times) - inside > _MAX_NAMED_TIMES:
        return False
    try:
        return disagreements(media.times) == media.disagreements
    except (ValueError, TypeError, OverflowError, AssertionError):
        return False  # what is said to be the name's time is none


def _own_times(found: Found) -> tuple[StatedTime, ...]:
    order = list(TimeSource)
    return tuple(sorted(found.times, key=lambda time: order.index(time.source)))


def _read(reader: Reader, media_type: str) -> tuple[Found, Unread | None]:
    found = Found()
    read = _READERS.get(media_type)
    if read is None:
        return found, Unread(code="not_understood", byte=0)
    try:
        read(reader, found)
    except Stop as stop:
        return found, Unread(code=stop.code, byte=stop.byte)
    # A HEIC keeps its EXIF among the tiles of the picture, where it is not looked for.
    is_partly = media_type == "image/heic"
    return found, Unread(code="not_understood", byte=reader.size_bytes) if is_partly else None
