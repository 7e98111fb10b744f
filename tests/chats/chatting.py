"""A chat written down in a test, and its transcript."""

import json
from collections.abc import Sequence
from pathlib import Path

from evidence_kit.chats.lexicon import Lexicon, load_lexicons
from evidence_kit.chats.parser import Options, parser_named, parsers
from evidence_kit.chats.reading import Reading, Roles
from evidence_kit.chats.source import open_source
from evidence_kit.chats.transcript import Transcript
from tests.chats.exports import EXPORTS

BUYER, SHOP = "阿禾", "云雀点卡"
ROLES = Roles(buyer=frozenset({BUYER}), merchant=frozenset({SHOP}))
LEXICONS: tuple[Lexicon, ...] = load_lexicons(None)
READ = [export for export in EXPORTS if export.parser in {parser.id for parser in parsers()}]
"""Every fixture of a format that is read."""

Line = tuple[str, str, str]
"""Time of the day or day and time, sender, text."""


def lines(*said: Line) -> str:
    """As WeChatMsg writes them; a line without a sender is one of the app's own."""
    made = ""
    for time, sender, text in said:
        stamp = time if len(time) > 8 else f"2026-05-01 {time}"
        made += f"{stamp} {sender}\n{text}\n\n" if sender else f"{stamp} {text}\n\n"
    return made


def transcript_of(folder: Path, *said: Line, roles: Roles = ROLES) -> Transcript:
    """Read what was said; the test closes it or lets it go."""
    return transcript_of_text(folder, lines(*said), roles=roles)


def transcript_of_text(
    folder: Path,
    text: str,
    *,
    parser: str = "wechatmsg_txt",
    roles: Roles = ROLES,
    encoding: str = "utf-8",
    options: Options | None = None,
) -> Transcript:
    """Read an export."""
    number = sum(1 for _ in folder.glob("chat*"))
    path = folder / f"chat{number}.txt"
    path.write_bytes(text.encode(encoding))
    reading = Reading(open_source(path), parser_named(parser), roles=roles, options=options)
    return Transcript(reading)


def recalled(text: str, **fields: bool) -> str:
    """An export of QQChatExporter with one message of the shop's, which these fields tell of."""
    message = {
        "id": "1",
        "timestamp": 1777600800000,
        "sender": {"uid": "u_1", "name": SHOP},
        "type": "type_1",
        "content": {"text": text, "elements": [], "resources": [], "mentions": []},
        **fields,
    }
    return json.dumps({"metadata": {"name": "QQChatExporter"}, "messages": [message]})


def numbers(entries: Sequence[object]) -> list[int]:
    """The numbers of entries."""
    return [entry.number for entry in entries]  # type: ignore[attr-defined]
