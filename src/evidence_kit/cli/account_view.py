"""What the account beside a chat says, in plain words."""

from collections.abc import Iterator

from evidence_kit.actions.chat_account import ReadChat
from evidence_kit.bundle.text import escape
from evidence_kit.chats.record import Chat
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark

_MAX_SHOWN = 20
"""Files; chat.json has them all."""
_REREAD = {
    True: mark("the original, read again now, gives the same messages"),
    False: mark("beware: the original, read again now, does not give these messages"),
    None: mark("the original was not read again; see it with: evidence-kit chat BUNDLE coverage"),
}


def account_rows(words: Words, read: ReadChat) -> Iterator[tuple[str, str]]:
    """Names and what is to be said under them."""
    tr, chats = words.tr, read.account.chats
    yield tr("read again"), tr(_REREAD[read.is_reread])
    if len(chats) > 1:
        yield tr("files with messages"), str(len(chats))
    if unread := read.account.unread:
        if unread.texts:
            names = escape(", ".join(unread.names))
            text = tr("{count}, such as {names}", count=unread.texts, names=names)
            yield tr("texts not read as a chat"), text
        if unread.others:
            yield tr("other files that no message points to"), str(unread.others)
    for chat in chats[:_MAX_SHOWN]:
        yield chat.member or tr("chat"), _counts(words, chat)


def _counts(words: Words, chat: Chat) -> str:
    form = mark("{count} records, {unclaimed} bytes not understood, read by {parser}")
    if not chat.unclaimed_bytes:
        form = mark("{count} records, everything was understood, read by {parser}")
    text = words.tr(
        form,
        count=chat.records,
        unclaimed=chat.unclaimed_bytes,
        parser=chat.parser,
    )
    if chat.stopped is None:
        return text
    stopped = words.tr("reading broke off at byte {byte}", byte=chat.stopped.byte)
    return words.tr("{text}; {more}", text=text, more=stopped)
