"""Lines inside a message that begin like a message of somebody else: a header may be lost.

Where each message is `time name: text`, a line without its time, cut off or never written, goes
to the message above; where a header needs an empty line above it, so does a header that has lost
that. Only who reads it can tell them from a quotation, so they are flagged.
"""

import re

from evidence_kit.chats.record import PARTICIPANTS, Flag
from evidence_kit.chats.written import VAGUE_DAY

_BEGINNING = 120
"""Characters of a line in which a name is looked for."""
_JOINT = "\ufeff"
"""A byte order mark inside: another file was appended there."""
_COLON = re.compile(r"[:：](?!//)")
_TIME = re.compile(
    rf"(?:(?:\d{{1,4}}[-/.年]\d{{1,2}}[-/.月]\d{{1,4}}日?|(?P<vague>{VAGUE_DAY}))"
    r"[ \t\u00a0]{0,3})?"
    r"\d{1,2}:\d\d(?P<second>:\d\d)?(?: ?[AaPp][Mm])?",
    re.ASCII,
)
_CLOCK = re.compile(r"\d:\d", re.ASCII)
_ID = re.compile(r"(?:\([^()]*\)|<[^<>]*>)\Z")
_AROUND = " \t\u00a0\ufeff'‘’\"“”[]【】·"
"""What stands around a name and a time where a text was quoted, joined or set in type."""
_STRAY = re.compile(r".*(?:[\])】-]|[:.]\d\d(?:\s?[AaPp]\.?\s?[Mm]\.?)?)\s")
"""What is left of a time: `:41] `, `10:00 - `, `10:00 PM `."""


class KnownSenders:
    """The senders that were met so far, at most PARTICIPANTS of them."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def add(self, sender: str) -> None:
        """Know this sender from now on."""
        if sender and len(self._names) < PARTICIPANTS:
            self._names.add(sender)

    def __contains__(self, name: str) -> bool:
        """Whether somebody of this name has spoken."""
        return name in self._names

    def flags_of(self, body: str) -> tuple[Flag, ...]:
        """The flag of a text one of whose further lines begins with a known name and a colon."""
        _, _, below = body.partition("\n")
        if _JOINT in below:
            return (Flag.LOST_HEADER,)
        if ":" not in below and "：" not in below:  # nearly always, and quicker
            return ()
        further = below.split("\n")
        return (Flag.LOST_HEADER,) if any(map(self._is_message, further)) else ()

    def headed_flags_of(self, body: str) -> tuple[Flag, ...]:
        """The flag of a text one of whose lines is a time and a known name.

        A name with an id, or before a time such as `昨天 10:00`, counts without being known.
        """
        if _JOINT in body:
            return (Flag.LOST_HEADER,)
        if ":" not in body or _CLOCK.search(body) is None:  # mostly, and quickly told
            return ()
        return (Flag.LOST_HEADER,) if any(map(self._is_header, body.split("\n"))) else ()

    def _is_header(self, line: str) -> bool:
        beginning = line[:_BEGINNING]
        time = _TIME.search(beginning)
        if time is None or line.startswith(">"):  # what an exporter or a person quotes
            return False
        name = f"{beginning[: time.start()]} {beginning[time.end() :]}".strip(_AROUND)
        if name in self._names or _ID.sub("", name).strip(_AROUND) in self._names:
            return True
        if time["vague"] is not None:
            return bool(name) and not line[time.end() :].strip()
        return time["second"] is not None and _ID.search(name) is not None

    def _is_message(self, line: str) -> bool:
        beginning = line[:_BEGINNING]
        for colon in _COLON.finditer(beginning):
            name = beginning[: colon.start()]
            if name.strip() in self._names or _STRAY.sub("", name).strip() in self._names:
                return True
        return False
