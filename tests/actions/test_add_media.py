"""What stands beside pictures and recordings that are added, and what the user typed of them."""

import json
import os
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from evidence_kit.actions.add import add_files
from evidence_kit.actions.contents import ContentsReader
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.media import OPERATION, TRANSCRIPTION, read_media
from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle.reader import Bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import InputError, UsageError
from evidence_kit.media.describe import VERSION
from evidence_kit.model import Item, Maker, Role
from evidence_kit.report import Outcome
from fixtures.pictures import metadata as made
from tests.build import refused
from tests.forge import explode

SCHEMA = Path(__file__).parents[2] / "docs/schema/media.schema.json"
MEDIA = "data/derived/0001/media.json"


def picture(folder: Path, content: bytes | None = None) -> Path:
    path = folder / "Screenshot_2026-08-02-00-47-16.jpg"
    path.write_bytes(content if content is not None else made.jpeg(made.exif()))
    os.utime(path, (1_785_602_900, 1_785_602_900))
    return path


def add(path: Path, kit: Kit, folder: Path, transcript: Path | None = None) -> Sealed:
    return add_files([path], folder / "x.evidence.zip", kit=kit, transcript=transcript)


def item_of(sealed: Sealed) -> Item:
    with Bundle(sealed.path) as bundle:
        return bundle.evidence.items[0]


def files_of(sealed: Sealed) -> dict[str, bytes]:
    return dict(explode(sealed.path.read_bytes())[1])


def test_facts_stand_beside_the_untouched_original(kit: Kit, tmp_path: Path) -> None:
    path = picture(tmp_path)
    sealed = add(path, kit, tmp_path)
    original, facts = item_of(sealed).files
    assert sealed.report.verdict is Outcome.PASSED
    assert files_of(sealed)[original.path] == path.read_bytes()
    assert (facts.path, facts.role, facts.from_) == (MEDIA, Role.DERIVED, (original.path,))
    assert facts.by == Maker(operation=OPERATION, tool="media", version=VERSION)
    told = json.loads(files_of(sealed)[MEDIA])
    assert told["times"][0]["at"] == "2026-08-01T16:47:16Z"
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(told)


def test_same_picture_gives_the_same_facts(kit: Kit, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first = files_of(add(picture(tmp_path), kit, tmp_path))
    second = files_of(add(picture(tmp_path / "again"), kit, tmp_path / "again"))
    assert first[MEDIA] == second[MEDIA]


def test_private_metadata_is_warned_of_and_kept_out(kit: Kit, tmp_path: Path) -> None:
    sealed = add(picture(tmp_path, made.jpeg(made.exif(is_private=True))), kit, tmp_path)
    assert [note.code for note in sealed.notes] == ["media.location", "media.identifying"]
    assert b"SERIAL-0000" not in files_of(sealed)[MEDIA]


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\xff\xff" * 9, made.jpeg()[:100]]
)
def test_damaged_picture_is_sealed_and_told_of(content: bytes, kit: Kit, tmp_path: Path) -> None:
    sealed = add(picture(tmp_path, content), kit, tmp_path)
    assert sealed.report.verdict is Outcome.PASSED
    assert sealed.notes[0].code in ("media.cut_short", "media.malformed")


