"""No rule without its row: what the format demands has been seen to be demanded."""

import ast
from pathlib import Path

import pytest

from tests.differential.table import ROWS as DIFFERENTIAL
from tests.tamper.rules import TABLES, Rules
from tests.tamper.test_tamper import ROWS

_TESTS = Path(__file__).parents[1]
_FILES = (
    "checks/test_chain.py",
    "crypto/test_tsp.py",
    "tamper/test_folder.py",
    "trust/test_tsa_client.py",
)


def known() -> set[str]:
    """Names of all rows, and of the tests of what is no row."""
    tests = {
        node.name
        for file in _FILES
        for node in ast.parse((_TESTS / file).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    return tests | {row.name for row in ROWS} | {row.name for row in DIFFERENTIAL}


@pytest.mark.parametrize("rules", TABLES.values(), ids=TABLES)
def test_every_rule_has_rows(rules: Rules) -> None:
    assert {name for names in rules.values() for name in names} - known() == set()
    assert all(rules.values())
