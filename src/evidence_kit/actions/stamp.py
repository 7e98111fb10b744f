"""stamp: add a time-stamp token to a bundle that was sealed without one."""

import contextlib
from pathlib import Path

from evidence_kit.actions.case import is_case, open_case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed, disk_errors, verify_own_work
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle import layout
from evidence_kit.bundle.atomic import AtomicFile
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.writer import rewrite_bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import SealError, UsageError
from evidence_kit.report import Outcome, Question


def stamp(path: Path | str, *, kit: Kit) -> Sealed:
    """Ask the authorities for tokens and add those they give; all else stays byte for byte.

    A bundle whose time is proven already is left as it is.

    Args:
        path: a sealed bundle; replaced at once by the one with the tokens.
        kit: authorities and roots.

    Raises:
        InputError: it is missing, can't be read, or is no bundle.
        UsageError: no authority to ask.
        SealError: the bundle is altered or repacked ("stamp.altered"), or full of tokens, or
            can't be written. The bundle is as it was.
    """
    path = Path(path)
    expectations = Expectations(anchors=kit.anchors)
    before = verify_bundle(path, expectations)
    if before.answers[Question.UNALTERED] is not Outcome.PASSED or path.is_dir():
        raise SealError("stamp.altered", path=str(path))
    if before.answers[Question.SINCE] is Outcome.PASSED:
        return Sealed(path=path, report=before, receipt=before.receipt or "", replies=())
    if not kit.endpoints:
        raise UsageError("stamp.no_authority")
    with _held(path), disk_errors(path.parent), Bundle(path) as bundle:
        replies = kit.request_tokens(bundle.signature)
        tokens = [reply.tsr for reply in replies if reply.tsr is not None]
        if not tokens:
            return Sealed(path=path, report=before, receipt=before.receipt or "", replies=replies)
        taken = len(bundle.token_paths)
        if taken + len(tokens) > layout.MAX_TOKENS:
            raise SealError("stamp.too_many", path=str(path), count=layout.MAX_TOKENS)
        numbers = (n for n in range(layout.MAX_TOKENS) if layout.token_path(n) not in bundle.sizes)
        adding = {layout.token_path(n): token for n, token in zip(numbers, tokens, strict=False)}
        with AtomicFile(path.parent) as out:
            rewrite_bundle(out, bundle, adding=adding)
            report = verify_own_work(out.path, path, kit)
            out.publish(path, replace=True)
    return Sealed(path=path, report=report, receipt=report.receipt or "", replies=replies)


def _held(path: Path) -> contextlib.AbstractContextManager[None]:
    """The case of the bundle, held for writing, where it has one."""
    # An earlier bundle that was brought in stands one folder deeper.
    for folder in (path.parent, path.parent.parent):
        if is_case(folder):
            return open_case(folder).locked()
    return contextlib.nullcontext()
