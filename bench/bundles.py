"""Make what is verified: `python -m bench.bundles FOLDER --count N --size BYTES [--case]`.

In a process of its own, since what it imports would make the measuring one large.
"""

import argparse
import os
from pathlib import Path

from evidence_kit.actions.add import add_files
from evidence_kit.actions.case import create_case
from evidence_kit.actions.kit import Kit
from evidence_kit.crypto.keys import KeyStore
from evidence_kit.trust.anchors import Endpoint, anchors_from_pem
from fixtures.tsa import running_tsa

_BLOCK_BYTES = 1 << 20


def main() -> None:
    """Write files, and seal them with a time stamp: in one bundle, or each in one of a case."""
    parser = argparse.ArgumentParser(prog="python -m bench.bundles", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--size", type=int, required=True, help="bytes of each file")
    parser.add_argument("--case", action="store_true", help="a bundle for each file")
    given = parser.parse_args()
    folder: Path = given.folder
    (folder / "files").mkdir(parents=True)
    paths = [folder / "files" / f"file{number:06d}.bin" for number in range(given.count)]
    for path in paths:
        _write_noise(path, given.size)
    with running_tsa() as tsa:
        (folder / "root.pem").write_bytes(tsa.root_pem.read_bytes())
        kit = Kit(
            keys=KeyStore(folder / "keys"),
            endpoints=(Endpoint(id=tsa.url, url=tsa.url),),
            anchors=anchors_from_pem(tsa.root_pem),
        )
        if given.case:
            case = create_case(folder / "case", facts={"platform": "示例商城"})
            for path in paths:
                add_files([path], case, kit=kit)
        else:
            add_files(paths, folder / "sealed.evidence.zip", kit=kit)


def _write_noise(path: Path, size_bytes: int) -> None:
    """Random bytes, a block of them again and again: digests don't mind."""
    block = os.urandom(min(size_bytes, _BLOCK_BYTES))
    with path.open("wb") as out:
        while (left := size_bytes - out.tell()) > 0:
            out.write(block[:left])


if __name__ == "__main__":
    main()
