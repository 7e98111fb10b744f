"""Telegram's pages: what somebody writes into one is shown, and takes no long time to read."""

import zipfile
from pathlib import Path

import pytest

from evidence_kit.chats.containers import exports
from evidence_kit.chats.parser import choose
from evidence_kit.chats.record import RecordKind
from fixtures.chats import make
from tests.chats.exports import read

PAGES = make.HERE / "telegram_html"
FIRST = (PAGES / "k20261101/messages.html").read_bytes()
HEADER = b'<div class="message default clearfix" id="message1">\n'


def unclaimed(path: Path) -> str:
    records, _ = read(path, "telegram_html")
    return "".join(one.body_raw for one in records if one.kind is RecordKind.UNCLAIMED)


@pytest.mark.parametrize(
    "stray",
    [
        "<p>从未保证</p>",
        '<iframe srcdoc="从未保证"></iframe>',
        "<!-- 从未保证 -->",
        '<input value="从未保证">',
        '<div title="从未保证"></div>',
        '<a class="pagination block_link" href="x">从未保证</a>',
    ],
)
def test_what_was_written_between_messages_is_shown(stray: str, tmp_path: Path) -> None:
    path = tmp_path / "messages.html"
    marker = b'<div class="message default clearfix" id="message102"'
    assert marker in FIRST
    path.write_bytes(FIRST.replace(marker, f"{stray}\n{marker.decode()}".encode(), 1))
    assert "从未保证" in unclaimed(path)


@pytest.mark.parametrize("stray", ["<p>从未保证</p>", '<iframe srcdoc="从未保证"></iframe>'])
def test_what_was_written_above_the_messages_is_shown(stray: str, tmp_path: Path) -> None:
    path = tmp_path / "messages.html"
    path.write_bytes(
        FIRST.replace(b'<div class="history">', f'{stray}<div class="history">'.encode())
    )
    assert "从未保证" in unclaimed(path)


def test_page_as_it_was_exported_leaves_nothing_unclaimed(tmp_path: Path) -> None:
    path = tmp_path / "messages.html"
    path.write_bytes(FIRST)
    assert unclaimed(path) == ""


@pytest.mark.parametrize(
    "piece",
    [
        '<div class="text">',
        '<div class="from_name">',
        '<div class="reply_to details">#go_to_message',
        '<div class="media_wrap clearfix">media_file">',
        '<a class="media x" href="',
        'title="',
        "</div",
        " \n",
        '<a class="pagination block_link" href="x">',
        HEADER.decode(),
    ],
)
def test_hostile_page_takes_no_long_time(piece: str, tmp_path: Path) -> None:
    path = tmp_path / "messages.html"
    many = piece.encode() * (500_000 // len(piece))
    path.write_bytes(HEADER + many + b"</div>\n" + many)
    read(path, "telegram_html")


def test_files_of_one_chat_are_read_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "ChatExport.zip"
    with zipfile.ZipFile(path, "w") as container:
        for name in ("messages.html", "messages2.html"):
            case = "k20261101" if name == "messages.html" else "second_file"
            container.write(PAGES / case / name, f"ChatExport/{name}")
        container.writestr("ChatExport/css/style.css", "body{}")
    (tmp_path / "unpacked").mkdir()
    found = list(exports(path, tmp_path / "unpacked"))
    assert [one.member for one in found] == [
        "ChatExport/messages.html",
        "ChatExport/messages2.html",
    ]
    parsers = [choose(one.head) for one in found]
    assert [parser.id for parser in parsers if parser] == ["telegram_html"] * 2
