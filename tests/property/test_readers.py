"""Readers refuse junk in one way only, and read back what writers wrote."""

import struct
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evidence_kit.actions.seal import Sealed
from evidence_kit.bundle import layout, manifest, tags, zipscan
from evidence_kit.bundle.ranges import RangeFile
from evidence_kit.bundle.receipt import Receipt, read_receipt
from evidence_kit.bundle.text import escape, is_safe_text
from evidence_kit.errors import InputError, UsageError
from evidence_kit.model import Evidence
from evidence_kit.report import Fault
from tests.forge import explode
from tests.rawzip import Entry, raw_zip

BOUNDED = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
HEX_32 = st.text("0123456789abcdef", min_size=32, max_size=32)
HEX_64 = st.text("0123456789abcdef", min_size=64, max_size=64)
WORDS = st.sampled_from([0, 1, 8, 9, 0x14, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF])
PARTS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,20}", fullmatch=True)
TEXTS = st.text(st.characters(codec=None), max_size=60)  # lone surrogates too


def read_zip(content: bytes, path: Path) -> zipscan.Scan | None:
    """Scan a zip and read all its members; None where it was refused."""
    path.write_bytes(content)
    with RangeFile(path) as file:
        try:
            scan = zipscan.scan(file)
            for member in scan.members:
                for _ in zipscan.chunks(file, member):
                    pass
        except (Fault, InputError):
            return None
    return scan


@given(content=st.binary(max_size=300))
@example(content=b"PK\5\6" + b"\0" * 18)
@BOUNDED
def test_junk_is_refused_as_a_zip(content: bytes, tmp_path: Path) -> None:
    read_zip(content, tmp_path / "zip")
    read_zip(b"PK\3\4" + content + b"PK\5\6" + b"\0" * 18, tmp_path / "zip")


@given(
    changes=st.lists(st.tuples(st.integers(0, 400), WORDS, st.sampled_from("BHIQ")), max_size=4),
    is_wide=st.booleans(),
)
@BOUNDED
def test_zip_with_hostile_numbers_is_read_or_refused(
    changes: list[tuple[int, int, str]], is_wide: bool, tmp_path: Path
) -> None:
    extra = struct.pack("<2H2Q", 1, 16, 5, 5)
    entries = [
        Entry(name=b"bundle-x/a", raw=b"12345", extra=extra if is_wide else b""),
        Entry(name=b"bundle-x/b", raw=b"\3\0", method=8, size=0, crc=0),
    ]
    wide: dict[str, int] | None = {} if is_wide else None
    content = bytearray(raw_zip(entries, wide=wide, end={"count": 0xFFFF} if is_wide else None))
    for at, value, kind in changes:
        at = min(at, len(content) - struct.calcsize(kind))
        limit = (1 << 8 * struct.calcsize(kind)) - 1
        struct.pack_into("<" + kind, content, at, value & limit)
    read_zip(bytes(content), tmp_path / "zip")


@given(data=st.data())
@BOUNDED
def test_mutated_bundle_is_read_or_refused(
    data: st.DataObject, sealed: Sealed, tmp_path: Path
) -> None:
    content = bytearray(sealed.path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        # The tail, where the directory stands, more often than the rest.
        first = data.draw(st.sampled_from([0, len(content) - 1200, len(content) - 100]))
        at = data.draw(st.integers(first, len(content) - 8))
        content[at : at + 8] = data.draw(st.binary(min_size=8, max_size=8))
    read_zip(bytes(content), tmp_path / "zip")


@given(digests=st.dictionaries(PARTS, HEX_64, max_size=20))
@BOUNDED
def test_manifest_reads_back(digests: dict[str, str]) -> None:
    assert manifest.decode(manifest.encode(digests), path="m") == digests


@given(content=st.binary(max_size=200))
@BOUNDED
def test_manifest_that_is_read_is_the_one_that_would_be_written(content: bytes) -> None:
    try:
        digests = manifest.decode(content, path="m")
    except Fault as fault:
        assert fault.code == "structure.manifest"
    else:
        assert manifest.encode(digests) == content


@given(label=TEXTS)
@BOUNDED
def test_evidence_reads_back(label: str, sealed: Sealed) -> None:
    _, files = explode(sealed.path.read_bytes())
    evidence = tags.decode_evidence(files["evidence.json"])
    item = msgspec.structs.replace(evidence.items[0], label=escape(label))
    changed = msgspec.structs.replace(evidence, items=(item,))
    assert tags.decode_evidence(tags.encode_json(changed)) == changed


@given(
    tree=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    )
)
@BOUNDED
def test_junk_is_refused_as_evidence(tree: object) -> None:
    with pytest.raises(Fault):
        tags.decode_json(msgspec.json.encode(tree), Evidence, path="evidence.json")


@given(content=st.binary(max_size=60))
@BOUNDED
def test_bytes_are_refused_as_evidence(content: bytes) -> None:
    with pytest.raises(Fault):
        tags.decode_evidence(content)


@given(
    receipt=st.builds(
        Receipt,
        HEX_32,
        st.integers(0, layout.MAX_SEQUENCE),
        HEX_64,
        HEX_64,
        st.sampled_from(["-", "2026-11-23T08:00:00Z"]),
    ),
    blanks=st.sampled_from([" ", "\n", "  \t", "\u3000"]),
)
@BOUNDED
def test_receipt_reads_back_whatever_a_chat_did_to_its_blanks(
    receipt: Receipt, blanks: str
) -> None:
    assert read_receipt(blanks + str(receipt).replace(" ", blanks) + "\n") == receipt


@given(text=TEXTS)
@BOUNDED
def test_junk_is_refused_as_a_receipt(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_receipt("ek1 " + text)
    assert caught.value.code == "receipt.malformed"


@given(name=TEXTS, number=st.integers(1, 200_000))
@example(name="聊天记录.TXT", number=1)
@example(name="CON", number=1)
@example(name="..", number=1)
@example(name="a" * 300 + "." + "b" * 300, number=1)
@example(name="\udcff\u202e.png", number=1)
@BOUNDED
def test_safe_name_is_a_name(name: str, number: int) -> None:
    safe = layout.safe_name(name, number=number)
    layout.require_name(f"data/files/{safe}")
    assert safe.startswith(f"{number:04d}")


@given(text=TEXTS)
@example(text="\udcff\u202e\x00\x7f\x9b\u2067")
@BOUNDED
def test_escaped_text_is_safe(text: str) -> None:
    escaped = escape(text)
    assert is_safe_text(escaped)
    escaped.encode()
    assert escaped == text or not is_safe_text(text)
