"""A bounded HTTP exchange, and several at the same time: the kit's only own requests.

No redirect is followed, no proxy is used, no credential is sent, and nothing is waited for
longer or read further than the caller allows. What may pass is tried again a few times.
"""

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, ip_address
from typing import Literal, TypeVar
from urllib.parse import SplitResult, urlsplit

T = TypeVar("T")

PAUSES_S = (0.25, 0.75)
"""Before the second and the third attempt; there is no fourth."""
_CONNECT_S = 4.0
_CHUNK_BYTES = 64 * 1024
_TOO_MANY_REQUESTS = http.client.TOO_MANY_REQUESTS
# RFC 2544: local proxies that answer for every name do it from this range, and it is nobody's net.
_BENCHMARKS = IPv4Network("198.18.0.0/15")


class Failure(StrEnum):
    """In which way an exchange gave nothing that can be used."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    """No connection, or no HTTP came over it; `detail` is the kind of error."""
    CUT_SHORT = "cut_short"
    """The connection closed before the end of the body."""
    HTTP_STATUS = "http_status"
    """Another status than 200, in `status`."""
    TOO_LARGE = "too_large"
    """A body of more than `limit_bytes`."""
    NOT_PUBLIC = "not_public"
    """The host is no machine of the public internet, and the request is for such only."""


class ExchangeError(Exception):
    """An exchange that gave nothing.

    Args:
        failure: in which way.
        retry_after_s: how long to wait at least before another attempt; None where another
            attempt would end like this one.
        params: what the words of it name.
    """

    def __init__(
        self, failure: Failure, retry_after_s: float | None = None, **params: str | int
    ) -> None:
        super().__init__(failure)
        self.failure = failure
        self.retry_after_s = retry_after_s
        self.params = params


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent, and how large the answer may be."""

    method: Literal["GET", "POST"]
    url: str
    max_bytes: int
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_public: bool = False
    """True refuses hosts that are not on the public internet."""


