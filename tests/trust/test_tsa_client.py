import threading
import time

import pytest
from asn1crypto import tsp

from evidence_kit import messages
from evidence_kit.crypto.tsp import MAX_TOKEN_BYTES, verify_token
from evidence_kit.errors import UsageError
from evidence_kit.trust import http_exchange
from evidence_kit.trust.anchors import Endpoint, anchors_from_pem
from evidence_kit.trust.tsa_client import TokenReply, request_tokens
from fixtures.tsa import Tsa
from tests.trust.wire import Step, closed_port, ok, wire

DATA = b"signature"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_exchange, "PAUSES_S", (0.01, 0.02))


def endpoint(url: str, **more: str) -> Endpoint:
    return Endpoint(id=url.rsplit("/", 1)[-1], url=url, **more)


def ask(url: str, *, deadline_s: float = 10) -> TokenReply:
    (reply,) = request_tokens([endpoint(url)], DATA, deadline_s=deadline_s)
    return reply


def good(tsa: Tsa) -> Step:
    """What the authority answers, over another wire."""
    return Step(lambda query: ok(tsa.authority.reply(query)))


def test_token_of_an_authority_holds_under_its_root(tsa: Tsa) -> None:
    reply = ask(tsa.url)
    assert reply.tsr is not None
    found = verify_token(reply.tsr, DATA, anchors=anchors_from_pem(tsa.root_pem))
    assert found.anchor is not None


def test_request_holds_a_digest_and_nothing_of_the_machine(tsa: Tsa) -> None:
    before = len(tsa.received)
    request_tokens([endpoint(tsa.url)], DATA, nonce=lambda: 42)
    (query,) = tsa.received[before:]
    assert DATA not in query
    request = tsp.TimeStampReq.load(query, strict=True)
    assert request["nonce"].native == 42
    assert request["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha256"


def test_query_goes_out_as_rfc_3161_says(tsa: Tsa) -> None:
    with wire(good(tsa)) as server:
        assert ask(server.url).error is None
        (request,) = server.requests
    lines = request.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines[0] == b"POST /path?x=1 HTTP/1.1"
    assert b"Content-Type: application/timestamp-query" in lines
    assert b"Accept: application/timestamp-reply" in lines


def test_digest_that_is_asked_for_is_in_the_token(tsa: Tsa) -> None:
    for algorithm in ("sha256", "sha512"):
        (reply,) = request_tokens([endpoint(tsa.sha512_url)], DATA, algorithm=algorithm)
        assert reply.tsr is not None
        assert verify_token(reply.tsr, DATA, anchors=()).imprint_algorithm == algorithm


def test_reply_that_is_refused_later_keeps_no_token(tsa: Tsa) -> None:
    refused = ask(tsa.url).refused("timestamp.impostor")
    assert (refused.tsr, refused.gen_time, refused.error) == (None, None, "tsa.rejected")
    assert refused.error_params == {"url": tsa.url, "reason": "timestamp.impostor"}


def test_every_nonce_is_another(tsa: Tsa) -> None:
    before = len(tsa.received)
    for _ in range(3):
        ask(tsa.url)
    nonces = {tsp.TimeStampReq.load(q)["nonce"].native for q in tsa.received[before:]}
    assert len(nonces) == 3
    assert all(0 <= nonce < 1 << 63 for nonce in nonces)


def test_all_are_asked_at_once_and_answered_in_their_order(tsa: Tsa) -> None:
    good = endpoint(tsa.url)
    replies = request_tokens([good, endpoint(tsa.fault("http-500")), good], DATA)
    assert [reply.error for reply in replies] == [None, "tsa.http_status", None]
    for reply in (replies[0], replies[2]):
        assert reply.tsr is not None
        assert reply.gen_time == verify_token(reply.tsr, DATA, anchors=()).gen_time
        assert reply.elapsed_s > 0


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        ("http-500", "tsa.http_status", None),
        ("redirect", "tsa.http_status", None),
        ("oversized", "tsa.too_large", None),
        ("oversized-undeclared", "tsa.too_large", None),
        ("cut", "tsa.cut_short", None),
        ("junk", "tsa.rejected", "timestamp.malformed"),
        ("html", "tsa.rejected", "timestamp.malformed"),
        ("rejected", "tsa.rejected", "timestamp.refused"),
        ("trailing", "tsa.rejected", "timestamp.malformed"),
        ("nonce-other", "tsa.rejected", "timestamp.nonce"),
        ("nonce-absent", "tsa.rejected", "timestamp.nonce"),
        ("imprint-flipped", "tsa.rejected", "timestamp.imprint"),
        ("imprint-sha1", "tsa.rejected", "timestamp.imprint_algorithm"),
        ("no-certificates", "tsa.rejected", "timestamp.no_certificate"),
        ("eku-absent", "tsa.rejected", "timestamp.usage"),
        ("expired", "tsa.rejected", "timestamp.outside_validity"),
    ],
)
def test_bad_authority_is_told_by_its_fault(
    tsa: Tsa, fault: str, error: str, reason: str | None
) -> None:
    (reply,) = request_tokens([endpoint(tsa.fault(fault))], DATA)
    assert (reply.error, reply.error_params.get("reason")) == (error, reason)
    assert reply.tsr is None and reply.gen_time is None
    words = messages.ERRORS[error]
    assert tsa.fault(fault) in words.text.format_map(reply.error_params) and words.hint


def test_what_an_authority_answers_in_full_is_not_asked_for_again(tsa: Tsa) -> None:
    for fault in ("junk", "rejected", "oversized", "imprint-flipped", "redirect"):
        before = tsa.requests
        assert ask(tsa.fault(fault)).error
        assert tsa.requests == before + 1


