"""Many pages: side by side, politely, tried again, and given up at once when asked."""

from pathlib import Path
from typing import Any

import pytest

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.many import Pace, Tried, capture_many, final_tries
from evidence_kit.actions.page_list import ListedPage
from evidence_kit.actions.verify import verify_case
from evidence_kit.capture.background import Stop, Stopped
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import CaptureError
from evidence_kit.report import Outcome
from fixtures.shop import Shop
from tests.build import offline, refused
from tests.capture.site import running_site

TEMPLATE = CaptureRequest(url="", timeout_s=15, quiet_ms=200)


def listed(*urls: str) -> list[ListedPage]:
    return [
        ListedPage(number=number, url=url, label=f"第 {number} 页")
        for number, url in enumerate(urls, start=1)
    ]


def capture(case: Case, kit: Kit, *urls: str, **options: Any) -> list[Tried]:
    tried: list[Tried] = []
    place = lambda page, number: case  # noqa: E731
    settings: dict[str, Any] = {"delay_s": 0.0, "tell": tried.append} | options
    capture_many(listed(*urls), TEMPLATE, place, kit=kit, **settings)
    return tried


def test_pages_are_sealed_side_by_side_into_one_chain(case: Case, kit: Kit, shop: Shop) -> None:
    urls = [shop.trial(name) for name in ("receipt", "receipt-header", "card-code")]
    tried = capture(case, kit, *urls, jobs=2)
    assert sorted(one.page.url for one in tried) == sorted(urls)
    assert all(one.is_done and one.number == 1 for one in tried)
    report = verify_case(case.folder, Expectations(anchors=kit.anchors))
    assert report.verdict is Outcome.PASSED
    assert len(report.bundles) == 3
    assert len(case.bundle_paths()) == 3


def test_visits_to_one_host_are_kept_apart_and_those_to_another_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited_s: list[float] = []
    monkeypatch.setattr(Stop, "sleep", lambda stop, seconds: waited_s.append(seconds))
    clock = iter([10.0, 10.0, 10.5, 10.5, 99.0])
    pace = Pace(2.0, lambda: next(clock))
    for url in ("http://a/1", "http://a:81/2", "http://a/3", "http://b/", "http://a/4"):
        pace.wait(url, Stop())
    assert waited_s == [0, 2.0, 3.5, 0, 0]


def test_each_visit_of_a_run_waits_for_its_turn(
    case: Case, kit: Kit, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited_s: list[float] = []
    monkeypatch.setattr(Stop, "sleep", lambda stop, seconds: waited_s.append(seconds))
    capture(case, offline(kit), shop.trial("receipt"), shop.trial("picture"), delay_s=1000)
    assert [wait_s > 500 for wait_s in waited_s] == [False, True]


def test_a_page_that_failed_for_now_is_tried_once_more(case: Case, kit: Kit) -> None:
    asked: list[str] = []

    def answer(path: str, cookies: str) -> str | None:
        asked.append(path)
        return None if path == "/order" and asked.count(path) == 1 else "<h1>订单</h1>"

    with running_site(answer, missing_status=503) as site:
        tried = capture(case, offline(kit), f"{site}/order", f"{site}/other")
    assert [(one.page.number, one.number, one.is_done) for one in tried] == [
        (1, 1, False),
        (2, 1, True),
        (1, 2, True),
    ]
    assert [one.is_tried_again for one in tried] == [True, False, False]
    assert [(one.page.number, one.number) for one in final_tries(tried)] == [(1, 2), (2, 1)]


def test_a_page_that_is_not_the_one_meant_is_told_and_left(
    case: Case, kit: Kit, shop: Shop
) -> None:
    (tried,) = capture(case, offline(kit), shop.fail("404"))
    assert tried.sealed is not None
    assert not tried.is_done
    assert not tried.is_tried_again


def test_a_page_that_never_comes_is_sealed_twice_as_an_attempt(case: Case, kit: Kit) -> None:
    tried = capture(case, offline(kit), "http://127.0.0.1:9/")
    assert [one.number for one in tried] == [1, 2]
    assert not any(one.is_done or (one.number == 2 and one.is_tried_again) for one in tried)
    assert len(case.bundle_paths()) == 2


def test_a_browser_that_breaks_off_is_no_reason_to_end_the_run(
    case: Case, kit: Kit, shop: Shop, tmp_path: Path
) -> None:
    broken = tmp_path / "browser"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    tried: list[Tried] = []
    template = CaptureRequest(url="", browser_path=str(broken))
    capture_many(
        listed(shop.order_url),
        template,
        lambda page, number: case,
        kit=offline(kit),
        tell=tried.append,
    )
    assert [one.error.code if one.error else "" for one in tried] == ["capture.browser_broken"] * 2


def test_what_would_meet_every_page_ends_the_run(case: Case, kit: Kit, shop: Shop) -> None:
    template = CaptureRequest(url="", browser_path="/nowhere/browser")
    tried: list[Tried] = []
    with refused(CaptureError, "capture.browser_missing"):
        capture_many(
            listed(shop.order_url, shop.url),
            template,
            lambda page, number: case,
            kit=offline(kit),
            tell=tried.append,
        )
    assert tried == []


def test_an_interrupt_keeps_what_is_sealed_and_begins_nothing_more(
    case: Case, kit: Kit, own_shop: Shop
) -> None:
    tried: list[Tried] = []

    def tell(one: Tried) -> None:
        tried.append(one)
        if len(tried) == 1:
            raise KeyboardInterrupt

    urls = [own_shop.trial("receipt"), own_shop.fail("hang"), own_shop.trial("picture")]
    with pytest.raises(KeyboardInterrupt):
        capture(case, offline(kit), *urls, jobs=2, tell=tell)
    assert [one.page.url for one in tried if one.sealed] == [urls[0]]
    assert len(case.bundle_paths()) == 1
    report = verify_case(case.folder, Expectations(anchors=kit.anchors))
    assert report.verdict is not Outcome.FAILED


def test_a_stop_wakes_who_sleeps_and_whom_it_is_told() -> None:
    told: list[str] = []
    stop = Stop()
    stop.tell(lambda: told.append("early"))
    forgotten = lambda: told.append("forgotten")  # noqa: E731
    stop.tell(forgotten)
    stop.forget(forgotten)
    stop.sleep(0)
    stop.set()
    stop.tell(lambda: told.append("late"))
    assert told == ["early", "late"]
    with pytest.raises(Stopped):
        stop.sleep(60)
