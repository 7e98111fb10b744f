"""stamp: add a time-stamp token to a bundle that has none, or renew the proof it has."""

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from evidence_kit.actions.case import is_case, open_case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.proofs import Proofs, crls_of, fetch_lists, obtain_proofs, with_room
from evidence_kit.actions.seal import Sealed, disk_errors, verify_own_work
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle import layout, manifest
from evidence_kit.bundle.atomic import AtomicFile
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.writer import rewrite_bundle
from evidence_kit.checks.examination import Examination
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import SealError, UsageError
from evidence_kit.report import Outcome, Question, Report
from evidence_kit.trust.tsa_client import TokenReply


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
    before = _require_unaltered(path, kit)
    if before.answers[Question.SINCE] is Outcome.PASSED:
        return _unchanged(path, before, ())
    if not kit.endpoints:
        raise UsageError("stamp.no_authority")
    with _held(path), disk_errors(path.parent), Bundle(path) as bundle:
        proofs = obtain_proofs(bundle.signature, kit)
        if not proofs.tokens:
            return _unchanged(path, before, proofs.replies)
        taken = len(bundle.token_paths)
        if taken + len(proofs.tokens) > layout.MAX_TOKENS:
            raise SealError("stamp.too_many", path=str(path), count=layout.MAX_TOKENS)
        numbers = (n for n in range(layout.MAX_TOKENS) if layout.token_path(n) not in bundle.sizes)
        proofs = replace(proofs, crl_replies=with_room(proofs.crl_replies, _lists_of(bundle)))
        adding = {
            **{layout.token_path(n): t for n, t in zip(numbers, proofs.tokens, strict=False)},
            **{layout.crl_path(sha256): crl for sha256, crl in proofs.crls.items()},
        }
        return _rewrite(path, bundle, adding, proofs, kit)


def renew(path: Path | str, *, kit: Kit, progress: Progress | None = None) -> Sealed:
    """Renew the proof: tokens over the SHA-512 of all that is there, earlier proofs included.

    So the bundle outlives SHA-256, and the keys and certificates of its authorities. The
    revocation lists of the authorities so far are fetched and covered too. A renewal helps
    only where it is made before they expire, are revoked or break.

    Args:
        path: a bundle whose time is proven; replaced at once by the renewed one.
        kit: authorities and roots.
        progress: called with bytes hashed.

    Raises:
        InputError: it is missing, can't be read, or is no bundle.
        UsageError: no authority to ask.
        SealError: the bundle is altered or repacked ("stamp.altered"), has no proven time
            ("renew.no_time") or no room, or the result did not verify. It is as it was.
    """
    path = Path(path)
    before = _require_unaltered(path, kit)
    if before.answers[Question.SINCE] is not Outcome.PASSED:
        raise SealError("renew.no_time", path=str(path))
    if not kit.endpoints:
        raise UsageError("stamp.no_authority")
    with _held(path), disk_errors(path.parent), Bundle(path, progress, with_sha512=True) as bundle:
        number = 1 + max(filter(None, map(layout.renewal_number, bundle.sizes)), default=0)
        if number > layout.MAX_RENEWALS:
            raise SealError("renew.too_many", path=str(path), count=layout.MAX_RENEWALS)
        examination = Examination(bundle, Expectations(anchors=kit.anchors))
        judged = [*examination.tokens, *(t for r in examination.renewals for t in r.tokens)]
        fetched = fetch_lists([one.token for one in judged if one.token], kit)
        crl_replies = with_room(fetched, _lists_of(bundle))
        lists = {
            layout.crl_path(sha256, number): crl for sha256, crl in crls_of(crl_replies).items()
        }
        cover = manifest.encode(
            {
                **bundle.digests.sha512,
                **{name: hashlib.sha512(crl).hexdigest() for name, crl in lists.items()},
            }
        )
        replies = kit.request_tokens(cover, algorithm="sha512")
        proofs = Proofs(replies=replies, crl_replies=crl_replies)
        tokens = proofs.tokens[: layout.MAX_RENEWAL_TOKENS]
        if not tokens:
            return _unchanged(path, before, replies)
        adding = {
            **lists,
            layout.cover_path(number): cover,
            **{layout.cover_token_path(number, n): tsr for n, tsr in enumerate(tokens)},
        }
        return _rewrite(path, bundle, adding, proofs, kit, renewal=number)


def _lists_of(bundle: Bundle) -> list[int]:
    """Sizes of the revocation lists in a bundle."""
    return [bundle.sizes[path] for path in bundle.proof_paths if layout.is_crl(path)]


def _require_unaltered(path: Path, kit: Kit) -> Report:
    report = verify_bundle(path, Expectations(anchors=kit.anchors))
    if report.answers[Question.UNALTERED] is not Outcome.PASSED or path.is_dir():
        raise SealError("stamp.altered", path=str(path))
    return report


def _unchanged(path: Path, before: Report, replies: tuple[TokenReply, ...]) -> Sealed:
    return Sealed(path=path, report=before, receipt=before.receipt or "", replies=replies)


def _rewrite(
    path: Path,
    bundle: Bundle,
    adding: Mapping[str, bytes],
    proofs: Proofs,
    kit: Kit,
    *,
    renewal: int | None = None,
) -> Sealed:
    """Put the bundle with the new proofs in the place of the old one, once it has verified."""
    with AtomicFile(path.parent) as out:
        rewrite_bundle(out, bundle, adding=adding)
        report = verify_own_work(out.path, path, kit)
        if renewal is not None and not any(
            layout.renewal_number(one.path) == renewal for one in report.renewals
        ):
            raise SealError("renew.not_trusted", path=str(path))
        out.publish(path, replace=True)
    return Sealed(
        path=path,
        report=report,
        receipt=report.receipt or "",
        replies=proofs.replies,
        crl_replies=proofs.crl_replies,
    )


def _held(path: Path) -> contextlib.AbstractContextManager[None]:
    """The case of the bundle, held for writing, where it has one."""
    # An earlier bundle that was brought in stands one folder deeper.
    for folder in (path.parent, path.parent.parent):
        if is_case(folder):
            return open_case(folder).locked()
    return contextlib.nullcontext()
