"""The secrets that recorded traffic gives away: in headers, addresses, forms and JSON."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from evidence_kit.capture.secrets import NAMES, PASSWORDS, Secrets, fields
from evidence_kit.webarchive.exchange import Exchange, Headers

CREDENTIALS = frozenset({"authorization", "proxy-authorization"})
_MAX_TEXT_BYTES = 4 * 2**20


def learn(secrets: Secrets, exchanges: Iterable[Exchange]) -> None:
    """Add what exchanges show; files that can't be read are passed over."""
    for exchange in exchanges:
        learn_url(secrets, exchange.url)
        learn_headers(secrets, exchange.request_headers)
        learn_headers(secrets, exchange.response_headers)
        kind = _content_type(exchange.request_headers)
        if exchange.request_body is not None:
            learn_body(secrets, _read(exchange, is_request=True), kind)
        kind = _content_type(exchange.response_headers)
        if exchange.body is not None and "json" in kind:
            learn_body(secrets, _read(exchange, is_request=False), kind)


def learn_url(secrets: Secrets, url: str) -> None:
    """Add values of the query whose names are those of secrets."""
    try:
        pairs = parse_qsl(urlsplit(url).query)
    except ValueError:
        return
    for name, value in pairs:
        _learn_field(secrets, name, value)


def learn_headers(secrets: Secrets, headers: Headers) -> None:
    """Add cookies, credentials and what headers of telling names hold."""
    for name, value in headers:
        lowered = name.lower()
        if lowered == "cookie":
            for pair in value.split(";"):
                secrets.add(pair.partition("=")[2].strip().strip('"'), "cookie")
        elif lowered == "set-cookie":
            secrets.add(value.split(";")[0].partition("=")[2].strip().strip('"'), "cookie")
        elif lowered in CREDENTIALS:
            secrets.add_authorization(value)
        elif lowered in ("location", "referer"):
            learn_url(secrets, value)
        elif not lowered.startswith("sec-websocket") and NAMES.search(name):
            secrets.add(value, "token")


def learn_body(secrets: Secrets, body: bytes, kind: str) -> None:
    """Add fields of telling names from a form or from JSON."""
    if "json" in kind or body[:1] in (b"{", b"["):
        for name, value in fields(body):
            _learn_field(secrets, name, value)
        return
    if "multipart/" in kind:
        return  # searched like everything else, but too loose to be read field by field
    for name, value in parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True):
        _learn_field(secrets, name, value)


def _learn_field(secrets: Secrets, name: str, value: str) -> None:
    if PASSWORDS.search(name):
        secrets.add_password(value)
    elif NAMES.search(name):
        secrets.add(value, "token")


def _content_type(headers: Headers) -> str:
    return next((value.lower() for name, value in headers if name.lower() == "content-type"), "")


def _read(exchange: Exchange, *, is_request: bool) -> bytes:
    path = exchange.request_body if is_request else exchange.body
    try:
        if path is None or path.stat().st_size > _MAX_TEXT_BYTES:
            return b""
        return path.read_bytes()
    except OSError:
        return b""
