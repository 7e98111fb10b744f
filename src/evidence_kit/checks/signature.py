"""The signature over the tagmanifest, and whose key made it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from evidence_kit.bundle import layout
from evidence_kit.bundle.receipt import make_receipt
from evidence_kit.checks.examination import Examination
from evidence_kit.checks.revocation import chain_status
from evidence_kit.checks.tokens import time_text
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.x509 import describe
from evidence_kit.report import Finding, Outcome, Question, finding


def check_signature(examination: Examination) -> Iterator[Finding]:
    """Whether the signature holds, and was made with the certificate that is named."""
    signature = examination.signature
    yield finding(
        Question.UNALTERED,
        "signature.holds",
        Outcome.PASSED,
        layout.SIGNATURE,
        algorithm=signature.algorithm,
    )
    if sha256_hex(examination.certificate_der) != examination.bundle.evidence.signer_sha256:
        yield finding(
            Question.SIGNER, "signature.certificate_mismatch", Outcome.FAILED, layout.SIGNER
        )


def check_signer(examination: Examination) -> Iterator[Finding]:
    """Whose key signed, as far as that can be known."""
    signature = examination.signature
    certificate = describe(signature.certificate_der)
    yield finding(
        Question.SIGNER,
        "signer.key",
        Outcome.PASSED,
        layout.SIGNER,
        sha256=certificate.sha256,
        subject=certificate.subject,
    )
    code = "signer.self_asserted" if certificate.is_self_made else "signer.chain_not_checked"
    yield finding(Question.SIGNER, code, Outcome.NOTED, layout.SIGNER, issuer=certificate.issuer)
    times = [token.gen_time for token in examination.proving]
    proven_at = min(times, default=None)
    # notAfter names a second, and is valid to its end.
    if proven_at and proven_at >= certificate.not_after + timedelta(seconds=1):
        yield finding(Question.SIGNER, "signer.expired", Outcome.FAILED, layout.SIGNER)
    if proven_at and proven_at < certificate.not_before:
        yield finding(Question.SIGNER, "signer.not_yet_valid", Outcome.INDETERMINATE, layout.SIGNER)
    yield from _revoked(examination, proven_at)


def _revoked(examination: Examination, proven_at: datetime | None) -> Iterator[Finding]:
    """Whether the signer's certificate, or one above it, was revoked; no list says nothing."""
    status = chain_status(examination.signer_chain_der, examination.lists)
    for revocation in status.revocations:
        if proven_at is None:
            outcome = Outcome.INDETERMINATE
        elif revocation.revoked_at <= proven_at:
            outcome = Outcome.FAILED
        else:
            is_doubtful = revocation.doubtful_since <= proven_at
            outcome = Outcome.INDETERMINATE if is_doubtful else Outcome.NOTED
        yield finding(
            Question.SIGNER,
            "signer.revoked",
            outcome,
            layout.SIGNER,
            time=time_text(revocation.revoked_at),
            reason=revocation.reason or "-",
        )


def check_pins(examination: Examination) -> Iterator[Finding]:
    """Whether the bundle is the one, and the signer the one, that the reader knows of."""
    expectations = examination.expectations
    if expectations.signer_sha256 is not None:
        actual = sha256_hex(examination.signature.certificate_der)
        is_same = actual == expectations.signer_sha256
        yield finding(
            Question.SIGNER,
            "signer.expected" if is_same else "signer.unexpected",
            Outcome.PASSED if is_same else Outcome.FAILED,
            layout.SIGNER,
            sha256=actual,
        )
    if expectations.receipt is not None:
        receipt = make_receipt(examination.bundle, None)
        is_same = receipt[:4] == expectations.receipt[:4]
        yield finding(
            Question.SIGNER,
            "receipt.matches" if is_same else "receipt.mismatch",
            Outcome.PASSED if is_same else Outcome.FAILED,
            layout.TAGMANIFEST,
            id=receipt.id,
            expected_id=expectations.receipt.id,
        )
        if is_same:
            yield from _receipt_time(examination, expectations.receipt.gen_time)


def _receipt_time(examination: Examination, gen_time: str) -> Iterator[Finding]:
    """A token that the receipt knew of must still be there."""
    times = {time_text(judged.token.gen_time) for judged in examination.tokens if judged.token}
    if gen_time != "-" and gen_time not in times:
        yield finding(
            Question.SINCE, "receipt.token_gone", Outcome.FAILED, layout.SIGNATURE, time=gen_time
        )
