"""How long it takes to capture and seal the shop's order page, beside the least there is to do."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Options, Row, compared, in_turns

if TYPE_CHECKING:
    from playwright.async_api import Page

    from evidence_kit.capture.request import CaptureRequest

_LATE = "随便投诉"
"""Text of the order page that is loaded a second after it was scrolled to."""
_STEP_PAUSE_S = 0.05
_LIST_PAGES = 20
_WATCH = """() => {
  window.lastChange = performance.now();
  new MutationObserver(() => { window.lastChange = performance.now(); })
    .observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def measure(folder: Path, options: Options) -> Iterator[Row]:
    """`capture_page` without an authority, beside launch, load, scroll, rest and picture."""
    # not at the top: they make this process larger than those that are measured by its children
    from evidence_kit.actions.capture import capture_page
    from evidence_kit.actions.kit import make_kit
    from evidence_kit.capture.browser import find_browser
    from evidence_kit.capture.request import CaptureRequest
    from evidence_kit.settings import Settings
    from fixtures.shop import running_shop

    kit = make_kit(Settings(data_dir=folder, config_dir=folder), timestamp=False)
    browser = find_browser().path
    bundle = folder / "page.evidence.zip"
    with running_shop() as shop:
        request = CaptureRequest(url=shop.order_url, expect=_LATE, browser_path=browser)

        def capture() -> float:
            bundle.unlink(missing_ok=True)
            start = time.perf_counter()
            sealed = capture_page(request, bundle, kit=kit)
            if sealed.shortfalls:
                raise RuntimeError(f"incomplete: {sealed.shortfalls}")
            return time.perf_counter() - start

        taken = in_turns(
            capture,
            lambda: asyncio.run(_least(request, browser, folder / "floor.png")),
            runs=options.runs,
        )
    yield compared(
        "capture and seal", taken, unit="s", floor_name="launch, load, scroll, PNG", limit=1.3
    )


def measure_list(folder: Path, options: Options) -> Iterator[Row]:
    """A list of pages of one shop, two at a time, beside the same list one by one.

    Each side runs once: what is measured is the sum of many captures.
    """
    from evidence_kit.actions.kit import make_kit
    from evidence_kit.actions.many import Tried, capture_many
    from evidence_kit.actions.page_list import ListedPage
    from evidence_kit.capture.browser import find_browser
    from evidence_kit.capture.request import CaptureRequest
    from evidence_kit.settings import Settings
    from fixtures.shop import running_shop

    kit = make_kit(Settings(data_dir=folder, config_dir=folder), timestamp=False)
    template = CaptureRequest(url="", expect=_LATE, browser_path=find_browser().path)

    def require_done(tried: Tried) -> None:
        if not tried.is_done:
            raise RuntimeError(f"incomplete: {tried.page.url}")

    def capture(jobs: int) -> float:
        start = time.perf_counter()
        with running_shop() as shop:
            pages = [
                ListedPage(number=number, url=f"{shop.order_url}?copy={number}", label=None)
                for number in range(_LIST_PAGES)
            ]
            capture_many(
                pages,
                template,
                lambda page, _: folder / f"{jobs}-{page.number}.evidence.zip",
                kit=kit,
                tell=require_done,
                jobs=jobs,
            )
        return time.perf_counter() - start

    taken = [[capture(2)], [capture(1)]]
    # 1.3 times the pages a minute
    yield compared(
        f"{_LIST_PAGES} pages, --jobs 2", taken, unit="s", floor_name="--jobs 1", limit=1 / 1.3
    )


async def _least(request: "CaptureRequest", browser_path: str, picture: Path) -> float:
    """Seconds until the picture of the whole page is on the disk."""
    from playwright.async_api import async_playwright

    start = time.perf_counter()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=browser_path, chromium_sandbox=False)
        viewport = request.viewport
        page = await browser.new_page(
            viewport={"width": viewport.width_px, "height": viewport.height_px},
            locale=request.locale,
        )
        await page.goto(request.url)
        await _rest(page, request.quiet_ms / 1000)
        await page.screenshot(path=picture, full_page=True)
        taken_s = time.perf_counter() - start
        if _LATE not in await page.inner_text("body"):
            raise RuntimeError("the floor did not wait for what comes late")
        await browser.close()
    return taken_s


async def _rest(page: "Page", quiet_s: float) -> None:
    """Scroll to the end, wait until nothing has moved or loaded for a while, go to the top."""
    last = time.perf_counter()

    def note(_: object) -> None:
        nonlocal last
        last = time.perf_counter()

    for event in ("request", "requestfinished", "requestfailed"):
        page.on(event, note)
    await page.evaluate(_WATCH)
    while not await page.evaluate(
        "() => { scrollBy({ top: innerHeight, behavior: 'instant' });"
        " return scrollY + innerHeight >= document.documentElement.scrollHeight; }"
    ):
        await asyncio.sleep(_STEP_PAUSE_S)
    note(None)
    while True:
        changed_s = await page.evaluate("() => (performance.now() - lastChange) / 1000")
        left_s = quiet_s - min(changed_s, time.perf_counter() - last)
        if left_s <= 0:
            break
        await asyncio.sleep(min(left_s, 0.25))
    await page.evaluate("() => scrollTo({ top: 0, behavior: 'instant' })")