@pytest.mark.parametrize(
    "first",
    [
        Step(ok(b"", status="500 no")),
        Step(ok(b"", status="429 too many")),
        Step(b"", then="reset"),
        Step(lambda query: ok(b"x" * 900)[:-200]),
        Step(lambda query: ok(b"x" * 900)[:-200], then="reset"),
    ],
)
def test_trouble_that_passes_costs_no_token(tsa: Tsa, first: Step) -> None:
    with wire(first, first, good(tsa)) as server:
        reply = ask(server.url)
    assert reply.error is None and reply.tsr is not None


def test_trouble_that_stays_is_told(tsa: Tsa) -> None:
    with wire(*[Step(ok(b"", status="429 too many"))] * 3, good(tsa)) as server:
        reply = ask(server.url)
    assert (reply.error, reply.error_params["status"]) == ("tsa.http_status", 429)


def test_reply_that_is_too_large_or_of_another_kind_is_told() -> None:
    for body, error in ((b"x" * (MAX_TOKEN_BYTES + 1), "tsa.too_large"), (b"x", "tsa.rejected")):
        with wire(Step(ok(body))) as server:
            assert ask(server.url).error == error


def test_redirect_is_not_followed(tsa: Tsa) -> None:
    before = tsa.requests
    request_tokens([endpoint(tsa.fault("redirect"))], DATA)
    assert tsa.requests == before + 1


def test_free_text_beside_the_status_is_not_kept(tsa: Tsa) -> None:
    tsr = ask(tsa.fault("status-text")).tsr
    assert tsr is not None and b"hidden" not in tsr
    assert verify_token(tsr, DATA, anchors=()).serial > 0


def test_slow_ones_are_waited_for_a_little_once_there_is_a_token(tsa: Tsa) -> None:
    endpoints = [endpoint(url) for url in (tsa.fault("hang"), tsa.url, tsa.fault("drip"))]
    replies = request_tokens(endpoints, DATA, deadline_s=600, grace_s=0.2)
    assert [reply.error for reply in replies] == ["tsa.slow", None, "tsa.slow"]


def test_one_that_is_a_little_slower_still_gives_its_token(tsa: Tsa) -> None:
    first_is_done = threading.Event()

    def late(query: bytes) -> bytes:
        first_is_done.wait()
        return ok(tsa.authority.reply(query))

    def early(query: bytes) -> bytes:
        threading.Timer(0.2, first_is_done.set).start()
        return ok(tsa.authority.reply(query))

    with wire(Step(late)) as slow, wire(Step(early)) as quick:
        replies = request_tokens([endpoint(slow.url), endpoint(quick.url)], DATA, grace_s=5)
    assert [reply.error for reply in replies] == [None, None]


def test_where_no_token_comes_the_deadline_ends_it(tsa: Tsa) -> None:
    endpoints = [endpoint(tsa.fault(name)) for name in ("hang", "junk", "drip")]
    started = time.monotonic()
    replies = request_tokens(endpoints, DATA, deadline_s=1.5, grace_s=0)
    assert time.monotonic() - started >= 1.5
    assert [reply.error for reply in replies] == ["tsa.timeout", "tsa.rejected", "tsa.timeout"]


def test_headers_that_drip_end_at_the_deadline() -> None:
    with wire(Step(b"HTTP/1.1 200 OK\r\nX: ", then="drip")) as server:
        assert ask(server.url, deadline_s=0.3).error == "tsa.timeout"


def test_no_time_at_all_is_a_timeout(tsa: Tsa) -> None:
    (reply,) = request_tokens([endpoint(tsa.url)], DATA, deadline_s=0)
    assert reply.error == "tsa.timeout"


def test_nobody_there_is_told() -> None:
    (reply,) = request_tokens([endpoint(f"http://127.0.0.1:{closed_port()}/")], DATA)
    assert reply.error == "tsa.unreachable"
    assert reply.error_params["detail"] == "ConnectionRefusedError"


def test_https_needs_a_server_that_speaks_it(tsa: Tsa) -> None:
    (reply,) = request_tokens([endpoint(tsa.url.replace("http:", "https:"))], DATA, deadline_s=5)
    assert reply.error == "tsa.unreachable"


def test_policy_that_is_asked_for_must_be_given(tsa: Tsa) -> None:
    given = endpoint(tsa.url, policy="1.3.6.1.4.1.55555.1.1")
    other = endpoint(tsa.url, policy="1.2.3.4")
    first, second = request_tokens([given, other], DATA)
    assert first.error is None
    assert second.error == "tsa.rejected"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1",
        "http://",
        "http:///tsr",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:x/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nHost: x",
        "http://[::1/",
        "http://例子/",
    ],
)
def test_what_is_no_web_address_is_refused_before_anyone_is_asked(tsa: Tsa, url: str) -> None:
    before = tsa.requests
    with pytest.raises(UsageError) as caught:
        request_tokens([endpoint(tsa.url), endpoint(url)], DATA)
    assert caught.value.code == "tsa.url"
    assert tsa.requests == before


def test_nobody_asked_gives_no_reply() -> None:
    assert request_tokens([], DATA) == ()


def test_every_code_has_words() -> None:
    assert TokenReply(id="x", url="x", elapsed_s=0).error is None
    for code in ("rejected", "slow", "timeout", "too_large", "unreachable", "cut_short", "url"):
        assert messages.ERRORS[f"tsa.{code}"].hint
