"""The timeline of a chat as one page that needs no other file, no network and no script.

The messages stand there once, for both languages; what is said about them is in both.
"""

import itertools
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from string import Template

from evidence_kit import __version__
from evidence_kit.actions.sealed_chat import SealedChat
from evidence_kit.chats.marks import OF_PARTY, OF_WORDS
from evidence_kit.cli.chat_head import Findings, head_sheet
from evidence_kit.cli.chat_rows import Rows
from evidence_kit.cli.chat_words import CATEGORIES, FLAGS, KINDS, TAGS
from evidence_kit.cli.markup import Html, clipped, join, tag
from evidence_kit.cli.report_html import LANGUAGE_NAMES, LANGUAGE_TAGS, language_input, page_style
from evidence_kit.cli.report_sheets import check_sheet
from evidence_kit.cli.report_view import view_of
from evidence_kit.cli.words import Words
from evidence_kit.errors import UsageError
from evidence_kit.i18n import Translator, mark
from evidence_kit.report import Report

MAX_ROWS = 100_000
"""Messages; more than that no browser shows with ease."""
_FILTERS = {
    "all": mark("all messages"),
    "marked": mark("only marked messages"),
    "buyer": mark("only the buyer"),
    "merchant": mark("only the merchant"),
}

_JUDGED = {
    "confirmed": mark("{category}, confirmed"),
    "rejected": mark("{category}, rejected"),
}
"""Of a mark that a sealed note judges."""


def make_page(report: Report, chat: SealedChat, found: Findings, *, lang: str) -> bytes:
    """The page. The same input gives the same bytes.

    Args:
        report: on the bundle.
        chat: of that bundle, open.
        found: in the chat.
        lang: "zh" or "en": the language that is shown and printed first.

    Raises:
        UsageError: "chat.page_too_long".
    """
    if len(chat.transcript) > MAX_ROWS:
        raise UsageError("chat.page_too_long", count=len(chat.transcript), most=MAX_ROWS)
    langs = sorted(LANGUAGE_NAMES, key=lambda one: one != lang)
    words = {one: Words(Translator(one)) for one in langs}
    views = [view_of(words[one], one, [(Path(report.path), report)], {}) for one in langs]
    pages = resources.files("evidence_kit.cli") / "pages"
    template = Template((pages / "timeline.html").read_text(encoding="utf-8"))
    page = template.substitute(
        lang=LANGUAGE_TAGS[lang],
        title=join((clipped(chat.title, 80), words[lang].tr("chat timeline")), " · "),
        style=page_style(),
        labels_css="\n".join(itertools.chain.from_iterable(map(_css, words.values(), langs))),
        inputs=join(language_input(one, is_first=one == lang) for one in langs),
        labels=join(
            tag("label", LANGUAGE_NAMES[one], for_=f"show-{one}", lang=LANGUAGE_TAGS[one])
            for one in langs
        ),
        filter_inputs=join(
            Html(f'<input type="radio" name="only" id="only-{name}"{" checked" * (name == "all")}>')
            for name in _FILTERS
        ),
        filters=join(
            tag("label", *_in_each(words, text), for_=f"only-{name}")
            for name, text in _FILTERS.items()
        ),
        filtered=tag(
            "p", *_in_each(words, mark("a filter is on: not every message is shown here")),
            class_="filtered",
        ),
        heads=join(
            (_in_language(head_sheet(view, chat, found), view.lang) for view in views), "\n"
        ),
        messages=join(Rows(words, chat, found).markup(), "\n"),
        checks=join(
            (
                _in_language(check_sheet(view, mark("check it yourself")), view.lang)
                for view in views
            ),
            "\n",
        ),
        version=__version__,
    )  # fmt: skip
    return page.encode()


def _in_language(sheet: Html, lang: str) -> Html:
    return tag("div", sheet, class_=f"report {lang}", lang=LANGUAGE_TAGS[lang])


def _in_each(words: dict[str, Words], text: str) -> Iterator[Html]:
    """A text in both languages, of which the page shows one."""
    for lang, one in words.items():
        yield tag("span", one.tr(text), class_=lang, lang=LANGUAGE_TAGS[lang])


def _css(words: Words, lang: str) -> Iterator[str]:
    """The words that stand at thousands of messages, once: the style sheet puts them there."""
    shown = f"  #show-{lang}:checked ~ main "
    for name, text in (*KINDS.items(), *FLAGS.items()):
        yield f"{shown}.l-{name}::before {{ content: {_quoted(words.tr(text))}; }}"
    for name, text in CATEGORIES.items():
        category = words.tr(text)
        yield f"{shown}mark.{name}::after {{ content: {_quoted(category)}; }}"
        for judgement, form in _JUDGED.items():
            told = _quoted(words.tr(form, category=category))
            yield f"{shown}mark.{name}.{judgement}::after {{ content: {told}; }}"
    for count in range(1, len(OF_WORDS) + 1):
        for chosen in itertools.combinations(OF_WORDS, count):
            if set(OF_PARTY) <= set(chosen):
                continue
            classes = "".join(f".{one}" for one in chosen)
            text = " · ".join(words.tr(TAGS[one]) for one in chosen)
            yield f"{shown}mark{classes}::before {{ content: {_quoted(text)}; }}"


def _quoted(text: str) -> str:
    """A text as CSS can hold it; of the kit's own words, never of a stranger's."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ") + '"'
