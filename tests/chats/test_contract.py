"""What every parser owes, over every fixture of every format."""

import codecs
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evidence_kit.chats import blocks as cutting
from evidence_kit.chats import parsers as package
from evidence_kit.chats.parser import SHAPE, Options, candidates, parser_named, parsers
from evidence_kit.chats.record import Flag, RecordKind, TzStatus
from evidence_kit.chats.source import open_source, read_head
from evidence_kit.messages import OBSERVATIONS
from fixtures.chats import make
from tests.chats.exports import (
    EXPORTS,
    Export,
    claims,
    holds_body,
    options_of,
    read,
    reading_of,
    spans,
)

KNOWN = {parser.id for parser in parsers()}
READ = [export for export in EXPORTS if export.parser in KNOWN]
each_export = pytest.mark.parametrize("export", READ, ids=str)
TEXTUAL = [e for e in READ if e.case.variants and not e.case.stopped]
each_textual = pytest.mark.parametrize("export", TEXTUAL, ids=str)


def text_of(export: Export) -> str:
    source = open_source(export.path)
    return source.decode(export.path.read_bytes()[source.bom_bytes :]).replace("\r\n", "\n")


def test_every_parser_has_a_generator_and_the_name_of_its_module() -> None:
    modules = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    assert modules == KNOWN
    assert set(make.generators()) >= KNOWN


def test_every_caveat_has_words() -> None:
    caveats = {parser.caveat for parser in parsers()} - {None}
    assert caveats and caveats <= set(OBSERVATIONS)


@each_export
def test_records_equal_the_truth(export: Export) -> None:
    case = export.case
    records, chat = read(export.path, export.parser, options_of(case))
    found = claims([r for r in records if r.kind is not RecordKind.UNCLAIMED])
    wanted = [{**asdict(said)} for said in case.said]
    for number, (record, said) in enumerate(zip(found, wanted, strict=False), start=1):
        assert _shown(record, said) == said, f"record {number}"
    assert len(found) == len(wanted)
    assert chat.unclaimed_bytes == case.unclaimed_bytes
    assert {claim.what: claim.declared for claim in chat.declared} == case.declared
    assert (chat.stopped.code if chat.stopped else None) == case.stopped
    assert chat.records == len(wanted)


