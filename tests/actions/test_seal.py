"""Sealing is atomic, reads its sources once, and overwrites nothing."""

import errno
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence_kit.actions.add import add_files
from evidence_kit.actions.case import Case, open_case
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import begin, seal
from evidence_kit.actions.stamp import stamp
from evidence_kit.actions.verify import verify_bundle, verify_case
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.keys import KeyStore
from evidence_kit.errors import InputError, SealError, SigningKeyError
from evidence_kit.model import Draft, DraftFile, Imported, Kind
from evidence_kit.report import Outcome, Question
from evidence_kit.trust import tsa_client
from evidence_kit.trust.anchors import Endpoint
from fixtures.tsa import FAULTS, Tsa
from tests.build import codes, draft_items, offline, refused, seal_items
from tests.forge import explode

ROOT = Path(__file__).parents[2]
WRITING = ("write", "fsync", "link", "replace")


def files_in(folder: Path) -> set[str]:
    return set(os.listdir(folder)) - {".case.lock"}


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, place: int, number: int) -> Iterator[list[str]]:
    """Let the writing call at this place fail with this error; 0 lets none fail."""
    calls: list[str] = []

    def counted(name: str, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        calls.append(name)
        if len(calls) == place:
            raise OSError(number, os.strerror(number))
        return call(*arguments, **options)

    with monkeypatch.context() as patch:
        for name in WRITING:
            patch.setattr(os, name, functools.partial(counted, name, getattr(os, name)))
        yield calls


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk.full"), (errno.EIO, "seal.write")]
)
def test_full_or_broken_disk_leaves_nothing(
    number: int, code: str, case: Case, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = offline(kit)
    seal_items(tmp_path, case, kit)
    before = files_in(case.folder)
    with failing(monkeypatch, 0, number) as calls:
        seal_items(tmp_path, case, kit)
    (case.folder / "0002-chat.evidence.zip").unlink()
    # A file system without links is none that is broken: the seal then renames.
    places = [place for place, name in enumerate(calls, 1) if name != "link"]
    for place in places:
        with failing(monkeypatch, place, number), refused(SealError, code):
            seal_items(tmp_path, case, kit)
        assert files_in(case.folder) == before
    assert seal_items(tmp_path, case, kit).path.exists()


def test_full_disk_leaves_a_bundle_unstamped(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.evidence.zip"
    seal_items(tmp_path, path, offline(kit))
    before, names = path.read_bytes(), files_in(tmp_path)
    for place in range(1, 100):
        with failing(monkeypatch, place, errno.ENOSPC) as calls:
            try:
                stamp(path, kit=kit)
            except SealError as error:
                assert error.code == "disk.full"
            else:
                break
        assert calls[-1] == "fsync" or path.read_bytes() == before
        assert files_in(tmp_path) == names
        path.write_bytes(before)
    assert place > 10


def test_file_system_without_links_will_do(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "x.evidence.zip"
    seal_items(tmp_path, path, kit)
    with refused(SealError, "seal.exists"):
        seal_items(tmp_path, path, kit)
    assert verify_bundle(path, Expectations(anchors=kit.anchors)).verdict is Outcome.PASSED


def test_too_little_space_is_told_before_anything_is_written(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type(shutil.disk_usage(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1 << 40, 1 << 40, 1 << 20))
    with refused(SealError, "disk.full"):
        seal_items(tmp_path, tmp_path / "x.evidence.zip", kit)
    assert not list(tmp_path.glob("*.evidence.zip"))


def test_existing_file_is_never_overwritten(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "x.evidence.zip"
    path.write_bytes(b"mine")
    with refused(SealError, "seal.exists"):
        seal_items(tmp_path, path, kit)
    assert path.read_bytes() == b"mine"


def test_file_that_appears_during_the_seal_is_not_overwritten(kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "x.evidence.zip"
    act = begin(path, kit)
    path.write_bytes(b"mine")
    with refused(SealError, "seal.exists"):
        seal_items(tmp_path, path, kit, act)
    assert path.read_bytes() == b"mine"
    assert files_in(tmp_path) == {"x.evidence.zip", "kit", "sources"}


def test_missing_folder_is_an_error(kit: Kit, tmp_path: Path) -> None:
    with refused(SealError, "seal.no_folder"):
        seal_items(tmp_path, tmp_path / "none/x.evidence.zip", kit)


@pytest.mark.parametrize("change", ["grows", "shrinks"])
def test_source_that_changes_while_it_is_read_is_refused(
    change: str, kit: Kit, tmp_path: Path
) -> None:
    source = tmp_path / "recording.mp4"
    source.write_bytes(b"\0" * (3 << 20))
    is_changed = False

    def spoil(_: int) -> None:
        nonlocal is_changed
        if not is_changed:
            is_changed = True
            os.truncate(source, (3 << 20) + 9 if change == "grows" else 2 << 20)

    out = tmp_path / "x.evidence.zip"
    with refused(InputError, "file.changing"):
        add_files([source], out, kit=kit, progress=spoil)
    assert files_in(tmp_path) == {source.name, "kit"}


def test_source_that_breaks_while_it_is_read_is_named(kit: Kit, tmp_path: Path, note: Path) -> None:
    # Opens, and then can't be read: like a file on a broken disk.
    items, record = draft_items(tmp_path / "sources")
    Path(record[0].source).unlink()
    Path(record[0].source).symlink_to("/proc/self/mem")
    with refused(InputError, "file.unreadable") as caught:
        seal(items, tmp_path / "x.evidence.zip", kit=kit, record=record)
    assert caught.value.params["path"] == record[0].source


def test_missing_source_is_named(kit: Kit, tmp_path: Path) -> None:
    items, record = draft_items(tmp_path / "sources")
    Path(record[0].source).unlink()
    with refused(InputError, "file.missing"):
        seal(items, tmp_path / "x.evidence.zip", kit=kit, record=record)
    assert files_in(tmp_path) == {"kit", "sources"}


@pytest.mark.parametrize("path", ["data/../x", "data/CON", "data/a b", "data/聊天.txt"])
def test_name_that_is_not_portable_is_refused(path: str, kit: Kit, note: Path) -> None:
    draft = draft_of(note, path)
    with refused(SealError, "seal.refused"):
        seal([draft], note.parent / "x.evidence.zip", kit=kit)
    assert files_in(note.parent) == {"kit", "note.txt"}


def draft_of(note: Path, *paths: str) -> Draft:
    origin = Imported(
        original_name="x",
        imported_at="2026-11-23T08:00:00Z",
        obtained_at_claimed=None,
        obtained_from_claimed=None,
        carrier_claimed=None,
    )
    files = tuple(DraftFile(path=p, source=str(note), media_type="text/plain") for p in paths)
    return Draft(kind=Kind.DOCUMENT, label="x", origin=origin, files=files)


def test_two_files_of_one_name_are_refused(kit: Kit, note: Path) -> None:
    with refused(SealError, "seal.refused"):
        seal([draft_of(note, "data/a", "data/A")], note.parent / "x.evidence.zip", kit=kit)


def test_originals_stay_as_they_are(kit: Kit, tmp_path: Path, note: Path) -> None:
    note.chmod(0o400)
    os.utime(note, ns=(10**18, 10**18))
    before = (note.stat(), note.read_bytes())
    sealed = add_files([note], tmp_path / "x.evidence.zip", kit=kit)
    now = (note.stat(), note.read_bytes())
    same = ("st_mode", "st_ino", "st_nlink", "st_uid", "st_gid", "st_size", "st_mtime_ns")
    assert all(getattr(before[0], name) == getattr(now[0], name) for name in same)
    assert before[0].st_ctime_ns == now[0].st_ctime_ns
    assert before[1] == now[1]
    _, files = explode(sealed.path.read_bytes())
    assert files["data/files/0001-note.txt"] == before[1]


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts what Linux counts")
def test_source_and_finished_zip_are_read_once_each(kit: Kit, tmp_path: Path) -> None:
    source = tmp_path / "recording.mp4"
    source.write_bytes(os.urandom(1 << 20) * 16)
    add_files([source], tmp_path / "warm.evidence.zip", kit=offline(kit))
    before = bytes_read()
    add_files([source], tmp_path / "x.evidence.zip", kit=offline(kit))
    assert 2.0 <= (bytes_read() - before) / source.stat().st_size < 2.05


def bytes_read() -> int:
    fields = Path("/proc/self/io").read_text().split()
    return int(fields[fields.index("rchar:") + 1])


def test_progress_tells_of_bytes_written_and_verified(kit: Kit, tmp_path: Path) -> None:
    counts: list[int] = []
    source = tmp_path / "recording.mp4"
    source.write_bytes(b"\0" * (2 << 20))
    out = tmp_path / "x.evidence.zip"
    add_files([source], out, kit=kit, progress=counts.append)
    assert 2 * (2 << 20) <= sum(counts) <= 2 * out.stat().st_size


SEALING = """
import sys
from pathlib import Path
from evidence_kit.actions.case import open_case
from evidence_kit.trust.anchors import Endpoint, anchors_from_pem
from evidence_kit.actions.kit import Kit
from evidence_kit.crypto.keys import KeyStore
from tests.build import seal_items
case, keys, url, root, work = sys.argv[1:]
kit = Kit(keys=KeyStore(Path(keys)), endpoints=(Endpoint(id=url, url=url),),
          anchors=anchors_from_pem(Path(root)))
for _ in range(4):
    seal_items(Path(work), open_case(Path(case)), kit)
"""


def test_two_processes_seal_one_unbroken_case(case: Case, kit: Kit, tsa: Tsa) -> None:
    folder = case.folder.parent
    environ = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    runs = []
    for name in ("one", "other"):
        arguments = [case.folder, folder / "keys", tsa.url, tsa.root_pem, folder / name]
        command = [sys.executable, "-c", SEALING, *map(str, arguments)]
        runs.append(subprocess.Popen(command, cwd=ROOT, env=environ))
    assert [run.wait() for run in runs] == [0, 0]
    report = verify_case(case.folder, Expectations(anchors=kit.anchors))
    assert report.verdict is Outcome.PASSED, report.findings
    assert [path.name[:4] for path in case.bundle_paths()] == [f"{n:04d}" for n in range(1, 9)]


def test_bundle_without_an_authority_is_indeterminate_until_stamped(
    kit: Kit, tmp_path: Path
) -> None:
    sealed = seal_items(tmp_path, tmp_path / "x.evidence.zip", offline(kit))
    assert sealed.replies == ()
    assert sealed.report.verdict is Outcome.INDETERMINATE
    assert sealed.receipt.endswith(" -")
    top, before = explode(sealed.path.read_bytes())
    stamped = stamp(sealed.path, kit=kit)
    assert stamped.report.verdict is Outcome.PASSED
    again, after = explode(sealed.path.read_bytes())
    assert (again, after | before) == (top, after)
    added = after.keys() - before.keys()
    assert {name for name in added if not name.startswith("proof/crl/")} == {
        "proof/signature.p7s.0.tsr"
    }


USABLE = {"status-text", "future", "past", "expired-since"}
"""Faults that leave a token in which everything but its claim holds."""


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_bad_authority_does_not_stop_the_seal(
    name: str, kit: Kit, tsa: Tsa, tmp_path: Path
) -> None:
    url = tsa.fault(name)
    bad = replace(
        kit,
        endpoints=(Endpoint(id=name, url=url),),
        ask=functools.partial(tsa_client.request_tokens, deadline_s=0.5),
    )
    sealed = seal_items(tmp_path, tmp_path / "x.evidence.zip", bad)
    assert sealed.report.answers[Question.UNALTERED] is Outcome.PASSED
    (reply,) = sealed.replies
    assert (reply.tsr is not None) == (name in USABLE)
    if name in USABLE:
        return
    assert "timestamp.none" in codes(sealed.report.findings)
    assert sealed.report.verdict is Outcome.INDETERMINATE
    assert stamp(sealed.path, kit=kit).report.verdict is Outcome.PASSED


def test_one_bad_authority_does_not_harm_the_other(kit: Kit, tsa: Tsa, tmp_path: Path) -> None:
    urls = [tsa.fault("junk"), tsa.url, tsa.fault("http-500")]
    both = replace(kit, endpoints=tuple(Endpoint(id=url, url=url) for url in urls))
    sealed = seal_items(tmp_path, tmp_path / "x.evidence.zip", both)
    assert sealed.report.verdict is Outcome.PASSED
    assert [reply.error for reply in sealed.replies] == ["tsa.rejected", None, "tsa.http_status"]


def test_bundles_of_a_case_keep_the_signer_of_the_first(
    case: Case, kit: Kit, tmp_path: Path
) -> None:
    first = seal_items(tmp_path, case, kit)
    other = KeyStore(tmp_path / "other").default(now=kit.now())
    kit.keys.add(other)
    kit.keys.set_default(other.certificate_sha256)
    second = seal_items(tmp_path, case, kit)
    assert first.report.signer and second.report.signer
    assert second.report.signer.certificate_sha256 == first.report.signer.certificate_sha256


def test_case_sealed_elsewhere_needs_its_key(case: Case, kit: Kit, tmp_path: Path) -> None:
    seal_items(tmp_path, case, kit)
    elsewhere = replace(kit, keys=KeyStore(tmp_path / "elsewhere"))
    with refused(SigningKeyError, "key.missing"):
        seal_items(tmp_path, case, elsewhere)
    assert len(open_case(case.folder).bundle_paths()) == 1
