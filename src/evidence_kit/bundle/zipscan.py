"""Reading a zip strictly: one meaning, no byte without one.

A bundle is canonical where `zipform` builds the very bytes that stand in the file. Another
zip of the same members (someone unzipped and zipped again) is accepted as *repacked* if it
can be read in one way only. Everything else is refused: two programs could see two
different contents, or bytes hide where none looks.
"""

import bisect
import contextlib
import stat
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from evidence_kit.bundle import canonical, layout, zipform
from evidence_kit.bundle.ranges import RangeFile
from evidence_kit.bundle.text import escape
from evidence_kit.bundle.zipform import DEFLATED, STORED, Member
from evidence_kit.report import Fault

_DESCRIPTOR_FLAG = 0x0008
_ALLOWED_FLAGS = 0x0806 | _DESCRIPTOR_FLAG  # UTF-8 names, deflate level, descriptor
_ALLOWED_EXTRAS = {0x0001, 0x5455, 0x7875, 0x000A}  # zip64, Unix times, Unix ids, NTFS times
_MAX_EXTRA_BYTES = 64
_MAX_NAME_BYTES = 512  # a bundle's own top folder and the longest path have 281
_MAX_RATIO = 100  # of all contents to the file; HTML full of blanks reaches some 50
_MAX_DIRECTORY_BYTES = layout.MAX_MEMBERS * (zipform.CENTRAL.size + layout.MAX_PATH_BYTES + 80)
_CHUNK_BYTES = 1 << 18


class Scan(NamedTuple):
    """A zip that can be read in one way only."""

    is_canonical: bool
    members: tuple[Member, ...]


class _Entry(NamedTuple):
    member: Member
    mode: int
    is_plain: bool
    """False where it carries a comment, or an extra field not allowed."""

    @property
    def path(self) -> str:
        """Its name, as shown to the reader."""
        return _shown(self.member.name)


def is_zip(file: RangeFile) -> bool:
    """True where the file begins as a zip with members, or ends as one."""
    size = file.size_bytes
    tail = file.read(max(0, size - 65557), zipform.FULL_16 + zipform.END.size)
    head = file.read(0, 4)
    return head == zipform.LOCAL_SIGNATURE or zipform.END_SIGNATURE in tail


def scan(file: RangeFile) -> Scan:
    """The members of the zip that is open for reading.

    Raises:
        Fault: "container.*"; see `messages.FINDINGS`.
    """
    size = file.size_bytes
    try:
        start, length, count = _find_directory(file, size)
        directory = file.read(start, size - start)
        listed = canonical.read_directory(directory, length, count)
        if listed:
            return Scan(True, listed)
        entries = tuple(_entries(directory[:length], count))
        members = tuple(entry.member for entry in entries)
        if _is_canonical(directory, members):
            return Scan(True, members)
        _require_no_hidden_tail(directory[length:])
        return Scan(False, _require_unambiguous(file, entries, start, size))
    except struct.error:
        raise Fault("container.damaged") from None


def _is_canonical(directory: bytes, members: tuple[Member, ...]) -> bool:
    """True where the directory is the very one that a bundle of these members has."""
    if directory != zipform.directory((m.name, m.crc32, m.size_bytes) for m in members):
        return False
    keys = [_order(member) for member in members]
    return keys == sorted(keys)


def _order(member: Member) -> tuple[int, bytes]:
    """Where the member stands in canonical order; files that belong nowhere stand at the end."""
    path = member.name.partition(b"/")[2].decode("ascii", "backslashreplace")
    try:
        return layout.member_order(path)
    except ValueError:
        return layout.UNPLACED, path.encode()


def _shown(name: bytes) -> str:
    return escape(name.decode("ascii", "backslashreplace"))


def _find_directory(file: RangeFile, size: int) -> tuple[int, int, int]:
    """Offset, length and member count of the central directory."""
    tail_start = max(0, size - zipform.END.size - zipform.LOCATOR64.size - zipform.END64.size)
    tail = file.read(tail_start, size - tail_start)
    end = zipform.END.unpack(tail[-zipform.END.size :])
    if end[0] != zipform.END_SIGNATURE or end[7] != 0:
        # A comment, bytes after the end, or a file cut short: no end record where it must be.
        whole = file.read(max(0, size - 65557), 65557)
        at = whole.rfind(zipform.END_SIGNATURE)
        is_whole = 0 <= at <= len(whole) - zipform.END.size
        raise Fault("container.hidden_bytes" if is_whole else "container.damaged")
    _, disk, directory_disk, here, count, length, start, _ = end
    last = size - zipform.END.size
    if zipform.FULL_16 in (here, count) or zipform.FULL_32 in (length, start):
        wide = tail[: -zipform.END.size]
        record = zipform.END64.unpack(wide[: zipform.END64.size])
        last -= len(wide)
        locator = zipform.LOCATOR64.pack(zipform.LOCATOR64_SIGNATURE, 0, last, 1)
        if (
            record[:2] != (zipform.END64_SIGNATURE, zipform.END64.size - 12)
            or wide[zipform.END64.size :] != locator
        ):
            raise Fault("container.damaged")
        _, _, _, _, disk, directory_disk, here, count, length, start = record
    if (disk, directory_disk, here) != (0, 0, count) or start + length != last:
        raise Fault("container.hidden_bytes" if start + length < last else "container.damaged")
    if count > layout.MAX_MEMBERS or length > _MAX_DIRECTORY_BYTES:
        raise Fault("container.too_many", count=count)
    return start, length, count


