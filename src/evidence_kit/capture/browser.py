"""Find a browser on this machine, start it, and be sure that it is gone afterwards."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from evidence_kit.capture.discovery import installed, this_machine
from evidence_kit.errors import CaptureError

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

# Playwright silences the browser's own traffic with most of these; named here so that it
# stays so with another version of it. QUIC would hide the server's address from the record.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Left alone, Chromium 156 asks Google for signed-in accounts and for updates of its
    # parts all the same. Port 9 is one that it refuses to connect to, so nothing is sent.
    "--gaia-url=http://127.0.0.1:9/",
    "--component-updater=url-source=http://127.0.0.1:9/",
)
_START_S = 30.0
_CLOSE_S = 1.5
_REMOVALS = 10


class FoundBrowser(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is there; whether it starts is for `browser_version` to say."""

    path: str
    name: str
    """Such as "Chromium"."""
    source: Literal["given", "system", "playwright", "attached"]
    how: str
    """By what it was found, such as "PATH" or "App Paths (HKLM)"."""


class RunningBrowser(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that was started and has nothing open yet."""

    browser: "Browser"
    version: str
    executable: str
    """The program itself, where the path that was launched is a script around it."""
    has_sandbox: bool | None
    """None where somebody else started it."""
    is_headless: bool
    downloads: Path | None
    """Where it puts what it fetches for a page; None where that is for its user to say."""


def find_browser(path: str | None = None) -> FoundBrowser:
    """The browser at `path`; without one the system's, else the one Playwright installed.

    Raises:
        CaptureError: "capture.browser_missing" where nothing is at `path`,
            "capture.no_browser" where none is found.
    """
    if path is not None:
        if not Path(path).is_file():
            raise CaptureError("capture.browser_missing", path=path)
        return FoundBrowser(path=path, name=name_of(path), source="given", how="--browser")
    for one in installed(this_machine()):
        return FoundBrowser(path=one.path, name=one.name, source="system", how=one.how)
    own = asyncio.run(_playwrights_own())
    if own:
        return FoundBrowser(path=own, name="Chromium", source="playwright", how="Playwright")
    raise CaptureError("capture.no_browser")


def browser_version(found: FoundBrowser) -> str:
    """The version that the browser gives once it runs, such as "156.0.7204.49".

    Raises:
        CaptureError: it does not start.
    """

    async def ask() -> str:
        async with running_browser(found) as running:
            return running.version

    return asyncio.run(ask())


@asynccontextmanager
async def running_browser(
    found: FoundBrowser, *, is_visible: bool = False
) -> AsyncIterator[RunningBrowser]:
    """Start the browser with an empty profile; when the block ends both are gone.

    Raises:
        CaptureError: "capture.browser_broken", "capture.no_display" or "capture.sandbox".
    """
    driver = await start_driver()
    # a browser that is killed leaves what it put where temporary files go
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix="ek-")
    leftovers = [folder]
    try:
        has_sandbox = not _is_root()
        browser = await _launch(
            driver, found, folder=folder, is_visible=is_visible, has_sandbox=has_sandbox
        )
        pid = None
        try:
            pid = await process_id(browser)
            leftovers += _profiles(pid)
            yield RunningBrowser(
                browser=browser,
                version=browser.version,
                executable=executable_of(pid, found.path),
                has_sandbox=has_sandbox,
                is_headless=not is_visible,
                downloads=_downloads_of(folder),
            )
        finally:
            await _close(browser, pid)
    finally:
        await stop_driver(driver)
        await asyncio.to_thread(_remove, leftovers)


async def start_driver() -> "Playwright":
    """Start Playwright's own process; given up half-way, it is stopped all the same."""
    from playwright.async_api import async_playwright

    starting = asyncio.ensure_future(async_playwright().start())
    try:
        return await asyncio.shield(starting)
    except Exception as error:
        # Playwright has no type of its own for a Node.js that can't be run.
        raise CaptureError("capture.driver_broken") from error
    except asyncio.CancelledError:
        await asyncio.wait({starting}, timeout=_CLOSE_S)
        if starting.done() and not starting.exception():
            await stop_driver(starting.result())
        raise


async def stop_driver(driver: "Playwright") -> None:
    """Stop Playwright's own process, and with it all browsers that it started."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(driver.stop(), _CLOSE_S)


async def _launch(
    driver: "Playwright",
    found: FoundBrowser,
    *,
    folder: str,
    is_visible: bool,
    has_sandbox: bool,
) -> "Browser":
    from playwright.async_api import Error

    try:
        return await driver.chromium.launch(
            executable_path=found.path,
            headless=not is_visible,
            # Chromium refuses to build its sandbox for root
            chromium_sandbox=has_sandbox,
            args=list(FLAGS),
            # handed on, not read: the browser sees all that the user's own would
            env={**os.environ, "TMPDIR": folder},
            downloads_path=_downloads_of(folder),
            timeout=_START_S * 1000,
        )
    except Error as error:
        text = str(error)
        code = "capture.browser_broken"
        if "X server" in text or "DISPLAY" in text or "platform failed to initialize" in text:
            code = "capture.no_display"
        elif "sandbox" in text.lower() and "No usable sandbox" in text:
            code = "capture.sandbox"
        raise CaptureError(code, path=found.path) from error


async def process_id(browser: "Browser") -> int | None:
    """The browser's own process; None where it does not say."""
    try:
        session = await browser.new_browser_cdp_session()
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        await session.detach()
    except Exception:  # a browser without this command is closed the ordinary way
        return None
    return next((int(entry["id"]) for entry in processes if entry["type"] == "browser"), None)


async def _close(browser: "Browser", pid: int | None) -> None:
    """Close; kill what does not close. The driver then removes the profile."""
    closing = asyncio.ensure_future(browser.close())
    await asyncio.wait({closing}, timeout=_CLOSE_S)
    if not closing.done() and pid is not None:
        with contextlib.suppress(OSError):
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        await asyncio.wait({closing}, timeout=_CLOSE_S)
    if not closing.cancel():
        closing.exception()  # it was gone before: nothing to do about that


def _profiles(pid: int | None) -> list[str]:
    """The profile that the driver made; it does not always get to remove it after a crash."""
    if pid is None or sys.platform != "linux":
        return []
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    switch = b"--user-data-dir="
    return [
        os.fsdecode(word[len(switch) :]) for word in line.split(b"\0") if word.startswith(switch)
    ]


def _remove(folders: list[str]) -> None:
    """Remove folders into which a dying process may still write."""
    for _ in range(_REMOVALS):
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        if not any(map(os.path.exists, folders)):
            return
        time.sleep(0.1)


def _downloads_of(folder: str) -> Path:
    """Where a browser with this folder for temporary files puts what it fetches."""
    return Path(folder, "downloads")


def executable_of(pid: int | None, launched: str) -> str:
    """The program that a process runs; where that can't be told, what was launched."""
    if pid is not None and sys.platform == "linux":
        with contextlib.suppress(OSError):
            return os.readlink(f"/proc/{pid}/exe")
    return os.path.realpath(launched) if launched else ""


def _is_root() -> bool:
    geteuid = getattr(os, "geteuid", None)
    return geteuid is not None and geteuid() == 0


def name_of(path: str) -> str:
    """What the browser at a path is called."""
    file = Path(path).stem.lower()
    if "edge" in file:
        return "Microsoft Edge"
    return "Google Chrome" if "chrome" in file else "Chromium"


async def _playwrights_own() -> str | None:
    driver = await start_driver()
    try:
        path = driver.chromium.executable_path
    finally:
        await stop_driver(driver)
    return path if Path(path).is_file() else None
