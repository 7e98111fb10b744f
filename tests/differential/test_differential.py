from collections import Counter

import pytest

from evidence_kit.messages.findings import FINDINGS
from tests.differential import reasons
from tests.differential.case import ACCEPTS, FAILED, PASSED, Case, Row, SignatureCase, TokenCase
from tests.differential.judges import ask_kit, judge
from tests.differential.table import ROWS, lines
from tests.differential.workshop import Workshop

ELSEWHERE = {
    # of a bundle or its signer.pem, not of a signature or token by itself
    "signature.pem",
    "timestamp.none",
    # notes that come with a token that holds
    "timestamp.given_root",
    "timestamp.sha1_certificate_id",
    # of an authority's fresh answer
    "timestamp.nonce",
    "timestamp.policy",
    "timestamp.refused",
}
"""Codes whose tests are tests/tamper, tests/checks and tests/crypto/test_tsp.py."""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("differential"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_answers_as_expected(row: Row, workshop: Workshop) -> None:
    assert judge(workshop.make(row)) == row.expected


def test_nothing_passes_as_what_it_is_not(workshop: Workshop) -> None:
    """A signature in a token's place and the reverse: refused, with no other exception."""
    for case in map(workshop.make, ROWS[::5]):
        other: Case
        if isinstance(case, SignatureCase):
            other = TokenCase(tsr=case.signature, data=case.content, roots_der=())
        else:
            signer = workshop.key.certificate_der
            other = SignatureCase(signature=case.tsr, content=case.data, certificate_der=signer)
        _, outcome = ask_kit(other)
        assert outcome is FAILED


def test_every_dispute_has_its_reason_and_nothing_else_has() -> None:
    assert [row.name for row in ROWS if row.expected.is_disputed != bool(row.why)] == []


def test_what_the_pasted_commands_refuse_is_accepted_for_these_reasons_alone() -> None:
    kept = [row for row in ROWS if row.expected.outcome is PASSED]
    assert {row.why for row in kept if row.expected.openssl != ACCEPTS} == {
        reasons.BESIDE,
        reasons.FIRST,
        reasons.HINT,
        reasons.INCLUSIVE,
        reasons.PINNED_CA,
        reasons.SPELLED_OUT,
    }


def test_names_are_told_once() -> None:
    assert [name for name, times in Counter(row.name for row in ROWS).items() if times > 1] == []


def test_every_code_has_a_row() -> None:
    judged = {
        code
        for code in FINDINGS
        if code.startswith(("signature.", "timestamp.")) and code not in ELSEWHERE
    }
    assert {row.expected.code for row in ROWS} == judged


def test_summary_tells_each_row_and_counts_them() -> None:
    head, *rows, total, accepted, _, _, disputed = lines({row.name: row.expected for row in ROWS})
    assert len(head.split(" | ")) == 5
    assert [row.split(" | ")[0] for row in rows] == [row.name for row in ROWS]
    assert total.split() == [str(len(ROWS)), "rows"]
    assert accepted.split()[0] == str(sum(row.expected.outcome is PASSED for row in ROWS))
    assert disputed.split()[0] == str(sum(bool(row.why) for row in ROWS))
