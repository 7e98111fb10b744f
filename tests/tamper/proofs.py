"""Attacks on proofs, and proofs that this version can't judge."""

import json
from datetime import UTC, datetime, timedelta

from evidence_kit.report import Outcome
from fixtures.tsa import FAULTS, Recipe
from tests.forge import SIGNATURE, SIGNER, TOKEN, Forge, Json
from tests.tamper.table import FAILED, INDETERMINATE, PASSED, Attack, Row, row

SECOND = "proof/signature.p7s.1.tsr"
NOT_BEFORE = "data/not-before.json"
NOT_BEFORE_TOKEN = "data/not-before.tsr"
_HEX = "0" * 64


def stamped(fault: str, code: str, verdict: Outcome) -> list[Row]:
    """Rows for a token that is wrong in this way, alone and beside a good one."""
    recipe = FAULTS[fault].recipe
    return [
        row(f"token {fault}", lambda f: f.restamp(recipe), code, TOKEN, verdict),
        row(f"token {fault} beside a good one", lambda f: f.restamp(recipe, path=SECOND),
            "ignored_proof", SECOND, PASSED),
    ]  # fmt: skip


def flipped(path: str, at: int) -> Attack:
    """One bit of one byte is another."""

    def attack(forge: Forge) -> Forge:
        content = bytearray(forge.files[path])
        content[at] ^= 1
        return forge.put(path, bytes(content))

    return attack


def before(forge: Forge, at: datetime | None = None, **changes: object) -> Forge:
    """A token from before the act, over a statement about this bundle or another."""
    told = json.loads(forge.files["evidence.json"])
    statement = {
        "nonce": "0" * 32,
        "id": told["id"],
        "case_id": None,
        "previous": None,
        "url": None,
        "signer_sha256": told["signer_sha256"],
    } | changes
    content = json.dumps(statement).encode()
    token = forge.stamp(content, Recipe(gen_time=at) if at else Recipe())
    return before_files(forge, content, token)


def before_files(forge: Forge, content: bytes, token: bytes) -> Forge:
    """The two files, told of and sealed."""

    def change(told: Json) -> None:
        for path, file in ((NOT_BEFORE, content), (NOT_BEFORE_TOKEN, token)):
            told["record"]["files"].append(
                {
                    "path": path,
                    "size_bytes": len(file),
                    "media_type": "application/octet-stream",
                    "role": "original",
                }
            )

    forge.put(NOT_BEFORE, content).put(NOT_BEFORE_TOKEN, token)
    return forge.tell(change).remanifest().reseal()


def many_tokens(forge: Forge) -> Forge:
    """One token more than a bundle may hold."""
    for number in range(17):
        forge.put(f"proof/signature.p7s.{number}.tsr", forge.files[TOKEN])
    return forge


def many_certificates(forge: Forge) -> Forge:
    """More certificates than any chain has: each would be tried for each token."""
    for number in range(65):
        forge.put(f"proof/certs/{number:064x}.der", b"x")
    return forge


def another_bundles_token(forge: Forge) -> Forge:
    """The token of a signature over something else."""
    return forge.put(TOKEN, forge.stamp(b"another signature"))


