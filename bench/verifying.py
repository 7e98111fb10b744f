"""How long it takes to verify a bundle with one large file, and how much memory."""

from collections.abc import Iterator
from pathlib import Path

from bench.measure import KIT, Options, Row, compared, in_turns, run, write_noise

_NO_TIME_STAMP = 4
_SEALED_WITHOUT = 5


def measure(folder: Path, options: Options) -> Iterator[Row]:
    """`evidence-kit verify` beside `openssl dgst -sha256` of the file inside."""
    env = {"EVIDENCE_KIT_DATA_DIR": str(folder / "state")}
    source, bundle = folder / "large.bin", folder / "large.evidence.zip"
    write_noise(source, options.size_mib)
    sealing = [*KIT, "add", source, "-o", bundle, "--no-timestamp"]
    run(sealing, expect=_SEALED_WITHOUT, env=env)
    peaks: list[float] = []

    def verify() -> float:
        usage = run([*KIT, "verify", bundle], expect=_NO_TIME_STAMP, env=env)
        peaks.append(usage.peak_mib)
        return usage.wall_s

    taken = in_turns(
        verify, lambda: run(["openssl", "dgst", "-sha256", source]).wall_s, options.runs
    )
    name = f"verify {options.size_mib} MiB"
    yield compared(name, taken, unit="s", floor_name="openssl dgst -sha256", limit=1.2)
    yield Row(
        name=f"{name}, memory",
        ours=max(peaks),
        unit="MiB",
        limit=120,
        is_ratio=False,
        spread=f"{min(peaks):.3g}-{max(peaks):.3g}",
    )
