"""init: a new case folder."""

from pathlib import Path

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import PATH, kit_of, option, pass_terminal, sealing
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import mark


@click.command(
    cls=Command,
    short_help=mark("make a new case folder"),
    help=mark(
        "Make a new case folder: one folder for one dispute. What is not given as an option"
        " is asked for; an empty answer leaves it out."
    ),
)
@click.argument("folder", metavar="DIR", type=PATH)
@option("--platform", help=mark("where it was bought, such as the name of the site"))
@option("--merchant", help=mark("who sold it"))
@option("--order", help=mark("number of the order"))
@option(
    "--include",
    type=PATH,
    multiple=True,
    metavar="BUNDLE",
    help=mark("bring in an earlier bundle, cited in a sealed note; may be given several times"),
)
@sealing
@pass_terminal
def command(
    terminal: Terminal,
    folder: Path,
    *,
    platform: str | None,
    merchant: str | None,
    order: str | None,
    include: tuple[Path, ...],
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Make the folder and say what comes next."""
    from evidence_kit.actions.case import create_case
    from evidence_kit.actions.include import include_bundles, receipts_of
    from evidence_kit.actions.wanted import require_bundle
    from evidence_kit.cli.sealing import as_data, exit_code, say_sealed

    kit = kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp)

    given = {"platform": platform, "merchant": merchant, "order": order}
    questions = {
        "platform": terminal.tr("platform (where it was bought)"),
        "merchant": terminal.tr("merchant (who sold it)"),
        "order": terminal.tr("number of the order"),
    }
    facts = {
        name: (terminal.ask(questions[name]) if terminal.may_ask else "")
        if value is None
        else value
        for name, value in given.items()
    }
    facts = {name: value.strip() for name, value in facts.items()}
    if include:
        # An earlier bundle that can't come in is told of before there is a case without it.
        for path in include:
            require_bundle(path)
        receipts_of(include, kit=kit)
    case = create_case(folder, facts=facts, now=kit.now(), new_id=kit.new_id)
    sealed = include_bundles(case, include, kit=kit) if include else None
    if as_json:
        note = {"included": as_data(sealed)} if sealed else {}
        terminal.put_json({"path": str(case.folder), "id": case.id, "facts": case.facts} | note)
    else:
        terminal.put_path(case.folder)
    if sealed:
        say_sealed(terminal, sealed)
    terminal.suggest("evidence-kit", "capture", "URL", "--case", folder)
    return exit_code(sealed) if sealed else ExitCode.DONE
