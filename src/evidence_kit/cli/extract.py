"""Unpacking a bundle for `show --extract`."""

import os
import shutil
import tempfile
from pathlib import Path

from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.source import ZipSource
from evidence_kit.errors import InputError


def extract_bundle(bundle: Bundle, parent: Path) -> Path:
    """Unpack a bundle into a new folder of its own; gives that folder.

    Args:
        bundle: open, and a zip.
        parent: made where it is not there.

    Raises:
        InputError: "extract.exists", or "extract.folder" where it is unpacked already.
        Fault: a name in it could lead out of the folder, or a member is damaged.
        OSError: it can't be written; nothing is left.
    """
    if not isinstance(bundle.source, ZipSource):
        raise InputError("extract.folder", path=str(bundle.path))
    for path in (bundle.top, *bundle.sizes):
        layout.require_name(path)
    layout.require_distinct(bundle.sizes)
    folder = parent / bundle.top
    if folder.exists():
        raise InputError("extract.exists", path=str(folder))
    parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=parent, prefix=".extract-"))
    try:
        for path in bundle.sizes:
            target = temporary / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                out.writelines(bundle.source.pieces(path))
        temporary.chmod(0o755)
        os.replace(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return folder
