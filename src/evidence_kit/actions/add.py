"""add: files that the user already has -> one sealed bundle, the originals untouched."""

import re
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from evidence_kit.actions.bills import read_bills
from evidence_kit.actions.case import Case
from evidence_kit.actions.chats import AskRoles, ChatOptions, read_drafts
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.media import describe_drafts, tie_transcript
from evidence_kit.actions.seal import Destination, Sealed, begin, seal
from evidence_kit.actions.sealed_before import sealed_before, sealed_twice
from evidence_kit.bundle import layout
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.text import escape
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import InputError, UsageError
from evidence_kit.model import Draft, DraftFile, Imported, Kind

_HEAD_BYTES = 1 << 16
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF.{4}WEBP", "image/webp"),
    (rb".{4}ftyp(heic|heix|mif1)", "image/heic"),
    (rb".{4}ftypM4A", "audio/mp4"),
    (rb".{4}ftypqt", "video/quicktime"),
    (rb".{4}ftyp", "video/mp4"),
    (rb"\x1a\x45\xdf\xa3", "video/webm"),
    (rb"RIFF.{4}WAVE", "audio/wav"),
    (rb"#!AMR", "audio/amr"),
    (rb"ID3|\xff[\xf2\xf3\xfb]", "audio/mpeg"),
    (rb"%PDF-", "application/pdf"),
    (rb"PK\x03\x04", "application/zip"),
)
_TEXT_TYPES = {
    ".csv": "text/csv",
    ".eml": "message/rfc822",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".mbox": "application/mbox",
    ".mht": "multipart/related",
    ".mhtml": "multipart/related",
}
_KINDS = {"image": Kind.PICTURE, "video": Kind.RECORDING, "audio": Kind.RECORDING}
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


def add_files(
    paths: Sequence[Path | str],
    destination: Destination,
    *,
    kit: Kit,
    label: str | None = None,
    obtained_from: str | None = None,
    obtained_at: str | None = None,
    chats: ChatOptions | None = None,
    ask_roles: AskRoles | None = None,
    transcript: Path | str | None = None,
    progress: Progress | None = None,
) -> Sealed:
    """Seal files as they are, one item each, in one bundle; chats are read, too.

    Beside a chat stands what was derived from it: its messages, a transcript, the account.
    How well it could be read is told in `notes`, where that broke off in `shortfalls`.
    Beside a picture or a recording stands what it says about itself, beside a bill its rows.
    What the case held already, byte for byte, is sealed once more, and told in `notes`; so is what
    is given twice.

    Args:
        paths: the files; read once, never written.
        destination: a case or a file that does not exist yet.
        kit: keys, authorities, roots.
        label: what the user calls them; None takes each file's name.
        obtained_from: where the user says they come from.
        obtained_at: when the user says they were obtained, RFC 3339 or a date.
        chats: what the user says of the chats among them.
        ask_roles: asks who the senders of a chat are, where `chats` does not say.
        transcript: what the user typed of the one picture or recording that is added.
        progress: called with bytes written, then with bytes verified.

    Raises:
        InputError: a file is missing, is a folder, can't be read, or changes meanwhile.
        UsageError: no file, `obtained_at` is no date or still to come, a transcript with options
            of chats ("transcript.no_chat"), or see `actions.chats.read_drafts` and
            `actions.media.tie_transcript`.
        SealError, CaseError, SigningKeyError: see `seal`.
    """
    if not paths:
        raise UsageError("add.nothing")
    if transcript is not None and (chats or ChatOptions()) != ChatOptions():
        raise UsageError("transcript.no_chat", path=str(transcript))
    drafts = draft_files(
        [Path(path) for path in paths],
        imported_at=kit.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        label=label,
        obtained_from=obtained_from,
        obtained_at=obtained_at,
    )
    act = begin(destination, kit)
    with tempfile.TemporaryDirectory(prefix="evidence-kit-") as folder:
        bills = read_bills(drafts, Path(folder), is_chat=bool(chats and chats.parser))
        read = read_drafts(
            bills.drafts, Path(folder), options=chats or ChatOptions(), ask=ask_roles
        )
        described, notes = describe_drafts(read.drafts, Path(folder))
        if transcript is not None:
            described = tie_transcript(described, Path(transcript))
        sealed = seal(described, destination, kit=kit, act=act, progress=progress)
    before = tuple(sealed_twice(sealed.path)) if len(paths) > 1 else ()
    if isinstance(destination, Case):
        before += tuple(sealed_before(destination, sealed.path, Expectations(anchors=kit.anchors)))
    return msgspec.structs.replace(
        sealed,
        notes=(*sealed.notes, *before, *bills.notes, *read.notes, *notes),
        shortfalls=(*sealed.shortfalls, *bills.shortfalls, *read.shortfalls),
    )


def draft_files(
    paths: Sequence[Path],
    *,
    imported_at: str,
    label: str | None = None,
    obtained_from: str | None = None,
    obtained_at: str | None = None,
) -> list[Draft]:
    """The items that files become.

    Raises:
        InputError: a file is missing, is a folder, or can't be read.
        UsageError: "date.malformed", or "event.future".
    """
    if obtained_at is not None:
        require_date(obtained_at)
        require_past(date.fromisoformat(obtained_at[:10]), date.fromisoformat(imported_at[:10]))
    drafts = []
    for number, path in enumerate(paths, start=1):
        media_type, kind = detect(path)
        origin = Imported(
            original_name=escape(path.name),
            imported_at=imported_at,
            obtained_at_claimed=obtained_at,
            obtained_from_claimed=escape(obtained_from) if obtained_from else None,
            carrier_claimed=None,
        )
        file = DraftFile(
            path=f"{layout.DATA}files/{layout.safe_name(path.name, number=number)}",
            source=str(path),
            media_type=media_type,
        )
        drafts.append(
            Draft(kind=kind, label=escape(label or path.name), origin=origin, files=(file,))
        )
    return drafts


def detect(path: Path) -> tuple[str, Kind]:
    """Media type and kind of a file, from its first bytes and its ending.

    Raises:
        InputError: it is missing, is a folder, or can't be read.
    """
    if path.is_dir():
        raise InputError("file.is_folder", path=str(path))
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device would be waited for, perhaps for ever.
            raise InputError("file.unreadable", path=str(path), detail="not a regular file")
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise InputError("file.missing", path=str(path)) from None
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error
    for pattern, media_type in _SIGNATURES:
        if re.match(pattern, head, re.DOTALL):
            return media_type, _KINDS.get(media_type.partition("/")[0], Kind.DOCUMENT)
    if b"\x00" in head:
        return "application/octet-stream", Kind.DOCUMENT
    return _TEXT_TYPES.get(path.suffix.lower(), "text/plain"), Kind.DOCUMENT


def require_past(day: date, today: date) -> None:
    """Refuse a day that is still to come wherever the user is.

    Args:
        day: as the user says.
        today: in UTC; east of it today's date may already be tomorrow's.

    Raises:
        UsageError: "event.future".
    """
    if (day - today).days > 1:
        raise UsageError("event.future", date=day.isoformat())


def require_date(text: str) -> None:
    """Refuse what is not YYYY-MM-DD, with or without a time behind it.

    Raises:
        UsageError: "date.malformed".
    """
    # Python takes more for a date than RFC 3339 does, so the form is looked at first.
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("date.malformed", text=text) from None
