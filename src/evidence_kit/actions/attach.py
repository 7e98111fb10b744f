"""attach: the signed list of a case's exhibits, ready to go with a complaint."""

import contextlib
import html
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from string import Template

import msgspec

from evidence_kit.actions.case import CASE_FILE, Case
from evidence_kit.actions.complaint import BUNDLES, MANIFEST, README, SIGNATURE, SIGNER
from evidence_kit.actions.exhibits import (
    KINDS,
    NO_TIME,
    Listed,
    beijing_time,
    list_exhibits,
    one_line,
    proven,
)
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import begin, disk_errors
from evidence_kit.actions.verify import verify_case
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.reader import Bundle
from evidence_kit.capture.sanity import is_doubt
from evidence_kit.checks.expectations import Expectations
from evidence_kit.checks.tokens import proven_time
from evidence_kit.crypto.cms import sign_detached, verify_detached
from evidence_kit.crypto.digest import sha256_of_file
from evidence_kit.crypto.keys import SigningKey
from evidence_kit.crypto.pem import certificate_to_pem, certificates_from_pem
from evidence_kit.crypto.tsp import verify_token
from evidence_kit.errors import CaseError, InputError, SealError
from evidence_kit.model import Captured, Item, Kind
from evidence_kit.report import CaseReport, Fault, Outcome, ProvenTime
from evidence_kit.trust.tsa_client import TokenReply

_MAX_ROWS = 12
"""Exhibits shown on the page, which is to fit two sheets of paper."""
_MAX_NAMES = 5
_UNTIL = "封存时间不晚于 / sealed no later than"
_DOUBT = " ⚠ 见 MANIFEST.txt / see MANIFEST.txt"


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that goes with a complaint."""

    folder: Path
    report: CaseReport
    """What verifying the case has shown; INDETERMINATE where something is left open."""
    signer_sha256: str
    """Certificate that the list is signed with."""
    proven_times: tuple[ProvenTime, ...]
    """When the list existed; empty where no token holds under a trusted root."""
    replies: tuple[TokenReply, ...]
    """What became of asking each authority; empty where none was asked."""
    bundles: tuple[Path, ...]
    """The copies of the bundles; empty where they are not included."""


def contents(case: Case) -> tuple[Listed, ...]:
    """What the bundles of a case hold, to be looked at before they go to strangers.

    The case's own bundles by their sequence, then the earlier ones that were brought in.

    Raises:
        CaseError: "case.damaged": a bundle can't be read.
    """
    own = [_read(case, path) for path in case.bundle_paths()]
    earlier = [
        _read(case, path, f"A{number}") for number, path in enumerate(case.included_paths(), 1)
    ]
    return (*sorted(own, key=lambda one: (int(one.number), one.name)), *earlier)


def attach_manifest(
    case: Case,
    out: Path,
    *,
    kit: Kit,
    include_bundles: bool = False,
    progress: Progress | None = None,
) -> Attached:
    """Write the signed and time-stamped list of a case's exhibits, and a page that explains it.

    The folder gets its name only when its own signature, tokens and copies have been read
    back and hold. Without an answer from an authority it is written all the same.

    Args:
        case: its bundles are verified first.
        out: a folder that does not exist yet, or is empty.
        kit: authorities, roots, and the key that the case is signed with.
        include_bundles: copy the bundles too, byte for byte.
        progress: called with the number of bytes verified since the last call.

    Raises:
        CaseError: "attach.altered", "attach.empty", "case.damaged", "case.locked".
        InputError: "file.missing": there is no folder for `out` to stand in.
        SealError: "attach.exists", "attach.copy", "attach.self_check", "disk.full", "seal.write".
        SigningKeyError: the key that signs this case is not on this machine.
    """
    place = out.resolve()
    _require_free(place, out)
    with case.locked():
        report = _verified(case, kit, progress)
        key = begin(case, kit).key
        listed = contents(case)
        digests = {one.path: sha256_of_file(one.path) for one in listed}
        copies = {one.path: f"{BUNDLES}/{one.name}" for one in listed if include_bundles}
        made_at = kit.now()
        manifest = list_exhibits(
            case,
            listed,
            report,
            file_sha256=digests,
            signer_sha256=key.certificate_sha256,
            made_at=made_at,
        ).encode()
        with disk_errors(place.parent), _new_folder(place) as folder:
            for source, name in copies.items():
                _copy(source, folder / name, digests[source])
            if copies:
                # With it the receiver can verify the chain between the bundles, too.
                shutil.copyfile(case.folder / CASE_FILE, folder / BUNDLES / CASE_FILE)
            _write(folder / MANIFEST, manifest)
            replies, times = _prove(folder, manifest, key, made_at, kit)
            page = _page(case, listed, report, times=times, signer=key.certificate_sha256)
            _write(folder / README, page.encode())
    return Attached(
        folder=out,
        report=report,
        signer_sha256=key.certificate_sha256,
        proven_times=times,
        replies=replies,
        bundles=tuple(out / name for name in copies.values()),
    )


def _read(case: Case, path: Path, number: str | None = None) -> Listed:
    try:
        size_bytes = path.stat().st_size
        if path.is_dir():
            raise CaseError("case.damaged", path=str(path))
        with Bundle(path) as bundle:
            link = bundle.evidence.case
            return Listed(
                path=path,
                name=path.relative_to(case.folder).as_posix(),
                number=number or str(link.sequence if link else 0),
                size_bytes=size_bytes,
                evidence=bundle.evidence,
                sha256=bundle.manifest,
                withheld=frozenset(bundle.manifest.keys() - bundle.sizes.keys()),
            )
    except (Fault, InputError, OSError) as error:
        raise CaseError("case.damaged", path=str(path)) from error


def _require_free(place: Path, out: Path) -> None:
    if not place.parent.is_dir():
        raise InputError("file.missing", path=str(out.parent))
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise SealError("attach.exists", path=str(out))


def _verified(case: Case, kit: Kit, progress: Progress | None) -> CaseReport:
    """The report on a case in which nothing has failed."""
    report = verify_case(case.folder, Expectations(anchors=kit.anchors), progress=progress)
    if report.verdict is Outcome.FAILED:
        names = [Path(r.path).name for r in report.bundles if r.verdict is Outcome.FAILED]
        names += [f.subject for f in report.findings if f.outcome is Outcome.FAILED]
        shown = ", ".join(map(one_line, dict.fromkeys(names[:_MAX_NAMES])))
        raise CaseError("attach.altered", names=shown, path=str(case.folder))
    if not report.bundles:
        raise CaseError("attach.empty", path=str(case.folder))
    return report


@contextlib.contextmanager
def _new_folder(place: Path) -> Iterator[Path]:
    """A folder that gets its name when the block ends well, and is gone when it does not."""
    folder = place.parent / f".{secrets.token_hex(8)}.attaching"
    folder.mkdir()
    try:
        yield folder
        if place.exists():
            place.rmdir()
        os.rename(folder, place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _copy(source: Path, copy: Path, sha256: str) -> None:
    """Copy a bundle and read the copy back."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, copy)
    if sha256_of_file(copy) != sha256:
        raise SealError("attach.copy", path=str(source))


