"""What is said to do next, and that it fits what happened."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from evidence_kit.cli.words import Words
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import Translator
from evidence_kit.report import Outcome, Question, finding
from fixtures.chats import make
from fixtures.pictures import metadata
from fixtures.shop import Shop
from fixtures.tsa import Tsa
from tests.cli.conftest import Run

CHAT = make.HERE / "wechatmsg_txt/k20261101/chat.txt"


def new_case(run: Run, *, count: int = 2, options: tuple[str, ...] = ()) -> list[Path]:
    """A case with some bundles."""
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    assert run("init", "case").code == ExitCode.DONE
    for _ in range(count):
        run("add", "chat.txt", "--case", "case", *options)
    return sorted(Path("case").glob("*.zip"))


def receipt_of(run: Run, path: Path) -> str:
    return str(json.loads(run("verify", path, "--json").out)["receipt"])


# Pins


@pytest.mark.parametrize(
    ("lang", "verdict"),
    [
        ("en", "verdict: not signed by the one you named"),
        ("zh", "结论：不是由您指定的签名者签名的"),
    ],
)
def test_other_signer_is_not_called_a_change(
    run: Run, bundle: Path, lang: str, verdict: str
) -> None:
    ran = run("--lang", lang, "verify", bundle, "--signer", "0" * 64)
    assert ran.code == ExitCode.NO
    assert ran.out.splitlines()[1] == verdict


def test_receipt_of_another_bundle_is_not_called_a_change(run: Run, bundle: Path) -> None:
    run("add", "chat.txt", "-o", "other.zip")
    receipt = receipt_of(run, Path("other.zip"))
    ran = run("verify", bundle, "--receipt", receipt)
    assert ran.code == ExitCode.NO
    lines = ran.out.splitlines()
    assert lines[1].startswith("verdict: not the bundle that the receipt names")
    assert "unaltered? no change found; 1 file checked" in lines
    assert "is gone" not in ran.out
    both = run("verify", bundle, "--receipt", receipt, "--signer", "0" * 64)
    assert both.out.splitlines()[1] == lines[1]


def test_bundle_made_anew_under_its_old_id_is_called_so(run: Run, bundle: Path) -> None:
    words = receipt_of(run, bundle).split()
    words[3] = "0" * 64
    ran = run("verify", bundle, "--receipt", " ".join(words))
    assert ran.code == ExitCode.NO
    assert ran.out.splitlines()[1].startswith("verdict: made anew")


def test_change_is_called_a_change_whatever_the_pins_say(run: Run, bundle: Path) -> None:
    content = bytearray(bundle.read_bytes())
    content[content.index(b"hello")] ^= 1
    Path("bad.zip").write_bytes(content)
    ran = run("verify", "bad.zip", "--signer", "0" * 64)
    assert ran.out.splitlines()[1] == "verdict: changed or damaged since sealing"


def test_receipt_in_pieces_is_told_to_be_put_in_quotes(run: Run, bundle: Path) -> None:
    ran = run("verify", bundle, "--receipt", *receipt_of(run, bundle).split())
    assert ran.code == ExitCode.USAGE
    assert "quotation marks" in ran.err


# Trust


def test_root_that_is_not_trusted_is_named_and_asked_for(
    run: Run, authority: Tsa, monkeypatch: pytest.MonkeyPatch, bundle: Path
) -> None:
    monkeypatch.delenv("EVIDENCE_KIT_TRUST")
    ran = run("verify", bundle)
    verdict = ran.out.splitlines()[1]
    assert ran.code == ExitCode.UNDECIDED
    assert "Example Time Authority (2" in verdict
    assert "…" not in verdict
    assert "CN=" not in verdict
    assert "…" not in run("--lang", "zh", "verify", bundle).out.splitlines()[1]
    assert ran.err == "next: evidence-kit verify good.zip --trust ROOT.pem\n"
    sealed = run("add", "chat.txt", "-o", "second.zip")
    assert sealed.err.endswith("next: evidence-kit verify second.zip --trust ROOT.pem\n")
    assert run("verify", bundle, "--trust", authority.root_pem).code == ExitCode.DONE


def test_next_command_repeats_the_root_that_was_given(
    run: Run, tsa: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    root = str(tsa.root_pem)
    run("init", "case", "--no-timestamp")
    sealed = run("add", "chat.txt", "--case", "case", "--tsa", tsa.url, "--trust", root)
    assert sealed.err.endswith(f"next: evidence-kit verify case --trust {root}\n")
    ran = run("verify", "case", "--trust", root)
    assert ran.code == ExitCode.DONE
    assert ran.err.endswith(f"next: evidence-kit attach case -o complaint --trust {root}\n")
    unstamped = run("add", "chat.txt", "-o", "x.zip", "--no-timestamp", "--trust", root)
    assert unstamped.err.endswith(f"next: evidence-kit stamp x.zip --trust {root}\n")


# Places


def test_case_where_a_bundle_is_wanted_names_one(run: Run, authority: Tsa) -> None:
    new_case(run, count=1)
    Path("chat.txt").write_bytes(CHAT.read_bytes())
    run("add", "chat.txt", "--case", "case")
    run("log", "case", "paid", "--on", "2026-11-01")
    # where a chat is wanted, one that holds a chat
    for words, example in (
        (("show", "case"), "0003-event"),
        (("chat", "case", "timeline"), "0002-chat"),
    ):
        ran = run(*words)
        assert ran.code == ExitCode.USAGE
        assert "this is a case" in ran.err
        assert f"such as case/{example}.evidence.zip;" in ran.err
        assert ran.err.endswith("to check all of them: evidence-kit verify case\n")
    ran = run("share", "case", "--without", "data/files/x", "-o", "copy.zip")
    assert "this is a case" in ran.err
    assert run("show", "case", "--payments").code == ExitCode.DONE


def hint_of(run: Run, *words: str | Path) -> str:
    """The hint of a command that can't be done; every path in it is there."""
    ran = run(*words, "--no-input")
    assert ran.code in (ExitCode.USAGE, ExitCode.ERROR)
    error, hint = ran.err.splitlines()
    assert (error[:7], hint[:6]) == ("error: ", "hint: ")
    for name in re.findall(r"[^\s']+\.evidence\.zip", hint):
        assert Path(name).exists(), hint
    return hint.removeprefix("hint: ")


