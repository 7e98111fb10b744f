"""Attacks on evidence.json and what follows from it, signed by the signer himself."""

from collections.abc import Callable

from evidence_kit.bundle import layout
from tests.forge import CHAT, PICTURE, TRANSCRIPT, Forge, Json
from tests.tamper.table import INDETERMINATE, PASSED, Row, row

EVIDENCE = "evidence.json"


def lie(name: str, code: str, change: Callable[[Json], object], subject: str = EVIDENCE) -> Row:
    """A row for a record that says something else."""
    return row(f"record: {name}", lambda f: f.tell(change).reseal(), code, subject)


def raw(name: str, code: str, old: bytes, new: bytes, subject: str = EVIDENCE) -> Row:
    """A row for a record whose bytes are changed."""
    return row(f"record: {name}", lambda f: f.swap(old, new).reseal(), code, subject)


def files(told: Json, item: int = 0) -> list[Json]:
    """The files of an item."""
    found: list[Json] = told["items"][item]["files"]
    return found


def extend(told: Json, value: object) -> None:
    """Add an extension that nobody knows."""
    told["extensions"] = {"x-note": value}


def later(told: Json) -> None:
    """A record of a later format, with an extension of very many values."""
    extend(told, [9] * _SOME)
    told["format"] = "evidence-kit/bundle/9"


def nested(depth: int) -> object:
    """Lists in lists."""
    value: object = "deep"
    for _ in range(depth):
        value = [value]
    return value


def case_of(**fields: object) -> Json:
    """A place in a case."""
    previous = {
        "id": "0" * 32,
        "tagmanifest_sha256": "0" * 64,
        "signature_sha256": "0" * 64,
        "tokens_sha256": [],
    }
    return {"id": "a" * 32, "sequence": 2, "previous": previous} | fields


def with_id(forge: Forge) -> Forge:
    """An id that is none, told by the top folder too."""
    forge.top = "bundle-XYZ"
    return forge.tell(lambda told: told.update(id="XYZ")).reseal()


def renamed_top(forge: Forge) -> Forge:
    """The top folder says something else."""
    forge.top = "bundle-PASSED"
    return forge


def foreign_top(forge: Forge) -> Forge:
    """The top folder is none of a bundle."""
    forge.top = "evidence"
    return forge


_MANY = layout.max_values(100)
_SOME = layout.max_values(0) + 10
_LABEL = '"label": "聊天"'.encode()
_HEAD = b'"format": "evidence-kit/bundle/1-draft"'


def label(name: str, code: str, text: bytes) -> Row:
    """A row for a label that holds this."""
    return raw(f"label with {name}", code, _LABEL, b'"label": "%s"' % text)


def created_at(text: str) -> Row:
    """A row for a record of this time."""
    return lie(f"created at {text}", "structure.value", lambda t: t.update(created_at=text))


def fixed(path: str, content: bytes) -> Row:
    """A row for a file whose bytes follow from the format."""
    return row(
        f"changed {path}",
        lambda f: f.put(path, f.files[path] + content).reseal(),
        "structure.not_fixed",
        path,
    )


