"""Streams, colours, languages and failures: what holds for every command."""

import io
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from evidence_kit.cli.terminal import Terminal
from evidence_kit.cli.words import Words
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import Translator
from evidence_kit.model import Observation
from evidence_kit.report import Finding, Outcome, Question, Report
from fixtures.tsa import Tsa
from tests.cli.conftest import Run
from tests.conftest import State

COMMAND = [sys.executable, "-c", "import sys; from evidence_kit.cli import main; sys.exit(main())"]
HOSTILE = "evil\x1b[2J\x9b31m\u202egnp.exe\r\nverdict: fine"


def on_terminal(*arguments: str, environ: dict[str, str] | None = None) -> bytes:
    """What a command writes where standard output is a terminal."""
    controller, terminal = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | (
        environ or {}
    )
    with subprocess.Popen([*COMMAND, *arguments], stdout=terminal, env=environ) as process:
        os.close(terminal)
        written = b""
        while True:
            try:
                chunk = os.read(controller, 4096)
            except OSError:  # the other side is closed
                break
            if not chunk:
                break
            written += chunk
        process.wait(30)
    os.close(controller)
    return written


# Languages


@pytest.mark.parametrize(
    ("environ", "config", "option", "expected"),
    [
        ({}, "", [], "error: "),
        ({"LANG": "zh_CN.UTF-8"}, "", [], "错误："),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "", [], "error: "),
        ({"LANG": "zh_CN.UTF-8"}, 'lang = "en"', [], "error: "),
        ({}, 'lang = "zh"', [], "错误："),
        ({"EVIDENCE_KIT_LANG": "en"}, 'lang = "zh"', [], "error: "),
        ({"EVIDENCE_KIT_LANG": "zh"}, "", ["--lang", "en"], "error: "),
        ({}, "", ["--lang=zh"], "错误："),
    ],
)
def test_language_comes_from_flag_then_settings_then_locale(
    run: Run,
    state: State,
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    config: str,
    option: list[str],
    expected: str,
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    state.config_dir.mkdir()
    (state.config_dir / "config.toml").write_text(config, encoding="utf-8")
    assert run(*option, "verify", "missing").err.startswith(expected)
    assert run("verify", "missing", *option).err.startswith(expected)


def test_help_is_in_the_language_asked_for_even_in_one_process(run: Run) -> None:
    assert "用法" in run("--lang", "zh", "verify", "-h").out
    assert "Usage" in run("--lang", "en", "verify", "-h").out
    assert "核验" in run("--lang", "zh", "-h").out


def test_unknown_language_in_the_configuration_is_an_error(run: Run, state: State) -> None:
    state.config_dir.mkdir()
    (state.config_dir / "config.toml").write_text('lang = "fr"', encoding="utf-8")
    ran = run("verify", "missing")
    assert ran.code == ExitCode.USAGE
    assert "config.toml" in ran.err


def test_unknown_setting_is_an_error_with_a_suggestion(run: Run, state: State) -> None:
    state.config_dir.mkdir()
    (state.config_dir / "config.toml").write_text("brwoser = 'x'", encoding="utf-8")
    ran = run("show", "missing")
    assert ran.code == ExitCode.USAGE
    assert "did you mean browser?" in ran.err
    assert run("--help").code == ExitCode.DONE


# Streams


def test_quiet_leaves_the_path_alone_and_the_errors(run: Run, bundle: Path) -> None:
    ran = run("-q", "add", "chat.txt", "-o", "second.zip")
    assert (ran.out, ran.err) == ("second.zip\n", "")
    assert run("verify", "missing", "--quiet").err.startswith("error: ")


def test_report_as_json_is_the_report_and_never_translated(run: Run, bundle: Path) -> None:
    chinese, english = (run("--lang", lang, "verify", bundle, "--json") for lang in ("zh", "en"))
    assert chinese.out == english.out
    assert msgspec.json.decode(chinese.out, type=Report).verdict is Outcome.PASSED


def test_several_paths_give_an_array_in_their_order_and_the_gravest_code(
    run: Run, bundle: Path
) -> None:
    content = bytearray(bundle.read_bytes())
    content[content.index(b"hello")] ^= 1
    Path("bad.zip").write_bytes(content)
    ran = run("verify", bundle, "missing", "bad.zip", "--json")
    assert ran.code == ExitCode.NO
    passed, missing, failed = json.loads(ran.out)
    assert passed["verdict"] == "passed"
    assert missing == {
        "path": "missing",
        "error": {"code": "file.missing", "params": {"path": "missing"}},
    }
    assert failed["verdict"] == "failed"
    assert run("verify", bundle, "missing").code == ExitCode.ERROR


@pytest.mark.parametrize("command", ["add", "stamp", "show", "share", "attach", "log", "init"])
def test_every_command_that_answers_has_json(run: Run, authority: Tsa, command: str) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    assert run("init", "case").code == ExitCode.DONE
    assert run("add", "chat.txt", "--case", "case").code == ExitCode.DONE
    bundle = "case/0001-document.evidence.zip"
    arguments = {
        "add": ["chat.txt", "-o", "second.zip"],
        "stamp": [bundle],
        "show": [bundle],
        "share": [bundle, "--without", "data/files/0001-chat.txt", "-o", "part.zip"],
        "attach": ["case", "-o", "complaint"],
        "log": ["case", "paid", "--on", "2026-11-01"],
        "init": ["other"],
    }[command]
    ran = run(command, *arguments, "--json")
    assert ran.code == ExitCode.DONE
    assert json.loads(ran.out)["path"]


def test_case_in_the_current_folder_is_used(
    run: Run, authority: Tsa, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("init", "case")
    monkeypatch.chdir("case")
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    assert run("add", "chat.txt").out == "0001-document.evidence.zip\n"
    assert run("verify", ".").code == ExitCode.DONE


def test_reader_that_stops_reading_is_no_error(bundle: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [*COMMAND, "verify", "-v", str(bundle)], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert ran.returncode == ExitCode.DONE
    assert ran.stderr.startswith(b"next: ")


def test_output_is_utf8_whatever_the_locale(bundle: Path) -> None:
    environ = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    ran = subprocess.run(
        [*COMMAND, "--lang", "zh", "verify", str(bundle)],
        env=environ,
        capture_output=True,
        check=False,
    )
    assert "封存后未发现改动" in ran.stdout.decode("utf-8")


# Colours, and what a terminal obeys


def test_verdict_is_coloured_on_a_terminal_only(run: Run, bundle: Path) -> None:
    assert b"\x1b[32m" in on_terminal("verify", str(bundle))
    assert "\x1b" not in run("verify", bundle).out


def test_no_color_is_honoured(bundle: Path) -> None:
    assert b"\x1b" not in on_terminal("verify", str(bundle), environ={"NO_COLOR": "1"})


def test_hostile_texts_move_no_cursor(run: Run, authority: Tsa) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    run("init", "case", "--merchant", HOSTILE)
    name = HOSTILE.replace("/", "")
    Path(name).write_text("hello\n", encoding="utf-8")
    for command in (
        ["add", name, "--case", "case", "--label", HOSTILE],
        ["log", "case", "paid", "--on", "2026-11-01", "--note", HOSTILE],
        ["verify", name],
        ["verify", name, "--json", "chat.txt"],
        ["verify", "case", "-v"],
        ["show", "case/0001-document.evidence.zip"],
        ["show", "case/0001-document.evidence.zip", "--json"],
        ["add", "chat.txt", "--tsa", HOSTILE],
        [f"--{HOSTILE}"],
        [HOSTILE],
        ["attach", "case", "-o", name],
    ):
        ran = run(*command)
        for text in (ran.out, ran.err):
            assert all(line.isprintable() for line in text.split("\n")), command
            assert not any(line.startswith("verdict: fine") for line in text.split("\n"))


def test_report_with_hostile_words_stays_in_its_lines(run: Run) -> None:
    finding = Finding(
        code="digest.mismatch",
        outcome=Outcome.FAILED,
        question=Question.UNALTERED,
        subject=HOSTILE,
        params={"path": HOSTILE},
    )
    told = Words(Translator("zh")).of_finding(finding)
    assert told.isprintable()
    assert "%1B" in told


def test_name_of_a_file_adds_no_line_to_a_report(run: Run, bundle: Path) -> None:
    name = f"good{HOSTILE}.zip"
    bundle.rename(name)
    assert run("verify", name).out.splitlines()[1] == "verdict: no change found since sealing"
    assert run("verify", name).out.splitlines()[0].startswith("goodevil%1B[2J")


def test_observation_of_an_unknown_kind_is_shown_by_its_code() -> None:
    words = Words(Translator("en"))
    assert words.of_observation(Observation(code="not.known", params={})) == "not.known"
    assert words.of_observation(Observation(code="http.status", params={})) == "http.status"


def test_progress_is_shown_after_a_second_and_wiped_out() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    clock = iter([0.0, 0.5, 1.5, 1.6, 2.0])
    screen = Screen()
    words = Translator("en")
    terminal = Terminal(words, screen, io.StringIO(), screen, monotonic=lambda: next(clock))
    with terminal.progress("checked") as add:
        assert add is not None
        for _ in range(4):
            add(10_000_000)
    assert screen.getvalue() == "\r\x1b[Kchecked 20 MB\r\x1b[Kchecked 40 MB\r\x1b[K"
    with Terminal(words, screen, io.StringIO(), io.StringIO()).progress("checked") as nothing:
        assert nothing is None


def test_name_that_is_no_text_is_written_as_it_is(run: Run, bundle: Path) -> None:
    name = os.fsdecode(b"\xff.zip")
    ran = subprocess.run(
        [*COMMAND, "add", "chat.txt", "-o", name], capture_output=True, check=False
    )
    assert ran.stdout == b"\xff.zip\n"
    assert json.loads(run("verify", name, "--json").out)["path"] == name
    assert run("verify", name).code == ExitCode.DONE


# Failures


def test_answer_that_can_not_be_written_is_an_error(bundle: Path) -> None:
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(
            [*COMMAND, "verify", str(bundle)], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ran.returncode == ExitCode.ERROR
    assert ran.stderr.splitlines()[0] == (
        b"error: the system refused to do it (No space left on device)"
    )
    assert b"Traceback" not in ran.stderr


def test_closed_streams_are_no_error(bundle: Path) -> None:
    command = 'exec "$@" <&- >&- 2>&-'
    ran = subprocess.run(["sh", "-c", command, "sh", *COMMAND, "verify", str(bundle)], check=False)
    assert ran.returncode == ExitCode.DONE


def test_unexpected_error_is_one_line_and_a_traceback_only_when_asked_for(
    run: Run, monkeypatch: pytest.MonkeyPatch, bundle: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError(HOSTILE)

    monkeypatch.setattr("evidence_kit.actions.verify.verify_bundle", fail)
    ran = run("verify", bundle)
    assert ran.code == ExitCode.ERROR
    assert ran.err.splitlines()[0] == "error: internal error (ZeroDivisionError)"
    assert len(ran.err.splitlines()) == 2
    told = run("-v", "verify", bundle)
    assert "Traceback" in told.err
    assert "\x1b" not in told.err


def test_refusal_of_the_system_names_the_path(
    run: Run, monkeypatch: pytest.MonkeyPatch, bundle: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "some/place")

    monkeypatch.setattr("evidence_kit.actions.verify.verify_bundle", fail)
    ran = run("--lang", "zh", "verify", bundle)
    assert ran.code == ExitCode.ERROR
    assert ran.err.splitlines()[0] == "错误：系统拒绝执行（没有权限）：some/place"


def test_interruption_gives_130(run: Run, monkeypatch: pytest.MonkeyPatch, bundle: Path) -> None:
    def interrupt(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("evidence_kit.actions.verify.verify_bundle", interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ran = run("verify", bundle)
    finally:
        signal.signal(signal.SIGINT, before)
    assert ran.code == ExitCode.INTERRUPTED
    assert "error: interrupted" in ran.err


def test_help_loads_nothing_heavy() -> None:
    heavy = ["asyncio", "asn1crypto", "cryptography", "http.client", "playwright", "PIL", "ssl"]
    code = (
        "import sys; from evidence_kit.cli import main; main(['--help']);"
        f"sys.exit(' '.join(set({heavy!r}) & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stderr.strip() == ""
    assert "Commands:" in ran.stdout or "命令" in ran.stdout


def test_questions_are_asked_on_a_terminal_unless_forbidden(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Keyboard("shop\n\nK1\n"))
    ran = run("init", "case", "--json")
    assert json.loads(ran.out)["facts"] == {"platform": "shop", "order": "K1"}
    assert "merchant (who sold it): " in ran.err
    monkeypatch.setattr("sys.stdin", Keyboard())
    assert json.loads(run("init", "other", "--no-input", "--json").out)["facts"] == {}
    monkeypatch.setattr("sys.stdin", Keyboard())
    assert run("init", "third").code == ExitCode.INTERRUPTED
