"""Whether the two texts of a mail, in plain and in HTML, say the same.

A mail program shows one of them, mostly the HTML; `mail` takes the plain one. Compared is which
words there are and how often: no order, no signs, no spaces. What mail programs write into one of
the two alone does not count: links and their words, what stands for a picture, numbers of lists,
a signature, the line that names the program.
"""

import html
import re
import unicodedata
from collections import Counter

from evidence_kit.chats.html_text import seen

_SIGNATURE_LINES = 8
"""A longer one is text like any other (RFC 3676 §4.3: four)."""
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_LINK = re.compile(r"(?:https?://|www\.|mailto:|cid:)[^\s<>()\[\]\"']{1,2000}", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}")
_STAND_IN = re.compile(r"\[(?:image|cid|图片|圖片)[^\[\]\n]{0,300}\]", re.IGNORECASE)
_OWN_LINE = re.compile(
    r"^.{0,20}(?:Sent from|Get Outlook for|发自|发送自|從我的).{0,80}$"
    r"|^[ \t>]*-{3,40}[^\n-]{1,40}-{3,40}[ \t]*$",
    re.MULTILINE,
)
"""The program that it was written with; the line above what is answered."""
_NUMBERED = re.compile(r"^[ \t>]*\d{1,3}[.)、]", re.MULTILINE)
_WORD = re.compile(r"[^\W_\u2e80-\u9fff\uf900-\ufaff]+|[\u2e80-\u9fff\uf900-\ufaff]")
"""A Chinese or Japanese character is a word of its own."""
_ANCHOR = re.compile(r"<a\b[^<>]*>", re.IGNORECASE)
_ANCHOR_END = re.compile(r"</a\b", re.IGNORECASE)
_NAMED = re.compile(r"""\b(?:alt|title)\s*=\s*("[^"<>]*"|'[^'<>]*')""", re.IGNORECASE)


def say_the_same(plain: str, page: str) -> bool:
    """Whether neither text holds a word that the other lacks.

    Args:
        plain: the plain text.
        page: the HTML, as written.

    >>> say_the_same("发不了全额退款\\n> 多久？", "<p>发不了<b>全额</b>退款</p><q>多久?</q>")
    True
    >>> say_the_same("24小时内发货", "<p>48小时内发货</p>"), say_the_same("退", "<p>不退</p>")
    (False, False)
    """
    text = seen(page).text
    written, shown = _words(plain), _words(text)
    left_out = shown - written - _marginal(text)
    if left_out and _LINK.search(plain):  # which may stand for the words of a link
        left_out -= _words(" ".join(map(_linked, _ANCHOR.split(page)[1:])))
    added = written - shown - _marginal(plain)
    if added:
        added -= _words(" ".join(html.unescape(name[1:-1]) for name in _NAMED.findall(page)))
    return not left_out and not added


def _linked(piece: str) -> str:
    """The words of the link at whose beginning a piece of HTML begins."""
    return seen(_ANCHOR_END.split(piece, 1)[0]).text


def _words(text: str) -> Counter[str]:
    text = unicodedata.normalize("NFKC", text)
    for pattern in (_LINK, _ADDRESS, _STAND_IN):
        text = pattern.sub(" ", text)
    return Counter(_WORD.findall(text.casefold()))


def _marginal(text: str) -> Counter[str]:
    """What a mail program may have written into this text alone."""
    signature = _SIGNATURE.split(text)[-1]
    parts = [*_OWN_LINE.findall(text), *_NUMBERED.findall(text)]
    if signature != text and signature.count("\n") <= _SIGNATURE_LINES:
        parts.append(signature)
    return _words("\n".join(parts))
