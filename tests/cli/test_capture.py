"""Capturing from the command line: the page as meant, a page gone wrong, a page out of reach."""

import json
from pathlib import Path

import pytest

from evidence_kit.errors import ExitCode
from fixtures import story
from fixtures.shop import Shop
from fixtures.tsa import Tsa
from tests.cli.conftest import Run, Transcript


def test_page_is_captured_sealed_and_shown(
    transcript: Transcript, authority: Tsa, shop: Shop
) -> None:
    options = ["--expect", story.ORDER_NUMBER, "--label", story.SHOP_NAME, "-o", "page.zip"]
    assert transcript.run("capture", shop.shared_order_url, *options).code == ExitCode.DONE
    transcript.run("show", "page.zip")
    transcript.run("verify", "page.zip")
    transcript.compare("capture")


def test_page_that_is_not_the_one_meant_is_sealed_and_told(
    transcript: Transcript, authority: Tsa, shop: Shop
) -> None:
    options = ["--expect", "no such text", "-o", "page.zip"]
    ran = transcript.run("capture", f"{shop.url}nowhere", *options)
    assert ran.code == ExitCode.INCOMPLETE
    transcript.run("show", "page.zip")
    transcript.compare("doubtful")


def test_page_out_of_reach_is_sealed_as_an_attempt(run: Run, authority: Tsa) -> None:
    ran = run("capture", "http://127.0.0.1:9/", "-o", "page.zip", "--json")
    assert ran.code == ExitCode.INCOMPLETE
    answer = json.loads(ran.out)
    assert [doubt["code"] for doubt in answer["shortfalls"]] == ["network.error"]
    assert answer["report"]["verdict"] == "passed"
    assert Path("page.zip").is_file()


def test_login_needs_a_terminal(
    run: Run, authority: Tsa, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("capture", shop.url, "--login", "--no-input").code == ExitCode.USAGE


def test_secrets_that_are_to_be_kept_are_warned_of_all_the_way(
    run: Run, authority: Tsa, shop: Shop
) -> None:
    assert "act as you" in run("capture", "--help").out
    ran = run("capture", shop.trial("receipt"), "--keep-secrets", "-o", "page.zip")
    assert ran.code == ExitCode.DONE
    warning = "beware: cookies, passwords and tokens were left in"
    assert warning in ran.err
    assert warning in run("show", "page.zip").out
    assert "passwords and tokens were left in" in run("verify", "page.zip").out
    out = ("--without", "data/page/page.txt", "-o", "part.zip")
    assert "beware: exhibit E1 was captured while logged in" in run("share", "page.zip", *out).err


def test_a_close_up_as_a_phone_shows_it_is_told_in_both_languages(
    transcript: Transcript, authority: Tsa, shop: Shop
) -> None:
    options = ["--region", "h1", "--device", "mobile", "-o", "page.zip"]
    assert transcript.run("capture", shop.order_url, *options).code == ExitCode.DONE
    absent = transcript.run("capture", shop.order_url, "--region", "#gone", "-o", "absent.zip")
    assert absent.code == ExitCode.INCOMPLETE
    wrong = transcript.run("capture", shop.order_url, "--region", "p[", "-o", "wrong.zip")
    assert wrong.code == ExitCode.USAGE
    assert not Path("wrong.zip").exists()
    tablet = transcript.run("capture", shop.order_url, "--device", "tablet")
    assert tablet.code == ExitCode.USAGE
    attached = transcript.run("capture", shop.order_url, "--device", "mobile", "--attach")
    assert attached.code == ExitCode.USAGE
    transcript.compare("region")
