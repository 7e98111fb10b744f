"""What is kept of a page besides its looks: the console, frames, what a screen reader is told,
times."""

import json
from pathlib import Path
from typing import Any

import pytest

from evidence_kit.capture import artefacts
from evidence_kit.capture.request import Capture
from fixtures.shop import Shop
from tests.capture.conftest import Capturing
from tests.capture.site import running_site


def _read(captured: Capture, name: str) -> str:
    (source,) = [file.source for file in captured.files if file.path == f"data/page/{name}"]
    return Path(source).read_text(encoding="utf-8")


def _names(captured: Capture) -> set[str]:
    return {Path(file.path).name for file in captured.files}


def _lines(captured: Capture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _read(captured, "console.jsonl").splitlines()]


def _frames(captured: Capture) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(_read(captured, "frames.json"))
    return seen


def test_the_outline_of_a_page_is_what_a_screen_reader_is_told(
    capture: Capturing, shop: Shop
) -> None:
    with capture(shop.order_url) as captured:
        outline = _read(captured, "page.aria.yaml")
        assert "- heading" in outline
        assert "[level=1]" in outline
        assert "K20261101" in outline


def test_an_outline_that_is_too_long_is_cut_between_two_lines_and_says_so(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artefacts, "_MAX_ARIA_BYTES", 400)
    with capture(shop.trial("app")) as captured:
        *lines, last = _read(captured, "page.aria.yaml").splitlines()
        assert last == "# cut: the rest is left out"
        assert len("\n".join(lines).encode()) <= 400
        assert lines[-1].endswith("K20261101")


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html><frameset cols='*,*'><frame src='/a'><frame src='/b'></frameset>",
        '<svg xmlns="http://www.w3.org/2000/svg"><text y="20">正文</text></svg>',
    ],
    ids=["frameset", "svg"],
)
def test_a_page_of_another_kind_has_all_artefacts_too(capture: Capturing, html: str) -> None:
    with (
        running_site(lambda path, cookies: html if path == "/" else "<p>格子</p>") as site,
        capture(f"{site}/") as captured,
    ):
        assert captured.origin.missing == ()


def test_the_console_is_kept_with_the_pages_own_errors_and_without_queries(
    capture: Capturing,
) -> None:
    html = """<h1>订单</h1><script>
      console.warn("库存", 3, {id: "K20261101"});
      setTimeout(() => { throw new Error("支付失败"); });
    </script><script src="/gone.js?token=1"></script>"""
    answer = {"/": html, "/favicon.ico": ""}
    with running_site(lambda path, _: answer.get(path)) as site, capture(f"{site}/") as captured:
        lines = {line["type"]: line for line in _lines(captured)}
        assert set(lines) == {"warning", "error", "page error"}
        assert lines["warning"]["text"] == "库存 3 {id: K20261101}"
        assert (lines["warning"]["url"], lines["warning"]["line"]) == (f"{site}/", 2)
        assert lines["error"]["url"] == f"{site}/gone.js"
        assert lines["page error"]["text"] == "支付失败"
        assert all(line["at"].endswith("Z") for line in lines.values())
        assert "token" not in _read(captured, "console.jsonl")


def test_a_console_that_is_flooded_keeps_the_first_lines_and_counts_the_others(
    capture: Capturing,
) -> None:
    html = """<h1>订单</h1><script>
      console.log("长".repeat(9000));
      for (let i = 0; i < 1100; i += 1) console.log("第 " + i + " 行");
    </script>"""
    with running_site(lambda path, cookies: html) as site, capture(f"{site}/") as captured:
        first, *lines, last = _lines(captured)
        assert (len(first["text"]), first["characters"]) == (2000, 9000)
        assert len(lines) == 999
        assert last == {"type": "left out", "count": 101}


def test_frames_are_kept_as_a_tree_with_their_text_those_of_other_sites_included(
    capture: Capturing,
) -> None:
    def answer(path: str, cookies: str) -> str:
        if path == "/inner":
            return """<title>物流</title><p>已签收</p><script>
              Object.defineProperty(HTMLElement.prototype, "innerText", {get: () => "假的"});
            </script>"""
        if path.startswith("/outer"):
            return "<title>客服</title><p>您好</p><iframe src='/inner' name='steps'></iframe>"
        if path == "/hidden-frame":
            return "<p>看不见</p>"
        port = site.rpartition(":")[2]
        return (
            f"<p>订单</p><iframe src='http://localhost:{port}/outer?key=1'></iframe>"
            "<iframe style='display: none' src='/hidden-frame'></iframe>"
        )

    with running_site(answer) as site, capture(f"{site}/order") as captured:
        seen = _frames(captured)
        assert seen["left_out"] == 0
        by_url = {frame["url"].rpartition("/")[2]: frame for frame in seen["frames"]}
        outer, inner, hidden = by_url["outer"], by_url["inner"], by_url["hidden-frame"]
        assert (outer["parent"], inner["parent"]) == (0, outer["number"])
        assert (outer["title"], outer["text"].split()[0]) == ("客服", "您好")
        assert (inner["name"], inner["title"]) == ("steps", "物流")
        assert (outer["is_visible"], inner["is_visible"], hidden["is_visible"]) == (
            True,
            True,
            False,
        )
        assert inner["text"] == "已签收"
        assert "key=1" not in _read(captured, "frames.json")


def test_too_many_frames_and_too_long_texts_are_cut_and_counted(capture: Capturing) -> None:
    frames = "".join(f"<iframe srcdoc='<p>{number}</p>'></iframe>" for number in range(34))
    long = "<iframe src='/long'></iframe>"
    pages = {"/": long + frames, "/long": f"<p>{'长' * 120_000}</p>", "/favicon.ico": ""}
    with running_site(lambda path, _: pages.get(path)) as site, capture(f"{site}/") as captured:
        seen = _frames(captured)
        assert (len(seen["frames"]), seen["left_out"]) == (30, 5)
        longest = max(seen["frames"], key=lambda frame: frame["characters"])
        assert (len(longest["text"]), longest["characters"]) == (100_000, 120_000)


def test_times_are_kept_as_the_browser_measured_them(capture: Capturing, shop: Shop) -> None:
    with capture(shop.order_url) as captured:
        measured = json.loads(_read(captured, "timing.json"))
        page = measured["navigation"]
        assert 0 < page["responseEnd"] <= page["domInteractive"] <= page["loadEventEnd"]
        assert page["loadEventEnd"] < measured["taken_ms"]
        resources = measured["resources"]
        assert resources["by_initiator"]["img"]["decodedBodySize"] > 1000
        assert resources["count"] == sum(
            kind["count"] for kind in resources["by_initiator"].values()
        )


def test_a_page_without_frames_that_says_nothing_has_no_file_for_either(
    capture: Capturing, shop: Shop
) -> None:
    with capture(shop.trial("receipt")) as captured:
        assert not _names(captured) & {"frames.json", "console.jsonl"}