def test_transcript_is_tied_to_the_picture_as_the_users_claim(kit: Kit, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("店主：保证三天发货\r\n", encoding="utf-8")
    sealed = add(picture(tmp_path), kit, tmp_path, text)
    original, _, typed = item_of(sealed).files
    assert sealed.report.verdict is Outcome.PASSED
    assert (typed.path, typed.role, typed.from_) == (
        "data/typed/0001.txt",
        Role.DERIVED,
        (original.path,),
    )
    assert typed.by == Maker(operation=TRANSCRIPTION, tool="user", version="")
    assert files_of(sealed)[typed.path] == text.read_bytes()


@pytest.mark.parametrize("content", [b"", b" \n", b"a\0b", b"x" * ((1 << 20) + 1)])
def test_transcript_that_is_no_text_is_refused(content: bytes, kit: Kit, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_bytes(content)
    with refused(UsageError, "transcript.no_text"):
        add(picture(tmp_path), kit, tmp_path, text)
    assert not (tmp_path / "x.evidence.zip").exists()


def test_transcript_of_a_chat_export_is_refused(kit: Kit, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("hello\n", encoding="utf-8")
    with refused(UsageError, "transcript.one_picture"):
        add(text, kit, tmp_path, text)


def test_transcript_of_two_pictures_is_refused(kit: Kit, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("hello\n", encoding="utf-8")
    path = picture(tmp_path)
    with refused(UsageError, "transcript.one_picture"):
        add_files([path, path], tmp_path / "x.evidence.zip", kit=kit, transcript=text)


def test_transcript_that_is_missing_is_named(kit: Kit, tmp_path: Path) -> None:
    with refused(InputError, "file.missing") as caught:
        add(picture(tmp_path), kit, tmp_path, tmp_path / "none.txt")
    assert str(caught.value.params["path"]).endswith("none.txt")


def test_report_tells_facts_as_they_were_sealed_only(kit: Kit, tmp_path: Path) -> None:
    sealed = add(picture(tmp_path), kit, tmp_path)
    changed = tmp_path / "changed.zip"
    content = sealed.path.read_bytes()
    changed.write_bytes(content.replace(b'"is_animated": false', b'"is_animated": true '))
    media = []
    for path in (sealed.path, changed):
        reader = ContentsReader()
        verify_bundle(path, Expectations(anchors=kit.anchors), witness=reader)
        (held,) = reader.contents.values()
        media.append(held.items[0].files[1].media)
    assert media[0] is not None
    assert media[1] is None


def test_facts_that_the_original_does_not_have_are_told_of(kit: Kit, tmp_path: Path) -> None:
    sealed = add(picture(tmp_path), kit, tmp_path)
    folder = tmp_path / "unzipped"
    with zipfile.ZipFile(sealed.path) as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    (facts,) = top.rglob("media.json")

    def is_reread() -> bool | None:
        with Bundle(top) as bundle:
            read = read_media(bundle, bundle.evidence.items[0].files[1])
        assert read is not None
        return read.is_reread

    assert is_reread() is True
    facts.write_bytes(facts.read_bytes().replace(b"2026-08-01T16", b"2026-07-01T16"))
    assert is_reread() is False
    next(top.rglob("0001-*.jpg")).unlink()
    assert is_reread() is None


def test_facts_that_are_none_are_left_out(kit: Kit, tmp_path: Path) -> None:
    sealed = add(picture(tmp_path), kit, tmp_path)
    with Bundle(sealed.path) as bundle:
        original, facts = bundle.evidence.items[0].files
        assert read_media(bundle, facts) is not None
        assert read_media(bundle, original) is None
        assert read_media(bundle, facts, sha256="0" * 64) is None


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("picture.txt", made.jpeg(), "JPEG"),
        ("picture.JPG", made.png(), "PNG"),
        ("voice.mp3", b"#!AMR\n", "AMR"),
    ],
)
def test_content_of_another_kind_than_the_name_is_noted(
    name: str, content: bytes, kind: str, kit: Kit, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    (note,) = [one for one in add(path, kit, tmp_path).notes if one.code == "media.ending"]
    assert note.params == {"kind": kind, "ending": path.suffix.lower(), "name": name}


@pytest.mark.parametrize("name", ["a.jpeg", "a.JPG", "a", "Screenshot 2026-08-02 at 00.47.16"])
def test_name_that_fits_its_content_or_says_nothing_is_not_noted(
    name: str, kit: Kit, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(made.jpeg())
    assert "media.ending" not in [one.code for one in add(path, kit, tmp_path).notes]
