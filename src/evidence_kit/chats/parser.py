"""What a parser is, how the parsers are found, and how one is chosen for a file."""

import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal

import msgspec

from evidence_kit.chats.record import Part
from evidence_kit.chats.source import Head, Source
from evidence_kit.errors import UsageError, closest

DateOrder = Literal["dmy", "mdy", "ymd"]
Syntax = Literal["text", "csv", "json", "jsonl", "html", "xml", "mail"]

SIGNATURE = 100
"""Words or keys that only this format has."""
SHAPE = 60
"""Headers of this form, several of them, where the format leaves no other mark."""
GENERIC = 20
"""Something any file of its kind could be; taken where no one else claims the file."""


class Detection(msgspec.Struct, frozen=True):
    """How surely a parser claims a file, and why."""

    score: int = 0
    """0 (no), GENERIC, SHAPE or SIGNATURE."""
    reasons: tuple[str, ...] = ()


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said about the file."""

    date_order: DateOrder | None = None


@dataclass(frozen=True, kw_only=True)
class Parser:
    """One format.

    `parse` yields records, structure and declared counts in the order of the file; what it
    passes over becomes an unclaimed record. It raises `ChatStop` where it can't go on. It
    holds no more than a window of the file in memory.
    """

    id: str
    """Name of its module, and of its folder of fixtures."""
    version: str
    """Goes up whenever the same bytes give other records."""
    title: str
    """What people call the format; marked where words of it have others in Chinese."""
    syntax: Syntax
    """How a span is read back, by tests and by people."""
    detect: Callable[[Head], Detection]
    parse: Callable[[Source, Options], Iterator[Part]]
    series: Callable[[str], str] | None = None
    """Where an export spreads a chat over several files: what ties a file of this name to the
    others, such as their folder, "" being that of the zip. None where each is a chat of its own."""
    files_beside: bool = False
    """Whether the files that messages name stand in the zip of the export, where it is whole."""
    caveat: str | None = None
    """What to know of every export of this format: key of words in `messages.OBSERVATIONS`."""


BREAKS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a stranger's file may make a parser raise, against all foresight."""


class ChatStop(Exception):
    """A parser can't go on; `reading` turns it into `Chat.stopped`.

    Args:
        byte: where it stopped.
        code: key of the words in `messages.OBSERVATIONS`, such as "chat.cut_short".
        detail: what was found there.
    """

    def __init__(self, byte: int, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.byte = byte
        self.code = code
        self.detail = detail


@cache
def parsers() -> tuple[Parser, ...]:
    """Every parser there is, by id."""
    from evidence_kit.chats import parsers as package

    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(import_module(f"{package.__name__}.{name}").PARSER for name in names)


def parser_named(parser_id: str, *, file: str = "") -> Parser:
    """The parser of this id.

    Args:
        parser_id: what the user typed.
        file: name of the file that it is for: those that fit its ending are suggested.

    Raises:
        UsageError: "chat.no_such_parser".
    """
    known = {parser.id: parser for parser in parsers()}
    if parser_id not in known:
        ending = Path(file).suffix.lower().replace(".", "_")
        fitting = [one for one in known if ending and one.endswith(ending)] or list(known)
        raise UsageError("chat.no_such_parser", name=parser_id, known=closest(parser_id, fitting))
    return known[parser_id]


def candidates(head: Head, among: Sequence[Parser] | None = None) -> tuple[Parser, ...]:
    """The parsers that claim a file most surely: none, one, or several that tie.

    Texts and tables are nobody's where all their lines end otherwise than at LF: all that stands
    below the first message would be a part of it.
    """
    able = among or parsers()
    if _has_other_lines(head.text):
        able = [parser for parser in able if parser.syntax not in ("text", "csv")]
    scores = [(parser.detect(head).score, parser) for parser in able]
    best = max((score for score, _ in scores), default=0)
    return tuple(parser for score, parser in scores if score == best and best > 0)


def _has_other_lines(text: str) -> bool:
    """Whether lines end at CR alone, or at U+2028, and none at LF."""
    stripped = text.strip()
    return "\n" not in stripped and ("\r" in stripped or "\u2028" in stripped)


def choose(head: Head) -> Parser | None:
    """The one parser that claims a file; None where none does.

    Raises:
        UsageError: "chat.ambiguous", where several claim it equally.
    """
    found = candidates(head)
    if len(found) > 1:
        names = ", ".join(parser.id for parser in found)
        raise UsageError("chat.ambiguous", names=names, path=head.name)
    return found[0] if found else None
