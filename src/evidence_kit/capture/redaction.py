"""Take known secrets out of bytes, however they are written there.

Each is replaced with `REDACTED-` and a hash of it. The hash is keyed with random bytes that
are kept nowhere: equal secrets look equal within one capture, and nobody can try values out.
"""

import base64
import hashlib
import hmac
import html
import json
import mmap
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from evidence_kit.capture.secrets import Kind, Secrets

MARK = "REDACTED-"
_MIN_CORE = 8
_PIECE_BYTES = 1 << 22
"""How much is searched at once: a hostile page may hold a secret as often as there is room."""


class Redactor:
    """Replaces the secrets that are known when it is made.

    Args:
        key: random bytes, thrown away with this object.
    """

    def __init__(self, secrets: Secrets, key: bytes | None = None) -> None:
        self._key = key or os.urandom(32)
        self.count = len(secrets)
        written: dict[bytes, tuple[bytes, Kind]] = {}
        for secret in secrets:
            mark = self.mark(secret.value).encode()
            for form in forms(secret.value):
                written.setdefault(form, (mark, secret.kind))
        self._replaced = tuple(written.values())
        # the longest form counts where several begin, as a value percent-encoded and as it is
        self._searcher = BytesAhoCorasick(written, matchkind=MatchKind.LeftmostLongest)
        self.longest = max(map(len, written), default=1)
        """Bytes of the longest form of a secret; at least 1."""

    def with_secrets(self, secrets: Secrets) -> "Redactor":
        """One for more secrets, which writes the same marks."""
        return Redactor(secrets, self._key)

    def mark(self, value: str) -> str:
        """What stands in the place of a secret."""
        digest = hmac.digest(self._key, value.encode("utf-8", errors="replace"), hashlib.sha256)
        return f"{MARK}{digest.hex()[:16]}"

    def clean(self, data: bytes) -> tuple[bytes, Counter[Kind]]:
        """The bytes without secrets, and how many of each kind were taken out."""
        counts: Counter[Kind] = Counter()
        kept: list[bytes | memoryview] = []
        begin = 0
        with memoryview(data) as view:
            for number, start, end in self._found(view):
                mark, kind = self._replaced[number]
                counts[kind] += 1
                kept += [view[begin:start], mark]
                begin = end
            return (b"".join((*kept, view[begin:])), counts) if counts else (data, counts)

    def clean_text(self, text: str) -> tuple[str, Counter[Kind]]:
        """As `clean`, for text."""
        data, counts = self.clean(text.encode("utf-8", errors="surrogatepass"))
        return (data.decode("utf-8", errors="surrogatepass") if counts else text), counts

    def is_clean(self, data: bytes | mmap.mmap) -> bool:
        """Whether no secret stands in the bytes."""
        with memoryview(data) as view:
            return next(self._found(view), None) is None

    def _found(self, view: memoryview) -> Iterator[tuple[int, int, int]]:
        """Where secrets stand, in order: number of the form, begin and end."""
        at = 0
        while at < len(view):
            # what begins in this piece may end in the next
            start, after = at, at + _PIECE_BYTES
            with view[start : after + self.longest - 1] as piece:
                found = self._searcher.find_matches_as_indexes(piece)
            at = after
            for number, begin, end in found:
                if start + begin >= after:
                    break
                yield number, start + begin, start + end
                at = max(after, start + end)

    def is_clean_file(self, path: Path) -> bool:
        """As `is_clean`, for a file, which is not read into memory.

        Raises:
            OSError: it can't be read.
        """
        with path.open("rb") as file:
            if not path.stat().st_size:
                return True
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                return self.is_clean(mapped)


def forms(value: str) -> tuple[bytes, ...]:
    """The ways in which a value is written: raw, percent-, JSON-, HTML- and base64-encoded.

    Within base64 a value looks different at each of three places, and its ends are shared with
    what stands beside it: only what is its own is given.
    """
    percent = quote(value, safe="")
    escaped = json.dumps(value)[1:-1]
    texts = {
        value,
        percent,
        quote(value),
        quote_plus(value),
        quote(percent, safe=""),
        _lower_percent(percent),
        quote(value, safe="!'()*-._~"),  # encodeURIComponent
        quote(value, safe="!#$&'()*+,/:;=?@-._~"),  # encodeURI
        escaped,
        escaped.replace("/", "\\/"),
        json.dumps(value, ensure_ascii=False)[1:-1],
        json.dumps(escaped)[1:-1],
        _javascript(escaped),
        html.escape(value),
        html.escape(value, quote=False),
        html.escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
        html.escape(value).replace("&#x27;", "&#39;"),
    }
    found = {text.encode("utf-8", errors="replace") for text in texts}
    for text in (value, percent):
        found |= _in_base64(text.encode("utf-8", errors="replace"))
    return tuple(found)


def _in_base64(data: bytes) -> set[bytes]:
    found = set()
    for before in range(3):
        coded = base64.b64encode(bytes(before) + data)
        # the first signs hold bits of what stands before, the last ones of what follows
        first = (0, 2, 3)[before]
        last = (before + len(data)) * 8 // 6
        core = coded[first:last]
        if len(core) >= _MIN_CORE:
            found |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def _lower_percent(text: str) -> str:
    head, *rest = text.split("%")
    return "%".join((head, *(part[:2].lower() + part[2:] for part in rest)))


def _javascript(escaped: str) -> str:
    """As programs write a value into a script: no sign that HTML knows."""
    return "".join(f"\\u{ord(sign):04x}" if sign in "<>&'" else sign for sign in escaped)
