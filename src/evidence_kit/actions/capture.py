"""capture: a page in a real browser -> one sealed bundle."""

import functools
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Act, Destination, Sealed, begin, seal
from evidence_kit.bundle import layout, tags
from evidence_kit.bundle.text import escape
from evidence_kit.capture import sanity
from evidence_kit.capture.background import Stop
from evidence_kit.capture.request import Capture, CaptureRequest
from evidence_kit.capture.session import capturing
from evidence_kit.model import Captured, Draft, DraftFile, Kind, NotBefore, Observation

INTERRUPT_S = 0.5
"""Ctrl-C reaches the browser, too, and may be told here that much later than its end."""
_LOGGED_IN = Observation(code="logged_in")


class Attendant(msgspec.Struct, frozen=True, kw_only=True):
    """Who attends a capture: what is asked of him, and what he is told."""

    confirm_login: Callable[[], None] | None = None
    """With `request.login`: returns when the user has logged in."""
    offer_login: Callable[[], bool] | None = None
    """Asked where the site wanted a login, before anything is sealed; True throws that page
    away and captures again with `request.login`."""
    before_visit: Callable[[], None] | None = None
    """Called right before the site is asked for the page."""
    progress: Callable[[str], None] | None = None
    """Told the name of each stage as it begins."""
    stop: Stop | None = None
    """Lets another thread give the capture up, until the bundle is being sealed."""


_NOBODY = Attendant()


def capture_page(
    request: CaptureRequest,
    destination: Destination,
    *,
    kit: Kit,
    label: str | None = None,
    attendant: Attendant = _NOBODY,
) -> Sealed:
    """Capture a page and seal what came, together with all that went wrong.

    A page that does not come at all is sealed as an attempt. Where an authority answers, a
    token from before the page was asked for proves that the bundle was sealed after it.

    Args:
        request: the page, and how it is captured.
        destination: a case or a file that does not exist yet.
        kit: keys, authorities, roots.
        label: what the user calls the page; None takes its address.

    Raises:
        UsageError: the address is no plain web address.
        Stopped: the capture was given up; nothing is sealed.
        CaptureError: there is no browser, or it breaks.
        InputError, SealError, CaseError, SigningKeyError: see `seal`.
    """
    request.check()
    act = begin(destination, kit)
    with (
        tempfile.TemporaryDirectory(prefix="evidence-kit-") as temporary,
        ThreadPoolExecutor(max_workers=1) as pool,
        ExitStack() as running,
    ):
        folder = Path(temporary)
        # The authority answers while the browser starts.
        coming = pool.submit(_stamp_before, request.url, destination, act, kit, folder)

        start = functools.partial(
            capturing,
            before_navigation=functools.partial(_before_navigation, coming, attendant),
            confirm_login=attendant.confirm_login,
            progress=attendant.progress,
            clock=kit.now,
            stop=attendant.stop,
        )
        capture, request = _come_by(request, folder, start, running, attendant.offer_login)
        if attendant.stop and (capture.is_attempt or capture.origin.missing):
            attendant.stop.sleep(INTERRUPT_S)
        if attendant.progress:
            attendant.progress("seal")
        origin = _origin(capture, request)
        sealed = seal(
            [_draft(capture, origin, label)],
            destination,
            kit=kit,
            act=act,
            record=(*capture.record, *coming.result().files),
            browser=capture.browser,
        )
    return _with_observations(sealed, origin)


def _before_navigation(coming: "Future[_Before]", attendant: Attendant) -> int | None:
    """Wait for the authority and the user's turn; the authority's clock minus the machine's."""
    before = coming.result()
    if attendant.before_visit:
        attendant.before_visit()
    return before.offset_ms


def _come_by(
    request: CaptureRequest,
    folder: Path,
    start: Callable[[CaptureRequest, Path], AbstractContextManager[Capture]],
    running: ExitStack,
    offer_login: Callable[[], bool] | None,
) -> tuple[Capture, CaptureRequest]:
    """The page, captured once more with a login where the user wants that; and how it was."""

    def capture_into(name: str, request: CaptureRequest) -> Capture:
        (folder / name).mkdir()
        return running.enter_context(start(request, folder / name))

    capture = capture_into("first", request)
    if offer_login and _is_walled(capture, request) and offer_login():
        running.close()
        request = msgspec.structs.replace(request, login=True)
        capture = capture_into("logged-in", request)
    return capture, request


def _is_walled(capture: Capture, request: CaptureRequest) -> bool:
    """Whether a login might help; in the user's own browser there is no window to open."""
    is_wall = any(seen.code == "login.wall" for seen in capture.origin.sanity)
    return is_wall and not request.login and not request.attach


def _with_observations(sealed: Sealed, origin: Captured) -> Sealed:
    doubts = tuple(filter(sanity.is_doubt, origin.sanity))
    notes = tuple(seen for seen in origin.sanity if seen not in doubts)
    return msgspec.structs.replace(
        sealed, shortfalls=(*doubts, *origin.missing), notes=(*notes, *origin.redacted)
    )


def _origin(capture: Capture, request: CaptureRequest) -> Captured:
    """The page's origin, saying of a logged-in one that it shows an account."""
    if not (request.login or request.session_path or request.attach):
        return capture.origin
    redacted = (*capture.origin.redacted, _LOGGED_IN)
    return msgspec.structs.replace(capture.origin, redacted=redacted)


def _draft(capture: Capture, origin: Captured, label: str | None) -> Draft:
    return Draft(
        kind=Kind.ATTEMPT if capture.is_attempt else Kind.PAGE,
        label=escape(label or urlsplit(origin.url).netloc),
        origin=origin,
        files=capture.files,
    )


class _Before(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking authorities before the page is asked for."""

    files: tuple[DraftFile, ...] = ()
    """not-before.json and a token over it; nothing where no authority answers."""
    offset_ms: int | None = None
    """The authority's clock minus the machine's, at half of the delay."""


def _stamp_before(url: str, destination: Destination, act: Act, kit: Kit, folder: Path) -> _Before:
    """Get a token over not-before.json."""
    if not kit.endpoints:
        return _Before()
    case = destination if isinstance(destination, Case) else None
    last = case.newest(case.links()) if case else None
    statement = NotBefore(
        nonce=kit.new_id(),
        id=act.id,
        case_id=case.id if case else None,
        previous=last.as_previous() if last else None,
        url=url,
        signer_sha256=act.key.certificate_sha256,
    )
    content = tags.encode_json(statement)
    asked_at = kit.now()
    replies = kit.request_tokens(content)
    reply = next((reply for reply in replies if reply.tsr is not None), None)
    if reply is None or reply.tsr is None:
        return _Before()
    written = []
    for path, data, media_type in (
        (layout.NOT_BEFORE, content, "application/json"),
        (layout.NOT_BEFORE_TOKEN, reply.tsr, "application/timestamp-reply"),
    ):
        source = folder / Path(path).name
        source.write_bytes(data)
        written.append(DraftFile(path=path, source=str(source), media_type=media_type))
    return _Before(files=tuple(written), offset_ms=reply.offset_ms(asked_at))
