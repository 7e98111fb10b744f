"""Showing the user what a full environment record will hold, and asking for the rest."""

from typing import TYPE_CHECKING

import msgspec

from evidence_kit.cli.environment_text import claim_pairs, told_lines
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import UsageError
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from evidence_kit.capture.request import Disclosed

MAX_CLAIM = 300
"""Characters of one of the user's own statements."""
_QUESTIONS = {
    "operator_claimed": mark("your name (Enter: leave it out)"),
    "place_claimed": mark("where you are (Enter: leave it out)"),
    "device_claimed": mark("the device that you use (Enter: leave it out)"),
    "reason_claimed": mark("what the capture is for (Enter: leave it out)"),
}


def disclose(terminal: Terminal, url: str, claims: dict[str, str | None]) -> "Disclosed | None":
    """What of machine and user may be sealed; None where he refuses.

    Off a terminal the command itself is the consent, and what is sealed is shown all the same.

    Args:
        claims: what the options say, by the fields of `Disclosed`.

    Raises:
        UsageError: "environment.long", "environment.quiet".
    """
    from evidence_kit.capture.machine import machine_lines
    from evidence_kit.capture.request import Disclosed

    given = {name: value.strip() for name, value in claims.items() if value and value.strip()}
    if terminal.is_quiet:
        raise UsageError("environment.quiet")
    if terminal.may_ask:
        for name, question in _QUESTIONS.items():
            answer = given.get(name) or terminal.ask(terminal.tr(question)).strip()
            given |= {name: answer} if answer else {}
    if any(len(value) > MAX_CLAIM for value in given.values()):
        raise UsageError("environment.long", most=MAX_CLAIM)
    disclosed = msgspec.convert({**given, "lines": machine_lines(url)}, Disclosed)
    _show(terminal, disclosed, given)
    if terminal.may_ask:
        question = terminal.tr("seal these lines with the page? [y/N]")
        if terminal.ask(question).strip().lower() not in ("y", "yes", "是"):
            terminal.say(terminal.tr("none of it will be sealed; only the usual record is"))
            return None
    return disclosed


def _show(terminal: Terminal, disclosed: "Disclosed", claims: dict[str, str]) -> None:
    tr = terminal.tr
    terminal.say(tr("this will be sealed with the page:"))
    for line in told_lines(terminal.words, disclosed.lines):
        terminal.say(f"  {line}")
    for name, value in claim_pairs(terminal.words, claims):
        terminal.say("  " + tr("{name}: {value}", name=name, value=value))
    terminal.say(
        tr(
            "and, once the page has come: the browser, its address for the site, the site's"
            " certificates, both clocks"
        )
    )
