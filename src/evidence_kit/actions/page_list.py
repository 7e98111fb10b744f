"""A list of pages to capture, and which of them are done: two text files side by side."""

import json
import os
from pathlib import Path

import msgspec

from evidence_kit.bundle.text import escape
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.errors import InputError, SealError, UsageError

MAX_PAGES = 1000
_MAX_BYTES = 1 << 20
_DONE_SUFFIX = ".done"


class ListedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list."""

    number: int
    """1 for the first page."""
    url: str
    label: str | None


def read_list(path: Path) -> tuple[ListedPage, ...]:
    """The pages of a list: an address a line, a label behind a tab; # begins a remark.

    An address that stands there twice is captured once.

    Raises:
        InputError: "urls.unreadable", "urls.empty", "urls.too_many".
        UsageError: "urls.line": an address that can't be captured; names the line.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise ValueError("too long")
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError("urls.unreadable", path=str(path), detail=error.strerror or "") from error
    except ValueError as error:
        detail = "UnicodeError" if isinstance(error, UnicodeError) else str(error)
        raise InputError("urls.unreadable", path=str(path), detail=detail) from error
    pages: dict[str, ListedPage] = {}
    for line_number, line in enumerate(lines, start=1):
        url, _, label = line.partition("\t")
        url = url.strip()
        if not url or url.startswith("#"):
            continue
        _require_address(url, line_number)
        page = ListedPage(number=len(pages) + 1, url=url, label=label.strip() or None)
        pages.setdefault(url, page)
    if not pages:
        raise InputError("urls.empty", path=str(path))
    if len(pages) > MAX_PAGES:
        raise InputError("urls.too_many", path=str(path), count=MAX_PAGES)
    return tuple(pages.values())


def _require_address(url: str, line: int) -> None:
    try:
        CaptureRequest(url=url).check()
    except UsageError:
        # the address may hold a password, so only what stands before it is repeated
        raise UsageError("urls.line", line=line, url=escape(url.split("@")[-1])) from None


class DoneList:
    """Which pages of a list are captured, so that a second run goes on where one ended.

    It stands beside the list, under its name with ".done" behind it: one JSON object a line,
    with `url` and `bundle`. Whoever deletes it begins anew.

    Args:
        list_path: the list.
        folder: where the bundles go; what was captured to another place does not count.
    """

    def __init__(self, list_path: Path, folder: Path) -> None:
        self.path = list_path.with_name(list_path.name + _DONE_SUFFIX)
        self._folder = folder.resolve()

    def bundles(self) -> dict[str, Path]:
        """The address of each page that is done, with its bundle, which is still there.

        A line that was cut short when the machine stopped counts as not written.
        """
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return {}
        found: dict[str, Path] = {}
        for line in lines:
            try:
                entry = msgspec.json.decode(line, type=_Done)
            except (msgspec.DecodeError, RecursionError):
                continue
            bundle = Path(entry.bundle)
            if bundle.parent == self._folder and bundle.is_file():
                found[entry.url] = bundle
        return found

    def add(self, page: ListedPage, bundle: Path) -> None:
        """Note that a page is done.

        Raises:
            SealError: "seal.write": nothing can be written beside the list.
        """
        entry = {"url": page.url, "bundle": str(bundle.resolve())}
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SealError(
                "seal.write", path=str(self.path), detail=error.strerror or ""
            ) from error


class _Done(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    bundle: str
