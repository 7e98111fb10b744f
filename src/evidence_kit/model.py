"""The nouns: what stands in evidence.json, as frozen data without I/O.

Field by field the same as docs/format.md. A name that ends in `_claimed` is what a user
or a file said; every other one is what the kit itself observed. Times are RFC 3339 in UTC
with a final Z, digests lowercase hex.
"""

from enum import StrEnum
from typing import Annotated, Any

import msgspec

FORMAT = "evidence-kit/bundle/1-draft"


Integer = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""A number that every reader of JSON takes for the same one (RFC 7493 §2.2)."""


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all that is read from evidence.json: immutable, unknown keys refused."""


class Kind(StrEnum):
    """What an item is."""

    PAGE = "page"
    PICTURE = "picture"
    RECORDING = "recording"
    CHAT = "chat"
    DOCUMENT = "document"
    EVENT = "event"
    NOTE = "note"
    ATTEMPT = "attempt"


class Role(StrEnum):
    """Whether bytes are as they were obtained, or were made from such, as `Maker` tells."""

    ORIGINAL = "original"
    DERIVED = "derived"


class Maker(_Record, frozen=True, kw_only=True):
    """The operation that made a derived file."""

    operation: str
    tool: str
    version: str


class FileEntry(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """One file under data/. Its digest stands in manifest-sha256.txt alone."""

    path: str
    """Path below the bundle's top folder, such as "data/page/page.png"."""
    size_bytes: Integer
    media_type: str
    role: Role
    from_: tuple[str, ...] = msgspec.field(default=(), name="from")
    """Paths that a derived file was made from."""
    by: Maker | None = None
    """Who made a derived file; None for an original."""

    def is_made_by(self, operation: str) -> bool:
        """Whether this operation made it, as its bundle says."""
        return self.by is not None and self.by.operation == operation


class Observation(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """One thing noticed about a page while it was captured (sanity, missing, redacted)."""

    code: str
    """Key of its words in `messages.OBSERVATIONS`, such as "http.status"."""
    params: dict[str, str | Integer] = {}


class Viewport(_Record, frozen=True, kw_only=True):
    """Size of the browser's window in CSS pixels, and how many pixels each one is."""

    width_px: Integer
    height_px: Integer
    scale_percent: Integer


class Captured(_Record, frozen=True, kw_only=True, tag_field="type", tag="captured"):
    """Origin of a page: what the kit's browser did and saw."""

    url: str
    final_url: str | None
    http_status: Integer | None
    started_at: str
    ended_at: str
    viewport: Viewport
    locale: str
    time_zone: str
    server_ip: str | None
    tls_certificate_sha256: str | None
    clock_offset_ms: Integer | None
    """The site's Date header minus the machine's clock; None where it sent none."""
    sanity: tuple[Observation, ...]
    """Reasons to doubt that this is the page that was meant."""
    missing: tuple[Observation, ...]
    """What should have been captured and was not."""
    redacted: tuple[Observation, ...]
    """What was taken out before sealing."""


class Imported(_Record, frozen=True, kw_only=True, tag_field="type", tag="imported"):
    """Origin of a file that the user already had."""

    original_name: str
    imported_at: str
    obtained_at_claimed: str | None
    obtained_from_claimed: str | None
    carrier_claimed: str | None


class Stated(_Record, frozen=True, kw_only=True, tag_field="type", tag="stated"):
    """Origin of an event or a note: the user's own statement."""

    event: str
    recorded_at: str
    on_claimed: str
    """Date of the event, YYYY-MM-DD."""
    channel_claimed: str | None
    note_claimed: str | None


class Item(_Record, frozen=True, kw_only=True):
    """One piece of evidence and the files it consists of."""

    id: str
    """E1, E2 … within its bundle."""
    kind: Kind
    label: str
    origin: Captured | Imported | Stated
    files: tuple[FileEntry, ...]


class Record(_Record, frozen=True, kw_only=True):
    """The kit's own files about the act of sealing."""

    files: tuple[FileEntry, ...]


class Browser(_Record, frozen=True, kw_only=True):
    """The browser that captured a page."""

    name: str
    version: str
    sha256: str | None
    """Digest of its executable; None where that could not be read."""


class Software(_Record, frozen=True, kw_only=True):
    """What wrote the bundle."""

    name: str
    version: str
    platform: str
    """Family only: linux, macos, windows or other."""
    browser: Browser | None


class Previous(_Record, frozen=True, kw_only=True):
    """The bundle before this one in its case, as it stood when this one was sealed."""

    id: str
    tagmanifest_sha256: str
    signature_sha256: str
    tokens_sha256: tuple[str, ...]


class CaseLink(_Record, frozen=True, kw_only=True):
    """Place of a bundle in its case."""

    id: str
    sequence: Integer
    """1, 2, 3 … without a gap."""
    previous: Previous | None


class PlainEvidence(_Record, frozen=True, kw_only=True, omit_defaults=True):
    """evidence.json without extensions: all of it has a type, so none grows out of hand."""

    format: str
    id: str
    """Random 128 bits, lowercase hex."""
    created_at: str
    software: Software
    case: CaseLink | None
    signer_sha256: str
    next_signer_sha256: str | None = None
    """Certificate that signs the bundles of the case after this one."""
    items: tuple[Item, ...]
    record: Record


class Evidence(PlainEvidence, frozen=True, kw_only=True, omit_defaults=True):
    """evidence.json."""

    extensions: dict[str, Any] | None = None
    """Additions of later versions. Unknown critical ones make a verdict INDETERMINATE."""

    def files(self) -> tuple[FileEntry, ...]:
        """Every file under data/, items first, then the kit's own record."""
        entries = [entry for item in self.items for entry in item.files]
        return (*entries, *self.record.files)


class NotBefore(_Record, frozen=True, kw_only=True):
    """not-before.json: stamped before the act, so the bundle was sealed after that time."""

    nonce: str
    id: str
    case_id: str | None
    previous: Previous | None
    url: str | None
    signer_sha256: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An item that is about to be sealed, with the files on disk that it is made of."""

    kind: Kind
    label: str
    origin: Captured | Imported | Stated
    files: tuple["DraftFile", ...]


class DraftFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be sealed: where its bytes are, and what evidence.json will say of it."""

    path: str
    """Path inside the bundle."""
    source: str
    """Path on disk; read once, never written."""
    media_type: str
    role: Role = Role.ORIGINAL
    from_: tuple[str, ...] = ()
    by: Maker | None = None
    sha256: str | None = None
    """Digest that its bytes must have, where another file was derived from them."""
