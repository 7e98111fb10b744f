"""Write down what a page shows: pictures, archive, HTML, text; each with a time of its own."""

import asyncio
import base64
import functools
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from evidence_kit import __version__
from evidence_kit.capture.frames import FrameSeen, FramesSeen, see_frames, to_json
from evidence_kit.capture.look import unroll
from evidence_kit.capture.page import MAX_HEIGHT_PX, DrivenPage
from evidence_kit.capture.steps import Shortfall, StepLog
from evidence_kit.capture.timing import timing
from evidence_kit.capture.writing import write_file
from evidence_kit.model import DraftFile, Maker, Observation, Role

_LIMIT_S = 15.0
_PICTURE_LIMIT_S = 30.0
_MAX_WIDTH_PX = 8_000
_TILE_PX = 4_000
_MAX_ARIA_BYTES = 2 * 2**20
_FOLDER = "data/page"
_UNROLLED = "page-unrolled.png"

_HTML = """() => {
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : "";
  const root = document.documentElement;
  return (type ? type + "\\n" : "") + (root ? root.outerHTML : "");
}"""
_TEXT = """() => {
  const root = document.body || document.documentElement;
  return root ? (root.innerText ?? root.textContent) : "";
}"""


class Artefacts(msgspec.Struct, frozen=True, kw_only=True):
    """What could be written, and what could not."""

    files: tuple[DraftFile, ...]
    missing: tuple[Observation, ...]
    text: str | None
    """The visible text; None where the page gave none."""
    viewport_path: Path | None
    """The picture of the window."""
    frames: tuple[FrameSeen, ...] = ()


class _Taker:
    def __init__(self, page: DrivenPage, folder: Path, steps: StepLog) -> None:
        self._page = page
        self._folder = folder
        self._steps = steps
        self.files: list[DraftFile] = []
        self.missing: list[Observation] = []

    async def take(
        self, name: str, media_type: str, make: Callable[[], Awaitable[bytes]], limit_s: float
    ) -> bytes | None:
        """Make one artefact and write it; None, and an entry in `missing`, where that fails."""
        path = f"{_FOLDER}/{name}"
        try:
            with self._steps.step(f"artefact {name}") as detail:
                body = await self._page.bounded(make(), limit_s)
                detail["size_bytes"] = len(body)
        except Shortfall as shortfall:
            self.missing.append(_missing(path, shortfall.reason))
            return None
        target = self._folder / name
        await asyncio.to_thread(write_file, target, body)
        file = DraftFile(path=path, source=str(target), media_type=media_type)
        if name == _UNROLLED:  # no site ever showed it so
            by = Maker(operation="unroll", tool="evidence-kit", version=__version__)
            file = msgspec.structs.replace(file, role=Role.DERIVED, by=by)
        self.files.append(file)
        return body


async def take_artefacts(
    page: DrivenPage,
    folder: Path,
    steps: StepLog,
    *,
    clean: Callable[[str], str],
    with_pdf: bool,
    is_unrolled: bool = False,
) -> Artefacts:
    """Write everything that the page gives into `folder`.

    Args:
        clean: takes the secrets known by now out of the texts of frames, which are cut.
        with_pdf: also print it, which lays the page out anew.
        is_unrolled: also picture it with its scrolling boxes grown to their whole height.

    Raises:
        CaptureError: "capture.unwritable" where the folder takes no more bytes.
    """
    taker = _Taker(page, folder, steps)
    # Text and HTML first: taking the tall picture resizes the page, which may change it.
    text, _, window, frames, *_ = await asyncio.gather(
        taker.take("page.txt", "text/plain", lambda: _string(page, _TEXT), _LIMIT_S),
        taker.take("page.html", "text/html", lambda: _string(page, _HTML), _LIMIT_S),
        taker.take("viewport.png", "image/png", lambda: _shoot(page), _LIMIT_S),
        _take_frames(taker, page, clean),
        taker.take("page.aria.yaml", "application/yaml", lambda: _aria(page), _LIMIT_S),
        taker.take("timing.json", "application/json", lambda: timing(page), _LIMIT_S),
    )
    await asyncio.gather(
        taker.take("page.png", "image/png", lambda: _tall_picture(page, taker), _PICTURE_LIMIT_S),
        taker.take("page.mhtml", "multipart/related", lambda: _mhtml(page), _LIMIT_S),
    )
    if with_pdf:
        await taker.take("page.pdf", "application/pdf", lambda: _pdf(page), _PICTURE_LIMIT_S)
    if is_unrolled:
        make = functools.partial(_unrolled_picture, page, taker)
        await taker.take(_UNROLLED, "image/png", make, _PICTURE_LIMIT_S)
    return Artefacts(
        files=tuple(sorted(taker.files, key=lambda file: file.path)),
        missing=tuple(taker.missing),
        text=None if text is None else text.decode(),
        viewport_path=None if window is None else folder / "viewport.png",
        frames=frames,
    )


