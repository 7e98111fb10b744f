"""`python -m bench.endurance [--runs N] [--timeout S]`: many captures of the full shop.

Each is of the page that makes every kind of exchange, over http, https and h2 in turns. Of each
is asked: was it sealed and in time, is a planted secret in any byte of the bundle, is a process
or a temporary file left.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec

from evidence_kit.actions.capture import capture_page
from evidence_kit.actions.kit import Kit, make_kit
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.errors import EvidenceKitError
from evidence_kit.settings import Settings
from fixtures.leaks import leaks, members
from fixtures.processes import of_folder
from fixtures.shop import Shop, running_shop
from fixtures.shop.browser import trusting_browser

PROTOCOLS = ("http", "https", "h2")
_LAST = "都完成了"
"""What the page shows when all its exchanges are over."""
_GONE_S = 2.0


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """How one capture went."""

    protocol: str
    wall_s: float
    is_sealed: bool
    """With every artefact, and the page as it should be."""
    is_hung: bool
    leaked: int
    left: int
    """Processes and files."""
    why: str = ""


def main() -> int:
    """Capture, and print a table; 1 where anything was not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench.endurance", description=__doc__)
    parser.add_argument("--runs", type=int, default=50, help="captures in all")
    parser.add_argument("--timeout", type=float, default=30, help="that of each capture, seconds")
    given = parser.parse_args()
    taken = []
    with tempfile.TemporaryDirectory(prefix="endurance-") as folder:
        kit = make_kit(Settings(data_dir=Path(folder), config_dir=Path(folder)), timestamp=False)
        for number in range(given.runs):
            protocol = PROTOCOLS[number % len(PROTOCOLS)]
            one = take(protocol, Path(folder), kit, given.timeout)
            taken.append(one)
            print(f"{number + 1:3} {_line(one)}", file=sys.stderr, flush=True)
    print(table(taken))
    return int(any(not one.is_sealed or one.is_hung or one.leaked or one.left for one in taken))


def take(protocol: str, folder: Path, kit: Kit, timeout_s: float) -> Taken:
    """Capture once, look, and throw the bundle away."""
    bundle = folder / "page.evidence.zip"
    why = ""
    with (
        running_shop(tls=protocol != "http", http2=protocol == "h2") as shop,
        _own_temporary_folder() as temporary,
    ):
        request = CaptureRequest(
            url=shop.kinds_url,
            expect=_LAST,
            browser_path=trusting_browser(folder, shop),
            timeout_s=timeout_s,
        )
        start = time.monotonic()
        try:
            # cut.png of that page breaks off, as it should
            found = capture_page(request, bundle, kit=kit).shortfalls
            told = [f"{seen.code} {seen.params.get('urls', '')}".strip() for seen in found]
            why = " ".join(name for name in told if not name.startswith("requests.failed"))
        except EvidenceKitError as error:
            why = error.code
        wall_s = time.monotonic() - start
        leaked = _leaked(bundle, shop)
        left = _left(temporary)
    is_sealed = bundle.exists() and not why
    bundle.unlink(missing_ok=True)
    return Taken(
        protocol=protocol,
        wall_s=wall_s,
        is_sealed=is_sealed,
        is_hung=wall_s > timeout_s + 10,
        leaked=leaked,
        left=left,
        why=why,
    )


@contextmanager
def _own_temporary_folder() -> Iterator[Path]:
    """Everything temporary goes to a folder of its own meanwhile."""
    # short: the path of the browser's socket may have 107 bytes at most
    folder = Path(tempfile.mkdtemp(prefix="ek-", dir="/tmp"))
    before, os.environ["TMPDIR"] = os.environ.get("TMPDIR"), str(folder)
    tempfile.tempdir = None  # which remembers
    try:
        yield folder
    finally:
        if before is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = before
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)


def _leaked(bundle: Path, shop: Shop) -> int:
    return len(leaks(members(bundle), shop.planted)) if bundle.exists() else 0


def _left(folder: Path) -> int:
    deadline_s = time.monotonic() + _GONE_S  # a process that was killed may take a moment to go
    while of_folder(folder) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return len(of_folder(folder)) + len(list(folder.iterdir()))


def table(taken: list[Taken]) -> str:
    """Counts and times by protocol."""
    head = ("", "captures", "sealed", "hangs", "left", "secrets", "median", "longest")
    groups = [(name, [one for one in taken if one.protocol == name]) for name in PROTOCOLS]
    rows = [head, *(_row(name, some) for name, some in (*groups, ("all", taken)) if some)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(name: str, taken: list[Taken]) -> tuple[str, ...]:
    times_s = [one.wall_s for one in taken]
    counts = (
        len(taken),
        sum(one.is_sealed for one in taken),
        sum(one.is_hung for one in taken),
        sum(one.left for one in taken),
        sum(one.leaked for one in taken),
    )
    return (name, *map(str, counts), f"{median(times_s):.1f} s", f"{max(times_s):.1f} s")


def _line(one: Taken) -> str:
    said = "sealed" if one.is_sealed else f"NOT AS IT SHOULD BE: {one.why}"
    return f"{one.protocol:5} {one.wall_s:5.1f} s  {said}  secrets {one.leaked}, left {one.left}"


if __name__ == "__main__":
    sys.exit(main())
