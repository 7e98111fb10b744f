"""One bundle under examination: what the checks share, worked out once."""

import contextlib
from collections.abc import Callable, Iterator

from evidence_kit.bundle import layout, tags
from evidence_kit.bundle.once import once
from evidence_kit.bundle.reader import Bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.checks.renewals import Renewal, read_renewals
from evidence_kit.checks.revocation import Lists, Pair, pairs_of, read_lists
from evidence_kit.checks.standing import Standings, settle
from evidence_kit.checks.tokens import JudgedToken
from evidence_kit.crypto.cms import Signature, verify_detached
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.pem import MAX_CRL_BYTES, certificate_to_pem, certificates_from_pem
from evidence_kit.crypto.tsp import TimestampToken, verify_token
from evidence_kit.crypto.x509 import issuing_path
from evidence_kit.model import NotBefore
from evidence_kit.report import Fault, Finding


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
            der = certificates_from_pem(pem)[0]
        if certificate_to_pem(der) != pem:  # nor is a second one
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
        paths = list(filter(layout.is_certificate, self.bundle.proof_paths))
        if len(paths) > layout.MAX_CERTIFICATES:
            return ()  # check_members has refused the bundle for them
        # Not by the digests of all files, which nobody may have asked for.
        certificates = ((path, self.bundle.read(path)) for path in paths)
        return tuple(der for path, der in certificates if sha256_hex(der) in path)

    def is_named_truly(self, path: str) -> bool:
        """True where a file is named by its own digest."""
        return self.bundle.digests.sha256[path] in path

    @once
    def tokens(self) -> tuple[JudgedToken, ...]:
        """Every token over the signature."""
        return tuple(
            self.judge_token(path, lambda: self.bundle.signature)
            for path in self.bundle.token_paths
        )

    @once
    def renewals(self) -> tuple[Renewal, ...]:
        """The renewals, each judged by itself."""
        return read_renewals(self.bundle, self.judge_token)

    @once
    def not_before(self) -> JudgedToken | None:
        """The token over not-before.json; None where there is neither.

        Its fault is "not_before.other_act" where that speaks of another act.
        """
        bundle = self.bundle
        if layout.NOT_BEFORE not in bundle.sizes and layout.NOT_BEFORE_TOKEN not in bundle.sizes:
            return None
        try:
            content = bundle.read(layout.NOT_BEFORE)
            statement = tags.decode_json(content, NotBefore, path=layout.NOT_BEFORE)
            evidence = bundle.evidence
            if (statement.id, statement.case_id, statement.signer_sha256) != (
                evidence.id,
                evidence.case.id if evidence.case else None,
                evidence.signer_sha256,
            ):
                raise Fault("not_before.other_act")
        except Fault as fault:
            return JudgedToken(path=layout.NOT_BEFORE_TOKEN, token=None, fault=fault)
        return self.judge_token(layout.NOT_BEFORE_TOKEN, lambda: content)

    @once
    def signer_chain_der(self) -> tuple[bytes, ...]:
        """The signer's certificate, and those under proof/certs/ that lead up from it."""
        return issuing_path(self.certificate_der, self.extra_certificates_der)

    @once
    def lists(self) -> Lists:
        """What all revocation lists at hand say of the certificates in question."""
        paths = list(filter(layout.is_crl, self.bundle.proof_paths))
        total = sum(self.bundle.sizes[path] for path in paths)
        if len(paths) > layout.MAX_CRLS or total > layout.MAX_CRLS_BYTES:
            paths = []  # check_members has refused the bundle for them
        kept = ((path, self.bundle.read(path, max_bytes=MAX_CRL_BYTES)) for path in sorted(paths))
        return read_lists((*self.expectations.crls, *kept), self._pairs())

    def _pairs(self) -> list[Pair]:
        judged = [*self.tokens, *(token for r in self.renewals for token in r.tokens)]
        judged += [self.not_before] if self.not_before else []
        chains = [one.token.chain_der for one in judged if one.token and one.is_trusted]
        with contextlib.suppress(Fault):
            chains.append(self.signer_chain_der)
        return list(dict.fromkeys(pair for chain in chains for pair in pairs_of(chain)))

    @once
    def standings(self) -> Standings:
        """What every token is worth, all things considered."""
        return settle(
            self.tokens,
            self.not_before,
            self.renewals,
            self.lists,
            self.expectations.distrust,
        )

    @property
    def proving(self) -> tuple[TimestampToken, ...]:
        """The tokens over the signature that prove a time."""
        return tuple(one.proven for one in self.standings.tokens if one.proven)

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
