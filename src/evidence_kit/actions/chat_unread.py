"""What to say of the files of a zip that were not read as a chat."""

from collections.abc import Iterator

from evidence_kit.bundle.text import escape
from evidence_kit.chats.unread import Unread
from evidence_kit.model import Observation


def unread_notes(unread: Unread | None, name: str) -> Iterator[Observation]:
    """How many they are, and of texts the first names."""
    if unread is None:
        return
    if unread.texts:
        params: dict[str, str | int] = {
            "name": escape(name),
            "count": unread.texts,
            "shown": escape(", ".join(unread.names)),
        }
        yield Observation(code="chat.unread_texts", params=params)
    if unread.others:
        yield Observation(
            code="chat.unread_others", params={"name": escape(name), "count": unread.others}
        )
