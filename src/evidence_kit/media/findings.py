"""What a reader collects from one file while it walks through it."""

from dataclasses import dataclass, field
from typing import Literal

from evidence_kit.bundle.text import escape
from evidence_kit.media.facts import NamedSoftware, PrivateKind, StatedTime

MAX_TEXT = 200
"""Characters of one value that is copied out of a file."""
MAX_FOUND = 100
"""Times and programs of one file, each; a hostile file can name any number."""


class Stop(Exception):
    """The file can't be read on from here.

    Args:
        code: one of `facts.Unread.code`.
        byte: offset in the file.
    """

    def __init__(self, code: Literal["cut_short", "malformed", "too_large"], byte: int) -> None:
        super().__init__(code, byte)
        self.code: Literal["cut_short", "malformed", "too_large"] = code
        self.byte = byte


@dataclass
class Found:
    """What was found so far; it stays when reading breaks off."""

    width_px: int | None = None
    height_px: int | None = None
    duration_ms: int | None = None
    is_animated: bool = False
    times: list[StatedTime] = field(default_factory=list)
    software: list[NamedSoftware] = field(default_factory=list)
    private: set[PrivateKind] = field(default_factory=set)

    def add_time(self, time: StatedTime | None) -> None:
        """Take a time in; None is none."""
        if time and len(self.times) < MAX_FOUND and time not in self.times:
            self.times.append(time)

    def add_software(self, place: str, name: str) -> None:
        """Take in a program's name; an empty one is none."""
        found = NamedSoftware(field=place, name=shown(name))
        if found.name and len(self.software) < MAX_FOUND and found not in self.software:
            self.software.append(found)


def shown(text: str) -> str:
    """A text from a file, short and harmless."""
    return escape(text.strip(" \0\t\r\n")[:MAX_TEXT])
