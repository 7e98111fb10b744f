"""Fuzzing in plain Python: the corpus again, then mutations with a fixed seed.

Needs no coverage, so it runs wherever the tests run; what it finds is the same each time.
"""

import random
import time
from collections.abc import Iterator

from tests.fuzz import mutators
from tests.fuzz.guard import alarmed, bounded
from tests.fuzz.museum import seeds
from tests.fuzz.targets import TARGETS, Target


class Found(Exception):
    """An input for which a property does not hold; `__cause__` says which.

    Args:
        content: the input.
        tried: how many inputs were tried before it.
    """

    def __init__(self, content: bytes, tried: int) -> None:
        super().__init__(f"after {tried} inputs")
        self.content = content
        self.tried = tried


def try_one(target: Target, content: bytes, tried: int = 0) -> None:
    """Run one input.

    Raises:
        Found: a property does not hold, or an exception came out.
    """
    try:
        with alarmed(), bounded():
            target.run(content)
    except Exception as error:
        raise Found(content, tried) from error


def mutate(name: str, *, seed: int, seconds: float | None = None, count: int = 1 << 62) -> int:
    """Try mutations of the corpus of a target until time or count runs out; how many were tried.

    Raises:
        Found: see `try_one`.
    """
    target = TARGETS[name]
    end = None if seconds is None else time.monotonic() + seconds
    tried = 0
    for content in _mutations(name, seed):
        if tried >= count or (end is not None and time.monotonic() >= end):
            break
        try_one(target, content, tried)
        tried += 1
    return tried


def _mutations(name: str, seed: int) -> Iterator[bytes]:
    target = TARGETS[name]
    rng = random.Random(f"{name} {seed}")
    havoc = mutators.blind(rng, target.max_bytes)
    pool = [content for _, content in seeds(name)]
    while True:
        content = rng.choice(pool)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            content = target.mutate(content, rng, havoc)
        yield content[: target.max_bytes]
