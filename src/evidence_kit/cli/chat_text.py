"""The views of a chat as lines of text."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from evidence_kit.actions.chat_notes import sibling_notes, unread_notes
from evidence_kit.actions.chat_roles import account_notes
from evidence_kit.actions.sealed_chat import Derived, SealedChat
from evidence_kit.bundle.text import escape
from evidence_kit.chats.clauses import Tag
from evidence_kit.chats.coverage import Noticed
from evidence_kit.chats.derived import number_of
from evidence_kit.chats.marks import Mark
from evidence_kit.chats.record import Chat, Record
from evidence_kit.chats.silence import Silence
from evidence_kit.chats.totals import Totals, totals_of
from evidence_kit.chats.transcript import Entry
from evidence_kit.cli.chat_words import CATEGORIES, KINDS, NOTICES, TAGS, ChatWords, zone_name
from evidence_kit.cli.report_text import standing_text
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark
from evidence_kit.model import Observation
from evidence_kit.report import Report

LONG_MS = 3_600_000
"""A shorter silence is counted, not listed, unless it is open."""
_MARKS_SHOWN = 5
"""Of one message; without an end they would bury those of the others."""
_SHOWN_CHARACTERS = 300

DERIVED = {
    Derived.DIFFERS: mark(
        "the messages that were sealed beside the original differ from those in it; shown is the"
        " original"
    ),
    Derived.NOT_COMPARED: mark(
        "the messages that were sealed beside the original are not compared with it, because other"
        " options were given at sealing, or the program was another version; shown is the original"
    ),
}
LIMIT = mark(
    "an export is what its maker wrote into it: messages may be missing, changed or invented;"
    " the seal says only that it is unaltered since"
)


def head_lines(words: Words, report: Report, chat: SealedChat) -> Iterator[str]:
    """What every view begins with: which chat, out of which bundle, and how it was read."""
    totals = totals_of(chat.transcript.chats)
    yield words.plural(
        "{item} {name}: {count} record, read as {format}",
        "{item} {name}: {count} records, read as {format}",
        totals.records,
        item=chat.item.id,
        name=chat.title,
        format=chat.parser.title,
    )
    yield standing_text(words, report, Path(report.path).name)
    yield from notes(words, chat)
    yield from _undated_lines(words, totals)
    yield ""


def _undated_lines(words: Words, totals: Totals) -> Iterator[str]:
    """How many messages a view can't place in time, and what would help."""
    if totals.undated:
        yield words.plural(
            "{count} message has no date or time that can be read",
            "{count} messages have no date or time that can be read",
            totals.undated,
        )
    if totals.ambiguous_dates:
        yield words.plural(
            "the date of {count} message can be read in several ways; --date-order dmy, mdy or"
            " ymd shows it in one",
            "the dates of {count} messages can be read in several ways; --date-order dmy, mdy or"
            " ymd shows them in one",
            totals.ambiguous_dates,
        )


def notes(words: Words, chat: SealedChat) -> Iterator[str]:
    """What to know of the reading before relying on it."""
    tr, accounts = words.tr, chat.transcript.chats
    if len(chat.members) > 1:
        yield tr("the zip holds several chats: {count}", count=len(chat.members))
    if chat.parser.caveat:
        yield words.of_observation(Observation(code=chat.parser.caveat, params={"name": chat.name}))
    for note in (
        *sibling_notes(accounts, chat.name),
        *account_notes(chat.same_accounts, chat.name),
    ):
        yield words.of_observation(note)
    if chat.transcript.has_assumed_times:
        zone = zone_name(chat.transcript.assumed_offset)
        yield tr("times without a zone are taken as {zone}", zone=zone)
    totals = totals_of(accounts)
    if totals.date_orders:
        orders = ", ".join(totals.date_orders)
        yield tr(
            "dates that can be read in several ways are read in the order that the user said:"
            " {orders}",
            orders=orders,
        )
    if unclaimed := totals.unclaimed_bytes:
        yield words.plural(
            "{count:,} byte was not understood; coverage shows it",
            "{count:,} bytes were not understood; coverage shows them",
            unclaimed,
        )
    for account in accounts:
        if account.stopped:
            name = escape(account.member or chat.name)
            byte = account.stopped.byte
            yield tr("reading broke off at byte {byte}: {name}", byte=byte, name=name)
    if chat.derived in DERIVED:
        yield tr(DERIVED[chat.derived])


def timeline_lines(text: ChatWords, entries: Iterable[Entry]) -> Iterator[str]:
    """Every record, in the order of time."""
    conversation: str | None = None
    for entry in entries:
        record = entry.record
        if record.conversation != conversation:
            conversation = record.conversation
            yield text.tr("chat: {name}", name=conversation or "")
        remarks = "; ".join(text.remarks(record))
        head = f"{number_of(entry.number)}  {text.time(record)}  {text.who(record)}"
        yield f"{head}  [{remarks}]" if remarks else head
        yield from body_lines(record)


