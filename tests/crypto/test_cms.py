import asyncio
import hashlib
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from asn1crypto import cms as asn1
from asn1crypto import core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from evidence_kit.crypto.cms import Signature, sign_detached, verify_detached
from evidence_kit.crypto.der import encode
from evidence_kit.crypto.keys import SigningKey, new_signing_key
from evidence_kit.crypto.pem import certificate_to_pem
from evidence_kit.report import Fault, Outcome
from tests.crypto.forge import NOW, Identity, PrivateKey, issue, only

CONTENT = b"3b0c  manifest-sha256.txt\n"
SIGNED_AT = datetime(2026, 3, 15, 20, 0, 1, 987654, tzinfo=timezone(timedelta(hours=8)))
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return new_signing_key(now=NOW)


@pytest.fixture(scope="module")
def rsa_key() -> SigningKey:
    private_key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return signing_key(issue("signer", key=private_key))


@pytest.fixture(scope="module")
def signature(key: SigningKey) -> bytes:
    return sign_detached(CONTENT, key, signed_at=SIGNED_AT)


def signing_key(identity: Identity) -> SigningKey:
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return SigningKey(private_key=identity.key, certificate_der=identity.der)


def fault_of(signature: bytes, key: SigningKey, content: bytes = CONTENT) -> Fault:
    with pytest.raises(Fault) as caught:
        verify_detached(signature, content, certificate_der=key.certificate_der)
    return caught.value


def edited(signature: bytes, edit: str, value: object) -> bytes:
    """The signature with one field of its SignerInfo set anew."""
    info = asn1.ContentInfo.load(signature)
    info["content"]["signer_infos"][0][edit] = value
    made: bytes = info.dump(force=True)
    return made


def test_own_signature_holds(key: SigningKey, signature: bytes) -> None:
    assert verify_detached(signature, CONTENT, certificate_der=key.certificate_der) == Signature(
        signing_time_claimed=datetime(2026, 3, 15, 12, 0, 1, tzinfo=UTC),
        certificate_der=key.certificate_der,
        algorithm="ecdsa-sha256",
    )


def test_rsa_signature_holds(rsa_key: SigningKey) -> None:
    made = sign_detached(CONTENT, rsa_key, signed_at=NOW)
    found = verify_detached(made, CONTENT, certificate_der=rsa_key.certificate_der)
    assert found.algorithm == "rsa-sha256"


def test_same_input_gives_the_same_bytes(key: SigningKey, signature: bytes) -> None:
    assert sign_detached(CONTENT, key, signed_at=SIGNED_AT) == signature


@pytest.mark.parametrize(
    "signed_at",
    [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)],
    ids=["first", "last"],
)
def test_signing_time_that_some_zone_cannot_tell_is_refused(
    key: SigningKey, signed_at: datetime
) -> None:
    signature = sign_detached(CONTENT, key, signed_at=signed_at)
    with pytest.raises(Fault) as caught:
        verify_detached(signature, CONTENT, certificate_der=key.certificate_der)
    assert caught.value.code == "signature.malformed"


@pytest.mark.parametrize("year", [1949, 1950, 2049, 2050, 9999])
def test_signing_time_of_any_century_is_read_back(key: SigningKey, year: int) -> None:
    signed_at = datetime(year, 6, 1, tzinfo=UTC)
    made = sign_detached(CONTENT, key, signed_at=signed_at)
    found = verify_detached(made, CONTENT, certificate_der=key.certificate_der)
    assert found.signing_time_claimed == signed_at


def test_attributes_are_those_of_cades_b_b(key: SigningKey, signature: bytes) -> None:
    signed = asn1.ContentInfo.load(signature)["content"]
    (signer,) = signed["signer_infos"]
    attributes = {a["type"].native: a["values"] for a in signer["signed_attrs"]}
    assert set(attributes) == {
        "content_type",
        "message_digest",
        "signing_time",
        "signing_certificate_v2",
    }
    (identifier,) = attributes["signing_certificate_v2"][0]["certs"]
    assert identifier["cert_hash"].native == hashlib.sha256(key.certificate_der).digest()
    assert isinstance(signer["unsigned_attrs"], core.Void)
    assert isinstance(signed["encap_content_info"]["content"], core.Void)


