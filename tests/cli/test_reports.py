"""What is told of good bundles, and of every attack."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.actions.seal import Sealed
from evidence_kit.actions.verify import verify_bundle
from evidence_kit.checks.expectations import Expectations
from evidence_kit.cli.report_text import bundle_lines
from evidence_kit.cli.words import Words
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import Translator
from evidence_kit.report import Finding, Outcome, Question, finding, given_roots
from fixtures.tsa import Tsa
from tests.cli.conftest import Run
from tests.forge import Forge
from tests.tamper.conftest import forge as forge
from tests.tamper.conftest import forged as forged
from tests.tamper.conftest import good as good
from tests.tamper.table import Row
from tests.tamper.test_tamper import ROWS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_attack_can_be_told_in_both_languages(
    row: Row,
    good: tuple[Sealed, Forge],
    forge: Forge,
    forged: Callable[[Forge | bytes], Path],
) -> None:
    report = verify_bundle(forged(row.attack(forge)), Expectations())
    for lang, words in (("en", Words(Translator("en"))), ("zh", Words(Translator("zh")))):
        lines = [line.text for line in bundle_lines(words, report, is_verbose=True)]
        assert not any("{" in line for line in lines)
        verdict = {"en": "verdict: ", "zh": "结论："}[lang]
        assert lines[1].startswith(verdict)


def test_receipt_pins_its_bundle_alone_and_in_a_case(run: Run, authority: Tsa) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    run("init", "case")
    for _ in range(2):
        assert run("add", "chat.txt", "--case", "case").code == ExitCode.DONE
    first, second = sorted(Path("case").glob("*.zip"))
    receipt = json.loads(run("verify", first, "--json").out)["receipt"]
    assert run("verify", first, "--receipt", receipt).code == ExitCode.DONE
    ran = run("verify", second, "--receipt", receipt)
    assert ran.code == ExitCode.NO
    assert "it is not the bundle of the receipt" in ran.out
    assert run("verify", "case", "--receipt", receipt).code == ExitCode.DONE
    assert run("verify", first, second, "--receipt", receipt).code == ExitCode.USAGE


def test_receipt_shows_that_the_newest_bundle_was_taken_out(run: Run, authority: Tsa) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    run("init", "case")
    for _ in range(2):
        run("add", "chat.txt", "--case", "case")
    newest = max(Path("case").glob("*.zip"))
    receipt = json.loads(run("verify", newest, "--json").out)["receipt"]
    newest.unlink()
    assert run("verify", "case").code == ExitCode.DONE
    ran = run("verify", "case", "--receipt", receipt)
    assert ran.code == ExitCode.NO
    assert "the bundle that the receipt names is not in this case" in ran.out


def test_signer_is_compared_with_the_one_expected(run: Run, bundle: Path) -> None:
    signer = json.loads(run("verify", bundle, "--json").out)["signer"]["certificate_sha256"]
    assert run("verify", bundle, "--signer", signer.upper()).code == ExitCode.DONE
    ran = run("verify", bundle, "--signer", "0" * 64)
    assert ran.code == ExitCode.NO
    assert "by whom? not by the one you expected" in ran.out


def test_unpacked_bundle_verifies_as_a_folder_and_is_not_unpacked_over(
    run: Run, bundle: Path
) -> None:
    folder = Path(json.loads(run("show", bundle, "--extract", "out", "--json").out)["extracted_to"])
    assert run("verify", folder).code == ExitCode.DONE
    assert run("show", bundle, "--extract", "out").code == ExitCode.ERROR
    assert [path.name for path in Path("out").iterdir()] == [folder.name]
    assert run("show", folder, "--extract", "other").code == ExitCode.ERROR


def test_earlier_bundle_is_brought_into_a_new_case(run: Run, bundle: Path) -> None:
    earlier = bundle.rename("good.evidence.zip")
    assert run("init", "case", "--include", earlier).code == ExitCode.DONE
    ran = run("verify", "case")
    assert ran.code == ExitCode.DONE
    assert "  included/good.evidence.zip (document chat.txt): no change found since" in ran.out


def test_folder_as_output_gets_a_new_file_or_takes_it_as_its_case(run: Run, authority: Tsa) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    Path("out").mkdir()
    run("init", "case")
    assert run("add", "chat.txt", "-o", "out").code == ExitCode.DONE
    assert len(list(Path("out").glob("*.evidence.zip"))) == 1
    assert run("add", "chat.txt", "-o", "case").out == "case/0001-document.evidence.zip\n"


def test_whose_root_a_time_rests_on_is_told_only_where_it_was_given() -> None:
    def noted(code: str, **params: str) -> Finding:
        return finding(Question.SINCE, code, Outcome.NOTED, "proof/signature.p7s.0.tsr", **params)

    own, other = noted("timestamp.given_root", root="B"), noted("revocation.not_checked")
    assert given_roots([other]) == ()
    assert given_roots([own, other, own, noted("timestamp.given_root", root="A")]) == ("A", "B")
