"""Mail taken apart by place, against the standard library; bounds; what bodies are wrapped in."""

import base64
import email.policy
import io
import quopri
import random
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_kit.chats import mime, unpacking
from evidence_kit.chats.html_text import seen
from evidence_kit.chats.mime import field, field_text, parts, read_header
from evidence_kit.chats.parser import candidates
from evidence_kit.chats.parsers import mail, qq_mht
from evidence_kit.chats.record import Flag, RecordKind
from evidence_kit.chats.source import open_source, read_head
from evidence_kit.chats.unpacking import Unpacked
from fixtures.chats import make
from tests.chats.exports import read, reading_of, spans
from tests.chats.test_bad_input import measure

MHT = {name: case.data for name, case in make.cases("qq_mht")}
BOUNDED = settings(max_examples=150, deadline=None, derandomize=True, database=None)
HEAD = b"From: a@shop.example\r\nTo: b@mail.example\r\nDate: Sun, 1 Nov 2026 19:59:03 +0800\r\n"


def unpacked(body: bytes, encoding: str) -> tuple[Unpacked, int]:
    """The body of a mail, undone, and where it begins."""
    head = f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    stream = io.BytesIO(head + body)
    (part,) = parts(stream, 0, len(head + body), most=9)
    undone = Unpacked(stream, part)
    while undone.grow():
        pass
    return undone, len(head)


@BOUNDED
@given(data=st.binary(max_size=300), width=st.integers(1, 90), at=st.integers(0, 300))
def test_base64_leads_back_to_the_letters_it_came_from(data: bytes, width: int, at: int) -> None:
    letters = base64.b64encode(data)
    lines = [letters[n : n + width] for n in range(0, len(letters), width)]
    body, begin = unpacked(b"\r\n".join(lines), "base64")
    assert body.data == data
    if at < len(data):
        written = b"\r\n".join(lines)[body.origin(at) - begin :].replace(b"\r\n", b"")
        assert base64.b64decode(written) == data[at // 3 * 3 :]


@BOUNDED
@given(data=st.binary(max_size=300), at=st.integers(0, 300))
def test_quoted_printable_leads_back_to_the_byte_it_came_from(data: bytes, at: int) -> None:
    data = data.replace(b"\r", b"").replace(b"\n", b"\r\n")
    written = quopri.encodestring(data)
    body, begin = unpacked(written, "quoted-printable")
    assert body.data == quopri.decodestring(written)
    if at < len(body.data):
        rest = written[body.origin(at) - begin :]
        assert mime.unquoted(rest) == body.data[at:]


@BOUNDED
@given(data=st.text("<tr/>td div!- \n&;=\"'abc\x00\x01店", max_size=60))
def test_any_html_is_seen_without_breaking(data: str) -> None:
    text = seen(data).text
    assert "\x00" not in text
    assert "\x01" not in text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br><br>b", "a\n\nb"),
        ("<p>a</p>\r\n<p>b", "a\nb"),
        ("a<style>x</style >b", "ab"),
        ("a<script>x<p>", "a"),
        ("a<!-- x > --><!-- ", "a"),
        ("1 < 2 &lt; 3 &amp;lt;", "1 < 2 < 3 &lt;"),
        ("<div><div>a</div></div><div>b<br></div>", "a\nb"),
    ],
)
def test_html_shows_what_is_not_hidden(html: str, text: str) -> None:
    assert seen(html).text == text


@pytest.mark.parametrize("piece", ["<", "<!--", "<script>", "<p ", "</", "&", "<img src ", "\x00"])
def test_hostile_html_takes_no_long_time(piece: str) -> None:
    seen(piece * 300_000)


@pytest.mark.parametrize(
    ("field_", "text"),
    [
        ("=?utf-8?B?5bqX5Li7?=", "店主"),
        ("=?GBK?Q?=B5=EA?= =?gbk?Q?=D6=F7?=", "店主"),
        ("=?gb2312?B?" + base64.b64encode("店主镕".encode("gb18030")).decode() + "?=", "店主镕"),
        ("=?utf-8?B?5bo=?=", "\ufffd"),
        ("=?utf-8?B?5bqXa?= a", "=?utf-8?B?5bqXa?= a"),
        ("=?punycode?Q?a-?=", "a-"),
        ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
        ("plain", "plain"),
    ],
)
def test_encoded_words_are_read_or_left(field_: str, text: str) -> None:
    assert field_text(field_) in (text, field_)


