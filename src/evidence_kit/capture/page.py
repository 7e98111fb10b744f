"""Drive one page: load it, scroll to its end, wait until it is at rest."""

import asyncio
import contextlib
import math
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from evidence_kit.capture.browser import RunningBrowser
from evidence_kit.capture.downloads import Downloads
from evidence_kit.capture.popups import Popups
from evidence_kit.capture.steps import Shortfall, reason
from evidence_kit.capture.traffic import Traffic

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Dialog, Page

MAX_HEIGHT_PX = 40_000  # what is below is neither scrolled to nor in the picture
_REST_CAP_S = 15.0  # a page that never rests is captured as it is by then
_ANSWER_S = 5.0  # a script of the page that runs longer is stopped
_SCROLL_S = 12.0  # more than a page of MAX_HEIGHT_PX takes
_STEP_PAUSE_MS = 50  # enough for a frame to be drawn, so that lazy content sees itself in view
_LOOK_S = 0.25  # how long at most until content that was added is scrolled to
_LAST_S = 0.1  # what is asked after the deadline may still be answered at once
_MAX_NAVIGATIONS = 5  # scripted moves from page to page that are followed
_MAX_NOTES = 20  # dialogs that are named

# All scripts run in a world of their own: the page can neither see nor mislead them.
_SCROLL = """async (from, pause, limit) => {
  const root = document.scrollingElement || document.documentElement;
  let y = from;
  const end = () => Math.min(root.scrollHeight, limit) - innerHeight;
  while (y < end()) {
    y = Math.min(y + innerHeight, end());
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((done) => setTimeout(done, pause));
  }
  globalThis.lastChange = performance.now();
  return y;
}"""
# A node that changes again and again is a clock or a carousel, not content that is arriving.
_REST = """() => {
  const isNew = !globalThis.lastChange;
  if (isNew) {
    globalThis.lastChange = performance.now();
    const seen = new WeakMap();
    new MutationObserver((changes) => {
      const nodes = new Set(changes.map((change) => change.target));
      for (const node of nodes) {
        const times = (seen.get(node) || 0) + 1;
        seen.set(node, times);
        if (times <= 5 || node === document.body) globalThis.lastChange = performance.now();
      }
    }).observe(document, { subtree: true, childList: true, characterData: true,
                           attributes: true });
  }
  const root = document.scrollingElement || document.documentElement;
  return [isNew, performance.now() - globalThis.lastChange, root.scrollHeight, innerHeight];
}"""
_TOP = """async () => {
  scrollTo({ top: 0, left: 0, behavior: "instant" });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""

T = TypeVar("T")


class Loading(msgspec.Struct, frozen=True, kw_only=True):
    """How far a page came."""

    has_document: bool
    """Whether the browser shows anything of the site's."""
    reason: str | None = None
    """None where it loaded; else "timeout", "cut", "download", or the browser's code."""


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """How a page came to rest."""

    is_quiet: bool
    """False where the wait was ended by its cap."""
    is_capped: bool
    """True where the page went on below MAX_HEIGHT_PX."""


