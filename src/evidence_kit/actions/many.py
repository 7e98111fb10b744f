"""capture of many pages: several browsers side by side, one bundle a page.

Each page has a browser of its own, so that no bundle records what another page did. The
bundles of one case are sealed one after the other, as ever.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from urllib.parse import urlsplit

import msgspec

from evidence_kit.actions.capture import INTERRUPT_S, Attendant, capture_page
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.page_list import ListedPage
from evidence_kit.actions.seal import Destination, Sealed
from evidence_kit.capture.background import Stop, Stopped
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.errors import CaptureError, EvidenceKitError
from evidence_kit.model import Observation

DELAY_S = 2.0
"""Between two visits to one host; the same for all, so that a run can be told in advance."""
MAX_JOBS = 8
TRIES = 2

_BROKEN = frozenset({"capture.browser_broken", "capture.driver_broken"})
"""Errors that may be over the next time; any other one would meet every page alike."""
_PASSING = frozenset(
    {"load.partial", "load.timeout", "network.error", "page.closed", "page.crashed"}
)
_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})  # RFC 9110 §15, RFC 6585 §4
_NOT_MEANT = _PASSING | {
    "certificate.error",
    "challenge",
    "download",
    "expect.absent",
    "http.status",
    "login.wall",
    "page.blank",
}


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one try to capture one page."""

    page: ListedPage
    number: int
    """1, or 2 where the first one failed."""
    sealed: Sealed | None = None
    error: EvidenceKitError | None = None
    """Why nothing was sealed."""

    @property
    def is_done(self) -> bool:
        """The page that was meant is sealed, though perhaps not all of it."""
        if self.sealed is None:
            return False
        return not any(seen.code in _NOT_MEANT for seen in self.sealed.shortfalls)

    @property
    def is_tried_again(self) -> bool:
        """It failed for a reason that may have passed, and was not tried again yet."""
        if self.number >= TRIES:
            return False
        return self.sealed is None or any(map(_may_pass, self.sealed.shortfalls))


def _may_pass(seen: Observation) -> bool:
    is_passing_status = seen.code == "http.status" and seen.params.get("status") in _PASSING_STATUS
    return seen.code in _PASSING or is_passing_status


def capture_many(
    pages: Sequence[ListedPage],
    template: CaptureRequest,
    place: Callable[[ListedPage, int], Destination],
    *,
    kit: Kit,
    tell: Callable[[Tried], None],
    jobs: int = 1,
    delay_s: float = DELAY_S,
) -> None:
    """Capture each page of a list into a bundle of its own; those that fail once more.

    An interrupt gives up what is under way and lets what is being sealed come to its end:
    `tell` hears of that, too, before the interrupt goes on.

    Args:
        template: how each is captured; its own address is not used.
        place: where the bundle of a page goes, at its first or second try.
        tell: called in the caller's thread after each try, as they end.
        jobs: how many are captured at the same time, 1 to `MAX_JOBS`.
        delay_s: least time between two visits to one host.

    Raises:
        EvidenceKitError: something is wrong that would meet every page alike.
    """
    run = _Run(template, place, kit, Pace(delay_s))
    todo = list(pages)
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="page") as pool:
        for number in range(1, TRIES + 1):
            again: list[ListedPage] = []
            futures = [pool.submit(run.try_page, page, number) for page in todo]
            try:
                _collect(futures, tell, again)
            except BaseException:
                run.stop.set()
                left = [future for future in futures if not future.cancel()]
                _collect(left, tell, again)
                raise
            todo = sorted(again, key=lambda page: page.number)


def _collect(
    futures: list["Future[Tried | None]"],
    tell: Callable[[Tried], None],
    again: list[ListedPage],
) -> None:
    """Tell of each as it ends, and take it out of the list."""
    for future in as_completed(list(futures)):
        futures.remove(future)
        tried = future.result()
        if tried is not None:
            if tried.is_tried_again:
                again.append(tried.page)
            tell(tried)


class _Run:
    def __init__(
        self,
        template: CaptureRequest,
        place: Callable[[ListedPage, int], Destination],
        kit: Kit,
        pace: "Pace",
    ) -> None:
        self._template = template
        self._place = place
        self._kit = kit
        self._pace = pace
        self.stop = Stop()

    def try_page(self, page: ListedPage, number: int) -> Tried | None:
        """Capture one page in a thread of the pool; None where that was given up."""
        if self.stop.is_set():
            return None
        try:
            sealed = capture_page(
                msgspec.structs.replace(self._template, url=page.url),
                self._place(page, number),
                kit=self._kit,
                label=page.label,
                attendant=Attendant(
                    before_visit=lambda: self._pace.wait(page.url, self.stop), stop=self.stop
                ),
            )
        except Stopped:
            return None
        except CaptureError as error:
            if error.code not in _BROKEN:
                raise
            try:
                self.stop.sleep(INTERRUPT_S)
            except Stopped:
                return None
            return Tried(page=page, number=number, error=error)
        return Tried(page=page, number=number, sealed=sealed)


class Pace:
    """Keeps visits to one host apart.

    Args:
        delay_s: least time between two of them.
        monotonic: seconds.
    """

    def __init__(self, delay_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._delay_s = delay_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next_s: dict[str, float] = {}

    def wait(self, url: str, stop: Stop) -> None:
        """Return when it is this visit's turn.

        Raises:
            Stopped: the run was given up meanwhile.
        """
        host = urlsplit(url).hostname or ""
        with self._lock:
            now_s = self._monotonic()
            turn_s = max(now_s, self._next_s.get(host, now_s))
            self._next_s[host] = turn_s + self._delay_s
        stop.sleep(turn_s - now_s)


def final_tries(tried: Iterable[Tried]) -> tuple[Tried, ...]:
    """The last try of each page, in the order of the list."""
    last = {one.page.number: one for one in tried}
    return tuple(last[number] for number in sorted(last))
