"""Windows that a page opens and files that it offers: captured as files, within bounds."""

from pathlib import Path
from typing import Any

import pytest

from evidence_kit.capture import downloads, trip
from evidence_kit.capture.browser import find_browser
from evidence_kit.capture.request import Capture
from fixtures.shop import Shop
from tests.capture.conftest import Capturing
from tests.capture.site import running_site

_SECRET = "s3cr3t7f91ab20cd44e5"


def _files(captured: Capture) -> dict[str, Path]:
    return {Path(file.path).name: Path(file.source) for file in captured.files}


def _params(captured: Capture, code: str) -> list[dict[str, Any]]:
    return [seen.params for seen in captured.origin.sanity if seen.code == code]


def test_a_window_that_the_page_opens_is_pictured_and_read(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("popup")) as captured:
        (params,) = _params(captured, "popup.captured")
        assert params == {
            "url": shop.order_url,
            "paths": "data/page/popup-1.txt data/page/popup-1.png",
        }
        files = _files(captured)
        assert "K20261101" in files["popup-1.txt"].read_text(encoding="utf-8")
        assert files["popup-1.png"].read_bytes().startswith(b"\x89PNG")
        assert captured.is_complete


def test_of_many_windows_three_are_captured_and_the_others_named(
    capture: Capturing, shop: Shop
) -> None:
    with capture(shop.fail("popups")) as captured:
        assert len(_params(captured, "popup.captured")) == 3
        assert _params(captured, "popup") == [{"url": shop.trial("receipt")}] * 2
        assert "popup-4.png" not in _files(captured)
        assert captured.is_complete


def test_a_flood_of_windows_is_stopped_at_twenty(capture: Capturing) -> None:
    html = "<h1>订单</h1><script>for (let i = 0; i < 23; i += 1) window.open('/ad')</script>"
    answer = {"/": html, "/ad": "<p>广告</p>", "/favicon.ico": ""}
    with running_site(lambda path, _: answer.get(path)) as site, capture(f"{site}/") as captured:
        assert len(_params(captured, "popup.captured")) == 3
        assert len(_params(captured, "popup")) == 17


def test_windows_that_the_browser_blocks_are_named(
    capture: Capturing, shop: Shop, tmp_path: Path
) -> None:
    script = tmp_path / "browser"
    script.write_text(  # a browser as its user starts it, with its guard against windows
        "#!/bin/bash\nwords=()\n"
        'for word in "$@"; do\n'
        '[ "$word" = --disable-popup-blocking ] || words+=("$word")\ndone\n'
        f'exec "{find_browser().path}" "${{words[@]}}"\n'
    )
    script.chmod(0o755)
    with capture(shop.fail("popup"), browser_path=str(script)) as captured:
        assert _params(captured, "popup.blocked") == [{"count": 1, "urls": shop.order_url}]
        assert captured.is_complete


def test_what_a_window_shows_is_searched_for_secrets(capture: Capturing) -> None:
    html = f"""<h1>订单</h1><script>
      document.cookie = "sid={_SECRET}"; window.open("/window");</script>"""
    window = "<p id=shown></p><script>shown.textContent = document.cookie</script>"
    answer = {"/": html, "/window": window, "/favicon.ico": ""}
    with running_site(lambda path, _: answer.get(path)) as site, capture(f"{site}/") as captured:
        text = _files(captured)["popup-1.txt"].read_text(encoding="utf-8")
        assert text.strip().startswith("sid=REDACTED-")


def test_a_window_for_a_file_leaves_the_file(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("popup-file")) as captured:
        assert _params(captured, "download.kept") == [
            {"name": "发票.zip", "path": "data/page/download-1.bin"}
        ]
        assert _params(captured, "popup") == [{"url": f"{shop.url}fail/asset/invoice.zip"}]
        assert _files(captured)["download-1.bin"].read_bytes() == b"PK\x05\x06" + bytes(18)


def test_files_that_the_page_offers_are_kept_up_to_five(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("offers"), quiet_ms=600) as captured:
        kept = _params(captured, "download.kept")
        assert [params["name"] for params in kept] == [f"发票 {n}.txt" for n in range(1, 6)]
        assert [params["name"] for params in _params(captured, "download.ignored")] == [
            "发票 6.txt",
            "发票 7.txt",
        ]
        content = _files(captured)["download-5.bin"].read_text(encoding="utf-8")
        assert content == "第 5 张发票"
        assert captured.is_complete


def test_a_file_that_is_too_large_is_given_up_and_named(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_MAX_BYTES", 1_000_000)
    with capture(shop.fail("offers-large")) as captured:
        assert _params(captured, "download.ignored") == [{"name": "large.bin"}]
        assert "download-1.bin" not in _files(captured)


def test_a_file_that_does_not_end_is_not_waited_for(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trip, "_DOWNLOAD_S", 0.5)
    with capture(shop.fail("offers-stalled")) as captured:
        assert _params(captured, "download.ignored") == [{"name": "stalled.bin"}]


def test_a_file_instead_of_a_page_that_is_too_large_is_an_attempt(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_MAX_PAGE_BYTES", 10)
    with capture(shop.fail("download")) as captured:
        (missing,) = captured.origin.missing
        assert missing.params == {"path": "data/page/download.bin", "reason": "length"}
        assert _params(captured, "download.ignored") == [{"name": "invoice.zip"}]
        assert captured.is_attempt
