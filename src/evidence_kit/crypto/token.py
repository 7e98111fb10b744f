"""The signed part of a time-stamp token: who signed it, and that the signature holds."""

import contextlib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from evidence_kit.crypto.der import encode, require_der, tags_inside
from evidence_kit.crypto.digest import ALGORITHMS, digest
from evidence_kit.crypto.x509 import (
    MAX_CERTIFICATES,
    is_authority_key,
    key_family,
    load_certificate,
    may_sign,
    path_upwards,
    weak_digests,
)
from evidence_kit.report import Fault, Outcome

MALFORMED = "timestamp.malformed"
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
_STATEMENT = re.compile(rb"\x02\x06\x30\x02\x18\x30?\x01?\x02?\xa0?\xa1?")
"""The tags in a TSTInfo, in their order (RFC 3161 §2.4.2)."""
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


@dataclass(frozen=True, kw_only=True)
class SignedToken:
    """A token whose signature holds under the certificate that it names."""

    statement: tsp.TSTInfo
    certificate: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    """All others that may lead upwards from it."""
    algorithms: frozenset[str]
    """What its signature rests on: names of digests, and "rsa" or "ecdsa"."""
    uses_sha1_ess: bool


def read_signed_token(
    token: cms.ContentInfo, extra_certificates_der: Sequence[bytes]
) -> SignedToken:
    """Check everything about a token but its imprint, its time and its root.

    RFC 3161 §2.4.2 with RFC 5652 §5 and RFC 5035. To be called inside `der.hostile`.

    Raises:
        Fault: timestamp.malformed, .content_type, .signers, .unsigned, .unsupported,
            .attributes, .digest, .no_certificate, .certificate_id, .injected, .signature,
            .usage.
    """
    # asn1crypto re-encodes what it has looked into, and anything whose length ends in 0x80;
    # so bytes are taken from `contents`, and those that are signed first
    raw = encode(0x30, token.contents)
    signed, signer = _parts(token)
    # RFC 5652 §5.4: the attributes are signed as a SET OF
    signed_bytes = encode(0x31, signer["signed_attrs"].contents)
    content = bytes(signed["encap_content_info"]["content"])
    digest_algorithm = _accepted(signer["digest_algorithm"]["algorithm"].native)
    signature_hash = _signature_hash(signer["signature_algorithm"], digest_algorithm)
    _require_bare_algorithms(signed, signer, digest_algorithm)
    attributes = _signed_attributes(signer["signed_attrs"])
    if _value(attributes, "content_type").native != "tst_info":
        raise Fault("timestamp.content_type")
    if _value(attributes, "message_digest").native != digest(digest_algorithm, content):
        raise Fault("timestamp.digest")
    embedded = _embedded_certificates(signed["certificates"])
    extra = _extra_certificates(extra_certificates_der)
    certificate = _signer_certificate(signer["sid"], [*embedded, *extra], attributes)
    others = [c for c in dict.fromkeys([*embedded, *extra]) if c != certificate]
    path = path_upwards(certificate, others)
    if set(embedded) - set(path):
        for algorithm in weak_digests(path):
            raise _unsupported(algorithm)
        raise Fault("timestamp.injected")
    _verify_value(certificate, signer, signature_hash, signed_bytes)
    # asn1crypto passes over elements at the end of a SEQUENCE that it has no name for
    if raw != _rebuilt(signed, signer, content, signed_bytes):
        raise ValueError("elements that belong to no part of it")
    _require_time_stamping(certificate)
    return SignedToken(
        statement=_statement(content),
        certificate=certificate,
        certificates=tuple(others),
        algorithms=frozenset({digest_algorithm, signature_hash, key_family(certificate)}),
        uses_sha1_ess="signing_certificate_v2" not in attributes,
    )


def _parts(token: cms.ContentInfo) -> tuple[cms.SignedData, cms.SignerInfo]:
    """The SignedData and its only SignerInfo, of the right kind and without loose parts."""
    if token["content_type"].native != "signed_data":
        raise Fault("timestamp.content_type")
    signed = token["content"]
    if signed["encap_content_info"]["content_type"].native != "tst_info":
        raise Fault("timestamp.content_type")
    if len(signed["signer_infos"]) != 1:
        raise Fault("timestamp.signers")
    signer = signed["signer_infos"][0]
    if (signed["version"].native, signer["version"].native) != ("v3", "v1"):
        raise ValueError("version")
    # nothing vouches for these, and anyone could add them later
    if not isinstance(signed["crls"], core.Void) or not isinstance(
        signer["unsigned_attrs"], core.Void
    ):
        raise Fault("timestamp.unsigned", Outcome.INDETERMINATE)
    return signed, signer


