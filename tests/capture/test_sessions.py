"""A login that is kept for later captures, and where it is kept."""

import json
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from evidence_kit.actions.login import save_session
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.capture.sessions import MAX_SESSION_BYTES, SavedSession, SessionStore
from evidence_kit.errors import CaptureError, UsageError
from fixtures.processes import of_folder, signal_browser
from fixtures.shop import Shop
from tests.build import refused
from tests.capture.conftest import Capturing
from tests.capture.site import running_site
from tests.capture.window import log_in_by_hand, port_in, wrapped

NOW = datetime(2026, 11, 24, tzinfo=UTC)
COOKIE = {
    "name": "session",
    "value": "geheim-7f3a",
    "domain": ".shop.example",
    "path": "/",
    "expires": -1,
    "httpOnly": True,
    "secure": True,
    "sameSite": "Lax",
}
STORAGE = {"origin": "https://app.example:8443", "localStorage": [{"name": "t", "value": "w"}]}


def state(*cookies: dict[str, Any], origins: tuple[Any, ...] = ()) -> dict[str, Any]:
    return {"cookies": list(cookies), "origins": list(origins)}


@pytest.fixture
def store(tmp_path: Path) -> SessionStore:
    return SessionStore(tmp_path / "kit-data" / "sessions")


def test_a_saved_session_comes_back_and_only_its_owner_can_read_it(store: SessionStore) -> None:
    path = store.save("shop", SavedSession(state(COOKIE, origins=(STORAGE,))))
    loaded = store.load("shop")
    assert loaded.state == state(COOKIE, origins=(STORAGE,))
    assert loaded.sites == ("app.example:8443", "shop.example")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["shop.json"]


def test_a_session_of_the_same_name_replaces_the_older_one(store: SessionStore) -> None:
    store.save("shop", SavedSession(state(COOKIE)))
    store.save("shop", SavedSession(state(COOKIE | {"value": "new"})))
    assert store.load("shop").state["cookies"][0]["value"] == "new"


def test_what_is_shown_of_a_session_holds_no_secret() -> None:
    shown = repr(SavedSession(state(COOKIE, origins=(STORAGE,))))
    assert "geheim" not in shown
    assert "shop.example" in shown


def test_a_forgotten_session_is_gone(store: SessionStore) -> None:
    store.save("shop", SavedSession(state(COOKIE)))
    store.save("other", SavedSession(state(COOKIE)))
    store.forget("shop")
    assert store.names() == ("other",)
    for use in (store.load, store.forget, store.saved_at):
        with refused(CaptureError, "session.missing"):
            use("shop")


def test_without_any_session_the_hint_is_another(store: SessionStore) -> None:
    with refused(CaptureError, "session.none"):
        store.load("shop")


@pytest.mark.parametrize("name", ["", ".x", "../x", "a/b", "-x", "a b", "a\u202eb", "x" * 65])
def test_a_name_can_not_lead_out_of_the_folder(store: SessionStore, name: str) -> None:
    with refused(UsageError, "session.name"):
        store.path(name)


def test_a_chinese_name_is_one(store: SessionStore) -> None:
    store.save("云雀点卡", SavedSession(state(COOKIE)))
    assert store.names() == ("云雀点卡",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"cookies": [{"value": "geheim"}], "origins": []}',
        b'{"cookies": 1, "origins": []}',
        b"[" * 100_000,
        b"\xff",
        b" " * (MAX_SESSION_BYTES + 1),
    ],
)
def test_a_file_that_is_no_session_is_refused_without_repeating_it(
    store: SessionStore, content: bytes
) -> None:
    path = store.save("shop", SavedSession(state(COOKIE)))
    path.write_bytes(content)
    with refused(CaptureError, "session.unreadable"):
        store.load("shop")


@pytest.mark.parametrize(
    ("saved", "is_expired"),
    [
        (state(COOKIE), False),
        (state(COOKIE | {"expires": NOW.timestamp() + 1}), False),
        (state(COOKIE | {"expires": NOW.timestamp() - 1}), True),
        (state(COOKIE | {"expires": NOW.timestamp() - 1}, origins=(STORAGE,)), False),
        (state(), True),
    ],
)
def test_a_session_is_expired_when_nothing_in_it_is_good(
    saved: dict[str, Any], is_expired: bool
) -> None:
    assert SavedSession(saved).is_expired(NOW) is is_expired


def test_an_expired_session_is_told_before_the_browser_starts(
    capture: Capturing, own_shop: Shop, store: SessionStore
) -> None:
    path = store.save("shop", SavedSession(state(COOKIE | {"expires": 1})))
    with (
        refused(CaptureError, "session.expired"),
        capture(own_shop.account_order_url, session_path=str(path)),
    ):
        pytest.fail("should not get here")
    assert own_shop.log == ()


def test_what_a_session_held_is_taken_out_though_the_site_has_replaced_it(
    capture: Capturing, store: SessionStore
) -> None:
    old = "f3a91c07d2b84e65a0c1"
    cookie = COOKIE | {"value": old, "domain": "127.0.0.1", "secure": False, "httpOnly": False}
    path = store.save("shop", SavedSession(state(cookie)))
    script = '<script>document.cookie = "session=91c2b7d3e8f4a05566aa; path=/"</script>'

    def answer(path: str, cookies: str) -> str:
        return f"<h1>订单 K20261101</h1><p>{cookies}</p>{script}"

    with running_site(answer) as site, capture(f"{site}/", session_path=str(path)) as captured:
        text = next(Path(f.source) for f in captured.files if f.path.endswith("page.txt"))
        assert "session=REDACTED-" in text.read_text(encoding="utf-8")
        for file in (*captured.files, *captured.record):
            assert old.encode() not in Path(file.source).read_bytes()


@pytest.mark.usefixtures("display")
def test_a_login_in_the_window_is_kept_and_opens_the_page_later(
    capture: Capturing, own_shop: Shop, store: SessionStore, scratch: Path, tmp_path: Path
) -> None:
    browser = wrapped(tmp_path, "--remote-debugging-port=0")
    request = CaptureRequest(url=own_shop.account_order_url, browser_path=browser)
    path = save_session(
        "shop",
        request,
        store=store,
        confirm=lambda: log_in_by_hand(port_in(scratch), own_shop),
    )
    assert own_shop.password not in path.read_text(encoding="utf-8")
    with capture(own_shop.account_order_url, session_path=str(path), expect="ahe_2049") as captured:
        assert captured.origin.sanity == ()
        record = Path(captured.record[0].source).read_text(encoding="utf-8")
        assert json.loads(record)["browser"]["profile"] == "empty but for a saved session"
        assert json.loads(record)["browser"]["headless"] is True


@pytest.mark.usefixtures("display")
def test_a_window_that_is_closed_too_early_saves_nothing(
    own_shop: Shop, store: SessionStore, scratch: Path
) -> None:
    def close() -> None:
        signal_browser(scratch, signal.SIGTERM)
        deadline_s = time.monotonic() + 10
        while of_folder(scratch) and time.monotonic() < deadline_s:
            time.sleep(0.05)

    with refused(CaptureError, "login.closed"):
        save_session("shop", CaptureRequest(url=own_shop.url), store=store, confirm=close)
    assert store.names() == ()


@pytest.mark.usefixtures("display")
def test_a_site_that_leaves_nothing_is_told(shop: Shop, store: SessionStore, scratch: Path) -> None:
    with refused(CaptureError, "session.empty"):
        save_session("shop", CaptureRequest(url=shop.order_url), store=store, confirm=lambda: None)
    assert store.names() == ()
