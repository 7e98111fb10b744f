"""Tokens whose certificates are odd: the leaf, those above it, and those that don't belong."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from asn1crypto import cms, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from evidence_kit.crypto.der import encode
from tests.crypto import elements as der
from tests.crypto import forge
from tests.crypto.forge import NOW, TIME_STAMPING, Identity, issue, only
from tests.differential import reasons
from tests.differential.by_openssl import certified, issued_leaf
from tests.differential.case import FAILED, INDETERMINATE, PASSED, Make, Row, TokenCase, row
from tests.differential.tokens_envelope import HIDDEN, INJECTED
from tests.differential.tokens_statement import HOLDS, MALFORMED, OUTSIDE, UNSUPPORTED
from tests.differential.workshop import DATA, YESTERDAY, Workshop, new_key

CHAIN, USAGE, UNTRUSTED = "timestamp.chain", "timestamp.usage", "timestamp.untrusted"
IMPOSTOR, NO_CERTIFICATE = "timestamp.impostor", "timestamp.no_certificate"


def leaf(**how: object) -> Make:
    """A token of a leaf that the trusted authority issued so."""
    return lambda w: w.token(w.authority.issue_leaf(**how))  # type: ignore[arg-type]


def of_key(kind: str, digest: str = "sha256") -> Make:
    """A token of a leaf with a key of this kind."""
    return lambda w: w.token(issued_leaf(w, kind), digest=digest)


def with_certificates(choose: Callable[[Workshop], Sequence[Identity]]) -> Make:
    """The right token, with these certificates in it."""
    return lambda w: w.token(certificates=choose(w))


def beside(choose: Callable[[Workshop], Sequence[Identity]]) -> Make:
    """The right token, with these certificates beside its own two."""
    return with_certificates(lambda w: [*choose(w), w.authority.leaf, w.authority.intermediate])


def remade(w: Workshop, edit: der.Edit, *, ca: bool = False) -> Identity:
    """The leaf, or the CA above it, signed anew after its contents were changed by hand."""
    old = w.authority.intermediate if ca else w.authority.leaf
    issuer = w.authority.root if ca else w.authority.intermediate
    contents = edit(der.at(old.der, 0))
    value = encode(0x03, b"\0", forge.sign(issuer.key, contents, "sha256"))
    made = encode(0x30, contents, der.at(old.der, 1), value)
    return Identity(key=old.key, certificate=x509.load_der_x509_certificate(made))


def other_generator(w: Workshop) -> TokenCase:
    """P-256 spelled out but for its generator: whoever chose it has a private key."""
    old = certified(w, genpkey=EXPLICIT, is_leaf=True)
    generator = bytes.fromhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
    signer = w.authority.intermediate
    contents = der.at(old.der, 0).replace(generator, bytes(31) + b"\1")
    value = encode(0x03, b"\0", forge.sign(signer.key, contents, "sha256"))
    made = encode(0x30, contents, der.at(old.der, 1), value)
    return fresh(w, Identity(key=old.key, certificate=x509.load_der_x509_certificate(made)))


def of_unlucky_length(w: Workshop) -> TokenCase:
    """A leaf that asn1crypto encodes anew when it is read, with another address in it."""
    for size in itertools.cycle(range(256)):
        where = x509.UniformResourceIdentifier(f"http://tsa.example:80/%7e{'a' * size}")
        point = x509.DistributionPoint([where], None, None, None)
        below = issue(
            "Time",
            issuer=w.authority.intermediate,
            usages=[TIME_STAMPING],
            extensions=[(x509.CRLDistributionPoints([point]), False)],
        )
        if below.der[1:4:2] == b"\x82\x80":
            break
    made = w.token(below).tsr
    embedded = encode(0xA0, below.der, w.authority.intermediate.der)
    return w.kept(der.replace(made, (1, 1, 0, 3), embedded))


def fresh(w: Workshop, signer: Identity, **how: object) -> TokenCase:
    """A token of the present time: `openssl x509` makes certificates that begin now."""
    now = datetime.now(UTC).replace(microsecond=0)
    return w.token(signer, statement=lambda fields: fields.update(gen_time=now), **how)  # type: ignore[arg-type]


def constrained(*, permitted: str | None = None, excluded: str | None = None) -> Make:
    """A token below a CA that may issue for some names only."""

    def name(text: str | None) -> list[x509.GeneralName] | None:
        attribute = text and x509.NameAttribute(NameOID.COMMON_NAME, text)
        return [x509.DirectoryName(x509.Name([attribute]))] if attribute else None

    constraint = x509.NameConstraints(name(permitted), name(excluded))

    def make(w: Workshop) -> TokenCase:
        above = issue("CA", issuer=w.authority.root, ca=True, extensions=[(constraint, True)])
        below = issue("Time", issuer=above, usages=[TIME_STAMPING])
        return w.token(below, between=[above])

    return make


def enormous_key(w: Workshop) -> TokenCase:
    """A leaf whose RSA key has 16384 bits."""
    numbers = rsa.RSAPublicNumbers(65537, (1 << 16383) | 1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(w.authority.leaf.certificate.subject)
        .issuer_name(w.authority.intermediate.certificate.subject)
        .public_key(numbers.public_key())
        .serial_number(7)
        .not_valid_before(forge.STARTS_AT)
        .not_valid_after(forge.ENDS_AT)
        .add_extension(x509.ExtendedKeyUsage([TIME_STAMPING]), critical=True)
    )
    certificate = builder.sign(w.authority.intermediate.key, hashes.SHA256())
    return w.token(Identity(key=new_key("RSA 2048"), certificate=certificate))


def impostor(w: Workshop, *, with_root: bool) -> TokenCase:
    """A whole authority of the trusted one's names, with keys of its own."""
    twin = forge.Authority()
    above = [twin.intermediate, twin.root] if with_root else [twin.intermediate]
    return w.token(twin.leaf, between=above)


