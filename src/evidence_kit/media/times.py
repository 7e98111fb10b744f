"""Times as files write them, and how two of them compare."""

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone

from evidence_kit.media.facts import Disagreement, Means, StatedTime, TimeSource, Zone
from evidence_kit.media.findings import shown

# EXIF writes 2026:08:02 00:47:16, XMP and QuickTime 2026-08-02T00:47:16+08:00 or +0800.
_WRITTEN = re.compile(
    r"\s*(\d{4})[-:](\d\d)[-:](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?(?:[.,]\d{1,9})?"
    r"\s*(Z|[+-]\d\d:?\d\d)?\s*",
    re.ASCII,
)
_TOLERANCE_S = 2
"""Seconds by which one event's times may differ: FAT keeps even seconds only."""
_MOST_EAST, _MOST_WEST = timedelta(hours=-14), timedelta(hours=12)
"""What is to be added to a local time for UTC, at least and at most."""


def written_time(
    source: TimeSource, field: str, means: Means, raw: str, *, offset: str | None = None
) -> StatedTime | None:
    """A time that stands as text; None where it is none, or all zeros.

    Args:
        source: where it stands.
        field: its name there.
        means: what it is the time of.
        raw: the text.
        offset: the zone where it stands apart, such as "+08:00".

    >>> written_time(TimeSource.EXIF, "DateTime", Means.CHANGED, "2026:08:02 00:47:16").at
    """
    match = _WRITTEN.fullmatch(raw[:64])
    if not match:
        return None
    *numbers, zone = match.groups()
    try:
        local = datetime(*(int(number or 0) for number in numbers))  # type: ignore[arg-type]
    except ValueError:
        return None
    zone_text = zone or (offset or "").strip(" \0")
    at = _at(local, zone_text)
    return StatedTime(
        source=source,
        field=field,
        means=means,
        raw=shown(raw if zone or at is None else f"{raw} {zone_text}"),
        local=None if zone == "Z" else local.isoformat(timespec="seconds"),
        at=at,
        zone=Zone.NONE if at is None else Zone.UTC if zone_text == "Z" else Zone.OFFSET,
    )


def _at(local: datetime, zone: str) -> str | None:
    if zone == "Z":
        return _utc_text(local.replace(tzinfo=UTC))
    match = re.fullmatch(r"([+-])(\d\d):?(\d\d)", zone, re.ASCII)
    if not match:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    if minutes > 15 * 60:
        return None
    offset = timedelta(minutes=minutes if match[1] == "+" else -minutes)
    try:
        return _utc_text(local.replace(tzinfo=timezone(offset)).astimezone(UTC))
    except OverflowError:
        return None


def utc_time(
    source: TimeSource, field: str, means: Means, raw: str, *, epoch_ms: int
) -> StatedTime | None:
    """A time that stands as a count since 1970 in UTC; None where no calendar has it."""
    try:
        moment = datetime.fromtimestamp(epoch_ms // 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return StatedTime(
        source=source,
        field=field,
        means=means,
        raw=shown(raw),
        local=None,
        at=_utc_text(moment),
        zone=Zone.UTC,
    )


def _utc_text(moment: datetime) -> str:
    # strftime writes the year 999 with three digits
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def disagreements(times: Sequence[StatedTime]) -> tuple[Disagreement, ...]:
    """Each pair of times of when it was taken that can't both be right, and the gap.

    When a copy was saved or changed is later by nature, and no disagreement. Where only one of
    the two has a zone, they disagree only if no zone on earth makes them agree, and the gap is the
    least over all zones. Where neither has one, they are taken to be of one clock.
    """
    taken = [time for time in times if time.means is Means.TAKEN]
    return tuple(_disagreements(taken))


def _disagreements(times: Sequence[StatedTime]) -> Iterator[Disagreement]:
    for one, other in itertools.combinations(times, 2):
        gap = _gap(one, other)
        if gap > timedelta(seconds=_TOLERANCE_S):
            yield Disagreement(
                one=f"{one.source.value}.{one.field}",
                other=f"{other.source.value}.{other.field}",
                gap_s=int(gap.total_seconds()),
            )


def _gap(one: StatedTime, other: StatedTime) -> timedelta:
    if one.at and other.at:
        return abs(_moment(one.at) - _moment(other.at))
    # A local time beside a known zone says nothing of the zone of the other.
    if not one.at and not other.at:
        assert one.local
        assert other.local
        return abs(_moment(one.local) - _moment(other.local))
    known, local = (one.at, other.local) if one.at else (other.at, one.local)
    assert known
    assert local
    apart = _moment(known) - _moment(local)
    return max(_MOST_EAST - apart, apart - _MOST_WEST, timedelta())


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.removesuffix("Z"))
