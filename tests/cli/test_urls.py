"""A list of pages from the command line: one summary, and a second run that goes on."""

import json
from pathlib import Path

import pytest

from evidence_kit.errors import ExitCode
from fixtures.shop import Shop
from fixtures.tsa import Tsa
from tests.cli.conftest import Run, Transcript


def test_a_list_is_captured_into_a_case_and_gone_on_with(
    transcript: Transcript, authority: Tsa, shop: Shop
) -> None:
    transcript.run("init", "case", "--no-input")
    text = f"# orders\n{shop.trial('receipt')}\t订单一\n{shop.fail('404')}\n"
    Path("urls.txt").write_text(text, encoding="utf-8")
    first = transcript.run("capture", "--urls", "urls.txt", "--case", "case")
    assert first.code == ExitCode.INCOMPLETE
    again = f"{shop.trial('receipt')}\n{shop.trial('card-code')}\n"
    Path("urls.txt").write_text(again, encoding="utf-8")
    second = transcript.run("capture", "--urls", "urls.txt", "--case", "case")
    assert second.code == ExitCode.DONE
    assert transcript.run("verify", "case").code == ExitCode.DONE
    transcript.compare("list")


def test_each_page_is_a_line_of_json_and_so_is_the_summary(
    run: Run, authority: Tsa, shop: Shop
) -> None:
    Path("out").mkdir()
    urls = [shop.trial("receipt"), "http://127.0.0.1:9/"]
    Path("urls.txt").write_text("\n".join(urls), encoding="utf-8")
    options = ["--urls", "urls.txt", "-o", "out", "--jobs", "2", "--json"]
    ran = run("capture", *options)
    assert ran.code == ExitCode.INCOMPLETE
    *tries, summary = map(json.loads, ran.out.splitlines())
    assert summary == {
        "summary": {"pages": 2, "done": 1, "done_before": 0, "failed": ["http://127.0.0.1:9/"]}
    }
    told = {(one["url"], one["try"]): one["is_done"] for one in tries}
    assert told == {(urls[0], 1): True, (urls[1], 1): False, (urls[1], 2): False}
    names = sorted(path.name.partition("Z-")[2] for path in Path("out").iterdir())
    assert names == ["0001.evidence.zip", "0002-2.evidence.zip", "0002.evidence.zip"]
    assert all(one["sealed"]["receipt"].startswith("ek1 ") for one in tries)


def test_an_interrupt_is_told_with_what_is_sealed(
    run: Run, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evidence_kit.cli import capture_many

    def interrupted(pages: object, *arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(capture_many, "capture_many", interrupted)
    Path("urls.txt").write_text(shop.url, encoding="utf-8")
    ran = run("capture", "--urls", "urls.txt")
    assert ran.code == ExitCode.INTERRUPTED
    assert "0 of 1 pages are captured as was meant" in ran.err


@pytest.mark.parametrize(
    "words",
    [
        ["https://shop.example/"],
        ["--label", "x"],
        ["--attach", "9222", "--jobs", "2"],
        ["--case", "case", "-o", "."],
        ["-o", "nowhere"],
        ["--case", "nowhere"],
        ["--jobs", "0"],
        ["--jobs", "9"],
    ],
)
def test_what_does_not_go_with_a_list_is_refused(run: Run, words: list[str]) -> None:
    Path("urls.txt").write_text("https://shop.example/\n", encoding="utf-8")
    ran = run("capture", "--urls", "urls.txt", *words)
    assert ran.code in (ExitCode.USAGE, ExitCode.ERROR)
    assert "hint:" in ran.err


def test_advice_to_go_on_repeats_what_was_given(run: Run, tsa: Tsa) -> None:
    Path("urls.txt").write_text("http://127.0.0.1:9/\n", encoding="utf-8")
    given = f"--jobs 2 --expect 598 --tsa {tsa.url} --trust {tsa.root_pem}"
    ran = run("capture", "--urls", "urls.txt", *given.split())
    (advice,) = [line for line in ran.err.splitlines() if line.startswith("to try these again")]
    words = advice.partition("evidence-kit capture ")[2].split()
    assert words[:2] == ["--urls", "urls.txt"]
    assert sorted(words[2:]) == sorted(given.split())
