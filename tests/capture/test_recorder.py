"""The traffic of a page with every kind of exchange, held against the server's own log.

One bundle of each protocol serves all tests here, so that what is said of bodies and what is
said of secrets is said of the same bytes.
"""

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from evidence_kit.actions.capture import capture_page
from evidence_kit.actions.kit import make_kit
from evidence_kit.actions.seal import Sealed
from evidence_kit.capture.request import CaptureRequest
from evidence_kit.settings import Settings
from fixtures.leaks import leaks, members
from fixtures.shop import Exchange, Shop, running_shop
from fixtures.shop.browser import trusting_browser
from fixtures.shop.kinds import SECRETS
from tests.capture.archive import MARK, Recorded, Score, recorded

PROTOCOLS = {"http": "http/1.1", "https": "http/1.1", "h2": "h2"}
_SITE = {"worker.js", "worker.json", "sw.js", "sw.json", "frame.html", "frame.json"}


@dataclass(frozen=True)
class Taken:
    """One captured and sealed page, and what the server knows of it."""

    scheme: str
    sealed: Sealed
    files: dict[str, bytes]
    log: tuple[Exchange, ...]
    planted: dict[str, str]

    @property
    def exchanges(self) -> list[Recorded]:
        return recorded(self.files["data/page/page.wacz"])

    @property
    def warc(self) -> bytes:
        with zipfile.ZipFile(io.BytesIO(self.files["data/page/page.wacz"])) as packed:
            return gzip.decompress(packed.read("archive/data.warc.gz"))

    @property
    def origin(self) -> dict[str, Any]:
        origin: dict[str, Any] = json.loads(self.files["evidence.json"])["items"][0]["origin"]
        return origin

    def exchange(self, name: str) -> Recorded:
        (one,) = [one for one in self.exchanges if one.target.endswith(f"/kinds/{name}")]
        return one


def take(shop: Shop, scheme: str, folder: Path, *, keep_secrets: bool = False) -> Taken:
    kit = make_kit(Settings(data_dir=folder, config_dir=folder), timestamp=False)
    request = CaptureRequest(
        url=shop.kinds_url,
        expect="都完成了",
        browser_path=trusting_browser(folder, shop),
        keep_secrets=keep_secrets,
    )
    bundle = folder / "page.evidence.zip"
    sealed = capture_page(request, bundle, kit=kit)
    return Taken(scheme, sealed, members(bundle), shop.log, shop.planted)


@pytest.fixture(scope="module", params=PROTOCOLS)
def taken(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Taken]:
    scheme = request.param
    with running_shop(tls=scheme != "http", http2=scheme == "h2") as shop:
        yield take(shop, scheme, tmp_path_factory.mktemp(scheme))


def test_every_exchange_is_recorded_with_the_bytes_that_were_sent(
    taken: Taken, capsys: pytest.CaptureFixture[str]
) -> None:
    score = Score(taken.log, taken.exchanges)
    with capsys.disabled():
        print(f"\n{taken.scheme}: {dict(score.counts)}", *score.rows, sep="\n  ")
    assert score.rows == []
    assert score.counts["served"] >= 34
    assert score.counts["seen"] == score.counts["served"]
    assert score.counts["invented"] == 0
    # the page itself and what the page says of its secrets; nothing else may be touched
    assert score.counts["body identical but for marks"] <= 3
    assert score.counts["request body identical but for marks"] <= 2


def test_what_is_missing_from_a_recording_is_scored(taken: Taken) -> None:
    second, *rest = taken.exchanges[1:]
    changed = Recorded(**{**vars(second), "body": second.body + b"x"})
    score = Score(taken.log, [changed, *rest])
    assert len(score.rows) == 2


def test_no_planted_secret_is_in_any_byte_of_the_bundle(taken: Taken) -> None:
    assert leaks(taken.files, taken.planted) == set()
    assert set(taken.planted) == set(SECRETS)


def test_each_redaction_is_listed_with_its_place_and_kind_and_no_value(taken: Taken) -> None:
    listed = [seen["params"] for seen in taken.origin["redacted"] if "params" in seen]
    of_wacz = {seen["kind"] for seen in listed if seen.get("path") == "data/page/page.wacz"}
    assert of_wacz >= {"cookie", "authorization", "password", "storage", "token"}
    places = {seen.get("path") for seen in listed}
    assert places >= {
        "data/page/console.jsonl",
        "data/page/frames.json",
        "data/page/page.html",
        "data/page/page.mhtml",
        "data/page/websocket.jsonl",
    }
    codes = {seen["code"] for seen in taken.origin["redacted"]}
    assert codes == {"secret.redacted", "secrets.unsearchable"}


