"""login: log in to a site once, and keep the session for later captures."""

from collections.abc import Callable
from pathlib import Path

from evidence_kit.capture.browser import find_browser
from evidence_kit.capture.login import log_in
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.capture.sessions import SessionStore


def save_session(
    name: str, request: CaptureRequest, *, store: SessionStore, confirm: Callable[[], None]
) -> Path:
    """Let the user log in in a visible window, and keep what keeps him logged in.

    The password itself goes to the site only; what is kept opens the account to whoever has
    it, for as long as the site lets it.

    Args:
        name: what `CaptureRequest.session` then names.
        request: where to begin, and with which browser.
        store: takes the session, in the place of an older one of that name.
        confirm: returns when the user has logged in.

    Returns:
        The file that holds the session.

    Raises:
        UsageError: the name or the address can't be used.
        CaptureError: no browser, no screen, the window was closed, or nothing came of it.
    """
    store.path(name)
    request.check()
    session = log_in(request, find_browser(request.browser_path), confirm)
    return store.save(name, session)
