"""The traffic of one page from before it is asked for until it is packed.

Nothing here ends a capture: what goes wrong is told in `missing`.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evidence_kit.capture.recorder import Recorder
from evidence_kit.capture.recorder_archive import WACZ, TrafficArchive
from evidence_kit.capture.redaction_exchange import ExchangeRedactor
from evidence_kit.capture.redaction_files import clean_sockets, learn_sockets
from evidence_kit.capture.redaction_run import RedactionRun
from evidence_kit.capture.request import without_query
from evidence_kit.capture.steps import Shortfall, StepLog, reason
from evidence_kit.model import DraftFile, Observation
from evidence_kit.webarchive.wacz import ArchivedPage

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

SOCKETS = "data/page/websocket.jsonl"
TRAFFIC = (WACZ, SOCKETS)
_PACK_S = 60.0
_MAX_URLS = 10


class RecorderRun:
    """Records from `begin` to `end`.

    Args:
        folder: gets page/page.wacz and page/websocket.jsonl.
        redaction: what is known of the page's secrets.
        steps: the log of the capture.
        clock: aware, UTC.
    """

    def __init__(
        self,
        folder: Path,
        redaction: RedactionRun,
        steps: StepLog,
        clock: Callable[[], datetime],
    ) -> None:
        self._folder = folder
        self._redaction = redaction
        self._steps = steps
        self._clock = clock
        self._spool = folder / "traffic"
        self._recorder: Recorder | None = None
        self._archive: TrafficArchive | None = None
        self._writing: asyncio.Future[None] | None = None
        self.files: list[DraftFile] = []
        self.missing: list[Observation] = []

    async def begin(self, browser: "Browser", page: "Page", *, is_shared: bool) -> None:
        """Record from now on.

        Args:
            is_shared: the browser is the user's own, in which only this page is looked at.
        """
        try:
            with self._steps.step("record"):
                self._spool.mkdir(mode=0o700)
                recorder = Recorder(self._spool, self._clock)
                await recorder.attach(browser, page, is_shared=is_shared)
                self._archive = TrafficArchive(self._spool, self._redaction, self._clock())
                self._recorder = recorder
        except (Shortfall, OSError) as error:
            self._lose(WACZ, reason(error))

    def write_settled(self) -> None:
        """Begin to write what is over by now, in a thread."""
        if self._recorder is None or self._archive is None:
            return
        writing = asyncio.to_thread(self._archive.add, self._recorder.settled())
        self._writing = asyncio.ensure_future(writing)

    async def end(self, page: ArchivedPage, limit_s: float) -> None:
        """Stop, and pack what was recorded; each answer of the browser may take `limit_s`."""
        if self._recorder is None or self._archive is None:
            return
        try:
            with self._steps.step("artefact page.wacz") as detail:
                chains = await self._recorder.certificates()
                await self._recorder.stop(limit_s)
                packing = self._pack(self._archive, self._recorder, page, chains)
                is_written = await asyncio.wait_for(packing, _PACK_S)
                detail["exchanges"] = len(self._recorder.paused)
                if self._recorder.faults:
                    detail["faults"] = " ".join(sorted(self._recorder.faults))
        except Exception as error:  # a broken record must not cost the page
            self._lose(WACZ, reason(error))
            return
        if is_written:
            self._keep(WACZ, "application/wacz")
        self._tell_of_gaps(self._recorder)

    async def abandon(self) -> None:
        """Have no thread write any more, and leave nothing but the files; always called."""
        if self._archive is not None:
            self._archive.give_up()
        if self._writing is not None:
            with contextlib.suppress(Exception):
                await self._writing
        if self._archive is not None:
            self._archive.discard()
        await asyncio.to_thread(shutil.rmtree, self._spool, ignore_errors=True)

    async def _pack(
        self,
        archive: TrafficArchive,
        recorder: Recorder,
        page: ArchivedPage,
        chains: dict[str, list[str]],
    ) -> bool:
        if self._writing is not None:
            await self._writing
        await asyncio.to_thread(self._write_sockets, recorder)
        await asyncio.to_thread(archive.add, recorder.rest())
        return await asyncio.to_thread(archive.close, self._target(WACZ), page, chains)

    def _write_sockets(self, recorder: Recorder) -> None:
        lines = recorder.sockets.to_jsonl()
        if not lines:
            return
        if not self._redaction.is_kept:
            learn_sockets(self._redaction.secrets, lines)
            cleaner = ExchangeRedactor(self._redaction.redactor, self._spool)
            lines = clean_sockets(lines, cleaner)
            self._redaction.count(SOCKETS, cleaner.counts)
        self._target(SOCKETS).write_bytes(lines)
        self._keep(SOCKETS, "application/jsonl")

    def _target(self, path: str) -> Path:
        target = self._folder / Path(path).relative_to("data")
        target.parent.mkdir(exist_ok=True)
        return target

    def _keep(self, path: str, media_type: str) -> None:
        source = str(self._target(path))
        self.files.append(DraftFile(path=path, source=source, media_type=media_type))

    def _lose(self, path: str, why: str) -> None:
        params: dict[str, str | int] = {"path": path, "reason": why}
        self.missing.append(Observation(code="artefact.missing", params=params))

    def _tell_of_gaps(self, recorder: Recorder) -> None:
        """Name the answers that the site gave whole and the record has not."""
        gaps = [
            without_query(paused.event["request"]["url"])
            for paused in recorder.paused
            if paused.truncated in ("length", "unspecified")
        ]
        if gaps:
            params: dict[str, str | int] = {
                "count": len(gaps),
                "urls": " ".join(dict.fromkeys(gaps[:_MAX_URLS])),
            }
            self.missing.append(Observation(code="traffic.incomplete", params=params))
        if recorder.sockets.is_capped:
            self._lose(SOCKETS, "length")
