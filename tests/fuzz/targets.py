"""What is fuzzed: each target feeds bytes to one reader and demands what must hold of it."""

import contextlib
import datetime
import functools
import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import crl as core_crl

from evidence_kit.actions.verify import verify_bundle
from evidence_kit.bundle import layout, manifest, tags, zipform, zipscan
from evidence_kit.bundle.ranges import RangeFile
from evidence_kit.bundle.receipt import read_receipt
from evidence_kit.bundle.source import ZipSource
from evidence_kit.checks.expectations import Expectations
from evidence_kit.checks.tokens import earliest, latest
from evidence_kit.cli.report_text import bundle_lines
from evidence_kit.cli.words import Words
from evidence_kit.crypto import cms, der, pem, tsp, x509
from evidence_kit.crypto.crl import RevocationList, Statement, crl_to_der
from evidence_kit.crypto.hostile import hostile
from evidence_kit.errors import InputError, UsageError
from evidence_kit.i18n import LANGUAGES, Translator
from evidence_kit.model import NotBefore
from evidence_kit.report import Fault
from tests import forge
from tests.fuzz import chats, museum, mutators, tokens, workshop
from tests.fuzz.der_tree import parse
from tests.fuzz.guard import ScratchFile, memory_folder, refusing, require
from tests.fuzz.mutators import Mutator
from tests.fuzz.readers import read_json, read_zip, without_defaults

_NAME = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._-]{0,99}/){1,12}[A-Za-z0-9._-]{1,100}")
OTHER_DATA = workshop.DATA + b"."
_SCRATCH: list[ScratchFile] = []


@dataclass(frozen=True, kw_only=True)
class Target:
    """One reader under fuzzing."""

    run: Callable[[bytes], None]
    """Raises `guard.Violation` or whatever else must not come out of the reader."""
    mutate: Mutator
    max_bytes: int
    """Length of the inputs that are tried."""
    weight: int = 1
    """Its share of the time."""


def _file_with(content: bytes) -> Path:
    """A file of these bytes, until the next one is asked for."""
    if not _SCRATCH:
        _SCRATCH.append(ScratchFile())
    return _SCRATCH[0].holding(content)


def run_zip(content: bytes) -> None:
    """The zip reader: what it accepts, zipform rebuilds or zipfile reads in the same way."""
    path = _file_with(content)
    with refusing(), RangeFile(path) as file:
        if not zipscan.is_zip(file):
            return
        scan = zipscan.scan(file)
        if scan.is_canonical:
            directory = zipform.directory((m.name, m.crc32, m.size_bytes) for m in scan.members)
            require(content.endswith(directory), "canonical, but the directory is another one")
        _hash(path, content)


def _hash(path: Path, content: bytes) -> None:
    source = ZipSource(path)
    try:
        found = dict(zip(source.sizes, source.digests(None), strict=True))
        is_sound = not any(digest.fault for digest in found.values())
        for name, digest in found.items():
            layout.require_name(name)
            if digest.fault is None:
                read = source.read(name)
                require(hashlib.sha256(read).hexdigest() == digest.sha256, f"two readings: {name}")
                require(len(read) == source.sizes[name] == digest.size_bytes, f"size of {name}")
        layout.require_name(source.top)
        if is_sound:
            mine = {name: source.read(name) for name in found}
            # zipfile turns away what it says a newer version is needed for: that is no reading.
            with contextlib.suppress(NotImplementedError):
                theirs = {name.partition("/")[2]: data for name, data in read_zip(content)}
                require(mine == theirs, "zipfile reads something else")
            if source.container == "canonical":
                parts = [
                    zipform.local_header(member.name, member.crc32, member.size_bytes) + mine[name]
                    for name, member in source.members.items()
                ]
                require(content.startswith(b"".join(parts)), "canonical, but not as zipform has it")
    finally:
        source.close()