def cite_lines(text: ChatWords, entries: Iterable[Entry]) -> Iterator[str]:
    """A citation for each record, and its raw text."""
    for entry in entries:
        yield text.citation(entry)
        yield from body_lines(entry.record)


def body_lines(record: Record) -> Iterator[str]:
    """Its text, set off; all of its lines, those that are empty, too."""
    for line in record.body_raw.split("\n") if record.body_raw else ():
        yield f"    {line}" if line else ""


def mark_lines(
    text: ChatWords,
    marks: Iterable[Mark],
    judged: Mapping[tuple[str, str], str],
    *,
    is_part: bool = False,
    is_verbose: bool = False,
) -> Iterator[str]:
    """The marks of each message; the user's judgement of them where the case holds one.

    Args:
        is_part: whether those outside a part of the chat are left out.
        is_verbose: whether all of a message are listed, however many.
    """
    none = not is_part
    for number, group in itertools.groupby(marks, key=lambda one: one.number):
        none = False
        found = list(group)
        shown = found if is_verbose else found[:_MARKS_SHOWN]
        yield from (_mark_line(text, one, judged) for one in shown)
        if left := len(found) - len(shown):
            exact = mark("{number}  and {count} more marks in this message; -v lists them")
            least = mark("{number}  and at least {count} more marks in this message; -v lists them")
            form = least if Tag.MORE in found[-1].tags else exact
            yield text.tr(form, number=number_of(number), count=left)
    if none:
        yield text.tr("no word of the lexicons was found")


def _mark_line(text: ChatWords, one: Mark, judged: Mapping[tuple[str, str], str]) -> str:
    tags = [text.tr(TAGS[tag]) for tag in one.tags]
    judgement = judged.get((one.record, one.category))
    if judgement:
        tags.append(text.tr(JUDGEMENTS[judgement]))
    return text.tr(
        "{number}  {category}: {text}{tags}  {who}, bytes {first}–{last}, {lexicon}: {pattern}",
        number=number_of(one.number),
        category=text.tr(CATEGORIES[one.category]),
        text=one.text.replace("\n", " "),
        tags=in_brackets(tags),
        who=text.author(one.number),
        first=one.byte_start,
        last=one.byte_end - 1,
        lexicon=f"{one.lexicon} {one.lexicon_version}",
        pattern=one.pattern,
    )


def in_brackets(tags: Iterable[str]) -> str:
    """What to know of words that stand before it; empty where there is nothing."""
    text = "; ".join(tags)
    return f" [{text}]" if text else ""


JUDGEMENTS = {"confirmed": mark("confirmed by you"), "rejected": mark("rejected by you")}


def silence_lines(
    text: ChatWords, silences: Iterable[Silence], *, is_part: bool = False
) -> Iterator[str]:
    """The runs that are open or took long; the others are counted.

    Args:
        is_part: whether those outside a part of the chat are left out.
    """
    short = listed = 0
    for run in silences:
        if not is_long(run):
            short += 1
            continue
        listed += 1
        yield silence_text(text, run)
        yield from (f"    {line}" for line in silence_facts(text, run))
    if not listed and not is_part:
        yield text.tr("no message of the buyer waits for a reply for an hour or more")
    if short:
        yield text.plural(
            "{count} reply within an hour is not listed",
            "{count} replies within an hour are not listed",
            short,
        )


def is_long(run: Silence) -> bool:
    """Whether a run is worth a line: it is open, took long, or for how long is not certain."""
    is_short = run.duration_ms is not None and run.duration_ms < LONG_MS
    return run.closed_by is None or not is_short


def silence_text(text: ChatWords, run: Silence) -> str:
    """A run in a sentence that claims no more than the export shows."""
    start = text.tr("from {message}", message=_message(text, run.opened_by, run.opened_at_ms))
    if run.closed_by is not None:
        reply = _message(text, run.closed_by, run.until_ms)
        if run.duration_ms is None:
            form = mark(
                "{start}: the next reply in this export is {reply}; how long it took can't be told"
            )
            return text.tr(form, start=start, reply=reply)
        return text.tr(
            "{start}: the next reply in this export is {reply}, after {duration}",
            start=start,
            reply=reply,
            duration=text.duration(run.duration_ms),
        )
    if run.until_ms is None:
        form = mark("{start}: no reply appears in this export up to its last record")
        return text.tr(form, start=start)
    return text.tr(
        "{start}: no reply appears in this export up to its last record ({time})",
        start=start,
        time=text.moment_of(run.until_number),
    )


