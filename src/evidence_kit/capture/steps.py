"""The log of a capture, failures included: steps.jsonl."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Detail = dict[str, str | int]


class Shortfall(Exception):
    """A step did not give what it should have; the capture goes on without it.

    Args:
        reason: one word for the record, such as "timeout", "crashed" or "net::ERR_FAILED".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StepLog:
    """Collects the steps in the order in which they end.

    Args:
        clock: the machine's clock, aware, UTC.
        monotonic: seconds; never set back, so that durations hold when the clock is changed.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._origin_s = monotonic()
        self._lines: list[str] = []

    @contextmanager
    def step(self, name: str, **detail: str | int) -> Iterator[Detail]:
        """Log what the block does; the block may add to the detail that it is given.

        A block that puts a "reason" there has failed without raising.
        """
        started_ms, started_at = self._now_ms(), timestamp(self._clock())
        outcome = "interrupted"
        try:
            yield detail
            outcome = "failed" if "reason" in detail else "done"
        except Exception as error:
            outcome = "failed"
            detail["reason"] = reason(error)
            raise
        finally:
            line = {
                "step": name,
                "started_at": started_at,
                "started_ms": started_ms,
                "ended_ms": self._now_ms(),
                "outcome": outcome,
                "detail": detail,
            }
            self._lines.append(json.dumps(line, ensure_ascii=False))

    def to_jsonl(self) -> bytes:
        """All steps so far: one JSON object a line, UTF-8."""
        text = "".join(f"{line}\n" for line in self._lines)
        return text.encode("utf-8", errors="replace")

    def _now_ms(self) -> int:
        return round((self._monotonic() - self._origin_s) * 1000)


def reason(error: BaseException) -> str:
    """One word for what went wrong.

    The browser's own messages may hold paths of this machine, so they are never repeated.

    >>> reason(ValueError("Page.goto: net::ERR_NAME_NOT_RESOLVED at https://shop.example/"))
    'net::ERR_NAME_NOT_RESOLVED'
    """
    if isinstance(error, Shortfall):
        return error.reason
    code = re.search(r"net::ERR_[A-Z0-9_]+", str(error))
    if code:
        return code[0]
    if "Download is starting" in str(error):
        return "download"
    names = {kind.__name__ for kind in type(error).__mro__}
    return "timeout" if "TimeoutError" in names else type(error).__name__


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and a final Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
