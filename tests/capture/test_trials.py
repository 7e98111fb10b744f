"""Walls that must be seen for what they are, and good pages that only look like one."""

from pathlib import Path

import pytest
from PIL import Image

from evidence_kit.capture.request import Capture
from evidence_kit.model import Role
from fixtures.shop import Shop
from fixtures.shop.trials import EXPECTED
from tests.capture.conftest import Capturing

NOTES = {"requests.unfinished", "scroll.inside"}


def _file(captured: Capture, name: str) -> Path:
    return next(Path(file.source) for file in captured.files if file.path.endswith(f"/{name}"))


@pytest.mark.parametrize("name", [name for name in EXPECTED if name not in ("box", "app")])
def test_each_page_is_judged_as_what_it_is(capture: Capturing, shop: Shop, name: str) -> None:
    with capture(shop.trial(name)) as captured:
        assert tuple(seen.code for seen in captured.origin.sanity) == EXPECTED[name]
        assert captured.is_complete == (set(EXPECTED[name]) <= NOTES)


def test_a_mask_over_the_page_is_a_wall_though_the_text_is_there(
    capture: Capturing, shop: Shop
) -> None:
    with capture(shop.trial("login-mask"), expect="点卡全部现货") as captured:
        assert [seen.code for seen in captured.origin.sanity] == ["login.wall"]


@pytest.mark.parametrize("name", ["box", "app"])
def test_a_box_that_scrolls_by_itself_is_noted_and_pictured_as_a_whole(
    capture: Capturing, shop: Shop, name: str
) -> None:
    with capture(shop.trial(name)) as captured:
        (seen,) = captured.origin.sanity
        assert (seen.code, seen.params) == ("scroll.inside", {"count": 1})
        assert captured.is_complete
        with Image.open(_file(captured, "page.png")) as picture:
            short_px = picture.height
        with Image.open(_file(captured, "page-unrolled.png")) as picture:
            assert picture.height > short_px + 1000
        roles = {file.path: file.role for file in captured.files}
        assert roles.pop("data/page/page-unrolled.png") is Role.DERIVED
        assert set(roles.values()) == {Role.ORIGINAL}


def test_what_a_box_loads_when_it_is_scrolled_is_in_the_text(
    capture: Capturing, shop: Shop
) -> None:
    with capture(shop.trial("box")) as captured:
        assert "最早的一条" in _file(captured, "page.txt").read_text(encoding="utf-8")
        # the page that is sealed is the one that was seen, not the one that was unrolled
        assert "max-height" not in _file(captured, "page.html").read_text(encoding="utf-8")


def test_a_request_without_an_end_is_named(capture: Capturing, shop: Shop) -> None:
    with capture(shop.trial("unfinished")) as captured:
        (seen,) = captured.origin.sanity
        assert seen.params == {"count": 1, "of_site": 0, "urls": shop.fail("hang")}


def test_a_part_of_the_page_without_an_end_is_a_doubt(capture: Capturing, shop: Shop) -> None:
    with capture(shop.fail("slow-asset"), timeout_s=2) as captured:
        unfinished = captured.origin.sanity[-1]
        assert (unfinished.code, unfinished.params["of_site"]) == ("requests.unfinished", 1)