def circle(w: Workshop) -> TokenCase:
    """Two authorities that vouch for each other."""
    first = issue("First", ca=True)
    second = issue("Second", issuer=first, ca=True)
    back = issue("First", issuer=second, key=first.key, ca=True)
    below = issue("Time", issuer=second, usages=[TIME_STAMPING])
    return w.token(below, between=[second, back])


def cross(w: Workshop, *, trusts_elder: bool) -> TokenCase:
    """The trusted root, vouched for by an older one."""
    elder = issue("Elder Root", ca=True)
    above = issue("Test Root", issuer=elder, key=w.authority.root.key, ca=True)
    root = elder if trusts_elder else w.authority.root
    return w.token(between=[w.authority.intermediate, above], roots=[root])


def renewed_ca(w: Workshop) -> TokenCase:
    """Two certificates of one CA key, the first of them expired."""
    key = new_key("P-256")
    root = w.authority.root
    old = issue("CA", issuer=root, key=key, ca=True, ends_at=YESTERDAY)
    new = issue("CA", issuer=root, key=key, ca=True)
    below = issue("Time", issuer=new, usages=[TIME_STAMPING])
    return w.token(below, between=[old, new])


def pinned_leaf(w: Workshop) -> TokenCase:
    """A leaf that nobody issued, trusted as it is."""
    alone = issue("Time", usages=[TIME_STAMPING])
    return w.token(alone, between=[], roots=[alone])


def extra(w: Workshop, *certificates: Identity, beside: Sequence[Identity]) -> TokenCase:
    """A token with these certificates in it, and others kept beside it."""
    made = w.token(certificates=certificates)
    kept = tuple(one.der for one in beside)
    return TokenCase(tsr=made.tsr, data=DATA, roots_der=made.roots_der, extra_der=kept)


def of_another_form(w: Workshop) -> TokenCase:
    """A certificate that is none beside the right ones."""
    other = cms.OtherCertificateFormat(
        {"other_cert_format": "1.2.3", "other_cert": core.OctetString(b"hidden")}
    )
    choice = cms.CertificateChoices("other", other)
    return w.token(signed_data=lambda body: body["certificates"].append(choice))


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
CODE, ANY = ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
EXPLICIT = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit"

