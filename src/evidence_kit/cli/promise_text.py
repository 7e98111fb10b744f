"""Promises, and what was left out of them, as lines of text."""

from collections.abc import Iterable, Iterator, Sequence

from evidence_kit.chats.derived import number_of
from evidence_kit.chats.marks import Mark
from evidence_kit.chats.promises import PromiseCheck
from evidence_kit.chats.transcript import Transcript
from evidence_kit.cli.chat_text import JUDGEMENTS, body_lines, in_brackets
from evidence_kit.cli.chat_words import CATEGORIES, TAGS, ChatWords
from evidence_kit.i18n import mark


def promise_lines(
    text: ChatWords,
    transcript: Transcript,
    checks: Iterable[PromiseCheck],
    left_out: Sequence[Mark],
    *,
    is_part: bool = False,
) -> Iterator[str]:
    """Each promise, its deadline, and what comes after it in the export; then what is left out.

    Args:
        is_part: whether those outside a part of the chat are not given.
    """
    none, confirmed = not left_out and not is_part, JUDGEMENTS["confirmed"]
    for check in checks:
        none = False
        entry = transcript.entry(check.number)
        yield text.citation(entry)
        yield from body_lines(entry.record)
        judged = [text.tr(confirmed)] if check.is_confirmed else []
        words = "; ".join(
            one.text.replace("\n", " ")
            + in_brackets((*(text.tr(TAGS[tag]) for tag in one.tags), *judged))
            for one in check.marks
        )
        yield "  " + text.tr("words that promise: {text}", text=words)
        yield from (f"  {line}" for line in promise_facts(text, check))
    if none:
        yield text.tr("no words of the merchant were found that promise something")
    for one in left_out:
        yield text.tr(
            "{number}  {category}: {text}  left out, because you rejected it",
            number=number_of(one.number),
            category=text.tr(CATEGORIES[one.category]),
            text=one.text.replace("\n", " "),
        )


def promise_facts(text: ChatWords, check: PromiseCheck) -> Iterator[str]:
    """Its deadlines as stated, and the next delivery or refusal."""
    for one in check.deadlines:
        if one.due_ms is None:
            yield text.tr("deadline as stated: {text}; not computed", text=one.text)
        else:
            due = text.moment(one.due_ms, is_assumed=one.is_zone_assumed)
            yield text.tr("deadline as stated: {text}; that is {time}", text=one.text, time=due)
    if check.next_category is None or check.next_number is None:
        yield text.tr(
            "no delivery and no refusal appears after it in this export up to its last record"
            " ({time})",
            time=text.moment_of(check.last_number),
        )
        return
    category = text.tr(CATEGORIES[check.next_category])
    yield text.tr(
        "next in this export: {category} in {number}, {time}: {text}",
        category=category,
        number=number_of(check.next_number),
        time=text.moment_of(check.next_number),
        text=check.next_text or "",
    )
    if check.is_next_confirmed:
        yield text.tr("that it is meant so says a sealed note of the case")
    for one in check.deadlines:
        if one.late_ms is not None:
            late = mark("{duration} after that deadline")
            early = mark("{duration} before that deadline")
            duration = text.duration(one.late_ms)
            yield text.tr(late if one.late_ms > 0 else early, duration=duration)
