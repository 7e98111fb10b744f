"""Sessions of sites that the user has logged in to: kept on this machine, never in a bundle."""

import contextlib
import json
import os
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from evidence_kit.bundle.text import escape, is_safe_text
from evidence_kit.errors import CaptureError, UsageError, closest

MAX_SESSION_BYTES = 8 << 20
_NAME = re.compile(r"\w[\w.-]{0,63}")


class _Cookie(msgspec.Struct, frozen=True, kw_only=True):
    value: str
    domain: str
    expires: float
    """Seconds since 1970; -1 where the browser would forget it when it ends."""


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    value: str


class _Origin(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    origin: str
    local_storage: tuple[_Entry, ...]


class _State(msgspec.Struct, frozen=True, kw_only=True):
    cookies: tuple[_Cookie, ...]
    origins: tuple[_Origin, ...]


class SavedSession:
    """What keeps a browser logged in: cookies and local storage. A credential.

    Args:
        state: as Playwright's `storage_state` gives it.

    Raises:
        ValueError: it is not of that form.
    """

    def __init__(self, state: Any) -> None:
        self._parsed = msgspec.convert(state, _State)
        self.state: dict[str, Any] = state
        """To be handed to a new browser context."""

    def __repr__(self) -> str:
        return f"SavedSession(sites={self.sites!r})"  # and none of the values

    @property
    def sites(self) -> tuple[str, ...]:
        """The hosts that it holds something of, sorted."""
        hosts = {cookie.domain.lstrip(".") for cookie in self._parsed.cookies}
        hosts |= {one.origin.partition("://")[2] for one in self._parsed.origins}
        return tuple(sorted(map(escape, hosts)))

    @property
    def is_empty(self) -> bool:
        """Nothing is in it, so it can't keep anybody logged in."""
        return not self._parsed.cookies and not self._has_storage

    def is_expired(self, now: datetime) -> bool:
        """Nothing in it is still good, as far as can be told without the site."""
        is_alive = any(
            one.expires < 0 or one.expires > now.timestamp() for one in self._parsed.cookies
        )
        return not is_alive and not self._has_storage

    @property
    def cookie_values(self) -> tuple[str, ...]:
        """Secrets."""
        return tuple(one.value for one in self._parsed.cookies)

    @property
    def storage_values(self) -> tuple[str, ...]:
        """Secrets."""
        return tuple(entry.value for one in self._parsed.origins for entry in one.local_storage)

    @property
    def _has_storage(self) -> bool:
        return any(one.local_storage for one in self._parsed.origins)


class SessionStore:
    """The saved sessions: one JSON file each, readable by its owner alone.

    Args:
        folder: made when the first session is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """The names of all sessions, sorted."""
        found = (path.stem for path in self._folder.glob("*.json"))
        return tuple(sorted(name for name in found if _is_name(name)))

    def path(self, name: str) -> Path:
        """Where the session of that name stands, if it is there.

        Raises:
            UsageError: "session.name".
        """
        if not _is_name(name):
            raise UsageError("session.name", name=escape(name))
        return self._folder / f"{name}.json"

    def saved_at(self, name: str) -> datetime:
        """When it was saved, aware UTC.

        Raises:
            CaptureError: "session.missing".
        """
        try:
            return datetime.fromtimestamp(self.path(name).stat().st_mtime, UTC)
        except OSError as error:
            raise self._missing(name) from error

    def load(self, name: str) -> SavedSession:
        """A saved session.

        Raises:
            UsageError: "session.name".
            CaptureError: "session.missing", "session.unreadable".
        """
        path = self.path(name)
        if not path.is_file():
            raise self._missing(name)
        return read_session(path)

    def save(self, name: str, session: SavedSession) -> Path:
        """Keep a session, in the place of an older one of the same name.

        Raises:
            UsageError: "session.name".
            CaptureError: "session.unwritable".
        """
        path = self.path(name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            _replace(path, json.dumps(session.state, ensure_ascii=False).encode())
        except OSError as error:
            raise CaptureError(
                "session.unwritable", detail=error.strerror or "", path=str(path)
            ) from error
        return path

    def forget(self, name: str) -> None:
        """Delete a session.

        Raises:
            UsageError: "session.name".
            CaptureError: "session.missing", "session.unwritable".
        """
        path = self.path(name)
        try:
            path.unlink()
        except FileNotFoundError:
            raise self._missing(name) from None
        except OSError as error:
            raise CaptureError(
                "session.unwritable", detail=error.strerror or "", path=str(path)
            ) from error

    def _missing(self, name: str) -> CaptureError:
        names = self.names()
        if not names:
            return CaptureError("session.none", name=name)
        return CaptureError("session.missing", name=name, suggestion=closest(name, names))


def read_session(path: Path) -> SavedSession:
    """The session in a file.

    Raises:
        CaptureError: "session.unreadable".
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SESSION_BYTES + 1)
        if len(content) > MAX_SESSION_BYTES:
            raise ValueError("too long")
        return SavedSession(msgspec.json.decode(content))
    except (OSError, ValueError, RecursionError) as error:
        # the words of a decoding error may repeat what stands in the file
        raise CaptureError("session.unreadable", path=str(path)) from error


def _is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and is_safe_text(name)


def _replace(path: Path, content: bytes) -> None:
    """Atomically; mkstemp makes the file for its owner alone."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
