"""Writing a bundle as a canonical zip in one pass, each source read once."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from evidence_kit.bundle import layout, manifest, tags, zipform
from evidence_kit.bundle.atomic import AtomicFile
from evidence_kit.bundle.hashing import RUN_BYTES, Progress, crc32
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.source import ZipSource
from evidence_kit.errors import InputError, SealError
from evidence_kit.model import Draft, DraftFile, Evidence, FileEntry, Item, Record


class Written(NamedTuple):
    """One member that was written."""

    sha256: str
    size_bytes: int


class ZipWriter:
    """Writes the members of one bundle, in canonical order.

    Args:
        out: the file to write to.
        top: name of the top folder.
    """

    def __init__(self, out: AtomicFile, top: str) -> None:
        self._out = out
        self._top = top
        self._members: list[tuple[bytes, int, int]] = []

    def add_bytes(self, path: str, content: bytes) -> Written:
        """Write a member that is in memory."""
        checksum = crc32(content)
        name = f"{self._top}/{path}".encode("ascii")
        self._out.write(zipform.local_header(name, checksum, len(content)) + content)
        self._members.append((name, checksum, len(content)))
        return Written(hashlib.sha256(content).hexdigest(), len(content))

    def add_file(self, path: str, source: Path, progress: Progress | None) -> Written:
        """Copy a file into a member, reading it once.

        Raises:
            InputError: it is missing, can't be read, or changed while it was read.
        """
        name = f"{self._top}/{path}".encode("ascii")
        with _readable(source):
            stream = source.open("rb", buffering=0)
        with stream:
            # The header's length depends on the size, so the size is fixed before reading.
            size = os.fstat(stream.fileno()).st_size
            begin = self._out.offset
            self._out.write(zipform.local_header(name, 0, size))
            digest, checksum, left = hashlib.sha256(), 0, size
            buffer = memoryview(bytearray(min(RUN_BYTES, size + 1)))
            while True:
                with _readable(source):
                    count = stream.readinto(buffer)
                if not count:
                    break
                left -= count
                if left < 0:
                    break
                digest.update(buffer[:count])
                checksum = crc32(buffer[:count], checksum)
                self._out.write(buffer[:count])
                if progress:
                    progress(count)
        if left:
            raise InputError("file.changing", path=str(source))
        self._out.rewrite(zipform.local_header(name, checksum, size), begin)
        self._members.append((name, checksum, size))
        return Written(digest.hexdigest(), size)

    def copy(self, source: ZipSource, path: str) -> None:
        """Copy a member of another bundle as it stands."""
        member = source.members[path]
        self._out.write(zipform.local_header(member.name, member.crc32, member.size_bytes))
        at, end = member.data_offset, member.data_offset + member.size_bytes
        while at < end:
            chunk = source.file.read(at, min(RUN_BYTES, end - at))
            if not chunk:
                raise InputError("file.changing", path=path)
            self._out.write(chunk)
            at += len(chunk)
        self._members.append((member.name, member.crc32, member.size_bytes))

    def finish(self) -> None:
        """Write the directory and bring every byte to the disk."""
        self._out.write(zipform.directory(self._members))
        self._out.sync()


@contextlib.contextmanager
def _readable(source: Path) -> Iterator[None]:
    """Tell a source that can't be read from a bundle that can't be written."""
    try:
        yield
    except FileNotFoundError:
        raise InputError("file.missing", path=str(source)) from None
    except OSError as error:
        detail = error.strerror or ""
        raise InputError("file.unreadable", path=str(source), detail=detail) from error


def write_bundle(
    out: AtomicFile,
    *,
    skeleton: Evidence,
    drafts: Sequence[Draft],
    record: Sequence[DraftFile],
    prove: Callable[[bytes], Mapping[str, bytes]],
    progress: Progress | None = None,
) -> None:
    """Write a sealed bundle: data, tag files, proofs, directory.

    Args:
        out: where to.
        skeleton: evidence.json but for `items` and `record`, which follow from the files.
        drafts: the items, in their order.
        record: the kit's own files about the act.
        prove: gets the bytes to be signed, returns the files under proof/.
        progress: called with the number of bytes written since the last call.

    Raises:
        InputError: a source is missing, or changes while it is read or since it was.
        SealError: two files would have the same name.
        Fault: a path is not portable.
    """
    writer = ZipWriter(out, layout.TOP_PREFIX + skeleton.id)
    sources = [file for draft in drafts for file in draft.files] + list(record)
    by_path = {file.path: file for file in sources}
    for path in by_path:
        layout.require_name(path)
    layout.require_distinct(file.path for file in sources)
    written = {
        path: writer.add_file(path, Path(by_path[path].source), progress)
        for path in sorted(by_path)
    }
    for path, file in by_path.items():
        if file.sha256 not in (None, written[path].sha256):
            raise InputError("file.changing", path=file.source)
    evidence = msgspec.structs.replace(
        skeleton,
        items=tuple(
            Item(
                id=f"E{number}",
                kind=draft.kind,
                label=draft.label,
                origin=draft.origin,
                files=_entries(draft.files, written),
            )
            for number, draft in enumerate(drafts, start=1)
        ),
        record=Record(files=_entries(record, written)),
    )
    tagmanifest = _write_tags(writer, evidence, written)
    for path, content in sorted(prove(tagmanifest).items()):
        writer.add_bytes(path, content)
    writer.finish()


def _entries(files: Iterable[DraftFile], written: Mapping[str, Written]) -> tuple[FileEntry, ...]:
    return tuple(
        FileEntry(
            path=file.path,
            size_bytes=written[file.path].size_bytes,
            media_type=file.media_type,
            role=file.role,
            from_=file.from_,
            by=file.by,
        )
        for file in files
    )


def _write_tags(writer: ZipWriter, evidence: Evidence, written: Mapping[str, Written]) -> bytes:
    """Write the tag files; returns the tagmanifest."""
    contents = {
        layout.MANIFEST: manifest.encode({path: w.sha256 for path, w in written.items()}),
        layout.EVIDENCE: tags.encode_json(evidence),
        layout.BAG_INFO: tags.bag_info(evidence),
        layout.BAGIT: tags.BAGIT,
        layout.VERIFY: tags.verify_txt(),
    }
    digests = {path: writer.add_bytes(path, contents[path]).sha256 for path in layout.TAG_FILES}
    tagmanifest = manifest.encode(digests)
    writer.add_bytes(layout.TAGMANIFEST, tagmanifest)
    return tagmanifest


def rewrite_bundle(
    out: AtomicFile,
    bundle: Bundle,
    *,
    without: frozenset[str] = frozenset(),
    adding: Mapping[str, bytes] | None = None,
) -> None:
    """Write the bundle again with proofs added or data left out; all else byte for byte.

    Raises:
        SealError: it is not in canonical form, so its bytes can't be kept.
    """
    source = bundle.source
    if not isinstance(source, ZipSource) or source.container != "canonical":
        raise SealError("seal.not_canonical", path=str(bundle.path))
    adding = adding or {}
    writer = ZipWriter(out, source.top)
    for path in sorted((source.sizes.keys() - without) | adding.keys(), key=layout.member_order):
        if path in adding:
            writer.add_bytes(path, adding[path])
        else:
            writer.copy(source, path)
    writer.finish()
