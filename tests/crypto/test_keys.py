import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from evidence_kit.crypto.keys import (
    KeyStore,
    SigningKey,
    dump_pkcs12,
    load_pkcs12,
    new_signing_key,
)
from evidence_kit.errors import SigningKeyError
from tests.crypto.forge import NOW, Identity, issue, only


@pytest.fixture(scope="module")
def key() -> SigningKey:
    return new_signing_key(now=NOW, serial=0x1234)


def code_of(pkcs12_der: bytes, passphrase: str | None = None) -> str:
    with pytest.raises(SigningKeyError) as caught:
        load_pkcs12(pkcs12_der, passphrase)
    assert str(caught.value) and caught.value.hint
    return caught.value.code


def packed(identity: Identity) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"x", identity.key, identity.certificate, None, BestAvailableEncryption(b"secret")
    )


def test_self_made_certificate_is_as_the_format_has_it(key: SigningKey) -> None:
    certificate = x509.load_der_x509_certificate(key.certificate_der)
    assert certificate.version is x509.Version.v3
    assert certificate.serial_number == 0x1234
    assert certificate.subject == certificate.issuer
    assert certificate.subject.rfc4514_string() == "CN=Evidence Kit self-made key"
    assert certificate.not_valid_before_utc == NOW - timedelta(days=1)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(3652)
    certificate.verify_directly_issued_by(certificate)
    found = {type(e.value): e for e in certificate.extensions}
    assert set(found) == {x509.BasicConstraints, x509.KeyUsage, x509.SubjectKeyIdentifier}
    constraints = found[x509.BasicConstraints]
    assert constraints.critical and constraints.value == x509.BasicConstraints(False, None)
    usage = found[x509.KeyUsage].value
    assert isinstance(usage, x509.KeyUsage)
    assert usage.digital_signature and usage.content_commitment and not usage.key_cert_sign


def test_two_new_keys_differ() -> None:
    first, second = new_signing_key(now=NOW), new_signing_key(now=NOW)
    assert first.certificate_sha256 != second.certificate_sha256


def test_representation_holds_no_secret(key: SigningKey) -> None:
    assert repr(key) == f"SigningKey(certificate_sha256='{key.certificate_sha256}')"


@pytest.mark.parametrize("passphrase", [None, "密码 p"])
def test_dumped_key_is_read_back(key: SigningKey, passphrase: str | None) -> None:
    found = load_pkcs12(dump_pkcs12(key, passphrase), passphrase)
    assert found.certificate_der == key.certificate_der
    assert found.private_key.private_numbers() == key.private_key.private_numbers()


def test_chain_of_an_issued_key_is_kept() -> None:
    authority = issue("CA", ca=True)
    leaf = issue("Somebody", issuer=authority, key_usage=only(sign=True))
    assert isinstance(leaf.key, ec.EllipticCurvePrivateKey)
    key = SigningKey(private_key=leaf.key, certificate_der=leaf.der, chain_der=(authority.der,))
    assert load_pkcs12(dump_pkcs12(key, "x"), "x").chain_der == (authority.der,)


def test_only_what_vouches_for_a_key_is_kept_beside_it() -> None:
    root = issue("Root", ca=True)
    authority = issue("CA", issuer=root, ca=True)
    leaf = issue("Somebody", issuer=authority)
    impostor, friend = issue("CA", ca=True), issue("A friend")
    made = pkcs12.serialize_key_and_certificates(
        b"x",
        leaf.key,
        leaf.certificate,
        [one.certificate for one in (friend, root, impostor, authority)],
        BestAvailableEncryption(b"secret"),
    )
    assert load_pkcs12(made, "secret").chain_der == (authority.der, root.der)


