"""Markup in which whatever a stranger wrote stays text."""

import base64
import html
import unicodedata
from collections.abc import Iterable

from evidence_kit.actions.exhibits import one_line

_MAX_MARKS = 3
"""Combining marks on one letter; more of them grow over the lines above and below."""


class Html(str):
    """Markup made by `tag` or `text`, which may stand in a page as it is."""


def text(value: str, *, limit: int = 2000) -> Html:
    """A text as it can stand in a page: in its line, hiding nothing, running nothing.

    Args:
        value: from anyone.
        limit: in characters; what is longer is cut, and says so.
    """
    return Html(html.escape(_flattened(one_line(clipped(value, limit)))))


def clipped(value: str, limit: int) -> str:
    """The beginning of a text, in characters; what is cut off is hinted at."""
    return value if len(value) <= limit else value[:limit] + "…"


def _flattened(value: str) -> str:
    if value.isascii():
        return value
    kept, marks = [], 0
    for character in value:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def foreign(value: str, *, limit: int = 300) -> Html:
    """A stranger's words within a line, whose direction of writing ends where they end."""
    return Html(f"<bdi>{text(value, limit=limit)}</bdi>")


def tag(name: str, *content: str, **attributes: str) -> Html:
    """An element. What is not `Html` is escaped, attributes too.

    >>> tag("p", "1 < 2 ", tag("b", "!"), class_="note")
    '<p class="note">1 &lt; 2 <b>!</b></p>'
    """
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items()
    )
    return Html(f"<{name}{named}>{join(content)}</{name}>")


def join(parts: Iterable[str], between: str = "") -> Html:
    """Several parts in a row; what is not `Html` is escaped."""
    return Html(
        between.join(part if isinstance(part, Html) else text(part) for part in parts if part)
    )


def rows(pairs: Iterable[tuple[str, str]], *, class_: str = "facts") -> Html:
    """Names and their values; those without a value are left out."""
    found = [join((tag("dt", name), _worded("dd", value))) for name, value in pairs if value]
    return tag("dl", *found, class_=class_) if found else Html("")


def listed(entries: Iterable[str], **attributes: str) -> Html:
    """A list; nothing where it would be empty."""
    found = [_worded("li", entry) for entry in entries]
    return tag("ul", *found, **attributes) if found else Html("")


def _worded(name: str, content: str) -> Html:
    """An element that may begin with a capital where its words are the kit's own."""
    is_own = not isinstance(content, Html)
    return tag(name, content, class_="say") if is_own else tag(name, content)


def jpeg_uri(content: bytes) -> str:
    """A picture as an address that needs no other file."""
    return "data:image/jpeg;base64," + base64.b64encode(content).decode()
