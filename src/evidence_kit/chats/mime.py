"""Mail and what is stored like it (RFC 5322, RFC 2046): the parts, found by their places.

A file is passed through line by line; only headers are held. What stands in a field the standard
library tells, which is never given more than `FIELD_CHARACTERS` of it.
"""

import base64
import contextlib
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from itertools import islice
from typing import BinaryIO, NamedTuple

from evidence_kit.chats.source import PIECE_BYTES

HEADER_BYTES = 1 << 17
"""Of a longer header the rest is not looked at."""
FIELD_CHARACTERS = 1 << 13
"""Of a longer field, too."""
MAX_FIELDS = 500
LINE_BYTES = 1 << 16
"""A longer line comes in several pieces."""
MAX_DEPTH = 10
"""Parts that are opened, one inside another."""
_BOUNDARY = re.compile(r"""\bboundary\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))""", re.I)
_FIELD = re.compile(
    r"^(?P<name>[!-9;-~]{1,100})[ \t]*:(?P<value>[^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE
)
_FOLD = re.compile(r"\r?\n[ \t]+")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb-2312-80": "gb18030"}
"""Names that are used for what is a part of another encoding, and often for the whole of it."""
_CHARSETS = frozenset(
    (
        "utf-8", "utf8", "utf-16", "gb18030", "big5", "big5-hkscs", "cp950",
        "shift-jis", "sjis", "euc-jp", "iso-2022-jp", "euc-kr", "ks-c-5601-1987", "koi8-r",
        "koi8-u",
        *(f"iso-8859-{number}" for number in range(1, 17) if number != 12),
        *(f"windows-{number}" for number in range(1250, 1259)),
    )
)  # fmt: skip
"""Encodings that are taken at their word; some of the others take for ever with hostile bytes.

ASCII is none: it is what is written where nothing was thought of.
"""
ESCAPE = re.compile(rb"=[0-9A-Fa-f]{2}|=[ \t]*\r?\n|=\Z")
"""In quoted-printable: a byte, or a line end that means nothing."""


class Line(NamedTuple):
    """A line of the file, its end included, or a piece of a long one."""

    byte_start: int
    data: bytes
    is_begin: bool
    """Whether a line begins here."""


class Part(NamedTuple):
    """One part that holds no others, and where it stands."""

    header: Message
    byte_start: int
    """Of the header."""
    body_start: int
    body_end: int
    """The line that ends the part begins here."""
    choice: int | None
    """Where its nearest multipart/alternative begins; the parts of one tell the same."""

    @property
    def media_type(self) -> str:
        """Such as text/plain, which is also what is meant where nothing is said."""
        return self.header.get_content_type()

    @property
    def name(self) -> str | None:
        """The file name that it is given."""
        with contextlib.suppress(ValueError, LookupError, TypeError):
            if name := self.header.get_filename():
                return field_text(name)
        return None

    @property
    def is_attached(self) -> bool:
        """Whether it is a file and not what was written."""
        is_text = self.media_type in ("text/plain", "text/html")
        disposition = field(self.header, "Content-Disposition") or ""
        return not is_text or self.name is not None or disposition.lower().startswith("attachment")