def test_key_is_refused_from_the_second_after_its_last(key: SigningKey) -> None:
    last = x509.load_der_x509_certificate(key.certificate_der).not_valid_after_utc
    key.require_not_expired(now=last)
    with pytest.raises(SigningKeyError) as caught:
        key.require_not_expired(now=last + timedelta(seconds=1))
    assert caught.value.code == "key.expired"
    assert caught.value.params == {
        "sha256": key.certificate_sha256,
        "date": last.date().isoformat(),
    }


def test_openssl_reads_the_dumped_key_and_we_read_openssls(key: SigningKey, tmp_path: Path) -> None:
    (tmp_path / "ours.p12").write_bytes(dump_pkcs12(key, "secret"))
    environ = os.environ | {"PASS": "secret"}
    for command in (
        "openssl pkcs12 -in ours.p12 -passin env:PASS -passout env:PASS -out key.pem",
        "openssl pkcs12 -export -in key.pem -passin env:PASS -passout env:PASS -out theirs.p12",
    ):
        subprocess.run(command.split(), cwd=tmp_path, env=environ, check=True, capture_output=True)
    found = load_pkcs12((tmp_path / "theirs.p12").read_bytes(), "secret")
    assert found.certificate_sha256 == key.certificate_sha256


def test_long_rsa_key_is_accepted() -> None:
    identity = issue("x", key=rsa.generate_private_key(public_exponent=65537, key_size=3072))
    assert load_pkcs12(packed(identity), "secret").certificate_der == identity.der


def test_wrong_or_missing_passphrase_is_told_as_such(key: SigningKey) -> None:
    made = dump_pkcs12(key, "secret")
    assert code_of(made, "other") == "key.passphrase"
    assert code_of(made, None) == "key.passphrase"


@pytest.mark.parametrize(
    "junk", [b"", b"junk", b"\x30\x00", b"-----BEGIN PRIVATE KEY-----", b"0" * 2_000_000]
)
def test_what_is_no_pkcs12_is_unreadable(junk: bytes) -> None:
    assert code_of(junk, "secret") == "key.unreadable"


@pytest.mark.parametrize("kind", ["RSA 2048", "P-384", "Ed25519", "encipherment"])
def test_key_of_another_kind_is_unsupported(kind: str) -> None:
    match kind:
        case "RSA 2048":
            identity = issue(kind, key=rsa.generate_private_key(65537, 2048))
        case "P-384":
            identity = issue(kind, key=ec.generate_private_key(ec.SECP384R1()))
        case "Ed25519":
            identity = issue(kind, key=ed25519.Ed25519PrivateKey.generate())
        case _:
            identity = issue(kind, key_usage=only(encipher=True))
    assert code_of(packed(identity), "secret") == "key.unsupported"


def test_pkcs12_without_a_key_is_unreadable() -> None:
    authority = issue("CA", ca=True)
    only_certificates = pkcs12.serialize_key_and_certificates(
        b"x", None, None, [authority.certificate], BestAvailableEncryption(b"secret")
    )
    assert code_of(only_certificates, "secret") == "key.unreadable"


def test_pkcs12_of_older_programs_is_read(key: SigningKey, tmp_path: Path) -> None:
    (tmp_path / "ours.p12").write_bytes(dump_pkcs12(key, "secret"))
    export = "openssl pkcs12 -export -in key.pem -passout env:PASS"
    for command in (
        "openssl pkcs12 -in ours.p12 -passin env:PASS -nodes -out key.pem",
        f"{export} -legacy -out rc2.p12",
        f"{export} -keypbe camellia-256-cbc -certpbe camellia-256-cbc -out camellia.p12",
        f"{export} -nokeys -out no-key.p12",
    ):
        environ = os.environ | {"PASS": "secret"}
        subprocess.run(command.split(), cwd=tmp_path, env=environ, check=True, capture_output=True)
    for name in ("rc2.p12", "camellia.p12"):
        found = load_pkcs12((tmp_path / name).read_bytes(), "secret")
        assert found.certificate_sha256 == key.certificate_sha256
    assert code_of((tmp_path / "no-key.p12").read_bytes(), "secret") == "key.unreadable"


