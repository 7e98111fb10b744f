"""Where browsers are found, on machines that are made up."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from evidence_kit.capture import browser
from evidence_kit.capture.browser import FoundBrowser, find_browser
from evidence_kit.capture.discovery import Installed, Machine, installed, this_machine
from evidence_kit.errors import CaptureError
from evidence_kit.settings import program_folders
from tests.build import refused

APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"


def machine(
    platform: str,
    *files: str,
    commands: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    scripts: Mapping[str, bytes] | None = None,
    registry: Mapping[tuple[str, str], str] | None = None,
    folders: Mapping[str, str] | None = None,
) -> Machine:
    """A machine that holds just these."""
    return Machine(
        platform=platform,
        home="/Users/ahe",
        program_folders=folders or {},
        which=(commands or {}).get,
        is_file=files.__contains__,
        real_path=lambda path: (links or {}).get(path, path),
        head=lambda path: (scripts or {}).get(path, b"\x7fELF"),
        registered=lambda hive, key: (registry or {}).get((hive, key)),
    )


def _paths(found: Machine) -> list[str]:
    return [one.path for one in installed(found)]


def test_on_linux_commands_are_looked_for_in_their_order() -> None:
    names = ("microsoft-edge-stable", "chromium", "google-chrome-stable", "chromium-browser")
    found = machine("linux", commands={name: f"/usr/bin/{name}" for name in names})
    assert _paths(found) == [
        "/usr/bin/google-chrome-stable",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/microsoft-edge-stable",
    ]
    assert next(iter(installed(found))) == Installed(
        path="/usr/bin/google-chrome-stable", name="Google Chrome", how="PATH"
    )


@pytest.mark.parametrize(
    ("path", "real_path", "head"),
    [
        ("/snap/bin/chromium", "/usr/bin/snap", b"\x7fELF"),
        (
            "/usr/bin/chromium-browser",
            "/usr/bin/chromium-browser",
            b'#!/bin/sh\nexec /snap/bin/chromium "$@"\n',
        ),
    ],
    ids=["a link", "a script around one"],
)
def test_a_snap_is_passed_over(path: str, real_path: str, head: bytes) -> None:
    commands = {"chromium": path, "microsoft-edge-stable": "/usr/bin/edge"}
    found = machine("linux", commands=commands, links={path: real_path}, scripts={path: head})
    assert _paths(found) == ["/usr/bin/edge"]


def test_a_distributions_own_script_is_no_snap() -> None:
    scripts = {"/usr/bin/chromium": b'#!/bin/sh\nexec /usr/lib/chromium/chromium "$@"\n'}
    commands = {"chromium": "/usr/bin/chromium"}
    assert _paths(machine("linux", commands=commands, scripts=scripts)) == ["/usr/bin/chromium"]


def test_on_macos_both_folders_of_applications_are_looked_into() -> None:
    own = "/Users/ahe/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    edge = "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"
    found = machine("darwin", own, edge, commands={"chromium": "/opt/homebrew/bin/chromium"})
    assert [(one.path, one.name, one.how) for one in installed(found)] == [
        (edge, "Microsoft Edge", "Applications"),
        (own, "Google Chrome", "Applications"),
    ]


def test_on_windows_the_registry_comes_before_the_folders() -> None:
    chrome = r"D:\Apps\Chrome\chrome.exe"
    edge = r"C:\Program Files (x86)/Microsoft/Edge/Application/msedge.exe"
    found = machine(
        "win32",
        chrome,
        edge,
        registry={("HKCU", rf"{APP_PATHS}\chrome.exe"): f'"{chrome}"'},
        folders={
            "ProgramFiles": r"C:\Program Files",
            "ProgramFiles(x86)": r"C:\Program Files (x86)",
        },
    )
    assert [(one.path, one.name, one.how) for one in installed(found)] == [
        (chrome, "Google Chrome", "App Paths (HKCU)"),
        (edge, "Microsoft Edge", "ProgramFiles(x86)"),
    ]


def test_on_windows_the_machines_registry_comes_before_the_users() -> None:
    key = rf"{APP_PATHS}\msedge.exe"
    paths = {("HKLM", key): r"C:\edge.exe", ("HKCU", key): r"D:\edge.exe"}
    found = machine("win32", *paths.values(), registry=paths)
    assert _paths(found) == [r"C:\edge.exe", r"D:\edge.exe"]


def test_what_the_registry_names_but_is_gone_is_passed_over() -> None:
    registry = {("HKLM", rf"{APP_PATHS}\chrome.exe"): r"C:\gone.exe"}
    assert _paths(machine("win32", registry=registry)) == []


def test_folders_of_programs_are_those_of_windows_in_their_order() -> None:
    environ = {"LOCALAPPDATA": r"D:\local", "ProgramFiles": r"C:\P", "PATH": r"C:\x"}
    assert list(program_folders(environ).items()) == [
        ("ProgramFiles", r"C:\P"),
        ("LOCALAPPDATA", r"D:\local"),
    ]


def test_this_machine_has_a_browser_and_says_how_it_was_found() -> None:
    first = next(iter(installed(this_machine())))
    assert Path(first.path).is_file()
    found = find_browser()
    assert (found.path, found.how, found.source) == (first.path, first.how, "system")


def test_a_path_that_is_given_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "msedge"
    path.touch()
    assert find_browser(str(path)) == FoundBrowser(
        path=str(path), name="Microsoft Edge", source="given", how="--browser"
    )


@pytest.mark.parametrize("is_there", [True, False])
def test_without_an_installed_browser_playwrights_own_is_taken(
    monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    async def own() -> str | None:
        return "/cache/chromium" if is_there else None

    monkeypatch.setattr(browser, "this_machine", lambda: machine("linux"))
    monkeypatch.setattr(browser, "_playwrights_own", own)
    if is_there:
        assert find_browser() == FoundBrowser(
            path="/cache/chromium", name="Chromium", source="playwright", how="Playwright"
        )
    else:
        with refused(CaptureError, "capture.no_browser"):
            find_browser()
