"""The column names that the services print, and the values under them."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from evidence_kit.bills.payment import Direction, Service

_TIME = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?", re.ASCII
)
# The sign stands before the currency or behind it; some programs write U+2212 for a minus.
_AMOUNT = re.compile(
    r"([+\-\u2212]?)\s*[¥￥]?\s*([+\-\u2212]?)(\d{1,3}(?:,\d{3}){1,4}|\d{1,15})(\.\d{1,4})?",
    re.ASCII,
)
_ROUNDED = re.compile(r"\d(?:\.\d{1,20})?E\+\d{1,3}|\d{15}0{5,40}", re.ASCII)
"""Tables keep 15 digits of a number (ECMA-376: binary numbers), and show few of a long one."""
_DIRECTIONS = {
    "支出": Direction.OUT,
    "收入": Direction.IN,
    "不计收支": Direction.NEUTRAL,
    "中性交易": Direction.NEUTRAL,
    "其他": Direction.NEUTRAL,
    "/": Direction.NEUTRAL,
}
_DAY_ZERO = datetime(1899, 12, 30)
"""From where tables count days (ECMA-376 part 1, 18.17.4.1)."""
_LAST_DAY = 80_000


class Layout(NamedTuple):
    """Which column holds what, in one kind of bill."""

    service: Service
    times: tuple[str, ...]
    """The first of them that is filled in counts."""
    counterparty: str
    amount: str
    direction: str
    state: str
    order_number: str
    merchant_order_number: str

    @property
    def required(self) -> frozenset[str]:
        """Without these it is another kind."""
        return frozenset((self.times[-1], self.counterparty, self.amount, self.order_number))


LAYOUTS = (
    # The app's bill (开具交易流水证明), since 2021; older ones have the columns in another order.
    Layout(
        service=Service.ALIPAY,
        times=("交易时间",),
        counterparty="交易对方",
        amount="金额",
        direction="收/支",
        state="交易状态",
        order_number="交易订单号",
        merchant_order_number="商家订单号",
    ),
    # The web site's download (交易记录明细查询).
    Layout(
        service=Service.ALIPAY,
        times=("付款时间", "交易创建时间"),
        counterparty="交易对方",
        amount="金额(元)",
        direction="收/支",
        state="交易状态",
        order_number="交易号",
        merchant_order_number="商家订单号",
    ),
    Layout(
        service=Service.WECHAT,
        times=("交易时间",),
        counterparty="交易对方",
        amount="金额(元)",
        direction="收/支",
        state="当前状态",
        order_number="交易单号",
        merchant_order_number="商户单号",
    ),
)


def layout_of(cells: Sequence[str]) -> Layout | None:
    """The kind of bill whose column names these are; None where they are none."""
    names = {plain_name(cell) for cell in cells}
    return next((layout for layout in LAYOUTS if layout.required <= names), None)


def plain_name(cell: str) -> str:
    """A column's name with plain brackets."""
    return cell.replace("（", "(").replace("）", ")").strip()


def names_of(cells: Sequence[str]) -> tuple[str, ...]:
    """A name for each column, all different: "#3" for the third where it has none of its own.

    >>> names_of(["金额（元）", "", "金额(元)"])
    ('金额(元)', '#2', '#3')
    """
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = plain_name(cell)
        names.append(name if name and name not in names else f"#{number}")
    return tuple(names)


def time_of(text: str, *, is_number: bool) -> str | None:
    """A time without a zone, as exact as it is written; None where it is none.

    >>> time_of("2026/11/1 20:03", is_number=False)
    '2026-11-01T20:03'

    Args:
        text: the cell.
        is_number: a table's number counts days.
    """
    try:
        if is_number:
            days = float(text)
            if not 1 <= days <= _LAST_DAY:
                return None
            seconds = round(days * 86400)
            return (_DAY_ZERO + timedelta(seconds=seconds)).isoformat(timespec="seconds")
        match = _TIME.fullmatch(text)
        if match:
            year, month, day, hour, minute = (int(part) for part in match.groups()[:5])
            moment = datetime(year, month, day, hour, minute, int(match[6] or 0))
            return moment.isoformat(timespec="seconds" if match[6] else "minutes")
    except ValueError:
        pass
    return None


def amount_of(text: str, *, is_number: bool) -> str | None:
    """Exact decimal text with at least two places; None where it is no amount.

    A table keeps amounts as binary numbers, 9.78 as 9.7799999999999994: the shortest decimal
    that stands for the same binary number is the one that was meant.

    >>> amount_of("¥1,234.5", is_number=False)
    '1234.50'
    >>> amount_of("-¥30", is_number=False)
    '-30.00'
    >>> amount_of("9.7799999999999994", is_number=True)
    '9.78'
    """
    if is_number:
        try:
            text = f"{Decimal(repr(float(text))):f}"
        except (ValueError, ArithmeticError):
            return None
    match = _AMOUNT.fullmatch(text)
    if not match or (match[1] and match[2]):
        return None
    before, behind, whole, places = match.groups()
    places = (places or ".").ljust(3, "0")
    minus = "" if (before or behind) in ("", "+") else "-"
    return minus + (whole.replace(",", "").lstrip("0") or "0") + places


def direction_of(text: str) -> Direction:
    """Which way the money went."""
    return _DIRECTIONS.get(text, Direction.UNKNOWN)


def is_rounded(number: str) -> bool:
    """Whether a long number has lost digits, as when a spreadsheet program saves a bill again.

    >>> is_rounded("2.02611E+27"), is_rounded("2026110122001400000000000001")
    (True, False)
    """
    return _ROUNDED.fullmatch(number) is not None
