"""The words of an error."""

from typing import NamedTuple


class Message(NamedTuple):
    """What an error says, and what its hint says. Both may hold {params}."""

    text: str
    hint: str
