"""A token can be added later; nothing else of the bundle changes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from evidence_kit.actions.case import Case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.stamp import stamp
from evidence_kit.actions.verify import verify_bundle, verify_case
from evidence_kit.checks.expectations import Expectations
from evidence_kit.errors import InputError, SealError, UsageError
from evidence_kit.report import Outcome
from evidence_kit.trust.anchors import Endpoint
from fixtures.tsa import Tsa
from tests.build import offline, refused, seal_items
from tests.forge import CHAT, TOKEN, Forge, explode
from tests.tamper.container import python_zip


@pytest.fixture
def path(kit: Kit, tmp_path: Path) -> Path:
    """A bundle without a token."""
    return seal_items(tmp_path, tmp_path / "x.evidence.zip", offline(kit)).path


@pytest.fixture
def forge(path: Path, kit: Kit, tsa: Tsa) -> Forge:
    top, files = explode(path.read_bytes())
    key = kit.keys.default(now=kit.now())
    return Forge(top=top, files=files, key=key, stranger=key, tsa=tsa)


def test_bundle_with_a_proven_time_is_left_as_it_is(path: Path, kit: Kit, tsa: Tsa) -> None:
    stamp(path, kit=kit)
    before, asked = path.read_bytes(), tsa.requests
    again = stamp(path, kit=kit)
    assert again.report.verdict is Outcome.PASSED
    assert (path.read_bytes(), tsa.requests) == (before, asked)


def test_each_authority_gives_a_token(path: Path, kit: Kit, tsa: Tsa) -> None:
    urls = [tsa.url, tsa.fault("junk"), f"{tsa.url}?second"]
    both = replace(kit, endpoints=tuple(Endpoint(id=url, url=url) for url in urls[:2]))
    assert [reply.error for reply in stamp(path, kit=both).replies] == [None, "tsa.rejected"]
    assert [name for name in explode(path.read_bytes())[1] if name.endswith(".tsr")] == [TOKEN]


def test_bad_token_beside_the_new_one_is_ignored(path: Path, forge: Forge, kit: Kit) -> None:
    path.write_bytes(forge.put(TOKEN, forge.stamp(b"another")).zip())
    # It fails, so it must be judged by hand: a bundle whose only token is wrong is suspect.
    assert verify_bundle(path, Expectations(anchors=kit.anchors)).verdict is Outcome.FAILED
    stamped = stamp(path, kit=kit)
    assert stamped.report.verdict is Outcome.PASSED
    assert {"proof/signature.p7s.0.tsr", "proof/signature.p7s.1.tsr"} <= set(
        explode(path.read_bytes())[1]
    )


def test_no_answer_leaves_the_bundle_as_it_is(path: Path, kit: Kit, tsa: Tsa) -> None:
    before = path.read_bytes()
    url = tsa.fault("http-500")
    tried = stamp(path, kit=replace(kit, endpoints=(Endpoint(id=url, url=url),)))
    assert tried.report.verdict is Outcome.INDETERMINATE
    assert [reply.error for reply in tried.replies] == ["tsa.http_status"]
    assert path.read_bytes() == before


def test_no_authority_is_an_error(path: Path, kit: Kit) -> None:
    with refused(UsageError, "stamp.no_authority"):
        stamp(path, kit=offline(kit))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda f: f.put(CHAT, b"lie").zip(),
        lambda f: f.drop(CHAT).zip(),
        lambda f: f.zip() + b"x",
        python_zip,
    ],
    ids=["changed", "withheld", "hidden bytes", "repacked"],
)
def test_spoilt_bundle_gets_no_token(
    spoil: Callable[[Forge], bytes], path: Path, forge: Forge, kit: Kit
) -> None:
    path.write_bytes(spoil(forge))
    before = path.read_bytes()
    with refused(SealError, "stamp.altered"):
        stamp(path, kit=kit)
    assert path.read_bytes() == before


def test_folder_gets_no_token(path: Path, forge: Forge, kit: Kit, tmp_path: Path) -> None:
    for name, content in forge.files.items():
        (tmp_path / forge.top / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / forge.top / name).write_bytes(content)
    with refused(SealError, "stamp.altered"):
        stamp(tmp_path / forge.top, kit=kit)


def test_missing_bundle_is_an_error(kit: Kit, tmp_path: Path) -> None:
    with refused(InputError, "file.missing"):
        stamp(tmp_path / "none.evidence.zip", kit=kit)


def test_full_bundle_is_an_error(path: Path, forge: Forge, kit: Kit) -> None:
    for number in range(16):
        forge.put(f"proof/signature.p7s.{number}.tsr", b"junk")
    path.write_bytes(forge.zip())
    with refused(SealError, "stamp.too_many"):
        stamp(path, kit=kit)


def test_stamping_an_earlier_bundle_keeps_the_chain(case: Case, kit: Kit, tmp_path: Path) -> None:
    first = seal_items(tmp_path, case, offline(kit))
    seal_items(tmp_path, case, kit)
    expectations = Expectations(anchors=kit.anchors)
    assert verify_case(case.folder, expectations).verdict is Outcome.INDETERMINATE
    stamp(first.path, kit=kit)
    assert verify_case(case.folder, expectations).verdict is Outcome.PASSED
