"""JSON exports value by value, in a window, each value with its bytes (RFC 8259).

Decoded whole, a file of 51 MB took 260 MB; here no more than a chunk and one value is held.
Some exporters write values that are no JSON. Where each value begins a line, such a one ends
with the bracket that stands under its first, and the next one can be read.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from evidence_kit.chats.blocks import lines
from evidence_kit.chats.parser import ChatStop
from evidence_kit.chats.record import Span, Structure
from evidence_kit.chats.source import Source

VALUE_CHARACTERS = 1 << 23
"""A longer value that is not opened is not read."""
DEPTH = 8
"""Containers that are opened, one inside another."""
_SPACE = " \t\n\r"
_LONGEST_TOKEN = len(r"\ud83d\ude00")
_HALF_NUMBER = len("e+")
"""What may follow a number and be no part of it before the next digit comes."""
_MARGIN_CHARACTERS = 64
"""A value further from the beginning of its line is not told by its indentation."""
_MARGIN = re.compile(r"\n([ \t]*)\Z")
_CLOSING = {"{": "}", "[": "]"}
_DECODER = json.JSONDecoder()

Pointer = tuple[str | int, ...]
"""Keys and positions on the way to a value; () is the whole document."""


class Value(NamedTuple):
    """A value that was decoded whole, and its place."""

    pointer: Pointer
    value: object
    byte_start: int
    byte_end: int
    line_start: int
    line_end: int

    @property
    def json_pointer(self) -> str:
        """RFC 6901."""
        return "".join(f"/{str(p).replace('~', '~0').replace('/', '~1')}" for p in self.pointer)

    def span(self, source: Source) -> Span:
        """Its place, for a record."""
        return Span(
            sha256=source.sha256,
            byte_start=self.byte_start,
            byte_end=self.byte_end,
            line_start=self.line_start,
            line_end=self.line_end,
            member=source.member,
            json_pointer=self.json_pointer,
        )

    @property
    def structure(self) -> Structure:
        """The same bytes as something that is no message."""
        return Structure(self.byte_start, self.byte_end)


class _Broken(NamedTuple):
    """A value that is no JSON, and can't be mended."""

    byte_start: int
    byte_end: int


Mend = Callable[[str], str]
"""Makes JSON of what an exporter is known to write instead."""


def values(
    source: Source, is_open: Callable[[Pointer], bool], mend: Mend | None = None
) -> Iterator[Value | Structure]:
    """Walk one document: containers that `is_open` are entered, all else is decoded whole.

    Brackets, keys and commas come as structure, so that nothing is left between two values
    but those that are no JSON.

    Args:
        source: the export.
        is_open: asked with the pointer of each array and object.
        mend: where given, it is tried on values that are no JSON and begin a line, and those
            that it doesn't help are passed over; without it the first one ends the walk.

    Raises:
        ChatStop: "chat.cut_short", "chat.not_json", "chat.too_long", "chat.too_deep".
    """
    window = _Window(source, mend)
    position = source.bom_bytes
    for value in _walk(window, (), is_open):
        if value.byte_start > position:
            yield Structure(position, value.byte_start)
        if isinstance(value, Value):
            yield value
        position = value.byte_end
    if window.peek():
        raise window.stop("chat.not_json")
    if source.size_bytes > position:
        yield Structure(position, source.size_bytes)


def json_lines(source: Source) -> Iterator[Value | Structure]:
    """Every line that is a JSON value; blank lines are structure, others are passed over."""
    for line in lines(source):
        if not line.text.strip(_SPACE):
            yield Structure(line.byte_start, line.byte_end)
            continue
        try:
            value = json.loads(line.text)
        except (ValueError, RecursionError):
            continue
        yield Value((), value, line.byte_start, line.byte_end, line.number, line.number)


def _walk(
    window: "_Window", pointer: Pointer, is_open: Callable[[Pointer], bool]
) -> Iterator[Value | _Broken]:
    character = window.peek()
    if character not in ("{", "[") or len(pointer) >= DEPTH or not is_open(pointer):
        yield window.value_or_broken(pointer)
        return
    window.expect(character)
    closing = "}" if character == "{" else "]"
    index = 0
    while window.peek() != closing or index:
        key: str | int = index
        if character == "{":
            name = window.value(()).value
            if not isinstance(name, str):
                raise window.stop("chat.not_json")
            key = name
            window.peek()
            window.expect(":")
        yield from _walk(window, (*pointer, key), is_open)
        index += 1
        if window.peek() == closing:
            break
        window.expect(",")
    window.expect(closing)


