"""The report on a case: short where all is well, and nothing amiss is left out."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence_kit.actions.holdings import Holding
from evidence_kit.cli.report_case import case_lines
from evidence_kit.cli.words import Words
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import Translator
from evidence_kit.model import Kind
from evidence_kit.report import (
    CASE_LIMITS,
    LIMITS,
    CaseReport,
    Finding,
    Outcome,
    Question,
    Report,
    answers,
    finding,
    verdict,
    worst,
)
from fixtures.tsa import Tsa
from tests.cli.conftest import Run

GOOD = (
    finding(Question.UNALTERED, "digest.verified", Outcome.PASSED, "manifest-sha256.txt", count=2),
    finding(Question.SINCE, "timestamp.holds", Outcome.PASSED, "x.tsr", authority="A", time="T"),
    finding(Question.SIGNER, "signer.key", Outcome.PASSED, "proof/signer.pem", sha256="00"),
)


def report_on(name: str, *findings: Finding) -> Report:
    all_ = (*GOOD, *findings)
    return Report(
        path=f"case/{name}",
        bundle_id=None,
        verdict=verdict(all_),
        answers=answers(all_),
        sealed_no_later_than=datetime(2026, 11, 8, tzinfo=UTC),
        sealed_not_before=None,
        proven_times=(),
        renewals=(),
        signer=None,
        receipt=None,
        findings=all_,
        limits=LIMITS,
    )


def told(
    reports: Iterable[Report],
    *findings: Finding,
    holdings: dict[str, Holding] | None = None,
    lang: str = "en",
) -> list[str]:
    reports = tuple(reports)
    case = CaseReport(
        path="case",
        case_id=None,
        verdict=worst([one.verdict for one in reports] + [one.outcome for one in findings]),
        bundles=reports,
        findings=findings,
        limits=CASE_LIMITS,
    )
    words = Words(Translator(lang))
    return [line.text for line in case_lines(words, case, holdings or {})]


def new_case(run: Run, count: int, *options: str) -> list[Path]:
    run("init", "case")
    for number in range(count):
        Path("note.txt").write_text(f"note {number}\n", encoding="utf-8")
        run("add", "note.txt", "--case", "case", *options)
    return sorted(Path("case").glob("*.zip"))


def test_what_is_open_in_all_bundles_is_told_once(run: Run) -> None:
    paths = new_case(run, 20, "--no-timestamp")
    ran = run("verify", "case")
    assert ran.code == ExitCode.UNDECIDED
    lines = ran.out.splitlines()
    assert lines[1] == "verdict: can't be confirmed yet (there is no time stamp yet)"
    assert lines[2] == ("bundles: 20; can't be confirmed yet: 20; files as they were sealed: 20")
    assert [line for line in lines if line.startswith("  0")] == [
        f"  {path.name} (document note.txt): can't be confirmed yet (there is no time stamp yet)"
        for path in paths
    ]
    assert lines.count("  - all bundles: there is no time stamp yet") == 1
    assert "unaltered? no change found" in lines
    assert len(lines) < 45
    assert "all that was checked of each bundle: evidence-kit verify -v case\n" in ran.err


def test_more_is_told_of_each_bundle_where_it_is_asked_for(run: Run) -> None:
    paths = new_case(run, 3, "--no-timestamp")
    ran = run("verify", "case", "-v")
    lines = ran.out.splitlines()
    assert [line for line in lines if line.startswith("case/")] == [str(path) for path in paths]
    assert lines.count("unaltered? no change found; 1 file checked") == 3
    assert lines.count("  - there is no time stamp yet") == 3
    assert "all that was checked" not in ran.err


def test_json_of_a_case_is_whole(run: Run) -> None:
    new_case(run, 2, "--no-timestamp")
    ran = run("verify", "case", "--json")
    assert [len(one["findings"]) > 5 for one in json.loads(ran.out)["bundles"]] == [True, True]
    assert "all that was checked" not in ran.err


def test_changed_bundle_is_named_among_many_good_ones(run: Run, authority: Tsa) -> None:
    paths = new_case(run, 8)
    content = paths[3].read_bytes()
    paths[3].write_bytes(content.replace(b"note 3\n", b"note X\n"))
    ran = run("verify", "case")
    assert ran.code == ExitCode.NO
    name = paths[3].name
    assert (
        f"  - {name}: changed: this file is not as it was sealed: data/files/0001-note.txt\n"
        in (ran.out)
    )
    lines = ran.out.splitlines()
    place = lines.index("unaltered?")
    assert lines[place + 1 : place + 3] == [
        f"  {name}: no: changed or damaged, see below",
        "  all others: no change found",
    ]
    assert f"  {name} (document note.txt): changed or damaged since sealing" in lines


def test_nothing_is_told_of_the_contents_of_a_record_that_was_changed(
    run: Run, authority: Tsa
) -> None:
    (path,) = new_case(run, 1)
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"label": "note.txt"', b'"label": "n0te.txt"'))
    assert path.read_bytes() != content
    assert f"  {path.name}: changed or damaged since sealing" in run("verify", "case").out


def test_gap_between_bundles_is_not_drowned_in_bundles_without_a_change(
    run: Run, authority: Tsa
) -> None:
    paths = new_case(run, 3)
    paths[1].unlink()
    ran = run("verify", "case")
    assert ran.code == ExitCode.NO
    assert "unaltered? no change found in the bundle itself; what is amiss in the case" in ran.out
    assert "  - bundle number 2 of the case is missing\n" in ran.out
    assert "between the bundles" not in ran.out


def test_case_without_a_bundle_says_what_to_do(run: Run) -> None:
    run("init", "case")
    ran = run("verify", "case")
    assert ran.code == ExitCode.UNDECIDED
    assert "there is no bundle in the case" in ran.out
    assert ran.err == "next: evidence-kit capture URL --case case\n"


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.INDETERMINATE])
def test_bundle_with_very_many_findings_hides_no_other_bundle(outcome: Outcome) -> None:
    code, words = {
        Outcome.FAILED: ("digest.mismatch", "changed"),
        Outcome.INDETERMINATE: ("files.withheld", "left out"),
    }[outcome]

    def many(count: int) -> list[Finding]:
        return [
            finding(Question.UNALTERED, code, outcome, f"data/{n}", sha256="") for n in range(count)
        ]

    lines = told([report_on("a.zip", *many(60)), report_on("b.zip", *many(1)), report_on("c.zip")])
    about = [line for line in lines if line.startswith("  - ")]
    assert sum(line.startswith(f"  - a.zip: {words}") for line in about) == 20
    assert sum(line.startswith(f"  - a.zip, b.zip: {words}") for line in about) == 1
    assert "  - a.zip: and 39 more; -v shows them all" in about


def test_findings_that_differ_by_bundle_are_told_of_each() -> None:
    failed = finding(Question.UNALTERED, "digest.mismatch", Outcome.FAILED, "data/x")
    other = finding(Question.UNALTERED, "digest.mismatch", Outcome.FAILED, "data/y")
    lines = told([report_on("a.zip", failed), report_on("b.zip", other), report_on("c.zip")])
    assert "  - a.zip: changed: this file is not as it was sealed: data/x" in lines
    assert "  - b.zip: changed: this file is not as it was sealed: data/y" in lines


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "all bundles: whether the authority's certificate has been revoked was not"),
        ("zh", "所有证据包："),
    ],
)
def test_what_was_not_checked_is_told_once_though_all_passed(lang: str, line: str) -> None:
    noted = finding(Question.SINCE, "revocation.not_checked", Outcome.NOTED, "x.tsr")
    lines = told([report_on(f"{n}.zip", noted) for n in range(20)], lang=lang)
    assert len([one for one in lines if one.startswith(f"  - {line}")]) == 1


def test_notes_that_differ_in_their_time_are_one() -> None:
    reports = [
        report_on(
            f"{n}.zip",
            finding(
                Question.SINCE, "revocation.as_of", Outcome.NOTED, "x.tsr", time=f"2026-11-{n:02}"
            ),
        )
        for n in range(1, 9)
    ]
    about = [line for line in told(reports) if line.startswith("  - all bundles: ")]
    assert len(about) == 1
    assert "as of different times" in about[0]
    one = told([report_on("a.zip", reports[0].findings[-1]), report_on("b.zip")])
    assert any("as of 2026-11-01" in line for line in one if line.startswith("  - a.zip: "))


def test_notes_of_one_kind_are_counted_beyond_the_first() -> None:
    reports = [
        report_on(f"{n}.zip", finding(Question.SINCE, "proof.unknown", Outcome.NOTED, f"proof/{n}"))
        for n in range(9)
    ]
    lines = told(reports)
    assert len([line for line in lines if line.startswith("  - ") and ".zip: " in line]) == 3
    assert "  - and 6 more of these kinds; -v shows them all" in lines


def test_each_kind_of_what_a_capture_noticed_is_told() -> None:
    codes = ("page.blank", "login.wall", "challenge", "page.crashed", "load.partial")
    reports = [
        report_on(
            f"{n}.zip",
            finding(
                Question.UNALTERED,
                "capture.noticed",
                Outcome.NOTED,
                "E1",
                observation=code,
                item="E1",
            ),
        )
        for n, code in enumerate(codes)
    ]
    lines = told(reports)
    assert len([line for line in lines if "at capture of E1" in line]) == len(codes)
    assert not [line for line in lines if "of these kinds" in line]


def test_line_break_in_the_name_of_a_bundle_breaks_no_line() -> None:
    failed = [
        finding(Question.UNALTERED, "digest.mismatch", Outcome.FAILED, f"data/{n}")
        for n in range(21)
    ]
    lines = told([report_on("a\nb.zip", *failed), report_on("c.zip")])
    assert not any("\n" in line for line in lines)
    assert "  - a%0Ab.zip: and 1 more; -v shows them all" in lines


def test_many_bundles_are_named_in_part_and_counted() -> None:
    failed = finding(Question.UNALTERED, "digest.mismatch", Outcome.FAILED, "data/x")
    reports = [report_on(f"{n}.zip", failed) for n in range(8)] + [report_on("good.zip")]
    assert (
        "  - 0.zip, 1.zip, 2.zip, 3.zip, 4.zip and 3 more: changed: this file is not as it was"
        " sealed: data/x"
    ) in told(reports)


def test_contents_are_named_in_a_few_words() -> None:
    holding = Holding(named=((Kind.CHAT, "\x1b[2K" + "长" * 60), (Kind.PICTURE, "b")), more_count=3)
    lines = told([report_on("a.zip")], holdings={"case/a.zip": holding})
    (line,) = (line for line in lines if line.startswith("  a.zip"))
    assert "\x1b" not in line
    assert "长…, picture b, 3 more): no change found" in line
    assert "长" * 40 not in line
