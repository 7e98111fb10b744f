"""Signatures and tokens as pyHanko makes them."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.crypto.forge import NOW, Identity
from tests.differential.case import SignatureCase, TokenCase
from tests.differential.workshop import CONTENT, DATA, Workshop, new_key


def _certificate(identity: Identity) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(identity.der)


def _private_key(identity: Identity) -> keys.PrivateKeyInfo:
    der = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return keys.PrivateKeyInfo.load(der)


def _store(*certificates: Identity) -> Any:
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([_certificate(one) for one in certificates])
    return store


def signed(
    signer: Identity, *, digest: str = "sha256", prefer_pss: bool = False, **how: Any
) -> SignatureCase:
    """`SimpleSigner` over the content; `how` goes to its `async_sign_general_data`."""
    from pyhanko.sign.signers import SimpleSigner

    maker = SimpleSigner(
        signing_cert=_certificate(signer),
        signing_key=_private_key(signer),
        cert_registry=_store(),
        prefer_pss=prefer_pss,
    )
    made = asyncio.run(maker.async_sign_general_data(CONTENT, digest, **how))
    return SignatureCase(signature=made.dump(), content=CONTENT, certificate_der=signer.der)


def time_stamper(w: Workshop, signer: Identity | None = None, **how: Any) -> Any:
    """A `DummyTimeStamper` of the trusted authority, with an RSA key."""
    from pyhanko.sign.timestamps import DummyTimeStamper

    signer = signer or w.authority.issue_leaf(key=new_key("RSA 2048"))
    how.setdefault("fixed_dt", NOW)
    return DummyTimeStamper(
        tsa_cert=_certificate(signer),
        tsa_key=_private_key(signer),
        certs_to_embed=_store(w.authority.intermediate),
        **how,
    )


def stamped(
    w: Workshop,
    signer: Identity | None = None,
    *,
    at: datetime = NOW,
    imprint: str = "sha256",
    digest: str | None = None,
) -> TokenCase:
    """A reply of the `DummyTimeStamper` that tells this time."""
    query = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": imprint},
                "hashed_message": hashlib.new(imprint, DATA).digest(),
            },
            "cert_req": True,
        }
    )
    maker = time_stamper(w, signer, fixed_dt=at, override_md=digest)
    return w.kept(maker.request_tsa_response(query).dump())
