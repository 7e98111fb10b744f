"""What a case holds already is sealed once more, and told."""

import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from evidence_kit.actions import sealed_before
from evidence_kit.actions.add import add_files
from evidence_kit.actions.case import Case
from evidence_kit.actions.include import include_bundles
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.log import log_event
from evidence_kit.actions.seal import Sealed
from evidence_kit.bundle.source import ZipSource
from evidence_kit.checks.expectations import Expectations
from evidence_kit.model import Observation
from evidence_kit.report import Outcome
from fixtures.chats import make
from fixtures.pictures import metadata
from tests.build import make_case, offline

CHAT = make.HERE / "wechatmsg_txt/k20261101/chat.txt"


def of_before(sealed: Sealed) -> list[Observation]:
    return [note for note in sealed.notes if "sealed_before" in note.code]


def zipped(path: Path, **texts: Path) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, text in texts.items():
            out.write(text, f"export/{name}.txt")
    return path


def test_chat_that_the_case_holds_is_sealed_once_more_and_told(
    kit: Kit, case: Case, tmp_path: Path
) -> None:
    first = add_files([CHAT], case, kit=kit)
    assert of_before(first) == []
    renamed = tmp_path / "again.txt"
    renamed.write_bytes(CHAT.read_bytes())
    again = add_files([renamed], case, kit=kit)
    assert again.report.verdict is Outcome.PASSED
    assert again.path.name == "0002-chat.evidence.zip"
    (note,) = of_before(again)
    assert note.code == "file.sealed_before"
    assert {**note.params, "time": ""} == {
        "name": "again.txt",
        "earlier": "chat.txt",
        "bundle": "0001-chat.evidence.zip",
        "time": "",
    }
    time = datetime.fromisoformat(str(note.params["time"]))
    assert time == first.report.sealed_no_later_than
    assert again.notes[0] == note
    assert not again.shortfalls


def test_earliest_of_several_is_named(kit: Kit, case: Case, note: Path) -> None:
    for _ in range(3):
        last = add_files([note], case, kit=kit)
    assert [one.params["bundle"] for one in of_before(last)] == ["0001-document.evidence.zip"]


def test_other_bytes_under_the_same_name_are_not_told(kit: Kit, case: Case, note: Path) -> None:
    add_files([note], case, kit=kit)
    note.write_bytes(b"paid 101\n")
    assert of_before(add_files([note], case, kit=kit)) == []


def test_picture_is_told(kit: Kit, case: Case, tmp_path: Path) -> None:
    picture = tmp_path / "截图.png"
    picture.write_bytes(metadata.png())
    add_files([CHAT, picture], case, kit=kit)
    (told,) = of_before(add_files([picture], case, kit=kit))
    assert (told.params["name"], told.params["earlier"]) == ("截图.png", "截图.png")


def test_proof_of_an_event_is_told(kit: Kit, case: Case, note: Path) -> None:
    log_event(case, "paid", on=date(2026, 11, 1), kit=kit, proofs=[note])
    (told,) = of_before(add_files([note], case, kit=kit))
    assert told.params["bundle"] == "0001-event.evidence.zip"


def test_chat_that_came_in_a_zip_before_is_told(kit: Kit, case: Case, tmp_path: Path) -> None:
    add_files([zipped(tmp_path / "all.zip", a=CHAT)], case, kit=kit)
    (told,) = of_before(add_files([CHAT], case, kit=kit))
    assert told.code == "file.sealed_before"
    assert told.params["earlier"] == "all.zip/export/a.txt"


def test_zip_tells_once_how_many_chats_of_it_were_there(
    kit: Kit, case: Case, tmp_path: Path
) -> None:
    later = tmp_path / "later.txt"
    later.write_bytes(CHAT.read_bytes() + CHAT.read_bytes())
    new = tmp_path / "new.txt"
    new.write_bytes(CHAT.read_bytes() * 3)
    add_files([CHAT], case, kit=kit)
    add_files([later], case, kit=kit)
    both = add_files([zipped(tmp_path / "all.zip", a=CHAT, b=later, c=new)], case, kit=kit)
    (told,) = of_before(both)
    assert told.code == "file.part_sealed_before"
    assert told.params["count"] == 2
    assert told.params["bundle"] == "0001-chat.evidence.zip"
    # of the same zip the zip itself is told, not the chats in it
    (told,) = of_before(add_files([tmp_path / "all.zip"], case, kit=kit))
    assert (told.code, told.params["bundle"]) == ("file.sealed_before", "0003-chat.evidence.zip")


def test_account_that_is_not_as_sealed_tells_of_no_chat(
    kit: Kit, case: Case, tmp_path: Path
) -> None:
    first = add_files([zipped(tmp_path / "all.zip", a=CHAT)], case, kit=kit)
    content = first.path.read_bytes()
    first.path.write_bytes(content.replace(b'"undecodable": 0', b'"undecodable": 1'))
    assert first.path.read_bytes() != content
    assert of_before(add_files([CHAT], case, kit=kit)) == []


