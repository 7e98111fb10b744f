"""The differences between two exports as lines of text."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evidence_kit.chats.alignment import Aligned, Alignment, Difference, Side
from evidence_kit.chats.transcript import Entry
from evidence_kit.cli.chat_text import body_lines
from evidence_kit.cli.chat_words import ChatWords
from evidence_kit.i18n import mark

MOST = 50
"""Differences that are listed unless all are asked for."""
_LITTLE = 0.05
"""Exports of one chat and one time share most of the shorter one; below this they hardly do."""
_SIDES = {
    Side.ONLY_IN_A: mark("only in A"),
    Side.ONLY_IN_B: mark("only in B"),
    Side.DIFFERS: mark("differs"),
}
_COUNTS = {
    Side.ONLY_IN_A: mark("only in A: {count}"),
    Side.ONLY_IN_B: mark("only in B: {count}"),
    Side.DIFFERS: mark("in both with another text: {count}"),
}


class _Group(NamedTuple):
    """Differences of one sort, of which some must be listed where not all are."""

    side: Side
    is_outside: bool
    """Of the period that both exports cover, where one can't have what the other has."""


def diff_head(
    text: ChatWords, aligned: Aligned, *, has_roles: bool, is_zone_assumed: bool
) -> Iterator[str]:
    """How the two exports compare as a whole.

    Args:
        is_zone_assumed: whether times of one of them rest on the offset that is taken for those
            without one.
        has_roles: whether who is the buyer and who the merchant is known in both.
    """
    account = aligned.account
    yield from _unrelated_lines(text, account, has_roles=has_roles)
    yield text.tr("the same in both: {count}", count=f"{account.same:,}")
    for side, count in _counts(account).items():
        yield text.tr(_COUNTS[side], count=f"{count:,}")
    if account.common_from_ms is None or account.common_until_ms is None:
        yield text.tr("the two exports have no period in common")
    else:
        yield text.tr(
            "both cover: {start} to {end}",
            start=text.moment(account.common_from_ms, is_assumed=is_zone_assumed),
            end=text.moment(account.common_until_ms, is_assumed=is_zone_assumed),
        )
    yield ""


def _counts(account: Alignment) -> dict[Side, int]:
    return {
        Side.ONLY_IN_A: account.only_in_a,
        Side.ONLY_IN_B: account.only_in_b,
        Side.DIFFERS: account.differs,
    }


def _unrelated_lines(text: ChatWords, account: Alignment, *, has_roles: bool) -> Iterator[str]:
    """What to know first of two exports that share nothing, or hardly anything."""
    shared = account.same + account.differs
    a, b = shared + account.only_in_a, shared + account.only_in_b
    if not min(a, b) or shared >= _LITTLE * min(a, b):
        return
    none = mark("A and B share nothing: A has {a} records, B has {b}, and none is in both")
    few = mark("A and B share hardly anything: A has {a} records, B has {b}; in both: {shared}")
    yield text.tr(few if shared else none, a=f"{a:,}", b=f"{b:,}", shared=f"{shared:,}")
    yield text.tr("they may be of different chats, or of different times of one chat")
    if not has_roles:
        yield text.tr(
            "if they are of one chat and call people by different names: give the names of both"
            " with --me and --merchant, then they are compared by who is who"
        )
    yield ""


def diff_lines(
    texts: Sequence[ChatWords], aligned: Aligned, *, is_verbose: bool = False
) -> Iterator[str]:
    """Each difference, with the place in the export that has it.

    Args:
        texts: of A and B.
        aligned: the two exports.
        is_verbose: all of them; else `MOST`, and how many more there are.
    """
    words, account = texts[0], aligned.account
    counts = _counts(account)
    count = sum(counts.values())
    if is_verbose or count <= MOST:
        for one in aligned.differences():
            yield from _difference_lines(texts, one)
        return
    form = mark("listed are {shown} of {count} differences")
    if account.common_from_ms is not None:
        form = mark(
            "listed are {shown} of {count} differences; those in the period of both have precedence"
        )
    yield words.tr(form, shown=MOST, count=f"{count:,}")
    places = _places(Counter(map(_group, aligned.differences())))
    for one in aligned.differences():
        group = _group(one)
        if places[group]:
            places[group] -= 1
            counts[one.side] -= 1
            yield from _difference_lines(texts, one)
    yield ""
    left = (words.tr(_COUNTS[side], count=f"{n:,}") for side, n in counts.items() if n)
    yield words.tr("not listed: {parts}; -v lists all, and so does --json", parts="; ".join(left))


def _group(one: Difference) -> _Group:
    return _Group(one.side, one.is_inside is False)


def _places(counts: Counter[_Group]) -> Counter[_Group]:
    """How many of each group are listed: as much of each, and outside the period what is left."""
    places: Counter[_Group] = Counter()
    free = MOST
    for is_outside in (False, True):
        groups = sorted(
            (group for group in counts if group.is_outside is is_outside),
            key=lambda group: (counts[group], group.side),
        )
        for number, group in enumerate(groups):
            places[group] = min(counts[group], free // (len(groups) - number))
            free -= places[group]
    return places


def _difference_lines(texts: Sequence[ChatWords], one: Difference) -> Iterator[str]:
    a, b = texts
    side = a.tr(_SIDES[one.side])
    if one.side is Side.DIFFERS or one.is_inside is None:
        yield a.tr("{side}:", side=side)
    else:
        inside = mark("in the period of both")
        outside = mark("outside the period of both")
        where = a.tr(inside if one.is_inside else outside)
        yield a.tr("{side}, {where}:", side=side, where=where)
    for name, text, number, record in (
        ("A", a, one.number_a, one.a),
        ("B", b, one.number_b, one.b),
    ):
        if number is not None and record is not None:
            yield f"  {name} {text.citation(Entry(number, record, None))}"
            yield from (f"  {line}" for line in body_lines(record))
