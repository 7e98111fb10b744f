"""The bytes of an export: their digest, their encoding, and the text in pieces."""

import codecs
import hashlib
import posixpath
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Literal

from evidence_kit.chats.record import Span
from evidence_kit.errors import InputError

Encoding = Literal["utf-8", "gb18030", "utf-16-le", "utf-16-be", "mixed", "mixed-gb18030"]
"""The mixed ones are UTF-8 and GB 18030 with bytes in between that are not."""

HEAD_BYTES = 1 << 16
PIECE_BYTES = 1 << 20
LINE_CHARACTERS = 1 << 22
"""A longer line comes in several pieces."""
MISSING_NAMES = 10_000
_HALF = 0.5
_NO_TEXT = frozenset({"Cn", "Co"})
"""Of Unicode's categories, those that no text without a BOM is guessed to hold."""
_BOMS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The beginning of a file, for detection."""

    name: str
    data: bytes
    """At most HEAD_BYTES."""
    text: str
    """The same without a BOM, up to the last whole line; empty where it is no text."""
    is_whole: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Container:
    """The zip that a file was taken from: its other texts, which `siblings` reads."""

    paths: Mapping[str, tuple[Path, ...]]
    """Where each was unpacked to, by its name; several where a name stands twice."""
    others: tuple[str, ...] = ()
    """Names of the files in it that are no texts; they stay packed."""
    known: dict[Hashable, object] = field(default_factory=dict)
    """What was read from them."""
    asked: set[str] = field(default_factory=set)
    """Names of the texts that a parser asked for as siblings."""
    pointed: set[str] = field(default_factory=set)
    """Names, without their folders, of those `others` that messages point to."""
    missing: dict[str, None] = field(default_factory=dict)
    """Names of files that messages point to and that are not there; at most MISSING_NAMES."""

    @cached_property
    def _other_names(self) -> dict[str, str]:
        """By what they are in NFC, which other programs may have changed."""
        return {_plain(name): posixpath.basename(name) for name in self.others}

    @cached_property
    def _text_names(self) -> frozenset[str]:
        return frozenset(map(_plain, self.paths))

    def point_to(self, names: Iterable[str], *, are_beside: bool) -> None:
        """Keep which files a message points to. Exports write folders in ways of their own.

        Args:
            names: as the message has them.
            are_beside: whether such files stand in the zip, where it is whole.
        """
        for name in map(_plain, names):
            if name in self._other_names:
                self.pointed.add(self._other_names[name])
            elif are_beside and name not in self._text_names and len(self.missing) < MISSING_NAMES:
                self.missing[name] = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file to be parsed. Read anew by each call, never written.

    In mixed text the bytes that are not in its encoding show as lone surrogates (PEP 383), so
    that the length in bytes of any piece of text can be told from the text.
    """

    path: Path
    sha256: str
    size_bytes: int
    encoding: Encoding
    bom_bytes: int
    member: str | None = None
    """Its name in the zip that it was taken from."""
    container: Container | None = field(default=None, compare=False, repr=False)
    """That zip."""

    def open(self) -> BinaryIO:
        """The bytes, from the first one."""
        return self.path.open("rb")

    def chunks(self) -> Iterator[str]:
        """The text behind the BOM, cut anywhere."""
        decoder = codecs.getincrementaldecoder(self.codec)(self._errors)
        with self.open() as stream:
            stream.seek(self.bom_bytes)
            while chunk := stream.read(PIECE_BYTES):
                if text := decoder.decode(chunk):
                    yield text
        # What is left at the end of mixed text; the decoder's own `final` loses some of it.
        pending, _ = decoder.getstate()
        if pending:
            yield self.decode(pending)

    def pieces(self) -> Iterator[str]:
        """The text behind the BOM in pieces that end with a line, but for overlong ones."""
        rest = ""
        for chunk in self.chunks():
            text = rest + chunk
            end = text.rfind("\n") + 1
            if end == 0 and len(text) > LINE_CHARACTERS:
                end = len(text)
            if end:
                yield text[:end]
            rest = text[end:]
        if rest:
            yield rest

    def encode(self, text: str) -> bytes:
        """The bytes that a piece of the text stands for."""
        return text.encode(self.codec, self._errors)

    def length(self, text: str) -> int:
        """How many bytes a piece of the text stands for."""
        return self.lengths((text,))[0]

    def lengths(self, texts: Iterable[str]) -> list[int]:
        """The same of each of several; in one call, which is quicker."""
        codec, errors, ascii_bytes = self.codec, self._errors, self._ascii_bytes
        return [
            len(text) * ascii_bytes if text.isascii() else len(text.encode(codec, errors))
            for text in texts
        ]

    def decode(self, data: bytes) -> str:
        """The text that bytes of the file stand for, as `pieces` gives it."""
        return data.decode(self.codec, self._errors)

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`."""
        with self.open() as stream:
            stream.seek(start)
            return stream.read(end - start)

    def span(self, start: int, end: int, first: int | None = None, last: int | None = None) -> Span:
        """The place of these bytes and lines."""
        return Span(
            sha256=self.sha256,
            byte_start=start,
            byte_end=end,
            line_start=first,
            line_end=last,
            member=self.member,
        )

    def record_id(self, start: int) -> str:
        """The id of the record that begins at this byte."""
        return self.record_ids((start,))[0]

    def record_ids(self, starts: Iterable[int]) -> list[str]:
        """The ids of several."""
        beginning = self._id_beginning
        return [f"{beginning}{start}" for start in starts]

    @cached_property
    def _id_beginning(self) -> str:
        return f"{self.sha256:.16}:"

    @cached_property
    def _ascii_bytes(self) -> int:
        return 2 if self.encoding.startswith("utf-16") else 1

    @cached_property
    def codec(self) -> str:
        """What Python calls the encoding."""
        return {"mixed": "utf-8", "mixed-gb18030": "gb18030"}.get(self.encoding, self.encoding)

    @cached_property
    def _errors(self) -> str:
        # surrogateescape undoes itself; utf-16 may be cut in a pair, which only shows.
        if self.encoding in ("mixed", "mixed-gb18030"):
            return "surrogateescape"
        return "strict" if self.encoding in ("utf-8", "gb18030") else "surrogatepass"


def _plain(name: str) -> str:
    """A file's name without its folders."""
    return unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])


def open_source(
    path: Path, member: str | None = None, container: Container | None = None
) -> Source:
    """Hash a file and find its encoding: a BOM, UTF-16, UTF-8, else GB 18030, strictly or mixed.

    Raises:
        InputError: "file.unreadable".
    """
    try:
        with path.open("rb") as stream:
            bom, declared = _declared(stream.read(HEAD_BYTES))
            stream.seek(0)
            digest, size, is_utf8 = _hash(stream)
            encoding: Encoding
            if declared in ("utf-16-le", "utf-16-be") and size % 2:
                bom, encoding = b"", "mixed"
            elif declared is not None and (declared != "utf-8" or is_utf8):
                encoding = declared
            elif is_utf8:
                encoding = "utf-8"
            else:
                encoding = "mixed" if bom else _of_no_utf8(stream)
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error
    return Source(
        path=path,
        sha256=digest,
        size_bytes=size,
        encoding=encoding,
        bom_bytes=len(bom),
        member=member,
        container=container,
    )


def read_head(path: Path, name: str | None = None) -> Head:
    """The first bytes of a file, and the text that they are.

    Raises:
        InputError: "file.unreadable".
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(HEAD_BYTES)
            is_whole = not stream.read(1)
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error
    return Head(name=name or path.name, data=data, text=_head_text(data), is_whole=is_whole)


def mended(text: str) -> str:
    """The text with U+FFFD for each half of a pair that stands alone, which can't be written."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _head_text(data: bytes) -> str:
    bom, declared = _declared(data)
    if declared is None and b"\0" in data:
        return ""
    for codec in (declared,) if declared else ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(codec)().decode(data[len(bom) :])
        except UnicodeDecodeError:
            continue
        break
    else:
        text = data[len(bom) :].decode("utf-8", "replace")
    return text if len(data) < HEAD_BYTES else text[: text.rfind("\n") + 1] or text


def _declared(data: bytes) -> tuple[bytes, Encoding | None]:
    """What the beginning of a file says of its encoding: a BOM, or the zero bytes of UTF-16."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return bom, encoding
    return b"", _utf16_without_bom(data) if b"\0" in data else None


def _utf16_without_bom(data: bytes) -> Encoding | None:
    """The order of bytes in which these are lines or JSON; None where neither or both give that.

    A line feed in the wrong order is U+0A00, which is no character, so one line is enough.
    """
    orders: tuple[Encoding, ...] = ("utf-16-le", "utf-16-be")
    found = [encoding for encoding in orders if _is_text(data, encoding)]
    return found[0] if len(found) == 1 and len(data) % 2 == 0 else None


def _is_text(data: bytes, encoding: Encoding) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return False
    is_likely = "\n" in text or text.startswith(("{", "["))
    return is_likely and not any(map(_is_no_text, set(text)))


def _is_no_text(character: str) -> bool:
    # beyond the BMP, what is unknown is some newer emoji
    is_unknown = character <= "\uffff" and unicodedata.category(character) in _NO_TEXT
    return is_unknown or character == "\0"


def _hash(stream: BinaryIO) -> tuple[str, int, bool]:
    """Digest, size, and whether all of it is UTF-8."""
    digest, size, is_utf8 = hashlib.sha256(), 0, True
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := stream.read(PIECE_BYTES):
        digest.update(chunk)
        size += len(chunk)
        is_utf8 = is_utf8 and _takes(decoder, chunk)
    return digest.hexdigest(), size, is_utf8 and _takes(decoder, b"", final=True)


def _is_gb18030(stream: BinaryIO) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("gb18030")()
    while chunk := stream.read(PIECE_BYTES):
        if not _takes(decoder, chunk):
            return False
    return _takes(decoder, b"", final=True)


def _of_no_utf8(stream: BinaryIO) -> Encoding:
    """What a text is that is not UTF-8 throughout.

    UTF-8 with other bytes where most of what is not ASCII is UTF-8, which is hardly ever so by
    chance, while GB 18030 takes nearly everything.
    """
    if _share_of_errors(stream, "utf-8") <= _HALF:
        return "mixed"
    return "gb18030" if _is_gb18030(stream) else "mixed-gb18030"


def _share_of_errors(stream: BinaryIO, codec: str) -> float:
    """Errors to all that is not ASCII."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(codec)("replace")
    errors = others = 0
    while chunk := stream.read(PIECE_BYTES):
        text = decoder.decode(chunk)
        errors += text.count("\ufffd")
        others += len(text) - len(text.encode("ascii", "ignore"))
    return errors / others if others else 0.0


def _takes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
