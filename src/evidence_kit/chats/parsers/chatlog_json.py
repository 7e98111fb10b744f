"""JSON export of chatlog: an array of messages, their times in RFC 3339 with the offset."""

from collections.abc import Iterator

from evidence_kit.chats.json_stream import Value, values
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Part, Record, RecordKind
from evidence_kit.chats.scalars import number, text_of, yes_or_no
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import offset_moment
from evidence_kit.chats.wechat import kind_of

_KEYS = ('"seq"', '"time"', '"talker"', '"isSelf"', '"subType"')


def _detect(head: Head) -> Detection:
    is_array = head.text.lstrip()[:1] == "["
    if not is_array or not all(key in head.text for key in _KEYS):
        return Detection()
    return Detection(SIGNATURE, (f"an array of objects with {', '.join(_KEYS)}",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    for value in values(source, lambda pointer: pointer == ()):
        if not isinstance(value, Value):
            yield value
        elif isinstance(value.value, dict):
            yield _record(source, value, value.value)


def _record(source: Source, value: Value, message: dict[str, object]) -> Record:
    get = message.get
    body = text_of(get("content")) or ""
    kind = kind_of(number(get("type")), number(get("subType")), body)
    is_system = kind in (RecordKind.SYSTEM, RecordKind.RECALL)
    moment = offset_moment(text_of(get("time")) or "")
    return Record(
        id=source.record_id(value.byte_start),
        kind=kind,
        sender_raw=None if is_system else text_of(get("senderName")),
        sender_id=None if is_system else text_of(get("sender")),
        self_claimed=yes_or_no(get("isSelf")),
        ts_raw=text_of(get("time")),
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags),
        conversation=text_of(get("talkerName")) or text_of(get("talker")),
        platform_id=text_of(get("seq")),
        type_raw="/".join(str(get(key)) for key in ("type", "subType") if get(key) is not None),
        reply_to=_quoted(get("contents")),
        src=value.span(source),
    )


def _quoted(contents: object) -> str | None:
    """The text of the message that a quoting one answers."""
    refer = contents.get("refer") if isinstance(contents, dict) else None
    return text_of(refer.get("content")) if isinstance(refer, dict) else None


PARSER = Parser(
    id="chatlog_json",
    version="1",
    title="chatlog JSON",
    syntax="json",
    detect=_detect,
    parse=_parse,
)
