"""A renewal covers all that is there, and saves the bundle from what breaks later."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evidence_kit.actions.kit import Kit
from evidence_kit.actions.proofs import with_room
from evidence_kit.actions.stamp import renew, stamp
from evidence_kit.actions.verify import load_expectations, verify_bundle
from evidence_kit.checks.expectations import Distrust, Expectations
from evidence_kit.errors import InputError, SealError, UsageError
from evidence_kit.report import Outcome
from evidence_kit.settings import Settings
from evidence_kit.trust.anchors import Endpoint
from evidence_kit.trust.crl_client import CrlReply
from evidence_kit.trust.tsa_client import TokenReply
from fixtures.tsa import Revoked, Tsa, build_crl, running_tsa
from tests.build import codes, make_kit, offline, refused, seal_items
from tests.forge import CHAT, TOKEN, explode

COVER = "proof/renewal-0001/cover.sha512"
BROKEN = Distrust(algorithm="sha256", since=datetime(2040, 1, 1, tzinfo=UTC))


@pytest.fixture
def own_tsa() -> Iterator[Tsa]:
    """An authority for one test, which may publish its own lists."""
    with running_tsa() as own:
        yield own


@pytest.fixture
def later(kit: Kit, tsa: Tsa) -> Kit:
    """The kit of later years, whose authority signs with SHA-512 all through."""
    return asking(kit, tsa.sha512_url)


def asking(kit: Kit, url: str) -> Kit:
    return replace(kit, endpoints=(Endpoint(id="later", url=url),))


@pytest.fixture
def path(kit: Kit, tmp_path: Path) -> Path:
    return seal_items(tmp_path, tmp_path / "x.evidence.zip", kit).path


def granted(tsa: Tsa, data: bytes) -> bytes:
    """A good token, but not over a SHA-512 digest."""
    return tsa.authority.stamp(data)


def python_zip(top: str, files: dict[str, bytes]) -> bytes:
    """Zipped again by another program."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{top}/{name}", content)
    return buffer.getvalue()


def test_renewal_covers_every_byte_and_changes_none(path: Path, later: Kit) -> None:
    _, before = explode(path.read_bytes())
    renewed = renew(path, kit=later)
    _, after = explode(path.read_bytes())
    lists = {name for name in after if name.startswith("proof/renewal-0001/crl/")}
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {COVER, f"{COVER}.0.tsr", *lists}
    assert len(lists) == 2
    cover = dict(line.split("  ")[::-1] for line in after[COVER].decode().splitlines())
    assert cover == {
        name: hashlib.sha512(content).hexdigest()
        for name, content in after.items()
        if not name.startswith(COVER)
    }
    assert renewed.report.verdict is Outcome.PASSED
    assert [one.path for one in renewed.report.renewals] == [f"{COVER}.0.tsr"]


def test_bundle_outlives_sha256_only_with_its_renewal(path: Path, kit: Kit, later: Kit) -> None:
    expectations = Expectations(anchors=kit.anchors, distrust=(BROKEN,))
    assert verify_bundle(path, expectations).verdict is Outcome.INDETERMINATE
    renew(path, kit=later)
    report = verify_bundle(path, expectations)
    assert report.verdict is Outcome.PASSED
    assert "renewal.saves" in codes(report.findings)


def test_unzipped_and_repacked_bundles_keep_their_renewal(
    path: Path, kit: Kit, later: Kit, tmp_path: Path
) -> None:
    renew(path, kit=later)
    expectations = Expectations(anchors=kit.anchors, distrust=(BROKEN,))
    top, files = explode(path.read_bytes())
    for name, content in files.items():
        file = tmp_path / "unzipped" / top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    repacked = tmp_path / "repacked.zip"
    repacked.write_bytes(python_zip(top, files))
    assert repacked.read_bytes() != path.read_bytes()
    assert verify_bundle(tmp_path / "unzipped" / top, expectations).verdict is Outcome.PASSED
    assert "renewal.holds" in codes(verify_bundle(repacked, expectations).findings)


def test_renewals_are_numbered_without_a_gap(path: Path, later: Kit) -> None:
    renew(path, kit=later)
    again = renew(path, kit=later)
    assert [one.path[:18] for one in again.report.renewals] == [COVER[:18], "proof/renewal-0002"]


def test_token_after_a_renewal_counts_once_it_is_covered(path: Path, kit: Kit, later: Kit) -> None:
    renew(path, kit=later)
    _, files = explode(path.read_bytes())
    assert TOKEN in files
    spoilt = replace(kit, anchors=())
    assert stamp(path, kit=spoilt).report.verdict is Outcome.INDETERMINATE
    added = [n for n in explode(path.read_bytes())[1] if n not in files and n.endswith(".tsr")]
    assert added == ["proof/signature.p7s.1.tsr"]
    expectations = Expectations(anchors=kit.anchors)
    assert len(verify_bundle(path, expectations).proven_times) == 1
    renew(path, kit=later)
    assert len(verify_bundle(path, expectations).proven_times) == 2