def _rebuilt(
    signed: cms.SignedData, signer: cms.SignerInfo, content: bytes, signed_bytes: bytes
) -> bytes:
    """The token as its known parts make it, each in the place that it has (RFC 5652 §5)."""
    sid, certificates = signer["sid"].chosen, signed["certificates"]
    embedded = b""
    if not isinstance(certificates, core.Void):
        embedded = encode(0xA0, *(encode(0x30, one.chosen.contents) for one in certificates))
    info = encode(
        0x30,
        encode(0x02, signer["version"].contents),
        encode(0x30, _issuer(sid), encode(0x02, sid["serial_number"].contents)),
        _bare(signer["digest_algorithm"]),
        b"\xa0" + signed_bytes[1:],
        _bare(signer["signature_algorithm"]),
        encode(0x04, signer["signature"].native),
    )
    body = encode(
        0x30,
        encode(0x02, signed["version"].contents),
        encode(0x31, *map(_bare, signed["digest_algorithms"])),
        encode(0x30, _TST_INFO, encode(0xA0, encode(0x04, content))),
        embedded,
        encode(0x31, info),
    )
    return encode(0x30, _SIGNED_DATA, encode(0xA0, body))


def _bare(algorithm: core.Sequence) -> bytes:
    """The AlgorithmIdentifier, whose parameters are NULL or absent."""
    is_absent = isinstance(algorithm["parameters"], core.Void)
    name = encode(0x06, algorithm["algorithm"].contents)
    return encode(0x30, name, b"" if is_absent else b"\x05\x00")


def _issuer(sid: cms.IssuerAndSerialNumber) -> bytes:
    return encode(0x30, sid["issuer"].chosen.contents)


def _statement(content: bytes) -> tsp.TSTInfo:
    require_der(content, code=MALFORMED, max_bytes=len(content))
    statement = tsp.TSTInfo.load(content, strict=True)
    if statement["version"].native != "v1":
        raise ValueError("version")
    # asn1crypto passes over elements after those that it has a name for
    if not _STATEMENT.fullmatch(tags_inside(content)):
        raise ValueError("elements that belong to no part of it")
    return statement


def _unsupported(algorithm: object) -> Fault:
    return Fault("timestamp.unsupported", Outcome.INDETERMINATE, algorithm=str(algorithm))


def _accepted(algorithm: str) -> str:
    if algorithm not in ALGORITHMS:
        raise _unsupported(algorithm)
    return algorithm


def _signature_hash(algorithm: cms.SignedDigestAlgorithm, digest_algorithm: str) -> str:
    name = algorithm["algorithm"].native
    if name == "rsassa_pkcs1v15":
        return digest_algorithm
    for accepted in ALGORITHMS:
        if name in (f"{accepted}_rsa", f"{accepted}_ecdsa"):
            return accepted
    raise _unsupported(name)


def _require_bare_algorithms(
    signed: cms.SignedData, signer: cms.SignerInfo, digest_algorithm: str
) -> None:
    """Nothing signs these fields, so no more may stand in them than names of algorithms."""
    listed = list(signed["digest_algorithms"])
    names = [entry["algorithm"].native for entry in listed]
    # RFC 5652 §5.1: the signer's own is among them; openssl demands it
    is_plain = len(names) <= len(ALGORITHMS) and {digest_algorithm} <= set(names) <= set(ALGORITHMS)
    used = (*listed, signer["digest_algorithm"], signer["signature_algorithm"])
    if not is_plain or any(entry["parameters"].native is not None for entry in used):
        raise Fault("timestamp.unsigned", Outcome.INDETERMINATE)


def _signed_attributes(attributes: cms.CMSAttributes) -> dict[str, core.SetOf]:
    """The attributes by kind; RFC 5652 §11 allows each of those read here only once."""
    found: dict[str, core.SetOf] = {}
    for attribute in attributes:
        kind = attribute["type"].native
        if kind in found:
            raise Fault("timestamp.attributes")
        found[kind] = attribute["values"]
    return found


