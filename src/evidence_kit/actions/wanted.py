"""What a user may have meant who gave a folder, a case or a file where a bundle is wanted."""

import itertools
from collections.abc import Iterable
from pathlib import Path

from evidence_kit.actions.case import Case, is_case, open_case
from evidence_kit.actions.complaint import refuse_complaint
from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.text import escape
from evidence_kit.errors import CaseError, EvidenceKitError, InputError, UsageError
from evidence_kit.model import Kind
from evidence_kit.report import Fault

_SHOWN_NAMES = 5


def refuse_folder(path: Path) -> None:
    """Refuse a folder that holds bundles, a complaint or a case, but is none of these.

    Raises:
        InputError: "bundle.is_list", "bundle.is_above" or "bundle.case_above".
    """
    refuse_complaint(path)
    is_unzipped = (path / layout.EVIDENCE).is_file() or any(path.glob(f"{layout.TOP_PREFIX}*"))
    if not path.is_dir() or is_case(path) or is_unzipped:
        return
    found = sorted(itertools.islice(path.glob("*/case.toml"), 100))
    if found:
        raise InputError("bundle.case_above", path=str(path), example=str(found[0].parent))
    bundles = sorted(itertools.islice(path.glob(f"*{layout.SUFFIX}"), 1000))
    if bundles:
        raise InputError("bundle.is_above", path=str(path), example=str(bundles[-1]))


def require_bundle(path: Path, *, kind: Kind = Kind.PAGE) -> None:
    """Refuse a case, or another folder that is no bundle, where one bundle is wanted.

    Args:
        path: what was given.
        kind: what the bundle should hold; one that does is suggested. Any other will do,
            unless it is a chat that is wanted.

    Raises:
        UsageError: "case.no_bundle", or "chat.none_in_case".
        CaseError: "attach.empty" or "chat.case_empty": there is no bundle to be named.
        InputError: see `refuse_folder`.
    """
    refuse_folder(path)
    if is_case(path):
        raise _one_of(open_case(path), kind)


def chat_beside(path: Path) -> Path | None:
    """The newest bundle with a chat in the case that a bundle stands in; None without one."""
    case = open_case(path.parent) if is_case(path.parent) else None
    found, _ = bundles_with(case, Kind.CHAT) if case else ([], [])
    return found[-1] if found else None


def bundles_with(case: Case, kind: Kind) -> tuple[list[Path], list[Path]]:
    """The bundles of a case that say they hold this kind, and those that can't be read.

    Those that were brought in come first, and the newest last.
    """
    found, unread = [], []
    for path in (*case.included_paths(), *case.bundle_paths()):
        try:
            with Bundle(path) as bundle:
                if any(item.kind is kind for item in bundle.evidence.items):
                    found.append(path)
        except (Fault, InputError):
            unread.append(path)
    return found, unread


def _one_of(case: Case, kind: Kind) -> EvidenceKitError:
    """Which bundle of the case can be named instead of it, or why none can."""
    folder, bundles = str(case.folder), case.bundle_paths()
    found, unread = bundles_with(case, kind)
    if not found and kind is Kind.CHAT:
        if unread:
            return UsageError("chat.case_unread", path=folder, names=_names(unread))
        if not bundles:
            return CaseError("chat.case_empty", path=folder)
        return UsageError("chat.none_in_case", path=folder, names=_names(bundles))
    found = found or list(bundles)
    if not found:
        return CaseError("attach.empty", path=folder)
    return UsageError("case.no_bundle", path=folder, example=str(found[-1]))


def _names(paths: Iterable[Path]) -> str:
    names = [escape(path.name) for path in paths]
    return ", ".join(names[:_SHOWN_NAMES]) + (", …" if len(names) > _SHOWN_NAMES else "")
