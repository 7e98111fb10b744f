"""Signatures that programs make, rightly in their own way, and with keys of every kind."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.keys import SigningKey
from tests.crypto import forge
from tests.crypto.forge import NOW, Identity, only
from tests.differential import by_certomancer, by_pyhanko, reasons
from tests.differential.by_openssl import certified, converted, self_made, signed
from tests.differential.case import FAILED, INDETERMINATE, PASSED, Row, SignatureCase, row
from tests.differential.workshop import CONTENT, YESTERDAY, Workshop, new_key

HOLDS, MALFORMED = "signature.holds", "signature.malformed"
UNSUPPORTED, NOT_CANONICAL = "signature.unsupported", "signature.not_canonical"
DOCUMENTS = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


def rsa_signer() -> Identity:
    """A signer with RSA, whose signatures have one value only."""
    return self_made("RSA 3072")


def by_kit(signer: Identity, issuer: Identity | None = None) -> SignatureCase:
    """The kit's own signature with this certificate."""
    assert isinstance(signer.key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    key = SigningKey(private_key=signer.key, certificate_der=signer.der)
    return SignatureCase(
        signature=sign_detached(CONTENT, key, signed_at=NOW),
        content=CONTENT,
        certificate_der=signer.der,
        issuer_der=issuer.der if issuer else None,
    )


def used_for(*usages: ObjectIdentifier, key_usage: x509.KeyUsage | None = None) -> SignatureCase:
    """The kit's signature with a certificate for these purposes."""
    return by_kit(forge.issue("Signer", usages=usages, key_usage=key_usage))


def issued(w: Workshop) -> SignatureCase:
    """The kit's signature with a certificate that an authority issued."""
    return by_kit(forge.issue("Signer", issuer=w.authority.root), w.authority.root)


def by_certificate_of_certomancer(w: Workshop) -> SignatureCase:
    """The same, of the infrastructure in authorities.yml."""
    case = by_kit(by_certomancer.identity(w, "signer"))
    return SignatureCase(
        signature=case.signature,
        content=CONTENT,
        certificate_der=case.certificate_der,
        issuer_der=by_certomancer.certificate(w, "ca"),
    )


def enormous_key(w: Workshop) -> SignatureCase:
    """A certificate whose RSA key has 16384 bits: nobody has it, but to check it takes long."""
    modulus = (1 << 16383) | 1
    builder = (
        x509.CertificateBuilder()
        .subject_name(w.authority.root.certificate.subject)
        .issuer_name(w.authority.root.certificate.subject)
        .public_key(rsa.RSAPublicNumbers(65537, modulus).public_key())
        .serial_number(7)
        .not_valid_before(forge.STARTS_AT)
        .not_valid_after(forge.ENDS_AT)
    )
    root = w.authority.root
    certificate = builder.sign(root.key, hashes.SHA256())
    return by_kit(Identity(key=new_key("RSA 2048"), certificate=certificate), root)


BY_TOOLS: list[Row] = [
    # the certificate
    row("kit, P-256", lambda w: w.signed(w.good_signature), PASSED, HOLDS),
    row("kit, RSA 3072", lambda w: by_kit(rsa_signer()), PASSED, HOLDS),
    row("kit, issued certificate", issued, PASSED, HOLDS,
        pyhanko="chain_constraints_failure",
        why="pyHanko demands KeyUsage nonRepudiation of what it does not trust as a root"),
    row("kit, certificate by certomancer", by_certificate_of_certomancer, PASSED, HOLDS),
    row("kit, expired certificate",
        lambda w: by_kit(forge.issue("Signer", ends_at=YESTERDAY)), PASSED, HOLDS),
    row("kit, usage signing alone", lambda w: used_for(key_usage=only(sign=True)), PASSED, HOLDS),
    row("kit, usage commitment alone", lambda w: used_for(key_usage=only(commit=True)),
        PASSED, HOLDS),
    row("kit, usage encipherment", lambda w: used_for(key_usage=only(encipher=True)),
        INDETERMINATE, "signature.certificate_usage",
        why=reasons.PURPOSE),
    row("kit, usage certifying",
        lambda w: by_kit(forge.issue("Signer", ca=True, key_usage=only(certify=True))),
        INDETERMINATE, "signature.certificate_usage",
        why=reasons.PURPOSE),
    row("kit, certificate of a CA", lambda w: by_kit(forge.issue("Signer", ca=True)),
        PASSED, HOLDS),
    row("kit, for documents", lambda w: used_for(DOCUMENTS), PASSED, HOLDS),
    row("kit, for e-mail", lambda w: used_for(ExtendedKeyUsageOID.EMAIL_PROTECTION),
        PASSED, HOLDS),
    row("kit, for servers", lambda w: used_for(ExtendedKeyUsageOID.SERVER_AUTH), PASSED, HOLDS),
    row("kit, certificate signed with SHA-1",
        lambda w: by_kit(certified(w, "-sha1")), PASSED, HOLDS),
    # the key
    row("openssl, P-384", lambda w: signed(w, signer=self_made("P-384")),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("openssl, P-521", lambda w: signed(w, signer=self_made("P-521")),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("openssl, secp256k1", lambda w: signed(w, signer=self_made("secp256k1")),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("kit, RSA 2048", lambda w: by_kit(self_made("RSA 2048")), INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("kit, RSA 1024", lambda w: by_kit(self_made("RSA 1024")), INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("kit, RSA 16384", enormous_key, INDETERMINATE, UNSUPPORTED,
        openssl="wrong signature length", pyhanko="not valid"),
    row("pyHanko, Ed25519", lambda w: by_pyhanko.signed(self_made("Ed25519"), digest="sha512"),
        INDETERMINATE, UNSUPPORTED,
        openssl="invalid digest", why=reasons.KIND),
    # what programs make
    row("openssl", lambda w: signed(w, signer=rsa_signer()), INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("openssl, CAdES", lambda w: signed(w, "-cades -nosmimecap"), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("openssl, no attributes", lambda w: signed(w, "-noattr"), FAILED, MALFORMED,
        why="without signed attributes, others' attributes can be passed off as content"),
    row("openssl, content inside", lambda w: signed(w, "-nodetach"), FAILED, NOT_CANONICAL,
        pyhanko="CMS structural error: detached signatures should not have encapsulated data",
        why=reasons.DETACHED),
    row("openssl, no certificates", lambda w: signed(w, "-nocerts"), FAILED, MALFORMED,
        pyhanko="signer certificate not included in signature", why=reasons.ONE_SIGNER),
    row("openssl, more certificates", lambda w: signed(w, "-certfile other.pem"),
        FAILED, MALFORMED,
        why=reasons.ONE_SIGNER),
    row("openssl, key identifier", lambda w: signed(w, "-keyid"), FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("openssl, two signers", lambda w: signed(w, "-signer other.pem"), FAILED, MALFORMED,
        openssl="signer certificate not found",
        pyhanko="signer_infos should contain exactly one entry"),
    row("openssl, streamed", lambda w: signed(w, "-stream -nodetach"), FAILED, MALFORMED,
        pyhanko="CMS structural error: detached signatures should not have encapsulated data",
        why=reasons.DETACHED),
    row("openssl, SHA-1", lambda w: signed(w, "-md sha1"), INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("openssl, MD5", lambda w: signed(w, "-md md5", signer=rsa_signer()),
        INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("openssl, SHA-512", lambda w: signed(w, "-md sha512"), INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("openssl, PSS",
        lambda w: signed(w, "-keyopt rsa_padding_mode:pss", signer=rsa_signer()),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("openssl, PEM", lambda w: signed(w, form="PEM"), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("openssl, S/MIME", lambda w: signed(w, form="SMIME"), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("openssl, other content type", lambda w: signed(w, "-econtent_type 1.2.3.4"),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("openssl, digest alone", lambda w: converted(w, "cms -digest_create"),
        FAILED, MALFORMED,
        openssl="content type not signed data", pyhanko="crashes: KeyError"),
    row("openssl, data alone", lambda w: converted(w, "cms -data_create"), FAILED, MALFORMED,
        openssl="content type not signed data", pyhanko="crashes: TypeError"),
    row("openssl, encrypted",
        lambda w: converted(w, "cms -encrypt -recip signer.pem"), FAILED, MALFORMED,
        openssl="content type not signed data", pyhanko="crashes: KeyError"),
    row("pyHanko", lambda w: by_pyhanko.signed(rsa_signer()), FAILED, MALFORMED,
        why=reasons.FORM),
    row("pyHanko, CAdES", lambda w: by_pyhanko.signed(rsa_signer(), use_cades=True),
        FAILED, NOT_CANONICAL,
        why=reasons.FORM),
    row("pyHanko, PSS", lambda w: by_pyhanko.signed(rsa_signer(), prefer_pss=True),
        INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("pyHanko, time stamp inside",
        lambda w: by_pyhanko.signed(rsa_signer(), timestamper=by_pyhanko.time_stamper(w)),
        FAILED, MALFORMED,
        why=reasons.FORM),
    row("pyHanko, content inside", lambda w: by_pyhanko.signed(rsa_signer(), detached=False),
        FAILED, MALFORMED,
        pyhanko="CMS structural error: detached signatures should not have encapsulated data",
        why=reasons.DETACHED),
]  # fmt: skip
"""Programs and keys."""