def _entries(directory: bytes, count: int) -> Iterator[_Entry]:
    """The entries of the central directory, which must fill it exactly."""
    at = 0
    for _ in range(count):
        fields = zipform.CENTRAL.unpack_from(directory, at)
        signature, _, _, flags, method, _, _, crc32, stored, size, *rest = fields
        name_size, extra_size, comment_size, disk, _, attributes, offset = rest
        if signature != zipform.CENTRAL_SIGNATURE or disk != 0:
            raise Fault("container.damaged")
        at += zipform.CENTRAL.size
        name = directory[at : at + min(name_size, _MAX_NAME_BYTES)]
        if name_size > _MAX_NAME_BYTES:
            raise Fault("structure.name", path=_shown(name))
        extra = directory[at + name_size : at + name_size + extra_size]
        at += name_size + extra_size + comment_size
        extras = _extra_fields(extra, name)
        wide = extras.get(1, b"")
        size, wide = _widen(size, wide)
        stored, wide = _widen(stored, wide)
        offset, wide = _widen(offset, wide)
        member = Member(
            name, method, flags, crc32, stored, size, offset,
            offset + zipform.local_header_size(name, size),
        )  # fmt: skip
        yield _Entry(
            member,
            # Some programs make links of these bits whatever system wrote them.
            attributes >> 16,
            not comment_size and not wide and extras.keys() <= _ALLOWED_EXTRAS,
        )
    if at != len(directory):
        raise Fault("container.hidden_bytes")


def _widen(value: int, wide: bytes) -> tuple[int, bytes]:
    """A 32-bit field, or its 64-bit form from what is left of the zip64 field."""
    if value != zipform.FULL_32:
        return value, wide
    (value,) = struct.unpack_from("<Q", wide)
    return value, wide[8:]


def _extra_fields(extra: bytes, name: bytes) -> dict[int, bytes]:
    """The extra fields of the member of that name, by their kind."""
    fields: dict[int, bytes] = {}
    if not extra:
        return fields
    hidden = Fault("container.hidden_bytes", path=_shown(name))
    at = 0
    if len(extra) > _MAX_EXTRA_BYTES:
        raise hidden
    while at < len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind in fields or at + 4 + size > len(extra):
            raise hidden
        fields[kind] = extra[at + 4 : at + 4 + size]
        at += 4 + size
    return fields


def _require_no_hidden_tail(records: bytes) -> None:
    """Past the directory stands what any writer of zips may put there, nothing else."""
    narrow_end = records[-zipform.END.size :]
    _, _, _, _, count, length, start, _ = zipform.END.unpack(narrow_end)
    wide = records[: -zipform.END.size]
    if not wide:
        return
    values = zipform.END64.unpack(wide[: zipform.END64.size])
    for narrow, full, value in (
        (count, zipform.FULL_16, values[7]),
        (length, zipform.FULL_32, values[8]),
        (start, zipform.FULL_32, values[9]),
    ):
        if narrow not in (full, value):
            raise Fault("container.ambiguous")


def _require_unambiguous(
    file: RangeFile, entries: tuple[_Entry, ...], start: int, size: int
) -> tuple[Member, ...]:
    """The members of a repacked zip, checked against their local headers."""
    total = sum(entry.member.size_bytes for entry in entries)
    if total > _MAX_RATIO * size + (64 << 20):
        raise Fault("container.bomb", size_bytes=total)
    names: set[bytes] = set()
    at = 0
    members = []
    for entry in sorted(entries, key=lambda entry: entry.member.offset):
        member = entry.member
        _require_plain(entry)
        if member.name in names:
            raise Fault("container.duplicate", path=entry.path)
        names.add(member.name)
        if member.offset != at:
            code = "container.overlap" if member.offset < at else "container.hidden_bytes"
            raise Fault(code, path=entry.path)
        data_offset = _require_same_local(file, member, entry.path)
        at = data_offset + member.stored_bytes
        at += _descriptor_size(file, member, at, entry.path)
        members.append(member._replace(data_offset=data_offset))
    if at != start:
        raise Fault("container.overlap" if at > start else "container.hidden_bytes")
    return _without_folders(members)


