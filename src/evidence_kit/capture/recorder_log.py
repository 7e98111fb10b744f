"""What the DevTools protocol tells of each request, put together from its many events.

The raw headers come in events of their own, before or after those that they belong to, and a
redirect keeps the id of the request that it answers.
"""

from datetime import UTC, datetime
from typing import Any

from evidence_kit.webarchive.exchange import Headers

Event = dict[str, Any]
EVENTS = (
    "requestWillBeSent",
    "requestWillBeSentExtraInfo",
    "responseReceived",
    "responseReceivedExtraInfo",
    "loadingFinished",
    "loadingFailed",
)
_MAX_HOPS = 50


class Hop:
    """One request as it went out, and its response once there is one."""

    def __init__(self, event: Event) -> None:
        self.request: Event = event["request"]
        self.kind = str(event.get("type", "Other"))
        self.started_at = datetime.fromtimestamp(event["wallTime"], UTC)
        self.response: Event | None = None


class RequestLog:
    """One request from its first sending to its end, redirects included.

    Args:
        session: name of the session that told of it first; only that one is listened to.
    """

    def __init__(self, session: str) -> None:
        self.session = session
        self.hops: list[Hop] = []
        self.sent: list[Event] = []
        self.received: list[Event] = []
        self.failure: str | None = None
        self.is_cancelled = False
        """The browser itself broke it off."""
        self.is_finished = False

    def hop(self, place: int, url: str) -> Hop | None:
        """The hop at a place, where it is of that address."""
        if place < len(self.hops) and self.hops[place].request["url"] == url:
            return self.hops[place]
        return None

    def raw_response(self, place: int, status: int) -> Event | None:
        """The event with the raw response headers of one hop."""
        if place < len(self.received) and self.received[place].get("statusCode") == status:
            return self.received[place]
        of_status = [event for event in self.received if event.get("statusCode") == status]
        return of_status[0] if len(of_status) == 1 else None

    def raw_request(self, place: int) -> Event | None:
        """The event with the headers that really went out with one hop."""
        return self.sent[place] if place < len(self.sent) else None


class NetworkLog:
    """Everything that the sessions of a page and of its frames tell of requests."""

    def __init__(self) -> None:
        self._requests: dict[str, RequestLog] = {}

    def get(self, request_id: str | None) -> RequestLog | None:
        """What is known of a request; None where no session told of it."""
        log = self._requests.get(request_id or "")
        return log if log is not None and log.hops else None

    def secure_origins(self) -> list[str]:
        """The origins that answered over TLS, in the order in which they were asked."""
        origins = {
            "/".join(hop.request["url"].split("/", 3)[:3]): None
            for log in self._requests.values()
            for hop in log.hops
            if hop.response is not None and hop.response.get("securityDetails")
        }
        return list(origins)

    def note(self, session: str, name: str, event: Event) -> None:
        """Take one event of a session's Network domain."""
        request_id = str(event["requestId"])
        log = self._requests.get(request_id)
        if log is None:
            log = self._requests[request_id] = RequestLog(session)
        if log.session != session:
            # a frame's document is asked for by one process and shown by another
            if name in ("loadingFinished", "loadingFailed", "responseReceived"):
                _end(log, name, event)
            return
        if name == "requestWillBeSent":
            _begin(log, event)
        elif name == "requestWillBeSentExtraInfo":
            log.sent.append(event)
        elif name == "responseReceivedExtraInfo":
            log.received.append(event)
        else:
            _end(log, name, event)


def headers_of_text(text: str) -> Headers:
    """Header lines as they came over HTTP/1.1, in their order and spelling.

    >>> headers_of_text("HTTP/1.1 200 OK\\r\\nX-Trace: 1\\r\\nx-trace:2\\r\\n\\r\\n")
    (('X-Trace', '1'), ('x-trace', '2'))
    """
    lines = text.replace("\r\n", "\n").split("\n")[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return tuple((name, value.strip()) for name, _, value in pairs if name)


def headers_of_map(headers: dict[str, str]) -> Headers:
    """Headers from an object, in which those of one name are joined with line feeds."""
    return tuple(
        (name, value) for name, values in headers.items() for value in str(values).split("\n")
    )


def response_headers(paused: list[dict[str, str]], raw: Event | None) -> Headers:
    """The fullest list of a response's headers.

    Args:
        paused: as the Fetch domain has them: in order, but over HTTP/2 without Set-Cookie.
        raw: responseReceivedExtraInfo, with the text of the headers over HTTP/1.1.
    """
    if raw is not None and raw.get("headersText") and _is_text(raw["headers"]):
        return headers_of_text(raw["headersText"])
    listed = tuple((header["name"], header["value"]) for header in paused)
    if raw is None:
        return listed
    listed = _with_lost_bytes(listed, raw.get("headers", {}))
    names = {name.lower() for name, _ in listed}
    hidden = tuple(
        (name, _as_sent(value))
        for name, value in headers_of_map(raw.get("headers", {}))
        if name.lower() not in names
    )
    return tuple(pair for pair in (*listed, *hidden) if not pair[0].startswith(":"))


def _is_text(mapped: dict[str, str]) -> bool:
    """Whether all is UTF-8; else the text of the headers lacks bytes, and even ends of lines."""
    values = (_as_sent(value) for value in mapped.values() if not value.isascii())
    return not any("\udc80" <= sign <= "\udcff" for value in values for sign in value)


def _with_lost_bytes(headers: Headers, mapped: dict[str, str]) -> Headers:
    """Headers with their bytes that are no UTF-8, such as a file's name in GBK.

    The Fetch domain leaves these out; the object has each byte as a sign of Windows-1252.
    """
    sent = {
        name.lower(): [_as_sent(value) for value in values.split("\n")]
        for name, values in mapped.items()
        if not values.isascii()
    }
    return tuple(
        (name, sent[name.lower()].pop(0) if sent.get(name.lower()) else value)
        for name, value in headers
    )


def _as_sent(value: str) -> str:
    """UTF-8 where it is that; any other byte as a surrogate (PEP 383)."""
    data = b"".join(
        sign.encode("latin-1") if sign <= "\xff" else sign.encode("cp1252", errors="replace")
        for sign in value
    )
    return data.decode("utf-8", errors="surrogateescape")


def _begin(log: RequestLog, event: Event) -> None:
    if event.get("redirectResponse") and log.hops:
        log.hops[-1].response = event["redirectResponse"]
    elif log.hops:
        return  # told twice
    if len(log.hops) < _MAX_HOPS:
        log.hops.append(Hop(event))


def _end(log: RequestLog, name: str, event: Event) -> None:
    if name == "responseReceived":
        if log.hops and log.hops[-1].response is None:
            log.hops[-1].response = event["response"]
    elif name == "loadingFailed":
        log.failure = str(event.get("errorText", "failed"))
        log.is_cancelled = bool(event.get("canceled"))
    else:
        log.is_finished = True
