"""The commands of VERIFY.txt, pasted as they stand: right for a good bundle, wrong for others."""

import os
import re
import shlex
import subprocess
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from evidence_kit.actions.seal import Sealed
from evidence_kit.crypto.cms import sign_detached
from evidence_kit.crypto.keys import SigningKey
from fixtures.tsa import FAULTS
from tests.build import NOW
from tests.forge import CHAT, MANIFEST, SIGNATURE, TAGMANIFEST, Forge
from tests.interop.conftest import Run, Said
from tests.tamper.renewals import COVER, renew

RECEIPT, TAGS, FILES, SIGNED, SIGNER, TOKEN, TIME = range(7)
"""The commands, in their order; two more are for renewals."""
SECONDS = '"$(' + "date -u -d "
"""How the last command gets the time, with GNU date."""


def commands(folder: Path, root: Path) -> list[str]:
    """The indented lines of VERIFY.txt, with the authority's root where the reader has it."""
    lines = (folder / "VERIFY.txt").read_text(encoding="utf-8").splitlines()
    pasted = [line.strip() for line in lines if line.startswith("     ")]
    english, chinese = pasted[: len(pasted) // 2], pasted[len(pasted) // 2 :]
    assert english == chinese
    assert len(english) == TIME + 3
    return [line.replace("/tmp/root.pem", shlex.quote(str(root))) for line in english]


@pytest.fixture
def paste(unzipped: Callable[[bytes], Path], run: Run) -> Callable[[Forge], list[Said]]:
    """Unzips a bundle and runs all commands of its VERIFY.txt."""

    def paste(forge: Forge) -> list[Said]:
        folder = unzipped(forge.zip())
        lines = commands(folder, forge.tsa.root_pem)[: TIME + 1]
        return [run(line, folder) for line in lines]

    return paste


def failing(answers: list[Said]) -> list[int]:
    return [number for number, said in enumerate(answers) if not said.is_ok]


def test_good_bundle_passes_each_step(
    sealed: tuple[Sealed, Forge], forge: Forge, paste: Callable[[Forge], list[Said]]
) -> None:
    good, _ = sealed
    assert forge.zip() == good.path.read_bytes()
    answers = paste(forge)
    assert failing(answers) == []
    _, _, _, tagmanifest, signature, _ = good.receipt.split()
    assert [line[:64] for line in answers[RECEIPT].text.splitlines()] == [tagmanifest, signature]
    assert "CMS Verification successful" in answers[SIGNED].text
    assert forge.key.certificate_sha256 in answers[SIGNER].text.replace(":", "").lower()
    assert "Time stamp: " in answers[TOKEN].text
    assert "Verification: OK" in answers[TIME].text


def test_last_command_takes_a_number_in_place_of_gnu_date(
    forge: Forge, unzipped: Callable[[bytes], Path], run: Run
) -> None:
    folder = unzipped(forge.zip())
    *_, token, last, _, _ = commands(folder, forge.tsa.root_pem)
    shown = re.search(r"^Time stamp: (.+)$", run(token, folder).text, re.MULTILINE)
    assert shown
    seconds = int(parsedate_to_datetime(mail_date(shown[1])).timestamp())
    command, quoted = last[: last.index(SECONDS)], last[last.index(SECONDS) :]
    assert quoted.endswith('+%s)"')
    assert "Verification: OK" in run(command + str(seconds), folder).text
    assert not run(command + "0", folder).is_ok


def test_commands_for_a_renewal_hold_and_miss_no_change(
    forge: Forge, unzipped: Callable[[bytes], Path], run: Run
) -> None:
    folder = unzipped(renew(forge).zip())
    lines = commands(folder, forge.tsa.root_pem)[TIME + 1 :]
    assert [run(line, folder).is_ok for line in lines] == [True, True]
    (folder / CHAT).write_bytes(b"lie")
    assert [run(line, folder).is_ok for line in lines] == [False, True]
    (folder / COVER).write_bytes((folder / COVER).read_bytes()[1:])
    assert [run(line, folder).is_ok for line in lines] == [False, False]


def mail_date(text: str) -> str:
    """A time as openssl prints it, in the form of RFC 5322."""
    month, day, clock, year, zone = text.split()
    return f"{day} {month} {year} {clock.partition('.')[0]} {zone}"


def test_notes_for_other_systems_count_the_seconds_right(forge: Forge) -> None:
    english, chinese = forge.files["VERIFY.txt"].decode().split("\n\n\n")
    for text in (english, chinese):
        (printed,) = re.findall(r"(\w{3} \d\d [\d:]+ \d{4} GMT)", text)
        (seconds,) = re.findall(r"\b1\d{9}\b", text)
        moment = parsedate_to_datetime(mail_date(printed))
        assert int(seconds) == int(moment.timestamp())
        assert f'"{moment:%Y-%m-%d %H:%M:%S}" +%s' in text
        assert f"'{moment:%Y-%m-%dT%H:%M:%SZ}'" in text


def test_words_of_the_receipt_are_where_verify_txt_says(
    sealed: tuple[Sealed, Forge], forge: Forge, paste: Callable[[Forge], list[Said]]
) -> None:
    good, _ = sealed
    words = good.receipt.split()
    text = forge.files["VERIFY.txt"].decode()
    assert "4th and 5th words" in text
    shown = [line[:64] for line in paste(forge)[RECEIPT].text.splitlines()]
    assert shown == words[3:5]


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (lambda f: f.put(CHAT, b"lie"), FILES),
        (lambda f: f.put(CHAT, b"lie").remanifest(), TAGS),
        (lambda f: f.put(CHAT, b"lie").remanifest().retag(), SIGNED),
        (lambda f: f.drop(CHAT), FILES),
        (lambda f: f.swap(b"receipt", b"RECEIPT", path="VERIFY.txt"), TAGS),
        (lambda f: f.put(MANIFEST, f.files[MANIFEST] + b"junk\n").reseal(), FILES),
        (lambda f: f.put(CHAT, b"lie").remanifest().retag().resign(), TIME),
        (lambda f: f.restamp(FAULTS["untrusted"].recipe), TIME),
        (lambda f: f.restamp(FAULTS["expired"].recipe), TIME),
        (lambda f: f.put("proof/signature.p7s.0.tsr", b"junk"), TIME),
    ],
    ids=[
        "changed", "manifest too", "tagmanifest too", "removed", "VERIFY.txt", "junk line",
        "signed again", "made-up root", "expired", "junk token",
    ],
)  # fmt: skip
def test_changed_bundle_fails_at_its_step(
    change: Callable[[Forge], Forge],
    step: int,
    forge: Forge,
    paste: Callable[[Forge], list[Said]],
) -> None:
    assert step in failing(paste(change(forge)))


