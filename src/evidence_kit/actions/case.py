"""A case: a plain folder of bundles plus case.toml, locked while it is written to."""

import contextlib
import itertools
import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from evidence_kit.bundle import layout
from evidence_kit.bundle.atomic import TEMPORARY_SUFFIX, AtomicFile
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.source import begins_like_bundle
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
        return _bundles_in(self.folder)

    @property
    def included_folder(self) -> Path:
        """Where earlier bundles stand that a sealed note cites."""
        return self.folder / "included"

    def included_paths(self) -> tuple[Path, ...]:
        """The earlier bundles that were brought in, by name."""
        return _bundles_in(self.included_folder)

    def path_for(self, sequence: int, kind: str) -> Path:
        """Where the bundle with this number goes."""
        return self.folder / f"{sequence:04d}-{kind}{layout.SUFFIX}"

    def links(self) -> tuple[Link, ...]:
        """The bundles of the folder as links of a chain, not judged.

        Raises:
            CaseError: "case.damaged": a bundle can't be read, so nothing can be linked to it.
        """
        links = []
        for path in self.bundle_paths():
            try:
                with Bundle(path) as bundle:
                    links.append(read_link(bundle))
            except (Fault, InputError) as error:
                raise CaseError("case.damaged", path=str(path)) from error
        return tuple(links)

    def newest(self, links: Iterable[Link]) -> Link | None:
        """The newest of the case's own bundles; None where there is none yet."""
        own = (link for link in links if link.evidence.case and link.evidence.case.id == self.id)
        return max(own, key=lambda link: link.sequence, default=None)

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


def _bundles_in(folder: Path) -> tuple[Path, ...]:
    """Whatever is called a bundle, and whatever else is a zip that begins like one.

    The name means nothing: a browser or a file manager may have changed it.
    """
    return tuple(
        path
        for path in sorted(folder.glob("*.zip"))
        if path.name.endswith(layout.SUFFIX) or begins_like_bundle(path)
    )


def create_case(
    folder: Path | str,
    *,
    facts: Mapping[str, str],
    now: datetime | None = None,
    new_id: Callable[[], str] = lambda: os.urandom(16).hex(),
) -> Case:
    """Make a new case folder.

    Args:
        folder: must not exist, or be empty.
        facts: what the user says of the case: "platform", "merchant", "order".
        now: aware; None takes the machine's clock.
        new_id: gives 128 random bits as lowercase hex.

    Raises:
        CaseError: "case.exists", "case.is_file", "case.not_empty", or "case.unwritable".
    """
    import tomli_w  # which only a new case needs

    folder = Path(folder)
    if folder.is_file():
        raise CaseError("case.is_file", path=str(folder))
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
        created_at=(now or datetime.now()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        facts={key: value for key, value in facts.items() if value},
    )
    content = {"id": case.id, "created_at": case.created_at, "facts": case.facts}
    with AtomicFile(folder) as out:
        out.write(tomli_w.dumps(content).encode())
        out.sync()
        out.publish(folder / CASE_FILE, replace=False)
    return case


def open_case(folder: Path | str) -> Case:
    """The case in a folder.

    Raises:
        CaseError: "case.missing", "case.elsewhere", "case.none", or "case.malformed".
    """
    folder = Path(folder)
    path = folder / CASE_FILE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert({**content, "folder": folder}, Case)
    except (FileNotFoundError, NotADirectoryError):
        raise _no_case(folder) from None
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise CaseError("case.malformed", path=str(path), detail=str(error)) from error


def _no_case(folder: Path) -> CaseError:
    """That there is no case, and where one is that may have been meant, or can be made."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return CaseError("case.missing", path=str(folder))
    below = sorted(itertools.islice(folder.glob(f"*/{CASE_FILE}"), 100))
    found = next(
        (one for one in (folder.parent, *(path.parent for path in below)) if is_case(one)), None
    )
    if found:
        return CaseError("case.elsewhere", path=str(folder), example=str(found))
    return CaseError("case.none", path=str(folder))


def is_case(folder: Path) -> bool:
    """True where the folder is a case."""
    return (folder / CASE_FILE).is_file()
