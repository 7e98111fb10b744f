"""JSON export of DiscordChatExporter: `guild`, `channel`, `messages`, and how many at the end.

Times are written with their offset from UTC, and once more in the ids, in which Discord counts the
milliseconds since 2015 (developer documentation, "Snowflakes"). A nickname is the one on the server
at the time of the export, not of the message.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.json_stream import Value, values
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Declared, Flag, Part, Record, RecordKind, TzStatus
from evidence_kit.chats.scalars import number, object_of, text_of, texts_in
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import UNDATED, Moment, beside, epoch_moment, offset_moment

_BEGINNING = re.compile(r'\s*\{\s*"guild"\s*:')
_MARKS = ('"channel"', '"dateRange"', '"messages"')
_ID = re.compile(r"\d{17,20}", re.ASCII)
_DISCORD_MS = 1_420_070_400_000
_SAID = frozenset({"Default", "Reply", "ApplicationCommand", "ChatInputCommand", "0", "19", "20"})
"""Types of what somebody says, by name or by Discord's number; others are the app's own lines."""


def _detect(head: Head) -> Detection:
    if not _BEGINNING.match(head.text) or not all(mark in head.text for mark in _MARKS):
        return Detection()
    return Detection(SIGNATURE, (f"begins with guild, has the keys {', '.join(_MARKS)}",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    names: dict[str, str | None] = {}
    for value in values(source, lambda pointer: pointer in ((), ("messages",))):
        if not isinstance(value, Value):
            yield value
        elif value.pointer[:1] == ("messages",) and isinstance(value.value, dict):
            known = (names.get("guild"), names.get("channel"))
            yield _record(source, value, value.value, " / ".join(filter(None, known)) or None)
        else:
            yield value.structure
            (key,) = value.pointer[:1] or ("",)
            if isinstance(value.value, dict):
                names[str(key)] = text_of(value.value.get("name"))
            count = number(value.value) if key == "messageCount" else None
            if count is not None:
                yield Declared(what="messages", declared=count)


def _record(
    source: Source, value: Value, message: dict[str, object], conversation: str | None
) -> Record:
    get = message.get
    author, reference = object_of(get("author")), object_of(get("reference"))
    kind, body = text_of(get("type")), text_of(get("content")) or ""
    attachments = (*texts_in(get("attachments"), "fileName"), *texts_in(get("stickers"), "name"))
    written = text_of(get("timestamp"))
    moment = UNDATED if written is None else offset_moment(written)
    if moment.status is TzStatus.OFFSET:
        moment = beside(moment, _moment_in(text_of(get("id")) or ""))
    flags = [*flags_of(body), *moment.flags]
    if get("timestampEdited"):
        flags.append(Flag.EDITED)
    is_shown = bool(attachments) or (not body and bool(get("embeds")))
    return Record(
        id=source.record_id(value.byte_start),
        kind=_kind(kind, is_shown=is_shown),
        sender_raw=text_of(author.get("nickname")) or text_of(author.get("name")),
        sender_id=text_of(author.get("id")),
        ts_raw=written,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=tuple(flags),
        conversation=conversation,
        platform_id=text_of(get("id")),
        type_raw=kind,
        reply_to=text_of(reference.get("messageId")),
        attachments=attachments,
        src=value.span(source),
    )


def _moment_in(message_id: str) -> Moment:
    """The time in the id of a message; none where it is shorter than all since 2015 are."""
    if not _ID.fullmatch(message_id):
        return UNDATED
    return epoch_moment((int(message_id) >> 22) + _DISCORD_MS, milliseconds=True)


def _kind(type_raw: str | None, *, is_shown: bool) -> RecordKind:
    if type_raw is not None and type_raw not in _SAID:
        return RecordKind.SYSTEM
    return RecordKind.MEDIA if is_shown else RecordKind.TEXT


PARSER = Parser(
    id="discord_json",
    version="2",
    title="DiscordChatExporter JSON",
    syntax="json",
    detect=_detect,
    parse=_parse,
)
