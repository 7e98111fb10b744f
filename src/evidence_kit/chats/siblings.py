"""What a parser may ask of the other files of the zip that its own came in.

What stands in a sibling is that file's claim, and is told as such (`record.Sibling`). A sibling
is read within a limit, at most once a zip, and has no siblings of its own, so that nothing goes
round in circles. A file that came in no zip has none.
"""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from evidence_kit.chats.parser import BREAKS, ChatStop
from evidence_kit.chats.record import Lack, Sibling
from evidence_kit.chats.source import Container, Source, mended, open_source

MAX_BYTES = 16 << 20
"""A larger sibling is not read."""
NAME_CHARACTERS = 255
"""Of a name that an export gives, so many are told."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Beside(Generic[T]):
    """A sibling that was asked for, and what was read from it."""

    member: str
    sha256: str | None = None
    """None where it was not opened."""
    value: T | None = None
    """None where nothing could be read from it."""
    lack: Lack | None = None
    """Why, then."""

    def told(self, *gives: str, lack: Lack | None = None) -> Sibling:
        """What to say of it: what was taken from it, or why nothing was."""
        return Sibling(
            member=shown(self.member), sha256=self.sha256, gives=gives, lack=lack or self.lack
        )


def beside(source: Source, relative: str, read: Callable[[Source], T]) -> Beside[T] | None:
    """Another file of the same zip; None for a file that came in none.

    Args:
        source: the file that asks.
        relative: the path from its folder, such as "../users.json".
        read: reads the sibling; a function of a module, since what it gives is kept under it.
            It may raise `ChatStop`, and holds no more than it needs.
    """
    container, member = source.container, source.member
    if container is None or member is None:
        return None
    name = path_from(member, relative)
    container.asked.add(name)
    key = (name, read)
    if key not in container.known:
        container.known[key] = _read(container, name, read)
    return cast("Beside[T]", container.known[key])


def missing(source: Source, relative: str) -> Sibling | None:
    """What to say of a file that belongs to the export and is not in the zip; None where it is.

    Args:
        source: the file that names it.
        relative: its path from the source's folder, as the source writes it.
    """
    if source.container is None or source.member is None:
        return None
    name = path_from(source.member, relative)
    return None if name in source.container.paths else Sibling(member=shown(name), lack=Lack.ABSENT)


def path_from(member: str, relative: str) -> str:
    """The name in the zip of what stands there as seen from the folder of a member."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(member), relative))


def shown(name: str) -> str:
    """A name that can be written, and is not too long."""
    return mended(name[:NAME_CHARACTERS])


def _read(container: Container, name: str, read: Callable[[Source], T]) -> Beside[T]:
    paths = container.paths.get(name, ())
    if len(paths) != 1:
        return Beside(member=name, lack=Lack.TWICE if paths else Lack.ABSENT)
    if paths[0].stat().st_size > MAX_BYTES:
        return Beside(member=name, lack=Lack.TOO_LARGE)
    sibling = open_source(paths[0], name)
    try:
        return Beside(member=name, sha256=sibling.sha256, value=read(sibling))
    except ChatStop as stop:
        lack = Lack.TOO_LARGE if stop.code == "chat.too_long" else Lack.UNREADABLE
    except BREAKS:
        lack = Lack.UNREADABLE
    return Beside(member=name, sha256=sibling.sha256, lack=lack)
