"""Times as a person reads them: in the local zone, and the second in UTC."""

from datetime import UTC, datetime, timedelta, tzinfo

from evidence_kit.cli.words import Words

_CHINA = ("CST", "China Standard Time", "中国标准时间")
_FORM = "%Y-%m-%d %H:%M:%S"


def time_text(words: Words, moment: datetime, zone: tzinfo | None = None) -> str:
    """A time in the local zone with its name, and in UTC.

    Args:
        words: the reader's language.
        moment: aware; what is left of its second is dropped.
        zone: None takes the machine's.
    """
    local = moment.astimezone(zone)
    utc = f"{moment.astimezone(UTC).strftime(_FORM)} UTC"
    offset = local.utcoffset() or timedelta()
    if not offset:
        return utc
    return words.tr(
        "{local} {zone}, that is {utc}",
        local=local.strftime(_FORM),
        zone=_zone(words, local.tzname() or "", offset),
        utc=utc,
    )


def upper_bound(moment: datetime) -> datetime:
    """The next full second, so that "no later than" stays true when it is shown."""
    return (
        moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
    )


def _zone(words: Words, name: str, offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    number = f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")
    if minutes == 480 and name in _CHINA:
        return words.tr("Beijing time ({offset})", offset=number)
    return number
