"""A full environment record in words."""

from collections.abc import Iterator, Sequence

from evidence_kit.bundle.environment import (
    MAX_LINES,
    MAX_SEEN,
    EnvironmentLine,
    EnvironmentRecord,
)
from evidence_kit.bundle.text import escape
from evidence_kit.cli.words import Words
from evidence_kit.i18n import mark
from evidence_kit.messages import environment

_MAX_TEXT = 500
WHOSE = mark("this is the software's own record of its surroundings; nobody else has checked it")


def record_lines(words: Words, record: EnvironmentRecord) -> Iterator[str]:
    """What a full record says, for a terminal; nothing of a minimal one."""
    if record.level == "full":
        yield words.tr(WHOSE)
        yield from (f"  {line}" for line in told_lines(words, record.lines))
        for name, value in claim_pairs(words, record.claims()):
            yield "  " + words.tr("{name}: {value}", name=name, value=value)


def told_lines(words: Words, lines: Sequence[EnvironmentLine]) -> Iterator[str]:
    """Each line with its result, and below it what was seen."""
    for line in lines[:MAX_LINES]:
        result = words.tr(environment.RESULTS[line.result])
        yield words.tr("[{result}] {text}", result=result, text=line_title(words, line))
        reasons = line_reasons(words, line)
        if reasons:
            yield f"  {reasons}"
        for name, value in seen_pairs(words, line):
            yield "  " + words.tr("{name}: {value}", name=name, value=value)


def line_title(words: Words, line: EnvironmentLine) -> str:
    """What holds where the line passes; its name where a stranger wrote it."""
    return _told(words, environment.LINES, line.name)


def line_reasons(words: Words, line: EnvironmentLine) -> str:
    """Why it does not pass; empty where nothing is said."""
    return "; ".join(_told(words, environment.REASONS, code) for code in line.reasons[:MAX_SEEN])


def seen_pairs(words: Words, line: EnvironmentLine) -> Iterator[tuple[str, str]]:
    """What was seen, under its names."""
    for key, value in list(line.seen.items())[:MAX_SEEN]:
        yield _told(words, environment.SEEN, key), value[:_MAX_TEXT]


def claim_pairs(words: Words, claims: dict[str, str]) -> Iterator[tuple[str, str]]:
    """What the user said, under its names."""
    for key, value in claims.items():
        yield words.tr(environment.CLAIMS[key]), value[:_MAX_TEXT]


def _told(words: Words, table: dict[str, str], code: str) -> str:
    return words.tr(table[code]) if code in table else escape(code[:_MAX_TEXT])
