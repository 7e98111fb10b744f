"""The payments that bills in bundles list, in plain words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evidence_kit.actions.bills import ListedBill, ListedPayment, Payments
from evidence_kit.bills.payment import Direction
from evidence_kit.cli.bill_view import SERVICES, bill_warnings
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark

_DIRECTIONS = {
    Direction.OUT: mark("out"),
    Direction.IN: mark("in"),
    Direction.NEUTRAL: mark("neither in nor out"),
    Direction.UNKNOWN: mark("direction not told"),
}


def payment_lines(words: Words, found: Payments) -> Iterator[str]:
    """Every bill with its rows; behind them, whether one has the number of the order."""
    tr = words.tr
    for listed in found.bills:
        yield tr(
            "{bundle} {item}: bill of {service}, {path}",
            bundle=Path(listed.bundle).name,
            item=listed.item,
            service=tr(SERVICES[listed.bill.service]),
            path=listed.original,
        )
        if not listed.is_reread:
            differs = mark("beware: these rows are not what is read from the original")
            absent = mark("beware: the original is not here, so its rows could not be read again")
            yield "  " + tr(absent if listed.is_reread is None else differs)
        for one in listed.payments:
            yield from _rows(words, one)
        for text in bill_warnings(words, listed.bill):
            yield "  " + tr("beware: {text}", text=text)
    for path in found.unread:
        yield tr("beware: could not be read: {path}", path=path)
    if not found.bills:
        yield tr("there is no bill whose rows could be read")
    elif found.order is None:
        yield tr("no order number is known: name it in a case with init --order")
    else:
        yield _answer(words, found)


def _answer(words: Words, found: Payments) -> str:
    matches = [one.match for bill in found.bills for one in bill.payments if one.match]
    if not matches:
        text = mark("no row of these bills has the order number {order}")
    elif any(match.is_whole for match in matches):
        text = mark("the bill has a row with the order number {order}")
    else:
        text = mark("the bill has a row with a longer number that holds the order number {order}")
    return words.tr(text, order=str(found.order))


def _rows(words: Words, listed: ListedPayment) -> Iterator[str]:
    one, tr = listed.payment, words.tr
    place = tr("row {row}", row=one.place.row)
    if one.place.byte_start is not None:
        place = tr(
            "row {row}, bytes {start}–{end}",
            row=one.place.row,
            start=one.place.byte_start,
            end=one.place.byte_end or 0,
        )
    yield "  " + tr(
        "{time} {direction} {amount} yuan, {counterparty}, {state} ({place})",
        time=(one.time or "-").replace("T", " "),
        direction=tr(_DIRECTIONS[one.direction]),
        amount=one.amount or "-",
        counterparty=one.counterparty or "-",
        state=one.state or "-",
        place=place,
    )
    numbers = tr(
        "order number {order}, merchant's order number {merchant}",
        order=one.order_number or "-",
        merchant=one.merchant_order_number or "-",
    )
    yield f"    {numbers}"
    if listed.match:
        text = (
            mark("the number of the case's order stands in {column}")
            if listed.match.is_whole
            else mark("the number of the case's order is part of what stands in {column}")
        )
        yield "    " + tr(text, column=listed.match.column)


def payment_data(found: Payments) -> dict[str, Any]:
    """The same as JSON."""
    return {"order": found.order, "bills": [_bill_data(one) for one in found.bills]} | {
        "unread": found.unread
    }


def _bill_data(listed: ListedBill) -> dict[str, Any]:
    bill = listed.bill
    return {
        "bundle": listed.bundle,
        "item": listed.item,
        "original": listed.original,
        "service": bill.service,
        "is_reread": listed.is_reread,
        "count": len(bill.payments),
        "declared_count": bill.declared_count,
        "stopped": bill.stopped,
        "payments": [
            {
                "payment": one.payment,
                "match": one.match and {"column": one.match.column, "is_whole": one.match.is_whole},
            }
            for one in listed.payments
        ],
    }
