import asyncio
import hashlib
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from evidence_kit.crypto.der import encode
from evidence_kit.crypto.pem import Anchor, certificate_to_pem
from evidence_kit.crypto.tsp import (
    MAX_TOKEN_BYTES,
    TimestampToken,
    accept_response,
    build_request,
    verify_token,
)
from evidence_kit.crypto.x509 import MAX_CERTIFICATES
from evidence_kit.report import Fault, Outcome
from fixtures.tsa import Tsa
from tests.crypto import forge
from tests.crypto.forge import NOW, Authority, Identity, token, tsr

DATA = b"the signature that is stamped"
FAILED, UNDECIDED = Outcome.FAILED, Outcome.INDETERMINATE


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def good(authority: Authority) -> bytes:
    return tsr(token(authority.leaf, DATA, certificates=[authority.leaf, authority.intermediate]))


def verify(made: bytes, anchors: Sequence[Anchor], data: bytes = DATA) -> TimestampToken:
    return verify_token(made, data, anchors=anchors)


def fault_of(made: bytes, anchors: Sequence[Anchor], data: bytes = DATA) -> tuple[str, Outcome]:
    with pytest.raises(Fault) as caught:
        verify(made, anchors, data)
    return caught.value.code, caught.value.outcome


def test_good_token_holds(authority: Authority, good: bytes) -> None:
    found = verify(good, [authority.root.anchor])
    assert found == TimestampToken(
        gen_time=NOW,
        accuracy_ms=None,
        authority="CN=Test Time Stamps",
        serial=77,
        imprint_algorithm="sha256",
        policy="1.2.3.4",
        nonce=4711,
        anchor=authority.root.anchor,
        chain_der=(authority.leaf.der, authority.intermediate.der, authority.root.der),
        expires_at=forge.ENDS_AT,
        algorithms=frozenset({"sha256", "ecdsa"}),
        uses_sha1_ess=False,
    )


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", ["P-256", "P-384", "RSA"])
def test_every_accepted_algorithm_holds(kind: str, algorithm: str) -> None:
    key: forge.PrivateKey
    match kind:
        case "P-256":
            key = forge.p256()
        case "P-384":
            key = ec.generate_private_key(ec.SECP384R1())
        case _:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own = Authority(key=key)
    certificates = [own.leaf, own.intermediate]
    for name in (None, "rsassa_pkcs1v15") if kind == "RSA" else (None,):
        made = token(
            own.leaf,
            DATA,
            certificates=certificates,
            digest=algorithm,
            imprint=algorithm,
            signature_algorithm=name,
        )
        found = verify(tsr(made), [own.root.anchor])
        assert (found.imprint_algorithm, found.anchor) == (algorithm, own.root.anchor)


def test_unknown_root_leaves_the_token_untrusted(authority: Authority, good: bytes) -> None:
    for anchors in ([], [Authority("Other").root.anchor]):
        found = verify(good, anchors)
        assert found.anchor is None
        assert found.chain_der == (authority.leaf.der, authority.intermediate.der)


def test_root_of_the_same_name_is_an_impostor(authority: Authority) -> None:
    twin = Authority()
    for certificates in (
        [twin.leaf, twin.intermediate, twin.root],
        [twin.leaf, twin.intermediate],
    ):
        made = tsr(token(twin.leaf, DATA, certificates=certificates))
        assert fault_of(made, [authority.root.anchor]) == ("timestamp.impostor", FAILED)


def test_self_issued_leaf_of_the_roots_name_is_an_impostor(authority: Authority) -> None:
    twin = forge.issue("Test Root", usages=[forge.TIME_STAMPING])
    made = tsr(token(twin, DATA, certificates=[twin]))
    assert fault_of(made, [authority.root.anchor]) == ("timestamp.impostor", FAILED)


def test_first_of_two_anchors_counts(authority: Authority, good: bytes) -> None:
    second = Anchor(
        id="second",
        name_en="",
        name_zh="",
        country=None,
        certificate_der=authority.root.der,
        source="user",
    )
    found = verify(good, [second, authority.root.anchor]).anchor
    assert found is not None
    assert found.id == "second"


