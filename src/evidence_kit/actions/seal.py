"""seal: write a bundle, sign it, time-stamp it, verify what was written, give it its name."""

import contextlib
import dataclasses
import errno
import functools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from evidence_kit import __version__
from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.proofs import Proofs, obtain_proofs
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle import layout
from evidence_kit.bundle.atomic import AtomicFile
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.writer import write_bundle
from evidence_kit.checks.chain import Link, check_chain
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.keys import SigningKey
from evidence_kit.crypto.pem import certificate_to_pem
from evidence_kit.errors import SealError
from evidence_kit.model import (
    FORMAT,
    Browser,
    CaseLink,
    Draft,
    DraftFile,
    Evidence,
    Observation,
    Record,
    Software,
)
from evidence_kit.report import Fault, Finding, Outcome, Question, Report
from evidence_kit.settings import platform_family
from evidence_kit.trust.crl_client import CrlReply
from evidence_kit.trust.tsa_client import TokenReply

SOFTWARE = "evidence-kit"
_MARGIN_BYTES = 16 << 20
"""Room for headers, proofs and the file system's own needs."""

# Windows has no quota error.
_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}

Destination = Case | Path
"""A case, which names the bundle itself; or the file to write."""


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle that stands under its final name, and what its own verification found."""

    path: Path
    report: Report
    receipt: str
    replies: tuple[TokenReply, ...]
    """What became of asking each authority; empty where none was asked."""
    crl_replies: tuple[CrlReply, ...] = ()
    """What became of fetching the authorities' revocation lists."""
    shortfalls: tuple[Observation, ...] = ()
    """Why a captured page may not be the one meant, and what of it or of a chat is missing."""
    case_findings: tuple[Finding, ...] = ()
    """What is wrong with the chain that the bundle was added to."""
    notes: tuple[Observation, ...] = ()
    """What else was noticed while a page was captured or a chat was read."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """What is settled before the evidence is obtained: the bundle's id, and who signs."""

    id: str
    key: SigningKey


def begin(destination: Destination, kit: Kit) -> Act:
    """Settle id and key, and refuse early what would fail at the end.

    Raises:
        SealError: "seal.exists" or "seal.no_folder".
        CaseError: the newest bundle of the case can't be read.
        SigningKeyError: the key that signs is not on this machine, or has expired.
    """
    if isinstance(destination, Path):
        if destination.exists():
            raise SealError("seal.exists", path=str(destination))
        if not destination.parent.is_dir():
            raise SealError("seal.no_folder", path=str(destination.parent))
        with AtomicFile(destination.parent):
            pass  # a folder that can't be written to is told of before the site is visited
        return Act(id=kit.new_id(), key=_key_for(None, kit))
    return Act(id=kit.new_id(), key=_key_for(destination.newest(destination.links()), kit))


def _key_for(last: Link | None, kit: Kit) -> SigningKey:
    """Every bundle of a case has the signer of its first one (docs/format.md)."""
    if last is None:
        key = kit.keys.default(now=kit.now())
    else:
        key = kit.keys.get(last.evidence.next_signer_sha256 or last.evidence.signer_sha256)
    key.require_not_expired(now=kit.now())
    return key


def seal(
    drafts: Sequence[Draft],
    destination: Destination,
    *,
    kit: Kit,
    act: Act | None = None,
    record: Sequence[DraftFile] = (),
    browser: Browser | None = None,
    next_signer_sha256: str | None = None,
    progress: Progress | None = None,
) -> Sealed:
    """Seal items into one bundle.

    Nothing stands under the final name unless the finished bundle has verified without a
    failed finding. Without an answer from an authority it is sealed all the same; its
    verdict is then INDETERMINATE until `stamp` adds a token.

    Args:
        drafts: the items; their files are read once and left as they are.
        destination: a case or a file that does not exist yet.
        kit: keys, authorities, roots.
        act: what `begin` settled; None settles it now.
        record: the kit's own files about the act.
        browser: what captured a page.
        next_signer_sha256: certificate that signs the bundles of the case after this one.
        progress: called with bytes written, then with bytes verified.

    Raises:
        InputError: a source is missing, unreadable, or changes while it is read.
        SealError: no space, no right to write, the name is taken, or the bundle did not
            verify; nothing was left.
        CaseError, SigningKeyError: see `begin`.
    """
    act = act or begin(destination, kit)
    work = functools.partial(
        _seal,
        drafts,
        kit=kit,
        record=record,
        browser=browser,
        next_signer_sha256=next_signer_sha256,
        progress=progress,
    )
    if isinstance(destination, Path):
        with disk_errors(destination.parent):
            return work(act=act, path=destination, link=None)
    with destination.locked(), disk_errors(destination.folder):
        links = destination.links()
        last = destination.newest(links)
        link = CaseLink(
            id=destination.id,
            sequence=last.sequence + 1 if last else 1,
            previous=last.as_previous() if last else None,
        )
        # Somebody else may have sealed the first bundle of the case since `begin`.
        act = dataclasses.replace(act, key=_key_for(last, kit))
        path = destination.path_for(link.sequence, drafts[0].kind)
        sealed = work(act=act, path=path, link=link)
    broken = (f for f in check_chain(destination.id, links) if f.outcome is Outcome.FAILED)
    return msgspec.structs.replace(sealed, case_findings=tuple(broken))


