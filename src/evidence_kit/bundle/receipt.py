"""The receipt: one line that pins a bundle, made to be sent to someone at once.

Whoever holds it can tell later that the whole bundle was not made anew.
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from evidence_kit.bundle.reader import Bundle
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import UsageError

_FORM = re.compile(
    r"ek1 ([0-9a-f]{32}) (0|[1-9][0-9]{0,8}) ([0-9a-f]{64}) ([0-9a-f]{64})"
    r" (-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)",
    re.ASCII,
)


class Receipt(NamedTuple):
    """What a receipt says."""

    id: str
    sequence: int
    """0 for a bundle outside any case."""
    tagmanifest_sha256: str
    signature_sha256: str
    gen_time: str
    """Second of the earliest token at sealing, "-" where there was none."""

    def __str__(self) -> str:
        return " ".join(("ek1", *map(str, self)))


def read_receipt(text: str) -> Receipt:
    """The receipt in a text, whatever spaces and lines a chat has put into it.

    Raises:
        UsageError: "receipt.malformed".
    """
    match = _FORM.fullmatch(" ".join(text.split()))
    if not match:
        raise UsageError("receipt.malformed")
    return Receipt(match[1], int(match[2]), match[3], match[4], match[5])


def make_receipt(bundle: Bundle, gen_time: datetime | None) -> Receipt:
    """The receipt of a bundle as it is now.

    Raises:
        Fault: a part of it can't be read.
    """
    case = bundle.evidence.case
    return Receipt(
        id=bundle.evidence.id,
        sequence=case.sequence if case else 0,
        tagmanifest_sha256=sha256_hex(bundle.tagmanifest_bytes),
        signature_sha256=sha256_hex(bundle.signature),
        gen_time=gen_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if gen_time else "-",
    )