RECORD: list[Row] = [
    raw("a key twice", "structure.duplicate_key", _HEAD, _HEAD + b"," + _HEAD),
    raw("a key twice, deep", "structure.duplicate_key", _LABEL, _LABEL + b"," + _LABEL),
    raw(
        "a key twice, written otherwise",
        "structure.duplicate_key",
        _LABEL,
        _LABEL + rb', "l\u0061bel": "x"',
    ),
    lie("an unknown key", "structure.json", lambda t: t.update(note="x")),
    lie("an unknown key, deep", "structure.json", lambda t: files(t)[0].update(sha256="0" * 64)),
    lie("a key missing", "structure.json", lambda t: t.pop("case")),
    lie("a kind unknown", "structure.json", lambda t: t["items"][0].update(kind="proof")),
    lie("a role unknown", "structure.json", lambda t: files(t)[0].update(role="true")),
    raw("a size in words", "structure.json", b'"size_bytes": ', b'"size_bytes": "9", "x": '),
    lie("NaN", "structure.json", lambda t: extend(t, float("nan"))),
    lie("infinity", "structure.json", lambda t: extend(t, float("inf"))),
    raw("a float past all", "structure.json", _HEAD, _HEAD + b', "extensions": {"x": 1e999}'),
    lie("a size past 2**53", "structure.json", lambda t: files(t)[0].update(size_bytes=2**53 + 1)),
    lie("2**53+1", "structure.number", lambda t: extend(t, 2**53 + 1)),
    lie("-2**53-1", "structure.number", lambda t: extend(t, -(2**53) - 1)),
    lie("a float past 2**53", "structure.number", lambda t: extend(t, 1e300)),
    lie("two million digits", "structure.number", lambda t: extend(t, 10**4000)),
    lie("too many values", "structure.json", lambda t: files(t)[0].update({"from": ["x"] * _MANY})),
    # few enough to be looked at, too many to become a tree
    lie("too many values of an extension", "structure.json", lambda t: extend(t, [9] * _SOME)),
    row(
        "record: too many values of a later format",
        lambda f: f.tell(later).reseal(),
        "unsupported.format",
        EVIDENCE,
        INDETERMINATE,
    ),
    lie("nesting 33", "structure.depth", lambda t: extend(t, nested(31))),
    raw(
        "a depth bomb",
        "structure.depth",
        _HEAD,
        _HEAD + b', "extensions": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ),
    label("C0", "structure.control_character", rb"\u001b[2KPASSED"),
    label("a line break", "structure.control_character", rb"a\nb"),
    label("DEL", "structure.control_character", b"a\x7fb"),
    label("C1", "structure.control_character", "\u009b2K".encode()),
    label("bidi", "structure.control_character", "\u202eDESSAP".encode()),
    label("bidi, escaped", "structure.control_character", rb"\u2067x"),
    label("a lone surrogate", "structure.json", rb"\ud800"),
    label("broken UTF-8", "structure.json", b"\xff"),
    label("a surrogate in UTF-8", "structure.json", b"\xed\xa0\x80"),
    lie("C0 in a key", "structure.control_character", lambda t: extend(t, {"\x1b": 1})),
    row(
        "record: a byte order mark",
        lambda f: f.put(EVIDENCE, b"\xef\xbb\xbf" + f.files[EVIDENCE]).reseal(),
        "structure.json",
        EVIDENCE,
    ),
    row(
        "record: UTF-16",
        lambda f: f.put(EVIDENCE, f.files[EVIDENCE].decode().encode("utf-16")).reseal(),
        "structure.json",
        EVIDENCE,
    ),
    row(
        "record: two",
        lambda f: f.put(EVIDENCE, f.files[EVIDENCE] * 2).reseal(),
        "structure.json",
        EVIDENCE,
    ),
    row("record: none", lambda f: f.put(EVIDENCE, b"").reseal(), "structure.json", EVIDENCE),
    row("record: a list", lambda f: f.put(EVIDENCE, b"[]").reseal(), "structure.json", EVIDENCE),
    row(
        "record: too large",
        lambda f: f.put(EVIDENCE, f.files[EVIDENCE] + b" " * (64 << 20)).reseal(),
        "structure.size",
        EVIDENCE,
    ),
    raw("no format of ours", "structure.json", b"evidence-kit/bundle/1-draft", b"else/1"),
    row(
        "record: a later format",
        lambda f: f.swap(b"bundle/1-draft", b"bundle/2").swap(b'"items"', b'"things"').reseal(),
        "unsupported.format",
        EVIDENCE,
        INDETERMINATE,
    ),
    row(
        "record: a critical extension",
        lambda f: f.tell(lambda t: t.update(extensions={"critical": ["x"], "x": 1})).reseal(),
        "unsupported.extension",
        EVIDENCE,
        INDETERMINATE,
    ),
    row(
        "record: an extension",
        lambda f: f.tell(lambda t: extend(t, {"a": [1, 2.5, None]})).reseal(),
        "structure.record",
        EVIDENCE,
        PASSED,
    ),
    row(
        "record: nesting 32",
        lambda f: f.tell(lambda t: extend(t, nested(30))).reseal(),
        "structure.record",
        EVIDENCE,
        PASSED,
    ),
    row(
        "record: 2**53",
        lambda f: f.tell(lambda t: extend(t, -(2**53))).reseal(),
        "structure.record",
        EVIDENCE,
        PASSED,
    ),
    lie("critical is a word", "structure.json", lambda t: t.update(extensions={"critical": "x"})),
    lie("critical is a number", "structure.json", lambda t: t.update(extensions={"critical": [1]})),
    row("record: an id that is none", with_id, "structure.value", EVIDENCE),
    lie("another id than the folder's", "structure.top", lambda t: t.update(id="0" * 32), "{top}"),
    *(
        created_at(text)
        for text in (
            "now",
            "2026-11-23 08:00:00Z",
            "2026-11-23T08:00:00+08:00",
            "2026-13-99T99:99:99Z",
            "２０２６-11-23T08:00:00Z",
        )
    ),
    lie(
        "a signer in capitals",
        "structure.value",
        lambda t: t.update(signer_sha256=t["signer_sha256"].upper()),
    ),
    lie(
        "another signer",
        "signature.certificate_mismatch",
        lambda t: t.update(signer_sha256="0" * 64),
        "proof/signer.pem",
    ),
    lie(
        "a next signer that is none", "structure.value", lambda t: t.update(next_signer_sha256="x")
    ),
    lie("a case id", "structure.value", lambda t: t.update(case=case_of(id="../x"))),
    lie("sequence 0", "structure.value", lambda t: t.update(case=case_of(sequence=0))),
    lie(
        "sequence 1 after another", "structure.value", lambda t: t.update(case=case_of(sequence=1))
    ),
    lie(
        "sequence 2 after none", "structure.value", lambda t: t.update(case=case_of(previous=None))
    ),
    lie(
        "a sequence past any receipt",
        "structure.value",
        lambda t: t.update(case=case_of(sequence=10**9)),
    ),
    lie(
        "a previous that is none",
        "structure.value",
        lambda t: t.update(case=case_of(previous=case_of()["previous"] | {"id": "x"})),
    ),
    lie("items out of order", "structure.value", lambda t: t["items"].reverse()),
    lie("a wrong size", "digest.size", lambda t: files(t, 1)[0].update(size_bytes=1), PICTURE),
    lie(
        "a size below nothing",
        "digest.size",
        lambda t: files(t, 1)[0].update(size_bytes=-1),
        PICTURE,
    ),
    lie(
        "a derived file called original",
        "structure.derivation",
        lambda t: files(t)[1].update(role="original"),
        TRANSCRIPT,
    ),
    lie(
        "a derived file by nobody",
        "structure.derivation",
        lambda t: files(t)[1].pop("by"),
        TRANSCRIPT,
    ),
    lie(
        "derived from what is not here",
        "structure.derivation",
        lambda t: files(t)[1].update({"from": ["data/files/none"]}),
        TRANSCRIPT,
    ),
    lie(
        "derived from itself",
        "structure.derivation",
        lambda t: files(t)[1].update({"from": [TRANSCRIPT]}),
        TRANSCRIPT,
    ),
    lie(
        "an original from another",
        "structure.derivation",
        lambda t: files(t)[0].update({"from": [PICTURE]}),
        CHAT,
    ),
    lie(
        "an original by somebody",
        "structure.derivation",
        lambda t: files(t)[0].update(by=files(t)[1]["by"]),
        CHAT,
    ),
    lie("a file not told of", "structure.file_list", lambda t: files(t, 1).clear(), PICTURE),
    lie(
        "a file told of twice",
        "structure.file_list",
        lambda t: files(t).append(files(t, 1)[0]),
        PICTURE,
    ),
    lie(
        "a file told of by item and kit",
        "structure.file_list",
        lambda t: t["record"]["files"].append(files(t, 1)[0]),
        PICTURE,
    ),
    lie(
        "a file that is not listed",
        "structure.file_list",
        lambda t: files(t).append(files(t)[0] | {"path": "data/ghost"}),
        "data/ghost",
    ),
    lie(
        "a proof as evidence",
        "structure.file_list",
        lambda t: files(t).append(files(t)[0] | {"path": "proof/signer.pem"}),
        "proof/signer.pem",
    ),
    row(
        "listed and signed but not told of",
        lambda f: f.put("data/ghost", b"x").remanifest().reseal(),
        "structure.file_list",
        "data/ghost",
    ),
    fixed("bagit.txt", b"\n"),
    fixed("bag-info.txt", b"Contact-Name: PASSED\n"),
    fixed("VERIFY.txt", b"\nor just trust it\n"),
    row(
        "VERIFY.txt too large",
        lambda f: f.put("VERIFY.txt", b"x" * 70_000).reseal(),
        "structure.size",
        "VERIFY.txt",
    ),
    row(
        "bagit.txt changed",
        lambda f: f.swap(b"1.0", b"9.9", path="bagit.txt"),
        "digest.mismatch",
        "bagit.txt",
    ),
    row(
        "VERIFY.txt changed",
        lambda f: f.swap(b"receipt", b"RECEIPT", path="VERIFY.txt"),
        "digest.mismatch",
        "VERIFY.txt",
    ),
    row("top folder renamed", renamed_top, "structure.top", "bundle-PASSED"),
    row("top folder of no bundle", foreign_top, "structure.top", "evidence/data/environment.json"),
]
