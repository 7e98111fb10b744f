"""The difference of two exports: unrelated ones are said to be so, and a long list is bounded."""

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from evidence_kit.errors import ExitCode
from fixtures.tsa import Tsa
from tests.cli.conftest import Run

ME, SHOP = "阿禾", "云雀点卡"
BEGIN = datetime(2026, 5, 1)


def export(first: int, last: int, *, word: str = "第", sender: str = SHOP) -> str:
    """Messages with these numbers, an hour between two."""
    said = (
        f"{BEGIN + timedelta(hours=number):%Y-%m-%d %H:%M:%S} {sender if number % 2 else ME}\n"
        f"{word}{number}条\n\n"
        for number in range(first, last)
    )
    return "".join(said)


@pytest.fixture
def diff(run: Run, authority: Tsa) -> "Diff":
    return Diff(run)


class Diff:
    """Seals two exports and compares them."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __call__(self, a: str, b: str, *options: str, roles: tuple[str, ...] = ()) -> str:
        for name, text in (("a", a), ("b", b)):
            Path(f"{name}.txt").write_text(text, encoding="utf-8")
            self._run("add", f"{name}.txt", "-o", f"{name}.zip", *roles)
        return self.again(*options)

    def again(self, *options: str) -> str:
        return self._run("chat", "a.zip", "diff", "b.zip", *options).out


def sides(out: str) -> Counter[str]:
    """How many differences are listed, by their heading."""
    return Counter(re.findall(r"^((?:only in [AB]|differs).*):$", out, re.MULTILINE))


NOTHING = "A and B share nothing: A has 200 records, B has 100, and none is in both"


def test_unrelated_exports_are_said_to_be_so_before_any_figure(diff: Diff) -> None:
    out = diff(export(0, 200), export(500, 600))
    assert out.index(NOTHING) < out.index("the same in both: 0")
    assert "they may be of different chats, or of different times of one chat" in out
    assert "give the names of both with --me and --merchant" in out


def test_advice_on_names_is_not_given_where_it_is_known_who_is_who(diff: Diff) -> None:
    out = diff(export(0, 200), export(500, 600), roles=("--me", ME, "--merchant", SHOP))
    assert NOTHING in out and "give the names of both" not in out


def test_one_chat_under_other_names_is_no_unrelated_one_once_roles_are_known(
    diff: Diff, run: Run
) -> None:
    out = diff(export(1, 9), export(1, 9, sender="我的店").replace(ME, "我"))
    assert "share nothing" in out
    run("add", "a.txt", "-o", "a2.zip", "--me", ME, "--merchant", SHOP)
    run("add", "b.txt", "-o", "b2.zip", "--me", "我", "--merchant", "我的店")
    out = run("chat", "a2.zip", "diff", "b2.zip").out
    assert "share nothing" not in out and "the same in both: 8" in out


def test_names_of_either_export_tell_who_is_who_in_both(diff: Diff, run: Run) -> None:
    diff(export(1, 9), export(1, 9, sender="我的店").replace(ME, "我"))
    names = ("--me", ME, "--me", "我", "--merchant", SHOP, "--merchant", "我的店")
    ran = run("chat", "a.zip", "diff", "b.zip", *names)
    assert ran.code == ExitCode.DONE
    assert "share nothing" not in ran.out and "the same in both: 8" in ran.out


def test_name_that_is_in_neither_export_is_refused_with_a_near_one(diff: Diff, run: Run) -> None:
    diff(export(1, 9), export(1, 9, sender="我的店"))
    ran = run("chat", "a.zip", "diff", "b.zip", "--me", ME, "--merchant", "我的点")
    assert ran.code == ExitCode.USAGE
    assert "nobody of this name sent anything in these chats: 我的点" in ran.err
    assert "我的店" in ran.err


def test_name_of_one_chat_alone_is_still_refused_where_one_chat_is_shown(
    diff: Diff, run: Run
) -> None:
    diff(export(1, 9), export(1, 9, sender="我的店"))
    ran = run("chat", "a.zip", "silence", "--me", ME, "--merchant", "我的店")
    assert ran.code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("shared", "said"),
    [(4, "share hardly anything: A has 200 records, B has 100; in both: 4"), (5, "")],
)
def test_a_twentieth_in_common_is_hardly_anything_no_more(
    shared: int, said: str, diff: Diff
) -> None:
    out = diff(export(0, 200), export(200 - shared, 300 - shared))
    assert (said in out) if said else ("share" not in out)


def test_other_texts_of_one_chat_are_something_in_common(diff: Diff) -> None:
    out = diff(export(0, 100), export(0, 100, word="又"))
    assert "share" not in out and "in both with another text: 100" in out


def test_long_list_is_bounded_and_says_how_much_more_there_is(diff: Diff) -> None:
    out = diff(export(0, 200), export(500, 600))
    assert sides(out) == {
        "only in A, outside the period of both": 25,
        "only in B, outside the period of both": 25,
    }
    assert "listed are 50 of 300 differences\n" in out
    said = "not listed: only in A: 175; only in B: 75; -v lists all, and so does --json"
    assert out.splitlines()[-1] == said


def test_all_is_listed_where_it_is_asked_for_and_in_json(diff: Diff) -> None:
    diff(export(0, 200), export(500, 600))
    out = diff.again("-v")
    assert sides(out).total() == 300 and "listed" not in out
    assert len(json.loads(diff.again("--json"))["entries"]) == 300


def test_fifty_differences_are_all_listed(diff: Diff) -> None:
    out = diff(export(0, 100), export(0, 50))
    assert sides(out).total() == 50 and "listed" not in out
    assert sides(diff(export(0, 101), export(0, 50))).total() == 50


def test_what_lies_in_the_period_of_both_is_listed_first(diff: Diff) -> None:
    whole = export(0, 400)
    lacking = export(300, 340) + export(343, 350, word="又") + export(350, 400)
    out = diff(whole, lacking)
    assert sides(out) == {
        "only in A, in the period of both": 3,
        "differs": 7,
        "only in A, outside the period of both": 40,
    }
    assert "those in the period of both have precedence" in out
    assert "not listed: only in A: 260; -v" in out
    in_zh = diff.again("--lang", "zh")
    assert "没有列出的：只在 A 中：260 条；用 -v 或 --json 列出全部" in in_zh
