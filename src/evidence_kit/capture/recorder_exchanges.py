"""A response that was paused, and what a session tells of it, as one exchange."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from evidence_kit.capture import recorder_log
from evidence_kit.capture.recorder_bodies import Reading, Stream
from evidence_kit.capture.recorder_log import Event, NetworkLog
from evidence_kit.webarchive.exchange import Exchange, Headers, Truncation


class Paused(msgspec.Struct, kw_only=True):
    """One response as it was paused, and what became of its body."""

    event: Event
    place: int
    """Which of the hops of its request this is."""
    at: datetime
    reading: Reading
    body: Path | None = None
    request_body: Path | None = None
    stream: Stream | None = None
    truncated: Truncation | None = None
    is_over: bool = False
    """Nothing more is awaited."""
    is_given_out: bool = False


def to_exchange(paused: Paused, log: NetworkLog) -> Exchange:
    """One recorded exchange, with everything that is known of it."""
    event = paused.event
    request = event["request"]
    known = log.get(event.get("networkId"))
    hop = known.hop(paused.place, request["url"]) if known else None
    status = event["responseStatusCode"]
    raw = known.raw_response(paused.place, status) if known else None
    sent = known.raw_request(paused.place) if known else None
    response = (hop.response if hop else None) or {}
    headers = recorder_log.response_headers(event.get("responseHeaders", []), raw)
    truncated = paused.truncated
    if truncated is None and _is_cut(paused, headers, known.failure if known else None):
        truncated = "disconnect"
    return Exchange(
        url=request["url"],
        method=request["method"],
        request_headers=tuple(
            pair
            for pair in recorder_log.headers_of_map((sent or request)["headers"])
            if not pair[0].startswith(":")
        ),
        request_body=paused.request_body,
        status=status,
        reason=event.get("responseStatusText", ""),
        response_headers=headers,
        body=paused.body,
        started_at=hop.started_at if hop else paused.at,
        server_ip=str(response.get("remoteIPAddress") or "").strip("[]") or None,
        protocol=response.get("protocol"),
        truncated=truncated,
        details=_details(event, response, known.failure if known else None),
    )


def _is_cut(paused: Paused, headers: Headers, failure: str | None) -> bool:
    """Whether a body that was read broke off before its end."""
    if paused.reading is not Reading.WHOLE or paused.body is None:
        return False
    if failure is not None and failure != "net::ERR_ABORTED":
        return True
    named = {name.lower(): value for name, value in headers}
    length = named.get("content-length", "")
    is_plain = "content-encoding" not in named and length.isdecimal()
    return is_plain and paused.body.stat().st_size < int(length)


def _details(event: Event, response: Event, failure: str | None) -> dict[str, Any]:
    details: dict[str, Any] = {"resource_type": event.get("resourceType", "Other")}
    if failure:
        details["failure"] = failure
    if response.get("protocol"):
        details["protocol"] = response["protocol"]
    if response.get("remotePort"):
        details["server_port"] = response["remotePort"]
    tls = response.get("securityDetails")
    if tls:
        details["tls"] = {key: tls[key] for key in sorted(tls) if key != "certificateId"}
    if response.get("fromServiceWorker"):
        details["from_service_worker"] = True
    return details
