"""What opens an account to whoever reads it, and how to tell it from what does not.

A value is looked for everywhere only where it looks like a secret: at least 12 characters
without a space, with a digit, and enough change in them. "zh-CN", a price, a date or an order's
number may stand in a cookie, too, and must not vanish from the evidence. Passwords are looked
for from 8 characters on. In the headers that carry credentials every value is taken out.
"""

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal
from urllib.parse import unquote

import msgspec

Kind = Literal["authorization", "cookie", "password", "storage", "token"]
_MIN_LENGTH = 12
_MIN_PASSWORD = 8
_MAX_LENGTH = 4096
_MIN_BITS = 40.0
_MAX_SECRETS = 2000
_MAX_DEPTH = 8
_NUMBERED = re.compile(r"[A-Za-z]{0,6}[-_]?[0-9][0-9.,:/-]*")  # K20261101, 2026-11-01, 598.00
_PIECES = re.compile(r"[&=|;,:\s\"']+")
NAMES = re.compile(
    r"pass(word|wd|phrase)?$|passw|pwd|secret|token|csrf|xsrf|session|^sid$|sess_?id|auth|bearer"
    r"|jwt|api[-_]?key|access[-_]?key|credential|ticket|^sign?$|signature|otp$|nonce",
    re.IGNORECASE,
)
"""Names of fields that hold secrets."""
PASSWORDS = re.compile(r"pass(word|wd|phrase)?$|passw|pwd", re.IGNORECASE)
"""Names of fields that hold passwords, however short."""


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """One value that nobody else may read."""

    value: str
    kind: Kind

    def __repr__(self) -> str:
        return f"Secret(kind={self.kind!r})"


class Secrets:
    """The secrets that are known of one capture.

    Args:
        kept: text that the user gave; no value that stands in it is a secret.
    """

    def __init__(self, kept: str = "") -> None:
        self._kept = kept
        self._kinds: dict[str, Kind] = {}
        self.is_capped = False
        """Whether there were more than can be looked for."""

    def __len__(self) -> int:
        return len(self._kinds)

    def __iter__(self) -> Iterator[Secret]:
        return (Secret(value=value, kind=kind) for value, kind in self._kinds.items())

    def add(self, value: str, kind: Kind) -> None:
        """Add a value and what it is made of, as far as they look like secrets."""
        for part in _parts(value):
            if looks_secret(part):
                self._put(part, kind)

    def add_password(self, value: str) -> None:
        """Add a password, which may hold any signs."""
        if len(value) >= _MIN_PASSWORD and len(set(value)) > 3 and not value.isdecimal():
            self._put(value, "password")

    def add_authorization(self, value: str) -> None:
        """Add what an Authorization header says (RFC 9110 §11.6.2)."""
        scheme, _, credentials = value.partition(" ")
        credentials = credentials.strip() or scheme
        if len(credentials) >= _MIN_PASSWORD:
            self._put(credentials, "authorization")
        if scheme.lower() == "basic":
            with_name = _decoded(credentials)
            self.add_password(with_name.partition(":")[2])

    def _put(self, value: str, kind: Kind) -> None:
        if value in self._kept or value in self._kinds:
            return
        if len(self._kinds) >= _MAX_SECRETS:
            self.is_capped = True
            return
        self._kinds[value] = kind


def looks_secret(value: str) -> bool:
    """Whether a value is one that is not to be guessed.

    >>> looks_secret("f3a91c07d2b84e65a0"), looks_secret("K20261101"), looks_secret("zh-CN")
    (True, False, False)
    """
    if not _MIN_LENGTH <= len(value) <= _MAX_LENGTH or not value.isascii():
        return False
    if not value.isprintable() or " " in value or "://" in value or _NUMBERED.fullmatch(value):
        return False
    has_digit = any(sign.isdecimal() for sign in value)
    is_mixed = len(value) >= 24 and value.lower() != value != value.upper()
    return (has_digit or is_mixed) and _bits(value) >= _MIN_BITS


def _bits(value: str) -> float:
    """Shannon's entropy of the signs, times their count."""
    counts = Counter(value)
    total = len(value)
    return -sum(count * math.log2(count / total) for count in counts.values())


def _parts(value: str) -> Iterator[str]:
    """A value, what it is when decoded, and the pieces of both."""
    for whole in dict.fromkeys((value, unquote(value))):
        yield whole
        yield from leaves(whole)
        pieces = _PIECES.split(whole)
        if len(pieces) > 1:
            yield from pieces


def leaves(text: str) -> Iterator[str]:
    """The strings in a JSON text; nothing where it is none."""
    if text[:1] in ("{", "["):
        for _, value in fields(text):
            yield value


def fields(text: str | bytes) -> Iterator[tuple[str, str]]:
    """Names and values of the strings in a JSON text; an array's have the array's name."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return
    yield from _fields("", content, 0)


def _fields(name: str, content: object, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(content, str):
        yield name, content
    elif depth < _MAX_DEPTH and isinstance(content, dict):
        for key, value in content.items():
            yield from _fields(str(key), value, depth + 1)
    elif depth < _MAX_DEPTH and isinstance(content, list):
        for value in content:
            yield from _fields(name, value, depth + 1)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return ""
