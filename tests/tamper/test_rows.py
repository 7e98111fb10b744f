"""No code without its row: what can fail has been seen to fail."""

import ast
import re
from pathlib import Path

import evidence_kit
from tests.checks import test_chain
from tests.tamper import test_folder
from tests.tamper.table import FAILED, INDETERMINATE
from tests.tamper.test_tamper import ROWS

PACKAGE = Path(evidence_kit.__file__).parent
CODE = re.compile(
    r"(algorithm|certificate|chain|container|crl|digest|files|proof|receipt|renewal|revocation|signature"
    r"|signer|structure|time|timestamp|not_before|unsupported)\.[a-z0-9_]+|ignored_proof"
)
NEVER_BAD = {
    "chain.holds",
    "container.canonical",
    "container.not_judged",
    "digest.tags",
    "digest.verified",
    "ignored_proof",
    "not_before.holds",
    "not_before.no_support",
    "not_before.other_act",
    "proof.misnamed",
    "proof.unknown",
    "receipt.matches",
    "renewal.covered_gone",
    "renewal.gap",
    "renewal.holds",
    "renewal.incomplete",
    "renewal.mismatch",
    "renewal.order",
    "renewal.saves",
    "revocation.as_of",
    "revocation.good",
    "revocation.later",
    "revocation.not_checked",
    "revocation.unrelated",
    "signature.holds",
    "signer.chain_not_checked",
    "signer.expected",
    "signer.key",
    "signer.self_asserted",
    "structure.members",
    "structure.record",
    "timestamp.given_root",
    "timestamp.holds",
    "timestamp.sha1_certificate_id",
}
"""Codes of findings that are passed or noted, whatever happens, and the reasons of these."""
TESTED = {"chain.empty", "chain.receipt_gone"}
"""Codes that have a test of their own in tests/checks/test_chain.py."""
ERRORS = {"crl.not_accepted", "crl.unreadable", "receipt.malformed", "signer.malformed"}
"""Codes of errors that look like those of findings."""


def emitted() -> set[str]:
    """Every code that stands in the reader, the checks or the verification of a case."""
    files = [
        *PACKAGE.glob("bundle/*.py"),
        *PACKAGE.glob("checks/*.py"),
        PACKAGE / "actions/verify.py",
    ]
    return {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


def expected() -> set[str]:
    """Every code that some row wants to see fail."""
    bad = {row.code for row in ROWS if row.verdict in (FAILED, INDETERMINATE)}
    marks = [
        *test_chain.test_attack_on_the_chain_is_found.pytestmark,  # type: ignore[attr-defined]
        *test_chain.test_attack_on_earlier_bundles_is_found.pytestmark,  # type: ignore[attr-defined]
        *test_folder.test_attack_on_the_folder_is_found.pytestmark,  # type: ignore[attr-defined]
    ]
    return bad | {row[1] for mark in marks for row in mark.args[1]} | TESTED


def test_every_code_that_can_fail_has_a_row() -> None:
    assert emitted() - NEVER_BAD - ERRORS - expected() == set()


def test_codes_that_never_fail_are_still_in_use() -> None:
    assert NEVER_BAD - emitted() == set()
