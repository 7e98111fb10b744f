"""From the request for a page to the artefacts on disk and what is to be said about them."""

import asyncio
import contextlib
import functools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from evidence_kit.bundle.text import escape
from evidence_kit.capture import environment, sanity
from evidence_kit.capture.artefacts import take_artefacts
from evidence_kit.capture.browser import FoundBrowser, RunningBrowser
from evidence_kit.capture.console import CONSOLE, ConsoleLog
from evidence_kit.capture.downloads import PAGE_DOWNLOAD
from evidence_kit.capture.frames import FRAMES
from evidence_kit.capture.gathered import Gathered, to_judge
from evidence_kit.capture.look import look, scroll_inside
from evidence_kit.capture.page import DrivenPage, Rest
from evidence_kit.capture.pictures import is_selector
from evidence_kit.capture.recorder_run import TRAFFIC, RecorderRun
from evidence_kit.capture.redaction_run import RedactionRun
from evidence_kit.capture.request import Capture, CaptureRequest
from evidence_kit.capture.sessions import SavedSession
from evidence_kit.capture.site_lines import site_certificates, site_lines
from evidence_kit.capture.steps import Shortfall, StepLog, timestamp
from evidence_kit.capture.timing import TIMING
from evidence_kit.capture.writing import write_file
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import UsageError
from evidence_kit.model import Browser, Captured, DraftFile, Observation
from evidence_kit.webarchive.wacz import ArchivedPage

_AFTER_S = 6.0  # for the artefacts of a page that took all its time to load
_MIN_REST_S = 2.0
_DOWNLOAD_S = 5.0
_STOP_S = 2.0
ABOUT = (*TRAFFIC, CONSOLE, TIMING)
"""Files that tell of a page without showing it."""


