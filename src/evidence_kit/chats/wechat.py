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
