"""The rows of every kind of bill are read as its owner sees them, each with its place."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import msgspec
import pytest

from evidence_kit.bills import cells
from evidence_kit.bills.matching import (
    Match,
    identity_of,
    match_order,
    rounded_numbers,
    similar_column,
)
from evidence_kit.bills.payment import Bill, Direction, Payment, Service
from evidence_kit.bills.reading import may_be_bill, read_bill
from fixtures import story
from fixtures.bills import make

PAID = story.PAID_AT.replace(" ", "T")
COMMITTED = {name: make.HERE / name for name in make.BILLS}


def bill_of(content: bytes) -> Bill:
    bill = read_bill(content)
    assert bill is not None
    return bill


@pytest.mark.parametrize("name", [name for name in make.BILLS if name.endswith(".csv")])
def test_committed_text_is_what_the_script_writes(name: str) -> None:
    assert COMMITTED[name].read_bytes() == make.BILLS[name]()


@pytest.mark.parametrize("name", make.BILLS)
def test_payment_of_the_dispute_is_read_from_every_kind(name: str) -> None:
    content = COMMITTED[name].read_bytes()
    assert may_be_bill(content[: 1 << 16])
    bill = bill_of(content)
    first = bill.payments[0]
    assert bill.stopped is None
    assert (first.time, first.amount, first.counterparty) == (PAID, story.PRICE, story.SHOP_NAME)
    assert first.direction is Direction.OUT
    assert first.merchant_order_number == make.SHOP_NUMBER
    is_alipay = bill.service is Service.ALIPAY
    assert first.order_number == (make.ALIPAY_NUMBER if is_alipay else make.WECHAT_NUMBER)
    assert first.state


@pytest.mark.parametrize("name", ["alipay_app.csv", "wechat.csv", "wechat.xlsx"])
def test_every_row_is_read_with_exact_amounts_and_directions(name: str) -> None:
    bill = bill_of(COMMITTED[name].read_bytes())
    assert [one.amount for one in bill.payments] == ["598.00", "1234.50", "9.78"]
    assert [one.direction for one in bill.payments] == [
        Direction.OUT,
        Direction.IN,
        Direction.NEUTRAL,
    ]
    assert bill.declared_count == 3
    assert any("起始时间" in line for line in bill.preamble)


def test_row_without_a_payment_time_has_the_time_of_its_order() -> None:
    bill = bill_of(make.alipay_web())
    assert [one.time for one in bill.payments] == [PAID, "2026-11-07T12:00:00"]
    assert bill.payments[1].direction is Direction.UNKNOWN
    assert bill.declared_count == 2
    assert bill.rest[-1].startswith("导出时间")


@pytest.mark.parametrize("name", [name for name in make.BILLS if name.endswith(".csv")])
def test_place_of_a_row_gives_back_its_bytes(name: str) -> None:
    content = COMMITTED[name].read_bytes()
    for one in bill_of(content).payments:
        line = content[one.place.byte_start : one.place.byte_end]
        assert line.endswith(b"\n")
        assert content[: one.place.byte_start].count(b"\n") == one.place.row - 1
        assert one.order_number.encode() in line


def test_row_of_a_table_keeps_its_own_number() -> None:
    assert [one.place.row for one in bill_of(make.wechat_xlsx()).payments] == [18, 19, 20]


def test_columns_that_are_not_known_are_kept() -> None:
    text = make.wechat_csv().decode("utf-8-sig")
    text = text.replace(",备注\r\n", ",备注,新的一列,\r\n").replace('"/"\r\n', '"/",新值,多余\r\n')
    first = bill_of(text.encode()).payments[0]
    assert first.columns["新的一列"] == "新值"
    assert first.columns["#13"] == "多余"


@pytest.mark.parametrize(
    "recode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("gb18030"),
        lambda text: text.replace("\r\n", "\n").encode(),
    ],
    ids=["utf-8", "utf-8 with a mark", "gb18030", "lf"],
)
def test_encoding_and_line_ends_change_no_payment(recode: Callable[[str], bytes]) -> None:
    text = make.alipay_app().decode("gb18030")
    expected = [(one.time, one.amount, one.columns) for one in bill_of(text.encode()).payments]
    found = [(one.time, one.amount, one.columns) for one in bill_of(recode(text)).payments]
    assert found == expected


def test_quoted_line_feed_stays_in_its_row() -> None:
    text = make.alipay_app().decode("gb18030").replace('"阿姨, 家里"', '"阿姨\r\n家里"')
    bill = bill_of(text.encode())
    assert [one.amount for one in bill.payments] == ["598.00", "1234.50", "9.78"]


def test_lone_quotation_mark_does_not_swallow_the_rest() -> None:
    text = make.wechat_csv().decode("utf-8-sig").replace(story.SHOP_NAME, f'"{story.SHOP_NAME}')
    rows = "2026-11-07 07:00:00,转账,甲,乙,支出,¥1.00,零钱,支付成功,42,/,/\r\n" * 200
    assert len(bill_of((text + rows).encode()).payments) >= 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        "2026-11-01 20:06:41 阿禾\n你好\n".encode(),
        "交易对方,金额\n".encode(),
        b"PK\x03\x04",
        make.zipped({"readme.txt": "交易对方 金额"}),
    ],
)
def test_what_is_no_bill_is_none(content: bytes) -> None:
    assert read_bill(content) is None


def test_file_larger_than_any_bill_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_bill(make.wechat_csv() + bytes(cells.MAX_BYTES)) is None


def test_bytes_of_no_encoding_stop_the_reading_with_the_row() -> None:
    content = make.alipay_app() + b"\xff\xff\xff\r\n" + make.alipay_app()
    bill = bill_of(content)
    assert len(bill.payments) == 3
    assert bill.stopped is not None
    assert (bill.stopped.code, bill.stopped.row) == ("bill.undecodable", 20)


def test_rows_without_end_are_bounded() -> None:
    bill = bill_of(make.wechat_csv() + b"\n" * (cells.MAX_ROWS + 1))
    assert bill.stopped is not None
    assert bill.stopped.code == "bill.too_large"


def table(**changes: str) -> bytes:
    """The table with some of its parts exchanged; empty ones left out."""
    with zipfile.ZipFile(BytesIO(make.wechat_xlsx())) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    for key, text in changes.items():
        (name,) = (name for name in parts if key in name)
        parts[name] = text
    return make.zipped({name: text for name, text in parts.items() if text})


DTD = '<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]>'
BAD_TABLES = {
    "DTD": make.xlsx([(1, ["a"])], before=DTD),
    "no sheet": table(sheet1=""),
    "half a sheet": table(sheet1="<worksheet><sheetData><row r="),
    "no strings": table(sharedStrings=""),
    "deep": table(sheet1="<a>" * 500),
    "far column": table(sheet1='<worksheet><row r="1"><c r="ZZZ1"><v>1</v></c></row></worksheet>'),
    "long text": table(sharedStrings=f"<sst><si><t>{'x' * 9999}</t></si></sst>"),
    "bomb": table(sharedStrings="<sst>" + " " * (65 << 20) + "</sst>"),
    "many members": make.zipped({f"xl/worksheets/sheet1.xml{n}": "" for n in range(300)}),
    "cut": make.wechat_xlsx()[:-30],
}


@pytest.mark.parametrize("content", BAD_TABLES.values(), ids=BAD_TABLES)
def test_table_that_is_damaged_or_hostile_gives_no_bill(content: bytes) -> None:
    assert read_bill(content) is None


def test_table_cut_after_its_column_names_tells_what_was_read() -> None:
    with zipfile.ZipFile(BytesIO(make.wechat_xlsx())) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    end = sheet.index('<row r="19">')
    bill = bill_of(table(sheet1=sheet[:end] + '<row r="19"><c t="s"><v>99999</v></c></row>'))
    assert len(bill.payments) == 1
    assert bill.stopped is not None
    assert bill.stopped.code == "bill.malformed"


@pytest.mark.parametrize(
    ("order", "match"),
    [
        (make.ALIPAY_NUMBER, Match("交易订单号", True)),
        (make.SHOP_NUMBER, Match("商家订单号", True)),
        (story.ORDER_NUMBER, Match("商家订单号", False)),
        ("2026110122", None),
        ("598", None),
        ("", None),
        ("K99999999", None),
        ("云雀点卡", Match("交易对方", True)),
    ],
)
def test_order_number_is_found_whole_or_as_a_part(order: str, match: Match | None) -> None:
    assert match_order(bill_of(make.alipay_app()).payments[0], order) == match


def with_number(number: str, **changes: str) -> Payment:
    """A row whose merchant's order number is this."""
    text = make.alipay_app().decode("gb18030").replace(make.SHOP_NUMBER, number)
    payment = bill_of(text.encode()).payments[0]
    return msgspec.structs.replace(payment, **changes)


