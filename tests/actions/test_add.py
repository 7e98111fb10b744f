"""Files come in as they are, with what their owner says of them kept apart."""

import os
import platform
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence_kit.actions.add import add_files, detect
from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.bundle.reader import Bundle
from evidence_kit.errors import InputError, UsageError
from evidence_kit.model import Evidence, Imported, Kind, Role
from evidence_kit.report import Outcome
from tests.build import refused
from tests.forge import explode

FIXTURES = Path(__file__).parents[2] / "fixtures"


def evidence_of(path: Path) -> Evidence:
    with Bundle(path) as bundle:
        return bundle.evidence


def origin_of(evidence: Evidence) -> Imported:
    origin = evidence.items[0].origin
    assert isinstance(origin, Imported)
    return origin


@pytest.mark.parametrize(
    ("name", "safe", "kept"),
    [
        ("聊天 记录.TXT", "0001.txt", "聊天 记录.TXT"),
        ("Screenshot_2026-11-08.png", "0001-Screenshot_2026-11-08.png", None),
        ("a\u202egnp.exe", "0001-a-gnp.exe", "a%E2%80%AEgnp.exe"),
        ("line\nbreak\x1b[2K.txt", "0001-line-break-2K.txt", "line%0Abreak%1B[2K.txt"),
        ("\udcff\udcfe.jpg", "0001.jpg", "%ED%B3%BF%ED%B3%BE.jpg"),
        ("CON", "0001-CON", None),
        (".hidden", "0001.hidden", None),
        ("a" * 200 + ".mp4", "0001-" + "a" * 40 + ".mp4", None),
        ("no ending", "0001-no-ending", None),
        ("trailing.", "0001-trailing", None),
    ],
)
def test_odd_name_is_kept_in_the_record_and_made_portable(
    name: str, safe: str, kept: str | None, kit: Kit, tmp_path: Path
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path / name)))
    path.write_bytes(b"\x00x")
    sealed = add_files([path], tmp_path / "x.evidence.zip", kit=kit)
    assert sealed.report.verdict is Outcome.PASSED
    evidence = evidence_of(sealed.path)
    assert evidence.items[0].files[0].path == f"data/files/{safe}"
    assert origin_of(evidence).original_name == (kept or name)
    assert evidence.items[0].label == (kept or name)


