"""Names, places and limits inside a bundle (docs/format.md, "Container" and "Names")."""

import itertools
import operator
import re
from collections.abc import Collection, Iterable

from evidence_kit.bundle.text import escape
from evidence_kit.crypto.pem import MAX_CRL_BYTES
from evidence_kit.report import Fault

SUFFIX = ".evidence.zip"
TOP_PREFIX = "bundle-"
DATA = "data/"
PROOF = "proof/"

MANIFEST = "manifest-sha256.txt"
EVIDENCE = "evidence.json"
BAG_INFO = "bag-info.txt"
BAGIT = "bagit.txt"
VERIFY = "VERIFY.txt"
TAGMANIFEST = "tagmanifest-sha256.txt"
TAG_FILES = (MANIFEST, EVIDENCE, BAG_INFO, BAGIT, VERIFY)
"""The files that tagmanifest-sha256.txt lists, in the order of their members."""

SIGNATURE = "proof/signature.p7s"
SIGNER = "proof/signer.pem"
REQUIRED = (*TAG_FILES, TAGMANIFEST, SIGNATURE, SIGNER)

INCLUDED = "data/note/included.txt"
ENVIRONMENT = "data/environment.json"
MARKS = "data/note/marks.json"
NOT_BEFORE = "data/not-before.json"
NOT_BEFORE_TOKEN = "data/not-before.tsr"

MAX_MEMBERS = 200_000
MAX_UNLISTED = 1000
"""Members that the manifest does not list: the tag files, and all proofs together."""
MAX_TEXT_BYTES = 64 << 20
"""Of evidence.json and of each manifest."""
MAX_JSON_DEPTH = 32
MAX_SMALL_BYTES = 64 << 10
"""Of a token, a signature, a certificate."""
MAX_OTHER_BYTES = 1 << 20
MAX_TOKENS = 16
MAX_RENEWALS = 64
MAX_RENEWAL_TOKENS = 4
MAX_CRLS = 64
MAX_CRLS_BYTES = 32 << 20
"""Of all revocation lists together, each of which is parsed."""
MAX_CERTIFICATES = 64
"""Under proof/certs/; every token is judged with each of them at hand."""
MAX_PART_BYTES = 100
MAX_PATH_BYTES = 240
MAX_DEPTH = 10
MAX_SEQUENCE = 999_999_999
"""Of a bundle in its case: nine digits, as many as a receipt has."""

# One part of a path, in small letters: no name of a Windows device, no dot at its end.
_PART = re.compile(
    r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z))"
    rf"[a-z0-9_][a-z0-9._-]{{0,{MAX_PART_BYTES - 1}}}(?<!\.)",
)
_TOKEN = re.compile(r"proof/signature\.p7s\.(0|[1-9][0-9]?)\.tsr")
_CERTIFICATE = re.compile(r"proof/certs/[0-9a-f]{64}\.der")
_RENEWAL_FOLDER = r"proof/renewal-(?!0000)[0-9]{4}/"
_CRL = re.compile(rf"(proof/|{_RENEWAL_FOLDER})crl/[0-9a-f]{{64}}\.crl")
_COVER = re.compile(rf"{_RENEWAL_FOLDER}cover\.sha512")
_COVER_TOKEN = re.compile(rf"{_COVER.pattern}\.(0|[1-9][0-9]?)\.tsr")
_RENEWAL = re.compile(
    rf"{_COVER.pattern}|{_COVER_TOKEN.pattern}|{_RENEWAL_FOLDER}crl/[0-9a-f]{{64}}\.crl"
)
_OTHER = re.compile(r"proof/other/[^/]+")


def max_values(files: int) -> int:
    """How many values evidence.json may hold in a bundle of so many files.

    A file takes some 15; the rest is for what was noticed about a page.
    """
    return 100_000 + 20 * files


def max_evidence_bytes(files: int) -> int:
    """How long evidence.json may be in a bundle of so many files.

    A file that is an item of its own takes some 500 bytes.
    """
    return min(MAX_TEXT_BYTES, (8 << 20) + (files << 10))


def token_path(number: int) -> str:
    """Where the token with this number stands, counted from 0."""
    return f"{SIGNATURE}.{number}.tsr"


def is_token(path: str) -> bool:
    """True for a time-stamp token over the signature."""
    return bool(_TOKEN.fullmatch(path))


def is_certificate(path: str) -> bool:
    """True for a certificate kept beside the proofs."""
    return bool(_CERTIFICATE.fullmatch(path))


def crl_path(sha256: str, renewal: int | None = None) -> str:
    """Where the revocation list with this digest stands, from sealing or from a renewal."""
    folder = PROOF if renewal is None else f"{PROOF}renewal-{renewal:04d}/"
    return f"{folder}crl/{sha256}.crl"