def test_authority_that_fails_leaves_the_bundle_as_it_is(path: Path, kit: Kit, tsa: Tsa) -> None:
    before = path.read_bytes()
    sealed = renew(path, kit=asking(kit, tsa.fault("http-500")))
    assert [reply.error for reply in sealed.replies] == ["tsa.http_status"]
    assert (sealed.report.renewals, path.read_bytes()) == ((), before)


def test_what_can_not_be_renewed_is_refused(
    path: Path, kit: Kit, later: Kit, tsa: Tsa, tmp_path: Path
) -> None:
    def careless(
        endpoints: Sequence[Endpoint], data: bytes, *, algorithm: str = "sha256"
    ) -> tuple[TokenReply, ...]:
        return (TokenReply(id="x", url="x", elapsed_s=0, tsr=granted(tsa, data)),)

    with refused(UsageError, "stamp.no_authority"):
        renew(path, kit=offline(kit))
    with refused(SealError, "renew.not_trusted"):
        renew(path, kit=replace(kit, ask=careless))
    bare = seal_items(tmp_path / "bare", tmp_path / "bare.evidence.zip", offline(kit)).path
    with refused(SealError, "renew.no_time"):
        renew(bare, kit=later)
    top, files = explode(path.read_bytes())
    path.write_bytes(python_zip(top, files | {CHAT: b"changed"}))
    with refused(SealError, "stamp.altered"):
        renew(path, kit=later)
    with refused(InputError, "file.missing"):
        renew(tmp_path / "none.zip", kit=later)


def test_lists_are_fetched_at_sealing(path: Path, tmp_path: Path) -> None:
    kept = [name for name in explode(path.read_bytes())[1] if name.startswith("proof/crl/")]
    assert len(kept) == 2


def test_list_that_can_not_be_had_is_noted(own_tsa: Tsa, tmp_path: Path) -> None:
    own_tsa.publish("ca", b"junk")
    sealed = seal_items(tmp_path, tmp_path / "x.evidence.zip", make_kit(tmp_path, own_tsa))
    assert sealed.report.verdict is Outcome.PASSED
    assert [reply.error for reply in sealed.crl_replies] == ["crl.rejected", None]
    assert "revocation.not_checked" in codes(sealed.report.findings)


def test_token_of_a_revoked_authority_does_not_spoil_a_bundle(own_tsa: Tsa, tmp_path: Path) -> None:
    pki = own_tsa.authority.pki
    gone = Revoked(serial=pki.serial("good"), at=datetime.now(UTC) - timedelta(days=9))
    own_tsa.publish("ca", build_crl(pki.intermediate, revoked=[gone]))
    sealed = seal_items(tmp_path, tmp_path / "x.evidence.zip", make_kit(tmp_path, own_tsa))
    assert sealed.report.verdict is Outcome.INDETERMINATE
    assert [reply.error_params["reason"] for reply in sealed.replies] == ["revocation.before"]
    assert "timestamp.none" in codes(sealed.report.findings)


def test_later_list_of_the_reader_is_used(path: Path, kit: Kit, tsa: Tsa, tmp_path: Path) -> None:
    pki = tsa.authority.pki
    at = datetime.now(UTC) + timedelta(days=30)
    stolen = Revoked(serial=pki.serial("good"), at=at, reason="key_compromise")
    crl = build_crl(pki.intermediate, this_update=at, revoked=[stolen])
    file = tmp_path / "later.crl"
    file.write_bytes(crl)
    settings = Settings(data_dir=tmp_path, config_dir=tmp_path)
    expectations = load_expectations(settings, trust=[tsa.root_pem], crls=[file])
    report = verify_bundle(path, expectations)
    assert report.verdict is Outcome.INDETERMINATE
    assert "revocation.since" in codes(report.findings)


def test_what_is_no_list_and_no_algorithm_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, config_dir=tmp_path)
    (tmp_path / "x.crl").write_bytes(b"junk")
    with refused(InputError, "crl.not_accepted"):
        load_expectations(settings, crls=[tmp_path / "x.crl"])
    with refused(InputError, "crl.unreadable"):
        load_expectations(settings, crls=[tmp_path / "none.crl"])
    with refused(UsageError, "distrust.malformed"):
        load_expectations(settings, distrust=["sha256"])
    with refused(UsageError, "distrust.unknown") as caught:
        load_expectations(settings, distrust=["sha265@2040-01-01"])
    assert caught.value.params["suggestion"] == "sha256"


def test_lists_without_room_are_told_and_left_out() -> None:
    replies = [
        CrlReply(certificate_sha256="0", url=url, elapsed_s=0, crl=bytes(size))
        for url, size in (("a", 30 << 20), ("b", 3 << 20), ("c", 1 << 20))
    ]
    assert [reply.error for reply in with_room(replies)] == [None, "crl.no_room", None]
    assert [reply.error for reply in with_room(replies[2:], [1] * 64)] == ["crl.no_room"]
    assert [reply.error for reply in with_room(replies[2:], [1] * 63)] == [None]
