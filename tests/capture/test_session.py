"""How a capture is begun, interrupted and ended."""

import gc
import hashlib
import json
import re
import shlex
import shutil
import ssl
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from evidence_kit.capture import artefacts
from evidence_kit.capture.browser import browser_version, find_browser
from evidence_kit.capture.page import DrivenPage
from evidence_kit.capture.steps import Shortfall
from evidence_kit.errors import CaptureError, InputError, UsageError
from fixtures.processes import of_folder
from fixtures.shop import Shop, running_shop
from tests.capture.conftest import Capturing
from tests.capture.site import running_site


def test_callbacks_run_in_the_callers_thread_before_the_page_is_asked_for(
    capture: Capturing, own_shop: Shop, scratch: Path
) -> None:
    threads: list[threading.Thread] = []
    stages: list[str] = []

    def before_navigation() -> None:
        threads.append(threading.current_thread())
        assert own_shop.log == ()
        assert of_folder(scratch), "the browser should run by now"

    with capture(own_shop.fail("404"), before_navigation=before_navigation, progress=stages.append):
        pass
    assert threads == [threading.current_thread()]
    assert stages == ["launch", "load", "rest", "artefacts"]


def test_an_interrupt_while_the_token_is_waited_for_ends_the_browser(
    capture: Capturing, own_shop: Shop
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        capture(own_shop.order_url, before_navigation=interrupt),
    ):
        pytest.fail("should not get here")
    assert own_shop.log == ()


def test_an_error_in_the_block_leaves_no_browser_either(capture: Capturing, shop: Shop) -> None:
    with pytest.raises(ZeroDivisionError), capture(shop.fail("404")):
        raise ZeroDivisionError


@pytest.mark.parametrize("stage", ["launch", "load"])
def test_an_interrupt_at_any_stage_ends_the_browser(
    capture: Capturing, shop: Shop, stage: str
) -> None:
    def interrupt(begun: str) -> None:
        if begun == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), capture(shop.fail("hang"), progress=interrupt):
        pytest.fail("should not get here")


def _wrapped(folder: Path, *flags: str) -> str:
    """A script around the browser that adds flags, as distributions have them."""
    script = folder / "browser"
    words = " ".join(shlex.quote(word) for word in (find_browser().path, *flags))
    script.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    script.chmod(0o755)
    return str(script)


def test_the_browser_talks_to_nobody_but_the_site(
    capture: Capturing, shop: Shop, tmp_path: Path
) -> None:
    log = tmp_path / "net.json"
    browser = _wrapped(tmp_path, f"--log-net-log={log}")
    with capture(shop.order_url, browser_path=browser, quiet_ms=2000):
        pass
    hosts = re.findall(r'"url":"[a-z]+://([^/":]+)', log.read_text(encoding="utf-8"))
    assert set(hosts) == {"127.0.0.1"}


def test_over_tls_the_certificate_and_its_digest_are_recorded(
    capture: Capturing, tmp_path: Path
) -> None:
    browser = _wrapped(tmp_path, "--ignore-certificate-errors")
    with (
        running_shop(tls=True) as shop,
        capture(shop.order_url, browser_path=browser) as captured,
    ):
        port = int(shop.url.rstrip("/").rpartition(":")[2])
        shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
        assert captured.origin.tls_certificate_sha256 == hashlib.sha256(shown).hexdigest()
        content = json.loads(Path(captured.record[0].source).read_text(encoding="utf-8"))
        tls = content["connection"]["tls"]
        assert tls["certificate_sha256"] == captured.origin.tls_certificate_sha256
        assert tls["protocol"] == "TLS 1.3"
        assert tls["cipher"]
        assert (tls["subject"], tls["issuer"]) == ("shop.example", "shop.example")


def test_a_move_to_another_host_is_followed_and_noted(capture: Capturing, shop: Shop) -> None:
    other = shop.order_url.replace("127.0.0.1", "localhost")
    html = f"<h1>跳转</h1><script>location.href = {other!r}</script>"
    with (
        running_site(lambda path, cookies: html) as site,
        capture(f"{site}/", expect="K20261101", quiet_ms=1200) as captured,
    ):
        assert [seen.code for seen in captured.origin.sanity] == ["redirected"]
        assert captured.origin.http_status == 200
        assert captured.is_complete


