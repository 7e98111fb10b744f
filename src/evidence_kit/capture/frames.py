"""What stands in the frames of a page, those of other sites included: frames.json."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from evidence_kit.capture.page import DrivenPage
from evidence_kit.capture.request import without_query
from evidence_kit.capture.steps import Shortfall

if TYPE_CHECKING:
    from playwright.async_api import Frame

FRAMES = "data/page/frames.json"
_MAX_FRAMES = 30
_MAX_TEXT = 100_000
_MAX_TAKEN = 150_000  # secrets are taken out before the text is cut, so that none is cut in two
_MAX_TITLE = 200
_FRAME_S = 2.0

T = TypeVar("T")


class FrameSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One frame below the page's own."""

    number: int
    """From 1; 0 is the page's own."""
    parent: int
    """Number of the frame that it stands in."""
    url: str
    """Without query."""
    name: str
    title: str | None
    """None where it gave no answer, as for the two below."""
    is_visible: bool | None
    """Whether the place that it has in its parent is shown."""
    text: str | None
    """Its text as it shows it; at most 100,000 characters."""
    characters: int | None
    """How long the text is, uncut."""


class FramesSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The frames below the page's own."""

    frames: tuple[FrameSeen, ...]
    left_out: int
    """How many there were beyond the first 30."""


async def see_frames(page: DrivenPage, clean: Callable[[str], str]) -> FramesSeen:
    """Ask every frame for its text at the same time; what gives no answer is told as None.

    Args:
        clean: takes the secrets out of a text.
    """
    numbers = {frame: number for number, frame in enumerate(page.page.frames)}
    below = [frame for frame in numbers if frame.parent_frame is not None][:_MAX_FRAMES]
    seen = await asyncio.gather(*(_see(page, frame, numbers, clean) for frame in below))
    return FramesSeen(frames=tuple(seen), left_out=max(len(numbers) - 1 - len(below), 0))


def to_json(seen: FramesSeen) -> bytes:
    """frames.json, UTF-8, with a final newline."""
    text = json.dumps(msgspec.to_builtins(seen), ensure_ascii=False, indent=2)
    return f"{text}\n".encode("utf-8", errors="replace")


async def _see(
    page: DrivenPage,
    frame: "Frame",
    numbers: "dict[Frame, int]",
    clean: Callable[[str], str],
) -> FrameSeen:
    async def is_visible() -> bool:
        return await (await frame.frame_element()).is_visible()

    # a locator reads in a world that the frame's own scripts can't mislead
    title, is_shown, text = await asyncio.gather(
        _answer(page, frame.title()),
        _answer(page, is_visible()),
        _answer(page, frame.locator(":root").inner_text(timeout=_FRAME_S * 1000)),
    )
    text = None if text is None else clean(text[:_MAX_TAKEN])
    parent = frame.parent_frame
    return FrameSeen(
        number=numbers[frame],
        parent=numbers.get(parent, 0) if parent else 0,
        url=clean(without_query(frame.url)),
        name=clean(frame.name[:_MAX_TAKEN])[:_MAX_TITLE],
        title=None if title is None else clean(title[:_MAX_TAKEN])[:_MAX_TITLE],
        is_visible=is_shown,
        text=None if text is None else text[:_MAX_TEXT],
        characters=None if text is None else len(text),
    )


async def _answer(page: DrivenPage, asked: Awaitable[T]) -> T | None:
    try:
        return await page.bounded(asked, _FRAME_S)
    except Shortfall:
        return None
