"""What a page wrote to the browser's console, its own errors included: one JSON object a line."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from evidence_kit.capture.request import without_query
from evidence_kit.capture.steps import timestamp

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Error, Page

CONSOLE = "data/page/console.jsonl"
_MAX_LINES = 1000
_MAX_TEXT = 2000
_MAX_TAKEN = 20_000  # secrets are taken out before the text is cut, so that none is cut in two


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    at: str
    kind: str
    text: str
    url: str
    line: int


class ConsoleLog:
    """Listens from when it is made.

    Args:
        page: the page, before it is sent anywhere.
        clock: aware, UTC.
    """

    def __init__(self, page: "Page", clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lines: list[_Line] = []
        self._dropped = 0
        page.on("console", self._on_message)
        page.on("pageerror", self._on_error)

    def __len__(self) -> int:
        return len(self._lines) + self._dropped

    def to_jsonl(self, clean: Callable[[str], str]) -> bytes:
        """At most 1,000 lines of 2,000 characters, the first ones; nothing where there is none.

        Args:
            clean: takes the secrets out of a text.
        """
        lines = [self._written(line, clean) for line in self._lines]
        if self._dropped:
            lines.append(json.dumps({"type": "left out", "count": self._dropped}))
        text = "".join(f"{line}\n" for line in lines)
        return text.encode("utf-8", errors="replace")

    @staticmethod
    def _written(line: _Line, clean: Callable[[str], str]) -> str:
        text = clean(line.text)
        content: dict[str, str | int] = {"at": line.at, "type": line.kind}
        content["text"] = text[:_MAX_TEXT]
        if len(text) > _MAX_TEXT:
            content["characters"] = len(text)
        if line.url:
            content |= {"url": clean(line.url), "line": line.line}
        return json.dumps(content, ensure_ascii=False)

    def _on_message(self, message: "ConsoleMessage") -> None:
        where = message.location
        self._note(message.type, message.text, str(where["url"]), int(where["lineNumber"]) + 1)

    def _on_error(self, error: "Error") -> None:
        self._note("page error", error.message)

    def _note(self, kind: str, text: str, url: str = "", line: int = 0) -> None:
        if len(self._lines) >= _MAX_LINES:
            self._dropped += 1
            return
        self._lines.append(
            _Line(
                at=timestamp(self._clock()),
                kind=kind,
                text=text[:_MAX_TAKEN],
                url=without_query(url) if url else "",
                line=line,
            )
        )
