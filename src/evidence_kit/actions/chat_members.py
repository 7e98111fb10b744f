"""The files of an original that are chats, or parts of one, and how each is to be read again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import msgspec

from evidence_kit.actions.chat_roles import require_apart
from evidence_kit.actions.chats import ChatOptions, chat_of, parser_of
from evidence_kit.bundle.text import escape
from evidence_kit.chats import derived
from evidence_kit.chats.containers import Export, ZipRefused, exports
from evidence_kit.chats.parser import DateOrder, Options, Parser, parser_named
from evidence_kit.chats.reading import Reading, Roles
from evidence_kit.chats.record import Chat
from evidence_kit.chats.source import Source
from evidence_kit.errors import InputError, UsageError, near

_SHOWN_NAMES = 20


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file with messages: the original itself, or a text in a zip."""

    source: Source
    parser: Parser
    said: ChatOptions
    """What was said of it at sealing."""
    options: ChatOptions
    """The same, but for what is said now."""
    sealed: Chat | None
    """What was told of it at sealing."""

    @property
    def chat(self) -> tuple[str | None, Parser]:
        """See `chat_of`."""
        return chat_of(self.source.member, self.parser)

    @property
    def is_as_sealed(self) -> bool:
        """Whether it is read now as it was then."""
        version = self.sealed.parser_version if self.sealed else None
        return self.options == self.said and version == self.parser.version

    def reading(self, assumed_offset: str, roles: Roles) -> Reading:
        """Its records, unread."""
        return Reading(
            self.source,
            self.parser,
            options=Options(date_order=self.options.date_order),
            roles=roles,
            assumed_offset=assumed_offset,
        )


def members_of(
    path: Path,
    account: derived.Account | None,
    name: str,
    options: ChatOptions,
    *,
    max_bytes: int | None = None,
    max_texts: int | None = None,
) -> list[Member]:
    """Every file of an original that holds messages, in the order of the sealing.

    Args:
        path: the original; texts of a zip are unpacked beside it.
        account: what was told of it at sealing; chats that it does not name are passed over.
        name: what the original was called.
        options: how to read it; what is not said is taken from the account.
        max_bytes: of all texts of a zip; None leaves it at what a zip may hold.
        max_texts: of a zip; the same.

    Raises:
        InputError: "chat.no_format".
        UsageError: "chat.no_such_parser", "chat.ambiguous" or "chat.both_roles".
    """
    unpacked = path.parent / "unpacked"
    unpacked.mkdir()
    try:
        held = list(exports(path, unpacked, max_bytes=max_bytes, max_texts=max_texts))
    except ZipRefused as refused:
        raise InputError("chat.no_format", path=name) from refused
    sealed = {chat.member: chat for chat in account.chats} if account else {}
    # records are numbered on from chat to chat, so the order is that of the sealing
    order = {member: place for place, member in enumerate(sealed)}
    held.sort(key=lambda export: order.get(export.member, len(order)))
    if not any(export.member in sealed for export in held):
        account, sealed = None, {}
    found = []
    for export in held:
        chat = sealed.get(export.member)
        if sealed and chat is None:
            continue
        said = as_sealed(account, chat) if account and chat else ChatOptions()
        member = _member(export, chat, said, options, name)
        if member is not None:
            found.append(member)
    if not found:
        raise InputError("chat.no_format", path=name)
    return found


def _member(
    export: Export, chat: Chat | None, said: ChatOptions, options: ChatOptions, name: str
) -> Member | None:
    """A file with what it is to be read with; None where nothing fits."""
    merged = ChatOptions(
        parser=options.parser or said.parser,
        me=options.me or said.me,
        merchant=options.merchant or said.merchant,
        date_order=options.date_order or said.date_order,
    )
    if options.me or options.merchant:
        require_apart(merged.roles)
    if chat and merged.parser:
        parser: Parser | None = parser_named(merged.parser, file=export.member or name)
    else:
        parser = parser_of(export, merged.parser, name=name)
    if parser is None:
        return None
    return Member(source=export.source(), parser=parser, said=said, options=merged, sealed=chat)


def chats_of(members: Sequence[Member]) -> dict[str, tuple[Member, ...]]:
    """The files of each chat, which stand one after the other, by the chat's name."""
    found: dict[str, tuple[Member, ...]] = {}
    for (name, _), run in groupby(members, key=lambda one: one.chat):
        files = tuple(run)
        # where something else stands between two runs, the second one has to have another name
        free = name is None or name not in found
        found[name or "" if free else files[0].source.member or ""] = files
    return found


def wanted_of(members: Sequence[Member], name: str | None) -> tuple[Member, ...]:
    """The files of the chat that is meant; one alone where its own name is given.

    Raises:
        UsageError: "chat.several_members", "chat.no_such_member" or "chat.no_zip".
    """
    chats = chats_of(members)
    known = {one.source.member or "": (one,) for one in members} | chats
    if name is not None and name in known:
        return known[name]
    if name is not None and not any(one.source.member for one in members):
        raise UsageError("chat.no_zip", name=escape(name))
    if name is not None:
        names = escape(near(name, filter(None, known)))
        raise UsageError("chat.no_such_member", name=escape(name), known=names)
    if len(chats) > 1:
        names = escape(", ".join(list(chats)[:_SHOWN_NAMES]))
        raise UsageError("chat.several_members", count=len(chats), names=names)
    return next(iter(chats.values()))


class Passed(NamedTuple):
    """What came of reading every file of an original once."""

    counts: list[int]
    """How many records each has."""
    sha256: str
    """Digest of all of them: what messages.jsonl has."""
    chats: tuple[Chat, ...]


def passed(members: Sequence[Member], assumed_offset: str, roles: Roles) -> Passed:
    """Read every file, and keep no record."""
    encode, digest, counts, chats = msgspec.json.Encoder().encode, hashlib.sha256(), [], []
    for member in members:
        count, reading = 0, member.reading(assumed_offset, roles)
        for record in reading:
            digest.update(encode(record) + b"\n")
            count += 1
        counts.append(count)
        chats.append(reading.chat)
    return Passed(counts, digest.hexdigest(), tuple(chats))


def as_sealed(account: derived.Account, chat: Chat) -> ChatOptions:
    """What was said of the chat when it was sealed."""
    orders: dict[str | None, DateOrder] = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}
    return ChatOptions(
        parser=chat.parser,
        me=account.buyer_claimed,
        merchant=account.merchant_claimed,
        date_order=orders.get(chat.date_order),
    )
