"""What the clause of a hit makes of it: its opposite, a question, or a case that may never come.

A clause ends at a sign, so what one clause denies, asks or supposes says nothing of the next.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from evidence_kit.chats.lexicon import BREAKS, Category, Condition, Hit, Lexicon, fold

_CLAUSE_CHARACTERS = 200
_ASKS = "?？"
_BREAK = re.compile(f"[{re.escape(BREAKS)}]")
_BAD = (Category.CLAIM, Category.REFUSAL)
_SIGNS = re.compile(r"[\W_]+")


class Tag(StrEnum):
    """What to know about a mark before taking it at its word."""

    NEGATED = "negated"
    """The clause turns it into its opposite, as in 我们不保证."""
    QUESTION = "question"
    """It is asked, not said, as in 能保证吗？."""
    CONDITION = "condition"
    """It is said of a case, or of what is still to come, as in 等发货了 or once shipped."""
    QUOTED = "quoted"
    """It stands in quotation marks or in a quoted line."""
    BY_BUYER = "by_buyer"
    """The buyer's message holds it, and only the merchant promises, refuses and delivers."""
    BY_MERCHANT = "by_merchant"
    """The merchant's message holds it, and only the buyer claims."""
    RECALLED = "recalled"
    """The export marks the message as recalled, and keeps its words."""
    DELETED = "deleted"
    """The same of a deleted one."""
    MORE = "more"
    """The message holds more of them than were looked for."""


def tags_of(text: str, hit: Hit, lexicons: Sequence[Lexicon]) -> tuple[Tag, ...]:
    """What the words around a hit make of it.

    Args:
        text: that it stands in.
        lexicons: all of them, since a clause may mix languages.
    """
    start, end = clause_of(text, hit.start, hit.end)
    folded = fold(text[start:end])
    before, behind = folded[: hit.start - start], folded[hit.end - start :]
    core = folded[: hit.core - start]
    tags: list[Tag] = []
    if any(_negates(folded, start, hit, lexicon) for lexicon in lexicons):
        tags.append(Tag.NEGATED)
    if any(_asks(folded, lexicon) for lexicon in lexicons):
        tags.append(Tag.QUESTION)
    is_bad = hit.category in _BAD or (Tag.NEGATED in tags and hit.core > hit.start)
    if any(
        _supposes(before, core, behind, hit, lexicon)
        or (is_bad and _is_paid_for(behind, lexicon.condition))
        for lexicon in lexicons
    ):
        tags.append(Tag.CONDITION)
    return tuple(tags)


def clause_of(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the clause around a place begins and ends, its last sign included."""
    begin = max(0, start - _CLAUSE_CHARACTERS)
    breaks = [match.end() for match in _BREAK.finditer(text, begin, start)]
    stop = _BREAK.search(text, end, end + _CLAUSE_CHARACTERS)
    return (breaks[-1] if breaks else begin), (stop.end() if stop else end + _CLAUSE_CHARACTERS)


def _negates(clause: str, start: int, hit: Hit, lexicon: Lexicon) -> bool:
    """Whether a negation governs the hit, or the verb that its pattern ends in.

    A negation governs what follows it: in 不满意包退 that is 满意, so the refund stands. Of a
    delivery alone it is enough that one is near: to name one that was none does more harm than to
    miss one.
    """
    negation = lexicon.negation
    if clause.startswith(negation.after, hit.end - start):
        return True
    # 能不能 denies nothing
    clause = _without(clause, (*negation.except_, *lexicon.question.words))
    if hit.core > hit.start and _leads(clause[: hit.core - start], negation.words, lexicon):
        return True
    is_near_enough = hit.category is Category.DELIVERY
    return _leads(clause[: hit.start - start], negation.words, lexicon, any_=is_near_enough)


def _leads(before: str, words: Sequence[str], lexicon: Lexicon, *, any_: bool = False) -> bool:
    """Whether one of the words stands right before what follows, over words that may lie between.

    Args:
        any_: whether anything may lie between.
    """
    reach, between = lexicon.negation.reach, lexicon.negation.between
    places, seen = [len(before)], set[int]()
    if any_:
        places = list(range(len(before), max(0, len(before) - reach) - 1, -1))
    while places:
        end = places.pop()
        for word in words:
            start = end - len(word)
            if before.endswith(word, 0, end) and _is_whole(before, start, word, lexicon):
                return True
        for word in between:
            start = end - len(word)
            is_near = start >= 0 and len(before) - start <= reach
            if not is_near or start in seen or not before.endswith(word, 0, end):
                continue
            if word.isspace() or _is_whole(before, start, word, lexicon):
                seen.add(start)
                places.append(start)
    return False


def _supposes(before: str, core: str, behind: str, hit: Hit, lexicon: Lexicon) -> bool:
    """Whether the hit is the case that something depends on, or is still to come.

    What depends on it is no condition: in 没收到货的话全额退款 the refund is promised. A delivery
    must be a plain statement of what was done, so for it more words count, anywhere in the clause.
    """
    condition = lexicon.condition
    behind = _without(behind, condition.except_)
    if _follows(behind, condition.behind, condition.objects):
        return True
    if hit.category is not Category.DELIVERY:
        return _leads(_without(before, condition.except_), condition.before, lexicon)
    if hit.lexicon is lexicon and hit.pattern in condition.closing:
        rest = behind
        for particle in condition.particles:
            rest = rest.replace(particle, "")
        if _SIGNS.sub("", rest):
            return True
    ahead = _without(core, condition.except_)
    is_ahead = _holds(ahead, (*condition.before, *condition.ahead), lexicon)
    return is_ahead or _holds(behind, condition.later, lexicon)


def _is_paid_for(behind: str, condition: Condition) -> bool:
    """Whether something is promised for the case that the hit is: 没收到货包赔."""
    return _follows(behind, condition.consequences, condition.objects)


def _follows(behind: str, words: Sequence[str], objects: Sequence[str]) -> bool:
    """Whether one of the words begins what is left, behind at most two objects."""
    starts = {0}
    for _ in range(2):
        starts |= {
            place + len(one) for place in starts for one in objects if behind.startswith(one, place)
        }
    return any(behind.startswith(tuple(words), place) for place in starts)


def _holds(text: str, words: Iterable[str], lexicon: Lexicon) -> bool:
    return any(
        _is_whole(text, place, word, lexicon) for word in words for place in _places(text, word)
    )


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _without(text: str, phrases: Iterable[str]) -> str:
    """The text with nothing where these phrases are, its places kept."""
    for phrase in phrases:
        text = text.replace(phrase, "\0" * len(phrase))
    return text


def _is_whole(text: str, place: int, word: str, lexicon: Lexicon) -> bool:
    """Whether a word is no part of a longer one; in Chinese that can't be told."""
    around = text[max(0, place - 1) : place] + text[place + len(word) : place + len(word) + 1]
    return lexicon.language == "zh" or not any(c.isascii() and c.isalnum() for c in around)


def _asks(clause: str, lexicon: Lexicon) -> bool:
    words = clause.rstrip()
    if words.endswith(tuple(_ASKS)):
        return True
    asking = lexicon.question
    words = words.rstrip(BREAKS)
    if asking.ends and words.endswith(asking.ends) and not words.endswith(asking.except_):
        return True
    # 什么 ends no question, and is part of one in 什么时候
    passing = (one for one in asking.except_ if not any(one in word for word in asking.words))
    return _holds(_without(clause, passing), asking.words, lexicon)
