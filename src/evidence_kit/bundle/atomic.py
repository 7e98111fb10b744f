"""A file that appears under its name whole, or not at all."""

import contextlib
import os
from pathlib import Path
from types import TracebackType

from evidence_kit.errors import SealError

TEMPORARY_SUFFIX = ".sealing"


class AtomicFile:
    """A new file, written under a temporary name beside its final one.

    Leaving the `with` block without `publish` removes it. A process that is killed leaves
    at most the temporary file, which nobody takes for a bundle.

    Raises:
        SealError: the folder can't be written to.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f".{os.urandom(8).hex()}{TEMPORARY_SUFFIX}"
        self.offset = 0
        try:
            self._descriptor = os.open(
                self.path,
                os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0),
                0o666,
            )
        except OSError as error:
            raise SealError("seal.folder", path=str(folder), detail=error.strerror or "") from error
        self._is_open = True

    def __enter__(self) -> "AtomicFile":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        # The temporary name is gone where publish() moved it.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)

    def write(self, content: bytes | memoryview) -> None:
        """Append."""
        view = memoryview(content)
        while view:
            count = os.write(self._descriptor, view)
            self.offset += count
            view = view[count:]

    def rewrite(self, content: bytes, offset: int) -> None:
        """Write over bytes that were written before."""
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        end, self.offset = self.offset, offset
        self.write(content)
        self.offset = end
        os.lseek(self._descriptor, end, os.SEEK_SET)

    def sync(self) -> None:
        """Bring every byte to the disk and close the file for writing."""
        os.fsync(self._descriptor)
        self._close()

    def publish(self, path: Path, *, replace: bool) -> None:
        """Give the file its name.

        Args:
            path: in the same folder.
            replace: False refuses to take the name of an existing file.

        Raises:
            SealError: "seal.exists".
        """
        if replace:
            os.replace(self.path, path)
        else:
            self._link(path)
        try:
            _sync_folder(path.parent)
        except OSError:
            # What the next power cut may take away has not been written.
            if not replace:
                os.unlink(path)
            raise

    def _link(self, path: Path) -> None:
        try:
            os.link(self.path, path)
        except FileExistsError:
            raise SealError("seal.exists", path=str(path)) from None
        except OSError:
            # FAT and some network file systems have no links: look, then rename.
            if path.exists():
                raise SealError("seal.exists", path=str(path)) from None
            os.rename(self.path, path)

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            os.close(self._descriptor)


def _sync_folder(folder: Path) -> None:
    # Windows can't open a folder, and has no need to.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
