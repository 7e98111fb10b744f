"""What is made from an original and sealed beside it: a folder of its own for each item."""

from pathlib import Path

from evidence_kit.bundle import layout
from evidence_kit.model import DraftFile, Maker, Role


def derived_file(source: Path, media_type: str, *, original: str, by: Maker) -> DraftFile:
    """A file that was made from an original.

    Args:
        source: its bytes; the folder that it lies in is named by the number of the item.
        original: path of the original in the bundle.
        by: what made it.
    """
    return DraftFile(
        path=f"{layout.DATA}derived/{source.parent.name}/{source.name}",
        source=str(source),
        media_type=media_type,
        role=Role.DERIVED,
        from_=(original,),
        by=by,
    )
