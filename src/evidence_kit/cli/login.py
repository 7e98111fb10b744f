"""login: log in to a site once, in a visible window, for captures with --session."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import PATH, as_json, option, pass_terminal
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode, UsageError
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from evidence_kit.capture.sessions import SessionStore


@click.command(
    cls=Command,
    short_help=mark("log in to a site once, for later captures"),
    help=mark(
        "Open a window at URL in which you log in, and keep the session under NAME for"
        " evidence-kit capture --session NAME. It never goes into a bundle. Whoever has the file"
        " is logged in as you: forget the session when the dispute is over, and log out at the"
        " site."
    ),
)
@click.argument("name", metavar="[NAME]", required=False)
@click.argument("url", metavar="[URL]", required=False)
@option("--list", "is_list", is_flag=True, help=mark("list the saved sessions"))
@option("--forget", metavar="NAME", help=mark("delete a saved session"))
@option("--browser", type=PATH, metavar="FILE", help=mark("use this browser"))
@as_json
@pass_terminal
def command(
    terminal: Terminal,
    name: str | None,
    url: str | None,
    is_list: bool,
    forget: str | None,
    browser: Path | None,
    as_json: bool,
) -> ExitCode:
    """Save, list or delete."""
    store = session_store(terminal)
    if is_list:
        return _list(terminal, store, as_json=as_json)
    if forget is not None:
        store.forget(forget)
        terminal.say(terminal.tr("forgotten; the site may still hold you logged in elsewhere"))
        return ExitCode.DONE
    if name is None or url is None:
        raise UsageError("login.nothing")
    if not terminal.may_ask:
        raise UsageError("login.no_terminal")
    from evidence_kit.actions.login import save_session
    from evidence_kit.capture.request import CaptureRequest

    configured = terminal.require_settings().browser
    request = CaptureRequest(url=url, browser_path=str(browser) if browser else configured)
    path = save_session(name, request, store=store, confirm=lambda: ask_to_log_in(terminal))
    if as_json:
        terminal.put_json({"name": name, "path": str(path)})
    else:
        terminal.put_path(path)
    terminal.say(terminal.tr("keep this file to yourself: whoever has it is logged in as you"))
    terminal.suggest("evidence-kit", "capture", url, "--session", name)
    return ExitCode.DONE


def session_store(terminal: Terminal) -> "SessionStore":
    """The sessions in the user's data folder."""
    from evidence_kit.capture.sessions import SessionStore

    return SessionStore(terminal.require_settings().data_dir / "sessions")


def ask_to_log_in(terminal: Terminal) -> None:
    """Return when the user says that he has logged in."""
    terminal.ask(terminal.tr("log in in the window that has opened, then press Enter here"))


def can_show_window() -> bool:
    """Whether there is a screen, as far as can be told without trying."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _list(terminal: Terminal, store: "SessionStore", *, as_json: bool) -> ExitCode:
    from evidence_kit.cli.time_text import time_text

    found = [(name, store.saved_at(name), store.load(name).sites) for name in store.names()]
    if as_json:
        terminal.put_json(
            [{"name": name, "saved_at": at, "sites": sites} for name, at, sites in found]
        )
        return ExitCode.DONE
    for name, saved_at, sites in found:
        terminal.put(f"{name}  {time_text(terminal.words, saved_at)}  {', '.join(sites)}")
    if not found:
        terminal.say(terminal.tr("there is no saved session yet"))
        terminal.suggest("evidence-kit", "login", "NAME", "URL")
    return ExitCode.DONE
