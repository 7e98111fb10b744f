"""message_1.json of Facebook Messenger and Instagram: participants, messages, the newest first.

Texts are UTF-8 that was read as Latin-1 and written again: three characters are 你. One that
is UTF-8 throughout when it is turned back is shown as it was meant, and flagged; any other stays
as it is written. The download of end-to-end encrypted chats has names of its own (`senderName`)
and clean texts.
"""

import posixpath
import re
from collections.abc import Iterator

from evidence_kit.chats.json_stream import Value, values
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Flag, Part, Record, RecordKind
from evidence_kit.chats.scalars import number, text_of, texts_in
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import UNDATED, epoch_moment

_KEYS = ('"participants"', '"messages"', '"sender_name"', '"timestamp_ms"')
_PART = re.compile(r"message_\d+\.json", re.ASCII)
"""Name of a file that is part of a chat."""
_ENCRYPTED_KEYS = ('"participants"', '"threadName"', '"messages"', '"senderName"', '"timestamp"')
_FILES = ("photos", "videos", "audio_files", "files", "gifs")
_OTHERS = ("sticker", "share", "call_duration")
_SYSTEM = frozenset({"Subscribe", "Unsubscribe"})


def _detect(head: Head) -> Detection:
    if head.text.lstrip()[:1] != "{":
        return Detection()
    for keys in (_KEYS, _ENCRYPTED_KEYS):
        if all(key in head.text for key in keys):
            return Detection(SIGNATURE, (f"an object with {', '.join(keys)}",))
    return Detection()


def _parse(source: Source, options: Options) -> Iterator[Part]:
    conversation = (source.member or "").rpartition("/")[0].rpartition("/")[2] or None
    for value in values(source, lambda pointer: pointer in ((), ("messages",))):
        if not isinstance(value, Value):
            yield value
        elif value.pointer[:1] != ("messages",):
            if value.pointer == ("threadName",):
                conversation = text_of(value.value) or conversation
            yield value.structure
        elif isinstance(value.value, dict):
            yield _record(source, value, value.value, conversation)


def _usual(message: dict[str, object]) -> dict[str, object]:
    """A message of an encrypted chat under the names that the others have."""
    get = message.get
    return {
        "sender_name": get("senderName"),
        "timestamp_ms": get("timestamp"),
        "content": get("text"),
        "files": get("media") or None,
        "is_unsent": get("isUnsent"),
        "type": get("type"),
    }


def _record(
    source: Source, value: Value, message: dict[str, object], conversation: str | None
) -> Record:
    is_clean = "senderName" in message
    if is_clean:
        message = _usual(message)
    get = message.get
    files = tuple(name for key in _FILES for name in texts_in(get(key), "uri"))
    written = text_of(get("sender_name")), text_of(get("content")) or "", files
    sender, body, attachments = written
    if not is_clean:
        sender = repaired(sender) if sender else None
        body, attachments = repaired(body), tuple(map(repaired, attachments))
    changed = (Flag.REPAIRED,) if (sender, body, attachments) != written else ()
    sent = get("timestamp_ms")
    moment = UNDATED if sent is None else epoch_moment(number(sent), milliseconds=True)
    return Record(
        id=source.record_id(value.byte_start),
        kind=_kind(message),
        sender_raw=sender,
        ts_raw=text_of(sent),
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *changed, *moment.flags),
        conversation=conversation,
        type_raw=text_of(get("type")),
        attachments=attachments,
        src=value.span(source),
    )


def repaired(text: str) -> str:
    r"""The text that was meant, where its characters are bytes of UTF-8; else the same.

    >>> repaired("ä½\xa0"), repaired("café"), repaired("你")
    ('你', 'café', '你')
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _kind(message: dict[str, object]) -> RecordKind:
    if message.get("is_unsent") is True:
        return RecordKind.RECALL
    if text_of(message.get("type")) in _SYSTEM:
        return RecordKind.SYSTEM
    has_more = any(message.get(key) is not None for key in (*_FILES, *_OTHERS))
    return RecordKind.MEDIA if has_more else RecordKind.TEXT


def _series(member: str) -> str:
    """A chat has a folder, but for the encrypted ones, which have a file each."""
    folder, name = posixpath.split(member)
    return folder if _PART.fullmatch(name) else member


PARSER = Parser(
    id="meta_json",
    version="1",
    title="Messenger/Instagram JSON",
    syntax="json",
    detect=_detect,
    parse=_parse,
    files_beside=True,
    series=_series,
)
