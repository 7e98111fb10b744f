"""The zip as it is written and read: large files, many files, bytes in odd pieces."""

import hashlib
import os
import subprocess
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from evidence_kit.bundle import hashing, zipform, zipscan
from evidence_kit.bundle.atomic import AtomicFile
from evidence_kit.bundle.ranges import RangeFile
from evidence_kit.bundle.writer import ZipWriter
from evidence_kit.errors import SealError
from evidence_kit.report import Fault
from tests.build import refused
from tests.rawzip import Entry, deflated, entries_of, raw_zip

GIB = 1 << 30


def write(path: Path, contents: dict[str, bytes], top: str = "bundle-x") -> Path:
    with AtomicFile(path.parent) as out:
        writer = ZipWriter(out, top)
        for name, content in contents.items():
            writer.add_bytes(name, content)
        writer.finish()
        out.publish(path, replace=False)
    return path


def test_more_members_than_a_plain_zip_can_count(tmp_path: Path) -> None:
    count = 0x10000 + 10
    path = write(tmp_path / "many.zip", {f"data/{n:06d}": b"" for n in range(count)})
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == count
    subprocess.run(["unzip", "-tqq", str(path)], check=True, capture_output=True)
    with RangeFile(path) as file:
        scan = zipscan.scan(file)
    assert scan.is_canonical
    assert len(scan.members) == count


@pytest.mark.parametrize("count", [0xFFFE, 0xFFFF])
def test_zip64_is_used_just_where_the_count_needs_it(count: int, tmp_path: Path) -> None:
    path = write(tmp_path / "many.zip", {f"data/{n:06d}": b"" for n in range(count)})
    assert (zipform.END64_SIGNATURE in path.read_bytes()[-200:]) == (count == 0xFFFF)
    with RangeFile(path) as file:
        assert zipscan.scan(file).is_canonical


