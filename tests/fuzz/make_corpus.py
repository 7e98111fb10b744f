"""Make the corpus anew: `python -m tests.fuzz.make_corpus`. The same bytes at every run.

Files whose names begin with "crash-" were found by fuzzing; they stay as they are.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from cryptography import x509

from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.pem import certificate_to_pem
from fixtures.chats import make as exports
from tests import forge, rawzip
from tests.fuzz import der_tree, workshop
from tests.fuzz.bundles import bundles
from tests.fuzz.der_tree import Node
from tests.fuzz.museum import CORPUS
from tests.fuzz.tokens import NONCE, stamp
from tests.fuzz.workshop import Party

_LARGEST_CHAT = 8000
"""Bytes of an export that is taken as a seed."""


def crls() -> Mapping[str, bytes]:
    """Lists of the authorities, with and without entries."""
    intermediate, forger = workshop.INTERMEDIATE, workshop.FORGER_CA
    authority = workshop.FORGER_AUTHORITY
    reasons = x509.ReasonFlags
    entries = {
        "plain": workshop.revoked(authority),
        "compromise": workshop.revoked(authority, reasons.key_compromise, since=workshop.NOW),
        "superseded": workshop.revoked(authority, reasons.superseded),
        "hold": workshop.revoked(authority, reasons.certificate_hold),
    }
    original = workshop.revoked(workshop.ORIGINAL_AUTHORITY, reasons.superseded)
    place = x509.UniformResourceIdentifier("http://crl.example/1.crl")
    scopes: Mapping[str, x509.ExtensionType] = {
        "users": workshop.scope(only_contains_user_certs=True),
        "authorities": workshop.scope(only_contains_ca_certs=True),
        "part": workshop.scope(full_name=[place]),
        "indirect": workshop.scope(indirect_crl=True),
        "delta": x509.DeltaCRLIndicator(1),
    }
    return {
        "original-empty.crl": workshop.revocation_list(intermediate),
        "original-entry.crl": workshop.revocation_list(intermediate, revoked=[original]),
        "original-root.crl": workshop.revocation_list(workshop.ROOT),
        "forger-empty.crl": workshop.revocation_list(forger),
        "forger-late.crl": workshop.revocation_list(
            forger, this_update=datetime(2049, 6, 1, tzinfo=UTC)
        ),
        **{
            f"forger-{name}.crl": workshop.revocation_list(forger, critical=extension)
            for name, extension in scopes.items()
        },
        "stranger.crl": workshop.revocation_list(workshop.STRANGER_ROOT),
        **{
            f"forger-{name}.crl": workshop.revocation_list(forger, revoked=[entry])
            for name, entry in entries.items()
        },
    }


def zips() -> Mapping[str, bytes]:
    """Small zips of every form that is read, and some that are not."""
    entries = [
        rawzip.Entry(name=b"bundle-x/data/a", raw=b"aaaa" * 20),
        rawzip.Entry(name=b"bundle-x/evidence.json", raw=b"{}"),
    ]
    first, second = entries
    folder = rawzip.Entry(name=b"bundle-x/data/", raw=b"", attributes=0o40755 << 16)
    times = replace(first, extra=b"UT\x05\x00\x03abcd", local={"extra": b"UT\x05\x00\x03abcd"})
    wide = replace(second, extra=struct.pack("<2H2Q", 1, 16, 2, 2), size=rawzip.FULL_32)
    wide = replace(wide, stored=rawzip.FULL_32)
    made = {
        "canonical.zip": forge.canonical_zip(
            "bundle-x", {"data/a": first.raw, "evidence.json": second.raw}
        ),
        "deflated.zip": rawzip.raw_zip([rawzip.deflated(entry) for entry in entries]),
        "folder.zip": rawzip.raw_zip([folder, *entries]),
        "times.zip": rawzip.raw_zip([times, second]),
        "wide-member.zip": rawzip.raw_zip([first, wide]),
        "wide-end.zip": rawzip.raw_zip(entries, wide={}, end={"count": rawzip.FULL_16}),
        "order.zip": rawzip.raw_zip(entries[::-1]),
        "twice.zip": rawzip.raw_zip([first, first]),
        "gap.zip": rawzip.raw_zip(entries, gap=b"gap"),
        "comment.zip": rawzip.raw_zip(entries, comment=b"comment"),
        "empty.zip": rawzip.raw_zip([]),
    }
    for name, form, mark in (
        ("narrow", "<3I", b""), ("narrow-marked", "<3I", b"PK\x07\x08"),
        ("wide", "<I2Q", b""), ("wide-marked", "<I2Q", b"PK\x07\x08"),
    ):  # fmt: skip
        entry = rawzip.deflated(first)
        numbers = struct.pack(form, entry.crc, len(entry.raw), entry.size)
        local = {"crc": 0, "size": 0, "stored": 0}
        entry = replace(entry, flags=8, behind=mark + numbers, local=local)
        made[f"descriptor-{name}.zip"] = rawzip.raw_zip([entry, second])
    return made


def tokens() -> Mapping[str, bytes]:
    """Tokens over `workshop.DATA`."""
    data, forger = workshop.DATA, workshop.FORGER_AUTHORITY
    stranger = workshop.STRANGER_AUTHORITY
    good = stamp(data, forger)
    return {
        "original-sha256.tsr": stamp(data),
        "original-sha512.tsr": stamp(data, serial=78, nonce=9, digest="sha512"),
        "forger.tsr": stamp(data, forger),
        "forger-no-chain.tsr": stamp(data, forger, chain=()),
        "forger-no-certificates.tsr": stamp(data, forger, has_certificates=False),
        "imprint-sha1.tsr": stamp(data, forger, digest="sha1"),
        "other-data.tsr": stamp(data + b".", forger),
        "untrusted.tsr": stamp(data, stranger, chain=()),
        "impostor.tsr": stamp(data, stranger, chain=(workshop.STRANGER_ROOT,)),
        "before-its-time.tsr": stamp(data, forger, gen_time=datetime(2019, 1, 1, tzinfo=UTC)),
        "end-of-time.tsr": stamp(data, workshop.ETERNAL_AUTHORITY, gen_time=workshop.END_OF_TIME),
        "late.tsr": stamp(data, workshop.ETERNAL_AUTHORITY),
        "imprint-parameters.tsr": _restated(
            good, lambda told: told.children[2].children[0].children.append(Node(2, b"\x07"))
        ),
        "extra-element.tsr": _restated(good, lambda told: told.children.append(Node(4, b"\x07"))),
        "fraction.tsr": _restated(
            good, lambda told: setattr(told.children[4], "content", b"20261123080000.5Z")
        ),
        "injected.tsr": stamp(data, forger, chain=(workshop.INTERMEDIATE, workshop.STRANGER_ROOT)),
    }


def _restated(tsr: bytes, change: Callable[[Node], None]) -> bytes:
    """A token that says something else, signed again by the forger's authority."""
    tree = der_tree.parse(tsr)
    encapsulated = tree.children[1].children[1].children[0].children[2]
    holder = encapsulated.children[1].children[0]
    statement = der_tree.parse(holder.content)
    change(statement)
    holder.content = statement.dump()
    der_tree.sign_again(tree, workshop.FORGER_AUTHORITY)
    return tree.dump()


