"""capture: a page in a real browser, sealed."""

import contextlib
import gettext
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from click.core import ParameterSource

from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import (
    PATH,
    destination,
    kit_of,
    option,
    pass_terminal,
    placing,
    sealing,
)
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode, UsageError
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from evidence_kit.actions.seal import Sealed
    from evidence_kit.capture.request import CaptureRequest

_STAGES = {
    "launch": mark("starting the browser"),
    "load": mark("loading the page"),
    "rest": mark("scrolling, and waiting until the page is at rest"),
    "artefacts": mark("taking pictures and copies"),
    "seal": mark("sealing"),
}


class _Seconds(click.IntRange):
    """A whole number of seconds, called so in the reader's language."""

    @property
    def name(self) -> str:  # type: ignore[override]
        """What click calls it where something else was given."""
        return gettext.gettext(mark("whole number"))


@click.command(
    cls=Command,
    short_help=mark("capture a web page"),
    help=mark(
        "Capture a web page as a visitor sees it and seal it at once. The site's owner can"
        " see the visit."
    ),
)
@click.argument("url", metavar="URL")
@option("--label", help=mark("what to call it in the list of evidence"))
@option(
    "--login",
    is_flag=True,
    help=mark("open a window in which you log in first; nothing of the login is kept"),
)
@option(
    "--expect", metavar="TEXT", help=mark("text that the page must show, such as the order number")
)
@option(
    "--timeout",
    "timeout_s",
    type=_Seconds(min=1, max=600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help=mark("how long to wait for the page"),
)
@option("--browser", type=PATH, metavar="FILE", help=mark("use this browser"))
@option("--pdf", is_flag=True, help=mark("print the page to a PDF, too"))
@placing
@sealing
@pass_terminal
def command(
    terminal: Terminal,
    url: str,
    *,
    label: str | None,
    login: bool,
    expect: str | None,
    timeout_s: int,
    browser: Path | None,
    pdf: bool,
    case_folder: Path | None,
    out: Path | None,
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Capture the page and tell what was sealed."""
    from evidence_kit.actions.capture import capture_page
    from evidence_kit.capture.request import CaptureRequest
    from evidence_kit.cli.sealing import show_sealed

    if login and not terminal.may_ask:
        raise UsageError("login.no_terminal")
    url = url.strip()
    configured = terminal.require_settings().browser
    request = CaptureRequest(
        url=url,
        expect=expect,
        timeout_s=timeout_s,
        login=login,
        browser_path=str(browser) if browser else configured,
        pdf=pdf,
    )
    _require_address(request)
    kit = kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp)
    place = destination(case_folder, out, kit=kit, name="page")

    def confirm_login() -> None:
        terminal.ask(terminal.tr("log in in the window that has opened, then press Enter here"))

    names = {stage: terminal.tr(name) for stage, name in _STAGES.items()}
    with terminal.stages(names) as progress:
        sealed = capture_page(
            request,
            place,
            kit=kit,
            label=label,
            confirm_login=confirm_login if login else None,
            progress=progress,
        )
    code = show_sealed(terminal, sealed, as_json=as_json, is_suggesting=False)
    _suggest(terminal, sealed, out=out, is_login=login)
    return code


def _require_address(request: "CaptureRequest") -> None:
    """Refuse what can't be captured; to what only lacks its beginning, say so."""
    whole = msgspec.structs.replace(request, url=f"https://{request.url}")
    try:
        request.check()
    except UsageError:
        with contextlib.suppress(UsageError):
            whole.check()
            if "://" not in request.url:
                request = whole
        if request is whole:
            url = whole.url.removeprefix("https://")
            raise UsageError("capture.scheme", url=url, suggestion=whole.url) from None
        raise


def _suggest(terminal: Terminal, sealed: "Sealed", *, out: Path | None, is_login: bool) -> None:
    """Capture again where this is not the page that was meant; else go on as usual."""
    from evidence_kit.cli.sealing import suggest_next

    doubts = {shortfall.code for shortfall in sealed.shortfalls}
    if "login.wall" in doubts and not is_login:
        terminal.suggest(*_same_command(out), "--login")
    elif "expect.absent" in doubts:
        show = ("evidence-kit", "show", sealed.path, "--extract", ".")
        terminal.suggest(*show, form=mark("look at the picture: {command}"))
        terminal.suggest(*_same_command(out), *(["--login"] if is_login else []))
    else:
        suggest_next(terminal, sealed)


def _same_command(out: Path | None) -> list[str]:
    """The command that is running, but with another file to write to, and without --login."""
    context = click.get_current_context()
    words = ["evidence-kit", "capture", str(context.params["url"]).strip()]
    for parameter in context.command.params:
        name = parameter.name or ""
        is_given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if not isinstance(parameter, click.Option) or not is_given or name in ("login", "out"):
            continue
        flag, value = max(parameter.opts, key=len), context.params[name]
        if parameter.is_flag:
            words.append(flag)
        else:
            for one in value if parameter.multiple else (value,):
                words += [flag, str(one)]
    if out:
        stem, dot, rest = out.name.partition(".")
        words += ["-o", str(out.with_name(f"{stem}-2{dot}{rest}"))]
    return words
