import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence_kit.trust import http_exchange
from evidence_kit.trust.http_exchange import (
    ExchangeError,
    Failure,
    Line,
    Request,
    in_parallel,
    split_url,
)
from fixtures.shop.certificate import self_signed_pem
from tests.trust.wire import Step, closed_port, ok, wire

LIMIT_BYTES = 100
GOOD = Step(ok(b"good"))
CUT = ok(b"x" * 50)[:-20]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_exchange, "PAUSES_S", (0.01, 0.02))


def get(url: str, *, deadline_s: float = 10, is_public: bool = False) -> bytes:
    request = Request(method="GET", url=url, max_bytes=LIMIT_BYTES, is_public=is_public)
    return Line(time.monotonic() + deadline_s).send(request)


def failure_of(url: str, *, deadline_s: float = 10, is_public: bool = False) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        get(url, deadline_s=deadline_s, is_public=is_public)
    return caught.value


def test_a_body_comes_back_as_it_was_sent() -> None:
    for body in (b"", b"x", b"\x00" * LIMIT_BYTES):
        with wire(Step(ok(body))) as server:
            assert get(server.url) == body
            assert len(server.requests) == 1


def test_a_body_in_chunks_or_without_a_length_comes_back_too() -> None:
    for answer in (CHUNKED + b"2\r\ngo\r\n2\r\nod\r\n0\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\ngood"):
        with wire(Step(answer)) as server:
            assert get(server.url) == b"good"


def test_a_request_names_neither_machine_nor_user() -> None:
    with wire(GOOD) as server:
        get(server.url)
        (request,) = server.requests
    first, *lines = request.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert first == b"GET /path?x=1 HTTP/1.1"
    assert dict(line.split(b": ", 1) for line in lines) == {
        b"Host": f"127.0.0.1:{server.port}".encode(),
        b"Accept-Encoding": b"identity",
        b"Connection": b"close",
        b"User-Agent": b"evidence-kit",
    }


@pytest.mark.parametrize(
    "first",
    [
        Step(ok(b"", status="500 no")),
        Step(ok(b"", status="503 later")),
        Step(ok(b"", status="429 too many")),
        Step(b""),
        Step(b"", then="reset"),
        Step(CUT),
        Step(CUT, then="reset"),
        Step(CHUNKED + b"8\r\nhalf"),
        Step(b"nonsense\r\n\r\n"),
    ],
)
def test_what_may_pass_is_tried_again(first: Step) -> None:
    with wire(first, first, GOOD) as server:
        assert get(server.url) == b"good"
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("step", "failure"),
    [
        (Step(ok(b"", status="500 no")), Failure.HTTP_STATUS),
        (Step(b""), Failure.UNREACHABLE),
        (Step(CUT), Failure.CUT_SHORT),
    ],
)
def test_after_three_attempts_it_is_given_up(step: Step, failure: Failure) -> None:
    with wire(step, step, step, GOOD) as server:
        assert failure_of(server.url).failure is failure
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("answer", "failure", "params"),
    [
        (ok(b"", status="404 no"), Failure.HTTP_STATUS, {"status": 404}),
        (ok(b"", status="204 empty"), Failure.HTTP_STATUS, {"status": 204}),
        (ok(b"", "Location: /", status="301 away"), Failure.HTTP_STATUS, {"status": 301}),
        (ok(b"x" * (LIMIT_BYTES + 1)), Failure.TOO_LARGE, {"limit_bytes": LIMIT_BYTES}),
        (
            b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (LIMIT_BYTES + 1),
            Failure.TOO_LARGE,
            {"limit_bytes": LIMIT_BYTES},
        ),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    answer: bytes, failure: Failure, params: dict[str, int]
) -> None:
    with wire(Step(answer), GOOD) as server:
        error = failure_of(server.url)
        assert (error.failure, error.params) == (failure, params)
        assert len(server.requests) == 1


