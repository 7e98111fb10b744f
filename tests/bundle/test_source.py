"""Where a bundle is read from: what is no bundle, and what is one in a way that hides bytes."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from evidence_kit.bundle import layout, zipscan
from evidence_kit.bundle.ranges import RangeFile
from evidence_kit.bundle.reader import open_bundle
from evidence_kit.bundle.source import begins_like_bundle, open_source
from evidence_kit.errors import InputError
from evidence_kit.report import Fault
from tests.build import refused
from tests.rawzip import Entry, deflated, raw_zip

FOLDER = Entry(name=b"bundle-x/data/", raw=b"", attributes=0o40755 << 16)
FILE = Entry(name=b"bundle-x/data/a", raw=b"abc" * 50)
RECORD = Entry(name=b"bundle-x/evidence.json", raw=b"{}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.evidence.zip"


def test_path_without_a_file_is_missing(path: Path) -> None:
    with refused(InputError, "file.missing"):
        open_source(path)


def test_path_that_the_system_refuses_is_unreadable(tmp_path: Path) -> None:
    with refused(InputError, "file.unreadable"):
        open_source(tmp_path / ("x" * 300))


def test_file_that_is_no_zip_is_no_bundle(path: Path) -> None:
    path.write_bytes(b"GIF89a" * 100)
    with refused(InputError, "bundle.not_a_zip"):
        open_source(path)


def test_repacked_bundle_is_read_and_its_folders_are_no_files(path: Path) -> None:
    path.write_bytes(raw_zip([FOLDER, deflated(FILE), RECORD]))
    with open_bundle(path) as bundle:
        assert bundle.container == "repacked"
        assert dict(bundle.sizes) == {"data/a": 150, "evidence.json": 2}
        assert bundle.read("data/a") == FILE.raw


@pytest.mark.parametrize(
    "folder",
    [
        replace(FOLDER, crc=0xFFFFFFFE),
        replace(FOLDER, method=8, size=5),
        replace(FOLDER, raw=b"hidden"),
        replace(FOLDER, name=b"bundle-x/other/"),
    ],
    ids=["crc", "size", "contents", "name"],
)
def test_entry_of_a_folder_hides_nothing(folder: Entry, path: Path) -> None:
    path.write_bytes(raw_zip([folder, FILE, RECORD]))
    with pytest.raises(Fault) as caught:
        open_source(path)
    assert caught.value.code == "container.hidden_bytes"


@pytest.mark.parametrize("name", [b"bundle-x/evidence.jsonw", b"bundle-x/evidence.jso", b"x"])
def test_name_of_the_local_header_is_that_of_the_directory(name: bytes, path: Path) -> None:
    path.write_bytes(raw_zip([FILE, replace(deflated(RECORD), local={"name": name})]))
    with pytest.raises(Fault) as caught:
        open_source(path)
    assert caught.value.code == "container.local_header"


@pytest.mark.parametrize("entry", [deflated(FILE), FILE], ids=["deflated", "stored"])
def test_repacked_file_that_is_cut_while_it_is_read_is_damaged(entry: Entry, path: Path) -> None:
    path.write_bytes(raw_zip([RECORD, entry]))
    with RangeFile(path) as file:
        member = zipscan.scan(file).members[1]
        os.truncate(path, member.data_offset + 1)
        with pytest.raises(Fault) as caught:
            list(zipscan.chunks(file, member))
    assert caught.value.code == "container.damaged"


def test_zip_of_a_bundle_is_known_by_its_beginning(path: Path) -> None:
    path.write_bytes(raw_zip([RECORD]))
    assert begins_like_bundle(path)
    path.write_bytes(raw_zip([replace(RECORD, name=b"other/evidence.json")]))
    assert not begins_like_bundle(path)
    assert not begins_like_bundle(path.with_name("absent.zip"))


def test_name_without_ending_stays_portable() -> None:
    assert layout.safe_name("聊天", number=7) == "0007"
    assert layout.safe_name("a b", number=7) == "0007-a-b"
    assert layout.safe_name("a b.JPG", number=7) == "0007-a-b.jpg"
