"""verify: has it been changed since it was sealed, since when, and by whom?"""

import functools
import gc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from evidence_kit.cli.commands import Command
from evidence_kit.cli.exit_codes import GRAVITY, gravest
from evidence_kit.cli.options import PATH, as_json, given, option, pass_terminal, trust
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import EvidenceKitError, ExitCode, UsageError
from evidence_kit.i18n import mark
from evidence_kit.report import CaseReport, Outcome, Report

if TYPE_CHECKING:
    from evidence_kit.actions.holdings import Holding
    from evidence_kit.actions.verify import Expected, Witness
    from evidence_kit.bundle.reader import Bundle

Result = Report | CaseReport | EvidenceKitError

_OBJECTS_BEFORE_COLLECTION = 200_000

_EXIT_CODES = {
    Outcome.PASSED: ExitCode.DONE,
    Outcome.FAILED: ExitCode.NO,
    Outcome.INDETERMINATE: ExitCode.UNDECIDED,
}


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why something could not be verified at all."""

    code: str
    """Stable key such as "bundle.not_a_zip"; its words stand in `messages.ERRORS`."""
    params: dict[str, str | int]
    """What the words name."""


class NotVerified(msgspec.Struct, frozen=True, kw_only=True):
    """One of several paths that could not be verified at all."""

    path: str
    error: Reason


@click.command(
    cls=Command,
    help=mark(
        "Check bundles, folders they were unzipped to, or a case. Nothing is asked of the"
        " network. PATH may be given several times. Of a case each bundle has a line, and what"
        " is not in order is told below; with -v all that was checked of each bundle is."
    ),
    short_help=mark("check bundles or a case"),
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PATH)
@trust
@option(
    "--signer",
    metavar="SHA256",
    help=mark("fingerprint of the certificate that must have signed, as the sender gave it"),
)
@option(
    "--receipt",
    metavar="TEXT",
    help=mark("the receipt that was sent at sealing; it pins the bundle"),
)
@option(
    "--crl",
    "crls",
    metavar="FILE",
    type=PATH,
    multiple=True,
    help=mark(
        "a later revocation list (CRL), from the authority itself; may be given several times"
    ),
)
@option(
    "--distrust",
    metavar="NAME@DATE",
    multiple=True,
    help=mark(
        "hold an algorithm to be broken from this day on, as in sha256@2040-01-01; may be"
        " given several times"
    ),
)
@option(
    "--html",
    type=PATH,
    metavar="FILE",
    help=mark("also write the report to this file, as a page for people who install nothing"),
)
@as_json
@pass_terminal
def command(
    terminal: Terminal,
    paths: tuple[Path, ...],
    trust: tuple[Path, ...],
    signer: str | None,
    receipt: str | None,
    crls: tuple[Path, ...],
    distrust: tuple[str, ...],
    html: Path | None,
    as_json: bool,
) -> ExitCode:
    """Check each path; the gravest answer gives the exit code."""
    # Records of thousands of files hold no cycles; looking for them takes a tenth of the time.
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    from evidence_kit.actions.case import is_case
    from evidence_kit.actions.holdings import HoldingsReader
    from evidence_kit.actions.verify import load_expectations

    if receipt is not None and len(paths) > 1:
        raise UsageError("receipt.several")
    load = functools.partial(
        load_expectations,
        terminal.require_settings(),
        trust=trust,
        signer=signer,
        receipt=receipt,
        crls=crls,
        distrust=distrust,
    )
    # A root that was given takes long to read: one bundle is being hashed meanwhile.
    expectations = load if len(paths) == 1 else load()
    page = _Page(html, terminal.lang) if html else None
    holdings: dict[str, Holding] = {}
    results = []
    for path in paths:
        witnesses: list[Witness] = [page.read] if page else []
        if is_case(path) and not as_json:
            witnesses.append(HoldingsReader(holdings))
        results.append(_verify(terminal, path, expectations, witnesses))
    if len(paths) == 1 and isinstance(results[0], EvidenceKitError):
        raise results[0]
    if as_json:
        values = [_as_data(path, result) for path, result in zip(paths, results, strict=True)]
        terminal.put_json(values if len(values) > 1 else values[0])
    else:
        _put_text(terminal, results, holdings)
        _name_details(terminal, results)
    codes = [_exit_code(result) for result in results]
    if page:
        codes.append(page.write(terminal, list(zip(paths, results, strict=True))))
    _suggest(terminal, results)
    # The process ends now, and would look for cycles among all of it once more.
    gc.freeze()
    return gravest(codes)


class _Page:
    """The page that was asked for, and what is collected for it while bundles are verified.

    Args:
        target: where it goes.
        lang: the language that it begins with.

    Raises:
        SealError: nothing can be written there, or something else stands there.
    """

    def __init__(self, target: Path, lang: str) -> None:
        # Only here: who wants no page does not wait for what makes it.
        from evidence_kit.actions.contents import ContentsReader
        from evidence_kit.cli.report_html import require_place

        require_place(target)
        self.read = ContentsReader()
        self._target = target
        self._lang = lang

    def write(self, terminal: Terminal, results: Sequence[tuple[Path, Result]]) -> ExitCode:
        """Write the page; where that fails, the verdict has been told all the same."""
        from evidence_kit.cli.report_html import make_page, write_page

        try:
            write_page(self._target, make_page(results, self.read.contents, lang=self._lang))
        except EvidenceKitError as error:
            terminal.show_error(error)
            return error.exit_code
        terminal.say(terminal.tr("page written to {path}", path=str(self._target)))
        return ExitCode.DONE


def _verify(
    terminal: Terminal, path: Path, expectations: "Expected", witnesses: "Sequence[Witness]"
) -> Result:
    from evidence_kit.actions.case import is_case
    from evidence_kit.actions.verify import verify_bundle, verify_case
    from evidence_kit.actions.wanted import refuse_folder

    def witness(bundle: "Bundle", report: Report) -> None:
        for one in witnesses:
            one(bundle, report)

    verify = verify_case if is_case(path) else verify_bundle
    try:
        refuse_folder(path)
        with terminal.progress(terminal.tr("checked")) as progress:
            return verify(path, expectations, progress=progress, witness=witness)
    except EvidenceKitError as error:
        return error


def _as_data(path: Path, result: Result) -> Report | CaseReport | NotVerified:
    if isinstance(result, EvidenceKitError):
        return NotVerified(path=str(path), error=Reason(code=result.code, params=result.params))
    return result


def _put_text(
    terminal: Terminal, results: Sequence[Result], holdings: "Mapping[str, Holding]"
) -> None:
    from evidence_kit.cli.report_text import bundle_lines

    for number, result in enumerate(results):
        if number:
            terminal.put("")
        match result:
            case EvidenceKitError():
                terminal.show_error(result)
                continue
            case CaseReport():
                from evidence_kit.cli.report_case import case_lines

                lines = case_lines(terminal.words, result, holdings, is_verbose=terminal.is_verbose)
            case Report():
                lines = bundle_lines(terminal.words, result, is_verbose=terminal.is_verbose)
        for line in lines:
            terminal.put(line.text, line.outcome)


def _name_details(terminal: Terminal, results: Sequence[Result]) -> None:
    """How to see all that was checked of the bundles of a case, of which less is told."""
    for one in results:
        if isinstance(one, CaseReport) and one.bundles and not terminal.is_verbose:
            terminal.suggest(
                *("evidence-kit", "verify", "-v", one.path, *given(without=("html",))),
                form=mark("all that was checked of each bundle: {command}"),
            )


def _exit_code(result: Result) -> ExitCode:
    if isinstance(result, EvidenceKitError):
        return result.exit_code
    return _EXIT_CODES[result.verdict]


def _suggest(terminal: Terminal, results: Sequence[Result]) -> None:
    """The next step for the first path that is not settled; else for the first one."""
    told = [result for result in results if not isinstance(result, EvidenceKitError)]
    result = min(told, key=lambda r: GRAVITY.index(_EXIT_CODES[r.verdict]), default=None)
    if result is None:
        return
    bundles = result.bundles if isinstance(result, CaseReport) else (result,)
    timeless = [r.path for r in bundles if any(f.code == "timestamp.none" for f in r.findings)]
    is_untrusted = any(f.code == "timestamp.untrusted" for r in bundles for f in r.findings)
    if timeless and result.verdict is Outcome.INDETERMINATE:
        places = [result.path] if isinstance(result, CaseReport) else timeless
        terminal.suggest("evidence-kit", "stamp", *places, *given("trust"))
    elif is_untrusted and result.verdict is Outcome.INDETERMINATE:
        terminal.suggest("evidence-kit", "verify", result.path, "--trust", "ROOT.pem")
    elif result.verdict is Outcome.PASSED and isinstance(result, CaseReport):
        terminal.suggest(
            *("evidence-kit", "attach", result.path, "-o", "complaint"), *given("trust")
        )
    elif not bundles:
        terminal.suggest("evidence-kit", "capture", "URL", "--case", result.path)
    else:
        bad = next((r for r in bundles if r.verdict is result.verdict), bundles[0])
        if _can_be_shown(bad):
            terminal.suggest("evidence-kit", "show", bad.path)


def _can_be_shown(report: Report) -> bool:
    """False where the bundle is too damaged for `show`."""
    if report.bundle_id:
        return True  # its record has been read
    from evidence_kit.bundle.reader import Bundle
    from evidence_kit.report import Fault

    try:
        with Bundle(Path(report.path)) as bundle:
            return bool(bundle.evidence.id and bundle.manifest)
    except (Fault, EvidenceKitError, OSError):
        return False
