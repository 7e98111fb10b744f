"""A case: a plain folder of bundles plus case.toml, locked while it is written to."""

import contextlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec
import tomli_w

from evidence_kit.bundle import layout
from evidence_kit.bundle.atomic import TEMPORARY_SUFFIX, AtomicFile
from evidence_kit.bundle.reader import Bundle
from evidence_kit.checks.chain import Link, read_link
from evidence_kit.errors import CaseError, InputError
from evidence_kit.report import Fault

CASE_FILE = "case.toml"
_LOCK_FILE = ".case.lock"
_LOCK_TIMEOUT_S = 120


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case folder."""

    folder: Path
    id: str
    created_at: str
    facts: dict[str, str]
    """What the user says of the case: platform, merchant, order."""

    def bundle_paths(self) -> tuple[Path, ...]:
        """The bundles in the folder, by name."""
        return tuple(sorted(self.folder.glob(f"*{layout.SUFFIX}")))

    @property
    def included_folder(self) -> Path:
        """Where earlier bundles stand that a sealed note cites."""
        return self.folder / "included"

    def included_paths(self) -> tuple[Path, ...]:
        """The earlier bundles that were brought in, by name."""
        return tuple(sorted(self.included_folder.glob(f"*{layout.SUFFIX}")))

    def path_for(self, sequence: int, kind: str) -> Path:
        """Where the bundle with this number goes."""
        return self.folder / f"{sequence:04d}-{kind}{layout.SUFFIX}"

    def last_link(self) -> Link | None:
        """The newest bundle of the case; None where there is none yet.

        Raises:
            CaseError: "case.damaged": a bundle can't be read, so nothing can be linked to it.
        """
        newest: Link | None = None
        for path in self.bundle_paths():
            try:
                with Bundle(path) as bundle:
                    link = read_link(bundle)
            except (Fault, InputError) as error:
                raise CaseError("case.damaged", path=str(path)) from error
            is_own = link.evidence.case is not None and link.evidence.case.id == self.id
            if is_own and (newest is None or link.sequence > newest.sequence):
                newest = link
        return newest

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the case for writing; others wait.

        Raises:
            CaseError: "case.locked": another process has held it for two minutes.
        """
        import filelock

        lock = filelock.FileLock(self.folder / _LOCK_FILE, timeout=_LOCK_TIMEOUT_S)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise CaseError("case.locked", path=str(self.folder)) from None
        except OSError as error:
            raise CaseError(
                "case.unwritable", path=str(self.folder), detail=error.strerror or ""
            ) from error
        try:
            self._remove_leftovers()
            yield
        finally:
            lock.release()

    def _remove_leftovers(self) -> None:
        """Remove what a killed process left; nobody else writes while the lock is held."""
        for path in self.folder.glob(f".*{TEMPORARY_SUFFIX}"):
            path.unlink(missing_ok=True)


def create_case(
    folder: Path, *, facts: Mapping[str, str], now: datetime, new_id: Callable[[], str]
) -> Case:
    """Make a new case folder.

    Raises:
        CaseError: "case.exists", or "case.not_empty", or "case.unwritable".
    """
    if (folder / CASE_FILE).exists():
        raise CaseError("case.exists", path=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CaseError("case.not_empty", path=str(folder))
    except OSError as error:
        raise CaseError("case.unwritable", path=str(folder), detail=error.strerror or "") from error
    case = Case(
        folder=folder,
        id=new_id(),
        created_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        facts={key: value for key, value in facts.items() if value},
    )
    content = {"id": case.id, "created_at": case.created_at, "facts": case.facts}
    with AtomicFile(folder) as out:
        out.write(tomli_w.dumps(content).encode())
        out.sync()
        out.publish(folder / CASE_FILE, replace=False)
    return case


def open_case(folder: Path) -> Case:
    """The case in a folder.

    Raises:
        CaseError: "case.missing", or "case.malformed".
    """
    path = folder / CASE_FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert({**content, "folder": folder}, Case)
    except (FileNotFoundError, NotADirectoryError):
        raise CaseError("case.missing", path=str(folder)) from None
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise CaseError("case.malformed", path=str(path), detail=str(error)) from error


def is_case(folder: Path) -> bool:
    """True where the folder is a case."""
    return (folder / CASE_FILE).is_file()
