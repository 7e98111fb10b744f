"""What a picture or a recording says about itself, in plain words."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

from evidence_kit.actions.media import ReadMedia
from evidence_kit.cli.time_text import time_text
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark
from evidence_kit.media.facts import Disagreement, PrivateKind, StatedTime

_BEIJING = timezone(timedelta(hours=8), "CST")
_MAX_SHOWN = 20
"""Times, programs and disagreements; media.json has them all."""
_MEANS = {
    "taken": mark("taken"),
    "saved": mark("saved"),
    "changed": mark("last changed"),
}
_SOURCES = {
    "exif": mark("EXIF in the file"),
    "xmp": mark("XMP in the file"),
    "png": mark("text in the PNG"),
    "movie": mark("the recording's header"),
    "name": mark("the file's name"),
}
_PRIVATE = {
    PrivateKind.LOCATION: mark("the place where it was taken"),
    PrivateKind.SERIAL: mark("a serial number"),
    PrivateKind.OWNER: mark("the name of an owner or author"),
    PrivateKind.MAKER_NOTE: mark("notes of the device's maker"),
}
_UNREAD = {
    "cut_short": mark("the file ends too early, at byte {byte}"),
    "malformed": mark("it is damaged at byte {byte}, and was not read further"),
    "too_large": mark("it was read up to byte {byte} only, since there is too much of it"),
    "not_understood": mark("its own metadata is of a kind that is not read, or not fully"),
}
_AT_LEAST = mark(
    "{one} and {other} are at least {gap} (hours:minutes:seconds) apart, whatever time zone the one"
    " without is of"
)
_APART = {
    (True, True): mark("{one} and {other} are {gap} (hours:minutes:seconds) apart"),
    (True, False): _AT_LEAST,
    (False, True): _AT_LEAST,
    (False, False): mark(
        "{one} and {other} are {gap} (hours:minutes:seconds) apart if both are of one time zone"
    ),
}


def media_rows(words: Words, read: ReadMedia) -> Iterator[tuple[str, str]]:
    """Names and what is to be said under them; a name may come more than once."""
    tr, media = words.tr, read.media
    if read.is_reread is False:
        yield (
            tr("beware"),
            tr("what follows is not what this version reads from the original"),
        )
    if media.width_px is not None and media.height_px is not None:
        yield (
            tr("picture size"),
            tr("{width} × {height} pixels", width=media.width_px, height=media.height_px),
        )
    if media.duration_ms is not None:
        yield tr("length"), tr("{seconds} s", seconds=f"{media.duration_ms / 1000:g}")
    if media.is_animated:
        yield tr("kind"), tr("animated")
    for time in media.times[:_MAX_SHOWN]:
        yield tr("a time"), _time(words, time)
    for one in media.disagreements[:_MAX_SHOWN]:
        yield tr("two times differ"), _disagreement(words, media.times, one)
    for program in media.software[:_MAX_SHOWN]:
        yield (
            tr("names software"),
            tr(
                "{name} ({field}); this does not show whether or what it changed",
                name=program.name,
                field=program.field,
            ),
        )
    for kind in media.private:
        yield (
            tr("also holds"),
            tr(
                "{what}: not shown here, but whoever gets the file can read it",
                what=tr(_PRIVATE[kind]),
            ),
        )
    if media.unread:
        yield tr("beware"), tr(_UNREAD[media.unread.code], byte=media.unread.byte)
    elif not media.has_metadata:
        yield (
            tr("metadata"),
            tr(
                "the file itself tells no time and no software: normal after sending it through a"
                " chat app"
            ),
        )


def _time(words: Words, time: StatedTime) -> str:
    return words.tr(
        "{time}: {means}, says {source} ({field})",
        time=_moment(words, time),
        means=words.tr(_MEANS[time.means]),
        source=words.tr(_SOURCES[time.source]),
        field=time.field,
    )


def _moment(words: Words, time: StatedTime) -> str:
    """In Beijing and UTC where a zone is told; as it stands where none is."""
    try:
        moment = datetime.fromisoformat(time.at) if time.at else None
        if moment and moment.tzinfo:
            return time_text(words, moment, _BEIJING)
    except (ValueError, OverflowError):
        pass  # a stranger wrote it
    local = (time.local or time.raw).replace("T", " ")
    return words.tr("{time} without a time zone", time=local)


def _disagreement(words: Words, times: Sequence[StatedTime], found: Disagreement) -> str:
    minutes, seconds = divmod(found.gap_s, 60)
    hours, minutes = divmod(minutes, 60)
    return words.tr(
        _APART[_are_zoned(times, found.one), _are_zoned(times, found.other)],
        one=found.one,
        other=found.other,
        gap=f"{hours}:{minutes:02}:{seconds:02}",
    )


def _are_zoned(times: Sequence[StatedTime], name: str) -> bool:
    """Whether the times of this name are bound to UTC; a file may have several of a name."""
    return any(time.at for time in times if f"{time.source.value}.{time.field}" == name)
