"""A page that hostile input can't bend, and that never lands in the wrong place."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.actions.seal import Sealed
from evidence_kit.cli.markup import tag, text
from evidence_kit.errors import ExitCode
from tests.cli.conftest import Run
from tests.cli.pages import Page, bytes_on, page_on, require_harmless
from tests.forge import Forge
from tests.tamper.conftest import forge as forge
from tests.tamper.conftest import forged as forged
from tests.tamper.conftest import good as good
from tests.tamper.table import Row
from tests.tamper.test_tamper import ROWS

Write = Callable[[Forge | bytes], Path]


def label(forge: Forge, words: str) -> Forge:
    """The good bundle, whose owner has given an item this label."""
    return forge.tell(lambda told: told["items"][0].update(label=words)).reseal()


# Hostile input


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_attack_has_a_page_that_is_harmless(
    row: Row, good: tuple[Sealed, Forge], forge: Forge, forged: Write
) -> None:
    page = page_on(forged(row.attack(forge)), forge)
    require_harmless(page)
    for lang in ("zh", "en"):
        assert "{" not in page.said(lang)
        assert "check it yourself" in page.said("en")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("</bdi></div><h1>PASSED</h1>", "</bdi></div><h1>PASSED</h1>"),
        ('" onmouseover="x', '" onmouseover="x'),
        ("$title ${version} $$", "$title ${version} $$"),
        ("a\u200bb\u2028c\ufeffd", "a%E2%80%8Bb%E2%80%A8c%EF%BB%BFd"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 3),
        ("x" * 5000, "x" * 200 + "…"),
    ],
)
def test_label_stays_text(forge: Forge, forged: Write, words: str, shown: str) -> None:
    content = bytes_on(forged(label(forge, words)), forge)
    page = Page(content)
    require_harmless(page)
    assert shown in page.said("en")
    assert "script" not in page.tags and page.tags["h1"] == 2
    assert shown not in page.texts[""]


def test_name_of_a_file_is_never_a_command(forge: Forge, forged: Write) -> None:
    path = forged(forge).rename(forged(forge).with_name("x; rm -rf $HOME.evidence.zip"))
    assert "evidence-kit verify FILE.evidence.zip --receipt" in page_on(path, forge).said("en")


def test_markup_escapes_what_is_not_markup() -> None:
    assert tag("b", "<&>\u202e", title='"') == '<b title="&quot;">&lt;&amp;&gt;%E2%80%AE</b>'
    assert tag("b", tag("i", "x")) == "<b><i>x</i></b>"
    assert text("abc", limit=2) == "ab…"


# Where it goes


def test_earlier_page_is_replaced_and_nothing_else(run: Run, bundle: Path) -> None:
    target = Path("report.html")
    target.write_text("<!DOCTYPE html>\nan earlier one", encoding="utf-8")
    assert run("verify", bundle, "--html", target).code == ExitCode.DONE
    assert b"an earlier one" not in target.read_bytes()
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


def refused_places(bundle: Path) -> list[Path]:
    """Places that hold something else, or where a page would spoil something."""
    Path("notes.txt").write_text("mine", encoding="utf-8")
    Path("folder").mkdir()
    Path("link.html").symlink_to("nowhere")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall("unzipped")
    (top,) = Path("unzipped").iterdir()
    return [
        bundle,
        Path("notes.txt"),
        Path("folder"),
        Path("link.html"),
        top / "report.html",
        top / "data/report.html",
        Path("new.evidence.zip"),
        Path("nowhere/report.html"),
    ]


def test_place_of_something_else_is_refused_before_any_work(run: Run, bundle: Path) -> None:
    places = refused_places(bundle)
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    for place in places:
        ran = run("verify", bundle, "--html", place)
        assert (ran.code, ran.out) == (ExitCode.ERROR, ""), place
        assert len(ran.err.splitlines()) == 2
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_verdict_is_told_though_the_page_can_not_be_written(
    run: Run, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    Path("bad.zip").write_bytes(bundle.read_bytes().replace(b"hello\n", b"hallo\n"))
    monkeypatch.setattr(os, "replace", full)
    ran = run("verify", bundle, "--html", "report.html")
    assert ran.code == ExitCode.ERROR
    assert "verdict: no change found since sealing" in ran.out
    assert "No space left on device" in ran.err
    assert run("verify", "bad.zip", "--html", "report.html").code == ExitCode.NO
    assert not Path("report.html").exists()


def test_no_page_is_written_about_what_is_no_bundle(run: Run) -> None:
    Path("text.txt").write_text("x", encoding="utf-8")
    assert run("verify", "text.txt", "--html", "report.html").code == ExitCode.ERROR
    assert not Path("report.html").exists()
