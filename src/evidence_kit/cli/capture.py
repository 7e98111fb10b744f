"""capture: a page in a real browser, sealed."""

import gettext
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from evidence_kit.cli.commands import Command
from evidence_kit.cli.disclosure import disclose
from evidence_kit.cli.login import ask_to_log_in, can_show_window, session_store
from evidence_kit.cli.options import (
    PATH,
    destination,
    given,
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
    from evidence_kit.actions.kit import Kit
    from evidence_kit.actions.seal import Destination, Sealed
    from evidence_kit.capture.request import CaptureRequest

_STAGES = {
    "launch": mark("starting the browser"),
    "load": mark("loading the page"),
    "rest": mark("scrolling, and waiting until the page is at rest"),
    "artefacts": mark("taking pictures and copies"),
    "seal": mark("sealing"),
}


class _Whole(click.IntRange):
    """A whole number, called so in the reader's language."""

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
@click.argument("url", metavar="[URL]", required=False)
@option("--label", help=mark("what to call it in the list of evidence"))
@option(
    "--login",
    is_flag=True,
    help=mark("open a window in which you log in first; nothing of the login is kept"),
)
@option(
    "--session",
    metavar="NAME",
    help=mark("use a login that was saved with: evidence-kit login NAME URL"),
)
@option(
    "--attach",
    is_flag=False,
    flag_value="auto",
    metavar="[PORT|URL|FOLDER]",
    help=mark(
        "use your own running browser through its debugging port on this machine; since version"
        " 136 Chrome opens one only for a profile in a folder of its own"
    ),
)
@option(
    "--expect", metavar="TEXT", help=mark("text that the page must show, such as the order number")
)
@option(
    "--timeout",
    "timeout_s",
    type=_Whole(min=1, max=600),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help=mark("how long to wait for the page"),
)
@option("--browser", type=PATH, metavar="FILE", help=mark("use this browser"))
@option("--pdf", is_flag=True, help=mark("print the page to a PDF, too"))
@option(
    "--region",
    metavar="SELECTOR",
    help=mark("add a close-up of what a CSS selector picks, such as: --region '#promise'"),
)
@option(
    "--device",
    type=click.Choice(["mobile"]),
    help=mark("present the browser as a phone, for pages that work on nothing else"),
)
@option(
    "--keep-secrets",
    is_flag=True,
    help=mark(
        "leave cookies, passwords and tokens in what is recorded; beware: whoever gets the bundle"
        " can use them to act as you"
    ),
)
@option(
    "--urls",
    "list_path",
    type=PATH,
    metavar="FILE",
    help=mark(
        "capture a list of pages: an address a line, a label behind a tab; run again, it goes on"
        " where it ended"
    ),
)
@option(
    "--environment",
    "environment",
    type=click.Choice(["minimal", "full"]),
    default="minimal",
    show_default=True,
    help=mark(
        "full: seal, too, what notaries ask of machine and connection, after it was shown to you"
    ),
)
@option("--operator", metavar="NAME", help=mark("with --environment full: who captures"))
@option("--place", metavar="TEXT", help=mark("with --environment full: where"))
@option("--device-used", metavar="TEXT", help=mark("with --environment full: on which device"))
@option("--reason", metavar="TEXT", help=mark("with --environment full: what for"))
@option(
    "--jobs",
    type=_Whole(min=1, max=8),
    metavar="N",
    help=mark("how many pages of the list at once; no host is visited more often than every 2 s"),
)
@placing
@sealing
@pass_terminal
def command(
    terminal: Terminal,
    url: str | None,
    *,
    label: str | None,
    login: bool,
    session: str | None,
    attach: str | None,
    expect: str | None,
    timeout_s: int,
    browser: Path | None,
    pdf: bool,
    region: str | None,
    device: Literal["mobile"] | None,
    keep_secrets: bool,
    list_path: Path | None,
    environment: str,
    operator: str | None,
    place: str | None,
    device_used: str | None,
    reason: str | None,
    jobs: int | None,
    case_folder: Path | None,
    out: Path | None,
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Capture the page and tell what was sealed."""
    from evidence_kit.capture.request import CaptureRequest

    if login and not terminal.may_ask:
        raise UsageError("login.no_terminal")
    if attach and browser:
        raise UsageError("attach.alone")
    is_full = environment == "full"
    claims = {
        "operator_claimed": operator,
        "place_claimed": place,
        "device_claimed": device_used,
        "reason_claimed": reason,
    }
    if not is_full and any(claims.values()):
        raise UsageError("environment.claims")
    configured = terminal.require_settings().browser
    request = CaptureRequest(
        url=(url or "").strip(),
        expect=expect,
        timeout_s=timeout_s,
        login=login,
        session_path=_session_path(terminal, session),
        attach=attach,
        browser_path=None if attach else str(browser) if browser else configured,
        pdf=pdf,
        region=region,
        device=device,
        keep_secrets=keep_secrets,
    )
    kit = kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp)
    if list_path is not None:
        _refuse_with_list(url=url, label=label, login=login, is_full=is_full)
        if attach and jobs not in (None, 1):
            raise UsageError("attach.jobs")
        from evidence_kit.cli.capture_many import ManyPages

        many = ManyPages(
            terminal, list_path, case_folder=case_folder, folder=out, kit=kit, as_json=as_json
        )
        return many.run(request, jobs or 1)
    if jobs is not None:
        raise UsageError("urls.jobs")
    if url is None:
        raise UsageError("capture.no_url")
    _require_address(request)
    target = destination(case_folder, out, kit=kit, name="page")
    if is_full:
        disclosed = disclose(terminal, request.url, claims)
        request = msgspec.structs.replace(request, disclosed=disclosed)
    return _capture(terminal, request, target, kit, label=label, out=out, as_json=as_json)


def _capture(
    terminal: Terminal,
    request: "CaptureRequest",
    place: "Destination",
    kit: "Kit",
    *,
    label: str | None,
    out: Path | None,
    as_json: bool,
) -> ExitCode:
    from evidence_kit.actions.capture import capture_page
    from evidence_kit.cli.sealing import show_sealed

    may_log_in = terminal.may_ask and can_show_window()
    names = {stage: terminal.tr(name) for stage, name in _STAGES.items()}
    with terminal.stages(names) as progress:

        def confirm_login() -> None:
            ask_to_log_in(terminal)

        def offer_login() -> bool:
            if progress:
                progress("")  # which clears the line for the question
            question = terminal.tr("the site wants a login; open a window to log in? [y/N]")
            return terminal.ask(question).strip().lower() in ("y", "yes", "是")

        sealed = capture_page(
            request,
            place,
            kit=kit,
            label=label,
            confirm_login=confirm_login if terminal.may_ask else None,
            offer_login=offer_login if may_log_in else None,
            progress=progress,
        )
    code = show_sealed(terminal, sealed, as_json=as_json, is_suggesting=False)
    _suggest(terminal, sealed, request, out=out)
    return code


def _session_path(terminal: Terminal, name: str | None) -> str | None:
    if name is None:
        return None
    store = session_store(terminal)
    store.load(name)
    return str(store.path(name))


def _refuse_with_list(*, url: str | None, label: str | None, login: bool, is_full: bool) -> None:
    given = {"URL": url, "--label": label, "--login": login, "--environment full": is_full}
    for name, value in given.items():
        if value:
            raise UsageError("urls.alone", option=name)


def _require_address(request: "CaptureRequest") -> None:
    """Refuse what can't be captured; where its signs or its beginning are at fault, say so."""
    try:
        request.check()
    except UsageError as error:
        if error.code != "capture.url":
            raise
        url = request.url
        narrow = unicodedata.normalize("NFKC", url)
        if narrow != url and _can_be_captured(request, narrow):
            raise UsageError("capture.full_width", url=url, suggestion=narrow) from None
        whole = f"https://{narrow}"
        if "://" not in narrow and _can_be_captured(request, whole):
            raise UsageError("capture.scheme", url=url, suggestion=whole) from None
        raise


def _can_be_captured(request: "CaptureRequest", url: str) -> bool:
    try:
        msgspec.structs.replace(request, url=url).check()
    except UsageError:
        return False
    return True


def _suggest(
    terminal: Terminal, sealed: "Sealed", request: "CaptureRequest", *, out: Path | None
) -> None:
    """Capture again where this is not the page that was meant; else go on as usual."""
    from evidence_kit.cli.sealing import suggest_next

    doubts = {shortfall.code for shortfall in sealed.shortfalls}
    is_login = request.login or request.attach is not None
    if "login.wall" in doubts and request.session_path and not is_login:
        name = Path(request.session_path).stem
        terminal.suggest("evidence-kit", "login", name, request.url)
    elif "login.wall" in doubts and not is_login:
        terminal.suggest(*_same_command(out), "--login")
    elif doubts & {"expect.absent", "region.absent"}:
        show = ("evidence-kit", "show", sealed.path, "--extract", ".")
        terminal.suggest(*show, form=mark("look at the picture: {command}"))
        if "expect.absent" not in doubts:
            return  # the same selector would pick nothing again
        terminal.suggest(*_same_command(out), *(["--login"] if request.login else []))
    else:
        suggest_next(terminal, sealed)


def _same_command(out: Path | None) -> list[str]:
    """The command that is running, but with another file to write to, and without --login."""
    url = str(click.get_current_context().params["url"]).strip()
    words = ["evidence-kit", "capture", url, *given(without=("login", "out"))]
    if out:
        stem, dot, rest = out.name.partition(".")
        words += ["-o", str(out.with_name(f"{stem}-2{dot}{rest}"))]
    return words
