"""The payments that bills in bundles list, in plain words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evidence_kit.actions.bills import ListedBill, ListedPayment, Payments
from evidence_kit.bills.matching import is_sought_in_longer, rounded_numbers
from evidence_kit.bills.payment import Direction
from evidence_kit.cli.bill_view import SERVICES, bill_warnings, other_rows
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark

_DIRECTIONS = {
    Direction.OUT: mark("out"),
    Direction.IN: mark("in"),
    Direction.NEUTRAL: mark("neither in nor out"),
    Direction.UNKNOWN: mark("direction not told"),
}
_MATCHES = {
    (True, True): mark("the number of the case's order stands in {column}"),
    (True, False): mark(
        "the number of the case's order, but for large and small letters, stands in {column}"
    ),
    (False, True): mark("the number of the case's order is part of what stands in {column}"),
    (False, False): mark(
        "the number of the case's order, but for large and small letters, is part of what stands in"
        " {column}"
    ),
}
_ABSENT = {
    True: mark("no number in these bills equals or holds the order number {order}"),
    False: mark(
        "no number in these bills equals the order number {order}; only one of at least 8 letters"
        " and digits, 4 of them digits, is looked for inside longer numbers, too"
    ),
}
_MAX_SIMILAR = 10
"""Rows that are named."""


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
        if listed.is_reread is None:
            text = mark("beware: the original is not here, so its rows could not be read again")
            yield "  " + tr(text)
        elif not listed.is_reread:
            text = other_rows(words, listed.reader_version)
            yield "  " + tr("beware: {text}", text=text)
        for text in bill_warnings(words, listed.bill):
            yield "  " + tr("beware: {text}", text=text)
        for one in listed.payments:
            yield from _rows(words, one)
    for path in found.unread:
        yield tr("beware: could not be read: {path}", path=path)
    if not found.bills:
        yield tr("there is no bill whose rows could be read")
    elif found.order is None:
        yield tr("no order number is known: name it in a case with init --order")
    else:
        yield from _answer(words, found, found.order)


def _answer(words: Words, found: Payments, order: str) -> Iterator[str]:
    """How many rows have the number, and how many payments these are."""
    tr, matches = words.tr, [one.match for one in found.matched() if one.match]
    whole = sum(match.is_whole for match in matches)
    if whole:
        yield tr("rows with the order number {order}: {count}", order=order, count=whole)
    if part := len(matches) - whole:
        text = mark("rows where a longer number or text holds the order number {order}: {count}")
        yield tr(text, order=order, count=part)
    payments = found.count_matched()
    if payments < len(matches):
        text = mark(
            "these rows list {count} different payments; those that are listed several times have"
            " the same order number of the payment service, time, amount and direction"
        )
        yield tr(text, count=payments)
    if not matches:
        yield tr(_ABSENT[is_sought_in_longer(order)], order=order)
        yield from _similar(words, found)


def _similar(words: Words, found: Payments) -> Iterator[str]:
    rows = [
        words.tr(
            "{bundle} {item}, row {row}",
            bundle=Path(listed.bundle).name,
            item=listed.item,
            row=one.payment.place.row,
        )
        for listed in found.bills
        for one in listed.payments
        if one.similar
    ]
    if rows:
        text = mark("rows with a number much like it, {count}: {rows}")
        shown = rows[:_MAX_SIMILAR] + ["…"] * (len(rows) > _MAX_SIMILAR)
        yield words.tr(text, count=len(rows), rows="; ".join(shown))


def _rows(words: Words, listed: ListedPayment) -> Iterator[str]:
    one, tr = listed.payment, words.tr
    place = tr("row {row}", row=one.place.row)
    if one.place.byte_start is not None and one.place.byte_end is not None:
        place = tr(
            "row {row}, bytes {first}–{last}",
            row=one.place.row,
            first=one.place.byte_start,
            last=one.place.byte_end - 1,
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
    for number in rounded_numbers(one):
        text = mark(
            "{number} is not the whole number: spreadsheet programs leave that of a longer one"
        )
        yield "    " + tr("beware: {text}", text=tr(text, number=number))
    for text in _of_order(words, listed):
        yield f"    {text}"
    if listed.same_as:
        place = tr(
            "{bundle} {item}, row {row}",
            bundle=Path(listed.same_as.bundle).name,
            item=listed.same_as.item,
            row=listed.same_as.row,
        )
        text = mark("the same payment (order number, time, amount) is listed already: {place}")
        yield "    " + tr(text, place=place)


def _of_order(words: Words, listed: ListedPayment) -> Iterator[str]:
    """Where the row has the number of the case's order, or one much like it."""
    match = listed.match
    if match:
        yield words.tr(_MATCHES[match.is_whole, match.is_same_case], column=match.column)
    elif listed.similar:
        text = mark("a number much like that of the case's order, but not it, stands in {column}")
        yield words.tr(text, column=listed.similar)


def payment_data(found: Payments) -> dict[str, Any]:
    """The same as JSON."""
    whole = sum(one.match.is_whole for one in found.matched() if one.match)
    return {
        "order": found.order,
        "rows_whole": whole,
        "rows_part": len(found.matched()) - whole,
        "different_payments": found.count_matched(),
        "bills": [_bill_data(one) for one in found.bills],
        "unread": found.unread,
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
                "match": one.match and one.match._asdict(),
                "similar": one.similar,
                "rounded": rounded_numbers(one.payment),
                "same_as": one.same_as,
            }
            for one in listed.payments
        ],
    }
