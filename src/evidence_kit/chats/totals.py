"""The accounts of all files of one chat, or of a zip, added up."""

import posixpath
from collections import Counter
from collections.abc import Sequence

import msgspec

from evidence_kit.chats.record import ALL_FILES, Chat
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
    run_together: int
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
        run_together=sum(chat.run_together for chat in chats),
        first_at=min(firsts, key=lambda time: instant(time, offset), default=None),
        last_at=max(lasts, key=lambda time: instant(time, offset), default=None),
    )


def counted(chats: Sequence[Chat]) -> tuple[Chat, ...]:
    """The accounts, with what was counted in all files of a zip where one of them states it."""
    if len(chats) == 1:  # a file whose neighbours are not there
        return tuple(chats)
    totals = Counter[tuple[str, str]]()
    for chat in chats:
        # the file that states it stands beside the others, or above their folder
        own = posixpath.dirname(chat.member or "")
        for folder in {own, posixpath.dirname(own)}:
            totals[chat.parser, folder] += chat.records
    return tuple(
        msgspec.structs.replace(
            chat,
            declared=tuple(
                msgspec.structs.replace(claim, actual=totals[_place(chat)])
                if claim.what == ALL_FILES
                else claim
                for claim in chat.declared
            ),
        )
        for chat in chats
    )


def _place(chat: Chat) -> tuple[str, str]:
    return chat.parser, posixpath.dirname(chat.member or "")