class Trip:
    """One trip to one page.

    Args:
        folder: gets page/, environment.json and steps.jsonl.
        steps: a log, begun with the launch of the browser.
        clock: aware, UTC.
    """

    def __init__(
        self,
        request: CaptureRequest,
        folder: Path,
        found: FoundBrowser,
        running: RunningBrowser,
        steps: StepLog,
        clock: Callable[[], datetime],
    ) -> None:
        self._request = request
        self._folder = folder
        self._found = found
        self._running = running
        self._steps = steps
        self._clock = clock
        given = f"{request.url} {request.expect or ''}"
        self._redaction = RedactionRun(given, is_kept=request.keep_secrets)
        self._recording = RecorderRun(folder, self._redaction, steps, clock)
        self._console: ConsoleLog | None = None
        self.report: Callable[[str], None] = lambda stage: None
        """Told the name of each stage as it begins."""
        self.authority_offset_ms: int | None = None
        """An authority's clock minus the machine's; None where none was asked."""

    def keep_out(self, session: SavedSession) -> None:
        """Treat all that a saved session holds as secret: the site may have replaced it since."""
        for value in session.cookie_values:
            self._redaction.secrets.add(value, "cookie")
        for value in session.storage_values:
            self._redaction.secrets.add(value, "storage")

    async def make(self, page: DrivenPage) -> Capture:
        """Send the page to its address and write down what comes.

        Raises:
            CaptureError: "capture.unwritable".
            UsageError: "capture.region" where the browser reads no selector in it.
        """
        try:
            self._console = ConsoleLog(page.page, self._clock)
            is_shared = self._request.attach is not None
            await self._recording.begin(self._running.browser, page.page, is_shared=is_shared)
            return await self._make(page)
        finally:
            await self._recording.abandon()

    async def _make(self, page: DrivenPage) -> Capture:
        await self._check_region(page)
        started_at = self._clock()
        deadline_s = _now() + self._request.timeout_s
        page.deadline_s = deadline_s + _AFTER_S
        self.report("load")
        with self._steps.step("load") as detail:
            loading = await page.load(self._request.url, self._request.timeout_s)
            if loading.reason:
                detail["reason"] = loading.reason
        if loading.has_document and page.traffic.is_document_coming:
            await self._stop_loading(page)
        seen = Gathered(loading=loading)
        # reading the program takes a core that is idle while the page comes to rest
        asides = asyncio.gather(
            asyncio.to_thread(environment.digest_of, self._running.executable),
            asyncio.to_thread(environment.cjk_font_present),
        )
        if loading.has_document:
            await self._rest(page, seen, deadline_s)
            await self._look(page, seen)
            await self._redaction.learn(page)
            self._recording.write_settled()
            await self._take(page, seen)
            await self._take_popups(page, seen)
            await self._keep_downloads(page, seen, _DOWNLOAD_S)
            await self._redaction.learn(page)
        elif loading.reason == "download":
            left_s = max(deadline_s - _now(), _DOWNLOAD_S)
            await self._keep_downloads(page, seen, left_s, is_page=True)
        seen.browser_sha256, has_fonts = await asides
        seen.has_fonts = has_fonts is not False
        await self._keep_traffic(page, seen, started_at)
        return await self._finish(page, seen, started_at)

    async def _stop_loading(self, page: DrivenPage) -> None:
        """Take the page as far as it came: one that grows for ever gives no time to look at it."""
        with contextlib.suppress(Shortfall), self._steps.step("stop loading"):
            await page.send("Page.stopLoading", _STOP_S)

    async def _check_region(self, page: DrivenPage) -> None:
        """Refuse what is no selector before the site is asked for anything."""
        region = self._request.region
        if region is not None:
            with contextlib.suppress(Shortfall):  # then the page itself will tell
                if not await is_selector(page, region):
                    raise UsageError("capture.region", selector=region)

    async def _rest(self, page: DrivenPage, seen: Gathered, deadline_s: float) -> None:
        self.report("rest")
        try:
            with self._steps.step("rest") as detail:
                seen.rest = await self._come_to_rest(page, deadline_s)
                seen.boxes = await scroll_inside(page)
                if seen.boxes:  # which may have made it load more
                    seen.rest = await self._come_to_rest(page, deadline_s)
                detail["quiet"] = str(seen.rest.is_quiet).lower()
        except Shortfall:
            seen.rest = seen.rest or Rest(is_quiet=False, is_capped=False)

    async def _come_to_rest(self, page: DrivenPage, deadline_s: float) -> Rest:
        left_s = max(deadline_s - _now(), _MIN_REST_S)
        return await page.bounded(page.come_to_rest(self._request.quiet_ms, left_s), left_s + 1)

    async def _look(self, page: DrivenPage, seen: Gathered) -> None:
        """Ask what must be asked before the page is resized for its picture."""
        seen.unfinished = page.traffic.unfinished()
        try:
            with self._steps.step("look"):
                seen.look = await look(page)
                if page.traffic.answer is not None and page.traffic.answer.tls is not None:
                    seen.chain_der = await site_certificates(page)
        except Shortfall:
            return

    async def _take(self, page: DrivenPage, seen: Gathered) -> None:
        self.report("artefacts")
        folder = self._folder / "page"
        await asyncio.to_thread(folder.mkdir, exist_ok=True)
        seen.artefacts = await take_artefacts(
            page,
            folder,
            self._steps,
            clean=functools.partial(self._redaction.clean_text, path=FRAMES),
            request=self._request,
            is_unrolled=seen.boxes > 0,
        )
        text, picture = seen.artefacts.text, seen.artefacts.viewport_path
        if picture is not None:
            seen.is_flat, seen.is_faint = await asyncio.to_thread(sanity.emptiness, picture)
        if (
            self._request.expect
            and text is not None
            and not sanity.shows(text, self._request.expect)
        ):
            seen.expect_elsewhere = any(
                sanity.shows(frame.text or "", self._request.expect)
                for frame in seen.artefacts.frames
            )

    async def _keep_downloads(
        self, page: DrivenPage, seen: Gathered, limit_s: float, *, is_page: bool = False
    ) -> None:
        """Keep the files that the site sent beside its page, or instead of one."""
        folder = self._folder / "page"
        await asyncio.to_thread(folder.mkdir, exist_ok=True)
        seen.downloads = await page.downloads.keep(
            page, folder, self._steps, limit_s, is_page=is_page
        )
        files = tuple(one.file for one in seen.downloads if one.file)
        missing: tuple[Observation, ...] = ()
        if is_page and PAGE_DOWNLOAD not in [file.path for file in files]:
            why = next((one.reason for one in seen.downloads if one.reason), "timeout")
            params: dict[str, str | int] = {"path": PAGE_DOWNLOAD, "reason": why}
            missing = (Observation(code="artefact.missing", params=params),)
        seen.artefacts = msgspec.structs.replace(
            seen.artefacts,
            files=(*seen.artefacts.files, *files),
            missing=(*seen.artefacts.missing, *missing),
        )

    async def _take_popups(self, page: DrivenPage, seen: Gathered) -> None:
        clean = self._redaction.clean_text
        seen.popups = await page.popups.take(page, self._folder / "page", self._steps, clean)
        files = tuple(file for popup in seen.popups for file in popup.files)
        seen.artefacts = msgspec.structs.replace(
            seen.artefacts, files=(*seen.artefacts.files, *files)
        )

    async def _keep_traffic(self, page: DrivenPage, seen: Gathered, started_at: datetime) -> None:
        """Add the recorded traffic, and search all that was written for secrets."""
        title = ""
        if seen.loading.has_document:
            with contextlib.suppress(Shortfall):
                title = str(await page.call("() => document.title"))
        url = page.page.url if seen.loading.has_document else self._request.url
        clean = self._redaction.clean_text
        await self._recording.end(
            ArchivedPage(url=clean(url), title=clean(title)[:200], started_at=started_at),
            page.left_s,
        )
        console = await self._keep_console()
        written = (*seen.artefacts.files, *self._recording.files, *console)
        files = await self._redaction.clean_files(written)
        missing = (*seen.artefacts.missing, *self._recording.missing, *self._redaction.withheld)
        seen.artefacts = msgspec.structs.replace(
            seen.artefacts,
            files=tuple(sorted(files, key=lambda file: file.path)),
            missing=self._redaction.clean_observations(missing),
        )

    async def _keep_console(self) -> tuple[DraftFile, ...]:
        if self._console is None or not len(self._console):
            return ()
        with self._steps.step(f"artefact {Path(CONSOLE).name}", lines=len(self._console)):
            clean = functools.partial(self._redaction.clean_text, path=CONSOLE)
            body = await asyncio.to_thread(self._console.to_jsonl, clean)
            target = self._folder / "page" / Path(CONSOLE).name
            await asyncio.to_thread(target.parent.mkdir, exist_ok=True)
            await asyncio.to_thread(write_file, target, body)
        file = DraftFile(path=CONSOLE, source=str(target), media_type="application/jsonl")
        return (file,)

    async def _finish(self, page: DrivenPage, seen: Gathered, started_at: datetime) -> Capture:
        answer = page.traffic.answer
        final_url = None
        if seen.loading.has_document:
            final_url = self._redaction.clean_text(escape(page.page.url))
        observations = self._redaction.clean_observations(
            sanity.judge(to_judge(seen, page, self._request, final_url))
        )
        browser = Browser(
            name=self._found.name, version=self._running.version, sha256=seen.browser_sha256
        )
        record = await self._write_record(seen, browser, page)
        missing = seen.artefacts.missing
        return Capture(
            origin=Captured(
                url=self._request.url,
                final_url=final_url,
                http_status=answer.status if answer else None,
                started_at=timestamp(started_at),
                ended_at=timestamp(self._clock()),
                viewport=self._request.window,
                locale=self._request.locale,
                time_zone=self._request.time_zone,
                server_ip=answer.server_ip if answer else None,
                tls_certificate_sha256=sha256_hex(seen.chain_der[0]) if seen.chain_der else None,
                clock_offset_ms=answer.clock_offset_ms if answer else None,
                sanity=observations,
                missing=missing,
                redacted=self._redaction.observations(),
            ),
            files=seen.artefacts.files,
            record=record,
            browser=browser,
            is_complete=not missing and not any(map(sanity.is_doubt, observations)),
            is_attempt=not any(map(_is_of_page, seen.artefacts.files)),
        )

    def _profile(self) -> environment.Profile:
        if self._request.attach:
            return "attached"
        return "session" if self._request.session_path else "empty"

    async def _write_record(
        self, seen: Gathered, browser: Browser, page: DrivenPage
    ) -> tuple[DraftFile, ...]:
        surroundings = environment.Surroundings(
            browser=browser,
            browser_source=self._found.source,
            is_headless=self._running.is_headless,
            profile=self._profile(),
            device=self._request.device,
            has_sandbox=self._running.has_sandbox,
            is_automated=seen.look.webdriver if seen.look else None,
            answer=page.traffic.answer,
            chain_der=seen.chain_der,
            proxy_in_use=environment.is_proxied(self._request.url),
            hosts_entry_for_site=environment.has_hosts_entry(self._request.url),
            disclosed=self._request.disclosed,
        )
        if self._request.disclosed is not None:
            url = page.page.url if seen.loading.has_document else self._request.url
            lines = await asyncio.to_thread(
                site_lines,
                surroundings,
                url,
                at=self._clock(),
                authority_offset_ms=self.authority_offset_ms,
            )
            lines = (*self._request.disclosed.lines, *lines)
            surroundings = msgspec.structs.replace(surroundings, lines=lines)
        written = []
        for name, media_type, body in (
            ("environment.json", "application/json", environment.to_json(surroundings)),
            ("steps.jsonl", "application/jsonl", self._steps.to_jsonl()),
        ):
            target = self._folder / name
            write_file(target, self._redaction.clean_bytes(body, f"data/{name}"))
            written.append(
                DraftFile(path=f"data/{name}", source=str(target), media_type=media_type)
            )
        return tuple(written)


def _is_of_page(file: DraftFile) -> bool:
    """Whether a file shows the page; what only tells of it does not."""
    return file.path not in ABOUT


def _now() -> float:
    return asyncio.get_running_loop().time()
