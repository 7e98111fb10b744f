"""hand over: let another key sign a case from now on, as its present one says in a sealed note."""

import tempfile
from pathlib import Path

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed, seal
from evidence_kit.bundle import layout
from evidence_kit.errors import CaseError, UsageError
from evidence_kit.model import Draft, DraftFile, Kind, Stated

EVENT = "handed-over"


def hand_over(case: Case, certificate_sha256: str, *, kit: Kit) -> Sealed:
    """Seal a note with the key that signs the case now; it names the one that signs hereafter.

    Args:
        case: a case with a bundle in it.
        certificate_sha256: lowercase hex, of the new key's certificate.
        kit: keys, authorities, roots.

    Raises:
        CaseError: "hand_over.empty": no bundle binds the case to a key yet.
        UsageError: "hand_over.same": the key signs the case already.
        SigningKeyError: one of the two keys is not on this machine, or has expired.
        SealError: see `seal`.
    """
    last = case.newest(case.links())
    if last is None:
        raise CaseError("hand_over.empty", path=str(case.folder))
    present = last.evidence.next_signer_sha256 or last.evidence.signer_sha256
    if certificate_sha256 == present:
        raise UsageError("hand_over.same", sha256=certificate_sha256)
    now = kit.now()
    kit.keys.get(certificate_sha256).require_not_expired(now=now)
    recorded_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    origin = Stated(
        event=EVENT,
        recorded_at=recorded_at,
        on_claimed=now.date().isoformat(),
        channel_claimed=None,
        note_claimed=None,
    )
    with tempfile.TemporaryDirectory(prefix="evidence-kit-") as folder:
        note = Path(folder) / "note.txt"
        note.write_text(_note(present, certificate_sha256), encoding="utf-8", newline="\n")
        file = DraftFile(
            path=f"{layout.DATA}note/{EVENT}.txt",
            source=str(note),
            media_type="text/plain; charset=utf-8",
        )
        draft = Draft(kind=Kind.NOTE, label=EVENT, origin=origin, files=(file,))
        return seal([draft], case, kit=kit, next_signer_sha256=certificate_sha256)


def _note(present_sha256: str, next_sha256: str) -> str:
    """The change for a reader who opens the file, in both languages."""
    return (
        "event / 事件: 更换签名密钥 / signing key changed\n"
        f"signed until now / 此前的签名证书: {present_sha256}\n"
        f"signs from now on / 此后的签名证书: {next_sha256}\n"
    )
