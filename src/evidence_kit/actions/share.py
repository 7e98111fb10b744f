"""share: a partial copy that still proves what is left in it."""

from collections.abc import Collection
from pathlib import Path

import msgspec

from evidence_kit.actions.exhibits import is_private
from evidence_kit.actions.seal import disk_errors
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle import layout
from evidence_kit.bundle.atomic import AtomicFile
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.writer import rewrite_bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import InputError, SealError, UsageError, near
from evidence_kit.report import Outcome, Question, Report

_GUESSABLE_BYTES = 1024


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A partial copy."""

    path: Path
    report: Report
    """INDETERMINATE, because files are withheld; nothing in it has failed."""
    withheld: tuple[str, ...]
    guessable: tuple[str, ...]
    """Withheld files so short that their text can be guessed from the digest, which stays."""
    private: tuple[str, ...]
    """Ids of items that show an account or still hold secrets, some file of which is left."""
    derived: tuple[str, ...]
    """Files left in it that were derived from a withheld one, and so may say the same."""


def share_bundle(
    path: Path | str, out: Path | str, *, without: Collection[str], expectations: Expectations
) -> Shared:
    """Copy a bundle without some of its data files; every manifest and proof is kept.

    Args:
        path: a sealed bundle.
        out: the copy; must not exist.
        without: paths below the bundle's top folder, such as "data/files/0001-chat.txt".
        expectations: the roots to verify with.

    Raises:
        InputError: the bundle is missing, can't be read, or is none.
        UsageError: "share.nothing", or "share.unknown_path".
        SealError: the bundle is altered, or `out` exists or can't be written.
    """
    path, out = Path(path), Path(out)
    if not without:
        raise UsageError("share.nothing")
    before = verify_bundle(path, expectations)
    if before.answers[Question.UNALTERED] is Outcome.FAILED or path.is_dir():
        raise SealError("share.altered", path=str(path))
    if out.exists():
        raise SealError("seal.exists", path=str(out))
    if not out.parent.is_dir():
        raise InputError("file.missing", path=str(out.parent))
    with disk_errors(out.parent), Bundle(path) as bundle:
        for name in without:
            if not name.startswith(layout.DATA) or name not in bundle.sizes:
                known = near(name, [one for one in bundle.sizes if one.startswith(layout.DATA)])
                raise UsageError("share.unknown_path", name=name, known=known, path=str(path))
        guessable = tuple(
            sorted(name for name in without if bundle.sizes[name] <= _GUESSABLE_BYTES)
        )
        private = tuple(
            item.id
            for item in bundle.evidence.items
            if is_private(item) and any(entry.path not in without for entry in item.files)
        )
        derived = tuple(
            entry.path
            for entry in bundle.evidence.files()
            if entry.path not in without and not set(entry.from_).isdisjoint(without)
        )
        with AtomicFile(out.parent) as copy:
            rewrite_bundle(copy, bundle, without=frozenset(without))
            report = verify_bundle(copy.path, expectations)
            if report.answers[Question.UNALTERED] is not Outcome.INDETERMINATE:
                raise SealError("seal.self_check", reason=report.verdict)
            copy.publish(out, replace=False)
    return Shared(
        path=out,
        report=msgspec.structs.replace(report, path=str(out)),
        withheld=tuple(sorted(without)),
        guessable=guessable,
        private=private,
        derived=derived,
    )
