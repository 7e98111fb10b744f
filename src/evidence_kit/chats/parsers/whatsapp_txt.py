"""WhatsApp's own text export, `_chat.txt` or `WhatsApp Chat with X.txt`, with or without its zip.

`[2026/5/1 下午3:07:41] 店主: 正文` (iOS) · `2/14/23, 10:35 PM - Shop: text` (Android) · `28-09-16
11:20:19: Shop: text` (older iOS). The date, the clock and the app's own words are those of the
phone's language and region. A line of the app has no sender. A body that holds a line like a
header can't be told apart from two messages.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.memo import Memo
from evidence_kit.chats.parser import SHAPE, SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import kind_of_system
from evidence_kit.chats.record import PARTICIPANTS, Part, Record, RecordKind
from evidence_kit.chats.short import consists_of
from evidence_kit.chats.source import Head, Source, read_head
from evidence_kit.chats.times import (
    EAST_ASIAN_HALVES,
    Orders,
    clock_moment,
    iso_dates,
    iso_time,
    orders_in,
)
from evidence_kit.chats.whatsapp import DIRECTIONS, MARK, Content, content_of, is_notice
from evidence_kit.chats.written import SPACE

_HALF = (
    # a look at the first letter spares most headers, which have no word, all of them
    rf"(?=[{''.join(word[0] for word in EAST_ASIAN_HALVES.split('|'))}AaPpiπμ])"
    rf"(?:{EAST_ASIAN_HALVES}|[AaPp]\.?{SPACE}?[Mm]\.?|[ai]p\.|[πμ]\.μ\.)"
)
_DAY = rf"\d{{1,4}}+(?P<mark>[-/.]){SPACE}?+\d\d?+(?P=mark){SPACE}?+\d{{1,4}}+\.?+"
_CLOCK = (
    rf"(?:(?P<before>{_HALF}){SPACE}?+)?+(?P<minute>\d\d?+[:.]\d\d)(?:[:.](?P<second>\d\d))?+"
    rf"(?:{SPACE}?(?P<after>{_HALF}))?+"
)
_HEADER = re.compile(
    rf"^[\u200e\u200f\u202a\u202b\u2068]{{0,3}}+(?P<bracket>\[)?+"
    rf"(?P<when>(?P<day>{_DAY}),?+{SPACE}{{1,2}}+(?:(?:klo|kl\.|à|um|at){SPACE})?+{_CLOCK})"
    rf"(?(bracket)\]{SPACE}|(?:{SPACE}[-–]|:){SPACE})(?=[^\r\n])",
    re.MULTILINE | re.ASCII,
)
_NUMBERS = re.compile(r"\d+", re.ASCII)
_NAME_CHARACTERS = 100
"""A sentence of the app that holds a colon is mostly longer than any name."""
_SYSTEM = RecordKind.SYSTEM
"""Looked up once: Python 3.11 takes long to find a member of an enumeration."""
_QUOTES = (('"', '"'), ("“", "”"), ("「", "」"))
_FILE_NAME = re.compile(r"_chat\.txt|.*WhatsApp.*\.txt", re.IGNORECASE | re.DOTALL)
_ENOUGH = 3
"""Fewer headers are any note, where neither the file's name nor a notice tells, nor what else
stands there."""
_LOOKED_AT = 200
"""Headers that are looked at for the notice of encryption."""


def _detect(head: Head) -> Detection:
    text = head.text
    found = [match for match in _HEADER.finditer(text) if match["second"] or not match["bracket"]]
    if not found:
        return Detection()
    first_lines = [text[match.end() : text.find("\n", match.end())] for match in found]
    named = sum(": " in line[: _NAME_CHARACTERS + 2] for line in first_lines)
    if named and _FILE_NAME.fullmatch(head.name):
        return Detection(SIGNATURE, ("the name that WhatsApp gives a chat, and its headers",))
    if any(_is_notice_line(line) for line in first_lines[:_LOOKED_AT]):
        return Detection(SIGNATURE, ("WhatsApp's notice of encryption",))
    is_short_chat = named == len(found) and consists_of(head, _HEADER)
    if (named < _ENOUGH and not is_short_chat) or named * 2 < len(found):
        return Detection()
    return Detection(SHAPE, (f"{named} lines of date, time, name and colon as WhatsApp has them",))


def _is_notice_line(line: str) -> bool:
    line = line.rstrip("\r")
    return is_notice(line.lstrip(MARK)) or is_notice(line.partition(": ")[2].lstrip(MARK))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    headers = _HEADER.finditer(read_head(source.path).text)
    orders = orders_in((_numbers(header["day"]) for header in headers), options.date_order)
    export = _Export(orders)
    for block in blocks(source, _HEADER):
        if block.header is not None:
            yield export.record(block, block.header)


class _Export:
    """Reads one file; few people write many messages, so each label is looked at once."""

    def __init__(self, orders: Orders) -> None:
        self._days: Memo[str, tuple[str, ...]] = Memo(lambda day: iso_dates(*_numbers(day), orders))
        self._clocks: Memo[tuple[str, str], str] = Memo(lambda written: _clock(*written))
        self._senders: dict[str, str] = {}
        self._known = KnownSenders()

    def record(self, block: Block, header: re.Match[str]) -> Record:
        """The record of one header and what follows it."""
        _, when, day, _, before, minute, second, after = header.groups()
        clock = self._clocks[minute, before or after or ""]
        moment = clock_moment(self._days[day], clock, second)
        label, colon, body = block.body.partition(": ")
        sender = self._senders.get(label) if colon else None
        if sender is not None:
            content = content_of(body)
        else:
            sender, content = self._said(block.body)
        flags = content.flags + moment.flags + block.flags
        if "\n" in content.body:
            flags += self._known.flags_of(content.body)
        return Record(
            id=block.id,
            kind=content.kind,
            sender_raw=None if content.kind is _SYSTEM else sender,
            ts_raw=when,
            ts_candidates=moment.candidates,
            tz_status=moment.status,
            precision=moment.precision,
            body_raw=content.body,
            flags=flags,
            attachments=content.attachments,
            src=block.src,
        )

    def _said(self, text: str) -> tuple[str | None, Content]:
        """Sender and content: `name: text` on the first line, else a line of the app."""
        label, colon, body = text.partition(": ")
        if not colon or "\n" in label:
            line, _, below = text.partition("\n")
            label, body = (line[:-1], below) if line.endswith(":") else ("", "")
        sender = self._senders.get(label) or self._sender(label, body)
        if sender is None:
            body = text.lstrip(MARK)
            return None, Content(kind_of_system(body), body)
        return sender, content_of(body)

    def _sender(self, label: str, body: str) -> str | None:
        sender = _name(label, body)
        if sender is not None and len(self._senders) < PARTICIPANTS:
            self._senders[label] = sender
            self._known.add(sender)
        return sender


def _name(label: str, body: str) -> str | None:
    """The name in front of a colon; None where the colon belongs to a sentence of the app."""
    name = label.strip(DIRECTIONS)
    if not name or len(name) > _NAME_CHARACTERS:
        return None
    # the colon stands inside of quotation marks, as in: changed the subject to "a: b"
    line = body.partition("\n")[0]
    for left, right in _QUOTES:
        opened = name.count(left) % 2 if left == right else name.count(left) - name.count(right)
        if opened > 0 and right in line:
            return None
    return name


def _numbers(day: str) -> list[str]:
    return _NUMBERS.findall(day)


def _clock(minute: str, half: str) -> str:
    """HH:MM on a clock of 24 hours; empty where none shows it."""
    return iso_time(minute[:-3], minute[-2:], half=half)[:5]


PARSER = Parser(
    id="whatsapp_txt",
    version="3",
    title="WhatsApp TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
    files_beside=True,
)
