"""Mutations that keep enough of the form to get past the first check.

Each takes the bytes, a source of chance, and `havoc`, which changes bytes blindly (libFuzzer's
own, guided by comparisons it has seen, or `blind` below). Bytes that are not of the form are
left to `havoc`.
"""

import hashlib
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests import forge, rawzip
from tests.fuzz import der_tree, workshop
from tests.fuzz.der_tree import Node
from tests.fuzz.tokens import stamp

Havoc = Callable[[bytes], bytes]
Mutator = Callable[[bytes, random.Random, Havoc], bytes]

_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
_TAGS = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x18, 0x30, 0x31, 0x80, 0xA0, 0xA1)
_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**53, 2**53 + 1, 10**30, "", "x" * 300, "\x00", "\u202e", [], {}, [[]],
)  # fmt: skip
_TEXT = (b"\n", b"\r\n", b"  ", b"\x00", b"\t", b"\xff", b"0", b"-", b"/", b"..", b'"', b"{", b"[")


def blind(rng: random.Random, max_bytes: int) -> Havoc:
    """A havoc without libFuzzer: flips, numbers, pieces cut, doubled and moved."""

    def change(data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            at = rng.randint(0, len(changed))
            match rng.randrange(7):
                case 0 | 1 if at < len(changed):
                    changed[at] ^= 1 << rng.randrange(8)
                case 2 if at < len(changed):
                    changed[at] = rng.choice(_NUMBERS) & 0xFF
                case 3:
                    size = rng.choice((2, 4, 8))
                    number = rng.choice(_NUMBERS).to_bytes(8, "little")
                    changed[at : at + size] = number[:size]
                case 4:
                    del changed[at : at + rng.choice((1, 2, 4, 16, 64))]
                case 5:
                    begin = rng.randint(0, len(changed))
                    changed[at:at] = changed[begin : begin + rng.choice((1, 4, 16, 64))]
                case _:
                    changed[at:at] = rng.randbytes(rng.choice((1, 2, 4)))
        return bytes(changed[:max_bytes])

    return change


def text(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """Lines moved, doubled, dropped; a character that is read in two ways put somewhere."""
    lines = data.split(b"\n")
    match rng.randrange(6):
        case 0:
            rng.shuffle(lines)
        case 1:
            lines.insert(rng.randint(0, len(lines)), rng.choice(lines))
        case 2:
            del lines[rng.randrange(len(lines))]
        case 3:
            at = rng.randint(0, len(data))
            return data[:at] + rng.choice(_TEXT) + data[at:]
        case 4:
            at = rng.randrange(len(lines))
            lines[at] = havoc(lines[at])
        case _:
            return havoc(data)
    return b"\n".join(lines)


def json_text(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """A value, a key or the spelling of JSON changed; it stays JSON more often than not."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return havoc(data)
    places = list(_places(tree))
    if not places or rng.random() < 0.15:
        return havoc(data)
    parent, key = rng.choice(places)
    kind = rng.randrange(8)
    if kind == 0:
        return _spelt_otherwise(data, rng)
    if kind == 1 and isinstance(parent, dict):
        return _with_key_twice(tree, parent, key, rng)
    value = parent[key]
    if kind == 2:
        del parent[key]
    elif kind == 3 and isinstance(parent, list):
        parent.append(value)
    elif kind == 4:
        parent[key] = rng.choice((rng.choice(places)[0], value))
    elif kind == 5 and isinstance(parent, dict):
        parent[rng.choice(("extensions", "critical", "by", "from", "x", ""))] = value
    elif isinstance(value, str) and kind == 6:
        parent[key] = havoc(value.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
    else:
        parent[key] = rng.choice(_VALUES)
    try:
        return (json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return havoc(data)  # a tree that holds itself


def _places(tree: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict | list):
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            found += [(node, key) for key in keys]
            stack += [node[key] for key in keys]
    return found


def _spelt_otherwise(data: bytes, rng: random.Random) -> bytes:
    """Bytes that some readers take for the same text, and some do not."""
    old, new = rng.choice(
        (
            (b"{", b"{ "), (b'"', b"'"), (b"}", b",}"), (b"null", b"NaN"), (b"1", b"1e0"),
            (b"1", b"01"), (b"e", b"\\u0065"), (b"/", b"\\/"), (b":", b": \x0b"), (b"{", b"{/**/"),
            (b"a", b"\\u0000"), (b"a", b"\xc1\xa1"), (b"1", b"1.0"), (b"0", b"-0"),
            (b"a", b"\\ud800"), (b"{", b"\xef\xbb\xbf{"), (b"[", b"[" * 40), (b"1", b"9" * 400),
        )
    )  # fmt: skip
    spots = [at for at in range(len(data)) if data.startswith(old, at)]
    if not spots:
        return data
    at = rng.choice(spots)
    return data[:at] + new + data[at + len(old) :]


def _with_key_twice(tree: Any, parent: dict[str, Any], key: str, rng: random.Random) -> bytes:
    """The same key again, with the same value or another."""
    value = rng.choice((parent[key], rng.choice(_VALUES)))
    parent["\x01mark"] = value
    written = json.dumps(tree, ensure_ascii=False, indent=2) + "\n"
    return written.replace('"\\u0001mark"', json.dumps(key)).encode("utf-8", "replace")


def der(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """One element changed, moved or nested, with all lengths true again."""
    try:
        tree = der_tree.parse(data)
    except ValueError:
        return havoc(data)
    if rng.random() < 0.1:
        return havoc(data)
    _change_tree(tree, rng, havoc)
    return tree.dump()


def _change_tree(tree: Node, rng: random.Random, havoc: Havoc) -> None:
    nodes = list(tree.walk())
    node, other = rng.choice(nodes), rng.choice(nodes)
    kind = rng.randrange(9)
    if kind == 0:
        node.tag = rng.choice(_TAGS) if rng.random() < 0.7 else rng.randrange(256)
    elif kind == 8:
        node.excess = rng.choice((1, 1, 2, 4))
    elif kind == 1 and node.children:
        node.children.pop(rng.randrange(len(node.children)))
    elif kind == 2 and node.children and node not in other.walk():
        node.children.insert(rng.randint(0, len(node.children)), other)
    elif kind == 3 and node.children:
        rng.shuffle(node.children)
    elif kind == 4 and node.children:
        node.children.append(rng.choice(node.children))
    elif kind == 5 and not node.is_parent:
        node.content = rng.choice((b"", b"\x00", b"\x00" + node.content, node.content * 2))
    elif not node.is_parent:
        # An OCTET STRING holds a structure of its own more often than not.
        node.content = der(node.content, rng, havoc) if kind == 6 else havoc(node.content)
    else:
        leaves = [child for child in nodes if not child.is_parent]
        if leaves:
            leaf = rng.choice(leaves)
            leaf.content = havoc(leaf.content)


def token(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """A token changed; every second one is signed again by the authority that forges."""
    if rng.random() < 0.3:
        changed = _with_other_statement(data, rng, havoc)
    else:
        changed = der(data, rng, havoc)
    return _signed(changed, rng, workshop.FORGER_AUTHORITY, der_tree.sign_again)


def _with_other_statement(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """What the token says changed, and nothing that protects it."""
    try:
        tree = der_tree.parse(data)
        encapsulated = tree.children[1].children[1].children[0].children[2]
        holder = encapsulated.children[1].children[0]
    except (ValueError, IndexError):
        return data
    holder.content = der(holder.content, rng, havoc)
    return tree.dump()


def signature(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """A signature changed; every second one is signed again with the key of the forger."""
    return _signed(der(data, rng, havoc), rng, workshop.FORGER_SIGNER, der_tree.sign_again)


def revocation_list(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """A list changed; every second one is signed again by the forger's authority."""
    return _signed(der(data, rng, havoc), rng, workshop.FORGER_CA, der_tree.sign_list_again)


def _signed(
    changed: bytes,
    rng: random.Random,
    signer: workshop.Party,
    sign: Callable[[Node, workshop.Party], None],
) -> bytes:
    """The same, signed again every second time."""
    if rng.random() < 0.5:
        return changed
    try:
        tree = der_tree.parse(changed)
        sign(tree, signer)
        return tree.dump()
    except (ValueError, IndexError, StopIteration):
        return changed


def container(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """The records of a zip changed one by one, contradictions between them included."""
    try:
        entries = rawzip.entries_of(data)
    except Exception:  # zipfile lets nearly anything out where it is given hostile bytes
        return havoc(data)
    if not entries or rng.random() < 0.3:
        return havoc(data)
    if rng.random() < 0.3:
        entries = [rawzip.deflated(entry) if rng.random() < 0.5 else entry for entry in entries]
    for _ in range(rng.choice((0, 1, 1, 2))):
        at = rng.randrange(len(entries))
        entries[at : at + 1] = _changed_entry(entries[at], rng, havoc)
    options: dict[str, Any] = {}
    if rng.random() < 0.2:
        name = rng.choice(("prefix", "gap", "gap_behind", "comment"))
        options[name] = rng.choice((b"x", b"PK\x05\x06", b"PK\x03\x04" + bytes(26)))
    if rng.random() < 0.2:
        fields = rng.sample(("count", "length", "start", "disk"), rng.randint(0, 2))
        options["end"] = {name: rng.choice(_NUMBERS) & 0xFFFF for name in fields}
        options["wide"] = rng.choice((None, {}, dict.fromkeys(fields, rng.choice(_NUMBERS))))
    return rawzip.raw_zip(entries, **options)


def _changed_entry(entry: rawzip.Entry, rng: random.Random, havoc: Havoc) -> list[rawzip.Entry]:
    told: dict[str, Any] = {
        "name": lambda: havoc(entry.name)[:300],
        "raw": lambda: havoc(entry.raw),
        "size": lambda: rng.choice(_NUMBERS),
        "stored": lambda: rng.choice(_NUMBERS),
        "crc": lambda: rng.choice(_NUMBERS),
        "method": lambda: rng.choice((0, 8, 9, 12)),
        "flags": lambda: 1 << rng.randrange(16),
        "extra": lambda: rng.choice((
            b"\x01\x00\x10\x00" + bytes(16), b"\x55\x54\x05\x00\x03abcd", b"\x0a\x00\x00\x00",
            b"\x75\x70\x02\x00\x01x", havoc(entry.extra)[:100],
        )),
        "comment": lambda: b"c",
        "made_by": lambda: rng.choice((0, 0x0314, 0x0A3F)),
        "attributes": lambda: rng.choice((0, 0o120777 << 16, 0o40755 << 16, 0o644 << 16, 0x10)),
        "offset": lambda: rng.choice(_NUMBERS),
        "behind": lambda: rng.choice((b"x", b"PK\x07\x08" + bytes(12), bytes(12))),
        "is_listed": lambda: False,
        "is_written": lambda: False,
    }  # fmt: skip
    name = rng.choice([*told, "twice", "folder", "descriptor", "local"])
    if name == "twice":
        return [entry, entry]
    if name == "folder":
        folder = entry.name.rpartition(b"/")[0] + b"/"
        return [rawzip.Entry(name=folder, raw=b"", attributes=0o40755 << 16), entry]
    if name == "descriptor":
        size = len(entry.raw) if entry.size is None else entry.size
        crc = zlib.crc32(entry.raw) if entry.crc is None else entry.crc
        numbers = (crc, len(entry.raw), size)
        behind = b"PK\x07\x08" * rng.randrange(2) + b"".join(
            n.to_bytes(4, "little") for n in numbers
        )
        local = {"crc": 0, "size": 0, "stored": 0} if rng.random() < 0.8 else {}
        return [replace(entry, flags=8, behind=behind, local=local)]
    if name == "local":
        field = rng.choice(("name", "size", "stored", "crc", "method", "flags", "extra"))
        return [replace(entry, local={**entry.local, field: told[field]()})]
    return [replace(entry, **{name: told[name]()})]


def bundle(data: bytes, rng: random.Random, havoc: Havoc) -> bytes:
    """A file of a bundle changed, and as much of what covers it made to fit as the forger cares."""
    if rng.random() < 0.15:
        return container(data, rng, havoc)
    try:
        top, files = forge.explode(data)
    except Exception:  # zipfile lets nearly anything out where it is given hostile bytes
        return havoc(data)
    if not files:
        return havoc(data)
    path = rng.choice(sorted(files))
    kind = rng.randrange(12)
    if kind == 0:
        del files[path]
    elif kind <= 2:
        files[rng.choice(_PATHS)] = files[path]
    elif kind == 3:
        files[havoc(path.encode()).decode("ascii", "replace") or "x"] = files.pop(path)
    else:
        files[path] = _by_kind(path)(files[path], rng, havoc)
    _fit(files, rng)
    try:
        return forge.canonical_zip(top, files)
    except (ValueError, UnicodeError):
        return havoc(data)


_PATHS = (
    "data/files/0009-x.txt", "data/x", "proof/signature.p7s.1.tsr", "proof/signature.p7s.99.tsr",
    "proof/other/x", "proof/certs/" + "0" * 64 + ".der", "proof/crl/" + "0" * 64 + ".crl",
    "proof/renewal-0001/cover.sha512", "proof/renewal-0001/cover.sha512.0.tsr", "stray.txt",
    "data/not-before.json", "data/not-before.tsr", "data/note/included.txt", "proof/signer.pem",
)  # fmt: skip


def _by_kind(path: str) -> Mutator:
    if path.endswith(".json"):
        return json_text
    if path.endswith(".tsr"):
        return token
    if path.endswith(".p7s"):
        return signature
    if path.endswith(".crl"):
        return revocation_list
    if path.endswith(".der"):
        return der
    return text


def renew(
    files: dict[str, bytes],
    authority: workshop.Party = workshop.FORGER_AUTHORITY,
    *,
    number: int = 1,
    gen_time: datetime = workshop.NOW,
) -> None:
    """Add a renewal: a true list of every file there is, and a token over it."""
    folder = f"proof/renewal-{number:04d}/"
    paths = [path for path in files if not path.startswith(f"{folder}cover")]
    cover = "".join(
        f"{hashlib.sha512(files[path]).hexdigest()}  {path}\n" for path in sorted(paths)
    ).encode("utf-8", "replace")
    files[f"{folder}cover.sha512"] = cover
    files[f"{folder}cover.sha512.0.tsr"] = stamp(
        cover, authority, gen_time=gen_time, digest="sha512"
    )


def _fit(files: dict[str, bytes], rng: random.Random) -> None:
    """Make digests, signature and token true again, up to some step."""
    steps = rng.choice((0, 0, 1, 2, 3, 4, 4))
    try:
        if steps == 4:
            evidence = json.loads(files["evidence.json"])
            evidence["signer_sha256"] = workshop.FORGER_SIGNER.signing_key.certificate_sha256
            told = json.dumps(evidence, ensure_ascii=False, indent=2) + "\n"
            files["evidence.json"] = told.encode("utf-8", "replace")
            if rng.random() < 0.8:
                files["bag-info.txt"] = forge.bag_info(evidence)
        if steps >= 1 and rng.random() < 0.9:
            paths = [path for path in files if path.startswith("data/")]
            files[forge.MANIFEST] = forge.manifest(files, paths)
        if steps >= 2:
            files[forge.TAGMANIFEST] = forge.manifest(files, forge.TAGS)
        if steps >= 3:
            workshop.sign_bundle(files, workshop.FORGER_SIGNER)
        if steps == 4 and rng.random() < 0.8:
            files[forge.TOKEN] = stamp(files[forge.SIGNATURE], workshop.FORGER_AUTHORITY)
        if rng.random() < 0.4:
            renew(files, number=rng.choice((1, 1, 2)))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return  # what is needed for the next step is no longer there
