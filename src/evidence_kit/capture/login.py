"""A visible window in which the user logs in, and what keeps him logged in afterwards."""

import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from evidence_kit.capture.background import Background
from evidence_kit.capture.browser import FoundBrowser, running_browser
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.capture.sessions import SavedSession
from evidence_kit.errors import CaptureError

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext

_LOAD_S = 60.0


async def open_context(
    browser: "Browser", request: CaptureRequest, session: SavedSession | None
) -> "BrowserContext":
    """An empty profile, or one that holds a saved session and nothing else."""
    viewport, is_phone = request.window, request.device == "mobile"
    return await browser.new_context(
        user_agent=_phone(browser.version) if is_phone else None,
        is_mobile=is_phone,
        has_touch=is_phone,
        locale=request.locale,
        timezone_id=request.time_zone,
        viewport={"width": viewport.width_px, "height": viewport.height_px},
        device_scale_factor=viewport.scale_percent / 100,
        # its form was checked when it was read
        storage_state=session.state if session else None,  # type: ignore[arg-type]
    )


def _phone(version: str) -> str:
    """What every Chrome for Android of that version says of itself, whatever the phone."""
    major = version.partition(".")[0]
    return (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
        f" Chrome/{major}.0.0.0 Mobile Safari/537.36"
    )


def log_in(
    request: CaptureRequest, found: FoundBrowser, confirm: Callable[[], None]
) -> SavedSession:
    """Open a window at an address and give what the browser holds when the user is done.

    Args:
        confirm: called in the caller's thread once the window is open; returns when the user
            has logged in.

    Raises:
        CaptureError: the browser does not start; "login.closed" where the user closed it;
            "session.empty" where the site left nothing in it.
    """

    async def work(stack: AsyncExitStack) -> SavedSession:
        from playwright.async_api import Error

        running = await stack.enter_async_context(running_browser(found, is_visible=True))
        try:
            context = await open_context(running.browser, request, None)
            page = await context.new_page()
            with contextlib.suppress(Error):  # the user sees it, and may go elsewhere
                await page.goto(request.url, wait_until="commit", timeout=_LOAD_S * 1000)
            await background.ask(confirm)
            return SavedSession(await context.storage_state())
        except Error as error:
            raise CaptureError("login.closed") from error

    background = Background(work)
    try:
        session = background.result()
    finally:
        background.end()
    if session.is_empty:
        raise CaptureError("session.empty", url=request.url)
    return session
