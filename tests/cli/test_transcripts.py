"""What each command prints, in both languages. The files are read by eye when they change."""

from pathlib import Path

from evidence_kit.errors import ExitCode
from fixtures.chats import make
from fixtures.pictures import metadata
from fixtures.tsa import Tsa
from tests.cli.conftest import Transcript

CHAT = "2026-11-08 10:18:26 云雀点卡: 随便投诉\n" * 3


def flip(source: Path, needle: bytes, target: Path) -> None:
    content = bytearray(source.read_bytes())
    content[content.index(needle)] ^= 1
    target.write_bytes(content)


def test_case_from_first_to_last_command(transcript: Transcript, authority: Tsa) -> None:
    Path("chat.txt").write_text(CHAT, encoding="utf-8")
    Path("截图 1.png").write_bytes(metadata.png())
    transcript.run("init", "case", "--platform", "示例平台", "--merchant", "云雀点卡")
    transcript.run(
        "add", "chat.txt", "截图 1.png", "--case", "case", "--from", "手机", "--label", "聊天"
    )
    transcript.run("log", "case", "paid", "--on", "2026-11-01", "--note", "598.00")
    transcript.run("verify", "case")
    transcript.run("verify", "-v", "case/0001-chat.evidence.zip")
    transcript.run("show", "case/0001-chat.evidence.zip")
    transcript.run("show", "case/0002-event.evidence.zip")
    transcript.run("attach", "case", "-o", "complaint", "--include-bundles")
    transcript.compare("case")


def test_bundle_that_was_changed(transcript: Transcript, authority: Tsa) -> None:
    Path("chat.txt").write_text(CHAT, encoding="utf-8")
    transcript.run("add", "chat.txt", "-o", "good.zip")
    flip(Path("good.zip"), CHAT.encode()[:30], Path("bad.zip"))
    assert transcript.run("verify", "bad.zip").code == ExitCode.NO
    transcript.compare("changed")


def test_bundle_with_something_left_out(transcript: Transcript, authority: Tsa) -> None:
    Path("chat.txt").write_text(CHAT, encoding="utf-8")
    Path("note.txt").write_text("598", encoding="utf-8")
    transcript.run("add", "chat.txt", "note.txt", "-o", "good.zip", "-q")
    transcript.run("share", "good.zip", "--without", "data/files/0002-note.txt", "-o", "part.zip")
    assert transcript.run("verify", "part.zip").code == ExitCode.UNDECIDED
    transcript.compare("shared")


def test_sealing_without_an_authority_and_stamping_later(
    transcript: Transcript, authority: Tsa
) -> None:
    Path("chat.txt").write_text(CHAT, encoding="utf-8")
    refusing = authority.fault("http-500")
    sealed = transcript.run("add", "chat.txt", "-o", "late.zip", "--tsa", refusing)
    assert sealed.code == ExitCode.INCOMPLETE
    assert transcript.run("verify", "late.zip").code == ExitCode.UNDECIDED
    assert transcript.run("stamp", "late.zip").code == ExitCode.DONE
    assert transcript.run("verify", "late.zip").code == ExitCode.DONE
    transcript.compare("stamped")


def test_renewing_a_proof(transcript: Transcript, authority: Tsa) -> None:
    Path("chat.txt").write_text(CHAT, encoding="utf-8")
    transcript.run("add", "chat.txt", "-o", "old.zip")
    distrust = ("--distrust", "sha256@2040-01-01")
    assert transcript.run("verify", "old.zip", *distrust).code == ExitCode.UNDECIDED
    refusing = authority.fault("http-500")
    assert transcript.run("stamp", "old.zip", "--renew", "--tsa", refusing).code == (
        ExitCode.INCOMPLETE
    )
    renewed = transcript.run("stamp", "old.zip", "--renew", "--tsa", authority.sha512_url)
    assert renewed.code == ExitCode.DONE
    assert transcript.run("verify", "old.zip", *distrust).code == ExitCode.DONE
    assert transcript.run("verify", "old.zip", "--distrust", "sha265@2040").code == ExitCode.USAGE
    assert transcript.run("verify", "old.zip", "--crl", "chat.txt").code == ExitCode.ERROR
    transcript.compare("renewed")


