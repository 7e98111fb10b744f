"""Files are hashed beside the checks, in whichever way the system allows, to the same end."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.bundle import aside
from evidence_kit.bundle.hashing import Columns, Digest, Progress
from evidence_kit.bundle.reader import Bundle
from tests.build import make_kit, seal_items

Way = Callable[[aside.Work, Progress | None], aside.Aside]

COLUMNS = Columns.of([Digest("a" * 64, 3, None), Digest("b" * 64, 4, "container.crc", "c" * 128)])
WAYS: list[Way] = [aside._Threaded]
if sys.platform == "linux":
    WAYS.append(aside._Forked)
every_way = pytest.mark.parametrize("way", WAYS)
forked = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")


@every_way
def test_answer_and_progress_come_back(way: Way) -> None:
    def work(progress: Progress | None) -> Columns:
        if progress:
            progress(3)
            progress(1 << 40)
        return COLUMNS

    told: list[int] = []
    assert way(work, told.append).result() == COLUMNS
    assert told == [3, 1 << 40]
    assert way(work, None).result() == COLUMNS


@every_way
def test_answer_of_very_many_files_comes_back_whole(way: Way) -> None:
    many = Columns(["d" * 64] * 50_000, [1] * 50_000, [None] * 50_000, [None] * 50_000)
    assert way(lambda _: many, None).result() == many


@every_way
def test_no_files_give_no_digests(way: Way) -> None:
    assert way(lambda _: Columns.of([]), None).result() == Columns([], [], [], [])


@every_way
def test_what_the_work_raises_is_raised(way: Way, capfd: pytest.CaptureFixture[str]) -> None:
    def work(_: Progress | None) -> Columns:
        raise OSError(5, "the disk is broken")

    with pytest.raises(OSError, match="the disk is broken"):
        way(work, None).result()
    assert capfd.readouterr() == ("", "")


@forked
def test_work_whose_process_was_killed_is_done_here() -> None:
    here = os.getpid()

    def work(_: Progress | None) -> Columns:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return COLUMNS

    assert aside._Forked(work, None).result() == COLUMNS


@forked
def test_work_that_is_stopped_leaves_no_process() -> None:
    def work(_: Progress | None) -> Columns:
        signal.pause()
        return COLUMNS

    begun = aside._Forked(work, None)
    child = begun._child
    begun.stop()
    with pytest.raises(ChildProcessError):
        os.waitpid(child, 0)
    begun.stop()  # nor does it mind to be stopped twice


@forked
def test_process_is_copied_only_without_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert isinstance(aside.begin(lambda _: COLUMNS, None), aside._Forked)
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert isinstance(aside.begin(lambda _: COLUMNS, None), aside._Threaded)


@forked
def test_thread_stands_in_where_no_process_may_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "no more processes")

    before = set(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "fork", refuse)
    begun = aside.begin(lambda _: COLUMNS, None)
    assert isinstance(begun, aside._Threaded)
    assert begun.result() == COLUMNS
    assert set(os.listdir("/proc/self/fd")) == before


@every_way
def test_large_bundle_has_the_digests_that_it_has_without(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(os.urandom(3 << 20))
    path = seal_items(tmp_path, tmp_path / "x.evidence.zip", make_kit(tmp_path, None)).path
    monkeypatch.setattr("evidence_kit.bundle.hashing.RUN_BYTES", 1)
    monkeypatch.setattr(aside, "begin", way)
    with Bundle(path) as bundle:
        plain = bundle.digests
    with Bundle(path) as bundle:
        bundle.start_hashing()
        assert vars(bundle.digests) == vars(plain)
    with Bundle(path) as bundle:
        bundle.start_hashing()  # and nobody asks
