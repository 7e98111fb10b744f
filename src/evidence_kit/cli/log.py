"""log: something that happened in a case, sealed with its proof."""

from pathlib import Path

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.options import PATH, day_of, kit_of, option, pass_terminal, sealing
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode, UsageError
from evidence_kit.i18n import mark


@click.command(
    cls=Command,
    short_help=mark("record what happened in a case"),
    help=mark(
        "Record something that happened in a case, as you state it, and seal it with its"
        " proof. EVENT is one of these, in English or Chinese: ordered 下单, paid 付款,"
        " promised 承诺, delivered 交付, demanded 提出要求, refused 拒绝, complained 投诉,"
        " replied 答复, refunded 退款, closed 了结, other 其他."
    ),
)
@click.argument("case_folder", metavar="CASE", type=PATH)
@click.argument("event", metavar="EVENT")
@option(
    "--on",
    "happened",
    required=True,
    metavar="YYYY-MM-DD",
    help=mark("the day on which it happened"),
)
@option(
    "--proof",
    "proofs",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help=mark("a file that shows it; may be given several times"),
)
@option("--channel", metavar="TEXT", help=mark("through whom, such as 12315 or the platform"))
@option("--note", metavar="TEXT", help=mark("what else there is to say"))
@sealing
@pass_terminal
def command(
    terminal: Terminal,
    case_folder: Path,
    event: str,
    *,
    happened: str,
    proofs: tuple[Path, ...],
    channel: str | None,
    note: str | None,
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Seal the event and tell what was sealed."""
    from evidence_kit.actions.case import open_case
    from evidence_kit.actions.log import log_event
    from evidence_kit.cli.sealing import show_sealed

    on = day_of(happened)
    try:
        sealed = log_event(
            open_case(case_folder),
            event,
            on=on,
            kit=kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp),
            channel=channel,
            note=note,
            proofs=proofs,
        )
    except UsageError as error:
        if error.code == "event.unknown":
            suggestion = _in_both_languages(str(error.params["suggestion"]))
            raise UsageError("event.unknown", event=event, suggestion=suggestion) from None
        raise
    return show_sealed(terminal, sealed, as_json=as_json)


def _in_both_languages(names: str) -> str:
    """Names of events, each once: English and Chinese."""
    from evidence_kit.actions.log import EVENTS

    both = {name: f"{name} {chinese}" for name, chinese in EVENTS.items()}
    both |= {chinese: both[name] for name, chinese in EVENTS.items()}
    return ", ".join(dict.fromkeys(both.get(name, name) for name in names.split(", ")))