def _message(text: ChatWords, number: int, at_ms: int | None) -> str:
    """A message by its number, with its time in a sentence."""
    if at_ms is None:
        return text.tr("{number} (time not certain)", number=number_of(number))
    return text.tr("{number}, {time}", number=number_of(number), time=text.moment_of(number))


def silence_facts(text: ChatWords, run: Silence) -> Iterator[str]:
    """What else is known of a run."""
    yield text.plural(
        "{count} message of the buyer in it, up to {last}",
        "{count} messages of the buyer in it, up to {last}",
        run.buyer_messages,
        last=number_of(run.last_buyer_message),
    )
    if run.longest_gap_ms:
        yield text.tr("longest gap: {duration}", duration=text.duration(run.longest_gap_ms))
    if run.merchant_before is None:
        yield text.tr("no message of the merchant stands before it in this export")
    else:
        before = number_of(run.merchant_before)
        yield text.tr("the merchant's last message before it: {number}", number=before)
    if run.automatic_inside:
        yield text.tr("automatic replies in it, which are no reply: {count}",
                      count=run.automatic_inside)  # fmt: skip
    if run.withdrawn_inside:
        yield text.tr("recalled or deleted messages in it, not the buyer's: {count}",
                      count=run.withdrawn_inside)  # fmt: skip


def coverage_lines(words: Words, chat: SealedChat) -> Iterator[str]:
    """The account of the export, in numbers."""
    tr, accounts, text = words.tr, chat.transcript.chats, ChatWords(words, chat)
    for account in accounts:
        name = f"{chat.name} / {account.member}" if account.member else chat.name
        yield tr("file: {name}, {size} bytes", name=name, size=f"{account.size_bytes:,}")
        yield f"sha256: {account.sha256}"
    yield from _total_lines(words, text, totals_of(accounts))
    if chat.transcript.is_newest_first:
        yield tr("the file has the newest record first, so its times go back as they should")
    for account in accounts:
        yield from _claim_lines(words, account, account.member or chat.name)
    for note in unread_notes(chat.unread, chat.name):
        yield words.of_observation(note)
    for one in chat.transcript.participants:
        sender = text.sender(one) or tr("more senders")
        yield tr("from {name}: {count}", name=sender, count=one.records)


def _total_lines(words: Words, text: ChatWords, totals: Totals) -> Iterator[str]:
    tr = words.tr
    yield tr("encoding: {name}", name=", ".join(totals.encodings))
    yield tr("first time: {time}", time=text.written(totals.first_at) if totals.first_at else "—")
    yield tr("last time: {time}", time=text.written(totals.last_at) if totals.last_at else "—")
    yield tr("records: {count}", count=totals.records)
    for kind, count in totals.kinds.items():
        name = next((tr(text) for one, text in KINDS.items() if one == kind), kind)
        yield tr("  {name}: {count}", name=name, count=f"{count:,}")
    yield tr("bytes of the format itself: {count}", count=f"{totals.structure_bytes:,}")
    if totals.unclaimed_bytes:
        yield tr("bytes that were not understood: {count}", count=f"{totals.unclaimed_bytes:,}")
    else:
        yield tr("everything was understood")
    counts = (
        (mark("dates that can be read in several ways: {count}"), totals.ambiguous_dates),
        (mark("times earlier than the one before: {count}"), totals.backward_times),
        (mark("records without a date: {count}"), totals.undated),
        (mark("records with bytes in no known encoding: {count}"), totals.undecodable),
        (
            mark("records that say two things, of their time or in their text: {count}"),
            totals.contradicting,
        ),
        (mark("records with a line that may be another message: {count}"), totals.run_together),
    )
    for form, count in counts:
        yield tr(form, count=count)


def _claim_lines(words: Words, account: Chat, name: str) -> Iterator[str]:
    """What one file says of itself, and where reading it broke off."""
    for claim in account.declared:
        yield words.tr(
            "the export says of {name}: {what} {declared}; found: {actual}",
            name=name,
            what=claim.what,
            declared=claim.declared,
            actual="—" if claim.actual is None else claim.actual,
        )
    if account.stopped:
        byte = account.stopped.byte
        yield words.tr("reading broke off at byte {byte}: {name}", byte=byte, name=name)


def noticed_lines(text: ChatWords, noticed: Iterable[Noticed]) -> Iterator[str]:
    """The records that should be looked at, each with its beginning."""
    for one in noticed:
        reasons = "; ".join(text.tr(NOTICES[notice]) for notice in one.notices)
        yield f"{number_of(one.number)}  {reasons}  {text.place(one.record)}"
        shown = one.record.body_raw.replace("\n", " ")
        if shown.strip():
            more = "…" if len(shown) > _SHOWN_CHARACTERS else ""
            yield f"    {shown[:_SHOWN_CHARACTERS]}{more}"
