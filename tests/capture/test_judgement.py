"""What needs no browser: the judgement of a page, the log, the record."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from evidence_kit import messages
from evidence_kit.capture import environment, sanity
from evidence_kit.capture.downloads import DownloadSeen
from evidence_kit.capture.look import Look
from evidence_kit.capture.popups import PopupSeen
from evidence_kit.capture.request import without_query
from evidence_kit.capture.steps import Shortfall, StepLog, reason
from evidence_kit.capture.traffic import _clock_offset_ms
from evidence_kit.model import DraftFile

GOOD: dict[str, Any] = {
    "url": "https://shop.example/order/1",
    "final_url": "https://shop.example/order/1",
    "http_status": 200,
    "text": "订单 K20261101 " + "正文 " * 200,
    "expect": "K20261101",
}
FRAMES = Look(
    webdriver=True,
    frames=("https://passport.shop.example/", "https://challenges.cloudflare.com/turnstile"),
)


def _file(name: str) -> DraftFile:
    return DraftFile(path=f"data/page/{name}", source="", media_type="image/png")


def _download(name: str) -> DownloadSeen:
    return DownloadSeen(name="a.zip", file=_file(name))


def test_a_good_page_gives_no_reason_to_doubt() -> None:
    assert sanity.judge(sanity.Seen(**GOOD)) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"http_status": 500}, "http.status"),
        ({"http_status": 401}, "login.wall"),
        ({"final_url": "https://shop.example/user/login.html?next=1"}, "login.wall"),
        ({"final_url": "https://passport.shop.example/"}, "login.wall"),
        ({"look": Look(webdriver=True, password=True), "text": "K20261101"}, "login.wall"),
        ({"look": Look(webdriver=True, password=True), "expect": None}, "login.wall"),
        ({"look": Look(webdriver=True, password_covers=True)}, "login.wall"),
        ({"look": FRAMES, "text": "我的", "expect": None}, "login.wall"),
        ({"text": "登录后才能查看订单", "expect": None}, "login.wall"),
        ({"text": "Please sign in to continue", "expect": None}, "login.wall"),
        ({"text": "K20261101 请完成安全验证"}, "challenge"),
        ({"http_status": 429, "text": GOOD["text"] + "captcha"}, "challenge"),
        ({"http_status": 403, "text": GOOD["text"] + "验证码"}, "challenge"),
        ({"look": Look(webdriver=True, captcha=True), "text": "", "expect": None}, "challenge"),
        ({"look": Look(webdriver=True, captcha_covers=True)}, "challenge"),
        ({"look": FRAMES, "text": "", "expect": None}, "challenge"),
        ({"is_picture_flat": True}, "page.blank"),
        ({"text": " \n", "expect": None, "is_picture_faint": True}, "page.blank"),
        ({"expect": "K1"}, "expect.absent"),
        ({"has_fonts": False}, "font.missing"),
        ({"is_capped": True}, "scroll.capped"),
        ({"is_timeout": True}, "load.timeout"),
        ({"is_document_cut": True}, "load.partial"),
        ({"is_busy": True}, "load.restless"),
        ({"has_stopped_script": True}, "script.stopped"),
        ({"error": "crashed"}, "page.crashed"),
        ({"error": "closed"}, "page.closed"),
        ({"error": "net::ERR_CERT_DATE_INVALID"}, "certificate.error"),
        ({"error": "net::ERR_CONNECTION_RESET"}, "network.error"),
        ({"downloads": (_download("download.bin"),)}, "download"),
        ({"failed": (("https://shop.example/a.png", "net::ERR_FAILED"),)}, "requests.failed"),
        ({"unfinished": (("https://shop.example/a.png", True),)}, "requests.unfinished"),
    ],
)
def test_each_reason_to_doubt_is_told_in_words(change: dict[str, Any], code: str) -> None:
    observations = sanity.judge(sanity.Seen(**GOOD | change))
    assert code in [observation.code for observation in observations]
    assert any(map(sanity.is_doubt, observations))
    for observation in observations:
        assert messages.OBSERVATIONS[observation.code].format_map(observation.params)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"final_url": "https://www.shop.example/order/1"}, "redirected"),
        ({"dialogs": (("alert", "你好"),)}, "dialog"),
        ({"popups": (PopupSeen(url="https://shop.example/ad"),)}, "popup"),
        (
            {"popups": (PopupSeen(url="https://shop.example/ad", files=(_file("popup-1.png"),)),)},
            "popup.captured",
        ),
        ({"blocked_popups": ("https://shop.example/ad",)}, "popup.blocked"),
        ({"downloads": (DownloadSeen(name="a.zip", file=None),)}, "download.ignored"),
        ({"downloads": (_download("download-1.bin"),)}, "download.kept"),
        ({"failed": (("https://ads.example/a.js", "net::ERR_FAILED"),)}, "requests.failed"),
        ({"unfinished": (("https://ads.example/a.js", True),)}, "requests.unfinished"),
        ({"unfinished": (("https://shop.example/poll", False),)}, "requests.unfinished"),
        ({"boxes": 2}, "scroll.inside"),
        ({"is_attached": True}, "browser.attached"),
    ],
)
def test_each_note_is_told_in_words_and_is_no_doubt(change: dict[str, Any], code: str) -> None:
    (observation,) = sanity.judge(sanity.Seen(**GOOD | change))
    assert observation.code == code
    assert not sanity.is_doubt(observation)
    assert messages.OBSERVATIONS[code].format_map(observation.params)


def test_control_characters_of_a_page_do_not_get_into_the_record() -> None:
    observations = sanity.judge(sanity.Seen(**GOOD | {"dialogs": (("alert", "a\n\u202eb"),)}))
    assert observations[0].params["text"] == "a%0A%E2%80%AEb"


def test_a_long_page_may_speak_of_captchas() -> None:
    assert sanity.judge(sanity.Seen(**GOOD | {"text": GOOD["text"] + "验证码"})) == ()


def test_a_login_page_that_was_asked_for_is_no_wall() -> None:
    url = "https://shop.example/login"
    look = Look(webdriver=True, password=True, captcha=True)
    changes = {"url": url, "final_url": url, "look": look, "text": "登录 验证码", "expect": None}
    assert sanity.judge(sanity.Seen(**GOOD | changes)) == ()


@pytest.mark.parametrize(
    "change",
    [
        # a form beside what was expected, or beside a long page
        {"look": Look(webdriver=True, password=True)},
        {"look": Look(webdriver=True, password=True), "text": "正文 " * 900, "expect": None},
        {"look": FRAMES},
        {"look": Look(webdriver=True, captcha=True), "text": "K20261101 已发货"},
        # a shop of card codes
        {"text": "K20261101 卡号 8842 验证码 7731"},
        # 你好，请登录 stands at the top of many good pages
        {"text": "你好，请登录 免费注册 订单已发货", "expect": None},
        # a page that is a picture
        {"text": "", "expect": None},
        {"is_picture_faint": True},
    ],
)
def test_what_only_looks_like_a_wall_is_none(change: dict[str, Any]) -> None:
    assert sanity.judge(sanity.Seen(**GOOD | change)) == ()


def test_at_most_twenty_addresses_are_named_but_all_are_counted() -> None:
    failed = tuple((f"https://shop.example/{n}", "net::ERR_FAILED") for n in range(30))
    (observation,) = sanity.judge(sanity.Seen(**GOOD | {"failed": failed}))
    assert observation.params["count"] == 30
    assert str(observation.params["urls"]).count(" ") == 19


def test_what_is_expected_is_found_in_other_widths_and_spaces() -> None:
    assert sanity.shows("订单 号：Ｋ2026\n1101", "订单号:k20261101")
    assert not sanity.shows("订单号：K2026110", "K20261101")


@pytest.mark.parametrize(
    ("drawn", "emptiness"),
    [
        ([], (True, True)),
        ([(600, 400, 640, 440)], (False, True)),
        ([(10, 10, 400, 200)], (False, False)),
        ([(x, 10, x + 3, 22) for x in range(10, 60, 8)], (False, True)),
    ],
    ids=["nothing", "a wheel", "a block", "a few letters"],
)
def test_a_picture_is_flat_faint_or_neither(
    tmp_path: Path, drawn: list[tuple[int, int, int, int]], emptiness: tuple[bool, bool]
) -> None:
    with Image.new("RGB", (1280, 900), "white") as picture:
        for box in drawn:
            picture.paste((0, 0, 0), box)
        picture.save(tmp_path / "page.png")
    assert sanity.emptiness(tmp_path / "page.png") == emptiness


@pytest.mark.parametrize(
    ("url", "short"),
    [
        ("https://ahe:geheim@shop.example/pay?token=1#x", "https://shop.example/pay"),
        ("https://shop.example?token=1", "https://shop.example"),
        ("data:text/html,geheim", "data:"),
        ("https://shop.example/" + "a" * 900, "https://shop.example/" + "a" * 279),
    ],
)
def test_addresses_are_named_without_what_may_be_secret(url: str, short: str) -> None:
    assert without_query(url) == short


def _ticks(*seconds: float) -> Callable[[], float]:
    remaining: Iterator[float] = iter(seconds)
    return lambda: next(remaining)


def test_the_log_keeps_failures_and_both_clocks() -> None:
    log = StepLog(lambda: datetime(2026, 11, 1, tzinfo=UTC), _ticks(5, 5.25, 6))
    with pytest.raises(Shortfall), log.step("load", tries=1):
        raise Shortfall("timeout")
    assert json.loads(log.to_jsonl()) == {
        "step": "load",
        "started_at": "2026-11-01T00:00:00.000Z",
        "started_ms": 250,
        "ended_ms": 1000,
        "outcome": "failed",
        "detail": {"tries": 1, "reason": "timeout"},
    }


def test_a_reason_never_repeats_a_path() -> None:
    assert reason(RuntimeError("no such file: /home/ahe/browser")) == "RuntimeError"
    assert reason(TimeoutError("/home/ahe")) == "timeout"


@pytest.mark.parametrize(
    ("headers", "received_ms", "offset_ms"),
    [
        ({"date": "Sun, 01 Nov 2026 12:00:00 GMT"}, 1793534400000.0 + 400, -400),
        ({"date": "Sun, 01 Nov 2026 12:00:00 GMT", "age": "60"}, 1793534400000.0, 60_000),
        ({"date": "yesterday"}, 1793534400000.0, None),
        ({}, 1793534400000.0, None),
        ({"date": "Sun, 01 Nov 2026 12:00:00 GMT"}, None, None),
    ],
)
def test_the_sites_clock_is_compared_with_the_machines(
    headers: dict[str, str], received_ms: float | None, offset_ms: int | None
) -> None:
    assert _clock_offset_ms(headers, received_ms) == offset_ms


def test_a_hosts_entry_for_the_site_is_seen(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n10.0.0.1 Shop.Example www.shop.example # x\n")
    assert environment.has_hosts_entry("https://shop.example/order", hosts)
    assert not environment.has_hosts_entry("https://other.example/", hosts)
    assert environment.has_hosts_entry("https://shop.example/", tmp_path / "none") is None


def test_a_proxy_in_the_settings_is_told_but_not_for_loopback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("no_proxy", "NO_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert not environment.is_proxied("https://shop.example/")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    assert environment.is_proxied("https://shop.example/")
    assert not environment.is_proxied("https://127.0.0.1/")


def test_a_program_that_can_not_be_read_has_no_digest(tmp_path: Path) -> None:
    (tmp_path / "program").write_bytes(b"x")
    assert environment.digest_of(str(tmp_path / "program")) == (
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    )
    assert environment.digest_of(str(tmp_path / "none")) is None
