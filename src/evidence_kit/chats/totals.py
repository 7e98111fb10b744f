"""The accounts of all files of one chat, added up."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from evidence_kit.chats.record import Chat
from evidence_kit.chats.times import instant


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What `Chat` says of one file, of all of them."""

    encodings: tuple[str, ...]
    date_orders: tuple[str, ...]
    """Those that the user gave."""
    records: int
    kinds: dict[str, int]
    unclaimed_bytes: int
    structure_bytes: int
    ambiguous_dates: int
    backward_times: int
    """Within each file."""
    undated: int
    undecodable: int
    contradicting: int
    first_at: str | None
    last_at: str | None


def totals_of(chats: Sequence[Chat]) -> Totals:
    """Add up; of one file, what its account says."""
    offset = chats[0].assumed_offset
    kinds: Counter[str] = Counter()
    for chat in chats:
        kinds.update(chat.kinds)
    firsts = [chat.first_at for chat in chats if chat.first_at]
    lasts = [chat.last_at for chat in chats if chat.last_at]
    return Totals(
        encodings=tuple(dict.fromkeys(chat.encoding for chat in chats)),
        date_orders=tuple(dict.fromkeys(chat.date_order for chat in chats if chat.date_order)),
        records=sum(chat.records for chat in chats),
        kinds=dict(sorted(kinds.items())),
        unclaimed_bytes=sum(chat.unclaimed_bytes for chat in chats),
        structure_bytes=sum(chat.structure_bytes for chat in chats),
        ambiguous_dates=sum(chat.ambiguous_dates for chat in chats),
        backward_times=sum(chat.backward_times for chat in chats),
        undated=sum(chat.undated for chat in chats),
        undecodable=sum(chat.undecodable for chat in chats),
        contradicting=sum(chat.contradicting for chat in chats),
        first_at=min(firsts, key=lambda time: instant(time, offset), default=None),
        last_at=max(lasts, key=lambda time: instant(time, offset), default=None),
    )
