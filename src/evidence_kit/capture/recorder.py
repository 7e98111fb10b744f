"""Record every request and response of a browser, with their bodies, on disk.

One session of the browser itself pauses every response of every page, frame and worker, reads
its body and lets it go on. What a page and its frames tell of their network adds what that
session does not know: raw headers, address, protocol, TLS. Nothing here is allowed to hold
the page up for long, and nothing here may end a capture.
"""

import asyncio
import base64
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_kit.capture import recorder_log, recorder_websocket
from evidence_kit.capture.recorder_bodies import (
    Reading,
    Spool,
    SpoolFull,
    Stream,
    body_of,
    how_to_read,
)
from evidence_kit.capture.recorder_exchanges import Paused, to_exchange
from evidence_kit.capture.recorder_log import Event, NetworkLog
from evidence_kit.capture.recorder_websocket import SocketLog
from evidence_kit.capture.steps import Shortfall
from evidence_kit.webarchive.exchange import Exchange

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Frame, Page

_ATTACH_S = 5.0
_BODY_S = 10.0  # a body that takes longer is let go on, and still read if it comes
_ANSWER_S = 2.0
_TOLD_S = 0.5  # how much later than a response its request may be told of, on a busy machine
_LAST_S = 1.0  # what is still on its way when the recording ends
_MAX_FRAMES = 30
_MAX_ORIGINS = 20
_MAX_EXCHANGES = 20_000
# what comes before a stream is opened; a busy machine is slow to open one
_EARLY = {"maxTotalBufferSize": 256 * 2**20, "maxResourceBufferSize": 64 * 2**20}
_KEEP = {"maxTotalBufferSize": 256 * 2**20, "maxResourceBufferSize": 32 * 2**20}


