"""Answers made to break whoever records them: the archive stays whole, small and true."""

import asyncio
import gzip
import io
import itertools
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evidence_kit.capture.recorder import Recorder
from evidence_kit.capture.recorder_bodies import Reading, how_to_read
from evidence_kit.capture.recorder_log import Event
from evidence_kit.capture.request import Capture
from tests.capture.archive import Recorded, recorded
from tests.capture.conftest import Capturing
from tests.capture.hostile import Answer, answering, chunked, head, page

_MIB = 1 << 20
_MEMORY_MIB = 250
# as bytes: a file's name in GBK, UTF-8, Latin-1, signs that some readers take for line ends
_ODD = (
    b'Content-Disposition: inline; filename="\xb6\xa9\xb5\xa5.txt"',
    "X-Name: 订单".encode(),
    b"X-Latin: caf\xe9",
    b"X-Ends: a\xc2\x85b\xe2\x80\xa8c\x0bd\x1ce\x7ff",
)
# What `getrusage` tells of a new process is never less than the size of the one that made it.
_MEASURED = """
import sys
from pathlib import Path
from evidence_kit.actions.capture import capture_page
from evidence_kit.actions.kit import make_kit
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.settings import Settings
folder = Path(sys.argv[2])
kit = make_kit(Settings(data_dir=folder, config_dir=folder), timestamp=False)
capture_page(CaptureRequest(url=sys.argv[1]), folder / "page.evidence.zip", kit=kit)
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) // 1024)
"""


def _wacz(captured: Capture) -> bytes:
    return next(
        Path(file.source).read_bytes() for file in captured.files if file.path.endswith("page.wacz")
    )


def _by_path(captured: Capture) -> dict[str, Recorded]:
    # which checks every digest
    return {one.target: one for one in recorded(_wacz(captured))}


def _fetching(*paths: str) -> Callable[[], Answer]:
    asked = "".join(f'fetch("{path}").then((one) => one.arrayBuffer());' for path in paths)
    return lambda: page(f"<script>{asked}</script>")


def test_bytes_of_headers_are_kept_though_they_are_no_text(capture: Capturing) -> None:
    status = "200 好"
    odd = lambda: iter([head(status, *_ODD, b"Content-Length: 2") + b"ok"])  # noqa: E731
    with (
        answering({"/": _fetching("/odd"), "/odd": odd}) as site,
        capture(f"{site}/") as captured,
    ):
        assert captured.origin.missing == ()
        with zipfile.ZipFile(io.BytesIO(_wacz(captured))) as packed:
            raw = gzip.decompress(packed.read("archive/data.warc.gz"))
        assert len(_by_path(captured)) == 3
    assert "HTTP/1.1 200 好\r\n".encode() in raw
    for line in _ODD[:3]:
        assert line + b"\r\n" in raw
    # what could be taken for an end of the line is none any more
    (ends,) = [line for line in raw.split(b"\r\n") if line.startswith(b"X-Ends")]
    assert ends == b"X-Ends: a b c d e f"


def test_a_header_can_not_write_a_field_of_the_archive(capture: Capturing) -> None:
    lines = (b"X-A: a\rWARC-Truncated: length", b"X B: 1", b": 2", b"no colon", b"X-C: a\r\n  b")
    odd = lambda: iter([head("200 OK", *lines, b"Content-Length: 2") + b"ok"])  # noqa: E731
    with (
        answering({"/": _fetching("/odd"), "/odd": odd}) as site,
        capture(f"{site}/") as captured,
    ):
        one = _by_path(captured)["/odd"]
    assert "WARC-Truncated" not in one.fields
    assert one.body == b"ok"


def test_two_thousand_headers_are_kept(capture: Capturing) -> None:
    lines = [b"X-%d: %d" % (number, number) for number in range(2000)]
    odd = lambda: iter([head("200 OK", *lines, b"Content-Length: 2") + b"ok"])  # noqa: E731
    with (
        answering({"/": _fetching("/odd"), "/odd": odd}) as site,
        capture(f"{site}/") as captured,
    ):
        names = [name for name, _ in _by_path(captured)["/odd"].response_headers]
    assert sum(name.startswith("X-") and name[2:].isdecimal() for name in names) == 2000


def _events() -> Answer:
    yield head("200 OK", b"Content-Type: text/event-stream", b"Transfer-Encoding: chunked")
    event = b"data: " + bytes([120]) * 65_536 + b"\n\n"
    yield from _paced(chunked(itertools.repeat(event)))


def _endless_html() -> Answer:
    yield head("200 OK", b"Content-Type: text/html", b"Transfer-Encoding: chunked")
    yield from _paced(chunked(itertools.repeat(b"<p>" + bytes([120]) * 65_536 + b"</p>")))


def _paced(pieces: Answer, pause_s: float = 0.012) -> Answer:
    """At most some 5 MB/s by default, so that the machine is left to others."""
    pace = threading.Event()
    for piece in pieces:
        yield piece
        pace.wait(pause_s)


@pytest.mark.parametrize(
    "routes",
    [
        {"/": lambda: page('<script>new EventSource("/on")</script>'), "/on": _events},
        {"/": _endless_html},
    ],
    ids=["event stream", "page"],
)
def test_what_is_still_coming_at_the_end_is_recorded_as_far_as_it_came(
    capture: Capturing, routes: dict[str, Callable[[], Answer]]
) -> None:
    started_s = time.monotonic()
    with answering(routes) as site, capture(f"{site}/", timeout_s=3) as captured:
        found = _by_path(captured)
        told = {seen.params["path"] for seen in captured.origin.missing if "path" in seen.params}
    assert time.monotonic() - started_s < 3 + 20
    assert "data/page/page.wacz" not in told
    one = found["/on" if "/on" in routes else "/"]
    assert one.fields["WARC-Truncated"] in ("time", "length")
    assert one.body