@pytest.mark.parametrize("words", [["show"], ["share", "--without", "x", "-o", "copy.zip"]])
def test_case_without_a_bundle_says_how_to_fill_it(run: Run, words: list[str]) -> None:
    run("init", "my case")
    assert hint_of(run, words[0], "my case", *words[1:]) == (
        "put one into it with: evidence-kit capture URL --case 'my case', or evidence-kit add FILE"
        " --case 'my case'"
    )


def test_case_without_a_chat_asks_for_one(run: Run) -> None:
    run("init", "case")
    add = "evidence-kit add chat.txt --case case"
    assert hint_of(run, "chat", "case", "timeline").endswith(add)
    run("log", "case", "paid", "--on", "2026-11-01", "--no-timestamp")
    ran = run("chat", "case", "timeline")
    assert "no bundle of the case holds a chat (0001-event.evidence.zip): case\n" in ran.err
    assert ran.err.endswith(f"{add}\n")


def test_chat_is_found_whatever_its_bundle_is_called(run: Run) -> None:
    Path("shot.png").write_bytes(metadata.png())
    Path("chat.txt").write_bytes(CHAT.read_bytes())
    run("init", "case")
    run("add", "shot.png", "chat.txt", "--case", "case", "--no-timestamp")
    run("add", "shot.png", "--case", "case", "--no-timestamp")
    assert "such as case/0001-picture.evidence.zip;" in hint_of(run, "chat", "case", "marks")
    assert hint_of(run, "chat", "case/0002-picture.evidence.zip", "marks") == (
        "this bundle of the case holds one: case/0001-picture.evidence.zip"
    )


