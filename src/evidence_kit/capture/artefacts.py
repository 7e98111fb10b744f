"""Write down what a page shows: pictures, archive, HTML, text; each with a time of its own."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from evidence_kit import __version__
from evidence_kit.capture.frames import FrameSeen, FramesSeen, see_frames, to_json
from evidence_kit.capture.look import unroll
from evidence_kit.capture.page import DrivenPage
from evidence_kit.capture.pictures import PICTURE_S, Camera, Picture
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.capture.steps import Shortfall, StepLog
from evidence_kit.capture.timing import timing
from evidence_kit.capture.writing import write_file
from evidence_kit.model import DraftFile, Maker, Observation, Role

_LIMIT_S = 15.0
_MAX_ARIA_BYTES = 2 * 2**20
_FOLDER = "data/page"
_UNROLLED = "page-unrolled.png"
_REGION = "region.png"

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
    notes: tuple[Observation, ...] = ()
    """What is to be said of the pictures."""


class _Taker:
    def __init__(self, page: DrivenPage, folder: Path, steps: StepLog) -> None:
        self._page = page
        self._folder = folder
        self._steps = steps
        self.files: list[DraftFile] = []
        self.missing: list[Observation] = []
        self.notes: list[Observation] = []

    def note(self, code: str, **params: str | int) -> None:
        """Say something of what was taken."""
        self.notes.append(Observation(code=code, params=params))

    def look_at(self, picture: Picture, name: str) -> bytes:
        """Its bytes; says so where it is not as large as the page."""
        path = f"{_FOLDER}/{name}"
        if picture.expected is not None:
            params: dict[str, str | int] = {"path": path, "expected": picture.expected}
            self.missing.append(Observation(code="picture.size", params=params))
        if picture.percent < 100:
            self.note("picture.scaled", path=path, percent=picture.percent)
        return picture.body

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
    request: CaptureRequest,
    is_unrolled: bool = False,
) -> Artefacts:
    """Write everything that the page gives into `folder`.

    Args:
        clean: takes the secrets known by now out of the texts of frames, which are cut.
        request: how large the pictures are, and whether a close-up or a PDF is wanted.
        is_unrolled: also picture it with its scrolling boxes grown to their whole height.

    Raises:
        CaptureError: "capture.unwritable" where the folder takes no more bytes.
    """
    taker = _Taker(page, folder, steps)
    camera = Camera(page, request.window.scale_percent / 100)
    # Text and HTML first: taking the tall picture resizes the page, which may change it.
    text, _, window, frames, *_ = await asyncio.gather(
        taker.take("page.txt", "text/plain", lambda: _string(page, _TEXT), _LIMIT_S),
        taker.take("page.html", "text/html", lambda: _string(page, _HTML), _LIMIT_S),
        taker.take("viewport.png", "image/png", camera.window, _LIMIT_S),
        _take_frames(taker, page, clean),
        taker.take("page.aria.yaml", "application/yaml", lambda: _aria(page), _LIMIT_S),
        taker.take("timing.json", "application/json", lambda: timing(page), _LIMIT_S),
    )
    await asyncio.gather(
        taker.take(
            "page.png", "image/png", lambda: _picture_page(taker, camera, "page.png"), PICTURE_S
        ),
        taker.take("page.mhtml", "multipart/related", lambda: _mhtml(page), _LIMIT_S),
    )
    if request.region is not None:
        await _take_region(taker, camera, request.region)
    if request.pdf:  # which lays the page out anew
        await taker.take("page.pdf", "application/pdf", lambda: _pdf(page), PICTURE_S)
    if is_unrolled:
        make = functools.partial(_picture_unrolled, page, taker, camera)
        await taker.take(_UNROLLED, "image/png", make, PICTURE_S)
    return Artefacts(
        files=tuple(sorted(taker.files, key=lambda file: file.path)),
        missing=tuple(taker.missing),
        text=None if text is None else text.decode(),
        viewport_path=None if window is None else folder / "viewport.png",
        frames=frames,
        notes=tuple(taker.notes),
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


async def _picture_page(taker: _Taker, camera: Camera, name: str) -> bytes:
    picture = await camera.whole()
    return taker.look_at(picture, name)


async def _picture_unrolled(page: DrivenPage, taker: _Taker, camera: Camera) -> bytes:
    await unroll(page)
    return await _picture_page(taker, camera, _UNROLLED)


async def _take_region(taker: _Taker, camera: Camera, selector: str) -> None:
    """Write region.png; what is not shown is told as what the page lacks."""
    is_shown = True

    async def make() -> bytes:
        nonlocal is_shown
        picture = await camera.part(selector)
        if picture is None:
            is_shown = False
            raise Shortfall("absent")
        return taker.look_at(picture, _REGION)

    lost = len(taker.missing)
    is_taken = await taker.take(_REGION, "image/png", make, PICTURE_S) is not None
    if is_taken:
        taker.note("region.captured", selector=selector, path=f"{_FOLDER}/{_REGION}")
    elif not is_shown:
        del taker.missing[lost:]
        taker.note("region.absent", selector=selector)
