"""No rule without its row: what the format demands has been seen to be demanded."""

import ast
from pathlib import Path

import pytest

from tests.differential.table import ROWS as DIFFERENTIAL
from tests.tamper.rules import TABLES, Rules
from tests.tamper.test_tamper import ROWS

_CHECKS = Path(__file__).parents[1] / "checks" / "test_chain.py"
_FOLDER = Path(__file__).with_name("test_folder.py")


def known() -> set[str]:
    """Names of all rows, and of the tests of cases and folders."""
    tests = {
        node.name
        for file in (_CHECKS, _FOLDER)
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    return tests | {row.name for row in ROWS} | {row.name for row in DIFFERENTIAL}


@pytest.mark.parametrize("rules", TABLES.values(), ids=TABLES)
def test_every_rule_has_rows(rules: Rules) -> None:
    assert {name for names in rules.values() for name in names} - known() == set()
    assert all(rules.values())
