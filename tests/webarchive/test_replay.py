"""A sealed page.wacz in the hands of others: pywb shows it, py-wacz and warcio check it.

The shop keeps running while its page is replayed, so that a request to it would be in its log.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from evidence_kit.actions.capture import capture_page
from evidence_kit.actions.kit import make_kit
from evidence_kit.capture.browser import find_browser
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.settings import Settings
from fixtures.leaks import members
from fixtures.shop import running_shop
from tests.capture.archive import recorded
from tests.webarchive.players import replaying, run

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

WACZ = "data/page/page.wacz"
_BARE = ("HEAD", "OPTIONS")
_LATE = "随便投诉"
"""Text of the order page that comes a second after it was scrolled to."""
_STEP = """() => {
  scrollBy(0, innerHeight);
  return innerHeight + scrollY >= document.documentElement.scrollHeight;
}"""
_PICTURES = "() => [...document.images].map((one) => [new URL(one.src).pathname, one.naturalWidth])"


@dataclass(frozen=True)
class Shown:
    """A captured page, and what a browser showed of its replay."""

    files: dict[str, bytes]
    url: str
    text: str
    pictures: dict[str, int]
    """Widths in pixels by address within the player; 0 where a picture did not load."""
    answers: dict[tuple[str, str], set[int]]
    """What the player answered, by method and recorded address."""
    strangers: list[str]
    """What the browser asked for elsewhere."""

    @property
    def captured_text(self) -> str:
        return self.files["data/page/page.txt"].decode()


def seal(url: str, folder: Path) -> dict[str, bytes]:
    """Capture and seal a page; the files of the bundle."""
    kit = make_kit(Settings(data_dir=folder, config_dir=folder), timestamp=False)
    bundle = folder / "page.evidence.zip"
    request = CaptureRequest(url=url, browser_path=find_browser().path)
    capture_page(request, bundle, kit=kit)
    return members(bundle)


def replay(files: dict[str, bytes], url: str, folder: Path, ready: str, *, last: str = "") -> Shown:
    """Open a sealed page in a player, in a browser that finds nobody else.

    Args:
        ready: a condition in JavaScript, true once all that can come to the page has come.
        last: what the address of the last answer ends with, where a worker asks for that.
    """
    wacz = folder / "page.wacz"
    wacz.write_bytes(files[WACZ])
    (folder / "player").mkdir()
    answers: dict[tuple[str, str], set[int]] = {}
    strangers: list[str] = []
    with replaying(wacz, folder / "player") as place, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find_browser().path,
            chromium_sandbox=False,
            args=["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        origin = place.removesuffix("page/")

        def note(asked: str) -> None:
            if not asked.startswith((origin, "data:", "blob:")):
                strangers.append(asked)

        def note_answer(method: str, asked: str, status: int) -> None:
            _, found, target = asked.removeprefix(origin).partition("_/http")
            if found:
                answers.setdefault((method, f"http{target}"), set()).add(status)

        page.on("request", lambda request: note(request.url))
        page.on("websocket", lambda socket: note(socket.url))
        page.on("response", lambda one: note_answer(one.request.method, one.url, one.status))
        page.goto(f"{place}{url}")
        frame = _inner(page)
        while not frame.evaluate(_STEP):
            page.wait_for_timeout(50)
        frame.wait_for_function(ready)
        for _ in range(200):
            if any(target.endswith(last) for _, target in answers):
                break
            page.wait_for_timeout(50)
        text = frame.evaluate("() => document.body.innerText")
        pictures = dict(frame.evaluate(_PICTURES))
        browser.close()
    return Shown(files, url, text, pictures, answers, strangers)


def _inner(page: "Page") -> "Frame":
    """The frame in which the player shows what was recorded."""
    page.wait_for_function("() => frames.length && frames[0].document.readyState == 'complete'")
    return next(frame for frame in page.frames if "mp_/" in frame.url)


@pytest.fixture(scope="module")
def order(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("order")
    with running_shop() as shop:
        files = seal(shop.order_url, folder)
        served = len(shop.log)
        ready = f"""() => document.body.innerText.includes("{_LATE}")
          && [...document.images].every((one) => one.complete && one.naturalWidth)"""
        yield replay(files, shop.order_url, folder, ready)
        assert len(shop.log) == served


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("kinds")
    with running_shop() as shop:
        files = seal(shop.kinds_url, folder)
        served = len(shop.log)
        # the last of what the page's scripts and frames ask for
        ready = """async () => {
          const names = performance.getEntriesByType("resource").map((one) => one.name);
          return ["worker.js", "frame.html", "events"].every(
            (name) => names.some((one) => one.endsWith(`/kinds/${name}`)));
        }"""
        yield replay(files, shop.kinds_url, folder, ready, last="/kinds/worker.json")
        assert len(shop.log) == served


def test_replayed_order_page_shows_the_captured_text(order: Shown) -> None:
    assert order.text.strip() == order.captured_text.strip()
    assert _LATE in order.text


def test_replayed_order_page_shows_all_its_pictures(order: Shown) -> None:
    assert len(order.pictures) == 9
    assert all(order.pictures.values()), order.pictures


def test_replay_asks_nobody_but_the_player(order: Shown, kinds: Shown) -> None:
    assert order.strangers == []
    assert kinds.strangers == []


def test_replayed_page_of_all_kinds_shows_the_captured_text_but_for_its_socket(
    kinds: Shown,
) -> None:
    # the page says that it is done when the WebSocket, which no player has, was closed
    captured = kinds.captured_text.replace("都完成了", "……")
    assert captured != kinds.captured_text
    assert kinds.text.strip() == captured.strip()
    frames = [json.loads(line) for line in kinds.files["data/page/websocket.jsonl"].splitlines()]
    said = [frame["text"] for frame in frames if frame["event"] == "received"]
    assert said[0] == "您好，我是客服小雀"
    assert said[-1] == "再见"


def test_replay_answers_each_request_of_the_page_as_it_was_answered(kinds: Shown) -> None:
    origin = kinds.url.removesuffix("/kinds")
    other = origin.replace("127.0.0.1", "localhost")
    found = {(one.method, one.url): one.status for one in recorded(kinds.files[WACZ])}
    # below the player all is of one origin; and beacons follow the socket that does not end
    left_out = {
        ("OPTIONS", f"{other}/kinds/cors.json"),
        ("POST", f"{origin}/kinds/beacon"),
        ("GET", f"{origin}/static/logo.svg"),  # the icon of the player's own page is another
        ("GET", f"{origin}/kinds/sw.js"),  # asked for by no page
        ("GET", f"{origin}/kinds/sw.json"),
    }
    assert left_out <= set(found)
    wrong = {
        what: (status, kinds.answers.get(what))
        for what, status in found.items()
        if what not in left_out and kinds.answers.get(what) != {status}
    }
    assert wrong == {}


def test_a_login_is_replayed_though_its_password_was_taken_out(kinds: Shown) -> None:
    # page and request have the same mark, so the player finds the answer by the body
    origin = kinds.url.removesuffix("/kinds")
    assert kinds.answers["POST", f"{origin}/kinds/login"] == {200}


def test_py_wacz_accepts_the_archive(order: Shown, kinds: Shown, tmp_path: Path) -> None:
    for name, shown in (("order", order), ("kinds", kinds)):
        path = tmp_path / f"{name}.wacz"
        path.write_bytes(shown.files[WACZ])
        said = run("wacz", "validate", "-f", path, folder=tmp_path)
        assert said.is_ok and "is valid" in said.text, said.text
        assert "1.1.1" in said.text


def test_py_wacz_refuses_a_changed_archive(order: Shown, tmp_path: Path) -> None:
    path = tmp_path / "changed.wacz"
    path.write_bytes(order.files[WACZ].replace("订单".encode(), "定单".encode(), 1))
    assert not run("wacz", "validate", "-f", path, folder=tmp_path).is_ok


def test_warcio_finds_every_digest_true(kinds: Shown, tmp_path: Path) -> None:
    warc = _warc(kinds, tmp_path)
    said = run("warcio", "check", "-v", warc, folder=tmp_path)
    assert said.is_ok, said.text
    assert "fail" not in said.text
    assert said.text.count("digest pass") == said.text.count("WARC-Record-ID")


def test_index_is_the_one_that_cdxj_indexer_makes(kinds: Shown, tmp_path: Path) -> None:
    said = run("cdxj-indexer", "--sort", "--post-append", _warc(kinds, tmp_path), folder=tmp_path)
    # records that are no response, which players don't look for, are not in ours
    theirs = [_parsed(line) for line in said.text.splitlines() if '"status"' in line]
    with zipfile.ZipFile(io.BytesIO(kinds.files[WACZ])) as packed:
        ours = [_parsed(line) for line in packed.read("indexes/index.cdx").decode().splitlines()]
    # theirs would give the empty answers to these to who asks with GET
    bare = {fields["offset"] for _, _, fields in ours if fields.get("method") in _BARE}
    assert len(bare) == 2
    for lines in (ours, theirs):
        lines[:] = [line for line in lines if line[2]["offset"] not in bare]
    assert len(ours) > 30
    assert ours == theirs


def _warc(shown: Shown, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(shown.files[WACZ])) as packed:
        path = folder / "data.warc.gz"
        path.write_bytes(packed.read("archive/data.warc.gz"))
    return path


def _parsed(line: str) -> tuple[str, str, dict[str, str]]:
    key, moment, fields = line.split(" ", 2)
    # an empty type is left out by them
    return key, moment, {name: value for name, value in json.loads(fields).items() if value}
