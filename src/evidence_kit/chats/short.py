"""Texts of one message or two, where the number of headers says nothing: what else may say it."""

import re

from evidence_kit.chats.source import Head

_PARAGRAPHS = re.compile(r"\n(?:[ \t]*+\r?\n)++")


def begins_so(head: Head, header: re.Pattern[str]) -> bool:
    """Whether a header is the first thing that stands in a text."""
    return header.match(head.text.lstrip()) is not None


def consists_of(head: Head, header: re.Pattern[str]) -> bool:
    """Whether a text is whole, and a header stands at the beginning of it and of each paragraph."""
    if not head.is_whole or not head.text.strip():
        return False
    paragraphs = _PARAGRAPHS.split(head.text.strip())
    return all(header.match(paragraph) for paragraph in paragraphs)
