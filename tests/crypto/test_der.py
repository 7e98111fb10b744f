import pytest

from evidence_kit.crypto.der import encode, require_der, tags_inside
from evidence_kit.crypto.hostile import hostile
from evidence_kit.report import Fault, Outcome
from tests.crypto.forge import nested

GOOD = {
    "empty sequence": "3000",
    "integers at the edges": "300e020100020200800201800202ff7f",
    "boolean": "30060101000101ff",
    "bit strings": "300b030100030204f003020780",
    "null, oid, string": "300a050006022a030402beef",
    "context tags": "3007a0028100800101",
    "set out of order": "3106020102020101",
    "enumerated": "30030a0101",
}
BAD = {
    "nothing": "",
    "tag alone": "30",
    "cut short": "300302",
    "element past its parent": "3003020500",
    "element past its parent, into the next": "3007300302020102050000",
    "indefinite length": "30800000",
    "short length in long form": "3081020500",
    "length with a leading zero": "30820003020101",
    "length of five octets": "30850100000000",
    "length cut short": "3082ff",
    "bytes after the end": "300000",
    "end-of-contents tag": "30020000",
    "long tag": "1f210100",
    "integer without contents": "0200",
    "integer with needless zero": "02020001",
    "integer with needless ones": "0202ff80",
    "enumerated with needless zero": "0a020001",
    "boolean of another value": "010101",
    "boolean of two octets": "0102ffff",
    "null with contents": "050100",
    "bit string without contents": "0300",
    "bit string with eight unused bits": "030208ff",
    "bit string with dirty unused bits": "030204ff",
    "empty bit string with unused bits": "030101",
    "oid without contents": "0600",
    "oid that ends inside an arc": "06022a83",
    "oid with a padded arc": "06032a8001",
    "oid that begins padded": "06028001",
    "constructed octet string": "2403040100",
    "constructed integer": "2203020101",
    "primitive sequence": "1000",
    "unassigned type": "0f00",
    "real number": "0900",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_der_is_accepted(text: str) -> None:
    require_der(bytes.fromhex(text), code="x.y", max_bytes=100)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_der_is_refused(text: str) -> None:
    with pytest.raises(Fault) as caught:
        require_der(bytes.fromhex(text), code="x.y", max_bytes=100)
    assert (caught.value.code, caught.value.outcome) == ("x.y", Outcome.FAILED)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("element past its parent", "length past the end"),
        ("indefinite length", "length is not minimal or not definite"),
        ("length of five octets", "length is not minimal or not definite"),
        ("length cut short", "length is not minimal or not definite"),
        ("short length in long form", "length is not minimal or not definite"),
        ("long tag", "long tag"),
        ("tag alone", "cut short"),
        ("bytes after the end", "bytes after the end"),
        ("boolean of another value", "an element is not DER"),
    ],
)
def test_what_is_wrong_with_it_is_told(name: str, why: str) -> None:
    with pytest.raises(Fault) as caught:
        require_der(bytes.fromhex(BAD[name]), code="x.y", max_bytes=100)
    assert caught.value.params == {"detail": why}


def test_size_depth_and_count_are_bounded() -> None:
    require_der(nested(32), code="x.y", max_bytes=200)
    with pytest.raises(Fault, match=r"x\.y"):
        require_der(nested(33), code="x.y", max_bytes=200)
    with pytest.raises(Fault, match=r"x\.y"):
        require_der(encode(0x04, b"12345"), code="x.y", max_bytes=6)
    require_der(encode(0x30, b"\x05\x00" * 19_999), code="x.y", max_bytes=100_000)
    with pytest.raises(Fault, match=r"x\.y"):
        require_der(encode(0x30, b"\x05\x00" * 20_000), code="x.y", max_bytes=100_000)


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 65_536])
def test_what_is_encoded_is_der(size: int) -> None:
    made = encode(0x04, b"a" * size)
    require_der(made, code="x.y", max_bytes=100_000)
    assert made.endswith(b"a" * size)


def test_tags_inside_are_those_of_the_first_level() -> None:
    inner = encode(0x30, encode(0x02, b"\x01"))
    assert (
        tags_inside(encode(0x30, inner, encode(0xA1, bytes(200)), b"\x05\x00")) == b"\x30\xa1\x05"
    )
    assert tags_inside(encode(0x30)) == b""
    with pytest.raises(Fault):
        tags_inside(b"\x30\x04\x02\x01")


@pytest.mark.parametrize(
    "error",
    [ValueError(), KeyError(), TypeError(), RecursionError(), OverflowError(), IndexError()],
)
def test_a_parsers_exception_becomes_a_fault(error: Exception) -> None:
    with pytest.raises(Fault) as caught, hostile("x.y"):
        raise error
    assert caught.value.params == {"detail": type(error).__name__}


def test_a_fault_passes_through_unchanged() -> None:
    with pytest.raises(Fault, match=r"a\.b"), hostile("x.y"):
        raise Fault("a.b")