def is_crl(path: str) -> bool:
    """True for a revocation list, whether kept at sealing or by a renewal."""
    return bool(_CRL.fullmatch(path))


def is_renewal(path: str) -> bool:
    """True for a part of a later renewal."""
    return bool(_RENEWAL.fullmatch(path))


def cover_path(number: int) -> str:
    """Where the list of the renewal with this number stands, counted from 1."""
    return f"{PROOF}renewal-{number:04d}/cover.sha512"


def cover_token_path(number: int, token: int) -> str:
    """Where a token over that list stands, counted from 0."""
    return f"{cover_path(number)}.{token}.tsr"


def is_cover(path: str) -> bool:
    """True for a renewal's list of the SHA-512 of every file that it covers."""
    return bool(_COVER.fullmatch(path))


def is_cover_token(path: str) -> bool:
    """True for a time-stamp token over a renewal's list."""
    return bool(_COVER_TOKEN.fullmatch(path))


def renewal_number(path: str) -> int | None:
    """The number of the renewal that a file is a part of; None for every other file."""
    return int(path[len("proof/renewal-") :][:4]) if is_renewal(path) else None


def is_other_proof(path: str) -> bool:
    """True for a proof of a kind that this version does not know."""
    return bool(_OTHER.fullmatch(path))


def is_known_proof(path: str) -> bool:
    """True for a path that may stand under proof/."""
    return path in (SIGNATURE, SIGNER) or any(
        known(path) for known in (is_token, is_certificate, is_crl, is_renewal, is_other_proof)
    )


def max_proof_bytes(path: str) -> int:
    """The largest size that a known proof may have."""
    if path.endswith(".crl"):
        return MAX_CRL_BYTES
    if is_other_proof(path):
        return MAX_OTHER_BYTES
    if path.endswith("cover.sha512"):
        return MAX_TEXT_BYTES
    return MAX_SMALL_BYTES


UNPLACED = 3 + len(TAG_FILES)
"""Place in the canonical order of what has none."""


def member_order(path: str) -> tuple[int, bytes]:
    """Sort key of the canonical order of members.

    Raises:
        ValueError: nothing of this path has a place in a bundle.
    """
    if path.startswith(DATA):
        return 0, path.encode()
    if path.startswith(PROOF):
        return 2 + len(TAG_FILES), path.encode()
    return 1 + (*TAG_FILES, TAGMANIFEST).index(path), b""


def require_name(path: str) -> None:
    """Refuse a path that some system would read as another one.

    Raises:
        Fault: "structure.name".
    """
    if not are_names((path,)):
        raise Fault("structure.name", path=escape(path))


def are_names(paths: Collection[str]) -> bool:
    """True where no system would read one of these paths as another one."""
    text = "/".join(paths)
    if not text.isascii():  # what is not may have small letters that are
        return False
    parts = set(text.lower().split("/"))  # what many have in common is looked at once
    return all(map(_PART.fullmatch, parts)) and all(
        len(path) <= MAX_PATH_BYTES and path.count("/") < MAX_DEPTH for path in paths
    )


def require_distinct(paths: Iterable[str]) -> None:
    """Refuse paths that collide where case does not count, or a file used as a folder.

    Raises:
        Fault: "structure.collision".
    """
    paths = tuple(paths)
    # With a sign for the slash that sorts before all others, a folder stands right before what
    # is in it; to collect the folders of all paths would take many times their memory.
    slashes, signs = itertools.repeat("/"), itertools.repeat("\0")
    ordered = sorted(map(str.replace, map(str.lower, paths), slashes, signs))
    if any(map(operator.eq, ordered, ordered[1:])):
        _refuse_twin(paths)
    begins = map(operator.add, ordered, itertools.repeat("\0"))
    are_folders = map(str.startswith, ordered[1:], begins)
    both = list(itertools.compress(ordered, are_folders))
    if both:
        raise Fault("structure.collision", path=min(both).replace("\0", "/"))


def _refuse_twin(paths: Iterable[str]) -> None:
    seen: set[str] = set()
    for path in paths:
        folded = path.lower()
        if folded in seen:
            raise Fault("structure.collision", path=path)
        seen.add(folded)


def safe_name(name: str, *, number: int) -> str:
    """A portable name for an original that had this name: its number, and what can stay of it."""
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:40]
    extension = re.sub(r"[^A-Za-z0-9]+", "", extension).lower()[:10]
    return f"{number:04d}" + (f"-{stem}" if stem else "") + (f".{extension}" if extension else "")