@pytest.mark.parametrize("kind", ["key", "rsa_key"])
def test_openssl_accepts_it_and_refuses_other_content(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    key: SigningKey = request.getfixturevalue(kind)
    (tmp_path / "signature.p7s").write_bytes(sign_detached(CONTENT, key, signed_at=SIGNED_AT))
    (tmp_path / "signer.pem").write_bytes(certificate_to_pem(key.certificate_der))
    for content, is_right in ((CONTENT, True), (CONTENT.upper(), False)):
        (tmp_path / "content").write_bytes(content)
        for how in ("-nointern -noverify -certfile signer.pem", "-cades -CAfile signer.pem"):
            command = (
                f"openssl cms -verify -binary -inform DER -in signature.p7s -content content {how}"
            )
            done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False)
            assert (done.returncode == 0) is is_right, done.stderr


@pytest.mark.parametrize("kind", ["key", "rsa_key"])
def test_pyhanko_accepts_it(kind: str, request: pytest.FixtureRequest) -> None:
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko_certvalidator import ValidationContext

    key: SigningKey = request.getfixturevalue(kind)
    signed = asn1.ContentInfo.load(sign_detached(CONTENT, key, signed_at=NOW))["content"]
    root = asn1_x509.Certificate.load(key.certificate_der)
    context = ValidationContext(trust_roots=[root], moment=NOW, allow_fetching=False)
    for content, is_right in ((CONTENT, True), (CONTENT.upper(), False)):
        checking = async_validate_detached_cms(content, signed, signer_validation_context=context)
        assert asyncio.run(checking).bottom_line is is_right


def test_other_content_fails(key: SigningKey, signature: bytes) -> None:
    fault = fault_of(signature, key, CONTENT + b"\n")
    assert (fault.code, fault.outcome) == ("signature.digest", Outcome.FAILED)


def test_signature_of_another_key_fails(key: SigningKey) -> None:
    stranger = new_signing_key(now=NOW)
    made = sign_detached(CONTENT, stranger, signed_at=NOW)
    assert fault_of(made, key).code == "signature.certificate_mismatch"


def test_named_certificate_put_over_a_strangers_signature_fails(key: SigningKey) -> None:
    forger = SigningKey(
        private_key=new_signing_key(now=NOW).private_key, certificate_der=key.certificate_der
    )
    fault = fault_of(sign_detached(CONTENT, forger, signed_at=NOW), key)
    assert (fault.code, fault.outcome) == ("signature.value", Outcome.FAILED)


def test_the_other_value_of_ecdsa_is_refused(key: SigningKey, signature: bytes) -> None:
    value = asn1.ContentInfo.load(signature)["content"]["signer_infos"][0]["signature"].native
    r, s = decode_dss_signature(value)
    twin = edited(signature, "signature", encode_dss_signature(r, P256_ORDER - s))
    assert fault_of(twin, key).code == "signature.not_canonical"


def test_unsigned_attribute_is_refused(key: SigningKey, signature: bytes) -> None:
    attribute = {"type": "1.2.3.4", "values": [core.OctetString(b"hidden")]}
    made = edited(signature, "unsigned_attrs", [attribute])
    assert fault_of(made, key).code == "signature.not_canonical"


def test_extra_certificate_is_refused(key: SigningKey, signature: bytes) -> None:
    info = asn1.ContentInfo.load(signature)
    stranger = asn1.CertificateChoices(
        "certificate", asn1_x509.Certificate.load(new_signing_key(now=NOW).certificate_der)
    )
    info["content"]["certificates"].append(stranger)
    assert fault_of(info.dump(force=True), key).code == "signature.malformed"


def test_missing_certificate_is_refused(key: SigningKey, signature: bytes) -> None:
    info = asn1.ContentInfo.load(signature)
    del info["content"]["certificates"]
    assert fault_of(info.dump(force=True), key).code == "signature.malformed"


def test_second_signer_is_refused(key: SigningKey, signature: bytes) -> None:
    info = asn1.ContentInfo.load(signature)
    signers = info["content"]["signer_infos"]
    signers.append(signers[0].copy())
    assert fault_of(info.dump(force=True), key).code == "signature.malformed"


def test_content_inside_is_refused(key: SigningKey, signature: bytes) -> None:
    info = asn1.ContentInfo.load(signature)
    info["content"]["encap_content_info"] = {
        "content_type": "data",
        "content": core.OctetString(CONTENT),
    }
    assert fault_of(info.dump(force=True), key).code == "signature.not_canonical"


