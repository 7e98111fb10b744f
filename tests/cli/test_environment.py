"""A full environment record from the command line: shown, agreed to, sealed, shown again."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode
from fixtures.shop import Shop
from fixtures.tsa import Tsa
from tests.cli.conftest import Run
from tests.test_schema import validator

FULL = ("--environment", "full")


def record_of(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/environment.json"))
        return json.loads(archive.read(name))


def test_full_record_is_shown_before_and_sealed(run: Run, authority: Tsa, shop: Shop) -> None:
    ran = run("capture", shop.order_url, *FULL, "--operator", "李某", "-o", "page.zip")
    assert ran.code == ExitCode.DONE
    shown = ran.err.index("this will be sealed with the page:")
    assert shown < ran.err.index("who, as stated: 李某") < ran.err.index("sealed no later than")
    record = record_of(Path("page.zip"))
    validator("environment").validate(record)
    assert (record["level"], record["operator_claimed"]) == ("full", "李某")
    results = {line["name"]: line["result"] for line in record["lines"]}
    assert results["clock_authority"] == "pass"
    for line in record["lines"][:6]:
        for value in line.get("seen", {}).values():
            assert value in ran.err
    told = run("show", "page.zip").out
    assert "this is the software's own record" in told
    assert "[not checked] the machine was searched for harmful programs" in told
    chinese = run("--lang", "zh", "show", "page.zip").out
    assert "[未检查] 已对这台电脑查杀病毒" in chinese
    run("verify", "page.zip", "--html", "report.html")
    page = Path("report.html").read_text(encoding="utf-8")
    assert page.count('<table class="lines">') == 2
    assert page.index("没有其他人核对过") < page.index("hosts 文件里没有该网站")


def test_minimal_record_is_shown_nowhere(run: Run, authority: Tsa, shop: Shop) -> None:
    ran = run("capture", shop.order_url, "-o", "page.zip")
    assert "sealed with the page" not in ran.err
    record = record_of(Path("page.zip"))
    validator("environment").validate(record)
    assert "lines" not in record
    assert "software's own record of its" not in run("show", "page.zip").out
    run("verify", "page.zip", "--html", "report.html")
    assert '<table class="lines">' not in Path("report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("agrees", "level"), [("y", "full"), ("", "minimal")])
def test_user_is_asked_on_a_terminal(
    run: Run,
    authority: Tsa,
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    agrees: str,
    level: str,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked: list[str] = []

    def answer(terminal: Terminal, question: str, *, is_secret: bool = False) -> str:
        asked.append(question)
        return agrees if "seal these" in question else "hall" if "where" in question else ""

    monkeypatch.setattr(Terminal, "ask", answer)
    ran = run("capture", shop.order_url, *FULL, "--reason", "refund", "-o", "page.zip")
    assert ran.code == ExitCode.DONE
    assert len(asked) == 4
    record = record_of(Path("page.zip"))
    assert record["level"] == level
    claims = {key: value for key, value in record.items() if key.endswith("_claimed")}
    full = {"place_claimed": "hall", "reason_claimed": "refund"}
    assert claims == (full if agrees else {})


@pytest.mark.parametrize(
    "options",
    [
        ("--operator", "x"),
        ("--operator", "x", "--urls", "list.txt"),
        (*FULL, "--operator", "x" * 301),
        (*FULL, "--urls", "list.txt"),
        ("--environment", "some"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, authority: Tsa, options: tuple[str, ...]
) -> None:
    Path("list.txt").write_text("http://127.0.0.1:9/\n", encoding="utf-8")
    url = () if "--urls" in options else ("http://127.0.0.1:9/",)
    assert run("capture", *url, *options, "--no-input").code == ExitCode.USAGE


def test_quiet_full_record_is_refused(run: Run, authority: Tsa) -> None:
    assert run("--quiet", "capture", "http://127.0.0.1:9/", *FULL).code == ExitCode.USAGE


@pytest.mark.parametrize("content", [b"{}", b"[" * 60_000, b"\xff" * 70_000])
def test_record_that_can_not_be_read_costs_nothing(
    run: Run, authority: Tsa, shop: Shop, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr("evidence_kit.capture.environment.to_json", lambda seen: content)
    assert run("capture", shop.order_url, "-o", "page.zip").code == ExitCode.DONE
    assert run("show", "page.zip").code == ExitCode.DONE
    assert run("verify", "page.zip", "--html", "report.html").code == ExitCode.DONE


def test_record_that_is_not_as_it_was_sealed_is_not_told(
    run: Run, authority: Tsa, shop: Shop
) -> None:
    run("capture", shop.order_url, *FULL, "-o", "page.zip")
    assert run("show", "page.zip", "--extract", ".").code == ExitCode.DONE
    (folder,) = (path for path in Path().iterdir() if path.is_dir())
    place = folder / "data/environment.json"
    place.write_bytes(place.read_bytes().replace(b'"not_checked"', b'"pass"'))
    run("verify", folder, "--html", "report.html")
    assert '<table class="lines">' not in Path("report.html").read_text(encoding="utf-8")