def test_root_inside_the_token_is_accepted_but_not_trusted(authority: Authority) -> None:
    everything = [authority.leaf, authority.intermediate, authority.root]
    made = tsr(token(authority.leaf, DATA, certificates=everything))
    assert verify(made, []).anchor is None
    assert verify(made, [authority.root.anchor]).anchor == authority.root.anchor


def test_cross_certificate_of_the_root_is_accepted(authority: Authority) -> None:
    elder = forge.issue("Elder Root", ca=True)
    cross = forge.issue("Test Root", issuer=elder, key=authority.root.key, ca=True)
    made = tsr(
        token(authority.leaf, DATA, certificates=[authority.leaf, authority.intermediate, cross])
    )
    assert verify(made, [authority.root.anchor]).anchor == authority.root.anchor
    assert verify(made, [elder.anchor]).anchor == elder.anchor


def test_missing_chain_is_found_among_the_extra_certificates(authority: Authority) -> None:
    bare = tsr(token(authority.leaf, DATA, certificates=[]))
    anchors = [authority.root.anchor]
    assert fault_of(bare, anchors) == ("timestamp.no_certificate", UNDECIDED)
    extra = [b"no certificate", authority.intermediate.der, authority.leaf.der]
    found = verify_token(bare, DATA, anchors=anchors, extra_certificates_der=extra)
    assert found.anchor == authority.root.anchor


def test_needless_extra_certificates_do_no_harm(authority: Authority, good: bytes) -> None:
    strangers = [forge.issue("Test CA", ca=True).der for _ in range(60)]
    found = verify_token(
        good, DATA, anchors=[authority.root.anchor], extra_certificates_der=strangers
    )
    assert found.anchor == authority.root.anchor


def test_other_data_fails(authority: Authority, good: bytes) -> None:
    assert fault_of(good, [authority.root.anchor], b"x") == ("timestamp.imprint", FAILED)


def flip_gen_time(fields: dict[str, object]) -> None:
    content = core.ParsableOctetString(
        tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.3.4",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": hashlib.sha256(DATA).digest(),
                },
                "serial_number": 77,
                "gen_time": NOW - timedelta(days=1),
            }
        ).dump()
    )
    fields["encap_content_info"] = {"content_type": "tst_info", "content": content}


def put(name: str, value: object) -> forge.Edit:
    return lambda fields: fields.update({name: value})


def drop(name: str) -> forge.Edit:
    def edit(fields: dict[str, object]) -> None:
        del fields[name]

    return edit


def twice(fields: dict[str, object]) -> None:
    signers = fields["signer_infos"]
    assert isinstance(signers, list)
    signers.append(signers[0].copy())


def repeated_attribute(fields: dict[str, object]) -> None:
    attributes = fields["signed_attrs"]
    assert isinstance(attributes, cms.CMSAttributes)
    fields["signed_attrs"] = cms.CMSAttributes([*attributes, attributes[0].copy()])


def hidden_crl(fields: dict[str, object]) -> None:
    fields["crls"] = [
        cms.RevocationInfoChoice(
            "other",
            cms.OtherRevocationInfoFormat(
                {"other_rev_info_format": "1.2.3", "other_rev_info": core.OctetString(b"hidden")}
            ),
        )
    ]


def extension(*, critical: bool) -> list[dict[str, object]]:
    return [{"extn_id": "1.2.3.4", "critical": critical, "extn_value": b"\x05\x00"}]


def sid_by_key(fields: dict[str, object]) -> None:
    fields["sid"] = cms.SignerIdentifier("subject_key_identifier", core.OctetString(b"1234"))


