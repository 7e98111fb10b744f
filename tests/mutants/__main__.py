"""`python -m tests.mutants [WORDS…]`: remove each check in turn; some row must turn red.

Prints each check that nothing misses, and both counts: of checks and of rows. WORDS choose
the checks whose line holds them all.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.mutants.rows import Row, all_rows
from tests.mutants.sites import Site, apply, find_sites

_ROOT = Path(__file__).parents[2]
_TESTS = ("tests/checks", "tests/tamper/test_folder.py", "tests/bundle", "tests/crypto")
"""Where rows stand that are no data: attacks on cases and folders, cases of single parts."""
_LIMIT_S = 120
_GREEN, _RED = 0, 1


def main(words: Sequence[str]) -> int:
    """Exit code 1 where a check can be removed unnoticed, or a row is red without that."""
    sites = [site for site in find_sites() if all(word in str(site) for word in words)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        rows = tuple(all_rows(Path(folder)))
        bad = [row.name for row in rows if row.is_red()]
        if bad:
            print("red before anything was removed:", *bad, sep="\n  ")
            return 1
        print(f"{len(rows)} rows, {len(sites)} checks", flush=True)
        found = []
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for site, name in zip(sites, pool.map(lambda s: _judged(s, rows), sites), strict=True):
                found.append(name)
                if name is None:
                    print(f"NOT MISSED  {site}", flush=True)
                print(f"\r{len(found)}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    missed = sum(name is not None for name in found)
    seconds = time.monotonic() - started
    print(
        f"{missed} of {len(sites)} checks turn a row red when removed;"
        f" {len({name for name in found if name})} of {len(rows)} rows were the first to turn"
        f" ({seconds:.0f} s)"
    )
    return 0 if missed == len(sites) else 1


def _judged(site: Site, rows: Sequence[Row]) -> str | None:
    """Name of the first row that turns red; None where the check is not missed."""
    is_of_crypto = site.module.startswith("crypto.")
    likely = sorted(
        rows, key=lambda row: (row.code not in site.text, row.is_of_crypto is not is_of_crypto)
    )
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _in_child(lambda: _first_red(site, likely), writer)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as stream:
        name = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return f"a row that never ended (signal {os.WTERMSIG(status)})"
    if status:
        raise RuntimeError(f"the check could not be removed: {site}")
    return name or None


def _in_child(work: Callable[[], str], writer: int) -> None:
    signal.alarm(_LIMIT_S)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    code = 1
    try:
        os.write(writer, work().encode())
        code = 0
    finally:
        os._exit(code)


def _first_red(site: Site, rows: Sequence[Row]) -> str:
    apply(site)
    for row in rows:
        if row.is_red():
            return row.name
    return next(_failed_tests(), "")


def _failed_tests() -> Iterator[str]:
    """Names of the first test that fails now."""
    failed: list[str] = []

    class Watch:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

    options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "--rootdir", str(_ROOT)]
    pytest.main([*options, *(str(_ROOT / path) for path in _TESTS)], plugins=[Watch()])
    yield from failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