def _without_folders(members: list[Member]) -> tuple[Member, ...]:
    """The files. A folder without one of them is a name that says something to somebody."""
    files = tuple(member for member in members if not member.name.endswith(b"/"))
    names = sorted(file.name for file in files)
    for member in members:
        if member.name.endswith(b"/"):
            # What is in a folder begins with its name, and stands right behind it.
            first = bisect.bisect(names, member.name)
            if not names[first : first + 1] or not names[first].startswith(member.name):
                raise Fault("container.hidden_bytes", path=_shown(member.name))
    return files


def _require_plain(entry: _Entry) -> None:
    member, path = entry.member, entry.path
    if member.flags & ~_ALLOWED_FLAGS:
        raise Fault("container.encrypted", path=path)
    if member.method not in (STORED, DEFLATED):
        raise Fault("container.method", path=path)
    if member.method == STORED and member.stored_bytes != member.size_bytes:
        raise Fault("container.ambiguous", path=path)
    if not entry.is_plain:
        raise Fault("container.hidden_bytes", path=path)
    kind = stat.S_IFMT(entry.mode)
    is_folder = member.name.endswith(b"/")
    if kind not in (0, stat.S_IFDIR if is_folder else stat.S_IFREG):
        raise Fault("container.link", path=path)
    if is_folder and (member.stored_bytes or member.size_bytes or member.crc32):
        raise Fault("container.hidden_bytes", path=path)


def _require_same_local(file: RangeFile, member: Member, path: str) -> int:
    """Where the data begins, the local header having told the same as the directory."""
    raw = file.read(member.offset, zipform.LOCAL.size + len(member.name))
    (signature, _, flags, method, _, _, crc32, stored, size, name_size, extra_size) = (
        zipform.LOCAL.unpack_from(raw)
    )
    begin = member.offset + zipform.LOCAL.size + name_size
    fields = _extra_fields(file.read(begin, extra_size), member.name)
    if not fields.keys() <= _ALLOWED_EXTRAS:
        raise Fault("container.hidden_bytes", path=path)
    wide = fields.get(1, b"")
    size, wide = _widen(size, wide)
    stored, wide = _widen(stored, wide)
    told = (crc32, stored, size)
    actual = (member.crc32, member.stored_bytes, member.size_bytes)
    later = flags & _DESCRIPTOR_FLAG and not any(told)
    if (
        signature != zipform.LOCAL_SIGNATURE
        or name_size != len(member.name)
        or raw[zipform.LOCAL.size :] != member.name
        or (flags, method) != (member.flags, member.method)
        or wide
        or not (told == actual or later)
    ):
        raise Fault("container.local_header", path=path)
    return int(begin + extra_size)


def _descriptor_size(file: RangeFile, member: Member, at: int, path: str) -> int:
    """Length of the data descriptor behind a member, 0 where there is none."""
    if not member.flags & _DESCRIPTOR_FLAG:
        return 0
    values = (member.crc32, member.stored_bytes, member.size_bytes)
    raw = file.read(at, 24)
    for form in ("<3I", "<I2Q"):
        if form == "<3I" and max(values) > zipform.FULL_32:
            continue
        plain = struct.pack(form, *values)
        for candidate in (b"PK\x07\x08" + plain, plain):
            if raw.startswith(candidate):
                return len(candidate)
    raise Fault("container.local_header", path=path)


def chunks(file: RangeFile, member: Member) -> Iterator[bytes]:
    """The contents of a member of a repacked zip, piece by piece.

    Raises:
        Fault: "container.damaged" where they are not exactly as long as declared.
    """
    damaged = Fault("container.damaged", path=_shown(member.name))
    inflate = zlib.decompressobj(-15) if member.method == DEFLATED else None
    at, end, left = member.data_offset, member.data_offset + member.stored_bytes, member.size_bytes
    with contextlib.suppress(zlib.error):  # then it is not at its end
        while at < end and not (inflate and inflate.eof):
            raw = file.read(at, min(_CHUNK_BYTES, end - at))
            if not raw:
                break
            at += len(raw)
            for piece in _inflated(inflate, raw) if inflate else (raw,):
                left -= len(piece)
                if left < 0:
                    raise damaged
                yield piece
    if left or at != end or (inflate and (inflate.unused_data or not inflate.eof)):
        raise damaged


def _inflated(inflate: "zlib._Decompress", raw: bytes) -> Iterator[bytes]:
    """What these bytes unpack to, in pieces of a bounded size."""
    while True:
        piece = inflate.decompress(raw, _CHUNK_BYTES)
        if piece:
            yield piece
        raw = inflate.unconsumed_tail
        # A full piece may have left more inside, even where all input was taken.
        if not raw and len(piece) < _CHUNK_BYTES:
            return
