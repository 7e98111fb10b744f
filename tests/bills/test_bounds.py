"""Each bound of a bill stops the reading by its own name, and one below it does not."""

import zipfile
from io import BytesIO

import pytest

from evidence_kit.bills import cells, reading, xlsx
from evidence_kit.bills.cells import BillStop, text_rows
from evidence_kit.bills.columns import amount_of, is_rounded, time_of
from evidence_kit.bills.reading import read_bill
from evidence_kit.bills.xlsx import xlsx_rows
from fixtures.bills import make

DTD = '<!DOCTYPE a [<!ENTITY b "c">]>'
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def sheet_of(*rows: str) -> str:
    return f"<worksheet><sheetData>{''.join(rows)}</sheetData></worksheet>"


def row_of(*values: str) -> str:
    return f"<row>{''.join(f'<c><v>{value}</v></c>' for value in values)}</row>"


def strings_of(*texts: str) -> str:
    return f"<sst>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>"


def workbook(*rows: str, strings: str = strings_of("a")) -> bytes:
    return make.zipped({SHEET: sheet_of(*rows), STRINGS: strings})


def nested(depth: int) -> str:
    # the sheet and its data stand around it
    return "<a>" * (depth - 2) + "</a>" * (depth - 2)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook(nested(65)), "bill.malformed"),
        (workbook(row_of("1"), DTD), "bill.malformed"),
        (make.zipped({SHEET: DTD + sheet_of()}), "bill.malformed"),
        (make.zipped({STRINGS: strings_of("a")}), "bill.malformed"),
        (make.zipped({SHEET: "<worksheet><row>"}), "bill.malformed"),
        (workbook('<row><c t="s"><v>1</v></c></row>'), "bill.malformed"),
        (workbook('<row><c t="s"><v>-1</v></c></row>'), "bill.malformed"),
        (workbook('<row><c t="s"><v>x</v></c></row>'), "bill.malformed"),
        (workbook(row_of(*["1"] * 65)), "bill.too_large"),
        (workbook('<row><c r="BM1"><v>1</v></c></row>'), "bill.too_large"),
        (workbook(row_of("1" * 4097)), "bill.too_large"),
        (workbook(strings=strings_of("x" * 4097)), "bill.too_large"),
    ],
)
def test_table_beyond_a_bound_is_not_read_on(content: bytes, code: str) -> None:
    with pytest.raises(BillStop) as stop:
        list(xlsx_rows(content))
    assert stop.value.code == code


@pytest.mark.parametrize(
    "content",
    [
        workbook(nested(64)),
        workbook('<row><c t="s"><v>0</v></c></row>'),
        workbook(row_of(*["1"] * 64)),
        workbook('<row><c r="BL1"><v>1</v></c></row>'),
        workbook(row_of("1" * 4096)),
        workbook(strings=strings_of("x" * 4096)),
    ],
)
def test_table_within_the_bounds_is_read(content: bytes) -> None:
    list(xlsx_rows(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("MAX_ROWS", workbook(row_of("1"), row_of("2"), row_of("3"))),
        ("_MAX_STRINGS", workbook(strings=strings_of("a", "b", "c"))),
        ("_MAX_MEMBERS", make.zipped({SHEET: sheet_of(), "b": "", "c": ""})),
    ],
)
def test_what_a_table_may_have_many_of_is_counted(
    name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, name, 3)
    list(xlsx_rows(content))
    monkeypatch.setattr(xlsx, name, 2)
    with pytest.raises(BillStop, match=r"bill\.too_large"):
        list(xlsx_rows(content))


def test_part_that_unpacks_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "_MAX_PART_BYTES", 1 << 17)
    with pytest.raises(BillStop, match=r"bill\.too_large"):
        list(xlsx_rows(workbook(" " * (1 << 18))))


def test_encrypted_table_is_not_read() -> None:
    content = bytearray(workbook(row_of("1")))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        places = [info.header_offset + 6 for info in archive.infolist()]
    at = content.index(b"PK\x01\x02")
    while at >= 0:
        places.append(at + 8)
        at = content.find(b"PK\x01\x02", at + 1)
    for place in places:
        content[place] |= 1
    with pytest.raises(BillStop, match=r"bill\.malformed"):
        list(xlsx_rows(bytes(content)))


