"""The user's own running browser: one page more in it for a while, and nothing else."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from evidence_kit.capture import endpoints
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.errors import CaptureError, UsageError
from fixtures.processes import of_folder, signal_browser
from fixtures.shop import Shop
from tests.build import refused
from tests.capture.conftest import Capturing
from tests.capture.site import running_site
from tests.capture.window import running_browser

COOKIE = {"name": "in", "value": "a-session-of-the-user", "domain": "127.0.0.1", "path": "/"}


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


@pytest.fixture
def port(profile: Path) -> Iterator[int]:
    """A running browser with one page open."""
    with running_browser(profile) as number:
        yield number


def _open_pages(port: int) -> list[str]:
    with sync_playwright() as driver:
        browser = driver.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        urls = [page.url for context in browser.contexts for page in context.pages]
        browser.close()
    return urls


def _give_cookie(port: int) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        browser.contexts[0].add_cookies([COOKIE])  # type: ignore[list-item]
        browser.close()


def test_a_page_is_captured_logged_in_and_the_browser_runs_on(
    capture: Capturing, port: int, profile: Path
) -> None:
    _give_cookie(port)
    before = _open_pages(port)

    def answer(path: str, cookies: str) -> str:
        is_in = "in=a-session-of-the-user" in cookies
        return "<h1>订单 K20261101</h1>" if is_in else "<input type=password>"

    with (
        running_site(answer) as site,
        capture(f"{site}/", attach=str(port), expect="K20261101") as captured,
    ):
        assert [seen.code for seen in captured.origin.sanity] == ["browser.attached"]
        assert captured.is_complete
        assert captured.origin.locale.startswith("en")
        record = json.loads(Path(captured.record[0].source).read_text(encoding="utf-8"))
        assert record["browser"]["profile"] == (
            "attached: the user's own browser and profile, extensions not excluded"
        )
        assert record["browser"]["source"] == "attached"
        assert record["browser"]["sandbox"] is None
        assert record["browser"]["headless"] is True
        assert captured.browser.version.split(".")[0].isdecimal()
        assert captured.browser.sha256
    assert _open_pages(port) == before
    assert of_folder(profile), "the user's browser was closed"


def test_what_the_page_opens_is_closed_with_it_and_other_pages_are_not(
    capture: Capturing, port: int, shop: Shop
) -> None:
    before = _open_pages(port)
    with capture(shop.fail("popup"), attach=f"http://127.0.0.1:{port}"):
        pass
    assert _open_pages(port) == before


def test_an_interrupt_closes_the_page_and_leaves_the_browser(
    capture: Capturing, port: int, shop: Shop
) -> None:
    before = _open_pages(port)

    def interrupt() -> None:
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        capture(shop.order_url, attach=str(port), before_navigation=interrupt),
    ):
        pytest.fail("should not get here")
    assert _open_pages(port) == before


def test_a_browser_that_its_user_closes_meanwhile_leaves_an_attempt(
    capture: Capturing, tmp_path: Path
) -> None:
    profile = tmp_path / "closing"

    def answer(path: str, cookies: str) -> str:
        if path == "/close":
            signal_browser(profile, signal.SIGKILL)
        return '<h1>订单</h1><script>setTimeout(() => fetch("/close"), 100)</script>'

    with (
        pytest.raises(AssertionError, match="the user's browser is gone"),
        running_browser(profile) as port,
        running_site(answer) as site,
        capture(f"{site}/", attach=str(port), quiet_ms=800) as captured,
    ):
        assert "page.closed" in [seen.code for seen in captured.origin.sanity]
        assert captured.is_attempt


def test_the_port_is_found_in_the_folder_of_the_profile(port: int, profile: Path) -> None:
    (found,) = endpoints.endpoints(str(profile))
    assert found.startswith(f"ws://127.0.0.1:{port}/devtools/browser/")


def test_without_a_word_the_usual_folders_and_then_the_usual_port_are_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".config" / "chromium"
    folder.mkdir(parents=True)
    (folder / endpoints.PORT_FILE).write_text("9333\n/devtools/browser/1a2b-3c\n")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr("sys.platform", "linux")
    assert endpoints.endpoints(endpoints.AUTO) == (
        "ws://127.0.0.1:9333/devtools/browser/1a2b-3c",
        "http://127.0.0.1:9222",
    )


@pytest.mark.parametrize(
    "content",
    [
        "",
        "9222",
        "x\n/devtools/browser/1",
        "9222\n@evil.example/devtools/browser/1",
        "9222\n/../x",
        "99999999\n/devtools/browser/1",
    ],
)
def test_a_folder_without_a_sensible_port_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / endpoints.PORT_FILE).write_text(content)
    with refused(CaptureError, "attach.no_port"):
        endpoints.endpoints(str(tmp_path))


@pytest.mark.parametrize(
    "where",
    [
        "http://192.0.2.7:9222",
        "http://shop.example:9222/",
        "http://127.0.0.1.shop.example:9222",
        "http://127.0.0.1@shop.example:9222",
        "http://127.0.0.1",
        "https://127.0.0.1:9222",
        "http://127.0.0.1:9222/order/1",
        "ws://127.0.0.1:9222/",
        "ws://127.0.0.1:9222/devtools/browser/../x",
        "0",
        "99999",
        "-1",
        "nowhere",
        "",
    ],
)
def test_only_this_machine_is_ever_connected_to(where: str) -> None:
    with refused(UsageError, "attach.where"):
        endpoints.endpoints(where)


@pytest.mark.parametrize("where", ["9222", "http://localhost:9222/", "http://[::1]:9222"])
def test_a_port_of_this_machine_is_taken(where: str) -> None:
    (endpoint,) = endpoints.endpoints(where)
    assert endpoint.endswith((":9222", ":9222/"))


def test_a_port_where_no_browser_answers_is_told(capture: Capturing, shop: Shop) -> None:
    with refused(CaptureError, "attach.none"), capture(shop.order_url, attach="9"):
        pytest.fail("should not get here")


@pytest.mark.parametrize(
    "other", [{"login": True}, {"session_path": "x"}, {"browser_path": "/bin/false"}]
)
def test_the_users_browser_needs_no_other_login(other: dict[str, object]) -> None:
    request = CaptureRequest(url="https://shop.example/", attach="auto", **other)  # type: ignore[arg-type]
    with refused(UsageError, "attach.alone"):
        request.check()


def test_files_and_windows_of_a_page_in_the_users_own_browser_are_named(
    capture: Capturing, port: int, shop: Shop
) -> None:
    with capture(shop.fail("offers"), attach=str(port), quiet_ms=600) as captured:
        codes = [seen.code for seen in captured.origin.sanity]
        # the browser itself asks its user before it fetches a second one
        assert codes == ["browser.attached", "download.ignored"]
        assert captured.is_complete
    before = _open_pages(port)
    with capture(shop.fail("popup"), attach=str(port)) as captured:
        codes = [seen.code for seen in captured.origin.sanity]
        assert codes in (
            ["browser.attached", "popup.captured"],
            ["browser.attached", "popup.blocked"],
        )
    assert _open_pages(port) == before
