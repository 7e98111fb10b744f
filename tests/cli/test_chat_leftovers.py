"""What the user of `chat` is told of files that were not read, in both languages."""

import json
import zipfile
from pathlib import Path

import pytest

from fixtures.chats import make
from fixtures.tsa import Tsa
from tests.cli.conftest import Run

CHAT = (make.HERE / "wechatmsg_txt/k20261101/chat.txt").read_bytes()


@pytest.fixture
def sealed(run: Run, authority: Tsa) -> Path:
    with zipfile.ZipFile("two.zip", "w") as container:
        for name, content in (("a.txt", CHAT), ("notes.txt", b"buy milk"), ("pic.jpg", b"x")):
            container.writestr(name, content)
    added = run("add", "two.zip", "-o", "x.zip")
    assert "there are 1, such as notes.txt: two.zip" in added.err
    assert "no message points to are sealed in it unread; there are 1: two.zip" in added.err
    return Path("x.zip")


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("were not read as a chat", "such as notes.txt", "no message points to")),
        ("zh", ("没有当作聊天读取", "如 notes.txt", "没有任何消息提到")),
    ],
)
def test_show_and_coverage_say_what_else_is_in_the_zip(
    lang: str, words: tuple[str, ...], run: Run, sealed: Path
) -> None:
    coverage = run("--lang", lang, "chat", sealed, "coverage").out
    assert all(text in coverage for text in words)
    shown = run("--lang", lang, "show", sealed).out
    assert all(text.removeprefix("were ") in shown for text in words)


def test_coverage_tells_it_in_json(run: Run, sealed: Path) -> None:
    (chat,) = json.loads(run("chat", sealed, "coverage", "--json").out)["chats"]
    assert chat["unread"] == {"texts": 1, "names": ["notes.txt"], "others": 1}