class Recorder:
    """Records from `attach` to `stop`.

    Args:
        folder: an empty one, for the bodies.
        clock: aware, UTC.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.log = NetworkLog()
        self.sockets = SocketLog()
        self.paused: list[Paused] = []
        self.faults: Counter[str] = Counter()
        """What went wrong here, by the type of the exception."""
        self._spool = Spool(folder)
        self._clock = clock
        self._fetching: CDPSession | None = None
        self._sessions: dict[str, CDPSession] = {}
        self._keeping: CDPSession | None = None
        self._hops: Counter[str] = Counter()
        self._streams: dict[str, Stream] = {}
        self._awaited: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._main_frame_id = ""

    async def attach(self, browser: "Browser", page: "Page", *, is_shared: bool = False) -> None:
        """Begin, before the page is sent anywhere.

        Args:
            is_shared: record this page alone. Of its workers and of frames from other sites
                only their own session would tell, which would pause every other page, too.

        Raises:
            Shortfall: the browser does not do what is needed.
        """
        try:
            await asyncio.wait_for(self._attach(browser, page, is_shared), _ATTACH_S)
        except Exception as error:
            await self._let_go()
            raise Shortfall("recorder") from error

    async def stop(self, limit_s: float) -> None:
        """Pause nothing more, and wait a moment for what is on its way."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=min(_LAST_S, limit_s))
        await self._let_go(min(_ANSWER_S, limit_s))
        for task in self._tasks:
            task.cancel()
        for stream in self._streams.values():
            stream.close()
        for paused in self.paused:
            self._settle(paused)

    def settled(self) -> tuple[Exchange, ...]:
        """The exchanges that are over and were not given out yet, in their order."""
        for paused in self.paused:
            self._settle(paused)
        return self._give_out(lambda paused: paused.is_over)

    def rest(self) -> tuple[Exchange, ...]:
        """The exchanges that were not given out yet, whole or not; after `stop`."""
        return self._give_out(lambda paused: True)

    def _give_out(self, is_wanted: Callable[[Paused], bool]) -> tuple[Exchange, ...]:
        wanted = [paused for paused in self.paused if not paused.is_given_out and is_wanted(paused)]
        for paused in wanted:
            paused.is_given_out = True
        return tuple(to_exchange(paused, self.log) for paused in wanted)

    async def certificates(self) -> dict[str, list[str]]:
        """The certificate chains that sites showed, DER in base64, by origin."""
        origins = self.log.secure_origins()[:_MAX_ORIGINS]
        chains = await asyncio.gather(*map(self._certificates_of, origins))
        return {origin: chain for origin, chain in zip(origins, chains, strict=True) if chain}

    async def _certificates_of(self, origin: str) -> list[str]:
        asking = self._sessions["page"].send("Network.getCertificate", {"origin": origin})
        try:
            return list((await asyncio.wait_for(asking, _ANSWER_S / 4))["tableNames"])
        except Exception:  # a browser that is gone, or has forgotten the site
            return []

    async def _attach(self, browser: "Browser", page: "Page", is_shared: bool) -> None:
        tree = await self._watch("page", page)
        self._main_frame_id = tree["frameTree"]["frame"]["id"]
        self._keeping = await _keeping_session(page)
        page.on("framenavigated", self._on_frame)
        self._fetching = (
            self._sessions["page"] if is_shared else await browser.new_browser_cdp_session()
        )
        self._fetching.on("Fetch.requestPaused", self._on_paused)
        patterns = [{"urlPattern": "*", "requestStage": "Response"}]
        await self._fetching.send("Fetch.enable", {"patterns": patterns})

    async def _watch(self, name: str, target: "Page | Frame") -> Event:
        """Listen to the network of a page, or of a frame with a process of its own."""
        page = target if hasattr(target, "context") else target.page
        session = await page.context.new_cdp_session(target)
        self._sessions[name] = session
        for event in recorder_log.EVENTS:
            session.on(f"Network.{event}", self._noting(name, event))
        for event in recorder_websocket.EVENTS:
            session.on(f"Network.{event}", self._noting_socket(event))
        session.on("Network.dataReceived", self._on_data)
        await session.send("Network.enable", {"maxPostDataSize": 2**20, **_EARLY})
        return dict(await session.send("Page.getFrameTree"))

    def _on_frame(self, frame: "Frame") -> None:
        if frame.parent_frame is None or len(self._sessions) > _MAX_FRAMES:
            return
        name = f"frame {len(self._sessions)}"

        async def watch() -> None:
            # a frame without a process of its own has no session; its parent's tells of it
            with contextlib.suppress(Exception):
                await self._watch(name, frame)

        self._spawn(watch())

    def _noting(self, session: str, name: str) -> Callable[[Event], None]:
        def note(event: Event) -> None:
            with self._faulting():
                self.log.note(session, name, event)
                if name == "requestWillBeSent" and event["requestId"] in self._awaited:
                    self._awaited[event["requestId"]].set()
                elif name == "responseReceived":
                    stream = self._streams.get(event["requestId"])
                    if stream is not None:
                        self._spawn(stream.open())
                elif name == "loadingFinished":
                    stream = self._streams.get(event["requestId"])
                    if stream is not None:
                        # at once, before the browser keeps it no longer
                        self._spawn(stream.complete())

        return note

    def _noting_socket(self, name: str) -> Callable[[Event], None]:
        def note(event: Event) -> None:
            with self._faulting():
                self.sockets.note(name, event)

        return note

    def _on_data(self, event: Event) -> None:
        stream = self._streams.get(event["requestId"])
        if stream is not None:
            with self._faulting():
                stream.note(event)

    def _on_paused(self, event: Event) -> None:
        self._spawn(self._handle(event))

    async def _handle(self, event: Event) -> None:
        """Read what a paused response has, and let it go on whatever happens."""
        command = "Fetch.continueResponse"
        try:
            if event.get("responseStatusCode") is None:
                command = "Fetch.continueRequest"
            elif event["request"]["url"].startswith(("http://", "https://")):
                await self._wait_until_told(event)
                paused = self._begin(event)
                await self._keep_request_body(paused)
                await self._read(paused)
        except Exception as error:
            self.faults[type(error).__name__] += 1
        finally:
            # the page may be gone, and its request with it
            with contextlib.suppress(Exception):
                await self._send(command, {"requestId": event["requestId"]})

    async def _wait_until_told(self, event: Event) -> None:
        """Wait for the request of a body that can be read in pieces alone.

        A page's own process tells of it, which may be later than the network's with the answer.
        """
        request_id = event.get("networkId") or event["requestId"]
        if self.log.get(request_id) is not None or self._reads(event) is not Reading.PIECES:
            return
        told = self._awaited.setdefault(request_id, asyncio.Event())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), _TOLD_S)

    def _reads(self, event: Event, *, is_told_of: bool = True) -> Reading:
        return how_to_read(event, is_told_of=is_told_of, main_frame_id=self._main_frame_id)

    def _begin(self, event: Event) -> Paused:
        request_id = event.get("networkId") or event["requestId"]
        log = self.log.get(request_id)
        place = self._hops[request_id]
        self._hops[request_id] += 1
        reading = self._reads(event, is_told_of=log is not None)
        paused = Paused(event=event, place=place, at=self._clock(), reading=reading)
        if len(self.paused) < _MAX_EXCHANGES:
            self.paused.append(paused)
        else:
            self.faults["TooMany"] += 1
        if reading is Reading.PIECES and log is not None:
            session = self._sessions[log.session]
            keeping = self._keeping if log.session == "page" else None
            paused.stream = Stream(request_id, session.send, (keeping or session).send, self._spool)
            self._streams[request_id] = paused.stream
        return paused

    async def _keep_request_body(self, paused: Paused) -> None:
        request = paused.event["request"]
        if not request.get("hasPostData"):
            return
        entries = request.get("postDataEntries", [])
        if entries and all("bytes" in entry for entry in entries):
            body = b"".join(base64.b64decode(entry["bytes"]) for entry in entries)
        else:
            # a part that is a file is told of only by the page's own session
            request_id = paused.event.get("networkId", "")
            log = self.log.get(request_id)
            if log is None:
                return
            answer = await asyncio.wait_for(
                self._sessions[log.session].send(
                    "Network.getRequestPostData", {"requestId": request_id}
                ),
                _ANSWER_S,
            )
            body = body_of({"body": answer["postData"], **answer})
        paused.request_body = self._spool.write(body)

    async def _read(self, paused: Paused) -> None:
        if paused.reading is Reading.IMPOSSIBLE:
            paused.truncated = "length"
        elif paused.reading is Reading.WHOLE:
            paused.truncated = "time"  # until it is there
            reading = asyncio.ensure_future(self._read_whole(paused))
            self._track(reading)
            await asyncio.wait({reading}, timeout=_BODY_S)
            return
        paused.is_over = paused.stream is None

    async def _read_whole(self, paused: Paused) -> None:
        try:
            answer = await self._send(
                "Fetch.getResponseBody", {"requestId": paused.event["requestId"]}, limit_s=None
            )
            paused.body = self._spool.write_answer(answer)
            paused.truncated = None
        except SpoolFull:
            paused.truncated = "length"
        except Exception as error:
            # preflights and aborted requests have none to give
            paused.truncated = "unspecified"
            self.faults[type(error).__name__] += 1
        finally:
            paused.is_over = True

    def _settle(self, paused: Paused) -> None:
        """Say how a body that was read in pieces ended, as far as that is known."""
        stream = paused.stream
        if stream is None or paused.is_over:
            return
        log = self.log.get(paused.event.get("networkId"))
        paused.body = stream.path
        if stream.is_too_long:
            paused.truncated = "length"
        elif log is not None and log.is_finished:
            paused.truncated = None if stream.is_whole else "unspecified"
            paused.is_over = stream.is_whole
        else:
            is_broken = log is not None and log.failure and not log.is_cancelled
            paused.truncated = "disconnect" if is_broken else "time"

    async def _send(
        self, command: str, params: dict[str, Any], limit_s: float | None = _ANSWER_S
    ) -> dict[str, Any]:
        assert self._fetching is not None
        return dict(await asyncio.wait_for(self._fetching.send(command, params), limit_s))

    async def _let_go(self, limit_s: float = _ANSWER_S) -> None:
        """Release everything that is paused, for good."""
        if self._fetching is not None:
            with contextlib.suppress(Exception):
                await self._send("Fetch.disable", {}, limit_s)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._track(asyncio.ensure_future(work))

    def _track(self, task: "asyncio.Task[None]") -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @contextlib.contextmanager
    def _faulting(self) -> Any:
        try:
            yield
        except Exception as error:
            self.faults[type(error).__name__] += 1


async def _keeping_session(page: "Page") -> "CDPSession":
    """A session for which the browser keeps bodies, as they were sent, for a while."""
    session = await page.context.new_cdp_session(page)
    await session.send("Network.enable", {"maxPostDataSize": 0})
    with contextlib.suppress(Exception):  # a browser before 2026 knows no such thing
        await session.send("Network.configureDurableMessages", _KEEP)
    return session
