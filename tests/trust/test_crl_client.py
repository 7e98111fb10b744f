import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence_kit import messages
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.pem import MAX_CRL_BYTES
from evidence_kit.crypto.tsp import verify_token
from evidence_kit.crypto.x509 import crl_urls
from evidence_kit.trust import http_exchange
from evidence_kit.trust.anchors import Endpoint, anchors_from_pem
from evidence_kit.trust.crl_client import CrlReply, fetch_crls
from evidence_kit.trust.tsa_client import request_tokens
from fixtures.tsa import Pki, Profile, Revoked, Transport, Tsa, build_crl, running_tsa
from tests.trust.wire import Step, closed_port, ok, wire

LOOPBACK = ("127.0.0.1",)
REVOKED_AT = datetime(2026, 5, 1, tzinfo=UTC)
PEM_HEAD = b"-----BEGIN X509 CRL-----\n"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_exchange, "PAUSES_S", (0.01, 0.02))


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Certificates that no server is asked about."""
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def own_tsa() -> Iterator[Tsa]:
    """An authority for one test, which may publish lists."""
    with running_tsa() as own:
        yield own


def chain(tsa: Tsa, leaf: str = "good") -> list[bytes]:
    return [one.certificate_der() for one in tsa.authority.pki.chain(leaf)]


def pair(pki: Pki, *urls: str) -> list[bytes]:
    """A leaf that names these places, and its issuer."""
    leaf = pki.add_leaf("named", Profile(crl_urls=urls))
    return [leaf.certificate_der(), pki.issuers["ca"].certificate_der()]


def reply_for(pki: Pki, *urls: str, own_hosts: tuple[str, ...] = LOOPBACK) -> CrlReply:
    (reply,) = fetch_crls([pair(pki, *urls)], own_hosts=own_hosts)
    return reply


def error_of(reply: CrlReply) -> str | None:
    assert reply.crl is None
    assert reply.error_params["url"] == reply.url
    words = messages.ERRORS[str(reply.error)]
    assert words.text.format_map(reply.error_params) and words.hint.format_map(reply.error_params)
    return reply.error


def test_each_certificate_but_the_root_gets_its_issuer_s_list(own_tsa: Tsa, tmp_path: Path) -> None:
    asked = request_tokens([Endpoint(id="own", url=own_tsa.url)], b"data")
    anchors = anchors_from_pem(own_tsa.root_pem)
    token = verify_token(asked[0].tsr or b"", b"data", anchors=anchors)
    replies = fetch_crls([token.chain_der], own_hosts=LOOPBACK)
    assert [(r.certificate_sha256, r.url, r.error) for r in replies] == [
        (sha256_hex(token.chain_der[0]), own_tsa.url + "crl/ca.crl", None),
        (sha256_hex(token.chain_der[1]), own_tsa.url + "crl/root.crl", None),
    ]
    for reply, issuer in zip(
        replies, (own_tsa.authority.pki.chain_pem, own_tsa.root_pem), strict=True
    ):
        assert reply.crl is not None and reply.elapsed_s > 0
        (tmp_path / "crl").write_bytes(reply.crl)
        command = ["openssl", "crl", "-inform", "DER", "-in", str(tmp_path / "crl"), "-noout"]
        done = subprocess.run(
            [*command, "-verify", "-CAfile", str(issuer)], capture_output=True, text=True
        )
        assert "verify OK" in done.stderr


def test_certificate_in_two_chains_is_asked_for_once(own_tsa: Tsa) -> None:
    chains = [chain(own_tsa), chain(own_tsa, "expired"), chain(own_tsa)]
    replies = fetch_crls(chains, own_hosts=LOOPBACK)
    assert [reply.url.rsplit("/", 1)[1] for reply in replies] == ["ca.crl", "root.crl", "ca.crl"]
    assert sorted(own_tsa.crl_requests) == ["ca", "ca", "root"]


def test_list_on_which_the_certificate_stands_is_given_as_it_is(own_tsa: Tsa) -> None:
    pki = own_tsa.authority.pki
    revoked = Revoked(serial=pki.serial("good"), at=REVOKED_AT, reason="key_compromise")
    crl = build_crl(pki.issuers["ca"], revoked=[revoked])
    own_tsa.publish("ca", crl)
    leaf, _ = fetch_crls([chain(own_tsa)], own_hosts=LOOPBACK)
    assert leaf.crl == crl


def test_no_chain_and_a_root_alone_need_no_list(own_tsa: Tsa) -> None:
    assert fetch_crls([]) == ()
    assert fetch_crls([chain(own_tsa)[-1:], []], own_hosts=LOOPBACK) == ()
    assert own_tsa.crl_requests == ()


@pytest.mark.parametrize(
    ("transport", "error"),
    [
        (Transport(status=500), "crl.http_status"),
        (Transport(status=404), "crl.http_status"),
        (Transport(status=302, location="/crl/root.crl"), "crl.http_status"),
        (Transport(cut_at=100), "crl.cut_short"),
        (Transport(body=b""), "crl.rejected"),
        (Transport(body=b"\x30\x82junk"), "crl.rejected"),
        (Transport(body=b"<!doctype html>"), "crl.rejected"),
        (Transport(body=PEM_HEAD), "crl.pem"),
        (Transport(never_answers=True), "crl.timeout"),
        (Transport(pause_s=0.2), "crl.timeout"),
    ],
)
def test_list_that_does_not_come_is_told_and_harms_no_other(
    own_tsa: Tsa, transport: Transport, error: str
) -> None:
    own_tsa.publish("ca", transport=transport)
    deadline_s = 2 if error == "crl.timeout" else 60
    leaf, intermediate = fetch_crls([chain(own_tsa)], own_hosts=LOOPBACK, deadline_s=deadline_s)
    assert error_of(leaf) == error
    assert intermediate.crl is not None


def test_redirect_is_not_followed(own_tsa: Tsa) -> None:
    own_tsa.publish("ca", transport=Transport(status=302, location="/crl/root.crl"))
    fetch_crls([chain(own_tsa)[:2]], own_hosts=LOOPBACK)
    assert own_tsa.crl_requests == ("ca",)


def test_list_beyond_the_limit_is_not_read(pki: Pki) -> None:
    declared = f"HTTP/1.1 200 OK\r\nContent-Length: {MAX_CRL_BYTES + 1}\r\n\r\n".encode()
    with wire(Step(declared, then="hang")) as server:
        assert error_of(reply_for(pki, server.url)) == "crl.too_large"


@pytest.mark.parametrize(
    ("made", "error", "reason"),
    [
        (lambda pki: build_crl(pki.issuers["root"]), "crl.other", None),
        (
            lambda pki: build_crl(pki.issuers["ca"], signer=pki.issuers["root"]),
            "crl.rejected",
            "crl.signature",
        ),
        (
            lambda pki: build_crl(pki.issuers["ca"], digest="sha1"),
            "crl.rejected",
            "crl.unsupported",
        ),
        (lambda pki: build_crl(pki.issuers["ca"], delta_of=1), "crl.rejected", "crl.unsupported"),
        (
            lambda pki: build_crl(pki.issuers["ca"], scope={"only_contains_ca_certs": True}),
            "crl.other",
            None,
        ),
    ],
    ids=["other-issuer", "other-signer", "sha1", "delta", "other-certificates"],
)
def test_list_that_does_not_speak_of_the_certificate_is_not_taken(
    pki: Pki, made: Callable[[Pki], bytes], error: str, reason: str | None
) -> None:
    with wire(Step(ok(made(pki)))) as server:
        reply = reply_for(pki, server.url)
    assert (error_of(reply), reply.error_params.get("reason")) == (error, reason)


def test_places_are_tried_in_their_order_until_one_serves(pki: Pki) -> None:
    crl = build_crl(pki.issuers["ca"])
    nobody = f"http://127.0.0.1:{closed_port()}/"
    with wire(Step(ok(b"junk"))) as broken, wire(Step(ok(crl))) as server:
        reply = reply_for(pki, "ldap://127.0.0.1/", nobody, broken.url, server.url)
    assert (reply.crl, reply.url) == (crl, server.url)


def test_trouble_that_passes_costs_no_list(pki: Pki) -> None:
    crl = build_crl(pki.issuers["ca"])
    steps = (Step(b"", then="reset"), Step(ok(b"", status="503 later")), Step(ok(crl)))
    with wire(*steps) as server:
        assert reply_for(pki, server.url).crl == crl
        assert server.requests[0].startswith(b"GET /path?x=1 HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "urls", [(), ("https://crl.example/ca.crl",), ("ldap://crl.example/", "ftp://crl.example/")]
)
def test_certificate_without_a_place_that_is_asked_is_told(pki: Pki, urls: tuple[str, ...]) -> None:
    reply = reply_for(pki, *urls)
    assert (error_of(reply), reply.url) == ("crl.no_address", "")


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1/ca.crl", "crl.not_public"),
        ("http://localhost:80/ca.crl", "crl.not_public"),
        ("http://[::1]/ca.crl", "crl.not_public"),
        ("http://192.168.0.1/ca.crl", "crl.not_public"),
        ("http://crl.example:22/ca.crl", "crl.address"),
        ("http://user:secret@crl.example/ca.crl", "crl.address"),
        ("http://crl.example/a b", "crl.address"),
        ("http:///ca.crl", "crl.address"),
    ],
)
def test_certificate_does_not_lead_into_a_private_network(pki: Pki, url: str, error: str) -> None:
    assert error_of(reply_for(pki, url, own_hosts=())) == error


def test_host_that_the_user_named_may_be_private_and_at_any_port(pki: Pki) -> None:
    crl = build_crl(pki.issuers["ca"])
    with wire(Step(ok(crl))) as server:
        assert error_of(reply_for(pki, server.url, own_hosts=())) == "crl.address"
        assert server.requests == []
        assert reply_for(pki, server.url, own_hosts=LOOPBACK).crl == crl


def test_places_of_a_certificate_are_few_and_each_once(pki: Pki) -> None:
    urls = [f"http://crl{n}.example/" for n in range(9)]
    assert crl_urls(pair(pki, *urls)[0]) == tuple(urls[:4])
    assert crl_urls(pair(pki, urls[0], urls[0], "HTTP://X.example/")[0]) == (
        urls[0],
        "HTTP://X.example/",
    )


def test_certificate_that_can_not_be_read_names_no_place() -> None:
    assert crl_urls(b"\x30\x03\x02\x01\x01") == ()
    (reply,) = fetch_crls([[b"junk", b"junk too"]])
    assert error_of(reply) == "crl.no_address"
