"""What is read in one piece is read no otherwise than piece by piece."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_kit.bundle import canonical, layout, tags, zipscan
from evidence_kit.bundle.ranges import RangeFile
from evidence_kit.report import Fault
from tests.build import make_kit, seal_items
from tests.forge import explode
from tests.rawzip import Entry, entries_of, raw_zip

BOUNDED = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
Told = tuple[str, object]


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sealed")
    return seal_items(folder, folder / "x.evidence.zip", make_kit(folder, None)).path.read_bytes()


def told(read: Callable[[], object]) -> Told:
    try:
        return "read", read()
    except Fault as fault:
        return fault.code, fault.params


@contextmanager
def piece_by_piece(place: object, name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, lambda *_: None)
        yield


def scan_both_ways(content: bytes, path: Path) -> tuple[Told, Told]:
    path.write_bytes(content)
    with RangeFile(path) as file:
        at_once = told(lambda: zipscan.scan(file))
        with piece_by_piece(canonical, "read_directory"):
            return at_once, told(lambda: zipscan.scan(file))


def is_read_at_once(content: bytes, path: Path) -> bool:
    """True where the directory is accepted without a look at each of its entries."""
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch, RangeFile(path) as file:
        patch.delattr(zipscan, "_entries")
        try:
            return zipscan.scan(file).is_canonical
        except NameError:
            return False


def test_sealed_bundle_is_read_at_once(content: bytes, tmp_path: Path) -> None:
    assert is_read_at_once(content, tmp_path / "zip")
    at_once, one_by_one = scan_both_ways(content, tmp_path / "zip")
    assert at_once == one_by_one


@given(data=st.data())
@BOUNDED
def test_damaged_directory_is_read_no_otherwise(
    data: st.DataObject, content: bytes, tmp_path: Path
) -> None:
    begin = content.index(b"PK\x01\x02")
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(begin, len(content) - 1))
        changed[at] = data.draw(st.sampled_from([0, 1, 0x2E, 0x50, 0x80, 0xFF, content[at] ^ 1]))
    at_once, one_by_one = scan_both_ways(bytes(changed), tmp_path / "zip")
    assert at_once == one_by_one


ENTRIES: dict[str, Callable[[list[Entry]], list[Entry]]] = {
    "backwards": lambda es: es[::-1],
    "one twice": lambda es: [es[0], *es],
    "the last one first": lambda es: [es[-1], *es[:-1]],
    "data behind tags": lambda es: [*es[1:], es[0]],
    "the top folder first": lambda es: [
        Entry(name=es[0].name.partition(b"/")[0] + b"/", raw=b""),
        *es,
    ],
    "two top folders": lambda es: [replace(es[0], name=b"bundle-y/data/a"), *es[1:]],
    "no top folder": lambda es: [replace(es[0], name=b"data"), *es[1:]],
    "a name not in ASCII": lambda es: [replace(es[0], name=es[0].name + "é".encode()), *es[1:]],
    "a blank in a name": lambda es: [replace(es[0], name=es[0].name + b" "), *es[1:]],
    "no name": lambda es: [replace(es[0], name=b""), *es[1:]],
    "a name that ends as an entry begins": lambda es: [
        replace(es[0], name=es[0].name + b"PK"),
        *es[1:],
    ],
    "an entry in an entry's name": lambda es: [
        replace(es[0], name=es[0].name + es[0].header(0)),
        *es[1:],
    ],
    "a comment": lambda es: [replace(es[0], comment=b"c"), *es[1:]],
    "an extra field": lambda es: [replace(es[0], extra=b"\x0a\0\0\0"), *es[1:]],
    "sizes that differ": lambda es: [replace(es[0], size=len(es[0].raw) + 1), *es[1:]],
    "the size of zip64": lambda es: [replace(es[0], size=0xFFFFFFFF, stored=0xFFFFFFFF), *es[1:]],
    "a wrong offset": lambda es: [*es[:-1], replace(es[-1], offset=0)],
    "a file nobody knows": lambda es: [*es, Entry(name=es[0].name[:40] + b"odd", raw=b"")],
    "nothing": lambda _: [],
}


@pytest.mark.parametrize("change", ENTRIES.values(), ids=ENTRIES)
def test_odd_zip_is_read_no_otherwise(
    change: Callable[[list[Entry]], list[Entry]], content: bytes, tmp_path: Path
) -> None:
    at_once, one_by_one = scan_both_ways(raw_zip(change(entries_of(content))), tmp_path / "zip")
    assert at_once == one_by_one


def decode_both_ways(record: bytes) -> tuple[Told, Told]:
    at_once = told(lambda: tags.decode_evidence(record))
    with piece_by_piece(tags, "_decode_plain"):
        return at_once, told(lambda: tags.decode_evidence(record))


def record_of(content: bytes) -> bytes:
    return explode(content)[1][layout.EVIDENCE]


def test_record_as_sealed_is_read_at_once(content: bytes) -> None:
    record = record_of(content)
    with piece_by_piece(tags, "decode_json"):
        at_once = tags.decode_evidence(record)
        small = json.dumps(json.loads(record), ensure_ascii=False, separators=(",", ":"))
        assert tags.decode_evidence(small.encode()) == at_once
    assert decode_both_ways(record) == (("read", at_once), ("read", at_once))


LABEL = '"label": "聊天"'
DEEP = "[" * 40 + "]" * 40
RECORDS: dict[str, tuple[str, str]] = {
    "twice the same key": (LABEL, f'{LABEL}, "label": "x"'),
    "an unknown key": (LABEL, f'{LABEL}, "labels": "x"'),
    "an escaped letter": (LABEL, '"label": "\\u0041"'),
    "an escaped control": (LABEL, '"label": "\\u0007"'),
    "an escaped line feed": (LABEL, '"label": "a\\nb"'),
    "half a character": (LABEL, '"label": "\\ud800"'),
    "a control as it is": (LABEL, '"label": "\x07"'),
    "a line feed as it is": (LABEL, '"label": "a\nb"'),
    "delete": (LABEL, '"label": "\x7f"'),
    "a C1 control": (LABEL, '"label": "\x9b"'),
    "a turned direction": (LABEL, '"label": "\u202e"'),
    "an isolate": (LABEL, '"label": "\u2067"'),
    "an Arabic mark": (LABEL, '"label": "\u061c"'),
    "harmless quotes": (LABEL, '"label": "\u201c…\u201d\u3000é"'),
    "a quote": (LABEL, '"label": "\\""'),
    "a number in a label": (LABEL, '"label": "\\":12345678901234567890"'),
    "the largest number": ('"size_bytes": 3080', f'"size_bytes": {2**53}'),
    "too large a number": ('"size_bytes": 3080', f'"size_bytes": {2**53 + 1}'),
    "too small a number": ('"size_bytes": 3080', f'"size_bytes": -{2**53 + 1}'),
    "a number past all": ('"size_bytes": 3080', f'"size_bytes": {"9" * 50}'),
    "a number with a point": ('"size_bytes": 3080', '"size_bytes": 3080.0'),
    "a number with a power": ('"size_bytes": 3080', '"size_bytes": 308e1'),
    "minus nothing": ('"size_bytes": 3080', '"size_bytes": -0'),
    "no number": ('"size_bytes": 3080', '"size_bytes": NaN'),
    "additions": ('"record": {', '"extensions": {"x": [[1]]}, "record": {'),
    "additions past the depth": ('"record": {', f'"extensions": {{"x": {DEEP}}}, "record": {{'),
    "another format": ("bundle/1-draft", "bundle/2"),
    "no format": ("bundle/1-draft", "bundles"),
    "something behind it": ("\n}\n", "\n}\n{}"),
    "a mark before it": ('{\n  "format"', '\ufeff{\n  "format"'),
    "nothing of it": ("{", "["),
}


@pytest.mark.parametrize(("old", "new"), RECORDS.values(), ids=RECORDS)
def test_odd_record_is_read_no_otherwise(old: str, new: str, content: bytes) -> None:
    record = record_of(content).decode()
    assert old in record
    changed = record.replace(old, new, 1)
    at_once, one_by_one = decode_both_ways(changed.encode("utf-8", "surrogatepass"))
    assert at_once == one_by_one
