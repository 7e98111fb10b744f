"""Work with a browser in a thread of its own, while the caller's thread answers for it.

The thread has an event loop, so that every wait for the browser can be given up. What the
caller is asked for meanwhile (a login, a token) runs in the caller's thread, where Ctrl-C
and a terminal work as usual.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import AsyncExitStack
from typing import Generic, TypeVar

import msgspec

_GONE_S = 15.0  # closing, killing and the driver's own cleaning up are each bounded to less

T = TypeVar("T")


class Stopped(Exception):
    """Another thread gave up the work."""


class Stop:
    """Lets one thread give up the work that others wait for."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    def set(self) -> None:
        """Give up what is under way, and what is yet to begin."""
        with self._lock:
            self._event.set()
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback()

    def is_set(self) -> bool:
        """Whether the work is given up."""
        return self._event.is_set()

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            Stopped: the work is given up, before or meanwhile.
        """
        if self._event.wait(max(seconds, 0)):
            raise Stopped

    def tell(self, callback: Callable[[], None]) -> None:
        """Call a function once the work is given up, at once if it is."""
        with self._lock:
            self._callbacks.append(callback)
            is_set = self._event.is_set()
        if is_set:
            callback()

    def forget(self, callback: Callable[[], None]) -> None:
        """Call it no longer."""
        with self._lock:
            self._callbacks.remove(callback)


class _Asked:
    """Something that the caller's thread is to do for the other one."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self.done: Future[None] = Future()

    def run(self) -> None:
        self._work()
        self.done.set_result(None)


class _Result(msgspec.Struct, Generic[T], frozen=True):
    value: T


class Background(Generic[T]):
    """One piece of work in the thread.

    Args:
        work: given a stack for what is to be closed after its result is there.
        stop: gives the work up from outside; None where nobody does.
    """

    def __init__(
        self, work: Callable[[AsyncExitStack], Awaitable[T]], stop: Stop | None = None
    ) -> None:
        self._work = work
        self._stop = stop
        self._mail: queue.SimpleQueue[_Asked | _Result[T] | BaseException] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Future[T] | None = None
        self._thread = threading.Thread(target=self._run, name="browser", daemon=True)
        self._is_given_up = threading.Event()

    # The caller's thread

    def result(self) -> T:
        """Begin, and do what is asked for until the result is there.

        Raises:
            Stopped: the work was given up from outside.
        """
        if self._stop is not None:
            self._stop.tell(self._give_up)
        self._thread.start()
        while True:
            mail = self._mail.get()
            if isinstance(mail, _Result):
                return mail.value
            if isinstance(mail, BaseException):
                raise mail
            mail.run()

    def end(self) -> None:
        """Give up what is not finished, and return when the browser is gone."""
        if not self._thread.ident:
            return
        if self._stop is not None:
            self._stop.forget(self._give_up)
        self._is_given_up.set()
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(_GONE_S)

    # The thread of the work

    async def ask(self, work: Callable[[], None]) -> None:
        """Let the caller's thread do something, and wait until it is done."""
        asked = _Asked(work)
        self._mail.put(asked)
        await asyncio.wrap_future(asked.done)

    def tell(self, work: Callable[[], None]) -> None:
        """Let the caller's thread do something when it comes to it."""
        self._mail.put(_Asked(work))

    def _give_up(self) -> None:
        self._mail.put(Stopped())

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:
            self._mail.put(error)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        # what the browser still says while it is closed is nothing for the user's terminal
        self._loop.set_exception_handler(lambda loop, context: None)
        async with AsyncExitStack() as stack:
            self._task = asyncio.ensure_future(self._work(stack))
            if self._is_given_up.is_set():
                self._task.cancel()
            self._mail.put(_Result(await self._task))
