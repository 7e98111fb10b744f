"""Signing keys: making, reading and storing them.

A key never leaves this room but as PKCS#12 (RFC 7292).
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.hostile import hostile
from evidence_kit.crypto.x509 import (
    is_signing_key,
    load_certificate,
    may_sign,
    path_upwards,
    readable,
)
from evidence_kit.errors import SigningKeyError
from evidence_kit.report import Fault

_VALIDITY = timedelta(days=3652)
_SUBJECT = "Evidence Kit self-made key"
_MAX_PKCS12_BYTES = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A private key and the certificate that signatures made with it name."""

    private_key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(repr=False)
    certificate_der: bytes = field(repr=False)
    chain_der: tuple[bytes, ...] = field(default=(), repr=False)
    """Certificates that vouch for it, upwards; empty where self-made."""
    certificate_sha256: str = field(init=False)
    """Lowercase hex: what a receiver compares."""

    def __post_init__(self) -> None:
        """Derive the digest, so that it can't contradict the certificate."""
        object.__setattr__(self, "certificate_sha256", sha256_hex(self.certificate_der))

    def require_not_expired(self, *, now: datetime) -> None:
        """Refuse a key whose signatures would be worth nothing.

        Args:
            now: the machine's clock, aware.

        Raises:
            SigningKeyError: key.expired.
        """
        ends_at = load_certificate(self.certificate_der).not_valid_after_utc
        if now > ends_at:
            raise SigningKeyError(
                "key.expired", sha256=self.certificate_sha256, date=ends_at.date().isoformat()
            )


def new_signing_key(*, now: datetime, serial: int | None = None) -> SigningKey:
    """A new P-256 key with a self-made certificate that names neither person nor machine.

    Args:
        now: the machine's clock. The certificate is valid from the day before, so that a
            clock that runs ahead does not make it younger than its first time stamp.
        serial: of the certificate; None takes a random one.
    """
    private_key = ec.generate_private_key(ec.SECP256R1())
    public_key = private_key.public_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _SUBJECT)])
    not_before = now.replace(microsecond=0) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public_key)
        .serial_number(x509.random_serial_number() if serial is None else serial)
        .not_valid_before(not_before)
        .not_valid_after(not_before + _VALIDITY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .sign(private_key, hashes.SHA256())
    )
    return SigningKey(
        private_key=private_key, certificate_der=certificate.public_bytes(Encoding.DER)
    )


def load_pkcs12(pkcs12_der: bytes, passphrase: str | None) -> SigningKey:
    """The signing key in a PKCS#12 file: P-256, or RSA of 3072 to 8192 bits.

    Of the other certificates in the file only those above its own are kept: the rest may
    be somebody else's, and all that is kept goes into every bundle.

    Raises:
        SigningKeyError: key.unreadable (no PKCS#12, or one without key or certificate),
            key.passphrase (wrong or missing), key.unsupported (kind of key or usage).
    """
    _require_pkcs12(pkcs12_der)
    try:
        with hostile("key.unreadable"):
            bag = _decrypt(pkcs12_der, None if passphrase is None else passphrase.encode())
            if bag.key is None or bag.cert is None:
                raise SigningKeyError("key.unreadable", detail="no key with a certificate in it")
            certificate = load_certificate(bag.cert.certificate.public_bytes(Encoding.DER))
            is_usable = is_signing_key(certificate) and may_sign(certificate)
            accepted = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
            if not (isinstance(bag.key, accepted) and is_usable):
                raise SigningKeyError("key.unsupported", detail=readable(certificate.subject))
            return SigningKey(
                private_key=bag.key,
                certificate_der=certificate.public_bytes(Encoding.DER),
                chain_der=_chain(certificate, bag),
            )
    except Fault as fault:
        raise SigningKeyError("key.unreadable", detail=str(fault.params["detail"])) from fault


def dump_pkcs12(key: SigningKey, passphrase: str | None) -> bytes:
    """The key, its certificate and chain as PKCS#12; not encrypted without a passphrase."""
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return pkcs12.serialize_key_and_certificates(
        b"evidence-kit",
        key.private_key,
        load_certificate(key.certificate_der),
        [load_certificate(der) for der in key.chain_der] or None,
        encryption,
    )


