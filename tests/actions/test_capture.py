import json
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from evidence_kit.actions.capture import Attendant, capture_page
from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed
from evidence_kit.bundle.reader import Bundle
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.errors import SealError
from evidence_kit.model import Captured, Kind
from evidence_kit.report import Outcome
from fixtures.shop import Shop
from tests.build import codes, offline, refused
from tests.capture.conftest import display as display
from tests.capture.site import running_site


def request(url: str, **options: Any) -> CaptureRequest:
    return CaptureRequest(url=url, **{"timeout_s": 15, "quiet_ms": 200} | options)


def origin_of(sealed: Sealed) -> tuple[Kind, Captured]:
    with Bundle(sealed.path) as bundle:
        (item,) = bundle.evidence.items
    assert isinstance(item.origin, Captured)
    return item.kind, item.origin


def test_page_is_sealed_between_two_proven_times(case: Case, kit: Kit, shop: Shop) -> None:
    stages: list[str] = []
    sealed = capture_page(
        request(shop.order_url), case, kit=kit, attendant=Attendant(progress=stages.append)
    )
    assert sealed.report.verdict is Outcome.PASSED
    assert sealed.shortfalls == sealed.notes == ()
    assert stages == ["launch", "load", "rest", "artefacts", "seal"]
    not_before, no_later = sealed.report.sealed_not_before, sealed.report.sealed_no_later_than
    assert not_before is not None and no_later is not None and not_before <= no_later
    assert "not_before.holds" in codes(sealed.report.findings)
    kind, origin = origin_of(sealed)
    assert (kind, origin.http_status, origin.final_url) == (Kind.PAGE, 200, shop.order_url)


def test_nothing_that_names_the_machine_or_its_user_is_in_the_bundle(
    case: Case, kit: Kit, shop: Shop
) -> None:
    sealed = capture_page(request(shop.order_url), case, kit=kit)
    with Bundle(sealed.path) as bundle:
        told = [path for path in bundle.sizes if path.endswith((".json", ".jsonl", "page.txt"))]
        texts = [bundle.read(path) for path in told]
    whole = b"\n".join(texts)
    for secret in (socket.gethostname(), str(Path.home()), str(case.folder)):
        assert secret.encode() not in whole


def test_page_that_is_not_there_is_sealed_and_marked(case: Case, kit: Kit, shop: Shop) -> None:
    sealed = capture_page(request(shop.fail("404")), case, kit=kit)
    assert sealed.report.verdict is Outcome.PASSED
    assert [shortfall.code for shortfall in sealed.shortfalls] == ["http.status"]
    assert origin_of(sealed)[1].sanity == sealed.shortfalls


def test_page_that_never_comes_is_sealed_as_an_attempt(case: Case, kit: Kit, shop: Shop) -> None:
    sealed = capture_page(request("http://127.0.0.1:9/"), case, kit=kit)
    kind, origin = origin_of(sealed)
    assert (kind, origin.http_status) == (Kind.ATTEMPT, None)
    assert [shortfall.code for shortfall in sealed.shortfalls] == ["network.error"]
    with Bundle(sealed.path) as bundle:
        lines = map(json.loads, bundle.read("data/steps.jsonl").splitlines())
        steps = {line["step"]: line["outcome"] for line in lines}
    assert steps["load"] == "failed"


def test_dialog_is_noted_but_the_page_is_whole(case: Case, kit: Kit, shop: Shop) -> None:
    sealed = capture_page(request(shop.fail("alert")), case, kit=kit)
    assert [note.code for note in sealed.notes] == ["dialog"]
    assert "dialog" not in [shortfall.code for shortfall in sealed.shortfalls]


def test_without_an_authority_nothing_is_said_of_the_time_before(
    case: Case, kit: Kit, shop: Shop
) -> None:
    sealed = capture_page(request(shop.order_url), case, kit=offline(kit))
    assert sealed.report.sealed_not_before is None
    with Bundle(sealed.path) as bundle:
        assert not [path for path in bundle.sizes if "not-before" in path]


def test_name_that_is_taken_is_told_before_the_browser_starts(
    kit: Kit, own_shop: Shop, tmp_path: Path
) -> None:
    taken = tmp_path / "page.evidence.zip"
    taken.write_bytes(b"mine")
    with refused(SealError, "seal.exists"):
        capture_page(request(own_shop.order_url), taken, kit=kit)
    assert own_shop.log == ()
    assert taken.read_bytes() == b"mine"


@pytest.mark.usefixtures("display")
def test_bundle_of_a_login_says_that_it_shows_an_account(case: Case, kit: Kit) -> None:
    is_in = threading.Event()
    login = '<input type=password><script>document.cookie="in=1";fetch("/in")</script>'

    def answer(path: str, cookies: str) -> str:
        if path == "/in":
            is_in.set()
        return "<h1>订单 K20261101</h1><p>正文</p>" if "in=1" in cookies else login

    def confirm_login() -> None:
        assert is_in.wait(20)

    with running_site(answer) as site:
        sealed = capture_page(
            request(f"{site}/order", login=True),
            case,
            kit=kit,
            attendant=Attendant(confirm_login=confirm_login),
        )
    assert [note.code for note in sealed.notes] == ["secret.redacted", "logged_in"]
    assert origin_of(sealed)[1].redacted == sealed.notes
