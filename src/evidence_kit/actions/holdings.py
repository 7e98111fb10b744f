"""What the bundles of a case hold, in a few words each, told while they are verified."""

import msgspec

from evidence_kit.bundle.reader import Bundle
from evidence_kit.errors import InputError
from evidence_kit.model import Kind
from evidence_kit.report import Fault, Report, is_record_as_signed

_SHOWN_ITEMS = 2
"""Of the items of a bundle, so many are named."""


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle holds."""

    named: tuple[tuple[Kind, str], ...]
    """Kind and label of the first items."""
    more_count: int
    """How many items there are beyond these."""


class HoldingsReader:
    """Collects what bundles hold while they are being verified.

    Nothing is told of one whose record may have been changed.

    Args:
        holdings: where they go, by the path in the report.
    """

    def __init__(self, holdings: dict[str, Holding]) -> None:
        self._holdings = holdings

    def __call__(self, bundle: Bundle, report: Report) -> None:
        """Read what an open bundle holds.

        Args:
            bundle: judged, and still open.
            report: the report on it.
        """
        if not is_record_as_signed(report.findings):
            return
        try:
            items = bundle.evidence.items
        except (Fault, InputError):
            # Why it can't be read is a finding of the report.
            return
        named = tuple((item.kind, item.label) for item in items[:_SHOWN_ITEMS])
        self._holdings[report.path] = Holding(named=named, more_count=len(items) - len(named))
