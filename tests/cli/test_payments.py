"""What `show --payments` prints, in both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence_kit.bills.columns import time_of
from evidence_kit.errors import ExitCode
from fixtures import story
from fixtures.bills import make
from tests.cli.conftest import Run
from tests.cli.conftest import run as run
from tests.cli.pages import Page


@pytest.fixture
def case(run: Run) -> Path:
    """A case with a bill that lists the payment of its order."""
    run("init", "case", "--order", story.ORDER_NUMBER)
    run("add", make.HERE / "alipay_app.csv", "--case", "case", "--no-timestamp")
    return Path("case")


def test_rows_are_listed_with_their_place_and_the_order_is_found(run: Run, case: Path) -> None:
    ran = run("show", case, "--payments")
    assert ran.code == ExitCode.DONE
    assert "2026-11-01 20:06:41 out 598.00 yuan, 云雀点卡, 交易成功 (row 18, bytes" in ran.out
    assert "a longer number or text holds the order number K20261101: 1\n" in ran.out
    assert "nothing of it was checked" in ran.err


def test_same_in_chinese(run: Run, case: Path) -> None:
    ran = run("--lang", "zh", "show", case, "--payments")
    assert "2026-11-01 20:06:41 支出 598.00 元，云雀点卡，交易成功（第 18 行，字节" in ran.out
    assert "更长的号码或文字中包含订单号 K20261101 的行：1\n" in ran.out


def test_bundle_without_a_bill_says_so(run: Run) -> None:
    Path("a.txt").write_text("hello\n", encoding="utf-8")
    run("add", "a.txt", "-o", "a.zip", "--no-timestamp")
    assert "no bill whose rows could be read" in run("show", "a.zip", "--payments").out


def test_payments_and_extract_are_refused_together(run: Run, case: Path) -> None:
    ran = run("show", case, "--payments", "--extract", "x")
    assert ran.code == ExitCode.USAGE
    assert not Path("x").exists()


@pytest.fixture
def cut(run: Run) -> Iterator[Path]:
    """A bundle with a bill that has one row less than it says, and is no text at its end."""
    text = make.wechat_csv().replace("共3笔".encode(), "共4笔".encode())
    Path("cut.csv").write_bytes(text + b"\xff\xff\xff\n")
    run("add", "cut.csv", "-o", "cut.zip", "--no-timestamp")
    yield Path("cut.zip")


@pytest.mark.parametrize("options", [[], ["--payments"]], ids=["show", "payments"])
def test_bill_that_lacks_rows_or_is_damaged_says_so_wherever_it_is_shown(
    options: list[str], run: Run, cut: Path
) -> None:
    told = run("show", cut, *options).out
    assert "beware: the bill itself says that it has 4 rows, and 3 were found" in told
    assert "beware: the bill is no text after row 20, and was not read further" in told
    assert "注意：账单自己写着有 4 笔，读到 3 笔" in run("--lang", "zh", "show", cut, *options).out


def test_show_says_that_a_document_is_a_bill(run: Run, cut: Path) -> None:
    told = run("show", cut).out
    assert "bill: of WeChat Pay, number of payments: 3" in told
    assert "not what this version reads" not in told


def test_json_tells_of_the_bill_and_what_it_lacks(run: Run, cut: Path) -> None:
    (bill,) = json.loads(run("show", cut, "--json").out)["bills"]
    assert bill == {
        "item": "E1",
        "original": "data/files/0001-cut.csv",
        "service": "wechat",
        "count": 3,
        "declared_count": 4,
        "stopped": {"code": "bill.undecodable", "row": 20},
        "rounded_rows": [],
        "is_reread": True,
    }
    (listed,) = json.loads(run("show", cut, "--payments", "--json").out)["bills"]
    assert (listed["count"], listed["declared_count"]) == (3, 4)


def test_page_tells_of_the_bill_and_what_it_lacks(run: Run, cut: Path) -> None:
    run("verify", cut, "--html", "page.html")
    page = Page(Path("page.html").read_bytes())
    assert "of WeChat Pay, number of payments: 3" in page.said("en")
    assert "the bill itself says that it has 4 rows, and 3 were found" in page.said("en")
    assert "账单自己写着有 4 笔，读到 3 笔" in page.said("zh")


def test_whole_bill_has_nothing_to_beware_of(run: Run, case: Path) -> None:
    (bundle,) = case.glob("*.zip")
    for options in ([], ["--payments"]):
        assert "beware" not in run("show", bundle, *options).out


def numbered(name: str, *numbers: str) -> Path:
    """A bill in which the payment stands once for each of these merchant's order numbers."""
    lines = make.wechat_csv().decode("utf-8-sig").splitlines(keepends=True)
    (row,) = (line for line in lines if make.SHOP_NUMBER in line)
    rows = [
        row.replace(make.SHOP_NUMBER, number).replace(make.WECHAT_NUMBER, f"42000{at}")
        for at, number in enumerate(numbers)
    ]
    head = lines[: lines.index(row)]
    Path(name).write_text("".join(head + rows), encoding="utf-8")
    return Path(name)


def test_rows_with_the_order_are_counted(run: Run) -> None:
    run("init", "case", "--order", "K20261101")
    bill = numbered("a.csv", "K20261101", "k20261101", "XP99K20261101", "K2026110155")
    run("add", bill, "--case", "case", "--no-timestamp")
    told = run("show", "case", "--payments").out
    assert "rows with the order number K20261101: 2\n" in told
    assert "rows where a longer number or text holds the order number K20261101: 1\n" in told
    assert "order, but for large and small letters, stands in 商户单号" in told
    assert "much like that of the case's order, but not it, stands in 商户单号" in told
    assert "different payments" not in told
    data = json.loads(run("show", "case", "--payments", "--json").out)
    assert (data["rows_whole"], data["rows_part"], data["different_payments"]) == (2, 1, 3)
    assert data["bills"][0]["payments"][1]["match"] == {
        "column": "商户单号",
        "is_whole": True,
        "is_same_case": False,
    }
    assert data["bills"][0]["payments"][3]["similar"] == "商户单号"