class DrivenPage:
    """One page of the browser, with every wait bounded.

    Args:
        page: a new page, not yet sent anywhere.
        running: the browser that it is one of.
    """

    def __init__(self, page: "Page", running: RunningBrowser) -> None:
        self.page = page
        self.traffic = Traffic(page)
        self.dialogs: list[tuple[str, str]] = []
        """Kind and text; each was dismissed."""
        self.downloads = Downloads(page, running.downloads)
        self.popups = Popups(page, self.downloads.on_download)
        self.has_stopped_script = False
        self.deadline_s = math.inf
        """Time of the running loop's clock after which nothing more is waited for."""
        self._loaded = asyncio.Event()
        self._gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._session: CDPSession | None = None
        self._frame_id = ""
        self._dismissing: set[asyncio.Task[None]] = set()
        page.on("load", lambda _: self._loaded.set())
        page.on("crash", lambda _: self._end("crashed"))
        page.on("close", lambda _: self._end("closed"))
        running.browser.on("disconnected", lambda _: self._end("closed"))
        page.on("dialog", self._on_dialog)

    @property
    def left_s(self) -> float:
        """How long anything may still take; never nothing."""
        return max(self.deadline_s - _now(), _LAST_S)

    async def attach(self) -> None:
        """Open the DevTools session; before the page is sent anywhere."""
        self._session = await self.page.context.new_cdp_session(self.page)
        tree = await self.send("Page.getFrameTree")
        self._frame_id = tree["frameTree"]["frame"]["id"]
        self.popups.watch(self._session)
        self.downloads.watch(self._session)
        await self.send("Page.enable")
        await self.traffic.watch_document(self._session, self._frame_id)

    async def bounded(self, work: Awaitable[T], limit_s: float) -> T:
        """The result of `work`.

        Raises:
            Shortfall: "timeout" after `limit_s` seconds or at the deadline; "crashed" or
                "closed" at once when the page is gone; else the reason for which `work` failed.
        """
        limit_s = min(limit_s, self.left_s)
        task = asyncio.ensure_future(work)
        try:
            waits: set[asyncio.Future[Any]] = {task, self._gone}
            await asyncio.wait(waits, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not task.done():
                task.cancel()
        if task.cancelled() or not task.done():
            raise Shortfall(self._gone.result() if self._gone.done() else "timeout")
        error = task.exception()
        if error is not None:
            why = self._gone.result() if self._gone.done() else reason(error)
            raise Shortfall(why) from error
        return task.result()

    async def send(self, command: str, limit_s: float = _ANSWER_S, **params: Any) -> dict[str, Any]:
        """The answer to one DevTools command.

        Raises:
            Shortfall: as `bounded`.
        """
        assert self._session is not None
        answer = await self.bounded(self._session.send(command, params), limit_s)
        return dict(answer)

    async def call(self, script: str, *args: str | int, limit_s: float = _ANSWER_S) -> Any:
        """What a function gives in the page's top frame, hidden from the page.

        A script of the page that leaves it no turn is stopped once.

        Raises:
            Shortfall: as `bounded`; "script" where the function itself fails.
        """
        try:
            return await self._call(script, args, limit_s)
        except Shortfall as shortfall:
            if shortfall.reason != "timeout" or self.has_stopped_script:
                raise
        self.has_stopped_script = True
        await self.send("Runtime.terminateExecution")
        return await self._call(script, args, limit_s)

    async def _call(self, script: str, args: tuple[str | int, ...], limit_s: float) -> Any:
        # a world of this name is made once a document and then found again
        world = await self.send(
            "Page.createIsolatedWorld", frameId=self._frame_id, worldName="evidence-kit"
        )
        answer = await self.send(
            "Runtime.callFunctionOn",
            limit_s,
            functionDeclaration=script,
            executionContextId=world["executionContextId"],
            arguments=[{"value": value} for value in args],
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise Shortfall("script")
        return answer["result"].get("value")

    async def load(self, url: str, limit_s: float) -> Loading:
        """Send the page to an address and wait for its load event."""
        deadline_s = _now() + limit_s
        try:
            goto = self.page.goto(url, wait_until="commit", timeout=limit_s * 1000)
            await self.bounded(goto, limit_s + 1)
        except Shortfall as shortfall:
            return Loading(has_document=False, reason=shortfall.reason)
        return Loading(has_document=True, reason=await self._wait_for_load(deadline_s - _now()))

    async def _wait_for_load(self, limit_s: float) -> str | None:
        waits = [
            asyncio.ensure_future(event.wait())
            for event in (self._loaded, self.traffic.document_cut)
        ]
        try:
            first = asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            await self.bounded(first, max(limit_s, 0))
        except Shortfall as shortfall:
            return shortfall.reason
        finally:
            for wait in waits:
                wait.cancel()
        return None if self.traffic.is_document_whole else "cut"

    async def come_to_rest(self, quiet_ms: int, limit_s: float) -> Rest:
        """Scroll to the end, and on when the page grows, until nothing moves; then to the top.

        At rest means: for `quiet_ms` no request began or ended, none is under way, and the
        page's elements did not change. Event streams, long polls and clocks do not count.

        Raises:
            Shortfall: the page is gone or gives no turn to anybody.
        """
        deadline_s = _now() + min(limit_s, _REST_CAP_S)
        self.traffic.forget_polls()
        bottom_px, navigations, rest = 0, 0, Rest(is_quiet=False, is_capped=False)
        while not rest.is_quiet and _now() < deadline_s:
            try:
                is_new, idle_ms, height_px, window_px = await self.call(_REST)
                if is_new:  # the first look, or the page moved on to another document
                    bottom_px = 0
                rest = Rest(is_quiet=False, is_capped=height_px > MAX_HEIGHT_PX)
                if bottom_px < min(height_px, MAX_HEIGHT_PX) - window_px:
                    args = (bottom_px, _STEP_PAUSE_MS, MAX_HEIGHT_PX)
                    bottom_px = await self.call(_SCROLL, *args, limit_s=_SCROLL_S)
                    continue
            except Shortfall as shortfall:
                navigations += 1
                if shortfall.reason not in ("Error", "script") or navigations > _MAX_NAVIGATIONS:
                    raise
                await asyncio.sleep(_LOOK_S)
                continue
            left_ms = quiet_ms - min(idle_ms, self.traffic.quiet_for_ms())
            rest = Rest(is_quiet=left_ms <= 0, is_capped=rest.is_capped)
            if not rest.is_quiet:
                await asyncio.sleep(min(left_ms / 1000, _LOOK_S))
        await self.call(_TOP)
        return rest

    @property
    def end(self) -> str | None:
        """ "crashed" or "closed" where the page is gone."""
        return self._gone.result() if self._gone.done() else None

    def _end(self, how: str) -> None:
        if not self._gone.done():
            self._gone.set_result(how)

    def _on_dialog(self, dialog: "Dialog") -> None:
        if len(self.dialogs) < _MAX_NOTES:
            self.dialogs.append((dialog.type, dialog.message[:200]))

        async def dismiss() -> None:
            with contextlib.suppress(Exception):  # the page may be gone with its dialog
                await dialog.dismiss()

        task = asyncio.ensure_future(dismiss())
        self._dismissing.add(task)
        task.add_done_callback(self._dismissing.discard)


def _now() -> float:
    return asyncio.get_running_loop().time()
