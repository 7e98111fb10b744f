"""What a page asks for while it is captured: what is under way, what failed, who answered."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import msgspec

from evidence_kit.capture.request import without_query

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page, Request, Response

_LONG_POLL_S = 5.0  # an answer that takes longer is taken for a long poll, which never rests
_UNREAD_S = 1.5  # a page that does not read an answer's body leaves it "under way" for ever
_POLLS = 4  # the same address asked for that often while the page rests is polled
_NEVER_DONE = frozenset({"eventsource", "websocket"})
_SCRIPTED = frozenset({"fetch", "xhr", "ping", "other"})


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How the site answered the request for the page itself."""

    status: int
    server_ip: str | None
    protocol: str | None
    tls: dict[str, Any] | None
    """The browser's security details, as the DevTools protocol has them."""
    user_agent: str | None
    clock_offset_ms: int | None
    """The site's clock minus the machine's. Date counts whole seconds, so clocks that agree
    give -1000 to 0."""


class _Flight:
    def __init__(self, kind: str, started_s: float) -> None:
        self.kind = kind
        self.started_s = started_s
        self.answered_s: float | None = None

    def blocks(self, now_s: float) -> bool:
        if self.kind not in _SCRIPTED:
            return True
        if self.answered_s is not None:
            return now_s - self.answered_s < _UNREAD_S
        return now_s - self.started_s < _LONG_POLL_S


class Traffic:
    """Watches the requests of a page and of its frames.

    Args:
        page: the page, before it is sent anywhere.
        monotonic: seconds.
    """

    def __init__(self, page: "Page", monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._flights: dict[Request, _Flight] = {}
        self._asked: Counter[str] = Counter()
        self._last_s = monotonic()
        self._document_id: str | None = None
        self._document_done = True
        self.answer: Answer | None = None
        self.failed: list[tuple[str, str]] = []
        """Addresses without query, and the browser's code; documents and aborted ones left out."""
        self.document_cut = asyncio.Event()
        """Set when the page's own HTML broke off."""
        page.on("request", self._on_request)
        page.on("response", self._on_response)
        page.on("requestfinished", self._on_end)
        page.on("requestfailed", self._on_failure)

    async def watch_document(self, session: "CDPSession", frame_id: str) -> None:
        """Follow the page's own document, whose server, TLS and end only CDP tells."""
        agents: dict[str, str] = {}

        def on_sent(event: dict[str, Any]) -> None:
            if event.get("type") == "Document" and event.get("frameId") == frame_id:
                self._document_id = event["requestId"]
                self._document_done = False
                self.document_cut.clear()
                agents["sent"] = event["request"]["headers"].get("User-Agent", "")

        def on_answer(event: dict[str, Any]) -> None:
            if event["requestId"] == self._document_id:
                self.answer = _answer(event["response"], agents.get("sent") or None)

        def on_finished(event: dict[str, Any]) -> None:
            self._document_done |= event["requestId"] == self._document_id

        def on_failed(event: dict[str, Any]) -> None:
            if event["requestId"] == self._document_id:
                self.document_cut.set()

        session.on("Network.requestWillBeSent", on_sent)
        session.on("Network.responseReceived", on_answer)
        session.on("Network.loadingFinished", on_finished)
        session.on("Network.loadingFailed", on_failed)
        await session.send("Network.enable")

    @property
    def is_document_whole(self) -> bool:
        """Whether the page's own HTML came to its end."""
        return self._document_done and not self.document_cut.is_set()

    @property
    def is_document_coming(self) -> bool:
        """Whether the page's own HTML is still on its way."""
        return not self._document_done and not self.document_cut.is_set()

    def unfinished(self) -> tuple[tuple[str, bool], ...]:
        """Addresses without query that are still under way, and whether each is a part of
        the page; documents, polls, streams and what no script reads are left out."""
        return tuple(
            (without_query(request.url), flight.kind not in _SCRIPTED)
            for request, flight in self._flights.items()
            if flight.kind not in ("document", "ping", "other")
            and (flight.kind not in _SCRIPTED or flight.answered_s is None)
        )

    def forget_polls(self) -> None:
        """Count repeated requests anew: called when the page is asked to rest."""
        self._asked.clear()

    def quiet_for_ms(self) -> int:
        """Milliseconds since a request began or ended; 0 while one is under way."""
        now_s = self._monotonic()
        if any(flight.blocks(now_s) for flight in self._flights.values()):
            return 0
        return round((now_s - self._last_s) * 1000)

    def _on_request(self, request: "Request") -> None:
        kind = request.resource_type
        self._asked[f"{request.method} {without_query(request.url)}"] += 1
        if kind in _NEVER_DONE or (kind in _SCRIPTED and self._is_polled(request)):
            return
        self._last_s = self._monotonic()
        self._flights[request] = _Flight(kind, self._last_s)

    def _is_polled(self, request: "Request") -> bool:
        return self._asked[f"{request.method} {without_query(request.url)}"] >= _POLLS

    def _on_response(self, response: "Response") -> None:
        flight = self._flights.get(response.request)
        if flight:
            flight.answered_s = self._monotonic()

    def _on_end(self, request: "Request") -> None:
        if self._flights.pop(request, None):
            self._last_s = self._monotonic()

    def _on_failure(self, request: "Request") -> None:
        self._on_end(request)
        code = request.failure or "failed"
        # the page's own document is told of by `document_cut` and by how it loaded
        if code != "net::ERR_ABORTED" and request.resource_type != "document":
            self.failed.append((without_query(request.url), code))


def _answer(response: dict[str, Any], user_agent: str | None) -> Answer:
    headers = {name.lower(): value for name, value in response.get("headers", {}).items()}
    return Answer(
        status=response["status"],
        server_ip=(response.get("remoteIPAddress") or "").strip("[]") or None,
        protocol=response.get("protocol"),
        tls=response.get("securityDetails"),
        user_agent=user_agent,
        clock_offset_ms=_clock_offset_ms(headers, response.get("responseTime")),
    )


def _clock_offset_ms(headers: dict[str, str], received_ms: float | None) -> int | None:
    """Site minus machine; a cache's Age counts as time passed since Date (RFC 9111 §5.1)."""
    if received_ms is None or "date" not in headers:
        return None
    try:
        site_s = parsedate_to_datetime(headers["date"]).timestamp()
        age = headers.get("age", "0")
        return round((site_s + (int(age) if age.isdecimal() else 0)) * 1000 - received_ms)
    except (ValueError, OverflowError):
        return None
