"""Every way the kit can fail to do what was asked.

A verification that fails is no error: it is a result (see `report`). An error means that
the work could not be done: a file is missing, a disk is full, a thing is no bundle.

Each error carries a `code` and `params`. Its text and its hint are looked up by code in
`messages`, in the reader's language; the English text is what `str()` gives.
"""

from collections.abc import Iterable
from enum import IntEnum

_LIKE = 0.4


class ExitCode(IntEnum):
    """Exit codes of `evidence-kit`; docs/cli.md is generated from the comments below."""

    DONE = 0  # yes, or done
    ERROR = 1  # could not do it
    USAGE = 2  # the command was not understood
    NO = 3  # the answer is no: FAILED, or the pages differ
    UNDECIDED = 4  # can't tell: INDETERMINATE
    INCOMPLETE = 5  # saved, but something is missing; the message says what
    INTERRUPTED = 130  # stopped with Ctrl-C


class EvidenceKitError(Exception):
    """The work could not be done.

    Args:
        code: key of the text and hint in `messages.ERRORS`, such as "file.missing".
        params: what the text names; `str` or `int` values, never a secret.
    """

    exit_code = ExitCode.ERROR

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        from evidence_kit.messages import ERRORS

        return ERRORS[self.code].text.format_map(self.params)

    @property
    def hint(self) -> str:
        """What to do next, in English."""
        from evidence_kit.messages import ERRORS

        return ERRORS[self.code].hint.format_map(self.params)


class UsageError(EvidenceKitError):
    """An option, a name or a value that makes no sense."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """The configuration file or an `EVIDENCE_KIT_*` variable is wrong."""


class InputError(EvidenceKitError):
    """A file or folder is missing, unreadable, or not what it should be."""


class CaseError(EvidenceKitError):
    """A case folder is missing, damaged, or in use by another process."""


class SigningKeyError(EvidenceKitError):
    """A signing key is missing, of a kind not accepted, or its passphrase is wrong."""


class SealError(EvidenceKitError):
    """A bundle could not be written; nothing stands under its final name."""


class CaptureError(EvidenceKitError):
    """A page could not be captured at all, so there is nothing to seal."""


def near(name: str, known: Iterable[str], most: int = 3) -> str:
    """Some of many known names, those that are most like this one first.

    >>> near("chat.txt", ("data/page/dom.html", "data/files/0001-chat.txt"))
    'data/files/0001-chat.txt, data/page/dom.html'
    """
    names = [one for _, one in _by_likeness(name, known)]
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def closest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one; all of them where none is.

    >>> closest("piad", ("paid", "closed"))
    'paid'
    >>> closest("xyz", ("paid", "closed"))
    'paid, closed'
    """
    names = list(known)
    ranked = _by_likeness(name, names)
    return ranked[0][1] if ranked and ranked[0][0] >= _LIKE else ", ".join(names)


def _by_likeness(name: str, known: Iterable[str]) -> list[tuple[float, str]]:
    """Known names, each with how like this one it is, from 0 to 1; the most like one first."""
    from difflib import SequenceMatcher  # only where something was mistyped

    matcher = SequenceMatcher(b=name.rpartition("/")[2])

    def likeness(one: str) -> float:
        matcher.set_seq1(one.rpartition("/")[2])
        return matcher.ratio()

    return sorted(((likeness(one), one) for one in known), key=lambda it: -it[0])
