"""BagIt manifests (RFC 8493 §2.1.3), in the one form that a bundle allows."""

import re
from collections.abc import Mapping

from evidence_kit.report import Fault

_LINE = re.compile(rb"([0-9a-f]{64})  ([\x21-\x7e]+)")


def encode(digests: Mapping[str, str]) -> bytes:
    """The manifest: lowercase hex, two spaces, path, LF; in bytewise order of the paths."""
    return b"".join(f"{digests[path]}  {path}\n".encode("ascii") for path in sorted(digests))


def decode(content: bytes, *, path: str) -> dict[str, str]:
    """Path -> SHA-256 of a manifest.

    Raises:
        Fault: "structure.manifest" for any other form, order or a duplicate; names the line.
    """
    digests: dict[str, str] = {}
    lines = content.split(b"\n")
    last = b""
    for number, line in enumerate(lines[:-1], start=1):
        match = _LINE.fullmatch(line)
        if not match or match[2] <= last:
            raise Fault("structure.manifest", path=path, line=number)
        last = match[2]
        digests[last.decode("ascii")] = match[1].decode("ascii")
    if lines[-1]:
        raise Fault("structure.manifest", path=path, line=len(lines))
    return digests
