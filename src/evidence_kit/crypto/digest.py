"""Digests, from an allow-list of the kit's own and never from the file being checked."""

import hashlib
from pathlib import Path

ALGORITHMS = ("sha256", "sha384", "sha512")
"""Accepted algorithms, weakest first. SHA-1 and MD5 are not among them."""


def digest(algorithm: str, data: bytes) -> bytes:
    """The digest of `data`.

    Raises:
        ValueError: the algorithm is not one of `ALGORITHMS`.
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(f"digest algorithm not accepted: {algorithm}")
    return hashlib.new(algorithm, data).digest()


def sha256_of_file(path: Path) -> str:
    """SHA-256 of a file in lowercase hex, a piece at a time.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_hex(data: bytes) -> str:
    """SHA-256 of `data` in lowercase hex."""
    return hashlib.sha256(data).hexdigest()
