"""Text from strangers: what it may hold, and how it is made harmless."""

import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_safe_text(text: str) -> bool:
    """False where a text holds C0, C1 or bidi controls, or a lone surrogate."""
    return text.isprintable() or not any(_is_unsafe(character) for character in text)


def escape(text: str) -> str:
    """The text with every unsafe character percent-escaped as UTF-8."""
    if is_safe_text(text):
        return text
    return "".join(_percent(c) if _is_unsafe(c) else c for c in text)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _is_unsafe(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in _BIDI
