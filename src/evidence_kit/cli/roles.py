"""Asking on a terminal who the senders of a chat are. The answer is kept as the user's claim."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from evidence_kit.chats.reading import Roles
from evidence_kit.chats.record import Participant
from evidence_kit.cli.terminal import Terminal

_COMMAS = re.compile("[,，、;；]")
_SHOWN = 30
"""More senders than that are a group, whose members are named with --me and --merchant."""


def ask_roles(terminal: Terminal, name: str, participants: Sequence[Participant]) -> Roles:
    """Show who wrote how much, and ask which of them is the user and which the merchant."""
    counts: Counter[str] = Counter()
    for one in participants:
        if sender := one.sender_raw or one.sender_id:
            counts[sender] += one.records
    senders = [sender for sender, _ in counts.most_common(_SHOWN)]
    if not senders:
        return Roles()
    terminal.say(terminal.tr("who wrote in {name}, and how many messages:", name=name))
    for number, sender in enumerate(senders, start=1):
        terminal.say(f"  {number}  {sender}  {counts[sender]}")
    question = terminal.tr("which of them is you? (numbers, as in 2 or 2 3; Enter to skip)")
    me = _choose(terminal, question, senders)
    others = [sender for sender in senders if sender not in me]
    question = terminal.tr(
        "which of them is the merchant? (numbers, as in 2 or 2 3; Enter to skip)"
    )
    merchant = _choose(terminal, question, senders) if others else frozenset()
    return Roles(buyer=me, merchant=merchant - me)


def _choose(terminal: Terminal, question: str, senders: Sequence[str]) -> frozenset[str]:
    """The senders whose numbers or names are given, one after the other."""
    numbers = {str(number): sender for number, sender in enumerate(senders, start=1)}
    while True:
        answers = list(_answers(terminal.ask(question), senders))
        chosen = [one if one in senders else numbers.get(one) for one in answers]
        if None not in chosen:
            return frozenset(one for one in chosen if one)
        terminal.say(terminal.tr("give a number from 1 to {count}", count=len(senders)))


def _answers(typed: str, senders: Sequence[str]) -> Iterator[str]:
    """What stands between commas, or blanks where it is no name: names may hold both."""
    if typed.strip() in senders:
        yield typed.strip()
        return
    for part in map(str.strip, _COMMAS.split(typed)):
        yield from (part,) if part in senders else part.split()
