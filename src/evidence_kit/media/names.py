"""Times in the names that phones and chat apps give to files."""

import re
from typing import NamedTuple

import msgspec

from evidence_kit.media.facts import Means, StatedTime, TimeSource
from evidence_kit.media.times import utc_time, written_time

# year, month, day, hour, minute, second
_CLOCK = r"(20\d\d)[-_]?(\d\d)[-_]?(\d\d)[-_ ]?(?:at )?(\d\d)[-_.]?(\d\d)[-_.]?(\d\d)"


class _Form(NamedTuple):
    field: str
    means: Means
    pattern: re.Pattern[str]


def _form(field: str, means: Means, pattern: str) -> _Form:
    return _Form(field, means, re.compile(pattern, re.ASCII | re.IGNORECASE))


_LOCAL_FORMS = (
    # Android's own, MIUI's (milliseconds and the app's name follow), macOS's "Screenshot … at …"
    _form("Screenshot", Means.TAKEN, rf"screen[-_ ]?shot[-_ ]{_CLOCK}(?!\d)"),
    _form("截屏", Means.TAKEN, rf"(?:截屏|截图|屏幕截图)[-_ ]?{_CLOCK}(?!\d)"),
    _form(
        "Screenrecorder", Means.TAKEN, rf"(?:screen[-_ ]?record(?:er|ing)?|录屏)[-_ ]{_CLOCK}(?!\d)"
    ),
    _form("SVID", Means.TAKEN, rf"SVID_{_CLOCK}(?!\d)"),
    _form("IMG", Means.TAKEN, rf"(?:IMG|VID|PXL|MVIMG)_{_CLOCK}"),
)
_EPOCH_FORMS = (
    # WeChat names what it saves by the phone's clock, in milliseconds since 1970.
    _form("mmexport", Means.SAVED, r"mmexport(1\d{12})(?!\d)"),
    _form("wx_camera", Means.TAKEN, r"wx_camera_(1\d{12})(?!\d)"),
    _form("microMsg", Means.SAVED, r"microMsg\.?(1\d{12})(?!\d)"),
)


def name_time(name: str) -> StatedTime | None:
    """The time in a file's name; None where it has no form that is known.

    It is the device's clock without a zone, or a count since 1970. iOS names its pictures
    IMG_0001, without a time.

    >>> name_time("Screenshot_2026-08-02-00-47-16-106_com.tencent.mm.jpg").local
    '2026-08-02T00:47:16'
    >>> name_time("mmexport1785602836106.jpg").at
    '2026-08-01T16:47:16Z'
    """
    for field, means, pattern in _LOCAL_FORMS:
        if match := pattern.match(name):
            year, month, day, *clock = match.groups()
            found = written_time(
                TimeSource.NAME, field, means, f"{year}-{month}-{day}T{':'.join(clock)}"
            )
            return _with_raw(found, match[0])
    for field, means, pattern in _EPOCH_FORMS:
        if match := pattern.match(name):
            return utc_time(TimeSource.NAME, field, means, match[0], epoch_ms=int(match[1]))
    return None


def _with_raw(time: StatedTime | None, raw: str) -> StatedTime | None:
    return time and msgspec.structs.replace(time, raw=raw)
