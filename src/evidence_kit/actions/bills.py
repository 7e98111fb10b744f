"""Bills among the files that are added, and the payments in bundles that are there already."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from evidence_kit.actions.bill_account import (
    MAX_PAYMENTS_BYTES,
    OPERATION,
    is_reread,
    read_account,
)
from evidence_kit.actions.case import is_case, open_case
from evidence_kit.actions.derivation import derived_file
from evidence_kit.bills.cells import MAX_BYTES
from evidence_kit.bills.matching import (
    Identity,
    Match,
    identity_of,
    is_to_the_minute,
    match_order,
    minute_of,
    rounded_numbers,
    similar_column,
)
from evidence_kit.bills.payment import Bill, Payment
from evidence_kit.bills.reading import VERSION, may_be_bill, read_bill
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.tags import encode_json
from evidence_kit.bundle.text import escape
from evidence_kit.errors import InputError
from evidence_kit.model import Draft, Evidence, Kind, Maker, Observation
from evidence_kit.report import Fault

FILE = "payments.json"
_HEAD_BYTES = 1 << 16


class ReadBills(msgspec.Struct, frozen=True, kw_only=True):
    """Drafts with the payments of the bills among them."""

    drafts: tuple[Draft, ...]
    notes: tuple[Observation, ...] = ()
    shortfalls: tuple[Observation, ...] = ()


class PaymentPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a payment is listed."""

    bundle: str
    """Path of the bundle."""
    item: str
    row: int


class ListedPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a bill in a bundle."""

    payment: Payment
    place: PaymentPlace
    match: Match | None
    """Where it has the number of the order; None where it has not, or none is known."""
    similar: str | None
    """The column where it has not that number, but one much like it."""
    same_as: PaymentPlace | None
    """The first row that lists the same payment: same number of the payment service, time, amount
    and direction, as far as both tell seconds; None where this is the first."""


class ListedBill(msgspec.Struct, frozen=True, kw_only=True):
    """A bill in a bundle, as the bundle has it; nothing was checked."""

    bundle: str
    """Path of the bundle."""
    item: str
    original: str
    """Path of the original in the bundle."""
    bill: Bill
    is_reread: bool | None
    """True where this version reads the same from the original; None where that is not there."""
    reader_version: str
    """Of the reader that is said to have read the rows."""
    payments: tuple[ListedPayment, ...]


class Payments(msgspec.Struct, frozen=True, kw_only=True):
    """The bills of one bundle or of a case."""

    order: str | None
    """Number of the order, as the user names it in case.toml."""
    bills: tuple[ListedBill, ...]
    unread: tuple[str, ...]
    """Bundles, and payments in them, that could not be read."""

    def matched(self) -> list[ListedPayment]:
        """The rows that have the number of the order."""
        return [one for bill in self.bills for one in bill.payments if one.match]

    def count_matched(self) -> int:
        """How many different payments those rows are."""
        return len({one.same_as or one.place for one in self.matched()})


def read_bills(drafts: Sequence[Draft], folder: Path, *, is_chat: bool = False) -> ReadBills:
    """The drafts with payments.json beside each bill; a bill stays a document.

    Args:
        drafts: items about to be sealed, whose first file is the original.
        folder: for what is derived; it must last until the sealing.
        is_chat: the user says that the files are chats, so none is taken for a bill.

    Raises:
        InputError: a file is missing or can't be read.
    """
    read: list[Draft] = []
    notes: list[Observation] = []
    shortfalls: list[Observation] = []
    for number, draft in enumerate(drafts, start=1):
        original = draft.files[0]
        name = escape(Path(original.source).name)
        head = b""
        if draft.kind in (Kind.DOCUMENT, Kind.CHAT):
            head = _content(Path(original.source), _HEAD_BYTES)
        if head.startswith(b"%PDF-"):
            notes.append(Observation(code="bill.pdf", params={"name": name}))
        bill = None
        if not is_chat and may_be_bill(head):
            content = _content(Path(original.source), MAX_BYTES + 1)
            bill = read_bill(content)
            if len(content) > MAX_BYTES and not content.startswith(b"PK"):
                notes.append(Observation(code="bill.too_large", params={"name": name, "row": 0}))
        if bill is None:
            read.append(draft)
            continue
        place = folder / f"{number:04}"
        place.mkdir(exist_ok=True)
        (place / FILE).write_bytes(encode_json(bill))
        read.append(_with_payments(draft, place, hashlib.sha256(content).hexdigest()))
        notes += _notes(bill, name)
        if bill.stopped:
            params: dict[str, str | int] = {"name": name, "row": bill.stopped.row}
            shortfalls.append(Observation(code=bill.stopped.code, params=params))
    return ReadBills(drafts=tuple(read), notes=tuple(notes), shortfalls=tuple(shortfalls))


def _with_payments(draft: Draft, place: Path, sha256: str) -> Draft:
    original, *others = draft.files
    by = Maker(operation=OPERATION, tool="bills", version=VERSION)
    file = derived_file(place / FILE, "application/json", original=original.path, by=by)
    # What is sealed are the bytes that were read, or nothing.
    original = msgspec.structs.replace(original, sha256=sha256)
    return msgspec.structs.replace(draft, kind=Kind.DOCUMENT, files=(original, *others, file))


def _content(path: Path, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(max_bytes)
    except FileNotFoundError:
        raise InputError("file.missing", path=str(path)) from None
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error


def _notes(bill: Bill, name: str) -> Iterator[Observation]:
    count = len(bill.payments)
    yield Observation(code="bill.read", params={"name": name, "count": count})
    if bill.declared_count not in (None, count):
        params: dict[str, str | int] = {"declared": bill.declared_count or 0, "actual": count}
        yield Observation(code="bill.declared", params={"name": name, **params})
    rounded = [(row, number) for row in bill.payments for number in rounded_numbers(row)]
    if rounded:
        params = {"row": rounded[0][0].place.row, "number": rounded[0][1]}
        params["count"] = len({row.place.row for row, _ in rounded})
        yield Observation(code="bill.rounded", params={"name": name, **params})


def payments_in(path: Path) -> Payments:
    """The payments of a bundle, or of every bundle of a case, held against the case's order.

    Args:
        path: a bundle, or a folder with a case. A bundle that lies in a case belongs to it.

    Raises:
        InputError: the bundle is missing or is none.
        CaseError: case.toml can't be read.
        Fault: the bundle can't be read.
    """
    folder = path if is_case(path) else path.parent
    case = open_case(folder) if is_case(folder) else None
    listing = _Listing(case.facts.get("order") if case else None)
    if case is None or folder != path:
        with Bundle(path) as bundle:
            listing.add(bundle, bundle.evidence)
        return listing.payments()
    for one in case.bundle_paths():
        try:
            with Bundle(one) as bundle:
                listing.add(bundle, bundle.evidence)
        except (Fault, InputError):
            listing.unread.append(str(one))
    return listing.payments()


class _Listing:
    """Bills of one bundle after the other.

    Args:
        order: number of the case's order.
    """

    def __init__(self, order: str | None) -> None:
        self.unread: list[str] = []
        self._order = order
        self._bills: list[ListedBill] = []
        self._seen: dict[Identity, PaymentPlace] = {}
        """By the time as it is written."""
        self._seen_within: dict[Identity, PaymentPlace] = {}
        """By the minute."""

    def payments(self) -> Payments:
        """What was found so far."""
        return Payments(order=self._order, bills=tuple(self._bills), unread=tuple(self.unread))

    def add(self, bundle: Bundle, evidence: Evidence) -> None:
        """List the bills of a bundle.

        Args:
            bundle: open, not judged.
            evidence: its record.
        """
        for item in evidence.items:
            for entry in item.files:
                if entry.by is None or entry.by.operation != OPERATION:
                    continue
                bill = read_account(bundle, entry, max_bytes=MAX_PAYMENTS_BYTES)
                if bill is None:
                    self.unread.append(f"{bundle.path}: {entry.path}")
                    continue
                rows = [self._listed(str(bundle.path), item.id, one) for one in bill.payments]
                self._bills.append(
                    ListedBill(
                        bundle=str(bundle.path),
                        item=item.id,
                        original=", ".join(entry.from_),
                        bill=bill,
                        is_reread=is_reread(bundle, entry, bill),
                        reader_version=entry.by.version,
                        payments=tuple(rows),
                    )
                )

    def _listed(self, bundle: str, item: str, payment: Payment) -> ListedPayment:
        order, match = self._order or "", match_order(payment, self._order or "")
        place = PaymentPlace(bundle=bundle, item=item, row=payment.place.row)
        return ListedPayment(
            payment=payment,
            place=place,
            match=match,
            similar=None if match else similar_column(payment, order),
            same_as=self._first(payment, place),
        )

    def _first(self, payment: Payment, place: PaymentPlace) -> PaymentPlace | None:
        """The row before that lists the same payment."""
        identity = identity_of(payment)
        if identity is None:
            return None
        minute = minute_of(identity)
        # of two that both tell seconds, these count
        seen = self._seen_within if is_to_the_minute(identity) else self._seen
        first = seen.get(identity) or self._seen.get(minute)
        self._seen.setdefault(identity, first or place)
        self._seen_within.setdefault(minute, first or place)
        return first
