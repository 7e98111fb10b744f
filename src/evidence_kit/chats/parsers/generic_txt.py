"""Any text whose messages begin with a date and a time, or with a name and then these.

`2026-05-01 10:00 店主: 正文` · `[2026/5/1 下午3:07:41] 店主：正文` · `2026年5月1日 10:00 店主`,
the text below · `店主 2026-05-01 10:00:00`, the text below. Taken where no format is known.
"""

import re
from collections.abc import Iterator, Sequence

from evidence_kit.chats.blocks import Block, blocks, clean
from evidence_kit.chats.lost_headers import KnownSenders
from evidence_kit.chats.parser import GENERIC, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.record import Part, Record
from evidence_kit.chats.short import consists_of
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import Orders
from evidence_kit.chats.written import DATED, moment_of, orders_of

_NAMED = re.compile(
    r"(?P<name>[^:：\n\v\f\x85\u2028\u2029]{1,40}?)[ \t\u00a0]*[:：](?!//)[ \t\u00a0]?(?P<text>.*)",
    re.DOTALL,
)
_LEVEL = re.compile(
    r"[\[<(]?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b", re.IGNORECASE
)
"""What programs write into their logs where people have a name."""
_ENOUGH = 3
"""Fewer lines with a time are any note, unless nothing else stands there."""


def _detect(head: Head) -> Detection:
    found = list(DATED.finditer(head.text))
    is_chat = _is_talk(head, found) if len(found) >= _ENOUGH else _is_short_chat(head, found)
    if not is_chat:
        return Detection()
    return Detection(GENERIC, (f"{len(found)} lines that begin with a date and a time",))


def _is_talk(head: Head, headers: Sequence[re.Match[str]]) -> bool:
    """Whether most lines name somebody, and one of them again: a log or a delivery does not."""
    ends = [*(header.start() for header in headers[1:]), len(head.text)]
    names = [
        _said(header["name"], header["rest"], clean(head.text[header.end() : end]))[0]
        for header, end in zip(headers, ends, strict=True)
        if not _LEVEL.match(header["rest"])
    ]
    named = [name for name in names if name]
    return 2 * len(named) >= len(headers) and len(set(named)) < len(named)


def _is_short_chat(head: Head, headers: Sequence[re.Match[str]]) -> bool:
    """Whether there is nothing but messages, each with `name:` behind its time."""
    has_names = bool(headers) and all(_NAMED.fullmatch(found["rest"]) for found in headers)
    return has_names and consists_of(head, DATED)


def _parse(source: Source, options: Options) -> Iterator[Part]:
    known = KnownSenders()
    orders = orders_of(source, DATED, options.date_order)
    for block in blocks(source, DATED):
        if block.header is not None:
            yield _record(block, block.header, orders, known)


def _record(
    block: Block,
    header: re.Match[str],
    orders: Orders,
    known: KnownSenders,
) -> Record:
    moment = moment_of(header, orders)
    sender, body = _said(header["name"], header["rest"], block.body)
    if sender is not None:
        known.add(sender)
    return Record(
        id=block.id,
        kind=kind_of_system(body) if sender is None else kind_of_body(body),
        sender_raw=sender,
        ts_raw=header["when"].strip(),
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *known.flags_of(body), *moment.flags, *block.flags),
        src=block.src,
    )


def _said(name: str | None, rest: str, below: str) -> tuple[str | None, str]:
    """Sender and text: `name: text`, or the name alone with the text below it."""
    if name:
        return name, below
    named = _NAMED.fullmatch(rest)
    if named:
        return named["name"].strip() or None, clean(f"{named['text']}\n{below}")
    if rest.strip() and below.strip():
        return rest.strip(), below
    return None, clean(f"{rest}\n{below}")


PARSER = Parser(
    id="generic_txt",
    version="4",
    title="TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
)
