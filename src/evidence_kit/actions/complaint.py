"""The folder of a complaint: what its files are called, and that it is no bundle."""

from pathlib import Path

from evidence_kit.bundle import layout
from evidence_kit.errors import InputError

MANIFEST = "MANIFEST.txt"
SIGNATURE = "MANIFEST.txt.p7s"
SIGNER = "signer.pem"
README = "README.html"
BUNDLES = "bundles"


def refuse_complaint(path: Path) -> None:
    """Refuse the folder of a complaint where a bundle or a case is wanted.

    Raises:
        InputError: "bundle.is_list".
    """
    if (path / MANIFEST).is_file() and not (path / layout.EVIDENCE).is_file():
        raise InputError("bundle.is_list", path=str(path), bundles=str(path / BUNDLES))
