"""Print how many bytes the sealing of a file reads: `python -m bench.bytes_read SOURCE OUT`."""

import sys
import tempfile
from pathlib import Path

from evidence_kit.actions.add import add_files
from evidence_kit.actions.kit import make_kit
from evidence_kit.settings import Settings


def main(source: Path, out: Path) -> int:
    """Bytes that this process asked the system for while it sealed `source` as `out`."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        kit = make_kit(Settings(data_dir=folder, config_dir=folder), timestamp=False)
        small = folder / "small.bin"
        small.write_bytes(b"small")
        # The first time reads the program's own modules, which are not counted.
        add_files([small], folder / "small.evidence.zip", kit=kit)
        before = _read_so_far()
        add_files([source], out, kit=kit)
        return _read_so_far() - before


def _read_so_far() -> int:
    counters = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(counters["rchar"])


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2])))
