"""Bundles forged by hand: what an attacker writes, made to fit as far as he cares to.

Nothing here is built with the code under test, but for the signing itself: a shared
mistake would hide.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.keys import SigningKey
from fixtures.tsa import Recipe, Tsa

DATA = "data/"
MANIFEST = "manifest-sha256.txt"
TAGMANIFEST = "tagmanifest-sha256.txt"
TAGS = (MANIFEST, "evidence.json", "bag-info.txt", "bagit.txt", "VERIFY.txt")
SIGNATURE = "proof/signature.p7s"
SIGNER = "proof/signer.pem"
TOKEN = "proof/signature.p7s.0.tsr"
CHAT = "data/files/0001-chat.txt"
TRANSCRIPT = "data/files/0001-chat.transcript.txt"
PICTURE = "data/files/0002-picture.png"
GOOD = Recipe()

Json = dict[str, Any]


@dataclass(kw_only=True)
class Forge:
    """The files of one bundle, to be changed at will.

    Args:
        top: name of the top folder.
        files: contents by path below it.
        key: the key that sealed the bundle; its owner may be the liar.
        stranger: a key that anyone can make.
        tsa: the authority that readers trust.
    """

    top: str
    files: dict[str, bytes]
    key: SigningKey
    stranger: SigningKey
    tsa: Tsa

    def put(self, path: str, content: bytes) -> "Forge":
        """Add or replace one file, and nothing else."""
        self.files[path] = content
        return self

    def drop(self, *paths: str) -> "Forge":
        """Remove files, and nothing else."""
        for path in paths:
            del self.files[path]
        return self

    def swap(self, old: bytes, new: bytes, *, path: str = "evidence.json") -> "Forge":
        """Replace bytes that occur in one file."""
        assert old in self.files[path], old
        return self.put(path, self.files[path].replace(old, new, 1))

    def tell(self, change: Callable[[Json], object]) -> "Forge":
        """Change evidence.json, and bag-info.txt with it."""
        evidence = json.loads(self.files["evidence.json"])
        change(evidence)
        text = json.dumps(evidence, ensure_ascii=False, indent=2) + "\n"
        self.put("evidence.json", text.encode("utf-8", "surrogatepass"))
        return self.put("bag-info.txt", bag_info(evidence))

    def remanifest(self) -> "Forge":
        """Write the manifest anew."""
        return self.put(MANIFEST, manifest(self.files, [p for p in self.files if p[:5] == DATA]))

    def retag(self) -> "Forge":
        """Write the tagmanifest anew."""
        return self.put(TAGMANIFEST, manifest(self.files, TAGS))

    def resign(self, key: SigningKey | None = None) -> "Forge":
        """Sign anew, and put the signer's certificate in its place."""
        key = key or self.key
        certificate = x509.load_der_x509_certificate(key.certificate_der)
        self.put(SIGNER, certificate.public_bytes(Encoding.PEM))
        # A second signature in the same second is the same one (RFC 6979).
        signed_at = datetime.now(UTC) + timedelta(minutes=1)
        return self.put(SIGNATURE, sign_detached(self.files[TAGMANIFEST], key, signed_at=signed_at))

    def restamp(self, recipe: Recipe = GOOD, *, path: str = TOKEN) -> "Forge":
        """Get a token over the signature as it is now."""
        return self.put(path, self.stamp(self.files[SIGNATURE], recipe))

    def stamp(self, content: bytes, recipe: Recipe = GOOD) -> bytes:
        """A token over anything."""
        return self.tsa.authority.stamp(content, recipe)

    def reseal(self, key: SigningKey | None = None, recipe: Recipe = GOOD) -> "Forge":
        """Tagmanifest, signature and token anew; the manifest stays."""
        return self.retag().resign(key).restamp(recipe)

    def take_over(self) -> "Forge":
        """Make all of it the stranger's, record included."""
        self.tell(lambda told: told.update(signer_sha256=self.stranger.certificate_sha256))
        return self.remanifest().reseal(self.stranger)

    def zip(self) -> bytes:
        """The files as the zip that a bundle must be."""
        return canonical_zip(self.top, self.files)


def explode(content: bytes) -> tuple[str, dict[str, bytes]]:
    """Top folder and files of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (top,) = {name.partition("/")[0] for name in files}
    return top, {name.partition("/")[2]: content for name, content in files.items()}


def order(path: str) -> tuple[int, bytes]:
    """Where a file stands in the canonical order."""
    fixed = (*TAGS, TAGMANIFEST)
    if path in fixed:
        return 1 + fixed.index(path), b""
    return (10 if path.startswith("proof/") else 0), path.encode("utf-8", "surrogateescape")


def canonical_zip(top: str, files: Mapping[str, bytes]) -> bytes:
    """The canonical zip, as Python's own zipfile can be made to write it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files, key=order):
            # 1980-01-01, by Unix, 2.0, stored: the defaults
            member = zipfile.ZipInfo(f"{top}/{path}")
            member.external_attr = 0o100644 << 16
            archive.writestr(member, files[path])
    return buffer.getvalue()


def manifest(files: Mapping[str, bytes], paths: list[str] | tuple[str, ...]) -> bytes:
    """A BagIt manifest of some of the files."""
    lines = (f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(paths))
    return "".join(lines).encode()


def bag_info(evidence: Json) -> bytes:
    """bag-info.txt as it follows from evidence.json."""
    lists = [*(item["files"] for item in evidence["items"]), evidence["record"]["files"]]
    sizes = [entry["size_bytes"] for entries in lists for entry in entries]
    software = evidence["software"]
    return (
        f"Bag-Software-Agent: {software['name']} {software['version']}\n"
        f"Bagging-Date: {evidence['created_at'][:10]}\n"
        f"External-Identifier: bundle-{evidence['id']}\n"
        f"Payload-Oxum: {sum(sizes)}.{len(sizes)}\n"
    ).encode("utf-8", "surrogatepass")