def _value(attributes: dict[str, core.SetOf], kind: str) -> core.Asn1Value:
    if kind not in attributes or len(attributes[kind]) != 1:
        raise Fault("timestamp.attributes")
    return attributes[kind][0]


def _embedded_certificates(certificates: core.Asn1Value) -> list[x509.Certificate]:
    if isinstance(certificates, core.Void):
        return []
    if len(certificates) > MAX_CERTIFICATES:
        raise Fault("timestamp.injected", count=len(certificates))
    loaded = []
    for choice in certificates:
        if choice.name != "certificate":
            raise Fault("timestamp.injected")
        loaded.append(x509.load_der_x509_certificate(encode(0x30, choice.chosen.contents)))
    if len(set(loaded)) < len(loaded):
        raise Fault("timestamp.injected")
    return loaded


def _extra_certificates(certificates_der: Sequence[bytes]) -> list[x509.Certificate]:
    """Those that can be read: one that can't must not spoil a token that needs it not."""
    loaded = []
    for der in certificates_der:
        with contextlib.suppress(Fault):
            loaded.append(load_certificate(der))
    return loaded


def _signer_certificate(
    sid: cms.SignerIdentifier,
    pool: Sequence[x509.Certificate],
    attributes: dict[str, core.SetOf],
) -> x509.Certificate:
    """The certificate that the SignerInfo and the signed ESS identifier both name."""
    if sid.name != "issuer_and_serial_number":
        raise _unsupported("subjectKeyIdentifier")
    issuer, serial = _issuer(sid.chosen), sid.chosen["serial_number"].native
    named = [c for c in pool if c.serial_number == serial and c.issuer.public_bytes() == issuer]
    if not named:
        raise Fault("timestamp.no_certificate", Outcome.INDETERMINATE)
    for certificate in named:
        if _is_identified(certificate, attributes):
            return certificate
    raise Fault("timestamp.certificate_id")


def _is_identified(certificate: x509.Certificate, attributes: dict[str, core.SetOf]) -> bool:
    """True where every ESS identifier there is, one at least, is this certificate's."""
    der = certificate.public_bytes(Encoding.DER)
    kinds = [k for k in ("signing_certificate", "signing_certificate_v2") if k in attributes]
    for kind in kinds:
        identifier = _value(attributes, kind)["certs"][0]
        if kind == "signing_certificate":
            # RFC 2634: SHA-1 by definition; it picks a certificate and protects no content
            expected = hashlib.sha1(der, usedforsecurity=False).digest()
        else:
            expected = digest(_accepted(identifier["hash_algorithm"]["algorithm"].native), der)
        if identifier["cert_hash"].native != expected:
            return False
        if not _is_serial_right(identifier["issuer_serial"], certificate):
            return False
    return bool(kinds)


def _is_serial_right(issuer_serial: core.Asn1Value, certificate: x509.Certificate) -> bool:
    if isinstance(issuer_serial, core.Void):
        return True
    names = [
        encode(0x30, name.chosen.chosen.contents)
        for name in issuer_serial["issuer"]
        if name.name == "directory_name"
    ]
    return bool(
        issuer_serial["serial_number"].native == certificate.serial_number
        and names == [certificate.issuer.public_bytes()]
    )


def _verify_value(
    certificate: x509.Certificate, signer: cms.SignerInfo, hash_name: str, signed_bytes: bytes
) -> None:
    if not is_authority_key(certificate):
        raise _unsupported("key of the authority's certificate")
    key = certificate.public_key()
    value = signer["signature"].native
    is_for_rsa = "rsa" in signer["signature_algorithm"]["algorithm"].native
    try:
        if isinstance(key, rsa.RSAPublicKey) and is_for_rsa:
            key.verify(value, signed_bytes, padding.PKCS1v15(), _HASHES[hash_name])
        elif isinstance(key, ec.EllipticCurvePublicKey) and not is_for_rsa:
            key.verify(value, signed_bytes, ec.ECDSA(_HASHES[hash_name]))
        else:
            raise Fault("timestamp.signature")
    except InvalidSignature as error:
        raise Fault("timestamp.signature") from error


def _require_time_stamping(certificate: x509.Certificate) -> None:
    """RFC 3161 §2.3: one critical extended key usage, timeStamping and nothing else."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise Fault("timestamp.usage", Outcome.INDETERMINATE) from None
    is_right = usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    if not (is_right and may_sign(certificate)):
        raise Fault("timestamp.usage", Outcome.INDETERMINATE)
