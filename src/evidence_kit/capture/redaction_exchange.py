"""An exchange without its secrets."""

import json
import re
from collections import Counter
from pathlib import Path

import msgspec

from evidence_kit.capture.redaction import Redactor
from evidence_kit.capture.secrets import PASSWORDS, Kind
from evidence_kit.capture.secrets_traffic import CREDENTIALS
from evidence_kit.webarchive.exchange import Exchange, Headers

_BIG_BYTES = 16 * 2**20
_FORM_FIELD = re.compile(rb"(?:^|&)([^=&]*)=([^&]*)")
_JSON_FIELD = re.compile(rb'"([^"\\]{1,60})"\s*:\s*"((?:[^"\\]|\\.)*)"')


class ExchangeRedactor:
    """Takes the secrets out of exchanges, and counts them.

    Args:
        folder: gets the bodies that had to be changed.
    """

    def __init__(self, redactor: Redactor, folder: Path) -> None:
        self.redactor = redactor
        self.counts: Counter[Kind] = Counter()
        self._folder = folder
        self._written = 0

    def clean(self, exchange: Exchange) -> Exchange:
        """The exchange without secrets, which says how many were taken out of it.

        Its own bodies stay as they are.

        Raises:
            OSError: a body can't be read or written.
        """
        before = self.counts.copy()
        cleaned = msgspec.structs.replace(
            exchange,
            url=self._text(exchange.url),
            request_headers=self._headers(exchange.request_headers),
            request_body=self._body(exchange.request_body, has_fields=True),
            reason=self._text(exchange.reason),
            response_headers=self._headers(exchange.response_headers),
            body=self._body(exchange.body),
            details=json.loads(self._text(json.dumps(exchange.details, ensure_ascii=False))),
        )
        found = self.counts - before
        if not found:
            return cleaned
        details = {**cleaned.details, "redacted": dict(sorted(found.items()))}
        return msgspec.structs.replace(cleaned, details=details)

    def socket_headers(self, headers: dict[str, str]) -> dict[str, str]:
        """The headers of a WebSocket's handshake without secrets."""
        return dict(self._headers(tuple(headers.items())))

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self._header(name.lower(), value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        if name == "cookie":
            return "; ".join(self._pair(pair.strip()) for pair in value.split(";"))
        if name == "set-cookie":
            pair, separator, attributes = value.partition(";")
            return f"{self._pair(pair.strip())}{separator}{self._text(attributes)}"
        if name in CREDENTIALS:
            self.counts["authorization"] += 1
            scheme, space, credentials = value.partition(" ")
            whole = f"{scheme} {self.redactor.mark(credentials)}"
            return whole if space else self.redactor.mark(value)
        return self._text(value)

    def _pair(self, pair: str) -> str:
        """A cookie's name with a mark for its value, however short that is."""
        name, separator, value = pair.partition("=")
        if not separator or not value:
            return self._text(pair)
        self.counts["cookie"] += 1
        return f"{self._text(name)}={self.redactor.mark(value.strip(chr(34)))}"

    def _text(self, text: str) -> str:
        cleaned, counts = self.redactor.clean_text(text)
        self.counts.update(counts)
        return cleaned

    def _body(self, path: Path | None, *, has_fields: bool = False) -> Path | None:
        if path is None:
            return None
        if path.stat().st_size > _BIG_BYTES and self.redactor.is_clean_file(path):
            return path
        body = path.read_bytes()
        cleaned = self._without_passwords(body) if has_fields else body
        cleaned, counts = self.redactor.clean(cleaned)
        self.counts.update(counts)
        if cleaned == body:
            return path
        self._written += 1
        target = self._folder / f"clean-{self._written}.bin"
        target.write_bytes(cleaned)
        return target

    def _without_passwords(self, body: bytes) -> bytes:
        """A form or JSON with a mark for each password, however short."""

        def replace(match: re.Match[bytes]) -> bytes:
            name, value = match[1].decode("utf-8", errors="replace"), match[2]
            if not value or not PASSWORDS.search(name):
                return match[0]
            self.counts["password"] += 1
            mark = self.redactor.mark(value.decode("utf-8", errors="replace")).encode()
            start, end = match.start(2) - match.start(), match.end(2) - match.start()
            return match[0][:start] + mark + match[0][end:]

        field = _JSON_FIELD if body.lstrip()[:1] in (b"{", b"[") else _FORM_FIELD
        return field.sub(replace, body)
