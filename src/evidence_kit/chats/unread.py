"""What of a zip was not read, and what it lacks, so that nothing is passed over in silence."""

import itertools
from collections import Counter
from collections.abc import Iterable

import msgspec

from evidence_kit.chats.siblings import shown
from evidence_kit.chats.source import Source

SHOWN_NAMES = 5


class Unread(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The files of a zip that were sealed in it and no more, and those that it has not."""

    texts: int
    """In which no chat was found, and from which no chat took anything."""
    names: tuple[str, ...]
    """Of the first SHOWN_NAMES of these."""
    others: int
    """Files of every other kind that no message points to."""
    missing: int = 0
    """Files that messages point to and that are not in the zip; at most MISSING_NAMES."""
    missing_names: tuple[str, ...] = ()
    """Of the first SHOWN_NAMES of these."""


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
    missing = container.missing
    if not left and not others and not missing:
        return None
    return Unread(
        texts=sum(left.values()),
        names=tuple(map(shown, sorted(left)[:SHOWN_NAMES])),
        others=others,
        missing=len(missing),
        missing_names=tuple(map(shown, itertools.islice(missing, SHOWN_NAMES))),
    )
