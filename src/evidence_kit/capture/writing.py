"""Write what was captured to the disk, and say so where that is full."""

from pathlib import Path

from evidence_kit.errors import CaptureError


def write_file(path: Path, body: bytes) -> None:
    """Write a new file.

    Raises:
        CaptureError: "capture.unwritable".
    """
    try:
        path.write_bytes(body)
    except OSError as error:
        raise CaptureError(
            "capture.unwritable", detail=error.strerror or "?", path=str(path.parent)
        ) from error
