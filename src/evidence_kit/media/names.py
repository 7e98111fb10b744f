"""Times in the names that phones and chat apps give to files."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from evidence_kit.media.facts import Means, StatedTime, TimeSource
from evidence_kit.media.times import utc_time, written_time

# year, month, day, hour, minute, second
_PART_CLOCK = r"(20\d\d)[-_]?(\d\d)[-_]?(\d\d)[-_ ]?(?:at )?(\d\d)[-_.]?(\d\d)[-_.]?(\d\d)"
_CLOCK = rf"{_PART_CLOCK}(?!\d)"
_HALVES = {"AM": 0, "PM": 12, "上午": 0, "下午": 12}
# The same on a Mac whose clock has twelve hours; before AM or PM stands a blank of some kind.
_HALF_CLOCK = (
    r"(20\d\d)-(\d\d)-(\d\d) (?:at )?(?P<before>上午|下午)?(\d\d?)\.(\d\d)\.(\d\d)"
    r"(?:[ \u00a0\u202f](?P<behind>[AP]M))?"
)
_SHOT = r"(?:screen[-_ ]?shot|截屏|截图|屏幕截图)[-_ ]?"
_RECORDING = r"(?:screen[-_ ]?record(?:er|ing)?|录屏)[-_ ]?"


class _Form(NamedTuple):
    field: str
    means: Means
    pattern: re.Pattern[str]


def _form(field: str, means: Means, pattern: str) -> _Form:
    return _Form(field, means, re.compile(pattern, re.ASCII | re.IGNORECASE))


_HALF_FORMS = (
    _form("Screenshot", Means.TAKEN, rf"{_SHOT}{_HALF_CLOCK}"),
    _form("Screenrecorder", Means.TAKEN, rf"{_RECORDING}{_HALF_CLOCK}"),
)
_LOCAL_FORMS = (
    # Android's own, MIUI's (milliseconds and the app's name follow), macOS's "Screenshot … at …"
    _form("Screenshot", Means.TAKEN, rf"screen[-_ ]?shot[-_ ]{_CLOCK}"),
    _form("截屏", Means.TAKEN, rf"(?:截屏|截图|屏幕截图)[-_ ]?{_CLOCK}"),
    _form("Screenrecorder", Means.TAKEN, rf"screen[-_ ]?record(?:er|ing)?[-_ ]{_CLOCK}"),
    _form("Screenrecorder", Means.TAKEN, rf"录屏[-_ ]?{_CLOCK}"),
    _form("SVID", Means.TAKEN, rf"SVID_{_CLOCK}"),
    _form("Record", Means.TAKEN, rf"Record_(?=\d{{4}}(?:-\d\d){{5}}){_CLOCK}"),
    _form("IMG", Means.TAKEN, rf"(?:IMG|VID|PXL|MVIMG)_{_PART_CLOCK}"),
    _form("QQ", Means.TAKEN, rf"QQ(?:截图|录屏){_CLOCK}"),
    _form("WeChat", Means.TAKEN, rf"(?:企业)?微信截图_{_CLOCK}"),
    # These are named when they are saved, which may be long after.
    _form("screen", Means.SAVED, rf"screen[-_]{_CLOCK}"),
    _form("QQ", Means.SAVED, rf"QQ图片{_CLOCK}"),
    _form("WeChat", Means.SAVED, rf"(?:微信图片_|WeChat Image_|Weixin Image_|微信视频){_CLOCK}"),
)
_EPOCH_FORMS = (
    # WeChat names what it saves by the phone's clock, in milliseconds since 1970.
    _form("mmexport", Means.SAVED, r"mmexport(?:[0-9a-f]{32}_)?(1\d{12})(?!\d)"),
    _form("wx_camera", Means.TAKEN, r"wx_camera_(1\d{12})(?!\d)"),
    _form("microMsg", Means.SAVED, r"microMsg\.?(?:tmp\.)?(1\d{12})(?!\d)"),
    # WeCom's seconds since 1970 with four more places.
    _form("WeCom", Means.TAKEN, r"企业微信截图_(1\d{12})\d(?!\d)"),
    # iOS names a recording of the screen when it ends.
    _form("RPReplay", Means.SAVED, r"RPReplay_Final(1\d{9})(?!\d)"),
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
    for field, means, pattern in _HALF_FORMS:
        match = pattern.match(name)
        if match and (match["before"] or match["behind"]):
            year, month, day, _, hour, minute, second, _ = match.groups()
            clock = [_full_hour(hour, match["before"] or match["behind"]), minute, second]
            return _local_time(field, means, [year, month, day], clock, match[0])
    for field, means, pattern in _LOCAL_FORMS:
        if match := pattern.match(name):
            return _local_time(field, means, match.groups()[:3], match.groups()[3:], match[0])
    for field, means, pattern in _EPOCH_FORMS:
        if match := pattern.match(name):
            epoch_ms = int(match[1].ljust(13, "0"))
            return utc_time(TimeSource.NAME, field, means, match[0], epoch_ms=epoch_ms)
    return None


def _full_hour(hour: str, half: str) -> str:
    """The hour of a day of 24; an hour that no clock of twelve shows stays none."""
    if not 1 <= int(hour) <= 12:
        return "99"
    return f"{int(hour) % 12 + _HALVES[half.upper()]:02}"


def _local_time(
    field: str, means: Means, day: Sequence[str], clock: Sequence[str], raw: str
) -> StatedTime | None:
    text = f"{'-'.join(day)}T{':'.join(clock)}"
    return _with_raw(written_time(TimeSource.NAME, field, means, text), raw)


def _with_raw(time: StatedTime | None, raw: str) -> StatedTime | None:
    return time and msgspec.structs.replace(time, raw=raw)
