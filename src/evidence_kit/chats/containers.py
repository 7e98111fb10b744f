"""Exports that come as a zip: the texts in it, taken out within limits.

Nothing is taken out but texts; pictures and recordings stay where they are. The names in the
zip are never used as paths.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evidence_kit.chats.source import Container, Head, Source, open_source, read_head

MAX_MEMBERS = 20_000
MAX_DIRECTORY_BYTES = 16 << 20
MAX_TEXTS = 2000
"""Slack's export has one for each day of each channel."""
MAX_TOTAL_BYTES = 2 << 30
"""Of all texts together, unpacked."""
MAX_RATIO = 200
"""Unpacked to packed, for texts of more than RATIO_FROM_BYTES."""
RATIO_FROM_BYTES = 1 << 20
_TEXTS = (
    ".txt",
    ".csv",
    ".json",
    ".jsonl",
    ".html",
    ".htm",
    ".mht",
    ".mhtml",
    ".xml",
    ".eml",
    ".mbox",
)
_END, _END_BYTES = b"PK\x05\x06", 22
_PIECE_BYTES = 1 << 20
_NUMBER = re.compile(r"(\d+)", re.ASCII)
_UTF8_NAME, _ENCRYPTED = 0x800, 0x1


class Export(NamedTuple):
    """One file that may be a chat: the original, or a text in it."""

    head: Head
    path: Path
    member: str | None
    container: Container | None = None

    def source(self) -> Source:
        """Hash it and find its encoding."""
        return open_source(self.path, self.member, self.container)


class ZipRefused(Exception):
    """A zip is not unpacked.

    Args:
        code: key of the words in `messages.OBSERVATIONS`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def exports(
    path: Path, folder: Path, *, max_bytes: int | None = None, max_texts: int | None = None
) -> Iterator[Export]:
    """The file itself; where it is a zip, each text in it, by name; of two numbers in a
    name the smaller comes first, so that messages10.html follows messages9.html.

    Args:
        path: the original.
        folder: where texts are unpacked to, under names of their own.
        max_bytes: of all texts together; None takes MAX_TOTAL_BYTES.
        max_texts: None takes MAX_TEXTS.

    Raises:
        ZipRefused: it is encrypted, broken, or larger than the limits.
        InputError: the original can't be read.
    """
    head = read_head(path)
    if not head.data.startswith(b"PK\x03\x04"):
        yield Export(head, path, None)
        return
    _require_small_directory(path)
    try:
        with zipfile.ZipFile(path) as container:
            most = MAX_TOTAL_BYTES if max_bytes is None else max_bytes
            yield from _texts(container, folder, most, max_texts or MAX_TEXTS)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ZipRefused("chat.zip_broken") from error


def _texts(
    container: zipfile.ZipFile, folder: Path, max_bytes: int, max_texts: int
) -> Iterator[Export]:
    members = container.infolist()
    if len(members) > MAX_MEMBERS:
        raise ZipRefused("chat.zip_too_large")
    texts = [info for info in members if _is_text(info)]
    if any(info.flag_bits & _ENCRYPTED for info in texts):
        raise ZipRefused("chat.zip_encrypted")
    if len(texts) > max_texts or sum(info.file_size for info in texts) > max_bytes:
        raise ZipRefused("chat.zip_too_large")
    paths: dict[str, tuple[Path, ...]] = {}
    for number, info in enumerate(texts):
        target, name = folder / f"{number:04}", _name(info)
        _unpack(container, info, target)
        paths[name] = (*paths.get(name, ()), target)
    # all are there before the first is read, so that each may be asked for
    others = (info for info in members if not (info.is_dir() or _is_text(info)))
    siblings = Container(paths=paths, others=tuple(map(_name, others)))
    for name in sorted(paths, key=_by_number):
        for path in paths[name]:
            yield Export(read_head(path, name.rpartition("/")[2]), path, name, siblings)


def _is_text(info: zipfile.ZipInfo) -> bool:
    return info.filename.lower().endswith(_TEXTS)


def _by_number(name: str) -> tuple[list[list[tuple[int, str]]], str, str]:
    """What sorts names by their folders, then by letters, and numbers in them by value."""
    folder, _, file = name.rpartition("/")
    stem, dot, suffix = file.rpartition(".")
    steps = [*folder.split("/"), stem if dot else suffix]
    return [_parts(step) for step in steps], suffix, name


def _parts(step: str) -> list[tuple[int, str]]:
    """Words and numbers by turns; a number by its length first, since it may be a long one."""
    parts = enumerate(_NUMBER.split(step))
    return [(len(one.lstrip("0")), one.lstrip("0")) if n % 2 else (0, one) for n, one in parts]


def _unpack(container: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Write a member to a file, as long as its size is what the directory says."""
    allowed = max(RATIO_FROM_BYTES, info.compress_size * MAX_RATIO)
    written = 0
    with container.open(info) as source, target.open("xb") as out:
        while piece := source.read(_PIECE_BYTES):
            written += len(piece)
            if written > allowed:
                raise ZipRefused("chat.zip_too_large")
            out.write(piece)


def _require_small_directory(path: Path) -> None:
    """Refuse before the directory is read into memory."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _END_BYTES - 0xFFFF))
        tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        raise ZipRefused("chat.zip_broken")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > MAX_DIRECTORY_BYTES:
        raise ZipRefused("chat.zip_too_large")


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; older programs write it in the system's encoding and don't say so."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
