"""Other people's programs read a bundle, and come to the same answer."""

import asyncio
import hashlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from evidence_kit.actions.seal import Sealed
from fixtures.tsa import FAULTS
from tests.forge import CHAT, SIGNATURE, TAGMANIFEST, TOKEN, Forge, canonical_zip
from tests.interop.conftest import Run


def test_zip_is_the_one_that_python_writes(sealed: tuple[Sealed, Forge]) -> None:
    good, forge = sealed
    assert good.path.read_bytes() == canonical_zip(forge.top, forge.files)


def test_zip_programs_read_the_zip(sealed: tuple[Sealed, Forge], run: Run) -> None:
    good, _ = sealed
    with zipfile.ZipFile(good.path) as archive:
        assert archive.testzip() is None
    for program in ("unzip -tqq", "zip -T", "zipinfo -t"):
        assert run(f"{program} {good.path.name}", good.path.parent).is_ok, program


def bagit(folder: Path) -> tuple[bool, str]:
    """What bagit.py says of an unzipped bundle."""
    command = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    return done.returncode == 0, done.stderr


def test_bagit_accepts_the_bag(forge: Forge, unzipped: Callable[[bytes], Path]) -> None:
    is_ok, said = bagit(unzipped(forge.zip()))
    assert is_ok, said


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.put(CHAT, b"lie"),
        lambda f: f.drop(CHAT),
        lambda f: f.put("data/more", b"x"),
        lambda f: f.put(CHAT, b"lie").remanifest(),
    ],
    ids=["changed", "removed", "added", "changed with its manifest"],
)
def test_bagit_refuses_a_changed_bag(
    change: Callable[[Forge], Forge], forge: Forge, unzipped: Callable[[bytes], Path]
) -> None:
    is_ok, said = bagit(unzipped(change(forge).zip()))
    assert not is_ok, said


def signature_holds(forge: Forge) -> bool:
    """What pyHanko says of the signature, trusting the signer alone."""
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko_certvalidator import ValidationContext

    signer = x509.load_pem_x509_certificate(forge.files["proof/signer.pem"])
    root = asn1_x509.Certificate.load(signer.public_bytes(Encoding.DER))
    signed = cms.ContentInfo.load(forge.files[SIGNATURE])["content"]
    status = asyncio.run(
        async_validate_detached_cms(
            forge.files[TAGMANIFEST],
            signed,
            signer_validation_context=ValidationContext(trust_roots=[root]),
        )
    )
    return bool(status.bottom_line)


def token_holds(forge: Forge) -> bool:
    """What pyHanko says of the token over the signature."""
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus
    from pyhanko_certvalidator import ValidationContext

    root = x509.load_pem_x509_certificate(forge.tsa.root_pem.read_bytes())
    trusted = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
    token = tsp.TimeStampResp.load(forge.files[TOKEN])["time_stamp_token"]["content"]

    def imprint(algorithm: str) -> bytes:
        return hashlib.new(algorithm, forge.files[SIGNATURE]).digest()

    context = ValidationContext(trust_roots=[trusted])
    told = asyncio.run(validate_tst_signed_data(token, context, imprint))
    status = TimestampSignatureStatus(**told)
    return bool(status.intact and status.valid and status.trusted)


def test_pyhanko_accepts_signature_and_token(forge: Forge) -> None:
    assert signature_holds(forge)
    assert token_holds(forge)


def test_pyhanko_refuses_a_changed_manifest(forge: Forge) -> None:
    assert not signature_holds(forge.put(CHAT, b"lie").remanifest().retag())


@pytest.mark.parametrize("fault", ["untrusted", "imprint-flipped"])
def test_pyhanko_refuses_a_bad_token(fault: str, forge: Forge) -> None:
    assert not token_holds(forge.restamp(FAULTS[fault].recipe))


def test_unzipped_files_are_those_that_were_sealed(
    forge: Forge, unzipped: Callable[[bytes], Path]
) -> None:
    folder = unzipped(forge.zip())
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == forge.files
