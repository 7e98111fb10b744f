"""The accounts behind the names in a chat: who is meant by a name is meant under others, too.

A name is what people call themselves and can change in the middle of a chat; the platform's id
stays. So a role that the user claims for a name goes to the one account that goes by it, and what
followed from its id is kept apart from what the user said.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from evidence_kit.chats.reading import Roles
from evidence_kit.chats.record import Chat, Participant, Party

_NAMES = 20
"""Of the names of one account, so many are kept."""


class SameAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that counts as a party under names that the user did not give."""

    party: Party
    """What the user says of `name`."""
    name: str
    """The name that the user gave."""
    sender_id: str
    """The one id in the export that goes by it."""
    also: tuple[str, ...]
    """Its other names there, 20 at most; the id itself for messages without a name."""


class BothParties(NamedTuple):
    """An account of which the user says, by two of its names, that it is both parties."""

    buyer: str
    merchant: str
    sender_id: str


class _Names:
    """Which ids go by which names. A name alone has no id."""

    def __init__(self, participants: Iterable[Participant]) -> None:
        self.ids: dict[str, dict[str, None]] = {}
        self.of: dict[str, dict[str, None]] = {}
        for one in participants:
            if one.sender_id:
                name = one.sender_raw or one.sender_id
                self.ids.setdefault(name, {})[one.sender_id] = None
                self.of.setdefault(one.sender_id, {})[name] = None


class Senders:
    """What senders are called, so that nobody takes two accounts of one name for one.

    >>> a, b = (
    ...     Participant(
    ...         sender_raw="Ann", sender_id=number, role=Party.OTHER, self_claimed=None, records=1
    ...     )
    ...     for number in ("1", "2")
    ... )
    >>> Senders([a, b]).called("Ann", "1"), Senders([a]).called("Ann", "1")
    ('Ann (1)', 'Ann')
    """

    def __init__(self, participants: Iterable[Participant]) -> None:
        ids = _Names(participants).ids
        self.shared = {name: tuple(found) for name, found in ids.items() if len(found) > 1}
        """The names that several accounts go by, with their ids."""
        # nobody gets the look of another's id by a name such as "Ann (2)"
        self._doubtful = {
            *self.shared,
            *(_with_id(name, one) for name, found in self.shared.items() for one in found),
        }

    def called(self, name: str | None, sender_id: str | None) -> str:
        """The name, with the id where the name alone tells no account; "" where there is none."""
        if name and sender_id and name in self._doubtful:
            return _with_id(name, sender_id)
        return name or sender_id or ""


def _with_id(name: str, sender_id: str) -> str:
    return f"{name} ({sender_id})"


def _participants(chats: Sequence[Chat]) -> Iterator[Participant]:
    for chat in chats:
        yield from chat.participants


def same_accounts(chats: Sequence[Chat], roles: Roles) -> tuple[SameAccount, ...]:
    """The accounts that wrote under other names than those that the user gave.

    Of a name that several accounts share nothing follows, nor of an account that is said to be
    both parties.

    Args:
        chats: the accounts of all files of an original, read to their ends.
        roles: as the user says.
    """
    names = _Names(_participants(chats))
    found: dict[str, SameAccount] = {}
    for party, claimed, others in (
        (Party.BUYER, roles.buyer, roles.merchant),
        (Party.MERCHANT, roles.merchant, roles.buyer),
    ):
        for name in sorted(claimed):
            ids = names.ids.get(name, {})
            if len(ids) != 1:
                continue
            (sender_id,) = ids
            own = names.of[sender_id]
            also = tuple(one for one in own if one not in claimed)
            if also and sender_id not in claimed and others.isdisjoint((sender_id, *own)):
                found.setdefault(
                    sender_id,
                    SameAccount(party=party, name=name, sender_id=sender_id, also=also[:_NAMES]),
                )
    return tuple(found.values())


def both_parties(chats: Sequence[Chat], roles: Roles) -> Iterator[BothParties]:
    """The accounts that the user makes both parties, by a name each."""
    for sender_id, names in _Names(_participants(chats)).of.items():
        buyer, merchant = (
            sorted(roles_ & names.keys()) for roles_ in (roles.buyer, roles.merchant)
        )
        if buyer and merchant:
            yield BothParties(buyer[0], merchant[0], sender_id)


def with_accounts(roles: Roles, found: Sequence[SameAccount]) -> Roles:
    """The roles, with what follows from the ids."""
    ids = {
        party: frozenset(one.sender_id for one in found if one.party is party)
        for party in (Party.BUYER, Party.MERCHANT)
    }
    return msgspec.structs.replace(
        roles, buyer_ids=ids[Party.BUYER], merchant_ids=ids[Party.MERCHANT]
    )