def replies() -> Mapping[str, bytes]:
    """Answers of an authority to a request with `tokens.NONCE`."""
    data, nonce = workshop.DATA, NONCE
    good = stamp(data, nonce=nonce)
    return {
        "original.tsr": good,
        "forger.tsr": stamp(data, workshop.FORGER_AUTHORITY, nonce=nonce),
        "nonce-absent.tsr": stamp(data, workshop.FORGER_AUTHORITY),
        "with-mods.tsr": good.replace(bytes.fromhex("3003020100"), bytes.fromhex("3003020101"), 1),
        "refused.tsr": bytes.fromhex("30053003020102"),
    }


def signatures() -> Mapping[str, bytes]:
    """Signatures over `workshop.DATA`."""
    late = datetime(2050, 1, 1, tzinfo=UTC)
    return {
        "original-now.p7s": _signature(workshop.ORIGINAL_SIGNER, workshop.NOW),
        "original-late.p7s": _signature(workshop.ORIGINAL_SIGNER, late),
        "forger.p7s": _signature(workshop.FORGER_SIGNER, workshop.NOW),
        "year-0.p7s": _signed_at(b"00000101000000Z"),
        "year-9999.p7s": _signed_at(b"99991231235959Z"),
    }


def _signed_at(time: bytes) -> bytes:
    """The forger's signature with a GeneralizedTime of his own."""
    tree = der_tree.parse(_signature(workshop.FORGER_SIGNER, workshop.NOW))
    for node in tree.walk():
        if node.tag == 0x17 and node.content == b"261123080000Z":
            node.tag, node.content = 0x18, time
    der_tree.sign_again(tree, workshop.FORGER_SIGNER)
    return tree.dump()


