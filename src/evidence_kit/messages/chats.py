"""What goes wrong with chat exports."""

from evidence_kit.i18n import mark
from evidence_kit.messages.message import Message

CHAT_ERRORS: dict[str, Message] = {
    "chat.ambiguous": Message(
        mark("several formats fit this file, and they would read it differently: {path}"),
        mark("say which one it is with --parser: {names}"),
    ),
    "chat.no_such_parser": Message(
        mark("there is no chat format of this name: {name}"),
        mark("did you mean: {known}"),
    ),
}

CHAT_STOPS: dict[str, str] = {
    "chat.cut_short": mark("the file ends in the middle, at byte {byte}"),
    "chat.not_json": mark("at byte {byte} it is no longer JSON"),
    "chat.parser_failed": mark("the parser broke at byte {byte} ({detail})"),
    "chat.too_long": mark("a single value at byte {byte} is too long to be read"),
}
"""Why a parser could not go on. All may name {byte} and {detail}."""
