"""The whole table."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.differential import signatures_by_tools, tokens_by_tools
from tests.differential.case import ACCEPTS, PASSED, Answers, Row
from tests.differential.signatures_by_hand import BY_HAND
from tests.differential.signatures_signer import SIGNER_ROWS
from tests.differential.tokens_attributes import ATTRIBUTE_ROWS
from tests.differential.tokens_by_certomancer import BY_CERTOMANCER
from tests.differential.tokens_certificates import CERTIFICATES
from tests.differential.tokens_envelope import ENVELOPES
from tests.differential.tokens_statement import STATEMENTS

_SIGNATURES = (*signatures_by_tools.BY_TOOLS, *BY_HAND, *SIGNER_ROWS)
_TOKENS = (
    *tokens_by_tools.BY_TOOLS,
    *STATEMENTS,
    *ENVELOPES,
    *ATTRIBUTE_ROWS,
    *CERTIFICATES,
    *BY_CERTOMANCER,
)
ROWS: tuple[Row, ...] = tuple(
    replace(row, name=f"{kind}: {row.name}")
    for kind, rows in (("signature", _SIGNATURES), ("token", _TOKENS))
    for row in rows
)
"""Every row: signatures first, then tokens."""


def lines(answers: Mapping[str, Answers]) -> Iterator[str]:
    """The table as text, one row a line, with the answers that were given to each name."""
    yield " | ".join(("row", "evidence-kit", "openssl", "pyHanko", "why we differ"))
    for row in ROWS:
        said = answers[row.name]
        kit = f"{said.outcome.upper()} {said.code}"
        yield " | ".join((row.name, kit, said.openssl, said.pyhanko, row.why))
    given = answers.values()
    for name, is_true in (
        ("rows", [True for _ in given]),
        ("accepted by the kit", [said.outcome is PASSED for said in given]),
        ("accepted by openssl", [said.openssl == ACCEPTS for said in given]),
        ("accepted by pyHanko", [said.pyhanko == ACCEPTS for said in given]),
        ("disputed", [said.is_disputed for said in given]),
    ):
        yield f"{sum(is_true):4} {name}"
