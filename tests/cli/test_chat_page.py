"""The page of a chat: complete, harmless, in two languages, and the same for the same input."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from evidence_kit.capture.browser import find_browser
from evidence_kit.cli import chat_page
from evidence_kit.errors import ExitCode
from fixtures.chats import make, whole
from fixtures.tsa import Tsa
from tests.cli.conftest import Run

SAID = (make.HERE / "wechatmsg_txt/k20261101/chat.txt").read_text(encoding="utf-8")
HOSTILE = (
    "2026-11-08 10:19:00 阿禾\n<script>document.title='x'</script><img src=x onerror=alert(1)>\n\n"
    "2026-11-08 10:19:30 云雀点卡客服\n\u202e款退证保\u202c 保证<b>退款\n第二行\n\n第四行\n\n"
    "2026-11-08 10:20:00 <i>假</i>\n{{7*7}} $title ${style} &amp;\n\n"
    "2026-11-08 10:21:00 阿禾\n还在吗\n\n"
)
_SHOWN = "getComputedStyle(document.getElementById('{}')).display != 'none'"
_IS_SHOWN = "m.checkVisibility()"
ROLES = ("--me", "阿禾", "--merchant", "云雀点卡客服")


@pytest.fixture
def sealed(run: Run, authority: Tsa) -> Path:
    Path("chat.txt").write_text(SAID + HOSTILE, encoding="utf-8")
    run("add", "chat.txt", "-o", "a.zip", *ROLES)
    return Path("a.zip")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find_browser().path, chromium_sandbox=False
        )
        yield browser
        browser.close()


def page_of(run: Run, sealed: Path, lang: str = "zh") -> str:
    ran = run("--lang", lang, "chat", sealed, "timeline", "--html", "page.html")
    assert (ran.code, ran.out) == (ExitCode.DONE, "")
    return Path("page.html").read_text(encoding="utf-8")


def test_page_holds_every_message_once_and_what_was_found(run: Run, sealed: Path) -> None:
    page = page_of(run, sealed)
    assert re.findall(r'<li class="m [^"]*" id="(M\d+)"', page) == [
        f"M{number:04}" for number in range(1, 18)
    ]
    assert page.count('class="gap"') == 2
    assert '<mark class="promise">24小时内保证发</mark>' in page
    assert "的最后一条记录都没有出现回复" in page and "no reply appears in this export" in page
    assert "由发送方制作" in page and "made by the sender" in page


def test_page_says_of_a_chat_what_it_does_not_say_and_nothing_of_web_sites(
    run: Run, sealed: Path
) -> None:
    page = page_of(run, sealed)
    assert "导出文件是否完整、属实" in page and "that the export is complete and accurate" in page
    assert "web site" not in page and "网站" not in page


def test_page_of_a_chat_of_several_files_says_which_one_a_message_stands_in(
    run: Run, authority: Tsa
) -> None:
    whole.telegram_export(2).zip(Path("t.zip"))
    run("add", "t.zip", "-o", "a.zip")
    page = page_of(run, Path("a.zip"))
    found = re.findall(r"<small><bdi>([^<]*)</bdi> L\d", page)
    assert found == ["messages.html", "messages2.html"]


def test_page_says_how_many_messages_are_not_in_its_period(run: Run, authority: Tsa) -> None:
    text = (make.HERE / "whatsapp_txt/open_dates/chat.txt").read_text(encoding="utf-8")
    Path("chat.txt").write_text(text, encoding="utf-8")
    run("add", "chat.txt", "-o", "a.zip")
    page = page_of(run, Path("a.zip"))
    assert "4 messages without a time are not in this period" in page
    assert "1 message whose date can be read in several ways is not in this period" in page
    assert "有 4 条没有时间的消息不在这段时间里" in page


def test_same_input_gives_the_same_page(run: Run, sealed: Path) -> None:
    assert page_of(run, sealed) == page_of(run, sealed)


def test_strangers_words_stay_words(run: Run, sealed: Path) -> None:
    page = page_of(run, sealed)
    assert "<script" not in page and "<img" not in page and "\u202e" not in page
    assert "<i>假" not in page and "%E2%80%AE" in page
    assert "$title ${style} &amp;amp;" in page


def test_page_is_readable_in_a_browser_and_runs_nothing(
    run: Run, sealed: Path, browser: Any
) -> None:
    page_of(run, sealed)
    page = browser.new_page(viewport={"width": 390, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(Path("page.html").absolute().as_uri())
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.title().startswith("chat.txt")
    assert (page.is_visible("div.zh"), page.is_visible("div.en")) == (True, False)
    label = "getComputedStyle(document.querySelector('mark.promise'), '::after').content"
    assert page.evaluate(label) == '"承诺"'
    page.click("label[for=show-en]")
    assert page.evaluate(label) == '"promise"'
    assert not page.is_visible(".filtered")
    page.click("label[for=only-merchant]")
    assert page.is_visible(".filtered")
    assert [page.evaluate(_SHOWN.format(name)) for name in ("M0004", "M0002")] == [True, False]
    page.click("label[for=only-marked]")
    assert [page.evaluate(_SHOWN.format(name)) for name in ("M0004", "M0010")] == [True, False]
    page.emulate_media(media="print")
    assert page.is_visible(".filtered")
    assert (page.is_visible("div.zh"), page.is_visible("div.en")) == (False, True)
    page.close()


def test_marks_that_a_note_rejects_count_in_no_filter_and_are_shown_as_rejected(
    run: Run, authority: Tsa, browser: Any
) -> None:
    Path("chat.txt").write_text(SAID + HOSTILE, encoding="utf-8")
    run("init", "case", "-q")
    run("add", "chat.txt", "--case", "case", *ROLES)
    sealed = Path("case/0001-chat.evidence.zip")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    marked = f"[...document.querySelectorAll('.m')].filter(m => {_IS_SHOWN}).map(m => m.id)"

    def only_marked() -> list[str]:
        page_of(run, sealed)
        page.goto(Path("page.html").absolute().as_uri())
        page.click("label[for=only-marked]")
        return page.evaluate(marked)  # type: ignore[no-any-return]

    assert only_marked() == ["M0004", "M0007", "M0009", "M0011", "M0012", "M0013", "M0015"]
    # M0015 promises and names a refund: one of the two stays a mark
    run("chat", sealed, "marks", "--reject", "M0004:promise", "--reject", "M0015:claim")
    assert only_marked() == ["M0007", "M0009", "M0011", "M0012", "M0013", "M0015"]
    page.click("label[for=only-all]")
    assert page.evaluate(_SHOWN.format("M0004"))
    style = "getComputedStyle(document.querySelector('#M0004 mark'){}).{}"
    assert page.evaluate(style.format("", "textDecorationLine")) == "line-through"
    assert page.evaluate(style.format(", '::after'", "content")) == '"承诺，已否定"'
    page.close()


def test_too_long_a_chat_is_refused(
    run: Run, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_page, "MAX_ROWS", 15)
    ran = run("chat", sealed, "timeline", "--html", "page.html")
    assert (ran.code, Path("page.html").exists()) == (ExitCode.USAGE, False)


def test_page_takes_the_place_of_no_other_file(run: Run, sealed: Path) -> None:
    assert run("chat", sealed, "timeline", "--html", "chat.txt").code == ExitCode.ERROR
    assert Path("chat.txt").read_text(encoding="utf-8").startswith("2026")
    assert run("chat", sealed, "silence", "--html", "page.html").code == ExitCode.USAGE