_SHA256 = bytes.fromhex("0609608648016503040201")
ODD: dict[str, tuple[dict[str, object], str, Outcome]] = {
    # what is signed
    "SHA-1 imprint": ({"imprint": "sha1"}, "timestamp.imprint_algorithm", UNDECIDED),
    "MD5 imprint": ({"imprint": "md5"}, "timestamp.imprint_algorithm", UNDECIDED),
    "imprint by an algorithm with parameters": (
        {"statement_bytes": lambda raw: raw.replace(_SHA256 + b"\x05\x00", _SHA256 + b"\x0c\x00")},
        "timestamp.malformed",
        FAILED,
    ),
    "version 2": ({"statement": put("version", 2)}, "timestamp.malformed", FAILED),
    "critical extension": (
        {"statement": put("extensions", extension(critical=True))},
        "timestamp.unsupported",
        UNDECIDED,
    ),
    "statement that is no DER": (
        {"statement_bytes": lambda raw: raw + b"\x00"},
        "timestamp.malformed",
        FAILED,
    ),
    "statement that is no TSTInfo": (
        {"statement_bytes": lambda raw: b"\x30\x03\x02\x01\x01"},
        "timestamp.malformed",
        FAILED,
    ),
    "gen_time in a zone": (
        {"statement_bytes": lambda raw: raw.replace(b"20260315120000Z", b"202603151200+01")},
        "timestamp.malformed",
        FAILED,
    ),
    "gen_time on 31 February": (
        {"statement_bytes": lambda raw: raw.replace(b"20260315120000Z", b"20260231120000Z")},
        "timestamp.malformed",
        FAILED,
    ),
    "gen_time in the first of years": (
        {"statement_bytes": lambda raw: raw.replace(b"20260315120000Z", b"00010315120000Z")},
        "timestamp.malformed",
        FAILED,
    ),
    "gen_time in the last of years": (
        {"statement_bytes": lambda raw: raw.replace(b"20260315120000Z", b"99990315120000Z")},
        "timestamp.malformed",
        FAILED,
    ),
    "negative accuracy": (
        {"statement": put("accuracy", {"seconds": -1})},
        "timestamp.malformed",
        FAILED,
    ),
    "accuracy of a day": (
        {"statement": put("accuracy", {"seconds": 86_400})},
        "timestamp.accuracy",
        UNDECIDED,
    ),
    "accuracy past any number": (
        {"statement": put("accuracy", {"seconds": 1 << 4000})},
        "timestamp.accuracy",
        UNDECIDED,
    ),
    "accuracy of 1000 milliseconds": (
        {
            "statement": put("accuracy", {"seconds": 1, "millis": 5}),
            "statement_bytes": lambda raw: raw.replace(
                b"\x80\x01\x05", b"\x80\x02\x05\x00"
            ).replace(b"\x30\x06\x02\x01\x01\x80", b"\x30\x07\x02\x01\x01\x80"),
        },
        "timestamp.malformed",
        FAILED,
    ),
    # the attributes
    "no content type": ({"attributes": drop("content_type")}, "timestamp.attributes", FAILED),
    "other content type": (
        {"attributes": put("content_type", cms.ContentType("data"))},
        "timestamp.content_type",
        FAILED,
    ),
    "two content types": (
        {"attributes": put("content_type", [cms.ContentType("tst_info"), cms.ContentType("data")])},
        "timestamp.attributes",
        FAILED,
    ),
    "an attribute twice": ({"signer_info": repeated_attribute}, "timestamp.attributes", FAILED),
    "no digest": ({"attributes": drop("message_digest")}, "timestamp.attributes", FAILED),
    "other digest": (
        {"attributes": put("message_digest", core.OctetString(b"x" * 32))},
        "timestamp.digest",
        FAILED,
    ),
    "no certificate identifier": (
        {"attributes": drop("signing_certificate_v2")},
        "timestamp.certificate_id",
        FAILED,
    ),
    "wrong certificate identifier": (
        {"attributes": put("signing_certificate_v2", forge.ess_v2(b"another"))},
        "timestamp.certificate_id",
        FAILED,
    ),
    "wrong certificate identifier of version 1": (
        {"attributes": put("signing_certificate", forge.ess_v1(b"another"))},
        "timestamp.certificate_id",
        FAILED,
    ),
    "certificate identifier by MD5": (
        {"attributes": put("signing_certificate_v2", forge.ess_v2(b"another", "md5"))},
        "timestamp.unsupported",
        UNDECIDED,
    ),
    # what is not signed
    "two signers": ({"signed_data": twice}, "timestamp.signers", FAILED),
    "no signer": ({"signed_data": put("signer_infos", [])}, "timestamp.signers", FAILED),
    "SignedData version 1": ({"signed_data": put("version", "v1")}, "timestamp.malformed", FAILED),
    "SignerInfo version 3": ({"signer_info": put("version", "v3")}, "timestamp.malformed", FAILED),
    "content of another type": (
        {
            "signed_data": put(
                "encap_content_info",
                {"content_type": "data", "content": core.ParsableOctetString(b"data")},
            )
        },
        "timestamp.content_type",
        FAILED,
    ),
    "no content": (
        {"signed_data": put("encap_content_info", {"content_type": "tst_info"})},
        "timestamp.digest",
        FAILED,
    ),
    "no signed attributes": (
        {"signer_info": drop("signed_attrs")},
        "timestamp.attributes",
        FAILED,
    ),
    "changed time": ({"signed_data": flip_gen_time}, "timestamp.digest", FAILED),
    "unsigned attribute": (
        {
            "signer_info": put(
                "unsigned_attrs", [{"type": "1.2.3.4", "values": [core.OctetString(b"hidden")]}]
            )
        },
        "timestamp.unsigned",
        UNDECIDED,
    ),
    "revocation list inside": ({"signed_data": hidden_crl}, "timestamp.unsigned", UNDECIDED),
    "signer named by key": ({"signer_info": sid_by_key}, "timestamp.unsupported", UNDECIDED),
    "damaged signature": (
        {"signer_info": put("signature", b"\x30\x06\x02\x01\x01\x02\x01\x01")},
        "timestamp.signature",
        FAILED,
    ),
    "signature that is no DER": (
        {"signer_info": put("signature", b"junk")},
        "timestamp.signature",
        FAILED,
    ),
    "SHA-1 signature": (
        {"signature_algorithm": "sha1_ecdsa"},
        "timestamp.unsupported",
        UNDECIDED,
    ),
    "SHA-1 digest": ({"digest": "sha1"}, "timestamp.unsupported", UNDECIDED),
    "SM3 digest": (
        {"signer_info": put("digest_algorithm", {"algorithm": "1.2.156.10197.1.401"})},
        "timestamp.unsupported",
        UNDECIDED,
    ),
    "SM2 signature": (
        {"signature_algorithm": "1.2.156.10197.1.501"},
        "timestamp.unsupported",
        UNDECIDED,
    ),
    "four digest algorithms listed": (
        {"signed_data": put("digest_algorithms", [{"algorithm": "sha256"}] * 4)},
        "timestamp.unsigned",
        UNDECIDED,
    ),
    "unknown digest algorithm listed": (
        {"signed_data": put("digest_algorithms", [{"algorithm": "1.2.3.4"}])},
        "timestamp.unsigned",
        UNDECIDED,
    ),
    "text beside the signature algorithm": (
        {
            "signer_info": put(
                "signature_algorithm",
                {"algorithm": "sha256_ecdsa", "parameters": core.OctetString(b"hidden")},
            )
        },
        "timestamp.unsigned",
        UNDECIDED,
    ),
    "PSS signature": ({"signature_algorithm": "rsassa_pss"}, "timestamp.unsupported", UNDECIDED),
    "algorithm of another kind of key": (
        {"signature_algorithm": "sha256_rsa"},
        "timestamp.signature",
        FAILED,
    ),
}
"""What is odd about a token -> how it is made, and what it is called."""


