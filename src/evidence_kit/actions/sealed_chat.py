"""The messages of a sealed chat export, read anew from the original.

The original is the evidence; what was derived from it at sealing is what whoever sealed it
made of it. So views rest on the original alone, and where the derived records are others,
that is said.
"""

import contextlib
import functools
import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from evidence_kit.actions.chat_account import MAX_ACCOUNT_BYTES
from evidence_kit.actions.chat_members import Member, chats_of, members_of, passed, wanted_of
from evidence_kit.actions.chats import OPERATION, TOP, ChatOptions
from evidence_kit.actions.media import TRANSCRIPTION
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle.hashing import Progress
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.text import escape
from evidence_kit.chats import derived
from evidence_kit.chats.accounts import SameAccount, Senders, same_accounts, with_accounts
from evidence_kit.chats.parser import Parser
from evidence_kit.chats.reading import Roles
from evidence_kit.chats.record import Chat, Party
from evidence_kit.chats.times import BEIJING
from evidence_kit.chats.transcript import Transcript
from evidence_kit.chats.unread import Unread, unread_of
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import InputError, UsageError, closest
from evidence_kit.model import FileEntry, Imported, Item, Kind, Role
from evidence_kit.report import Outcome, Report

_SHOWN_SENDERS = 20
_SHOWN_ITEMS = 20


class Derived(StrEnum):
    """How the records that were sealed beside the original compare with those read from it."""

    SAME = "same"
    DIFFERS = "differs"
    """Whoever sealed them changed them, or read the original with another program."""
    NOT_COMPARED = "not_compared"
    """They were made by another version of the parser, or are read otherwise now."""
    ABSENT = "absent"


@dataclass(frozen=True, kw_only=True)
class SealedChat:
    """A chat of a bundle, open for reading."""

    item: Item
    file: FileEntry
    name: str
    """Name of the original before it was sealed."""
    bundle_id: str
    members: tuple[str, ...]
    """The chats in it by their names, where it is a zip."""
    member: str | None
    """Which of them this one is: its folder where it has several files, else its file."""
    parser: Parser
    transcript: Transcript
    derived: Derived
    is_roles_sealed: bool
    """Whether who is the buyer and who the merchant was said at sealing, not now."""
    same_accounts: tuple[SameAccount, ...]
    """Which of them write under other names than those that were said."""
    unread: Unread | None
    """What else is in the original where it is a zip."""

    @property
    def title(self) -> str:
        """The name, and behind it that of the chat in it where it is a zip."""
        shown = self.member is not None and self.member != TOP
        return f"{self.name} / {self.member}" if shown else self.name

    @functools.cached_property
    def sender_names(self) -> Senders:
        """What its senders are called."""
        return Senders(self.transcript.participants)

    @property
    def has_roles(self) -> bool:
        """Whether both a buyer and a merchant are known."""
        known = {participant.role for participant in self.transcript.participants}
        return {Party.BUYER, Party.MERCHANT} <= known

    def require_roles(self) -> None:
        """Refuse a view that can't tell the buyer from the merchant.

        Raises:
            UsageError: "chat.roles_missing".
        """
        if not self.has_roles:
            raise UsageError("chat.roles_missing", senders=self.senders())

    def require_senders(self, names: Iterable[str]) -> None:
        """Refuse a sender who is not in the chat.

        Raises:
            UsageError: "chat.no_such_sender".
        """
        require_known(names, [self])

    def senders(self) -> str:
        """The names of those who wrote most, for a message."""
        people = self.transcript.participants
        names = [self.sender_names.called(one.sender_raw, one.sender_id) for one in people]
        found = [name for name in dict.fromkeys(names) if name]
        more = ", …" if len(found) > _SHOWN_SENDERS else ""
        return ", ".join(found[:_SHOWN_SENDERS]) + more


@dataclass(frozen=True, kw_only=True)
class ChatReading:
    """What came of reading a chat: the report on its bundle, and the chat unless that failed."""

    report: Report
    chat: SealedChat | None


