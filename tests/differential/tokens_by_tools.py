"""Tokens that programs make: right ones, and those of a careless authority."""

from datetime import UTC, datetime

from tests.crypto.forge import Identity
from tests.differential import by_pyhanko, reasons
from tests.differential.by_openssl import issued_leaf, stamped
from tests.differential.case import FAILED, INDETERMINATE, PASSED, Row, row
from tests.differential.tokens_certificates import NO_CERTIFICATE
from tests.differential.tokens_statement import HOLDS, MALFORMED, OUTSIDE, UNSUPPORTED
from tests.differential.workshop import Workshop, new_key

LONG_AGO = datetime(2021, 5, 1, 10, 0, 0, tzinfo=UTC)


def short_lived(w: Workshop) -> Identity:
    """An RSA leaf that ended in 2023."""
    end = datetime(2023, 1, 1, tzinfo=UTC)
    return w.authority.issue_leaf(key=new_key("RSA 2048"), ends_at=end)


BY_TOOLS: list[Row] = [
    row("openssl", lambda w: stamped(w), PASSED, HOLDS),
    row("openssl, imprint SHA-384", lambda w: stamped(w, imprint="sha384"), PASSED, HOLDS),
    row("openssl, imprint SHA-512", lambda w: stamped(w, imprint="sha512"), PASSED, HOLDS),
    row("openssl, imprint SHA-1", lambda w: stamped(w, imprint="sha1"),
        INDETERMINATE, "timestamp.imprint_algorithm",
        why=reasons.WEAK),
    row("openssl, imprint MD5", lambda w: stamped(w, imprint="md5"),
        INDETERMINATE, "timestamp.imprint_algorithm",
        why=reasons.WEAK),
    row("openssl, P-384", lambda w: stamped(w, issued_leaf(w, "P-384")), PASSED, HOLDS),
    row("openssl, P-521", lambda w: stamped(w, issued_leaf(w, "P-521")), PASSED, HOLDS),
    row("openssl, RSA 2048", lambda w: stamped(w, issued_leaf(w, "RSA 2048")), PASSED, HOLDS),
    row("openssl, RSA 1024", lambda w: stamped(w, issued_leaf(w, "RSA 1024")),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("openssl, secp256k1", lambda w: stamped(w, issued_leaf(w, "secp256k1")),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("openssl, signed with SHA-512", lambda w: stamped(w, signer_digest="sha512"),
        PASSED, HOLDS),
    row("openssl, signed with SHA-1", lambda w: stamped(w, signer_digest="sha1"),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("openssl, signed with MD5",
        lambda w: stamped(w, issued_leaf(w, "RSA 2048"), signer_digest="md5"),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("openssl, milliseconds", lambda w: stamped(w, clock_precision_digits="3"),
        PASSED, HOLDS),
    row("openssl, microseconds", lambda w: stamped(w, clock_precision_digits="6"),
        PASSED, HOLDS),
    row("openssl, accuracy of all three",
        lambda w: stamped(w, accuracy="secs:1, millisecs:500, microsecs:100"), PASSED, HOLDS),
    row("openssl, accuracy of a day", lambda w: stamped(w, accuracy="secs:86400"),
        INDETERMINATE, "timestamp.accuracy",
        why=reasons.DAY),
    row("openssl, ordering", lambda w: stamped(w, ordering="yes"), PASSED, HOLDS),
    row("openssl, authority named", lambda w: stamped(w, tsa_name="yes"), PASSED, HOLDS),
    row("openssl, identifiers of the chain", lambda w: stamped(w, ess_cert_id_chain="yes"),
        PASSED, HOLDS),
    row("openssl, identifier of version 1", lambda w: stamped(w, ess_cert_id_alg="sha1"),
        PASSED, HOLDS),
    row("openssl, identifier by SHA-512", lambda w: stamped(w, ess_cert_id_alg="sha512"),
        PASSED, HOLDS),
    row("openssl, no nonce", lambda w: stamped(w, asks="-cert -no_nonce"), PASSED, HOLDS),
    row("openssl, policy asked for",
        lambda w: stamped(w, asks="-cert -tspolicy 1.2.3.5", other_policies="1.2.3.5"),
        PASSED, HOLDS),
    row("openssl, certificates not asked for", lambda w: stamped(w, asks=""),
        INDETERMINATE, NO_CERTIFICATE,
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("openssl, rejected", lambda w: stamped(w, digests="sha512"), FAILED, MALFORMED,
        openssl="no time stamp token", pyhanko="raises ValueError"),
    row("openssl, token alone", lambda w: stamped(w, gives="-token_out"), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("pyHanko", lambda w: by_pyhanko.stamped(w), PASSED, HOLDS),
    row("pyHanko, imprint SHA-512", lambda w: by_pyhanko.stamped(w, imprint="sha512"),
        PASSED, HOLDS),
    row("pyHanko, imprint SHA-1", lambda w: by_pyhanko.stamped(w, imprint="sha1"),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("pyHanko, imprint SHA-1, signed with SHA-256",
        lambda w: by_pyhanko.stamped(w, imprint="sha1", digest="sha256"),
        INDETERMINATE, "timestamp.imprint_algorithm",
        why=reasons.WEAK),
    row("pyHanko, imprint SHA-256, signed with SHA-1",
        lambda w: by_pyhanko.stamped(w, digest="sha1"), INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("pyHanko, long ago", lambda w: by_pyhanko.stamped(w, at=LONG_AGO), PASSED, HOLDS),
    row("pyHanko, expired since",
        lambda w: by_pyhanko.stamped(w, short_lived(w), at=LONG_AGO), PASSED, HOLDS),
    row("pyHanko, expired", lambda w: by_pyhanko.stamped(w, short_lived(w)), FAILED, OUTSIDE,
        openssl="certificate has expired", pyhanko="out_of_bounds_no_poe"),
    row("pyHanko, certificate not yet valid",
        lambda w: by_pyhanko.stamped(w, at=datetime(2019, 1, 1, tzinfo=UTC)), FAILED, OUTSIDE,
        openssl="certificate is not yet valid", pyhanko="certificate_chain_general_failure"),
]  # fmt: skip
"""Programs."""
