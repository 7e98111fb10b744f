"""SHA-256 of every member in one pass over the file, at the speed of the hash.

Small members that stand side by side are read together; threads share the work, which
helps because hashlib and the CRC release the interpreter's lock. Header and CRC of each
member are checked on the bytes that are hashed.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
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

RUN_BYTES = 1 << 20
"""How much is read at once of small members."""
_BATCH = 256
"""How many small members or files a thread takes at once."""
_SMALL_BYTES = 1 << 16
"""To check what is told of files that are smaller takes as long as to hash them."""
_MAX_THREADS = 4
_HUGE_BYTES = 1 << 25
"""A member of this size is read by a thread of its own while it is hashed."""
_HUGE_PIECE_BYTES = 1 << 23
"""How much is read at once of a huge one: the change from thread to thread must not count."""

Progress = Callable[[int], None]
"""Called with the number of bytes done since the last call; from any thread."""


class Digest(NamedTuple):
    """What was read of one member."""

    sha256: str
    size_bytes: int
    fault: str | None
    """"container.local_header" or "container.crc" where the container lies about it."""
    sha512: str | None = None
    """None where it was not asked for."""


class Columns(NamedTuple):
    """Digests of many members field by field, in the order of the members.

    Reading one field of them all costs a fraction of reading so many records.
    """

    sha256: list[str]
    size_bytes: list[int]
    fault: list[str | None]
    sha512: list[str | None]

    @classmethod
    def of(cls, digests: Sequence[Digest]) -> "Columns":
        """The fields of these digests."""
        return cls(*map(list, zip(*digests, strict=True))) if digests else cls([], [], [], [])


class Digests:
    """What was read of every file, by its path."""

    def __init__(self, paths: Collection[str], columns: Columns) -> None:
        self.sha256 = dict(zip(paths, columns.sha256, strict=True))
        self.size_bytes = dict(zip(paths, columns.size_bytes, strict=True))
        self.faults = {p: f for p, f in zip(paths, columns.fault, strict=True) if f}
        """Only of those that have one."""
        self.sha512 = dict(zip(paths, columns.sha512, strict=True))


class _Buffer(threading.local):
    """Where a thread reads to; each has its own."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(RUN_BYTES))


class _Sums:
    """The digests of bytes that come in pieces."""

    def __init__(self, with_sha512: bool) -> None:
        self._sha256 = hashlib.sha256()
        self._sha512 = hashlib.sha512() if with_sha512 else None
        self._size_bytes = 0

    def add(self, piece: bytes | memoryview) -> None:
        self._sha256.update(piece)
        if self._sha512:
            self._sha512.update(piece)
        self._size_bytes += len(piece)

    def digest(self, fault: str | None) -> Digest:
        sha512 = self._sha512.hexdigest() if self._sha512 else None
        return Digest(self._sha256.hexdigest(), self._size_bytes, fault, sha512)


def hash_canonical(
    file: RangeFile,
    members: Sequence[zipform.Member],
    progress: Progress | None = None,
    *,
    with_sha512: bool = False,
) -> list[Digest]:
    """A digest for each member of a canonical zip, in their order."""
    buffer = _Buffer()

    def work(run: Sequence[zipform.Member]) -> list[Digest]:
        if _length(run) <= RUN_BYTES:
            return _hash_run(file, run, buffer.view, with_sha512)
        return [_hash_large(file, member, buffer.view, with_sha512) for member in run]

    return _shared(work, _runs(members), progress, threads=_threads(members))


def hash_repacked(
    file: RangeFile,
    members: Sequence[zipform.Member],
    progress: Progress | None = None,
    *,
    with_sha512: bool = False,
) -> list[Digest]:
    """A digest for each member of a repacked zip, in their order."""

    def work(batch: Sequence[zipform.Member]) -> list[Digest]:
        return [_hash_packed(file, member, with_sha512) for member in batch]

    return _shared(work, _batches(members), progress, threads=_threads(members))


def hash_files(
    paths: Sequence[Path], progress: Progress | None = None, *, with_sha512: bool = False
) -> list[Digest]:
    """A digest for each file of an unzipped bundle, in their order.

    Raises:
        OSError: a file can't be read.
    """
    buffer = _Buffer()

    def work(batch: Sequence[Path]) -> list[Digest]:
        return [_hash_file(path, buffer.view, with_sha512) for path in batch]

    return _shared(work, _batches(paths), progress, threads=_cores())


def _threads(members: Sequence[zipform.Member]) -> int:
    """How many threads hash them; where they are small, a core is left for the checks."""
    is_small = sum(member.size_bytes for member in members) < len(members) * _SMALL_BYTES
    return max(1, _cores() - is_small)


