"""Asks the kit, openssl and pyHanko about a case, each as its user would."""

import asyncio
import hashlib
import logging
import re
import shlex
import subprocess
import tempfile
import warnings
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature

from evidence_kit.crypto.cms import verify_detached
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.pem import Anchor, certificate_to_pem
from evidence_kit.crypto.tsp import verify_token
from evidence_kit.report import Fault, Outcome
from tests.crypto.forge import NOW
from tests.differential.case import (
    ACCEPTS,
    CRASHES,
    INDETERMINATE,
    PASSED,
    Answers,
    Case,
    SignatureCase,
)

_REASON = re.compile(r"error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):[^:]*:\d+:(?:Verify error:(.+))?")
_DETAILS = re.compile(r" \[|, or | for subject|\.$|\n")
"""What follows the reason in pyHanko's messages."""


def judge(case: Case) -> Answers:
    """What the three say of it."""
    with warnings.catch_warnings():
        # a user's interpreter does not turn warnings into errors, as the tests do
        warnings.simplefilter("ignore")
        code, outcome = ask_kit(case)
        return Answers(
            code=code, outcome=outcome, openssl=ask_openssl(case), pyhanko=ask_pyhanko(case)
        )


def ask_kit(case: Case) -> tuple[str, Outcome]:
    """Code and outcome of the finding."""
    try:
        if isinstance(case, SignatureCase):
            verify_detached(case.signature, case.content, certificate_der=case.certificate_der)
            return "signature.holds", PASSED
        found = verify_token(
            case.tsr,
            case.data,
            anchors=[_anchor(der) for der in case.roots_der],
            extra_certificates_der=case.extra_der,
        )
    except Fault as fault:
        return fault.code, fault.outcome
    if found.anchor is None:
        return "timestamp.untrusted", INDETERMINATE
    return "timestamp.holds", PASSED


def _anchor(der: bytes) -> Anchor:
    return Anchor(
        id=sha256_hex(der),
        name_en="Test",
        name_zh="测试",
        country=None,
        certificate_der=der,
        source="given",
    )


def _pasted(beginning: str) -> str:
    """The command of VERIFY.txt that begins so."""
    text = resources.files("evidence_kit.bundle").joinpath("VERIFY.txt").read_text("utf-8")
    return next(line.strip() for line in text.splitlines() if line.strip().startswith(beginning))


def ask_openssl(case: Case) -> str:
    """The answer of the command that VERIFY.txt tells the reader to paste."""
    with tempfile.TemporaryDirectory(prefix="differential-") as name:
        folder = Path(name)
        proof = folder / "proof"
        proof.mkdir()
        if isinstance(case, SignatureCase):
            (proof / "signature.p7s").write_bytes(case.signature)
            (proof / "signer.pem").write_bytes(certificate_to_pem(case.certificate_der))
            (folder / "tagmanifest-sha256.txt").write_bytes(case.content)
            line = _pasted("openssl cms -verify")
        else:
            (proof / "signature.p7s").write_bytes(case.data)
            (proof / "signature.p7s.0.tsr").write_bytes(case.tsr)
            root = folder / "root.pem"
            root.write_bytes(b"".join(map(certificate_to_pem, case.roots_der)))
            line = _pasted("openssl ts -verify").replace("/tmp/root.pem", shlex.quote(str(root)))
        done = subprocess.run(
            ["bash", "-c", line], cwd=folder, capture_output=True, text=True, errors="replace"
        )
    if done.returncode == 0:
        return ACCEPTS
    reasons = _REASON.findall(done.stderr + done.stdout)
    return next((more.strip() or reason for reason, more in reasons), f"code {done.returncode}")


def ask_pyhanko(case: Case) -> str:
    """The answer of pyHanko's own validation of CMS and tokens, as of the right moment."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    if isinstance(case, SignatureCase):
        return _answer(lambda: _validate_signature(case.signature, case))
    return _answer(lambda: _validate_token(case.tsr, case.data, case.roots_der))


def _answer(validate: Callable[[], Awaitable[Any]]) -> str:
    from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
    from pyhanko.sign.validation.errors import SignatureValidationError

    refusals = (CMSExtractionError, CMSStructuralError, SignatureValidationError)

    async def run() -> Any:
        return await validate()

    try:
        status = asyncio.run(run())
    except refusals as error:
        return _DETAILS.split(str(getattr(error, "failure_message", error)))[0]
    except (InvalidSignature, ValueError) as error:
        return f"raises {type(error).__name__}"
    except Exception as error:
        return f"{CRASHES}{type(error).__name__}"
    if not (status.intact and status.valid):
        return "not intact" if status.valid else "not valid"
    return ACCEPTS if status.trusted else str(status.trust_problem_indic.name).lower()


def _context(roots_der: Sequence[bytes], moment: datetime) -> Any:
    from pyhanko_certvalidator import ValidationContext

    roots = [asn1_x509.Certificate.load(der) for der in roots_der]
    return ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False)


async def _validate_signature(signature: bytes, case: SignatureCase) -> object:
    from pyhanko.sign.validation import async_validate_detached_cms

    signed = cms.ContentInfo.load(signature, strict=True)["content"]
    context = _context([case.issuer_der or case.certificate_der], NOW)
    return await async_validate_detached_cms(
        case.content, signed, signer_validation_context=context
    )


async def _validate_token(tsr: bytes, data: bytes, roots_der: Sequence[bytes]) -> object:
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus

    signed = tsp.TimeStampResp.load(tsr, strict=True)["time_stamp_token"]["content"]
    content = signed["encap_content_info"]["content"]
    is_statement = isinstance(content, core.ParsableOctetString) and isinstance(
        content.parsed, tsp.TSTInfo
    )
    moment = content.parsed["gen_time"].native if is_statement else NOW
    found = await validate_tst_signed_data(
        signed, _context(roots_der, moment), lambda algorithm: _imprint(algorithm, data)
    )
    return TimestampSignatureStatus(**found)


def _imprint(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(algorithm, data).digest()
