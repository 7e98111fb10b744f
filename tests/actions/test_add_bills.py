"""Bills are sealed as documents with their payments beside them, and held against the order."""

import json
import zipfile
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from evidence_kit.actions.add import add_files
from evidence_kit.actions.bill_account import OPERATION, BillReader, ReadBill
from evidence_kit.actions.bills import Payments, payments_in
from evidence_kit.actions.case import create_case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed
from evidence_kit.bills import cells
from evidence_kit.bills.reading import VERSION
from evidence_kit.bundle.reader import Bundle
from evidence_kit.model import Kind, Maker, Role
from evidence_kit.report import Outcome
from fixtures import story
from fixtures.bills import make
from tests.forge import explode

SCHEMA = Path(__file__).parents[2] / "docs/schema/payments.schema.json"
PAYMENTS = "data/derived/0001/payments.json"
NAMES = list(make.BILLS)


def add(path: Path, kit: Kit, folder: Path) -> Sealed:
    return add_files([path], folder / "x.evidence.zip", kit=kit)


@pytest.mark.parametrize("name", NAMES)
def test_bill_is_a_document_with_its_payments_beside_it(
    name: str, kit: Kit, tmp_path: Path
) -> None:
    sealed = add(make.HERE / name, kit, tmp_path)
    with Bundle(sealed.path) as bundle:
        (item,) = bundle.evidence.items
    original, payments = item.files
    files = dict(explode(sealed.path.read_bytes())[1])
    assert sealed.report.verdict is Outcome.PASSED
    assert item.kind is Kind.DOCUMENT
    assert files[original.path] == (make.HERE / name).read_bytes()
    assert (payments.path, payments.role, payments.from_) == (
        PAYMENTS,
        Role.DERIVED,
        (original.path,),
    )
    assert payments.by == Maker(operation=OPERATION, tool="bills", version=VERSION)
    assert [note.code for note in sealed.notes] == ["bill.read"]
    told = json.loads(files[PAYMENTS])
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(told)