@pytest.mark.parametrize("name", ODD)
def test_odd_token_is_not_accepted(name: str, authority: Authority) -> None:
    how, code, outcome = ODD[name]
    certificates = [authority.leaf, authority.intermediate]
    made = tsr(token(authority.leaf, DATA, certificates=certificates, **how))  # type: ignore[arg-type]
    assert fault_of(made, [authority.root.anchor]) == (code, outcome)


def test_extension_that_is_not_critical_is_accepted(authority: Authority) -> None:
    made = token(
        authority.leaf,
        DATA,
        certificates=[authority.leaf],
        statement=put("extensions", extension(critical=False)),
    )
    assert verify(tsr(made), []).gen_time == NOW


@pytest.mark.parametrize(
    ("accuracy", "expected_ms"),
    [
        ({"seconds": 1}, 1000),
        ({"millis": 500}, 500),
        ({"seconds": 1, "millis": 20, "micros": 1}, 1021),
        ({"micros": 999}, 1),
    ],
)
def test_accuracy_is_read_and_rounded_up(
    authority: Authority, accuracy: dict[str, int], expected_ms: int
) -> None:
    made = token(
        authority.leaf,
        DATA,
        certificates=[authority.leaf],
        statement=put("accuracy", accuracy),
    )
    assert verify(tsr(made), []).accuracy_ms == expected_ms


