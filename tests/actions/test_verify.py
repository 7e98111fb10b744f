"""What verify takes, and what it says of things that are no bundle."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.verify import load_expectations, verify_bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import InputError, UsageError
from evidence_kit.report import Outcome
from fixtures.tsa import Tsa
from tests.build import refused, seal_items
from tests.conftest import State


@pytest.fixture
def sealed(kit: Kit, tmp_path: Path) -> Sealed:
    return seal_items(tmp_path, tmp_path / "x.evidence.zip", kit)


def test_reader_gives_root_signer_and_receipt(sealed: Sealed, tsa: Tsa, state: State) -> None:
    assert sealed.report.signer
    digest = sealed.report.signer.certificate_sha256
    colons = ":".join(digest[at : at + 2] for at in range(0, 64, 2)).upper()
    for signer in (digest, digest.upper(), f" {colons}\n"):
        expectations = load_expectations(
            trust=[tsa.root_pem], signer=signer, receipt=sealed.receipt.replace(" ", "\n")
        )
        assert verify_bundle(sealed.path, expectations).verdict is Outcome.PASSED


def test_local_root_is_not_trusted_unless_it_is_given(sealed: Sealed, state: State) -> None:
    report = verify_bundle(sealed.path)
    assert report.verdict is Outcome.INDETERMINATE
    assert report.sealed_no_later_than is None
    assert report.proven_times == ()


@pytest.mark.parametrize("text", ["", "0" * 63, "g" * 64, "sha256:" + "0" * 64, "０" * 64])
def test_what_is_no_fingerprint_is_refused(text: str, state: State) -> None:
    with refused(UsageError, "signer.malformed"):
        load_expectations(signer=text)


@pytest.mark.parametrize("text", ["", "ek1", "ek2 " + "0" * 32])
def test_what_is_no_receipt_is_refused(text: str, state: State) -> None:
    with refused(UsageError, "receipt.malformed"):
        load_expectations(receipt=text)


def test_receipt_in_other_digits_is_refused(sealed: Sealed, state: State) -> None:
    with refused(UsageError, "receipt.malformed"):
        load_expectations(receipt=sealed.receipt.replace("2026-", "２０２６-"))


def nothing(path: Path) -> None:
    """Leaves no file."""


def empty(path: Path) -> None:
    path.write_bytes(b"")


def picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" * 99)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")


def empty_zip(path: Path) -> None:
    zipfile.ZipFile(path, "w").close()


def empty_folder(path: Path) -> None:
    path.mkdir()


def two_bundles(path: Path) -> None:
    for name in ("bundle-1", "bundle-2"):
        (path / name).mkdir(parents=True)
        (path / name / "evidence.json").write_text("{}")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (nothing, "file.missing"),
        (empty, "bundle.not_a_zip"),
        (picture, "bundle.not_a_zip"),
        (pipe, "bundle.not_a_zip"),
        (other_zip, "bundle.not_a_bundle"),
        (empty_zip, "bundle.not_a_bundle"),
        (empty_folder, "bundle.not_a_bundle"),
        (two_bundles, "bundle.not_a_bundle"),
    ],
)
def test_what_is_no_bundle_is_an_error(
    make: Callable[[Path], None], code: str, tmp_path: Path
) -> None:
    make(tmp_path / "thing")
    with refused(InputError, code):
        verify_bundle(tmp_path / "thing", Expectations())


def test_verdict_does_not_depend_on_the_name(sealed: Sealed, kit: Kit, tmp_path: Path) -> None:
    renamed = sealed.path.rename(tmp_path / "证据 (1).zip")
    assert verify_bundle(renamed, Expectations(anchors=kit.anchors)).verdict is Outcome.PASSED


def test_progress_counts_every_byte_once(sealed: Sealed, kit: Kit) -> None:
    counts: list[int] = []
    verify_bundle(sealed.path, Expectations(anchors=kit.anchors), progress=counts.append)
    with zipfile.ZipFile(sealed.path) as archive:
        assert sum(counts) == sum(member.file_size for member in archive.infolist())
