"""Running things in turns, and what they took."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

KIT: tuple[str | Path, ...] = (
    sys.executable,
    "-c",
    "import sys; from evidence_kit.cli import main; sys.exit(main())",
)
"""The command `evidence-kit`, as its start script runs it."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user of the benchmarks chose."""

    runs: int
    """How often each side runs, after one run that does not count."""
    size_mib: int
    """Size of the large file."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table."""

    name: str
    ours: float
    unit: str
    floor: float | None = None
    """What it is compared with; None where only the limit counts."""
    floor_name: str = ""
    limit: float | None = None
    """Highest ratio, or highest value where there is no ratio; None where none is set."""
    is_ratio: bool = True
    spread: str = ""
    """Lowest and highest of ours, then of the floor."""

    @property
    def ratio(self) -> float | None:
        """Ours to the floor."""
        return self.ours / self.floor if self.floor else None

    @property
    def is_met(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        value = self.ratio if self.is_ratio else self.ours
        return None if self.limit is None or value is None else value <= self.limit


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one process took."""

    wall_s: float
    peak_mib: float
    """Largest resident size; never less than that of the process that started it."""


def run(
    command: Sequence[str | Path], *, expect: int = 0, env: Mapping[str, str] | None = None
) -> Usage:
    """Run a command to its end.

    Args:
        command: program and arguments.
        expect: the exit code that says it has done its work.
        env: variables set for it besides those of this process.

    Raises:
        RuntimeError: it ended in another way.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in command],
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != expect:
        raise RuntimeError(f"{command[-1]}: exit code {process.returncode}, not {expect}")
    # bytes on macOS, KiB elsewhere
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(wall_s=wall_s, peak_mib=usage.ru_maxrss * unit / (1 << 20))


def cpu_seconds(command: Sequence[str | Path]) -> float:
    """Processor time of a command and of the processes it waited for.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def in_turns(*sides: Callable[[], float], runs: int) -> list[list[float]]:
    """What each side gives, run in turns so that the machine's moods meet all alike."""
    for side in sides:
        side()
    taken: list[list[float]] = [[] for _ in sides]
    for number in range(runs):
        turn = list(zip(sides, taken, strict=True))
        for side, kept in turn if number % 2 else reversed(turn):
            kept.append(side())
    return taken


def compared(
    name: str,
    taken: Sequence[Sequence[float]],
    *,
    unit: str,
    floor_name: str,
    limit: float | None = None,
    is_ratio: bool = True,
) -> Row:
    """The row for two series, ours and the floor: their medians and spreads."""
    ours, floor = taken
    return Row(
        name=name,
        ours=median(ours),
        unit=unit,
        floor=median(floor),
        floor_name=floor_name,
        limit=limit,
        is_ratio=is_ratio,
        spread=f"{_spread(ours)}; {_spread(floor)}",
    )


def alone(name: str, taken: Sequence[float], *, unit: str) -> Row:
    """The row for a series that is compared with nothing."""
    return Row(name=name, ours=median(taken), unit=unit, spread=_spread(taken))


def _spread(series: Sequence[float]) -> str:
    return f"{min(series):.3g}-{max(series):.3g}"


def write_noise(path: Path, size_mib: int) -> None:
    """A file of random bytes, one MiB of them again and again: digests don't mind."""
    block = os.urandom(1 << 20)
    with path.open("wb") as out:
        for _ in range(size_mib):
            out.write(block)