@contextlib.contextmanager
def open_chat(
    path: Path | str,
    expectations: Expectations | None = None,
    *,
    item: str | None = None,
    member: str | None = None,
    options: ChatOptions | None = None,
    is_one_of_two: bool = False,
    progress: Progress | None = None,
) -> Iterator[ChatReading]:
    """Verify a bundle, then read the chat in it; use it in a `with` block.

    A bundle that fails gives its report and no chat: nothing is told from altered evidence.

    Args:
        path: the bundle, or the folder it was unzipped to.
        expectations: as for `verify_bundle`.
        item: id of the item; needed where the bundle holds several chats.
        member: name of a file in it; needed where it is a zip with several chats.
        options: how to read it; what is not said is taken from the bundle, then from the file.
        is_one_of_two: whether a sender named in the options may be in another chat alone; then
            `require_known` is the caller's to call.
        progress: called with the number of bytes hashed since the last call.

    Raises:
        InputError: it is no bundle, holds no chat ("chat.not_there") and nothing that could be
            one ("chat.no_text", or "chat.only_typed" where a text was typed off a picture), holds
            it no longer ("chat.withheld"), or no format fits ("chat.no_format").
        UsageError: "chat.several", "chat.no_such_item", "chat.several_members",
            "chat.no_such_member", "chat.no_such_parser", "chat.ambiguous", or
            "chat.no_such_sender".
        OSError: no room for the temporary files.
    """
    options = options or ChatOptions()
    with tempfile.TemporaryDirectory(prefix="evidence-kit-") as folder:
        taken: list[_Taken] = []

        def take(bundle: Bundle, report: Report) -> None:
            if report.verdict is not Outcome.FAILED:
                taken.append(_take(bundle, item, Path(folder) / "original"))

        report = verify_bundle(path, expectations, progress=progress, witness=take)
        if not taken:
            yield ChatReading(report=report, chat=None)
            return
        with _read(taken[0], member, options) as chat:
            if not is_one_of_two:
                chat.require_senders((*options.me, *options.merchant))
            yield ChatReading(report=report, chat=chat)


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """A chat as it was taken out of its bundle."""

    bundle_id: str
    item: Item
    file: FileEntry
    path: Path
    account: derived.Account | None
    """What was derived from it at sealing; None where nothing was, or it can't be read."""
    messages_sha256: str | None


def _take(bundle: Bundle, wanted: str | None, target: Path) -> _Taken:
    item = _item(bundle, wanted)
    file = _originals(item)[0]
    _copy(bundle, file, target)
    made = {
        Path(one.path).name: one.path
        for one in item.files
        if one.is_made_by(OPERATION) and one.from_ == (file.path,)
    }
    return _Taken(
        bundle_id=bundle.evidence.id,
        item=item,
        file=file,
        path=target,
        account=_account(bundle, made.get(derived.ACCOUNT)),
        messages_sha256=bundle.manifest.get(made.get(derived.MESSAGES, "")),
    )


def _account(bundle: Bundle, path: str | None) -> derived.Account | None:
    if path is None or not 0 < bundle.sizes.get(path, 0) <= MAX_ACCOUNT_BYTES:
        return None
    content = bundle.read(path, max_bytes=MAX_ACCOUNT_BYTES)
    if sha256_hex(content) != bundle.manifest.get(path):
        raise InputError("file.changing", path=str(bundle.path))
    # where it is odd, the original is read all the same
    return derived.decode(content)


@contextlib.contextmanager
def _read(taken: _Taken, wanted: str | None, options: ChatOptions) -> Iterator[SealedChat]:
    item, account = taken.item, taken.account
    name = item.origin.original_name if isinstance(item.origin, Imported) else item.label
    offset = account.chats[0].assumed_offset if account else BEIJING
    members = members_of(taken.path, taken.account, name, options)
    files = wanted_of(members, wanted)
    every = members if len(files) < len(members) else ()
    with contextlib.ExitStack() as stack:

        def read(roles: Roles) -> _Pass:
            whole = passed(every, offset, roles) if every else None
            first = 1 + sum(whole.counts[: members.index(files[0])]) if whole else 1
            readings = (one.reading(offset, roles) for one in files)
            transcript = stack.enter_context(Transcript(*readings, first=first))
            if whole:
                return _Pass(transcript, whole.sha256, whole.chats)
            return _Pass(transcript, transcript.sha256, transcript.chats)

        roles = files[0].options.roles
        plain = shown = read(roles)
        found = same_accounts(plain.chats, roles)
        if found:
            plain.transcript.close()
            shown = read(with_accounts(roles, found))
        transcript = shown.transcript
        # an older version took the names alone
        sealed = shown if account and account.same_accounts else plain
        said, used = files[0].said, files[0].options
        yield SealedChat(
            item=item,
            file=taken.file,
            name=name,
            bundle_id=taken.bundle_id,
            members=tuple(name for name in chats_of(members) if name),
            member=files[0].chat[0] if len(files) > 1 else files[0].source.member,
            parser=files[0].parser,
            transcript=transcript,
            derived=_compared(taken, members, sealed.sha256),
            is_roles_sealed=(used.me, used.merchant) == (said.me, said.merchant),
            same_accounts=found,
            unread=unread_of(one.source for one in members),
        )


