"""A report as one page that needs no other file, no network and no script: Chinese and English."""

import os
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from string import Template

from evidence_kit import __version__
from evidence_kit.actions.contents import Contents
from evidence_kit.bundle import layout
from evidence_kit.bundle.atomic import AtomicFile
from evidence_kit.cli.markup import Html, join, jpeg_uri, tag
from evidence_kit.cli.report_details import bundle_sheet, picture_id
from evidence_kit.cli.report_sheets import check_sheet, summary_sheet
from evidence_kit.cli.report_view import Result, View, view_of
from evidence_kit.cli.words import Words
from evidence_kit.errors import SealError
from evidence_kit.i18n import Translator, mark

_HEAD = b"<!DOCTYPE html>"
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


def require_place(target: Path) -> None:
    """Refuse a place where a page would take the place of something else, or spoil a bundle.

    An earlier page may be replaced, and nothing else.

    Raises:
        SealError: "html.place", or "html.folder" where there is no folder to write to.
    """
    place = target.absolute()
    if not place.parent.is_dir():
        raise SealError("html.folder", path=str(target))
    is_taken = os.path.lexists(place) and not _is_page(place)
    if is_taken or place.name.endswith(layout.SUFFIX) or _is_in_bundle(place):
        raise SealError("html.place", path=str(target))


def _is_page(place: Path) -> bool:
    try:
        with place.open("rb") as stream:
            return stream.read(len(_HEAD)) == _HEAD
    except OSError:
        return False


def _is_in_bundle(place: Path) -> bool:
    """Whether it lies in an unzipped bundle, where every file more is one too many."""
    return any((folder / layout.TAGMANIFEST).is_file() for folder in place.resolve().parents)


def write_page(target: Path, content: bytes) -> None:
    """Write the page under its name, whole or not at all.

    Raises:
        SealError: "html.unwritable".
    """
    try:
        with AtomicFile(target.absolute().parent) as out:
            out.write(content)
            out.sync()
            out.publish(target.absolute(), replace=True)
    except SealError as error:
        raise SealError("html.unwritable", **{**error.params, "path": str(target)}) from error
    except OSError as error:
        raise SealError("html.unwritable", path=str(target), detail=error.strerror or "") from error


def make_page(
    results: Sequence[tuple[Path, Result]], contents: Mapping[str, Contents], *, lang: str
) -> bytes:
    """The page on what was verified. The same input gives the same bytes.

    Args:
        results: what was named, and what came of it; at least one.
        contents: what the bundles hold, by the path in their report.
        lang: "zh" or "en": the language that is shown and printed first.
    """
    langs = sorted(LANGUAGE_NAMES, key=lambda one: one != lang)
    views = [view_of(Words(Translator(one)), one, results, contents) for one in langs]
    pages = resources.files("evidence_kit.cli") / "pages"
    template = Template((pages / "report.html").read_text(encoding="utf-8"))
    title = join((views[0].name, views[0].tr("verification report")), " · ")
    page = template.substitute(
        lang=LANGUAGE_TAGS[lang],
        title=title,
        style=page_style(),
        inputs=join(language_input(one, is_first=one == lang) for one in langs),
        labels=join(
            tag("label", LANGUAGE_NAMES[one], for_=f"show-{one}", lang=LANGUAGE_TAGS[one])
            for one in langs
        ),
        pictures=_pictures(views[0]),
        reports=join(map(_report, views), "\n"),
        version=__version__,
    )
    return page.encode()


def page_style() -> Html:
    """The style sheet that all pages of this kind share."""
    pages = resources.files("evidence_kit.cli") / "pages"
    return Html((pages / "page.css").read_text(encoding="utf-8"))


def language_input(lang: str, *, is_first: bool) -> Html:
    """The switch that shows a language."""
    checked = " checked" if is_first else ""
    return Html(f'<input type="radio" name="lang" id="show-{lang}"{checked}>')


def _report(view: View) -> Html:
    """The whole report in one language."""
    sheets = [summary_sheet(view), check_sheet(view, mark("page 2: check it yourself"))]
    sheets += [bundle_sheet(view, subject) for subject in view.subjects]
    return tag("div", *sheets, class_=f"report {view.lang}", lang=LANGUAGE_TAGS[view.lang])


def _pictures(view: View) -> Html:
    """Every picture once, for both languages to show."""
    symbols: dict[str, Html] = {}
    for subject in view.subjects:
        items = subject.contents.items if subject.contents else ()
        for held in (file for item in items for file in item.files):
            preview = held.preview
            if preview:
                name = picture_id(held)
                size = f'width="{preview.width_px}" height="{preview.height_px}"'
                symbols[name] = Html(
                    f'<symbol id="{name}" viewBox="0 0 {preview.width_px} {preview.height_px}">'
                    f'<image {size} href="{jpeg_uri(preview.jpeg)}"/></symbol>'
                )
    return join(symbols.values(), "\n")