@pytest.mark.parametrize(
    ("text", "microsecond"), [(b".5Z", 500_000), (b".000001Z", 1), (b".1234567Z", 123_456)]
)
def test_fractions_of_seconds_are_read(authority: Authority, text: bytes, microsecond: int) -> None:
    old = encode(0x18, b"20260315120000Z")
    new = encode(0x18, b"20260315120000" + text)

    def edit(raw: bytes) -> bytes:
        return encode(0x30, core.Sequence.load(raw).contents.replace(old, new))

    made = token(authority.leaf, DATA, certificates=[authority.leaf], statement_bytes=edit)
    assert verify(tsr(made), []).gen_time == NOW.replace(microsecond=microsecond)


def test_identifier_of_version_1_is_accepted_and_reported(authority: Authority) -> None:
    def old_style(values: dict[str, object]) -> None:
        del values["signing_certificate_v2"]
        values["signing_certificate"] = forge.ess_v1(authority.leaf.der)

    made = token(authority.leaf, DATA, certificates=[authority.leaf], attributes=old_style)
    assert verify(tsr(made), []).uses_sha1_ess

    both = token(
        authority.leaf,
        DATA,
        certificates=[authority.leaf],
        attributes=put("signing_certificate", forge.ess_v1(authority.leaf.der)),
    )
    assert not verify(tsr(both), []).uses_sha1_ess


def test_issuer_and_serial_of_the_identifier_must_be_right(authority: Authority) -> None:
    for serial, is_right in ((None, True), (5, False)):
        identifier = forge.ess_v2(authority.leaf.der)
        identifier["certs"][0]["issuer_serial"] = forge.issuer_serial(authority.leaf, serial=serial)
        made = tsr(
            token(
                authority.leaf,
                DATA,
                certificates=[authority.leaf],
                attributes=put("signing_certificate_v2", identifier),
            )
        )
        if is_right:
            assert verify(made, []).gen_time == NOW
        else:
            assert fault_of(made, []) == ("timestamp.certificate_id", FAILED)


@pytest.mark.parametrize(
    "leaf",
    [
        {"usages": ()},
        {"is_critical": False},
        {"usages": (forge.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)},
        {"usages": (ExtendedKeyUsageOID.CODE_SIGNING,)},
        {"usages": (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)},
        {"key_usage": forge.only(encipher=True)},
    ],
    ids=str,
)
def test_certificate_not_meant_for_time_stamps_alone_is_not_accepted(
    authority: Authority, leaf: dict[str, object]
) -> None:
    signer = authority.issue_leaf(**leaf)  # type: ignore[arg-type]
    made = tsr(token(signer, DATA, certificates=[signer, authority.intermediate]))
    assert fault_of(made, [authority.root.anchor]) == ("timestamp.usage", UNDECIDED)


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(public_exponent=65537, key_size=1024),
    ],
    ids=["Ed25519", "secp256k1", "RSA 1024"],
)
def test_key_of_another_kind_is_not_accepted(authority: Authority, key: forge.PrivateKey) -> None:
    signer = authority.issue_leaf(key=key)
    made = tsr(
        token(
            signer,
            DATA,
            certificates=[signer, authority.intermediate],
            signature_algorithm="sha256_rsa"
            if isinstance(key, rsa.RSAPrivateKey)
            else "sha256_ecdsa",
        )
    )
    assert fault_of(made, [authority.root.anchor]) == ("timestamp.unsupported", UNDECIDED)


def test_certificate_expired_since_is_accepted_and_before_is_not(authority: Authority) -> None:
    for seconds, is_valid in ((0, True), (-1, False)):
        signer = authority.issue_leaf(ends_at=NOW + timedelta(seconds=seconds))
        made = tsr(token(signer, DATA, certificates=[signer, authority.intermediate]))
        if is_valid:
            assert verify(made, [authority.root.anchor]).anchor == authority.root.anchor
        else:
            expected = ("timestamp.outside_validity", FAILED)
            assert fault_of(made, [authority.root.anchor]) == expected


