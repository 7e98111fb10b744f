"""What people and their programs do to exports on the way: nothing of it is lost quietly."""

import codecs
import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.chats.parser import Options, candidates, parser_named
from evidence_kit.chats.record import Flag, Record, RecordKind
from evidence_kit.chats.source import open_source, read_head
from tests.chats.exports import EXPORTS, Export, options_of, read

TEXTS = ("chatlog_txt", "generic_txt", "qq_txt", "wechat_mail_txt", "wechatmsg_txt", "weflow_txt")
TABLES = ("chatlog_csv", "generic_csv", "pywxdump_csv", "wechatmsg_csv")
each_text = pytest.mark.parametrize(
    "export", [e for e in EXPORTS if e.parser in TEXTS and not e.case.stopped], ids=str
)
each_table = pytest.mark.parametrize(
    "export", [e for e in EXPORTS if e.parser in TABLES and not e.case.stopped], ids=str
)
Said = tuple[RecordKind, str | None, tuple[str, ...], str]


def text_of(export: Export) -> str:
    source = open_source(export.path)
    return source.decode(export.path.read_bytes()[source.bom_bytes :]).replace("\r\n", "\n")


def said(records: list[Record]) -> list[Said]:
    """Who said what when, without what is no letter at the ends of lines."""
    return [
        (one.kind, one.sender_raw, one.ts_candidates, _plain(one.body_raw))
        for one in records
        if one.kind is not RecordKind.UNCLAIMED
    ]


def _plain(body: str) -> str:
    lines = body.replace("\u00a0", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip()


def read_anew(
    export: Export, data: bytes, folder: Path
) -> tuple[list[str], list[Record], list[Record]]:
    """Who claims the changed file, its records, and those of the export itself."""
    path = folder / export.case.file
    path.write_bytes(data)
    options: Options = options_of(export.case)
    found = [parser.id for parser in candidates(read_head(path))]
    return (
        found,
        read(path, export.parser, options)[0],
        read(export.path, export.parser, options)[0],
    )


@each_text
@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
def test_blanks_at_the_ends_of_lines_change_nothing(
    export: Export, blank: str, tmp_path: Path
) -> None:
    changed = re.sub("(?m)$", blank, text_of(export))
    found, records, plain = read_anew(export, changed.encode(), tmp_path)
    assert found == [export.parser]
    assert said(records) == said(plain)


@each_text
def test_blanks_that_do_not_break_change_nothing(export: Export, tmp_path: Path) -> None:
    changed = text_of(export).replace(" ", "\u00a0")
    _, records, plain = read_anew(export, changed.encode(), tmp_path)
    names = [(k, s and s.replace("\u00a0", " "), at, body) for k, s, at, body in said(records)]
    assert names == said(plain)


@each_text
@pytest.mark.parametrize("between", ["", "\ufeff", "\n\ufeff"])
def test_export_joined_to_itself_says_everything_twice(
    export: Export, between: str, tmp_path: Path
) -> None:
    text = text_of(export).rstrip("\n") + "\n\n"
    _, records, plain = read_anew(export, f"{text}{between}{text}".encode(), tmp_path)
    if export.case.unclaimed_bytes:
        pytest.skip("something stands above its first message")
    if between == "" and export.name == "middle":
        pytest.skip("its first messages then stand below the day of its last one")
    assert said(records) == said(plain) * 2


@each_text
def test_messages_that_run_together_are_flagged(export: Export, tmp_path: Path) -> None:
    """Without the empty lines above them, headers are none in some formats."""
    changed = re.sub("\n{2,}", "\n", text_of(export))
    found, records, plain = read_anew(export, changed.encode(), tmp_path)
    if found == [export.parser] and len(said(records)) < len(said(plain)):
        flags = {flag for record in records for flag in record.flags}
        is_shown = any(record.kind is RecordKind.UNCLAIMED for record in records)
        assert Flag.LOST_HEADER in flags or is_shown


@each_text
def test_text_that_a_mail_quotes_gives_no_sender_a_mark_of_quotation(
    export: Export, tmp_path: Path
) -> None:
    path = tmp_path / export.case.file
    path.write_text(re.sub("(?m)^", "> ", text_of(export)), "utf-8")
    for parser in candidates(read_head(path)):
        for record in read(path, parser.id)[0]:
            assert not (record.sender_raw or "").startswith(">")


def as_table(text: str, delimiter: str) -> str:
    first = text.partition("\n")[0]
    written = max(",;\t", key=first.count)
    out = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=written)
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@each_table
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: codecs.BOM_UTF8 + as_table(text, ",").encode(),
        lambda text: as_table(text, ";").encode("gb18030"),
        lambda text: codecs.BOM_UTF16_LE + as_table(text, "\t").encode("utf-16-le"),
    ],
    ids=["commas", "semicolons", "tabs"],
)
def test_table_saved_by_a_spreadsheet_is_read_by_the_same_columns(
    export: Export, encode: Callable[[str], bytes], tmp_path: Path
) -> None:
    if export.case.unclaimed_bytes or export.name == "broken":
        pytest.skip("its rows are no table")
    found, records, plain = read_anew(export, encode(text_of(export)), tmp_path)
    assert found == [export.parser]
    assert said(records) == said(plain)


