"""JSON export of WeFlow: `weflow`, `session`, `messages`; createTime in seconds since 1970.

`localId` is counted anew by the exporter; `platformMessageId` is WeChat's own.
"""

from collections.abc import Iterator

from evidence_kit.chats.json_stream import Value, values
from evidence_kit.chats.parser import SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Declared, Part, Record, RecordKind
from evidence_kit.chats.scalars import number, text_of, yes_or_no
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import beside, epoch_moment
from evidence_kit.chats.wechat import kind_of_word
from evidence_kit.chats.written import moment_in

_MARKS = ('"session"', '"messages"', '"senderUsername"', '"createTime"')


def _detect(head: Head) -> Detection:
    is_object = head.text.lstrip()[:1] == "{"
    if not is_object or not all(mark in head.text for mark in _MARKS):
        return Detection()
    return Detection(SIGNATURE, (f"keys {', '.join(_MARKS)}",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    conversation: str | None = None
    for value in values(source, lambda pointer: pointer in ((), ("messages",))):
        if not isinstance(value, Value):
            yield value
        elif value.pointer[:1] == ("messages",) and isinstance(value.value, dict):
            yield _record(source, value, value.value, conversation)
        else:
            yield value.structure
            if value.pointer == ("session",) and isinstance(value.value, dict):
                session = value.value
                conversation = text_of(session.get("displayName") or session.get("wxid"))
                if (count := number(session.get("messageCount"))) is not None:
                    yield Declared(what="messages", declared=count)


def _record(
    source: Source, value: Value, message: dict[str, object], conversation: str | None
) -> Record:
    get = message.get
    body = text_of(get("content")) or ""
    local = moment_in(text_of(get("formattedTime")) or "")
    moment = beside(epoch_moment(number(get("createTime"))), local)
    kind = kind_of_word(text_of(get("type")) or "", body)
    is_system = kind in (RecordKind.SYSTEM, RecordKind.RECALL)
    return Record(
        id=source.record_id(value.byte_start),
        kind=kind,
        sender_raw=None if is_system else text_of(get("senderDisplayName")),
        sender_id=None if is_system else text_of(get("senderUsername")),
        self_claimed=yes_or_no(get("isSend")),
        ts_raw=text_of(get("createTime")),
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *moment.flags),
        conversation=conversation,
        platform_id=text_of(get("platformMessageId")),
        type_raw=text_of(get("type")),
        reply_to=text_of(get("replyToMessageId")),
        src=value.span(source),
    )


PARSER = Parser(
    id="weflow_json",
    version="2",
    title="WeFlow JSON",
    syntax="json",
    detect=_detect,
    parse=_parse,
)
