"""What to say of dates that are open, or that don't fit the order that the user named."""

from collections.abc import Iterator

from evidence_kit.bundle.text import escape
from evidence_kit.chats.date_orders import date_fit
from evidence_kit.chats.parser import DateOrder, Parser
from evidence_kit.chats.record import Chat
from evidence_kit.chats.source import Source
from evidence_kit.model import Observation


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
