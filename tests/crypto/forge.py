"""Makes certificates and time-stamp tokens, right ones and every kind of wrong one."""

import hashlib
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from evidence_kit.crypto.der import encode
from evidence_kit.crypto.pem import Anchor
from tests.crypto.elements import replace

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Edit = Callable[[dict[str, object]], None]

NOW = datetime(2026, 3, 15, 12, 0, 0, tzinfo=UTC)
STARTS_AT = datetime(2020, 1, 1, tzinfo=UTC)
ENDS_AT = datetime(2035, 1, 1, tzinfo=UTC)
GRANTED = bytes.fromhex("3003020100")
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_serials = itertools.count(0x1000)


@dataclass(frozen=True, kw_only=True)
class Identity:
    key: PrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def anchor(self) -> Anchor:
        return Anchor(
            id="test",
            name_en="Test",
            name_zh="测试",
            country=None,
            certificate_der=self.der,
            source="given",
        )


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def issue(
    name: str,
    *,
    issuer: Identity | None = None,
    key: PrivateKey | None = None,
    ca: bool = False,
    path_length: int | None = None,
    usages: Sequence[ObjectIdentifier] = (),
    is_critical: bool = True,
    key_usage: x509.KeyUsage | None = None,
    starts_at: datetime = STARTS_AT,
    ends_at: datetime = ENDS_AT,
    serial: int | None = None,
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Identity:
    """A certificate; self-signed without an issuer. `extensions` come with their criticality."""
    key = key or p256()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(serial if serial is not None else next(_serials))
        .not_valid_before(starts_at)
        .not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(ca, path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
            critical=False,
        )
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=is_critical)
    if key_usage is not None:
        builder = builder.add_extension(key_usage, critical=True)
    for extension, is_critical_too in extensions:
        builder = builder.add_extension(extension, critical=is_critical_too)
    algorithm = None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return Identity(key=key, certificate=builder.sign(signer, algorithm))


def only(
    *, sign: bool = False, commit: bool = False, certify: bool = False, encipher: bool = False
) -> x509.KeyUsage:
    """A KeyUsage with these bits."""
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=commit,
        key_encipherment=encipher,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certify,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


class Authority:
    """A root, an intermediate and a time-stamping leaf."""

    def __init__(self, name: str = "Test", *, key: PrivateKey | None = None) -> None:
        self.root = issue(f"{name} Root", ca=True)
        self.intermediate = issue(f"{name} CA", issuer=self.root, ca=True)
        self.leaf = self.issue_leaf(key=key)

    def issue_leaf(
        self,
        *,
        key: PrivateKey | None = None,
        usages: Sequence[ObjectIdentifier] = (TIME_STAMPING,),
        is_critical: bool = True,
        key_usage: x509.KeyUsage | None = None,
        ends_at: datetime = ENDS_AT,
    ) -> Identity:
        return issue(
            "Test Time Stamps",
            issuer=self.intermediate,
            key=key,
            usages=usages,
            is_critical=is_critical,
            key_usage=key_usage,
            ends_at=ends_at,
        )


def ess_v2(certificate_der: bytes, algorithm: str = "sha256") -> tsp.SigningCertificateV2:
    identifier = {
        "hash_algorithm": {"algorithm": algorithm},
        "cert_hash": hashlib.new(algorithm, certificate_der).digest(),
    }
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(identifier)]})


def ess_v1(certificate_der: bytes) -> tsp.SigningCertificate:
    identifier = {"cert_hash": hashlib.sha1(certificate_der, usedforsecurity=False).digest()}
    return tsp.SigningCertificate({"certs": [tsp.ESSCertID(identifier)]})


def issuer_serial(identity: Identity, *, serial: int | None = None) -> tsp.IssuerSerial:
    name = asn1_x509.Certificate.load(identity.der).issuer
    return tsp.IssuerSerial(
        {
            "issuer": [asn1_x509.GeneralName("directory_name", name)],
            "serial_number": serial or identity.certificate.serial_number,
        }
    )


def token(
    signer: Identity,
    data: bytes,
    *,
    certificates: Sequence[Identity],
    digest: str = "sha256",
    imprint: str = "sha256",
    signature_algorithm: str | None = None,
    statement: Edit = lambda fields: None,
    statement_bytes: Callable[[bytes], bytes] = lambda raw: raw,
    attributes: Edit = lambda values: None,
    signer_info: Edit = lambda fields: None,
    signed_data: Edit = lambda fields: None,
) -> bytes:
    """The DER of a token (a ContentInfo) over `data`, with what the edits change in it.

    `statement` and `attributes` change what is signed; the others what is not.
    """
    fields: dict[str, object] = {
        "version": "v1",
        "policy": "1.2.3.4",
        "message_imprint": {
            "hash_algorithm": {"algorithm": imprint},
            "hashed_message": hashlib.new(imprint, data).digest(),
        },
        "serial_number": 77,
        "gen_time": NOW,
        "nonce": 4711,
    }
    statement(fields)
    statement_der: bytes = tsp.TSTInfo(fields).dump()
    content = statement_bytes(statement_der)
    values: dict[str, object] = {
        "content_type": cms.ContentType("tst_info"),
        "message_digest": core.OctetString(hashlib.new(digest, content).digest()),
        "signing_certificate_v2": ess_v2(signer.der),
    }
    attributes(values)
    signed_attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute(
                {"type": kind, "values": value if isinstance(value, list) else [value]}
            )
            for kind, value in values.items()
        ]
    )
    name = signature_algorithm or natural_algorithm(signer.key, digest)
    leaf = asn1_x509.Certificate.load(signer.der)
    info: dict[str, object] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            cms.IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number}),
        ),
        "digest_algorithm": {"algorithm": digest},
        "signed_attrs": signed_attributes,
        "signature_algorithm": {"algorithm": name},
        "signature": sign(signer.key, signed_attributes.dump(), digest),
    }
    signer_info(info)
    body: dict[str, object] = {
        "version": "v3",
        "digest_algorithms": [{"algorithm": digest}],
        "encap_content_info": {
            "content_type": "tst_info",
            "content": core.ParsableOctetString(statement_der),
        },
        "certificates": [
            cms.CertificateChoices("certificate", asn1_x509.Certificate.load(one.der))
            for one in certificates
        ],
        "signer_infos": [cms.SignerInfo(info)],
    }
    signed_data(body)
    made: bytes = cms.ContentInfo(
        {"content_type": "signed_data", "content": cms.SignedData(body)}
    ).dump()
    if content == statement_der:
        return made
    # asn1crypto would refuse to hold a statement that is none
    return replace(made, (1, 0, 2, 1, 0), encode(0x04, content))


def tsr(token_der: bytes, *, status: bytes = GRANTED) -> bytes:
    """The token as a TimeStampResp with this status."""
    made: bytes = core.Sequence(contents=status + token_der).dump()
    return made


def nested(depth: int) -> bytes:
    """SEQUENCEs inside each other."""
    made = b""
    for _ in range(depth):
        made = core.Sequence(contents=made).dump()
    return made


def natural_algorithm(key: PrivateKey, digest: str) -> str:
    """The signature algorithm that goes with this key and digest."""
    if isinstance(key, rsa.RSAPrivateKey):
        return f"{digest}_rsa"
    return "ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else f"{digest}_ecdsa"


def sign(key: PrivateKey, message: bytes, digest: str) -> bytes:
    """The signature over the message; RSA is PKCS #1 v1.5."""
    algorithm = _HASHES.get(digest, hashes.SHA256())
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), algorithm)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message)
    return key.sign(message, ec.ECDSA(algorithm))
