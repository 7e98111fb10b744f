"""An open bundle: its files, and its own record of them, read strictly and only once."""

import contextlib
import functools
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

from evidence_kit.bundle import aside, hashing, layout, manifest, tags
from evidence_kit.bundle.once import once
from evidence_kit.bundle.source import Source, open_source
from evidence_kit.errors import InputError
from evidence_kit.model import Evidence
from evidence_kit.report import Fault

_MAX_COPIES = 4
"""How many hash at a time, at most."""


class Bundle:
    """A bundle that is open for reading. Nothing in it has been judged yet.

    Everything that stands in the bundle may be a lie; what is read from it raises `Fault`
    where it is not of the form that docs/format.md demands.

    Args:
        path: the zip, or the folder it was unzipped to.
        progress: called with the number of bytes hashed since the last call.
        is_hashed_at_once: as `start_hashing`, before anything else is read.
        with_sha512: `digests` tells that too; else only where there is a renewal.

    Raises:
        InputError: there is nothing at `path`, it can't be read, or it is no bundle.
        Fault: it is a zip that can be read in more than one way, or holds far more files
            than its manifest lists.
    """

    def __init__(
        self,
        path: Path,
        progress: hashing.Progress | None = None,
        *,
        is_hashed_at_once: bool = False,
        with_sha512: bool = False,
    ) -> None:
        self.path = path
        self._progress = progress
        self._with_sha512 = with_sha512
        self._hashing: aside.Aside | None = None
        self.source: Source = open_source(path)
        try:
            if is_hashed_at_once:
                self.start_hashing()
            self._require_listed()
        except BaseException:
            self._close()
            raise

    def _require_listed(self) -> None:
        """Refuse far more files than are listed, before each of them is looked into."""
        if len(self.sizes) > layout.MAX_UNLISTED:
            manifest = self.manifest
            count = sum(path not in manifest for path in self.sizes)
            if count > layout.MAX_UNLISTED:
                raise Fault("container.too_many", count=count)

    def __enter__(self) -> "Bundle":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        # The file stays open until nobody reads it any more.
        if self._hashing:
            self._hashing.stop()
        self.source.close()

    @property
    def top(self) -> str:
        """Name of the top folder."""
        return self.source.top

    @property
    def container(self) -> str:
        """One of "canonical", "repacked", "folder"."""
        return self.source.container

    @property
    def sizes(self) -> Mapping[str, int]:
        """Size in bytes of every file, by its path below the top folder."""
        return self.source.sizes

    def read(self, path: str, *, max_bytes: int = layout.MAX_SMALL_BYTES) -> bytes:
        """The whole of one file.

        Raises:
            Fault: "structure.missing", or "structure.size" where it is larger than allowed.
            InputError: the disk does not give it.
        """
        size = self.sizes.get(path)
        if size is None:
            raise Fault("structure.missing", path=path)
        if size > max_bytes:
            raise Fault("structure.size", path=path, size_bytes=size)
        with self._readable():
            return self.source.read(path)

    def start_hashing(self) -> None:
        """Begin to read the files beside all else; `digests` then waits for the end.

        A small bundle is read when its digests are asked for: to begin would cost more.
        """
        sizes = self.sizes.values()
        if not self._hashing and sum(sizes) > hashing.RUN_BYTES:
            parts = hashing.shares(sizes, min(_MAX_COPIES, os.cpu_count() or 1))
            works = [functools.partial(self._read_digests, part=part) for part in parts]
            self._hashing = aside.begin(works, self._progress)

    @once
    def digests(self) -> hashing.Digests:
        """SHA-256 of every file as it is now."""
        self.start_hashing()
        with self._readable():
            columns = (
                self._hashing.result() if self._hashing else self._read_digests(self._progress)
            )
        return hashing.Digests(self.sizes, columns)

    def _read_digests(
        self, progress: hashing.Progress | None, part: slice = slice(None)
    ) -> hashing.Columns:
        read = self.source.digests(progress, part=part, with_sha512=self._with_sha512)
        return hashing.Columns.of(read)

    @contextlib.contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputError(
                "file.unreadable", path=str(self.path), detail=error.strerror or ""
            ) from error

    @once
    def manifest(self) -> dict[str, str]:
        """SHA-256 of every file under data/ as it was sealed."""
        content = self.read(layout.MANIFEST, max_bytes=layout.MAX_TEXT_BYTES)
        return manifest.decode(content, path=layout.MANIFEST)

    @once
    def tagmanifest_bytes(self) -> bytes:
        """The bytes that are signed."""
        return self.read(layout.TAGMANIFEST)

    @once
    def tagmanifest(self) -> dict[str, str]:
        """SHA-256 of the tag files as they were sealed."""
        return manifest.decode(self.tagmanifest_bytes, path=layout.TAGMANIFEST)

    @once
    def evidence(self) -> Evidence:
        """evidence.json."""
        count = self.file_count
        content = self.read(layout.EVIDENCE, max_bytes=layout.max_evidence_bytes(count))
        return tags.decode_evidence(content, files=count)

    @once
    def file_count(self) -> int:
        """How many files there are, those withheld included."""
        try:
            listed = self.manifest
        except Fault:
            return len(self.sizes)
        return len(listed) + sum(path not in listed for path in self.sizes)

    @once
    def signature(self) -> bytes:
        """The signature, DER."""
        return self.read(layout.SIGNATURE)

    @once
    def proof_paths(self) -> tuple[str, ...]:
        """Paths of all that stands under proof/."""
        return tuple(path for path in self.sizes if path.startswith(layout.PROOF))

    @once
    def token_paths(self) -> tuple[str, ...]:
        """Paths of the tokens over the signature, in the order of their numbers."""
        found = (path for path in self.proof_paths if layout.is_token(path))
        return tuple(sorted(found, key=lambda path: (len(path), path)))


def open_bundle(path: Path | str) -> Bundle:
    """The bundle at `path`, open for reading and not judged; use it in a `with` block.

    Raises:
        InputError, Fault: see `Bundle`.
    """
    return Bundle(Path(path))