def test_a_length_that_is_too_large_is_refused_before_the_body() -> None:
    with wire(Step(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", then="hang")) as server:
        assert failure_of(server.url).failure is Failure.TOO_LARGE


def test_a_pause_that_the_server_asks_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    paused: list[float | None] = []

    def wait(_: threading.Event, timeout_s: float | None = None) -> bool:
        paused.append(timeout_s)
        return False

    monkeypatch.setattr(threading.Event, "wait", wait)
    busy = Step(ok(b"", "Retry-After: 2", status="503 later"))
    late = Step(ok(b"", "Retry-After: Mon, 23 Nov 2026 08:00:00 GMT", status="503 later"))
    with wire(busy, late, GOOD) as server:
        assert get(server.url) == b"good"
    assert [s for s in paused if s is not None] == [2, http_exchange.PAUSES_S[1]]


def test_a_pause_that_outlasts_the_deadline_is_not_begun() -> None:
    with wire(Step(ok(b"", "Retry-After: 60", status="503 later")), GOOD) as server:
        assert failure_of(server.url).params == {"status": 503}
        assert len(server.requests) == 1


def test_nobody_there_is_unreachable() -> None:
    error = failure_of(f"http://127.0.0.1:{closed_port()}/")
    assert (error.failure, error.params) == (
        Failure.UNREACHABLE,
        {"detail": "ConnectionRefusedError"},
    )


def test_a_name_that_is_not_there_is_unreachable() -> None:
    assert failure_of("http://nobody.invalid/").failure is Failure.UNREACHABLE


def test_tls_holds_only_under_a_root_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = tmp_path / "server.pem"
    pem.write_bytes(self_signed_pem())
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(pem)
    with wire(GOOD, GOOD, tls=server_side) as server:
        url = server.url.replace("http:", "https:")
        error = failure_of(url)
        assert error.params == {"detail": "SSLCertVerificationError"}
        assert error.retry_after_s is None
        trusting = ssl.create_default_context(cafile=str(pem))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert get(url) == b"good"


@pytest.mark.parametrize("then", ["hang", "drip"])
@pytest.mark.parametrize("send", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_what_hangs_or_drips_ends_at_the_deadline(send: bytes, then: str) -> None:
    step = Step(send, then="hang" if then == "hang" else "drip")
    with wire(step) as server:
        results = in_parallel([lambda line: failure_on(line, server.url)], deadline_s=0.3)
    assert results in ([None], [Failure.TIMEOUT])


def failure_on(line: Line, url: str) -> Failure | None:
    try:
        line.send(Request(method="GET", url=url, max_bytes=1 << 20))
    except ExchangeError as error:
        return error.failure
    return None


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_waits_is_woken_when_the_line_is_cut(scheme: str) -> None:
    line = Line(time.monotonic() + 600)
    failures: list[Failure | None] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/"
        thread = threading.Thread(target=lambda: failures.append(failure_on(line, url)))
        thread.start()
        connection, _ = silent.accept()
        line.cut_off()
        thread.join(60)
        connection.close()
    assert len(failures) == 1 and failures[0] is not None


def test_no_other_attempt_is_made_on_a_line_that_was_cut() -> None:
    line = Line(time.monotonic() + 600)
    with wire(Step(ok(b"", "Retry-After: 500", status="503 later")), GOOD) as server:
        failures: list[Failure | None] = []
        thread = threading.Thread(target=lambda: failures.append(failure_on(line, server.url)))
        thread.start()
        while not server.requests:
            time.sleep(0.01)
        line.cut_off()
        thread.join(60)
        assert len(server.requests) == 1
    # The cut may come before the reply, while it is read, or behind it.
    assert failures in ([Failure.TIMEOUT], [Failure.UNREACHABLE], [Failure.HTTP_STATUS])


def test_an_address_that_swallows_everything_leaves_time_for_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_exchange, "_CONNECT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, wire(GOOD) as server:
        # a backlog that is full lets no connection be made and refuses none
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        addresses = [("127.0.0.1", full.getsockname()[1]), ("127.0.0.1", server.port)]
        rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
        assert get(server.url) == b"good"
        for one in waiting:
            one.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%lo",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
    ],
)
def test_a_request_for_public_machines_goes_to_no_other(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connected"))
    assert failure_of("http://crl.example/", is_public=True).failure is Failure.NOT_PUBLIC


@pytest.mark.parametrize("address", ["93.184.215.14", "198.18.0.7", "2606:2800:21f::1"])
def test_a_public_address_is_connected_to_as_it_was_judged(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    private = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    rows = [private, (family, socket.SOCK_STREAM, 6, "", (address, 80))]
    connected: list[str] = []

    def connect(_: socket.socket, to: tuple[str, int]) -> None:
        connected.append(to[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(http_exchange, "PAUSES_S", ())
    assert failure_of("http://crl.example/", is_public=True).failure is Failure.UNREACHABLE
    assert connected == [address]


def work(*, result: str, release: threading.Event | None = None) -> Callable[[Line], str]:
    def run(line: Line) -> str:
        if release:
            release.wait()
        return result

    return run


def test_results_come_in_the_order_of_the_works() -> None:
    release = threading.Event()

    def second(line: Line) -> str:
        release.set()
        return "second"

    assert in_parallel([work(result="first", release=release), second], deadline_s=10) == [
        "first",
        "second",
    ]


def test_once_one_is_enough_the_others_are_waited_for_only_a_little() -> None:
    never = threading.Event()
    works = [work(result="good"), work(result="late", release=never), work(result="bad")]
    found = in_parallel(works, deadline_s=600, is_enough=lambda r: r == "good", grace_s=0.2)
    never.set()
    assert found == ["good", None, "bad"]


def test_what_is_not_enough_lets_the_others_have_all_their_time() -> None:
    release = threading.Event()

    def bad(line: Line) -> str:
        release.set()
        return "bad"

    works = [bad, work(result="good", release=release)]
    found = in_parallel(works, deadline_s=600, is_enough=lambda r: r == "good", grace_s=0)
    assert found == ["bad", "good"]


def test_no_work_gives_no_result() -> None:
    assert in_parallel([], deadline_s=0) == []


@pytest.mark.parametrize(
    ("url", "is_right"),
    [
        ("http://crl.example/a.crl", True),
        ("http://crl.example:80/a.crl?x=1", True),
        ("http://[::1]:8080/", True),
        ("https://crl.example/", False),
        ("ldap://crl.example/", False),
        ("http://user@crl.example/", False),
        ("http://crl.example:0/", False),
        ("http://crl.example:x/", False),
        ("http:///a.crl", False),
        ("http://crl.example/a b", False),
        ("http://crl.example/\n", False),
        ("http://例子/", False),
        ("http://[::1/", False),
        ("", False),
    ],
)
def test_only_a_plain_address_is_split(url: str, is_right: bool) -> None:
    assert (split_url(url, ("http",)) is not None) == is_right
