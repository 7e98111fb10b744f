"""Pack a WARC as WACZ 1.1.1 (specs.webrecorder.net/wacz/1.1.1), which players open as it is."""

import hashlib
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from evidence_kit.crypto.digest import sha256_hex, sha256_of_file
from evidence_kit.webarchive.cdxj import index_warc

_WARC = "archive/data.warc.gz"
_INDEX = "indexes/index.cdx"
_PAGES = "pages/pages.jsonl"
_PIECE = 1 << 20


class ArchivedPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page at which a player begins."""

    url: str
    title: str
    started_at: datetime
    """Aware, UTC."""


def write_wacz(path: Path, warc: Path, *, page: ArchivedPage, software: str) -> None:
    """Pack a WARC with its index and one page; the same input gives the same bytes.

    Raises:
        OSError: a file can't be read or written.
        ValueError: the WARC can't be indexed.
    """
    members: dict[str, bytes | Path] = {
        _WARC: warc,
        _INDEX: _index(warc),
        _PAGES: _pages(page),
    }
    package = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "software": software,
        "created": _date(page.started_at),
        "mainPageUrl": page.url,
        "mainPageDate": _date(page.started_at),
        "resources": [
            {"name": Path(name).name, "path": name} | _fixity(content)
            for name, content in members.items()
        ],
    }
    described = _json(package)
    members["datapackage.json"] = described
    members["datapackage-digest.json"] = _json(
        {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(described).hexdigest()}"}
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        for name, content in members.items():
            _put(packed, name, content)


def _index(warc: Path) -> bytes:
    """The WARC's CDXJ index, sorted."""
    return index_warc(warc, filename=Path(_WARC).name)


def _pages(page: ArchivedPage) -> bytes:
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    entry = {"id": "1", "url": page.url, "title": page.title, "ts": _date(page.started_at)}
    lines = (json.dumps(line, ensure_ascii=False) for line in (head, entry))
    return "".join(f"{line}\n" for line in lines).encode()


def _fixity(content: bytes | Path) -> dict[str, Any]:
    if isinstance(content, bytes):
        return {"hash": f"sha256:{sha256_hex(content)}", "bytes": len(content)}
    return {"hash": f"sha256:{sha256_of_file(content)}", "bytes": content.stat().st_size}


def _put(packed: zipfile.ZipFile, name: str, content: bytes | Path) -> None:
    # a fixed time and fixed rights; stored, since the WARC is compressed already
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr = 3, 0o100644 << 16
    if isinstance(content, bytes):
        packed.writestr(info, content)
        return
    info.file_size = content.stat().st_size
    with content.open("rb") as source, packed.open(info, "w") as target:
        while piece := source.read(_PIECE):
            target.write(piece)


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
