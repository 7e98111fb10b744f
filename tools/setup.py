"""Makes this checkout ready to run: `make setup`, and every other target before its work.

Runs under a bare python3. A second run finds its stamp in .venv and has nothing to do.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "setup.json"
LOCK = ROOT / "requirements.lock"
SDIST_LOCK = ROOT / "requirements-sdist.lock"
REPLAY_VENV = ROOT / ".venv-replay"
REPLAY_LOCK = ROOT / "requirements-replay.lock"
REPLAY_SDIST_LOCK = ROOT / "requirements-replay-sdist.lock"
RIVALS_VENV = ROOT / ".venv-rivals"
RIVALS_LOCK = ROOT / "requirements-rivals.lock"

OLDEST_PYTHON = (3, 11)
OPTIONAL = ("chromium", "xvfb")
"""Without a browser Playwright's is used; without a hidden screen no login is tested."""
BROWSER_NAMES = (
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
    "microsoft-edge-stable",
)
MACOS_BROWSERS = ("Google Chrome", "Chromium", "Microsoft Edge")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
FONT_PATTERNS = ("*CJK*", "*SourceHan*", "wqy*", "uming*", "ukai*", "*DroidSansFallback*")


class SetupError(Exception):
    """Set-up can't go on.

    Args:
        text: what is wrong.
        hint: what to do about it.
    """

    def __init__(self, text: str, hint: str) -> None:
        super().__init__(text)
        self.hint = hint


def main() -> int:
    """Set up what is missing; 0 if all is there now, else 1.

    With the argument "rivals" make only .venv-rivals, anew.
    """
    try:
        require_python()
        if sys.argv[1:] == ["rivals"]:
            make_environment(RIVALS_VENV, RIVALS_LOCK)
            return 0
        has_browser = provide_system_packages()
        provide_environment(with_playwright_browser=not has_browser)
    except SetupError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1
    return 0


def require_python() -> None:
    """Raise SetupError if this Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        raise SetupError(
            f"Python {oldest} or newer is needed, this is {python_version()}",
            f"install it and name it, as in `make setup PYTHON=python{oldest}`",
        )


def python_version() -> str:
    """Such as "3.11"; packages are installed for one such version."""
    return ".".join(map(str, sys.version_info[:2]))


def provide_system_packages() -> bool:
    """Have the programs and fonts that no Python package brings.

    Returns:
        Whether a browser is installed. Without one, Playwright's own is used.
    """
    missing = missing_packages()
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        install_with_apt(missing)
        missing = missing_packages()
    needed = [package for package in missing if package not in OPTIONAL]
    if needed:
        raise SetupError(
            f"not installed: {', '.join(needed)}",
            f"install them, on Debian with: sudo apt-get install {' '.join(needed)}",
        )
    return has_browser()


def missing_packages() -> list[str]:
    """The Debian packages of all that is not there."""
    present = {
        # Ubuntu's chromium package is only a pointer to a Snap.
        "chromium": has_browser() or not is_debian(),
        "python3-venv": find_spec("ensurepip") is not None,
        "openssl": shutil.which("openssl") is not None,
        "unzip": shutil.which("unzip") is not None,
        "zip": shutil.which("zip") is not None,
        "fonts-noto-cjk": has_chinese_font(),
        "libatomic1": has_libatomic(),
        "xvfb": shutil.which("Xvfb") is not None or not is_debian(),
    }
    return [package for package, is_present in present.items() if not is_present]


def has_browser() -> bool:
    """Whether a Chrome, Chromium or Edge is installed."""
    if os.environ.get("EVIDENCE_KIT_BROWSER") or any(map(shutil.which, BROWSER_NAMES)):
        return True
    folders = (Path("/Applications"), Path("~/Applications").expanduser())
    return any((folder / f"{name}.app").exists() for folder in folders for name in MACOS_BROWSERS)


def has_chinese_font() -> bool:
    """Whether Chinese pages would show characters; other systems than Linux bring a font."""
    if not sys.platform.startswith("linux"):
        return True
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    if any(next(folder.rglob(p), None) for folder in folders for p in FONT_PATTERNS):
        return True
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout)


def has_libatomic() -> bool:
    """Whether Playwright's own Node.js will start; of the systems it runs on, Linux needs this."""
    if not sys.platform.startswith("linux"):
        return True
    return any(next(Path(folder).rglob("libatomic.so.1"), None) for folder in LIBRARY_FOLDERS)