def test_header_is_bounded() -> None:
    header = read_header(b"A: " + b"x" * 100_000 + b"\n" + b"B: 1\n" * 2000 + b"no field\nC:2\n")
    assert len(field(header, "A") or "") == mime.FIELD_CHARACTERS
    assert len(header.keys()) == mime.MAX_FIELDS
    assert field(header, "C") is None


def write(tmp_path: Path, data: bytes, name: str = "mail.eml") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_parts_without_end_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "MAX_PARTS", 5)
    one = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    text = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + one * 50
    (record,), chat = read(write(tmp_path, text), "mail")
    assert Flag.CUT in record.flags
    assert record.body_raw.count("x") < 10
    assert chat.unclaimed_bytes == 0


def test_parts_are_opened_to_a_bounded_depth(tmp_path: Path) -> None:
    text = HEAD
    for number in range(mime.MAX_DEPTH + 5):
        text += f"Content-Type: multipart/mixed; boundary=b{number}\r\n\r\n--b{number}\r\n".encode()
    (record,), _ = read(write(tmp_path, text + b"\r\nx\r\n"), "mail")
    assert record.attachments == ("multipart/mixed",)


def test_text_of_a_mail_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TEXT_BYTES", 10)
    (record,), _ = read(write(tmp_path, HEAD + b"\r\n" + b"x" * 1000), "mail")
    assert record.body_raw == "x" * 10
    assert record.flags == (Flag.CUT,)


@pytest.mark.parametrize(
    "data",
    [
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://shop.example/\r\n"
        b"Subject: x\r\nDate: Sun, 1 Nov 2026 19:59:03 +0800\r\nMIME-Version: 1.0\r\n\r\n",
        b"Subject: note to myself\n\nDate: tomorrow\n",
        b"From the shop I heard at 10:00\nTo: do\n\n",
        b"To: the court\nSubject: x\n\n",
    ],
)
def test_saved_pages_and_notes_are_no_mail(data: bytes, tmp_path: Path) -> None:
    assert candidates(read_head(write(tmp_path, data))) == ()


def test_thousands_of_mails_with_files_take_little_memory(tmp_path: Path) -> None:
    body = base64.encodebytes(random.Random(3).randbytes(30_000))
    path = tmp_path / "all.mbox"
    with path.open("wb") as out:
        for number in range(3000):
            out.write(b"From - Sun Nov  1 19:58:30 2026\n" + HEAD.replace(b"\r\n", b"\n"))
            out.write(f"Subject: {number}\nContent-Type: multipart/mixed; boundary=b\n\n".encode())
            out.write(b"--b\n\ntext\n--b\nContent-Type: image/png; name=a.png\n")
            out.write(b"Content-Transfer-Encoding: base64\n\n" + body + b"--b--\n\n")
    peak_mib, records, unclaimed = measure(path, "mail")
    assert peak_mib < 100
    assert (records, unclaimed) == (3000, 0)


def test_pictures_of_a_chat_are_not_held(tmp_path: Path) -> None:
    path = write(tmp_path, MHT["pictures"], "chat.mht")
    data = path.read_bytes()
    at = data.rindex(b"\r\n\r\n--")
    with path.open("wb") as out:
        out.write(data[:at])
        line = base64.b64encode(bytes(57)) + b"\r\n"
        for _ in range(100):
            out.write(line * 15_000)
        out.write(data[at:])
    peak_mib, records, _ = measure(path, "qq_mht")
    assert peak_mib < 100
    assert records == 4


def test_very_many_parts_take_little_memory(tmp_path: Path) -> None:
    head = b"From: <Save by Tencent MsgMgr>\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    path = write(tmp_path, head + b"--b\n\n" * 400_000, "chat.mht")
    peak_mib, records, _ = measure(path, "qq_mht")
    assert peak_mib < 150
    assert records == 0


def test_row_without_end_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qq_mht, "ROW_BYTES", 2000)
    monkeypatch.setattr(unpacking, "PIECE_BYTES", 500)
    data = MHT["senders"]
    row = data[data.index(b"<tr><td><div style=color") :]
    path = write(tmp_path, data.replace(row, b"<tr><td>" + b"x" * 5000 + row), "chat.mht")
    records, chat = read(path, "qq_mht")
    kinds = [record.kind for record in records]
    assert kinds[0] is RecordKind.UNCLAIMED
    assert kinds.count(RecordKind.TEXT) >= 3
    assert chat.records >= 6


