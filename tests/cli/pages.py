"""Pages of reports, read as a browser reads them."""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from evidence_kit.actions.contents import ContentsReader
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.cli.report_html import make_page
from tests.build import anchors_of
from tests.forge import Forge

VOID = {"br", "image", "input", "link", "meta", "path", "circle", "use"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Page(HTMLParser):
    """A page as a browser reads it: elements, ids, places it leads to, and its texts."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.leads_to: list[str] = []
        self.policy = ""
        self.texts: dict[str, list[str]] = {"": [], "zh": [], "en": []}
        self._open: list[tuple[str, str]] = [("", "")]
        self._is_style = False
        self.feed(content.decode("utf-8"))
        self.close()
        assert [name for name, _ in self._open] == [""], "an element is not closed"

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attributes}
        self.tags[name] += 1
        assert not [key for key in told if key.startswith("on") or key == "style"]
        if "id" in told:
            self.ids[told["id"]] += 1
        self.leads_to += [told[key] for key in ("href", "src", "action", "for") if key in told]
        if told.get("http-equiv") == "Content-Security-Policy":
            self.policy = told["content"]
        lang = self._open[-1][1]
        if "report" in told.get("class", "").split():
            lang = told["class"].split()[1]
        if name not in VOID:
            self._open.append((name, lang))

    def handle_startendtag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(name, attributes)
        if name not in VOID:
            self._open.pop()

    def handle_endtag(self, name: str) -> None:
        assert self._open.pop()[0] == name

    def handle_data(self, content: str) -> None:
        if self._open[-1][0] != "style":
            self.texts[self._open[-1][1]].append(content)

    def said(self, lang: str) -> str:
        """What the page says in one language, with single spaces."""
        return " ".join(" ".join(self.texts[lang]).split())


def page_on(path: Path, forge: Forge, lang: str = "en") -> Page:
    return Page(bytes_on(path, forge, lang))


def bytes_on(path: Path, forge: Forge, lang: str = "en") -> bytes:
    reader = ContentsReader()
    report = verify_bundle(path, Expectations(anchors=anchors_of(forge.tsa)), witness=reader)
    return make_page([(path, report)], reader.contents, lang=lang)


def require_harmless(page: Page) -> None:
    """Nothing in it runs, is fetched, or leads anywhere but to itself."""
    assert page.policy == POLICY
    assert not page.tags.keys() & {"script", "iframe", "object", "embed", "form", "base", "link"}
    assert [name for name, count in page.ids.items() if count > 1] == []
    for place in page.leads_to:
        assert place.startswith("data:image/jpeg;base64,") or place.lstrip("#") in page.ids
