"""Asking time-stamp authorities over HTTP (RFC 3161 §3.4): the kit's only own requests.

What leaves the machine is a digest and a random number. No redirect is followed, no proxy
is used, and nothing is waited for longer than the caller allows.
"""

import contextlib
import http.client
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import msgspec

from evidence_kit.crypto.tsp import MAX_TOKEN_BYTES, accept_response, build_request, verify_token
from evidence_kit.errors import EvidenceKitError, UsageError
from evidence_kit.report import Fault
from evidence_kit.trust.anchors import Endpoint


class TokenReply(msgspec.Struct, frozen=True, kw_only=True):
    """What became of asking one authority."""

    id: str
    url: str
    elapsed_s: float
    tsr: bytes | None = None
    """The token as it is kept; None where there is none."""
    gen_time: datetime | None = None
    """The time in the token, before any root was looked at; None where there is none."""
    error: str | None = None
    """Code of what went wrong, key of `messages.ERRORS`; None where nothing did."""
    error_params: dict[str, str | int] = {}
    """What the words of the error name."""


class _Exchange:
    """One HTTP exchange that another thread may cut off."""

    def __init__(self, url: str, *, deadline: float, timeout_s: float) -> None:
        parts = urlsplit(url)
        connect: type[http.client.HTTPConnection] = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._deadline = deadline
        self._connection = connect(parts.hostname or "", parts.port, timeout=timeout_s)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def run(self, request: bytes) -> bytes:
        """Post the query and return the reply's body."""
        headers = {
            "Content-Type": "application/timestamp-query",
            "Accept": "application/timestamp-reply",
            "Connection": "close",
            "User-Agent": "evidence-kit",
        }
        with contextlib.closing(self._connection):
            self._require_time()
            self._connection.request("POST", self._target, body=request, headers=headers)
            with self._connection.getresponse() as response:
                if response.status != http.client.OK:
                    raise EvidenceKitError("tsa.http_status", status=response.status)
                return self._read(response)

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        body = b""
        while chunk := response.read1(MAX_TOKEN_BYTES + 1 - len(body)):
            body += chunk
            if len(body) > MAX_TOKEN_BYTES:
                raise EvidenceKitError("tsa.too_large", limit_bytes=MAX_TOKEN_BYTES)
            self._require_time()
        return body

    def _require_time(self) -> None:
        if time.monotonic() >= self._deadline:
            raise TimeoutError

    def cut_off(self) -> None:
        """Wake the thread that waits in `run`; it ends with an error nobody reads."""
        with contextlib.suppress(OSError, AttributeError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)


def request_token(
    url: str,
    data: bytes,
    *,
    policy: str | None = None,
    timeout_s: float = 10,
    nonce: Callable[[], int] = lambda: secrets.randbits(63),
) -> bytes:
    """A token over `data` from one authority, in the form that is kept (.tsr).

    Everything but its root is checked.

    Raises:
        UsageError: tsa.url, where it is no http or https address.
        EvidenceKitError: tsa.unreachable, tsa.timeout, tsa.http_status, tsa.too_large,
            tsa.rejected.
    """
    endpoint = Endpoint(id=url, url=url, policy=policy)
    (reply,) = request_tokens([endpoint], data, deadline_s=timeout_s, nonce=nonce)
    if reply.tsr is None:
        raise EvidenceKitError(str(reply.error), **reply.error_params)
    return reply.tsr


def request_tokens(
    endpoints: Sequence[Endpoint],
    data: bytes,
    *,
    deadline_s: float = 10,
    nonce: Callable[[], int] = lambda: secrets.randbits(63),
) -> tuple[TokenReply, ...]:
    """Ask all authorities at the same time; one reply each, in their order.

    Returns when all have answered, and after `deadline_s` seconds at the latest. One that
    fails, or drips its answer slowly, does not harm the others.

    Raises:
        UsageError: tsa.url, before anyone is asked.
    """
    for endpoint in endpoints:
        _require_url(endpoint.url)
    start = time.monotonic()
    deadline = start + deadline_s
    answers: queue.SimpleQueue[tuple[int, TokenReply]] = queue.SimpleQueue()
    exchanges = [
        _Exchange(endpoint.url, deadline=deadline, timeout_s=deadline_s) for endpoint in endpoints
    ]

    def ask(index: int) -> None:
        answers.put((index, _ask(endpoints[index], exchanges[index], data, nonce(), start)))

    for index in range(len(endpoints)):
        # a daemon: a name look-up can't be cut off and must not keep the program alive
        threading.Thread(target=ask, args=(index,), daemon=True).start()
    replies: dict[int, TokenReply] = {}
    while len(replies) < len(endpoints):
        try:
            index, reply = answers.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            break
        replies[index] = reply
    for index, endpoint in enumerate(endpoints):
        if index not in replies:
            exchanges[index].cut_off()
            replies[index] = _failed(endpoint, start, "tsa.timeout", {})
    return tuple(replies[index] for index in range(len(endpoints)))


def _ask(
    endpoint: Endpoint, exchange: _Exchange, data: bytes, nonce: int, start: float
) -> TokenReply:
    request = build_request(data, nonce=nonce, policy=endpoint.policy)
    try:
        tsr = accept_response(exchange.run(request), data, nonce=nonce, policy=endpoint.policy)
        gen_time = verify_token(tsr, data, anchors=()).gen_time
    except TimeoutError:
        return _failed(endpoint, start, "tsa.timeout", {})
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        return _failed(endpoint, start, "tsa.unreachable", {"detail": type(error).__name__})
    except EvidenceKitError as error:
        return _failed(endpoint, start, error.code, error.params)
    except Fault as fault:
        return _failed(endpoint, start, "tsa.rejected", {"reason": fault.code})
    return TokenReply(
        id=endpoint.id,
        url=endpoint.url,
        elapsed_s=time.monotonic() - start,
        tsr=tsr,
        gen_time=gen_time,
    )


def _failed(
    endpoint: Endpoint, start: float, code: str, params: dict[str, str | int]
) -> TokenReply:
    return TokenReply(
        id=endpoint.id,
        url=endpoint.url,
        elapsed_s=time.monotonic() - start,
        error=code,
        error_params={**params, "url": endpoint.url},
    )


def _require_url(url: str) -> None:
    """Only http and https, with a host and without a user's name in it."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in url
        # reading the port may raise
        is_right = is_right and parts.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        is_right = False
    if not is_right or " " in url:
        raise UsageError("tsa.url", url=url)
