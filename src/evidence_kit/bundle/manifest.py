"""BagIt manifests (RFC 8493 §2.1.3), in the one form that a bundle allows.

A renewal's list of SHA-512 digests has the same form.
"""

import operator
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from evidence_kit.bundle import layout
from evidence_kit.report import Fault

Algorithm = Literal["sha256", "sha512"]

_PIECE_BYTES = 1 << 18
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
    found: dict[str, str] = {}
    last = ""
    for piece in _pieces(content):
        *lines, rest = piece.decode("ascii", "replace").split("\n")
        listed = [line[digits + 2 :] for line in lines]
        if (
            rest
            or len(found) + len(lines) > layout.MAX_MEMBERS
            or not all(map(form.fullmatch, lines))
            or not all(map(operator.lt, [last, *listed], listed))
        ):
            # More lines than a bundle has members are not looked at.
            lines = lines[: layout.MAX_MEMBERS - len(found)]
            number = len(found) + _first_wrong(lines, form, last)
            raise Fault("structure.manifest", path=path, line=number)
        found.update((name, line[:digits]) for name, line in zip(listed, lines, strict=True))
        last = listed[-1]
    return found


def _pieces(content: bytes) -> Iterator[bytes]:
    """The lines, some at a time: all of them together would take twice the memory."""
    begin = 0
    while begin < len(content):
        # A piece ends with a line, if that is not itself as long as a piece.
        most = begin + 2 * _PIECE_BYTES
        end = content.find(b"\n", begin + _PIECE_BYTES, most) + 1 or most
        yield content[begin:end]
        begin = end


def _first_wrong(lines: Sequence[str], form: re.Pattern[str], last: str) -> int:
    """The number of the first line that is of another form, or not behind the one before."""
    for number, line in enumerate(lines, start=1):
        match = form.fullmatch(line)
        if not match or match[2] <= last:
            return number
        last = match[2]
    return len(lines) + 1
