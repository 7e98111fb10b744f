"""Keep the Chinese catalogue in step with the texts in the code and in click.

`python tools/catalogues.py` extracts the texts, merges them into the .po file and compiles
it. With `--check` nothing is written; it fails where a text has no Chinese, names other
{fields} than its English, or where a file is not as it would be written.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parents[1] / "src" / "evidence_kit"
PO = SOURCE / "locale" / "zh_CN" / "LC_MESSAGES" / "evidence_kit.po"
MO = PO.with_suffix(".mo")
_OWN = {"mark": None, "tr": None, "plural": (1, 2)}
_CLICK = {"_": None, "gettext": None, "ngettext": (1, 2)}
_FIELD = re.compile(r"{(\w+)[^}]*}|%\((\w+)\)s")


def extracted() -> Catalog:
    """All texts of the code and of click."""
    template = Catalog(project="Evidence Kit", charset="utf-8")
    for folder, keywords in ((SOURCE, _OWN), (Path(click.__file__).parent, _CLICK)):
        found = extract_from_dir(folder, [("**.py", "python")], keywords=keywords)
        for name, _, text, _, context in sorted(found, key=lambda one: (one[0], one[1])):
            place = f"{folder.name}/{name}"
            template.add(text, locations=[(place, 0)], context=context)
    return template


class _Chinese(Catalog):
    """A catalogue whose header names no date and no tool: the same on every machine."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", "zh_CN"),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", "nplurals=1; plural=0;"),
        ]


def merged() -> Catalog:
    """The texts of today with the translations there are."""
    before = Catalog(locale="zh_CN")
    if PO.exists():
        with PO.open("rb") as file:
            before = read_po(file, locale="zh_CN")
    catalogue = _Chinese(
        locale="zh_CN",
        fuzzy=False,
        header_comment="# Simplified Chinese texts of Evidence Kit, and of click as it shows them.",
    )
    for message in extracted():
        if message.id:
            known = before.get(message.id)
            string = known.string if known and not known.fuzzy else None
            catalogue.add(message.id, string, locations=message.locations)
    return catalogue


def written(catalogue: Catalog) -> dict[Path, bytes]:
    """The files as they must be."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=100, sort_output=True, include_lineno=False)
    write_mo(mo, catalogue)
    return {PO: po.getvalue(), MO: mo.getvalue()}


def faults(catalogue: Catalog) -> Iterator[str]:
    """What is wrong with the translations."""
    for message in catalogue:
        ids, strings = _texts(message.id), _texts(message.string)
        if not ids[0]:
            continue
        if not all(strings) or message.fuzzy:
            yield f"not translated: {ids[0]!r}"
            continue
        known, named = _fields(*ids), _fields(*strings)
        # Chinese has one form, which may name the count where English says "one".
        if not named <= known or (len(ids) == 1 and named != known):
            yield f"other fields than in English: {ids[0]!r}"


def _texts(texts: str | Sequence[str] | None) -> tuple[str, ...]:
    return (texts or "",) if isinstance(texts, str | None) else tuple(texts)


def _fields(*texts: str) -> set[str]:
    return {first or second for text in texts for first, second in _FIELD.findall(text)}


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where stale")
    options = parser.parse_args()
    catalogue = merged()
    problems = list(faults(catalogue))
    for path, content in written(catalogue).items():
        if options.check:
            if not path.exists() or path.read_bytes() != content:
                problems.append(f"stale, run tools/catalogues.py: {path.name}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
