"""attach: the signed list of a case's exhibits, to go with a complaint."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import PATH, given, kit_of, option, pass_terminal, sealing
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import mark
from evidence_kit.report import Outcome

if TYPE_CHECKING:
    from evidence_kit.actions.attach import Attached
    from evidence_kit.actions.case import Case


@click.command(
    cls=Command,
    short_help=mark("make the signed list that goes with a complaint"),
    help=mark(
        "Make the folder that goes with a complaint: a signed and time-stamped list of all"
        " exhibits with their digests and proven times, and one page that explains it."
    ),
)
@click.argument("case_folder", metavar="CASE", type=PATH)
@option(
    "-o",
    "--output",
    "out",
    required=True,
    type=PATH,
    metavar="DIR",
    help=mark("the folder to make"),
)
@option(
    "--include-bundles",
    is_flag=True,
    help=mark("copy the bundles into it, too, after listing what they hold"),
)
@sealing
@pass_terminal
def command(
    terminal: Terminal,
    case_folder: Path,
    *,
    out: Path,
    include_bundles: bool,
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Make the folder and tell what is in it."""
    from evidence_kit.actions.attach import attach_manifest
    from evidence_kit.actions.case import open_case

    kit = kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp)
    case = open_case(case_folder)
    if include_bundles:
        _list_contents(terminal, case)
    with terminal.progress(terminal.tr("checked")) as progress:
        attached = attach_manifest(
            case, out, kit=kit, include_bundles=include_bundles, progress=progress
        )
    code = _show(terminal, attached, as_json=as_json)
    terminal.suggest(
        "evidence-kit",
        "log",
        case_folder,
        "complained",
        "--on",
        "YYYY-MM-DD",
        *given("tsa", "trust"),
    )
    return code


def _list_contents(terminal: Terminal, case: "Case") -> None:
    """What strangers will get, to be looked at before they do."""
    from evidence_kit.actions.attach import contents

    terminal.say(terminal.tr("whoever gets the bundles gets all of this:"))
    for listed in contents(case):
        terminal.say(f"  {listed.path.name}")
        for number, item in listed.exhibits:
            terminal.say(f"    {number} {item.label}")
            for entry in item.files:
                terminal.say(f"      {entry.path}")
        for number in listed.private:
            text = terminal.tr(
                "beware: exhibit {number} was captured while logged in or with its secrets;"
                " look before you hand it on",
                number=number,
            )
            terminal.say(f"    {text}")
    if terminal.may_ask:
        terminal.ask(terminal.tr("press Enter to go on, Ctrl-C to stop"))


def _show(terminal: Terminal, attached: "Attached", *, as_json: bool) -> ExitCode:
    from evidence_kit.cli.report_text import verdict_text
    from evidence_kit.cli.sealing import reply_data, reply_lines
    from evidence_kit.cli.time_text import time_text

    tr, report = terminal.tr, attached.report
    if as_json:
        terminal.put_json(
            {
                "path": str(attached.folder),
                "signer_sha256": attached.signer_sha256,
                "proven_times": attached.proven_times,
                "authorities": reply_data(attached.replies),
                "bundles": [str(path) for path in attached.bundles],
                "report": report,
            }
        )
    else:
        terminal.put_path(attached.folder)
    findings = [*report.findings, *(f for r in report.bundles for f in r.findings)]
    verdict = verdict_text(terminal.words, report.verdict, findings)
    terminal.say(tr("the case: {verdict}", verdict=verdict))
    times = [proven.gen_time for proven in attached.proven_times]
    if times:
        stamped_at = time_text(terminal.words, min(times))
        terminal.say(tr("the list is signed and time-stamped: {time}", time=stamped_at))
    else:
        terminal.say(tr("the list is signed, but there is no time stamp that proves when"))
    for line in reply_lines(terminal, attached.replies):
        terminal.say(line)
    terminal.say(
        tr(
            "tell the receiver this fingerprint by another way: {sha256}",
            sha256=attached.signer_sha256,
        )
    )
    readme = attached.folder / "README.html"
    terminal.say(tr("look at this page before you send the folder: {path}", path=str(readme)))
    is_complete = report.verdict is Outcome.PASSED and times
    return ExitCode.DONE if is_complete else ExitCode.INCOMPLETE
