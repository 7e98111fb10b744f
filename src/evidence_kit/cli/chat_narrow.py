"""Narrowing a view of a chat: the options that ask for it, and what is said of what is left out."""

from collections.abc import Iterator, Sequence
from datetime import date

from evidence_kit.actions.judge_marks import CATEGORIES as CHINESE_CATEGORIES
from evidence_kit.chats.narrowing import CATEGORIES, PARTIES, Narrowed, Narrowing, Only
from evidence_kit.cli.chat_words import CATEGORIES as CATEGORY_NAMES
from evidence_kit.cli.chat_words import ChatWords, zone_name
from evidence_kit.errors import UsageError, closest
from evidence_kit.i18n import english_of, mark

_CHINESE = {
    Only.MARKED: "有标记的",
    Only.BUYER: "买家",
    Only.MERCHANT: "商家",
    **{one: CHINESE_CATEGORIES[category] for one, category in CATEGORIES.items()},
}
_ONLY = {
    Only.MARKED: mark("only marked messages"),
    Only.BUYER: mark("only the buyer"),
    Only.MERCHANT: mark("only the merchant"),
}
"""As the filters of the page call them."""
_FITTING = {
    "timeline": frozenset(Only),
    "marks": frozenset(Only) - {Only.MARKED},
    "silence": frozenset[Only](),
    "promises": frozenset[Only](),
    "coverage": frozenset(PARTIES),
}
"""What each view can be narrowed to; those that are missing can't be narrowed at all."""
_SHARES = {
    "timeline": mark("records in this part: {shown} of {total}"),
    "marks": mark("marks in this part: {shown} of {total}"),
    "silence": mark("waits for a reply that reach into this part: {shown} of {total}"),
    "promises": mark("promises in this part: {shown} of {total}"),
    "coverage": mark(
        "records in this part that should be looked at: {shown} of {total}; all figures are of the"
        " whole chat"
    ),
}


def read_narrowing(
    view: str,
    *,
    first: date | None,
    last: date | None,
    senders: Sequence[str],
    only: Sequence[str],
) -> Narrowing | None:
    """What the options ask for; None where they ask for nothing.

    Raises:
        UsageError: "date.backwards", "chat.no_such_part", or "chat.not_for_view".
    """
    if first and last and first > last:
        raise UsageError("date.backwards", first=first.isoformat(), last=last.isoformat())
    wanted = tuple(dict.fromkeys(map(_only, only)))
    asked = {"--from": first, "--until": last, "--sender": senders, "--only": only}
    for flag, value in asked.items():
        is_of_records = flag in ("--sender", "--only")
        if value and (view not in _FITTING or (is_of_records and view == "silence")):
            raise UsageError("chat.not_for_view", view=view, name=flag)
    for one in wanted:
        if one not in _FITTING[view]:
            raise UsageError("chat.not_for_view", view=view, name=f"--only {one}")
    if not any(asked.values()):
        return None
    return Narrowing(
        from_on=first.isoformat() if first else None,
        until_on=last.isoformat() if last else None,
        senders=tuple(senders),
        only=wanted,
    )


def _only(name: str) -> Only:
    wanted = english_of(name, _CHINESE)
    if wanted is None:
        known = closest(name.lower(), (*_CHINESE, *_CHINESE.values()))
        raise UsageError("chat.no_such_part", name=name, known=known)
    return wanted


def narrowed_lines(
    text: ChatWords, view: str, narrowed: Narrowed, period_ms: tuple[int, int] | None
) -> Iterator[str]:
    """What the view is narrowed to, how much of it is shown, and how much no time places.

    Args:
        period_ms: of the whole chat.
    """
    yield text.tr("narrowed to: {parts}", parts=" · ".join(_parts(text, narrowed)))
    yield text.tr(_SHARES[view], shown=f"{narrowed.shown:,}", total=f"{narrowed.total:,}")
    if narrowed.untimed:
        yield text.tr(
            "left out, because no certain time tells whether they belong here: {count}",
            count=f"{narrowed.untimed:,}",
        )
    is_dated = narrowed.by.from_on or narrowed.by.until_on
    if is_dated and not narrowed.shown and period_ms:  # a slip in a date is seen
        first, last = map(text.bound, period_ms)
        yield text.tr(
            "the certain times of the whole chat are from {first} to {last}", first=first, last=last
        )


def _parts(text: ChatWords, narrowed: Narrowed) -> Iterator[str]:
    by, zone = narrowed.by, zone_name(narrowed.offset)
    if by.from_on and by.until_on:
        yield text.tr("{first} to {last} ({zone})", first=by.from_on, last=by.until_on, zone=zone)
    elif by.from_on:
        yield text.tr("from {day} on ({zone})", day=by.from_on, zone=zone)
    elif by.until_on:
        yield text.tr("up to {day} ({zone})", day=by.until_on, zone=zone)
    if by.senders:
        yield text.tr("only from {names}", names=", ".join(by.senders))
    for one in by.only:
        form = _ONLY.get(one)
        if form:
            yield text.tr(form)
        else:
            category = text.tr(CATEGORY_NAMES[CATEGORIES[one]])
            yield text.tr("only marked as {category}", category=category)
