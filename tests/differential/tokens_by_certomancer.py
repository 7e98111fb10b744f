"""Tokens of the infrastructure in authorities.yml: what leaf and path may be."""

from tests.crypto.forge import NOW
from tests.differential import by_certomancer, reasons
from tests.differential.case import FAILED, INDETERMINATE, PASSED, Make, Row, row
from tests.differential.tokens_certificates import CHAIN, UNTRUSTED, USAGE
from tests.differential.tokens_statement import HOLDS, OUTSIDE, UNSUPPORTED


def of_service(name: str, **how: object) -> Make:
    """A token of one service in authorities.yml."""
    return lambda w: by_certomancer.stamped(w, name, **how)  # type: ignore[arg-type]


BY_CERTOMANCER: list[Row] = [
    row("certomancer, P-256", of_service("good"), PASSED, HOLDS),
    row("certomancer, RSA 2048", of_service("rsa"), PASSED, HOLDS),
    row("certomancer, P-384", of_service("p384", imprint="sha384"), PASSED, HOLDS),
    row("certomancer, imprint SHA-512", of_service("good", imprint="sha512"), PASSED, HOLDS),
    row("certomancer, SHA-1", of_service("rsa-sha1"), INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("certomancer, PSS", of_service("pss"), INDETERMINATE, UNSUPPORTED,
        openssl="invalid padding", why=reasons.KIND),
    row("certomancer, Ed25519", of_service("ed25519"), INDETERMINATE, UNSUPPORTED,
        openssl="operation not supported for this keytype", pyhanko="crypto_constraints_failure"),
    row("certomancer, leaf expired", of_service("expired"), FAILED, OUTSIDE,
        openssl="certificate has expired", pyhanko="out_of_bounds_no_poe"),
    row("certomancer, leaf expired since",
        of_service("expired", at=NOW.replace(year=2025)), PASSED, HOLDS),
    row("certomancer, usage not critical", of_service("not-critical"), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", why=reasons.USAGE),
    row("certomancer, usage with another", of_service("also-code"), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", why=reasons.USAGE),
    row("certomancer, usage another", of_service("code"), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", pyhanko="chain_constraints_failure"),
    row("certomancer, usage absent", of_service("absent"), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", pyhanko="chain_constraints_failure"),
    row("certomancer, leaf of the root", of_service("of-root"), PASSED, HOLDS),
    row("certomancer, cross certificate", of_service("cross"), PASSED, HOLDS),
    row("certomancer, elder root", of_service("cross", roots=("elder",)), PASSED, HOLDS),
    row("certomancer, another root", of_service("good", roots=("elder",)),
        INDETERMINATE, UNTRUSTED,
        openssl="unable to get local issuer certificate", pyhanko="no_certificate_chain_found"),
    row("certomancer, CA without constraints", of_service("no-constraints"),
        INDETERMINATE, CHAIN,
        openssl="invalid CA certificate", pyhanko="certificate_chain_general_failure"),
    row("certomancer, CA that is none", of_service("no-ca"), INDETERMINATE, CHAIN,
        openssl="invalid CA certificate", pyhanko="certificate_chain_general_failure"),
    row("certomancer, CA may not certify", of_service("may-not-certify"), INDETERMINATE, CHAIN,
        openssl="invalid CA certificate", pyhanko="certificate_chain_general_failure"),
    row("certomancer, CA for e-mail", of_service("for-mail"), INDETERMINATE, CHAIN,
        why="an authority confined to other purposes can't vouch for times"),
    row("certomancer, CA for time stamps", of_service("for-time"), PASSED, HOLDS),
    row("certomancer, path too long", of_service("no-more"), INDETERMINATE, CHAIN,
        openssl="path length constraint exceeded", pyhanko="certificate_chain_general_failure"),
    row("certomancer, CA expired", of_service("ca-expired"), INDETERMINATE, CHAIN,
        openssl="certificate has expired", pyhanko="certificate_chain_general_failure"),
    row("certomancer, CA expired since",
        of_service("ca-expired", at=NOW.replace(year=2025)), PASSED, HOLDS),
    row("certomancer, CA with an unknown critical extension", of_service("unknown-critical"),
        INDETERMINATE, CHAIN,
        openssl="unhandled critical extension", pyhanko="certificate_chain_general_failure"),
    row("certomancer, CA demands a policy", of_service("policy-needed"), INDETERMINATE, CHAIN,
        pyhanko="certificate_chain_general_failure",
        why="no certificate names a policy (RFC 5280 §6.1.3); openssl asks only on request"),
    row("certomancer, five deep", of_service("deep"), PASSED, HOLDS),
    row("certomancer, eight deep", of_service("too-deep"), INDETERMINATE, CHAIN,
        why="no authority needs a path so long: more is work for an attacker to give"),
]  # fmt: skip
"""The infrastructure of authorities.yml."""
