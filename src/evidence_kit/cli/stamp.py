"""stamp: a time stamp for bundles that have none, or a renewal of the proof they have."""

from pathlib import Path

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.exit_codes import gravest
from evidence_kit.cli.options import PATH, kit_of, option, pass_terminal, stamping
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import CaseError, EvidenceKitError, ExitCode
from evidence_kit.i18n import mark


@click.command(
    cls=Command,
    short_help=mark("get time stamps for bundles that have none, or renew their proof"),
    help=mark(
        "Get a time stamp for bundles that were sealed without one. What is in them stays as"
        " it is; only a digest leaves the machine. PATH is a bundle, or a case for all of its"
        " bundles; it may be given several times."
    ),
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=PATH)
@option(
    "--renew",
    "is_renewal",
    is_flag=True,
    help=mark(
        "renew the proof of bundles that have a time stamp, over all that is in them, before"
        " it can grow old: now and then, every few years"
    ),
)
@stamping
@pass_terminal
def command(
    terminal: Terminal,
    paths: tuple[Path, ...],
    is_renewal: bool,
    tsa: tuple[str, ...],
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Stamp each bundle; one that can't be stamped does not stop the others."""
    from evidence_kit.actions.stamp import renew, stamp
    from evidence_kit.cli.sealing import (
        as_data,
        exit_code,
        show_not_renewed,
        show_sealed,
        show_stamped_before,
    )

    kit = kit_of(terminal, tsa=tsa, trust=trust)
    bundles = [bundle for path in paths for bundle in _bundles(path)]
    is_single = bundles == list(paths) and len(paths) == 1
    done, codes = [], []
    for path in bundles:
        try:
            if is_renewal:
                with terminal.progress(terminal.tr("checked")) as progress:
                    sealed = renew(path, kit=kit, progress=progress)
            else:
                sealed = stamp(path, kit=kit)
        except EvidenceKitError as error:
            if is_single:
                raise
            terminal.show_error(error)
            done.append({"path": str(path), "error": {"code": error.code, "params": error.params}})
            codes.append(error.exit_code)
            continue
        done.append(as_data(sealed))
        codes.append(exit_code(sealed, is_renewal=is_renewal))
        if as_json:
            continue
        if is_renewal and not any(reply.tsr for reply in sealed.replies):
            show_not_renewed(terminal, sealed)
        elif sealed.replies:
            show_sealed(terminal, sealed, as_json=False)
        else:
            show_stamped_before(terminal, sealed)
    if as_json:
        terminal.put_json(done[0] if is_single else done)
    return gravest(codes)


def _bundles(path: Path) -> tuple[Path, ...]:
    """The bundle itself, or all of a case, the earlier ones that were brought in, too."""
    from evidence_kit.actions.case import is_case, open_case
    from evidence_kit.actions.wanted import refuse_folder

    refuse_folder(path)
    if not is_case(path):
        return (path,)
    case = open_case(path)
    bundles = (*case.bundle_paths(), *case.included_paths())
    if not bundles:
        raise CaseError("attach.empty", path=str(path))
    return bundles
