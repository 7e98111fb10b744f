"""JSONL export of QQChatExporter: `chunks/c000001.jsonl` and so on, a message a line.

`manifest.json` beside them says whose chat it is and how many messages each chunk holds; it is
read, too, where it comes along. A chunk says neither whose chat it is nor who exported it.
"""

from collections.abc import Iterator

from evidence_kit.chats.json_stream import Value, json_lines, values
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.qqchatexporter import CAVEAT, Conversation, record_of
from evidence_kit.chats.record import ALL_FILES, Declared, Part
from evidence_kit.chats.scalars import number
from evidence_kit.chats.source import Head, Source, read_head

_MANIFEST = ('"QQChatExporter', '"chatInfo"', '"chunked"', '"chunksDir"')
_COUNT = ("statistics", "totalMessages")
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


def _manifest(source: Source) -> Iterator[Part]:
    """No message, but how many there are in the files beside it."""
    for value in values(source, lambda pointer: True):
        if isinstance(value, Value):
            yield value.structure
            if value.pointer == _COUNT and (count := number(value.value)) is not None:
                yield Declared(what=ALL_FILES, declared=count)
        else:
            yield value


def _messages(source: Source) -> Iterator[Part]:
    chat = Conversation()
    for value in json_lines(source):
        if not isinstance(value, Value):
            yield value
        elif isinstance(value.value, dict):
            yield record_of(source, value, value.value, chat)


PARSER = Parser(
    id="qqchatexporter_jsonl",
    version="1",
    title="QQChatExporter JSONL",
    syntax="jsonl",
    detect=_detect,
    parse=_parse,
    caveat=CAVEAT,
)