def _cores() -> int:
    return min(_MAX_THREADS, os.cpu_count() or 1)


def _shared(
    work: Callable[[Sequence[_T]], list[Digest]],
    jobs: Iterable[Sequence[_T]],
    progress: Progress | None,
    *,
    threads: int,
) -> list[Digest]:
    """What `work` gives for every job, in their order."""

    def told(job: Sequence[_T]) -> list[Digest]:
        digests = work(job)
        if progress:
            progress(sum(digest.size_bytes for digest in digests))
        return digests

    jobs = list(jobs)
    threads = min(threads, len(jobs))
    if threads < 2:
        return [digest for job in jobs for digest in told(job)]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=threads) as pool:
        return [digest for digests in pool.map(told, jobs) for digest in digests]


def _batches(jobs: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for begin in range(0, len(jobs), _BATCH):
        yield jobs[begin : begin + _BATCH]


def _runs(members: Sequence[zipform.Member]) -> Iterator[Sequence[zipform.Member]]:
    """Neighbours grouped so that each group fits one read; a large member stands alone."""
    begin = 0
    for index, member in enumerate(members):
        is_full = member.data_offset + member.size_bytes - members[begin].offset > RUN_BYTES
        if index > begin and (is_full or index - begin == _BATCH):
            yield members[begin:index]
            begin = index
    if members:
        yield members[begin:]


def _length(run: Sequence[zipform.Member]) -> int:
    return run[-1].data_offset + run[-1].size_bytes - run[0].offset


def _hash_run(
    file: RangeFile, run: Sequence[zipform.Member], buffer: memoryview, with_sha512: bool
) -> list[Digest]:
    start = run[0].offset
    read = buffer[: file.read_into(buffer[: _length(run)], start)]
    digests = []
    for name, _, _, checksum, _, size, offset, begin in run:
        content = read[begin - start : begin - start + size]
        fault = None
        if read[offset - start : begin - start] != zipform.local_header(name, checksum, size):
            fault = "container.local_header"
        elif crc32(content) != checksum:
            fault = "container.crc"
        sha512 = hashlib.sha512(content).hexdigest() if with_sha512 else None
        digests.append(Digest(hashlib.sha256(content).hexdigest(), len(content), fault, sha512))
    return digests


def _hash_large(
    file: RangeFile, member: zipform.Member, buffer: memoryview, with_sha512: bool
) -> Digest:
    sums, checksum = _Sums(with_sha512), 0
    at, end = member.data_offset, member.data_offset + member.size_bytes
    if member.size_bytes < _HUGE_BYTES:
        while count := file.read_into(buffer[: end - at], at):
            checksum = crc32(buffer[:count], checksum)
            sums.add(buffer[:count])
            at += count
    else:
        # While one piece is hashed, the next one is read.
        from concurrent.futures import ThreadPoolExecutor

        reading = _Reading(file, at, end)
        with ThreadPoolExecutor(max_workers=1) as reader:
            coming = reader.submit(reading.next_piece)
            while piece := coming.result():
                coming = reader.submit(reading.next_piece)
                sums.add(piece)
        checksum = reading.checksum
    header = file.read(member.offset, member.data_offset - member.offset)
    if header != zipform.local_header(member.name, member.crc32, member.size_bytes):
        return sums.digest("container.local_header")
    return sums.digest(None if checksum == member.crc32 else "container.crc")


class _Reading:
    """Fills two buffers in turn with a range of bytes, and works out its CRC."""

    def __init__(self, file: RangeFile, begin: int, end: int) -> None:
        self._file = file
        self._at, self._end = begin, end
        self._free = memoryview(bytearray(_HUGE_PIECE_BYTES))
        self._taken = memoryview(bytearray(_HUGE_PIECE_BYTES))
        self.checksum = 0

    def next_piece(self) -> memoryview:
        """Empty at the end. It stays as it is until the call after next."""
        self._free, self._taken = self._taken, self._free
        count = self._file.read_into(self._taken[: self._end - self._at], self._at)
        piece = self._taken[:count]
        self.checksum = crc32(piece, self.checksum)
        self._at += count
        return piece


def _hash_packed(file: RangeFile, member: zipform.Member, with_sha512: bool) -> Digest:
    sums, checksum = _Sums(with_sha512), 0
    for chunk in zipscan.chunks(file, member):
        sums.add(chunk)
        checksum = crc32(chunk, checksum)
    return sums.digest(None if checksum == member.crc32 else "container.crc")


def _hash_file(path: Path, buffer: memoryview, with_sha512: bool) -> Digest:
    sums = _Sums(with_sha512)
    with path.open("rb", buffering=0) as stream:
        while count := stream.readinto(buffer):
            sums.add(buffer[:count])
    return sums.digest(None)