class LineCounter:
    """Counts lines along a file, which nothing else may read meanwhile."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._byte, self._line = 0, 1

    def at(self, byte: int) -> int:
        """The line that this byte is in, from 1; asked for in the order of the file."""
        while self._byte < byte:
            data = self._stream.read(min(PIECE_BYTES, byte - self._byte))
            if not data:
                break
            self._byte += len(data)
            self._line += data.count(b"\n")
        return self._line


def byte_lines(stream: BinaryIO, start: int, end: int) -> Iterator[Line]:
    """The lines of this stretch of a file."""
    stream.seek(start)
    position, is_begin = start, True
    while position < end and (data := stream.readline(min(LINE_BYTES, end - position))):
        yield Line(position, data, is_begin)
        position += len(data)
        is_begin = data.endswith(b"\n")


def parts(stream: BinaryIO, start: int, end: int, *, most: int) -> Iterator[Part]:
    """The parts of one message, in the order of the file.

    Args:
        stream: the file; read from where it was left off, so leave its position alone meanwhile.
        start: first byte of the message's header.
        end: one past the last byte of the message.
        most: how many parts are looked at; what follows belongs to the last one.
    """
    walk = _Walk(start)
    count = 0
    for line in byte_lines(stream, start, end):
        part = walk.take(line) if count < most else None
        if part is not None:
            count += 1
            yield part
    last = walk.close(end)
    if last is None and count == 0:
        last = walk.outer  # it says that it has parts, and has none
    if last is not None:
        yield last._replace(body_end=end)


class _Walk:
    """Where one is in a message: in a header, in a body, or between two parts."""

    def __init__(self, start: int) -> None:
        self._opened: list[tuple[bytes, int | None]] = []
        """Boundaries of the parts that are open, each with its `Part.choice`."""
        self._header: bytearray | None = bytearray()
        self._start = start
        self._leaf: Part | None = None
        self.outer: Part | None = None
        """The message itself, where it is made of parts."""

    def take(self, line: Line) -> Part | None:
        """Pass a line; the part that it ends."""
        if line.is_begin and line.data.startswith(b"--") and (found := self._boundary(line.data)):
            ended = self.close(line.byte_start)
            level, is_last = found
            del self._opened[level if is_last else level + 1 :]
            self._header = None if is_last else bytearray()
            self._start = line.byte_start + len(line.data)
            return ended
        if self._header is None:
            return None
        if line.is_begin and not line.data.strip(b"\r\n"):
            self._open(line.byte_start + len(line.data))
        elif len(self._header) < HEADER_BYTES:
            self._header += line.data
        return None

    def close(self, end: int) -> Part | None:
        """End the part that is open."""
        if self._header is not None:
            self._open(end)
        leaf, self._leaf = self._leaf, None
        return leaf._replace(body_end=end) if leaf is not None else None

    def _open(self, body_start: int) -> None:
        header = read_header(bytes(self._header or b""))
        self._header = None
        choice = self._opened[-1][1] if self._opened else None
        part = Part(header, self._start, body_start, body_start, choice)
        if header.get_content_maintype() == "multipart" and len(self._opened) < MAX_DEPTH:
            boundary = _BOUNDARY.search(field(header, "Content-Type") or "")
            if boundary:
                is_choice = header.get_content_subtype() == "alternative"
                mark = (boundary[1] or boundary[2]).encode("utf-8", "surrogateescape")
                self._opened.append((b"--" + mark.rstrip(), self._start if is_choice else choice))
                self.outer = self.outer or part
                return
        self._leaf = part

    def _boundary(self, line: bytes) -> tuple[int, bool] | None:
        """Which of the open parts this line divides, and whether it ends it."""
        text = line.rstrip()
        for level in range(len(self._opened) - 1, -1, -1):
            mark = self._opened[level][0]
            if text == mark or text == mark + b"--":
                return level, text != mark
        return None


def header_at(stream: BinaryIO, start: int, end: int) -> Message:
    """The header that begins here, up to an empty line."""
    held = bytearray()
    for line in byte_lines(stream, start, min(end, start + HEADER_BYTES)):
        if line.is_begin and not line.data.strip(b"\r\n"):
            break
        held += line.data
    return read_header(bytes(held))


def read_header(data: bytes) -> Message:
    """The fields of a header, each in one line; lines that are no field are passed over."""
    header = Message(policy=compat32)
    text = decoded(data, None)[0]
    for found in islice(_FIELD.finditer(text), MAX_FIELDS):
        value = _FOLD.sub(" ", found["value"]).replace("\x00", "").strip()
        header[found["name"]] = value[:FIELD_CHARACTERS]
    return header


def field(header: Message, name: str) -> str | None:
    """A field as written, in one line; the first one of this name."""
    value = header.get(name)
    return None if value is None else str(value)


def field_text(value: str) -> str:
    """The text of a field whose words are encoded (RFC 2047); as it is where that is broken."""
    if "=?" not in value:
        return value
    try:
        words = decode_header(value)
    except (ValueError, LookupError, MessageError):
        return value
    text = (word if isinstance(word, str) else decoded(word, charset)[0] for word, charset in words)
    return _FOLD.sub(" ", "".join(text)).strip()


def body_text(data: bytes, header: Message) -> tuple[str, bool]:
    """The text of a body, and whether all of its bytes are in an encoding."""
    charset = None
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
        charset = header.get_content_charset()
    return decoded(unpacked(data, transfer(header)), charset)


def transfer(header: Message) -> str:
    """How a body is wrapped: "base64", "quoted-printable", or anything for not at all."""
    return (field(header, "Content-Transfer-Encoding") or "").partition(";")[0].strip().lower()


def unpacked(data: bytes, encoding: str) -> bytes:
    """The bytes that a body stands for; what is broken in it is left out or left as it is."""
    if encoding == "quoted-printable":
        return unquoted(data)
    if encoding != "base64":
        return data
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return base64.b64decode(letters + b"=" * (-len(letters) % 4))


def unquoted(data: bytes) -> bytes:
    """Quoted-printable undone (RFC 2045 §6.7); a `=` that means nothing stays."""
    return ESCAPE.sub(lambda found: bytes.fromhex(found[0][1:].strip().decode()), data)


def decoded(data: bytes, charset: str | None) -> tuple[str, bool]:
    """Text in the encoding that is named, with U+FFFD for what is not in it.

    Where none is named, or one that is not taken at its word: UTF-8, else GB 18030. The flag
    says whether all of it is in that encoding.
    """
    named = charset.lower().replace("_", "-") if charset else ""
    named = _WIDER.get(named, named)
    for encoding in (named,) if named in _CHARSETS else ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeError):
            return data.decode(encoding), True
    return data.decode(named if named in _CHARSETS else "utf-8", "replace"), False
