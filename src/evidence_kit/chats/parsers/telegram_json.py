"""result.json of Telegram Desktop: one chat, or a whole account with `chats.list`.

`date` is the local time of the exporting machine, without a zone; `date_unixtime`, where it is
written, counts. A bot's buttons and custom emoji made some versions write what is no JSON:
such a message is mended where the fault is known, else it is unclaimed, and the next one read.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.json_stream import Pointer, Value, values
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import PARTICIPANTS, Flag, Part, Record, RecordKind
from evidence_kit.chats.scalars import number, text_of
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import UNDATED, Moment, beside, epoch_moment, offset_moment

_TYPES = (
    "personal_chat",
    "bot_chat",
    "saved_messages",
    "replies",
    "verify_codes",
    "private_group",
    "private_supergroup",
    "public_supergroup",
    "private_channel",
    "public_channel",
)
_CHAT = re.compile(rf'"type"\s*:\s*"(?:{"|".join(_TYPES)})"')
_ACCOUNT = re.compile(r'\s*\{\s*"about"\s*:')
_ACCOUNT_KEYS = ('"personal_information"', '"contacts"', '"frequent_contacts"')
_CHATS = ("chats", "left_chats")
_MEDIA = (
    "media_type",
    "photo",
    "file",
    "contact_information",
    "contact_vcard",
    "location_information",
    "place_name",
    "game_title",
    "invoice_information",
    "poll",
)
_FILES = ("photo", "file", "contact_vcard")
_MISSING = re.compile(r"(?:.* )?\((?:File|Photo) (?:not included|unavailable|exceeds)[^()]*\)")
_NEVER = re.compile(r"19(?:69|70)-")
"""What older versions wrote as the time of editing of what was not edited."""
_ESCAPE = re.compile(r"\\(?:x([0-9A-F]{2})|.)")
_BARE = re.compile(r'^([ \t]*"document_id": )([^"\s][^"\r\n]*?)(?=,?\r?$)', re.MULTILINE)


def _detect(head: Head) -> Detection:
    text = head.text
    if text.lstrip()[:1] != "{":
        return Detection()
    if (chat := _CHAT.search(text)) and ('"messages"' in text or _ACCOUNT.match(text)):
        return Detection(SIGNATURE, (f"a chat with {chat[0]}",))
    if _ACCOUNT.match(text) and any(key in text for key in _ACCOUNT_KEYS):
        return Detection(SIGNATURE, ("an account's data, as Telegram begins it",))
    return Detection()


def _parse(source: Source, options: Options) -> Iterator[Part]:
    chats = _Chats()
    for value in values(source, lambda pointer: not _is_message(pointer), _mend):
        if not isinstance(value, Value):
            yield value
        elif not _is_message(value.pointer):
            chats.take(value.pointer, value.value)
            yield value.structure
        elif isinstance(value.value, dict):
            yield _record(source, value, value.value, chats)


def _is_message(pointer: Pointer) -> bool:
    """Whether it stands in the list of messages of a chat."""
    if len(pointer) == 2:
        return pointer[0] == "messages"
    return (
        len(pointer) == 5
        and pointer[3] == "messages"
        and pointer[0] in _CHATS
        and pointer[1] == "list"
    )


class _Chats:
    """What stands before the messages of a chat, and whose account it is."""

    def __init__(self) -> None:
        self.owner: str | None = None
        self.conversation: str | None = None
        self._chat: Pointer = ()
        self._head: dict[str | int, object] = {}
        self._ids: dict[str, str | None] = {}

    def take(self, pointer: Pointer, value: object) -> None:
        """Note a value that is no message."""
        if pointer == ("personal_information", "user_id"):
            self.owner = f"user{value}"
        chat, key = pointer[:-1], pointer[-1:]
        if key in (("name",), ("type",), ("id",)) and (not chat or chat[0] in _CHATS):
            if chat != self._chat:
                self._chat, self._head = chat, {}
            self._head[key[0]] = value
            self.conversation = None

    def name(self, chat: Pointer) -> str | None:
        """What to call a chat; two of one name are told apart by their ids."""
        if chat != self._chat:
            self._chat, self._head, self.conversation = chat, {}, None
        if self.conversation is None:
            number_ = text_of(self._head.get("id"))
            name = text_of(self._head.get("name")) or text_of(self._head.get("type"))
            if name is None:
                return f"/{'/'.join(map(str, chat))}" if chat else None
            if len(self._ids) < PARTICIPANTS:
                self._ids.setdefault(name, number_)
            is_first = self._ids.get(name) == number_
            self.conversation = name if is_first else f"{name} ({number_})"
        return self.conversation


def _record(source: Source, value: Value, message: dict[str, object], chats: _Chats) -> Record:
    get = message.get
    is_service = get("type") == "service"
    kind = _kind(message, is_service=is_service)
    body = _body(message, is_service=is_service)
    raw, moment = _time(message)
    attachments, is_missing = _attachments(message)
    sender = _text(get("actor")) if is_service else _text(get("from"))
    sender_id = _sender_id(get("actor_id") if is_service else get("from_id"))
    return Record(
        id=source.record_id(value.byte_start),
        kind=kind,
        sender_raw=sender,
        sender_id=sender_id,
        self_claimed=None if chats.owner is None or sender_id is None else sender_id == chats.owner,
        ts_raw=raw,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *_flags(message, is_missing=is_missing), *moment.flags),
        conversation=chats.name(value.pointer[:-2]),
        platform_id=text_of(get("id")),
        type_raw=text_of(get("action") or get("media_type") or get("type")),
        reply_to=text_of(get("reply_to_message_id") or (get("message_id") if is_service else None)),
        attachments=attachments,
        src=value.span(source),
    )


def _kind(message: dict[str, object], *, is_service: bool) -> RecordKind:
    if is_service:
        is_call = message.get("action") == "phone_call"
        return RecordKind.MEDIA if is_call else RecordKind.SYSTEM
    is_media = message.get("type") == "unsupported" or any(key in message for key in _MEDIA)
    return RecordKind.MEDIA if is_media else RecordKind.TEXT


def _body(message: dict[str, object], *, is_service: bool) -> str:
    """The text; where there is none, what else says in words what it is."""
    get = message.get
    body = _joined(get("text")) or _joined(get("text_entities"))
    if body:
        return body
    if is_service:
        return _text(get("information_text")) or _text(get("action")) or ""
    poll, invoice = get("poll"), get("invoice_information")
    if isinstance(poll, dict):
        return _text(poll.get("question")) or ""
    if isinstance(invoice, dict):
        return _text(invoice.get("title")) or ""
    keys = ("sticker_emoji", "place_name", "game_title")
    return next((text for key in keys if (text := _text(get(key)))), "")


def _joined(text: object) -> str:
    """A text that is written whole, or in parts of which some are links, emoji and the like."""
    if isinstance(text, str):
        return text
    if not isinstance(text, list):
        return ""
    parts = (part.get("text") if isinstance(part, dict) else part for part in text)
    return "".join(part for part in parts if isinstance(part, str))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _sender_id(value: object) -> str | None:
    """user123; older versions wrote 123."""
    return f"user{value}" if type(value) is int else _text(value)


def _time(message: dict[str, object]) -> tuple[str | None, Moment]:
    """The time as written, and what it names."""
    date, written = _text(message.get("date")), message.get("date_unixtime")
    local = offset_moment(date) if date else UNDATED
    if (seconds := number(written)) is not None:
        return text_of(written), beside(epoch_moment(seconds), local)
    return date, local


def _attachments(message: dict[str, object]) -> tuple[tuple[str, ...], bool]:
    """The files that it names, and whether one of them is not in the export."""
    names, is_missing = [], False
    for key in _FILES:
        path = _text(message.get(key))
        if path is None:
            continue
        if _MISSING.fullmatch(path):
            is_missing = True
            path = _text(message.get("file_name")) if key == "file" else None
        if path is not None:
            names.append(path)
    return tuple(names), is_missing


def _flags(message: dict[str, object], *, is_missing: bool) -> Iterator[Flag]:
    edited = message.get("edited")
    if edited and not (isinstance(edited, str) and _NEVER.match(edited)):
        yield Flag.EDITED
    if "forwarded_from" in message:
        yield Flag.FORWARDED
    if is_missing or message.get("type") == "unsupported":
        yield Flag.PLACEHOLDER


def _mend(text: str) -> str:
    r"""Escapes such as \x01, which JSON does not have, and paths without quotation marks."""
    escaped = _ESCAPE.sub(lambda found: rf"\u00{found[1]}" if found[1] else found[0], text)
    return _BARE.sub(r'\1"\2"', escaped)


PARSER = Parser(
    id="telegram_json",
    version="2",
    title="Telegram JSON",
    syntax="json",
    detect=_detect,
    parse=_parse,
    files_beside=True,
)
