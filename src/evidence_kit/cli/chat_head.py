"""The first sheet of a chat's page: the bundle's verdict, the export's account, what was found."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evidence_kit import messages
from evidence_kit.actions.sealed_chat import SealedChat
from evidence_kit.chats.clauses import Tag
from evidence_kit.chats.derived import number_of
from evidence_kit.chats.lexicon import Category
from evidence_kit.chats.marks import Mark
from evidence_kit.chats.promises import PromiseCheck
from evidence_kit.chats.record import Participant, Party
from evidence_kit.chats.silence import Silence
from evidence_kit.chats.totals import Totals, totals_of
from evidence_kit.cli.chat_text import (
    notes,
    silence_facts,
    silence_text,
)
from evidence_kit.cli.chat_words import CATEGORIES, ChatWords
from evidence_kit.cli.markup import Html, foreign, join, listed, rows, tag
from evidence_kit.cli.promise_text import promise_facts
from evidence_kit.cli.report_sheets import answers, maker_box, verdict_box
from evidence_kit.cli.report_view import View
from evidence_kit.i18n import mark

_MAX_LINES = 25
"""Silences, and promises, that the first sheet tells of."""
_MAX_NAMES = 10
_LIMIT = mark(
    "that the export is complete and accurate: whoever made it may have left out, changed or"
    " invented messages before it was sealed"
)
_OF_PAGES = frozenset({"site", "between"})
"""Limits of web pages alone."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found in a chat."""

    marks: Sequence[Mark]
    silences: Sequence[Silence]
    """Those that are worth a line."""
    promises: Sequence[PromiseCheck]
    left_out: Sequence[Mark]
    """Not among them, nor what follows them, since the user rejected it."""
    judgements: Mapping[tuple[str, str], str]
    """By record and category: "confirmed" or "rejected"."""


def head_sheet(view: View, chat: SealedChat, found: Findings) -> Html:
    """All that stands before the messages."""
    tr, words = view.tr, ChatWords(view.words, chat)
    parts: list[str] = [
        maker_box(view, mark("made by the sender; check it yourself, at the end of this page")),
        tag("h1", tr("chat timeline"), class_="say"),
        tag("p", foreign(f"{chat.title} · {view.name}", limit=120), class_="subject"),
        verdict_box(view),
        answers(view, view.subjects[0].report),
        tag("h3", tr("the export"), class_="say"),
        _export(view, words, chat),
        listed(notes(view.words, chat)),
        tag("h3", tr("waiting for replies"), class_="say"),
        join(_silences(view, words, chat, found)),
        tag("h3", tr("promises and what follows them"), class_="say"),
        join(_promises(view, words, chat, found)),
        tag("h3", tr("marked words"), class_="say"),
        join(_marks(view, found)),
        tag("h3", tr("what this does not say:"), class_="say"),
        listed((tr(text) for text in _limits(view)), class_="limits"),
    ]
    return tag("section", *parts, class_="sheet")


def _limits(view: View) -> Iterator[str]:
    """What the page does not say; a chat was sent by no web site."""
    yield _LIMIT
    yield from (messages.LIMITS[code] for code in view.limits if code not in _OF_PAGES)


def _export(view: View, words: ChatWords, chat: SealedChat) -> Html:
    tr, accounts = view.tr, chat.transcript.chats
    shown = accounts[:_MAX_LINES]
    more = ["…"] if len(accounts) > len(shown) else []
    totals = totals_of(accounts)
    zone = tr("{zone}, where no other one stands beside a time", zone=words.zone)
    said = mark("as said at sealing") if chat.is_roles_sealed else mark("as said for this page")
    return rows(
        (
            (tr("file"), foreign(chat.title, limit=120)),
            ("SHA-256", join((*(tag("code", one.sha256) for one in shown), *more), " ")),
            (tr("format"), f"{tr(chat.parser.title)}, {', '.join(totals.encodings)}"),
            (tr("records"), f"{totals.records:,}"),
            (tr("period"), _period(view, words, totals)),
            (tr("time zone"), zone),
            (tr("bytes not understood"), _unclaimed(view, totals.unclaimed_bytes)),
            (tr("buyer"), _names(view, chat, Party.BUYER, said)),
            (tr("merchant"), _names(view, chat, Party.MERCHANT, said)),
        )
    )


def _period(view: View, words: ChatWords, totals: Totals) -> Html:
    """From the first certain time to the last, and how many messages have none."""
    times = (words.written(one) for one in (totals.first_at, totals.last_at) if one)
    lines = []
    if totals.undated:
        lines.append(
            view.words.plural(
                "{count} message without a time is not in this period",
                "{count} messages without a time are not in this period",
                totals.undated,
            )
        )
    if totals.ambiguous_dates:
        lines.append(
            view.words.plural(
                "{count} message whose date can be read in several ways is not in this period",
                "{count} messages whose dates can be read in several ways are not in this period",
                totals.ambiguous_dates,
            )
        )
    shown = (tag("div", one, class_="dim") for one in lines)
    return join((" – ".join(times) or "—", *shown))


def _unclaimed(view: View, count: int) -> str:
    return f"{count:,}" if count else view.tr("none; everything was understood")


