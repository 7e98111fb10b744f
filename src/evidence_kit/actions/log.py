"""log: something that happened in a case, stated by the user, sealed with its proof."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from evidence_kit.actions.add import draft_files, require_past
from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed, seal
from evidence_kit.bundle import layout
from evidence_kit.bundle.text import escape
from evidence_kit.errors import UsageError, closest
from evidence_kit.i18n import english_of
from evidence_kit.model import Draft, DraftFile, Kind, Stated

EVENTS = {
    "ordered": "下单",
    "paid": "付款",
    "promised": "承诺",
    "delivered": "交付",
    "demanded": "提出要求",
    "refused": "拒绝",
    "complained": "投诉",
    "replied": "答复",
    "refunded": "退款",
    "closed": "了结",
    "other": "其他",
}
"""What can happen in a case, and its Chinese."""


def log_event(
    case: Case,
    event: str,
    *,
    on: date,
    kit: Kit,
    channel: str | None = None,
    note: str | None = None,
    proofs: Sequence[Path] = (),
) -> Sealed:
    """Seal an event of the case as the user states it.

    Args:
        case: the case it belongs to.
        event: one of `EVENTS`, in English or Chinese; case does not matter.
        on: the day of the event, as the user says.
        kit: keys, authorities, roots.
        channel: through whom it happened, in the user's words.
        note: what else the user wants to say.
        proofs: files that show it; sealed in the same bundle.

    Raises:
        UsageError: "event.unknown", or "event.future".
        InputError, SealError, CaseError, SigningKeyError: see `seal`.
    """
    chosen = english_of(event, EVENTS)
    if chosen is None:
        names = (*EVENTS, *EVENTS.values())
        raise UsageError("event.unknown", event=event, suggestion=closest(event, names))
    now = kit.now()
    require_past(on, now.date())
    recorded_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    origin = Stated(
        event=chosen,
        recorded_at=recorded_at,
        on_claimed=on.isoformat(),
        channel_claimed=escape(channel) if channel else None,
        note_claimed=escape(note) if note else None,
    )
    with tempfile.TemporaryDirectory(prefix="evidence-kit-") as folder:
        statement = Path(folder) / "statement.txt"
        statement.write_text(_statement(origin), encoding="utf-8", newline="\n")
        file = DraftFile(
            path=f"{layout.DATA}event/statement.txt",
            source=str(statement),
            media_type="text/plain; charset=utf-8",
        )
        draft = Draft(
            kind=Kind.EVENT,
            label=f"{on.isoformat()} {EVENTS[chosen]} / {chosen}",
            origin=origin,
            files=(file,),
        )
        return seal([draft, *draft_files(proofs, imported_at=recorded_at)], case, kit=kit)


def _statement(origin: Stated) -> str:
    """The event for a reader who opens the file, in both languages."""
    lines = (
        ("event / 事件", f"{EVENTS[origin.event]} / {origin.event}"),
        ("date as stated / 所述日期", origin.on_claimed),
        ("channel as stated / 所述渠道", origin.channel_claimed),
        ("note / 说明", origin.note_claimed),
        ("recorded / 记录时间", origin.recorded_at),
    )
    return "".join(f"{name}: {value}\n" for name, value in lines if value)
