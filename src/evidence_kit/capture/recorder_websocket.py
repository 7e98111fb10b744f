"""What went over WebSockets, both ways: one JSON object a line.

No player of web archives shows it, and the chat with a shop is often there.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from evidence_kit.capture.recorder_log import Event
from evidence_kit.capture.steps import timestamp

EVENTS = (
    "webSocketCreated",
    "webSocketWillSendHandshakeRequest",
    "webSocketHandshakeResponseReceived",
    "webSocketFrameSent",
    "webSocketFrameReceived",
    "webSocketFrameError",
    "webSocketClosed",
)
_MAX_BYTES = 32 * 2**20
_TEXT = 1


class SocketLog:
    """The sockets of a page and of its frames, in the order of what happened."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._numbers: dict[str, int] = {}
        self._offset_s: float | None = None
        self._size_bytes = 0
        self.is_capped = False
        """Whether frames were left out because they were too many."""

    def note(self, name: str, event: Event) -> None:
        """Take one event of a session's Network domain."""
        socket = self._numbers.setdefault(str(event["requestId"]), len(self._numbers) + 1)
        if "wallTime" in event:
            # the two clocks of the protocol, told together only here
            self._offset_s = event["wallTime"] - event["timestamp"]
        facts = _facts(name, event)
        at = self._at(event)
        timed = {"at": at} if at else {}
        line = json.dumps({"socket": socket, **timed, **facts}, ensure_ascii=False)
        self._size_bytes += len(line)
        if self._size_bytes > _MAX_BYTES:
            self.is_capped = True
            return
        self._lines.append(line)

    def to_jsonl(self) -> bytes:
        """All lines; nothing where there was no socket."""
        text = "".join(f"{line}\n" for line in self._lines)
        return text.encode("utf-8", errors="replace")

    def _at(self, event: Event) -> str | None:
        if "timestamp" not in event or self._offset_s is None:
            return None
        return timestamp(datetime.fromtimestamp(event["timestamp"] + self._offset_s, UTC))


def _facts(name: str, event: Event) -> dict[str, Any]:
    match name:
        case "webSocketCreated":
            return {"event": "created", "url": event["url"]}
        case "webSocketWillSendHandshakeRequest":
            return {"event": "asked", "headers": event["request"]["headers"]}
        case "webSocketHandshakeResponseReceived":
            answer = event["response"]
            return {"event": "opened", "status": answer["status"], "headers": answer["headers"]}
        case "webSocketFrameSent":
            return {"event": "sent", **_payload(event["response"])}
        case "webSocketFrameReceived":
            return {"event": "received", **_payload(event["response"])}
        case "webSocketFrameError":
            return {"event": "error", "text": event["errorMessage"]}
        case _:
            return {"event": "closed"}


def _payload(frame: Event) -> dict[str, Any]:
    """Text as it is; anything else in base64, as the protocol has it."""
    if frame["opcode"] == _TEXT:
        return {"text": frame["payloadData"]}
    data = frame["payloadData"]
    size_bytes = len(base64.b64decode(data))
    return {"opcode": round(frame["opcode"]), "base64": data, "size_bytes": size_bytes}
