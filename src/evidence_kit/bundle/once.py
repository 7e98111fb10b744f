"""A property that is worked out once, whether it turns out well or not."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from evidence_kit.report import Fault

_T = TypeVar("_T")


class once(Generic[_T]):
    """Like `functools.cached_property`, but a Fault is kept and raised again too.

    A record that is slow to refuse is refused once, not by every check that needs it.
    """

    def __init__(self, read: Callable[[Any], _T]) -> None:
        self._read = read
        self._slot = f"_once_{read.__name__}"
        self.__doc__ = read.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> _T:
        kept = instance.__dict__
        if self._slot not in kept:
            try:
                kept[self._slot] = self._read(instance)
            except Fault as fault:
                kept[self._slot] = fault
        value = kept[self._slot]
        if isinstance(value, Fault):
            raise value
        return value  # type: ignore[no-any-return]
