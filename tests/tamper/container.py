"""Attacks on the zip itself: what two programs could read in two ways."""

import io
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from evidence_kit.bundle import layout
from tests.forge import CHAT, PICTURE, Forge, canonical_zip
from tests.rawzip import FULL_16, FULL_32, FULL_64, Entry, deflated, entries_of, raw_zip
from tests.tamper.table import INDETERMINATE, Row, row

FIRST = "{top}/data/environment.json"
THE_CHAT = f"{{top}}/{CHAT}"
Change = Callable[[Entry], Entry | list[Entry]]


def one(change: Change, path: str = CHAT, **zip_fields: Any) -> Callable[[Forge], bytes]:
    """An attack that changes one member."""

    def attack(forge: Forge) -> bytes:
        entries: list[Entry] = []
        for entry in entries_of(forge.zip()):
            is_meant = entry.name.decode() == f"{forge.top}/{path}"
            changed = change(entry) if is_meant else entry
            entries += changed if isinstance(changed, list) else [changed]
        return raw_zip(entries, **zip_fields)

    return attack


def told(**fields: Any) -> Callable[[Forge], bytes]:
    """An attack in which both headers of the chat say something else."""
    return one(lambda entry: replace(entry, **fields))


def told_locally(**fields: Any) -> Callable[[Forge], bytes]:
    """An attack in which the chat's local header alone says something else."""
    return one(lambda entry: replace(entry, local=fields))


def whole(**fields: Any) -> Callable[[Forge], bytes]:
    """An attack that leaves the members as they are."""
    return lambda forge: raw_zip(entries_of(forge.zip()), **fields)


def each(change: Callable[[Entry], Entry]) -> Callable[[Forge], bytes]:
    """An attack that changes every member."""
    return lambda forge: raw_zip([change(entry) for entry in entries_of(forge.zip())])


def extra(kind: int, content: bytes) -> bytes:
    """An extra field."""
    return struct.pack("<2H", kind, len(content)) + content


def twice(entry: Entry) -> list[Entry]:
    """The member, and another one of its name."""
    return [entry, replace(entry, raw=b"EVIL")]


def shared(forge: Forge) -> bytes:
    """Another member has the bytes of the first."""
    entries = entries_of(forge.zip())
    return raw_zip([*entries, replace(entries[0], is_written=False, offset=0, name=b"bundle-x")])


def overlapping(forge: Forge) -> bytes:
    """Two members, the second of which stands within the first."""
    entries = entries_of(forge.zip())
    inner = entries[1]
    start = len(entries[0].record())
    outer = replace(
        entries[0], raw=entries[0].raw + inner.record(), offset=0, crc=None, name=entries[0].name
    )
    inner = replace(inner, is_written=False, offset=start)
    return raw_zip([outer, inner, *entries[2:]])


def swallowing(forge: Forge) -> bytes:
    """The last member reaches into the directory."""
    entries = entries_of(forge.zip())
    longer = len(entries[-1].raw) + 40
    return raw_zip([*entries[:-1], replace(entries[-1], size=longer, stored=longer)])


def python_zip(forge: Forge, method: int = zipfile.ZIP_STORED) -> bytes:
    """Zipped again with Python."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for path, content in forge.files.items():
            archive.writestr(f"{forge.top}/{path}", content)
    return buffer.getvalue()


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise OSError


def streamed_zip(forge: Forge) -> bytes:
    """Zipped again into a pipe: sizes stand behind the data."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in forge.files.items():
            archive.writestr(f"{forge.top}/{path}", content)
    return pipe.getvalue()


