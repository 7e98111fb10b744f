"""JSON export of QQChatExporter: `metadata`, `chatInfo`, `statistics`, `messages`.

Some versions could write the messages in `chunks`, each like an export of its own.
"""

from collections.abc import Iterator

from evidence_kit.chats.json_stream import Pointer, Value, values
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.qqchatexporter import CAVEAT, Conversation, record_of
from evidence_kit.chats.record import Declared, Part
from evidence_kit.chats.scalars import number, text_of
from evidence_kit.chats.source import Head, Source

_MARKS = ('"metadata"', '"chatInfo"')
_PROGRAM = "QQChatExporter"
_MANIFEST = '"chunksDir"'
"""What holds no message, but tells of files that do."""
_COUNTS = (("statistics", "totalMessages"), ("chunkInfo", "totalMessages"))
_OWN_IDS = ("selfUid", "selfUin")


def _detect(head: Head) -> Detection:
    text = head.text
    if text.lstrip()[:1] != "{" or _PROGRAM not in text or _MANIFEST in text:
        return Detection()
    # another program may have sorted the keys, so that its own name comes last
    if not (all(mark in text for mark in _MARKS) or '"chunkInfo"' in text):
        return Detection()
    return Detection(SIGNATURE, (f"the name {_PROGRAM}, keys {', '.join(_MARKS)}",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    name: str | None = None
    own_ids: frozenset[str] = frozenset()
    chat = Conversation()
    for value in values(source, lambda pointer: not _is_message(pointer)):
        if not isinstance(value, Value):
            yield value
        elif _is_message(value.pointer):
            if isinstance(value.value, dict):
                yield record_of(source, value, value.value, chat)
        else:
            yield value.structure
            of_chat, key = value.pointer[-2:-1] == ("chatInfo",), value.pointer[-1:]
            told = text_of(value.value)
            if of_chat and key == ("name",):
                name = told
            elif of_chat and key and key[0] in _OWN_IDS and told:
                own_ids |= {told}
            elif value.pointer in _COUNTS and (count := number(value.value)) is not None:
                yield Declared(what="messages", declared=count)
            chat = Conversation(name=name, own_ids=own_ids)


def _is_message(pointer: Pointer) -> bool:
    """Whether it stands in the list of messages, of the export or of a chunk."""
    return pointer[-2:-1] == ("messages",) and (
        len(pointer) == 2 or (len(pointer) == 4 and pointer[0] == "chunks")
    )


PARSER = Parser(
    id="qqchatexporter_json",
    version="2",
    title="QQChatExporter JSON",
    syntax="json",
    detect=_detect,
    parse=_parse,
    caveat=CAVEAT,
)
