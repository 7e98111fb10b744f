"""A view of a part of a chat says that it is one, and of what; nothing in it is invented."""

import json
from pathlib import Path
from typing import Any

import pytest

from evidence_kit.errors import ExitCode
from fixtures.chats import make
from fixtures.tsa import Tsa
from tests.cli.conftest import Run, Transcript

SAID = (make.HERE / "wechatmsg_txt/k20261101/chat.txt").read_text(encoding="utf-8")
UNDATED = "2026-02-30 10:00:00 阿禾\n没有这一天\n\n"
ROLES = ("--me", "阿禾", "--merchant", "云雀点卡客服")


@pytest.fixture
def sealed(run: Run, authority: Tsa) -> Path:
    Path("chat.txt").write_text(SAID + UNDATED, encoding="utf-8")
    run("add", "chat.txt", "-o", "a.zip", *ROLES)
    return Path("a.zip")


def shown(run: Run, *arguments: str | Path) -> Any:
    return json.loads(run("chat", *arguments, "--json").out)


def test_narrowed_views_in_both_languages(transcript: Transcript, authority: Tsa) -> None:
    Path("chat.txt").write_text(SAID + UNDATED, encoding="utf-8")
    transcript.run("add", "chat.txt", "-o", "a.zip", "-q", *ROLES)
    transcript.run("add", "chat.txt", "-o", "roles.zip", "-q")
    days = ("--from", "2026-11-02", "--until", "2026年11月6日")
    for view in ("timeline", "marks", "silence", "promises", "coverage"):
        assert transcript.run("chat", "a.zip", view, *days).code == ExitCode.DONE
    for arguments in (
        ["timeline", "--until", "2026-11-01", "--only", "商家", "--only", "promise"],
        ["timeline", "--sender", "阿禾", "--only", "marked"],
        ["marks", "--only", "refusal", "--from", "2027-11-01"],
        ["coverage", "--only", "buyer"],
    ):
        assert transcript.run("chat", "a.zip", *arguments).code == ExitCode.DONE
    for wrong in (
        ["a.zip", "timeline", "--from", "11-02"],
        ["a.zip", "timeline", "--from", "2026-11-03", "--until", "2026-11-02"],
        ["a.zip", "timeline", "--sender", "阿河"],
        ["a.zip", "timeline", "--only", "退款"],
        ["a.zip", "silence", "--only", "buyer"],
        ["a.zip", "silence", "--sender", "阿禾"],
        ["a.zip", "promises", "--only", "merchant"],
        ["a.zip", "marks", "--only", "marked"],
        ["a.zip", "coverage", "--only", "refusal"],
        ["a.zip", "cite", "M0001", "--from", "2026-11-02"],
        ["a.zip", "diff", "roles.zip", "--until", "2026-11-02"],
        ["a.zip", "timeline", "--html", "page.html", "--from", "2026-11-02", "--only", "buyer"],
        ["a.zip", "marks", "--reject", "M0004:promise", "--from", "2026-11-02"],
        ["roles.zip", "timeline", "--only", "buyer"],
    ):
        assert transcript.run("chat", *wrong).code == ExitCode.USAGE
    assert not Path("page.html").exists()
    transcript.compare("narrowed")


def test_numbers_in_a_part_are_those_of_the_whole_chat(run: Run, sealed: Path) -> None:
    whole = shown(run, sealed, "timeline")
    part = shown(run, sealed, "timeline", "--from", "2026-11-04", "--only", "merchant")
    assert [one["number"] for one in part["entries"]] == [11, 13]
    assert all(one in whole["entries"] for one in part["entries"])
    assert "narrowed" not in whole
    assert part["narrowed"] == {
        "by": {
            "from_on": "2026-11-04",
            "until_on": None,
            "senders": [],
            "only": ["merchant"],
        },
        "offset": "+08:00",
        "shown": 2,
        "total": 14,
        "untimed": 0,
    }
    days = shown(run, sealed, "timeline", "--from", "2026-11-04")["narrowed"]
    assert (days["shown"], days["untimed"]) == (5, 1)


@pytest.mark.parametrize("view", ["timeline", "marks", "promises", "coverage"])
def test_entries_of_parts_are_those_of_the_whole_view(view: str, run: Run, sealed: Path) -> None:
    whole = shown(run, sealed, view)["entries"]
    first = shown(run, sealed, view, "--until", "2026-11-04")
    later = shown(run, sealed, view, "--from", "2026-11-05")
    for part in (first, later):
        assert all(one in whole for one in part["entries"])
        narrowed = part["narrowed"]
        assert (narrowed["shown"], narrowed["total"]) == (len(part["entries"]), len(whole))
    untimed = [one for one in whole if one not in first["entries"] + later["entries"]]
    assert len(untimed) == first["narrowed"]["untimed"] == later["narrowed"]["untimed"]


def test_wait_that_reaches_into_a_part_has_its_reply_from_outside_it(
    run: Run, sealed: Path
) -> None:
    whole = shown(run, sealed, "silence")["entries"]
    part = shown(run, sealed, "silence", "--from", "2026-11-05", "--until", "2026-11-05")
    (wait,) = part["entries"]
    assert (wait["opened_by"], wait["closed_by"]) == (7, 11) and wait in whole
    # the last one begins at no certain time; whether before this day, nothing tells
    assert (part["narrowed"]["total"], part["narrowed"]["untimed"]) == (len(whole), 1)


def test_promise_of_a_part_has_what_follows_it_outside(run: Run, sealed: Path) -> None:
    (check,) = shown(run, sealed, "promises", "--until", "2026-11-01")["entries"]
    assert (check["number"], check["next_number"]) == (4, 11)
    assert shown(run, sealed, "promises", "--sender", "阿禾")["entries"] == []


def test_view_of_a_part_with_nothing_in_it_denies_nothing_of_the_whole(
    run: Run, sealed: Path
) -> None:
    for view, denial in (
        ("marks", "no word of the lexicons"),
        ("silence", "no message of the buyer waits"),
        ("promises", "no words of the merchant"),
    ):
        ran = run("chat", sealed, view, "--from", "2027-01-01")
        assert denial not in ran.out and " 0 of " in ran.out
        assert "from 2026-11-01 19:57:40 (UTC+8 assumed) to 2026-11-08 10:18:26" in ran.out
        assert "only a part is shown: 0 of" in ran.err


def test_rejected_marks_narrow_the_timeline_no_longer_and_stay_among_the_marks(
    run: Run, authority: Tsa
) -> None:
    Path("chat.txt").write_text(SAID, encoding="utf-8")
    run("init", "case", "-q")
    run("add", "chat.txt", "--case", "case", *ROLES)
    bundle = Path("case/0001-chat.evidence.zip")
    only = ("--only", "promise")
    assert [one["number"] for one in shown(run, bundle, "timeline", *only)["entries"]] == [4]
    run("chat", bundle, "marks", "--reject", "M0004:promise")
    assert shown(run, bundle, "timeline", *only)["entries"] == []
    marks = shown(run, bundle, "marks", *only)["entries"]
    assert {one["judgement"] for one in marks} == {"rejected"}
    promises = shown(run, bundle, "promises", "--from", "2026-11-02")
    assert "rejected" not in promises and promises["narrowed"]["total"] == 0
    assert len(shown(run, bundle, "promises", "--until", "2026-11-02")["rejected"]) == 3
