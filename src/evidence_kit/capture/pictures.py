"""Pictures of a page: of its window, of all of it, of a part; never more pixels than is safe."""

import asyncio
import base64
import math
import struct
from typing import Any

import msgspec

from evidence_kit.capture.page import MAX_HEIGHT_PX, DrivenPage

PICTURE_S = 30.0
_MAX_WIDTH_PX = 8_000
_MAX_PIXELS = 1280 * MAX_HEIGHT_PX  # 200 MB in the browser; what is more is drawn smaller
_TILE_PX = 4_000
_CLOSE_UP = 2  # times as large as on the page

# The first of the elements that is shown; where it stands on the page, in CSS pixels.
_PART = """(selector) => {
  for (const node of [...document.querySelectorAll(selector)].slice(0, 1000)) {
    const box = node.getBoundingClientRect();
    const shown = node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (shown && box.width >= 1 && box.height >= 1)
      return [box.x + scrollX, box.y + scrollY, box.width, box.height];
  }
  return null;
}"""
_IS_SELECTOR = """(selector) => {
  try { document.querySelector(selector); return true; } catch { return false; }
}"""


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A PNG."""

    body: bytes
    percent: int
    """Its size in percent of what it would be at the resolution of the window."""
    expected: str | None
    """The size that it should have and has not, such as "1280x4000"; None where it has."""


class Camera:
    """Takes pictures of one page.

    Args:
        scale: pixels for each CSS pixel.
    """

    def __init__(self, page: DrivenPage, scale: float) -> None:
        self._page = page
        self._scale = scale
        self._zoom: float | None = None

    async def window(self) -> bytes:
        """What stands in the window.

        Raises:
            Shortfall: the browser gives no picture; so it is for the others.
        """
        if self._scale == 1:
            return await _shoot(self._page)
        view = (await self._page.send("Page.getLayoutMetrics"))["cssVisualViewport"]
        self._zoom = view["scale"]  # a picture resets it
        clip = {
            "x": view["pageX"],
            "y": view["pageY"],
            "width": view["clientWidth"],
            "height": view["clientHeight"],
            "scale": self._scale * view["scale"],
        }
        return await _shoot(self._page, clip, is_in_view=True)

    async def whole(self) -> Picture:
        """All of the page: in one shot, else put together from tiles."""
        metrics = await self._page.send("Page.getLayoutMetrics")
        width = min(round(metrics["cssContentSize"]["width"]), _MAX_WIDTH_PX)
        height = min(round(metrics["cssContentSize"]["height"]), MAX_HEIGHT_PX)
        natural = self._scale * (self._zoom or metrics["cssVisualViewport"]["scale"])
        return await self._picture((0, 0, width, height), natural, natural)

    async def part(self, selector: str) -> Picture | None:
        """A close-up of the first thing shown that a CSS selector picks; None where none is."""
        box = await self._page.call(_PART, selector)
        if box is None:
            return None
        return await self._picture(tuple(box), self._scale * _CLOSE_UP, self._scale)

    async def _picture(self, box: tuple[float, ...], scale: float, natural_scale: float) -> Picture:
        x, y, width, height = box
        scale = min(scale, math.sqrt(_MAX_PIXELS / (width * height)))
        expected = (math.ceil(width * scale), math.ceil(height * scale))
        clip = {"x": x, "y": y, "width": width, "height": height, "scale": scale}
        percent = round(100 * min(scale / natural_scale, 1))
        body = await _shoot(self._page, clip)
        if _is_size(body, expected):
            return Picture(body=body, percent=percent, expected=None)
        tiles = []
        for top in range(0, math.ceil(height), _TILE_PX):
            part = {**clip, "y": y + top, "height": min(_TILE_PX, height - top)}
            tiles.append((round(top * scale), await _shoot(self._page, part)))
        body = await asyncio.to_thread(_join, tiles, expected)
        is_whole = all(abs(png_size(tile)[0] - expected[0]) <= 1 for _, tile in tiles)
        size = None if is_whole else f"{expected[0]}x{expected[1]}"
        return Picture(body=body, percent=percent, expected=size)


async def is_selector(page: DrivenPage, text: str) -> bool:
    """Whether the browser reads a text as a CSS selector.

    Raises:
        Shortfall: it gives no answer.
    """
    return bool(await page.call(_IS_SELECTOR, text))


def png_size(body: bytes) -> tuple[int, int]:
    """Width and height in pixels as a PNG's header has them (PNG §11.2.2); 0, 0 if it is none."""
    if len(body) < 24 or body[:8] != b"\x89PNG\r\n\x1a\n":
        return 0, 0
    width, height = struct.unpack(">II", body[16:24])
    return width, height


def _is_size(body: bytes, expected: tuple[int, int]) -> bool:
    # the browser rounds one way or the other
    return all(abs(got - wanted) <= 1 for got, wanted in zip(png_size(body), expected, strict=True))


async def _shoot(
    page: DrivenPage, clip: dict[str, float] | None = None, *, is_in_view: bool = False
) -> bytes:
    """A picture of the window, or of a part of the page in CSS pixels."""
    where: dict[str, Any] = {"clip": clip} if clip else {}
    answer = await page.send(
        "Page.captureScreenshot",
        PICTURE_S,
        format="png",
        captureBeyondViewport=bool(clip) and not is_in_view,
        # the same pixels, packed less tightly: on a tall page half the time for a third more bytes
        optimizeForSpeed=True,
        **where,
    )
    return base64.b64decode(answer["data"])


def _join(tiles: list[tuple[int, bytes]], size: tuple[int, int]) -> bytes:
    import io

    from PIL import Image

    whole = Image.new("RGB", size)
    for y, body in tiles:
        with Image.open(io.BytesIO(body)) as tile:
            whole.paste(tile.convert("RGB"), (0, y))
    out = io.BytesIO()
    whole.save(out, "PNG", compress_level=1)
    return out.getvalue()
