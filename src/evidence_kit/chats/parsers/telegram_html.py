"""messages.html of Telegram Desktop: a `div` a message, each on lines of its own, 1,000 a file.

A `joined` message has no name: it is from the sender of the one above. The first one of a page, of
a day, below a line of the app, and after a quarter of an hour always has its name, so a joined one
there is flagged: what stood above may have been taken out. Where no sender stands above, none is
guessed. Lines of the app have no time; the day stands in a banner above, which is structure.
Nothing in the page is run or fetched.
"""

import html
import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.html_text import seen
from evidence_kit.chats.parser import SIGNATURE, ChatStop, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of
from evidence_kit.chats.record import Flag, Part, Record, RecordKind, Structure
from evidence_kit.chats.siblings import missing
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import (
    BEIJING,
    NO_SUCH_TIME,
    UNDATED,
    Moment,
    instant_ms,
    iso_date,
    iso_time,
    local_moment,
    offset_moment,
)

_HEADER = re.compile(
    r'^[ \t]*+<div class="message (?P<kind>default|service)(?P<more>[^"<>\r\n]*+)"'
    r' id="message(?P<id>-?\d{1,20})">',
    re.MULTILINE | re.ASCII,
)
JOINED_WITHIN_MS = 900_000
"""From the message above; after a longer time the name is written again."""
_DIV = re.compile(r"</?div\b[^<>]*+>", re.IGNORECASE)
_HISTORY = '<div class="history">'
_PAGE_NAME = re.compile(r'<div class="text bold">([^<]*+)</div>')
_PAGE_TAGS = frozenset(
    ("a", "body", "div", "head", "html", "link", "meta", "script", "style", "title")
)
"""What a page consists of up to its first message."""
_TAG_NAME = re.compile(r"<([A-Za-z][^\s<>/]*+)")
_LINK = r'<a class="pagination block_link" href="[^"<>]*+">\s*+(?:Next|Previous) messages\s*+</a>'
"""To the file behind or before this one."""
_PART = re.compile(r"messages\d*\.html", re.ASCII)
"""Name of a file that is part of a chat."""
_PAGE = re.compile(r'<a class="pagination block_link" href="(messages\d{0,6}\.html)">', re.ASCII)
_BETWEEN = re.compile(rf"(?:\s++|</(?:div|body|html)>|{_LINK})*+")
"""What stands between messages and behind the last one."""
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}", re.ASCII)
_WHEN = re.compile(r'<div class="pull_right date details" title="([^"<>]*+)"')
_TIME = re.compile(
    r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)(?: UTC([+-]\d\d:\d\d)?)?", re.ASCII
)
_FROM = '<div class="from_name">'
_FORWARDED = '<div class="forwarded body">'
_REPLY = '<div class="reply_to details">'
_TARGET = re.compile(r'#go_to_message(\d{1,20})"', re.ASCII)
_TEXT = '<div class="text">'
_MEDIA = '<div class="media_wrap clearfix">'
_FILE = re.compile(
    r'<a class="(?:(?:photo|video_file|animated|sticker)_wrap|media) [^"<>]*+" href="([^"<>]*+)"'
)
_DOCUMENT, _TITLE = 'media_file">', '<div class="title bold">'
_MISSING = re.compile(
    r"Not included, change data exporting|Exceeds maximum size, change|Unavailable, please try"
)
_ELSEWHERE = ("http://", "https://")


class _Above(NamedTuple):
    """Of the message above: whose it is, and when it was written."""

    sender: str | None
    at: str | None


_NOBODY = _Above(None, None)


