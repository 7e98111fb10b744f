"""stamp: a time stamp for bundles that were sealed without one."""

from pathlib import Path

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.exit_codes import gravest
from evidence_kit.cli.options import PATH, kit_of, pass_terminal, stamping
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import EvidenceKitError, ExitCode
from evidence_kit.i18n import mark


@click.command(
    cls=Command,
    short_help=mark("get time stamps for bundles that have none"),
    help=mark(
        "Get a time stamp for bundles that were sealed without one. What is in them stays as"
        " it is; only a digest leaves the machine."
    ),
)
@click.argument("paths", metavar="BUNDLE...", nargs=-1, required=True, type=PATH)
@stamping
@pass_terminal
def command(
    terminal: Terminal,
    paths: tuple[Path, ...],
    tsa: tuple[str, ...],
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Stamp each bundle; one that can't be stamped does not stop the others."""
    from evidence_kit.actions.stamp import stamp
    from evidence_kit.cli.sealing import as_data, exit_code, show_sealed

    kit = kit_of(terminal, tsa=tsa, trust=trust)
    done, codes = [], []
    for path in paths:
        try:
            sealed = stamp(path, kit=kit)
        except EvidenceKitError as error:
            if len(paths) == 1:
                raise
            terminal.show_error(error)
            done.append({"path": str(path), "error": {"code": error.code, "params": error.params}})
            codes.append(error.exit_code)
            continue
        done.append(as_data(sealed))
        codes.append(exit_code(sealed) if as_json else show_sealed(terminal, sealed, as_json=False))
    if as_json:
        terminal.put_json(done if len(done) > 1 else done[0])
    return gravest(codes)