@pytest.mark.parametrize("size", [4 * GIB - 2, 4 * GIB - 1, 5 * GIB])
def test_file_around_the_limit_of_a_plain_zip(size: int, tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    large, small, content = b"bundle-x/data/large", b"bundle-x/data/small", b"after it"
    checksum = zlib.crc32(content)
    with path.open("wb") as file:
        file.write(zipform.local_header(large, 0, size))
        file.seek(size, os.SEEK_CUR)  # a hole: nothing is written
        file.write(zipform.local_header(small, checksum, len(content)) + content)
        file.write(zipform.directory([(large, 0, size), (small, checksum, len(content))]))
    with RangeFile(path) as ranges:
        scan = zipscan.scan(ranges)
        assert scan.is_canonical
        assert b"".join(zipscan.chunks(ranges, scan.members[1])) == content
    assert scan.members[0].size_bytes == size
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(large.decode()).file_size == size
        assert archive.read(small.decode()) == content
    # At 4 GiB less one byte Info-ZIP takes the next member for a large one too.
    if size != zipform.FULL_32:
        said = subprocess.run(["zipinfo", "-1", str(path)], check=True, capture_output=True).stdout
        assert said.split() == [large, small]


def test_deflated_file_is_read_to_its_end_wherever_that_falls(tmp_path: Path) -> None:
    path = tmp_path / "deflated.zip"
    for over in range(0, 600, 7):
        content = bytes((1 << 18) + over)
        path.write_bytes(raw_zip([deflated(Entry(name=b"bundle-x/a", raw=content))]))
        with RangeFile(path) as file:
            (member,) = zipscan.scan(file).members
            assert b"".join(zipscan.chunks(file, member)) == content


def test_no_more_is_unpacked_than_was_declared(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    bomb = replace(deflated(Entry(name=b"bundle-x/a", raw=bytes(50_000_000))), size=10)
    path.write_bytes(raw_zip([bomb]))
    unpacked = 0
    with RangeFile(path) as file, pytest.raises(Fault, match=r"container\.damaged"):
        (member,) = zipscan.scan(file).members
        for piece in zipscan.chunks(file, member):
            unpacked += len(piece)
    assert unpacked == 0


def test_directory_too_long_for_its_members_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "long.zip", {"data/a": b"content"})
    monkeypatch.setattr(zipscan, "_MAX_DIRECTORY_BYTES", 10)
    with RangeFile(path) as file, pytest.raises(Fault, match=r"container\.too_many"):
        zipscan.scan(file)


SIZES = [0, 1, 10, hashing.RUN_BYTES - 60, hashing.RUN_BYTES, hashing.RUN_BYTES + 1, 0, 3, 3 << 20]


@pytest.fixture
def sized(tmp_path: Path) -> tuple[Path, list[bytes]]:
    contents = [os.urandom(size) for size in SIZES]
    named = {f"data/{number}": content for number, content in enumerate(contents)}
    return write(tmp_path / "sized.zip", named), contents


def digests_of(path: Path) -> list[hashing.Digest]:
    with RangeFile(path) as file:
        return hashing.hash_canonical(file, zipscan.scan(file).members)


def test_every_member_is_hashed_whatever_its_size(sized: tuple[Path, list[bytes]]) -> None:
    path, contents = sized
    digests = digests_of(path)
    assert [digest.size_bytes for digest in digests] == SIZES
    assert [digest.sha256 for digest in digests] == [
        hashlib.sha256(content).hexdigest() for content in contents
    ]
    assert {digest.fault for digest in digests} == {None}


def test_longer_digests_are_worked_out_where_they_are_asked_for(
    sized: tuple[Path, list[bytes]], tmp_path: Path
) -> None:
    path, contents = sized
    expected = [hashlib.sha512(content).hexdigest() for content in contents]
    repacked = tmp_path / "repacked.zip"
    entries = entries_of(path.read_bytes())
    repacked.write_bytes(raw_zip([replace(entry, date=0x22) for entry in entries]))
    files = [tmp_path / str(number) for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    for place, work in ((path, hashing.hash_canonical), (repacked, hashing.hash_repacked)):
        with RangeFile(place) as ranges:
            members = zipscan.scan(ranges).members
            assert [d.sha512 for d in work(ranges, members, with_sha512=True)] == expected
            assert {d.sha512 for d in work(ranges, members)} == {None}
    assert [d.sha512 for d in hashing.hash_files(files, with_sha512=True)] == expected
    assert {d.sha512 for d in hashing.hash_files(files)} == {None}


def test_huge_member_is_read_by_a_thread_of_its_own_and_hashed_the_same(
    sized: tuple[Path, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = sized
    before = digests_of(path)
    monkeypatch.setattr(hashing, "_HUGE_BYTES", 1 << 21)
    monkeypatch.setattr(hashing, "_HUGE_PIECE_BYTES", (1 << 20) - 1)
    assert digests_of(path) == before
    content = bytearray(path.read_bytes())
    with RangeFile(path) as file:
        member = zipscan.scan(file).members[-1]
    content[member.data_offset + member.size_bytes - 1] ^= 1
    path.write_bytes(content)
    assert digests_of(path)[-1].fault == "container.crc"


def test_file_that_is_cut_while_it_is_read_is_told_where_it_ends(
    sized: tuple[Path, list[bytes]],
) -> None:
    path, _ = sized
    with RangeFile(path) as file:
        members = zipscan.scan(file).members
        os.truncate(path, members[-2].data_offset)
        digests = hashing.hash_canonical(file, members)
    assert [digest.size_bytes for digest in digests] == [*SIZES[:-2], 0, 0]
    assert [digest.fault for digest in digests] == [
        *[None] * (len(SIZES) - 2), "container.crc", "container.local_header",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [n for n, size in enumerate(SIZES) if size])
def test_changed_byte_is_told_by_its_member_alone(
    number: int, sized: tuple[Path, list[bytes]]
) -> None:
    path, _ = sized
    with RangeFile(path) as file:
        member = zipscan.scan(file).members[number]
    for at, fault in (
        (member.data_offset, "container.crc"),
        (member.data_offset + member.size_bytes - 1, "container.crc"),
        (member.offset + 10, "container.local_header"),
        (member.data_offset - 1, "container.local_header"),
    ):
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)
        expected = [fault if place == number else None for place in range(len(SIZES))]
        assert [digest.fault for digest in digests_of(path)] == expected
        content[at] ^= 1
        path.write_bytes(content)


def test_reading_without_positioned_reads_gives_the_same(
    sized: tuple[Path, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = sized
    before = digests_of(path)
    monkeypatch.delattr(os, "preadv")
    monkeypatch.delattr(os, "pread")
    assert digests_of(path) == before


def test_disk_that_takes_few_bytes_at_a_time_gets_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = write(tmp_path / "whole.zip", {"data/a": b"content", "data/b": b"more"})
    os_write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: os_write(file, content[:3]))
    pieces = write(tmp_path / "pieces.zip", {"data/a": b"content", "data/b": b"more"})
    assert pieces.read_bytes() == whole.read_bytes()


def test_file_that_is_not_published_is_gone(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), AtomicFile(tmp_path) as out:
        out.write(b"half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_temporary_file_is_no_bundle_by_name(tmp_path: Path) -> None:
    with AtomicFile(tmp_path) as out:
        assert out.path.name.startswith(".")
        assert not out.path.name.endswith(".zip")


def test_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with refused(SealError, "seal.folder"):
        AtomicFile(tmp_path / "none")
