"""What the JSON and the JSONL of QQChatExporter have in common: how a message is written.

Older versions: `messageId`, `messageType`, `isRecalled`, `isSystemMessage`, `timestamp` in
RFC 3339 or in milliseconds. Current ones: `id`, `seq`, `type`, `recalled`, `system`, `timestamp`
in milliseconds, `time` beside it. Both: `sender`, and `content` with `text`, `elements`,
`resources`, `mentions`; names that are mentioned stand in the text, too.
"""

import re

import msgspec

from evidence_kit.chats.json_stream import Value
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.record import Flag, Record, RecordKind
from evidence_kit.chats.scalars import number, object_of, objects_of, text_of
from evidence_kit.chats.source import Source
from evidence_kit.chats.times import UNDATED, Moment, beside, epoch_moment, offset_moment

CAVEAT = "chat.sorted_anew"
"""What to know of every export of this program."""
SYSTEM_NAME = "系统消息"
"""Whom a line of the app is from, where nobody is named."""
_NOBODY = frozenset(("", "0", "未知"))
_MILLISECONDS_FROM = 100_000_000_000
"""Smaller numbers are seconds."""
_CALL = "av_record"
_WORDLESS = frozenset(
    [
        "image",
        "video",
        "audio",
        "file",
        "market_face",
        "forward",
        "json",
        "location",
        "wallet",
        "live_gift",
        "giphy",
        "calendar",
        "yolo_game_result",
    ]
)
"""Elements that are no words, nor with words of the sender's."""
_STAND_INS = re.compile(r"\[(?:图片|文件|视频|语音|CQ:(?:image|file|video|record))[^\[\]\n]*\]")


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """What an export says of the whole chat."""

    name: str | None = None
    own_ids: frozenset[str] = frozenset()
    """Names of the account that was exported: its QQ number, its uid."""


def record_of(
    source: Source, value: Value, message: dict[str, object], chat: Conversation
) -> Record:
    """The record of one message."""
    get = message.get
    content = object_of(get("content"))
    body = text_of(content.get("text")) or ""
    files, is_missing = _files(content)
    raw, moment = _time(message)
    name, sender_id, ids = _sender(object_of(get("sender")))
    missing = (Flag.PLACEHOLDER,) if is_missing else ()
    return Record(
        id=source.record_id(value.byte_start),
        kind=_kind(message, content, body),
        sender_raw=name,
        sender_id=sender_id,
        self_claimed=bool(ids & chat.own_ids) if ids and chat.own_ids else None,
        ts_raw=raw,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *missing, *moment.flags),
        conversation=chat.name,
        platform_id=text_of(get("id") or get("messageId")),
        type_raw=text_of(get("type") or get("messageType")),
        reply_to=_reply(content),
        attachments=files,
        src=value.span(source),
    )


def is_wordless(body: str) -> bool:
    """Whether a text with files is made of stand-ins such as [图片:a.jpg] alone."""
    return not _STAND_INS.sub("", body).strip()


def _sender(sender: dict[str, object]) -> tuple[str | None, str | None, frozenset[str]]:
    """Name, id, and all ids; the QQ number where there is one, else QQ's inner uid."""
    uid, uin = (text_of(sender.get(key)) for key in ("uid", "uin"))
    ids = [one for one in (uin, uid) if one is not None and one not in _NOBODY]
    name = text_of(sender.get("name"))
    if not ids and name in (*_NOBODY, SYSTEM_NAME):
        name = None
    return name, ids[0] if ids else None, frozenset(ids)


def _time(message: dict[str, object]) -> tuple[str | None, Moment]:
    """The time as written, and what it names; `time` counts where `timestamp` is missing."""
    written, time = message.get("timestamp"), text_of(message.get("time"))
    if (count := number(written)) is not None:
        moment = epoch_moment(count, milliseconds=abs(count) >= _MILLISECONDS_FROM)
        return str(written), beside(moment, offset_moment(time) if time else UNDATED)
    raw = text_of(written) or time
    return raw, offset_moment(raw) if raw else UNDATED


def _kind(message: dict[str, object], content: dict[str, object], body: str) -> RecordKind:
    get = message.get
    if get("recalled") is True or get("isRecalled") is True:
        return RecordKind.RECALL
    elements = objects_of(content.get("elements"))
    types = {text_of(one.get("type")) for one in elements}
    if _CALL in types:
        return RecordKind.MEDIA
    if get("system") is True or get("isSystemMessage") is True:
        return kind_of_system(body)
    if types & _WORDLESS:
        words = (text_of(object_of(one.get("data")).get("text")) or "" for one in elements
                 if one.get("type") == "text")  # fmt: skip
        return RecordKind.TEXT if "".join(words).strip() else RecordKind.MEDIA
    if content.get("resources") and is_wordless(body):
        return RecordKind.MEDIA
    return kind_of_body(body)


def _reply(content: dict[str, object]) -> str | None:
    """Id of the message that this one answers, else its text."""
    elements = objects_of(content.get("elements"))
    answered = [object_of(content.get("reply"))]
    answered += [object_of(one.get("data")) for one in elements if one.get("type") == "reply"]
    keys = ("referencedMessageId", "messageId", "content")
    found = (text_of(one.get(key)) for key in keys for one in answered)
    return next((one for one in found if one not in (None, "0")), None)


def _files(content: dict[str, object]) -> tuple[tuple[str, ...], bool]:
    """The files that it names, and whether one of them is not beside the export."""
    resources = objects_of(content.get("resources"))
    paths = [text_of(one.get("localPath")) for one in resources]
    names = (
        path or text_of(one.get("filename") or one.get("fileName"))
        for one, path in zip(resources, paths, strict=True)
    )
    return tuple(name for name in names if name), None in paths