def _prove(
    folder: Path, manifest: bytes, key: SigningKey, made_at: datetime, kit: Kit
) -> tuple[tuple[TokenReply, ...], tuple[ProvenTime, ...]]:
    """Sign and stamp the list; what the authorities answered, and what times that proves."""
    signature = sign_detached(manifest, key, signed_at=made_at)
    _write(folder / SIGNATURE, signature)
    _write(folder / SIGNER, certificate_to_pem(key.certificate_der))
    replies = kit.request_tokens(signature)
    tokens = [reply.tsr for reply in replies if reply.tsr is not None]
    for number, token in enumerate(tokens):
        _write(folder / f"{SIGNATURE}.{number}.tsr", token)
    return replies, _read_back(folder, manifest, len(tokens), kit)


def _read_back(folder: Path, manifest: bytes, token_count: int, kit: Kit) -> tuple[ProvenTime, ...]:
    """Check what was written, as a receiver will, and tell what times it proves.

    Raises:
        SealError: "attach.self_check".
    """
    signature = (folder / SIGNATURE).read_bytes()
    try:
        (certificate,) = certificates_from_pem((folder / SIGNER).read_bytes())
        if (folder / MANIFEST).read_bytes() != manifest:
            raise Fault("signature.digest")
        verify_detached(signature, manifest, certificate_der=certificate)
        names = [f"{SIGNATURE}.{number}.tsr" for number in range(token_count)]
        tokens = {
            name: verify_token((folder / name).read_bytes(), signature, anchors=kit.anchors)
            for name in names
        }
    except Fault as fault:
        raise SealError("attach.self_check", reason=fault.code) from fault
    return tuple(proven_time(token, name) for name, token in tokens.items() if token.anchor)


def _page(
    case: Case,
    listed: Sequence[Listed],
    report: CaseReport,
    *,
    times: Sequence[ProvenTime],
    signer: str,
) -> str:
    """README.html. Nothing in it can break out of its text, whatever labels say."""
    template = resources.files("evidence_kit.actions") / "pages" / "attach.html"
    return Template(template.read_text(encoding="utf-8")).substitute(
        facts=" · ".join(html.escape(one_line(value)) for value in case.facts.values()) or "—",
        bundle_count=len(listed),
        exhibit_count=sum(len(one.exhibits) for one in listed),
        signer=":".join(signer[i : i + 2] for i in range(0, len(signer), 2)).upper(),
        stamped=html.escape("; ".join(map(proven, times)) or NO_TIME),
        until=_UNTIL,
        rows=_rows(listed, report),
    )


def _is_doubtful(item: Item) -> bool:
    """Whether the list says of this exhibit why it may not be the page that was meant."""
    if item.kind == Kind.ATTEMPT:
        return True
    return isinstance(item.origin, Captured) and any(map(is_doubt, item.origin.sanity))


def _rows(listed: Sequence[Listed], report: CaseReport) -> str:
    """The exhibits as rows of a table: number, kind, label, time."""
    until = {Path(one.path): one.sealed_no_later_than for one in report.bundles}
    rows = []
    for one in listed:
        time = until[one.path]
        when = beijing_time(time) if time else NO_TIME
        for number, item in one.exhibits:
            label = one_line(item.label)[:80] + (_DOUBT if _is_doubtful(item) else "")
            *cells, last = map(html.escape, (number, KINDS[item.kind], label, when))
            rows.append(
                "".join(f"<td>{cell}</td>" for cell in cells)
                + f'<td data-label="{_UNTIL}">{last}</td>'
            )
    left = len(rows) - _MAX_ROWS
    shown = rows[:_MAX_ROWS]
    if left > 0:
        shown.append(f'<td colspan="4">… +{left}：MANIFEST.txt</td>')
    return "\n".join(f"<tr>{row}</tr>" for row in shown)
