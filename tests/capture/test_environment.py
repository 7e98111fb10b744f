"""The lines of a full environment record: each one where it passes and where it does not."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from evidence_kit.bundle.environment import EnvironmentLine, decode_environment
from evidence_kit.capture import machine, site_lines
from evidence_kit.capture.environment import Surroundings
from evidence_kit.capture.machine import Machine, machine_lines
from evidence_kit.capture.request import Disclosed
from evidence_kit.capture.traffic import Answer
from evidence_kit.model import Browser
from evidence_kit.report import Fault
from fixtures.shop import Shop, running_shop
from fixtures.shop.browser import trusting_browser
from tests.capture.conftest import Capturing
from tests.crypto.site import NOW, chain_of

URL = "https://shop.example/order/1"
AGENT = "Mozilla/5.0 Chrome/131.0.0.0 Safari/537.36"
ANSWER = Answer(
    status=200,
    server_ip="192.0.2.7",
    protocol="h2",
    tls={"issuer": "Test"},
    user_agent=AGENT,
    clock_offset_ms=-400,
)
SEEN = Surroundings(
    browser=Browser(name="Chromium", version="131.0.6778.1", sha256="0" * 64),
    browser_source="system",
    is_headless=True,
    has_sandbox=True,
    profile="empty",
    device=None,
    is_automated=False,
    answer=ANSWER,
    chain_der=chain_of("shop.example"),
    proxy_in_use=False,
    hosts_entry_for_site=False,
)


def judged(line: EnvironmentLine) -> tuple[str, tuple[str, ...]]:
    return line.result, line.reasons


def seen(**changes: object) -> Surroundings:
    return msgspec.structs.replace(SEEN, **changes)


def answered(**changes: object) -> Surroundings:
    return seen(answer=msgspec.structs.replace(ANSWER, **changes))


PASSED: tuple[str, tuple[str, ...]] = ("pass", ())


def test_hosts_file_that_names_the_site_fails_with_its_entries_and_no_others(
    tmp_path: Path,
) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost nas.private\n", encoding="utf-8")
    assert judged(machine.hosts_line(hosts, URL)) == PASSED
    hosts.write_text("127.0.0.1 nas.private\n192.0.2.9 SHOP.example # x\n", encoding="utf-8")
    line = machine.hosts_line(hosts, URL)
    assert judged(line) == ("fail", ("hosts.entry",))
    assert line.seen["entries"] == "192.0.2.9 SHOP.example"
    assert "nas.private" not in str(line)
    assert judged(machine.hosts_line(tmp_path / "none", URL)) == ("not_checked", ("unreadable",))


def test_proxy_is_told_without_its_password() -> None:
    assert judged(machine.proxy_line({}, False)) == PASSED
    line = machine.proxy_line({"http": "http://ahe:geheim@proxy.example:8080/x"}, True)
    assert judged(line) == ("fail", ("proxy.set",))
    assert line.seen == {"proxies": "http: http://proxy.example:8080"}
    bare = machine.proxy_line({"https": "ahe:ge@heim@proxy.example:1"}, True)
    assert bare.seen == {"proxies": "https: proxy.example:1"}


@pytest.mark.parametrize(
    ("system", "interfaces", "expected"),
    [
        ("linux", {"lo": 772, "eth0": 1}, PASSED),
        ("linux", {"eth0": 1, "anything": 65534}, ("fail", ("tunnel.up",))),
        ("linux", {"eth0": 1, "tap0": 1}, ("fail", ("tunnel.up",))),
        ("darwin", {"en0": None, "utun0": None}, ("not_checked", ("tunnel.names",))),
        ("darwin", {"ppp0": None}, ("fail", ("tunnel.up",))),
        ("win32", {"ethernet_32769": None}, ("not_checked", ("tunnel.names",))),
        ("win32", {"ppp_1": None}, ("fail", ("tunnel.up",))),
        ("linux", None, ("not_checked", ("unreadable",))),
    ],
)
def test_tunnel_that_is_up_fails(
    system: str, interfaces: dict[str, int | None] | None, expected: tuple[str, tuple[str, ...]]
) -> None:
    assert judged(machine.tunnel_line(system, interfaces)) == expected


def test_name_servers_are_told(tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    path.write_text("# x\nnameserver 192.0.2.53\n", encoding="utf-8")
    assert machine.resolver_line("linux", path).seen["servers"] == "192.0.2.53"
    assert judged(machine.resolver_line("darwin", path)) == PASSED
    path.write_text("search example\n", encoding="utf-8")
    assert judged(machine.resolver_line("linux", path)) == ("fail", ("resolver.none",))
    assert judged(machine.resolver_line("win32", path)) == ("not_checked", ("system.unknown",))
    missing = machine.resolver_line("linux", tmp_path / "none")
    assert judged(missing) == ("not_checked", ("unreadable",))


def test_changed_file_of_the_software_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"a")
    (tmp_path / "b.py").write_bytes(b"b")
    whole = machine.software_line(tmp_path, {})
    assert judged(whole) == ("not_checked", ("software.checkout",))
    noted = {
        "a.py": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        "b.py": "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d",
    }
    assert judged(machine.software_line(tmp_path, noted)) == PASSED
    (tmp_path / "b.py").write_bytes(b"c")
    line = machine.software_line(tmp_path, noted)
    assert judged(line) == ("fail", ("software.changed",))
    assert line.seen["changed"] == "b.py"


def test_system_is_told_and_no_user() -> None:
    line = machine.system_line()
    assert judged(line) == PASSED
    assert set(line.seen) == {"system", "machine_name", "python"}


def test_browser_that_tells_another_version_fails() -> None:
    assert judged(site_lines.browser_line(SEEN)) == PASSED
    other = answered(user_agent="Mozilla/5.0 Chrome/120.0.0.0")
    assert judged(site_lines.browser_line(other)) == ("fail", ("browser.version",))
    unread = seen(browser=msgspec.structs.replace(SEEN.browser, sha256=None))
    assert judged(site_lines.browser_line(unread)) == ("not_checked", ("unreadable",))
    assert judged(site_lines.browser_line(seen(answer=None))) == ("not_checked", ("no_answer",))


def test_users_own_browser_has_no_fresh_profile() -> None:
    own = seen(profile="attached")
    assert judged(site_lines.profile_line(SEEN)) == PASSED
    assert judged(site_lines.profile_line(seen(profile="session"))) == (
        "pass",
        ("profile.session",),
    )
    assert judged(site_lines.profile_line(own)) == ("fail", ("profile.own",))
    assert judged(site_lines.extensions_line(SEEN)) == PASSED
    assert judged(site_lines.extensions_line(own)) == ("not_checked", ("profile.own",))


def test_what_a_site_can_tell_of_the_browser_fails() -> None:
    assert judged(site_lines.webdriver_line(SEEN)) == PASSED
    assert judged(site_lines.webdriver_line(seen(is_automated=True))) == ("fail", ("webdriver",))
    unasked = site_lines.webdriver_line(seen(is_automated=None))
    assert judged(unasked) == ("not_checked", ("no_answer",))
    assert judged(site_lines.headless_line(SEEN)) == PASSED
    told = answered(user_agent="HeadlessChrome/131.0.0.0")
    assert judged(site_lines.headless_line(told)) == ("fail", ("headless",))


def test_address_is_compared_with_the_systems_answer() -> None:
    def asked(told: Surroundings, url: str, *found: str) -> tuple[str, tuple[str, ...]]:
        return judged(site_lines.address_line(told, url, lambda host: found or None))

    assert asked(SEEN, URL, "192.0.2.7", "192.0.2.8") == PASSED
    assert asked(SEEN, URL, "192.0.2.8") == ("fail", ("address.other",))
    assert asked(SEEN, URL) == ("not_checked", ("resolver.silent",))
    literal = "https://192.0.2.7/"
    assert asked(SEEN, literal, "192.0.2.7") == ("not_checked", ("address.literal",))
    assert asked(answered(server_ip=None), URL) == ("not_checked", ("no_answer",))


def test_name_behind_a_proxy_is_asked_of_nobody() -> None:
    def refuse(host: str) -> tuple[str, ...] | None:
        raise AssertionError(host)

    line = site_lines.address_line(seen(proxy_in_use=True), URL, refuse)
    assert judged(line) == ("not_checked", ("proxy.set",))


def test_certificates_are_examined() -> None:
    assert judged(site_lines.tls_line(SEEN, URL, NOW)) == PASSED
    other = site_lines.tls_line(SEEN, "https://other.example/", NOW)
    assert judged(other) == ("fail", ("tls.host",))
    assert judged(site_lines.tls_line(answered(tls=None), URL, NOW)) == ("fail", ("tls.none",))
    late = site_lines.tls_line(SEEN, URL, datetime(2048, 1, 1, tzinfo=UTC))
    assert judged(late) == ("fail", ("tls.expired",))


def test_clock_that_is_off_fails() -> None:
    line = site_lines.clock_line("clock_site", -400, "clock.no_date")
    assert judged(line) == PASSED
    assert line.seen == {"offset_s": "-0.4"}
    skewed = site_lines.clock_line("clock_site", 3_600_000, "clock.no_date")
    assert judged(skewed) == ("fail", ("clock.off",))
    none = site_lines.clock_line("clock_authority", None, "clock.no_authority")
    assert judged(none) == ("not_checked", ("clock.no_authority",))


def test_texts_of_lines_are_bounded_and_harmless() -> None:
    line = machine.make_line("x", {"entries": "\x1b[2J" + "a" * 9000})
    assert line.seen["entries"].startswith("%1B[2J")
    assert len(line.seen["entries"]) < 600


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_full_record_of_a_real_browser(capture: Capturing, tmp_path: Path, tls: bool) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n", encoding="utf-8")
    with running_shop(tls=tls) as shop:
        url = shop.order_url.replace("127.0.0.1", "localhost")
        lines = machine_lines(url, Machine(hosts_file=hosts))
        disclosed = Disclosed(lines=lines, operator_claimed="李某")
        options = {"browser_path": trusting_browser(tmp_path, shop)} if tls else {}
        with capture(
            url, disclosed=disclosed, before_navigation=lambda: 120_000, **options
        ) as captured:
            source = next(f.source for f in captured.record if "environment" in f.path)
            record = decode_environment(Path(source).read_bytes())
    found = {line.name: judged(line) for line in record.lines}
    assert record.level == "full"
    assert record.claims() == {"operator_claimed": "李某"}
    assert found["hosts_file"] == ("fail", ("hosts.entry",))
    assert found["clock_authority"] == ("fail", ("clock.off",))
    assert found["tls"] == (PASSED if tls else ("fail", ("tls.none",)))
    for name in ("address", "browser", "profile", "extensions", "clock_site"):
        assert found[name] == PASSED
    for name in ("antivirus", "device", "camera"):
        assert found[name] == ("not_checked", ("manual",))


def test_minimal_record_has_no_lines(capture: Capturing, shop: Shop) -> None:
    with capture(shop.order_url) as captured:
        source = next(f.source for f in captured.record if "environment" in f.path)
        record = decode_environment(Path(source).read_bytes())
    assert (record.level, record.lines, record.claims()) == ("minimal", (), {})


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[" * 50_000, b'{"level":"full"}', b"\xff", b'{"lines":[{}]}']
)
def test_record_from_elsewhere_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(Fault):
        decode_environment(content)
