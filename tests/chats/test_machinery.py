"""What the parsers are built of, against second opinions: csv, json, str.split."""

import contextlib
import csv
import io
import itertools
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_kit.chats import blocks as cutting
from evidence_kit.chats import json_stream, rows, source
from evidence_kit.chats.blocks import blocks, lines
from evidence_kit.chats.json_stream import Value, json_lines, values
from evidence_kit.chats.memo import Memo
from evidence_kit.chats.parser import ChatStop, parser_named
from evidence_kit.chats.reading import Reading, Roles
from evidence_kit.chats.record import Flag
from evidence_kit.chats.source import Source, open_source

HEADER = re.compile(r"^#(\d+)(?=\r?$)", re.MULTILINE)
# Not a limit of time: other work on the machine is no fault of a reader.
BOUNDED = settings(max_examples=150, deadline=None, derandomize=True, database=None)
FIELD = st.text(alphabet='ab,"\n店\u2028\x0b ', max_size=6)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of a few bytes, so that everything happens across their borders."""
    monkeypatch.setattr(source, "PIECE_BYTES", 7)


def made(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> Source:
    path = tmp_path_factory.mktemp("source") / "file"
    path.write_bytes(data)
    return open_source(path)


@BOUNDED
@given(table=st.lists(st.lists(FIELD, min_size=2, max_size=4), max_size=5), crlf=st.booleans())
def test_rows_are_those_of_the_csv_module(
    table: list[list[str]], crlf: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n" if crlf else "\n").writerows(table)
    data = out.getvalue().encode()
    found = list(rows.rows(made(tmp_path_factory, data)))
    assert [row.fields for row in found] == table
    assert b"".join(data[row.byte_start : row.byte_end] for row in found) == data
    for row in found:
        assert row.line_start == data.count(b"\n", 0, row.byte_start) + 1
        assert row.line_end == data.count(b"\n", 0, row.byte_end - 1) + 1


def test_row_whose_quote_never_ends_costs_its_line_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found = rows.rows(made(tmp_path_factory, b'a,b\n"open,c\nd,e\n'))
    assert [row.fields for row in found] == [["a", "b"], ["d", "e"]]


def test_row_that_is_too_long_is_passed_over(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "ROW_CHARACTERS", 20)
    found = rows.rows(made(tmp_path_factory, b'a,b\n"' + b"x\n" * 50 + b'"\nd,e\n'))
    assert [row.fields for row in found][-1] == ["d", "e"]


@BOUNDED
@given(
    messages=st.lists(
        st.dictionaries(st.text(max_size=3), st.integers() | st.text() | st.none(), max_size=3),
        max_size=5,
    ),
    indent=st.sampled_from((None, 1)),
    is_ascii=st.booleans(),
)
def test_values_are_those_of_the_json_module(
    messages: list[dict[str, object]],
    indent: int | None,
    is_ascii: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    document = {"count": len(messages), "messages": messages, "end": [1.5, True]}
    text = json.dumps(document, indent=indent, ensure_ascii=is_ascii)
    data = text.encode("utf-8", "surrogatepass" if is_ascii else "replace")
    document = json.loads(data)
    parts = list(
        values(made(tmp_path_factory, data), lambda pointer: pointer in ((), ("messages",)))
    )
    position = 0
    found: dict[tuple[str | int, ...], object] = {}
    for part in parts:
        assert part.byte_start == position
        position = part.byte_end
        if isinstance(part, Value):
            assert json.loads(data[part.byte_start : part.byte_end]) == part.value
            found[part.pointer] = part.value
    assert position == len(data)
    assert found.pop(("count",)) == document["count"]
    assert found.pop(("end",)) == document["end"]
    assert list(found.values()) == document["messages"]
    assert list(found) == [("messages", number) for number in range(len(messages))]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "chat.cut_short"),
        (b'{"messages": [', "chat.cut_short"),
        (b'{"messages": [{"a": "b', "chat.cut_short"),
        (b'{"messages": [{"a": tr', "chat.cut_short"),
        (b'{"messages": [{}', "chat.cut_short"),
        (b'{"messages": [{}]', "chat.cut_short"),
        (b'{"messages" [{}], "and": "so on and so on"}', "chat.not_json"),
        (b'{"messages": [{} {}], "and": "so on"}', "chat.not_json"),
        (b'{"messages": [{}]} and', "chat.not_json"),
        (b'{"messages": [nothing of the kind]}', "chat.not_json"),
        (b'{1: 2, "and": "so on and so on and so on"}', "chat.not_json"),
    ],
)
def test_broken_json_is_named(
    data: bytes, code: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(ChatStop) as caught:
        list(values(made(tmp_path_factory, data), lambda pointer: pointer in ((), ("messages",))))
    assert caught.value.code == code
    assert 0 <= caught.value.byte <= len(data)


@pytest.mark.parametrize("pattern", [r"^#\d|^%\d", r"^(?:#|%)\d"])
def test_each_form_of_a_header_begins_a_line(
    pattern: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    header = re.compile(pattern, re.MULTILINE)
    data = b"#1\nno #2 nor %3\n%4\nend"
    found = [block.text for block in blocks(made(tmp_path_factory, data), header)]
    assert found == ["#1\nno #2 nor %3\n", "%4\nend"]


def test_value_that_is_too_long_is_not_read(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "VALUE_CHARACTERS", 20)
    with pytest.raises(ChatStop) as caught:
        list(
            values(made(tmp_path_factory, b'["' + b"x" * 100 + b'"]'), lambda pointer: not pointer)
        )
    assert (caught.value.code, caught.value.byte) == ("chat.too_long", 1)


@pytest.mark.parametrize("size", range(1, 8))
def test_number_goes_on_in_the_next_piece(
    size: int, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PIECE_BYTES", size)
    data = b"[30.25, 1e+5, -2, 1.5E-3, 3, 1e5]"
    found = list(values(made(tmp_path_factory, data), lambda pointer: not pointer))
    assert [part.value for part in found if isinstance(part, Value)] == json.loads(data)


BROKEN = b"""[
 {
  "a": "\\x01"
 },
 {
  "a": bare,
  "b": {}
 },
 {
  "a": 3
 }
]"""


@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_values_that_are_no_json_are_mended_or_passed_over(
    newline: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = BROKEN.replace(b"\n", newline)
    found = list(
        values(
            made(tmp_path_factory, data),
            lambda pointer: not pointer,
            lambda text: text.replace("\\x", "\\u00"),
        )
    )
    assert [part.value for part in found if isinstance(part, Value)] == [{"a": "\x01"}, {"a": 3}]
    assert [part.pointer for part in found if isinstance(part, Value)] == [(0,), (2,)]
    spans = {(part.byte_start, part.byte_end) for part in found}
    gaps = {end for _, end in spans} - {start for start, _ in spans} - {len(data)}
    assert len(gaps) == 1
    assert data[gaps.pop() :].startswith(b"{" + newline + b'  "a": bare')


@pytest.mark.parametrize(
    "data",
    [
        b'[{"a": bare and so on and so on and so on}]',
        b'[\n {\n  "a": bare and so on and so on and so on',
        b'[\n {\n  "a": bare and so on and so on}]',
        b"[\n bare and so on and so on and so on\n]",
        b"[\n" + b" " * 80 + b'{"a": bare and so on and so on\n}' + b" " * 80 + b"}]",
    ],
)
def test_value_that_is_no_json_ends_the_walk_where_its_end_is_not_told(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(ChatStop) as caught:
        list(values(made(tmp_path_factory, data), lambda pointer: not pointer, str))
    assert caught.value.code == "chat.not_json"
    assert caught.value.byte == data.index(b"bare" if b"{" not in data else b"{")


def test_lines_that_are_no_json_are_passed_over(tmp_path_factory: pytest.TempPathFactory) -> None:
    data = b'{"a": 1}\r\n\n{"a"\n' + b"[" * 3000 + b"\n{}"
    found = [part for part in json_lines(made(tmp_path_factory, data))]
    assert [part.value for part in found if isinstance(part, Value)] == [{"a": 1}, {}]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_blocks_begin_at_headers(encoding: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = "开头\n#1\n正文\r\n\n#2 不是\n#2\r\n#3\n尾"
    data = text.encode(encoding)
    found = list(blocks(made(tmp_path_factory, data), HEADER))
    assert b"".join(data[block.src.byte_start : block.src.byte_end] for block in found) == data
    assert [block.header and block.header[1] for block in found] == [None, "1", "2", "3"]
    assert [block.body for block in found] == ["开头", "正文\n\n#2 不是", "", "尾"]
    assert [(block.src.line_start, block.src.line_end) for block in found] == [
        (1, 1),
        (2, 5),
        (6, 6),
        (7, 8),
    ]


@pytest.mark.parametrize("length", range(60, 90))
def test_block_that_is_too_long_is_cut_and_the_next_one_found(
    length: int, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "BLOCK_CHARACTERS", 30)
    monkeypatch.setattr(source, "LINE_CHARACTERS", 20)
    # the long line goes on with what would be a header at the beginning of a line
    data = b"#1\n" + b"x" * length + b"#8\n" * 3 + b"#2\nend"
    found = list(blocks(made(tmp_path_factory, data), HEADER))
    assert found[0].flags == (Flag.CUT,)
    assert data[found[0].src.byte_start : found[0].src.byte_end].startswith(b"#1\nxxx")
    assert [block.header and block.header[1] for block in found] == ["1", "8", "8", "2"]
    for block in found:
        assert data[block.src.byte_start : block.src.byte_end].decode() == block.text
        assert block.src.line_start == data.count(b"\n", 0, block.src.byte_start) + 1


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_header_that_looks_back_and_on_is_the_same_in_pieces_of_any_size(
    size: int, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PIECE_BYTES", size)
    # at the beginning or behind an empty line; of two lines; or before a line with a digit
    header = re.compile(r"^(?:(?:\A|(?<=\n\n))#1$|#1\n#2$|#3(?=\n+(?:\d|\Z)))", re.MULTILINE)
    data = b"#1\na\n\n#1\n#1\n#2\n#1\nb\n#3\nc\n#3\n\n4\n#1\n\n#3\n"
    cut = blocks(made(tmp_path_factory, data), header)
    found = [block.header and block.text[: block.header_end] for block in cut]
    assert found == ["#1", "#1", "#1\n#2", "#3", "#3"]


def test_memo_works_each_value_out_once_and_holds_a_bounded_number() -> None:
    asked: list[int] = []

    def half(number: int) -> int:
        asked.append(number)
        return number // 2

    halves = Memo(half)
    assert [halves[4], halves[4], halves[6]] == [2, 2, 3]
    assert asked == [4, 6]
    assert all(halves[number] == number // 2 for number in range(10_000))
    assert len(halves) <= 1 << 12


def test_lines_end_at_line_feeds_alone(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = "一\u2028二\x0b\x85三\r四\r\n\n五"
    found = list(lines(made(tmp_path_factory, text.encode())))
    assert [line.text for line in found] == ["一\u2028二\x0b\x85三\r四\r\n", "\n", "五"]
    assert [line.number for line in found] == [1, 2, 3]


@pytest.mark.parametrize(
    ("data", "encoding", "bom_bytes"),
    [
        ("店主".encode(), "utf-8", 0),
        ("店主".encode("utf-8-sig"), "utf-8", 3),
        ("店主".encode("gb18030"), "gb18030", 0),
        ("\ufeff店主".encode("utf-16-le"), "utf-16-le", 2),
        ("\ufeff店主".encode("utf-16-be"), "utf-16-be", 2),
        ("\ufeff店主".encode("utf-16-le") + b"x", "mixed", 0),
        ("一 ok\n店主 🫨\r\n".encode("utf-16-le"), "utf-16-le", 0),
        ("一 ok\n店主 🫨\r\n".encode("utf-16-be"), "utf-16-be", 0),
        ("ok\n".encode("utf-16-le") + b"x", "utf-8", 0),
        ("no line end".encode("utf-16-le"), "utf-8", 0),
        ("a zero\0\n".encode("utf-16-le"), "utf-8", 0),
        (b"a zero\0in ASCII\n", "utf-8", 0),
        ("店主".encode() + b"\xff\n", "mixed", 0),
        ("店".encode("utf-8-sig") + "店".encode("gb18030"), "mixed", 3),
        ("保证三天发货\n".encode("gb18030") * 9 + b"\xff\xfe1", "mixed-gb18030", 0),
        ("保证三天发货\n".encode() * 9 + "店".encode("gb18030"), "mixed", 0),
        (b"", "utf-8", 0),
        ("店主".encode()[:-1], "mixed", 0),
    ],
)
def test_encoding_is_a_bom_else_utf16_else_utf8_else_gb18030(
    data: bytes, encoding: str, bom_bytes: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = made(tmp_path_factory, data)
    assert (found.encoding, found.bom_bytes, found.size_bytes) == (encoding, bom_bytes, len(data))
    assert found.encode("".join(found.pieces())) == data[bom_bytes:]


def test_every_gb18030_text_gives_back_its_bytes() -> None:
    """Two-byte and four-byte forms; the length of a span is measured by encoding it again."""
    pairs = ((a, b) for a in range(0x81, 0xFF) for b in range(0x40, 0xFF))
    fours = (
        (a, b, c, d)
        for a in (0x81, 0x82, 0x83, 0x84, 0x90, 0xE3)
        for b in range(0x30, 0x3A)
        for c in range(0x81, 0xFF)
        for d in range(0x30, 0x3A)
    )
    for raw in map(bytes, itertools.chain(pairs, fours)):
        with contextlib.suppress(UnicodeDecodeError):
            assert raw.decode("gb18030").encode("gb18030") == raw


@BOUNDED
@given(
    data=st.binary(max_size=40) | st.text("店a\n", max_size=9).map(lambda t: t.encode("gb18030"))
)
def test_text_of_any_file_gives_back_its_bytes(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for tail in (b"", b"\xff", b"\xfe1", b"\xb1\xa3\xd6\xa4" * 20 + b"\xff\xfe1"):
        found = made(tmp_path_factory, data + tail)
        text = "".join(found.pieces())
        assert found.encode(text) == (data + tail)[found.bom_bytes :]
        assert sum(map(found.length, text.splitlines(True))) == len(data + tail) - found.bom_bytes


def test_digest_and_size_are_those_of_the_file(tmp_path: Path) -> None:
    import hashlib

    (tmp_path / "file").write_bytes(b"abc" * 1000)
    found = open_source(tmp_path / "file")
    assert found.sha256 == hashlib.sha256(b"abc" * 1000).hexdigest()


@pytest.mark.parametrize(
    ("buyer", "merchant", "roles"),
    [
        ("", "", ["unknown"] * 3),
        ("阿禾", "", ["buyer", "unknown", "unknown"]),
        ("阿禾", "店主", ["buyer", "merchant", "other"]),
        ("wxid_a", "客服", ["buyer", "other", "merchant"]),
    ],
)
def test_others_are_those_that_are_neither_side(
    buyer: str, merchant: str, roles: list[str], tmp_path: Path
) -> None:
    rows = "".join(f"2026-05-01 10:00:00,{name},x,x,x,1\n" for name in ("店主,b", "客服,c"))
    (tmp_path / "chat.csv").write_text(
        "Time,SenderName,Sender,TalkerName,Talker,Content\n"
        "2026-05-01 10:00:00,阿禾,wxid_a,x,x,1\n" + rows,
        encoding="utf-8",
    )
    reading = Reading(
        open_source(tmp_path / "chat.csv"),
        parser_named("chatlog_csv"),
        roles=Roles(
            buyer=frozenset(filter(None, (buyer,))), merchant=frozenset(filter(None, (merchant,)))
        ),
    )
    assert [record.role for record in reading] == roles