CERTIFICATES: list[Row] = [
    # the leaf's key
    row("leaf P-384", of_key("P-384", "sha384"), PASSED, HOLDS),
    row("leaf P-521", of_key("P-521", "sha512"), PASSED, HOLDS),
    row("leaf RSA 2048", of_key("RSA 2048"), PASSED, HOLDS),
    row("leaf RSA 3072", of_key("RSA 3072", "sha512"), PASSED, HOLDS),
    row("leaf RSA 1024", of_key("RSA 1024"), INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("leaf RSA 16384", enormous_key, INDETERMINATE, UNSUPPORTED,
        openssl="wrong signature length", pyhanko="not valid"),
    row("leaf secp256k1", of_key("secp256k1"), INDETERMINATE, UNSUPPORTED,
        why=reasons.KIND),
    row("leaf Ed25519", of_key("Ed25519"), INDETERMINATE, UNSUPPORTED,
        openssl="operation not supported for this keytype", pyhanko="crypto_constraints_failure"),
    row("leaf with explicit curve parameters",
        lambda w: fresh(w, certified(w, genpkey=EXPLICIT, is_leaf=True)),
        PASSED, HOLDS,
        openssl="Certificate public key has explicit ECC parameters",
        why=reasons.SPELLED_OUT),
    row("leaf with other parameters than its curve's", other_generator,
        INDETERMINATE, UNSUPPORTED,
        openssl="decode error", pyhanko="crashes: UnsupportedAlgorithm"),
    row("leaf whose length ends in 0x80", of_unlucky_length, PASSED, HOLDS,
        pyhanko="Signing certificate attribute does not match selected signer's certificate",
        why="asn1crypto takes the length for an indefinite one and encodes the certificate anew"),
    row("leaf by openssl", lambda w: fresh(w, certified(w, is_leaf=True)), PASSED, HOLDS),
    row("leaf signed with SHA-1",
        lambda w: fresh(w, certified(w, "-sha1", is_leaf=True)), INDETERMINATE, UNSUPPORTED,
        pyhanko="crypto_constraints_failure", why=reasons.WEAK),
    row("leaf signed with SHA-1 by the root",
        lambda w: fresh(w, certified(w, "-sha1", is_leaf=True), between=[], roots=[
            w.authority.intermediate]), INDETERMINATE, UNSUPPORTED,
        openssl="unable to get issuer certificate", pyhanko="crypto_constraints_failure"),
    # what the leaf is for
    row("usage absent", leaf(usages=()), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", pyhanko="chain_constraints_failure"),
    row("usage not critical", leaf(is_critical=False), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", why=reasons.USAGE),
    row("usage with another", leaf(usages=(TIME_STAMPING, CODE)), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", why=reasons.USAGE),
    row("usage code signing", leaf(usages=(CODE,)), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", pyhanko="chain_constraints_failure"),
    row("usage any", leaf(usages=(ANY,)), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", pyhanko="chain_constraints_failure"),
    row("usage time stamps and any", leaf(usages=(TIME_STAMPING, ANY)), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", why=reasons.USAGE),
    row("usage time stamps twice", leaf(usages=(TIME_STAMPING, TIME_STAMPING)),
        INDETERMINATE, USAGE,
        why=reasons.USAGE),
    row("key usage signing", leaf(key_usage=only(sign=True)), PASSED, HOLDS),
    row("key usage commitment", leaf(key_usage=only(commit=True)), PASSED, HOLDS),
    row("key usage encipherment", leaf(key_usage=only(encipher=True)), INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose",
        why="the key is not for signatures (RFC 5280 §4.2.1.3)"),
    row("leaf that is a CA", lambda w: w.token(issue(
        "CA too", issuer=w.authority.intermediate, ca=True, usages=[TIME_STAMPING])),
        PASSED, HOLDS),
    row("leaf with an unknown extension", lambda w: w.token(issue(
        "Time", issuer=w.authority.intermediate, usages=[TIME_STAMPING],
        extensions=[(UNKNOWN, False)])), PASSED, HOLDS),
    row("leaf with an unknown critical extension", lambda w: w.token(issue(
        "Time", issuer=w.authority.intermediate, usages=[TIME_STAMPING],
        extensions=[(UNKNOWN, True)])), INDETERMINATE, CHAIN,
        openssl="unhandled critical extension", pyhanko="certificate_chain_general_failure"),
    row("leaf expired before", leaf(ends_at=NOW - timedelta(seconds=1)), FAILED, OUTSIDE,
        openssl="certificate has expired", why=reasons.TOLERANCE),
    # the leaf's form
    row("leaf of version 1",
        lambda w: w.token(remade(w, lambda raw: der.remove(der.remove(raw, (7,)), (0,)))),
        INDETERMINATE, UNSUPPORTED,
        openssl="unsuitable certificate purpose", pyhanko="chain_constraints_failure"),
    row("leaf without extensions", lambda w: w.token(remade(w, lambda raw: der.remove(raw, (7,)))),
        INDETERMINATE, USAGE,
        openssl="unsuitable certificate purpose", pyhanko="chain_constraints_failure"),
    row("leaf with serial number 0",
        lambda w: w.token(remade(w, lambda raw: der.replace(raw, (1,), b"\x02\x01\0"))),
        PASSED, HOLDS),
    row("leaf with a negative serial number",
        lambda w: w.token(remade(w, lambda raw: der.replace(raw, (1,), b"\x02\x01\xfb"))),
        INDETERMINATE, CHAIN,
        why=reasons.SERIAL),
    row("leaf with a serial number of 30 bytes",
        lambda w: w.token(remade(w, lambda raw: der.replace(raw, (1,), encode(2, b"\x01" * 30)))),
        INDETERMINATE, CHAIN,
        why=reasons.SERIAL),
    row("leaf with an extension twice",
        lambda w: w.token(remade(w, lambda raw: der.insert(
            raw, (7, 0, 0), der.at(raw, 7, 0, 0)))), FAILED, MALFORMED,
        openssl="invalid certificate", why="no extension may be there twice (RFC 5280 §4.2)"),
    row("leaf with another algorithm inside than outside",
        lambda w: w.token(remade(w, lambda raw: der.replace(
            raw, (2,), der.at(forge.issue("x", key=new_key("RSA 2048")).der, 0, 2)))),
        FAILED, INJECTED,
        openssl="unable to get local issuer certificate",
        why="the two are to be the same (RFC 5280 §4.1.1.2): the CA did not sign this one"),
    row("leaf with an empty subject",
        lambda w: w.token(remade(w, lambda raw: der.replace(raw, (5,), b"\x30\0"))),
        PASSED, HOLDS),
    row("CA with a negative serial number",
        lambda w: w.token(between=[remade(w, lambda raw: der.replace(
            raw, (1,), b"\x02\x01\xfb"), ca=True)]), INDETERMINATE, CHAIN,
        why=reasons.SERIAL),
    # who vouches
    row("no root is trusted", lambda w: w.token(roots=[]), INDETERMINATE, UNTRUSTED,
        openssl="no certificate or crl found", pyhanko="no_certificate_chain_found"),
    row("another root is trusted", lambda w: w.token(roots=[issue("Other", ca=True)]),
        INDETERMINATE, UNTRUSTED,
        openssl="unable to get local issuer certificate", pyhanko="no_certificate_chain_found"),
    row("two roots are trusted",
        lambda w: w.token(roots=[issue("Other", ca=True), w.authority.root]), PASSED, HOLDS),
    row("root of the same name", lambda w: impostor(w, with_root=True), FAILED, IMPOSTOR,
        openssl="self-signed certificate in certificate chain",
        pyhanko="no_certificate_chain_found"),
    row("root of the same name, not shown", lambda w: impostor(w, with_root=False),
        FAILED, IMPOSTOR,
        openssl="unable to get local issuer certificate", pyhanko="no_certificate_chain_found"),
    row("leaf of the root's name", lambda w: w.token(
        issue("Test Root", usages=[TIME_STAMPING]), between=[]), FAILED, IMPOSTOR,
        openssl="self-signed certificate", pyhanko="chain_constraints_failure"),
    row("leaf trusted as it is", pinned_leaf, PASSED, HOLDS),
    row("CA trusted as it is", lambda w: w.token(roots=[w.authority.intermediate]),
        PASSED, HOLDS,
        openssl="unable to get issuer certificate",
        why=reasons.PINNED_CA),
    row("circle of authorities", circle, INDETERMINATE, UNTRUSTED,
        openssl="unable to get local issuer certificate", pyhanko="no_certificate_chain_found"),
    row("cross certificate, root trusted", lambda w: cross(w, trusts_elder=False),
        PASSED, HOLDS),
    row("cross certificate, elder root trusted", lambda w: cross(w, trusts_elder=True),
        PASSED, HOLDS),
    row("CA renewed with the same key", renewed_ca, PASSED, HOLDS),
    row("names permitted", constrained(permitted="Time"), INDETERMINATE, CHAIN,
        why="the path builder can't judge constraints on directory names: better not accepted"),
    row("names not permitted", constrained(permitted="Other"), INDETERMINATE, CHAIN,
        openssl="permitted subtree violation", pyhanko="certificate_chain_general_failure"),
    row("names excluded", constrained(excluded="Time"), INDETERMINATE, CHAIN,
        openssl="excluded subtree violation", pyhanko="certificate_chain_general_failure"),
    # which certificates come with it
    row("root comes too", with_certificates(
        lambda w: [w.authority.leaf, w.authority.intermediate, w.authority.root]),
        PASSED, HOLDS),
    row("chain is missing", with_certificates(lambda w: [w.authority.leaf]),
        INDETERMINATE, UNTRUSTED,
        openssl="unable to get local issuer certificate", pyhanko="no_certificate_chain_found"),
    row("chain is kept beside",
        lambda w: extra(w, w.authority.leaf, beside=[w.authority.intermediate]), PASSED, HOLDS,
        openssl="unable to get local issuer certificate", pyhanko="no_certificate_chain_found",
        why=reasons.BESIDE),
    row("no certificates", with_certificates(lambda w: []), INDETERMINATE, NO_CERTIFICATE,
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("room for certificates, empty", lambda w: w.kept(der.replace(
        w.good_token, (1, 1, 0, 3), encode(0xA0))), INDETERMINATE, NO_CERTIFICATE,
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature"),
    row("all certificates kept beside",
        lambda w: extra(w, beside=[w.authority.intermediate, w.authority.leaf]), PASSED, HOLDS,
        openssl="signer certificate not found",
        pyhanko="signer certificate not included in signature", why=reasons.BESIDE),
    row("stranger's certificate too", beside(lambda w: [issue("Hidden message")]),
        FAILED, INJECTED,
        why=reasons.INJECTED),
    row("certificate of the CA's name and another key too",
        beside(lambda w: [issue("Test CA", issuer=w.authority.root, ca=True)]),
        FAILED, INJECTED,
        why=reasons.INJECTED),
    row("clone of the leaf's serial number too", beside(lambda w: [issue(
        "Test Time Stamps", issuer=w.authority.intermediate,
        serial=w.authority.leaf.certificate.serial_number)]), FAILED, INJECTED,
        openssl="unsuitable certificate purpose", why=reasons.INJECTED),
    row("leaf twice", beside(lambda w: [w.authority.leaf]), FAILED, INJECTED,
        why=reasons.INJECTED),
    row("nine strangers' certificates too", beside(lambda w: [issue(str(n)) for n in range(9)]),
        FAILED, INJECTED,
        why=reasons.INJECTED),
    row("certificate of another form", of_another_form, FAILED, INJECTED,
        openssl="wrong tag", why=reasons.INJECTED),
    row("certificate that is none", lambda w: w.kept(der.replace(
        w.good_token, (1, 1, 0, 3, 0), b"\x30\x03\x02\x01\x01")), FAILED, MALFORMED,
        openssl="wrong tag", pyhanko="raises ValueError"),
    row("bytes after a certificate's signature", lambda w: w.kept(der.insert(
        w.good_token, (1, 1, 0, 3, 1, 3), HIDDEN)), FAILED, MALFORMED,
        openssl="sequence length mismatch",
        pyhanko="Signing certificate attribute does not match selected signer's certificate"),
]  # fmt: skip
"""Whose certificate it is, and what it may."""
