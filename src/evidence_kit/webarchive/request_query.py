"""A request with a method and a body, as parameters of its address.

Players find the response to a POST by them (specs.webrecorder.net/request-body-canonicalization;
where that leaves room, as pywb 2.10 does it).
"""

import base64
import json
import math
import re
from typing import Any, NoReturn
from urllib.parse import quote_plus, unquote_plus, urlencode

MAX_BODY_BYTES = 1 << 20
"""What is read of a body; of a longer one only this beginning counts."""
_MAX_QUERY_CHARS = 4096  # pywb compares no more
_MAX_DEPTH = 200

_BOUNDARY = re.compile(r'boundary="?([^";\s]+)', re.ASCII)
_PART_NAME = re.compile(
    rb'(?:^|\n)content-disposition:[^\r\n;]*;[ \t]*name="([^"\r\n]*)"', re.IGNORECASE
)


def with_request(url: str, method: str, query: str) -> str:
    """The address that stands for another request than a GET.

    Args:
        url: without a fragment.
        method: in capitals.
        query: what `body_query` gave; empty where there is no body.
    """
    mark = "&" if "?" in url else "?"
    return f"{url}{mark}__wb_method={method}" + (f"&{query}" if query else "")


def body_query(content_type: str, body: bytes) -> str:
    """The body as parameters, at most 4096 characters; empty where there are none.

    Forms give their fields. JSON gives its innermost values, each under the name that stands
    nearest. Anything else, and a form that is broken, is one parameter in base64.

    Args:
        content_type: the header, or "".
        body: hostile; at most `MAX_BODY_BYTES`.
    """
    if not body:
        return ""
    try:
        query = _fields_query(content_type, body)
    except (ValueError, RecursionError):
        is_json = content_type.startswith("application/json")
        query = "" if is_json else f"__wb_post_data={base64.b64encode(body).decode()}"
    return query[:_MAX_QUERY_CHARS]


def _fields_query(content_type: str, body: bytes) -> str:
    if content_type.startswith("application/x-www-form-urlencoded"):
        return unquote_plus(body.decode())
    if content_type.startswith("multipart/"):
        return _multipart_query(content_type, body)
    if content_type.startswith(("application/json", "text/plain")):
        return urlencode(_leaves(json.loads(body, parse_constant=_refuse)))
    raise ValueError("a body without fields")


def _multipart_query(content_type: str, body: bytes) -> str:
    """The fields of a form (RFC 7578); a file is the field of its content."""
    boundary = _BOUNDARY.search(content_type)
    if not boundary:
        raise ValueError("no boundary")
    fields = []
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:]:
        head, _, content = part.partition(b"\r\n\r\n")
        if name := _PART_NAME.search(head):
            fields.append(f"{quote_plus(name[1])}={quote_plus(content)}")
    return "&".join(fields)


def _leaves(document: Any) -> dict[str, str]:
    """The innermost values in their order; the second of a name is called "name.2_"."""
    leaves: dict[str, str] = {}
    counts: dict[str, int] = {}
    waiting: list[tuple[str, Any, int]] = [("", document, 0)]
    while waiting and len(leaves) < _MAX_QUERY_CHARS:
        name, value, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise ValueError("too deep")
        if isinstance(value, dict):
            waiting += [(inner, value[inner], depth + 1) for inner in reversed(value)]
        elif isinstance(value, list):
            waiting += [(name, inner, depth + 1) for inner in reversed(value)]
        elif name:
            if name in leaves:
                counts[name] = counts.get(name, 1) + 1
                name = f"{name}.{counts[name]}_"
            leaves[name] = _text(value)
    return leaves


def _text(value: str | float | bool | None) -> str:
    """A value as JavaScript writes it, but for very large and very small numbers."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        if math.isinf(value):
            raise ValueError("too large a number")
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
