import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from asn1crypto import tsp

from evidence_kit import messages
from evidence_kit.crypto.tsp import verify_token
from evidence_kit.errors import EvidenceKitError, UsageError
from evidence_kit.trust.anchors import Endpoint, anchors_from_pem
from evidence_kit.trust.tsa_client import TokenReply, request_token, request_tokens
from fixtures.tsa import Tsa

DATA = b"signature"


def endpoint(url: str, **more: str) -> Endpoint:
    return Endpoint(id=url.rsplit("/", 1)[-1], url=url, **more)


@contextmanager
def listening(answer: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """A server for one request, closed after the answer; None drips a header without end."""
    received: list[bytes] = []
    stopping = threading.Event()

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            while b"\r\n\r\n0" not in b"".join(received):
                received.append(connection.recv(65_536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: " if answer is None else answer)
            while answer is None and not stopping.wait(0.02):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/tsr?x=1", received
        stopping.set()
        thread.join()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_token_of_an_authority_holds_under_its_root(tsa: Tsa) -> None:
    tsr = request_token(tsa.url, DATA)
    found = verify_token(tsr, DATA, anchors=anchors_from_pem(tsa.root_pem))
    assert found.anchor is not None


def test_request_holds_a_digest_and_nothing_of_the_machine(tsa: Tsa) -> None:
    before = len(tsa.received)
    request_token(tsa.url, DATA, nonce=lambda: 42)
    (query,) = tsa.received[before:]
    assert DATA not in query
    request = tsp.TimeStampReq.load(query, strict=True)
    assert request["nonce"].native == 42
    assert request["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha256"


def test_headers_name_neither_machine_nor_user() -> None:
    with listening(b"HTTP/1.1 404 no\r\n\r\n") as (url, received):
        request_tokens([endpoint(url)], DATA)
    lines = b"".join(received).split(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines[0] == b"POST /tsr?x=1 HTTP/1.1"
    names = {line.split(b":")[0] for line in lines[1:]}
    assert names == {
        b"Host",
        b"Accept-Encoding",
        b"Content-Length",
        b"Content-Type",
        b"Accept",
        b"Connection",
        b"User-Agent",
    }
    assert b"User-Agent: evidence-kit" in lines
    assert b"Content-Type: application/timestamp-query" in lines


def test_every_nonce_is_another(tsa: Tsa) -> None:
    before = len(tsa.received)
    for _ in range(3):
        request_token(tsa.url, DATA)
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
        ("cut", "tsa.rejected", "timestamp.malformed"),
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
    with pytest.raises(EvidenceKitError) as caught:
        request_token(tsa.fault(fault), DATA)
    assert caught.value.code == error
    assert tsa.fault(fault) in str(caught.value) and caught.value.hint


def test_redirect_is_not_followed(tsa: Tsa) -> None:
    before = tsa.requests
    request_tokens([endpoint(tsa.fault("redirect"))], DATA)
    assert tsa.requests == before + 1


def test_free_text_beside_the_status_is_not_kept(tsa: Tsa) -> None:
    tsr = request_token(tsa.fault("status-text"), DATA)
    assert b"hidden" not in tsr
    assert verify_token(tsr, DATA, anchors=()).serial > 0


def test_slow_ones_end_at_the_deadline_and_harm_nobody(tsa: Tsa) -> None:
    urls = [tsa.fault("hang"), tsa.url, tsa.fault("drip")]
    started = time.monotonic()
    replies = request_tokens([endpoint(url) for url in urls], DATA, deadline_s=1)
    assert time.monotonic() - started < 2
    assert [reply.error for reply in replies] == ["tsa.timeout", None, "tsa.timeout"]


def test_headers_that_drip_end_at_the_deadline() -> None:
    with listening(None) as (url, _):
        started = time.monotonic()
        with pytest.raises(EvidenceKitError) as caught:
            request_token(url, DATA, timeout_s=0.3)
        assert time.monotonic() - started < 1.5
    assert caught.value.code == "tsa.timeout"


def test_no_time_at_all_is_a_timeout(tsa: Tsa) -> None:
    (reply,) = request_tokens([endpoint(tsa.url)], DATA, deadline_s=0)
    assert reply.error == "tsa.timeout"


@pytest.mark.parametrize("answer", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x"])
def test_answer_that_is_no_http_is_told(answer: bytes) -> None:
    with listening(answer) as (url, _):
        (reply,) = request_tokens([endpoint(url)], DATA, deadline_s=5)
    assert reply.error in ("tsa.unreachable", "tsa.rejected")


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
    for code in ("rejected", "timeout", "too_large", "unreachable", "http_status", "url"):
        assert messages.ERRORS[f"tsa.{code}"].hint
