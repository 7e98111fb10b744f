"""Pages on which a capture comes to grief: what came is kept, marked, and nothing hangs."""

import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.capture import recorder_bodies, sanity
from evidence_kit.capture.recorder_archive import TrafficArchive
from evidence_kit.capture.request import Capture
from evidence_kit.capture.trip import ABOUT
from evidence_kit.errors import CaptureError
from fixtures.processes import signal_browser, signal_renderers
from fixtures.shop import Shop, running_shop
from fixtures.shop.failures import NAMES
from tests.capture.conftest import Capturing
from tests.capture.site import running_site


def _codes(captured: Capture) -> list[str]:
    return [seen.code for seen in captured.origin.sanity]


def _steps(captured: Capture) -> dict[str, str]:
    source = next(file.source for file in captured.record if file.path.endswith(".jsonl"))
    lines = [json.loads(line) for line in Path(source).read_text(encoding="utf-8").splitlines()]
    return {line["step"]: line["outcome"] for line in lines}


def _of_page(captured: Capture) -> int:
    """How many artefacts show the page."""
    return sum(file.path not in ABOUT for file in captured.files)


def _text(captured: Capture) -> str:
    source = next(file.source for file in captured.files if file.path.endswith("page.txt"))
    return Path(source).read_text(encoding="utf-8")


def test_a_page_that_broke_off_is_doubted(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("die-html")) as captured:
        # Whether the browser still shows what came is a race between its processes.
        assert [code for code in _codes(captured) if code != "page.blank"] == ["load.partial"]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("404", ["http.status"]),
        ("403", ["http.status", "challenge"]),
        ("503", ["http.status"]),
        ("login-wall", ["login.wall"]),
        ("die-asset", ["requests.failed"]),
        ("blank", ["page.blank"]),
        ("endless", ["scroll.capped"]),
        ("busy", ["script.stopped"]),
    ],
)
def test_a_page_not_meant_is_captured_in_full_and_doubted(
    capture: Capturing, shop: Shop, name: str, codes: list[str]
) -> None:
    # the busy page gets busy after 300 ms
    with capture(shop.fail(name), quiet_ms=600 if name == "busy" else 200) as captured:
        assert _codes(captured) == codes
        assert _of_page(captured) == 6
        assert captured.origin.missing == ()
        assert not captured.is_complete
        assert not captured.is_attempt


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("stall-html", ["load.timeout", "load.partial"]),
        ("slow-asset", ["load.timeout", "requests.unfinished"]),
    ],
)
def test_a_page_that_stops_coming_is_captured_as_far_as_it_came(
    capture: Capturing, shop: Shop, name: str, codes: list[str]
) -> None:
    with capture(shop.fail(name), timeout_s=2) as captured:
        assert _codes(captured) == codes
        assert _of_page(captured) == 6
        assert _steps(captured)["load"] == "failed"


@pytest.mark.parametrize(("name", "code"), [("alert", "dialog"), ("popup", "popup.captured")])
def test_a_dialog_or_popup_is_noted_and_no_doubt(
    capture: Capturing, shop: Shop, name: str, code: str
) -> None:
    with capture(shop.fail(name)) as captured:
        assert _codes(captured) == [code]
        assert captured.is_complete


def test_the_login_page_instead_of_the_order_is_a_login_wall(
    capture: Capturing, shop: Shop
) -> None:
    with capture(shop.account_order_url) as captured:
        assert _codes(captured) == ["login.wall"]
        assert captured.origin.final_url != captured.origin.url


def test_the_login_page_when_asked_for_is_none(capture: Capturing, shop: Shop) -> None:
    with capture(f"{shop.url}login") as captured:
        assert captured.is_complete


def test_text_that_is_expected_and_absent_is_told(capture: Capturing, shop: Shop) -> None:
    with capture(shop.order_url, expect="K99999999") as captured:
        assert _codes(captured) == ["expect.absent"]


def test_text_that_is_expected_may_stand_in_a_frame(capture: Capturing, shop: Shop) -> None:
    html = f'<h1>我的订单</h1><p>{"正文" * 100}</p><iframe src="{shop.order_url}"></iframe>'
    with (
        running_site(lambda path, cookies: html) as site,
        capture(f"{site}/", expect="K20261101") as captured,
    ):
        assert captured.is_complete


def test_a_page_that_moves_on_is_followed_and_scrolled(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("refresh"), quiet_ms=1200) as captured:
        assert captured.origin.final_url == shop.order_url
        assert "12315" in _text(captured)


def test_a_clock_and_a_poll_do_not_keep_a_page_from_rest(capture: Capturing) -> None:
    html = """<p id="clock">0</p><p>还剩</p><script>
      setInterval(() => { clock.textContent = Date.now(); }, 100);
      setInterval(() => fetch("/poll?" + Math.random()).then((r) => r.text()), 150);
    </script>"""
    with (
        running_site(lambda path, cookies: html if path in ("/", "/favicon.ico") else "1") as site,
        capture(f"{site}/", quiet_ms=400) as captured,
    ):
        assert captured.is_complete


