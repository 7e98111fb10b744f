"""Windows that a page opens by itself: pictured and read, the first few of them."""

import asyncio
import base64
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from evidence_kit.capture.request import without_query
from evidence_kit.capture.steps import Shortfall, StepLog
from evidence_kit.capture.writing import write_file
from evidence_kit.model import DraftFile

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Download, Page

    from evidence_kit.capture.page import DrivenPage

_MAX_WINDOWS = 3
_MAX_NAMED = 20
_LOAD_S = 3.0
_ANSWER_S = 5.0
_MAX_TEXT = 200_000
_MAX_TAKEN = 250_000  # secrets are taken out before the text is cut, so that none is cut in two

Clean = Callable[[str, str], str]


class PopupSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One window that the page opened."""

    url: str
    """Without query."""
    files: tuple[DraftFile, ...] = ()
    """Its picture and its text; nothing where it was not captured."""


class Popups:
    """Watches from when it is made; windows beyond the twentieth are closed at once.

    Args:
        page: the page, before it is sent anywhere.
        on_download: told of each file that such a window offers.
    """

    def __init__(self, page: "Page", on_download: "Callable[[Download], None]") -> None:
        self.pages: list[Page] = []
        """At most 20 of the windows."""
        self._on_download = on_download
        self._asked: list[str] = []
        self._count = 0
        self._closing: set[asyncio.Task[None]] = set()
        page.on("popup", self._on_popup)

    def watch(self, session: "CDPSession") -> None:
        """Hear also of windows that the browser does not open."""

        def on_asked(event: dict[str, Any]) -> None:
            if len(self._asked) < _MAX_NAMED:
                self._asked.append(without_query(str(event["url"])))

        session.on("Page.windowOpen", on_asked)

    @property
    def blocked(self) -> tuple[str, ...]:
        """Addresses without query that the page asked for, and the browser did not open."""
        return tuple(self._asked) if not self._count else ()

    async def take(
        self, page: "DrivenPage", folder: Path, steps: StepLog, clean: Clean
    ) -> tuple[PopupSeen, ...]:
        """Write popup-<n>.png and popup-<n>.txt into `folder`.

        Args:
            clean: takes the secrets out of a text that is going to be cut, given its path.
        """
        seen = []
        for number, popup in enumerate(self.pages, start=1):
            files: tuple[DraftFile, ...] = ()
            if number <= _MAX_WINDOWS:
                files = await _take(page, popup, folder / f"popup-{number}", steps, clean)
            # one that only fetches a file is gone before it has an address
            asked = self._asked[number - 1] if number <= len(self._asked) else ""
            seen.append(PopupSeen(url=without_query(popup.url) or asked, files=files))
        return tuple(seen)

    def _on_popup(self, popup: "Page") -> None:
        self._count += 1
        popup.on("download", self._on_download)
        if self._count <= _MAX_NAMED:
            self.pages.append(popup)
            return
        closing = asyncio.ensure_future(_close(popup))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


async def _close(popup: "Page") -> None:
    with contextlib.suppress(Exception):  # it is gone
        await popup.close()


async def _take(
    page: "DrivenPage", popup: "Page", target: Path, steps: StepLog, clean: Clean
) -> tuple[DraftFile, ...]:
    async def text() -> bytes:
        shown = await popup.locator(":root").inner_text(timeout=_ANSWER_S * 1000)
        cleaned = clean(shown[:_MAX_TAKEN], f"data/page/{target.name}.txt")
        return cleaned[:_MAX_TEXT].encode("utf-8", errors="replace")

    async def picture() -> bytes:
        session = await popup.context.new_cdp_session(popup)
        await session.send("Page.bringToFront")  # else nothing is drawn for a second
        answer = await session.send("Page.captureScreenshot", {"format": "png"})
        return base64.b64decode(answer["data"])

    files = []
    with contextlib.suppress(Shortfall):  # what it shows by then is captured
        await page.bounded(popup.wait_for_load_state("load"), _LOAD_S)
    for ending, media_type, make in ((".txt", "text/plain", text), (".png", "image/png", picture)):
        path = target.with_suffix(ending)
        try:
            with steps.step(f"artefact {path.name}") as detail:
                body = await page.bounded(make(), _ANSWER_S)
                detail["size_bytes"] = len(body)
        except Shortfall:
            continue
        await asyncio.to_thread(write_file, path, body)
        source = str(path)
        files.append(DraftFile(path=f"data/page/{path.name}", source=source, media_type=media_type))
    return tuple(files)
