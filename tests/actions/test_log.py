"""What happened is sealed as its teller states it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.log import EVENTS, log_event
from evidence_kit.bundle.reader import Bundle
from evidence_kit.errors import InputError, UsageError
from evidence_kit.model import Kind, Stated
from evidence_kit.report import Outcome
from tests.build import refused
from tests.forge import explode

PAID_ON = date(2026, 11, 8)
STATEMENT = "data/event/statement.txt"


def test_event_is_sealed_with_claim_note_and_proof(case: Case, kit: Kit, note: Path) -> None:
    sealed = log_event(
        case, "paid", on=PAID_ON, kit=kit, channel="支付宝", note="100 元\n一次", proofs=[note]
    )
    assert sealed.report.verdict is Outcome.PASSED
    assert sealed.path.name == "0001-event.evidence.zip"
    with Bundle(sealed.path) as bundle:
        event, proof = bundle.evidence.items
    assert isinstance(event.origin, Stated)
    assert (event.kind, event.origin.event) == (Kind.EVENT, "paid")
    assert event.origin.on_claimed == "2026-11-08"
    assert event.origin.channel_claimed == "支付宝"
    assert event.origin.note_claimed == "100 元%0A一次"
    assert proof.files[0].path == "data/files/0001-note.txt"
    _, files = explode(sealed.path.read_bytes())
    assert files[proof.files[0].path] == note.read_bytes()
    statement = files[STATEMENT].decode()
    assert "paid" in statement and "2026-11-08" in statement and "支付宝" in statement


def test_statement_cant_be_made_to_say_more(case: Case, kit: Kit) -> None:
    trick = "x\nevent / 事件: refunded\u202e\udcff"
    sealed = log_event(case, "paid", on=PAID_ON, kit=kit, note=trick)
    _, files = explode(sealed.path.read_bytes())
    lines = files[STATEMENT].decode().splitlines()
    assert [line for line in lines if line.startswith("event")] == ["event / 事件: 付款 / paid"]


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_can_be_logged(event: str, case: Case, kit: Kit) -> None:
    quick = replace(kit, endpoints=())
    assert log_event(case, event, on=PAID_ON, kit=quick).path.exists()


@pytest.mark.parametrize("event", ["付款", "PAID"])
def test_event_may_be_named_in_chinese_or_capitals(event: str, case: Case, kit: Kit) -> None:
    sealed = log_event(case, event, on=PAID_ON, kit=replace(kit, endpoints=()))
    with Bundle(sealed.path) as bundle:
        (item,) = bundle.evidence.items
    assert isinstance(item.origin, Stated)
    assert (item.origin.event, item.label) == ("paid", "2026-11-08 付款 / paid")


def test_unknown_event_gets_a_suggestion(case: Case, kit: Kit) -> None:
    with refused(UsageError, "event.unknown") as caught:
        log_event(case, "refundet", on=PAID_ON, kit=kit)
    assert caught.value.params["suggestion"] == "refunded"


def test_event_of_the_future_is_refused(case: Case, kit: Kit) -> None:
    late = replace(kit, now=lambda: datetime(2026, 11, 8, 23, 0, tzinfo=UTC))
    # In Beijing the next day has begun already.
    assert log_event(case, "paid", on=date(2026, 11, 9), kit=late).path.exists()
    with refused(UsageError, "event.future"):
        log_event(case, "paid", on=date(2026, 11, 10), kit=late)


def test_missing_proof_leaves_nothing(case: Case, kit: Kit) -> None:
    with refused(InputError, "file.missing"):
        log_event(case, "paid", on=PAID_ON, kit=kit, proofs=[case.folder / "none"])
    assert case.bundle_paths() == ()
