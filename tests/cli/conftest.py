"""Running the command as a user does, and telling what it printed."""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from evidence_kit.cli import main
from evidence_kit.errors import ExitCode
from fixtures.tsa import Tsa
from tests.conftest import State

TRANSCRIPTS = Path(__file__).parent / "transcripts"


class Ran(NamedTuple):
    """What came of a command."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(
    state: State,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Run]:
    """Runs the command in an empty folder, in English and in the time zone of Shanghai."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LANGUAGE", "")
    for name in ("LC_ALL", "LC_MESSAGES", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("TZ", "CST-8")
    time.tzset()

    def run_command(*arguments: str | Path) -> Ran:
        code = main([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    yield run_command
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def authority(tsa: Tsa, state: State, monkeypatch: pytest.MonkeyPatch) -> Tsa:
    """The local authority, asked and trusted because the configuration says so."""
    monkeypatch.setenv("EVIDENCE_KIT_TSA", tsa.url)
    monkeypatch.setenv("EVIDENCE_KIT_TRUST", str(tsa.root_pem))
    return tsa


@pytest.fixture
def bundle(run: Run, authority: Tsa) -> Path:
    """A good bundle in the current folder."""
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    assert run("add", "chat.txt", "-o", "good.zip").code == ExitCode.DONE
    return Path("good.zip")


def settled(text: str) -> str:
    """The text without what differs from run to run."""
    for pattern, name in (
        (r"\b[0-9a-f]{64}\b", "<sha256>"),
        (r"\b[0-9a-f]{32}\b", "<id>"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?", "<time>"),
        (r"\d{8}T\d{6}Z", "<time>"),
        (r"[\d,]+ (?=bytes|字节)", "<size> "),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:<port>"),
    ):
        text = re.sub(pattern, name, text)
    return text


class Transcript:
    """Commands and what they printed, compared with a file that was read by eye."""

    def __init__(self, run: Run, lang: str) -> None:
        self._run = run
        self._lang = lang
        self._lines: list[str] = []

    def run(self, *arguments: str | Path) -> Ran:
        """Run a command and write down what it printed: ! marks standard error."""
        ran = self._run("--lang", self._lang, *arguments)
        self._lines.append(settled(f"$ evidence-kit {' '.join(map(str, arguments))}"))
        self._lines += settled(ran.out).splitlines()
        self._lines += [f"! {line}".rstrip() for line in settled(ran.err).splitlines()]
        self._lines += [f"[{ran.code}]", ""]
        return ran

    def compare(self, name: str) -> None:
        """Compare with the file; UPDATE_TRANSCRIPTS=1 writes it instead."""
        path = TRANSCRIPTS / f"{name}.{self._lang}.txt"
        text = "\n".join(self._lines)
        if os.environ.get("UPDATE_TRANSCRIPTS"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")


@pytest.fixture(params=["en", "zh"])
def transcript(run: Run, request: pytest.FixtureRequest) -> Transcript:
    """A transcript in each language."""
    return Transcript(run, request.param)