def test_payment_that_two_bundles_list_is_counted_once_and_said_to_be_the_same(run: Run) -> None:
    run("init", "case", "--order", story.ORDER_NUMBER)
    for name in ("wechat.csv", "wechat.xlsx"):
        run("add", make.HERE / name, "--case", "case", "--no-timestamp")
    told = run("show", "case", "--payments").out
    assert "holds the order number K20261101: 2\n" in told
    assert "these rows list 1 different payments" in told
    assert told.count("is listed already: 0001-document.evidence.zip E1, row 18") == 1
    data = json.loads(run("show", "case", "--payments", "--json").out)
    assert data["bills"][0]["payments"][0]["same_as"] is None
    assert data["bills"][1]["payments"][0]["same_as"]["row"] == 18


def test_order_that_no_row_has_is_denied_with_what_is_like_it(run: Run) -> None:
    run("init", "case", "--order", "K20261101")
    run("add", numbered("a.csv", "K2026110155"), "--case", "case", "--no-timestamp")
    told = run("show", "case", "--payments").out
    assert "no number in these bills equals or holds the order number K20261101" in told
    assert "much like it, 1: 0001-document.evidence.zip E1, row 18" in told


def test_short_order_is_said_not_to_be_looked_for_inside_longer_numbers(run: Run) -> None:
    run("init", "case", "--order", "598")
    run("add", numbered("a.csv", "T200P598"), "--case", "case", "--no-timestamp")
    told = run("show", "case", "--payments").out
    assert "no number in these bills equals the order number 598; only one of at least 8" in told


def excel(text: str) -> bytes:
    """A bill as a spreadsheet program saves it again."""
    text = text.replace(make.WECHAT_NUMBER, "4.2E+27")
    return text.replace("2026-11-01 20:06:41", "2026/11/1 20:06").encode()


@pytest.fixture
def saved_again(run: Run) -> Path:
    """A bundle with such a bill."""
    Path("excel.csv").write_bytes(excel(make.wechat_csv().decode("utf-8-sig")))
    run("add", "excel.csv", "-o", "excel.zip", "--no-timestamp")
    return Path("excel.zip")


def test_time_is_shown_as_exactly_as_the_bill_has_it(run: Run, saved_again: Path) -> None:
    told = run("show", saved_again, "--payments").out
    assert "  2026-11-01 20:06 out 598.00 yuan" in told
    (bill,) = json.loads(run("show", saved_again, "--payments", "--json").out)["bills"]
    assert bill["payments"][0]["payment"]["time"] == "2026-11-01T20:06"
    assert bill["payments"][0]["rounded"] == ["4.2E+27"]


@pytest.mark.parametrize("options", [[], ["--payments"]], ids=["show", "payments"])
def test_order_number_that_lost_digits_is_warned_of(
    options: list[str], run: Run, saved_again: Path
) -> None:
    told = run("show", saved_again, *options).out
    assert "beware: order numbers have lost digits in 1 rows, such as 4.2E+27 in row 18" in told
    assert "订单号丢了位数" in run("--lang", "zh", "show", saved_again, *options).out


def test_row_whose_order_number_lost_digits_says_so(run: Run, saved_again: Path) -> None:
    told = run("show", saved_again, "--payments").out
    assert told.count("beware: 4.2E+27 is not the whole number") == 1


def test_bytes_of_a_row_are_told_from_the_first_to_the_last(run: Run, case: Path) -> None:
    (row,) = (line for line in run("show", case, "--payments").out.splitlines() if "598.00" in line)
    match = re.search(r"bytes (\d+)–(\d+)", row)
    assert match is not None
    content = (make.HERE / "alipay_app.csv").read_bytes()
    first, last = int(match[1]), int(match[2])
    assert content[first - 1 : first] == content[last : last + 1] == b"\n"


def test_rows_that_another_version_reads_otherwise_are_warned_of(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("excel.csv").write_bytes(excel(make.wechat_csv().decode("utf-8-sig")))
    with monkeypatch.context() as older:
        older.setattr("evidence_kit.actions.bills.VERSION", "1")
        older.setattr(
            "evidence_kit.bills.reading.time_of",
            lambda text, *, is_number: f"{time_of(text, is_number=is_number)}:00",
        )
        run("add", "excel.csv", "-o", "old.zip", "--no-timestamp")
    for options in ([], ["--payments"]):
        told = run("show", "old.zip", *options).out
        assert "said to come from version 1" in told


def test_rows_that_the_original_has_not_are_warned_of(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as forger:
        forger.setattr("evidence_kit.bills.reading.amount_of", lambda text, *, is_number: "999.00")
        run("add", make.HERE / "wechat.csv", "-o", "forged.zip", "--no-timestamp")
    for options in ([], ["--payments"]):
        told = run("show", "forged.zip", *options).out
        assert "beware: its rows are not what this version reads from the original\n" in told


def test_bill_of_too_many_rows_is_still_said_to_be_one(
    run: Run, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bundle,) = case.glob("*.zip")
    monkeypatch.setattr("evidence_kit.actions.bill_account.BillReader._takes", lambda *_: False)
    assert (
        "bill: its rows can't be read, or are too many to be read here" in run("show", bundle).out
    )
    (bill,) = json.loads(run("show", bundle, "--json").out)["bills"]
    assert bill["count"] is None
    run("verify", bundle, "--html", "page.html")
    assert "its rows can't be read" in Page(Path("page.html").read_bytes()).said("en")