def run_bundle(content: bytes) -> None:
    """The whole verification: a report states only what the originals support, and can be shown."""
    path = _file_with(content)
    try:
        report = verify_bundle(path, Expectations(anchors=(workshop.ANCHOR,)))
    except InputError as error:
        require(error.code in ("bundle.not_a_zip", "bundle.not_a_bundle"), error.code)
        return
    require(report.findings, "no finding at all")
    museum.require_true(report, content)
    for words in _languages():
        for line in bundle_lines(words, report, is_verbose=True):
            require(line.text.isprintable(), "what is shown could move the cursor")


@functools.cache
def _languages() -> tuple[Words, ...]:
    return tuple(Words(Translator(lang)) for lang in LANGUAGES)


def run_folder(content: bytes) -> None:
    """The same for a bundle that someone unzipped, whose container can't be judged."""
    try:
        top, files = forge.explode(content)
    except Exception:  # zipfile lets nearly anything out where it is given hostile bytes
        return
    if not all(_NAME.fullmatch(f"{top}/{path}") for path in files):
        return
    with tempfile.TemporaryDirectory(dir=memory_folder()) as place:
        root = Path(place) / top
        root.mkdir()
        try:
            for path, raw in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(raw)
        except OSError:
            return  # a file that is a folder, too
        with refusing():
            report = verify_bundle(root, Expectations(anchors=(workshop.ANCHOR,)))
            # Its name is no claim any more; as sealed it was the id.
            museum.require_true(report, forge.canonical_zip(f"bundle-{report.bundle_id}", files))


def run_cms(content: bytes) -> None:
    """A signature that holds is the one that signing anew gives, and over nothing else."""
    for signer in (workshop.ORIGINAL_SIGNER, workshop.FORGER_SIGNER):
        _try_signature(content, signer)
    certificate = _embedded_certificate(content)
    if certificate:
        with refusing():
            cms.verify_detached(content, workshop.DATA, certificate_der=certificate)
            _require_not_verified(content, certificate)


def _try_signature(content: bytes, signer: workshop.Party) -> None:
    with refusing():
        held = cms.verify_detached(content, workshop.DATA, certificate_der=signer.der)
        _require_tellable(held.signing_time_claimed)
        again = cms.sign_detached(
            workshop.DATA, signer.signing_key, signed_at=held.signing_time_claimed
        )
        require(again == content, "a signature that signing does not give")
        _require_not_verified(content, signer.der)
        is_original = signer is workshop.ORIGINAL_SIGNER
        known = {raw for name, raw in museum.seeds("cms") if name.startswith("original")}
        require(not is_original or content in known, "a signature that was never made")


def _require_not_verified(content: bytes, certificate_der: bytes) -> None:
    try:
        cms.verify_detached(content, OTHER_DATA, certificate_der=certificate_der)
    except Fault:
        return
    require(False, "the signature holds over other data, too")


def _require_tellable(moment: datetime.datetime) -> None:
    """Every zone can tell the time: `astimezone` does not overflow."""
    for hours in (-14, 14):
        moment.astimezone(datetime.timezone(datetime.timedelta(hours=hours)))


def _embedded_certificate(content: bytes) -> bytes | None:
    try:
        return parse(content).children[1].children[0].children[3].children[0].dump()
    except (ValueError, IndexError):
        return None


def run_token(content: bytes) -> None:
    """A token that holds says what the authority said, and over nothing else."""
    extra = (workshop.INTERMEDIATE.der, workshop.STRANGER_ROOT.der)
    with refusing():
        token = tsp.verify_token(
            content, workshop.DATA, anchors=(workshop.ANCHOR,), extra_certificates_der=extra
        )
        _require_true_token(content, token)