def _seal(
    drafts: Sequence[Draft],
    *,
    path: Path,
    link: CaseLink | None,
    kit: Kit,
    act: Act,
    record: Sequence[DraftFile],
    browser: Browser | None,
    next_signer_sha256: str | None,
    progress: Progress | None,
) -> Sealed:
    _require_space(path.parent, drafts, record)
    skeleton = Evidence(
        format=FORMAT,
        id=act.id,
        created_at=kit.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        software=Software(
            name=SOFTWARE, version=__version__, platform=platform_family(), browser=browser
        ),
        case=link,
        signer_sha256=act.key.certificate_sha256,
        next_signer_sha256=next_signer_sha256,
        items=(),
        record=Record(files=()),
    )
    obtained: list[Proofs] = []

    def prove(tagmanifest: bytes) -> Mapping[str, bytes]:
        signature = sign_detached(tagmanifest, act.key, signed_at=kit.now())
        proofs = obtain_proofs(signature, kit)
        obtained.append(proofs)
        return {
            layout.SIGNATURE: signature,
            layout.SIGNER: certificate_to_pem(act.key.certificate_der),
            **{layout.token_path(n): tsr for n, tsr in enumerate(proofs.tokens)},
            **{layout.crl_path(sha256): crl for sha256, crl in proofs.crls.items()},
            **{f"{layout.PROOF}certs/{sha256_hex(der)}.der": der for der in act.key.chain_der},
        }

    with AtomicFile(path.parent) as out:
        write_bundle(
            out, skeleton=skeleton, drafts=drafts, record=record, prove=prove, progress=progress
        )
        report = verify_own_work(out.path, path, kit, progress)
        out.publish(path, replace=False)
    (proofs,) = obtained
    return Sealed(
        path=path,
        report=report,
        receipt=report.receipt or "",
        replies=proofs.replies,
        crl_replies=proofs.crl_replies,
    )


def verify_own_work(
    written: Path, final: Path, kit: Kit, progress: Progress | None = None
) -> Report:
    """Verify what was written, before it gets its name.

    Raises:
        SealError: "seal.self_check": something failed, or it can't be told to be unaltered.
    """
    report = verify_bundle(written, Expectations(anchors=kit.anchors), progress=progress)
    if (
        report.verdict is Outcome.FAILED
        or report.answers[Question.UNALTERED] is not Outcome.PASSED
        or report.receipt is None
    ):
        bad = [f.code for f in report.findings if f.outcome is not Outcome.PASSED]
        raise SealError("seal.self_check", reason=", ".join(bad))
    return msgspec.structs.replace(report, path=str(final))


def _require_space(folder: Path, drafts: Sequence[Draft], record: Sequence[DraftFile]) -> None:
    files = [*(file for draft in drafts for file in draft.files), *record]
    needed = _MARGIN_BYTES
    for file in files:
        source = Path(file.source)
        # A missing source is reported when it is read, by its name.
        needed += source.stat().st_size if source.exists() else 0
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SealError("disk.full", path=str(folder), needed_mb=needed >> 20, free_mb=free >> 20)


@contextlib.contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Tell what goes wrong while a bundle is written to `folder` in the kit's own words.

    Raises:
        SealError: "disk.full", "seal.write", or "seal.refused" for a name not allowed.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _DISK_FULL:
            free = shutil.disk_usage(folder).free
            raise SealError("disk.full", path=str(folder), free_mb=free >> 20) from error
        detail = error.strerror or str(error)
        raise SealError("seal.write", path=str(folder), detail=detail) from error
    except Fault as fault:
        raise SealError("seal.refused", reason=fault.code) from fault