@pytest.mark.parametrize(
    ("number", "match"),
    [
        ("K20261101", Match("商家订单号", True, True)),
        ("k20261101", Match("商家订单号", True, False)),
        ("XP99K20261101", Match("商家订单号", False, True)),
        ("99K20261101", Match("商家订单号", False, True)),
        ("XP99k20261101", Match("商家订单号", False, False)),
        ("K20261101-2", Match("商家订单号", False, True)),
        ("K2026110155", None),
        ("K202611010", None),
        ("K-2026-1101", None),
        ("K2026110", None),
    ],
)
def test_longer_number_holds_the_order_unless_more_digits_make_it_another(
    number: str, match: Match | None
) -> None:
    assert match_order(with_number(number), "K20261101") == match


@pytest.mark.parametrize(
    ("number", "order", "column"),
    [
        ("K2026110155", "K20261101", "商家订单号"),
        ("K-2026-1101", "K20261101", "商家订单号"),
        ("Ｋ20261101", "K20261101", "商家订单号"),
        ("K20261101", "K-2026-1101", "商家订单号"),
        ("K20269999", "K20261101", None),
        ("T200P99", "200", None),
        ("-", "2026-11-01", "交易订单号"),
        ("-", "SteamCard", None),
    ],
)
def test_number_much_like_the_order_is_named_as_such(
    number: str, order: str, column: str | None
) -> None:
    row = with_number(number)
    assert match_order(row, order) is None
    assert similar_column(row, order) == column


@pytest.mark.parametrize("order", ["59800000", "steamkey", "STEAMKEY"])
def test_word_or_number_is_no_part_of_another_by_chance(order: str) -> None:
    assert match_order(with_number("STEAMKEYS159800000"), order) is None


@pytest.mark.parametrize(
    ("field", "value"), [("amount", "1.00"), ("order_number", "42"), ("time", "2026-11-09T10:00")]
)
def test_rows_are_one_payment_only_if_number_time_and_amount_are_the_same(
    field: str, value: str
) -> None:
    row, other = with_number("1"), with_number("2")
    assert identity_of(row) == identity_of(other)
    assert identity_of(row) != identity_of(with_number("1", **{field: value}))
    assert identity_of(with_number("1", **{field: ""})) is None


def test_rows_whose_number_lost_digits_are_not_told_to_be_one_payment() -> None:
    row = with_number("1", order_number="2.02611E+27")
    assert rounded_numbers(row) == ("2.02611E+27",)
    assert identity_of(row) is None
    assert rounded_numbers(with_number("1")) == ()
