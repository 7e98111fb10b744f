"""What the user typed off a picture is nowhere shown as more than the user's claim."""

import json
from pathlib import Path

import pytest

from evidence_kit.errors import ExitCode
from fixtures.pictures import metadata
from fixtures.tsa import Tsa
from tests.cli.conftest import Run
from tests.cli.conftest import authority as authority
from tests.cli.conftest import run as run


@pytest.fixture
def case(run: Run, authority: Tsa) -> Path:
    """A case with a picture and what was typed off it."""
    Path("shot.png").write_bytes(metadata.png())
    Path("text.txt").write_text("店主：保证三天发货\n", encoding="utf-8")
    run("init", "case")
    ran = run("add", "shot.png", "--transcript", "text.txt", "--case", "case")
    assert ran.code == ExitCode.DONE
    return Path("case")


def test_show_list_and_page_call_it_a_claim(run: Run, case: Path) -> None:
    (bundle,) = case.glob("*.zip")
    assert "typed by the user, as the user says" in run("show", bundle).out
    run("verify", bundle, "--html", "report.html")
    page = Path("report.html").read_text(encoding="utf-8")
    assert "typed by the user, as the user says" in page
    assert "用户自述" in page
    assert run("attach", case, "-o", "complaint").code == ExitCode.DONE
    listed = Path("complaint/MANIFEST.txt").read_text(encoding="utf-8")
    assert "投诉人自述的文字，未经核对 / typed by the complainant, not checked" in listed


def test_list_of_a_complaint_is_no_bundle_and_where_they_are_is_said(run: Run, case: Path) -> None:
    run("attach", case, "-o", "complaint")
    ran = run("verify", "complaint")
    assert ran.code == ExitCode.ERROR
    assert "MANIFEST.txt" in ran.err and "complaint/bundles" in ran.err
    for command in (["show"], ["chat", "timeline"]):
        name, *rest = command
        assert run(name, "complaint", *rest).err == ran.err
    (failed,) = json.loads(run("verify", "complaint", "case", "--json").out)[:1]
    assert failed["error"]["code"] == "bundle.is_list"


def test_transcript_of_several_files_is_a_usage_error(run: Run, case: Path) -> None:
    ran = run("add", "shot.png", "text.txt", "--transcript", "text.txt", "-o", "x.zip")
    assert ran.code == ExitCode.USAGE
    assert "just one picture" in ran.err
    assert not Path("x.zip").exists()


def test_views_say_that_a_typed_text_is_no_chat_and_how_it_is_read(run: Run, case: Path) -> None:
    (bundle,) = case.glob("*.zip")
    for options in ([], ["--parser", "transcript"], ["--item", "E1"]):
        ran = run("chat", bundle, "timeline", *options)
        assert ran.code == ExitCode.ERROR
        assert "what the user typed off it, which is not read as a chat" in ran.err
        assert "no document that could be one" not in ran.err
    assert "add TEXT.txt --parser transcript" in ran.err
    assert "对照着打出来的文字" in run("--lang", "zh", "chat", bundle, "timeline").err
    run("add", "text.txt", "--parser", "transcript", "-o", "y.zip", "--no-timestamp")
    assert "保证三天发货" in run("chat", "y.zip", "timeline").out


def test_picture_alone_is_said_to_be_no_chat(run: Run) -> None:
    Path("shot.png").write_bytes(metadata.png())
    run("add", "shot.png", "-o", "x.zip", "--no-timestamp")
    assert "no document that could be one" in run("chat", "x.zip", "timeline").err


@pytest.mark.parametrize(
    "options",
    [["--me", "阿禾"], ["--merchant", "店主"], ["--parser", "transcript"], ["--date-order", "ymd"]],
    ids=lambda options: options[0],
)
def test_options_of_chats_are_refused_beside_a_typed_text(options: list[str], run: Run) -> None:
    Path("shot.png").write_bytes(metadata.png())
    Path("text.txt").write_text("店主：保证三天发货\n", encoding="utf-8")
    ran = run("add", "shot.png", "--transcript", "text.txt", *options, "-o", "x.zip")
    assert ran.code == ExitCode.USAGE
    assert "is not read as a chat" in ran.err
    assert "add text.txt --parser transcript --me NAME" in ran.err
    assert not Path("x.zip").exists()