def test_chats_that_cannot_be_read_are_not_called_none(run: Run) -> None:
    new_case(run, count=1, options=("--no-timestamp",))
    (path,) = Path("case").glob("*.zip")
    path.write_bytes(path.read_bytes()[:3000])
    ran = run("chat", "case", "timeline")
    assert f"some of it can't be read ({path.name}): case\n" in ran.err
    assert ran.err.endswith("evidence-kit verify case\n")


def test_bundle_without_a_chat_says_what_could_be_one(run: Run) -> None:
    Path("note.txt").write_text("hello\n", encoding="utf-8")
    Path("shot.png").write_bytes(metadata.png())
    run("add", "note.txt", "shot.png", "-o", "note.evidence.zip", "--no-timestamp")
    run("add", "shot.png", "-o", "shot.evidence.zip", "--no-timestamp")
    assert hint_of(run, "chat", "note.evidence.zip", "marks").endswith(": E1 (note.txt)")
    assert hint_of(run, "chat", "note.evidence.zip", "marks", "--item", "E2") == "did you mean: E1"
    for more in ([], ["--item", "E1"]):
        hint = hint_of(run, "chat", "shot.evidence.zip", "marks", *more)
        assert hint.startswith("see what is in it with: evidence-kit show shot.evidence.zip; add")


def test_export_that_is_not_sealed_is_to_be_added(run: Run) -> None:
    Path("chat.txt").write_bytes(CHAT.read_bytes())
    Path("shot.png").write_bytes(metadata.png())
    with zipfile.ZipFile("all.zip", "w") as out:
        out.write("chat.txt")
    for name in ("chat.txt", "all.zip"):
        assert hint_of(run, "chat", name, "marks").endswith(f": evidence-kit add {name}")
    assert "evidence-kit add shot.png --transcript" in hint_of(run, "chat", "shot.png", "marks")


def test_hint_of_a_comparison_is_about_the_bundle_at_fault(run: Run) -> None:
    Path("chat.txt").write_bytes(CHAT.read_bytes())
    Path("note.txt").write_text("hello\n", encoding="utf-8")
    Path("bad.evidence.zip").write_text("hello\n", encoding="utf-8")
    run("init", "case")
    run("add", "chat.txt", "--case", "case", "--no-timestamp")
    run("add", "chat.txt", "-o", "x.zip", "--no-timestamp")
    run("add", "note.txt", "-o", "note.evidence.zip", "--no-timestamp")
    for first in ("x.zip", "case/0001-chat.evidence.zip"):
        for second, hint in (
            ("bad.evidence.zip", "give a file that was made by evidence-kit"),
            ("note.evidence.zip", "if one of its documents is a chat"),
        ):
            ran = run("chat", first, "diff", second)
            error, told = ran.err.splitlines()
            assert error.endswith(f": {second}")
            assert told.startswith(f"hint: {hint}")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("case/0002-document.evidence.zip", "case/0001-document.evidence.zip"),
        ("case/0001", "case/0001-document.evidence.zip"),
        ("chatt.txt", "chat.txt"),
        ("my chat.text", "'my chat.txt'"),
        ("cases", "case"),
    ],
)
def test_file_that_is_not_there_is_compared_with_those_that_are(
    run: Run, typed: str, meant: str
) -> None:
    new_case(run, count=1, options=("--no-timestamp",))
    Path("my chat.txt").write_text("hello\n", encoding="utf-8")
    for command in ("verify", "add"):
        assert hint_of(run, command, typed) == f"did you mean {meant}?"


@pytest.mark.parametrize("typed", ["nothing/like/it.zip", "xyz.zip", "..", "chat.txt/a"])
def test_file_like_nothing_that_is_there_gets_no_guess(run: Run, typed: str) -> None:
    new_case(run, count=0)
    ran = run("verify", typed)
    assert ran.code == ExitCode.ERROR
    assert "did you mean" not in ran.err


