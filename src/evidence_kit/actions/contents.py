"""What a bundle holds, told while it is open for verification: nothing is told unread."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from evidence_kit.actions.bill_account import BillReader, ReadBill
from evidence_kit.actions.chat_account import AccountReader, ReadChat
from evidence_kit.actions.media import ReadMedia, read_media
from evidence_kit.actions.pictures import MAX_SOURCE_BYTES, MEDIA_TYPES, Preview, make_preview
from evidence_kit.bundle import layout
from evidence_kit.bundle.environment import MAX_BYTES, EnvironmentRecord, decode_environment
from evidence_kit.bundle.hashing import Digests
from evidence_kit.bundle.reader import Bundle
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import InputError
from evidence_kit.model import Evidence, FileEntry, Item
from evidence_kit.report import Fault, Report, is_record_as_signed


class State(StrEnum):
    """What became of a file since it was sealed."""

    AS_SEALED = "as_sealed"
    CHANGED = "changed"
    ABSENT = "absent"


class HeldFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the record, as it is now."""

    entry: FileEntry
    sha256: str | None
    """As the list of digests has it; None where that does not name the file."""
    state: State
    preview: Preview | None
    """None where it is no picture, is not as it was sealed, or no room is left for more."""
    media: ReadMedia | None = None
    """What a media.json tells; None for every other file, and where it is not as sealed."""
    chat: ReadChat | None = None
    """The same of a chat.json."""
    bill: ReadBill | None = None
    """The same of a payments.json."""


class HeldItem(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of evidence and its files."""

    item: Item
    files: tuple[HeldFile, ...]


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What one bundle holds."""

    evidence: Evidence
    is_as_signed: bool
    """False where the record itself may have been changed: it is hearsay then."""
    items: tuple[HeldItem, ...]
    """The first ones; every one is in `evidence`."""
    record: tuple[HeldFile, ...]
    """The first ones of the kit's own files."""
    environment: EnvironmentRecord | None
    """What the kit saw of its surroundings; None where it is not as it was sealed, or is
    none that can be read."""
    left_out_count: int
    """Files of the record that stand in neither of the two, because they are too many."""


class ContentsReader:
    """Collects the contents of bundles while they are being verified.

    Args:
        max_rows: how many items and files are told of, in all bundles together.
        max_preview_bytes: of all previews together.
    """

    def __init__(self, *, max_rows: int = 600, max_preview_bytes: int = 240_000) -> None:
        self.contents: dict[str, Contents] = {}
        """By the path in the report; without bundles whose record can't be read."""
        self._rows_left = max_rows
        self._bytes_left = max_preview_bytes
        self._accounts = AccountReader()
        self._bills = BillReader()

    def __call__(self, bundle: Bundle, report: Report) -> None:
        """Read what an open bundle holds.

        Args:
            bundle: judged, and still open.
            report: the report on it.
        """
        try:
            self.contents[report.path] = self._read(bundle, report)
        except (Fault, InputError):
            # Why it can't be read is a finding of the report.
            return

    def _read(self, bundle: Bundle, report: Report) -> Contents:
        evidence, sealed = bundle.evidence, bundle.manifest
        is_as_signed = is_record_as_signed(report.findings)
        items = []
        for item in evidence.items:
            if self._rows_left <= 0:
                break
            self._rows_left -= 1
            files = self._files(bundle, item.files, sealed, item if is_as_signed else None)
            items.append(HeldItem(item=item, files=files))
        record = self._files(bundle, evidence.record.files, sealed, None)
        told = sum(len(one.files) for one in items) + len(record)
        return Contents(
            environment=_sealed_environment(bundle, record) if is_as_signed else None,
            evidence=evidence,
            is_as_signed=is_as_signed,
            items=tuple(items),
            record=record,
            left_out_count=len(evidence.files()) - told,
        )

    def _files(
        self,
        bundle: Bundle,
        entries: Sequence[FileEntry],
        sealed: Mapping[str, str],
        item: Item | None,
    ) -> tuple[HeldFile, ...]:
        """Files of an item whose content may be shown, or of none."""
        entries = entries[: max(0, self._rows_left)]
        self._rows_left -= len(entries)
        return tuple(self._file(bundle, entry, sealed, item) for entry in entries)

    def _file(
        self, bundle: Bundle, entry: FileEntry, sealed: Mapping[str, str], item: Item | None
    ) -> HeldFile:
        sha256 = sealed.get(entry.path)
        state = _state(bundle.digests, entry, sha256)
        preview = media = chat = bill = None
        if item is not None and sha256 is not None and state is State.AS_SEALED:
            preview = self._preview(bundle, entry, sha256)
            media = read_media(bundle, entry, sha256=sha256)
            chat = self._accounts.read(bundle, item, entry, sha256=sha256)
            bill = self._bills.read(bundle, entry, sha256=sha256)
        return HeldFile(
            entry=entry,
            sha256=sha256,
            state=state,
            preview=preview,
            media=media,
            chat=chat,
            bill=bill,
        )

    def _preview(self, bundle: Bundle, entry: FileEntry, sha256: str) -> Preview | None:
        """A preview of the very bytes whose digest was sealed."""
        is_small = bundle.sizes[entry.path] <= MAX_SOURCE_BYTES
        if entry.media_type not in MEDIA_TYPES or not is_small or self._bytes_left <= 0:
            return None
        content = bundle.read(entry.path, max_bytes=MAX_SOURCE_BYTES)
        # It is read a second time, and what is on the disk may have been exchanged since.
        if sha256_hex(content) != sha256:
            return None
        preview = make_preview(content, entry.media_type)
        if preview is None or len(preview.jpeg) > self._bytes_left:
            return None
        self._bytes_left -= len(preview.jpeg)
        return preview


def environment_of(bundle: Bundle, sha256: str | None = None) -> EnvironmentRecord | None:
    """environment.json of an open bundle; None where there is none that can be read.

    Args:
        sha256: what its bytes must have; None takes any.
    """
    try:
        content = bundle.read(layout.ENVIRONMENT, max_bytes=MAX_BYTES)
        is_meant = sha256 is None or sha256_hex(content) == sha256
        return decode_environment(content) if is_meant else None
    except (Fault, InputError):
        return None


def _sealed_environment(bundle: Bundle, record: Sequence[HeldFile]) -> EnvironmentRecord | None:
    sealed = (f for f in record if f.entry.path == layout.ENVIRONMENT)
    held = next(sealed, None)
    if held is None or held.sha256 is None or held.state is not State.AS_SEALED:
        return None
    return environment_of(bundle, held.sha256)


def _state(read: Digests, entry: FileEntry, sha256: str | None) -> State:
    path = entry.path
    if path not in read.sha256:
        return State.ABSENT
    is_as_sealed = (
        read.sha256[path] == sha256
        and read.size_bytes[path] == entry.size_bytes
        and path not in read.faults
    )
    return State.AS_SEALED if is_as_sealed else State.CHANGED