def test_time_before_the_certificate_fails(authority: Authority) -> None:
    made = token(
        authority.leaf,
        DATA,
        certificates=[authority.leaf, authority.intermediate],
        statement=put("gen_time", forge.STARTS_AT - timedelta(seconds=1)),
    )
    expected = ("timestamp.outside_validity", FAILED)
    assert fault_of(tsr(made), [authority.root.anchor]) == expected


def intermediates(root: Identity) -> dict[str, Identity]:
    ends_at = NOW - timedelta(days=1)
    usages = [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    return {
        "no authority": forge.issue("Bad CA", issuer=root),
        "may not certify": forge.issue(
            "Bad CA", issuer=root, ca=True, key_usage=forge.only(sign=True)
        ),
        "for e-mail alone": forge.issue("Bad CA", issuer=root, ca=True, usages=usages),
        "expired": forge.issue("Bad CA", issuer=root, ca=True, ends_at=ends_at),
    }


@pytest.mark.parametrize("name", ["no authority", "may not certify", "for e-mail alone", "expired"])
def test_chain_that_breaks_a_rule_is_not_accepted(authority: Authority, name: str) -> None:
    between = intermediates(authority.root)[name]
    signer = forge.issue("Leaf", issuer=between, usages=[forge.TIME_STAMPING])
    made = tsr(token(signer, DATA, certificates=[signer, between]))
    assert fault_of(made, [authority.root.anchor]) == ("timestamp.chain", UNDECIDED)


@pytest.mark.parametrize(
    "usage", [forge.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], ids=str
)
def test_intermediate_for_time_stamps_is_accepted(
    authority: Authority, usage: ObjectIdentifier
) -> None:
    between = forge.issue(
        "CA", issuer=authority.root, ca=True, usages=[usage], key_usage=forge.only(certify=True)
    )
    signer = forge.issue("Leaf", issuer=between, usages=[forge.TIME_STAMPING])
    made = tsr(token(signer, DATA, certificates=[signer, between]))
    assert verify(made, [authority.root.anchor]).anchor == authority.root.anchor


def test_path_length_is_honoured() -> None:
    root = forge.issue("Root", ca=True, path_length=0)
    between = forge.issue("CA", issuer=root, ca=True)
    signer = forge.issue("Leaf", issuer=between, usages=[forge.TIME_STAMPING])
    made = tsr(token(signer, DATA, certificates=[signer, between]))
    assert fault_of(made, [root.anchor]) == ("timestamp.chain", UNDECIDED)


def test_injected_certificates_fail(authority: Authority) -> None:
    stranger = forge.issue("Test CA", ca=True)
    unrelated = forge.issue("Hidden message")
    clone = forge.issue(
        "Test Time Stamps",
        issuer=authority.intermediate,
        serial=authority.leaf.certificate.serial_number,
    )
    expected = ("timestamp.injected", FAILED)
    rightful = [authority.leaf, authority.intermediate]
    for injected in ([stranger], [unrelated], [clone], [authority.leaf], [unrelated] * 9):
        made = tsr(token(authority.leaf, DATA, certificates=[*injected, *rightful]))
        assert fault_of(made, [authority.root.anchor]) == expected


def test_more_certificates_than_a_chain_has_are_not_looked_at(authority: Authority) -> None:
    many = [forge.issue(f"CA {number}", ca=True) for number in range(MAX_CERTIFICATES + 1)]
    made = tsr(token(authority.leaf, DATA, certificates=many))
    with pytest.raises(Fault) as caught:
        verify(made, [authority.root.anchor])
    assert caught.value.params == {"count": MAX_CERTIFICATES + 1}


def test_certificate_of_another_form_fails(authority: Authority) -> None:
    other = cms.CertificateChoices(
        "other",
        cms.OtherCertificateFormat(
            {"other_cert_format": "1.2.3", "other_cert": core.OctetString(b"hidden")}
        ),
    )
    made = token(authority.leaf, DATA, certificates=[], signed_data=put("certificates", [other]))
    assert fault_of(tsr(made), []) == ("timestamp.injected", FAILED)


def test_more_around_the_token_than_its_status_fails(authority: Authority) -> None:
    bare = token(authority.leaf, DATA, certificates=[authority.leaf])
    text = encode(0x30, bytes.fromhex("020100"), encode(0x30, encode(0x0C, b"hidden")))
    for status in (text, bytes.fromhex("3003020101")):
        assert fault_of(tsr(bare, status=status), []) == ("timestamp.not_rewrapped", FAILED)


def test_truncated_and_trailing_bytes_fail(authority: Authority, good: bytes) -> None:
    for damaged in (good[:-1], good + b"\x00", good[: len(good) // 2], b"", b"junk", forge.GRANTED):
        assert fault_of(damaged, [authority.root.anchor]) == ("timestamp.malformed", FAILED)
    assert fault_of(encode(0x04, bytes(MAX_TOKEN_BYTES)), []) == ("timestamp.malformed", FAILED)


def test_status_without_token_fails() -> None:
    assert fault_of(encode(0x30, forge.GRANTED), []) == ("timestamp.malformed", FAILED)


def test_content_that_is_no_signed_data_fails() -> None:
    other = encode(0x30, bytes.fromhex("06092a864886f70d010701"), encode(0xA0, b"\x04\x00"))
    assert fault_of(tsr(other), []) == ("timestamp.content_type", FAILED)


def stated(found: TimestampToken) -> tuple[object, ...]:
    """All but the certificates above the signer's, which are only as good as their root."""
    return (
        found.gen_time,
        found.accuracy_ms,
        found.authority,
        found.serial,
        found.imprint_algorithm,
        found.policy,
        found.nonce,
        found.uses_sha1_ess,
    )


def test_no_flipped_bit_changes_what_is_stated(authority: Authority, good: bytes) -> None:
    anchors = [authority.root.anchor]
    honest = stated(verify(good, anchors))
    for position in range(len(good)):
        flipped = bytearray(good)
        flipped[position] ^= 1 << (position % 8)
        try:
            found = verify(bytes(flipped), anchors)
        except Fault:
            continue
        assert stated(found) == honest, position


def test_request_asks_for_what_was_said() -> None:
    request = tsp.TimeStampReq.load(
        build_request(DATA, nonce=42, algorithm="sha512", policy="1.2.3"), strict=True
    )
    assert request.native["version"] == "v1"
    assert request["nonce"].native == 42
    assert request["cert_req"].native is True
    assert request["req_policy"].native == "1.2.3"
    assert request["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha512"
    assert request["message_imprint"]["hashed_message"].native == hashlib.sha512(DATA).digest()
    with pytest.raises(ValueError, match="sha1"):
        build_request(DATA, nonce=42, algorithm="sha1")


def reply_fault(reply: bytes, **asked: object) -> tuple[str, Outcome]:
    how: dict[str, object] = {"nonce": 4711, **asked}
    with pytest.raises(Fault) as caught:
        accept_response(reply, DATA, **how)  # type: ignore[arg-type]
    return caught.value.code, caught.value.outcome


def test_good_reply_is_kept_without_anything_around_it(good: bytes) -> None:
    assert accept_response(good, DATA, nonce=4711, policy="1.2.3.4") == good
    bare = good.removeprefix(good[:4]).removeprefix(forge.GRANTED)
    text = encode(0x30, bytes.fromhex("020101"), encode(0x30, encode(0x0C, b"with mods")))
    assert accept_response(tsr(bare, status=text), DATA, nonce=4711) == good


def test_reply_to_another_request_is_not_kept(authority: Authority, good: bytes) -> None:
    assert reply_fault(good, nonce=1) == ("timestamp.nonce", FAILED)
    assert reply_fault(good, policy="1.2.3.5") == ("timestamp.policy", FAILED)
    assert reply_fault(good, algorithm="sha512") == ("timestamp.imprint_algorithm", UNDECIDED)
    without = token(authority.leaf, DATA, certificates=[authority.leaf], statement=drop("nonce"))
    assert reply_fault(tsr(without)) == ("timestamp.nonce", FAILED)


def test_refusal_is_told_as_such() -> None:
    refusal = encode(0x30, encode(0x30, bytes.fromhex("020102030205a0")))
    with pytest.raises(Fault) as caught:
        accept_response(refusal, DATA, nonce=1)
    assert caught.value.code == "timestamp.refused"
    assert caught.value.params == {"status": "rejection"}


@pytest.mark.parametrize("reply", [b"", b"<html>", b"0" * 70_000, bytes.fromhex("3003020100")])
def test_junk_is_no_reply(reply: bytes) -> None:
    assert reply_fault(reply) == ("timestamp.malformed", FAILED)


def test_reply_that_goes_on_and_on_is_none(good: bytes) -> None:
    bare = good.removeprefix(good[:4]).removeprefix(forge.GRANTED)
    long = encode(0x30, encode(0x0C, b"t" * MAX_TOKEN_BYTES))
    text = encode(0x30, bytes.fromhex("020101"), long)
    assert reply_fault(tsr(bare, status=text)) == ("timestamp.malformed", FAILED)


def test_openssl_agrees(tmp_path: Path, authority: Authority, good: bytes) -> None:
    (tmp_path / "root.pem").write_bytes(certificate_to_pem(authority.root.der))
    (tmp_path / "stranger.pem").write_bytes(certificate_to_pem(Authority("X").root.der))
    (tmp_path / "token.tsr").write_bytes(good)
    for data, root, is_right in (
        (DATA, "root.pem", True),
        (b"other", "root.pem", False),
        (DATA, "stranger.pem", False),
    ):
        (tmp_path / "data").write_bytes(data)
        command = f"openssl ts -verify -attime {int(NOW.timestamp())} -data data -in token.tsr"
        done = subprocess.run(
            [*command.split(), "-CAfile", root], cwd=tmp_path, capture_output=True, check=False
        )
        assert (done.returncode == 0) is is_right, done.stderr


def test_a_token_of_openssl_holds(tsa: Tsa) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    made = tsa.authority.stamp(DATA)
    found = verify(made, [])
    assert before <= found.gen_time <= datetime.now(UTC)
    assert found.accuracy_ms == 1000


def test_pyhanko_agrees(authority: Authority, good: bytes) -> None:
    from pyhanko.sign.validation.generic_cms import async_validate_cms_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    signed = tsp.TimeStampResp.load(good)["time_stamp_token"]["content"]
    root = asn1_x509.Certificate.load(authority.root.der)
    context = ValidationContext(trust_roots=[root], moment=NOW, allow_fetching=False)
    usage = KeyUsageConstraints(extd_key_usage={"time_stamping"}, key_usage=set())
    checking = async_validate_cms_signature(
        signed, validation_context=context, key_usage_settings=usage
    )
    status = asyncio.run(checking)
    assert status.intact and status.valid and status.trusted


TOKENS = Path(__file__).parents[3] / "shared" / "tokens"


@pytest.mark.skipif(not TOKENS.is_dir(), reason="real tokens are not part of the project")
@pytest.mark.parametrize(
    ("name", "gen_time", "anchor", "uses_sha1_ess"),
    [
        ("digicert-2025.tsr", "2025-03-24T11:17:47+00:00", "digicert", False),
        ("identrust-2025.tsr", "2025-03-11T10:43:58+00:00", "identrust", True),
        ("costa-rica-2025.tsr", "2025-03-24T11:38:16+00:00", None, False),
        ("globalsign-2021.tst", "2021-09-17T14:09:10+00:00", "globalsign", False),
    ],
)
def test_real_token_holds_under_the_root_shipped_for_it(
    name: str,
    gen_time: str,
    anchor: str | None,
    uses_sha1_ess: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    from evidence_kit.crypto import tsp as module
    from evidence_kit.trust.anchors import anchors_of, load_authorities

    raw = (TOKENS / name).read_bytes()
    raw = raw if name.endswith(".tsr") else tsr(raw)
    content = tsp.TimeStampResp.load(raw)["time_stamp_token"]["content"]
    statement = content["encap_content_info"]["content"].parsed
    stamped = statement["message_imprint"]["hashed_message"].native
    # the data that was stamped is not known, only its digest
    monkeypatch.setattr(module, "digest", lambda algorithm, data: data)
    anchors = anchors_of(load_authorities(tmp_path))
    found = verify(raw, anchors, stamped)
    assert found.gen_time.isoformat() == gen_time
    assert (found.anchor.id if found.anchor else None) == anchor
    assert found.uses_sha1_ess is uses_sha1_ess
    assert verify(raw, [], stamped).anchor is None
    assert fault_of(raw, anchors, b"x") == ("timestamp.imprint", FAILED)
