"""The originals: what was really signed and stamped, and so may be stated."""

import functools
import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from evidence_kit.report import Outcome, Report
from tests.fuzz import workshop
from tests.fuzz.guard import require
from tests.fuzz.readers import read_zip, require_consistent

CORPUS = Path(__file__).parent / "corpus"
_SIGNATURE = "proof/signature.p7s"


class Original(NamedTuple):
    """A bundle that the original signer sealed."""

    members: list[tuple[str, bytes]]
    """Those outside proof/."""
    times: frozenset[tuple[object, ...]]
    """gen_time and accuracy of the tokens in it."""
    receipt: list[str]
    """Its words but the time."""


@functools.cache
def originals() -> dict[str, Original]:
    """By SHA-256 of the signature."""
    found = {}
    for path in sorted((CORPUS / "bundle").glob("original-*.zip")):
        members = read_zip(path.read_bytes())
        files = {name.partition("/")[2]: content for name, content in members}
        evidence = json.loads(files["evidence.json"])
        signature = hashlib.sha256(files[_SIGNATURE]).hexdigest()
        tagmanifest = hashlib.sha256(files["tagmanifest-sha256.txt"]).hexdigest()
        sequence = str(evidence["case"]["sequence"] if evidence["case"] else 0)
        found[signature] = Original(
            members=[member for member in members if "/proof/" not in member[0]],
            times=frozenset(said(raw)[::3] for path, raw in files.items() if path[-4:] == ".tsr"),
            receipt=["ek1", evidence["id"], sequence, tagmanifest, signature],
        )
    return found


def _public_key(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def require_true(report: Report, content: bytes) -> None:
    """Demand that a report on these bytes states nothing that no original supports.

    Raises:
        Violation: it does.
    """
    if report.proven_times or report.sealed_no_later_than:
        _require_true_times(report, content)
    if report.verdict is not Outcome.PASSED:
        return
    files = require_consistent(content)
    require(report.signer and report.receipt and report.proven_times, "passed, stating nothing")
    assert report.signer and report.receipt
    certificate = x509.load_pem_x509_certificate(files["proof/signer.pem"])
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    require(report.signer.certificate_sha256 == fingerprint, "not the certificate that is there")
    if _public_key(certificate) == _public_key(workshop.FORGER_SIGNER.certificate):
        return
    original = originals().get(hashlib.sha256(files[_SIGNATURE]).hexdigest())
    require(original, "a signature that the original signer never made")
    assert original
    require(certificate == workshop.ORIGINAL_SIGNER.certificate, "another signer")
    kept = [member for member in read_zip(content) if "/proof/" not in member[0]]
    require(kept == original.members, "passed although it was changed outside proof/")
    require(report.receipt.split(" ")[:5] == original.receipt, "another receipt")


def _require_true_times(report: Report, content: bytes) -> None:
    """Each time of the original authority is one that it gave for just this signature."""
    try:
        files = {name.partition("/")[2]: content for name, content in read_zip(content)}
    except (zipfile.BadZipFile, NotImplementedError):
        return  # a repacked zip that zipfile does not know cannot have passed
    signature = files[_SIGNATURE]
    original = originals().get(hashlib.sha256(signature).hexdigest())
    authority = workshop.ORIGINAL_AUTHORITY.certificate.subject.rfc4514_string()
    for time in (*report.proven_times, *report.renewals):
        if time.authority == authority:
            is_known = original and (time.gen_time, time.accuracy_ms) in original.times
            require(is_known, "a time that was never given")
    latest = [
        time.gen_time + timedelta(milliseconds=time.accuracy_ms or 0)
        for time in report.proven_times
    ]
    require(report.sealed_no_later_than == min(latest, default=None), "not the earliest time")


def seeds(target: str) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the corpus of a target, in order of the names."""
    for path in sorted((CORPUS / target).iterdir()):
        yield path.name, path.read_bytes()


def said(tsr: bytes) -> tuple[object, ...]:
    """gen_time, serial, nonce, accuracy in ms and policy of a token, as asn1crypto reads them."""
    token = tsp.TimeStampResp.load(tsr)["time_stamp_token"]
    statement = token["content"]["encap_content_info"]["content"].parsed
    return (
        statement["gen_time"].native,
        statement["serial_number"].native,
        statement["nonce"].native,
        1000 * statement["accuracy"]["seconds"].native,
        statement["policy"].dotted,
    )
