"""The long run: `make fuzz`, or `python -m tests.fuzz [TARGET…]`.

`FUZZ_SECONDS` is how long it takes in all (3600), `FUZZ_JOBS` how many processes share it (2).
What reaches something new is kept in .cache/fuzz/kept and is where the next run begins.
"""

import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.museum import CORPUS
from tests.fuzz.targets import TARGETS

_CACHE = Path(".cache/fuzz")
_FOUND = _CACHE / "found"
_STATUS = re.compile(r"^#(\d+)\s")
_COVERAGE = re.compile(r"cov: (\d+) ft: (\d+)")
_WRITTEN = re.compile(r"Test unit written to (\S+)")
_REPORT_EVERY_S = 30
_PATIENCE_S = 60


class _Run:
    """One target in its own process, and what has been heard of it."""

    def __init__(self, name: str, seconds: float, seed: int) -> None:
        self.name = name
        self.seconds = seconds
        self.seed = seed
        self.tried = 0
        self.coverage = ""
        self.written: str | None = None
        self.log = _CACHE / "logs" / f"{name}.log"

    def __call__(self) -> bool:
        """True where nothing was found."""
        kept = _CACHE / "kept" / self.name
        for folder in (kept, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.fuzz.engine", self.name, str(_FOUND)]
        command += [str(self.seconds), str(self.seed), str(kept), str(CORPUS / self.name)]
        with (
            self.log.open("w", encoding="utf-8") as log,
            subprocess.Popen(
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
            ) as process,
        ):
            assert process.stderr
            # Neither the engine nor what it runs may keep the others waiting.
            watchdog = threading.Timer(self.seconds + _PATIENCE_S, process.kill)
            watchdog.start()
            heard_at = time.monotonic()
            for line in process.stderr:
                log.write(line)
                self._hear(line)
                if time.monotonic() - heard_at > _REPORT_EVERY_S:
                    heard_at = time.monotonic()
                    _say(f"{self.name}: {self.tried} inputs{self.coverage}")
            watchdog.cancel()
        is_clean = process.returncode == 0
        _say(f"{self.name}: {'done' if is_clean else 'FOUND'}, {self.tried} inputs{self.coverage}")
        if not is_clean:
            _say(f"{self.name}: the input is {self.written}, the reason stands in {self.log}")
        return is_clean

    def _hear(self, line: str) -> None:
        if status := _STATUS.match(line):
            self.tried = int(status[1])
        if coverage := _COVERAGE.search(line):
            self.coverage = f", {coverage[1]} edges, {coverage[2]} features"
        if written := _WRITTEN.search(line):
            self.written = written[1]


_lock = threading.Lock()


def _say(text: str) -> None:
    with _lock:
        print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def main() -> int:
    """Fuzz the named targets, or all; the exit code is 1 where something was found."""
    names = sys.argv[1:] or list(TARGETS)
    seconds = float(os.environ.get("FUZZ_SECONDS", "3600"))
    jobs = int(os.environ.get("FUZZ_JOBS", "2"))
    seed = int(os.environ.get("FUZZ_SEED", str(int(time.time()))))
    _FOUND.mkdir(parents=True, exist_ok=True)
    share = seconds * jobs / sum(TARGETS[name].weight for name in names)
    runs = [
        _Run(name, max(1.0, share * TARGETS[name].weight), seed)
        for name in sorted(names, key=lambda name: -TARGETS[name].weight)
    ]
    _say(f"{len(runs)} targets, {seconds:.0f} s, {jobs} processes, seed {seed}")
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        is_clean = all(list(pool.map(lambda run: run(), runs)))
    _say("nothing was found" if is_clean else f"what was found lies in {_FOUND}")
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
