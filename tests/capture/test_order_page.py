"""One capture of the shop's order page, looked at from all sides."""

import getpass
import hashlib
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from evidence_kit.capture.pictures import png_size
from evidence_kit.capture.request import Capture, CaptureRequest
from evidence_kit.capture.session import capturing
from fixtures import story
from fixtures.shop import Shop
from tests.capture.conftest import nothing_left


@pytest.fixture(scope="module")
def order(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Capture]:
    out = tmp_path_factory.mktemp("out")
    request = CaptureRequest(url=shop.shared_order_url, expect=story.ORDER_NUMBER, pdf=True)
    with nothing_left(), capturing(request, out) as captured:
        yield captured


def _read(captured: Capture, path: str) -> bytes:
    files = {file.path: file.source for file in (*captured.files, *captured.record)}
    return Path(files[path]).read_bytes()


def test_every_artefact_is_there_with_its_media_type(order: Capture) -> None:
    assert {file.path: file.media_type for file in order.files} == {
        "data/page/page.aria.yaml": "application/yaml",
        "data/page/page.html": "text/html",
        "data/page/page.mhtml": "multipart/related",
        "data/page/page.pdf": "application/pdf",
        "data/page/page.png": "image/png",
        "data/page/page.txt": "text/plain",
        "data/page/page.wacz": "application/wacz",
        "data/page/timing.json": "application/json",
        "data/page/viewport.png": "image/png",
    }
    assert [file.path for file in order.record] == ["data/environment.json", "data/steps.jsonl"]


def test_a_good_page_is_complete_and_free_of_doubts(order: Capture) -> None:
    assert order.origin.sanity == ()
    assert order.origin.missing == ()
    assert order.is_complete
    assert not order.is_attempt


def test_what_appears_a_second_after_the_scroll_is_in_text_html_and_archive(order: Capture) -> None:
    last = story.CHAT[-1].text
    assert last in _read(order, "data/page/page.txt").decode()
    assert last in _read(order, "data/page/page.html").decode()
    assert b"/picture/5.png" in _read(order, "data/page/page.mhtml")


def test_the_tall_picture_shows_the_whole_page_and_its_late_pictures(order: Capture) -> None:
    body = _read(order, "data/page/page.png")
    width, height = png_size(body)
    assert width == 1280
    assert height > 4000
    assert png_size(_read(order, "data/page/viewport.png")) == (1280, 900)
    source = next(file.source for file in order.files if file.path.endswith("page.png"))
    with Image.open(source) as picture:
        middle = picture.convert("RGB").crop((250, 1900, 1000, 3300))
        assert len(middle.resize((75, 140)).getcolors(20_000) or ()) > 50


def test_html_begins_with_the_doctype_and_the_archive_with_its_header(order: Capture) -> None:
    assert _read(order, "data/page/page.html").startswith(b"<!DOCTYPE html>\n<html")
    assert b"multipart/related" in _read(order, "data/page/page.mhtml")[:600]
    assert _read(order, "data/page/page.pdf").startswith(b"%PDF-")


def test_origin_says_what_was_asked_and_who_answered(order: Capture, shop: Shop) -> None:
    origin = order.origin
    assert origin.url == shop.shared_order_url
    assert origin.final_url == shop.shared_order_url
    assert (origin.http_status, origin.server_ip) == (200, "127.0.0.1")
    assert (origin.locale, origin.time_zone) == ("zh-CN", "Asia/Shanghai")
    assert origin.tls_certificate_sha256 is None
    # Date has whole seconds, and both clocks are one
    assert origin.clock_offset_ms is not None
    assert -1500 < origin.clock_offset_ms <= 100
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.fullmatch(stamp, origin.started_at)
    assert origin.started_at < origin.ended_at


def test_the_digest_is_that_of_the_program_not_of_a_script_around_it(order: Capture) -> None:
    program = Path("/usr/lib/chromium/chromium")
    if not program.is_file():
        pytest.skip("not Debian's Chromium")
    with program.open("rb") as file:
        assert order.browser.sha256 == hashlib.file_digest(file, "sha256").hexdigest()
    assert re.fullmatch(r"\d+(\.\d+){3}", order.browser.version)


def test_environment_tells_of_browser_and_connection(order: Capture) -> None:
    content = json.loads(_read(order, "data/environment.json"))
    assert content["browser"]["webdriver"] is True
    assert "Headless" in content["browser"]["user_agent"]
    assert content["browser"]["headless"] is True
    assert content["connection"]["protocol"] == "http/1.1"
    assert content["proxy_in_use"] is False
    assert content["hosts_entry_for_site"] is False


def test_record_names_neither_machine_nor_user_nor_a_path_of_it(
    order: Capture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    record = _read(order, "data/environment.json") + _read(order, "data/steps.jsonl")
    secrets = {socket.gethostname(), str(Path.home()), str(tmp_path_factory.getbasetemp()), "/usr"}
    if getpass.getuser() != "root":  # too short a word to look for
        secrets.add(getpass.getuser())
    assert [word for word in secrets if word.encode() in record] == []


def test_steps_are_in_order_with_both_clocks(order: Capture) -> None:
    lines = _read(order, "data/steps.jsonl").decode().splitlines()
    steps = [json.loads(line) for line in lines]
    assert [step["step"] for step in steps[:5]] == [
        "launch",
        "record",
        "load",
        "rest",
        "look",
    ]
    assert {step["outcome"] for step in steps} == {"done"}
    assert all(step["started_ms"] <= step["ended_ms"] for step in steps)
    assert all(step["started_at"].endswith("Z") for step in steps)
    assert [step["step"] for step in steps[-2:]] == ["artefact page.pdf", "artefact page.wacz"]
