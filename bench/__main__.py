"""`python -m bench [--only NAME] [--runs N] [--size MIB] [--json]`."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import capturing, chats, sealing, starting, verifying
from bench.measure import Options, Row

BENCHMARKS: dict[str, Callable[[Path, Options], Iterator[Row]]] = {
    "help": starting.measure,
    "verify": verifying.measure,
    "seal": sealing.measure,
    "capture": capturing.measure,
    "list": capturing.measure_list,
    "chats": chats.measure,
}
_HEAD = ("", "ours", "floor", "ratio", "limit", "", "compared with", "spread of ours; of floor")


def main() -> None:
    """Measure, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", choices=BENCHMARKS, help="measure this alone")
    parser.add_argument("--runs", type=int, default=5, help="runs of each side")
    parser.add_argument("--size", type=int, default=2048, help="MiB of the large file")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    options = Options(runs=given.runs, size_mib=given.size)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as bytecode:
        # An installed program is not compiled anew at every start.
        os.environ["PYTHONPYCACHEPREFIX"] = bytecode
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        for name in [given.only] if given.only else BENCHMARKS:
            print(f"{name} ...", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                rows += BENCHMARKS[name](Path(folder), options)
    print(_json(rows) if given.json else _table(rows))


def _json(rows: list[Row]) -> str:
    return json.dumps(
        [
            {
                "name": row.name,
                "ours": row.ours,
                "floor": row.floor,
                "unit": row.unit,
                "ratio": row.ratio,
                "limit": row.limit,
                "is_met": row.is_met,
            }
            for row in rows
        ],
        indent=2,
    )


def _table(rows: list[Row]) -> str:
    cells = [_HEAD, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    lines = (
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    limit = "" if row.limit is None else f"{row.limit:g}" + ("" if row.is_ratio else f" {row.unit}")
    return (
        row.name,
        f"{row.ours:.3g} {row.unit}",
        "" if row.floor is None else f"{row.floor:.3g} {row.unit}",
        "" if row.ratio is None else f"{row.ratio:.3f}",
        limit,
        {True: "kept", False: "OVER", None: ""}[row.is_met],
        row.floor_name,
        row.spread,
    )


if __name__ == "__main__":
    main()