async def _take_frames(
    taker: _Taker, page: DrivenPage, clean: Callable[[str], str]
) -> tuple[FrameSeen, ...]:
    """Write frames.json where there are frames; gives what stands in them."""
    seen = FramesSeen(frames=(), left_out=0)

    async def make() -> bytes:
        nonlocal seen
        seen = await see_frames(page, clean)
        return to_json(seen)

    if len(page.page.frames) > 1:
        await taker.take("frames.json", "application/json", make, _LIMIT_S)
    return seen.frames


def png_size(body: bytes) -> tuple[int, int]:
    """Width and height in pixels as a PNG's header has them (PNG §11.2.2); 0, 0 if it is none."""
    if len(body) < 24 or body[:8] != b"\x89PNG\r\n\x1a\n":
        return 0, 0
    width, height = struct.unpack(">II", body[16:24])
    return width, height


def _missing(path: str, reason: str) -> Observation:
    return Observation(code="artefact.missing", params={"path": path, "reason": reason})


async def _string(page: DrivenPage, script: str) -> bytes:
    return str(await page.call(script, limit_s=_LIMIT_S) or "").encode("utf-8", errors="replace")


async def _aria(page: DrivenPage) -> bytes:
    """What a screen reader is told of the page, in Playwright's form of YAML."""
    limit_ms = _LIMIT_S * 1000
    text = await page.page.locator(":root").aria_snapshot(timeout=limit_ms)
    body = text.encode("utf-8", errors="replace")
    if len(body) > _MAX_ARIA_BYTES:
        whole = body[:_MAX_ARIA_BYTES].rpartition(b"\n")[0]
        body = whole + b"\n# cut: the rest is left out"
    return body + b"\n"


async def _mhtml(page: DrivenPage) -> bytes:
    answer = await page.send("Page.captureSnapshot", _LIMIT_S, format="mhtml")
    return str(answer["data"]).encode("utf-8", errors="replace")


async def _pdf(page: DrivenPage) -> bytes:
    return await page.page.pdf(print_background=True)


async def _shoot(page: DrivenPage, clip: dict[str, float] | None = None) -> bytes:
    """A picture of the window, or of a part of the page in CSS pixels."""
    where: dict[str, Any] = {"clip": clip | {"scale": 1}} if clip else {}
    answer = await page.send(
        "Page.captureScreenshot",
        _PICTURE_LIMIT_S,
        format="png",
        captureBeyondViewport=bool(clip),
        # the same pixels, packed less tightly: on a tall page half the time for a third more bytes
        optimizeForSpeed=True,
        **where,
    )
    return base64.b64decode(answer["data"])


async def _unrolled_picture(page: DrivenPage, taker: _Taker) -> bytes:
    await unroll(page)
    return await _tall_picture(page, taker, _UNROLLED)


async def _tall_picture(page: DrivenPage, taker: _Taker, name: str = "page.png") -> bytes:
    """The whole page in one picture: in one shot, else put together from tiles."""
    metrics = await page.send("Page.getLayoutMetrics")
    width = min(round(metrics["cssContentSize"]["width"]), _MAX_WIDTH_PX)
    height = min(round(metrics["cssContentSize"]["height"]), MAX_HEIGHT_PX)
    ratio = metrics["contentSize"]["width"] / max(metrics["cssContentSize"]["width"], 1)
    expected = (round(width * ratio), round(height * ratio))
    body = await _shoot(page, {"x": 0, "y": 0, "width": width, "height": height})
    if png_size(body) == expected:
        return body
    tiles = []
    for y in range(0, height, _TILE_PX):
        part = {"x": 0, "y": y, "width": width, "height": min(_TILE_PX, height - y)}
        tiles.append((round(y * ratio), await _shoot(page, part)))
    body = await asyncio.to_thread(_join, tiles, expected)
    if any(png_size(tile)[0] != expected[0] for _, tile in tiles):
        size = f"{expected[0]}x{expected[1]}"
        taker.missing.append(
            Observation(code="picture.size", params={"path": f"{_FOLDER}/{name}", "expected": size})
        )
    return body


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
