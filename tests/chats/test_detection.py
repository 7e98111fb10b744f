"""Which parser claims which fixture, and how surely: nobody else's, but for the generic ones."""

import codecs
from pathlib import Path

import pytest

from evidence_kit.chats.parser import GENERIC, SHAPE, SIGNATURE, parser_named, parsers
from evidence_kit.chats.source import read_head
from tests.chats.exports import EXPORTS, Export, detected, detections

GENERICS = {"generic_txt", "generic_csv"}
"""Take any text or table with times, where nobody else claims it."""
NEVER = {"transcript"}
"""What nothing marks: taken only where the user names it."""
WEAKER = {
    "line_txt": {"headless"},
    "qq_txt": {"untitled"},
    "qqchatexporter_txt": {"piece"},
    "wechat_mail_txt": {"untitled", "middle"},
}
"""Cases of formats with a title of their own, from which it was cut off."""
each_export = pytest.mark.parametrize("export", EXPORTS, ids=str)


@each_export
def test_no_other_parser_claims_a_fixture_but_a_generic_one(export: Export) -> None:
    found = detected(export)
    others = set(found) - {export.parser}
    assert (export.parser in found) is (export.parser not in NEVER)
    assert others <= GENERICS
    assert all(found[other] == GENERIC for other in others)
    if others:
        assert found[export.parser] >= SHAPE


def test_formats_with_a_mark_of_their_own_are_told_by_it() -> None:
    """Others have nothing but the form of their headers: one score for all cases of a format."""
    scores: dict[str, set[int]] = {}
    for export in EXPORTS:
        if export.name not in WEAKER.get(export.parser, ()) and export.parser not in NEVER:
            scores.setdefault(export.parser, set()).add(detected(export)[export.parser])
    several = {parser for parser, found in scores.items() if len(found) > 1}
    assert several == {
        "whatsapp_txt"
    }  # its marks are a notice and the name of the file; not all have them
    shapes = {parser for parser, found in scores.items() if found == {SHAPE}}
    assert shapes == {
        "chatlog_txt",
        "clipboard_txt",
        "telegram_paste",
        "wechatmsg_txt",
        "weflow_txt",
        "whatsapp_paste",
    }
    assert {parser for parser, found in scores.items() if found == {GENERIC}} == GENERICS
    rest = set(scores) - several - shapes - GENERICS
    assert all(scores[parser] == {SIGNATURE} for parser in rest)
    for parser, names in WEAKER.items():
        for name in names:
            assert detected(Export(parser, name))[parser] == SHAPE


@pytest.mark.parametrize(
    "export", [e for e in EXPORTS if e.case.variants and not e.case.stopped], ids=str
)
def test_encoding_and_line_ends_do_not_change_who_claims_a_text(
    export: Export, tmp_path: Path
) -> None:
    if parser_named(export.parser).syntax in ("html", "xml", "mail"):
        pytest.skip("says its encoding itself")
    text = read_head(export.path).text.replace("\r\n", "\n")
    made = {
        "bom": codecs.BOM_UTF8 + text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "gb18030": text.encode("gb18030"),
        "utf-16": codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        "utf-16 without a BOM": text.encode("utf-16-le"),
    }
    plain = detected(export)
    for name, data in made.items():
        path = tmp_path / name
        path.write_bytes(data)
        head = read_head(path, export.case.file)  # a file's name may be its mark
        found = {parser.id: parser.detect(head).score for parser in parsers()}
        assert {parser: score for parser, score in found.items() if score} == plain, name


def test_table_has_a_row_for_each_format() -> None:
    lines = list(detections())
    assert [line.split()[0] for line in lines[1:]] == [parser.id for parser in parsers()]
    assert "generic_txt" in next(line for line in lines if line.startswith("qq_txt"))