def test_member_of_a_chat_that_is_no_zip_is_refused(run: Run) -> None:
    Path("chat.txt").write_bytes(CHAT.read_bytes())
    run("add", "chat.txt", "-o", "x.zip", "--no-timestamp")
    assert hint_of(run, "chat", "x.zip", "marks", "--member", "a.txt") == "leave --member out"


@pytest.mark.parametrize("words", [["verify"], ["stamp"], ["show"], ["chat", "marks"]])
def test_folder_around_a_case_or_bundles_is_told_apart(run: Run, words: list[str]) -> None:
    (path,) = new_case(run, count=1, options=("--no-timestamp",))
    command, *view = words
    Path("above").mkdir()
    Path("case").rename("above/case")
    assert hint_of(run, command, "above", *view) == "name the case: above/case"
    Path("loose").mkdir()
    Path("above/case", path.name).rename(Path("loose", path.name))
    assert hint_of(run, command, "loose", *view).endswith(f"such as loose/{path.name}")


@pytest.mark.parametrize(
    "words",
    [["add", "chat.txt", "--case"], ["attach", "-o", "out"], ["log", "paid", "--on", "2026-11-01"]],
)
def test_place_without_a_case_names_the_one_that_is_near(run: Run, words: list[str]) -> None:
    (path,) = new_case(run, count=1, options=("--no-timestamp",))
    Path("full").mkdir()
    Path("full/note.txt").write_text("x", encoding="utf-8")

    def hint(place: str | Path) -> str:
        at_end = words[-1] == "--case"
        typed = [*words, place] if at_end else [words[0], place, *words[1:]]
        return hint_of(run, *typed)

    assert hint(path) == "did you mean case?"
    assert hint(".") == "did you mean case?"
    assert hint("new case") == "make one with: evidence-kit init 'new case'"
    assert hint("full").startswith("name the folder that holds case.toml")


def test_case_or_file_in_place_of_an_address_is_told(run: Run) -> None:
    new_case(run, count=0)
    assert hint_of(run, "capture", "case").endswith("evidence-kit capture URL --case case")
    assert hint_of(run, "capture", "chat.txt").endswith("evidence-kit add chat.txt")


def test_new_case_in_place_of_a_file_or_of_bundles_is_refused(run: Run) -> None:
    new_case(run, count=1, options=("--no-timestamp",))
    assert hint_of(run, "init", "chat.txt") == "name a folder that does not exist yet"
    assert "name one, such as case/0001-" in hint_of(run, "init", "new", "--include", "case")
    assert not Path("new").exists()


def test_file_to_leave_out_whose_name_is_not_quite_right_is_suggested(
    run: Run, bundle: Path
) -> None:
    ran = run("share", bundle, "--without", "files/chat.txt", "-o", "copy.zip")
    assert ran.code == ExitCode.USAGE
    assert "did you mean data/files/0001-chat.txt" in ran.err


# Stamping


def test_case_is_stamped_with_all_that_it_holds(run: Run, authority: Tsa) -> None:
    Path("old.txt").write_text("old\n", encoding="utf-8")
    run("add", "old.txt", "-o", "old.evidence.zip", "--no-timestamp")
    run("init", "case", "--include", "old.evidence.zip", "--no-timestamp")
    ran = run("verify", "case")
    assert ran.err.endswith("\nnext: evidence-kit stamp case\n")
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    run("add", "chat.txt", "--case", "case")
    ran = run("stamp", "case")
    assert ran.code == ExitCode.DONE
    assert [Path(line).name for line in ran.out.splitlines()] == [
        "0001-note.evidence.zip",
        "0002-document.evidence.zip",
        "old.evidence.zip",
    ]
    assert ran.err.count("sealed and checked") == 2
    assert ran.err.count("it has a time stamp already") == 1
    assert run("verify", "case").code == ExitCode.DONE
    assert len(json.loads(run("stamp", "case", "--json").out)) == 3


