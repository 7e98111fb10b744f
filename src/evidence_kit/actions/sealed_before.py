"""Which files that were just added stand somewhere already, byte for byte: in an earlier bundle
of the case, or in the same bundle.

Only records are read: no file of an earlier bundle is hashed. So what is told is what its
sealed list of digests says, and since when that list has been as it is.
"""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from evidence_kit.actions.case import Case
from evidence_kit.actions.chat_account import MAX_ACCOUNT_BYTES
from evidence_kit.actions.chats import OPERATION
from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.text import escape
from evidence_kit.chats import derived
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import InputError
from evidence_kit.model import FileEntry, Imported, Item, Observation, Role
from evidence_kit.report import Fault, Outcome

SHOWN = 20
"""Of the files that were sealed before, so many are told one by one."""

_UNTIMED = {
    "file.sealed_before": "file.sealed_before_untimed",
    "file.part_sealed_before": "file.part_sealed_before_untimed",
}
"""What is said instead where no time is proven."""


class _Original(NamedTuple):
    """Bytes that an item holds as they were obtained, and the chats in them."""

    name: str
    sha256: str
    texts: dict[str, str]
    """Of a zip: the digest of each chat in it, and its name there."""


class _Place(NamedTuple):
    """Where the same bytes were sealed before."""

    bundle: str
    name: str
    """What they are called there."""
    at: datetime | None
    """No later than this they were listed there; None where no time is proven."""


def sealed_before(case: Case, path: Path, expectations: Expectations) -> Iterator[Observation]:
    """What of a new bundle was in the case already, and where it was first, as its notes.

    Args:
        case: the case that it was added to.
        path: the new bundle.
        expectations: the roots under which the time of an earlier one is proven.

    Raises:
        InputError, Fault: the new bundle can't be read.
    """
    with Bundle(path) as bundle:
        added = list(_originals(bundle))
        last = bundle.evidence.case.sequence if bundle.evidence.case else 0
    wanted = {one.sha256 for one in added}.union(*(one.texts for one in added))
    places: dict[str, _Place] = {}
    for earlier in (*case.included_paths(), *case.bundle_paths()):
        # What is damaged is told by `verify`; here nothing can be said of it.
        is_own = earlier.parent == case.folder
        with contextlib.suppress(Fault, InputError), Bundle(earlier) as bundle:
            if not is_own or _is_before(bundle, case, last):
                _look(bundle, earlier.relative_to(case.folder), wanted, places, expectations)
    found = [note for one in added for note in _notes(one, places)]
    yield from found[:SHOWN]
    if (more := len(found) - SHOWN) > 0:
        yield Observation(code="file.sealed_before_more", params={"count": more})


def sealed_twice(path: Path) -> Iterator[Observation]:
    """Which files of a new bundle have the bytes of one that stands before them in it, as notes.

    Args:
        path: the new bundle.

    Raises:
        InputError, Fault: it can't be read.
    """
    first: dict[str, str] = {}
    found: list[Observation] = []
    with Bundle(path) as bundle:
        for one in _originals(bundle):
            if one.sha256 not in first:
                first[one.sha256] = one.name
                continue
            params: dict[str, str | int] = {"earlier": first[one.sha256], "name": one.name}
            found.append(Observation(code="file.twice", params=params))
    yield from found[:SHOWN]
    if (more := len(found) - SHOWN) > 0:
        yield Observation(code="file.twice_more", params={"count": more})


def _is_before(bundle: Bundle, case: Case, last: int) -> bool:
    """Whether it is of this case, and was not added by somebody else in the meantime."""
    link = bundle.evidence.case
    return link is not None and link.id == case.id and link.sequence < last


def _look(
    bundle: Bundle,
    name: Path,
    wanted: set[str],
    places: dict[str, _Place],
    expectations: Expectations,
) -> None:
    """Note which of the digests a bundle holds, where no earlier place is known."""
    held = {
        sha256: called
        for one in _originals(bundle)
        for sha256, called in ((one.sha256, one.name), *one.texts.items())
        if sha256 in wanted
    }
    at = _listed_no_later_than(bundle, expectations) if held else None
    for sha256, called in held.items():
        known = places.get(sha256)
        if known is None or (at is not None and (known.at is None or at < known.at)):
            places[sha256] = _Place(name.as_posix(), called, at)


def _originals(bundle: Bundle) -> Iterator[_Original]:
    for item in bundle.evidence.items:
        originals = [entry for entry in item.files if entry.role is Role.ORIGINAL]
        for number, entry in enumerate(originals):
            name = entry.path
            if isinstance(item.origin, Imported) and not number:
                name = item.origin.original_name
            if sha256 := bundle.manifest.get(entry.path):
                yield _Original(name, sha256, _texts(bundle, item, entry, name))


def _texts(bundle: Bundle, item: Item, original: FileEntry, name: str) -> dict[str, str]:
    """The chats in a zip, as the account beside it has them."""
    for entry in item.files if original.media_type == "application/zip" else ():
        is_beside = entry.is_made_by(OPERATION) and entry.from_ == (original.path,)
        if is_beside and entry.path.endswith(derived.ACCOUNT):
            with contextlib.suppress(Fault):
                content = bundle.read(entry.path, max_bytes=MAX_ACCOUNT_BYTES)
                is_sealed = sha256_hex(content) == bundle.manifest.get(entry.path)
                account = derived.decode(content) if is_sealed else None
                chats = account.chats if account else ()
                return {one.sha256: f"{name}/{escape(one.member or '')}" for one in chats}
    return {}


def _listed_no_later_than(bundle: Bundle, expectations: Expectations) -> datetime | None:
    """Since when a bundle's lists have been as they are; None where that is not proven."""
    from evidence_kit.checks.examination import Examination
    from evidence_kit.checks.signature import check_signature
    from evidence_kit.checks.timestamps import sealed_no_later_than

    try:
        examination = Examination(bundle, expectations)
        is_signed = all(one.outcome is Outcome.PASSED for one in check_signature(examination))
        is_covered = all(
            sha256_hex(bundle.read(path, max_bytes=layout.MAX_TEXT_BYTES))
            == bundle.tagmanifest.get(path)
            for path in (layout.MANIFEST, layout.EVIDENCE)
        )
        return sealed_no_later_than(examination) if is_signed and is_covered else None
    except (Fault, InputError):
        return None


def _notes(original: _Original, places: dict[str, _Place]) -> Iterator[Observation]:
    """A line for the file itself, else one for all the chats in it."""
    if original.sha256 in places:
        yield _note("file.sealed_before", places[original.sha256], name=original.name)
        return
    texts = [(sha256, name) for sha256, name in original.texts.items() if sha256 in places]
    if texts:
        sha256, name = texts[0]
        code = "file.part_sealed_before"
        yield _note(code, places[sha256], name=original.name, text=name, count=len(texts))


def _note(code: str, place: _Place, **params: str | int) -> Observation:
    params |= {"bundle": escape(place.bundle), "earlier": place.name}
    if place.at is None:
        return Observation(code=_UNTIMED[code], params=params)
    return Observation(code=code, params=params | {"time": _text(place.at)})


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
