"""Where the files of a bundle are read from: the zip, or a folder someone unzipped it to."""

import itertools
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from evidence_kit.bundle import hashing, layout, zipform, zipscan
from evidence_kit.bundle.ranges import RangeFile
from evidence_kit.bundle.text import escape
from evidence_kit.errors import InputError
from evidence_kit.report import Fault


class Source(Protocol):
    """The files of one bundle, named by their paths below its top folder."""

    @property
    def top(self) -> str:
        """Name of the top folder."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Size in bytes of each file."""

    @property
    def container(self) -> str:
        """One of "canonical", "repacked", "folder"."""

    def read(self, path: str) -> bytes:
        """The whole of one file; the caller has looked at its size."""

    def pieces(self, path: str) -> Iterator[bytes]:
        """The same, piece by piece."""

    def digests(
        self,
        progress: hashing.Progress | None = None,
        *,
        part: slice = slice(None),
        with_sha512: bool = False,
    ) -> list[hashing.Digest]:
        """What each file of a part holds, read once; in the order of `sizes`."""

    def close(self) -> None:
        """Close what is open."""


def open_source(path: Path) -> Source:
    """The files of the bundle at `path`.

    Raises:
        InputError: there is nothing, it can't be read, or it is no bundle.
        Fault: it is a zip that must not be read; "container.*" or "structure.*".
    """
    try:
        return FolderSource(path) if path.is_dir() else ZipSource(path)
    except FileNotFoundError:
        raise InputError("file.missing", path=str(path)) from None
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error


class ZipSource:
    """A bundle as it was sealed, or zipped again."""

    def __init__(self, path: Path) -> None:
        self.file = RangeFile(path)
        try:
            if not zipscan.is_zip(self.file):
                raise InputError("bundle.not_a_zip", path=str(path))
            scan = zipscan.scan(self.file)
            self.container = "canonical" if scan.is_canonical else "repacked"
            self.top = _top(scan.members, path)
            self.members = _by_path(scan.members, self.top)
        except BaseException:
            self.file.close()
            raise
        self.sizes = {name: member.size_bytes for name, member in self.members.items()}

    def read(self, path: str) -> bytes:
        """The whole of one member."""
        member = self.members[path]
        if self.container == "canonical":
            return self.file.read(member.data_offset, member.size_bytes)
        return b"".join(zipscan.chunks(self.file, member))

    def pieces(self, path: str) -> Iterator[bytes]:
        """The same, piece by piece."""
        return zipscan.chunks(self.file, self.members[path])

    def digests(
        self,
        progress: hashing.Progress | None = None,
        *,
        part: slice = slice(None),
        with_sha512: bool = False,
    ) -> list[hashing.Digest]:
        """What each member holds."""
        is_canonical = self.container == "canonical"
        work = hashing.hash_canonical if is_canonical else hashing.hash_repacked
        members = tuple(self.members.values())[part]
        return work(
            self.file, members, progress, with_sha512=with_sha512 or _is_renewed(self.sizes)
        )

    def close(self) -> None:
        """Close the zip."""
        self.file.close()


def _is_renewed(paths: Iterable[str]) -> bool:
    """True where there is a renewal, whose list holds SHA-512; elsewhere it costs nothing."""
    return any(path.startswith(layout.PROOF) and layout.is_cover(path) for path in paths)


def _by_path(members: tuple[zipform.Member, ...], top: str) -> dict[str, zipform.Member]:
    begin = len(top) + 1
    paths = [member.name[begin:].decode("ascii", "backslashreplace") for member in members]
    found = dict(zip(paths, members, strict=True))
    if len(found) < len(paths):
        _refuse_twin(paths)
    return found


def _refuse_twin(paths: Iterable[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            raise Fault("container.duplicate", path=escape(path))
        seen.add(path)


def _top(members: tuple[zipform.Member, ...], path: Path) -> str:
    """The one top folder that every member stands in."""
    if not members:
        raise InputError("bundle.not_a_bundle", path=str(path))
    top = members[0].name.partition(b"/")[0]
    prefix = layout.TOP_PREFIX.encode()
    names = [member.name for member in members]
    if top.startswith(prefix) and all(map(bytes.startswith, names, itertools.repeat(top + b"/"))):
        return top.decode("ascii", "backslashreplace")
    tops = {name.partition(b"/")[0] for name in names}
    if any(not top.startswith(prefix) for top in tops):
        if not any(name.endswith(layout.EVIDENCE.encode()) for name in names):
            raise InputError("bundle.not_a_bundle", path=str(path))
        outside = next(name for name in names if not name.startswith(prefix))
        raise Fault("structure.top", path=escape(outside.decode("ascii", "backslashreplace")))
    if len(tops) > 1:
        raise Fault("structure.top", path=escape(max(tops).decode("ascii", "replace")))
    return tops.pop().decode("ascii", "backslashreplace")


class FolderSource:
    """A bundle that someone unzipped. Its container can't be judged any more."""

    container = "folder"

    def __init__(self, path: Path) -> None:
        root = path
        if not (path / layout.EVIDENCE).is_file():
            inner = [entry for entry in path.iterdir() if entry.name.startswith(layout.TOP_PREFIX)]
            if len(inner) != 1 or not (inner[0] / layout.EVIDENCE).is_file():
                raise InputError("bundle.not_a_bundle", path=str(path))
            root = inner[0]
        self.top = root.resolve().name
        self._root = root
        self.sizes = dict(sorted(_walk(root)))

    def read(self, path: str) -> bytes:
        """The whole of one file."""
        return (self._root / path).read_bytes()

    def pieces(self, path: str) -> Iterator[bytes]:
        """The same, piece by piece."""
        with (self._root / path).open("rb") as stream:
            while piece := stream.read(hashing.RUN_BYTES):
                yield piece

    def digests(
        self,
        progress: hashing.Progress | None = None,
        *,
        part: slice = slice(None),
        with_sha512: bool = False,
    ) -> list[hashing.Digest]:
        """What each file holds."""
        paths = [self._root / path for path in tuple(self.sizes)[part]]
        return hashing.hash_files(
            paths, progress, with_sha512=with_sha512 or _is_renewed(self.sizes)
        )

    def close(self) -> None:
        """Nothing is open."""


def _walk(root: Path) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    folders = [root]
    while folders:
        for entry in folders.pop().iterdir():
            status = entry.lstat()
            name = entry.relative_to(root).as_posix()
            if stat.S_ISDIR(status.st_mode):
                folders.append(entry)
            elif stat.S_ISREG(status.st_mode):
                found.append((name, status.st_size))
            else:
                raise Fault("container.link", path=escape(name))
            if len(found) + len(folders) > layout.MAX_MEMBERS:
                raise Fault("container.too_many", count=len(found) + len(folders))
    return found


def begins_like_bundle(path: Path) -> bool:
    """True for a zip whose first member stands in a bundle's top folder; a quick look."""
    try:
        with path.open("rb") as stream:
            head = stream.read(zipform.LOCAL.size + len(layout.TOP_PREFIX))
    except OSError:
        return False
    return head.startswith(zipform.LOCAL_SIGNATURE) and head.endswith(layout.TOP_PREFIX.encode())
