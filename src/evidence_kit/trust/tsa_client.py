"""Asking time-stamp authorities over HTTP (RFC 3161 §3.4).

What leaves the machine is a digest and a random number.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from evidence_kit.crypto.tsp import MAX_TOKEN_BYTES, accept_response, build_request, verify_token
from evidence_kit.errors import UsageError
from evidence_kit.report import Fault
from evidence_kit.trust.anchors import Endpoint
from evidence_kit.trust.http_exchange import (
    ExchangeError,
    Failure,
    Line,
    Request,
    in_parallel,
    split_url,
)

_CODES = {
    Failure.TIMEOUT: "tsa.timeout",
    Failure.UNREACHABLE: "tsa.unreachable",
    Failure.CUT_SHORT: "tsa.cut_short",
    Failure.HTTP_STATUS: "tsa.http_status",
    Failure.TOO_LARGE: "tsa.too_large",
}
_HEADERS = {
    "Content-Type": "application/timestamp-query",
    "Accept": "application/timestamp-reply",
}


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

    def offset_ms(self, asked_at: datetime) -> int | None:
        """The authority's clock minus the machine's, at half of the delay.

        Args:
            asked_at: by the machine's clock.
        """
        if self.gen_time is None:
            return None
        middle = asked_at + timedelta(seconds=self.elapsed_s / 2)
        return round((self.gen_time - middle).total_seconds() * 1000)

    def refused(self, reason: str) -> "TokenReply":
        """The same reply, its token turned away with the code of a finding."""
        return msgspec.structs.replace(
            self,
            tsr=None,
            gen_time=None,
            error="tsa.rejected",
            error_params={"url": self.url, "reason": reason},
        )


def request_tokens(
    endpoints: Sequence[Endpoint],
    data: bytes,
    *,
    algorithm: str = "sha256",
    deadline_s: float = 10,
    grace_s: float = 3,
    nonce: Callable[[], int] = lambda: secrets.randbits(63),
) -> tuple[TokenReply, ...]:
    """Ask all authorities at the same time; one reply each, in their order.

    Returns when all have answered, `grace_s` seconds after the first token at the latest,
    and after `deadline_s` seconds in any case. One that can't be reached, breaks off or has
    trouble of its own (HTTP 5xx or 429) is asked up to three times; what an authority
    answers in full is its answer.

    Raises:
        UsageError: tsa.url, before anyone is asked.
    """
    for endpoint in endpoints:
        if split_url(endpoint.url, ("http", "https")) is None:
            raise UsageError("tsa.url", url=endpoint.url)
    start = time.monotonic()

    def asking(endpoint: Endpoint) -> Callable[[Line], TokenReply]:
        return lambda line: _ask(endpoint, line, data, algorithm, nonce(), start)

    replies = in_parallel(
        [asking(endpoint) for endpoint in endpoints],
        deadline_s=deadline_s,
        is_enough=lambda reply: reply.tsr is not None,
        grace_s=grace_s,
    )
    is_over = time.monotonic() >= start + deadline_s
    return tuple(
        reply or _failed(endpoint, start, "tsa.timeout" if is_over else "tsa.slow", {})
        for endpoint, reply in zip(endpoints, replies, strict=True)
    )


def _ask(
    endpoint: Endpoint, line: Line, data: bytes, algorithm: str, nonce: int, start: float
) -> TokenReply:
    policy = endpoint.policy
    request = Request(
        method="POST",
        url=endpoint.url,
        headers=_HEADERS,
        body=build_request(data, nonce=nonce, algorithm=algorithm, policy=policy),
        max_bytes=MAX_TOKEN_BYTES,
    )
    try:
        tsr = accept_response(
            line.send(request), data, nonce=nonce, algorithm=algorithm, policy=policy
        )
        gen_time = verify_token(tsr, data, anchors=()).gen_time
    except ExchangeError as error:
        return _failed(endpoint, start, _CODES[error.failure], error.params)
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