@pytest.mark.parametrize(
    ("head", "name", "media_type", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "x", "image/png", Kind.PICTURE),
        (b"\xff\xd8\xff\xe0", "x.png", "image/jpeg", Kind.PICTURE),
        (b"RIFF\0\0\0\0WEBPVP8 ", "x", "image/webp", Kind.PICTURE),
        (b"\0\0\0\x18ftypheic", "x", "image/heic", Kind.PICTURE),
        (b"\0\0\0\x18ftypisom", "x", "video/mp4", Kind.RECORDING),
        (b"\0\0\0\x18ftypM4A ", "x", "audio/mp4", Kind.RECORDING),
        (b"#!AMR\n", "x", "audio/amr", Kind.RECORDING),
        (b"ID3\4", "x", "audio/mpeg", Kind.RECORDING),
        (b"%PDF-1.7", "x", "application/pdf", Kind.DOCUMENT),
        (b"PK\3\4", "x", "application/zip", Kind.DOCUMENT),
        (b"\0\1\2", "x.txt", "application/octet-stream", Kind.DOCUMENT),
        (b"", "x.txt", "text/plain", Kind.DOCUMENT),
        ("订单号 1，2026-11-08 10:20 付款".encode(), "x.txt", "text/plain", Kind.DOCUMENT),
        (b"<html></html>", "x.HTML", "text/html", Kind.DOCUMENT),
    ],
)
def test_kind_is_told_by_the_first_bytes(
    head: bytes, name: str, media_type: str, kind: Kind, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(head)
    assert detect(tmp_path / name) == (media_type, kind)


def test_picture_of_the_fixtures_is_a_picture() -> None:
    (path,) = FIXTURES.glob("pictures/*.png")
    assert detect(path) == ("image/png", Kind.PICTURE)


def test_originals_are_kept_byte_for_byte_and_in_order(
    case: Case, kit: Kit, tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("b.txt", "a.txt", "b")]
    for number, path in enumerate(paths):
        path.write_bytes(b"\r\n\xef\xbb\xbf" * number)
    sealed = add_files(paths, case, kit=kit)
    _, files = explode(sealed.path.read_bytes())
    evidence = evidence_of(sealed.path)
    assert [item.id for item in evidence.items] == ["E1", "E2", "E3"]
    for item, path in zip(evidence.items, paths, strict=True):
        (entry,) = item.files
        assert files[entry.path] == path.read_bytes()
        assert entry.role is Role.ORIGINAL
        assert entry.size_bytes == path.stat().st_size


def test_claims_are_kept_as_claims(kit: Kit, note: Path) -> None:
    sealed = add_files(
        [note],
        note.parent / "x.evidence.zip",
        kit=kit,
        label="付款\u202e截图",
        obtained_from="小林\n",
        obtained_at="2026-11-08T10:20:31+08:00",
    )
    evidence = evidence_of(sealed.path)
    origin = origin_of(evidence)
    assert evidence.items[0].label == "付款%E2%80%AE截图"
    assert origin.obtained_from_claimed == "小林%0A"
    assert origin.obtained_at_claimed == "2026-11-08T10:20:31+08:00"
    assert origin.carrier_claimed is None


def test_bundle_says_nothing_of_user_and_machine(kit: Kit, note: Path) -> None:
    sealed = add_files([note], note.parent / "x.evidence.zip", kit=kit)
    _, files = explode(sealed.path.read_bytes())
    told = b"".join(content for path, content in files.items() if path != "VERIFY.txt")
    # The slash at the end: an authority's own list may be named /crl/root.crl.
    for secret in (str(note.parent), f"{Path.home()}/", f'"{platform.node()}"'):
        assert secret.encode() not in told


@pytest.mark.parametrize(
    "text",
    ["2026-11-08", "2026-11-08T10:20", "2026-11-08T10:20:31Z", "2026-11-08T10:20:31.5+08:00"],
)
def test_date_of_obtaining_is_taken(text: str, kit: Kit, note: Path) -> None:
    out = note.parent / "x.evidence.zip"
    assert add_files([note], out, kit=kit, obtained_at=text).path == out


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-02-30",
        "08.11.2026",
        "2026-11-08 10:20",
        "",
        "20261108",
        "2026-W45-7",
        "2026-11-08T25:61",
        "2026-11-08T１０:20",
    ],
)
def test_what_is_no_date_is_refused(text: str, kit: Kit, note: Path) -> None:
    with refused(UsageError, "date.malformed"):
        add_files([note], note.parent / "x.evidence.zip", kit=kit, obtained_at=text)


def test_date_that_is_still_to_come_is_refused(kit: Kit, note: Path) -> None:
    late = replace(kit, now=lambda: datetime(2026, 11, 8, 23, 0, tzinfo=UTC))
    # In Beijing the next day has begun already.
    add_files([note], note.parent / "x.evidence.zip", kit=late, obtained_at="2026-11-09")
    with refused(UsageError, "event.future"):
        add_files([note], note.parent / "y.evidence.zip", kit=late, obtained_at="2026-11-10T08:00")


def test_nothing_to_add_is_refused(case: Case, kit: Kit) -> None:
    with refused(UsageError, "add.nothing"):
        add_files([], case, kit=kit)


def test_missing_file_is_named(case: Case, kit: Kit, note: Path) -> None:
    with refused(InputError, "file.missing") as caught:
        add_files([note, note.parent / "none.png"], case, kit=kit)
    assert str(caught.value.params["path"]).endswith("none.png")
    assert case.bundle_paths() == ()


def test_folder_is_refused(case: Case, kit: Kit, tmp_path: Path) -> None:
    with refused(InputError, "file.is_folder"):
        add_files([tmp_path], case, kit=kit)


def test_same_file_twice_gives_two_items(case: Case, kit: Kit, note: Path) -> None:
    sealed = add_files([note, note], case, kit=kit)
    assert len(evidence_of(sealed.path).items) == 2


def test_pipe_is_refused_and_not_waited_for(case: Case, kit: Kit, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with refused(InputError, "file.unreadable"):
        add_files([pipe], case, kit=kit)
