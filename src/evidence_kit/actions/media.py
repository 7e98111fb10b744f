"""Pictures and recordings among the files that are added: what they say about themselves."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from evidence_kit.actions.derivation import derived_file
from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.tags import encode_json
from evidence_kit.bundle.text import escape
from evidence_kit.crypto.digest import sha256_of_file
from evidence_kit.errors import InputError, UsageError
from evidence_kit.media.describe import VERSION, describe, matches
from evidence_kit.media.facts import FORMAT, Media, PrivateKind
from evidence_kit.model import Draft, DraftFile, FileEntry, Kind, Maker, Observation, Role
from evidence_kit.report import Fault

OPERATION = "describe_media"
"""`FileEntry.by.operation` of media.json."""
FILE = "media.json"
MAX_BYTES = 1 << 20
"""Of a media.json that is read."""
TRANSCRIPTION = "transcribe_claimed"
"""The same of what the user typed: nobody but the user says that it is what is to be seen."""
MAX_TRANSCRIPT_BYTES = 1 << 20
MAX_ORIGINAL_BYTES = 64 << 20
"""Of an original that is read again; a longer recording is not."""
_STOPPED = {
    "cut_short": "media.cut_short",
    "malformed": "media.malformed",
    "too_large": "media.too_large",
}
_ENDINGS = {
    "image/png": ("PNG", ".png .apng"),
    "image/jpeg": ("JPEG", ".jpg .jpeg .jpe .jfif"),
    "image/gif": ("GIF", ".gif"),
    "image/webp": ("WebP", ".webp"),
    "image/heic": ("HEIC", ".heic .heif .hif"),
    "audio/mp4": ("M4A", ".m4a .m4b .mp4"),
    "video/quicktime": ("QuickTime", ".mov .qt"),
    "video/mp4": ("MP4", ".mp4 .m4v .m4a .mov .3gp .3g2 .avif"),
    "video/webm": ("WebM", ".webm .mkv"),
    "audio/wav": ("WAV", ".wav"),
    "audio/amr": ("AMR", ".amr"),
    "audio/mpeg": ("MP3", ".mp3 .mp2 .mpga"),
}
"""What a kind is called, and how names of such files end."""
_ENDING = re.compile(r"\.(?!\d+$)[a-z0-9]{1,5}", re.ASCII)
_MAKER = Maker(operation=OPERATION, tool="media", version=VERSION)


def describe_drafts(
    drafts: Sequence[Draft], folder: Path
) -> tuple[tuple[Draft, ...], tuple[Observation, ...]]:
    """The drafts with media.json beside each picture and recording, and what to be wary of.

    Args:
        drafts: items about to be sealed, whose first file is the original.
        folder: for what is derived; it must last until the sealing.

    Raises:
        InputError: a file is missing or can't be read.
    """
    described: list[Draft] = []
    notes: list[Observation] = []
    for number, draft in enumerate(drafts, start=1):
        if draft.kind not in (Kind.PICTURE, Kind.RECORDING):
            described.append(draft)
            continue
        original = draft.files[0]
        path = Path(original.source)
        sha256 = _sha256_of(path)
        media = describe(path, original.media_type)
        place = folder / f"{number:04}"
        place.mkdir(exist_ok=True)
        (place / FILE).write_bytes(encode_json(media))
        file = derived_file(place / FILE, "application/json", original=original.path, by=_MAKER)
        # What is sealed are the bytes that were described, or nothing.
        original = msgspec.structs.replace(original, sha256=sha256)
        described.append(msgspec.structs.replace(draft, files=(original, *draft.files[1:], file)))
        notes += _notes(media, escape(path.name))
        notes += _named_otherwise(path.name, original.media_type)
    return tuple(described), tuple(notes)


def tie_transcript(drafts: Sequence[Draft], path: Path) -> tuple[Draft, ...]:
    """The one draft with what the user typed of it, kept as the user's claim.

    It becomes a file of the same item, made from the original by the user.

    Args:
        drafts: a picture or a recording, and nothing else.
        path: the user's text; its bytes are sealed as they are.

    Raises:
        InputError: the text is missing, is a folder or can't be read.
        UsageError: there is not just one file, it is neither a picture nor a recording, or the
            text is none.
    """
    if len(drafts) != 1 or drafts[0].kind not in (Kind.PICTURE, Kind.RECORDING):
        raise UsageError("transcript.one_picture")
    (draft,) = drafts
    original = draft.files[0]
    if path.is_dir():
        raise InputError("file.is_folder", path=str(path))
    if path.exists() and not path.is_file():
        raise InputError("file.unreadable", path=str(path), detail="not a regular file")
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_TRANSCRIPT_BYTES + 1)
    except FileNotFoundError:
        raise InputError("file.missing", path=str(path)) from None
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error
    if not content.strip() or b"\0" in content or len(content) > MAX_TRANSCRIPT_BYTES:
        raise UsageError("transcript.no_text", path=str(path))
    file = DraftFile(
        path=f"{layout.DATA}typed/0001.txt",
        source=str(path),
        media_type="text/plain",
        role=Role.DERIVED,
        from_=(original.path,),
        by=Maker(operation=TRANSCRIPTION, tool="user", version=""),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return (msgspec.structs.replace(draft, files=(*draft.files, file)),)


def _sha256_of(path: Path) -> str:
    try:
        return sha256_of_file(path)
    except FileNotFoundError:
        raise InputError("file.missing", path=str(path)) from None
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error


class ReadMedia(msgspec.Struct, frozen=True, kw_only=True):
    """What a media.json in a bundle tells."""

    media: Media
    is_reread: bool | None
    """True where this version reads the same from the original; None where it was not read."""


def read_media(bundle: Bundle, entry: FileEntry, *, sha256: str | None = None) -> ReadMedia | None:
    """What a media.json in a bundle tells; None where it is none that this version can read.

    Args:
        bundle: open, not judged.
        entry: one of its files, of any kind.
        sha256: digest that its bytes must have; None takes what is there.
    """
    if not entry.is_made_by(OPERATION):
        return None
    try:
        content = bundle.read(entry.path, max_bytes=MAX_BYTES)
        media = msgspec.json.decode(content, type=Media)
    except (Fault, InputError, msgspec.DecodeError, RecursionError):
        return None
    # It is read a second time, and what is on the disk may have been exchanged since.
    is_meant = sha256 in (None, hashlib.sha256(content).hexdigest())
    if not is_meant or media.format != FORMAT:
        return None
    return ReadMedia(media=media, is_reread=_is_reread(bundle, entry, media))


def _is_reread(bundle: Bundle, entry: FileEntry, media: Media) -> bool | None:
    """Whoever sealed a bundle could have written any facts beside a picture."""
    if len(entry.from_) != 1 or entry.from_[0] not in bundle.sizes:
        return None
    try:
        return matches(media, bundle.read(entry.from_[0], max_bytes=MAX_ORIGINAL_BYTES))
    except (Fault, InputError):
        return None


def _named_otherwise(name: str, media_type: str) -> Iterator[Observation]:
    """That a file is of another kind than its name lets expect; one without an ending does not."""
    ending = Path(name).suffix.lower()
    if _ENDING.fullmatch(ending) and media_type in _ENDINGS:
        kind, endings = _ENDINGS[media_type]
        if ending not in endings.split():
            params: dict[str, str | int] = {"kind": kind, "ending": ending, "name": escape(name)}
            yield Observation(code="media.ending", params=params)


def _notes(media: Media, name: str) -> Iterator[Observation]:
    if PrivateKind.LOCATION in media.private:
        yield Observation(code="media.location", params={"name": name})
    if set(media.private) - {PrivateKind.LOCATION}:
        yield Observation(code="media.identifying", params={"name": name})
    if media.unread and media.unread.code in _STOPPED:
        yield Observation(
            code=_STOPPED[media.unread.code], params={"name": name, "byte": media.unread.byte}
        )
