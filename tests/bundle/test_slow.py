"""A bundle made to be slow or large is judged all the same, in bounded time and memory."""

import hashlib
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from evidence_kit.bundle import layout, manifest, tags, zipform
from tests.build import make_kit, seal_items
from tests.forge import explode

CPU_S = 3
"""Twice what the worst takes on a busy machine, where all of it is to take 2 s on a quiet one."""
MEMORY_MIB = 200
MOST = layout.max_evidence_bytes(0)
CHILD = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.checks.expectations import Expectations
report = verify_bundle(sys.argv[1], Expectations())
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps({
    "codes": sorted({f.code for f in report.findings}),
    "details": [str(f.params.get("detail")) for f in report.findings],
    "peak_mib": int(status["VmHWM"].split()[0]) // 1024,
}))
"""
# The peak of a process of its own is read where Linux keeps it; elsewhere nobody counts it.
pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")

Judged = dict[str, Any]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("sealed")
    kit = make_kit(folder, None)
    return explode(seal_items(folder, folder / "x.evidence.zip", kit).path.read_bytes())


def judge(content: bytes, path: Path) -> Judged:
    """What another process finds, which the system ends where it takes too long."""
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), str(CPU_S)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr[-300:] or done.returncode
    judged: Judged = json.loads(done.stdout)
    return judged


def stored_zip(top: str, files: Mapping[str, bytes]) -> bytes:
    """A canonical zip; unlike `forge.canonical_zip` quick for very many files."""
    parts, members = [], []
    for path in sorted(files, key=layout.member_order):
        name, content = f"{top}/{path}".encode(), files[path]
        parts += [zipform.local_header(name, zlib.crc32(content), len(content)), content]
        members.append((name, zlib.crc32(content), len(content)))
    return b"".join(parts) + zipform.directory(members)


def deflated_zip(names: list[bytes], extra: bytes) -> bytes:
    """A zip of empty members, compressed, with extra fields in both headers."""
    body, heads, empty = bytearray(), [], b"\3\0"
    for name in names:
        sizes = (0, len(empty), 0, len(name), len(extra))
        head = struct.pack("<5H3I2H", 20, 0, 8, 0, 0x21, *sizes)
        offset = struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, len(body))
        heads.append(b"PK\1\2\x14\x03" + head + offset + name + extra)
        body += b"PK\3\4" + head + name + extra + empty
    directory = b"".join(heads)
    return bytes(body) + directory + zipform.end_records(len(names), len(directory), len(body))


def filled(record: bytes, before: bytes, filling: bytes, after: bytes = b"") -> bytes:
    """evidence.json, as large as it may be, with a filling again and again in one place."""
    count = (MOST - len(record) - len(after)) // len(filling)
    return record.replace(before, before + filling * count + after, 1)


BEGIN = b'"record": {'
TINY: dict[str, Callable[[bytes], bytes]] = {
    "parents": lambda record: filled(record, b'"from": [', b'"ab",'),
    "empty parents": lambda record: filled(record, b'"from": [', b'"",'),
    "files": lambda record: filled(
        record, b'"files": [', b'{"path":"","size_bytes":0,"media_type":"","role":"original"},'
    ),
    "objects": lambda record: filled(
        record.replace(BEGIN, b'"extensions": {"x": [' + BEGIN), b'"x": [', b"{},", b"0]}, "
    ),
    "lists": lambda record: filled(
        record.replace(BEGIN, b'"extensions": {"x": [' + BEGIN), b'"x": [', b"[],", b"0]}, "
    ),
    "numbers": lambda record: filled(
        record.replace(BEGIN, b'"extensions": {"x": [' + BEGIN), b'"x": [', b"9,", b"0]}, "
    ),
}


@pytest.mark.parametrize("change", TINY.values(), ids=TINY)
def test_record_of_tiny_values_is_refused(
    change: Callable[[bytes], bytes], sealed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    top, files = sealed
    record = change(files[layout.EVIDENCE])
    assert MOST - 100 < len(record) <= MOST
    judged = judge(stored_zip(top, {**files, layout.EVIDENCE: record}), tmp_path / "zip")
    assert "too many values" in judged["details"]
    assert judged["peak_mib"] < MEMORY_MIB


RECORDS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "lists in lists": (lambda _: b"[" * MOST, "structure.json"),
    "objects in objects": (lambda _: b'{"a":' * (MOST // 5), "structure.depth"),
    "blanks": (lambda _: b" " * MOST, "structure.json"),
    "a long number": (lambda record: filled(record, b'"size_bytes": ', b"9"), "structure.json"),
    "many files": (
        lambda record: record.replace(b'"files": [', b'"files": [' + many_files(record), 1),
        "structure.file_list",
    ),
}


LISTED = b"".join(b"%064x  data/%06x\n" % (0, number) for number in range(layout.MAX_MEMBERS - 9))
"""A manifest of as many files as there may be, all withheld: a long record is allowed."""
GROWING = {
    "objects": b'{"a":1},',
    "lists": b"[],",
    "numbers": b"9,",
    "texts": b'"\\u00e9",',
}


@pytest.mark.parametrize("filling", GROWING.values(), ids=GROWING)
def test_long_record_that_the_kit_does_not_write_is_refused_unread(
    filling: bytes, sealed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    top, files = sealed
    begin = b'"extensions": {"x": ['
    count = layout.max_values(layout.MAX_MEMBERS - 9) - 1000
    long = begin + filling * count + b'0]}, "record": {'
    record = files[layout.EVIDENCE].replace(BEGIN, long, 1)
    assert len(record) < layout.max_evidence_bytes(layout.MAX_MEMBERS - 9)
    changed = {**files, layout.MANIFEST: LISTED, layout.EVIDENCE: record}
    judged = judge(stored_zip(top, changed), tmp_path / "zip")
    assert "too many values" in judged["details"]
    assert judged["peak_mib"] < MEMORY_MIB


def test_long_record_that_the_kit_writes_is_read_whatever_its_texts_hold(
    sealed: tuple[str, dict[str, bytes]],
) -> None:
    _, files = sealed
    evidence = tags.decode_evidence(files[layout.EVIDENCE])
    item = msgspec.structs.replace(evidence.items[0], label='"点卡"\\n\\\\" /')
    long = msgspec.structs.replace(evidence, items=(item,) * 10_000)
    content = tags.encode_json(long)
    assert content.count(b",") > layout.max_values(0)
    assert tags.decode_evidence(content, files=20_000) == long


def many_files(record: bytes) -> bytes:
    first = json.loads(record)["items"][0]["files"][0]
    ghosts = [first | {"path": f"data/ghost-{number:06d}"} for number in range(20_000)]
    return json.dumps([*ghosts, ghosts[-1]])[1:-1].encode() + b", "


@pytest.mark.parametrize(("change", "code"), RECORDS.values(), ids=RECORDS)
def test_long_record_is_refused(
    change: Callable[[bytes], bytes],
    code: str,
    sealed: tuple[str, dict[str, bytes]],
    tmp_path: Path,
) -> None:
    top, files = sealed
    record = change(files[layout.EVIDENCE])
    judged = judge(stored_zip(top, {**files, layout.EVIDENCE: record}), tmp_path / "zip")
    assert code in judged["codes"]
    assert judged["peak_mib"] < MEMORY_MIB


def test_label_of_controls_is_refused(sealed: tuple[str, dict[str, bytes]], tmp_path: Path) -> None:
    top, files = sealed
    record = filled(files[layout.EVIDENCE], b'"label": "', "\x9b".encode())
    judged = judge(stored_zip(top, {**files, layout.EVIDENCE: record}), tmp_path / "zip")
    assert "structure.control_character" in judged["codes"]


MANIFESTS = {
    "empty lines": lambda: b"\n" * MOST,
    "one line": lambda: b"0" * MOST,
    "more lines than members": lambda: b"".join(
        b"%064x  data/%06x\n" % (number, number) for number in range(layout.MAX_MEMBERS + 1)
    ),
}


@pytest.mark.parametrize("make", MANIFESTS.values(), ids=MANIFESTS)
def test_long_manifest_is_refused(
    make: Callable[[], bytes], sealed: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    top, files = sealed
    judged = judge(stored_zip(top, {**files, layout.MANIFEST: make()}), tmp_path / "zip")
    assert "structure.manifest" in judged["codes"]
    assert judged["peak_mib"] < MEMORY_MIB


COUNT = 20_000
"""As many files as a large case has in one bundle; what more cost is in docs/adr/0022."""
PLAIN = [f"data/f{number:05d}" for number in range(COUNT)]
CROWDS: dict[str, tuple[list[str], bool, str]] = {
    "each of another digest": (PLAIN, False, "digest.mismatch"),
    "each told of by nobody": (PLAIN, True, "structure.file_list"),
    "each of a name that is none": (
        [f"data/.f{number:05d}" for number in range(COUNT)],
        True,
        "structure.name",
    ),
    "each with a twin": (
        [f"data/{letter}{number:05d}" for letter in "fF" for number in range(COUNT // 2)],
        True,
        "structure.collision",
    ),
    "each deep in folders": (
        [f"data/{'/'.join(f'{n:05d}'[i] + 'x' * 20 for i in range(5))}/{n}" for n in range(COUNT)],
        True,
        "structure.file_list",
    ),
}
"""Paths, whether the manifest has their digests, and what must be found."""


@pytest.mark.parametrize(("paths", "is_true", "code"), CROWDS.values(), ids=CROWDS)
def test_crowd_of_files_that_are_all_wrong_is_judged(
    paths: list[str],
    is_true: bool,
    code: str,
    sealed: tuple[str, dict[str, bytes]],
    tmp_path: Path,
) -> None:
    top, files = sealed
    crowd = {**{path: b"" for path in paths}, **files}
    named = {
        path: hashlib.sha256(content if is_true else b"other").hexdigest()
        for path, content in crowd.items()
        if path.startswith("data/")
    }
    crowd[layout.MANIFEST] = manifest.encode(named)
    judged = judge(stored_zip(top, crowd), tmp_path / "zip")
    assert code in judged["codes"]
    assert judged["peak_mib"] < MEMORY_MIB


NAMES = [b"bundle-x/evidence.json", *(b"bundle-x/data/%06d" % n for n in range(20_000))]


def test_zip_of_very_many_members_is_judged(tmp_path: Path) -> None:
    judged = judge(deflated_zip(NAMES, b"\x0a\0\0\0"), tmp_path / "zip")
    assert "structure.missing" in judged["codes"]
    assert judged["peak_mib"] < MEMORY_MIB


def test_zip_of_very_many_extra_fields_is_refused(tmp_path: Path) -> None:
    extra = b"".join(struct.pack("<2H", kind, 0) for kind in range(2, 16_000))
    judged = judge(deflated_zip(NAMES[:500], extra), tmp_path / "zip")
    assert judged["codes"] == ["container.hidden_bytes"]


def test_members_that_inflate_a_thousandfold_are_refused(tmp_path: Path) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    size = 256 << 20
    raw = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(size >> 20)) + squeeze.flush()
    name = b"bundle-x/evidence.json"
    head = struct.pack("<5H3I2H", 20, 0, 8, 0, 0x21, 0, len(raw), size, len(name), 0)
    body = b"PK\3\4" + head + name + raw
    offset = struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, 0)
    directory = b"PK\1\2\x14\x03" + head + offset + name
    records = zipform.end_records(1, len(directory), len(body))
    judged = judge(body + directory + records, tmp_path / "zip")
    assert judged["codes"] == ["container.bomb"]
    assert judged["peak_mib"] < MEMORY_MIB
