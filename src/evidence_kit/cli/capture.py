"""capture: a page in a real browser, sealed."""

from pathlib import Path

import click

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

_STAGES = {
    "launch": mark("starting the browser"),
    "load": mark("loading the page"),
    "rest": mark("scrolling, and waiting until the page is at rest"),
    "artefacts": mark("taking pictures and copies"),
    "seal": mark("sealing"),
}


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
    type=click.IntRange(min=1, max=600),
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
    configured = terminal.require_settings().browser
    request = CaptureRequest(
        url=url,
        expect=expect,
        timeout_s=timeout_s,
        login=login,
        browser_path=str(browser) if browser else configured,
        pdf=pdf,
    )
    request.check()
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
    return show_sealed(terminal, sealed, as_json=as_json)
