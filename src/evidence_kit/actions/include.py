"""include: earlier bundles come into a case, cited by their receipts in a sealed note."""

import filecmp
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed, disk_errors, seal
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle import layout
from evidence_kit.bundle.atomic import AtomicFile
from evidence_kit.bundle.hashing import RUN_BYTES
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import SealError, UsageError
from evidence_kit.model import Draft, DraftFile, Kind, Stated
from evidence_kit.report import Outcome, Question


def include_bundles(case: Case, paths: Sequence[Path], *, kit: Kit) -> Sealed:
    """Copy bundles into the case's folder for earlier ones, and seal a note that cites them.

    They keep their own proofs; the note pins them to the case by their receipts.

    Args:
        case: the case they come into.
        paths: sealed bundles from outside any case.
        kit: keys, authorities, roots.

    Raises:
        InputError: one is missing, can't be read, or is no bundle.
        UsageError: "include.nothing", or "include.same_name".
        SealError: one is altered, or stands in the case already; see also `seal`.
    """
    receipts = receipts_of(paths, kit=kit)
    copies = {path: case.included_folder / _name(path) for path in paths}
    with disk_errors(case.folder):
        case.included_folder.mkdir(exist_ok=True)
        # A copy that is there already is left from a try that was cut short.
        missing = {path: copy for path, copy in copies.items() if not _is_copied(path, copy)}
        for path, copy in missing.items():
            _copy(path, copy)
    now = kit.now()
    origin = Stated(
        event="included",
        recorded_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        on_claimed=now.date().isoformat(),
        channel_claimed=None,
        note_claimed=None,
    )
    with tempfile.TemporaryDirectory(prefix="evidence-kit-") as temporary:
        note = Path(temporary) / "included.txt"
        note.write_text("".join(f"{r}\n" for r in receipts), encoding="ascii", newline="\n")
        file = DraftFile(path=layout.INCLUDED, source=str(note), media_type="text/plain")
        draft = Draft(kind=Kind.NOTE, label="included", origin=origin, files=(file,))
        return seal([draft], case, kit=kit)


def receipts_of(paths: Sequence[Path], *, kit: Kit) -> tuple[str, ...]:
    """The receipts of bundles that can be brought into a case together.

    Raises:
        InputError, UsageError, SealError: see `include_bundles`.
    """
    if not paths:
        raise UsageError("include.nothing")
    if len(set(map(_name, paths))) != len(paths):
        raise UsageError("include.same_name")
    return tuple(_receipt(path, kit) for path in paths)


def _name(path: Path) -> str:
    """The name that a bundle has in the case, whatever it was called."""
    return path.name if path.name.endswith(layout.SUFFIX) else path.name + layout.SUFFIX


def _is_copied(path: Path, copy: Path) -> bool:
    if not copy.exists():
        return False
    if not filecmp.cmp(path, copy, shallow=False):
        raise SealError("seal.exists", path=str(copy))
    return True


def _copy(path: Path, copy: Path) -> None:
    with path.open("rb") as source, AtomicFile(copy.parent) as out:
        while chunk := source.read(RUN_BYTES):
            out.write(chunk)
        out.sync()
        out.publish(copy, replace=False)


def _receipt(path: Path, kit: Kit) -> str:
    report = verify_bundle(path, Expectations(anchors=kit.anchors))
    if (
        path.is_dir()
        or report.answers[Question.UNALTERED] is not Outcome.PASSED
        or report.receipt is None
    ):
        raise SealError("include.altered", path=str(path))
    return report.receipt