def test_time_that_is_not_proven_is_not_told(kit: Kit, case: Case, note: Path) -> None:
    add_files([note], case, kit=offline(kit))
    (told,) = of_before(add_files([note], case, kit=kit))
    assert told.code == "file.sealed_before_untimed"
    assert "time" not in told.params
    # from now on there is a bundle whose time is proven
    (told,) = of_before(add_files([note], case, kit=kit))
    assert told.code == "file.sealed_before"
    assert told.params["bundle"] == "0002-document.evidence.zip"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"original_name": "note.txt"', b'"original_name": "n0te.txt"'),
        (b"data/files/0002-chat.txt\n", b"data/files/0002-chat.txT\n"),
    ],
    ids=["record", "list of digests"],
)
def test_record_that_was_changed_proves_no_time(
    old: bytes, new: bytes, kit: Kit, case: Case, note: Path
) -> None:
    first = add_files([note, CHAT], case, kit=kit)
    content = first.path.read_bytes()
    assert old in content
    first.path.write_bytes(content.replace(old, new))
    (told,) = of_before(add_files([note], case, kit=kit))
    assert told.code == "file.sealed_before_untimed"


def test_bundle_brought_in_from_outside_counts(
    kit: Kit, case: Case, note: Path, tmp_path: Path
) -> None:
    alone = add_files([note], tmp_path / "old.evidence.zip", kit=kit)
    include_bundles(case, [alone.path], kit=kit)
    (told,) = of_before(add_files([note], case, kit=kit))
    assert told.params["bundle"] == "included/old.evidence.zip"


def test_damaged_bundle_from_outside_is_passed_over(
    kit: Kit, case: Case, note: Path, tmp_path: Path
) -> None:
    alone = add_files([note], tmp_path / "old.evidence.zip", kit=kit)
    include_bundles(case, [alone.path], kit=kit)
    (case.included_folder / "old.evidence.zip").write_bytes(b"PK\x03\x04")
    assert of_before(add_files([note], case, kit=kit)) == []


def test_bundle_of_another_case_that_lies_in_the_folder_does_not_count(
    kit: Kit, case: Case, note: Path, tmp_path: Path
) -> None:
    other = add_files([note], make_case(tmp_path / "other"), kit=kit)
    shutil.copy(other.path, case.folder / "0000-document.evidence.zip")
    assert of_before(add_files([note], case, kit=kit)) == []


def test_bundle_outside_any_case_is_compared_with_none(
    kit: Kit, note: Path, tmp_path: Path
) -> None:
    add_files([note], tmp_path / "a.evidence.zip", kit=kit)
    assert of_before(add_files([note], tmp_path / "b.evidence.zip", kit=kit)) == []


def test_of_very_many_files_the_first_are_told(
    kit: Kit, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_before, "SHOWN", 2)
    paths = [tmp_path / f"{number}.bin" for number in range(5)]
    for path in paths:
        path.write_bytes(b"\x00" + path.name.encode())
    add_files(paths, case, kit=kit)
    *told, more = of_before(add_files(paths, case, kit=kit))
    assert [one.params["name"] for one in told] == ["0.bin", "1.bin"]
    assert more == Observation(code="file.sealed_before_more", params={"count": 3})


def test_no_file_of_a_bundle_is_read(
    kit: Kit, case: Case, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_files([note], case, kit=kit)
    again = add_files([note], case, kit=kit)
    read: list[str] = []
    was = ZipSource.read

    def spy(source: ZipSource, path: str) -> bytes:
        read.append(path)
        return was(source, path)

    monkeypatch.setattr(ZipSource, "read", spy)
    monkeypatch.setattr(ZipSource, "digests", lambda *_, **__: pytest.fail("files were hashed"))
    expectations = Expectations(anchors=kit.anchors)
    (told,) = sealed_before.sealed_before(case, again.path, expectations)
    assert told.code == "file.sealed_before"
    assert not [path for path in read if path.startswith("data/")]


def test_file_that_is_given_twice_is_sealed_twice_and_told(
    kit: Kit, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(4)]
    for number, path in enumerate(paths):
        path.write_bytes(metadata.png(Software="other" if number == 1 else "same"))
    sealed = add_files(paths, case, kit=kit)
    assert sealed.report.verdict is Outcome.PASSED
    assert [one for one in sealed.notes if "file.twice" in one.code] == [
        Observation(code="file.twice", params={"earlier": "0.png", "name": "2.png"}),
        Observation(code="file.twice", params={"earlier": "0.png", "name": "3.png"}),
    ]
    monkeypatch.setattr(sealed_before, "SHOWN", 1)
    notes = [one for one in sealed_before.sealed_twice(sealed.path)]
    assert [one.code for one in notes] == ["file.twice", "file.twice_more"]
    assert notes[1].params == {"count": 1}


def test_files_that_differ_are_not_said_to_be_the_same(kit: Kit, tmp_path: Path) -> None:
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in paths:
        path.write_bytes(metadata.png(Software=path.name))
    sealed = add_files(paths, tmp_path / "x.zip", kit=kit)
    assert "file.twice" not in [one.code for one in sealed.notes]
