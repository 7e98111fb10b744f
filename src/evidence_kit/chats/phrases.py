"""Words that the apps themselves put into a chat, as exports show them."""

import re

from evidence_kit.chats.record import Flag, RecordKind

_AUTO_REPLY = ("[自动回复]", "【自动回复】", "[Auto-reply]", "[Auto Reply]")
_RECALL = re.compile(r"撤回了一条消息|撤回了?(?:成员|.{1,40}的)?一条消息|recalled a message")
_RECALL_LINE = re.compile(r'(?:["“][^"“”\n]{1,60}["”]|你|您) ?撤回了一条消息(?: {0,8}重新编辑)?')
_STAND_IN = re.compile(
    r"\[(?:图片|照片|语音|语音消息|视频|小视频|表情|表情包|动画表情|文件|位置|名片|链接|卡片式链接"
    r"|小程序|转账|红包|微信红包|通话|语音通话|视频通话|音视频通话|音乐|聊天记录|合并转发的聊天记录"
    r"|闪照|窗口抖动|Image|Photo|Voice|Video|Sticker|File|Location)\](?:[:：].*)?",
    re.DOTALL,
)


def flags_of(body: str) -> tuple[Flag, ...]:
    """The flags that a message's own first words call for."""
    return (Flag.AUTO_REPLY,) if body.startswith(_AUTO_REPLY) else ()


def is_recall_line(body: str) -> bool:
    """Whether a text is nothing but WeChat's line of a recall: some exporters put it under a name.

    >>> is_recall_line('"Shop" 撤回了一条消息'), is_recall_line("店主撤回了一条消息，什么意思")
    (True, False)
    """
    return _RECALL_LINE.fullmatch(body) is not None


def kind_of_body(body: str) -> RecordKind:
    """Media where the whole body is a stand-in such as [图片], else text."""
    is_stand_in = body.startswith("[") and _STAND_IN.fullmatch(body.rstrip()) is not None
    return RecordKind.MEDIA if is_stand_in else RecordKind.TEXT


def kind_of_system(body: str) -> RecordKind:
    """A recall where the app's line says so, else a system line."""
    return RecordKind.RECALL if _RECALL.search(body) else RecordKind.SYSTEM
