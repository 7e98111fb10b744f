"""BagIt manifests (RFC 8493 §2.1.3), in the one form that a bundle allows.

A renewal's list of SHA-512 digests has the same form.
"""

import operator
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from evidence_kit.bundle import layout
from evidence_kit.report import Fault

Algorithm = Literal["sha256", "sha512"]

_DIGITS = {"sha256": 64, "sha512": 128}
_LINES = {
    name: re.compile(rf"([0-9a-f]{{{digits}}})  ([\x21-\x7e]+)") for name, digits in _DIGITS.items()
}


def encode(digests: Mapping[str, str]) -> bytes:
    """The manifest: lowercase hex, two spaces, path, LF; in bytewise order of the paths."""
    return b"".join(f"{digests[path]}  {path}\n".encode("ascii") for path in sorted(digests))


def decode(content: bytes, *, path: str, algorithm: Algorithm = "sha256") -> dict[str, str]:
    """Path -> digest of a manifest of that algorithm.

    Raises:
        Fault: "structure.manifest" for any other form, order or a duplicate; names the line.
    """
    form, digits = _LINES[algorithm], _DIGITS[algorithm]
    # More lines than a bundle has members are left in the rest, unread.
    *lines, rest = content.decode("ascii", "replace").split("\n", layout.MAX_MEMBERS)
    listed = [line[digits + 2 :] for line in lines]
    if rest or not all(map(form.fullmatch, lines)) or not all(map(operator.lt, listed, listed[1:])):
        raise Fault("structure.manifest", path=path, line=_first_wrong(lines, form))
    return {name: line[:digits] for name, line in zip(listed, lines, strict=True)}


def _first_wrong(lines: Sequence[str], form: re.Pattern[str]) -> int:
    """The number of the first line that is of another form, or not behind the one before."""
    last = ""
    for number, line in enumerate(lines, start=1):
        match = form.fullmatch(line)
        if not match or match[2] <= last:
            return number
        last = match[2]
    return len(lines) + 1