def _signature(signer: Party, signed_at: datetime) -> bytes:
    return sign_detached(workshop.DATA, signer.signing_key, signed_at=signed_at)


def certificates() -> Mapping[str, bytes]:
    """Those of the workshop."""
    return {
        "original-root.der": workshop.ROOT.der,
        "original-intermediate.der": workshop.INTERMEDIATE.der,
        "original-authority.der": workshop.ORIGINAL_AUTHORITY.der,
        "original-forger.der": workshop.FORGER_AUTHORITY.der,
        "stranger-root.der": workshop.STRANGER_ROOT.der,
        "stranger-authority.der": workshop.STRANGER_AUTHORITY.der,
        "signer.der": workshop.ORIGINAL_SIGNER.der,
    }


def _parts(ending: str) -> Mapping[str, bytes]:
    """The files of one kind out of the bundles."""
    found = {}
    for name, content in bundles().items():
        _, files = forge.explode(content)
        for path, raw in files.items():
            if path.endswith(ending):
                found[f"{name.removesuffix('.zip')}-{path.rpartition('/')[2]}"] = raw
    return found


def receipts() -> Mapping[str, bytes]:
    """Good ones, and what chats make of them."""
    line = b"ek1 " + b"1" * 32 + b" 12 " + b"2" * 64 + b" " + b"3" * 64
    return {
        "stamped.txt": line + b" 2026-11-23T08:00:00Z",
        "unstamped.txt": line + b" -\n",
        "broken.txt": line.replace(b" ", b"\r\n\xe3\x80\x80") + b" -",
    }


def pems() -> Mapping[str, bytes]:
    """One certificate, two, and one with text around it."""
    one, two = certificate_to_pem(workshop.ROOT.der), certificate_to_pem(workshop.INTERMEDIATE.der)
    return {
        "one.pem": one,
        "two.pem": one + two,
        "text.pem": b"subject=x\r\n" + one.replace(b"\n", b"\r\n"),
    }


def ders() -> Mapping[str, bytes]:
    """A token, a certificate, and one element of each kind."""
    kinds = (
        "010100",
        "0101ff",
        "020100",
        "020200ff",
        "030100",
        "03020780",
        "0400",
        "0500",
        "06032a8648",
        "0a0101",
        "0c0161",
        "170d3236313132333038303030305a",
        "a0020500",
    )
    elements = b"".join(map(bytes.fromhex, kinds))
    return {
        "token.der": stamp(workshop.DATA),
        "certificate.der": workshop.ROOT.der,
        "kinds.der": bytes([0x30, len(elements)]) + elements,
        "deep.der": bytes.fromhex("3006300430023000"),
    }


def chats() -> Mapping[str, bytes]:
    """The small ones of the exports that the parsers are tested with."""
    return {
        f"{parser}-{name}": case.data
        for parser in exports.generators()
        for name, case in exports.cases(parser)
        if len(case.data) <= _LARGEST_CHAT
    }


CORPORA: Mapping[str, Callable[[], Mapping[str, bytes]]] = {
    "bundle": bundles,
    "folder": lambda: {name: raw for name, raw in bundles().items() if name.startswith("original")},
    "zip": zips,
    "token": tokens,
    "reply": replies,
    "cms": signatures,
    "crl": crls,
    "certificate": certificates,
    "pem": pems,
    "der": ders,
    "evidence": lambda: _parts("evidence.json"),
    "not_before": lambda: _parts("not-before.json"),
    "manifest": lambda: _parts("sha256.txt"),
    "cover": lambda: _parts("cover.sha512"),
    "receipt": receipts,
    "chat": chats,
}
"""Target -> names and bytes of what this script makes for it."""


def main() -> None:
    """Write the corpus, leaving alone what was found by fuzzing."""
    for target, make in CORPORA.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if not old.name.startswith("crash-"):
                old.unlink()
        for name, content in make().items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