def _require_true_token(content: bytes, token: tsp.TimestampToken) -> None:
    try:
        tsp.verify_token(content, OTHER_DATA, anchors=(workshop.ANCHOR,))
    except Fault:
        pass
    else:
        require(False, "the token holds over other data, too")
    digests = [hashlib.new(kind, workshop.DATA).digest() for kind in ("sha256", "sha384", "sha512")]
    require(any(digest in content for digest in digests), "the imprint is not in it")
    require(token.gen_time.tzinfo is datetime.UTC, "a time without a zone")
    require(earliest(token) <= token.gen_time <= latest(token), "no time at all")
    _require_tellable(earliest(token))
    _require_tellable(latest(token))
    if token.anchor is not None:
        require(token.chain_der[-1] == workshop.ROOT.der, "a chain that ends elsewhere")
        require(len(token.chain_der) >= 2, "a chain without links")
    original = workshop.ORIGINAL_AUTHORITY
    if token.chain_der[0] == original.der:
        said = (token.gen_time, token.serial, token.nonce, token.accuracy_ms, token.policy)
        require(said in _said_by_original(), f"it never said {said}")


@functools.cache
def _said_by_original() -> set[tuple[object, ...]]:
    """What the tokens of the corpus say, as asn1crypto alone reads them."""
    return {
        museum.said(raw)
        for target in ("token", "reply")
        for name, raw in museum.seeds(target)
        if name.startswith("original")
    }


def run_reply(content: bytes) -> None:
    """A reply that is accepted gives a token with the nonce that was asked for."""
    with refusing():
        tsr = tsp.accept_response(content, workshop.DATA, nonce=tokens.NONCE)
        token = tsp.verify_token(tsr, workshop.DATA, anchors=(workshop.ANCHOR,))
        require(token.nonce == tokens.NONCE, "another nonce")
        require(token.imprint_algorithm == "sha256", "another algorithm")
        _require_true_token(tsr, token)


def run_evidence(content: bytes) -> None:
    """What is accepted as evidence.json, strict JSON reads with the same meaning."""
    with refusing():
        evidence = tags.decode_evidence(content)
        tree = read_json(content)
        written = tags.encode_json(evidence)
        require(
            without_defaults(tree) == without_defaults(json.loads(written)),
            "read as another record",
        )
        require(tags.decode_evidence(written) == evidence, "does not read back")
        tags.bag_info(evidence)


def run_not_before(content: bytes) -> None:
    """The same for not-before.json."""
    with refusing():
        statement = tags.decode_json(content, NotBefore, path=layout.NOT_BEFORE)
        written = tags.encode_json(statement)
        require(read_json(content) == json.loads(written), "read as another record")


def run_manifest(content: bytes) -> None:
    """A manifest that is accepted is the one that would be written."""
    with refusing():
        digests = manifest.decode(content, path="m")
        require(manifest.encode(digests) == content, "a manifest of another form")
        require(len(digests) == content.count(b"\n"), "lines are lost")


def run_der(content: bytes) -> None:
    """What is accepted as DER is the very bytes that its elements make."""
    with refusing():
        der.require_der(content, code="certificate.malformed", max_bytes=1 << 16)
        require(parse(content).dump() == content, "not the shortest form, or more than one")


def run_cover(content: bytes) -> None:
    """The list of a renewal that is accepted is the one that would be written."""
    with refusing():
        digests = manifest.decode(content, path="m", algorithm="sha512")
        require(manifest.encode(digests) == content, "a list of another form")


def run_crl(content: bytes) -> None:
    """A list says of a certificate what the authority that signed it says, and asn1crypto reads."""
    with refusing():
        require(crl_to_der(content) == content or b"-----BEGIN" in content, "another list")
    with refusing():
        revocations = RevocationList(content)
        forger = workshop.FORGER_AUTHORITY
        said = revocations.says_of(forger.der, workshop.FORGER_CA.der)
        if said is not None:
            theirs = core_crl.CertificateList.load(content)["tbs_cert_list"]
            require(said.this_update == theirs["this_update"].native, "another time")
            serials = [
                entry["user_certificate"].native for entry in theirs["revoked_certificates"] or ()
            ]
            is_listed = forger.certificate.serial_number in serials
            require((said.revocation is not None) == is_listed, "another entry")
    for party in (workshop.ORIGINAL_AUTHORITY, workshop.INTERMEDIATE):
        with refusing():
            assert party.issuer
            said = RevocationList(content).says_of(party.der, party.issuer.der)
            require(said is None or said in _statements_on(party), "the authority never said so")


