"""Where the user's own browser can be reached: on the loopback address, and nowhere else."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from evidence_kit.bundle.text import escape
from evidence_kit.errors import CaptureError, UsageError

AUTO = "auto"
DEFAULT_PORT = 9222
PORT_FILE = "DevToolsActivePort"
_MAX_PORT_FILE_BYTES = 200
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_BROWSER_PATH = re.compile(r"/devtools/browser/[0-9A-Za-z-]{1,64}")

_LINUX = (".config/google-chrome", ".config/chromium", ".config/microsoft-edge")
_MAC = ("Google/Chrome", "Chromium", "Microsoft Edge")
_WINDOWS = ("Google/Chrome/User Data", "Chromium/User Data", "Microsoft/Edge/User Data")


def endpoints(where: str) -> tuple[str, ...]:
    """Addresses at which the browser may answer, the likeliest first.

    Args:
        where: "auto", a port, an address of this machine, or the folder of a profile.

    Raises:
        UsageError: "attach.where": it is none of these.
        CaptureError: "attach.no_port": no browser with an open port uses that folder.
    """
    if where == AUTO:
        ports = [one for folder in _profiles() if (one := _of_profile(folder))]
        return tuple(dict.fromkeys((*ports, f"http://127.0.0.1:{DEFAULT_PORT}")))
    if where.isascii() and where.isdecimal():
        where = f"http://127.0.0.1:{where}"
    if where and "://" not in where and Path(where).is_dir():
        found = _of_profile(Path(where))
        if found is None:
            raise CaptureError("attach.no_port", path=where)
        return (found,)
    if not _is_endpoint(where):
        raise UsageError("attach.where", text=escape(where.split("@")[-1]))
    return (where,)


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.hostname not in _LOOPBACK or not port or "@" in parts.netloc or parts.query:
        return False
    if parts.scheme == "ws":
        return bool(_BROWSER_PATH.fullmatch(parts.path))
    return parts.scheme == "http" and parts.path in ("", "/")


def _of_profile(folder: Path) -> str | None:
    """The address that a running browser left in the folder of its profile."""
    try:
        with (folder / PORT_FILE).open("rb") as file:
            lines = file.read(_MAX_PORT_FILE_BYTES).decode("ascii").split("\n")
    except (OSError, ValueError):
        return None
    if len(lines) < 2 or not lines[0].isdecimal():
        return None
    endpoint = f"ws://127.0.0.1:{lines[0]}{lines[1]}"
    return endpoint if _is_endpoint(endpoint) else None


def _profiles() -> Iterator[Path]:
    """Where browsers of this system keep their profiles unless told otherwise."""
    home = Path.home()
    if sys.platform == "win32":
        yield from (home / "AppData" / "Local" / name for name in _WINDOWS)
    elif sys.platform == "darwin":
        yield from (home / "Library" / "Application Support" / name for name in _MAC)
    else:
        yield from (home / name for name in _LINUX)
