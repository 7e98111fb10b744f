"""Attacks on files: changed, removed, added, renamed, with ever more made to fit."""

from tests.forge import (
    CHAT,
    MANIFEST,
    PICTURE,
    SIGNATURE,
    SIGNER,
    TAGMANIFEST,
    TAGS,
    TOKEN,
    TRANSCRIPT,
    Forge,
    Json,
)
from tests.tamper.table import INDETERMINATE, PASSED, Row, row

LIE = b"2026-11-08 10:20:31 \xe5\xb0\x8f\xe6\x9e\x97\nall is well\n"
UPPER = CHAT.replace("chat", "CHAT")


def edited(forge: Forge) -> Forge:
    """The chat says something else."""
    return forge.put(CHAT, LIE)


def resized(forge: Forge) -> Forge:
    """The chat says something else, and the record knows its size."""

    def change(told: Json) -> None:
        told["items"][0]["files"][0]["size_bytes"] = len(LIE)

    return edited(forge).tell(change)


def swapped(forge: Forge) -> Forge:
    """Two files have changed places."""
    files = forge.files
    files[CHAT], files[PICTURE] = files[PICTURE], files[CHAT]
    return forge


def renamed(forge: Forge) -> Forge:
    """A file has another name."""
    content = forge.files[PICTURE]
    return forge.drop(PICTURE).put("data/files/0003-picture.png", content)


def listed(path: str) -> "list[Row]":
    """Rows for a name that the signer himself put into the manifest."""

    def attack(forge: Forge) -> Forge:
        return forge.put(path, b"x").remanifest().reseal()

    return [row(f"signed name {path!a}", attack, "structure.name", path)]


def beside(name: str, path: str, code: str = "structure.unlisted", subject: str = "") -> Row:
    """A row for a file that nobody listed."""
    return row(f"extra file {name}", lambda f: f.put(path, b"x"), code, subject or path)


def removed(path: str) -> Row:
    """A row for a file that must be there and is not."""
    return row(f"removed {path}", lambda f: f.drop(path), "structure.missing", path)


FILES: list[Row] = [
    row("edited", edited, "digest.mismatch", CHAT),
    row("edited with size", resized, "digest.mismatch", "evidence.json"),
    row("edited with manifest", lambda f: edited(f).remanifest(), "digest.mismatch", MANIFEST),
    row(
        "edited with tagmanifest",
        lambda f: resized(f).remanifest().retag(),
        "signature.digest",
        SIGNATURE,
    ),
    row(
        "edited and signed by a stranger",
        lambda f: resized(f).remanifest().retag().resign(f.stranger),
        "signature.certificate_mismatch",
        SIGNER,
    ),
    row(
        "signature alone by a stranger",
        lambda f: f.resign(f.stranger),
        "signature.certificate_mismatch",
        SIGNER,
    ),
    row(
        "edited and signed by a stranger by name",
        lambda f: (
            resized(f)
            .tell(lambda told: told.update(signer_sha256=f.stranger.certificate_sha256))
            .remanifest()
            .retag()
            .resign(f.stranger)
        ),
        "timestamp.imprint",
        TOKEN,
    ),
    row(
        "signed again by its own signer",
        lambda f: resized(f).remanifest().retag().resign(),
        "timestamp.imprint",
        TOKEN,
    ),
    # Nothing inside a bundle can tell this; what the reader has from elsewhere does.
    row("all made anew", lambda f: resized(f).take_over(), "timestamp.holds", TOKEN, PASSED),
    row(
        "all made anew, receipt known",
        lambda f: resized(f).take_over(),
        "receipt.mismatch",
        TAGMANIFEST,
        knows="receipt",
    ),
    row(
        "all made anew, signer known",
        lambda f: resized(f).take_over(),
        "signer.unexpected",
        SIGNER,
        knows="signer",
    ),
    row(
        "signed and stamped again, receipt known",
        lambda f: f.resign().restamp(),
        "receipt.mismatch",
        TAGMANIFEST,
        knows="receipt",
    ),
    row("untouched", lambda f: f, "container.canonical", "container", PASSED),
    row(
        "untouched, receipt known",
        lambda f: f,
        "receipt.matches",
        TAGMANIFEST,
        PASSED,
        knows="receipt",
    ),
    row("untouched, signer known", lambda f: f, "signer.expected", SIGNER, PASSED, knows="signer"),
    row(
        "untouched, no root known",
        lambda f: f,
        "timestamp.untrusted",
        TOKEN,
        INDETERMINATE,
        knows="nobody",
    ),
    row("swapped, one", swapped, "digest.mismatch", CHAT),
    row("swapped, other", swapped, "digest.mismatch", PICTURE),
    row("renamed, old name", renamed, "files.withheld", PICTURE),
    row("renamed, new name", renamed, "structure.unlisted", "data/files/0003-picture.png"),
    row("removed data", lambda f: f.drop(PICTURE), "files.withheld", PICTURE, INDETERMINATE),
    row(
        "removed all data",
        lambda f: f.drop(*[p for p in f.files if p[:5] == "data/"]),
        "files.withheld",
        CHAT,
        INDETERMINATE,
    ),
    row("removed token", lambda f: f.drop(TOKEN), "timestamp.none", SIGNATURE, INDETERMINATE),
    row(
        "removed token, receipt known",
        lambda f: f.drop(TOKEN),
        "receipt.token_gone",
        SIGNATURE,
        knows="receipt",
    ),
    *map(removed, (*TAGS, TAGMANIFEST, SIGNATURE, SIGNER)),
    beside("in data", "data/files/0003-more.txt"),
    beside("at the root", "README.txt"),
    beside("in proof", "proof/note.txt"),
    beside("in a new folder", "notes/note.txt"),
    beside("like a token", "proof/signature.p7s.007.tsr"),
    beside("like a renewal", "proof/renewal-1/cover.sha512"),
    beside("in a folder of proofs", "proof/other/a/b"),
    beside("named as the top folder", "", "container.link", "{top}/"),
    beside("beside tokens", "proof/signature.p7s.100.tsr"),
    # structure.collision: two names that some systems take for one
    row(
        "signed names that differ in case",
        lambda f: f.put(UPPER, b"x").remanifest().reseal(),
        "structure.collision",
        CHAT,
    ),
    row(
        "unsigned names that differ in case",
        lambda f: f.put("Evidence.json", b"x"),
        "structure.collision",
        "evidence.json",
    ),
    row(
        "a file that is a folder too",
        lambda f: f.put(f"{CHAT}/more", b"x").remanifest().reseal(),
        "structure.collision",
        CHAT,
    ),
    *(
        found
        for path in (
            "data/../evil",
            "data/./evil",
            "data//evil",
            "data/.hidden",
            "data/-rf",
            "data/evil.",
            "data/CON",
            "data/con.txt",
            "data/Lpt1.tar.gz",
            "data/a:b",
            "data/a\\..\\evil",
            f"data/{'a' * 101}",
            f"data/{'abcdefgh/' * 10}a",
            f"data/{'a' * 90}/{'b' * 90}/{'c' * 90}",
            "data/$HOME",
            "data/a~1",
            "data/%0A",
        )
        for found in listed(path)
    ),
    # names that a manifest can't even hold
    beside("é composed", "data/\u00e9", "structure.name", "data/\\xc3\\xa9"),
    beside("é decomposed", "data/e\u0301", "structure.name", "data/e\\xcc\\x81"),
    beside("bidi", "data/a\u202egnp.exe", "structure.name", "data/a\\xe2\\x80\\xaegnp.exe"),
    beside("terminal", "data/\r\x1b[2KPASSED", "structure.name", "data/%0D%1B[2KPASSED"),
    beside("with a blank", "data/a b", "structure.name"),
    row(
        "manifest lists a tag file",
        lambda f: f.put(MANIFEST, f.files[MANIFEST] + b"0" * 64 + b"  evidence.json\n").reseal(),
        "structure.manifest_place",
        "evidence.json",
    ),
    row(
        "tagmanifest lists a proof",
        lambda f: (
            f.put(TAGMANIFEST, f.retag().files[TAGMANIFEST] + b"0" * 64 + b"  proof/x\n")
            .resign()
            .restamp()
        ),
        "structure.tagmanifest",
        TAGMANIFEST,
    ),
    row(
        "tagmanifest lists one less",
        lambda f: f.put(TAGMANIFEST, f.files[TAGMANIFEST].partition(b"\n")[2]).resign().restamp(),
        "structure.tagmanifest",
        TAGMANIFEST,
    ),
    row(
        "tagmanifest is empty",
        lambda f: f.put(TAGMANIFEST, b"").resign().restamp(),
        "structure.tagmanifest",
        TAGMANIFEST,
    ),
]


