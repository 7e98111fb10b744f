"""Lines inside a message that begin like a message of somebody else: a header may be lost.

Where each message is `time name: text`, a line without its time, cut off or never written, goes
to the message above. Only who reads it can tell that from a quotation, so it is flagged.
"""

import re

from evidence_kit.chats.record import PARTICIPANTS, Flag

_BEGINNING = 120
"""Characters of a line in which a name is looked for."""
_COLON = re.compile(r"[:：](?!//)")
_STRAY = re.compile(r".*(?:[\])】-]|[:.]\d\d(?:\s?[AaPp]\.?\s?[Mm]\.?)?)\s")
"""What is left of a time: `:41] `, `10:00 - `, `10:00 PM `."""


class KnownSenders:
    """The senders that were met so far, at most PARTICIPANTS of them."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def add(self, sender: str) -> None:
        """Know this sender from now on."""
        if len(self._names) < PARTICIPANTS:
            self._names.add(sender)

    def flags_of(self, body: str) -> tuple[Flag, ...]:
        """The flag of a text one of whose further lines begins with a known name and a colon."""
        _, _, below = body.partition("\n")
        if ":" not in below and "：" not in below:  # nearly always, and quicker
            return ()
        further = below.split("\n")
        return (Flag.LOST_HEADER,) if any(map(self._is_message, further)) else ()

    def _is_message(self, line: str) -> bool:
        beginning = line[:_BEGINNING]
        for colon in _COLON.finditer(beginning):
            name = beginning[: colon.start()]
            if name.strip() in self._names or _STRAY.sub("", name).strip() in self._names:
                return True
        return False
