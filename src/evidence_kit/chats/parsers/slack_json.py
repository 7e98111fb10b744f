"""A day of a channel in Slack's export: an array of messages, in the zip `channel/YYYY-MM-DD.json`.

Each day is a chat of its own here, called by its folder, which is the channel's name. Names of
members stand in `users.json` of the zip: where a message does not say its sender's name, that file
is asked. Texts hold ids and escapes as Slack writes them: `<@U0123>`, `&amp;`.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping

import msgspec

from evidence_kit.chats.json_stream import Value, values
from evidence_kit.chats.parser import SIGNATURE, ChatStop, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Flag, Lack, Part, Record, RecordKind
from evidence_kit.chats.scalars import object_of, text_of, texts_in
from evidence_kit.chats.siblings import beside
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import NO_SUCH_TIME, UNDATED, Moment, epoch_moment

_TS = re.compile(r"(\d{10})(?:\.(\d{1,9}))?", re.ASCII)
_MARKS = (re.compile(r'"type"\s*:\s*"message"'), re.compile(r'"ts"\s*:\s*"\d{10}\.\d{4,6}"'))
_BEGINNING = re.compile(r"\s*\[\s*\{")
_SAID = frozenset({"bot_message", "me_message", "file_share", "thread_broadcast", "file_comment"})
"""Subtypes of what somebody says; all others are the app's own lines."""
_DELETED = frozenset({"tombstone", "message_deleted"})
_PART = re.compile(r"\d{4}-\d\d-\d\d\.json", re.ASCII)
"""Name of a file that is part of a chat."""
_USERS = "../users.json"
USERS = 100_000
"""A list of more members is not read."""
_NAMES = ("display_name", "real_name")


def _detect(head: Head) -> Detection:
    is_array = _BEGINNING.match(head.text) is not None
    if not is_array or not all(mark.search(head.text) for mark in _MARKS):
        return Detection()
    return Detection(SIGNATURE, ('an array of objects with "type": "message" and "ts"',))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    folder = (source.member or "").rpartition("/")[0].rpartition("/")[2] or None
    for value in values(source, lambda pointer: pointer == ()):
        if not isinstance(value, Value):
            yield value
        elif isinstance(value.value, dict):
            record = _record(source, value, value.value, folder)
            if record.sender_raw is None and record.sender_id is not None:
                yield from _named(source, record, record.sender_id)
            else:
                yield record


def _named(source: Source, record: Record, sender_id: str) -> Iterator[Part]:
    """The record with the name that the list of members has for its sender."""
    users = beside(source, _USERS, names_of_users)
    name = users.value.get(sender_id, "") if users and users.value is not None else ""
    if users is not None and (users.lack or name is None):
        yield users.told(lack=Lack.CONTRADICTS if name is None else None)
    elif users is not None and name:
        yield users.told("sender_raw")
        flags = (*record.flags, Flag.NAMED_ELSEWHERE)
        record = msgspec.structs.replace(record, sender_raw=name, flags=flags)
    yield record


def names_of_users(source: Source) -> Mapping[str, str | None]:
    """The name of each member by id, from `users.json`; None where it gives an id two names.

    Raises:
        ChatStop: it is no list, or too long a one.
    """
    names: dict[str, str | None] = {}
    for value in values(source, lambda pointer: pointer == ()):
        if not isinstance(value, Value):
            continue
        if not value.pointer or isinstance(value.pointer[0], str):
            raise ChatStop(value.byte_start, "chat.not_json")
        user = object_of(value.value)
        user_id, name = text_of(user.get("id")), _name_of_user(user)
        if user_id is None or name is None:
            continue
        names[user_id] = name if names.get(user_id, name) == name else None
        if len(names) > USERS:
            raise ChatStop(value.byte_start, "chat.too_long")
    return names


def _name_of_user(user: dict[str, object]) -> str | None:
    """The name that a message would show; the one to mention, where there is no other."""
    profile = object_of(user.get("profile"))
    found = (*map(profile.get, _NAMES), user.get("real_name"), user.get("name"))
    return next((text for name in found if (text := text_of(name))), None)


def _record(source: Source, value: Value, message: dict[str, object], folder: str | None) -> Record:
    get = message.get
    ts, thread = text_of(get("ts")), text_of(get("thread_ts"))
    moment = _moment(ts)
    body = text_of(get("text")) or ""
    kind, attachments = _kind(message), texts_in(get("files"), "name")
    edited = (Flag.EDITED,) if get("edited") else ()
    return Record(
        id=source.record_id(value.byte_start),
        kind=RecordKind.MEDIA if attachments and kind is RecordKind.TEXT else kind,
        sender_raw=_name(message),
        sender_id=text_of(get("user")) or text_of(get("bot_id")),
        ts_raw=ts,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *edited, *moment.flags),
        conversation=folder,
        platform_id=ts,
        type_raw=text_of(get("subtype")) or text_of(get("type")),
        reply_to=thread if thread != ts else None,
        attachments=attachments,
        src=value.span(source),
    )


def _kind(message: dict[str, object]) -> RecordKind:
    subtype = text_of(message.get("subtype"))
    if subtype in _DELETED or message.get("hidden") is True:
        return RecordKind.DELETED
    return RecordKind.TEXT if subtype is None or subtype in _SAID else RecordKind.SYSTEM


def _moment(ts: str | None) -> Moment:
    """Seconds with a fraction, in a text."""
    if ts is None:
        return UNDATED
    found = _TS.fullmatch(ts)
    if found is None:
        return NO_SUCH_TIME
    milliseconds = int((found[2] or "0")[:3].ljust(3, "0"))
    return epoch_moment(int(found[1]) * 1000 + milliseconds, milliseconds=True)


def _name(message: dict[str, object]) -> str | None:
    """The name beside the message; for a robot the one that it gave itself, else its app's."""
    names, app = object_of(message.get("user_profile")), object_of(message.get("bot_profile"))
    found = (*map(names.get, _NAMES), message.get("username"), app.get("name"))
    return next((text for name in found if (text := text_of(name))), None)


def _series(member: str) -> str:
    """A channel is one chat, of a file a day."""
    folder, name = posixpath.split(member)
    return folder if _PART.fullmatch(name) else member


PARSER = Parser(
    id="slack_json",
    version="2",
    title="Slack JSON",
    syntax="json",
    detect=_detect,
    parse=_parse,
    series=_series,
)
