"""Silence: stretches in which the buyer writes and the merchant's answer is not in the export.

What an export does not hold may still have been written. So nothing here says that somebody
never answered, only that no reply appears up to the export's last record.
"""

from collections.abc import Iterator

import msgspec

from evidence_kit.chats.phrases import is_recall_line
from evidence_kit.chats.record import WITHDRAWN, Flag, Party, Record, RecordKind
from evidence_kit.chats.transcript import Entry, Transcript

_SAYING = frozenset({RecordKind.TEXT, RecordKind.MEDIA})
_NO_REPLY = (
    "我通过了你的朋友验证请求",
    "我通过了您的朋友验证请求",
    "你已添加了",
    "您已添加了",
    "以上是打招呼的",
    "请求添加你为朋友",
    "I've accepted your friend request",
    "I accepted your friend request",
)
"""What the app writes in somebody's name when two become contacts."""


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """A run of unanswered messages of the buyer. Numbers are those of records."""

    conversation: str | None
    opened_by: int
    opened_at_ms: int | None
    """None where the export gives no certain time."""
    buyer_messages: int
    last_buyer_message: int
    merchant_before: int | None
    """The merchant's last message before it; None where there is none in this export."""
    withdrawn_inside: int
    """Recalls and deletions inside the run that are not the buyer's; they are no reply."""
    automatic_inside: int
    """Automatic replies inside the run; they are none either."""
    closed_by: int | None
    """The merchant's reply; None where none appears up to the last record of this chat."""
    until_number: int | None
    """The reply, else the last record of this chat with a certain time; None where none has one."""
    until_ms: int | None
    """Its time."""
    duration_ms: int | None
    longest_gap_ms: int | None
    """Between two neighbours: the buyer's messages, then the reply or the last record."""


def find_silences(transcript: Transcript) -> Iterator[Silence]:
    """Every run, in the order of time, chat by chat.

    Roles must have been given, or there is none.
    """
    ends = transcript.last_entries()
    run: _Run | None = None
    merchant: int | None = None
    conversation: str | None = None
    for entry in transcript.in_time_order():
        record = entry.record
        if record.conversation != conversation:
            if run:
                yield run.ended(ends.get(conversation))
            run, merchant, conversation = None, None, record.conversation
        if record.role is Party.MERCHANT and is_answer(record):
            if run:
                yield run.ended(entry, entry.number)
            run, merchant = None, entry.number
        elif run and record.role is not Party.BUYER:
            run.pass_over(record)
        elif record.role is Party.BUYER and record.kind in _SAYING:
            run = run or _Run(conversation, entry, merchant)
            run.go_on(entry)
    if run:
        yield run.ended(ends.get(conversation))


def is_answer(record: Record) -> bool:
    """Whether a merchant's record answers: a text, a media message or a call of their own."""
    return (
        record.kind in _SAYING
        and Flag.AUTO_REPLY not in record.flags
        and not record.body_raw.lstrip('“"').startswith(_NO_REPLY)
        and not is_recall_line(record.body_raw)
    )


class _Run:
    def __init__(self, conversation: str | None, first: Entry, merchant: int | None) -> None:
        self._conversation = conversation
        self._first = first
        self._merchant = merchant
        self._messages = 0
        self._last = first
        self._withdrawn = 0
        self._automatic = 0
        self._gap_ms: int | None = None
        self._time_ms: int | None = None

    def go_on(self, entry: Entry) -> None:
        """Take one more message of the buyer."""
        self._messages += 1
        self._last = entry
        self._measure(entry.at_ms)

    def pass_over(self, record: Record) -> None:
        """Take a record that is neither the buyer's nor an answer."""
        if record.kind in WITHDRAWN or is_recall_line(record.body_raw):
            self._withdrawn += 1
        elif record.role is Party.MERCHANT and Flag.AUTO_REPLY in record.flags:
            self._automatic += 1

    def _measure(self, at_ms: int | None) -> None:
        if at_ms is None:
            return
        if self._time_ms is not None:
            self._gap_ms = max(self._gap_ms or 0, at_ms - self._time_ms)
        self._time_ms = at_ms

    def ended(self, until: Entry | None, closed_by: int | None = None) -> Silence:
        """The run, closed by a reply or, where it has none, by the end of the chat."""
        until_ms = until.at_ms if until else None
        self._measure(until_ms)
        start_ms = self._first.at_ms
        duration_ms = None
        if start_ms is not None and until_ms is not None:
            duration_ms = until_ms - start_ms
        return Silence(
            conversation=self._conversation,
            opened_by=self._first.number,
            opened_at_ms=start_ms,
            buyer_messages=self._messages,
            last_buyer_message=self._last.number,
            merchant_before=self._merchant,
            withdrawn_inside=self._withdrawn,
            automatic_inside=self._automatic,
            closed_by=closed_by,
            until_number=until.number if until else None,
            until_ms=until_ms,
            duration_ms=duration_ms,
            longest_gap_ms=self._gap_ms,
        )
