"""Whether a row of a bill has the number of an order."""

import re
from typing import NamedTuple

from evidence_kit.bills.payment import Payment

_MIN_PART = 8
"""Characters of an order number that is looked for inside a longer one."""


class Match(NamedTuple):
    """Where the number stands in a row."""

    column: str
    is_whole: bool
    """False where it is a part of a longer number, as in T200P1234567890."""


def match_order(payment: Payment, order: str) -> Match | None:
    """Where a row has the order number; None where it has not.

    Args:
        payment: the row.
        order: as the user names it.
    """
    order = order.strip()
    if not order:
        return None
    for column, cell in payment.columns.items():
        if cell == order:
            return Match(column, True)
    if len(order) < _MIN_PART or not order.isascii():
        return None
    part = re.compile(rf"(?<!\d){re.escape(order)}(?!\d)", re.ASCII)
    for column, cell in payment.columns.items():
        if part.search(cell):
            return Match(column, False)
    return None
