"""What to say of the other files of a zip that its chats rest on, or should."""

from collections.abc import Iterable, Iterator

from evidence_kit.bundle.text import escape
from evidence_kit.chats.record import Chat, Lack, Sibling
from evidence_kit.model import Observation

_LACKS = {
    Lack.ABSENT: "chat.sibling_absent",
    Lack.TWICE: "chat.sibling_twice",
    Lack.TOO_LARGE: "chat.sibling_too_large",
    Lack.UNREADABLE: "chat.sibling_unreadable",
    Lack.CONTRADICTS: "chat.sibling_contradicts",
    Lack.UNLISTED: "chat.sibling_unlisted",
}
_NAMES = "sender_raw"


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
