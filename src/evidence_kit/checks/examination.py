"""One bundle under examination: what the checks share, worked out once."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evidence_kit.bundle import layout
from evidence_kit.bundle.once import once
from evidence_kit.bundle.reader import Bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.cms import Signature, verify_detached
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.pem import certificate_to_pem, certificates_from_pem
from evidence_kit.crypto.tsp import TimestampToken, verify_token
from evidence_kit.report import Fault, Finding


@dataclass(frozen=True, kw_only=True)
class JudgedToken:
    """A token and what became of it."""

    path: str
    token: TimestampToken | None
    fault: Fault | None

    @property
    def is_trusted(self) -> bool:
        """True where it holds under a trusted root."""
        return self.token is not None and self.token.anchor is not None


class Examination:
    """A bundle, and what the reader expects of it."""

    def __init__(self, bundle: Bundle, expectations: Expectations) -> None:
        self.bundle = bundle
        self.expectations = expectations

    @once
    def certificate_der(self) -> bytes:
        """The certificate in signer.pem.

        Raises:
            Fault: it is not exactly one certificate in the one form of PEM.
        """
        pem = self.bundle.read(layout.SIGNER)
        with _about(layout.SIGNER):
            (der, *more) = certificates_from_pem(pem)
        if more or certificate_to_pem(der) != pem:
            raise Fault("signature.pem", path=layout.SIGNER)
        return der

    @once
    def signature(self) -> Signature:
        """The signature over the tagmanifest.

        Raises:
            Fault: it does not hold.
        """
        with _about(layout.SIGNATURE):
            return verify_detached(
                self.bundle.signature,
                self.bundle.tagmanifest_bytes,
                certificate_der=self.certificate_der,
            )

    @once
    def extra_certificates_der(self) -> tuple[bytes, ...]:
        """Certificates kept under proof/certs/ whose name tells the truth."""
        paths = list(filter(layout.is_certificate, self.bundle.sizes))
        if len(paths) > layout.MAX_CERTIFICATES:
            return ()  # check_members has refused the bundle for them
        return tuple(self.bundle.read(path) for path in paths if self.is_named_truly(path))

    def is_named_truly(self, path: str) -> bool:
        """True where a file is named by its own digest."""
        return sha256_hex(self.bundle.read(path)) in path

    @once
    def tokens(self) -> tuple[JudgedToken, ...]:
        """Every token over the signature."""
        return tuple(
            self.judge_token(path, lambda: self.bundle.signature)
            for path in self.bundle.token_paths
        )

    @property
    def trusted(self) -> tuple[JudgedToken, ...]:
        """The tokens over the signature that hold under a trusted root."""
        return tuple(judged for judged in self.tokens if judged.is_trusted)

    def judge_token(self, path: str, covered: Callable[[], bytes]) -> JudgedToken:
        """The token at `path` over the bytes that `covered` gives."""
        try:
            token = verify_token(
                self.bundle.read(path),
                covered(),
                anchors=self.expectations.anchors,
                extra_certificates_der=self.extra_certificates_der,
            )
        except Fault as fault:
            return JudgedToken(path=path, token=None, fault=fault)
        return JudgedToken(path=path, token=token, fault=None)


@contextlib.contextmanager
def _about(path: str) -> Iterator[None]:
    """Let a fault that names no place name this one."""
    try:
        yield
    except Fault as fault:
        fault.params.setdefault("path", path)
        raise


Check = Callable[[Examination], Iterator[Finding]]
"""Yields what it finds; may raise one Fault, which ends it and becomes its last finding."""