def info_zip(forge: Forge) -> bytes:
    """Unzipped and zipped again with Info-ZIP, folders and times and all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, content in forge.files.items():
            target = folder / forge.top / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        command = ["zip", "-q", "-r", "again.zip", forge.top]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return (folder / "again.zip").read_bytes()


def reordered(forge: Forge) -> bytes:
    """The same members in another order, every header right."""
    return raw_zip(entries_of(forge.zip())[::-1])


def two_tops(forge: Forge) -> bytes:
    """A second bundle beside the first."""
    return raw_zip([*entries_of(forge.zip()), Entry(name=b"bundle-x/evidence.json", raw=b"{}")])


def outside(name: bytes) -> Callable[[Forge], bytes]:
    """An attack that adds a member outside the top folder."""
    return lambda forge: raw_zip([*entries_of(forge.zip()), Entry(name=name, raw=b"x")])


def folder_entry(name: str, **fields: Any) -> Callable[[Forge], bytes]:
    """An attack that adds an entry for a folder."""

    def attack(forge: Forge) -> bytes:
        entry = Entry(name=name.format(top=forge.top).encode(), raw=b"", attributes=0o40755 << 16)
        return raw_zip([replace(entry, **fields), *entries_of(forge.zip())])

    return attack


def replaced(old: bytes, new: bytes) -> Callable[[Forge], bytes]:
    """An attack on the finished bytes; the last occurrence counts."""

    def attack(forge: Forge) -> bytes:
        head, found, tail = forge.zip().rpartition(old)
        assert found
        return head + new + tail

    return attack


def long_stream(entry: Entry) -> Entry:
    """Deflated in blocks as they are (RFC 1951 §3.2.4), 256 KiB in all, and bytes behind that."""
    sizes = [60_000] * 4 + [(1 << 18) - 4 * 60_000 - 5 * 5]
    blocks = [
        struct.pack("<B2H", place == len(sizes) - 1, size, size ^ FULL_16) + bytes(size)
        for place, size in enumerate(sizes)
    ]
    content, raw = bytes(sum(sizes)), b"".join(blocks)
    assert zlib.decompress(raw, -15) == content
    return replace(entry, raw=raw + b"hidden", method=8, size=len(content), crc=zlib.crc32(content))


def padded_directory(forge: Forge) -> bytes:
    """Bytes that the directory's length counts, and no entry is made of."""
    entries, hidden = entries_of(forge.zip()), b"hidden"
    length = sum(len(entry.header(0)) for entry in entries) + len(hidden)
    return raw_zip(entries, gap_behind=hidden, end={"length": length})


def marked_entry(at: int, mark: bytes) -> Callable[[Forge], bytes]:
    """An attack that writes bytes into the directory's first entry."""

    def attack(forge: Forge) -> bytes:
        content = bytearray(forge.zip())
        start = content.index(b"PK\1\2") + at
        content[start : start + len(mark)] = mark
        return bytes(content)

    return attack


def marked_local(forge: Forge) -> bytes:
    """The local header of a member that is listed with times does not begin like one."""
    content = bytearray(told(extra=_TIMES)(forge))
    name = f"{forge.top}/{CHAT}".encode()
    start = content.index(name) - 30
    assert content[start : start + 4] == b"PK\3\4"
    content[start + 3] = 6
    return bytes(content)


def crowded(forge: Forge) -> bytes:
    """More files that no manifest lists than one has to look into."""
    extras = {f"proof/other/{number}": b"" for number in range(layout.MAX_UNLISTED)}
    return canonical_zip(forge.top, {**forge.files, **extras})


_TIMES = extra(0x5455, b"\x03" + b"\0" * 8)
_WIDE_SIZES = extra(1, struct.pack("<2Q", 51, 51))
_HUGE = extra(1, struct.pack("<2Q", FULL_64, FULL_64))

