"""The user at a visible window: found by its debugging port, filled in as by hand."""

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from evidence_kit.capture.browser import find_browser
from evidence_kit.capture.endpoints import PORT_FILE
from fixtures.shop import Shop

_OUTSIDE = tempfile.gettempdir()
"""Not the folder in which a capture must leave nothing."""


def wrapped(folder: Path, *flags: str) -> str:
    """A script around the browser that adds flags, as distributions have them."""
    script = folder / "browser"
    words = " ".join(shlex.quote(word) for word in (find_browser().path, *flags))
    script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    script.chmod(0o755)
    return str(script)


def port_in(folder: Path) -> int:
    """The debugging port of the browser whose profile is somewhere below a folder."""
    deadline_s = time.monotonic() + 20
    while time.monotonic() < deadline_s:
        for path in folder.glob(f"**/{PORT_FILE}"):
            first = path.read_text(encoding="ascii").partition("\n")[0]
            if first:
                return int(first)
        time.sleep(0.05)
    raise TimeoutError(f"no browser with a port below {folder}")


def log_in_by_hand(port: int, shop: Shop) -> None:
    """Fill in the login form that the window shows, and wait for what comes after it."""
    with sync_playwright() as driver:
        browser = driver.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        pages = [page for context in browser.contexts for page in context.pages]
        page = next(page for page in pages if "/login" in page.url)
        page.fill("[name=user]", shop.user)
        page.fill("[name=password]", shop.password)
        page.click("button")
        page.wait_for_url(lambda url: "/login" not in url)
        browser.close()  # which only disconnects


@contextmanager
def running_browser(profile: Path) -> Iterator[int]:
    """A browser that the user started himself, with a debugging port."""
    flags = ["--remote-debugging-port=0", f"--user-data-dir={profile}", "--no-first-run"]
    flags += ["--headless=new", "--disable-gpu", "--no-sandbox", "--lang=en-GB", "about:blank"]
    with tempfile.TemporaryDirectory(prefix="user-", dir=_OUTSIDE) as temporary:
        process = subprocess.Popen(
            [find_browser().path, *flags],
            env={**os.environ, "TMPDIR": temporary, "HOME": temporary},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield port_in(profile)
            assert process.poll() is None, "the user's browser is gone"
        finally:
            process.terminate()
            process.wait()
