"""Chats among the files that are added: read, and what can be cited derived beside them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from evidence_kit.bundle import layout
from evidence_kit.bundle.text import escape
from evidence_kit.chats import derived
from evidence_kit.chats.parser import DateOrder, Options, Parser, choose, parser_named
from evidence_kit.chats.reading import Reading, Roles
from evidence_kit.chats.record import Chat, Participant
from evidence_kit.chats.source import Source, open_source, read_head
from evidence_kit.errors import UsageError, closest
from evidence_kit.model import Draft, DraftFile, Kind, Maker, Observation, Role

OPERATION = "read_chat"
"""`FileEntry.by.operation` of what is derived from a chat."""
_FILES = {
    derived.MESSAGES: "application/x-ndjson",
    derived.TRANSCRIPT: "text/plain; charset=utf-8",
    derived.ACCOUNT: "application/json",
}

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
        UsageError: "chat.none" where no format fits, "chat.ambiguous", "chat.no_such_parser".
    """
    options = ChatOptions(
        parser=parser, me=tuple(me), merchant=tuple(merchant), date_order=date_order
    )
    found = _parser_for(Path(path), options)
    if found is None:
        raise UsageError("chat.none")
    return _reading(open_source(Path(path)), found, options, options.roles)


def read_drafts(
    drafts: Sequence[Draft], folder: Path, *, options: ChatOptions, ask: AskRoles | None = None
) -> ReadDrafts:
    """Read every chat among files that are about to be sealed.

    Args:
        drafts: one file each.
        folder: an empty folder for what is derived; it must last until the sealing.
        options: what the user says of the chats.
        ask: asks for roles where the options name none.

    Raises:
        InputError: a file can't be read.
        UsageError: several formats fit; there is no such format, chat or sender.
    """
    found: list[ReadDrafts] = []
    senders: set[str] = set()
    is_chat = False
    for number, draft in enumerate(drafts, start=1):
        path = Path(draft.files[0].source)
        parser = _parser_for(path, options) if draft.kind in (Kind.DOCUMENT, Kind.CHAT) else None
        if parser is None:
            found.append(_without_chat(draft))
            continue
        is_chat = True
        place = folder / f"{number:04}"
        place.mkdir()
        read, chats = _read(draft, parser, place, options, ask)
        found.append(read)
        senders.update(_names(chats))
    _require_used(options, senders, is_chat=is_chat)
    return ReadDrafts(
        drafts=tuple(draft for read in found for draft in read.drafts),
        notes=tuple(note for read in found for note in read.notes),
        shortfalls=tuple(lack for read in found for lack in read.shortfalls),
    )


def _parser_for(path: Path, options: ChatOptions) -> Parser | None:
    head = read_head(path)
    if options.parser is not None:
        return parser_named(options.parser)
    return choose(head)


def _without_chat(draft: Draft) -> ReadDrafts:
    """A file that no parser claims is a document; where it might have been meant, that is said."""
    is_text = draft.files[0].media_type.startswith("text/") or (
        draft.files[0].media_type == "application/json"
    )
    if draft.kind not in (Kind.DOCUMENT, Kind.CHAT):
        return ReadDrafts(drafts=(draft,))
    draft = msgspec.structs.replace(draft, kind=Kind.DOCUMENT)
    name = Path(draft.files[0].source).name
    note = Observation(code="chat.unrecognised", params={"name": escape(name)})
    return ReadDrafts(drafts=(draft,), notes=(note,) if is_text else ())


def _read(
    draft: Draft, parser: Parser, folder: Path, options: ChatOptions, ask: AskRoles | None
) -> tuple[ReadDrafts, tuple[Chat, ...]]:
    file = draft.files[0]
    name = Path(file.source).name
    source = open_source(Path(file.source))
    roles = options.roles
    if ask is not None and not (roles.buyer or roles.merchant):
        roles = ask(name, _participants(source, parser, options))
    reading = _reading(source, parser, options, roles)
    account = derived.derive([reading], folder, name=name, roles=roles)
    made = tuple(
        DraftFile(
            path=f"{layout.DATA}derived/{folder.name}/{made}",
            source=str(folder / made),
            media_type=media_type,
            role=Role.DERIVED,
            from_=(file.path,),
            by=Maker(operation=OPERATION, tool=parser.id, version=parser.version),
        )
        for made, media_type in _FILES.items()
    )
    read = msgspec.structs.replace(
        draft,
        kind=Kind.CHAT,
        files=(msgspec.structs.replace(file, sha256=source.sha256), *made),
    )
    shortfalls = tuple(lack for chat in account.chats for lack in _shortfalls(chat, name))
    notes = tuple(note for chat in account.chats for note in _notes(chat, name, parser, roles))
    return ReadDrafts(drafts=(read,), notes=notes, shortfalls=shortfalls), account.chats


def _reading(source: Source, parser: Parser, options: ChatOptions, roles: Roles) -> Reading:
    return Reading(source, parser, options=Options(date_order=options.date_order), roles=roles)


def _participants(source: Source, parser: Parser, options: ChatOptions) -> tuple[Participant, ...]:
    reading = _reading(source, parser, options, Roles())
    for _ in reading:
        pass
    return reading.chat.participants


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


def _shortfalls(chat: Chat, name: str) -> Iterator[Observation]:
    if chat.stopped:
        stop = chat.stopped
        yield Observation(
            code=stop.code, params={"name": escape(name), "byte": stop.byte, "detail": stop.detail}
        )


def _notes(chat: Chat, name: str, parser: Parser, roles: Roles) -> Iterator[Observation]:
    shown = escape(name)
    yield Observation(
        code="chat.read",
        params={
            "name": shown,
            "format": parser.title,
            "encoding": chat.encoding,
            "messages": chat.records,
            "unclaimed": chat.unclaimed_bytes,
        },
    )
    for claim in chat.declared:
        if claim.actual is not None and claim.actual != claim.declared:
            yield Observation(
                code="chat.declared",
                params={"name": shown, "declared": claim.declared, "actual": claim.actual},
            )
    counts = {
        "chat.ambiguous_dates": chat.ambiguous_dates,
        "chat.backwards": chat.backward_times,
        "chat.undecodable": chat.undecodable,
    }
    for code, count in counts.items():
        if count:
            yield Observation(code=code, params={"name": shown, "count": count})
    if chat.participants and not (roles.buyer or roles.merchant):
        yield Observation(code="chat.roles_open", params={"name": shown})