def test_reading_aids_of_a_text_are_no_part_of_it() -> None:
    strings = '<sst><si><t>甲</t><rPh sb="0" eb="1"><t>jia</t></rPh></si></sst>'
    (row,) = xlsx_rows(workbook('<row><c t="s"><v>0</v></c></row>', strings=strings))
    assert row.cells == ("甲",)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("a," * 64, "bill.too_large"),
        ("x" * 4097, "bill.too_large"),
        ('"' + "x" * 4097 + '"', "bill.too_large"),
        ("a," * 63, None),
        ("x" * 4096, None),
    ],
)
def test_row_of_a_text_is_bounded(line: str, code: str | None) -> None:
    if code is None:
        list(text_rows(line.encode(), "utf-8"))
        return
    with pytest.raises(BillStop) as stop:
        list(text_rows(line.encode(), "utf-8"))
    assert stop.value.code == code


def test_column_names_are_looked_for_in_the_first_rows_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    above = make.wechat_csv().decode("utf-8-sig").split("交易时间")[0].count("\n")
    monkeypatch.setattr(reading, "_MAX_PREAMBLE_ROWS", above)
    assert read_bill(make.wechat_csv()) is not None
    monkeypatch.setattr(reading, "_MAX_PREAMBLE_ROWS", above - 1)
    assert read_bill(make.wechat_csv()) is None


def test_rows_that_are_no_payments_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MAX_REST", 2)
    for count, stopped in ((2, None), (3, "bill.too_large")):
        bill = read_bill(make.wechat_csv() + "一行字\r\n".encode() * count)
        assert bill is not None
        assert len(bill.rest) == 2
        assert (bill.stopped.code if bill.stopped else None) == stopped


def test_rows_of_a_text_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MAX_ROWS", 2)
    assert len(list(text_rows(b"a\nb\n", "utf-8"))) == 2
    with pytest.raises(BillStop, match=r"bill\.too_large"):
        list(text_rows(b"a\nb\nc\n", "utf-8"))


@pytest.mark.parametrize(
    ("text", "is_number", "time"),
    [
        ("2026-11-01 20:06:41", False, "2026-11-01T20:06:41"),
        ("2026/11/1 20:06", False, "2026-11-01T20:06"),
        ("2026/11/1 20:06:00", False, "2026-11-01T20:06:00"),
        ("2026-02-30 10:00:00", False, None),
        ("2026-11-01 24:06:41", False, None),
        ("yesterday", False, None),
        ("46327.5", True, "2026-11-01T12:00:00"),
        ("0.5", True, None),
        ("9999999", True, None),
        ("nan", True, None),
        ("x", True, None),
    ],
)
def test_time_of_a_row(text: str, is_number: bool, time: str | None) -> None:
    assert time_of(text, is_number=is_number) == time


@pytest.mark.parametrize(
    ("text", "is_number", "amount"),
    [
        ("¥-1,234.5", False, "-1234.50"),
        ("-¥1,234.50", False, "-1234.50"),
        ("\u2212￥1,234.50", False, "-1234.50"),
        ("+¥30", False, "30.00"),
        ("-¥-30", False, None),
        ("0.005", True, "0.005"),
        ("1e400", True, None),
        ("nan", True, None),
        ("x", True, None),
        ("598", True, "598.00"),
        ("free", False, None),
    ],
)
def test_amount_of_a_row(text: str, is_number: bool, amount: str | None) -> None:
    assert amount_of(text, is_number=is_number) == amount


@pytest.mark.parametrize(
    ("number", "is_lost"),
    [
        ("2.02611E+27", True),
        ("2E+27", True),
        ("2.0261101220014999E+027", True),
        ("2026110122001490000000000000", True),
        ("2026110122001400000000000001", False),
        ("4200002026110100000000000001", False),
        ("1234567890000000", False),
        ("2.5E", False),
        ("1E10", False),
        ("", False),
    ],
)
def test_number_that_lost_digits_is_known_by_its_form(number: str, is_lost: bool) -> None:
    assert is_rounded(number) is is_lost
