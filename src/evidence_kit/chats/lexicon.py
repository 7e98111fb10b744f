"""Lexicons: the words and patterns that suggest a mark, one TOML a language or a user.

The patterns are a small language of their own, not regular expressions: whatever a stranger's
lexicon holds, its cost is bounded. Literal text; `{n}` a number; `{a|b|}` one of several texts,
an empty one makes it optional; `{0-6}` at most so many characters of the same clause, once in a
pattern.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import ConfigError

_SHIPPED = Path(__file__).parent / "lexicons"
MAX_FILE_BYTES = 256 << 10
MAX_ENTRIES = 2000
"""Words and patterns of one lexicon."""
MAX_CHARACTERS = 160
"""Of a word or pattern."""
MAX_GAP = 10
_MAX_CHOICES = 20
NUMBER = "[0-9０-９一二两三四五六七八九十百千半几]{1,6}+"
"""A number as chats write it, all of it: what `{n}` stands for."""
BREAKS = "，,。.！!？?；;：:\n"
"""Characters that end a clause."""
_PART = re.compile(r"\{([^{}]*)\}|([^{}]+)")
_GAP = re.compile(r"0-([0-9]{1,2})")


class Category(StrEnum):
    """What a marked word is about."""

    PROMISE = "promise"
    REFUSAL = "refusal"
    DELIVERY = "delivery"
    CLAIM = "claim"
    """What buyers say: a demand, a complaint, a fault."""
    OFF_PLATFORM = "off_platform"


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    """What fits a pattern and holds one of these is no hit."""


class Negation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What turns a hit into its opposite."""

    words: tuple[str, ...] = ()
    """In the same clause, before the hit."""
    between: tuple[str, ...] = ()
    """What may lie between; before words of delivery anything may."""
    reach: int = 4
    """How many characters of it."""
    except_: tuple[str, ...] = msgspec.field(default=(), name="except")
    """Phrases that hold such a word and negate nothing."""
    after: tuple[str, ...] = ()
    """Right behind the hit."""


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a clause a question, besides a question mark."""

    ends: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    except_: tuple[str, ...] = msgspec.field(default=(), name="except")
    """Phrases that hold such a word and ask nothing."""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes a hit a case that something depends on, or something still to come."""

    before: tuple[str, ...] = ()
    """Before the hit, over what may lie between a negation and it."""
    behind: tuple[str, ...] = ()
    """Right behind the hit, or behind `objects`."""
    consequences: tuple[str, ...] = ()
    """The same, behind what was refused, complained of or negated: what is promised for it."""
    objects: tuple[str, ...] = ()
    except_: tuple[str, ...] = msgspec.field(default=(), name="except")
    """Phrases that hold such a word and suppose nothing."""
    ahead: tuple[str, ...] = ()
    """Anywhere before words of delivery, as `before` and `behind` are: nothing is delivered yet."""
    later: tuple[str, ...] = ()
    """The same, anywhere behind them."""
    closing: tuple[str, ...] = ()
    """Words of delivery that tell of one only at the end of their clause."""
    particles: tuple[str, ...] = ()
    """What may stand behind those."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    language: Literal["zh", "en"]
    promise: _Words = _Words()
    refusal: _Words = _Words()
    delivery: _Words = _Words()
    claim: _Words = _Words()
    off_platform: _Words = _Words()
    negation: Negation = Negation()
    question: Asking = Asking()
    condition: Condition = Condition()


class Hit(NamedTuple):
    """Where a word or pattern of a lexicon stands in a text, in characters."""

    start: int
    end: int
    core: int
    """Where the words behind the gap of a pattern begin; without one, the start."""
    category: Category
    pattern: str
    lexicon: "Lexicon"


class Lexicon(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One lexicon, ready to search with."""

    id: str
    """Name of its file without the ending."""
    version: str
    sha256: str
    """Digest of its file."""
    language: Literal["zh", "en"]
    negation: Negation
    question: Asking
    condition: Condition
    words: dict[str, Category]
    """By the word in lower case."""
    patterns: dict[int, tuple[str, Category]]
    """By the number of its group."""
    unless: dict[Category, tuple[str, ...]]
    words_re: re.Pattern[str] | None
    patterns_re: re.Pattern[str] | None
    """A group for each pattern, and one in it for its gap."""

    def find(self, folded: str) -> Iterator[Hit]:
        """The hits that begin at each place, the longest word of each; they may overlap.

        Args:
            folded: the text in lower case, see `fold`.
        """
        if self.words_re is not None:
            for match in _overlapping(self.words_re, folded):
                word = match[0]
                start, end = match.span()
                yield Hit(start, end, start, self.words[word], word, self)
        if (expression := self.patterns_re) is not None:
            for match in _overlapping(expression, folded):
                group = match.lastindex or 1  # the outer one: it closes last
                pattern, category = self.patterns[group]
                if any(word in match[0] for word in self.unless[category]):
                    continue
                is_gap = group < expression.groups and group + 1 not in self.patterns
                core = match.end(group + 1) if is_gap else match.start()
                yield Hit(match.start(), match.end(), core, category, pattern, self)


