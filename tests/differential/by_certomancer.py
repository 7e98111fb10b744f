"""Tokens and signers of the public-key infrastructure that authorities.yml describes."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from tests.crypto.forge import NOW, Identity
from tests.differential.case import TokenCase
from tests.differential.workshop import DATA, Workshop, new_key

_KEYS = {"p256": "P-256", "p384": "P-384", "rsa": "RSA 2048", "ed25519": "Ed25519"}


@cache
def _architecture(folder: Path) -> Any:
    """The infrastructure, with keys in this folder."""
    from certomancer.registry import ArchLabel, CertomancerConfig

    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    for name, kind in _KEYS.items():
        pem = new_key(kind).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (keys / f"{name}.pem").write_bytes(pem)
    text = Path(__file__).with_name("authorities.yml").read_text(encoding="utf-8")
    config = CertomancerConfig.from_yaml(text, key_search_dir=str(folder))
    return config.get_pki_arch(ArchLabel("test"))


def certificate(w: Workshop, label: str) -> bytes:
    """The DER of one certificate of the infrastructure."""
    der: bytes = _architecture(w.folder).get_cert(label).dump()
    return der


def identity(w: Workshop, label: str) -> Identity:
    """One certificate of the infrastructure, with its key."""
    architecture = _architecture(w.folder)
    name = architecture.get_cert_spec(label).subject_key
    key = load_der_private_key(architecture.key_set.get_private_key(name).dump(), None)
    return Identity(
        key=key,  # type: ignore[arg-type]
        certificate=x509.load_der_x509_certificate(certificate(w, label)),
    )


def stamped(
    w: Workshop,
    service: str,
    *,
    at: datetime = NOW,
    imprint: str = "sha256",
    roots: tuple[str, ...] = ("root",),
) -> TokenCase:
    """A reply of one of its time-stamping services, which tells this time."""
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
    registry = _architecture(w.folder).service_registry
    made = registry.summon_timestamper(service, at).request_tsa_response(query)
    trusted = tuple(certificate(w, label) for label in roots)
    return TokenCase(tsr=made.dump(), data=DATA, roots_der=trusted)
