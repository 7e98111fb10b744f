"""Signatures, tokens and certificates as `openssl` makes them."""

import itertools
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from tests.crypto import forge
from tests.crypto.forge import Identity
from tests.differential.case import SignatureCase, TokenCase
from tests.differential.workshop import CONTENT, DATA, Workshop, new_key, pem_of

_SETTINGS = {
    "serial": "serial",
    "default_policy": "1.2.3.4",
    "digests": "md5, sha1, sha256, sha384, sha512",
    "signer_digest": "sha256",
    "accuracy": "secs:1",
    "clock_precision_digits": "0",
    "ordering": "no",
    "tsa_name": "no",
    "ess_cert_id_chain": "no",
    "ess_cert_id_alg": "sha256",
}
_numbers = itertools.count(1)


def run(folder: Path, line: str) -> None:
    """Run `openssl` with these words in the folder."""
    done = subprocess.run(
        ["openssl", *line.split()], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"openssl {line}: {done.stderr}")


def _room(w: Workshop) -> Path:
    """An empty folder."""
    room = w.folder / f"openssl-{next(_numbers)}"
    room.mkdir(parents=True)
    return room


def signed(
    w: Workshop, options: str = "", *, signer: Identity | None = None, form: str = "DER"
) -> SignatureCase:
    """`openssl cms -sign` with further options; other.pem is a stranger's certificate and key."""
    signer = signer or w.signer
    room = _room(w)
    (room / "content").write_bytes(CONTENT)
    (room / "signer.pem").write_bytes(pem_of(signer))
    (room / "other.pem").write_bytes(pem_of(w.authority.leaf))
    command = f"cms -sign -binary -in content -signer signer.pem -outform {form} -out made"
    run(room, f"{command} {options}")
    return SignatureCase(
        signature=(room / "made").read_bytes(), content=CONTENT, certificate_der=signer.der
    )


def converted(w: Workshop, line: str) -> SignatureCase:
    """What another command makes of the content and the signer's certificate."""
    room = _room(w)
    (room / "content").write_bytes(CONTENT)
    (room / "signer.pem").write_bytes(pem_of(w.signer))
    run(room, f"{line} -in content -outform DER -out made")
    return SignatureCase(
        signature=(room / "made").read_bytes(), content=CONTENT, certificate_der=w.signer.der
    )


def stamped(
    w: Workshop,
    signer: Identity | None = None,
    *,
    imprint: str = "sha256",
    asks: str = "-cert",
    gives: str = "",
    **settings: str,
) -> TokenCase:
    """`openssl ts -reply` over the data, with other settings of its section where given.

    Args:
        w: the workshop.
        signer: the leaf; by default the trusted authority's.
        imprint: digest of the query.
        asks: further options of the query.
        gives: further options of the reply.
        settings: see openssl-ts, CONFIGURATION FILE OPTIONS.
    """
    room = _room(w)
    (room / "data").write_bytes(DATA)
    (room / "serial").write_text("0A\n")
    (room / "signer.pem").write_bytes(pem_of(signer or w.authority.leaf))
    between = w.authority.intermediate.certificate.public_bytes(Encoding.PEM)
    (room / "chain.pem").write_bytes(between)
    lines = [f"{name} = {value}" for name, value in (_SETTINGS | settings).items()]
    config = ["[tsa]", "default_tsa = authority", "[authority]", *lines]
    (room / "tsa.cnf").write_text("\n".join(config) + "\n")
    run(room, f"ts -query -data data -{imprint} {asks} -out query")
    keys = "-signer signer.pem -inkey signer.pem -chain chain.pem"
    run(room, f"ts -reply -config tsa.cnf -queryfile query {keys} {gives} -out made")
    return w.kept((room / "made").read_bytes())


def certified(
    w: Workshop, options: str = "", *, genpkey: str = "", is_leaf: bool = False
) -> Identity:
    """A certificate that `openssl x509` issues under the trusted authority's intermediate.

    Args:
        w: the workshop.
        options: further ones of `openssl x509 -req`.
        genpkey: options of `openssl genpkey` for its key; by default P-256.
        is_leaf: whether it is for time stamps.
    """
    room = _room(w)
    kind = genpkey or "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"
    run(room, f"genpkey {kind} -out key.pem")
    (room / "ca.pem").write_bytes(pem_of(w.authority.intermediate))
    usage = "extendedKeyUsage=critical,timeStamping\n" if is_leaf else ""
    (room / "ext").write_text(f"basicConstraints=critical,CA:FALSE\n{usage}")
    run(room, "req -new -key key.pem -subj /CN=Odd -out leaf.csr")
    issue = "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.pem -set_serial 99 -days 3650"
    run(room, f"{issue} -extfile ext -out leaf.pem {options}")
    certificate = x509.load_pem_x509_certificate((room / "leaf.pem").read_bytes())
    key = load_pem_private_key((room / "key.pem").read_bytes(), None)
    return Identity(key=key, certificate=certificate)  # type: ignore[arg-type]


def issued_leaf(w: Workshop, kind: str, **how: object) -> Identity:
    """A leaf of the trusted authority with a key of this kind."""
    return w.authority.issue_leaf(key=new_key(kind), **how)  # type: ignore[arg-type]


def self_made(kind: str, **how: object) -> Identity:
    """A signer's own certificate with a key of this kind."""
    return forge.issue("Signer", key=new_key(kind), **how)  # type: ignore[arg-type]
