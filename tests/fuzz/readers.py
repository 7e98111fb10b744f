"""Second readers: what a zip, a manifest and a JSON text say, told without the code under test."""

import hashlib
import io
import json
import re
import zipfile
from typing import Any

from tests.fuzz.guard import require

_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def read_zip(content: bytes) -> list[tuple[str, bytes]]:
    """Names and contents of a zip, as Python's own zipfile reads it; folders left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        require(archive.testzip() is None, "zipfile finds a wrong CRC")
        members = archive.infolist()
        names = [member.filename for member in members]
        require(len(set(names)) == len(names), "zipfile finds a name twice")
        # By info, not by name: a name that stands twice would give the last one twice.
        return [
            (member.filename, archive.read(member)) for member in members if not member.is_dir()
        ]


def read_json(content: bytes) -> Any:
    """Strict JSON: UTF-8, keys unique, no NaN.

    Raises:
        ValueError: it is not.
    """

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    def refuse(text: str) -> Any:
        raise ValueError(text)

    return json.loads(content.decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse)


def without_defaults(tree: Any, *, is_free: bool = False) -> Any:
    """A record of evidence.json without the keys that may be left out and say nothing."""
    if isinstance(tree, list):
        return [without_defaults(child, is_free=is_free) for child in tree]
    if not isinstance(tree, dict):
        return tree
    silent: dict[str, Any] = {
        "from": [],
        "by": None,
        "params": {},
        "next_signer_sha256": None,
        "extensions": None,
    }
    return {
        key: without_defaults(value, is_free=is_free or key in ("extensions", "params"))
        for key, value in tree.items()
        if is_free or key not in silent or value != silent[key]
    }


def require_consistent(content: bytes) -> dict[str, bytes]:
    """The files of a bundle that passed, which a reader of zips, hashes and JSON must confirm."""
    members = read_zip(content)
    tops = {name.partition("/")[0] for name, _ in members}
    require(len(tops) == 1, "more than one top folder")
    files = {name.partition("/")[2]: content for name, content in members}
    evidence = read_json(files["evidence.json"])
    require(tops == {"bundle-" + evidence["id"]}, "the top folder is not the id")
    listed = set()
    for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        for line in files[name].decode("ascii").removesuffix("\n").split("\n"):
            match = _LINE.fullmatch(line)
            if not line and not files[name]:
                continue
            require(match, f"a line of {name} is of another form")
            assert match
            digest = hashlib.sha256(files[match[2]]).hexdigest()
            require(digest == match[1], f"{match[2]} is not what {name} says")
            listed.add(match[2])
    loose = {path for path in files if not path.startswith("proof/")} - listed
    require(loose == {"tagmanifest-sha256.txt"}, f"nothing covers {loose}")
    told = [item["files"] for item in evidence["items"]] + [evidence["record"]["files"]]
    paths = sorted(entry["path"] for entries in told for entry in entries)
    require(paths == sorted(path for path in files if path.startswith("data/")), "files not told")
    return files