def form(name: str, old: bytes, new: bytes) -> Row:
    """A row for a manifest in another form, signed as it is."""
    return row(
        f"manifest with {name}",
        lambda f: f.swap(old, new, path=MANIFEST).reseal(),
        "structure.manifest",
        MANIFEST,
    )


def reversed_lines(forge: Forge) -> Forge:
    """The manifest in another order."""
    lines = forge.files[MANIFEST].splitlines(keepends=True)
    return forge.put(MANIFEST, b"".join(lines[::-1])).reseal()


def doubled_line(forge: Forge) -> Forge:
    """The manifest lists its first file twice."""
    text = forge.files[MANIFEST]
    return forge.put(MANIFEST, text.partition(b"\n")[0] + b"\n" + text).reseal()


def upper_hex(forge: Forge) -> Forge:
    """The manifest with capital digits."""
    text = forge.files[MANIFEST]
    return forge.put(MANIFEST, text[:64].upper() + text[64:]).reseal()


_PATH = TRANSCRIPT.encode()
FILES += [
    form("CRLF", b".txt\n", b".txt\r\n"),
    form("one blank", b"  data", b" data"),
    form("a tab", b"  data", b"\t data"),
    form("an asterisk", b"  data", b" *data"),
    form("a comment", _PATH, _PATH + b"\n# a note"),
    form("an empty line", _PATH + b"\n", _PATH + b"\n\n"),
    form("a Chinese name", _PATH, "data/聊天.txt".encode()),
    row(
        "manifest with a byte order mark",
        lambda f: f.put(MANIFEST, b"\xef\xbb\xbf" + f.files[MANIFEST]).reseal(),
        "structure.manifest",
        MANIFEST,
    ),
    row(
        "manifest without its last LF",
        lambda f: f.put(MANIFEST, f.files[MANIFEST][:-1]).reseal(),
        "structure.manifest",
        MANIFEST,
    ),
    row("manifest in another order", reversed_lines, "structure.manifest", MANIFEST),
    row("manifest with a line twice", doubled_line, "structure.manifest", MANIFEST),
    row("manifest with capital digits", upper_hex, "structure.manifest", MANIFEST),
]
