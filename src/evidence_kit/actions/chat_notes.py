"""What to say of chats that were read: how they were, what is open, and what is missing."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from evidence_kit.bundle.text import escape
from evidence_kit.chats.date_orders import date_fit
from evidence_kit.chats.parser import DateOrder, Parser
from evidence_kit.chats.record import ALL_FILES, Chat, Lack, Sibling
from evidence_kit.chats.source import Source
from evidence_kit.chats.totals import totals_of
from evidence_kit.chats.unread import Unread
from evidence_kit.model import Observation

SHOWN_CHATS = 50
"""Of the chats of a zip, so many are told one by one."""
_LACKS = {
    Lack.ABSENT: "chat.sibling_absent",
    Lack.TWICE: "chat.sibling_twice",
    Lack.TOO_LARGE: "chat.sibling_too_large",
    Lack.UNREADABLE: "chat.sibling_unreadable",
    Lack.CONTRADICTS: "chat.sibling_contradicts",
    Lack.UNLISTED: "chat.sibling_unlisted",
}
_NAMES = "sender_raw"


def reading_notes(
    chats: Mapping[tuple[str | None, Parser], Sequence[Chat]], name: str
) -> Iterator[Observation]:
    """What was read of each chat; of very many, the first ones and whatever is odd of the rest.

    Args:
        chats: the accounts of the files of each, by its name and what it was read with.
        name: what the original is called.
    """
    for place, ((member, parser), files) in enumerate(chats.items()):
        read, *odd = _notes(files, f"{name}/{member}" if member else name, parser)
        yield from (read, *odd) if place < SHOWN_CHATS else odd
    if (more := len(chats) - SHOWN_CHATS) > 0:
        yield Observation(code="chat.more_chats", params={"name": escape(name), "count": more})


def _notes(chats: Sequence[Chat], name: str, parser: Parser) -> Iterator[Observation]:
    """What was read of one chat, which may stand in several files."""
    shown, totals = escape(name), totals_of(chats)
    params: dict[str, str | int] = {
        "name": shown,
        "format": parser.title,
        "encoding": ", ".join(totals.encodings),
        "messages": totals.records,
        "unclaimed": totals.unclaimed_bytes,
    }
    if len(chats) > 1:
        yield Observation(code="chat.read_files", params=params | {"files": len(chats)})
    else:
        yield Observation(code="chat.read", params=params)
    for chat in chats:
        part = escape(f"{name}: {posixpath.basename(chat.member or '')}") if chats[1:] else shown
        for claim in chat.declared:
            if claim.actual is not None and claim.actual != claim.declared:
                counted = {"declared": claim.declared, "actual": claim.actual}
                yield Observation(code="chat.declared", params={"name": part, **counted})
    counts = {
        "chat.ambiguous_dates": totals.ambiguous_dates,
        "chat.undated": totals.undated,
        "chat.backwards": totals.backward_times,
        "chat.undecodable": totals.undecodable,
        "chat.contradicting": totals.contradicting,
        "chat.run_together": totals.run_together,
    }
    for code, count in counts.items():
        if count:
            yield Observation(code=code, params={"name": shown, "count": count})


def date_notes(
    source: Source, parser: Parser, chat: Chat, *, given: DateOrder | None, name: str
) -> Iterator[Observation]:
    """Which order the dates of a file show: read again where that is open, or one was named.

    Args:
        source: the file.
        parser: what it was read with.
        chat: its account.
        given: the order that the user named.
        name: what a message calls the file.

    Raises:
        OSError: the file can't be read.
    """
    if not (given or chat.ambiguous_dates):
        return
    fit = date_fit(source, parser, given)
    params: dict[str, str | int] = {"name": escape(name)}
    if given and fit.misfits:
        params |= {"order": given, "count": fit.misfits}
        yield Observation(code="chat.order_misfit", params=params)
        code = "chat.order_other" if fit.orders else "chat.order_none"
        named: dict[str, str | int] = {"orders": ", ".join(fit.orders)} if fit.orders else {}
        yield Observation(code=code, params={"name": escape(name), **named})
    elif chat.ambiguous_dates and len(fit.orders) == 1:
        yield Observation(code="chat.order_shown", params=params | {"order": fit.orders[0]})


def sibling_notes(chats: Iterable[Chat], name: str) -> Iterator[Observation]:
    """What was taken from other files, and what was not: each thing once, however many chats.

    Of files that are missing one is named; the account of each chat has more of them.
    """
    siblings = [sibling for chat in chats for sibling in chat.siblings]
    told = dict.fromkeys((code, one.member) for one in siblings for code in _codes(one))
    missing = next((member for code, member in told if code == _LACKS[Lack.ABSENT]), None)
    for code, member in told:
        if code != _LACKS[Lack.ABSENT] or member == missing:
            params: dict[str, str | int] = {"name": escape(name), "sibling": escape(member)}
            yield Observation(code=code, params=params)


def _codes(sibling: Sibling) -> Iterator[str]:
    if _NAMES in sibling.gives:
        yield "chat.names_from"
    if set(sibling.gives) - {_NAMES}:
        yield "chat.account_from"
    if sibling.lack is not None:
        yield _LACKS[sibling.lack]


def unread_notes(unread: Unread | None, name: str) -> Iterator[Observation]:
    """How many they are, and of texts and of what is missing the first names."""
    if unread is None:
        return
    for code, count, names in (
        ("chat.files_missing", unread.missing, unread.missing_names),
        ("chat.unread_texts", unread.texts, unread.names),
    ):
        if count:
            shown = escape(", ".join(names))
            params: dict[str, str | int] = {"name": escape(name), "count": count, "shown": shown}
            yield Observation(code=code, params=params)
    if unread.others:
        yield Observation(
            code="chat.unread_others", params={"name": escape(name), "count": unread.others}
        )


def shortfalls_of(chats: Sequence[Chat], name: str, *, is_named: bool) -> Iterator[Observation]:
    """Where reading broke off, and that no message was found.

    Args:
        chats: the accounts of the files of an original.
        name: what it is called.
        is_named: the user named the format, which may be the wrong one.
    """
    shown = escape(name)
    for stop in (chat.stopped for chat in chats if chat.stopped):
        params: dict[str, str | int] = {"name": shown, "byte": stop.byte, "detail": stop.detail}
        yield Observation(code=stop.code, params=params)
    if any(chat.records for chat in chats):
        return
    code = "chat.empty_named" if is_named else "chat.empty"
    if any(claim.what == ALL_FILES for chat in chats for claim in chat.declared):
        code = "chat.empty_list"
    yield Observation(code=code, params={"name": shown})
