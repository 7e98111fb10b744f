"""No byte of a bundle can change without the verdict, or what it states, telling of it."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.pem import Anchor
from evidence_kit.errors import InputError
from evidence_kit.report import Outcome, Report
from fixtures.tsa import Tsa
from tests.build import anchors_of

BOUNDED = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="session")
def anchors(tsa: Tsa) -> tuple[Anchor, ...]:
    return anchors_of(tsa)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "changed.evidence.zip"


def judge(content: bytes, scratch: Path, anchors: tuple[Anchor, ...]) -> Report | None:
    """The report; None for what is no bundle any more."""
    scratch.write_bytes(content)
    try:
        return verify_bundle(scratch, Expectations(anchors=anchors))
    except InputError as error:
        assert error.code in ("bundle.not_a_zip", "bundle.not_a_bundle")
        return None


def statements(report: Report) -> tuple[object, ...]:
    """What a reader takes away."""
    return report.bundle_id, report.signer, report.proven_times, report.receipt


def proof_spans(path: Path) -> list[tuple[int, int]]:
    """Where the contents of the proofs stand in the zip."""
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if "/proof/" in m.filename]
        return [
            (begin := m.header_offset + 30 + len(m.filename), begin + m.file_size) for m in members
        ]


def in_proof(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(begin <= at < end for begin, end in spans)


def test_flipped_byte_outside_the_proofs_never_passes(
    sealed: Sealed, scratch: Path, anchors: tuple[Anchor, ...]
) -> None:
    content = sealed.path.read_bytes()
    spans = proof_spans(sealed.path)
    places = [at for at in range(len(content)) if not in_proof(at, spans)]
    # Every 23rd: in all, 23 runs of this would take some two minutes.
    for at in places[::23]:
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        report = judge(bytes(changed), scratch, anchors)
        assert report is None or report.verdict is not Outcome.PASSED, at


@given(data=st.data())
@BOUNDED
def test_changed_bytes_outside_the_proofs_never_pass(
    data: st.DataObject, sealed: Sealed, scratch: Path, anchors: tuple[Anchor, ...]
) -> None:
    content = bytearray(sealed.path.read_bytes())
    spans = proof_spans(sealed.path)
    at = data.draw(st.integers(0, len(content) - 1).filter(lambda at: not in_proof(at, spans)))
    content[at] ^= data.draw(st.integers(1, 255))
    report = judge(bytes(content), scratch, anchors)
    assert report is None or report.verdict is not Outcome.PASSED


@given(data=st.data())
@BOUNDED
def test_changed_proofs_never_pass_with_other_statements(
    data: st.DataObject, sealed: Sealed, scratch: Path, anchors: tuple[Anchor, ...]
) -> None:
    content = bytearray(sealed.path.read_bytes())
    begin, end = data.draw(st.sampled_from(proof_spans(sealed.path)))
    at = data.draw(st.integers(begin, end - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    report = judge(bytes(content), scratch, anchors)
    if report is not None and report.verdict is Outcome.PASSED:
        assert statements(report) == statements(sealed.report)


@given(data=st.data())
@BOUNDED
def test_spliced_bytes_never_pass(
    data: st.DataObject, sealed: Sealed, scratch: Path, anchors: tuple[Anchor, ...]
) -> None:
    content = sealed.path.read_bytes()
    at = data.draw(st.integers(0, len(content)))
    skip = data.draw(st.integers(0, 40))
    inserted = data.draw(st.binary(min_size=0 if skip else 1, max_size=40))
    changed = content[:at] + inserted + content[at + skip :]
    report = judge(changed, scratch, anchors)
    if report is not None and report.verdict is Outcome.PASSED:
        assert changed == content
