"""share: a copy of a bundle with some files left out."""

from pathlib import Path

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import PATH, as_json, option, pass_terminal
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import mark


@click.command(
    cls=Command,
    short_help=mark("copy a bundle without some of its files"),
    help=mark(
        "Copy a bundle without some of its files. The copy still proves that the rest is"
        " unchanged; the names and digests of what was left out stay visible. `verify` says of it"
        " that it can't be confirmed yet, and which files are left out: these it can't check."
    ),
)
@click.argument("bundle", metavar="BUNDLE", type=PATH)
@option(
    "--without",
    multiple=True,
    required=True,
    metavar="PATH",
    help=mark("a file to leave out, as `show` names it; may be given several times"),
)
@option("-o", "--output", "out", required=True, type=PATH, metavar="FILE", help=mark("the copy"))
@as_json
@pass_terminal
def command(
    terminal: Terminal, bundle: Path, without: tuple[str, ...], out: Path, as_json: bool
) -> ExitCode:
    """Write the copy and warn of what can be guessed."""
    from evidence_kit.actions.share import share_bundle
    from evidence_kit.actions.verify import load_expectations
    from evidence_kit.actions.wanted import require_bundle

    require_bundle(bundle)
    shared = share_bundle(
        bundle,
        out,
        without=frozenset(without),
        expectations=load_expectations(terminal.require_settings()),
    )
    if as_json:
        terminal.put_json(
            {
                "path": str(shared.path),
                "withheld": shared.withheld,
                "guessable": shared.guessable,
                "private": shared.private,
                "derived": shared.derived,
                "report": shared.report,
            }
        )
    else:
        terminal.put_path(shared.path)
    for name in shared.guessable:
        terminal.say(
            terminal.tr(
                "beware: this file is so short that its text can be guessed from its digest,"
                " which stays in the copy: {path}",
                path=name,
            )
        )
    for name in shared.derived:
        terminal.say(
            terminal.tr(
                "beware: this file was made from one that is left out, and may say the same:"
                " {path}",
                path=name,
            )
        )
    for number in shared.private:
        text = mark(
            "beware: exhibit {number} was captured while logged in or with its secrets;"
            " look before you hand it on"
        )
        terminal.say(terminal.tr(text, number=number))
    terminal.say(
        terminal.words.plural(
            "copied without {count} file; who gets the copy sees that it was left out",
            "copied without {count} files; who gets the copy sees that they were left out",
            len(shared.withheld),
        )
    )
    terminal.suggest("evidence-kit", "verify", shared.path)
    return ExitCode.DONE