class Line:
    """What one thread exchanges over, and another one may cut off.

    Args:
        deadline: in the seconds of `time.monotonic`; nothing begins after it.
    """

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._is_cut = threading.Event()
        self._socket: socket.socket | None = None

    def send(self, request: Request) -> bytes:
        """The body of the answer, after up to three attempts.

        Raises:
            ExchangeError: the last attempt's.
        """
        for pause_s in PAUSES_S:
            try:
                return self._attempt(request)
            except ExchangeError as error:
                if error.retry_after_s is None:
                    raise
                pause_s = max(pause_s, error.retry_after_s)
                if time.monotonic() + pause_s >= self._deadline or self._is_cut.wait(pause_s):
                    raise
        return self._attempt(request)

    def cut_off(self) -> None:
        """Wake the thread that waits in `send`; it ends with an error nobody reads."""
        self._is_cut.set()
        with contextlib.suppress(OSError):
            if self._socket is not None:
                # not the TLS socket's own method, which pulls the rug from under a reader
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _attempt(self, request: Request) -> bytes:
        try:
            return self._exchange(request)
        except TimeoutError:
            raise ExchangeError(Failure.TIMEOUT) from None
        except http.client.IncompleteRead:
            raise ExchangeError(Failure.CUT_SHORT, 0) from None
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            # neither an address nor a certificate gets better by trying again
            is_lasting = isinstance(
                error, http.client.InvalidURL | UnicodeError | ssl.SSLCertVerificationError
            )
            raise ExchangeError(
                Failure.UNREACHABLE, None if is_lasting else 0, detail=type(error).__name__
            ) from error

    def _exchange(self, request: Request) -> bytes:
        parts = urlsplit(request.url)
        is_tls = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if is_tls else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        own = {"Host": parts.netloc, "Connection": "close", "User-Agent": "evidence-kit"}
        connection = http.client.HTTPConnection(host, port)
        with contextlib.closing(connection):
            connection.sock = self._connected(host, port, request.is_public)
            self._watch(connection.sock)
            if is_tls:
                # The system's web roots: TLS carries the request here, it proves nothing.
                connection.sock = tls = ssl.create_default_context().wrap_socket(
                    connection.sock, server_hostname=host, do_handshake_on_connect=False
                )
                self._watch(tls)
                tls.do_handshake()
            connection.request(
                request.method, target, body=request.body, headers={**own, **request.headers}
            )
            with connection.getresponse() as response:
                _require_ok(response)
                return self._read(response, request.max_bytes)

    def _watch(self, opened: socket.socket) -> None:
        """Let the other thread cut it off; where that has tried to before, end here."""
        self._socket = opened
        self._left_s()

    def _connected(self, host: str, port: int, is_public: bool) -> socket.socket:
        """Try the addresses one after the other, each for a few seconds only.

        The address that is judged is the one connected to: a second look-up of the name
        could give another.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if is_public:
            found = [one for one in found if _is_public(str(one[4][0]))]
            if not found:
                raise ExchangeError(Failure.NOT_PUBLIC)
        for index, (family, kind, protocol, _, address) in enumerate(found, 1):
            made = socket.socket(family, kind, protocol)
            try:
                left_s = self._left_s()
                # one that swallows what is sent to it must leave time for the next
                made.settimeout(left_s if index == len(found) else min(left_s, _CONNECT_S))
                made.connect(address)
                made.settimeout(self._left_s())
                return made
            except OSError:
                made.close()
                if index == len(found):
                    raise
        raise OSError  # a look-up that gave no address and no error

    def _read(self, response: http.client.HTTPResponse, max_bytes: int) -> bytes:
        too_large = ExchangeError(Failure.TOO_LARGE, limit_bytes=max_bytes)
        if response.length is not None and response.length > max_bytes:
            raise too_large
        body = bytearray()
        while chunk := response.read1(min(_CHUNK_BYTES, max_bytes + 1 - len(body))):
            body += chunk
            if len(body) > max_bytes:
                raise too_large
            self._left_s()
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return bytes(body)

    def _left_s(self) -> float:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0 or self._is_cut.is_set():
            raise TimeoutError
        return left_s


def in_parallel(
    works: Sequence[Callable[[Line], T]],
    *,
    deadline_s: float,
    is_enough: Callable[[T], bool] = lambda result: False,
    grace_s: float = 0,
) -> list[T | None]:
    """Do all the works at the same time, each on a line of its own.

    Returns when all are done, and after `deadline_s` seconds at the latest. Once the result
    of one is enough, the others are waited for no longer than `grace_s` seconds more.

    Returns:
        The results, in the order of the works; None for those that were cut off.
    """
    deadline = time.monotonic() + deadline_s
    lines = [Line(deadline) for _ in works]
    done: queue.SimpleQueue[tuple[int, T]] = queue.SimpleQueue()

    def run(index: int) -> None:
        done.put((index, works[index](lines[index])))

    for index in range(len(works)):
        # a daemon: a name look-up can't be cut off and must not keep the program alive
        threading.Thread(target=run, args=(index,), daemon=True).start()
    results: list[T | None] = [None] * len(works)
    waiting = set(range(len(works)))
    while waiting:
        try:
            index, result = done.get(timeout=max(0, deadline - time.monotonic()))
        except queue.Empty:
            break
        results[index] = result
        waiting.discard(index)
        if is_enough(result):
            deadline = min(deadline, time.monotonic() + grace_s)
    for index in waiting:
        lines[index].cut_off()
    return results


def split_url(url: str, schemes: Collection[str]) -> SplitResult | None:
    """The parts of an address of one of these schemes; None where it is none.

    It has a host and no user's name, and is printable ASCII without spaces.
    """
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in schemes and bool(parts.hostname) and "@" not in url
        # reading the port may raise
        is_right = is_right and parts.port != 0 and url.isascii() and url.isprintable()
    except ValueError:
        return None
    return parts if is_right and " " not in url else None


def _is_public(address: str) -> bool:
    """True for an address of the public internet, or one that a proxy on the way answers for."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    if not isinstance(found, IPv6Address) and found in _BENCHMARKS:
        return True
    return found.is_global and not found.is_multicast


def _require_ok(response: http.client.HTTPResponse) -> None:
    status = response.status
    if status == http.client.OK:
        return
    is_passing = status >= http.client.INTERNAL_SERVER_ERROR or status == _TOO_MANY_REQUESTS
    asked = response.getheader("Retry-After", "")
    # RFC 9110 §10.2.3: seconds, or a date, which is not worth reading here
    seconds = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    raise ExchangeError(Failure.HTTP_STATUS, seconds if is_passing else None, status=status)
