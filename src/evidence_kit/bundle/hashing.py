"""SHA-256 of every member in one pass over the file, at the speed of the hash.

Small members that stand side by side are read together; two threads share the work, which
helps because hashlib and the CRC release the interpreter's lock. Header and CRC of each
member are checked on the bytes that are hashed.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from evidence_kit.bundle import zipform, zipscan
from evidence_kit.bundle.ranges import RangeFile

try:
    # zlib's CRC costs almost half as much time as SHA-256 with processor support, this one an
    # eighth (docs/adr/0003).
    from isal.isal_zlib import crc32 as crc32
except ImportError:  # no wheel for this processor
    from zlib import crc32 as crc32

_T = TypeVar("_T")
_R = TypeVar("_R")

RUN_BYTES = 1 << 20
"""How much is read at once of small members."""
_LARGE_BYTES = 1 << 23
"""How much is read at once of a large one: the change from thread to thread must not count."""

Progress = Callable[[int], None]
"""Called with the number of bytes done since the last call; from any thread."""


class Digest(NamedTuple):
    """What was read of one member."""

    sha256: str
    size_bytes: int
    fault: str | None
    """"container.local_header" or "container.crc" where the container lies about it."""


def hash_canonical(
    file: RangeFile, members: Sequence[zipscan.Member], progress: Progress | None = None
) -> list[Digest]:
    """A digest for each member of a canonical zip, in their order."""
    buffers = threading.local()

    def work(run: Sequence[zipscan.Member]) -> list[Digest]:
        if not hasattr(buffers, "buffer"):
            buffers.buffer = memoryview(bytearray(RUN_BYTES))
        digests = _hash_run(file, run, buffers.buffer)
        if progress:
            progress(sum(digest.size_bytes for digest in digests))
        return digests

    return [digest for digests in _shared(work, _runs(members)) for digest in digests]


def hash_repacked(
    file: RangeFile, members: Sequence[zipscan.Member], progress: Progress | None = None
) -> list[Digest]:
    """A digest for each member of a repacked zip, in their order."""

    def work(member: zipscan.Member) -> Digest:
        digest, checksum, size = hashlib.sha256(), 0, 0
        for chunk in zipscan.chunks(file, member):
            digest.update(chunk)
            checksum = crc32(chunk, checksum)
            size += len(chunk)
            if progress:
                progress(len(chunk))
        fault = None if checksum == member.crc32 else "container.crc"
        return Digest(digest.hexdigest(), size, fault)

    return list(_shared(work, members))


def hash_files(paths: Iterable[Path], progress: Progress | None = None) -> list[Digest]:
    """A digest for each file of an unzipped bundle, in their order.

    Raises:
        OSError: a file can't be read.
    """

    def work(path: Path) -> Digest:
        with path.open("rb", buffering=0) as stream:
            digest = hashlib.file_digest(stream, "sha256")
            size = stream.tell()
        if progress:
            progress(size)
        return Digest(digest.hexdigest(), size, None)

    return list(_shared(work, paths))


def _shared(work: Callable[[_T], _R], jobs: Iterable[_T]) -> Iterator[_R]:
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        yield from pool.map(work, jobs)


def _runs(members: Sequence[zipscan.Member]) -> Iterator[Sequence[zipscan.Member]]:
    """Neighbours grouped so that each group fits one read; a large member stands alone."""
    begin = 0
    for index, member in enumerate(members):
        end = member.data_offset + member.size_bytes
        if index > begin and end - members[begin].offset > RUN_BYTES:
            yield members[begin:index]
            begin = index
    yield members[begin:]


def _hash_run(file: RangeFile, run: Sequence[zipscan.Member], buffer: memoryview) -> list[Digest]:
    if not run:
        return []
    start = run[0].offset
    length = run[-1].data_offset + run[-1].size_bytes - start
    if length > len(buffer):
        return [_hash_large(file, run[0])]
    file.read_into(buffer[:length], start)
    digests = []
    for member in run:
        header = buffer[member.offset - start : member.data_offset - start]
        content = buffer[member.data_offset - start :][: member.size_bytes]
        fault = None
        if header != zipform.local_header(member.name, member.crc32, member.size_bytes):
            fault = "container.local_header"
        elif crc32(content) != member.crc32:
            fault = "container.crc"
        digests.append(Digest(hashlib.sha256(content).hexdigest(), member.size_bytes, fault))
    return digests


def _hash_large(file: RangeFile, member: zipscan.Member) -> Digest:
    """The digest of one large member: while one buffer is hashed, the next one is filled."""
    digest = hashlib.sha256()
    with ThreadPoolExecutor(max_workers=1) as reader:
        reading = _Reading(file, member)
        coming = reader.submit(reading.fill)
        while chunk := coming.result():
            coming = reader.submit(reading.fill)
            digest.update(chunk)
    header = file.read(member.offset, member.data_offset - member.offset)
    fault = None
    if header != zipform.local_header(member.name, member.crc32, member.size_bytes):
        fault = "container.local_header"
    elif reading.checksum != member.crc32:
        fault = "container.crc"
    return Digest(digest.hexdigest(), reading.at - member.data_offset, fault)


class _Reading:
    """Fills two buffers in turn with the bytes of a member, and works out their CRC."""

    def __init__(self, file: RangeFile, member: zipscan.Member) -> None:
        self._file = file
        self._end = member.data_offset + member.size_bytes
        self._free = memoryview(bytearray(_LARGE_BYTES))
        self._taken = memoryview(bytearray(_LARGE_BYTES))
        self.at = member.data_offset
        self.checksum = 0

    def fill(self) -> memoryview:
        """The next bytes; empty at the end. They stay as they are until the call after next."""
        self._free, self._taken = self._taken, self._free
        count = self._file.read_into(self._taken[: self._end - self.at], self.at)
        chunk = self._taken[:count]
        self.checksum = crc32(chunk, self.checksum)
        self.at += count
        return chunk
