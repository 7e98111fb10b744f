"""How fast a large file is sealed, and how often its bytes are read."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.measure import KIT, Options, Row, compared, in_turns, run, write_noise

_SEALED_WITHOUT = 5


def measure(folder: Path, options: Options) -> Iterator[Row]:
    """`evidence-kit add` beside `cp` with `sync`; then the bytes that sealing reads."""
    env = {"EVIDENCE_KIT_DATA_DIR": str(folder / "state")}
    source, bundle, copy = folder / "large.bin", folder / "b.evidence.zip", folder / "copy.bin"
    write_noise(source, options.size_mib)

    def seal() -> float:
        bundle.unlink(missing_ok=True)
        command = [*KIT, "add", source, "-o", bundle, "--no-timestamp"]
        return options.size_mib / run(command, expect=_SEALED_WITHOUT, env=env).wall_s

    def duplicate() -> float:
        copy.unlink(missing_ok=True)
        script = 'cp "$1" "$2" && sync "$2"'
        return options.size_mib / run(["sh", "-c", script, "sh", str(source), str(copy)]).wall_s

    taken = in_turns(seal, duplicate, runs=options.runs)
    yield compared(f"seal {options.size_mib} MiB", taken, unit="MiB/s", floor_name="cp and sync")
    if Path("/proc/self/io").exists():
        bundle.unlink()
        yield _bytes_read(source, bundle)


def _bytes_read(source: Path, bundle: Path) -> Row:
    command = [sys.executable, "-m", "bench.bytes_read", str(source), str(bundle)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Row(
        name="seal, bytes read",
        ours=json.loads(done.stdout) / (1 << 20),
        unit="MiB",
        floor=(source.stat().st_size + bundle.stat().st_size) / (1 << 20),
        floor_name="source and zip, once each",
        limit=1.01,
    )
