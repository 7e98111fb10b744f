"""Chats among the files that are added: read, and what can be cited derived beside them."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from evidence_kit.actions.chat_notes import (
    date_notes,
    reading_notes,
    shortfalls_of,
    sibling_notes,
    unread_notes,
)
from evidence_kit.actions.chat_roles import account_notes, require_apart, role_notes
from evidence_kit.actions.derivation import derived_file
from evidence_kit.actions.no_chat import why_no_chat
from evidence_kit.bundle.text import escape
from evidence_kit.chats import derived
from evidence_kit.chats.accounts import same_accounts, with_accounts
from evidence_kit.chats.containers import Export, ZipRefused, exports
from evidence_kit.chats.parser import DateOrder, Options, Parser, choose, parser_named
from evidence_kit.chats.reading import Reading, Roles
from evidence_kit.chats.record import Chat, Participant
from evidence_kit.chats.source import Source, open_source, read_head
from evidence_kit.errors import UsageError, closest
from evidence_kit.model import Draft, DraftFile, Kind, Maker, Observation

OPERATION = "read_chat"
"""`FileEntry.by.operation` of what is derived from a chat."""
_FILES = {
    derived.MESSAGES: "application/x-ndjson",
    derived.TRANSCRIPT: "text/plain; charset=utf-8",
    derived.ACCOUNT: "application/json",
}

TOP = "."
"""Name of a chat whose files stand in no folder of the zip."""

AskRoles = Callable[[str, Sequence[Participant]], Roles]
"""Asks the user who the senders of the chat of this name are."""


class ChatOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the user says of the chats among the files."""

    parser: str | None = None
    """Id of the format; None takes the one that fits."""
    me: tuple[str, ...] = ()
    """The user's own names or ids in the chats, as the user says."""
    merchant: tuple[str, ...] = ()
    """The merchant's, as the user says."""
    date_order: DateOrder | None = None

    @property
    def roles(self) -> Roles:
        """The same for a reading."""
        return Roles(buyer=frozenset(self.me), merchant=frozenset(self.merchant))


class ReadDrafts(msgspec.Struct, frozen=True, kw_only=True):
    """Drafts with what was derived from the chats among them."""

    drafts: tuple[Draft, ...]
    notes: tuple[Observation, ...] = ()
    shortfalls: tuple[Observation, ...] = ()


def read_chat(
    path: Path | str,
    *,
    parser: str | None = None,
    me: Sequence[str] = (),
    merchant: Sequence[str] = (),
    date_order: DateOrder | None = None,
) -> Reading:
    """The records of a chat export, one after the other; the account after the last.

    Raises:
        InputError: the file can't be read.
        UsageError: "chat.none" where no format fits, "chat.ambiguous", "chat.no_such_parser",
            "chat.both_roles".
    """
    options = ChatOptions(
        parser=parser, me=tuple(me), merchant=tuple(merchant), date_order=date_order
    )
    require_apart(options.roles)
    path = Path(path)
    found = parser_of(Export(read_head(path), path, None), options.parser)
    if found is None:
        raise UsageError("chat.none")
    source, roles = open_source(path), options.roles
    if roles != Roles():  # who writes under a second name is known once all was read
        first = _reading(source, found, options, roles)
        for _ in first:
            pass
        roles = with_accounts(roles, same_accounts((first.chat,), roles))
    return _reading(source, found, options, roles)


def read_drafts(
    drafts: Sequence[Draft], folder: Path, *, options: ChatOptions, ask: AskRoles | None = None
) -> ReadDrafts:
    """Read every chat among files that are about to be sealed.

    Args:
        drafts: one file each, but for those that were read as something else.
        folder: a folder for what is derived; it must last until the sealing.
        options: what the user says of the chats.
        ask: asks for roles where the options name none.

    Raises:
        InputError: a file can't be read.
        UsageError: several formats fit; there is no such format, chat or sender; one sender is
            said to be both parties.
    """
    require_apart(options.roles)
    found: list[ReadDrafts] = []
    senders: set[str] = set()
    for number, draft in enumerate(drafts, start=1):
        # What something was derived from already is a bill, which is no chat.
        if draft.kind not in (Kind.DOCUMENT, Kind.CHAT) or len(draft.files) > 1:
            found.append(ReadDrafts(drafts=(draft,)))
            continue
        place = folder / f"{number:04}"
        place.mkdir()
        read, chats = _read_draft(draft, place, options, ask)
        found.append(read)
        require_apart(options.roles, (one for chat in chats for one in chat.participants))
        senders.update(_names(chats))
    is_chat = any(draft.kind is Kind.CHAT for read in found for draft in read.drafts)
    _require_used(options, senders, is_chat=is_chat)
    return ReadDrafts(
        drafts=tuple(draft for read in found for draft in read.drafts),
        notes=tuple(note for read in found for note in read.notes),
        shortfalls=tuple(lack for read in found for lack in read.shortfalls),
    )


def _read_draft(
    draft: Draft, folder: Path, options: ChatOptions, ask: AskRoles | None
) -> tuple[ReadDrafts, tuple[Chat, ...]]:
    """A file with what is derived from the chats in it; a document where there is none."""
    path = Path(draft.files[0].source)
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    try:
        chosen = [
            (export, parser)
            for export in exports(path, unpacked)
            if (parser := parser_of(export, options.parser)) is not None
        ]
    except ZipRefused as refused:
        return _document(draft, refused.code), ()
    if not chosen:
        return _document(draft, *why_no_chat(path, draft.files[0].media_type)), ()
    return _chat(draft, by_series(chosen), folder, options, ask)


