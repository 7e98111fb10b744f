"""Why a file that was added is no chat, as far as that can be told."""

import re
from pathlib import Path

from evidence_kit.chats.source import Head, read_head
from evidence_kit.chats.written import HALF, dated_lines

_YEARLESS = re.compile(
    r"^(?:[^\s\d\[【(:：][^\r\n:：]{0,39}?[ \t]+)?[\[【(]?"
    r"(?:\d{1,2}月\d{1,2}日|\d{1,2}[-/.]\d{1,2})[ ,，\t]{1,3}"
    rf"(?:(?:{HALF})\s?)?\d{{1,2}}:\d\d",
    re.MULTILINE | re.ASCII,
)
_OFFICE = frozenset({".doc", ".docx", ".et", ".ods", ".odt", ".rtf", ".wps", ".xls", ".xlsx"})
"""Endings of what Word, Excel and WPS write."""
_TEXT = frozenset({"text/plain", "application/octet-stream"})
"""Media types of what may be a text; the second one is that of UTF-16, too."""


def why_no_chat(path: Path, media_type: str) -> tuple[str | None, int]:
    """The reason as a code, and how many lines it speaks of, 0 for none.

    Raises:
        InputError: "file.unreadable".
    """
    if media_type == "application/pdf":
        return None, 0  # nobody takes one for a chat
    head = read_head(path)
    if head.is_whole and not head.data.strip():
        return "chat.blank", 0
    if path.suffix.lower() in _OFFICE:
        return "chat.office", 0
    if media_type == "text/csv":
        is_old = "\r" in head.text.strip() and "\n" not in head.text.strip()
        return "chat.lone_cr" if is_old else "chat.no_columns", 0
    if media_type not in _TEXT or not head.text:
        return "chat.unrecognised", 0
    return _of_text(head)


def _of_text(head: Head) -> tuple[str, int]:
    text = head.text.replace("\r\n", "\n")
    dated = dated_lines(text)
    if "\r" in text and dated_lines(text.replace("\r", "\n")) > dated:
        return "chat.lone_cr", 0
    yearless = len(_YEARLESS.findall(text))
    if yearless > dated:
        return "chat.no_year", yearless
    return ("chat.few_times" if dated else "chat.no_times"), dated
