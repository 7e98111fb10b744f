"""doctor ends with one line that says what all the others come to."""

import pytest

from evidence_kit.actions import doctor
from evidence_kit.actions.doctor import Diagnosis, Status
from evidence_kit.errors import ExitCode
from tests.cli.conftest import Run

GOOD = Diagnosis(name="font", status=Status.OK, code="font.chinese")
BEWARE = Diagnosis(name="clock", status=Status.WARNING, code="clock.unknown")
BAD = Diagnosis(name="browser", status=Status.PROBLEM, code="browser.hangs")


@pytest.mark.parametrize(
    ("found", "english", "chinese", "code"),
    [
        ([GOOD], "ready; all that is needed is there", "可以使用，需要的都已具备", ExitCode.DONE),
        (
            [GOOD, BEWARE, BEWARE],
            "usable; look at what is called beware: 2",
            "可以使用；请留意上面标为“注意”的 2 项",
            ExitCode.DONE,
        ),
        (
            [BEWARE, BAD, GOOD],
            "not ready; mend first what is called a problem: 1",
            "还不能使用，请先解决上面标为“问题”的 1 项",
            ExitCode.NO,
        ),
    ],
)
def test_last_line_is_the_verdict(
    found: list[Diagnosis],
    english: str,
    chinese: str,
    code: ExitCode,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "diagnose", lambda *_: tuple(found))
    ran = run("doctor")
    assert (ran.code, ran.out.splitlines()[-1]) == (code, f"verdict: {english}")
    assert run("--lang", "zh", "doctor").out.splitlines()[-1] == f"结论：{chinese}"
    assert "verdict" not in run("doctor", "--json").out