def test_a_stream_that_is_told_of_later_than_its_answer_is_recorded(
    capture: Capturing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a busy machine, where the page's own process is slow to tell of its requests."""
    usual = Recorder._noting

    def late(self: Recorder, session: str, name: str) -> Callable[[Event], None]:
        note = usual(self, session, name)

        def note_later(event: Event) -> None:
            asyncio.get_running_loop().call_later(0.1, note, event)

        return note_later

    monkeypatch.setattr(Recorder, "_noting", late)
    events = b"data: one\n\ndata: two\n\n"

    def stream() -> Answer:
        yield head("200 OK", b"Content-Type: text/event-stream", b"Transfer-Encoding: chunked")
        yield from chunked(iter([events]))

    routes = {"/": _fetching("/on"), "/on": stream}
    with answering(routes) as site, capture(f"{site}/") as captured:
        assert _by_path(captured)["/on"].body == events
        assert captured.origin.missing == ()


def _noise(size_mib: int) -> Iterator[bytes]:
    block = os.urandom(_MIB)
    return itertools.repeat(block, size_mib)


def _of_known_length() -> Answer:
    yield head("200 OK", b"Content-Length: %d" % (25 * _MIB))
    yield from _paced(_noise(25), 0.15)


def _of_unknown_length() -> Answer:
    yield head("200 OK", b"Transfer-Encoding: chunked")
    yield from _paced(chunked(_noise(10)), 0.15)


def test_a_hundred_mebibytes_of_bodies_are_recorded_whole_and_stay_out_of_memory(
    tmp_path: Path,
) -> None:
    routes = {"/": _fetching("/a?1", "/a?2", *(f"/b?{number}" for number in range(5)))}
    routes |= {"/a": _of_known_length, "/b": _of_unknown_length}
    with answering(routes) as site:
        command = [sys.executable, "-c", _MEASURED, f"{site}/", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) <= _MEMORY_MIB
    with zipfile.ZipFile(tmp_path / "page.evidence.zip") as packed:
        (name,) = (name for name in packed.namelist() if name.endswith("page.wacz"))
        found = {one.target: one for one in recorded(packed.read(name))}
    assert all(len(found[f"/a?{number}"].body) == 25 * _MIB for number in (1, 2))
    assert all(len(found[f"/b?{number}"].body) == 10 * _MIB for number in range(5))
    # the page itself came to its end before all that, and is not pushed out by it
    assert found["/"].body


def test_an_answer_of_gigabytes_is_left_to_the_page_and_told(capture: Capturing) -> None:
    def huge() -> Answer:
        yield head("200 OK", b"Content-Length: %d" % (3000 * _MIB))
        yield from _paced(_noise(3000))

    with (
        answering({"/": _fetching("/huge"), "/huge": huge}) as site,
        capture(f"{site}/", timeout_s=5) as captured,
    ):
        assert _by_path(captured)["/huge"].fields["WARC-Truncated"] == "length"
        assert [seen.code for seen in captured.origin.missing] == ["traffic.incomplete"]


def test_a_page_of_hundreds_of_requests_is_recorded(capture: Capturing) -> None:
    script = """<script>(async () => {
      const run = async (from) => {
        for (let i = from; i < 400; i += 8) await fetch(`/one/${i}`).then((one) => one.text());
      };
      await Promise.all([...Array(8).keys()].map(run));
      document.title = "all";
    })()</script>"""
    one = lambda: iter([head("200 OK", b"Content-Length: 2") + b"ok"])  # noqa: E731
    routes: dict[str, Callable[[], Answer]] = {f"/one/{number}": one for number in range(400)}
    routes["/"] = lambda: page(script)
    with answering(routes) as site, capture(f"{site}/") as captured:
        found = recorded(_wacz(captured))
    asked = [one for one in found if one.target.startswith("/one/")]
    assert len({one.target for one in asked}) == len(asked) == 400
    assert all(one.body == b"ok" for one in asked)


@pytest.mark.parametrize(
    ("headers", "kind", "reading"),
    [
        ({"content-type": "image/png", "content-length": "100"}, "Image", Reading.WHOLE),
        ({"content-type": "video/mp4", "content-length": "100"}, "Media", Reading.WHOLE),
        ({"content-type": "video/x-flv"}, "Fetch", Reading.IMPOSSIBLE),
        ({"content-length": str(5 * _MIB)}, "Fetch", Reading.PIECES),
        ({"content-length": str(65 * _MIB)}, "Fetch", Reading.IMPOSSIBLE),
        ({"content-type": "text/event-stream"}, "Fetch", Reading.PIECES),
        ({"content-type": "text/html"}, "Document", Reading.PIECES),
    ],
)
def test_a_body_is_read_in_the_way_that_its_kind_and_size_allow(
    headers: dict[str, str], kind: str, reading: Reading
) -> None:
    event = {
        "request": {"method": "GET"},
        "responseStatusCode": 200,
        "responseHeaders": [{"name": name, "value": value} for name, value in headers.items()],
        "resourceType": kind,
        "frameId": "main",
    }
    assert how_to_read(event, is_told_of=True, main_frame_id="main") is reading
