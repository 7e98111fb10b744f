"""capture: a page in a real browser, sealed."""

import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from evidence_kit.cli.capture_options import Claims, WholeNumber, claiming, requesting
from evidence_kit.cli.commands import Command
from evidence_kit.cli.disclosure import disclose
from evidence_kit.cli.login import ask_to_log_in, can_show_window
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
@requesting
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
@claiming
@option(
    "--jobs",
    type=WholeNumber(min=1, max=8),
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
    request: "CaptureRequest",
    label: str | None,
    list_path: Path | None,
    claims: Claims | None,
    jobs: int | None,
    case_folder: Path | None,
    out: Path | None,
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Capture the page and tell what was sealed."""
    kit = kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp)
    if list_path is not None:
        alone = {"URL": url, "--label": label, "--login": request.login}
        _refuse_with_list(alone | {"--environment full": claims is not None})
        if request.attach and jobs not in (None, 1):
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
    request = msgspec.structs.replace(request, url=url.strip())
    _require_address(request)
    target = destination(case_folder, out, kit=kit, name="page")
    if claims is not None:
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
    from evidence_kit.actions.capture import Attendant, capture_page
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
            attendant=Attendant(
                confirm_login=confirm_login if terminal.may_ask else None,
                offer_login=offer_login if may_log_in else None,
                progress=progress,
            ),
        )
    code = show_sealed(terminal, sealed, as_json=as_json, is_suggesting=False)
    _suggest(terminal, sealed, request, out=out)
    return code


def _refuse_with_list(given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if value:
            raise UsageError("urls.alone", option=name)


def _require_address(request: "CaptureRequest") -> None:
    """Refuse what can't be captured; where its signs or its beginning are at fault, say so."""
    from evidence_kit.actions.case import is_case

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
        if "://" not in narrow and os.path.exists(url):
            code = "capture.is_case" if is_case(Path(url)) else "capture.is_path"
            raise UsageError(code, path=url) from None
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
