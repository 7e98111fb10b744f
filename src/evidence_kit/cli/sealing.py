"""What is shown after a bundle was sealed, stamped or written."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from evidence_kit.actions.case import is_case
from evidence_kit.actions.seal import Sealed
from evidence_kit.cli.options import given
from evidence_kit.cli.report_text import verdict_text
from evidence_kit.cli.terminal import Terminal
from evidence_kit.cli.time_text import time_text, upper_bound
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import mark
from evidence_kit.model import Observation
from evidence_kit.report import Outcome
from evidence_kit.trust.crl_client import CrlReply
from evidence_kit.trust.tsa_client import TokenReply

_WARNINGS = frozenset({"media.identifying", "media.location", "secrets.kept", "secrets.too_many"})
"""Notes of what was asked for, but which can do harm."""

_UNREADABLE = frozenset({"chat.few_times", "chat.no_times", "chat.no_year"})
"""Notes on a text that was not understood as a chat."""
_EXAMPLE = (
    mark("  2026-05-01 10:00 Shop: it ships within three days"),
    mark("  2026-05-01 10:02 Ahe: all right"),
)


def exit_code(sealed: Sealed, *, is_renewal: bool = False) -> ExitCode:
    """DONE where nothing is missing; INCOMPLETE where time, page or case lack something.

    Args:
        is_renewal: a renewal was asked for, so without a new token something is missing.
    """
    is_refused = is_renewal and not any(reply.tsr for reply in sealed.replies)
    lacks = sealed.shortfalls or sealed.case_findings or is_refused
    is_complete = sealed.report.verdict is Outcome.PASSED and not lacks
    return ExitCode.DONE if is_complete else ExitCode.INCOMPLETE


def show_sealed(
    terminal: Terminal, sealed: Sealed, *, as_json: bool, is_suggesting: bool = True
) -> ExitCode:
    """Tell what was sealed, since when that is proven, and what to do with its receipt.

    Args:
        is_suggesting: name the next command, too.
    """
    if as_json:
        terminal.put_json(as_data(sealed))
    else:
        terminal.put_path(sealed.path)
    say_sealed(terminal, sealed)
    if is_suggesting:
        suggest_next(terminal, sealed)
    return exit_code(sealed)


def show_stamped_before(terminal: Terminal, sealed: Sealed) -> None:
    """Tell that a bundle needed no time stamp."""
    terminal.put_path(sealed.path)
    terminal.say(terminal.tr("it has a time stamp already, so nothing was done"))
    if sealed.report.sealed_no_later_than:
        sealed_at = time_text(terminal.words, upper_bound(sealed.report.sealed_no_later_than))
        terminal.say(terminal.tr("sealed no later than {time}", time=sealed_at))
    suggest_next(terminal, sealed)


def show_not_renewed(terminal: Terminal, sealed: Sealed) -> None:
    """Tell that no authority gave what a renewal needs."""
    terminal.put_path(sealed.path)
    terminal.say(terminal.tr("the proof was not renewed; the bundle is as it was"))
    for line in reply_lines(terminal, sealed.replies):
        terminal.say(line)


def say_sealed(terminal: Terminal, sealed: Sealed) -> None:
    """Tell all but the path."""
    for line in _lines(terminal, sealed):
        terminal.say(line)


def as_data(sealed: Sealed) -> dict[str, Any]:
    """What is printed as JSON: all but the tokens, which stand in the bundle."""
    return {
        "path": str(sealed.path),
        "receipt": sealed.receipt,
        "shortfalls": sealed.shortfalls,
        "notes": sealed.notes,
        "case_findings": sealed.case_findings,
        "authorities": reply_data(sealed.replies),
        "revocation_lists": [
            {"url": reply.url, "error": reply.error, "error_params": reply.error_params}
            for reply in sealed.crl_replies
        ],
        "report": sealed.report,
    }


def reply_data(replies: Iterable[TokenReply]) -> list[dict[str, Any]]:
    """What became of asking each authority, as JSON tells it."""
    return [
        {
            "id": reply.id,
            "url": reply.url,
            "gen_time": reply.gen_time,
            "error": reply.error,
            "error_params": reply.error_params,
        }
        for reply in replies
    ]


def reply_lines(terminal: Terminal, replies: Iterable[TokenReply]) -> Iterator[str]:
    """A line for each authority that gave no time stamp."""
    for reply in replies:
        if reply.error:
            text, _ = terminal.words.of_error_code(reply.error, reply.error_params)
            yield terminal.tr("no time stamp from {name}: {text}", name=reply.id, text=text)


def note_line(terminal: Terminal, note: Observation) -> str:
    """What is worth knowing of a capture; a warning where that can do harm."""
    form = mark("beware: {text}") if note.code in _WARNINGS else mark("note: {text}")
    if isinstance(time := note.params.get("time"), str):
        shown = time_text(terminal.words, upper_bound(datetime.fromisoformat(time)))
        note = msgspec.structs.replace(note, params=note.params | {"time": shown})
    return terminal.tr(form, text=terminal.words.of_observation(note))


def _lines(terminal: Terminal, sealed: Sealed) -> list[str]:
    tr, report = terminal.tr, sealed.report
    lines = []
    if report.verdict is Outcome.PASSED:
        lines.append(tr("sealed and checked: no change found since sealing"))
    else:
        reason = verdict_text(terminal.words, report.verdict, report.findings)
        lines.append(tr("saved, but {reason}", reason=reason))
    if report.sealed_no_later_than:
        sealed_at = time_text(terminal.words, upper_bound(report.sealed_no_later_than))
        lines.append(tr("sealed no later than {time}", time=sealed_at))
    for finding in sealed.case_findings:
        lines.append(tr("beware: {text}", text=terminal.words.of_finding(finding)))
    for shortfall in sealed.shortfalls:
        lines.append(tr("beware: {text}", text=terminal.words.of_observation(shortfall)))
    lines += [note_line(terminal, note) for note in sealed.notes]
    if any(note.code in _UNREADABLE for note in sealed.notes):
        lines += [tr("what can be read as a chat, for example:"), *map(tr, _EXAMPLE)]
    if report.renewals:
        renewed_at = time_text(terminal.words, max(one.gen_time for one in report.renewals))
        lines.append(tr("the proof was last renewed on {time}", time=renewed_at))
    lines += reply_lines(terminal, sealed.replies)
    lines += _list_lines(terminal, sealed.crl_replies)
    lines.append(tr("receipt: {receipt}", receipt=sealed.receipt))
    lines.append(
        tr(
            "send the receipt to someone at once: whoever holds it can tell later that this"
            " bundle was not made anew"
        )
    )
    return lines


def _list_lines(terminal: Terminal, replies: Iterable[CrlReply]) -> Iterator[str]:
    """A line for each revocation list that could not be had."""
    for reply in replies:
        if reply.error:
            text, _ = terminal.words.of_error_code(reply.error, reply.error_params)
            yield terminal.tr("note: {text}", text=text)


def suggest_next(terminal: Terminal, sealed: Sealed) -> None:
    """Name the next command: what is missing, else verifying."""
    if any(finding.code == "timestamp.untrusted" for finding in sealed.report.findings):
        terminal.suggest("evidence-kit", "verify", sealed.path, "--trust", "ROOT.pem")
    elif sealed.report.sealed_no_later_than is None:
        terminal.suggest("evidence-kit", "stamp", sealed.path, *given("trust"))
    else:
        folder = sealed.path.parent
        place = folder if is_case(folder) else sealed.path
        terminal.suggest("evidence-kit", "verify", place, *given("trust"))