def chat_of(member: str | None, parser: Parser) -> tuple[str | None, Parser]:
    """The same for all files of a chat: what that is called, and what it is read with.

    A chat in a zip is called by the folder of its files, or by its file; None out of a zip.
    """
    if member is None or parser.series is None:
        return member, parser
    return parser.series(member) or TOP, parser


def by_series(chosen: Sequence[tuple[Export, Parser]]) -> list[tuple[Export, Parser]]:
    """The files of each chat one after the other, since records are numbered on."""
    places: dict[tuple[str | None, Parser], int] = {}
    for export, parser in chosen:
        places.setdefault(chat_of(export.member, parser), len(places))
    return sorted(chosen, key=lambda one: places[chat_of(one[0].member, one[1])])


def parser_of(export: Export, parser_id: str | None, *, name: str | None = None) -> Parser | None:
    """What a chat is to be read with; None where nothing fits.

    Args:
        export: a file, or a text in a zip.
        parser_id: the format that the user named.
        name: what a message calls the file; None takes the name that it has.

    Raises:
        UsageError: "chat.no_such_parser" or "chat.ambiguous".
    """
    if parser_id is None:
        named = None if export.member else name
        return choose(dataclasses.replace(export.head, name=named) if named else export.head)
    parser = parser_named(parser_id, file=export.member or name or export.path.name)
    # of the texts in a zip, the named format takes those that may be its own
    return parser if export.member is None or parser.detect(export.head).score else None


def _document(draft: Draft, code: str | None, count: int = 0) -> ReadDrafts:
    draft = msgspec.structs.replace(draft, kind=Kind.DOCUMENT)
    params: dict[str, str | int] = {"name": escape(Path(draft.files[0].source).name)}
    if count:
        params["count"] = count
    notes = (Observation(code=code, params=params),) if code else ()
    return ReadDrafts(drafts=(draft,), notes=notes)


def _chat(
    draft: Draft,
    chosen: Sequence[tuple[Export, Parser]],
    folder: Path,
    options: ChatOptions,
    ask: AskRoles | None,
) -> tuple[ReadDrafts, tuple[Chat, ...]]:
    file = draft.files[0]
    path = Path(file.source)
    sources = [(export.source(), parser) for export, parser in chosen]
    roles = options.roles
    if ask is not None and not (roles.buyer or roles.merchant):
        roles = ask(path.name, _participants(sources, options))
    account = derived.derive(
        lambda given: [_reading(source, parser, options, given) for source, parser in sources],
        folder,
        name=path.name,
        roles=roles,
    )
    is_zip = sources[0][0].member is not None
    file = msgspec.structs.replace(
        file, sha256=open_source(path).sha256 if is_zip else sources[0][0].sha256
    )
    read = msgspec.structs.replace(
        draft, kind=Kind.CHAT, files=(file, *_made(file.path, folder, sources[0][1]))
    )
    is_named = options.parser is not None
    return ReadDrafts(
        drafts=(read,),
        notes=tuple(_notes(sources, account, roles, options, path.name)),
        shortfalls=tuple(shortfalls_of(account.chats, path.name, is_named=is_named)),
    ), account.chats


def _notes(
    sources: Sequence[tuple[Source, Parser]],
    account: derived.Account,
    roles: Roles,
    options: ChatOptions,
    name: str,
) -> Iterator[Observation]:
    """What to say of the chats of an original."""
    chats: dict[tuple[str | None, Parser], list[Chat]] = {}
    for (source, parser), chat in zip(sources, account.chats, strict=True):
        chats.setdefault(chat_of(source.member, parser), []).append(chat)
    params: dict[str, str | int] = {"name": escape(name)}
    if len(chats) > 1:
        yield Observation(code="chat.members", params=params | {"count": len(chats)})
    yield from reading_notes(chats, name)
    for (source, parser), chat in zip(sources, account.chats, strict=True):
        shown = f"{name}/{source.member}" if source.member else name
        yield from date_notes(source, parser, chat, given=options.date_order, name=shown)
    # of a zip of many chats each format's caveat is told once
    for caveat in dict.fromkeys(parser.caveat for _, parser in sources if parser.caveat):
        yield Observation(code=caveat, params=params)
    yield from sibling_notes(account.chats, name)
    yield from unread_notes(account.unread or None, name)
    yield from role_notes(list(chats.values()), roles, name)
    yield from account_notes(account.same_accounts or (), name)


def _made(original: str, folder: Path, parser: Parser) -> Iterator[DraftFile]:
    """The derived files; chat.json names the parser of each chat of a zip."""
    by = Maker(operation=OPERATION, tool=parser.id, version=parser.version)
    for name, media_type in _FILES.items():
        yield derived_file(folder / name, media_type, original=original, by=by)


def _reading(source: Source, parser: Parser, options: ChatOptions, roles: Roles) -> Reading:
    return Reading(source, parser, options=Options(date_order=options.date_order), roles=roles)


def _participants(
    sources: Sequence[tuple[Source, Parser]], options: ChatOptions
) -> tuple[Participant, ...]:
    found: list[Participant] = []
    for source, parser in sources:
        reading = _reading(source, parser, options, Roles())
        for _ in reading:
            pass
        found += reading.chat.participants
    return tuple(found)


def _names(chats: Sequence[Chat]) -> Iterator[str]:
    for chat in chats:
        for one in chat.participants:
            yield from (name for name in (one.sender_raw, one.sender_id) if name)


def _require_used(options: ChatOptions, senders: set[str], *, is_chat: bool) -> None:
    """Refuse what the user said of chats or senders that are not there."""
    if not is_chat and options != ChatOptions():
        raise UsageError("chat.none")
    for name in (*options.me, *options.merchant):
        if name not in senders:
            raise UsageError(
                "chat.no_such_sender", name=escape(name), known=escape(closest(name, senders))
            )
