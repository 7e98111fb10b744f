"""Pictures: very tall pages, a part of a page, a page as a phone shows it."""

import json
from pathlib import Path

import pytest
from PIL import Image

from evidence_kit.capture import pictures
from evidence_kit.capture.page import MAX_HEIGHT_PX, DrivenPage
from evidence_kit.capture.request import PHONE, Capture, CaptureRequest
from evidence_kit.errors import UsageError
from fixtures.shop import Shop
from tests.build import refused
from tests.capture.conftest import Capturing
from tests.capture.site import running_site

_PHONE_META = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_BAND_PX = 500


def _codes(captured: Capture) -> list[str]:
    return [seen.code for seen in captured.origin.sanity]


def _source(captured: Capture, name: str) -> Path:
    return next(Path(file.source) for file in captured.files if file.path.endswith(f"/{name}"))


def _size(captured: Capture, name: str) -> tuple[int, int]:
    with Image.open(_source(captured, name)) as picture:
        return picture.size


def _bands(height_px: int) -> str:
    """A page of bands, each of a colour that tells its number."""
    bands = "".join(
        f'<div style="height: {_BAND_PX}px; background: rgb({number * 3 % 256}, 90, 160)">'
        f"<h1>第 {number} 段</h1></div>"
        for number in range(height_px // _BAND_PX)
    )
    return f"<!doctype html>{_PHONE_META}<style>body, h1 {{ margin: 0 }}</style>{bands}"


def _wrong_bands(captured: Capture, number_of_bands: int) -> list[int]:
    """Bands of page.png that do not have their colour in their middle, at the right edge."""
    with Image.open(_source(captured, "page.png")) as picture:
        band_px = picture.height / number_of_bands
        edge = picture.crop((picture.width - 3, 0, picture.width - 2, picture.height))
        colours = edge.convert("RGB")
    return [
        number
        for number in range(number_of_bands)
        if colours.getpixel((0, int((number + 0.5) * band_px))) != (number * 3 % 256, 90, 160)
    ]


def test_a_page_of_thirty_thousand_pixels_is_right_from_top_to_bottom(capture: Capturing) -> None:
    html = _bands(30_000)
    with running_site(lambda path, _: html) as site, capture(f"{site}/") as captured:
        assert captured.is_complete
        assert captured.origin.sanity == ()
        assert _size(captured, "page.png") == (1280, 30_000)
        assert _wrong_bands(captured, 60) == []


def test_a_page_beyond_the_bound_is_pictured_up_to_it_and_says_so(capture: Capturing) -> None:
    html = _bands(MAX_HEIGHT_PX + 5000)
    with running_site(lambda path, _: html) as site, capture(f"{site}/") as captured:
        assert _codes(captured) == ["scroll.capped"]
        assert _size(captured, "page.png") == (1280, MAX_HEIGHT_PX)
        assert _wrong_bands(captured, MAX_HEIGHT_PX // _BAND_PX) == []


def test_a_tall_page_on_a_phone_is_drawn_smaller_and_says_so(capture: Capturing) -> None:
    html = _bands(MAX_HEIGHT_PX)
    with (
        running_site(lambda path, _: html) as site,
        capture(f"{site}/", device="mobile") as captured,
    ):
        assert _codes(captured) == ["device.mobile", "picture.scaled"]
        width_px, height_px = _size(captured, "page.png")
        assert width_px * height_px <= pictures._MAX_PIXELS * 1.01
        assert captured.origin.sanity[1].params == {
            "path": "data/page/page.png",
            "percent": round(width_px / (412 * 3) * 100),
        }
        assert captured.is_complete
        assert _wrong_bands(captured, MAX_HEIGHT_PX // _BAND_PX) == []


def test_a_picture_of_the_wrong_size_is_put_together_from_tiles(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shoot = pictures._shoot

    async def cut(
        page: DrivenPage, clip: dict[str, float] | None = None, *, is_in_view: bool = False
    ) -> bytes:
        if clip and clip["height"] > pictures._TILE_PX:
            clip = clip | {"height": 1000}  # as a browser does that draws no more than that
        return await shoot(page, clip, is_in_view=is_in_view)

    monkeypatch.setattr(pictures, "_shoot", cut)
    html = _bands(9_000)
    with running_site(lambda path, _: html) as site, capture(f"{site}/") as captured:
        assert _size(captured, "page.png") == (1280, 9_000)
        assert _wrong_bands(captured, 18) == []
        assert captured.origin.missing == ()


def test_a_picture_that_can_not_be_made_whole_is_named(
    capture: Capturing, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shoot = pictures._shoot

    async def narrow(
        page: DrivenPage, clip: dict[str, float] | None = None, *, is_in_view: bool = False
    ) -> bytes:
        return await shoot(page, clip and clip | {"width": 600}, is_in_view=is_in_view)

    monkeypatch.setattr(pictures, "_shoot", narrow)
    with capture(shop.trial("receipt")) as captured:
        (missing,) = captured.origin.missing
        assert missing.code == "picture.size"
        assert missing.params == {"path": "data/page/page.png", "expected": "1280x900"}


_REGIONS = """<!doctype html><style>body { margin: 0 } .promise { width: 300px; height: 80px }
  .red { background: #f00 }</style>
  <div class="promise" hidden>旧</div><div style="height: 2500px">正文</div>
  <div class="promise red">24 小时内发货</div><div style="height: 900px"></div>"""


def test_a_region_is_a_close_up_of_the_first_thing_shown_that_the_selector_picks(
    capture: Capturing,
) -> None:
    with (
        running_site(lambda path, _: _REGIONS) as site,
        capture(f"{site}/", region="div.promise") as captured,
    ):
        assert [(seen.code, seen.params) for seen in captured.origin.sanity] == [
            ("region.captured", {"selector": "div.promise", "path": "data/page/region.png"})
        ]
        assert _size(captured, "region.png") == (600, 160)
        with Image.open(_source(captured, "region.png")) as picture:
            assert picture.convert("RGB").getpixel((590, 150)) == (255, 0, 0)
        assert captured.is_complete


@pytest.mark.parametrize("selector", ["#nothing", "div[hidden]", "br"])
def test_a_region_that_is_not_shown_is_a_doubt(capture: Capturing, selector: str) -> None:
    with (
        running_site(lambda path, _: _REGIONS) as site,
        capture(f"{site}/", region=selector) as captured,
    ):
        assert [(seen.code, seen.params) for seen in captured.origin.sanity] == [
            ("region.absent", {"selector": selector})
        ]
        assert captured.origin.missing == ()
        assert not captured.is_complete


@pytest.mark.parametrize("selector", ["p[", "//div", "text=发货", ">>"])
def test_what_the_browser_reads_as_no_selector_is_refused_before_the_site_is_asked(
    capture: Capturing, own_shop: Shop, selector: str
) -> None:
    with pytest.raises(UsageError) as caught, capture(own_shop.order_url, region=selector):
        pytest.fail("should not get here")
    assert caught.value.code == "capture.region"
    assert own_shop.log == ()


@pytest.mark.parametrize("selector", ["", "  ", "p" * 501, "p\x1b[31m", "p\u202e"])
def test_what_can_be_no_selector_is_refused_without_a_browser(selector: str) -> None:
    request = CaptureRequest(url="https://shop.example/", region=selector)
    with refused(UsageError, "capture.region"):
        request.check()


_PHONE_ONLY = f"""<!doctype html>{_PHONE_META}<h1 id=title></h1><script>
  const phone = /Android.*Mobile/.test(navigator.userAgent) && navigator.maxTouchPoints > 0
    && innerWidth < 500 && devicePixelRatio === 3;
  title.textContent = phone ? "订单 K20261101" : "请用手机打开";
</script>"""


def test_a_page_for_phones_only_is_captured_as_a_phone_shows_it(capture: Capturing) -> None:
    with (
        running_site(lambda path, _: _PHONE_ONLY) as site,
        capture(f"{site}/", device="mobile", expect="K20261101") as captured,
    ):
        assert _codes(captured) == ["device.mobile"]
        assert captured.is_complete
        assert captured.origin.viewport == PHONE
        assert _size(captured, "viewport.png") == (412 * 3, 839 * 3)
        assert _size(captured, "page.png") == (412 * 3, 839 * 3)
        record = json.loads(Path(captured.record[0].source).read_text(encoding="utf-8"))
        assert record["browser"]["presented_as"] == "phone"
        assert "Android" in record["browser"]["user_agent"]


def test_without_a_device_the_browser_says_what_it_is(capture: Capturing) -> None:
    with (
        running_site(lambda path, _: _PHONE_ONLY) as site,
        capture(f"{site}/", expect="K20261101") as captured,
    ):
        assert _codes(captured) == ["expect.absent"]
        record = json.loads(Path(captured.record[0].source).read_text(encoding="utf-8"))
        assert record["browser"]["presented_as"] is None


def test_a_page_that_is_not_made_for_phones_fills_the_width_of_one(capture: Capturing) -> None:
    html = '<!doctype html><h1>订单</h1><div style="width: 980px; height: 1500px">正文</div>'
    with (
        running_site(lambda path, _: html) as site,
        capture(f"{site}/", device="mobile") as captured,
    ):
        assert abs(_size(captured, "page.png")[0] - 412 * 3) <= 3
        assert _codes(captured) == ["device.mobile"]


def test_a_device_is_refused_for_the_users_own_browser() -> None:
    request = CaptureRequest(url="https://shop.example/", attach="9222", device="mobile")
    with refused(UsageError, "attach.alone"):
        request.check()
