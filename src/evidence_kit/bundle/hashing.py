"""SHA-256 of every member in one pass over the file, at the speed of the hash.

Small members that stand side by side are read together. Header and CRC of each member are
checked on the bytes that are hashed. All of it is done where it is called; `aside` has it done
by others, in parts.
"""

import bisect
import hashlib
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from evidence_kit.bundle import zipform, zipscan
from evidence_kit.bundle.ranges import RangeFile

try:
    # zlib's CRC costs almost half as much time as SHA-256 with processor support, this one an
    # eighth (docs/adr/0003).
    from isal.isal_zlib import crc32 as crc32
except ImportError:  # no wheel for this processor
    from zlib import crc32 as crc32

RUN_BYTES = 1 << 20
"""How much is read at once of small members."""
_RUN_MEMBERS = 256
"""How many small members are read at once, at most."""
_FILE_BYTES = 1 << 12
"""What a file costs besides its hash, as so many bytes hashed."""
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
        self.sha512 = {p: s for p, s in zip(paths, columns.sha512, strict=True) if s}
        """Empty where it was not asked for."""


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
    buffer = memoryview(bytearray(RUN_BYTES))
    digests: list[Digest] = []
    for run in _runs(members):
        if _length(run) <= RUN_BYTES:
            digests += _hash_run(file, run, buffer, with_sha512)
            if progress:
                progress(sum(member.size_bytes for member in run))
        else:
            digests += [_hash_large(file, member, buffer, with_sha512, progress) for member in run]
    return digests


def hash_repacked(
    file: RangeFile,
    members: Sequence[zipform.Member],
    progress: Progress | None = None,
    *,
    with_sha512: bool = False,
) -> list[Digest]:
    """A digest for each member of a repacked zip, in their order."""
    return _told((_hash_packed(file, member, with_sha512) for member in members), progress)


def hash_files(
    paths: Sequence[Path], progress: Progress | None = None, *, with_sha512: bool = False
) -> list[Digest]:
    """A digest for each file of an unzipped bundle, in their order.

    Raises:
        OSError: a file can't be read.
    """
    buffer = memoryview(bytearray(RUN_BYTES))
    return _told((_hash_file(path, buffer, with_sha512) for path in paths), progress)


def _told(digests: Iterable[Digest], progress: Progress | None) -> list[Digest]:
    kept: list[Digest] = []
    untold = 0
    for digest in digests:
        kept.append(digest)
        untold += digest.size_bytes
        if progress and untold >= RUN_BYTES:
            progress(untold)
            untold = 0
    if progress and untold:
        progress(untold)
    return kept


def shares(sizes: Collection[int], most: int) -> list[slice]:
    """Parts of a sequence of files, one behind the other, that take about as long to hash.

    Args:
        sizes: of the files, in bytes.
        most: how many parts; fewer where there are fewer files.
    """
    costs = [0, *itertools.accumulate(size + _FILE_BYTES for size in sizes)]
    ends = {0, len(sizes)}
    for part in range(1, most):
        wanted = costs[-1] * part // most
        above = bisect.bisect(costs, wanted)
        ends.add(min((above - 1, above), key=lambda end: abs(costs[end] - wanted)))
    return [slice(begin, end) for begin, end in itertools.pairwise(sorted(ends))]


def _runs(members: Sequence[zipform.Member]) -> Iterator[Sequence[zipform.Member]]:
    """Neighbours grouped so that each group fits one read; a large member stands alone."""
    begin = 0
    for index, member in enumerate(members):
        is_full = member.data_offset + member.size_bytes - members[begin].offset > RUN_BYTES
        if index > begin and (is_full or index - begin == _RUN_MEMBERS):
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
    file: RangeFile,
    member: zipform.Member,
    buffer: memoryview,
    with_sha512: bool,
    progress: Progress | None,
) -> Digest:
    sums, checksum = _Sums(with_sha512), 0
    at, end = member.data_offset, member.data_offset + member.size_bytes
    if member.size_bytes < _HUGE_BYTES:
        while count := file.read_into(buffer[: end - at], at):
            checksum = crc32(buffer[:count], checksum)
            sums.add(buffer[:count])
            at += count
            if progress:
                progress(count)
    else:
        # While one piece is hashed, the next one is read.
        from concurrent.futures import ThreadPoolExecutor

        reading = _Reading(file, at, end)
        with ThreadPoolExecutor(max_workers=1) as reader:
            coming = reader.submit(reading.next_piece)
            while piece := coming.result():
                coming = reader.submit(reading.next_piece)
                sums.add(piece)
                if progress:
                    progress(len(piece))
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