def is_debian() -> bool:
    """Whether this is Debian itself, not one of its children."""
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return "ID=debian" in lines


def install_with_apt(packages: Sequence[str]) -> None:
    """Install Debian packages, as root."""
    say(f"installing {', '.join(packages)} (apt-get)")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    hint = f"see what it says above, then try: apt-get install {' '.join(packages)}"
    run(["apt-get", "-q", "update"], "apt-get update failed", hint, environ)
    command = ["apt-get", "-q", "-y", "--no-install-recommends", "install", *packages]
    run(command, "apt-get install failed", hint, environ)


def provide_environment(*, with_playwright_browser: bool) -> None:
    """Have .venv hold the locked packages and the project, .venv-replay the programs that
    replay web archives, and a browser somewhere."""
    always = (Path(__file__), str(ROOT), python_version())
    wanted = {
        "environment": digest(LOCK, SDIST_LOCK, *always),
        "replay": digest(REPLAY_LOCK, REPLAY_SDIST_LOCK, *always),
        "project": digest(ROOT / "pyproject.toml"),
        "playwright_browser": str(with_playwright_browser),
    }
    done = read_stamp()
    if done == wanted:
        return
    made: dict[str, str] = {name: done[name] for name in ("environment", "replay") if name in done}
    if made.get("environment") != wanted["environment"]:
        make_environment(VENV, LOCK, SDIST_LOCK)
        made["environment"] = wanted["environment"]
        write_stamp(made)
    if made.get("replay") != wanted["replay"]:
        make_environment(REPLAY_VENV, REPLAY_LOCK, REPLAY_SDIST_LOCK)
        made["replay"] = wanted["replay"]
        write_stamp(made)
    say("installing the project itself")
    pip(VENV, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    if with_playwright_browser:
        install_playwright_browser()
    write_stamp(wanted)
    say("done")


def make_environment(venv: Path, lock: Path, sdist_lock: Path | None = None) -> None:
    """Make an environment anew, with exactly the packages of its lock files."""
    say(f"making {venv.name} with Python {python_version()}")
    run(
        [sys.executable, "-m", "venv", "--clear", str(venv)],
        "the virtual environment can't be made",
        "see what it says above; on Debian, python3-venv is the package it needs",
    )
    say("installing the locked packages (pip)")
    # the locks name every package, so there is nothing to resolve
    locked = ("--require-hashes", "--no-deps")
    pip(venv, *locked, "--only-binary", ":all:", "--requirement", str(lock))
    if sdist_lock is not None:
        pip(venv, *locked, "--no-build-isolation", "--requirement", str(sdist_lock))


def pip(venv: Path, *arguments: str) -> None:
    """Run `pip install` in an environment."""
    command = [str(venv / "bin" / "python"), "-m", "pip", "--quiet", "--no-input"]
    run(
        [*command, "--disable-pip-version-check", "install", *arguments],
        "pip could not install what the kit needs",
        "see what it says above; without a network nothing can be installed",
    )


def install_playwright_browser() -> None:
    """Fetch Playwright's own Chromium, with the libraries it needs where that is possible."""
    say("no browser is installed: fetching one (playwright install chromium)")
    command = [str(VENV_PYTHON), "-m", "playwright", "install", "chromium"]
    if shutil.which("apt-get") and os.geteuid() == 0:
        command.append("--with-deps")
    run(
        command,
        "no browser is installed and Playwright could not fetch one",
        "install Google Chrome, Microsoft Edge or Chromium, then run this again",
    )


def read_stamp() -> dict[str, str]:
    """What an earlier run has finished; nothing of an environment that is gone."""
    try:
        done: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not (REPLAY_VENV / "bin" / "python").exists():
        done.pop("replay", None)
    return done if VENV_PYTHON.exists() else {}


def write_stamp(done: Mapping[str, str]) -> None:
    """Note what is finished, for the next run."""
    STAMP.write_text(json.dumps(done), encoding="utf-8")


def digest(*parts: Path | str) -> str:
    """One SHA-256 over files and texts."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def run(
    command: Sequence[str], fault: str, hint: str, environ: Mapping[str, str] | None = None
) -> None:
    """Run a program; its output is shown only if it fails, as a SetupError."""
    result = subprocess.run(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if result.returncode:
        sys.stderr.write(result.stdout.decode(errors="replace"))
        raise SetupError(fault, hint)


def say(text: str) -> None:
    """Tell the person who waits what takes the time."""
    print(f"setup: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
