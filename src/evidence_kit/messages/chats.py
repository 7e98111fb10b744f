"""What goes wrong with chat exports, and what is told of those that were read."""

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
    "chat.no_such_sender": Message(
        mark("nobody of this name sent anything in these chats: {name}"),
        mark("did you mean: {known}"),
    ),
    "chat.none": Message(
        mark("none of these files can be read as a chat"),
        mark("leave out --parser, --me, --merchant and --date-order, or name a chat export"),
    ),
}

CHAT_OBSERVATIONS: dict[str, str] = {
    "chat.ambiguous_dates": mark(
        "in {count} messages day and month can be read both ways, and both are kept; to settle"
        " it, add the file again with --date-order dmy or mdy: {name}"
    ),
    "chat.backwards": mark("{count} messages are earlier than the one before them: {name}"),
    "chat.cut_short": mark("the chat ends in the middle, at byte {byte}: {name}"),
    "chat.declared": mark(
        "the export says that it holds {declared} messages, and {actual} were found: {name}"
    ),
    "chat.not_json": mark("at byte {byte} the chat is no longer JSON: {name}"),
    "chat.parser_failed": mark("reading the chat broke off at byte {byte} ({detail}): {name}"),
    "chat.read": mark(
        "read as {format} ({encoding}): {messages} messages; {unclaimed} bytes were not"
        " understood: {name}"
    ),
    "chat.roles_open": mark(
        "who of them is you and who the merchant is not said; --me and --merchant say it: {name}"
    ),
    "chat.too_deep": mark("the chat is nested too deep at byte {byte}: {name}"),
    "chat.too_long": mark("a single value at byte {byte} of the chat is too long: {name}"),
    "chat.undecodable": mark(
        "{count} messages hold bytes in no encoding that could be found, shown as \ufffd: {name}"
    ),
    "chat.zip_broken": mark("the zip can't be unpacked, so it is kept as a document: {name}"),
    "chat.zip_encrypted": mark(
        "the zip is encrypted, so it is kept as a document; unpack it and add what is in it: {name}"
    ),
    "chat.zip_too_large": mark(
        "the zip unpacks to more than is read, so it is kept as a document; unpack it and add"
        " what is in it: {name}"
    ),
    "chat.unrecognised": mark("no chat format fits, so it is kept as a document: {name}"),
}
"""Those that name a byte tell where a parser could not go on; see `chats.record.Stop`."""
