"""What `show --payments` prints, in both languages."""

from pathlib import Path

import pytest

from evidence_kit.errors import ExitCode
from fixtures import story
from fixtures.bills import make
from tests.cli.conftest import Run
from tests.cli.conftest import run as run


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
