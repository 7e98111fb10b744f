"""Whether a row of a bill has the number of an order, and which rows are one payment."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from evidence_kit.bills.columns import is_rounded, time_of
from evidence_kit.bills.payment import Payment

_MIN_PART = 8
"""Characters of an order number that is looked for inside a longer one."""
_MIN_DIGITS = 4
"""Of such a number: a word of letters alone may stand in any description of goods."""


class Match(NamedTuple):
    """Where the number stands in a row."""

    column: str
    is_whole: bool
    """False where it is a part of a longer number, as in T200P1234567890."""
    is_same_case: bool = True
    """False where it stands there with other letters, large or small, as in k20261101."""


def is_sought_in_longer(order: str) -> bool:
    """Whether a number is long enough not to stand in another one by chance.

    >>> is_sought_in_longer("K20261101"), is_sought_in_longer("20598")
    (True, False)
    """
    order = order.strip()
    digits = sum(character.isdecimal() for character in order)
    return len(order) >= _MIN_PART and order.isascii() and digits >= _MIN_DIGITS


def match_order(payment: Payment, order: str) -> Match | None:
    """Where a row has the order number; None where it has not.

    A digit more on either side makes another number: K2026110155 does not hold K20261101.

    Args:
        payment: the row.
        order: as the user names it.
    """
    order = order.strip()
    if not order:
        return None
    folded = order.casefold()
    is_in_longer = is_sought_in_longer(order)
    part = re.compile(_bounded(order), re.ASCII | re.IGNORECASE) if is_in_longer else None
    found = [
        match
        for column, cell in _numbers(payment)
        if (match := _match(column, cell, order, folded, part))
    ]
    # of equals, the first column's
    return max(found, key=lambda one: (one.is_whole, one.is_same_case), default=None)


def _numbers(payment: Payment) -> Iterator[tuple[str, str]]:
    """The cells where a number can stand: an order number may be like a day, but is no time."""
    for column, cell in payment.columns.items():
        if time_of(cell, is_number=False) is None:
            yield column, cell


def _match(
    column: str, cell: str, order: str, folded: str, part: re.Pattern[str] | None
) -> Match | None:
    if cell.casefold() == folded:
        return Match(column, True, cell == order)
    if part is None:
        return None
    inside = [match[0] for match in part.finditer(cell)]
    return Match(column, False, order in inside) if inside else None


def _bounded(order: str) -> str:
    before = r"(?<!\d)" if order[0].isdecimal() else ""
    after = r"(?!\d)" if order[-1].isdecimal() else ""
    return f"{before}{re.escape(order)}{after}"


def similar_column(payment: Payment, order: str) -> str | None:
    """Where a row that has not the number has one much like it; None where it has none.

    Much like it is what has digits more next to it, as K2026110155 has more than K20261101, or
    other marks between, as K-2026-1101 has.
    """
    wanted = _bare(order)
    if not is_sought_in_longer(wanted):
        return None
    return next((column for column, cell in _numbers(payment) if wanted in _bare(cell)), None)


def _bare(text: str) -> str:
    """Letters and digits alone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def rounded_numbers(payment: Payment) -> tuple[str, ...]:
    """The order numbers of a row that have lost digits."""
    return tuple(
        number
        for number in (payment.order_number, payment.merchant_order_number)
        if is_rounded(number)
    )


Identity = tuple[str, str, str, str]
"""Number of the payment service, time, amount and direction."""
_MINUTE = len("YYYY-MM-DDTHH:MM")


def identity_of(payment: Payment) -> Identity | None:
    """What the same payment has in every bill; None where a row has too little of its own.

    The payment service's number alone is not enough: a refund has that of what it pays back.
    """
    if not (payment.order_number and payment.time and payment.amount):
        return None
    if is_rounded(payment.order_number):
        return None
    return payment.order_number, payment.time, payment.amount, payment.direction.value


def minute_of(identity: Identity) -> Identity:
    """The same without seconds, which a spreadsheet leaves out."""
    number, time, amount, direction = identity
    return number, time[:_MINUTE], amount, direction


def is_to_the_minute(identity: Identity) -> bool:
    """Whether its time tells no seconds."""
    return len(identity[1]) == _MINUTE
