"""A browser that the user runs: found by its debugging port, used for one page, left running.

Chrome opens that port for a profile of its own folder only (since version 136), and only on
the loopback address; nothing else is ever connected to.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from evidence_kit.bundle.text import escape
from evidence_kit.capture.browser import (
    FoundBrowser,
    RunningBrowser,
    executable_of,
    name_of,
    process_id,
    start_driver,
    stop_driver,
)
from evidence_kit.capture.endpoints import endpoints
from evidence_kit.capture.page import DrivenPage
from evidence_kit.errors import CaptureError
from evidence_kit.model import Viewport

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

_CONNECT_S = 10.0
_CLOSE_S = 2.0


class AttachedBrowser(msgspec.Struct, frozen=True, kw_only=True):
    """A running browser of the user's, and how it presents itself."""

    running: RunningBrowser
    found: FoundBrowser
    locale: str
    """What it asks sites for: its own, not the kit's."""
    time_zone: str


@asynccontextmanager
async def attached_browser(where: str) -> AsyncIterator[AttachedBrowser]:
    """Connect to the user's browser; when the block ends it runs on as before.

    What is opened in its default context meanwhile is for the caller to close.

    Raises:
        UsageError: "attach.where".
        CaptureError: "attach.none": no browser answers; "attach.no_port".
    """
    candidates = endpoints(where)
    async with AsyncExitStack() as stack:
        driver = await start_driver()
        stack.push_async_callback(stop_driver, driver)
        endpoint, browser = await _connect(driver, candidates)
        stack.push_async_callback(_disconnect, browser)
        pid = await process_id(browser)
        executable = executable_of(pid, "")
        locale, time_zone, user_agent = await _presents_itself(browser)
        yield AttachedBrowser(
            running=RunningBrowser(
                browser=browser,
                version=browser.version,
                executable=executable,
                has_sandbox=None,
                is_headless="Headless" in user_agent,
                downloads=None,
            ),
            found=FoundBrowser(
                path=endpoint,
                name="Microsoft Edge" if "Edg/" in user_agent else name_of(executable),
                source="attached",
                how="--attach",
            ),
            locale=locale,
            time_zone=time_zone,
        )


async def attached_page(
    running: RunningBrowser, viewport: Viewport, stack: AsyncExitStack
) -> DrivenPage:
    """A new page among the user's own; it and what it opens are closed with the stack."""
    opened = await running.browser.contexts[0].new_page()
    page = DrivenPage(opened, running)

    async def close() -> None:
        for one in (*page.popups.pages, opened):
            with contextlib.suppress(Exception):  # gone before, perhaps with the browser
                await asyncio.wait_for(one.close(), _CLOSE_S)

    stack.push_async_callback(close)
    await opened.set_viewport_size({"width": viewport.width_px, "height": viewport.height_px})
    await page.attach()
    return page


async def _connect(driver: "Playwright", candidates: tuple[str, ...]) -> tuple[str, "Browser"]:
    from playwright.async_api import Error

    for endpoint in candidates:
        with contextlib.suppress(Error):
            browser = await driver.chromium.connect_over_cdp(
                endpoint,
                timeout=_CONNECT_S * 1000,
                # leave downloads, focus and media of the user's own pages as they are
                no_defaults=True,
            )
            if browser.contexts:
                return endpoint, browser
            await _disconnect(browser)
    raise CaptureError("attach.none", port=str(urlsplit(candidates[-1]).port))


async def _disconnect(browser: "Browser") -> None:
    """Let go of a browser that was only connected to; closing it would be for its user."""
    with contextlib.suppress(Exception):  # gone before
        await asyncio.wait_for(browser.close(), _CLOSE_S)


async def _presents_itself(browser: "Browser") -> tuple[str, str, str]:
    """Locale, time zone and user agent, as a page of it sees them."""
    page = await browser.contexts[0].new_page()
    try:
        seen = await asyncio.wait_for(
            page.evaluate(
                "() => [navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone,"
                " navigator.userAgent]"
            ),
            _CLOSE_S,
        )
    finally:
        with contextlib.suppress(Exception):  # gone with its browser
            await asyncio.wait_for(page.close(), _CLOSE_S)
    locale, time_zone, user_agent = map(str, seen)
    return escape(locale[:40]), escape(time_zone[:60]), user_agent
