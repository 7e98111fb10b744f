"""doctor: will it work on this machine? Looks at everything that sealing needs."""

import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path

import msgspec

from evidence_kit.actions.kit import Kit
from evidence_kit.capture.browser import browser_version, find_browser
from evidence_kit.capture.environment import cjk_font_present
from evidence_kit.crypto.tsp import verify_token
from evidence_kit.errors import CaptureError, EvidenceKitError, SigningKeyError
from evidence_kit.report import Fault
from evidence_kit.settings import Settings
from evidence_kit.trust.anchors import Endpoint
from evidence_kit.trust.tsa_client import TokenReply

_BROWSER_S = 40.0
"""The longest that a browser may take to start, give its version and close."""
_LITTLE_MB = 1024
_TOO_LITTLE_MB = 200
_MAX_OFFSET_MS = 60_000


class Status(StrEnum):
    """How one thing stands."""

    OK = "ok"
    WARNING = "warning"
    """The work goes on, but something will be missing."""
    PROBLEM = "problem"
    """Something can't be done until this is mended."""


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one thing."""

    name: str
    """What was looked at: "browser", "font", "space", "folder", "key", "authority", "clock"."""
    status: Status
    code: str
    """Key of its words in `messages.DIAGNOSES`; of `messages.ERRORS` where that has it."""
    params: dict[str, str | int] = {}
    """What the words name."""


def diagnose(configured: Settings, kit: Kit, folder: Path) -> tuple[Diagnosis, ...]:
    """Look at the browser, fonts, disk, folders, key, authorities and clock of this machine.

    Starts the browser once. The authorities that would be asked at sealing get the digest of a
    random number. Both happen at the same time, and end within a minute.

    Args:
        configured: the settings in force.
        kit: keys, authorities, roots, clock, and chance.
        folder: where bundles would be written; usually the current one.
    """
    browser = _started(lambda: _browser(configured.browser))
    found = [*_space(folder, configured.data_dir), *_folders(configured), _key(kit), _font()]
    found += _authorities(kit)
    return (browser(), *found)


def _started(work: Callable[[], Diagnosis]) -> Callable[[], Diagnosis]:
    """Start the work in a thread; the function returned waits for what it gives."""
    answers: queue.SimpleQueue[Diagnosis] = queue.SimpleQueue()
    # a daemon: a browser's driver that hangs must not keep the program alive
    threading.Thread(target=lambda: answers.put(work()), daemon=True).start()

    def wait() -> Diagnosis:
        try:
            return answers.get(timeout=_BROWSER_S)
        except queue.Empty:
            return Diagnosis(name="browser", status=Status.PROBLEM, code="browser.hangs")

    return wait


def _browser(path: str | None) -> Diagnosis:
    try:
        found = find_browser(path)
        version = browser_version(found)
    except CaptureError as error:
        return _wrong("browser", Status.PROBLEM, error)
    how = found.how if path is None else "EVIDENCE_KIT_BROWSER, config.toml"
    params: dict[str, str | int] = {
        "name": found.name,
        "version": version,
        "how": how,
        "path": found.path,
    }
    return Diagnosis(name="browser", status=Status.OK, code="browser.starts", params=params)


def _font() -> Diagnosis:
    match cjk_font_present():
        case True:
            return Diagnosis(name="font", status=Status.OK, code="font.chinese")
        case False:
            return Diagnosis(name="font", status=Status.WARNING, code="font.none")
        case _:
            return Diagnosis(name="font", status=Status.WARNING, code="font.unknown")


def _space(*folders: Path) -> Iterator[Diagnosis]:
    for folder in folders:
        free_mb = shutil.disk_usage(_existing(folder)).free >> 20
        status, code = Status.OK, "space.enough"
        if free_mb < _LITTLE_MB:
            status, code = Status.WARNING, "space.little"
        if free_mb < _TOO_LITTLE_MB:
            status = Status.PROBLEM
        params: dict[str, str | int] = {"free_mb": free_mb, "path": str(folder)}
        yield Diagnosis(name="space", status=status, code=code, params=params)


def _folders(configured: Settings) -> Iterator[Diagnosis]:
    for folder in (configured.data_dir, configured.config_dir):
        params: dict[str, str | int] = {"path": str(folder)}
        status, code = Status.OK, "folder.writable"
        try:
            # os.access does not know of read-only media, nor of Windows' own rules
            with tempfile.TemporaryFile(dir=_existing(folder)):
                pass
        except OSError as error:
            status, code = Status.PROBLEM, "folder.unwritable"
            params["detail"] = error.strerror or ""
        yield Diagnosis(name="folder", status=status, code=code, params=params)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if os.path.lexists(path))


def _key(kit: Kit) -> Diagnosis:
    try:
        sha256 = kit.keys.default_sha256()
        if sha256 is None:
            return Diagnosis(name="key", status=Status.OK, code="key.to_be_made")
        kit.keys.get(sha256)
    except SigningKeyError as error:
        return _wrong("key", Status.PROBLEM, error)
    return Diagnosis(name="key", status=Status.OK, code="key.there", params={"sha256": sha256})


def _authorities(kit: Kit) -> list[Diagnosis]:
    """Each authority, then the clock as they show it."""
    if not kit.endpoints:
        return [Diagnosis(name="authority", status=Status.WARNING, code="authority.none")]
    probe = kit.new_id().encode()
    # Each by itself: where all are asked together, a slow one is soon no longer waited for.
    with ThreadPoolExecutor(len(kit.endpoints)) as pool:
        answers = list(pool.map(lambda endpoint: _asked(endpoint, probe, kit), kit.endpoints))
    judged = [_authority(reply, offset_ms, probe, kit) for reply, offset_ms in answers]
    return [*judged, _clock([offset_ms for _, offset_ms in answers if offset_ms is not None])]


def _asked(endpoint: Endpoint, probe: bytes, kit: Kit) -> tuple[TokenReply, int | None]:
    """The reply, and the authority's clock minus the machine's in ms, at half of the delay."""
    asked_at = kit.now()
    (reply,) = kit.ask((endpoint,), probe)
    return reply, reply.offset_ms(asked_at)


def _authority(reply: TokenReply, offset_ms: int | None, probe: bytes, kit: Kit) -> Diagnosis:
    params: dict[str, str | int] = {"id": reply.id, "delay_ms": round(reply.elapsed_s * 1000)}
    if reply.tsr is None or offset_ms is None:
        return Diagnosis(
            name="authority",
            status=Status.WARNING,
            code=reply.error or "tsa.timeout",
            params={**params, **reply.error_params},
        )
    params |= {"offset_ms": offset_ms, "offset": f"{round(offset_ms / 1000, 1) + 0.0:+.1f}"}
    try:
        is_trusted = verify_token(reply.tsr, probe, anchors=kit.anchors).anchor is not None
    except Fault:
        is_trusted = False
    status, code = Status.OK, "authority.answers"
    if not is_trusted:
        status, code = Status.WARNING, "authority.untrusted"
    return Diagnosis(name="authority", status=status, code=code, params=params)


def _clock(offsets_ms: list[int]) -> Diagnosis:
    if not offsets_ms:
        return Diagnosis(name="clock", status=Status.WARNING, code="clock.unknown")
    # One authority that is wrong must not put a right clock in doubt.
    offset_ms = min(offsets_ms, key=abs)
    is_off = abs(offset_ms) > _MAX_OFFSET_MS
    return Diagnosis(
        name="clock",
        status=Status.WARNING if is_off else Status.OK,
        code="clock.off" if is_off else "clock.right",
        params={"offset_s": round(offset_ms / 1000)},
    )


def _wrong(name: str, status: Status, error: EvidenceKitError) -> Diagnosis:
    return Diagnosis(name=name, status=status, code=error.code, params=error.params)
