"""What `show --payments` prints, in both languages."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

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
    assert "a longer number that holds the order number K20261101" in ran.out
    assert "nothing of it was checked" in ran.err


def test_same_in_chinese(run: Run, case: Path) -> None:
    ran = run("--lang", "zh", "show", case, "--payments")
    assert "2026-11-01 20:06:41 支出 598.00 元，云雀点卡，交易成功（第 18 行，字节" in ran.out
    assert "其较长的单号中包含订单号 K20261101" in ran.out


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
