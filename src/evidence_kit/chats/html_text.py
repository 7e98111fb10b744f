"""What a reader would see of a piece of HTML, as text. For any bytes, in time that grows with them.

No browser: style sheets can hide text that stands here, or show other text; scripts don't run.
"""

import html
import re
from typing import NamedTuple

_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt",
        "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "ul",
    )
)  # fmt: skip
"""Elements that begin a line of their own."""
_UNSEEN = frozenset(("head", "noscript", "script", "style", "template", "title"))
"""Elements whose content is not shown."""
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:_-]{0,40})(?P<rest>[^<>]*)>?")
_SRC = re.compile(r"""\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_BLOCK, _LINE = "\x00", "\x01"
"""Stand where a block begins or ends, and for a <br>."""
_BREAKS = re.compile(rf" ?[{_BLOCK}{_LINE}](?: ?[{_BLOCK}{_LINE}])* ?")
MAX_PICTURES = 1000
"""More pictures than that are not named."""


class Seen(NamedTuple):
    """The text of a piece of HTML and the pictures in it."""

    text: str
    """Runs of blanks as one; blank lines only where <br> makes them."""
    pictures: tuple[str, ...]
    """Their addresses, as written."""


def seen(source: str) -> Seen:
    """What a piece of HTML shows.

    >>> seen("<p>三天<b>发货</b>&lt;1</p><br>好&nbsp;的<img src='a.png'><style>p{}</style>")
    Seen(text='三天发货<1\\n好 的', pictures=('a.png',))
    """
    pieces: list[str] = []
    pictures: list[str] = []
    position = 0
    while True:
        tag = source.find("<", position)
        pieces.append(_plain(source[position : tag if tag >= 0 else len(source)]))
        if tag < 0:
            break
        position = _behind(source, tag, pieces, pictures)
    text = _BREAKS.sub(_line_ends, _SPACES.sub(" ", "".join(pieces)))
    return Seen(html.unescape(text).replace("\u00a0", " ").strip(" \n"), tuple(pictures))


def _plain(text: str) -> str:
    return text.replace(_BLOCK, "").replace(_LINE, "")


def _line_ends(found: re.Match[str]) -> str:
    return "\n" * max(1, found[0].count(_LINE))


def _behind(source: str, tag: int, pieces: list[str], pictures: list[str]) -> int:
    """Where reading goes on behind what begins at a `<`."""
    if source.startswith("<!--", tag):
        return _after(source, "-->", tag + 4)
    if source.startswith(("<!", "<?"), tag):
        return _after(source, ">", tag + 2)
    found = _TAG.match(source, tag)
    if found is None:
        pieces.append("&lt;")
        return tag + 1
    name = found["name"].lower()
    if name == "br":
        pieces.append(_LINE)
    elif name in _BLOCKS:
        pieces.append(_BLOCK)
    elif name == "img" and (src := _SRC.search(found["rest"])) and len(pictures) < MAX_PICTURES:
        pictures.append(html.unescape(src[1] or src[2] or src[3] or ""))
    elif name in _UNSEEN and not found["end"]:
        end = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE).search(source, found.end())
        return end.end() if end else len(source)
    return found.end()


def _after(source: str, end: str, begin: int) -> int:
    """Behind the next `end`; where there is none, all that is left belongs to it."""
    place = source.find(end, begin)
    return place + len(end) if place >= 0 else len(source)
