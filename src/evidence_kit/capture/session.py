"""One capture from end to end."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from evidence_kit.capture.attach import attached_browser, attached_page
from evidence_kit.capture.background import Background, Stop
from evidence_kit.capture.browser import FoundBrowser, RunningBrowser, find_browser, running_browser
from evidence_kit.capture.endpoints import AUTO
from evidence_kit.capture.login import open_context
from evidence_kit.capture.page import DrivenPage
from evidence_kit.capture.request import Capture, CaptureRequest
from evidence_kit.capture.sessions import SavedSession, read_session
from evidence_kit.capture.steps import Shortfall, StepLog
from evidence_kit.capture.trip import Trip
from evidence_kit.errors import CaptureError, InputError

_MIN_FREE_BYTES = 200 * 2**20  # a browser profile and the artefacts of a long page
_LOGIN_LOAD_S = 60.0


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@contextmanager
def capturing(
    request: CaptureRequest,
    folder: Path,
    *,
    before_navigation: Callable[[], int | None] | None = None,
    confirm_login: Callable[[], None] | None = None,
    progress: Callable[[str], None] | None = None,
    clock: Callable[[], datetime] = utc_now,
    stop: Stop | None = None,
) -> Iterator[Capture]:
    """Capture one page into `folder`, an existing one that nothing else writes to.

    The block begins as soon as the artefacts are on disk; the browser closes meanwhile. When
    the block ends, the browser and its profile are gone, whatever happened.

    Args:
        before_navigation: called once the browser runs, before it asks for the page; gives
            a time-stamp authority's clock minus the machine's in ms, where one was asked.
        confirm_login: with `request.login`, called when the window is open; returns when the
            user has logged in.
        progress: called with "launch", "login", "load", "rest" and "artefacts" as each begins.
        clock: aware, UTC.
        stop: lets another thread give the capture up, as long as it has not come.

    Raises:
        UsageError: the address is no plain web address.
        Stopped: the capture was given up.
        InputError: "capture.no_space", where the disk has less than 200 MiB left.
        CaptureError: no browser is there or it does not start, or the folder can't be written;
            "session.expired", "session.unreadable".
    """
    request.check()
    if shutil.disk_usage(folder).free < _MIN_FREE_BYTES:
        raise InputError("capture.no_space", needed_mib=_MIN_FREE_BYTES // 2**20, path=str(folder))
    found = None if request.attach else find_browser(request.browser_path)
    session = _Session(request, folder, found, clock, stop)
    session.saved = _saved_session(request, clock())
    session.before_navigation = before_navigation
    session.confirm_login = confirm_login
    session.progress = progress
    try:
        yield session.wait()
    finally:
        session.end()


def _saved_session(request: CaptureRequest, now: datetime) -> SavedSession | None:
    if request.session_path is None:
        return None
    saved = read_session(Path(request.session_path))
    if saved.is_expired(now):
        name = Path(request.session_path).stem
        raise CaptureError("session.expired", name=name, url=request.url)
    return saved


class _Session:
    def __init__(
        self,
        request: CaptureRequest,
        folder: Path,
        found: FoundBrowser | None,
        clock: Callable[[], datetime],
        stop: Stop | None,
    ) -> None:
        self._request = request
        self._folder = folder
        self._found = found
        self._clock = clock
        self._steps = StepLog(clock)
        self._background = Background(self._capture, stop)
        self.saved: SavedSession | None = None
        self.before_navigation: Callable[[], int | None] | None = None
        self._authority_offset_ms: int | None = None
        self.confirm_login: Callable[[], None] | None = None
        self.progress: Callable[[str], None] | None = None

    def wait(self) -> Capture:
        """Do what is asked for until the capture is there."""
        return self._background.result()

    def end(self) -> None:
        """Give up what is not finished, and return when the browser is gone."""
        self._background.end()

    async def _capture(self, stack: AsyncExitStack) -> Capture:
        from playwright.async_api import Error

        self._report("launch")
        found, running = await self._start(stack)
        try:
            page = await self._open(running, stack)
            trip = Trip(self._request, self._folder, found, running, self._steps, self._clock)
            trip.report = self._report
            trip.authority_offset_ms = self._authority_offset_ms
            if self.saved is not None:
                trip.keep_out(self.saved)
            return await trip.make(page)
        except (Error, Shortfall) as error:
            raise CaptureError("capture.browser_broken", path=found.path) from error

    async def _start(self, stack: AsyncExitStack) -> tuple[FoundBrowser, RunningBrowser]:
        """A browser of the kit's own, or the user's."""
        if self._found is not None:
            with self._steps.step("launch", browser=self._found.name):
                starting = running_browser(self._found, is_visible=self._request.login)
                return self._found, await stack.enter_async_context(starting)
        with self._steps.step("attach") as detail:
            attaching = attached_browser(self._request.attach or AUTO)
            attached = await stack.enter_async_context(attaching)
            detail["browser"] = attached.found.name
        self._request = msgspec.structs.replace(
            self._request, locale=attached.locale, time_zone=attached.time_zone
        )
        return attached.found, attached.running

    async def _open(self, running: RunningBrowser, stack: AsyncExitStack) -> DrivenPage:
        """A new page in a profile that is empty, or logged in as it was asked for."""
        if self._request.attach:
            page = await attached_page(running, self._request.window, stack)
        else:
            page = await self._own_page(running)
        if self.before_navigation is not None:
            with self._steps.step("before navigation"):
                await self._background.ask(self._before_navigation)
        return page

    def _before_navigation(self) -> None:
        if self.before_navigation is not None:
            self._authority_offset_ms = self.before_navigation()

    async def _own_page(self, running: RunningBrowser) -> DrivenPage:
        context = await open_context(running.browser, self._request, self.saved)
        if self._request.login and self.confirm_login is not None:
            self._report("login")
            login = await context.new_page()
            with self._steps.step("login") as detail, contextlib.suppress(Shortfall):
                first = DrivenPage(login, running)
                await first.attach()
                loading = await first.load(self._request.url, _LOGIN_LOAD_S)
                detail["load"] = loading.reason or "done"
                await self._background.ask(self.confirm_login)
        page = DrivenPage(await context.new_page(), running)
        await page.attach()
        if self._request.login:
            for other in context.pages:
                if other is not page.page:
                    await other.close()
        return page

    def _report(self, stage: str) -> None:
        if self.progress is not None:
            progress = self.progress
            self._background.tell(lambda: progress(stage))