def _names(view: View, chat: SealedChat, role: Party, said: str) -> Html:
    """Who was said to be this party, and the other names of their accounts, apart."""
    people = [one for one in chat.transcript.participants if one.role is role]
    also = {
        (account.sender_id, name)
        for account in chat.same_accounts
        if account.party is role
        for name in account.also
    }
    is_also = [(one.sender_id, one.sender_raw or one.sender_id) in also for one in people]
    named = [one for one, follows in zip(people, is_also, strict=True) if not follows]
    others = [one for one, follows in zip(people, is_also, strict=True) if follows]
    groups = ((named, said), (others, mark("another name of the same account")))
    shown = [
        join((names, tag("span", f" ({view.tr(why)})", class_="dim")))
        for group, why in groups
        if (names := _listed_names(chat, group))
    ]
    return join(shown, "; ") if shown else Html("—")


def _listed_names(chat: SealedChat, people: Iterable[Participant]) -> Html:
    called = chat.sender_names.called
    names = dict.fromkeys(called(one.sender_raw, one.sender_id) for one in people)
    return join((foreign(name, limit=60) for name in list(names)[:_MAX_NAMES]), ", ")


def _link(number: int) -> Html:
    name = number_of(number)
    return tag("a", name, href=f"#{name}")


def _roleless(words: ChatWords, chat: SealedChat) -> Html:
    found = chat.transcript.roleless
    return tag("p", words.roleless(found), class_="dim") if found else Html("")


def _silences(view: View, words: ChatWords, chat: SealedChat, found: Findings) -> Iterator[Html]:
    if not chat.has_roles:
        yield tag("p", view.tr("who is the buyer and who the merchant was not said"), class_="say")
        return
    yield _roleless(words, chat)
    if not found.silences:
        none = view.tr("no message of the buyer waits for a reply for an hour or more")
        yield tag("p", none, class_="say")
    runs = found.silences
    if len(runs) > _MAX_LINES:
        # where not all are shown, those that weigh most must be among them
        runs = sorted(runs, key=lambda run: (run.closed_by is not None, -(run.duration_ms or 0)))
        order = view.tr("not all are shown: those still open first, then the longest")
        yield tag("p", order, class_="say dim")
    for run in runs[:_MAX_LINES]:
        facts = "; ".join(silence_facts(words, run))
        yield tag("p", tag("a", silence_text(words, run), href=f"#{number_of(run.opened_by)}"))
        yield tag("p", facts, class_="dim")
    yield _more(view, len(found.silences))


def _promises(view: View, words: ChatWords, chat: SealedChat, found: Findings) -> Iterator[Html]:
    if not chat.has_roles:
        yield tag("p", view.tr("who is the buyer and who the merchant was not said"), class_="say")
        return
    yield _roleless(words, chat)
    if not found.promises and not found.left_out:
        none = view.tr("no words of the merchant were found that promise something")
        yield tag("p", none, class_="say")
    checks = found.promises
    if len(checks) > _MAX_LINES:
        checks = sorted(checks, key=lambda check: check.next_category is Category.DELIVERY)
        order = view.tr("not all are shown: those that no delivery follows first")
        yield tag("p", order, class_="say dim")
    for check in checks[:_MAX_LINES]:
        said = "; ".join(one.text.replace("\n", " ") for one in check.marks)
        yield tag("p", _link(check.number), " ", words.moment_of(check.number), " ",
                  foreign(said, limit=200))  # fmt: skip
        facts = [*promise_facts(words, check)]
        if check.is_confirmed:
            facts.insert(0, view.tr("that it is meant so says a sealed note of the case"))
        yield tag("p", "; ".join(facts), class_="dim")
    yield _more(view, len(found.promises))
    if found.left_out:
        links = (
            join((_link(number), f" {view.tr(CATEGORIES[category])}"))
            for number, category in dict.fromkeys((m.number, m.category) for m in found.left_out)
        )
        said = view.tr("left out, because a sealed note of whoever made this page rejects it:")
        yield tag("p", said, " ", join(links, "; "), class_="say dim")


def _more(view: View, count: int) -> Html:
    if count <= _MAX_LINES:
        return Html("")
    return tag("p", view.tr("and {count} more", count=count - _MAX_LINES), class_="say dim")


def _marks(view: View, found: Findings) -> Iterator[Html]:
    verdicts = [found.judgements.get((one.record, one.category)) for one in found.marks]
    kept = [
        one for one, verdict in zip(found.marks, verdicts, strict=True)
        if verdict != "rejected" and (one.is_plain or verdict)
    ]  # fmt: skip
    counts = Counter(one.category for one in kept)
    records = _cut(found.marks)
    cut = {one.category for one in found.marks if one.record in records}
    told = [
        f"{view.tr(text)} " + _count(view, counts[category], is_cut=category in cut)
        for category, text in CATEGORIES.items() if counts[category]
    ]  # fmt: skip
    out = verdicts.count("rejected")
    if tagged := len(found.marks) - len(kept) - out:
        form = mark(
            "negated, asked, a condition, quoted or of the other party, not counted: {count}"
        )
        told.append(view.tr(form, count=tagged))
    if out:
        told.append(view.tr("rejected by a sealed note, not counted: {count}", count=out))
    yield tag("p", " · ".join(told) or view.tr("no word of the lexicons was found"), class_="say")
    yield tag("p", view.tr("words of a list; what they mean is for people to say"),
              class_="say dim")  # fmt: skip


def _cut(marks: Sequence[Mark]) -> frozenset[str]:
    """The records in which more was not looked for."""
    return frozenset(one.record for one in marks if Tag.MORE in one.tags)


def _count(view: View, count: int, *, is_cut: bool) -> str:
    return view.tr("at least {count}", count=count) if is_cut else str(count)
