import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from evidence_kit.crypto.digest import digest, sha256_hex
from evidence_kit.crypto.keys import new_signing_key
from evidence_kit.crypto.pem import certificate_to_pem, certificates_from_pem
from evidence_kit.crypto.x509 import (
    Chain,
    build_chain,
    describe,
    is_authority_key,
    is_signing_key,
    load_certificate,
    may_sign,
    path_upwards,
)
from evidence_kit.report import Fault, Outcome
from tests.crypto.forge import ENDS_AT, NOW, STARTS_AT, issue, only


def test_self_made_certificate_is_described() -> None:
    key = new_signing_key(now=NOW, serial=5)
    found = describe(key.certificate_der)
    assert found.subject == found.issuer == "CN=Evidence Kit self-made key"
    assert found.is_self_made
    assert (found.serial, found.sha256) == (5, key.certificate_sha256)


def test_issued_certificate_is_described() -> None:
    authority = issue("An Authority", ca=True)
    found = describe(issue("王小明", issuer=authority).der)
    assert (found.subject, found.issuer) == ("CN=王小明", "CN=An Authority")
    assert not found.is_self_made
    assert (found.not_before, found.not_after) == (STARTS_AT, ENDS_AT)


def test_own_name_as_issuer_does_not_make_it_self_made() -> None:
    twin = issue("Same name", ca=True)
    found = describe(issue("Same name", issuer=twin).der)
    assert found.subject == found.issuer
    assert not found.is_self_made


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\r\x1b[2KPASSED", r"CN=a\u{000D}\u{001B}[2KPASSED"),
        ("abc\u202edef\u200b", r"CN=abc\u{202E}def\u{200B}"),
        ("line\u2028break", r"CN=line\u{2028}break"),
    ],
)
def test_characters_that_deceive_are_escaped(name: str, shown: str) -> None:
    assert describe(issue(name).der).subject == shown


@pytest.mark.parametrize("junk", [b"", b"junk", b"\x30\x00", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_certificate_is_malformed(junk: bytes) -> None:
    for call in (describe, load_certificate):
        with pytest.raises(Fault) as caught:
            call(junk)
        assert (caught.value.code, caught.value.outcome) == (
            "certificate.malformed",
            Outcome.FAILED,
        )


def test_no_flipped_bit_escapes_as_another_exception() -> None:
    made = issue("x").der
    for position in range(len(made)):
        flipped = bytearray(made)
        flipped[position] ^= 1 << (position % 8)
        try:
            found = describe(bytes(flipped))
        except Fault as fault:
            assert fault.code == "certificate.malformed"
        else:
            assert found.sha256 != sha256_hex(made)


def test_pem_is_read_and_written_without_its_comments() -> None:
    first, second = issue("a"), issue("b")
    pem = b"a comment\n" + b"\n".join(
        one.certificate.public_bytes(Encoding.PEM) for one in (first, second)
    )
    assert certificates_from_pem(pem) == (first.der, second.der)
    assert certificate_to_pem(first.der) == first.certificate.public_bytes(Encoding.PEM)
    torn = pem.rpartition(b"-----END")[0]
    odd = b"-----BEGIN CERTIFICATE-----\nMIIA=AA\n-----END CERTIFICATE-----\n"
    for bad in (b"", b"junk", pem.replace(b"MII", b"AAA"), torn, odd):
        with pytest.raises(Fault, match=r"certificate\.malformed"):
            certificates_from_pem(bad)


def test_certificate_without_key_usage_may_sign() -> None:
    assert may_sign(issue("x").certificate)
    assert may_sign(issue("x", key_usage=only(sign=True)).certificate)
    assert not may_sign(issue("x", key_usage=only(encipher=True)).certificate)


def test_path_holds_issuers_alone() -> None:
    root = issue("Root", ca=True)
    between = issue("CA", issuer=root, ca=True)
    leaf = issue("Leaf", issuer=between)
    pool = [issue("CA", ca=True), root, issue("Other"), between]
    found = path_upwards(leaf.certificate, [one.certificate for one in pool])
    assert found == (leaf.certificate, between.certificate, root.certificate)


def test_path_stops_after_fifty_signatures() -> None:
    root = issue("Root", ca=True)
    leaf = issue("Leaf", issuer=root)
    clones = [issue("Root", ca=True, key=root.key).certificate for _ in range(3)]
    strangers = [issue("Root", ca=True).certificate for _ in range(50)]
    assert path_upwards(leaf.certificate, [*strangers, *clones]) == (leaf.certificate,)
    assert len(path_upwards(leaf.certificate, [*clones, *strangers])) > 1


def test_circle_of_certificates_ends() -> None:
    first = issue("First", ca=True)
    second = issue("Second", issuer=first, ca=True)
    back = issue("First", issuer=second, key=first.key, ca=True)
    found = build_chain(second.certificate, [first.certificate, back.certificate], [], at=NOW)
    assert found == Chain(
        anchor=None,
        certificates_der=(second.der, first.der, back.der),
        expires_at=ENDS_AT,
        algorithms=frozenset({"sha256", "ecdsa"}),
    )


@pytest.mark.parametrize("is_root", [True, False])
def test_key_for_pss_alone_is_unsupported(tmp_path: Path, is_root: bool) -> None:
    for command in (
        "openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out ca.key",
        "openssl req -x509 -key ca.key -subj /CN=CA -days 3650 -out ca.pem",
        "openssl req -new -newkey rsa:2048 -nodes -keyout x.key -subj /CN=Leaf -out x.csr",
        "openssl x509 -req -in x.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out x.pem",
    ):
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    ca, leaf = (
        x509.load_pem_x509_certificate((tmp_path / name).read_bytes())
        for name in ("ca.pem", "x.pem")
    )
    root = issue("Root", ca=True).anchor
    anchor = replace(root, certificate_der=ca.public_bytes(Encoding.DER)) if is_root else root
    with pytest.raises(Fault) as caught:
        build_chain(leaf, [] if is_root else [ca], [anchor], at=datetime.now(UTC))
    assert caught.value.code == "timestamp.unsupported"
    assert caught.value.outcome is Outcome.INDETERMINATE


def test_chinese_key_can_be_described_but_not_used(tmp_path: Path) -> None:
    for command in (
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out sm2.key",
        "openssl req -x509 -sm3 -key sm2.key -subj /CN=SM2 -out sm2.pem",
    ):
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    (der,) = certificates_from_pem((tmp_path / "sm2.pem").read_bytes())
    assert describe(der).subject == "CN=SM2"
    certificate = load_certificate(der)
    assert not is_authority_key(certificate)
    assert not is_signing_key(certificate)


def test_digests_come_from_the_allow_list() -> None:
    assert digest("sha256", b"").hex() == sha256_hex(b"")
    for name in ("sha1", "md5", "sha3_256", "SHA256", ""):
        with pytest.raises(ValueError, match="not accepted"):
            digest(name, b"")