def _shown(record: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The record in the words of the truth; what the truth leaves open is as it has it."""
    names = {"sender": "sender_raw", "body": "body_raw", "at": "ts_candidates", "tz": "tz_status"}
    empty: dict[str, Any] = {
        "ts_candidates": [],
        "flags": [],
        "attachments": [],
        "tz_status": "none",
    }
    shown = {key: record.get(names.get(key, key), empty.get(names.get(key, key))) for key in said}
    for key in ("at", "flags", "attachments"):
        shown[key] = tuple(shown[key] or ())
    always = ("kind", "sender", "body", "at", "tz", "flags")
    return {k: v if k in always or said[k] else said[k] for k, v in shown.items()}


@each_export
def test_every_byte_belongs_to_one_span(export: Export) -> None:
    position = 0
    for start, end in spans(reading_of(export.path, export.parser, options_of(export.case))):
        assert start == position
        assert end > start
        position = end
    assert position == export.path.stat().st_size


@each_export
def test_bytes_of_a_span_give_back_its_body_and_lines(export: Export) -> None:
    source = open_source(export.path)
    data = export.path.read_bytes()
    syntax = parser_named(export.parser).syntax
    for record in read(export.path, export.parser, options_of(export.case))[0]:
        span = record.src
        assert span.sha256 == source.sha256
        assert record.id == f"{source.sha256[:16]}:{span.byte_start}"
        raw = data[span.byte_start : span.byte_end]
        if record.kind is RecordKind.UNCLAIMED or Flag.UNDECODABLE in record.flags:
            continue
        text = source.decode(raw)
        assert holds_body(text, record.body_raw, syntax), text
        if span.line_start is not None and not source.encoding.startswith("utf-16"):
            assert span.line_start == data.count(b"\n", 0, span.byte_start) + 1
            assert span.line_end == data.count(b"\n", 0, span.byte_end - 1) + 1


@each_textual
@pytest.mark.parametrize("variant", ["bom", "crlf", "gb18030", "utf-16", "utf-16 unmarked"])
def test_encoding_and_line_ends_do_not_change_the_records(
    export: Export, variant: str, tmp_path: Path
) -> None:
    syntax = parser_named(export.parser).syntax
    if syntax in ("html", "xml", "mail") or (variant.startswith("utf-16") and syntax == "jsonl"):
        pytest.skip("says its encoding itself")
    text = text_of(export)
    made = {
        "bom": codecs.BOM_UTF8 + text.encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
        "gb18030": text.encode("gb18030"),
        "utf-16": codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
        "utf-16 unmarked": text.encode("utf-16-be"),
    }[variant]
    changed = tmp_path / export.case.file
    changed.write_bytes(made)
    (tmp_path / "plain").write_bytes(text.encode())
    options = options_of(export.case)
    records, chat = read(changed, export.parser, options)
    plain, _ = read(tmp_path / "plain", export.parser, options)
    assert claims(records) == claims(plain)
    assert chat.has_bom is (variant in ("bom", "utf-16"))
    said = {"bom": "utf-8", "crlf": "utf-8", "utf-16": "utf-16-le"}.get(variant)
    said = "utf-16-be" if variant == "utf-16 unmarked" else said
    # what is ASCII throughout is UTF-8, too
    assert chat.encoding == said or (variant == "gb18030" and chat.encoding in ("gb18030", "utf-8"))


@each_export
def test_one_parser_claims_the_file_or_none_does_quietly(export: Export) -> None:
    found = [parser.id for parser in candidates(read_head(export.path))]
    if export.case.needs_parser:
        assert found != [export.parser]
    else:
        assert found == [export.parser]


@each_export
def test_times_are_kept_as_they_are_written(export: Export) -> None:
    for record in read(export.path, export.parser, options_of(export.case))[0]:
        candidates_ = record.ts_candidates
        assert bool(candidates_) is (record.tz_status is not TzStatus.NONE)
        assert (Flag.AMBIGUOUS_DATE in record.flags) is (len(candidates_) > 1)
        assert record.ts_raw or not candidates_
        for candidate in candidates_:
            match record.tz_status:
                case TzStatus.EPOCH:
                    assert candidate.endswith("Z")
                case TzStatus.OFFSET:
                    assert candidate[-6] in "+-" or candidate.endswith("Z")
                case _:
                    assert "+" not in candidate and not candidate.endswith("Z")


@each_export
@pytest.mark.parametrize("order", ["dmy", "mdy"])
def test_order_of_day_and_month_settles_every_date(export: Export, order: Any) -> None:
    records, chat = read(export.path, export.parser, Options(date_order=order))
    assert chat.ambiguous_dates == 0
    assert not any(Flag.AMBIGUOUS_DATE in record.flags for record in records)


@each_export
def test_account_adds_up(export: Export) -> None:
    records, chat = read(export.path, export.parser, options_of(export.case))
    claimed = sum(
        r.src.byte_end - r.src.byte_start for r in records if r.kind is not RecordKind.UNCLAIMED
    )
    assert claimed + chat.unclaimed_bytes + chat.structure_bytes == chat.size_bytes
    assert chat.kinds == Counter(str(record.kind) for record in records)
    for claim in chat.declared:
        assert claim.what != "messages" or claim.actual == chat.records


@each_export
def test_size_of_the_pieces_changes_nothing(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = options_of(export.case)
    parts = list(reading_of(export.path, export.parser, options).parts())
    records, chat = read(export.path, export.parser, options)
    readers = [m for name, m in sys.modules.items() if name.startswith("evidence_kit.chats.")]
    for size in (1, 7, 64):
        for module in readers:
            if hasattr(module, "PIECE_BYTES"):
                monkeypatch.setattr(module, "PIECE_BYTES", size)
        assert list(reading_of(export.path, export.parser, options).parts()) == parts
        assert read(export.path, export.parser, options) == (records, chat)


@each_export
def test_how_many_headers_are_found_at_once_changes_nothing(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = options_of(export.case)
    found = read(export.path, export.parser, options)
    for headers in (1, 2, 5):
        monkeypatch.setattr(cutting, "_AT_ONCE", headers)
        assert read(export.path, export.parser, options) == found


@each_export
def test_half_of_the_file_is_read_up_to_where_it_ends(export: Export, tmp_path: Path) -> None:
    data = export.path.read_bytes()
    (tmp_path / "half").write_bytes(data[: len(data) // 2])
    parts = list(spans(reading_of(tmp_path / "half", export.parser)))
    assert parts[-1][1] == len(data) // 2
    assert [start for start, _ in parts[1:]] == [end for _, end in parts[:-1]]


@each_export
def test_records_go_through_json(export: Export) -> None:
    for record in read(export.path, export.parser)[0]:
        assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record


def test_specific_parsers_score_above_the_generic_ones() -> None:
    for export in READ:
        if not export.parser.startswith("generic") and not export.case.needs_parser:
            detection = parser_named(export.parser).detect(read_head(export.path))
            assert detection.score >= SHAPE
            assert detection.reasons