@pytest.mark.usefixtures("display")
def test_after_the_login_the_page_itself_is_captured(capture: Capturing) -> None:
    """The login page of this site fills itself in, in the user's stead."""
    is_in = threading.Event()
    login = '<input type=password><script>document.cookie="in=1";fetch("/in")</script>'

    def answer(path: str, cookies: str) -> str:
        if path == "/in":
            is_in.set()
        return "<h1>订单 K20261101</h1><p>正文</p>" if "in=1" in cookies else login

    def confirm_login() -> None:
        assert is_in.wait(20)

    with (
        running_site(answer) as site,
        capture(
            f"{site}/order", login=True, expect="K20261101", confirm_login=confirm_login
        ) as captured,
    ):
        assert captured.origin.sanity == ()
        assert captured.is_complete


def test_a_login_without_a_screen_is_refused(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with (
        pytest.raises(CaptureError) as caught,
        capture(shop.order_url, login=True, confirm_login=lambda: None),
    ):
        pytest.fail("should not get here")
    assert caught.value.code == "capture.no_display"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "shop.example/order",
        "https://",
        "https://shop.example:port/",
        "https://a b/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_plain_web_address_is_refused(capture: Capturing, url: str) -> None:
    with pytest.raises(UsageError) as caught, capture(url):
        pytest.fail("should not get here")
    assert caught.value.code == "capture.url"


def test_a_password_in_the_address_is_refused_and_not_repeated(capture: Capturing) -> None:
    with pytest.raises(UsageError) as caught, capture("https://ahe:geheim@shop.example/"):
        pytest.fail("should not get here")
    assert "geheim" not in str(caught.value)


def test_a_path_without_a_browser_is_named(capture: Capturing, shop: Shop, tmp_path: Path) -> None:
    with (
        pytest.raises(CaptureError) as caught,
        capture(shop.order_url, browser_path=str(tmp_path / "none")),
    ):
        pytest.fail("should not get here")
    assert caught.value.code == "capture.browser_missing"


def test_a_program_that_is_no_browser_is_named(capture: Capturing, shop: Shop) -> None:
    program = shutil.which("false") or ""
    with pytest.raises(CaptureError) as caught, capture(shop.order_url, browser_path=program):
        pytest.fail("should not get here")
    assert caught.value.code == "capture.browser_broken"


@pytest.mark.usefixtures("scratch")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_driver_that_does_not_start_is_named(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", shutil.which("false") or "")
    with pytest.raises(CaptureError) as caught, capture(shop.order_url):
        pass
    assert caught.value.code == "capture.driver_broken"
    # Playwright forgets what it had begun; the warnings about that belong to this test.
    del caught
    gc.collect()


def test_the_browser_that_is_found_tells_its_version() -> None:
    assert browser_version(find_browser()).split(".")[0].isdecimal()


def test_a_full_disk_is_told_before_the_browser_starts(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1))
    with pytest.raises(InputError) as caught, capture(shop.order_url):
        pytest.fail("should not get here")
    assert caught.value.code == "capture.no_space"


def test_a_folder_that_takes_no_bytes_is_named(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, body: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CaptureError) as caught, capture(shop.fail("404")):
        pytest.fail("should not get here")
    assert caught.value.code == "capture.unwritable"


def test_an_artefact_that_fails_is_named_and_the_others_are_kept(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(page: DrivenPage) -> bytes:
        raise Shortfall("timeout")

    monkeypatch.setattr(artefacts, "_mhtml", broken)
    with capture(shop.fail("alert")) as captured:
        (missing,) = captured.origin.missing
        assert missing.params == {"path": "data/page/page.mhtml", "reason": "timeout"}
        assert [Path(file.path).name for file in captured.files] == [
            "page.aria.yaml",
            "page.html",
            "page.png",
            "page.txt",
            "page.wacz",
            "timing.json",
            "viewport.png",
        ]
        assert not captured.is_complete
