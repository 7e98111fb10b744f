"""The tag files: evidence.json, read strictly, and those that follow from it."""

import re
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from evidence_kit.bundle import layout
from evidence_kit.bundle.text import escape, is_safe_text
from evidence_kit.model import FORMAT, Evidence, PlainEvidence
from evidence_kit.report import Fault, Outcome

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_MAX_INTEGER = 2**53
_FORMAT = re.compile(r"evidence-kit/bundle/[0-9]+(-[a-z]+)?")
# What `is_safe_text` refuses beyond ASCII, as UTF-8.
_UNSAFE = re.compile(rb"\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
_T = TypeVar("_T")


@cache
def verify_txt() -> bytes:
    """VERIFY.txt: the same bytes in every bundle of this format version."""
    return (Path(__file__).parent / "VERIFY.txt").read_bytes()


def bag_info(evidence: Evidence) -> bytes:
    """bag-info.txt (RFC 8493 §2.2.2), which says nothing that evidence.json does not."""
    files = evidence.files()
    size = sum(entry.size_bytes for entry in files)
    lines = (
        f"Bag-Software-Agent: {evidence.software.name} {evidence.software.version}",
        f"Bagging-Date: {evidence.created_at[:10]}",
        f"External-Identifier: {layout.TOP_PREFIX}{evidence.id}",
        f"Payload-Oxum: {size}.{len(files)}",
    )
    return "".join(line + "\n" for line in lines).encode()


def encode_json(record: msgspec.Struct) -> bytes:
    """A record of `model` as UTF-8 JSON: fields in their order, indented, final LF."""
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def decode_evidence(content: bytes, *, files: int = layout.MAX_MEMBERS) -> Evidence:
    """evidence.json, judged as the bytes read.

    Args:
        content: the bytes.
        files: of the bundle; the record of a few can't be a long one.

    Raises:
        Fault: "structure.*", or "unsupported.*" (indeterminate) for a later format or an
            unknown critical extension.
    """
    # Tiny values take many times their own size in memory, so they are counted first.
    if content.count(b",") > layout.max_values(files):
        raise Fault("structure.json", path=layout.EVIDENCE, detail="too many values")
    plain = _decode_plain(content)
    if plain:
        return plain
    peeked = _peek_format(content)
    if content.count(b",") > layout.max_values(0):
        # Whatever the kit does not write itself becomes a tree of objects, a hundred times as
        # large; no record of that form needs to be a long one.
        if peeked is not None and peeked != FORMAT and _FORMAT.fullmatch(peeked):
            raise Fault("unsupported.format", Outcome.INDETERMINATE, format=peeked)
        raise Fault("structure.json", path=layout.EVIDENCE, detail="too many values")
    if peeked != FORMAT:
        version = decode_json(content, _Head, path=layout.EVIDENCE).format
        if _FORMAT.fullmatch(version):
            raise Fault("unsupported.format", Outcome.INDETERMINATE, format=version)
        raise Fault("structure.json", path=layout.EVIDENCE, detail="format")
    evidence = decode_json(content, Evidence, path=layout.EVIDENCE)
    critical = (evidence.extensions or {}).get("critical", [])
    if not isinstance(critical, list) or not all(isinstance(name, str) for name in critical):
        raise Fault("structure.json", path=layout.EVIDENCE, detail="extensions.critical")
    if critical:
        raise Fault(
            "unsupported.extension", Outcome.INDETERMINATE, name=", ".join(map(str, critical))
        )
    return evidence


def _decode_plain(content: bytes) -> Evidence | None:
    """evidence.json as the kit writes it; None where it takes a closer look.

    A record that is encoded to the very tokens that were read holds no key twice and nothing
    unknown; then it is enough to know that no text in it is suspicious.
    """
    try:
        evidence = msgspec.json.decode(content, type=PlainEvidence)
        tokens = msgspec.json.encode(evidence)
        is_same = msgspec.json.format(content, indent=-1) == tokens
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
    is_plain = is_same and evidence.format == FORMAT and not _is_suspicious(tokens)
    return Evidence(**msgspec.structs.asdict(evidence)) if is_plain else None


def _is_suspicious(tokens: bytes) -> bool:
    """True where text is or may be unsafe; the type bounds the numbers.

    In what is encoded here, only backslashes, quotes and controls are escaped.
    """
    has_escapes = b"\\" in tokens  # most have none, and a copy of a long one takes time
    return (
        (has_escapes and b"\\" in tokens.replace(rb"\\", b"").replace(rb"\"", b""))
        or b"\x7f" in tokens
        or (not tokens.isascii() and bool(_UNSAFE.search(tokens)))
    )


def decode_json(content: bytes, record: type[_T], *, path: str) -> _T:
    """A record of `model` from JSON, refusing whatever two readers could read differently.

    Raises:
        Fault: "structure.json" (not of its form), "structure.duplicate_key",
            "structure.number", "structure.depth" or "structure.control_character".
    """
    import json

    # The typed reader goes first: it stops at the first thing out of place, so junk
    # never becomes a tree of Python objects many times its size.
    try:
        decoded = msgspec.json.decode(content, type=record)
        tree = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_bounded,
            parse_float=_finite,
            parse_constant=_finite,
        )
    except RecursionError:
        raise Fault("structure.depth", path=path) from None
    except (ValueError, msgspec.MsgspecError) as error:
        raise Fault("structure.json", path=path, detail=escape(str(error))) from None
    except _Refused as refused:
        raise Fault(refused.code, path=path, detail=escape(refused.detail)) from None
    _require_safe(tree, path)
    return decoded


class _Head(msgspec.Struct, frozen=True):
    """The one field of evidence.json that every version has."""

    format: str


def _peek_format(content: bytes) -> str | None:
    """The format's name, read quickly; None where it takes the strict reader to say why not."""
    try:
        return msgspec.json.decode(content, type=_Head).format
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None


class _Refused(Exception):
    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        self.detail = detail[:100]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Refused("structure.duplicate_key", key)
            seen.add(key)
    return members


def _bounded(digits: str) -> int:
    number = int(digits)  # the typed reader has refused what takes long
    if abs(number) > _MAX_INTEGER:
        raise _Refused("structure.number", digits)
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not abs(number) <= _MAX_INTEGER:
        raise _Refused("structure.number", text)
    return number


def _require_safe(tree: Any, path: str) -> None:
    """Refuse control characters in any string, and nesting past the limit."""
    strings: list[str] = []
    stack: list[tuple[Any, int]] = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, str):
            strings.append(node)
        elif isinstance(node, dict | list):
            if depth > layout.MAX_JSON_DEPTH:
                raise Fault("structure.depth", path=path)
            children = [*node.keys(), *node.values()] if isinstance(node, dict) else node
            stack.extend((child, depth + 1) for child in children)
    # One look at all of them together costs a fraction of a look at each.
    if not is_safe_text("".join(strings)):
        unsafe = next(text for text in strings if not is_safe_text(text))
        detail = escape(unsafe[:100])[:100]
        raise Fault("structure.control_character", path=path, detail=detail)