def test_case_without_bundles_can_not_be_stamped(run: Run, authority: Tsa) -> None:
    new_case(run, count=0)
    assert "there is no bundle in the case" in run("stamp", "case").err


def test_gap_in_the_case_is_told_at_sealing(run: Run, authority: Tsa) -> None:
    first, *_ = new_case(run)
    first.unlink()
    ran = run("add", "chat.txt", "--case", "case")
    assert ran.code == ExitCode.INCOMPLETE
    assert "beware: bundle number 1 of the case is missing" in ran.err


# Addresses


@pytest.mark.parametrize("address", ["shop.example/a", "localhost:8000", "shop.example:80/a@b"])
def test_address_without_scheme_gets_one_suggested(run: Run, address: str) -> None:
    ran = run("capture", f" {address}\n")
    assert ran.code == ExitCode.USAGE
    assert f"did you mean https://{address}?" in ran.err


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("https：//shop.example/a", "https://shop.example/a"),
        ("ｈttps：／／shop．example", "https://shop.example"),
        ("shop．example：80／a", "https://shop.example:80/a"),
    ],
)
def test_full_width_signs_of_an_address_are_told(run: Run, address: str, meant: str) -> None:
    ran = run("capture", address)
    assert ran.code == ExitCode.USAGE
    assert f"did you mean {meant}?" in ran.err


@pytest.mark.parametrize("dash", ["—", "——", "–", "－－", "−", "-", "-–"])
def test_other_dash_before_an_option_is_told(run: Run, bundle: Path, dash: str) -> None:
    for words in (
        ("capture", "https://shop.example/", f"{dash}expect", "598"),
        ("capture", "https://shop.example/", f"{dash}expect=598"),
        ("add", "chat.txt", "-o", "x.zip", f"{dash}label", "x"),
        ("verify", bundle, f"{dash}json"),
    ):
        ran = run(*words)
        assert ran.code == ExitCode.USAGE
        assert f"two hyphens: {dash}" in ran.err
        assert "did you mean --" in ran.err
    assert not Path("x.zip").exists()
    sealed = run("add", "chat.txt", "-o", "x.zip", "--label", f"{dash}no such option")
    assert sealed.code == ExitCode.DONE


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://a.example/", "u:word@a.example", "a b", ""]
)
def test_what_is_no_web_address_gets_the_rules(run: Run, address: str) -> None:
    ran = run("capture", address)
    assert ran.code == ExitCode.USAGE
    assert "without spaces and without a user name" in ran.err
    assert "word" not in ran.err


def test_white_space_around_an_address_does_not_matter(run: Run, authority: Tsa) -> None:
    ran = run("capture", " https://shop.example/ \n", "--browser", "missing")
    assert "there is no browser at this path" in ran.err


def test_login_wall_leads_to_the_same_capture_with_login(
    run: Run, authority: Tsa, shop: Shop
) -> None:
    url = shop.account_order_url
    ran = run("capture", url, "--label", "my order", "-o", "page.evidence.zip")
    assert ran.code == ExitCode.INCOMPLETE
    assert ran.err.splitlines()[-1] == (
        f"next: evidence-kit capture {url} --label 'my order' -o page-2.evidence.zip --login"
    )


# Events


@pytest.mark.parametrize("event", ["付款", "PAID", "paid"])
def test_event_is_named_in_any_case_and_language(run: Run, authority: Tsa, event: str) -> None:
    new_case(run, count=0)
    assert run("log", "case", event, "--on", "2026-11-01").code == ExitCode.DONE


def test_unknown_event_gets_the_known_ones_in_both_languages(run: Run, authority: Tsa) -> None:
    new_case(run, count=0)
    assert "did you mean paid 付款?" in run("log", "case", "piad", "--on", "2026-11-01").err
    hint = run("log", "case", "xyz", "--on", "2026-11-01").err.splitlines()[1]
    assert "paid 付款, promised 承诺" in hint
    assert hint.count("付款") == 1


