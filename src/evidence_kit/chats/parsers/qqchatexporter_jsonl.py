"""JSONL export of QQChatExporter: `chunks/c000001.jsonl` and so on, a message a line.

`manifest.json` above them says whose chat it is, who exported it, and how many messages each chunk
holds. It is read, too, where it comes along, and in a zip it is asked for each chunk that it lists:
a chunk says none of this itself.
"""

import posixpath
from collections.abc import Generator, Iterator
from typing import NamedTuple

from evidence_kit.chats.json_stream import Pointer, Value, json_lines, values
from evidence_kit.chats.parser import SIGNATURE, ChatStop, Detection, Options, Parser
from evidence_kit.chats.qqchatexporter import CAVEAT, Conversation, record_of
from evidence_kit.chats.record import ALL_FILES, Declared, Lack, Part
from evidence_kit.chats.scalars import number, object_of, text_of
from evidence_kit.chats.siblings import Beside, beside, missing, path_from, shown
from evidence_kit.chats.source import Head, Source, read_head

_MANIFEST = ('"QQChatExporter', '"chatInfo"', '"chunked"', '"chunksDir"')
_COUNT = ("statistics", "totalMessages")
_CHUNKS_FOLDER = "chunks"
_BESIDE_CHUNKS = "../manifest.json"
CHUNKS = 10_000
"""A manifest that lists more is not asked."""
_KEYS = ('"id"', '"seq"', '"sender"', '"uid"', '"content"', '"elements"')


def _detect(head: Head) -> Detection:
    if _is_manifest(head):
        return Detection(SIGNATURE, ("the manifest of an export in chunks",))
    first, _, _ = head.text.lstrip().partition("\n")
    if not first.startswith("{") or '"chatInfo"' in first or any(k not in first for k in _KEYS):
        return Detection()
    return Detection(SIGNATURE, (f"lines with {', '.join(_KEYS)}",))


def _is_manifest(head: Head) -> bool:
    return head.text.lstrip()[:1] == "{" and all(mark in head.text for mark in _MANIFEST)


def _parse(source: Source, options: Options) -> Iterator[Part]:
    head = read_head(source.path)
    yield from _manifest(source) if _is_manifest(head) else _messages(source)


class Chunk(NamedTuple):
    """A file of messages, as the manifest lists it."""

    path: str
    """From the folder of the manifest."""
    messages: int | None


class Manifest(NamedTuple):
    """What a manifest says of the whole export."""

    chat: Conversation
    chunks: tuple[Chunk, ...]


def _manifest(source: Source) -> Iterator[Part]:
    """No message, but how many there are in the files beside it, and which of them are not."""
    for value in values(source, _is_open):
        if not isinstance(value, Value):
            yield value
            continue
        yield value.structure
        if value.pointer == _COUNT and (count := number(value.value)) is not None:
            yield Declared(what=ALL_FILES, declared=count)
        elif chunk := _chunk(value):
            lost = missing(source, chunk.path)
            yield from (lost,) if lost else ()


def _is_open(pointer: Pointer) -> bool:
    return len(pointer) < 3


def _chunk(value: Value) -> Chunk | None:
    told = object_of(value.value)
    path = text_of(told.get("relativePath"))
    is_listed = value.pointer[:2] == ("chunked", "chunks") and path is not None
    return Chunk(path, number(told.get("count"))) if is_listed and path else None


def manifest_of(source: Source) -> Manifest:
    """What `manifest.json` says of the chunks below it.

    Raises:
        ChatStop: it is no manifest, breaks off, or lists too many files.
    """
    if not _is_manifest(read_head(source.path)):
        raise ChatStop(0, "chat.not_json")
    told: dict[Pointer, str | None] = {}
    chunks: list[Chunk] = []
    for value in values(source, _is_open):
        if isinstance(value, Value) and value.pointer[:1] == ("chatInfo",):
            told[value.pointer[1:]] = text_of(value.value)
        elif isinstance(value, Value) and (chunk := _chunk(value)):
            chunks.append(chunk)
            if len(chunks) > CHUNKS:
                raise ChatStop(value.byte_start, "chat.too_long")
    own_ids = {told.get(("selfUid",)), told.get(("selfUin",))} - {None}
    chat = Conversation(name=told.get(("name",)), own_ids=frozenset(filter(None, own_ids)))
    return Manifest(chat, tuple(chunks))


def _messages(source: Source) -> Iterator[Part]:
    chat = Conversation()
    found = beside(source, _BESIDE_CHUNKS, manifest_of)
    if found is not None:
        chat = yield from _told(source, found)
    for value in json_lines(source):
        if not isinstance(value, Value):
            yield value
        elif isinstance(value.value, dict):
            yield record_of(source, value, value.value, chat)


def _told(source: Source, found: Beside[Manifest]) -> Generator[Part, None, Conversation]:
    """What it says of this chunk; nothing where that is not listed, or with two counts."""
    if found.value is None:
        yield found.told()
        return Conversation()
    own = {
        chunk.messages
        for chunk in found.value.chunks
        if path_from(found.member, chunk.path) == source.member
    }
    if len(own) != 1:
        yield found.told(lack=Lack.CONTRADICTS if own else Lack.UNLISTED)
        return Conversation()
    yield found.told("conversation", "self_claimed", "declared")
    for count in own - {None}:
        yield Declared(what="messages", declared=count or 0, told_by=shown(found.member))
    return found.value.chat


def _folder(member: str) -> str:
    """That of the manifest."""
    folder = posixpath.dirname(member)
    return posixpath.dirname(folder) if posixpath.basename(folder) == _CHUNKS_FOLDER else folder


PARSER = Parser(
    id="qqchatexporter_jsonl",
    version="3",
    title="QQChatExporter JSONL",
    syntax="jsonl",
    detect=_detect,
    parse=_parse,
    series=_folder,
    caveat=CAVEAT,
)
