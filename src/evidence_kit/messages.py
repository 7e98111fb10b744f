"""The words for every code: errors with their hints, findings, observations, limits.

English here; Chinese in locale/zh_CN. A test fails on a code without words, on words
without a code, and on a text without its Chinese.
"""

from typing import NamedTuple

from evidence_kit.i18n import mark


class Message(NamedTuple):
    """What an error says, and what its hint says. Both may hold {params}."""

    text: str
    hint: str


ERRORS: dict[str, Message] = {
    "config.unknown_key": Message(
        mark("unknown key {key!r} in {path}"), mark("did you mean {suggestion}?")
    ),
    "config.unreadable": Message(
        mark("the configuration can't be read ({detail}): {path}"),
        mark("correct the file or delete it; without it every setting has its default"),
    ),
    "config.value": Message(
        mark("a setting has a wrong value ({detail}): {path}"),
        mark("correct the value in the file or in the EVIDENCE_KIT_* variable"),
    ),
}

FINDINGS: dict[str, str] = {}

OBSERVATIONS: dict[str, str] = {}

LIMITS: dict[str, str] = {}
