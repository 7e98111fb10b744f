"""The views of a chat as JSON: one object, its long list last. Stable, never translated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from evidence_kit.actions.sealed_chat import Derived, SealedChat
from evidence_kit.chats.accounts import SameAccount
from evidence_kit.chats.alignment import Alignment
from evidence_kit.chats.derived import number_of
from evidence_kit.chats.lexicon import Lexicon
from evidence_kit.chats.marks import Mark
from evidence_kit.chats.narrowing import Narrowed
from evidence_kit.chats.record import Chat, Record
from evidence_kit.chats.transcript import Entry, Roleless
from evidence_kit.chats.unread import Unread
from evidence_kit.report import Outcome, Report

FORMAT = "evidence-kit/chat-view/1-draft"


class LexiconUsed(msgspec.Struct, frozen=True, kw_only=True):
    """A lexicon that was searched with."""

    id: str
    version: str
    sha256: str
    """Digest of its file."""


class ChatShown(msgspec.Struct, frozen=True, kw_only=True):
    """The chat that a view is of, and the bundle that holds it."""

    path: str
    """Of the bundle, as it was given."""
    bundle_id: str
    verdict: Outcome
    sealed_no_later_than: str | None
    """RFC 3339; None where no time is proven."""
    item: str
    file: str
    """Path of the original in the bundle."""
    name: str
    """Name of the original before it was sealed."""
    derived: Derived
    is_roles_sealed: bool
    """Whether who is the buyer and who the merchant was said at sealing, not now."""
    same_accounts: tuple[SameAccount, ...]
    """Who of them writes under other names than those that were said."""
    member: str | None
    """Which chat of a zip: its folder where it has several files, else its file."""
    accounts: tuple[Chat, ...]
    """Of each of its files."""
    unread: Unread | None
    """What else is in the file where it is a zip; None where nothing is."""


class ViewHead(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of a view but its entries."""

    format: str
    view: str
    chats: tuple[ChatShown, ...]
    """One; two in `diff`, A and B."""
    lexicons: tuple[LexiconUsed, ...] = ()
    """In `marks` and `promises`."""
    rejected: tuple[Mark, ...] = ()
    """In `promises`: what was left out since a note of the case rejects it."""
    roleless: Roleless | None = None
    """In `silence` and `promises`: what is from neither party and not counted, if anything is."""
    alignment: Alignment | None = None
    """In `diff`."""
    narrowed: Narrowed | None = None
    """How the entries, and `rejected`, were narrowed; absent where all are shown."""


class RecordShown(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of `timeline` and `cite`."""

    label: str
    """Such as E1#M0142."""
    number: int
    """Its place in the file, counted from 1."""
    at_ms: int | None
    """Milliseconds since 1970 where the export leaves no doubt."""
    record: Record


class MarkShown(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of `marks`."""

    mark: Mark
    judgement: str | None
    """"confirmed" or "rejected" where a note in the case says so."""


def head(
    view: str,
    shown: Sequence[tuple[Report, SealedChat]],
    *,
    lexicons: Sequence[Lexicon] = (),
    rejected: Sequence[Mark] = (),
    roleless: Roleless | None = None,
    alignment: Alignment | None = None,
    narrowed: Narrowed | None = None,
) -> ViewHead:
    """All of a view but its entries."""
    return ViewHead(
        format=FORMAT,
        view=view,
        chats=tuple(_chat(report, chat) for report, chat in shown),
        lexicons=tuple(
            LexiconUsed(id=one.id, version=one.version, sha256=one.sha256) for one in lexicons
        ),
        rejected=tuple(rejected),
        roleless=roleless,
        alignment=alignment,
        narrowed=narrowed,
    )


def _chat(report: Report, chat: SealedChat) -> ChatShown:
    sealed = report.sealed_no_later_than
    return ChatShown(
        path=report.path,
        bundle_id=chat.bundle_id,
        verdict=report.verdict,
        sealed_no_later_than=sealed.isoformat() if sealed else None,
        item=chat.item.id,
        file=chat.file.path,
        name=chat.name,
        derived=chat.derived,
        is_roles_sealed=chat.is_roles_sealed,
        same_accounts=chat.same_accounts,
        member=chat.member,
        accounts=chat.transcript.chats,
        unread=chat.unread,
    )


def records(chat: SealedChat, entries: Iterable[Entry]) -> Iterator[RecordShown]:
    """Entries of a timeline."""
    for entry in entries:
        yield RecordShown(
            label=f"{chat.item.id}#{number_of(entry.number)}",
            number=entry.number,
            at_ms=entry.at_ms,
            record=entry.record,
        )


def judged(marks: Iterable[Mark], judgements: Mapping[tuple[str, str], str]) -> Iterator[MarkShown]:
    """Marks with the user's judgement."""
    for one in marks:
        yield MarkShown(mark=one, judgement=judgements.get((one.record, one.category)))
