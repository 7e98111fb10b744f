"""Every fixture of every parser, and what the tests do with each."""

import base64
import contextlib
import csv
import email
import email.policy
import io
import json
import quopri
import random
import re
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from evidence_kit.chats.parser import DateOrder, Options, parser_named, parsers
from evidence_kit.chats.reading import Reading
from evidence_kit.chats.record import Chat, Record, Structure
from evidence_kit.chats.source import open_source, read_head
from fixtures.chats import make
from fixtures.chats.case import Case


@dataclass(frozen=True)
class Export:
    """A committed fixture with its truth."""

    parser: str
    name: str

    @property
    def case(self) -> Case:
        return dict(make.cases(self.parser))[self.name]

    @property
    def path(self) -> Path:
        return make.HERE / self.parser / self.name / self.case.file

    def __str__(self) -> str:
        return f"{self.parser}/{self.name}"


EXPORTS = [Export(p, name) for p in make.generators() for name, _ in make.cases(p)]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same with a byte changed, or some cut out or doubled."""
    found = bytearray(data)
    at = chance.randrange(len(found))
    match chance.randrange(3):
        case 0:
            found[at] = chance.randrange(256)
        case 1:
            del found[at : at + chance.randrange(1, 40)]
        case _:
            found[at:at] = found[at : at + chance.randrange(1, 40)]
    return bytes(found)


def options_of(case: Case) -> Options:
    order: Any = case.options.get("date_order")
    typed: DateOrder | None = order
    return Options(date_order=typed)


def reading_of(path: Path, parser: str, options: Options | None = None) -> Reading:
    return Reading(open_source(path), parser_named(parser), options=options)


def read(path: Path, parser: str, options: Options | None = None) -> tuple[list[Record], Chat]:
    reading = reading_of(path, parser, options)
    return list(reading), reading.chat


def claims(records: list[Record]) -> list[dict[str, Any]]:
    """All that records say, without where they stand."""
    import msgspec

    dropped = ("id", "src")
    return [{k: v for k, v in msgspec.to_builtins(r).items() if k not in dropped} for r in records]


def spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """The stretches that the file is made of, in the order in which they come."""
    for part in reading.parts():
        if isinstance(part, Record):
            yield part.src.byte_start, part.src.byte_end
        elif isinstance(part, Structure):
            yield part.byte_start, part.byte_end


def holds_body(text: str, body: str, syntax: str) -> bool:
    """Whether the text of a span, read by its syntax alone, gives the body."""
    text = text.replace("\r\n", "\n")
    match syntax:
        case "csv":
            return not body or body in _cells(text)
        case "json" | "jsonl":
            value = _loaded(text)
            texts = "".join(_texts(value))
            # repaired: what is written is the same UTF-8, read as Latin-1
            return any(one in texts for one in (body, body.encode().decode("latin-1"))) or (
                body in _joined(value)
            )
        case "xml":
            return all(one in _attributes(text) for one in body.split("\n"))
        case "mail":
            found = ["".join(told.split()) for told in _mails(text)]
            wanted = ("".join(paragraph.split()) for paragraph in body.split("\n\n"))
            return all(any(one in told for told in found) for one in wanted)
        case "html":
            return "".join(body.split()) in "".join(_shown(text).split())
        case _:
            return body in text


def _attributes(text: str) -> str:
    """The values of all attributes of an element; an emoji may be written in two halves."""
    halves = re.sub(
        r"&#(5[56]\d{3});&#(5[67]\d{3});",
        lambda m: struct.pack("<2H", int(m[1]), int(m[2])).decode("utf-16-le"),
        text,
    )
    root = ElementTree.fromstring(halves.strip())
    return "\n".join(value for one in root.iter() for value in one.attrib.values())


def _mails(text: str) -> Iterator[str]:
    """What a piece of a mail may say: unwrapped in each way, and as the standard library has it."""
    raw = text.encode("utf-8", "surrogateescape")
    yield text
    for data in (raw, quopri.decodestring(raw), _from_base64(raw)):
        for encoding in ("utf-8", "gb18030"):
            yield _shown(data.decode(encoding, "ignore"))
    whole = re.sub(rb"(?m)^>(>*From )", rb"\1", raw)
    message = email.message_from_bytes(whole, policy=email.policy.default)
    yield str(message["Subject"])
    for part in message.walk():
        if part.get_content_maintype() == "text":
            with contextlib.suppress(LookupError):
                content = part.get_content()
                yield _shown(content) if part.get_content_subtype() == "html" else content


def _from_base64(raw: bytes) -> bytes:
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    return base64.b64decode(letters[: len(letters) // 4 * 4])


def _shown(text: str) -> str:
    """The text of a piece of HTML."""
    pieces: list[str] = []
    parser = HTMLParser()
    parser.handle_data = pieces.append  # type: ignore[assignment, method-assign]
    parser.feed(text)
    parser.close()
    return "".join(pieces)


def _cells(text: str) -> set[str]:
    """The fields of a row, whatever parts them, and the texts of those that are JSON."""
    found: set[str] = set()
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for field in row:
                found.add(field.rstrip("\n"))
                with contextlib.suppress(ValueError):
                    found.update(_texts(json.loads(field)))
    return found


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in _texts(item)]


def _loaded(text: str) -> object:
    """JSON, also where Telegram has written what is none."""
    try:
        return json.loads(text)
    except ValueError:
        text = re.sub(r"(?<!\\)\\x(..)", r"\\u00\1", text)
        return json.loads(re.sub(r'("document_id": )([^"\n]+)', r'\1"\2"', text))


def _joined(value: object) -> Iterator[str]:
    """What lists of texts, and of objects with a text, give when put together."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, list):
        parts = [one.get("text") if isinstance(one, dict) else one for one in value]
        yield "".join(part for part in parts if isinstance(part, str))
    for item in items:
        yield from _joined(item)


def table() -> Iterator[str]:
    """Formats, variants, records and unclaimed bytes, a line each, and their sum."""
    total = [0, 0, 0]
    yield f"{'format':20}{'variants':>10}{'records':>10}{'unclaimed bytes':>18}"
    for parser in parsers():
        counts = [0, 0, 0]
        for export in (one for one in EXPORTS if one.parser == parser.id):
            chat = read(export.path, export.parser, options_of(export.case))[1]
            counts = [counts[0] + 1, counts[1] + chat.records, counts[2] + chat.unclaimed_bytes]
        total = [one + more for one, more in zip(total, counts, strict=True)]
        yield f"{parser.id:20}{counts[0]:>10}{counts[1]:>10}{counts[2]:>18}"
    yield f"{'all':20}{total[0]:>10}{total[1]:>10}{total[2]:>18}"


def detected(export: Export) -> dict[str, int]:
    """The parsers that claim a fixture, with their scores."""
    head = read_head(export.path)
    scores = {parser.id: parser.detect(head).score for parser in parsers()}
    return {parser: score for parser, score in scores.items() if score}


def detections() -> Iterator[str]:
    """For each format: who claims its variants, with which score, and how many of them."""
    yield f"{'format':20}{'variants':>10}   claimed by (score: variants)"
    for parser in parsers():
        exports = [one for one in EXPORTS if one.parser == parser.id]
        counts = Counter(claim for one in exports for claim in detected(one).items())
        own_first = sorted(counts.items(), key=lambda one: (one[0][0] != parser.id, one[0]))
        shown = ", ".join(f"{who} ({score}: {n})" for (who, score), n in own_first)
        yield f"{parser.id:20}{len(exports):>10}   {shown or 'nobody: it has to be named'}"


if __name__ == "__main__":
    print("\n".join([*table(), "", *detections()]))