@functools.cache
def _statements_on(party: workshop.Party) -> list[Statement | None]:
    """What the lists of the corpus say of a certificate whose issuer's key is never used."""
    assert party.issuer
    lists = [raw for name, raw in museum.seeds("crl") if name.startswith("original")]
    return [RevocationList(raw).says_of(party.der, party.issuer.der) for raw in lists]


def run_receipt(content: bytes) -> None:
    """A receipt that is read is the text itself, blanks aside."""
    text = content.decode("utf-8", "surrogateescape")
    try:
        receipt = read_receipt(text)
    except UsageError:
        return
    require(str(receipt) == " ".join(text.split()), "read as another receipt")


def run_certificate(content: bytes) -> None:
    """A certificate is described or refused, and leads nowhere unless it was issued."""
    code = "certificate.malformed"
    with refusing():
        x509.describe(content)
        certificate = x509.load_certificate(content)
        with hostile(code):
            x509.is_signing_key(certificate)
            x509.is_authority_key(certificate)
            x509.may_sign(certificate)
            chain = x509.build_chain(
                certificate,
                [workshop.INTERMEDIATE.certificate, certificate],
                (workshop.ANCHOR,),
                at=workshop.NOW,
            )
            known = {raw for name, raw in museum.seeds("certificate") if "original" in name}
            require(chain.anchor is None or content in known, "a chain that nobody issued")


def run_pem(content: bytes) -> None:
    """Certificates that are found in a PEM file are there, armour and all."""
    with refusing():
        for certificate in pem.certificates_from_pem(content):
            again = pem.certificates_from_pem(pem.certificate_to_pem(certificate))
            require(again == (certificate,), "does not read back")


def run_chat(content: bytes) -> None:
    """Every parser of chats accounts for every byte, whatever it is."""
    chats.run(_file_with(content))


TARGETS: Mapping[str, Target] = {
    "bundle": Target(run=run_bundle, mutate=mutators.bundle, max_bytes=32_000, weight=6),
    "folder": Target(run=run_folder, mutate=mutators.bundle, max_bytes=32_000, weight=2),
    "zip": Target(run=run_zip, mutate=mutators.container, max_bytes=8_000, weight=3),
    "token": Target(run=run_token, mutate=mutators.token, max_bytes=6_000, weight=3),
    "cms": Target(run=run_cms, mutate=mutators.signature, max_bytes=4_000, weight=2),
    "reply": Target(run=run_reply, mutate=mutators.token, max_bytes=6_000),
    "certificate": Target(run=run_certificate, mutate=mutators.der, max_bytes=3_000),
    "pem": Target(run=run_pem, mutate=mutators.text, max_bytes=3_000),
    "der": Target(run=run_der, mutate=mutators.der, max_bytes=2_000),
    "evidence": Target(run=run_evidence, mutate=mutators.json_text, max_bytes=6_000, weight=2),
    "not_before": Target(run=run_not_before, mutate=mutators.json_text, max_bytes=2_000),
    "manifest": Target(run=run_manifest, mutate=mutators.text, max_bytes=2_000),
    "cover": Target(run=run_cover, mutate=mutators.text, max_bytes=4_000),
    "crl": Target(run=run_crl, mutate=mutators.revocation_list, max_bytes=2_000, weight=2),
    "chat": Target(run=run_chat, mutate=chats.mutate, max_bytes=20_000, weight=4),
    "receipt": Target(run=run_receipt, mutate=mutators.text, max_bytes=400),
}
"""By name; each has a folder of the corpus."""
