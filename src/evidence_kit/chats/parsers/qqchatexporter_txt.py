"""Text export of QQChatExporter: name, `时间: `, `内容: `, and lines of files and of replies.

Two empty lines part the messages. Below a text may stand, in this order: `资源: 2 个文件` with a
line for each, `提及: ` with the names that the text mentions, `回复: ` with what it answers. A
text that imitates two empty lines and a header can't be told from a message; the count in the
export's head can tell that there are too many.
"""

import re
from collections.abc import Iterator

from evidence_kit.chats.blocks import Block, blocks
from evidence_kit.chats.parser import SHAPE, SIGNATURE, Detection, Options, Parser
from evidence_kit.chats.phrases import flags_of, kind_of_body, kind_of_system
from evidence_kit.chats.qqchatexporter import CAVEAT, SYSTEM_NAME, is_wordless
from evidence_kit.chats.record import Declared, Flag, Part, Record, RecordKind, Structure
from evidence_kit.chats.source import Head, Source
from evidence_kit.chats.times import UNDATED, Moment, plain_moment

_GAP = r"(?:\A|(?<=\n\n\n)|(?<=\n\r\n\r\n))"
_HEADER = re.compile(
    rf"^(?:{_GAP}(?:\[\d{{1,9}}\]\r?\n)?(?P<name>[^\r\n]*):\r?\n"
    r"时间: (?P<when>[^\r\n]{1,40})(?:\r?\n类型: (?P<type>[^\r\n]{1,40}))?(?=\r?$)"
    r"|={47}\r?\n {14}导出完成\r?\n={47}(?=\r?$))",
    re.MULTILINE | re.ASCII,
)
_HEAD = re.compile(
    r"\s*+\[QQChatExporter[^\r\n]*+\r?\n(?:\[[^\r\n]*+\r?\n)?\s*+={47}\r?\n"
    r" ++QQ聊天记录导出文件\r?\n={47}\s*+(?:聊天名称: (?P<name>[^\r\n]*+)\s*+)?"
    r"(?:聊天类型: [^\r\n]*+\s*+)?(?:参与人数: \d++\s*+)?(?:导出时间: [^\r\n]*+\s*+)?"
    r"(?:消息总数: (?P<count>\d{1,9})\s*+)?(?:时间范围: [^\r\n]*+\s*+)?",
    re.ASCII,
)
_FOOT = re.compile(
    r"\s*+总计导出 (?P<count>\d{1,9}) 条消息\s*+(?:导出时间: [^\r\n]*+\s*+)?", re.ASCII
)
_TITLE = "QQ聊天记录导出文件"
_PROGRAM = "[QQChatExporter"
_WHEN = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)", re.ASCII)
_CONTENT = "\n内容: "
_REPLY = "\n回复: "
_ANSWERS = ("[回复", "[CQ:reply")
"""What a text holds that answers another one."""
_MENTIONS = re.compile(r"\n提及: [^\n]*\Z")
_MENTION = re.compile(r"@|\[CQ:at")
_FILES = re.compile(r"\n资源: (\d{1,9}) 个文件((?:\n  - [a-z]++: [^\n]*+)++)\Z", re.ASCII)
_FILE = re.compile(r"^  - [a-z]+: ([^\n]*)$", re.MULTILINE | re.ASCII)
_EMPTY = re.compile(r"\[(?:(?:image|video|audio|file|、)+消息|表情消息)\]")
_NO_TEXT = "[无文本内容]"
_ENOUGH = 3
"""Fewer headers without the export's own title are any note."""


def _detect(head: Head) -> Detection:
    text = head.text
    if text.startswith(_PROGRAM) and _TITLE in text:
        return Detection(SIGNATURE, (f"the title {_PROGRAM} …]",))
    found = sum(match["when"] is not None for match in _HEADER.finditer(text))
    if found < _ENOUGH or not _HEADER.match(text):
        return Detection()
    return Detection(SHAPE, (f"{found} names with 时间: below them",))


def _parse(source: Source, options: Options) -> Iterator[Part]:
    chat: str | None = None
    count: int | None = None
    foot: Block | None = None
    for block in blocks(source, _HEADER):
        if block.header is None:
            if (head := _HEAD.match(block.text)) is not None:
                chat, count = head["name"] or None, _number(head["count"])
                yield _own(source, block, head.end())
                if count is not None:
                    yield Declared(what="messages", declared=count)
            elif not block.text.strip():
                yield Structure(block.src.byte_start, block.src.byte_end)
        elif block.header["when"] is None:
            foot = block
        else:
            # what looked like the end was none, so it is shown as unclaimed
            foot = None
            yield _record(block, block.header, chat)
    if foot is not None:
        told = _FOOT.match(foot.text, foot.header_end)
        yield _own(source, foot, told.end() if told else foot.header_end)
        if told and (last := _number(told["count"])) is not None and last != count:
            yield Declared(what="messages", declared=last)


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


def _own(source: Source, block: Block, end: int) -> Structure:
    """The first characters of a block as the exporter's own; what follows is unclaimed."""
    return Structure(block.src.byte_start, block.src.byte_start + source.length(block.text[:end]))


def _record(block: Block, header: re.Match[str], chat: str | None) -> Record:
    name, when = header["name"], header["when"]
    body, files, answered = _parts(f"\n{block.body}")
    moment = _moment(when)
    is_system = name == SYSTEM_NAME
    missing = (Flag.PLACEHOLDER,) if files else ()
    return Record(
        id=block.id,
        kind=kind_of_system(body) if is_system else _kind(body, files),
        sender_raw=None if is_system else name or None,
        ts_raw=when,
        ts_candidates=moment.candidates,
        tz_status=moment.status,
        precision=moment.precision,
        body_raw=body,
        flags=(*flags_of(body), *missing, *moment.flags, *block.flags),
        conversation=chat,
        type_raw=header["type"],
        reply_to=answered,
        attachments=files,
        src=block.src,
    )


def _moment(when: str) -> Moment:
    """Its time; a day alone, a time of day alone, or 3天前 name none."""
    found = _WHEN.fullmatch(when)
    return plain_moment(found[1], found[2]) if found else UNDATED


def _kind(body: str, files: tuple[str, ...]) -> RecordKind:
    is_media = _EMPTY.fullmatch(body) is not None or (bool(files) and is_wordless(body))
    return RecordKind.MEDIA if is_media else kind_of_body(body)


def _parts(text: str) -> tuple[str, tuple[str, ...], str | None]:
    """The text itself, the names of its files, and what it answers, from the last line up.

    Lines that the text doesn't call for stay in it: somebody may have typed them.
    """
    answered, files = None, ()
    before, found, after = text.rpartition(_REPLY)
    if found and any(word in before for word in _ANSWERS):
        text, answered = before, after
    told = _MENTIONS.search(text)
    if told and _MENTION.search(text, 0, told.start()):
        text = text[: told.start()]
    listed = _FILES.search(text)
    if listed:
        names = tuple(_FILE.findall(listed[2]))
        if len(names) == int(listed[1]):
            text, files = text[: listed.start()], names
    body = text.removeprefix(_CONTENT) if text.startswith(_CONTENT) else text.removeprefix("\n")
    return "" if body == _NO_TEXT else body, files, answered


PARSER = Parser(
    id="qqchatexporter_txt",
    version="1",
    title="QQChatExporter TXT",
    syntax="text",
    detect=_detect,
    parse=_parse,
    caveat=CAVEAT,
)
