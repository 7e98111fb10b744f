"""From the bytes of a bill to its rows."""

import re
from collections.abc import Iterator

from evidence_kit.bills.cells import MAX_BYTES, BillStop, Cells, text_rows
from evidence_kit.bills.columns import (
    Layout,
    amount_of,
    direction_of,
    layout_of,
    names_of,
    time_of,
)
from evidence_kit.bills.payment import FORMAT, Bill, Payment, Place, Stopped
from evidence_kit.bills.xlsx import is_workbook, xlsx_rows

VERSION = "2"
"""Goes up whenever the same bytes give other rows."""
_MAX_PREAMBLE_ROWS = 100
_MAX_REST = 200
_HEAD_BYTES = 1 << 16
_MARKS = ("交易对方", "金额")
"""In the column names of every bill."""
_COUNT = re.compile(r"共\s*(\d{1,9})\s*笔", re.ASCII)


def may_be_bill(head: bytes) -> bool:
    """True where a file is worth reading as a bill, by its first 64 KiB.

    >>> may_be_bill("交易时间,交易对方,金额".encode("gb18030"))
    True
    """
    if is_workbook(head) or head.startswith(b"PK\x03\x04"):
        return True
    texts = (head[:_HEAD_BYTES].decode(encoding, "replace") for encoding in ("utf-8", "gb18030"))
    return any(all(mark in text for mark in _MARKS) for text in texts)


def read_bill(content: bytes) -> Bill | None:
    """The rows of a bill; None where it is no bill, encrypted, or too damaged to tell.

    Every row is a part of the preamble, the column names, a payment, or told in `rest`; empty
    ones alone are left out. Where the file can't be read on, what was read so far stands.
    """
    if len(content) > MAX_BYTES:
        return None
    if content.startswith(b"PK\x03\x04"):
        return _read(xlsx_rows(content), "xlsx") if is_workbook(content) else None
    encoding = _encoding_of(content)
    return _read(text_rows(content, encoding.removesuffix("-sig")), encoding)


def _encoding_of(content: bytes) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _read(rows: Iterator[Cells], encoding: str) -> Bill | None:
    preamble: list[str] = []
    header: tuple[Layout, tuple[str, ...], Place] | None = None
    payments: list[Payment] = []
    rest: list[str] = []
    stopped, last = None, 0
    try:
        for row in rows:
            last = row.place.row
            if header is None:
                layout = layout_of(row.cells)
                if layout:
                    header = layout, names_of(row.cells), row.place
                elif len(preamble) == _MAX_PREAMBLE_ROWS:
                    return None
                else:
                    preamble.append(_line(row))
                continue
            payment = _payment(row, *header[:2])
            if payment:
                payments.append(payment)
            elif _line(row):
                if len(rest) == _MAX_REST:
                    raise BillStop("bill.too_large")
                rest.append(_line(row))
    except BillStop as stop:
        stopped = Stopped(code=stop.code, row=last)
    if header is None:
        return None
    told = (_COUNT.search(line) for line in (*preamble, *rest))
    return Bill(
        format=FORMAT,
        service=header[0].service,
        encoding=encoding,
        preamble=tuple(line for line in preamble if line),
        header=header[2],
        declared_count=next((int(match[1]) for match in told if match), None),
        payments=tuple(payments),
        rest=tuple(rest),
        stopped=stopped,
    )


def _line(row: Cells) -> str:
    return ",".join(row.cells).strip(",")


def _payment(row: Cells, layout: Layout, names: tuple[str, ...]) -> Payment | None:
    """A row as a payment; None where it has no time and no amount, or is one cell."""
    numbers = {names[at] for at in row.numbers if at < len(names)}
    columns = {
        names[at] if at < len(names) else f"#{at + 1}": cell
        for at, cell in enumerate(row.cells)
        if cell or (at < len(names) and not names[at].startswith("#"))
    }
    filled = [name for name in layout.times if columns.get(name)]
    time = filled[0] if filled else layout.times[-1]
    when = time_of(columns.get(time, ""), is_number=time in numbers)
    amount = amount_of(columns.get(layout.amount, ""), is_number=layout.amount in numbers)
    if when is None and amount is None:
        return None
    return Payment(
        time=when,
        counterparty=columns.get(layout.counterparty, ""),
        amount=amount,
        direction=direction_of(columns.get(layout.direction, "")),
        state=columns.get(layout.state, ""),
        order_number=columns.get(layout.order_number, ""),
        merchant_order_number=columns.get(layout.merchant_order_number, ""),
        columns=columns,
        place=row.place,
    )
