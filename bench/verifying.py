"""How long it takes to verify, and how much memory: few large files, many small ones, cases."""

import functools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.measure import KIT, Options, Row, Usage, alone, compared, in_turns, run

_KIB, _MIB = 1 << 10, 1 << 20
_BUNDLES = 1000


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One bundle, and how much more than hashing its files its verification may take."""

    name: str
    count: int
    size_bytes: int
    openssl: float
    """Highest ratio to `openssl dgst -sha256` of the files."""
    sha256sum: float
    """Highest ratio to `sha256sum -c` of the files."""
    memory_mib: int
    bagit: float | None = None
    """Highest ratio to `bagit.py --validate --processes 2`; None where that is not run."""


def measure(folder: Path, options: Options) -> Iterator[Row]:
    """`evidence-kit verify`, start and token included, beside programs that only hash."""
    for work in (
        _Work(
            name=f"{options.size_mib} MiB",
            count=1,
            size_bytes=options.size_mib * _MIB,
            openssl=1.1,
            sha256sum=0.4,
            memory_mib=120,
        ),
        _Work(
            name="20,000 x 10 KiB",
            count=20_000,
            size_bytes=10 * _KIB,
            openssl=1.3,
            sha256sum=0.6,
            memory_mib=200,
            bagit=0.25,
        ),
        _Work(
            name="300 x 2 MiB",
            count=300,
            size_bytes=2 * _MIB,
            openssl=1.1,
            sha256sum=0.4,
            memory_mib=120,
        ),
    ):
        place = folder / work.name.replace(" ", "")
        yield from _compare(work, place, options)
        run(["rm", "-r", place])
    yield from _growth(folder, options)
    yield from _several(folder / "several", options)


def _compare(work: _Work, folder: Path, options: Options) -> Iterator[Row]:
    _make(folder, work.count, work.size_bytes)
    files, sums = folder / "files", folder / "sums"
    _shell('cd "$1" && find . -type f -print0 | xargs -0 sha256sum > "$2"', files, sums)
    peaks: list[float] = []

    def verify() -> float:
        usage = _verify(folder, folder / "sealed.evidence.zip")
        peaks.append(usage.peak_mib)
        return usage.wall_s

    floors: dict[str, tuple[Callable[[], float], float]] = {
        "openssl dgst -sha256": (
            lambda: _shell(
                'cd "$1" && find . -type f -print0 | xargs -0 openssl dgst -sha256', files
            ),
            work.openssl,
        ),
        "sha256sum -c": (
            lambda: _shell('cd "$1" && sha256sum -c --status "$2"', files, sums),
            work.sha256sum,
        ),
    }
    bagit = Path(sys.executable).with_name("bagit.py")
    if work.bagit and bagit.exists():
        run(["unzip", "-q", folder / "sealed.evidence.zip", "-d", folder / "bag"])
        (top,) = (folder / "bag").iterdir()
        command: list[str | Path] = [bagit, "--validate", "--processes", "2", "--quiet", top]
        floors["bagit.py --validate"] = (lambda: run(command).wall_s, work.bagit)
    ours, *taken = in_turns(verify, *(floor for floor, _ in floors.values()), runs=options.runs)
    for (name, (_, limit)), floor in zip(floors.items(), taken, strict=True):
        yield compared(f"verify {work.name}", (ours, floor), unit="s", floor_name=name, limit=limit)
    yield Row(
        name=f"verify {work.name}, memory",
        ours=max(peaks),
        unit="MiB",
        limit=work.memory_mib,
        is_ratio=False,
        spread=f"{min(peaks):.3g}-{max(peaks):.3g}",
    )


def _growth(folder: Path, options: Options) -> Iterator[Row]:
    """What a file costs in small and in large bundles."""
    for count in (100, 1000, 10_000, 100_000):
        place = folder / str(count)
        _make(place, count, _KIB)
        bundle = place / "sealed.evidence.zip"
        (taken,) = in_turns(functools.partial(_wall_s, place, bundle), runs=options.runs)
        each = [wall_s / count * 1e6 for wall_s in taken]
        yield alone(f"verify {count:,} x 1 KiB, a file", each, unit="us")
        run(["rm", "-r", place])


def _several(folder: Path, options: Options) -> Iterator[Row]:
    """Many small bundles in one call."""
    _make(folder, _BUNDLES, _KIB, "--case")
    case = folder / "case"
    bundles = sorted(case.glob("*.evidence.zip"))
    for name, paths in (("as paths", bundles), ("as a case", [case])):
        (taken,) = in_turns(functools.partial(_wall_s, folder, *paths), runs=options.runs)
        rates = [_BUNDLES / wall_s for wall_s in taken]
        yield alone(f"verify {_BUNDLES:,} bundles {name}", rates, unit="a second")


def _make(folder: Path, count: int, size_bytes: int, *how: str) -> None:
    told = ["--count", str(count), "--size", str(size_bytes), *how]
    run([sys.executable, "-m", "bench.bundles", folder, *told])


def _verify(folder: Path, *paths: Path) -> Usage:
    env = {"EVIDENCE_KIT_DATA_DIR": str(folder / "state")}
    return run([*KIT, "verify", *paths, "--trust", folder / "root.pem"], env=env)


def _wall_s(folder: Path, *paths: Path) -> float:
    return _verify(folder, *paths).wall_s


def _shell(script: str, *arguments: Path) -> float:
    """Seconds that a script takes."""
    return run(["sh", "-c", script, "sh", *arguments]).wall_s