class KeyStore:
    """The user's keys: one PKCS#12 file each, named by its certificate's SHA-256.

    The files are not encrypted but readable by their owner alone, where the file system
    knows owners.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when the first key is stored."""
        self._folder = folder

    def default(self, *, now: datetime) -> SigningKey:
        """The key that signs where no other is named; made on first use.

        Two processes that ask at the same time get the same key.

        Raises:
            SigningKeyError: key.missing, key.unreadable, key.unsupported.
        """
        with self._locked():
            chosen = self._default_sha256()
            if chosen is not None:
                return self.get(chosen)
            key = new_signing_key(now=now)
            self._store(key)
            self._write("default", f"{key.certificate_sha256}\n".encode())
            return key

    def set_default(self, certificate_sha256: str) -> None:
        """Let a stored key sign where no other is named.

        Raises:
            SigningKeyError: key.missing.
        """
        self.get(certificate_sha256)
        with self._locked():
            self._write("default", f"{certificate_sha256}\n".encode())

    def default_sha256(self) -> str | None:
        """Digest of the default key's certificate; None where there is none yet.

        Raises:
            SigningKeyError: key.unreadable.
        """
        return self._default_sha256()

    def get(self, certificate_sha256: str) -> SigningKey:
        """The stored key with this certificate.

        Raises:
            SigningKeyError: key.missing, key.unreadable, key.unsupported.
        """
        path = self._path(certificate_sha256)
        try:
            key = load_pkcs12(path.read_bytes(), None)
        except FileNotFoundError as error:
            raise SigningKeyError("key.missing", sha256=certificate_sha256) from error
        except OSError as error:
            raise SigningKeyError("key.unreadable", detail=f"{error.strerror}: {path}") from error
        if key.certificate_sha256 != certificate_sha256:
            raise SigningKeyError("key.unreadable", detail=f"holds another key: {path}")
        return key

    def add(self, key: SigningKey) -> None:
        """Store a key; one that is there already is left as it is.

        Raises:
            SigningKeyError: key.unwritable.
        """
        with self._locked():
            self._store(key)

    def certificates_sha256(self) -> tuple[str, ...]:
        """Digests of the certificates of all stored keys, sorted."""
        return tuple(
            sorted(p.stem for p in self._folder.glob("*.p12") if _SHA256.fullmatch(p.stem))
        )

    def _path(self, certificate_sha256: str) -> Path:
        if not _SHA256.fullmatch(certificate_sha256):
            raise SigningKeyError("key.missing", sha256=certificate_sha256)
        return self._folder / f"{certificate_sha256}.p12"

    def _default_sha256(self) -> str | None:
        path = self._folder / "default"
        try:
            text = path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise SigningKeyError("key.unreadable", detail=f"no digest: {path}") from error
        if not _SHA256.fullmatch(text):
            raise SigningKeyError("key.unreadable", detail=f"no digest: {path}")
        return text

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        # verifying a bundle needs this room, and no lock
        from filelock import FileLock

        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(OSError):
                self._folder.chmod(0o700)
            with FileLock(self._folder / ".lock"):
                yield
        except OSError as error:
            raise SigningKeyError(
                "key.unwritable", detail=error.strerror or "error", path=str(self._folder)
            ) from error

    def _store(self, key: SigningKey) -> None:
        path = self._path(key.certificate_sha256)
        if not path.exists():
            self._write(path.name, dump_pkcs12(key, None))

    def _write(self, name: str, content: bytes) -> None:
        """Atomically; mkstemp makes the file for its owner alone."""
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self._folder / name)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise


def _chain(
    certificate: x509.Certificate, bag: pkcs12.PKCS12KeyAndCertificates
) -> tuple[bytes, ...]:
    others = [extra.certificate for extra in bag.additional_certs]
    above = path_upwards(certificate, others)[1:]
    return tuple(one.public_bytes(Encoding.DER) for one in above)


def _key_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _require_pkcs12(pkcs12_der: bytes) -> None:
    """Tell a file that is no PKCS#12 from a wrong passphrase, which cryptography does not."""
    if len(pkcs12_der) > _MAX_PKCS12_BYTES:
        raise SigningKeyError("key.unreadable", detail="too long")
    try:
        with hostile("key.unreadable"):
            content_type = asn1_pkcs12.Pfx.load(pkcs12_der, strict=True)["auth_safe"][
                "content_type"
            ]
            if content_type.native != "data":
                raise ValueError("not protected by a passphrase")
    except Fault as fault:
        raise SigningKeyError("key.unreadable", detail="no PKCS#12") from fault


def _decrypt(pkcs12_der: bytes, password: bytes | None) -> pkcs12.PKCS12KeyAndCertificates:
    try:
        return pkcs12.load_pkcs12(pkcs12_der, password)
    except (ValueError, TypeError) as error:
        raise SigningKeyError("key.passphrase") from error
