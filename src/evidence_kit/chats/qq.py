"""What the texts that come from QQ have in common: how a sender is written."""

import re
from functools import lru_cache

SYSTEM = frozenset(("10000", "1000000"))
"""The numbers that QQ itself speaks with, in private chats and in groups."""
_WHO = re.compile(r"(?P<name>.*?)(?:\((?P<uin>\d{5,12})\)|<(?P<mail>[^<>\s]+@[^<>\s]+)>)", re.ASCII)


@lru_cache(1 << 10)
def sender(who: str) -> tuple[str, str | None]:
    """Name, and number or mail address; few people write many messages.

    >>> sender("【管理员】老吴(88005551)"), sender("阿禾<ahe@mail.example>"), sender("店主")
    (('【管理员】老吴', '88005551'), ('阿禾', 'ahe@mail.example'), ('店主', None))
    """
    named = _WHO.fullmatch(who)
    return (named["name"], named["uin"] or named["mail"]) if named else (who, None)
