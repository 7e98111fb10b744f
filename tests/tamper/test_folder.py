"""An unzipped bundle is judged by its files; its container is gone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle import layout
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import InputError
from evidence_kit.report import Outcome, Report
from tests.build import anchors_of, told
from tests.forge import CHAT, PICTURE, SIGNER, Forge

FAILED, PASSED, INDETERMINATE = Outcome.FAILED, Outcome.PASSED, Outcome.INDETERMINATE


@pytest.fixture
def folder(forge: Forge, tmp_path: Path) -> Path:
    top = tmp_path / forge.top
    for path, content in forge.files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(content)
    return top


def judge(folder: Path, forge: Forge) -> Report:
    return verify_bundle(folder, Expectations(anchors=anchors_of(forge.tsa)))


def test_unzipped_bundle_passes_and_its_container_is_not_judged(folder: Path, forge: Forge) -> None:
    report = judge(folder, forge)
    assert report.verdict is PASSED
    assert told(report, "container.not_judged") == {"container"}


def test_folder_around_the_top_folder_will_do(folder: Path, forge: Forge) -> None:
    assert judge(folder.parent, forge).verdict is PASSED


def test_renamed_folder_is_noted(folder: Path, forge: Forge) -> None:
    report = judge(folder.rename(folder.parent / "renamed"), forge)
    assert report.verdict is PASSED
    assert told(report, "structure.top") == {"renamed"}


def edit(folder: Path) -> None:
    (folder / CHAT).write_bytes(b"lie")


def remove(folder: Path) -> None:
    (folder / PICTURE).unlink()


def open_it_on_a_mac(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"Bud1")


def remove_proof(folder: Path) -> None:
    (folder / SIGNER).unlink()


def add(folder: Path) -> None:
    (folder / "notes").mkdir()
    (folder / "notes/note.txt").write_bytes(b"x")


def add_odd_name(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/data/\xff\x1b")).write_bytes(b"x")


def link_file(folder: Path) -> None:
    (folder / PICTURE).unlink()
    (folder / PICTURE).symlink_to("/etc/hostname")


def link_folder(folder: Path) -> None:
    (folder / "proof").rename(folder.parent / "proof")
    (folder / "proof").symlink_to(folder.parent / "proof")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "data/pipe")


@pytest.mark.parametrize(
    ("attack", "code", "subject", "verdict"),
    [
        (edit, "digest.mismatch", CHAT, FAILED),
        (remove, "files.withheld", PICTURE, INDETERMINATE),
        (open_it_on_a_mac, "structure.system_file", ".DS_Store", INDETERMINATE),
        (remove_proof, "structure.missing", SIGNER, FAILED),
        (add, "structure.unlisted", "notes/note.txt", FAILED),
        (add_odd_name, "structure.name", "data/%ED%B3%BF%1B", FAILED),
        (link_file, "container.link", PICTURE, FAILED),
        (link_folder, "container.link", "proof", FAILED),
        (pipe, "container.link", "data/pipe", FAILED),
    ],
)
def test_attack_on_the_folder_is_found(
    attack: Callable[[Path], None],
    code: str,
    subject: str,
    verdict: Outcome,
    folder: Path,
    forge: Forge,
) -> None:
    attack(folder)
    report = judge(folder, forge)
    assert report.verdict is verdict
    assert subject in told(report, code), report.findings


def test_too_many_files_are_refused(
    folder: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "MAX_MEMBERS", 5)
    assert told(judge(folder, forge), "container.too_many") == {"container"}


def test_folder_without_a_bundle_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        verify_bundle(tmp_path, Expectations())
    assert caught.value.code == "bundle.not_a_bundle"


def test_file_that_breaks_while_it_is_read_is_an_error(
    folder: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Path) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", broken)
    with pytest.raises(InputError) as caught:
        judge(folder, forge)
    assert caught.value.code == "file.unreadable"
