"""Logging in from the command line: once for later, or when a page turns out to want it."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.bundle.reader import Bundle
from evidence_kit.cli import login
from evidence_kit.errors import ExitCode
from fixtures.shop import Shop
from tests.capture.conftest import display as display
from tests.capture.conftest import scratch as scratch
from tests.capture.window import log_in_by_hand, port_in, wrapped
from tests.cli.conftest import Run
from tests.conftest import State


class Keyboard(io.TextIOWrapper):
    """A terminal at which somebody answers, and does something before he presses Enter."""

    def __init__(self, *answers: str | Callable[[], None]) -> None:
        super().__init__(io.BytesIO())
        self._answers = list(answers)

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        answer = self._answers.pop(0)
        if callable(answer):
            answer()
            return "\n"
        return f"{answer}\n"


@pytest.fixture
def at_keyboard(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return lambda *answers: monkeypatch.setattr(sys, "stdin", Keyboard(*answers))


def _whole(path: Path) -> bytes:
    with Bundle(path) as bundle:
        return b"\n".join(bundle.read(name, max_bytes=1 << 26) for name in bundle.sizes)


@pytest.mark.usefixtures("display")
def test_a_session_is_saved_listed_used_and_forgotten(
    run: Run,
    own_shop: Shop,
    state: State,
    scratch: Path,
    tmp_path: Path,
    at_keyboard: Callable[..., None],
) -> None:
    browser = wrapped(tmp_path, "--remote-debugging-port=0")
    at_keyboard(lambda: log_in_by_hand(port_in(scratch), own_shop))
    saved = run("login", "shop", own_shop.account_order_url, "--browser", browser)
    assert saved.code == ExitCode.DONE
    path = state.data_dir / "sessions" / "shop.json"
    assert saved.out == f"{path}\n"
    assert "--session shop" in saved.err
    secret = json.loads(path.read_text(encoding="utf-8"))["cookies"][-1]["value"]

    listed = run("login", "--list")
    assert listed.out.startswith("shop  20")
    assert listed.out.endswith("  127.0.0.1\n")
    (entry,) = json.loads(run("login", "--list", "--json").out)
    assert (entry["name"], entry["sites"]) == ("shop", ["127.0.0.1"])

    options = ["--no-timestamp", "--expect", "ahe_2049", "-o", "page.zip", "--json"]
    ran = run("capture", own_shop.account_order_url, "--session", "shop", *options)
    assert json.loads(ran.out)["shortfalls"] == []
    assert secret.encode() not in _whole(Path("page.zip"))

    assert run("login", "--forget", "shop").code == ExitCode.DONE
    assert not path.exists()
    gone = run("capture", own_shop.account_order_url, "--session", "shop")
    assert gone.code == ExitCode.ERROR
    assert "evidence-kit login shop URL" in gone.err


def test_a_session_that_the_site_forgot_is_sealed_with_the_way_to_log_in_again(
    run: Run, own_shop: Shop, state: State
) -> None:
    folder = state.data_dir / "sessions"
    folder.mkdir(parents=True)
    cookie: dict[str, object] = {"name": "session", "value": "long-forgotten-by-the-site"}
    cookie |= {"domain": "127.0.0.1", "path": "/", "expires": -1, "sameSite": "Lax"}
    cookie |= {"httpOnly": True, "secure": False}
    content = json.dumps({"cookies": [cookie], "origins": []})
    (folder / "shop.json").write_text(content, encoding="utf-8")
    options = ["--session", "shop", "--no-timestamp", "-o", "page.zip"]
    ran = run("capture", own_shop.account_order_url, *options)
    assert ran.code == ExitCode.INCOMPLETE
    assert f"next: evidence-kit login shop {own_shop.account_order_url}" in ran.err


def test_a_session_that_is_not_there_is_named_with_one_that_is(run: Run, state: State) -> None:
    folder = state.data_dir / "sessions"
    folder.mkdir(parents=True)
    (folder / "skylark.json").write_text("{}", encoding="utf-8")
    ran = run("capture", "https://shop.example/", "--session", "skylrk")
    assert ran.code == ExitCode.ERROR
    assert "did you mean skylark?" in ran.err


@pytest.mark.usefixtures("display")
def test_a_wall_is_offered_to_be_opened_before_anything_is_sealed(
    run: Run, own_shop: Shop, scratch: Path, tmp_path: Path, at_keyboard: Callable[..., None]
) -> None:
    browser = wrapped(tmp_path, "--remote-debugging-port=0")
    at_keyboard("y", lambda: log_in_by_hand(port_in(scratch), own_shop))
    options = ["--browser", browser, "--expect", "ahe_2049", "--no-timestamp"]
    ran = run("capture", own_shop.account_order_url, *options, "-o", "page.zip", "--json")
    assert json.loads(ran.out)["shortfalls"] == []
    assert "log in in the window" in ran.err
    assert list(Path().glob("*.zip")) == [Path("page.zip")]
    assert own_shop.password.encode() not in _whole(Path("page.zip"))


@pytest.mark.usefixtures("display")
def test_a_wall_that_is_left_is_sealed_as_it_is(
    run: Run, own_shop: Shop, at_keyboard: Callable[..., None]
) -> None:
    at_keyboard("")
    ran = run("capture", own_shop.account_order_url, "--no-timestamp", "-o", "page.zip", "--json")
    assert ran.code == ExitCode.INCOMPLETE
    assert [one["code"] for one in json.loads(ran.out)["shortfalls"]] == ["login.wall"]
    assert "open a window" in ran.err


@pytest.mark.parametrize("option", ["--no-input", "-q"])
def test_nobody_is_asked_without_a_screen_or_where_input_is_refused(
    run: Run,
    own_shop: Shop,
    at_keyboard: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    option: str,
) -> None:
    at_keyboard()
    monkeypatch.setenv("DISPLAY", ":99")
    if option == "-q":
        monkeypatch.delenv("DISPLAY")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert login.can_show_window() is (option == "--no-input")
    options = [option, "--no-timestamp", "-o", "page.zip"]
    assert run("capture", own_shop.account_order_url, *options).code == ExitCode.INCOMPLETE


@pytest.mark.parametrize(
    "words",
    [
        ["login"],
        ["login", "shop"],
        ["login", "shop", "https://shop.example/"],
        ["login", "--no-input", "shop", "https://shop.example/"],
        ["capture"],
        ["capture", "https://shop.example/", "--attach", "--session", "x"],
        ["capture", "https://shop.example/", "--attach", "9222", "--browser", "/bin/true"],
        ["capture", "https://shop.example/", "--attach", "shop.example:9222"],
        ["capture", "--attach", "https://shop.example/"],
        ["capture", "https://shop.example/", "--jobs", "2"],
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, state: State, words: list[str]) -> None:
    ran = run(*words)
    assert ran.code in (ExitCode.USAGE, ExitCode.ERROR)
    assert "hint:" in ran.err


def test_forgetting_what_is_not_there_is_an_error(run: Run) -> None:
    assert run("login", "--forget", "shop").code == ExitCode.ERROR
    listed = run("login", "--list")
    assert (listed.code, listed.out) == (ExitCode.DONE, "")
