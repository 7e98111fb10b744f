"""Bodies on disk: how each is to be read, and those that are read while they come."""

import asyncio
import base64
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from evidence_kit.capture.recorder_log import Event

BIG_BYTES = 4 * 2**20
"""A body known to be larger is read in pieces: one message would hold it three times over."""
_MAX_BODY_BYTES = 64 * 2**20
_MAX_TOTAL_BYTES = 256 * 2**20
_MAX_WHOLE_BYTES = 32 * 2**20
_PIECE_CHARS = 2**20  # of base64, so a multiple of four
_NEVER_ENDING = ("text/event-stream", "multipart/x-mixed-replace", "application/x-ndjson")
_PLAYED = ("audio/", "video/")
_PAGES = ("text/html", "application/xhtml+xml")

Send = Callable[[str, dict[str, Any]], Awaitable[Any]]


class Reading(Enum):
    """How to come by the body of a response."""

    NONE = "none"
    """It has none."""
    WHOLE = "whole"
    """Held until it is there, read, then given to the page."""
    PIECES = "pieces"
    """Given to the page at once, and read as it comes."""
    IMPOSSIBLE = "impossible"
    """To hold it would starve the page or the memory, and nobody else tells of it."""


class SpoolFull(Exception):
    """No more bodies are kept."""


class Spool:
    """A folder of bodies, bounded.

    Args:
        folder: an empty one, for the owner's eyes only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._size_bytes = 0

    def write(self, body: bytes) -> Path:
        """A new file with these bytes.

        Raises:
            SpoolFull: the bodies together are too many bytes.
            OSError: the disk takes no more.
        """
        path = self.new()
        self.append(path, body)
        return path

    def write_answer(self, answer: dict[str, Any]) -> Path:
        """A new file with the body in an answer of the DevTools protocol.

        It is decoded bit by bit: some 100 MB of text are there already for 25 MB of body.
        Exceptions as `write` has them.
        """
        if not answer.get("base64Encoded"):
            return self.write(body_of(answer))
        path = self.write(b"")
        for piece in _decoded(answer["body"]):
            self.append(path, piece)
        return path

    def new(self) -> Path:
        """The name of a file that does not exist yet."""
        self._count += 1
        return self._folder / f"{self._count}.bin"

    def append(self, path: Path, piece: bytes) -> None:
        """Add to a file; exceptions as `write` has them."""
        self._size_bytes += len(piece)
        if self._size_bytes > _MAX_TOTAL_BYTES:
            raise SpoolFull
        with path.open("ab") as file:
            file.write(piece)


def how_to_read(event: Event, *, is_told_of: bool, main_frame_id: str) -> Reading:
    """How to come by a body.

    Args:
        event: Fetch.requestPaused at the response's stage.
        is_told_of: a session of the page or of a frame has told of this request, so it will
            tell of its pieces, too.
        main_frame_id: frame of the page's own document, which is not held: a page that stops
            coming is to be shown as far as it came.
    """
    status, request = event["responseStatusCode"], event["request"]
    if 300 <= status < 400 or status in (204, 205) or request["method"] == "HEAD":
        return Reading.NONE
    headers = {
        header["name"].lower(): header["value"] for header in event.get("responseHeaders", [])
    }
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    length = headers.get("content-length", "")
    size_bytes = int(length) if length.isdecimal() and len(length) < 16 else 0
    is_page = (
        event.get("resourceType") == "Document"
        and event.get("frameId") == main_frame_id
        and kind in _PAGES
        and not headers.get("content-disposition", "").lower().startswith("attachment")
    )
    if event.get("resourceType") == "EventSource" or kind in _NEVER_ENDING:
        return Reading.PIECES if is_told_of else Reading.IMPOSSIBLE
    is_live = kind.startswith(_PLAYED) and not length
    if is_live or size_bytes > _MAX_BODY_BYTES:
        return Reading.IMPOSSIBLE
    if is_told_of and (is_page or size_bytes > BIG_BYTES):
        return Reading.PIECES
    return Reading.IMPOSSIBLE if size_bytes > _MAX_WHOLE_BYTES else Reading.WHOLE


class Stream:
    """One body that is read while the page gets it.

    Args:
        send: of the session that tells of the request.
        send_kept: of the one that keeps bodies. To keep them takes from a session what it has
            when a stream is opened, so that can't be the same.
    """

    def __init__(self, request_id: str, send: Send, send_kept: Send, spool: Spool) -> None:
        self._request_id = request_id
        self._send = send
        self._send_kept = send_kept
        self._spool = spool
        self._is_closed = False
        self._tried = asyncio.Event()
        self._early: list[bytes] | None = []
        self._told_bytes = 0
        self._size_bytes = 0
        self.path: Path | None = None
        self.is_too_long = False
        self.failed = False

    async def open(self) -> None:
        """Ask for the pieces, once the response has been told of; never fails."""
        try:
            params = {"requestId": self._request_id}
            answer = await self._send("Network.streamResourceContent", params)
        except Exception:  # it came to its end before it was asked for
            self.failed = True
        else:
            early, self._early = self._early or [], None
            for piece in itertools.chain(_decoded(answer["bufferedData"]), early):
                self._put(piece)
        finally:
            self._tried.set()

    def note(self, event: Event) -> None:
        """Take Network.dataReceived."""
        if self._is_closed:
            return
        self._told_bytes += event["dataLength"]
        piece = base64.b64decode(event.get("data", ""))
        if self._early is None:
            self._put(piece)
        elif piece:
            self._early.append(piece)

    def close(self) -> None:
        """Take nothing more: what is there is about to be written."""
        self._is_closed = True

    async def complete(self) -> None:
        """At the end of the body: read what could not be read in pieces; never fails."""
        await self._tried.wait()
        if not self.is_whole and not self._is_closed:
            with contextlib.suppress(Exception):  # the browser may be gone, or keep it no longer
                await self._read_again()

    @property
    def is_whole(self) -> bool:
        """Whether every byte that was told of is there."""
        return not self.failed and self._early is None and self._size_bytes == self._told_bytes

    async def _read_again(self) -> None:
        if self._told_bytes > _MAX_WHOLE_BYTES:
            return
        params = {"requestId": self._request_id}
        body = body_of(await self._send_kept("Network.getResponseBody", params))
        # without the browser's own copy a text comes decoded, and not as it was sent
        if len(body) != self._told_bytes or b"\xef\xbf\xbd" in body or self._is_closed:
            return
        self.path = await asyncio.to_thread(self._spool.write, body)
        self.failed, self._early, self._size_bytes = False, None, len(body)

    def _put(self, piece: bytes) -> None:
        if not piece or self.is_too_long or self._is_closed:
            return
        self._size_bytes += len(piece)
        path = self.path or self._spool.new()
        try:
            if self._size_bytes > _MAX_BODY_BYTES:
                raise SpoolFull
            self._spool.append(path, piece)
            self.path = path
        except (SpoolFull, OSError):
            self.is_too_long = True
            self._is_closed = True


def body_of(answer: dict[str, Any]) -> bytes:
    """The bytes in an answer of the DevTools protocol."""
    body: str = answer["body"]
    if answer.get("base64Encoded"):
        return base64.b64decode(body)
    return body.encode("utf-8", errors="surrogatepass")


def _decoded(text: str) -> Iterator[bytes]:
    for start in range(0, len(text), _PIECE_CHARS):
        yield base64.b64decode(text[start : start + _PIECE_CHARS])