@each_table
@pytest.mark.parametrize("between", ["", "\ufeff", "\r\n \r\n"])
def test_names_of_columns_that_stand_again_are_no_message(
    export: Export, between: str, tmp_path: Path
) -> None:
    if export.case.unclaimed_bytes or export.name == "broken":
        pytest.skip("its rows are no table")
    text = text_of(export).rstrip("\n") + "\n"
    _, records, plain = read_anew(export, f"{text}{between}{text}".encode(), tmp_path)
    assert said(records) == said(plain) * 2


@each_table
def test_row_that_was_emptied_is_shown_and_no_message(export: Export, tmp_path: Path) -> None:
    data = text_of(export).rstrip("\n").encode() + b"\n,,,;;;\t\t\t\n"
    _, records, plain = read_anew(export, data, tmp_path)
    assert said(records)[: len(said(plain))] == said(plain)


@pytest.mark.parametrize(
    "export",
    [e for e in EXPORTS if parser_named(e.parser).syntax in ("text", "csv") and e.case.said],
    ids=str,
)
@pytest.mark.parametrize("end", ["\r", "\u2028"])
def test_text_without_a_line_feed_is_nobodys(export: Export, end: str, tmp_path: Path) -> None:
    """Else it would be one message, or one row of names with nothing below."""
    text = text_of(export).strip()
    if "\n" not in text:
        pytest.skip("has one line alone")
    path = tmp_path / export.case.file
    path.write_text(text.replace("\n", end), "utf-8", newline="")
    assert not candidates(read_head(path))


def test_second_of_two_joined_mht_files_is_shown_to_be_unread(tmp_path: Path) -> None:
    export = next(one for one in EXPORTS if one.parser == "qq_mht" and not one.case.unclaimed_bytes)
    data = export.path.read_bytes()
    (tmp_path / "two.mht").write_bytes(data * 2)
    records, chat = read(tmp_path / "two.mht", "qq_mht")
    assert said(records) == said(read(export.path, "qq_mht")[0])
    assert chat.unclaimed_bytes >= len(data) - 10


def test_mht_whose_header_has_no_end_is_no_structure(tmp_path: Path) -> None:
    export = next(one for one in EXPORTS if one.parser == "qq_mht")
    data = export.path.read_bytes().replace(b"\n\n", b"\n \n").replace(b"\r\n\r\n", b"\r\n \r\n")
    (tmp_path / "one.mht").write_bytes(data)
    records, chat = read(tmp_path / "one.mht", "qq_mht")
    assert said(records) == [] and chat.unclaimed_bytes == len(data)


def test_quotation_marks_that_were_set_in_type_change_no_name(tmp_path: Path) -> None:
    export = next(one for one in EXPORTS if str(one) == "weflow_txt/k20261101")
    changed = re.sub("'([^'\n]*)'", r"‘\1’", text_of(export))
    found, records, plain = read_anew(export, changed.encode(), tmp_path)
    assert found == ["weflow_txt"]
    assert said(records) == said(plain)


def test_header_of_telegram_whose_blank_was_lost_is_flagged(tmp_path: Path) -> None:
    """What GB 18030 can't write becomes a question mark, and the header none."""
    path = tmp_path / "paste.txt"
    path.write_text("Shop, [11/21/26, 7:58 PM]\nok\n\nShop, [11/21/26, 7:59?PM]\nno\n", "utf-8")
    records, _ = read(path, "telegram_paste")
    assert [record.flags for record in records] == [(Flag.LOST_HEADER,)]


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        ("whatsapp_txt", "[2026/5/1 10:00:00] Shop: ok\n{}[2026/5/1 10:01:00] Me: no\n"),
        ("whatsapp_paste", "[19:58, 13/11/2026] Shop: ok\n{}[19:59, 13/11/2026] Me: no\n"),
    ],
)
def test_file_that_was_appended_to_another_is_flagged_where_it_is_not_read(
    parser: str, text: str, tmp_path: Path
) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(text.format("\ufeff"), "utf-8")
    records, _ = read(path, parser)
    assert len(records) == 2 or Flag.LOST_HEADER in records[0].flags
