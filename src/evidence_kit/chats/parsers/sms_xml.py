"""XML of SMS Backup & Restore (Android): an element a message, attributes for all that it says.

`date` counts milliseconds since 1970; `type` is 1 for what came in and 2 for what went out.
Of a message that went out no number is named: it is the phone's own. Older versions wrote an
emoji as two halves, which is no XML; the halves are put together in as many bytes.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from evidence_kit.chats.parser import SIGNATURE, ChatStop, Detection, Options, Parser
from evidence_kit.chats.record import Declared, Flag, Part, Record, RecordKind, Structure
from evidence_kit.chats.scalars import number
from evidence_kit.chats.source import PIECE_BYTES, Head, Source
from evidence_kit.chats.times import UNDATED, Orders, beside, epoch_moment, orders_in
from evidence_kit.chats.written import moment_in

ELEMENT_BYTES = 1 << 26
"""A longer tag, such as one that holds a recording, is not read."""
PARTS = 1000
"""Parts of one message that are read."""
_ROOT = re.compile(r"<smses\b")
_HIGH = rb"&#(55(?:29[6-9]|[3-9]\d\d)|56(?:[0-2]\d\d|3[01]\d));"
_LOW = rb"&#(56(?:3[2-9]\d|[4-9]\d\d)|57(?:[0-2]\d\d|3[0-3]\d|34[0-3]));"
_HALVES = re.compile(rb"%b%b|%b|%b" % (_HIGH, _LOW, _HIGH, _LOW))
_UNSURE = re.compile(rb"(?:%b)?(?:&(?:#\d{0,5})?)?\Z" % _HIGH)
"""A first half, whole or not, or more: the next bytes may make an emoji of it."""
_LONGEST = len("&#55357;&#56832;")
_IN, _OUT = ("1",), ("2",)
_MMS_IN, _MMS_OUT = ("132", "130"), ("128",)
_UNKNOWN = ("", "null", "(Unknown)")
Attributes = dict[str, str]


def _detect(head: Head) -> Detection:
    if not head.text.lstrip("\ufeff \t\r\n").startswith("<") or not _ROOT.search(head.text):
        return Detection()
    return Detection(SIGNATURE, ("the element smses",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    reader = _Reader(source, orders_in((), options.date_order))
    fed = 0
    rest = b""
    with source.open() as stream:
        while piece := stream.read(PIECE_BYTES):
            whole = rest + piece
            unsure = _UNSURE.search(whole, max(len(whole) - _LONGEST, 0))
            cut = unsure.start() if unsure else len(whole)
            whole, rest = whole[:cut], whole[cut:]
            fed += len(whole)
            yield from reader.read(_HALVES.sub(_joined, whole))
            if fed - reader.position > ELEMENT_BYTES:
                raise ChatStop(reader.position, "chat.too_long")
    yield from reader.read(_HALVES.sub(_joined, rest), is_last=True)
    if source.size_bytes > reader.position:
        yield Structure(reader.position, source.size_bytes)


def _joined(match: re.Match[bytes]) -> bytes:
    """An emoji for its two halves (UTF-16), a stand-in for one of them; as many bytes."""
    if match[2] is None:
        return b"&#65533;"
    high, low = int(match[1]), int(match[2])
    return b"&#%013d;" % (0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


class _Element(NamedTuple):
    """A message whose end may not have come yet."""

    name: str
    attributes: Attributes
    start: int
    line: int
    parts: list[Attributes]


class _Reader:
    """Takes the bytes; gives out what is complete."""

    def __init__(self, source: Source, orders: Orders) -> None:
        self.position = 0
        """Where what was given out ends."""
        self._source = source
        self._orders = orders
        self._made: list[Part] = []
        self._depth = 0
        self._open: _Element | None = None
        self._expat = expat.ParserCreate()
        self._expat.StartElementHandler = self._on_start
        self._expat.EndElementHandler = self._on_end
        self._expat.StartDoctypeDeclHandler = self._on_doctype
        self._expat.CharacterDataHandler = self._expat.DefaultHandler = self._on_other

    def read(self, data: bytes, *, is_last: bool = False) -> Iterator[Part]:
        """Read on; what is complete by now, also where reading then stops.

        Raises:
            ChatStop: "chat.not_xml", "chat.cut_short", "chat.dtd".
        """
        stop: ChatStop | None = None
        try:
            self._expat.Parse(data, is_last)
        except ChatStop as stopped:
            stop = stopped
        except expat.ExpatError as error:
            at = min(max(self._expat.ErrorByteIndex, self.position), self._source.size_bytes)
            code = "chat.cut_short" if is_last else "chat.not_xml"
            stop = ChatStop(at, code, expat.ErrorString(error.code) or "")
        made, self._made = self._made, []
        yield from made
        if stop:
            raise stop

    def _on_start(self, name: str, attributes: Attributes) -> None:
        self._close()
        self._depth += 1
        if self._depth == 1:
            count = number(attributes.get("count"))
            if count is not None:
                self._made.append(Declared(what="messages", declared=count))
        elif self._depth == 2:
            start = self._expat.CurrentByteIndex
            line = self._expat.CurrentLineNumber
            self._open = _Element(name, attributes, start, line, [])
        elif name == "part" and self._open and len(self._open.parts) < PARTS:
            self._open.parts.append({**attributes, "data": ""})

    def _on_end(self, name: str) -> None:
        self._close()
        self._depth -= 1

    def _on_other(self, data: str) -> None:
        self._close()

    def _on_doctype(self, *told: object) -> None:
        # entities in entities would grow without end
        raise ChatStop(self._expat.CurrentByteIndex, "chat.dtd")

    def _close(self) -> None:
        """End the message before the place that is looked at now."""
        element = self._open
        if element is None or self._depth > 1:
            return
        self._open = None
        end = self._expat.CurrentByteIndex
        if element.start > self.position:
            self._made.append(Structure(self.position, element.start))
        if element.name in ("sms", "mms"):
            self._made.append(self._record(element, end))
        self.position = end

    def _record(self, element: _Element, end: int) -> Record:
        told = element.attributes
        is_mms = element.name == "mms"
        kind = told.get("m_type" if is_mms else "type")
        is_in = kind in (_MMS_IN if is_mms else _IN)
        is_out = kind in (_MMS_OUT if is_mms else _OUT)
        body, files = _of_parts(element.parts) if is_mms else (_text(told.get("body")) or "", ())
        peer, name = _text(told.get("address")), _text(told.get("contact_name"))
        written = _text(told.get("date"))
        moment = UNDATED if written is None else epoch_moment(number(written), milliseconds=True)
        moment = beside(moment, moment_in(told.get("readable_date", ""), self._orders))
        # a draft was never sent, nor was what failed
        said = RecordKind.MEDIA if files else RecordKind.TEXT
        broken = (Flag.UNDECODABLE,) if "\ufffd" in body else ()
        return Record(
            id=self._source.record_id(element.start),
            kind=said if is_in or is_out else RecordKind.SYSTEM,
            sender_raw=name if is_in else None,
            sender_id=peer if is_in else None,
            self_claimed=is_out if is_in or is_out else None,
            ts_raw=written,
            ts_candidates=moment.candidates,
            tz_status=moment.status,
            precision=moment.precision,
            body_raw=body,
            flags=(*moment.flags, *broken),
            conversation=name or peer,
            platform_id=_text(told.get("m_id")),
            type_raw=kind,
            attachments=files,
            src=self._source.span(element.start, end, element.line, self._expat.CurrentLineNumber),
        )


def _of_parts(parts: list[Attributes]) -> tuple[str, tuple[str, ...]]:
    """The text of a message in parts, and the names of its files; its layout is neither."""
    texts, files = [], []
    for part in parts:
        kind = part.get("ct", "")
        if kind == "text/plain":
            texts.append(_text(part.get("text")) or "")
        elif kind != "application/smil":
            names = (_text(part.get(key)) for key in ("cl", "name", "fn", "ct"))
            files.append(next((name for name in names if name), kind))
    return "\n".join(texts), tuple(files)


def _text(value: str | None) -> str | None:
    return None if value in _UNKNOWN else value


PARSER = Parser(
    id="sms_xml",
    version="3",
    title="SMS Backup & Restore XML",
    syntax="xml",
    detect=_detect,
    parse=_parse,
)
