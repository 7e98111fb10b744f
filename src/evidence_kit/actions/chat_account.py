"""chat.json in a bundle: what it tells, and whether the original beside it gives the same."""

import tempfile
from pathlib import Path

import msgspec

from evidence_kit import __version__
from evidence_kit.actions.chat_members import members_of
from evidence_kit.actions.chats import OPERATION, ChatOptions
from evidence_kit.bundle.reader import Bundle
from evidence_kit.chats import derived
from evidence_kit.chats.reading import Roles
from evidence_kit.crypto.digest import sha256_hex, sha256_of_file
from evidence_kit.errors import InputError, UsageError
from evidence_kit.model import FileEntry, Imported, Item
from evidence_kit.report import Fault

MAX_ACCOUNT_BYTES = 16 << 20
"""Of chat.json; a longer one is not read."""
MAX_ORIGINAL_BYTES = 8 << 20
"""Of an original that is read again, and of the texts in it where it is a zip; a longer one is
not: views of it are for that."""

MAX_TEXTS = 200
"""Of such a zip; each takes some time of its own, however small."""


class ReadChat(msgspec.Struct, frozen=True, kw_only=True):
    """What a chat.json in a bundle tells."""

    account: derived.Account
    is_reread: bool | None
    """True where this version derives the same files from the original; None where it was not
    read again, or by another version of the parser."""


class AccountReader:
    """Reads the accounts of bundles, and the originals again as long as these are not too much.

    A stranger can name one original in very many accounts.

    Args:
        max_bytes: of all originals together that are read again.
    """

    def __init__(self, *, max_bytes: int = 4 * MAX_ORIGINAL_BYTES) -> None:
        self._bytes_left = max_bytes

    def read(
        self, bundle: Bundle, item: Item, entry: FileEntry, *, sha256: str | None = None
    ) -> ReadChat | None:
        """What a chat.json tells; None where it is none that this version can read.

        Args:
            bundle: open, not judged.
            item: one of its items.
            entry: one of the item's files, of any kind.
            sha256: digest that its bytes must have; None takes what is there.
        """
        if not entry.is_made_by(OPERATION) or Path(entry.path).name != derived.ACCOUNT:
            return None
        try:
            content = bundle.read(entry.path, max_bytes=MAX_ACCOUNT_BYTES)
        except (Fault, InputError):
            return None
        # It is read a second time, and what is on the disk may have been exchanged since.
        account = derived.decode(content) if sha256 in (None, sha256_hex(content)) else None
        if account is None:
            return None
        return ReadChat(account=account, is_reread=self._is_reread(bundle, item, entry, account))

    def _is_reread(
        self, bundle: Bundle, item: Item, entry: FileEntry, account: derived.Account
    ) -> bool | None:
        if len(entry.from_) != 1 or not isinstance(item.origin, Imported):
            return None
        size_bytes = bundle.sizes.get(entry.from_[0])
        if size_bytes is None or size_bytes > min(MAX_ORIGINAL_BYTES, self._bytes_left):
            return None
        # a zip may hold as much again as an original may
        self._bytes_left -= MAX_ORIGINAL_BYTES if _is_zip(account) else size_bytes
        return _is_derived(bundle, item.origin.original_name, item, entry, account)


def _is_zip(account: derived.Account) -> bool:
    return any(chat.member is not None for chat in account.chats)


def _is_derived(
    bundle: Bundle, name: str, item: Item, entry: FileEntry, account: derived.Account
) -> bool | None:
    """Whoever sealed a bundle could have written any messages beside a chat."""
    with tempfile.TemporaryDirectory(prefix="evidence-kit-") as folder:
        original, made = Path(folder) / "original", Path(folder) / "derived"
        made.mkdir()
        try:
            original.write_bytes(bundle.read(entry.from_[0], max_bytes=MAX_ORIGINAL_BYTES))
            members = members_of(
                original,
                account,
                name,
                ChatOptions(),
                max_bytes=MAX_ORIGINAL_BYTES,
                max_texts=MAX_TEXTS,
            )
        except (Fault, InputError, UsageError):
            return None
        if not all(one.is_as_sealed for one in members):
            return None
        roles = Roles(
            buyer=frozenset(account.buyer_claimed), merchant=frozenset(account.merchant_claimed)
        )
        offset = account.chats[0].assumed_offset
        derived.derive(
            lambda given: [one.reading(offset, given) for one in members],
            made,
            name=name,
            roles=roles,
            is_names_alone=not account.same_accounts,
        )
        written = {path.name: sha256_of_file(path) for path in made.iterdir()}
    sealed = {
        Path(one.path).name: bundle.manifest.get(one.path)
        for one in item.files
        if one.is_made_by(OPERATION) and one.from_ == entry.from_
    }
    if bundle.evidence.software.version != __version__:
        # another version may word the transcript otherwise; a parser has a version of its own
        return written[derived.MESSAGES] == sealed.get(derived.MESSAGES)
    return written == sealed