def test_other_content_type_is_refused(key: SigningKey, signature: bytes) -> None:
    other = encode(0x30, bytes.fromhex("06092a864886f70d010706"), encode(0xA0, b"\x30\x00"))
    assert fault_of(other, key).code == "signature.malformed"


@pytest.mark.parametrize(
    ("field", "algorithm"),
    [
        ("digest_algorithm", "sha1"),
        ("digest_algorithm", "sha512"),
        ("signature_algorithm", "sha1_ecdsa"),
        ("signature_algorithm", "sha512_ecdsa"),
        ("signature_algorithm", "rsassa_pss"),
        ("signature_algorithm", "ed25519"),
    ],
)
def test_other_algorithm_is_not_accepted(
    key: SigningKey, signature: bytes, field: str, algorithm: str
) -> None:
    fault = fault_of(edited(signature, field, {"algorithm": algorithm}), key)
    assert (fault.code, fault.outcome) == ("signature.unsupported", Outcome.INDETERMINATE)


def test_algorithm_of_another_kind_of_key_fails(key: SigningKey, signature: bytes) -> None:
    made = edited(signature, "signature_algorithm", {"algorithm": "sha256_rsa"})
    assert fault_of(made, key).code == "signature.value"


OTHER_KEYS: dict[str, Callable[[], PrivateKey]] = {
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "RSA 2048": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


@pytest.mark.parametrize("name", OTHER_KEYS)
def test_key_of_another_kind_is_not_accepted(name: str) -> None:
    private_key = new_signing_key(now=NOW).private_key
    certificate_der = issue("signer", key=OTHER_KEYS[name]()).der
    key = SigningKey(private_key=private_key, certificate_der=certificate_der)
    fault = fault_of(sign_detached(CONTENT, key, signed_at=NOW), key)
    assert (fault.code, fault.outcome) == ("signature.unsupported", Outcome.INDETERMINATE)


def test_certificate_that_is_not_for_signing_is_not_accepted() -> None:
    key = signing_key(issue("signer", key_usage=only(encipher=True)))
    fault = fault_of(sign_detached(CONTENT, key, signed_at=NOW), key)
    assert (fault.code, fault.outcome) == ("signature.certificate_usage", Outcome.INDETERMINATE)


def test_certificate_of_an_authority_is_accepted() -> None:
    key = signing_key(issue("signer", issuer=issue("CA", ca=True), key_usage=only(sign=True)))
    made = sign_detached(CONTENT, key, signed_at=NOW)
    found = verify_detached(made, CONTENT, certificate_der=key.certificate_der)
    assert found.certificate_der == key.certificate_der


def test_no_flipped_bit_is_accepted(key: SigningKey, signature: bytes) -> None:
    for position in range(len(signature)):
        for bit in (0, 3, 7):
            flipped = bytearray(signature)
            flipped[position] ^= 1 << bit
            fault = fault_of(bytes(flipped), key)
            assert fault.code.startswith("signature."), position


@pytest.mark.parametrize(
    "junk", [b"", b"0", b"\x30\x00", b"not a signature", b"\x30\x80", b"\x00" * 70_000]
)
def test_junk_is_malformed(key: SigningKey, junk: bytes) -> None:
    assert fault_of(junk, key).code == "signature.malformed"


def test_trailing_and_missing_bytes_are_malformed(key: SigningKey, signature: bytes) -> None:
    for damaged in (signature + b"\x00", signature[:-1]):
        assert fault_of(damaged, key).code == "signature.malformed"


def test_missing_signed_attribute_is_malformed(key: SigningKey, signature: bytes) -> None:
    attributes = asn1.ContentInfo.load(signature)["content"]["signer_infos"][0]["signed_attrs"]
    kept = [a for a in attributes if a["type"].native != "message_digest"]
    assert fault_of(edited(signature, "signed_attrs", kept), key).code == "signature.malformed"


def test_a_certificate_that_openssl_would_take_for_the_signers_fails(
    key: SigningKey, signature: bytes
) -> None:
    certificate = x509.load_der_x509_certificate(key.certificate_der)
    clone = issue("Evidence Kit self-made key", serial=certificate.serial_number)
    assert fault_of(signature, signing_key(clone)).code == "signature.certificate_mismatch"
