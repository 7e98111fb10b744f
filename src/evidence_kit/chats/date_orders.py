"""Which order of day, month and year the dates of a file fit, found by reading it in each."""

import msgspec

from evidence_kit.chats.parser import DateOrder, Options, Parser
from evidence_kit.chats.reading import Reading
from evidence_kit.chats.source import Source
from evidence_kit.chats.times import ANY_ORDER


class DateFit(msgspec.Struct, frozen=True, kw_only=True):
    """How the dates of a file go with the orders."""

    orders: tuple[DateOrder, ...]
    """Those in which every message that has a date at all has one alone, and no other than
    where it is certain without an order."""
    misfits: int
    """Messages that have no date in the order that was given, or another than the certain one."""


def date_fit(source: Source, parser: Parser, given: DateOrder | None) -> DateFit:
    """Read a file in every order at once; an order is dropped at the first date that it is not.

    Args:
        source: the file.
        parser: what it was read with.
        given: the order that the user named, which is read to the end.

    Raises:
        OSError: the file can't be read.
    """
    fitting: list[DateOrder] = list(ANY_ORDER)
    ordered = {
        order: iter(Reading(source, parser, options=Options(date_order=order)))
        for order in ANY_ORDER
    }
    misfits, is_open = 0, False
    for record in Reading(source, parser):
        dates = record.ts_candidates
        is_open = is_open or len(dates) > 1
        for order in tuple(ordered):
            other = next(ordered[order], None)
            found = other.ts_candidates if other is not None and other.id == record.id else ()
            if not dates or found == dates[:1] or (len(found) == 1 and len(dates) > 1):
                continue
            misfits += order == given and len(found) < 2
            if order in fitting:
                fitting.remove(order)
            if order != given:
                del ordered[order]
    if not is_open and len(fitting) == 2 and "ymd" in fitting:
        fitting.remove("ymd")  # which a year of four digits behind the others makes the same
    return DateFit(orders=tuple(fitting), misfits=misfits)