def _may_go_on(error: json.JSONDecodeError) -> bool:
    """Whether what is missing may stand behind the end of the text."""
    near = len(error.doc) - error.pos <= _LONGEST_TOKEN
    return near or error.msg.startswith("Unterminated string")


class _Window:
    """A stretch of the text that moves along, with the place of its cursor."""

    def __init__(self, source: Source, mend: Mend | None) -> None:
        self._source = source
        self._mend = mend
        self._chunks = source.chunks()
        self._text = ""
        self._cursor = 0
        self._byte = source.bom_bytes
        self._line = 1

    def peek(self) -> str:
        """The next character that is no space; empty at the end. The cursor stands on it."""
        while True:
            text, end = self._text, self._cursor
            while end < len(text) and text[end] in _SPACE:
                end += 1
            self._advance(end)
            if end < len(text):
                return text[end]
            if not self._grow():
                return ""

    def expect(self, character: str) -> None:
        """Step over this character, on which the cursor must stand."""
        found = self._text[self._cursor : self._cursor + 1]
        if found != character:
            raise self.stop("chat.not_json" if found else "chat.cut_short")
        self._advance(self._cursor + 1)

    def value(self, pointer: Pointer) -> Value:
        """Decode the value at the cursor and step over it."""
        if not self.peek():
            raise self.stop("chat.cut_short")
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._cursor)
            except json.JSONDecodeError as error:
                if not _may_go_on(error):
                    raise self.stop("chat.not_json") from None
                if len(self._text) - self._cursor > VALUE_CHARACTERS:
                    raise self.stop("chat.too_long") from None
                if not self._grow():
                    raise self.stop("chat.cut_short") from None
                continue
            except RecursionError:
                raise self.stop("chat.too_deep") from None
            except ValueError:  # a number of thousands of digits
                raise self.stop("chat.not_json") from None
            # a number near the end of the window may go on behind it
            if len(self._text) - end > _HALF_NUMBER or not self._grow():
                break
        start, first = self._byte, self._line
        self._advance(end)
        return Value(pointer, value, start, self._byte, first, self._line)

    def value_or_broken(self, pointer: Pointer) -> Value | _Broken:
        """The same; where it is no JSON, what `mend` makes of it."""
        try:
            return self.value(pointer)
        except ChatStop as stop:
            end = self._end_by_margin() if self._mend and stop.code == "chat.not_json" else 0
            if not end or self._mend is None:
                raise
        start, first, text = self._byte, self._line, self._text[self._cursor : end]
        self._advance(end)
        try:
            value = json.loads(self._mend(text))
        except (ValueError, RecursionError):
            return _Broken(start, self._byte)
        return Value(pointer, value, start, self._byte, first, self._line)

    def _end_by_margin(self) -> int:
        """Where the value at the cursor ends if its brackets stand under each other; else 0."""
        text, cursor = self._text, self._cursor
        margin = _MARGIN.search(text, max(0, cursor - _MARGIN_CHARACTERS), cursor)
        closing = _CLOSING.get(text[cursor : cursor + 1])
        if margin is None or closing is None:
            return 0
        line = f"\n{margin[1]}{closing}"
        while (found := self._text.find(line, self._cursor)) < 0:
            if len(self._text) - self._cursor > VALUE_CHARACTERS or not self._grow():
                return 0
        return found + len(line)

    def stop(self, code: str) -> ChatStop:
        """Why it can't go on from the cursor."""
        return ChatStop(self._byte, code)

    def _advance(self, end: int) -> None:
        if end == self._cursor:
            return
        passed = self._text[self._cursor : end]
        self._byte += self._source.length(passed)
        self._line += passed.count("\n")
        self._cursor = end

    def _grow(self) -> bool:
        chunk = next(self._chunks, "")
        if not chunk:
            return False
        begin = max(0, self._cursor - _MARGIN_CHARACTERS)
        self._text = self._text[begin:] + chunk
        self._cursor -= begin
        return True