def test_views_of_a_chat(transcript: Transcript, authority: Tsa) -> None:
    said = make.HERE / "wechatmsg_txt/k20261101/chat.txt"
    text = said.read_text(encoding="utf-8")
    Path("chat.txt").write_text(text, encoding="utf-8")
    later = text.replace("慢慢等吧", "等吧") + "2026-11-09 09:00:00 阿禾\n<b>\u202e还钱</b>\n\n"
    Path("later.txt").write_text("不知何处来的一行\n\n" + later, encoding="utf-8")
    roles = ("--me", "阿禾", "--merchant", "云雀点卡客服")
    transcript.run("add", "chat.txt", "-o", "a.zip", "-q", *roles)
    transcript.run("add", "later.txt", "-o", "b.zip", "-q")
    for view in ("timeline", "marks", "silence", "promises", "coverage"):
        assert transcript.run("chat", "a.zip", view).code == ExitCode.DONE
    transcript.run("chat", "a.zip", "cite", "M0004", "E1#M0013")
    transcript.run("chat", "a.zip", "引用", "M0001-M0003")
    transcript.run("chat", "b.zip", "coverage")
    transcript.run("chat", "b.zip", "silence", *roles)
    transcript.run("chat", "a.zip", "diff", "b.zip")
    flip(Path("a.zip"), "随便投诉".encode(), Path("bad.zip"))
    assert transcript.run("chat", "bad.zip", "timeline").code == ExitCode.NO
    for wrong in (
        ["chat", "b.zip", "silence"],
        ["chat", "b.zip", "silence", "--me", "阿河"],
        ["chat", "a.zip", "cite"],
        ["chat", "a.zip", "cite", "M0099"],
        ["chat", "a.zip", "cite", "M0003-M0001"],
        ["chat", "a.zip", "时间"],
        ["chat", "a.zip", "diff"],
        ["chat", "a.zip", "marks", "M0001"],
        ["chat", "a.zip", "marks", "--item", "E2"],
        ["chat", "a.zip", "marks", "--item", "E1", "--item", "E1"],
    ):
        ran = transcript.run(*wrong)
        assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    transcript.compare("chat")


def test_words_on_the_marks_of_a_chat(transcript: Transcript, authority: Tsa) -> None:
    said = make.HERE / "wechatmsg_txt/k20261101/chat.txt"
    roles = ("--me", "阿禾", "--merchant", "云雀点卡客服")
    transcript.run("init", "case", "-q")
    Path("chat.txt").write_bytes(said.read_bytes())
    transcript.run("add", "chat.txt", "--case", "case", "-q", *roles)
    transcript.run("add", "chat.txt", "-o", "alone.zip", "-q", *roles)
    bundle = "case/0001-chat.evidence.zip"
    words = ("--confirm", "M0004:promise", "--reject", "M0011:拒绝")
    transcript.run("chat", bundle, "marks", *words)
    transcript.run("chat", bundle, "marks")
    transcript.run("chat", bundle, "timeline", "--html", "chat.html")
    transcript.run("verify", "case", "-q")
    flip(Path("case/0002-note.evidence.zip"), b'"confirmed"', Path("case/0003-x.evidence.zip"))
    transcript.run("chat", bundle, "marks")
    for wrong in (
        ["chat", "alone.zip", "marks", *words],
        ["chat", bundle, "marks", "--confirm", "M0004:promis"],
        ["chat", bundle, "marks", "--confirm", "M0005:promise"],
        ["chat", bundle, "marks", "--confirm", "M0004:promise", "--reject", "m4:承诺"],
        ["chat", bundle, "silence", "--confirm", "M0004:promise"],
        ["chat", bundle, "silence", "--html", "chat.html"],
    ):
        assert transcript.run(*wrong).code == ExitCode.USAGE
    transcript.compare("marks")


def test_keys(transcript: Transcript) -> None:
    Path("pass.txt").write_text("secret\n", encoding="utf-8")
    transcript.run("key", "show")
    transcript.run("key", "new")
    transcript.run("key", "export", "-o", "key.p12", "--passphrase-file", "pass.txt")
    transcript.run("key", "import", "key.p12", "--passphrase-file", "pass.txt")
    transcript.run("key", "show")
    transcript.run("key", "export", "-o", "key.p12", "--passphrase-file", "pass.txt")
    transcript.run("key", "export", "-o", "other.p12")
    Path("pass.txt").write_text("wrong\n", encoding="utf-8")
    transcript.run("key", "import", "key.p12", "--passphrase-file", "pass.txt")
    transcript.compare("keys")


def test_bad_input(transcript: Transcript, authority: Tsa) -> None:
    Path("text.txt").write_text("x", encoding="utf-8")
    Path("empty").mkdir()
    for command in (
        ["verify"],
        ["verify", "missing.zip"],
        ["verify", "text.txt"],
        ["verify", "empty"],
        ["verify", "text.txt", "--signer", "abc"],
        ["verify", "text.txt", "--receipt", "ek1"],
        ["verify", "--josn", "text.txt"],
        ["verfy", "text.txt"],
        ["--lang", "fr", "verify"],
        ["add", "missing.txt"],
        ["add", "text.txt", "-o", "text.txt"],
        ["add", "text.txt", "-o", "missing/x.zip"],
        ["add", "text.txt", "--case", "empty"],
        ["add", "text.txt", "--case", "empty", "-o", "x.zip"],
        ["add", "text.txt", "--tsa", "digicrt"],
        ["add", "text.txt", "--tsa", "digicert", "--no-timestamp"],
        ["add", "text.txt", "--obtained-at", "yesterday"],
        ["add", "text.txt", "--trust", "text.txt"],
        ["init", "."],
        ["log", "empty", "paid", "--on", "yesterday"],
        ["capture", "ftp://example.invalid/"],
        ["capture", "https://example.invalid/", "--timeout", "0"],
        ["capture", "https://example.invalid/", "--browser", "missing"],
        ["capture", "https://example.invalid/", "--login"],
        ["key", "export", "-o", "key.p12"],
    ):
        ran = transcript.run(*command)
        assert ran.code in (ExitCode.ERROR, ExitCode.USAGE)
        assert ran.out == ""
        assert len(ran.err.splitlines()) == 2
    transcript.compare("errors")
