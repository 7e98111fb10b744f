"""The key under which players look an address up in an index.

Players make the key anew of the address they look for, so it is made just as pywb makes it:
the host reversed (a "sort-friendly URI reordering transform", specs.webrecorder.net/cdxj), the
rest made plain.
"""

import re
from contextlib import suppress
from urllib.parse import unquote_to_bytes

_DEFAULT_PORTS = {b"http": 80, b"https": 443}
_MAX_HOST_BYTES = 1024  # IDNA takes the square of the length

_URL = re.compile(
    rb"(https?)://(?:[^/?#]*@)?(\[[^]/?#]*\]|[^:/?#]*)(?::(\d{0,9}))?([/?#].*)?", re.I | re.S
)
_ESCAPE = re.compile(rb"%[0-9A-Fa-f]{2}")
_UNSAFE = re.compile(rb"[^\x21-\x7e]|[#%]")
_WWW = re.compile(rb"www\d*")
_ASP_SESSION = re.compile(rb"(?<=/)\((?:[0-9a-z]{24}|(?:[a-z]\([0-9a-z]{24}\))+)\)/")
_SESSIONS = tuple(
    re.compile(parameter + rb"(?:&|\Z)")
    for parameter in (
        rb"jsessionid=[0-9a-z]{32}",
        rb"phpsessid=[0-9a-z]{32}",
        rb"sid=[0-9a-z]{32}",
        rb"aspsessionid[a-z]{8}=[a-z]{24}",
        rb"cfid=(?:(?!cfid=)[^&])+&cftoken=[^&]+",
    )
)


def surt_key(url: str) -> str:
    """The address with its host reversed and all that rarely matters taken out.

    Scheme, credentials, `www`, default port, fragment, empty parts and sessions go; letters are
    made small and parameters sorted.

    >>> surt_key("https://www.shop.example:8443/Order/?b=2&a=1")
    'example,shop:8443)/order?a=1&b=2'

    Args:
        url: http or https, the host as browsers write it (url.spec.whatwg.org).

    Raises:
        ValueError: it is something else.
    """
    found = _URL.fullmatch(url.encode().strip().translate(None, b"\t\r\n"))
    if not found:
        raise ValueError("not a web address")
    scheme, host, port, rest = found[1].lower(), found[2], int(found[3] or 0), found[4] or b""
    labels = [label for label in _ascii_host(host).split(b".") if label]
    if len(labels) > 1 and _WWW.fullmatch(labels[0]):
        del labels[0]
    if not labels or port > 0xFFFF:
        raise ValueError("not a web address")
    path, _, query = rest.partition(b"#")[0].partition(b"?")
    place = b",".join(reversed(labels))
    if port and port != _DEFAULT_PORTS[scheme]:
        place += b":%d" % port
    query = _plain_query(query)
    return (place + b")" + _plain_path(path) + (b"?" + query if query else b"")).decode("ascii")


def _ascii_host(host: bytes) -> bytes:
    host = _unescaped(host.strip(b"[]"))
    if not host.isascii() and len(host) <= _MAX_HOST_BYTES:
        with suppress(UnicodeError):  # then it is escaped, as other bytes are
            host = host.decode().encode("idna")
    return _escaped(host)


def _plain_path(path: bytes) -> bytes:
    kept: list[bytes] = []
    for part in _unescaped(path).split(b"/"):
        if part == b".." and kept and kept[-1] != b"..":
            kept.pop()
        elif part not in (b"", b"."):
            kept.append(part)
    plain = _escaped(b"/" + b"/".join(kept))
    page = max(plain.rfind(b".aspx"), 0)
    return _without_last(_ASP_SESSION, plain[:page]) + plain[page:]


def _plain_query(query: bytes) -> bytes:
    query = _escaped(_unescaped(query))
    for session in _SESSIONS:
        query = _without_last(session, query)
    parameters: list[bytes] = query.split(b"&")
    parameters.sort(key=lambda parameter: parameter.partition(b"="))
    return b"&".join(parameters)


def _without_last(pattern: re.Pattern[bytes], text: bytes) -> bytes:
    found = list(pattern.finditer(text))[-1:]
    return text[: found[0].start()] + text[found[0].end() :] if found else text


def _unescaped(text: bytes) -> bytes:
    """With no escape left, however often they were escaped; in linear time."""
    text = unquote_to_bytes(text)
    if not _ESCAPE.search(text):
        return text
    plain = bytearray()
    for byte in text:
        plain.append(byte)
        while _ESCAPE.fullmatch(plain[-3:]):
            plain[-3:] = bytes.fromhex(plain[-2:].decode())
    return bytes(plain)


def _escaped(text: bytes) -> bytes:
    return _UNSAFE.sub(lambda found: b"%%%02x" % ord(found[0]), text).lower()
