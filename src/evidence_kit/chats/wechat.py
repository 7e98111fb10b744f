"""What the exporters of WeChat have in common: its numbers for the kinds of messages."""

from evidence_kit.chats.phrases import kind_of_body, kind_of_system
from evidence_kit.chats.record import RecordKind

_TEXT, _APP, _SYSTEM, _RECALL = 1, 49, 10000, 10002
_QUOTE, _PAT = 57, 62
_MEDIA = frozenset((3, 34, 42, 43, 47, 48, 50, 62))
"""Picture, voice, card, video, sticker, place, call, short video."""


def kind_of(type_number: int | None, subtype: int | None, body: str) -> RecordKind:
    """What a message of these numbers is; by its text where the numbers are not known."""
    if type_number == _SYSTEM or (type_number == _APP and subtype == _PAT):
        return kind_of_system(body)
    if type_number == _RECALL:
        return RecordKind.RECALL
    if type_number in _MEDIA:
        return RecordKind.MEDIA
    if type_number == _APP:
        return RecordKind.TEXT if subtype == _QUOTE else RecordKind.MEDIA
    return RecordKind.TEXT if type_number == _TEXT else kind_of_body(body)


def kind_of_word(word: str, body: str) -> RecordKind:
    """What a message is that the exporter calls by a word such as 图片消息 or 文本."""
    if "系统" in word:
        return kind_of_system(body)
    if "撤回" in word:
        return RecordKind.RECALL
    if word.lower() in ("text", "文本", "文本消息", "引用消息", "引用", "群公告"):
        return RecordKind.TEXT
    return RecordKind.MEDIA if word else kind_of_body(body)


def number(text: object) -> int | None:
    """A whole number as exporters write it: 1, "1", "49.0"; None for anything else."""
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, int):
        return text
    if isinstance(text, str | float):
        try:
            value = float(text)
        except ValueError:
            return None
        return int(value) if value.is_integer() and abs(value) < 1 << 53 else None
    return None


def text_of(value: object) -> str | None:
    """A field as text; None where it is empty or nothing."""
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else str(value)


def yes_or_no(value: object) -> bool | None:
    """1 and 0, true and false, as exporters write them; None for anything else."""
    if isinstance(value, bool):
        return value
    return {1: True, 0: False}.get(found) if (found := number(value)) is not None else None