def test_count_that_a_bill_declares_is_held_against_its_rows(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(make.wechat_csv().replace("共3笔".encode(), "共4笔".encode()))
    notes = {note.code: note.params for note in add(path, kit, tmp_path).notes}
    assert notes["bill.declared"] == {"name": "bill.csv", "declared": 4, "actual": 3}


def test_bill_that_breaks_off_is_sealed_and_told_of(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(make.alipay_app() + b"\xff\xff\xff\r\n")
    sealed = add(path, kit, tmp_path)
    assert sealed.report.verdict is Outcome.PASSED
    (lack,) = sealed.shortfalls
    assert (lack.code, lack.params["row"]) == ("bill.undecodable", 20)


def test_bill_too_large_to_be_read_is_told_of(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(make.wechat_csv() + b"\n" * cells.MAX_BYTES)
    codes = [note.code for note in add(path, kit, tmp_path).notes]
    assert "bill.too_large" in codes
    assert "bill.read" not in codes


def test_encrypted_zip_is_sealed_and_said_not_to_be_read(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "bill.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "secret")
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    sealed = add(path, kit, tmp_path)
    assert sealed.report.verdict is Outcome.PASSED
    assert [note.code for note in sealed.notes] == ["chat.zip_encrypted"]


def test_stamped_pdf_is_sealed_and_said_not_to_be_read(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "bill.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    assert [note.code for note in add(path, kit, tmp_path).notes] == ["bill.pdf"]


def found_in_case(kit: Kit, folder: Path, order: str) -> Payments:
    case = create_case(folder / "case", facts={"order": order}, now=kit.now())
    for name in ("alipay_app.csv", "wechat.xlsx"):
        add_files([make.HERE / name], case, kit=kit)
    return payments_in(case.folder)


def test_payments_of_a_case_are_held_against_its_order(kit: Kit, tmp_path: Path) -> None:
    found = found_in_case(kit, tmp_path, story.ORDER_NUMBER)
    assert found.order == story.ORDER_NUMBER
    assert found.unread == ()
    matched = [
        (bill.bill.service, one.payment.amount)
        for bill in found.bills
        for one in bill.payments
        if one.match
    ]
    assert all(bill.is_reread for bill in found.bills)
    assert matched == [("alipay", story.PRICE), ("wechat", story.PRICE)]


def test_order_of_another_number_matches_no_row(kit: Kit, tmp_path: Path) -> None:
    found = found_in_case(kit, tmp_path, "K20269999")
    assert not any(one.match for bill in found.bills for one in bill.payments)


def test_bundle_in_a_case_is_held_against_its_order(kit: Kit, tmp_path: Path) -> None:
    found_in_case(kit, tmp_path, make.ALIPAY_NUMBER)
    path = sorted((tmp_path / "case").glob("*.zip"))[0]
    (bill,) = payments_in(path).bills
    match = bill.payments[0].match
    assert match is not None
    assert (match.column, match.is_whole) == ("交易订单号", True)


def test_bundle_of_a_case_that_is_damaged_is_told_of(kit: Kit, tmp_path: Path) -> None:
    found_in_case(kit, tmp_path, story.ORDER_NUMBER)
    path = sorted((tmp_path / "case").glob("*.zip"))[0]
    path.write_bytes(path.read_bytes()[:-40])
    found = payments_in(tmp_path / "case")
    assert found.unread == (str(path),)
    assert len(found.bills) == 1


def test_rows_that_the_original_does_not_have_are_told_of(kit: Kit, tmp_path: Path) -> None:
    sealed = add(make.HERE / "wechat.csv", kit, tmp_path)
    folder = tmp_path / "unzipped"
    with zipfile.ZipFile(sealed.path) as archive:
        archive.extractall(folder)
    (top,) = folder.iterdir()
    (payments,) = top.rglob("payments.json")
    payments.write_bytes(payments.read_bytes().replace(b"598.00", b"998.00"))
    (bill,) = payments_in(top).bills
    assert bill.is_reread is False
    next(top.rglob("0001-wechat.csv")).unlink()
    (bill,) = payments_in(top).bills
    assert bill.is_reread is None


def read_each(path: Path, reader: BillReader) -> list[ReadBill]:
    with Bundle(path) as bundle:
        files = [entry for item in bundle.evidence.items for entry in item.files]
        return [told for entry in files if (told := reader.read(bundle, entry))]


def test_bill_in_a_bundle_is_told_of_and_read_again(kit: Kit, tmp_path: Path) -> None:
    sealed = add(make.HERE / "wechat.csv", kit, tmp_path)
    (told,) = read_each(sealed.path, BillReader())
    assert told.bill is not None
    assert (len(told.bill.payments), told.is_reread) == (3, True)


def test_bills_are_read_only_as_far_as_their_bytes_are_not_too_many(
    kit: Kit, tmp_path: Path
) -> None:
    sealed = add(make.HERE / "wechat.csv", kit, tmp_path)
    with Bundle(sealed.path) as bundle:
        size_bytes = bundle.sizes[PAYMENTS]
    (told,) = read_each(sealed.path, BillReader(max_bytes=size_bytes + 1))
    assert told.is_reread is None
    (told,) = read_each(sealed.path, BillReader(max_bytes=size_bytes - 1))
    assert told.bill is None


def test_rows_of_other_bytes_than_were_sealed_are_not_told(kit: Kit, tmp_path: Path) -> None:
    sealed = add(make.HERE / "wechat.csv", kit, tmp_path)
    with Bundle(sealed.path) as bundle:
        (entry,) = (one for one in bundle.evidence.items[0].files if one.path == PAYMENTS)
        assert BillReader().read(bundle, entry, sha256="0" * 64) is None
        assert BillReader().read(bundle, entry, sha256=bundle.manifest[PAYMENTS]) is not None


def test_order_numbers_that_a_spreadsheet_cut_are_told_of(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(make.wechat_csv().replace(make.WECHAT_NUMBER.encode(), b"4.20000E+27"))
    notes = {note.code: note.params for note in add(path, kit, tmp_path).notes}
    assert notes["bill.rounded"]["number"] == "4.20000E+27"
    assert notes["bill.rounded"]["row"] == 18


def test_rows_of_another_version_of_the_reader_say_whose_they_are(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evidence_kit.actions.bills.VERSION", "0")
    sealed = add(make.HERE / "wechat.csv", kit, tmp_path)
    (told,) = read_each(sealed.path, BillReader())
    assert (told.reader_version, told.is_reread) == ("0", True)


def test_payments_are_the_same_as_far_as_both_tell_seconds(kit: Kit, tmp_path: Path) -> None:
    """Two refunds of one payment may come within a minute."""
    line, *_ = (one for one in make.wechat_csv().splitlines(keepends=True) if b"20:06:41" in one)
    rows = {
        "seconds": [line, line.replace(b"20:06:41", b"20:06:50"), line],
        "minutes": [line.replace(b"20:06:41", b"20:06"), line.replace(b"20:06:41", b"20:07")],
        "after": [line.replace(b"20:06:41", b"20:07:59"), line.replace(b"20:06:41", b"20:08:00")],
    }
    case = create_case(tmp_path / "case", facts={"order": story.ORDER_NUMBER}, now=kit.now())
    head = make.wechat_csv().partition(line)[0]
    for name, lines in rows.items():
        path = tmp_path / f"{name}.csv"
        path.write_bytes(head + b"".join(lines))
        add_files([path], case, kit=kit)
    found = payments_in(case.folder)
    first = [[one.same_as and one.same_as.row for one in bill.payments] for bill in found.bills]
    assert first == [[None, None, 18], [18, None], [19, None]]
    assert (len(found.matched()), found.count_matched()) == (7, 4)
