"""capture --urls: many pages, one bundle each, and one summary at the end."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_kit.actions.case import Case, is_case, open_case
from evidence_kit.actions.many import Tried, capture_many, final_tries
from evidence_kit.actions.page_list import DoneList, ListedPage, read_list
from evidence_kit.bundle import layout
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.cli.exit_codes import gravest
from evidence_kit.cli.options import given
from evidence_kit.cli.sealing import as_data, exit_code, note_line
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode, SealError, UsageError
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from evidence_kit.actions.kit import Kit
    from evidence_kit.actions.seal import Destination

_SEALED_ALL_THE_SAME = mark("sealed all the same, but not as it was meant: {text}")


class ManyPages:
    """One run over a list.

    Args:
        list_path: the list.
        case_folder: the case that was named, if any.
        folder: the folder that was named instead.

    Raises:
        InputError, UsageError: the list can't be used.
        CaseError, SealError: the place can't be used.
    """

    def __init__(
        self,
        terminal: Terminal,
        list_path: Path,
        *,
        case_folder: Path | None,
        folder: Path | None,
        kit: "Kit",
        as_json: bool,
    ) -> None:
        self._terminal = terminal
        self._list_path = list_path
        self._kit = kit
        self._as_json = as_json
        self._pages = read_list(list_path)
        self._case, self._folder = _place(case_folder, folder)
        self._done = DoneList(list_path, self._folder)
        self._names = f"page-{kit.now():%Y%m%dT%H%M%SZ}"
        self._tried: list[Tried] = []

    def run(self, template: CaptureRequest, jobs: int) -> ExitCode:
        """Capture what is not done yet; the summary comes even after an interrupt."""
        done = self._done.bundles()
        todo = [page for page in self._pages if page.url not in done]
        skipped = len(self._pages) - len(todo)
        try:
            capture_many(
                todo, template, self._destination, kit=self._kit, tell=self._tell, jobs=jobs
            )
        finally:
            self._summarise(skipped)
        codes = [_code(one) for one in final_tries(self._tried)]
        return gravest([*codes, ExitCode.DONE])

    def _destination(self, page: ListedPage, number: int) -> "Destination":
        if self._case is not None:
            return self._case
        again = "" if number == 1 else f"-{number}"
        return self._folder / f"{self._names}-{page.number:04d}{again}{layout.SUFFIX}"

    def _tell(self, tried: Tried) -> None:
        """Say what came of one try, and note it beside the list."""
        self._tried.append(tried)
        if tried.sealed and tried.is_done:
            self._done.add(tried.page, tried.sealed.path)
        tr, say = self._terminal.tr, self._terminal.say
        say(tr("page {number}: {text}", number=tried.page.number, text=tried.page.url))
        if self._as_json:
            self._terminal.put_json_line(_as_data(tried))
        elif tried.sealed:
            self._terminal.put_path(tried.sealed.path)
        for text in _remarks(self._terminal, tried):
            say(f"  {text}")

    def _summarise(self, skipped: int) -> None:
        terminal, tr, say = self._terminal, self._terminal.tr, self._terminal.say
        last = final_tries(self._tried)
        good = [one for one in last if one.is_done]
        bad = [one for one in last if not one.is_done]
        if self._as_json:
            counts = {"pages": len(self._pages), "done": len(good), "done_before": skipped}
            failed = [one.page.url for one in bad]
            terminal.put_json_line({"summary": {**counts, "failed": failed}})
        total, count = len(self._pages), len(good) + skipped
        say(tr("{count} of {total} pages are captured as was meant", count=count, total=total))
        if skipped:
            text = mark("{count} were done before; to capture them again delete this file: {path}")
            say(tr(text, count=skipped, path=str(self._done.path)))
        for one in bad:
            form = _SEALED_ALL_THE_SAME if one.sealed else mark("not captured: {text}")
            say(tr(form, text=one.page.url))
        self._show_receipts(last)
        if count < total:
            terminal.suggest(
                *("evidence-kit", "capture", "--urls", self._list_path),
                *given(without=("list_path",)),
                form=mark("to try these again: {command}"),
            )
        elif self._case is not None:
            terminal.suggest("evidence-kit", "verify", self._case.folder, *given("trust"))

    def _show_receipts(self, last: tuple[Tried, ...]) -> None:
        """The newest one of a case vouches for the bundles before it; else all are needed."""
        sealed = [one.sealed for one in last if one.sealed]
        if not sealed:
            return
        if self._case is not None:
            sealed = [max(sealed, key=lambda one: one.path.name)]
        tr = self._terminal.tr
        for one in sealed:
            self._terminal.say(tr("receipt: {receipt}", receipt=one.receipt))
        self._terminal.say(
            tr(
                "send the receipt to someone at once: whoever holds it can tell later that this"
                " bundle was not made anew"
            )
        )


def _place(case_folder: Path | None, folder: Path | None) -> tuple[Case | None, Path]:
    if case_folder and folder:
        raise UsageError("case.and_output")
    if case_folder:
        return open_case(case_folder), case_folder
    folder = folder or Path()
    if not folder.is_dir():
        raise SealError("seal.no_folder", path=str(folder))
    return (open_case(folder) if is_case(folder) else None), folder


def _code(tried: Tried) -> ExitCode:
    if tried.sealed is None:
        return ExitCode.ERROR
    return exit_code(tried.sealed)


def _as_data(tried: Tried) -> dict[str, Any]:
    error = tried.error
    return {
        "url": tried.page.url,
        "label": tried.page.label,
        "try": tried.number,
        "is_done": tried.is_done,
        "is_tried_again": tried.is_tried_again,
        "error": {"code": error.code, "params": error.params} if error else None,
        "sealed": as_data(tried.sealed) if tried.sealed else None,
    }


def _remarks(terminal: Terminal, tried: Tried) -> list[str]:
    tr, words = terminal.tr, terminal.words
    found = []
    if tried.error:
        text, _ = words.of_error(tried.error)
        found.append(tr("error: {text}", text=text))
    if tried.sealed:
        if tried.sealed.report.sealed_no_later_than is None:
            found.append(tr("beware: {text}", text=tr("it has no time stamp yet")))
        for finding in tried.sealed.case_findings:
            found.append(tr("beware: {text}", text=words.of_finding(finding)))
        for shortfall in tried.sealed.shortfalls:
            found.append(tr("beware: {text}", text=words.of_observation(shortfall)))
        found += [note_line(terminal, note) for note in tried.sealed.notes]
    if tried.is_tried_again:
        found.append(tr("it will be tried once more"))
    return found