def test_damaged_pkcs12_never_gives_another_error(key: SigningKey) -> None:
    made = dump_pkcs12(key, None)
    for position in range(0, len(made), 3):
        damaged = bytearray(made)
        damaged[position] ^= 0x11
        try:
            found = load_pkcs12(bytes(damaged), None)
        except SigningKeyError:
            continue
        assert found.certificate_sha256 == key.certificate_sha256


def test_default_key_is_made_once(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "data" / "keys")
    assert store.default_sha256() is None
    assert store.certificates_sha256() == ()
    first = store.default(now=NOW)
    again = KeyStore(tmp_path / "data" / "keys").default(now=NOW)
    assert again.certificate_sha256 == first.certificate_sha256 == store.default_sha256()
    assert store.certificates_sha256() == (first.certificate_sha256,)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_stored_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        key = KeyStore(folder).default(now=NOW)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{key.certificate_sha256}.p12").stat().st_mode) == 0o600


def test_another_key_becomes_the_default(tmp_path: Path, key: SigningKey) -> None:
    store = KeyStore(tmp_path)
    first = store.default(now=NOW)
    store.add(key)
    store.add(key)
    assert store.default(now=NOW).certificate_sha256 == first.certificate_sha256
    store.set_default(key.certificate_sha256)
    assert store.default(now=NOW).certificate_der == key.certificate_der
    expected = sorted([first.certificate_sha256, key.certificate_sha256])
    assert list(store.certificates_sha256()) == expected


@pytest.mark.parametrize("name", ["0" * 64, "default", "../x", "", "A" * 64])
def test_unknown_key_is_missing(tmp_path: Path, name: str) -> None:
    store = KeyStore(tmp_path)
    for call in (store.get, store.set_default):
        with pytest.raises(SigningKeyError) as caught:
            call(name)
        assert caught.value.code == "key.missing"
    assert store.default_sha256() is None


def test_damaged_store_is_told_and_not_replaced(tmp_path: Path, key: SigningKey) -> None:
    store = KeyStore(tmp_path)
    store.add(key)
    store.set_default(key.certificate_sha256)
    path = tmp_path / f"{key.certificate_sha256}.p12"
    other = dump_pkcs12(new_signing_key(now=NOW), None)
    for content in (b"", b"junk", other):
        path.write_bytes(content)
        with pytest.raises(SigningKeyError) as caught:
            store.default(now=NOW)
        assert caught.value.code == "key.unreadable"
        assert path.read_bytes() == content
    path.unlink()
    path.mkdir()
    with pytest.raises(SigningKeyError, match="can't be read"):
        store.get(key.certificate_sha256)
    for content in (b"", b"\xff\xfe", b"not a digest"):
        (tmp_path / "default").write_bytes(content)
        with pytest.raises(SigningKeyError, match="no digest"):
            store.default(now=NOW)


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SigningKeyError) as caught:
        KeyStore(tmp_path / "file" / "keys").default(now=NOW)
    assert caught.value.code == "key.unwritable"


def test_full_disk_leaves_no_half_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(SigningKeyError, match="No space left"):
        KeyStore(tmp_path).default(now=NOW)
    assert [path.name for path in tmp_path.iterdir() if path.name != ".lock"] == []


def test_processes_that_start_together_get_the_same_default(tmp_path: Path) -> None:
    program = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path\n"
        "from evidence_kit.crypto.keys import KeyStore\n"
        "key = KeyStore(Path(sys.argv[1])).default(now=datetime.now(UTC))\n"
        "print(key.certificate_sha256)"
    )

    def run(_: int) -> str:
        command = [sys.executable, "-c", program, str(tmp_path / "keys")]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(run, range(4)))
    assert len(answers) == 1
    assert len(KeyStore(tmp_path / "keys").certificates_sha256()) == 1