def test_day_with_a_time_is_told_how_to_be_written(run: Run, authority: Tsa) -> None:
    new_case(run, count=0)
    ran = run("log", "case", "paid", "--on", "2026-11-01T10:00:00")
    assert ran.code == ExitCode.USAGE
    assert "write it as 2026-11-08 only" in ran.err


@pytest.mark.parametrize("day", ["2026年11月1日", "2026/11/1", "2026.11.01", " 2026-11-1 "])
def test_day_may_be_written_in_any_way_that_begins_with_the_year(
    run: Run, authority: Tsa, day: str
) -> None:
    new_case(run, count=0)
    ran = run("log", "case", "paid", "--on", day)
    assert ran.code == ExitCode.DONE
    assert "event, as stated: paid, 2026-11-01" in run("show", ran.out.strip()).out


@pytest.mark.parametrize("day", ["2026年2月30日", "1/11/2026", "11月1日", "2026"])
def test_what_is_no_day_is_refused(run: Run, authority: Tsa, day: str) -> None:
    new_case(run, count=0)
    ran = run("log", "case", "paid", "--on", day)
    assert ran.code == ExitCode.USAGE
    assert "this is no day" in ran.err


# Keys


def test_key_is_taken_in_without_passphrase_where_it_needs_none(run: Run) -> None:
    Path("pass.txt").write_text("word\n", encoding="utf-8")
    run("key", "new")
    run("key", "export", "-o", "key.p12", "--passphrase-file", "pass.txt")
    ran = run("key", "import", "key.p12")
    assert ran.code == ExitCode.USAGE
    assert "a passphrase is needed" in ran.err
    assert "--passphrase-file" in ran.err
    from evidence_kit.crypto.keys import dump_pkcs12, load_pkcs12

    open_key = dump_pkcs12(load_pkcs12(Path("key.p12").read_bytes(), "word"), None)
    Path("open.p12").write_bytes(open_key)
    assert run("key", "import", "open.p12").code == ExitCode.DONE


# Words


def test_reason_of_an_authority_out_of_reach_is_chinese(run: Run, authority: Tsa) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    ran = run("--lang", "zh", "add", "chat.txt", "-o", "x.zip", "--tsa", "http://127.0.0.1:9/")
    assert "连接被拒绝" in ran.err
    assert "Error" not in ran.err


def test_kind_of_a_number_is_chinese(run: Run) -> None:
    ran = run("--lang", "zh", "capture", "https://a.example/", "--timeout", "x")
    assert "不是有效的整数" in ran.err


def test_what_was_noticed_at_a_capture_is_told_with_its_item() -> None:
    found = finding(
        Question.UNALTERED,
        "capture.noticed",
        Outcome.NOTED,
        "E2",
        observation="artefact.missing",
        item="E2",
        path="data/page/page.pdf",
        reason="TimeoutError",
    )
    told = Words(Translator("en")).of_finding(found)
    assert told.startswith("at capture of E2: could not be captured")
    assert told.endswith("data/page/page.pdf")


# Commands


def test_bundle_that_can_not_be_opened_is_not_to_be_shown(run: Run, bundle: Path) -> None:
    Path("bad.zip").write_bytes(bundle.read_bytes() + b"more")
    ran = run("verify", "bad.zip")
    assert ran.code == ExitCode.NO
    assert "show" not in ran.err


def test_help_is_a_command_too(run: Run) -> None:
    assert run("help").out == run("--help").out
    assert run("help", "verify").out == run("verify", "--help").out
    assert "用法" in run("--lang", "zh", "help").out
    assert run("help", "verfy").code == ExitCode.USAGE


def test_option_before_the_command_is_told_to_go_behind_it(run: Run) -> None:
    ran = run("--json", "verify", "x.zip")
    assert ran.code == ExitCode.USAGE
    assert "put it behind the command: evidence-kit COMMAND --json" in ran.err