def test_bundle_made_anew_differs_from_receipt_and_fingerprint(
    sealed: tuple[Sealed, Forge], forge: Forge, paste: Callable[[Forge], list[Said]]
) -> None:
    good, _ = sealed
    answers = paste(forge.put(CHAT, b"lie").take_over())
    assert failing(answers) == []
    digests = [line[:64] for line in answers[RECEIPT].text.splitlines()]
    assert set(digests).isdisjoint(good.receipt.split())
    assert forge.key.certificate_sha256 not in answers[SIGNER].text.replace(":", "").lower()


def test_signature_by_a_stranger_is_refused_for_the_named_signer(
    forge: Forge, paste: Callable[[Forge], list[Said]]
) -> None:
    signer = forge.files["proof/signer.pem"]
    forge.put(CHAT, b"lie").remanifest().retag().resign(forge.stranger)
    assert SIGNED in failing(paste(forge.put("proof/signer.pem", signer)))


def test_signer_under_a_root_of_the_system_is_refused(
    forge: Forge, unzipped: Callable[[bytes], Path], run: Run, tmp_path: Path
) -> None:
    root, other = under_a_root()
    forge.put(CHAT, b"lie").remanifest().retag()
    forge.put(SIGNATURE, sign_detached(forge.files[TAGMANIFEST], other, signed_at=NOW))
    folder = unzipped(forge.zip())
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots/root.pem").write_bytes(root)
    subprocess.run(["openssl", "rehash", "roots"], cwd=tmp_path, check=True, capture_output=True)
    environ = {**os.environ, "SSL_CERT_DIR": str(tmp_path / "roots")}
    line = commands(folder, forge.tsa.root_pem)[SIGNED]
    trap = line.replace("-nointern -noverify -certfile", "-CAfile")
    # What most people would type trusts every root of the system as well.
    assert run(trap, folder, environ).is_ok
    said = run(line, folder, environ)
    assert not said.is_ok
    assert "CMS Verification successful" not in said.text


def under_a_root() -> tuple[bytes, SigningKey]:
    """A root, and a signing key that it vouches for."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("Root", "Leaf")
    ]
    made = [
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(names[0])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=900))
        .not_valid_after(NOW + timedelta(days=9000))
        .add_extension(x509.BasicConstraints(ca=name is names[0], path_length=None), critical=True)
        .sign(keys[0], hashes.SHA256())
        for name, key in zip(names, keys, strict=True)
    ]
    root, leaf = (certificate.public_bytes(Encoding.DER) for certificate in made)
    pem = made[0].public_bytes(Encoding.PEM)
    assert root != leaf
    return pem, SigningKey(private_key=keys[1], certificate_der=leaf)