@pytest.mark.parametrize("name", sorted(MHT))
@pytest.mark.parametrize("size", [1, 7, 100])
def test_pieces_of_a_page_make_no_difference(
    name: str, size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, MHT[name], "chat.mht")
    whole, wholly = read(path, "qq_mht"), list(spans(reading_of(path, "qq_mht")))
    monkeypatch.setattr(unpacking, "PIECE_BYTES", size)
    assert read(path, "qq_mht") == whole
    joined = [(a, b) for a, b in spans(reading_of(path, "qq_mht"))]
    assert joined == wholly


def test_mail_of_several_sources_names_its_lines(tmp_path: Path) -> None:
    one = b"From - Sun Nov  1 19:58:30 2026\n" + HEAD.replace(b"\r\n", b"\n") + b"\nx\n\n"
    path = write(tmp_path, one * 3, "a.mbox")
    lines = [(r.src.line_start, r.src.line_end) for r in read(path, "mail")[0]]
    assert lines == [(2, 7), (9, 14), (16, 21)]
    assert open_source(path).size_bytes == len(one) * 3


WORDS = st.text("abc 店主退款é😀-=?_<>\"'()", min_size=1, max_size=40).map(str.strip).filter(bool)
LINES = st.lists(st.text("ab .>=店é😀\t-", max_size=90), min_size=1, max_size=6).map("\n".join)


@BOUNDED
@given(
    subject=WORDS,
    name=WORDS,
    text=LINES,
    files=st.lists(WORDS, max_size=3),
    encoding=st.sampled_from(("base64", "quoted-printable", "8bit")),
    charset=st.sampled_from(("utf-8", "gb18030")),
    policy=st.sampled_from((email.policy.SMTP, email.policy.default)),
)
def test_mails_of_the_standard_library_are_read(
    subject: str,
    name: str,
    text: str,
    files: list[str],
    encoding: str,
    charset: str,
    policy: EmailPolicy,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    mail_ = EmailMessage(policy=policy)
    mail_["From"] = Address(display_name=name, addr_spec="a@shop.example")
    mail_["To"] = "b@mail.example"
    mail_["Subject"] = subject
    mail_["Date"] = "Sun, 01 Nov 2026 19:59:03 +0800"
    mail_.set_content(f"{text}\n", charset=charset, cte=encoding)
    for file in files:
        mail_.add_attachment(b"\x00\xff" * 50, "application", "pdf", filename=file)
    path = tmp_path_factory.mktemp("mail") / "mail.eml"
    path.write_bytes(mail_.as_bytes())
    assert [one.id for one in candidates(read_head(path))] == ["mail"]
    (record,), _ = read(path, "mail")
    assert _close(record.body_raw) == _close(f"{subject}\n\n{text}")
    assert _close(record.sender_raw or "") == _close(name)
    assert record.sender_id == "a@shop.example"
    assert record.ts_candidates == ("2026-11-01T19:59:03+08:00",)
    assert [_close(one) for one in record.attachments] == [_close(one) for one in files]


def _close(text: str) -> str:
    """Without white space, which folding and encoding change."""
    return "".join(text.split())


@pytest.mark.parametrize("piece", [b"<tr", b"<tr>", b"</tr>", b"<tr></tr>", b"<div>", b"=\n", b" "])
def test_hostile_page_takes_no_long_time(piece: bytes, tmp_path: Path) -> None:
    """Were a pattern quadratic, this would take minutes."""
    data = MHT["senders"]
    at = data.index(b"<tr>")
    path = write(tmp_path, data[:at] + piece * (400_000 // len(piece)) + data[at:], "chat.mht")
    assert read(path, "qq_mht")[1].size_bytes == path.stat().st_size


@pytest.mark.parametrize(
    "piece", [b"=?utf-8?B?", b"a*0=b;", b'"\\', b"<", b"--b\n\n", b"From - 10:00\nA: b\n\n"]
)
def test_hostile_mail_takes_no_long_time(piece: bytes, tmp_path: Path) -> None:
    many = piece * (200_000 // len(piece))
    for text in (
        b"Subject: " + many + b"\n\n",
        b"Content-Type: multipart/mixed; boundary=b; " + many + b"\n\n",
        b'Content-Disposition: attachment; filename="' + many + b"\n\n",
        b"Content-Type: text/html\n\n" + many,
        b"Content-Type: multipart/mixed; boundary=b\n\n" + many,
    ):
        path = write(tmp_path, HEAD.replace(b"\r\n", b"\n") + text)
        assert read(path, "mail")[1].unclaimed_bytes == 0
