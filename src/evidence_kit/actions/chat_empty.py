"""What to say of an original that was read as a chat, and in which no message was found."""

from collections.abc import Iterator, Sequence

from evidence_kit.bundle.text import escape
from evidence_kit.chats.record import ALL_FILES, Chat
from evidence_kit.model import Observation


def empty_shortfalls(chats: Sequence[Chat], name: str, *, is_named: bool) -> Iterator[Observation]:
    """That it holds none, and what to do.

    Args:
        chats: the accounts of its files.
        name: what it is called.
        is_named: the user named the format, which may be the wrong one.
    """
    if any(chat.records for chat in chats):
        return
    code = "chat.empty_named" if is_named else "chat.empty"
    if any(claim.what == ALL_FILES for chat in chats for claim in chat.declared):
        code = "chat.empty_list"
    yield Observation(code=code, params={"name": escape(name)})
