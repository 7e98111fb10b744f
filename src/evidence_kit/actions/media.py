"""Pictures and recordings among the files that are added: what they say about themselves."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.text import escape
from evidence_kit.errors import InputError
from evidence_kit.media.describe import VERSION, describe
from evidence_kit.media.facts import FORMAT, Media, PrivateKind
from evidence_kit.model import Draft, DraftFile, FileEntry, Kind, Maker, Observation, Role
from evidence_kit.report import Fault

OPERATION = "describe_media"
"""`FileEntry.by.operation` of media.json."""
FILE = "media.json"
MAX_BYTES = 1 << 20
"""Of a media.json that is read."""
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
        media = describe(path, original.media_type)
        place = folder / f"{number:04}"
        place.mkdir(exist_ok=True)
        (place / FILE).write_bytes(encode(media))
        file = DraftFile(
            path=f"{layout.DATA}derived/{place.name}/{FILE}",
            source=str(place / FILE),
            media_type="application/json",
            role=Role.DERIVED,
            from_=(original.path,),
            by=_MAKER,
        )
        described.append(msgspec.structs.replace(draft, files=(*draft.files, file)))
        notes += _notes(media, escape(path.name))
    return tuple(described), tuple(notes)


def encode(media: Media) -> bytes:
    """media.json: keys in the order of the schema, two spaces, a final newline."""
    return msgspec.json.format(msgspec.json.encode(media), indent=2) + b"\n"


def read_media(bundle: Bundle, entry: FileEntry) -> Media | None:
    """What a media.json in a bundle tells; None where it is none that this version can read.

    Args:
        bundle: open, not judged.
        entry: one of its files, of any kind.
    """
    if entry.by is None or entry.by.operation != OPERATION:
        return None
    try:
        media = msgspec.json.decode(bundle.read(entry.path, max_bytes=MAX_BYTES), type=Media)
    except (Fault, InputError, msgspec.DecodeError, RecursionError):
        return None
    return media if media.format == FORMAT else None


def _notes(media: Media, name: str) -> Iterator[Observation]:
    if PrivateKind.LOCATION in media.private:
        yield Observation(code="media.location", params={"name": name})
    if set(media.private) - {PrivateKind.LOCATION}:
        yield Observation(code="media.identifying", params={"name": name})
    if media.unread and media.unread.code != "not_understood":
        yield Observation(
            code=f"media.{media.unread.code}", params={"name": name, "byte": media.unread.byte}
        )