CONTAINER: list[Row] = [
    row("bytes before", lambda f: b"#!/bin/sh\n" + f.zip(), "container.hidden_bytes", "container"),
    row("bytes before, offsets right", whole(prefix=b"#!/bin/sh\n"), "container.hidden_bytes",
        FIRST),
    row("bytes behind", lambda f: f.zip() + b"hidden", "container.hidden_bytes", "container"),
    row("one byte behind", lambda f: f.zip() + b"\0", "container.hidden_bytes", "container"),
    row("archive comment", whole(comment=b"PASSED"), "container.hidden_bytes", "container"),
    row("archive comment that looks like an end",
        lambda f: raw_zip(entries_of(f.zip()), comment=f.zip()[-22:]),
        "container.hidden_bytes", "container"),
    row("entry comment", told(comment=b"PASSED"), "container.hidden_bytes", THE_CHAT),
    row("bytes before the directory", whole(gap=b"hidden"), "container.hidden_bytes", "container"),
    row("bytes behind the directory", whole(gap_behind=b"hidden"), "container.hidden_bytes",
        "container"),
    row("bytes in the directory", padded_directory, "container.hidden_bytes", "container"),
    row("an entry of another kind", marked_entry(0, b"PK\1\3"), "container.damaged", "container"),
    row("a member on a second disk", marked_entry(34, b"\1"), "container.damaged", "container"),
    row("a name that is far too long", outside(b"bundle-x/" + b"n" * 600), "structure.name",
        "bundle-x/" + "n" * 503),
    row("very many files that are not listed", crowded, "container.too_many", "container"),
    row("bytes between members", told(behind=b"hidden"), "container.hidden_bytes",
        "{top}/data/files/0002-picture.png"),
    row("hidden member between members",
        one(lambda e: [e, replace(e, name=e.name + b".too", is_listed=False)]),
        "container.hidden_bytes", "{top}/data/files/0002-picture.png"),
    row("hidden member at the end",
        lambda f: raw_zip([*entries_of(f.zip()),
                           Entry(name=b"hidden", raw=b"x", is_listed=False)]),
        "container.hidden_bytes", "container"),
    row("two zips, the bundle first", lambda f: f.zip() + canonical_zip("bundle-x", {"a": b"x"}),
        "container.hidden_bytes", "container"),
    row("two zips, the bundle last", lambda f: canonical_zip("bundle-x", {"a": b"x"}) + f.zip(),
        "container.hidden_bytes", "container"),
    row("extra field in both", told(extra=extra(0x4141, b"hidden")), "container.hidden_bytes",
        THE_CHAT),
    row("extra field in the directory",
        one(lambda e: replace(e, extra=extra(0x4141, b"hidden"), local={"extra": b""})),
        "container.hidden_bytes", THE_CHAT),
    row("extra field in the local header, offsets right",
        told_locally(extra=extra(0x4141, b"hidden")), "container.hidden_bytes", THE_CHAT),
    row("extra field longer than the field", told(extra=struct.pack("<2H", 0x5455, 99)),
        "container.hidden_bytes", THE_CHAT),
    row("extra field twice", told(extra=_TIMES * 2), "container.hidden_bytes", THE_CHAT),
    row("extra field too long", told(extra=extra(0x5455, b"h" * 100)), "container.hidden_bytes",
        THE_CHAT),
    row("extra field cut short", told(extra=b"\x55"), "container.damaged", "container"),
    row("name twice", one(twice), "container.duplicate", CHAT),
    row("name twice, deflated", one(lambda e: [deflated(x) for x in twice(e)]),
        "container.duplicate", THE_CHAT),
    row("local name differs", told_locally(name=b"bundle-0" * 7 + b"abc"),
        "container.local_header", THE_CHAT),
    row("local name differs, same length",
        one(lambda e: replace(e, local={"name": e.name[:-8] + b"CHAT.txt"})),
        "container.local_header", CHAT),
    row("local size differs", told_locally(size=1), "container.local_header", CHAT),
    row("local CRC differs", told_locally(crc=1), "container.local_header", CHAT),
    row("local flags differ", told_locally(flags=0x800), "container.local_header", CHAT),
    row("local method differs", told_locally(method=8), "container.local_header", CHAT),
    row("local date differs", told_locally(date=0x5A6B), "container.local_header", CHAT),
    row("local size differs, repacked",
        one(lambda e: replace(e, extra=_TIMES, local={"size": 1})),
        "container.local_header", THE_CHAT),
    row("local header of another kind, repacked", marked_local, "container.local_header", THE_CHAT),
    row("local name differs, repacked",
        one(lambda e: replace(e, extra=_TIMES, local={"name": e.name[:-8] + b"CHAT.txt"})),
        "container.local_header", THE_CHAT),
    row("local flags differ, repacked",
        one(lambda e: replace(e, extra=_TIMES, local={"flags": 0x800})),
        "container.local_header", THE_CHAT),
    row("local method differs, repacked",
        one(lambda e: replace(e, extra=_TIMES, local={"method": 8})),
        "container.local_header", THE_CHAT),
    row("local sizes nobody asked for, repacked",
        one(lambda e: replace(e, extra=_TIMES, local={"extra": _WIDE_SIZES})),
        "container.local_header", THE_CHAT),
    row("CRC wrong in both", told(crc=0xDEADBEEF), "container.crc", CHAT),
    row("CRC wrong in both, deflated", one(lambda e: replace(deflated(e), crc=0xDEADBEEF)),
        "container.crc", CHAT),
    row("encrypted", told(flags=0x1), "container.encrypted", THE_CHAT),
    row("strongly encrypted", told(flags=0x41), "container.encrypted", THE_CHAT),
    row("patched data", told(flags=0x20), "container.encrypted", THE_CHAT),
    row("method bzip2", told(method=12), "container.method", THE_CHAT),
    row("symlink", told(attributes=0o120777 << 16), "container.link", THE_CHAT),
    row("symlink by another host", told(attributes=0o120777 << 16, made_by=0x0514),
        "container.link", THE_CHAT),
    row("device", told(attributes=0o20666 << 16), "container.link", THE_CHAT),
    row("stored with two sizes", told(size=9), "container.ambiguous", THE_CHAT),
    row("overlap", shared, "container.overlap", "bundle-x"),
    row("overlap, one within the other", overlapping, "container.overlap", "{top}/" + CHAT.replace(
        ".txt", ".transcript.txt")),
    row("overlap with the directory", swallowing, "container.overlap", "container"),
    row("cut short", lambda f: f.zip()[:-1], "container.damaged", "container"),
    row("cut in half", lambda f: f.zip()[: len(f.zip()) // 2], "container.damaged", "container"),
    row("end record alone", lambda f: b"PK\3\4" + f.zip()[-22:], "container.damaged", "container"),
    row("count too small", whole(end={"count": 3}), "container.hidden_bytes", "container"),
    row("count too large", whole(end={"count": 50}), "container.damaged", "container"),
    row("too many members", whole(wide={"count": 200_001}, end={"count": FULL_16}),
        "container.too_many", "container"),
    row("second disk", whole(end={"disk": 1}), "container.damaged", "container"),
    row("zip64: count contradicts", whole(wide={}, end={"count": 3, "length": FULL_32}),
        "container.ambiguous", "container"),
    row("zip64: record elsewhere", whole(wide={"at": 0}, end={"count": FULL_16}),
        "container.damaged", "container"),
    row("zip64: record longer", whole(wide={"size": 999}, end={"count": FULL_16}),
        "container.damaged", "container"),
    row("zip64: not announced", whole(wide={}), "container.hidden_bytes", "container"),
    row("zip64: announced, not there", whole(end={"count": FULL_16}), "container.damaged",
        "container"),
    row("zip64: second disk", whole(wide={"disk": 1}, end={"count": FULL_16}),
        "container.damaged", "container"),
    row("zip64: a length past all", whole(wide={"length": FULL_64}, end={"length": FULL_32}),
        "container.damaged", "container"),
    row("zip64: sizes nobody asked for", told(extra=_WIDE_SIZES), "container.hidden_bytes",
        THE_CHAT),
    row("zip64: sizes missing", told(size=FULL_32, stored=FULL_32), "container.damaged",
        "container"),
    row("zip64: sizes past all", told(size=FULL_32, stored=FULL_32, extra=_HUGE),
        "container.damaged", "container"),
    row("zip64: an offset past all",
        told(offset=FULL_32, extra=extra(1, struct.pack("<Q", FULL_64))),
        "container.hidden_bytes", "{top}/" + PICTURE),
    row("bomb, declared", one(lambda e: replace(deflated(e), size=4_000_000_000)),
        "container.bomb", "container"),
    row("bomb, not declared", one(lambda e: replace(deflated(replace(e, raw=b"\0" * 30_000_000)),
        size=len(e.raw))), "container.damaged", THE_CHAT),
    row("deflate stream too short", one(lambda e: replace(deflated(e), size=len(e.raw) + 1)),
        "container.damaged", THE_CHAT),
    row("deflate stream with bytes behind", one(lambda e: deflated(e, behind=b"hidden")),
        "container.damaged", THE_CHAT),
    row("deflate stream with bytes behind where reading stops", one(long_stream),
        "container.damaged", THE_CHAT),
    row("deflate stream is junk", one(lambda e: replace(e, method=8, stored=len(e.raw))),
        "container.damaged", THE_CHAT),
    row("descriptor missing", told(flags=8), "container.local_header", THE_CHAT),
    row("descriptor lies", told(flags=8, behind=b"PK\7\10" + b"\1" * 12),
        "container.local_header", THE_CHAT),
    row("two top folders", two_tops, "structure.top", "bundle-x"),
    row("a name that climbs", outside(b"../evil"), "structure.top", "../evil"),
    row("a name from the root", outside(b"/etc/evil"), "structure.top", "/etc/evil"),
    row("a name with a drive", outside(b"C:/evil"), "structure.top", "C:/evil"),
    row("a name with backslashes", outside(b"..\\evil"), "structure.top", "..\\evil"),
    row("a name that is empty", outside(b""), "structure.top", ""),
    row("a folder that climbs", folder_entry("../../evil/"), "container.hidden_bytes",
        "../../evil/"),
    row("a folder that holds nothing", folder_entry("{top}/PASSED/"), "container.hidden_bytes",
        "{top}/PASSED/"),
    row("a folder with content", folder_entry("{top}/data/", raw=b"x"), "container.hidden_bytes",
        "{top}/data/"),
    row("a folder that is a link", folder_entry("{top}/data/", attributes=0o120777 << 16),
        "container.link", "{top}/data/"),
    # someone unzipped it and zipped it again: one meaning, but no longer our bytes
    row("zipped by Python", python_zip, "container.repacked", "container", INDETERMINATE),
    row("deflated by Python", lambda f: python_zip(f, zipfile.ZIP_DEFLATED),
        "container.repacked", "container", INDETERMINATE),
    row("zipped into a pipe", streamed_zip, "container.repacked", "container", INDETERMINATE),
    row("zipped by Info-ZIP", info_zip, "container.repacked", "container", INDETERMINATE),
    row("members in another order", reordered, "container.repacked", "container", INDETERMINATE),
    row("dates in all headers", each(lambda e: replace(e, date=0x5A6B)), "container.repacked",
        "container", INDETERMINATE),
    row("other permissions", told(attributes=0o100600 << 16), "container.repacked", "container",
        INDETERMINATE),
    row("times in extra fields", told(extra=_TIMES), "container.repacked", "container",
        INDETERMINATE),
    row("zip64 without need", whole(wide={}, end={"count": FULL_16}), "container.repacked",
        "container", INDETERMINATE),
    row("one member deflated", one(deflated, PICTURE), "container.repacked", "container",
        INDETERMINATE),
    row("repacked and edited", lambda f: python_zip(f.put(CHAT, b"lie")), "digest.mismatch", CHAT),
    row("repacked and withheld", lambda f: python_zip(f.drop(PICTURE)), "files.withheld", PICTURE,
        INDETERMINATE),
]  # fmt: skip
