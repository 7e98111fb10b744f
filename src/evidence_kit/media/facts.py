"""media.json: what a picture or a recording says about itself."""

from enum import StrEnum
from typing import Literal

import msgspec

FORMAT = "evidence-kit/media/1-draft"
"""Name and version of media.json."""


class _Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all that stands in media.json: immutable, unknown keys refused."""


class Means(StrEnum):
    """What a time is said to be the time of."""

    TAKEN = "taken"
    SAVED = "saved"
    CHANGED = "changed"


class Zone(StrEnum):
    """How far a time is bound to UTC."""

    OFFSET = "offset"
    UTC = "utc"
    NONE = "none"


class TimeSource(StrEnum):
    """Where a time stands."""

    EXIF = "exif"
    XMP = "xmp"
    PNG = "png"
    MOVIE = "movie"
    NAME = "name"


class StatedTime(_Fact, frozen=True, kw_only=True):
    """One time that the file or its name tells."""

    source: TimeSource
    field: str
    """Its name there, such as "DateTimeOriginal", "mvhd.creation_time" or "mmexport"."""
    means: Means
    raw: str
    """As it stands there."""
    local: str | None
    """YYYY-MM-DDTHH:MM:SS as on the device's clock; None where only UTC is told."""
    at: str | None
    """RFC 3339 in UTC; None where no zone is told, since then nobody can say."""
    zone: Zone


class NamedSoftware(_Fact, frozen=True, kw_only=True):
    """A program that the file names."""

    field: str
    """Where it stands, such as "exif.Software" or "xmp.CreatorTool"."""
    name: str
    """Verbatim, cut after 200 characters, with unsafe characters escaped."""


class Disagreement(_Fact, frozen=True, kw_only=True):
    """Two times of the same meaning that can't both be right."""

    one: str
    """Source and field, such as "exif.DateTimeOriginal"."""
    other: str
    gap_s: int
    """How far they are apart in seconds; the least it can be where one of them has no zone, and
    where neither has one, if both are of one zone."""


class PrivateKind(StrEnum):
    """What in a file may tell who or where its owner is. It is never copied out of the file."""

    LOCATION = "location"
    SERIAL = "serial"
    OWNER = "owner"
    MAKER_NOTE = "maker_note"


class Unread(_Fact, frozen=True, kw_only=True):
    """Where reading ended before the file did, and why."""

    code: Literal["cut_short", "malformed", "too_large", "not_understood"]
    byte: int
    """Offset in the file up to which it was read."""


class Media(_Fact, frozen=True, kw_only=True):
    """All of it. The same file, name and file time give the same bytes."""

    format: str
    media_type: str
    """From the first bytes, such as "image/png"."""
    width_px: int | None
    height_px: int | None
    """As stored; a viewer may turn the picture."""
    duration_ms: int | None
    is_animated: bool
    times: tuple[StatedTime, ...]
    """The strongest source first, the name last."""
    disagreements: tuple[Disagreement, ...]
    software: tuple[NamedSoftware, ...]
    private: tuple[PrivateKind, ...]
    has_metadata: bool
    """False where the file itself names no time and no program."""
    unread: Unread | None