def test_a_file_instead_of_a_page_is_kept(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("download")) as captured:
        assert _codes(captured) == ["download"]
        assert captured.origin.sanity[0].params == {"name": "invoice.zip"}
        file, traffic = captured.files
        assert file.path == "data/page/download.bin"
        assert traffic.path == "data/page/page.wacz"
        assert Path(file.source).read_bytes() == b"PK\x05\x06" + bytes(18)
        assert not captured.is_complete


def test_a_site_that_never_answers_leaves_an_attempt(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("hang"), timeout_s=1) as captured:
        assert _codes(captured) == ["load.timeout"]
        assert captured.is_attempt
        assert [file.path for file in captured.record] == [
            "data/environment.json",
            "data/steps.jsonl",
        ]


def _closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("make_url", "error"),
    [
        (_closed_port, "net::ERR_CONNECTION_REFUSED"),
        (lambda: "http://shop.invalid/", "net::ERR_NAME_NOT_RESOLVED"),
    ],
)
def test_a_site_out_of_reach_leaves_an_attempt_with_the_code(
    capture: Capturing, make_url: Callable[[], str], error: str
) -> None:
    with capture(make_url()) as captured:
        assert _codes(captured) == ["network.error"]
        assert captured.origin.sanity[0].params == {"error": error}
        assert captured.is_attempt
        assert captured.origin.final_url is None


def test_a_certificate_that_is_not_trusted_is_never_overlooked(capture: Capturing) -> None:
    with running_shop(tls=True) as shop, capture(shop.order_url) as captured:
        assert _codes(captured) == ["certificate.error"]
        assert captured.is_attempt


@pytest.mark.parametrize(
    ("strike", "code"),
    [(signal_renderers, "page.crashed"), (signal_browser, "page.closed")],
)
def test_a_browser_that_dies_leaves_what_there_was(
    capture: Capturing,
    scratch: Path,
    strike: Callable[[Path, signal.Signals], None],
    code: str,
) -> None:
    def answer(path: str, cookies: str) -> str:
        if path == "/die":
            strike(scratch, signal.SIGKILL)
        return '<h1>订单</h1><script>setTimeout(() => fetch("/die"), 100)</script>'

    with running_site(answer) as site, capture(f"{site}/", quiet_ms=800) as captured:
        assert code in _codes(captured)
        assert captured.is_attempt
        assert captured.origin.http_status == 200
        assert "artefact.missing" in {seen.code for seen in captured.origin.missing}


def test_a_browser_that_freezes_is_given_up_and_killed(capture: Capturing, scratch: Path) -> None:
    def answer(path: str, cookies: str) -> str:
        if path == "/freeze":
            signal_browser(scratch, signal.SIGSTOP)
        return '<h1>订单</h1><script>setTimeout(() => fetch("/freeze"), 100)</script>'

    with (
        running_site(answer) as site,
        capture(f"{site}/", quiet_ms=800, timeout_s=2) as captured,
    ):
        assert captured.is_attempt


def test_a_page_that_asks_again_and_again_is_given_up(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("alerts"), timeout_s=2) as captured:
        codes = _codes(captured)
        assert {"load.timeout", "script.stopped"} <= set(codes)
        assert codes.count("dialog") == 1, "the same question is told once"
        assert captured.is_attempt


def test_an_answer_that_nobody_reads_and_that_never_ends_is_named(
    capture: Capturing, shop: Shop
) -> None:
    with capture(shop.fail("unread"), timeout_s=3) as captured:
        assert "requests.unfinished" in _codes(captured)
        assert _of_page(captured) == 6


def test_a_circle_of_redirects_leaves_an_attempt_with_the_code(
    capture: Capturing, shop: Shop
) -> None:
    with capture(shop.fail("redirects")) as captured:
        assert captured.origin.sanity[0].params == {"error": "net::ERR_TOO_MANY_REDIRECTS"}
        assert captured.is_attempt


def test_a_page_that_reloads_for_ever_is_doubted(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("reloads"), timeout_s=2) as captured:
        assert not captured.is_complete
        assert any(map(sanity.is_doubt, captured.origin.sanity))


def _full(*arguments: object, **options: object) -> int:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("stage", ["load", "artefacts"])
def test_a_disk_that_fills_up_ends_the_capture_with_the_reason(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def fill(begun: str) -> None:
        if begun == stage:
            monkeypatch.setattr(Path, "write_bytes", _full)

    with (
        pytest.raises(CaptureError) as caught,
        capture(shop.fail("404"), progress=fill),
    ):
        pytest.fail("should not get here")
    assert caught.value.code == "capture.unwritable"
    assert "No space left" in str(caught.value)


def test_a_disk_without_room_for_the_traffic_leaves_the_page_and_says_what_is_missing(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_bodies.Spool, "append", _full)
    with capture(shop.trial("receipt")) as captured:
        assert "traffic.incomplete" in {seen.code for seen in captured.origin.missing}
        assert _of_page(captured) == 6
    monkeypatch.setattr(TrafficArchive, "add", _full)
    with capture(shop.trial("receipt")) as captured:
        (missing,) = captured.origin.missing
        assert missing.params == {"path": "data/page/page.wacz", "reason": "OSError"}
        assert not captured.is_complete


def test_every_failing_page_of_the_shop_is_tried_here() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    assert [name for name in NAMES if f'"{name}"' not in tests] == []
