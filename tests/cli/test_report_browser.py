"""The page of a report in a browser: what is seen, in which language, and what paper it takes."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from playwright.sync_api import sync_playwright

from evidence_kit.actions.contents import Contents, ContentsReader
from evidence_kit.actions.seal import Sealed
from evidence_kit.bundle.reader import Bundle
from evidence_kit.capture.browser import find_browser
from evidence_kit.cli.report_html import make_page
from evidence_kit.errors import EvidenceKitError, InputError
from evidence_kit.report import (
    CASE_LIMITS,
    CaseReport,
    Outcome,
    Question,
    Report,
    finding,
)
from fixtures.tsa import Tsa
from tests.cli.conftest import Run
from tests.forge import Forge
from tests.tamper.conftest import good as good

SHEET_PX = (680, 1031)
"""What A4 has for the page between its margins of 15 and 12 mm, at 96 pixels an inch."""
_TOP = "document.querySelector('.{}').getBoundingClientRect().top"
_HEIGHTS = "[...document.querySelectorAll('.sheet:first-child')].map(one => one.offsetHeight)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find_browser().path, chromium_sandbox=False
        )
        yield browser
        browser.close()


def test_page_shows_one_language_at_a_time_and_asks_for_nothing(
    run: Run, authority: Tsa, browser: Any, tmp_path: Path
) -> None:
    Image.new("RGB", (600, 400), (255, 128, 0)).save("shot.png")
    run("add", "shot.png", "-o", "good.zip")
    run("--lang", "zh", "verify", "good.zip", "--html", "report.html")
    page = browser.new_page(viewport={"width": 360, "height": 640})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(Path("report.html").absolute().as_uri())

    assert [url for url in asked if not url.startswith("data:")] == asked[:1]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert (page.is_visible("div.zh"), page.is_visible("div.en")) == (True, False)
    page.click("label[for=show-en]")
    assert (page.is_visible("div.zh"), page.is_visible("div.en")) == (False, True)
    with Image.open(io.BytesIO(page.locator("div.en figure svg").screenshot())) as shown:
        middle = shown.convert("RGB").getpixel((shown.width // 2, shown.height // 2))
        assert isinstance(middle, tuple)
        red, green, blue = middle
        assert red > 230 and 100 < green < 160 and blue < 40
    page.emulate_media(media="print")
    assert page.is_visible("div.zh") and page.is_visible("div.en")
    assert page.evaluate(_TOP.format("en")) < page.evaluate(_TOP.format("zh"))
    page.close()


def worst(report: Report, name: str) -> Report:
    """As much amiss, under names as long, as the first sheet may have to tell."""
    longest = "长" + "y" * 230
    findings = [
        finding(question, code, outcome, f"{number}{longest}", authority=f"CN={longest}", time="x")
        for question, code, outcome in (
            (Question.UNALTERED, "digest.mismatch", Outcome.FAILED),
            (Question.UNALTERED, "structure.missing", Outcome.FAILED),
            (Question.UNALTERED, "structure.unlisted", Outcome.FAILED),
            (Question.SINCE, "timestamp.untrusted", Outcome.INDETERMINATE),
            (Question.SIGNER, "signer.unexpected", Outcome.FAILED),
        )
        for number in range(20)
    ]
    times = [
        msgspec.structs.replace(proven, authority=f"CN={longest}", not_revoked_as_of=None)
        for proven in report.proven_times
    ]
    return msgspec.structs.replace(
        report,
        path=f"case/{name}{longest}.zip",
        verdict=Outcome.FAILED,
        findings=(*report.findings, *findings),
        proven_times=tuple(times * 5),
        sealed_not_before=report.sealed_no_later_than,
    )


def at_their_longest(sealed: Sealed) -> Contents:
    """The contents of a bundle, had it many items under long names."""
    reader = ContentsReader()
    with Bundle(sealed.path) as bundle:
        reader(bundle, sealed.report)
    held = reader.contents[sealed.report.path]
    items = [msgspec.structs.replace(item, label="长" * 300) for item in held.evidence.items]
    evidence = msgspec.structs.replace(held.evidence, items=tuple(items * 10))
    return msgspec.structs.replace(held, evidence=evidence)


def pages_to_print(report: Report) -> dict[str, list[tuple[Path, Any]]]:
    """What may come together on one page, at its worst."""
    good = tuple(msgspec.structs.replace(report, path=f"case/{n}{'-l' * 90}") for n in range(20))
    bad = tuple(worst(report, str(number)) for number in range(20))
    holds = tuple(
        finding(Question.UNALTERED, "chain.holds", Outcome.PASSED, "case", count=n)
        for n in range(9)
    )

    def case(bundles: tuple[Report, ...]) -> CaseReport:
        return CaseReport(
            path="case",
            case_id="0" * 32,
            verdict=bundles[0].verdict,
            bundles=bundles,
            findings=holds,
            limits=CASE_LIMITS,
        )

    errors: list[tuple[Path, EvidenceKitError]] = [
        (Path("n" * 200), InputError("file.unreadable", path="n" * 200, detail="I/O"))
    ]
    return {
        "bundle": [(Path(report.path), report)],
        "bad bundle": [(Path(bad[0].path), bad[0])],
        "case": [(Path("case"), case(good))],
        "bad case": [(Path("case"), case(bad))],
        "unreadable": [(Path(bad[0].path), bad[0]), *errors * 9],
    }


def test_first_sheet_is_one_sheet_of_paper_so_that_page_2_is_page_2(
    good: tuple[Sealed, Forge], browser: Any, tmp_path: Path
) -> None:
    sealed, _ = good
    width_px, height_px = SHEET_PX
    page = browser.new_page(viewport={"width": width_px, "height": height_px})
    page.emulate_media(media="print")
    target = tmp_path / "report.html"
    contents = {sealed.report.path: at_their_longest(sealed)}
    for name, results in pages_to_print(sealed.report).items():
        target.write_bytes(make_page(results, contents, lang="zh"))
        page.goto(target.as_uri())
        heights_px = page.evaluate(_HEIGHTS)
        assert len(heights_px) == 2
        assert max(heights_px) <= height_px, name
    page.close()