def fold(text: str) -> str:
    """The text in lower case, character by character, so that places stay the same.

    The apostrophe that phones write becomes the plain one.
    """
    text = text.replace("’", "'")
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def load_lexicons(config_dir: Path | None) -> tuple[Lexicon, ...]:
    """The lexicons that ship with the kit, then those of the user, each sorted by id.

    Args:
        config_dir: the user's; looked into at "lexicons/*.toml". None takes only the kit's.

    Raises:
        ConfigError: "lexicon.unreadable", "lexicon.malformed", or "lexicon.duplicate".
    """
    shipped = [_read(path) for path in sorted(_SHIPPED.glob("*.toml"))]
    taken = {lexicon.id for lexicon in shipped}
    own = []
    for path in sorted((config_dir / "lexicons").glob("*.toml")) if config_dir else ():
        if path.stem in taken:
            raise ConfigError("lexicon.duplicate", id=path.stem, path=str(path))
        own.append(_read(path))
    return (*shipped, *own)


def _read(path: Path) -> Lexicon:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            "lexicon.unreadable", path=str(path), detail=error.strerror or ""
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise ConfigError("lexicon.malformed", path=str(path), detail="too long")
    try:
        values: dict[str, Any] = tomllib.loads(data.decode())
        return _compiled(path.stem, sha256_hex(data), msgspec.convert(values, _File))
    except (ValueError, RecursionError) as error:  # of TOML, UTF-8, msgspec and the patterns
        raise ConfigError("lexicon.malformed", path=str(path), detail=str(error)) from error


def _compiled(name: str, sha256: str, file: _File) -> Lexicon:
    words: dict[str, Category] = {}
    patterns: dict[str, Category] = {}
    for category in Category:
        entries: _Words = getattr(file, category.value)
        for text in (*entries.words, *entries.patterns):
            if not 1 <= len(text.strip()) <= MAX_CHARACTERS:
                raise ValueError(f"a word of 1 to {MAX_CHARACTERS} characters is wanted: {text}")
        _add(words, (fold(word) for word in entries.words), category)
        _add(patterns, entries.patterns, category)
    if len(words) + len(patterns) > MAX_ENTRIES:
        raise ValueError(f"more than {MAX_ENTRIES} words and patterns")
    return Lexicon(
        id=name,
        version=file.version,
        sha256=sha256,
        language=file.language,
        negation=file.negation,
        question=file.question,
        condition=file.condition,
        words=words,
        patterns=_by_group(patterns),
        unless={category: getattr(file, category.value).unless for category in Category},
        words_re=_bounded(_trie_of(words), file.language) if words else None,
        patterns_re=_bounded("|".join(map(_group, patterns)), file.language) if patterns else None,
    )


def _by_group(patterns: dict[str, Category]) -> dict[int, tuple[str, Category]]:
    found, group = {}, 1
    for pattern, category in patterns.items():
        found[group] = (pattern, category)
        group += re.compile(_group(pattern)).groups
    return found


def _add(known: dict[str, Category], texts: Iterable[str], category: Category) -> None:
    for text in texts:
        if known.setdefault(text, category) is not category:
            raise ValueError(f"in two categories: {text}")


def _bounded(expression: str, language: str) -> re.Pattern[str]:
    """The expression; in English only where it is no part of a longer word."""
    if language == "en":
        expression = f"(?<![a-z0-9])(?:{expression})(?![a-z0-9])"
    return re.compile(expression)


def _group(pattern: str) -> str:
    return f"({translate(pattern)})"


def translate(pattern: str) -> str:
    """A pattern of the lexicon as a regular expression of bounded cost.

    >>> translate("{n}天内{0-6}{发|退}")  # doctest: +ELLIPSIS
    '[0-9...]{1,6}+天内([^...]{0,6}?)(?:发|退)'

    Raises:
        ValueError: it is none.
    """
    made: list[str] = []
    position = 0
    is_anchored = has_gap = False
    for part in _PART.finditer(pattern):
        if part.start() != position:
            break
        position = part.end()
        inner, literal = part.groups()
        if literal is not None:
            made.append(_literal(literal))
            is_anchored = True
        elif inner == "n":
            made.append(NUMBER)
        elif gap := _GAP.fullmatch(inner):
            if not 1 <= int(gap[1]) <= MAX_GAP or has_gap:
                raise ValueError(f"at most one gap of up to {MAX_GAP} characters: {pattern}")
            has_gap = True
            made.append(f"([^{re.escape(BREAKS)}]{{0,{gap[1]}}}?)")
        elif "|" in inner and inner.count("|") < _MAX_CHOICES:
            # The longest first, as everywhere.
            choices = sorted(inner.split("|"), key=len, reverse=True)
            made.append(f"(?:{'|'.join(map(_literal, choices))})")
            is_anchored = is_anchored or bool(choices[-1])
        else:
            break
    if position != len(pattern) or not is_anchored:
        raise ValueError(f"no pattern: {pattern}")
    return "".join(made)


def _literal(text: str) -> str:
    return r"[ \t]{1,3}".join(re.escape(part) for part in fold(text).split(" "))


def _trie_of(words: Iterable[str]) -> str:
    """An expression for all of the words that tries each character once, the longest first."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _trie_expression(root)


def _trie_expression(node: dict[str, Any]) -> str:
    branches = [
        re.escape(character) + _trie_expression(below)
        for character, below in sorted(node.items())
        if character
    ]
    if not branches:
        return ""
    optional = "?" if "" in node else ""
    return f"(?:{'|'.join(branches)}){optional}"


def _overlapping(expression: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    match = expression.search(text)
    while match:
        yield match
        match = expression.search(text, match.start() + 1)


def names(lexicons: Sequence[Lexicon]) -> tuple[str, ...]:
    """Each with its version, as marks name them."""
    return tuple(f"{lexicon.id} {lexicon.version}" for lexicon in lexicons)