PROOFS: list[Row] = [
    row("token of another bundle", another_bundles_token, "timestamp.imprint", TOKEN),
    row("token is junk", lambda f: f.put(TOKEN, b"\x30\x82junk"), "timestamp.malformed", TOKEN),
    row("token is empty", lambda f: f.put(TOKEN, b""), "timestamp.malformed", TOKEN),
    row("token too large", lambda f: f.put(TOKEN, b"\0" * 65537), "structure.size", TOKEN),
    row("junk beside a good token", lambda f: f.put(SECOND, b"junk"),
        "ignored_proof", SECOND, PASSED),
    row("another's token beside a good one", lambda f: f.put(SECOND, f.stamp(b"x")),
        "ignored_proof", SECOND, PASSED),
    row("a good token beside a good one", lambda f: f.restamp(path=SECOND),
        "timestamp.holds", SECOND, PASSED),
    row("seventeen tokens", many_tokens, "structure.too_many_tokens", "container"),
    row("sixty-five certificates", many_certificates, "container.too_many", "container"),
    *stamped("imprint-sha1", "timestamp.imprint_algorithm", INDETERMINATE),
    *stamped("imprint-flipped", "timestamp.imprint", FAILED),
    *stamped("eku-absent", "timestamp.usage", INDETERMINATE),
    *stamped("eku-not-critical", "timestamp.usage", INDETERMINATE),
    *stamped("eku-other-too", "timestamp.usage", INDETERMINATE),
    *stamped("eku-other-only", "timestamp.usage", INDETERMINATE),
    *stamped("expired", "timestamp.outside_validity", FAILED),
    *stamped("untrusted", "timestamp.impostor", FAILED),
    *stamped("status-text", "timestamp.not_rewrapped", FAILED),
    *stamped("trailing", "timestamp.malformed", FAILED),
    *stamped("no-certificates", "timestamp.no_certificate", INDETERMINATE),
    row("token older than its signer", lambda f: f.restamp(FAULTS["past"].recipe),
        "signer.not_yet_valid", SIGNER, INDETERMINATE),
    row("token by a certificate expired since",
        lambda f: f.restamp(FAULTS["expired-since"].recipe),
        "timestamp.holds", TOKEN, INDETERMINATE),
    row("token younger than its signer's end",
        lambda f: f.restamp(Recipe(gen_time=datetime(2040, 1, 1, tzinfo=UTC))),
        "signer.expired", SIGNER),
    row("signature with trailing bytes", lambda f: f.put(SIGNATURE, f.files[SIGNATURE] + b"\0"),
        "signature.malformed", SIGNATURE),
    row("signature is junk", lambda f: f.put(SIGNATURE, b"\x30\0"), "signature.malformed",
        SIGNATURE),
    row("signature is empty", lambda f: f.put(SIGNATURE, b""), "signature.malformed", SIGNATURE),
    row("signature too large", lambda f: f.put(SIGNATURE, b"\0" * 65537), "structure.size",
        SIGNATURE),
    row("signature's last bit", flipped(SIGNATURE, -1), "signature.value", SIGNATURE),
    row("signature of another bundle",
        lambda f: f.put("bagit.txt", b"x").retag().resign().drop("bagit.txt").put(
            "bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n").retag(),
        "signature.digest", SIGNATURE),
    row("signer with text around", lambda f: f.put(SIGNER, b"PASSED\n" + f.files[SIGNER]),
        "signature.pem", SIGNER),
    row("signer with CRLF",
        lambda f: f.put(SIGNER, f.files[SIGNER].replace(b"\n", b"\r\n")),
        "signature.pem", SIGNER),
    row("signer twice", lambda f: f.put(SIGNER, f.files[SIGNER] * 2), "signature.pem", SIGNER),
    row("signer is junk", lambda f: f.put(SIGNER, b"junk"), "certificate.malformed", SIGNER),
    row("signer is another", lambda f: _only_signer(f), "signature.certificate_mismatch",
        SIGNATURE),
    row("proof of another kind", lambda f: f.put("proof/other/witness.txt", b"PASSED"),
        "proof.unknown", "proof/other/witness.txt", PASSED),
    row("proof of another kind too large",
        lambda f: f.put("proof/other/witness.txt", b"\0" * ((1 << 20) + 1)),
        "structure.size", "proof/other/witness.txt"),
    row("certificate by a wrong name", lambda f: f.put(f"proof/certs/{_HEX}.der", b"x"),
        "ignored_proof", f"proof/certs/{_HEX}.der", PASSED),
    row("not before", before, "not_before.holds", NOT_BEFORE_TOKEN, PASSED),
    row("not before, no root known", before, "not_before.no_support", NOT_BEFORE, INDETERMINATE,
        knows="nobody"),
    row("not before, of another act", lambda f: before(f, id="0" * 32),
        "not_before.no_support", NOT_BEFORE, PASSED),
    row("not before, of another case", lambda f: before(f, case_id="0" * 32),
        "not_before.no_support", NOT_BEFORE, PASSED),
    row("not before, of another signer", lambda f: before(f, signer_sha256=_HEX),
        "not_before.no_support", NOT_BEFORE, PASSED),
    row("not before, other data", lambda f: before_files(f, b"{}", f.stamp(b"{}")),
        "not_before.no_support", NOT_BEFORE, PASSED),
    row("not before, junk token", lambda f: before_files(before(f), b"{}", b"junk"),
        "structure.file_list", NOT_BEFORE),
    row("not before is after",
        lambda f: before(f, datetime.now(UTC) + timedelta(days=1)),
        "time.order", NOT_BEFORE_TOKEN, INDETERMINATE),
]  # fmt: skip


def _only_signer(forge: Forge) -> Forge:
    signature = forge.files[SIGNATURE]
    return forge.resign(forge.stranger).put(SIGNATURE, signature)
