"""payments.json in a bundle: what it tells, and whether the original beside it gives the same."""

import msgspec

from evidence_kit.bills.cells import MAX_BYTES
from evidence_kit.bills.payment import FORMAT, Bill
from evidence_kit.bills.reading import read_bill
from evidence_kit.bundle.reader import Bundle
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import InputError
from evidence_kit.model import FileEntry
from evidence_kit.report import Fault

OPERATION = "read_bill"
"""`FileEntry.by.operation` of payments.json."""
MAX_PAYMENTS_BYTES = 256 << 20
"""Of a payments.json whose rows are listed."""


class ReadBill(msgspec.Struct, frozen=True, kw_only=True):
    """What a payments.json in a bundle tells."""

    bill: Bill | None
    """None where it can't be read, or is too much to be read here."""
    is_reread: bool | None
    """True where this version reads the same from the original; None where it was not read."""
    reader_version: str
    """Of the reader that is said to have read the rows."""


def read_account(
    bundle: Bundle, entry: FileEntry, *, max_bytes: int, sha256: str | None = None
) -> Bill | None:
    """The rows that a payments.json tells; None where it is none that this version can read.

    Args:
        bundle: open, not judged.
        entry: a file that says it was made by reading a bill.
        max_bytes: of the file; a longer one is not read.
        sha256: digest that its bytes must have; None takes what is there.
    """
    try:
        content = bundle.read(entry.path, max_bytes=max_bytes)
        # It is read a second time, and what is on the disk may have been exchanged since.
        if sha256 not in (None, sha256_hex(content)):
            return None
        bill = msgspec.json.decode(content, type=Bill)
    except (Fault, InputError, msgspec.DecodeError, RecursionError):
        return None
    return bill if bill.format == FORMAT else None


def is_reread(bundle: Bundle, entry: FileEntry, bill: Bill) -> bool | None:
    """Whether the original gives these rows; None where it is not there.

    Whoever sealed a bundle could have written any rows beside a bill.
    """
    if len(entry.from_) != 1 or entry.from_[0] not in bundle.sizes:
        return None
    try:
        return read_bill(bundle.read(entry.from_[0], max_bytes=MAX_BYTES)) == bill
    except (Fault, InputError):
        return None


class BillReader:
    """Tells of the bills in bundles as long as reading them is not too much.

    A stranger can put very many of them into one bundle.

    Args:
        max_bytes: of all rows and originals together; a year of payments has some 5 MiB.
    """

    def __init__(self, *, max_bytes: int = 64 << 20) -> None:
        self._bytes_left = max_bytes

    def read(
        self, bundle: Bundle, entry: FileEntry, *, sha256: str | None = None
    ) -> ReadBill | None:
        """What a payments.json tells; None where it is none, or is not there as it was sealed.

        Args:
            bundle: open, not judged.
            entry: one of its files, of any kind.
            sha256: digest that its bytes must have; None takes what is there.
        """
        if entry.by is None or entry.by.operation != OPERATION:
            return None
        size_bytes = bundle.sizes.get(entry.path)
        if size_bytes is None or (sha256 and bundle.manifest.get(entry.path) != sha256):
            return None
        bill, version = None, entry.by.version
        if self._takes(size_bytes):
            bill = read_account(bundle, entry, max_bytes=size_bytes, sha256=sha256)
        if bill is None:
            return ReadBill(bill=None, is_reread=None, reader_version=version)
        cost_bytes = sum(bundle.sizes.get(path, 0) for path in entry.from_)
        if bill.encoding == "xlsx":
            cost_bytes = max(cost_bytes, MAX_BYTES)  # it unpacks to as much
        is_same = is_reread(bundle, entry, bill) if self._takes(cost_bytes) else None
        return ReadBill(bill=bill, is_reread=is_same, reader_version=version)

    def _takes(self, size_bytes: int) -> bool:
        if size_bytes > self._bytes_left:
            return False
        self._bytes_left -= size_bytes
        return True
