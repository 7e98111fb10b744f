"""One capture from end to end, in a thread of its own.

The thread has an event loop, so that every wait for the browser can be given up. What the
caller is asked for meanwhile (a login, a token) runs in the caller's thread, where Ctrl-C
and a terminal work as usual.
"""

import asyncio
import contextlib
import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from evidence_kit.capture.browser import FoundBrowser, RunningBrowser, find_browser, running_browser
from evidence_kit.capture.page import DrivenPage
from evidence_kit.capture.request import Capture, CaptureRequest
from evidence_kit.capture.steps import Shortfall, StepLog
from evidence_kit.capture.trip import Trip
from evidence_kit.errors import CaptureError, InputError

_MIN_FREE_BYTES = 200 * 2**20  # a browser profile and the artefacts of a long page
_GONE_S = 15.0  # closing, killing and the driver's own cleaning up are each bounded to less
_LOGIN_LOAD_S = 60.0


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@contextmanager
def capturing(
    request: CaptureRequest,
    folder: Path,
    *,
    before_navigation: Callable[[], None] | None = None,
    confirm_login: Callable[[], None] | None = None,
    progress: Callable[[str], None] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Iterator[Capture]:
    """Capture one page into `folder`, an existing one that nothing else writes to.

    The block begins as soon as the artefacts are on disk; the browser closes meanwhile. When
    the block ends, the browser and its profile are gone, whatever happened.

    Args:
        before_navigation: called once the browser runs, before it asks for the page.
        confirm_login: with `request.login`, called when the window is open; returns when the
            user has logged in.
        progress: called with "launch", "login", "load", "rest" and "artefacts" as each begins.
        clock: aware, UTC.

    Raises:
        UsageError: the address is no plain web address.
        InputError: "capture.no_space", where the disk has less than 200 MiB left.
        CaptureError: no browser is there or it does not start, or the folder can't be written.
    """
    request.check()
    if shutil.disk_usage(folder).free < _MIN_FREE_BYTES:
        raise InputError("capture.no_space", needed_mib=_MIN_FREE_BYTES // 2**20, path=str(folder))
    session = _Session(request, folder, find_browser(request.browser_path), clock)
    session.before_navigation = before_navigation
    session.confirm_login = confirm_login
    session.progress = progress
    try:
        session.start()
        yield session.wait()
    finally:
        session.end()


class _Asked:
    """Something that the caller's thread is to do for the capture's."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self.done: Future[None] = Future()

    def run(self) -> None:
        self._work()
        self.done.set_result(None)


class _Session:
    def __init__(
        self,
        request: CaptureRequest,
        folder: Path,
        found: FoundBrowser,
        clock: Callable[[], datetime],
    ) -> None:
        self._request = request
        self._folder = folder
        self._found = found
        self._clock = clock
        self._steps = StepLog(clock)
        self._mail: queue.SimpleQueue[_Asked | Capture | BaseException] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self.before_navigation: Callable[[], None] | None = None
        self.confirm_login: Callable[[], None] | None = None
        self.progress: Callable[[str], None] | None = None
        self._is_given_up = threading.Event()

    def start(self) -> None:
        self._thread.start()

    def wait(self) -> Capture:
        """Do what is asked for until the capture is there."""
        while True:
            mail = self._mail.get()
            if isinstance(mail, Capture):
                return mail
            if isinstance(mail, BaseException):
                raise mail
            mail.run()

    def end(self) -> None:
        """Give up what is not finished, and return when the browser is gone."""
        if not self._thread.ident:
            return
        self._is_given_up.set()
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(_GONE_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            self._mail.put(error)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        # what the browser still says while it is closed is nothing for the user's terminal
        self._loop.set_exception_handler(lambda loop, context: None)
        async with AsyncExitStack() as stack:
            self._task = asyncio.ensure_future(self._capture(stack))
            if self._is_given_up.is_set():
                self._task.cancel()
            await self._task

    async def _capture(self, stack: AsyncExitStack) -> None:
        from playwright.async_api import Error

        self._report("launch")
        with self._steps.step("launch", browser=self._found.name):
            running = await stack.enter_async_context(
                running_browser(self._found, is_visible=self._request.login)
            )
        try:
            page = await self._open(running)
            trip = Trip(self._request, self._folder, self._found, running, self._steps, self._clock)
            trip.report = self._report
            self._mail.put(await trip.make(page))
        except (Error, Shortfall) as error:
            raise CaptureError("capture.browser_broken", path=self._found.path) from error

    async def _open(self, running: RunningBrowser) -> DrivenPage:
        """A new page in an empty profile, logged in by the user where that was asked for."""
        viewport = self._request.viewport
        context = await running.browser.new_context(
            locale=self._request.locale,
            timezone_id=self._request.time_zone,
            viewport={"width": viewport.width_px, "height": viewport.height_px},
            device_scale_factor=viewport.scale_percent / 100,
        )
        if self._request.login and self.confirm_login is not None:
            self._report("login")
            login = await context.new_page()
            with self._steps.step("login") as detail, contextlib.suppress(Shortfall):
                first = DrivenPage(login, running.browser)
                await first.attach()
                loading = await first.load(self._request.url, _LOGIN_LOAD_S)
                detail["load"] = loading.reason or "done"
                await self._ask(self.confirm_login)
        page = DrivenPage(await context.new_page(), running.browser)
        await page.attach()
        if self._request.login:
            for other in context.pages:
                if other is not page.page:
                    await other.close()
        if self.before_navigation is not None:
            with self._steps.step("before navigation"):
                await self._ask(self.before_navigation)
        return page

    async def _ask(self, work: Callable[[], None]) -> None:
        asked = _Asked(work)
        self._mail.put(asked)
        await asyncio.wrap_future(asked.done)

    def _report(self, stage: str) -> None:
        if self.progress is not None:
            progress = self.progress
            self._mail.put(_Asked(lambda: progress(stage)))
