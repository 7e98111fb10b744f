"""Find the processes of one browser, as Linux lists them."""

import os
import signal
from pathlib import Path


def of_folder(folder: Path) -> dict[int, str]:
    """Processes that name a folder on their command line, with that line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(folder) in line:
                found[int(entry.name)] = line
    return found


def signal_renderers(folder: Path, number: signal.Signals) -> None:
    """Send a signal to every renderer of the browser whose profile is in `folder`."""
    for pid, line in _tree(folder).items():
        if "--type=renderer" in line:
            os.kill(pid, number)


def signal_browser(folder: Path, number: signal.Signals) -> None:
    """Send a signal to the browser whose profile is in `folder`."""
    for pid, line in of_folder(folder).items():
        if "--type=" not in line and "--user-data-dir" in line:
            os.kill(pid, number)


def _tree(folder: Path) -> dict[int, str]:
    """The processes of the folder and all that come from them."""
    parents, lines = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            parents[int(entry.name)], lines[int(entry.name)] = int(stat[1]), line
    members = set(of_folder(folder))
    for _ in range(8):
        members |= {pid for pid, parent in parents.items() if parent in members}
    return {pid: lines[pid] for pid in members if pid in lines}
