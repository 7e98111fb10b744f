"""How long `evidence-kit --help` takes."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measure import KIT, Options, Row, compared, in_turns, run


def measure(folder: Path, options: Options) -> Iterator[Row]:
    """Wall time of `--help`, beside an interpreter that does nothing."""
    taken = in_turns(
        lambda: run([*KIT, "--help"]).wall_s * 1000,
        lambda: run([sys.executable, "-c", "pass"]).wall_s * 1000,
        runs=max(options.runs, 11),
    )
    yield compared(
        "--help", taken, unit="ms", floor_name="python -c pass", limit=200, is_ratio=False
    )
