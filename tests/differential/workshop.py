"""Keys, certificates and right pieces that all rows start from; made when first asked for."""

import re
import warnings
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.keys import SigningKey, new_signing_key
from tests.crypto import forge
from tests.crypto.forge import NOW, Authority, Identity, PrivateKey
from tests.differential.case import Case, Row, SignatureCase, TokenCase
from tests.differential.signing import sign_by_hand

DATA = b"the signature that is stamped"
CONTENT = b"3b0c  manifest-sha256.txt\n"
UNLUCKY = re.compile(rb"[\x04\x30\x31\xa0-\xa4](?:\x81|\x82.)\x80", re.DOTALL)
T = TypeVar("T")
YESTERDAY = NOW - timedelta(days=1)


@cache
def new_key(kind: str) -> PrivateKey:
    """A private key of this kind; the same one each time."""
    match kind:
        case "P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "P-521":
            return ec.generate_private_key(ec.SECP521R1())
        case "secp256k1":
            return ec.generate_private_key(ec.SECP256K1())
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            bits = int(kind.removeprefix("RSA "))
            return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem_of(identity: Identity) -> bytes:
    """Certificate and private key in one file."""
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return identity.certificate.public_bytes(Encoding.PEM) + key


def lucky(make: Callable[[], T], der_of: Callable[[T], bytes]) -> T:
    """What `make` gives, made again while a length in it ends in 0x80, five times at most.

    asn1crypto, on which pyHanko rests, takes such a length for an indefinite one and encodes
    the element anew. What is odd about a row would show, or not, by chance.
    """
    for _ in range(5):
        made = make()
        if not UNLUCKY.search(der_of(made)):
            break
    return made


class Workshop:
    """What the makers of the rows share.

    Args:
        folder: where programs find the files that they need.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def authority(self) -> Authority:
        """The authority that the reader trusts."""
        return lucky(Authority, lambda made: made.leaf.der + made.intermediate.der + made.root.der)

    @cached_property
    def key(self) -> SigningKey:
        """A self-made signing key, whose signature over the content is `good_signature`."""
        return lucky(
            lambda: new_signing_key(now=NOW),
            lambda key: sign_detached(CONTENT, key, signed_at=NOW),
        )

    @cached_property
    def signer(self) -> Identity:
        """A signer's P-256 key under a certificate without key usage."""
        return lucky(lambda: forge.issue("Signer"), lambda made: made.der)

    @cached_property
    def good_signature(self) -> bytes:
        """The signature that the kit makes."""
        return sign_detached(CONTENT, self.key, signed_at=NOW)

    @cached_property
    def good_token(self) -> bytes:
        """A right token as it is kept."""
        return lucky(lambda: self.token().tsr, lambda made: made)

    def make(self, row: Row) -> Case:
        """What the row verifies."""
        with warnings.catch_warnings():
            # cryptography warns of serial numbers that some rows are about
            warnings.simplefilter("ignore")
            return lucky(
                lambda: row.make(self),
                lambda case: case.signature if isinstance(case, SignatureCase) else case.tsr,
            )

    def signed(self, signature: bytes, content: bytes = CONTENT) -> SignatureCase:
        """A case of the self-made key."""
        return SignatureCase(
            signature=signature, content=content, certificate_der=self.key.certificate_der
        )

    def by_hand(
        self,
        signer: Identity | None = None,
        *,
        issuer: Identity | None = None,
        pinned: Identity | None = None,
        **how: object,
    ) -> SignatureCase:
        """A signature put together by `sign_by_hand`, with what the edits change in it."""
        signer = signer or self.signer
        return SignatureCase(
            signature=sign_by_hand(signer, CONTENT, **how),  # type: ignore[arg-type]
            content=CONTENT,
            certificate_der=(pinned or signer).der,
            issuer_der=issuer.der if issuer else None,
        )

    def token(
        self,
        signer: Identity | None = None,
        *,
        between: Sequence[Identity] | None = None,
        roots: Sequence[Identity] | None = None,
        status: bytes = forge.GRANTED,
        **how: object,
    ) -> TokenCase:
        """A token by `forge.token`; without a signer by the trusted authority's leaf."""
        signer = signer or self.authority.leaf
        between = [self.authority.intermediate] if between is None else between
        how.setdefault("certificates", [signer, *between])
        made = forge.token(signer, DATA, **how)  # type: ignore[arg-type]
        return self.kept(forge.tsr(made, status=status), roots=roots)

    def kept(self, tsr: bytes, *, roots: Sequence[Identity] | None = None) -> TokenCase:
        """A case of these bytes."""
        trusted = [self.authority.root] if roots is None else roots
        return TokenCase(tsr=tsr, data=DATA, roots_der=tuple(one.der for one in trusted))
