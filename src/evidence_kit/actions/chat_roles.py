"""Who is who in chats, as the user says: what contradicts itself, and what was left open."""

from collections.abc import Iterable, Iterator, Sequence

from evidence_kit.bundle.text import escape
from evidence_kit.chats.accounts import SameAccount, Senders, both_parties
from evidence_kit.chats.reading import Roles
from evidence_kit.chats.record import Chat, Participant, Party
from evidence_kit.errors import UsageError
from evidence_kit.model import Observation

_SHOWN_NAMES = 5
_NAME_CHARACTERS = 60


def require_apart(roles: Roles, participants: Iterable[Participant] = ()) -> None:
    """Refuse roles that make one sender both parties.

    Args:
        roles: as the user says.
        participants: of the chats, where they are known: a name and an id may be one sender's.

    Raises:
        UsageError: "chat.both_roles".
    """
    both = sorted(roles.buyer & roles.merchant)
    for one in participants:
        names = {one.sender_raw, one.sender_id}
        if names & roles.buyer and names & roles.merchant:
            both.append(one.sender_raw or one.sender_id or "")
    if both:
        raise UsageError("chat.both_roles", name=escape(both[0]))


def role_notes(chats: Sequence[Sequence[Chat]], roles: Roles, name: str) -> Iterator[Observation]:
    """What is still open of who is who in an original.

    Args:
        chats: its chats, each with the accounts of its files.
        roles: as the user says.
        name: what the original is called.
    """
    found = [one for chat in chats if (one := _parties(chat)) is not None]
    if not found:  # nobody wrote anything
        return
    params: dict[str, str | int] = {"name": escape(name)}
    every = frozenset[Party]().union(*found)
    code = None
    if not (roles.buyer or roles.merchant):
        code = "chat.roles_open"
    elif not every:
        code = "chat.roles_nobody"
    elif Party.MERCHANT not in every:
        code = "chat.merchant_open"
    elif Party.BUYER not in every:
        code = "chat.buyer_open"
    if code:
        yield Observation(code=code, params=params)
    if every and (count := sum(not parties for parties in found)):
        yield Observation(code="chat.roles_nobody_in", params={**params, "count": count})
    files = [one for chat in chats for one in chat]
    yield from _shared_names(files, roles, name)
    for both in both_parties(files, roles):
        yield Observation(
            code="chat.account_both",
            params={
                **params,
                "buyer": _shown(both.buyer),
                "merchant": _shown(both.merchant),
                "id": _shown(both.sender_id),
            },
        )


def account_notes(found: Sequence[SameAccount], name: str) -> Iterator[Observation]:
    """Which names count as a party since the account of a name given goes by them, too."""
    for one in found:
        more = ", …" if len(one.also) > _SHOWN_NAMES else ""
        code = "chat.same_buyer" if one.party is Party.BUYER else "chat.same_merchant"
        params: dict[str, str | int] = {
            "others": ", ".join(map(_shown, one.also[:_SHOWN_NAMES])) + more,
            "sender": _shown(one.name),
            "id": _shown(one.sender_id),
            "name": escape(name),
        }
        yield Observation(code=code, params=params)


def _shown(name: str) -> str:
    """A stranger's name in a message."""
    return escape(name if len(name) <= _NAME_CHARACTERS else f"{name[:_NAME_CHARACTERS]}…")


def _parties(files: Sequence[Chat]) -> frozenset[Party] | None:
    """Which of the two wrote in a chat; None where nobody did."""
    found = {one.role for chat in files for one in chat.participants}
    return frozenset(found & {Party.BUYER, Party.MERCHANT}) if found else None


def _shared_names(chats: Sequence[Chat], roles: Roles, name: str) -> Iterator[Observation]:
    """Names that several accounts of the app go by: those of a party; all where none is said."""
    shared = Senders(one for chat in chats for one in chat.participants).shared
    params: dict[str, str | int] = {"name": escape(name)}
    if shared and not (roles.buyer or roles.merchant):
        found = [f"{_shown(sender)} ({_ids(ids)})" for sender, ids in shared.items()]
        more = "; …" if len(found) > _SHOWN_NAMES else ""
        params["senders"] = "; ".join(found[:_SHOWN_NAMES]) + more
        yield Observation(code="chat.names_shared", params=params)
    for sender in sorted(shared.keys() & (roles.buyer | roles.merchant)):
        told = {**params, "sender": _shown(sender), "ids": _ids(shared[sender])}
        yield Observation(code="chat.name_shared", params=told)


def _ids(ids: Sequence[str]) -> str:
    more = ", …" if len(ids) > _SHOWN_NAMES else ""
    return ", ".join(map(_shown, ids[:_SHOWN_NAMES])) + more