class _Pass(NamedTuple):
    """A chat as it was read with some roles."""

    transcript: Transcript
    sha256: str
    """Digest of all records of the original."""
    chats: tuple[Chat, ...]
    """The accounts of all its files."""


def _compared(taken: _Taken, members: list[Member], sha256: str) -> Derived:
    if taken.account is None or taken.messages_sha256 is None:
        return Derived.ABSENT
    if not all(one.is_as_sealed for one in members):
        return Derived.NOT_COMPARED
    return Derived.SAME if taken.messages_sha256 == sha256 else Derived.DIFFERS


def _item(bundle: Bundle, wanted: str | None) -> Item:
    items = {item.id: item for item in bundle.evidence.items}
    if wanted is not None:
        found = items.get(wanted.upper())
        known = [item.id for item in items.values() if _may_be_chat(item)]
        if not known:
            raise _no_text(bundle)
        if found is None or found.id not in known:
            raise UsageError(
                "chat.no_such_item", item=escape(wanted), known=closest(wanted.upper(), known)
            )
        return found
    chats = [item for item in items.values() if item.kind is Kind.CHAT and _originals(item)]
    others = [item for item in items.values() if _may_be_chat(item)]
    if not chats and not others:
        raise _no_text(bundle)
    if not chats:
        raise InputError("chat.not_there", path=str(bundle.path), names=_names(others))
    if len(chats) > 1:
        raise UsageError("chat.several", names=_names(chats), path=str(bundle.path))
    return chats[0]


def _no_text(bundle: Bundle) -> InputError:
    files = (file for item in bundle.evidence.items for file in item.files)
    is_typed = any(file.is_made_by(TRANSCRIPTION) for file in files)
    return InputError("chat.only_typed" if is_typed else "chat.no_text", path=str(bundle.path))


def _may_be_chat(item: Item) -> bool:
    """Whether it can be read with --item: a document may be a chat that was not recognised."""
    return item.kind in (Kind.CHAT, Kind.DOCUMENT) and bool(_originals(item))


def _names(items: Sequence[Item]) -> str:
    more = ", …" if len(items) > _SHOWN_ITEMS else ""
    return ", ".join(f"{one.id} ({escape(one.label)})" for one in items[:_SHOWN_ITEMS]) + more


def _originals(item: Item) -> list[FileEntry]:
    is_imported = isinstance(item.origin, Imported)
    return [file for file in item.files if is_imported and file.role is Role.ORIGINAL]


def _copy(bundle: Bundle, file: FileEntry, target: Path) -> None:
    """Copy the original out of the bundle; the bytes copied are those that were verified."""
    if file.path not in bundle.sizes:
        raise InputError("chat.withheld", name=file.path, path=str(bundle.path))
    digest = hashlib.sha256()
    with target.open("xb") as out:
        for piece in bundle.source.pieces(file.path):
            digest.update(piece)
            out.write(piece)
    if digest.hexdigest() != bundle.manifest[file.path]:
        raise InputError("file.changing", path=str(bundle.path))


def require_known(names: Iterable[str], chats: Sequence[SealedChat]) -> None:
    """Refuse a sender who is in none of the chats: a slip of the pen would give no silence at all.

    Raises:
        UsageError: "chat.no_such_sender".
    """
    known = {
        name
        for chat in chats
        for participant in chat.transcript.participants
        for name in (participant.sender_raw, participant.sender_id)
        if name
    }
    for name in names:
        if name not in known:
            raise UsageError(
                "chat.no_such_sender",
                name=escape(name),
                known=escape(closest(name, sorted(known))),
            )
