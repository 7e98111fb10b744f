"""Where browsers are found on Linux, macOS and Windows, the best first."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec

from evidence_kit.settings import program_folders

_COMMANDS = (
    ("google-chrome-stable", "Google Chrome"),
    ("google-chrome", "Google Chrome"),
    ("chromium", "Chromium"),
    ("chromium-browser", "Chromium"),
    ("microsoft-edge-stable", "Microsoft Edge"),
)
_BUNDLES = (
    ("Google Chrome.app/Contents/MacOS/Google Chrome", "Google Chrome"),
    ("Chromium.app/Contents/MacOS/Chromium", "Chromium"),
    ("Microsoft Edge.app/Contents/MacOS/Microsoft Edge", "Microsoft Edge"),
)
_PROGRAMS = (
    ("chrome.exe", "Google/Chrome/Application/chrome.exe", "Google Chrome"),
    ("msedge.exe", "Microsoft/Edge/Application/msedge.exe", "Microsoft Edge"),
)
_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"
_HIVES = ("HKLM", "HKCU")
_HEAD_BYTES = 8192


class Installed(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is there."""

    path: str
    name: str
    """Such as "Chromium"."""
    how: str
    """By what it was found: "PATH", "Applications", "App Paths (HKLM)", "ProgramFiles"."""


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a machine to find its browsers."""

    platform: str
    """As `sys.platform` has it."""
    home: str
    program_folders: Mapping[str, str]
    """On Windows: folders of programs by the names of their variables."""
    which: Callable[[str], str | None]
    """Path of a command; None where there is none."""
    is_file: Callable[[str], bool]
    real_path: Callable[[str], str]
    """The path behind links."""
    head: Callable[[str], bytes]
    """The first bytes of a file."""
    registered: Callable[[str, str], str | None]
    """Default value of a key in a hive of Windows' registry; None where it has none."""


def this_machine() -> Machine:
    """The machine that this runs on."""
    return Machine(
        platform=sys.platform,
        home=str(Path.home()),
        program_folders=program_folders(),
        which=shutil.which,
        is_file=os.path.isfile,
        real_path=os.path.realpath,
        head=_head,
        registered=_registered,
    )


def installed(machine: Machine) -> Iterator[Installed]:
    """The browsers of a machine, the best first; nothing is started."""
    if machine.platform == "win32":
        yield from _on_windows(machine)
    elif machine.platform == "darwin":
        yield from _on_macos(machine)
    else:
        yield from _on_path(machine)


def _on_path(machine: Machine) -> Iterator[Installed]:
    for command, name in _COMMANDS:
        path = machine.which(command)
        if path and not _is_snap(machine, path):
            yield Installed(path=path, name=name, how="PATH")


def _is_snap(machine: Machine, path: str) -> bool:
    """Whether it is a Snap, or Ubuntu's script around one.

    A Snap sees a /tmp of its own, so the driver and it could not share a profile.
    """
    if "snap" in Path(machine.real_path(path)).parts:
        return True
    head = machine.head(path)
    return head.startswith(b"#!") and b"/snap/bin/" in head


def _on_macos(machine: Machine) -> Iterator[Installed]:
    for folder in ("/Applications", f"{machine.home}/Applications"):
        for inside, name in _BUNDLES:
            path = f"{folder}/{inside}"
            if machine.is_file(path):
                yield Installed(path=path, name=name, how="Applications")


def _on_windows(machine: Machine) -> Iterator[Installed]:
    for program, _, name in _PROGRAMS:
        for hive in _HIVES:
            # some installers write the path in quotes
            path = (machine.registered(hive, rf"{_APP_PATHS}\{program}") or "").strip('"')
            if path and machine.is_file(path):
                yield Installed(path=path, name=name, how=f"App Paths ({hive})")
    for variable, folder in machine.program_folders.items():
        for _, inside, name in _PROGRAMS:
            path = f"{folder}/{inside}"
            if machine.is_file(path):
                yield Installed(path=path, name=name, how=variable)


def _head(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""


def _registered(hive: str, key: str) -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    root = winreg.HKEY_LOCAL_MACHINE if hive == "HKLM" else winreg.HKEY_CURRENT_USER
    try:
        return winreg.QueryValue(root, key)
    except OSError:
        return None
