"""What a bill beside its rows is, in plain words: whose, how many, and what is wrong with it."""

from collections.abc import Iterator
from typing import Any

from evidence_kit.actions.bill_account import ReadBill
from evidence_kit.bills.matching import rounded_numbers
from evidence_kit.bills.payment import Bill, Service
from evidence_kit.bills.reading import VERSION
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark

SERVICES = {Service.ALIPAY: mark("Alipay"), Service.WECHAT: mark("WeChat Pay")}
_STOPPED = {
    "bill.malformed": mark("the bill is damaged after row {row}, and was not read further"),
    "bill.too_large": mark("the bill was read up to row {row} only; there is too much of it"),
    "bill.undecodable": mark("the bill is no text after row {row}, and was not read further"),
}


def bill_rows(words: Words, read: ReadBill) -> Iterator[tuple[str, str]]:
    """Names and what is to be said under them."""
    tr, bill = words.tr, read.bill
    if bill is None:
        text = mark(
            "its rows can't be read, or are too many to be read here; try: evidence-kit show BUNDLE"
            " --payments"
        )
        yield tr("bill"), tr(text)
        return
    yield (
        tr("bill"),
        tr(
            "of {service}, number of payments: {count}; see them with:"
            " evidence-kit show BUNDLE --payments",
            service=tr(SERVICES[bill.service]),
            count=len(bill.payments),
        ),
    )
    if read.is_reread is None:
        yield tr("beware"), tr("the original was not read again")
    elif not read.is_reread:
        yield tr("beware"), other_rows(words, read.reader_version)
    for text in bill_warnings(words, bill):
        yield tr("beware"), text


def other_rows(words: Words, version: str) -> str:
    """That the rows of a bill are not those of its original.

    Args:
        words: in the user's language.
        version: of the reader that is said to have read them.
    """
    if version == VERSION:
        return words.tr("its rows are not what this version reads from the original")
    return words.tr(
        "its rows are not what this version ({own}) of the reader reads from the original; they"
        " are said to come from version {version}",
        own=VERSION,
        version=version,
    )


def bill_warnings(words: Words, bill: Bill) -> Iterator[str]:
    """What a bill lacks, as far as it can be told from itself."""
    actual, declared = len(bill.payments), bill.declared_count
    if declared is not None and declared != actual:
        yield words.tr(
            "the bill itself says that it has {declared} rows, and {actual} were found",
            declared=declared,
            actual=actual,
        )
    if bill.stopped:
        yield words.tr(_STOPPED[bill.stopped.code], row=bill.stopped.row)
    rounded = [(row, number) for row in bill.payments for number in rounded_numbers(row)]
    if rounded:
        yield words.tr(
            "order numbers have lost digits in {count} rows, such as {number} in row {row}:"
            " spreadsheet programs do that when they save a bill again",
            count=len({row.place.row for row, _ in rounded}),
            number=rounded[0][1],
            row=rounded[0][0].place.row,
        )


def bill_data(read: ReadBill) -> dict[str, Any]:
    """The same as JSON."""
    bill = read.bill
    if bill is None:
        return {"service": None, "count": None}
    return {
        "service": bill.service,
        "count": len(bill.payments),
        "declared_count": bill.declared_count,
        "stopped": bill.stopped,
        "rounded_rows": [one.place.row for one in bill.payments if rounded_numbers(one)],
        "is_reread": read.is_reread,
    }
