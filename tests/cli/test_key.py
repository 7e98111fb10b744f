"""Keys as a user brings them: PKCS#12 files that openssl made, and cases that change hands."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from evidence_kit.bundle.reader import Bundle
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import ExitCode
from evidence_kit.model import Kind, Stated
from fixtures.tsa import Tsa
from tests.cli.conftest import Run
from tests.crypto.forge import Identity, issue, only

PASSPHRASE = "密码 word"


@pytest.fixture
def pack(run: Run) -> Callable[..., Path]:
    """Makes key.p12 with openssl, and pass.txt, in the current folder."""

    def make(identity: Identity, above: Sequence[Identity] = ()) -> Path:
        key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        Path("key.pem").write_bytes(key)
        Path("leaf.pem").write_bytes(identity.certificate.public_bytes(Encoding.PEM))
        Path("above.pem").write_bytes(
            b"".join(one.certificate.public_bytes(Encoding.PEM) for one in above)
        )
        command = ["openssl", "pkcs12", "-export", "-out", "key.p12", "-passout", "env:PASS"]
        command += ["-inkey", "key.pem", "-in", "leaf.pem"]
        command += ["-certfile", "above.pem"] if above else []
        environ = os.environ | {"PASS": PASSPHRASE}
        subprocess.run(command, check=True, capture_output=True, env=environ)
        Path("pass.txt").write_text(f"{PASSPHRASE}\n", encoding="utf-8")
        return Path("key.p12")

    return make


def taken_in(run: Run, file: str | Path = "key.p12") -> str:
    """Fingerprint of the key in a file, after it was imported."""
    ran = run("key", "import", file, "--passphrase-file", "pass.txt")
    assert ran.code == ExitCode.DONE, ran.err
    return ran.out.strip()


def new_key(run: Run) -> str:
    ran = run("key", "new")
    assert ran.code == ExitCode.DONE
    return ran.out.strip()


def case_of_one(run: Run) -> None:
    """A case in the folder `case`, with one bundle in it."""
    assert run("init", "case", "--no-input").code == ExitCode.DONE
    add(run)


def add(run: Run) -> Path:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    ran = run("add", "chat.txt", "--case", "case")
    assert ran.code == ExitCode.DONE, ran.err
    return Path(ran.out.strip())


def signer_of(path: Path) -> str:
    with Bundle(path) as bundle:
        return bundle.evidence.signer_sha256


def test_key_from_a_certification_authority_seals_with_its_chain(
    run: Run, authority: Tsa, pack: Callable[..., Path]
) -> None:
    root = issue("CA Root", ca=True)
    issuing = issue("CA", issuer=root, ca=True)
    leaf = issue("Somebody", issuer=issuing, key_usage=only(sign=True))
    stranger = issue("A friend")
    pack(leaf, (stranger, root, issuing))
    assert taken_in(run) == sha256_hex(leaf.der)
    case_of_one(run)
    path = Path("case/0001-document.evidence.zip")
    with Bundle(path) as bundle:
        assert bundle.evidence.signer_sha256 == sha256_hex(leaf.der)
        kept = {name for name in bundle.sizes if name.startswith("proof/certs/")}
    assert kept == {f"proof/certs/{sha256_hex(one.der)}.der" for one in (issuing, root)}
    ran = run("verify", path, "--signer", sha256_hex(leaf.der), "--json")
    assert ran.code == ExitCode.DONE
    told = {finding["code"]: finding["params"] for finding in json.loads(ran.out)["findings"]}
    assert told["signer.key"]["subject"] == "CN=Somebody"
    assert told["signer.chain_not_checked"]["issuer"] == "CN=CA"


def test_long_rsa_key_seals(run: Run, authority: Tsa, pack: Callable[..., Path]) -> None:
    pack(issue("x", key=rsa.generate_private_key(65537, 3072)))
    taken_in(run)
    case_of_one(run)
    assert run("verify", "case").code == ExitCode.DONE


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("RSA 2048", "is not accepted"),
        ("P-384", "is not accepted"),
        ("Ed25519", "is not accepted"),
        ("encipherment", "is not accepted"),
        ("expired", "expired on 2026-03-01"),
    ],
)
def test_key_that_could_not_sign_is_refused(
    run: Run, pack: Callable[..., Path], kind: str, said: str
) -> None:
    match kind:
        case "RSA 2048":
            identity = issue(kind, key=rsa.generate_private_key(65537, 2048))
        case "P-384":
            identity = issue(kind, key=ec.generate_private_key(ec.SECP384R1()))
        case "Ed25519":
            identity = issue(kind, key=ed25519.Ed25519PrivateKey.generate())
        case "encipherment":
            identity = issue(kind, key_usage=only(encipher=True))
        case _:
            identity = issue(kind, ends_at=datetime(2026, 3, 1, tzinfo=UTC))
    ran = run("key", "import", pack(identity), "--passphrase-file", "pass.txt")
    assert ran.code == ExitCode.ERROR
    assert said in ran.err and "hint: " in ran.err
    assert run("key", "show").out == ""


def test_wrong_passphrase_is_told_and_nothing_is_kept(run: Run, pack: Callable[..., Path]) -> None:
    pack(issue("x"))
    Path("pass.txt").write_text("other\n", encoding="utf-8")
    ran = run("key", "import", "key.p12", "--passphrase-file", "pass.txt")
    assert ran.code == ExitCode.ERROR
    assert "the passphrase does not open the key" in ran.err
    assert run("key", "show").out == ""


@pytest.mark.parametrize("content", [b"", b"junk", b"-----BEGIN PRIVATE KEY-----\n"])
def test_file_that_is_no_pkcs12_is_told(run: Run, content: bytes) -> None:
    Path("key.p12").write_bytes(content)
    Path("pass.txt").write_text("word\n", encoding="utf-8")
    ran = run("key", "import", "key.p12", "--passphrase-file", "pass.txt")
    assert ran.code == ExitCode.ERROR
    assert "PKCS#12" in ran.err


def test_exported_key_is_the_same_on_another_machine(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("pass.txt").write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    sha256 = new_key(run)
    assert (
        run("key", "export", "-o", "key.p12", "--passphrase-file", "pass.txt").code == ExitCode.DONE
    )
    assert Path("key.p12").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("EVIDENCE_KIT_DATA_DIR", str(tmp_path / "elsewhere"))
    assert run("key", "show").out == ""
    assert taken_in(run) == sha256
    assert run("key", "show").out == f"{sha256} signs new cases\n"


def typed(arguments: Sequence[str], *answers: str) -> tuple[int, str]:
    """Exit code and screen of a command in whose terminal these lines are typed."""
    program = (
        "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
        "from evidence_kit.cli import main; sys.exit(main())"
    )
    controller, terminal = pty.openpty()
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    ) as process:
        os.close(terminal)
        screen, waiting = b"", list(answers)
        while True:
            try:
                chunk = os.read(controller, 4096)
            except OSError:  # the other side is closed
                break
            screen += chunk
            # each question ends like this, and its answer is not echoed
            if waiting and screen.endswith(b": "):
                os.write(controller, f"{waiting.pop(0)}\n".encode())
        process.wait(60)
    os.close(controller)
    return process.returncode, screen.decode()


def test_passphrase_that_is_typed_is_asked_for_twice_and_not_shown(run: Run) -> None:
    sha256 = new_key(run)
    code, screen = typed(["key", "export", "-o", "key.p12"], PASSPHRASE, PASSPHRASE)
    assert code == ExitCode.DONE, screen
    assert screen.count("passphrase") >= 2 and PASSPHRASE not in screen
    environ = os.environ | {"PASS": PASSPHRASE}
    command = ["openssl", "pkcs12", "-in", "key.p12", "-passin", "env:PASS", "-nokeys"]
    done = subprocess.run(command, check=True, capture_output=True, env=environ)
    assert b"Evidence Kit self-made key" in done.stdout
    code, screen = typed(["key", "import", "key.p12"], PASSPHRASE)
    assert code == ExitCode.DONE and sha256 in screen
    code, screen = typed(["key", "import", "key.p12"], "other")
    assert code == ExitCode.ERROR and "does not open the key" in screen


@pytest.mark.parametrize(
    ("answers", "said"), [(("one", "two"), "not the same"), (("", ""), "is empty")]
)
def test_passphrase_that_is_mistyped_or_empty_protects_nothing(
    run: Run, answers: tuple[str, str], said: str
) -> None:
    new_key(run)
    code, screen = typed(["key", "export", "-o", "key.p12"], *answers)
    assert code == ExitCode.USAGE and said in screen
    assert not Path("key.p12").exists()


def test_case_goes_on_with_the_key_that_it_was_handed_over_to(run: Run, authority: Tsa) -> None:
    old = new_key(run)
    case_of_one(run)
    new = new_key(run)
    # The default key is another one, but the case keeps its own until it is handed over.
    assert signer_of(add(run)) == old
    ran = run("key", "hand-over", "case", "--to", ":".join(new[i : i + 2] for i in range(0, 64, 2)))
    assert ran.code == ExitCode.DONE, ran.err
    path = Path(ran.out.strip())
    with Bundle(path) as bundle:
        (item,) = bundle.evidence.items
        note = bundle.read(item.files[0].path).decode()
        signers = (bundle.evidence.signer_sha256, bundle.evidence.next_signer_sha256)
    assert signers == (old, new)
    assert item.kind is Kind.NOTE and isinstance(item.origin, Stated)
    assert old in note and new in note and "更换签名密钥" in note
    assert signer_of(add(run)) == new
    assert signer_of(add(run)) == new
    assert run("verify", "case").code == ExitCode.DONE
    assert run("verify", path, "--signer", old).code == ExitCode.DONE


def test_case_is_handed_over_and_back(run: Run, authority: Tsa) -> None:
    old = new_key(run)
    case_of_one(run)
    for sha256 in (new_key(run), old):
        assert run("key", "hand-over", "case", "--to", sha256).code == ExitCode.DONE
        assert signer_of(add(run)) == sha256
    assert run("verify", "case").code == ExitCode.DONE


def test_without_the_note_the_new_signer_is_a_stranger(run: Run, authority: Tsa) -> None:
    new_key(run)
    case_of_one(run)
    ran = run("key", "hand-over", "case", "--to", new_key(run))
    add(run)
    Path(ran.out.strip()).unlink()
    assert run("verify", "case").code == ExitCode.NO


def test_key_that_is_not_here_gets_no_case(run: Run, authority: Tsa) -> None:
    new_key(run)
    case_of_one(run)
    for sha256 in ("0" * 64, "xyz"):
        ran = run("key", "hand-over", "case", "--to", sha256)
        assert ran.code == ExitCode.ERROR
        assert f"no signing key with this certificate: {sha256}" in ran.err
        assert "evidence-kit key import FILE" in ran.err
    assert len(list(Path("case").glob("*.zip"))) == 1


def test_old_key_that_is_not_here_hands_nothing_over(
    run: Run, authority: Tsa, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = new_key(run)
    case_of_one(run)
    monkeypatch.setenv("EVIDENCE_KIT_DATA_DIR", str(tmp_path / "elsewhere"))
    ran = run("key", "hand-over", "case", "--to", new_key(run))
    assert ran.code == ExitCode.ERROR
    assert f"no signing key with this certificate: {old}" in ran.err


def test_handing_over_what_can_not_be_is_told(run: Run, authority: Tsa) -> None:
    old = new_key(run)
    assert run("init", "case", "--no-input").code == ExitCode.DONE
    ran = run("key", "hand-over", "case", "--to", old)
    assert (ran.code, "no bundle is in the case yet" in ran.err) == (ExitCode.ERROR, True)
    add(run)
    ran = run("key", "hand-over", "case", "--to", old)
    assert (ran.code, "signed with this key already" in ran.err) == (ExitCode.USAGE, True)
    assert run("key", "hand-over", "nowhere", "--to", old).code == ExitCode.ERROR
    assert run("key", "hand-over", "case").code == ExitCode.USAGE
    assert len(list(Path("case").glob("*.zip"))) == 1


def test_handing_over_answers_in_json(run: Run, authority: Tsa) -> None:
    new_key(run)
    case_of_one(run)
    ran = run("key", "hand-over", "case", "--to", new_key(run), "--json")
    assert json.loads(ran.out)["path"].endswith("0002-note.evidence.zip")
