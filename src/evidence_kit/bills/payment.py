"""payments.json: the rows of a bill."""

from enum import StrEnum
from typing import Literal

import msgspec

FORMAT = "evidence-kit/payments/1-draft"
"""Name and version of payments.json."""

StopCode = Literal["bill.malformed", "bill.too_large", "bill.undecodable"]


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all that stands in payments.json: immutable, unknown keys refused."""


class Service(StrEnum):
    """Whose bill it is."""

    ALIPAY = "alipay"
    WECHAT = "wechat"


class Direction(StrEnum):
    """Which way the money went, as the bill says."""

    OUT = "out"
    IN = "in"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"


class Place(_Row, frozen=True, kw_only=True, omit_defaults=True):
    """Where a row stands in the original."""

    row: int
    """Counted from 1 in the file, preamble included; in a table, the row's own number."""
    byte_start: int | None = None
    """Offset of its first byte; None in a table, whose rows are packed."""
    byte_end: int | None = None
    """Offset after its line's end."""


class Payment(_Row, frozen=True, kw_only=True):
    """One row of a bill."""

    time: str | None
    """YYYY-MM-DDTHH:MM:SS without a zone, as the bill tells none, or YYYY-MM-DDTHH:MM where it
    tells no seconds; None where it is no time."""
    counterparty: str
    amount: str | None
    """Exact decimal text in yuan, such as "30.00"; None where it is no amount."""
    direction: Direction
    state: str
    order_number: str
    """The payment service's own."""
    merchant_order_number: str
    """The merchant's, or the shop platform's, as passed on to the payment service."""
    columns: dict[str, str]
    """Every column as it stands, the unknown ones, too."""
    place: Place


class Stopped(_Row, frozen=True, kw_only=True):
    """Where reading ended before the file did, and why."""

    code: StopCode
    row: int
    """The last row that was read; 0 for none."""


class Bill(_Row, frozen=True, kw_only=True):
    """All of it. The same bytes give the same bytes."""

    format: str
    service: Service
    encoding: str
    """Of a text: "utf-8", "utf-8-sig" or "gb18030"; "xlsx" of a table."""
    preamble: tuple[str, ...]
    """The lines before the column names: whose bill, for which time, how many rows."""
    header: Place
    declared_count: int | None
    """How many rows the preamble says there are."""
    payments: tuple[Payment, ...]
    rest: tuple[str, ...]
    """Lines after the column names that are no payments, such as a closing remark."""
    stopped: Stopped | None
