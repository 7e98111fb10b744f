"""What of a zip was not read as a chat, so that nothing in it is passed over in silence."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from evidence_kit.chats.siblings import shown
from evidence_kit.chats.source import Source

SHOWN_NAMES = 5


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a zip that were sealed in it and no more."""

    texts: int
    """In which no chat was found, and from which no chat took anything."""
    names: tuple[str, ...]
    """Of the first SHOWN_NAMES of these."""
    others: int
    """Files of every other kind that no message points to."""


def unread_of(sources: Iterable[Source]) -> Unread | None:
    """What else is in the zip that all these files were taken from; None where nothing is.

    Args:
        sources: every file of one zip that was read as a chat, to its end; or one that stands
            in none.
    """
    files = list(sources)
    container = files[0].container
    if container is None:
        return None
    held = Counter({name: len(paths) for name, paths in container.paths.items()})
    # of two texts of one name only one may be a chat
    held -= Counter(one.member or "" for one in files)
    left = {name: count for name, count in held.items() if name not in container.asked}
    others = sum(name.rpartition("/")[2] not in container.pointed for name in container.others)
    if not left and not others:
        return None
    names = tuple(map(shown, sorted(left)[:SHOWN_NAMES]))
    return Unread(texts=sum(left.values()), names=names, others=others)