def _detect(head: Head) -> Detection:
    if _HISTORY not in head.text or not _HEADER.search(head.text):
        return Detection()
    return Detection(SIGNATURE, ("a history of messages as Telegram's pages have it",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    conversation: str | None = None
    above = _NOBODY
    unclosed: int | None = None
    for block in blocks(source, _HEADER):
        if block.header is None:
            yield from _missing_pages(source, block.text)
            name = _PAGE_NAME.search(block.text)
            conversation = (seen(name[1]).text or None) if name else None
            if _is_page(block, conversation):
                yield Structure(block.src.byte_start, block.src.byte_end)
            continue
        end = _end(block.text)
        unclosed = None if end else block.src.byte_start
        if not end:
            continue
        text = block.text[:end]
        if _is_day(block.header, text):
            above = _NOBODY
            yield Structure(block.src.byte_start, block.src.byte_start + source.length(text))
        else:
            record = _record(source, block, text, above, conversation)
            above = _Above(record.sender_raw, next(iter(record.ts_candidates), None))
            yield record
        rest = block.text[end:]
        yield from _missing_pages(source, rest)
        if rest and _BETWEEN.fullmatch(rest):
            yield Structure(block.src.byte_end - source.length(rest), block.src.byte_end)
    if unclosed is not None:
        raise ChatStop(unclosed, "chat.cut_short")


def _missing_pages(source: Source, text: str) -> Iterator[Part]:
    """The files that a page says stand before and behind it, where the zip has not got them."""
    if source.member is not None:
        told = (missing(source, page) for page in dict.fromkeys(_PAGE.findall(text)))
        yield from (page for page in told if page)


def _end(text: str) -> int:
    """Where the message's own `div` is closed; 0 where it is not."""
    depth = 0
    for tag in _DIV.finditer(text):
        depth += -1 if tag[0].startswith("</") else 1
        if depth == 0:
            return tag.end()
    return 0


def _is_page(block: Block, name: str | None) -> bool:
    """Whether what stands above the messages is the page's own: nobody can hide a word there."""
    words = set(seen(block.text).text.split("\n")) - {"", name, "Previous messages"}
    return not words and not block.flags and _PAGE_TAGS.issuperset(_TAG_NAME.findall(block.text))


def _inside(text: str, begin: str) -> str | None:
    """What stands between this tag and the next that closes one; None where it is not there."""
    _, found, rest = text.partition(begin)
    inside, end, _ = rest.partition("</div>")
    return inside if found and end else None


def _is_day(header: re.Match[str], text: str) -> bool:
    is_banner = header["kind"] == "service" and header["id"].startswith("-")
    return is_banner and _DAY.fullmatch(seen(text).text) is not None


def _sender(header: re.Match[str], text: str, above: str | None) -> str | None:
    if header["kind"] == "service":
        return None
    named = _inside(text.partition(_FORWARDED)[0], _FROM)
    if named is not None:
        return seen(named).text or None
    return above if _is_joined(header) else None


def _is_apart(above: _Above, moment: Moment) -> bool:
    """Whether Telegram would have begun anew with the sender's name."""
    if above.sender is None or above.at is None or not moment.candidates:
        return above.sender is None
    passed_ms = instant_ms(moment.candidates[0], BEIJING) - instant_ms(above.at, BEIJING)
    return abs(passed_ms) > JOINED_WITHIN_MS


def _is_joined(header: re.Match[str]) -> bool:
    return "joined" in header["more"].split()


def _record(
    source: Source, block: Block, text: str, above: _Above, conversation: str | None
) -> Record:
    header = block.header
    assert header is not None
    is_service = header["kind"] == "service"
    written = None if is_service else _WHEN.search(text)
    moment = _moment(written[1]) if written else UNDATED
    media = "" if is_service else _media(text)
    body = _body(text, media, is_service=is_service)
    unjoined = (Flag.UNJOINED,) if _is_joined(header) and _is_apart(above, moment) else ()
    return Record(
        id=block.id,
        kind=_kind(media, is_service=is_service),
        sender_raw=_sender(header, text, above.sender),
        ts_raw=written[1] if written else None,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *_flags(text, media), *unjoined, *moment.flags, *block.flags),
        conversation=conversation,
        platform_id=header["id"],
        reply_to=_reply_to(text, is_service=is_service),
        attachments=tuple(_attachments(media)),
        src=block.place_of(text, source),
    )


def _media(text: str) -> str:
    """The part of a message that is no text; empty where there is none."""
    _, begin, rest = text.partition(_MEDIA)
    return begin + rest.partition(_TEXT)[0]


def _kind(media: str, *, is_service: bool) -> RecordKind:
    if is_service:
        return RecordKind.SYSTEM
    return RecordKind.MEDIA if media else RecordKind.TEXT


def _body(text: str, media: str, *, is_service: bool) -> str:
    """The text; where there is none, the words that stand for a file, a call or a poll."""
    if is_service:
        return seen(text).text
    said = [part.partition("</div>")[0] for part in text.split(_TEXT)[1:]]
    return "\n".join(seen(part).text for part in said) if said else seen(media).text


def _reply_to(text: str, *, is_service: bool) -> str | None:
    target = _TARGET.search(text if is_service else _inside(text, _REPLY) or "")
    return target[1] if target else None


def _moment(written: str) -> Moment:
    """The time of a message; day, month, year in every language."""
    found = _TIME.fullmatch(written)
    if found is None:
        return NO_SUCH_TIME
    day, month, year, hour, minute, second, offset = found.groups()
    date, clock = iso_date(year, month, day), iso_time(hour, minute, second)
    if date is None or not clock:
        return NO_SUCH_TIME
    if offset is None and written.endswith("UTC"):
        offset = "+00:00"
    return offset_moment(f"{date}T{clock}{offset}") if offset else local_moment((date,), clock)


def _flags(text: str, media: str) -> Iterator[Flag]:
    if _FORWARDED in text:
        yield Flag.FORWARDED
    if _MISSING.search(media):
        yield Flag.PLACEHOLDER


def _attachments(media: str) -> Iterator[str]:
    """The files that a message names, in the export or not."""
    paths = [html.unescape(path) for path in _FILE.findall(media)]
    yield from (path for path in paths if path and not path.startswith(_ELSEWHERE))
    name = None if paths else _inside(media.partition(_DOCUMENT)[2], _TITLE)
    if name is not None and (shown := seen(name).text):
        yield shown


def _series(member: str) -> str:
    """A chat has a folder, with a file for each thousand messages."""
    folder, name = posixpath.split(member)
    return folder if _PART.fullmatch(name) else member


PARSER = Parser(
    id="telegram_html",
    version="2",
    title="Telegram HTML",
    syntax="html",
    detect=_detect,
    parse=_parse,
    files_beside=True,
    series=_series,
)
