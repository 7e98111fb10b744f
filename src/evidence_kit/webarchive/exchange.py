"""One request and what was answered, whoever recorded it."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

Headers = tuple[tuple[str, str], ...]
Truncation = Literal["length", "time", "disconnect", "unspecified"]
"""Why a body is not whole (WARC 1.1 §5.13)."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request and its response, with the bodies on disk."""

    url: str
    """http or https, without a fragment."""
    method: str
    request_headers: Headers
    request_body: Path | None
    """None where none was sent."""
    status: int
    reason: str
    """What stands behind the status; empty over HTTP/2."""
    response_headers: Headers
    """As they came: the body's encodings are still named."""
    body: Path | None
    """The body with every encoding undone; None where there is none."""
    started_at: datetime
    """Aware, UTC."""
    server_ip: str | None = None
    protocol: str | None = None
    """As the browser names it, such as "http/1.1" or "h2"."""
    truncated: Truncation | None = None
    details: dict[str, Any] = {}
    """Further facts, as JSON will have them: TLS, certificates, what asked for it."""