def test_names_and_attributes_stay_where_values_are_taken_out(taken: Taken) -> None:
    answer = taken.exchange("kinds.js")
    (sent,) = [value for name, value in answer.request_headers if name.lower() == "cookie"]
    names = [pair.partition("=")[0] for pair in sent.split("; ")]
    assert sorted(names) == ["lang", "sid", "uid"]
    assert all(MARK.fullmatch(pair.partition("=")[2].encode()) for pair in sent.split("; "))
    (page,) = [one for one in taken.exchanges if one.target == "/kinds"]
    cookies = [value for name, value in page.response_headers if name.lower() == "set-cookie"]
    assert len(cookies) == 3
    assert cookies[0].endswith("; Path=/; SameSite=Lax; HttpOnly")


def test_a_secret_has_one_mark_wherever_it_stood(taken: Taken) -> None:
    bearer = taken.exchange("bearer.json")
    value = dict((name.lower(), value) for name, value in bearer.request_headers)["authorization"]
    scheme, _, mark = value.partition(" ")
    assert scheme == "Bearer"
    assert mark.encode() in taken.files["data/page/page.html"]


def test_who_reads_the_archive_is_told_what_was_taken_out_of_each_exchange(taken: Taken) -> None:
    assert b"each with REDACTED- and 16 hexadecimal digits" in taken.warc
    told = {}
    for record in ArchiveIterator(io.BytesIO(taken.warc)):
        content = record.content_stream().read()
        if record.rec_type == "metadata" and b'"redacted"' in content:
            told[record.rec_headers["WARC-Concurrent-To"]] = json.loads(content)["redacted"]
    marked = {
        one.fields["WARC-Record-ID"] for one in taken.exchanges if MARK.search(repr(one).encode())
    }
    assert set(told) == marked
    assert len(marked) > 20  # the cookies of all requests but those of workers and strangers
    page = next(one for one in taken.exchanges if one.target == "/kinds")
    assert told[page.fields["WARC-Record-ID"]]["cookie"] >= 3


def test_server_and_protocol_are_recorded(taken: Taken) -> None:
    for one in taken.exchanges:
        name = one.target.rpartition("/")[2]
        if name in _SITE or one.target.startswith("/picture/1"):
            continue  # a worker or another site's frame, of which no session tells this
        assert one.fields["WARC-IP-Address"] == "127.0.0.1"
        assert one.fields["WARC-Protocol"] == PROTOCOLS[taken.scheme]


def test_a_body_that_broke_off_is_marked(taken: Taken) -> None:
    assert taken.exchange("cut.png").fields["WARC-Truncated"] == "disconnect"
    whole = [one for one in taken.exchanges if "WARC-Truncated" not in one.fields]
    assert len(whole) == len(taken.exchanges) - 1


def test_frames_of_a_websocket_are_kept_both_ways_with_times(taken: Taken) -> None:
    frames = [json.loads(line) for line in taken.files["data/page/websocket.jsonl"].splitlines()]
    assert [frame["event"] for frame in frames[:3]] == ["created", "asked", "opened"]
    texts = [(frame["event"], frame["text"]) for frame in frames if "text" in frame]
    assert ("received", "您好，我是客服小雀") in texts
    assert ("received", "再见") in texts
    sent = [frame for frame in frames if frame["event"] == "sent"]
    assert json.loads(sent[0]["text"])["text"] == "在吗？"
    assert base64.b64decode(sent[1]["base64"]) == b"\x01\x02\xff"
    assert all(frame["at"].endswith("Z") for frame in frames[1:])


def test_certificate_chain_is_in_the_archive(taken: Taken) -> None:
    is_secure = taken.scheme != "http"
    assert (b'"certificate_chain": ["MII' in taken.warc) == is_secure
    assert (b'"cipher": "' in taken.warc) == is_secure


def test_the_page_is_not_disturbed(taken: Taken) -> None:
    assert "都完成了" in taken.files["data/page/page.txt"].decode()
    assert taken.origin["missing"] == []
    # cut.png broke off at the server
    assert [seen["code"] for seen in taken.origin["sanity"]] == ["requests.failed"]


def test_secrets_that_are_to_be_kept_stay_and_the_bundle_says_so(
    tmp_path: Path, own_shop: Shop
) -> None:
    kept = take(own_shop, "http", tmp_path, keep_secrets=True)
    assert {name for name, _ in leaks(kept.files, kept.planted)} == set(SECRETS)
    assert [seen["code"] for seen in kept.origin["redacted"]] == ["secrets.kept"]
    noted = [
        f.params["observation"] for f in kept.sealed.report.findings if f.code == "capture.noticed"
    ]
    assert "secrets.kept" in noted
