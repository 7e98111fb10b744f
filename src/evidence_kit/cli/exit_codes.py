"""The exit code of several answers."""

from collections.abc import Iterable

from evidence_kit.errors import ExitCode

GRAVITY = (
    ExitCode.NO,
    ExitCode.ERROR,
    ExitCode.USAGE,
    ExitCode.UNDECIDED,
    ExitCode.INCOMPLETE,
    ExitCode.DONE,
)
"""The gravest first."""


def gravest(codes: Iterable[ExitCode]) -> ExitCode:
    """The code that decides.

    >>> gravest([ExitCode.DONE, ExitCode.UNDECIDED, ExitCode.INCOMPLETE]).name
    'UNDECIDED'
    """
    return min(codes, key=GRAVITY.index)
