"""Files are hashed beside the checks, in whichever way the system allows, to the same end."""

import functools
import itertools
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.bundle import aside, hashing
from evidence_kit.bundle.hashing import Columns, Digest, Progress
from evidence_kit.bundle.reader import Bundle
from tests.build import make_kit, seal_items

Way = Callable[[Sequence[aside.Work], Progress | None], aside.Aside]

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
    assert way([work], told.append).result() == COLUMNS
    assert sum(told) == 3 + (1 << 40)
    assert way([work], None).result() == COLUMNS


@every_way
def test_answer_of_very_many_files_comes_back_whole(way: Way) -> None:
    many = Columns(["d" * 64] * 50_000, [1] * 50_000, [None] * 50_000, [None] * 50_000)
    assert way([lambda _: many], None).result() == many


@every_way
def test_answers_of_several_works_stand_in_their_order(way: Way) -> None:
    def work(number: int, progress: Progress | None) -> Columns:
        if progress:
            for _ in range(20_000):  # more than a pipe holds, from each
                progress(number)
        return Columns([str(number)] * number, [number] * number, [None] * number, [None] * number)

    told: list[int] = []
    works = [functools.partial(work, number) for number in (3, 1, 2)]
    assert way(works, told.append).result() == Columns(
        ["3", "3", "3", "1", "2", "2"], [3, 3, 3, 1, 2, 2], [None] * 6, [None] * 6
    )
    assert sum(told) == 6 * 20_000


@every_way
def test_no_files_give_no_digests(way: Way) -> None:
    assert way([lambda _: Columns.of([])], None).result() == Columns([], [], [], [])


@every_way
def test_what_the_work_raises_is_raised(way: Way, capfd: pytest.CaptureFixture[str]) -> None:
    def work(_: Progress | None) -> Columns:
        raise OSError(5, "the disk is broken")

    with pytest.raises(OSError, match="the disk is broken"):
        way([work], None).result()
    assert capfd.readouterr() == ("", "")


@forked
def test_works_of_processes_that_were_killed_are_done_here() -> None:
    here = os.getpid()

    def work(_: Progress | None) -> Columns:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return COLUMNS

    works = [lambda _: COLUMNS, work, work]
    assert aside._Forked(works, None).result().sha256 == COLUMNS.sha256 * 3


@forked
def test_work_that_is_stopped_leaves_no_process() -> None:
    def work(_: Progress | None) -> Columns:
        signal.pause()
        return COLUMNS

    before = set(os.listdir("/proc/self/fd"))
    begun = aside._Forked([work, work], None)
    children = [copy._process for copy in begun._copies]
    begun.stop()
    for child in children:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, 0)
    assert set(os.listdir("/proc/self/fd")) == before
    begun.stop()  # nor does it mind to be stopped twice


@forked
def test_process_is_copied_only_without_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert isinstance(aside.begin([lambda _: COLUMNS], None), aside._Forked)
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert isinstance(aside.begin([lambda _: COLUMNS], None), aside._Threaded)


@forked
def test_thread_stands_in_where_no_process_may_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, made = os.fork, iter([True, False])

    def second_is_refused() -> int:
        if next(made):
            return fork()
        raise BlockingIOError(11, "no more processes")

    before = set(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(os, "fork", second_is_refused)
    begun = aside.begin([lambda _: COLUMNS, lambda _: COLUMNS], None)
    assert isinstance(begun, aside._Threaded)
    assert begun.result().sha256 == COLUMNS.sha256 * 2
    assert set(os.listdir("/proc/self/fd")) == before


@every_way
def test_large_bundle_has_the_digests_that_it_has_without(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = seal_items(tmp_path, tmp_path / "x.evidence.zip", make_kit(tmp_path, None)).path
    with Bundle(path) as bundle:  # too small for anybody else to be asked
        plain = vars(bundle.digests)
    monkeypatch.setattr("evidence_kit.bundle.hashing.RUN_BYTES", 1)
    monkeypatch.setattr("evidence_kit.bundle.reader._MAX_COPIES", 3)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    begun: list[int] = []

    def begin(works: Sequence[aside.Work], progress: Progress | None) -> aside.Aside:
        begun.append(len(works))
        return way(works, progress)

    monkeypatch.setattr(aside, "begin", begin)
    with Bundle(path) as bundle:
        assert vars(bundle.digests) == plain
    with Bundle(path) as bundle:
        bundle.start_hashing()
        assert vars(bundle.digests) == plain
    with Bundle(path) as bundle:
        bundle.start_hashing()  # and nobody asks
    assert begun == [3, 3, 3]


@given(st.lists(st.integers(0, 1 << 32), min_size=1, max_size=30), st.integers(1, 5))
def test_shares_are_the_files_in_their_order_and_take_about_as_long(
    sizes: list[int], most: int
) -> None:
    parts = [sizes[part] for part in hashing.shares(sizes, most)]
    assert list(itertools.chain.from_iterable(parts)) == sizes
    assert all(parts)
    assert len(parts) <= most
    costs = [size + hashing._FILE_BYTES for size in sizes]
    for part in parts:
        cost = sum(part) + len(part) * hashing._FILE_BYTES
        assert cost <= sum(costs) / most + max(costs) + 1
