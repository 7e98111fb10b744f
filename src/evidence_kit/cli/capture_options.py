"""The options of `capture` that say how a page is captured, and what is told of who does it."""

import functools
import gettext
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evidence_kit.cli.login import session_store
from evidence_kit.cli.options import PATH, option, with_options
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import UsageError
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    pass

Claims = dict[str, str | None]
"""What the user says of himself, by the fields of `Disclosed`."""
_Function = Callable[..., Any]
_PLAIN = ("expect", "timeout_s", "pdf", "region", "device", "keep_secrets")
"""Options that are fields of the request as they are."""


class WholeNumber(click.IntRange):
    """A whole number, called so in the reader's language."""

    @property
    def name(self) -> str:  # type: ignore[override]
        """What click calls it where something else was given."""
        return gettext.gettext(mark("whole number"))


_REQUEST = (
    option(
        "--login",
        is_flag=True,
        help=mark("open a window in which you log in first; nothing of the login is kept"),
    ),
    option(
        "--session",
        metavar="NAME",
        help=mark("use a login that was saved with: evidence-kit login NAME URL"),
    ),
    option(
        "--attach",
        is_flag=False,
        flag_value="auto",
        metavar="[PORT|URL|FOLDER]",
        help=mark(
            "use your own running browser through its debugging port on this machine; since version"
            " 136 Chrome opens one only for a profile in a folder of its own"
        ),
    ),
    option(
        "--expect",
        metavar="TEXT",
        help=mark("text that the page must show, such as the order number"),
    ),
    option(
        "--timeout",
        "timeout_s",
        type=WholeNumber(min=1, max=600),
        default=60,
        show_default=True,
        metavar="SECONDS",
        help=mark("how long to wait for the page"),
    ),
    option("--browser", type=PATH, metavar="FILE", help=mark("use this browser")),
    option("--pdf", is_flag=True, help=mark("print the page to a PDF, too")),
    option(
        "--region",
        metavar="SELECTOR",
        help=mark("add a close-up of what a CSS selector picks, such as: --region '#promise'"),
    ),
    option(
        "--device",
        type=click.Choice(["mobile"]),
        help=mark("present the browser as a phone, for pages that work on nothing else"),
    ),
    option(
        "--keep-secrets",
        is_flag=True,
        help=mark(
            "leave cookies, passwords and tokens in what is recorded; beware: whoever gets the"
            " bundle can use them to act as you"
        ),
    ),
)
_CLAIMS = (
    option(
        "--environment",
        "environment",
        type=click.Choice(["minimal", "full"]),
        default="minimal",
        show_default=True,
        help=mark(
            "full: seal, too, what notaries ask of machine and connection, after it was shown to"
            " you"
        ),
    ),
    option("--operator", metavar="NAME", help=mark("with --environment full: who captures")),
    option("--place", metavar="TEXT", help=mark("with --environment full: where")),
    option("--device-used", metavar="TEXT", help=mark("with --environment full: on which device")),
    option("--reason", metavar="TEXT", help=mark("with --environment full: what for")),
)


def requesting(command: _Function) -> _Function:
    """Adds the options of one capture; the command gets `request`, its address still empty."""

    @functools.wraps(command)
    def with_request(
        *arguments: Any,
        login: bool,
        session: str | None,
        attach: str | None,
        browser: Path | None,
        **others: Any,
    ) -> Any:
        from evidence_kit.capture.request import CaptureRequest

        terminal = click.get_current_context().find_object(Terminal)
        assert terminal is not None
        if login and not terminal.may_ask:
            raise UsageError("login.no_terminal")
        if attach and browser:
            raise UsageError("attach.alone")
        configured = terminal.require_settings().browser
        given = {name: others.pop(name) for name in _PLAIN}
        request = CaptureRequest(
            url="",
            login=login,
            session_path=_session_path(terminal, session),
            attach=attach,
            browser_path=None if attach else str(browser) if browser else configured,
            **given,
        )
        return command(*arguments, request=request, **others)

    return with_options(with_request, *_REQUEST)


def claiming(command: _Function) -> _Function:
    """Adds the options of a full record; the command gets `claims`, None for a minimal one."""

    @functools.wraps(command)
    def with_claims(
        *arguments: Any,
        environment: str,
        operator: str | None,
        place: str | None,
        device_used: str | None,
        reason: str | None,
        **others: Any,
    ) -> Any:
        claims: Claims = {
            "operator_claimed": operator,
            "place_claimed": place,
            "device_claimed": device_used,
            "reason_claimed": reason,
        }
        is_full = environment == "full"
        if not is_full and any(claims.values()):
            raise UsageError("environment.claims")
        return command(*arguments, claims=claims if is_full else None, **others)

    return with_options(with_claims, *_CLAIMS)


def _session_path(terminal: Terminal, name: str | None) -> str | None:
    if name is None:
        return None
    store = session_store(terminal)
    store.load(name)
    return str(store.path(name))
