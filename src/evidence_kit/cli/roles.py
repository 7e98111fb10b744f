"""Asking on a terminal who the senders of a chat are. The answer is kept as the user's claim."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from evidence_kit.chats.accounts import Senders
from evidence_kit.chats.reading import Roles
from evidence_kit.chats.record import Participant
from evidence_kit.cli.terminal import Terminal

_COMMAS = re.compile("[,，、;；]")
_SHOWN = 30
"""More senders than that are a group, whose members are named with --me and --merchant."""


def ask_roles(terminal: Terminal, name: str, participants: Sequence[Participant]) -> Roles:
    """Show who wrote how much, and ask which of them is the user and which the merchant.

    Where several accounts go by one name, they are shown one by one, and the answer is an id.
    """
    senders = Senders(participants)
    counts: Counter[str] = Counter()
    accounts: dict[str, Participant] = {}
    for one in participants:
        if sender := senders.called(one.sender_raw, one.sender_id):
            counts[sender] += one.records
            accounts.setdefault(sender, one)
    shown = [sender for sender, _ in counts.most_common(_SHOWN)]
    if not shown:
        return Roles()
    terminal.say(terminal.tr("who wrote in {name}, and how many messages:", name=name))
    numbers: dict[str, int] = {}
    for number, sender in enumerate(shown, start=1):
        sender_id = accounts[sender].sender_id or ""
        first = numbers.setdefault(sender_id, number) if sender_id else number
        same = terminal.tr("(the same account as {number})", number=first)
        suffix = f"  {same}" if first != number else ""
        terminal.say(f"  {number}  {sender}  {counts[sender]}{suffix}")
    question = terminal.tr("which of them is you? (numbers, as in 2 or 2 3; Enter to skip)")
    me = _choose(terminal, question, shown)
    others = [sender for sender in shown if sender not in me]
    question = terminal.tr(
        "which of them is the merchant? (numbers, as in 2 or 2 3; Enter to skip)"
    )
    merchant = _choose(terminal, question, shown) - me if others else frozenset()
    buyer, seller = (
        frozenset(_claim(sender, accounts[sender]) for sender in chosen)
        for chosen in (me, merchant)
    )
    return Roles(buyer=buyer, merchant=seller)


def _claim(shown: str, account: Participant) -> str:
    """The name, which is what the user knows; the id where the name is shown with it."""
    name = account.sender_raw or account.sender_id or ""
    return name if shown == name else account.sender_id or name


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
