"""Files that a page has the browser fetch: kept as far as they are few and not too large."""

import asyncio
import contextlib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from evidence_kit.capture.steps import Shortfall, StepLog
from evidence_kit.model import DraftFile

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Download, Page

    from evidence_kit.capture.page import DrivenPage

PAGE_DOWNLOAD = "data/page/download.bin"
"""The file that came instead of a page."""
_MAX_FILES = 5
_MAX_BYTES = 64 * 2**20  # of all of them
_MAX_PAGE_BYTES = 1024 * 2**20  # where it came instead of a page
_MAX_NAMED = 20
_MAX_NAME = 200
_LOOK_S = 0.1
_BEGIN_S = 2.0


class DownloadSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One file that the site offered."""

    name: str
    """What the site calls it."""
    file: DraftFile | None
    """None where it was not kept."""
    reason: str | None = None
    """Why not, as far as that is known."""


class _Coming(msgspec.Struct, frozen=True):
    download: "Download"
    task: "asyncio.Task[Path]"


class Downloads:
    """Watches what is fetched from when it is made; what grows too large is given up at once.

    Args:
        page: the page, before it is sent anywhere.
        folder: where the browser puts what it fetches; None where that is for its user to say,
            and nothing is kept.
    """

    def __init__(self, page: "Page", folder: Path | None) -> None:
        self._page = page
        self._folder = folder
        self._coming: list[_Coming] = []
        self._refused: list[str] = []
        self._begun: list[str] = []
        self._started = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        page.on("download", self.on_download)

    def watch(self, session: "CDPSession") -> None:
        """Hear also of what the user's own browser fetches, of which Playwright does not tell."""

        def on_begun(event: dict[str, Any]) -> None:
            if len(self._begun) < _MAX_NAMED:
                self._begun.append(str(event["suggestedFilename"])[:_MAX_NAME])

        session.on("Page.downloadWillBegin", on_begun)

    def on_download(self, download: "Download") -> None:
        """Take one more, of the page or of a window that it opened."""
        self._started.set()
        if self._folder is not None and len(self._coming) < _MAX_FILES:
            has_page = self._page.url not in ("", ":", "about:blank")
            limit_bytes = _MAX_BYTES if has_page else _MAX_PAGE_BYTES
            fetching = asyncio.ensure_future(_fetch(download, self._folder, limit_bytes))
            self._coming.append(_Coming(download, fetching))
            return
        if len(self._refused) < _MAX_NAMED:
            self._refused.append(download.suggested_filename[:_MAX_NAME])
        cancelling = asyncio.ensure_future(_cancel(download))
        self._tasks.add(cancelling)
        cancelling.add_done_callback(self._tasks.discard)

    async def keep(
        self, page: "DrivenPage", folder: Path, steps: StepLog, limit_s: float, *, is_page: bool
    ) -> tuple[DownloadSeen, ...]:
        """Copy what came into `folder`; what is not there after `limit_s` is given up.

        Args:
            is_page: the first one came instead of a page.
        """
        if is_page:
            with contextlib.suppress(Shortfall):
                await page.bounded(self._started.wait(), _BEGIN_S)
        ends_s = asyncio.get_running_loop().time() + limit_s
        seen = []
        for number, coming in enumerate(self._coming, start=1):
            name = "download.bin" if is_page and number == 1 else f"download-{number}.bin"
            left_s = max(ends_s - asyncio.get_running_loop().time(), 0)
            seen.append(await _keep(page, coming, folder / name, steps, left_s))
        unheard = Counter(self._begun) - Counter([*(one.name for one in seen), *self._refused])
        others = (*self._refused, *unheard.elements())
        return (*seen, *(DownloadSeen(name=name, file=None) for name in others))


async def _keep(
    page: "DrivenPage", coming: _Coming, target: Path, steps: StepLog, limit_s: float
) -> DownloadSeen:
    name = coming.download.suggested_filename[:_MAX_NAME]
    try:
        with steps.step(f"artefact {target.name}") as detail:
            await page.bounded(asyncio.shield(coming.task), limit_s)
            await page.bounded(coming.download.save_as(target), max(limit_s, _BEGIN_S))
            detail["size_bytes"] = target.stat().st_size
    except Shortfall as shortfall:
        coming.task.cancel()
        await _cancel(coming.download)
        return DownloadSeen(name=name, file=None, reason=shortfall.reason)
    file = DraftFile(
        path=f"data/page/{target.name}",
        source=str(target),
        media_type="application/octet-stream",
    )
    return DownloadSeen(name=name, file=file)


async def _fetch(download: "Download", folder: Path, limit_bytes: int) -> Path:
    """Where the file is once it is whole.

    Raises:
        Shortfall: "length" where the folder holds more than that by then.
    """
    finishing = asyncio.ensure_future(download.path())
    while not finishing.done():
        await asyncio.wait({finishing}, timeout=_LOOK_S)
        if await asyncio.to_thread(_size_bytes, folder) > limit_bytes:
            finishing.cancel()
            await _cancel(download)
            raise Shortfall("length")
    return finishing.result()


async def _cancel(download: "Download") -> None:
    with contextlib.suppress(Exception):  # it is over, or its page is gone
        await asyncio.wait_for(download.cancel(), _BEGIN_S)


def _size_bytes(folder: Path) -> int:
    sizes = 0
    for path in folder.iterdir():
        with contextlib.suppress(OSError):  # renamed when it was whole
            sizes += path.stat().st_size
    return sizes
