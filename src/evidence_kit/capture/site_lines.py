"""What a full record says of browser and connection, once the page has come."""

import base64
import contextlib
import queue
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from evidence_kit.bundle.environment import EnvironmentLine
from evidence_kit.capture.machine import make_line
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.site_chain import site_chain_faults

if TYPE_CHECKING:
    from evidence_kit.capture.environment import Surroundings
    from evidence_kit.capture.page import DrivenPage

_MAX_OFFSET_MS = 60_000
_RESOLVE_S = 3.0
_MANUAL = ("antivirus", "device", "camera")
Resolve = Callable[[str], tuple[str, ...] | None]
"""The addresses that the system's name service gives for a host; None where it gives none."""


def system_resolve(host: str) -> tuple[str, ...] | None:
    """Ask the system, which asks whom it is set to ask; waits 3 s at most."""
    answers: queue.SimpleQueue[tuple[str, ...] | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            answers.put(tuple(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError):
            answers.put(None)

    # a daemon: a name service that hangs must not keep the program alive
    threading.Thread(target=ask, daemon=True).start()
    with contextlib.suppress(queue.Empty):
        return answers.get(timeout=_RESOLVE_S)
    return None


async def site_certificates(page: "DrivenPage") -> tuple[bytes, ...]:
    """The certificates that the site showed in DER, its own first.

    Raises:
        Shortfall: the page gives no answer.
    """
    parts = urlsplit(page.page.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    chain = (await page.send("Network.getCertificate", origin=origin))["tableNames"]
    return tuple(map(base64.b64decode, chain))


def site_lines(
    seen: "Surroundings",
    url: str,
    *,
    at: datetime,
    authority_offset_ms: int | None,
    resolve: Resolve = system_resolve,
) -> tuple[EnvironmentLine, ...]:
    """The lines on browser, connection and clock, then what no program can look at.

    Args:
        url: where the page was in the end.
        at: the machine's clock, aware.
        authority_offset_ms: an authority's clock minus the machine's.
        resolve: asks for the page's own host and nothing else.
    """
    site_offset_ms = seen.answer.clock_offset_ms if seen.answer else None
    return (
        browser_line(seen),
        profile_line(seen),
        extensions_line(seen),
        webdriver_line(seen),
        headless_line(seen),
        address_line(seen, url, resolve),
        tls_line(seen, url, at),
        clock_line("clock_authority", authority_offset_ms, "clock.no_authority"),
        clock_line("clock_site", site_offset_ms, "clock.no_date"),
        *(make_line(name, {}, "not_checked", "manual") for name in _MANUAL),
    )


def browser_line(seen: "Surroundings") -> EnvironmentLine:
    """Version and digest of the browser, and whether it told the site the same version."""
    told = {"browser": f"{seen.browser.name} {seen.browser.version}"}
    if seen.browser.sha256 is None:
        return make_line("browser", told, "not_checked", "unreadable")
    told["sha256"] = seen.browser.sha256
    agent = seen.answer.user_agent if seen.answer else None
    if agent is None:
        return make_line("browser", told, "not_checked", "no_answer")
    told["user_agent"] = agent
    major = seen.browser.version.split(".")[0]
    is_same = f"Chrome/{major}." in agent
    return make_line("browser", told, *(() if is_same else ("fail", "browser.version")))


def profile_line(seen: "Surroundings") -> EnvironmentLine:
    """Whether the browser began with nothing of its own; a saved login is told."""
    if seen.profile == "attached":
        return make_line("profile", {}, "fail", "profile.own")
    reasons = ("profile.session",) if seen.profile == "session" else ()
    return make_line("profile", {}, "pass", *reasons)


def extensions_line(seen: "Surroundings") -> EnvironmentLine:
    """The kit starts its browser without any; another's was not looked into."""
    if seen.profile == "attached":
        return make_line("extensions", {}, "not_checked", "profile.own")
    return make_line("extensions", {})


def webdriver_line(seen: "Surroundings") -> EnvironmentLine:
    """Whether the page could read that a program drives the browser."""
    if seen.is_automated is None:
        return make_line("webdriver", {}, "not_checked", "no_answer")
    return make_line("webdriver", {}, *(("fail", "webdriver") if seen.is_automated else ()))


def headless_line(seen: "Surroundings") -> EnvironmentLine:
    """Whether the browser told the site that it shows no window."""
    agent = seen.answer.user_agent if seen.answer else None
    if agent is None:
        return make_line("headless", {}, "not_checked", "no_answer")
    reasons = ("fail", "headless") if "headless" in agent.lower() else ()
    return make_line("headless", {}, *reasons)


def address_line(seen: "Surroundings", url: str, resolve: Resolve) -> EnvironmentLine:
    """The address that the browser was connected to against the system's own answer."""
    host = urlsplit(url).hostname or ""
    server_ip = seen.answer.server_ip if seen.answer else None
    if server_ip is None:
        return make_line("address", {"host": host}, "not_checked", "no_answer")
    told = {"host": host, "server_ip": server_ip}
    if seen.proxy_in_use:  # the name is the proxy's to look up; asking would tell it to others
        return make_line("address", told, "not_checked", "proxy.set")
    with contextlib.suppress(ValueError):
        ip_address(host)
        return make_line("address", told, "not_checked", "address.literal")
    answers = resolve(host)
    if not answers:
        return make_line("address", told, "not_checked", "resolver.silent")
    told["answers"] = ", ".join(answers)
    reasons = () if server_ip in answers else ("fail", "address.other")
    return make_line("address", told, *reasons)


def tls_line(seen: "Surroundings", url: str, at: datetime) -> EnvironmentLine:
    """The site's certificates, examined here; that they are trusted is the browser's word."""
    if seen.answer is None:
        return make_line("tls", {}, "not_checked", "no_answer")
    if seen.answer.tls is None:
        return make_line("tls", {}, "fail", "tls.none")
    if not seen.chain_der:
        return make_line("tls", {}, "not_checked", "no_answer")
    told = {
        "sha256": sha256_hex(seen.chain_der[0]),
        "issuer": str(seen.answer.tls.get("issuer") or ""),
        "certificates": str(len(seen.chain_der)),
    }
    faults = site_chain_faults(seen.chain_der, urlsplit(url).hostname or "", at)
    return make_line("tls", told, *(("fail", *faults) if faults else ()))


def clock_line(name: str, offset_ms: int | None, why_not: str) -> EnvironmentLine:
    """The machine's clock against another one, which may be a minute away.

    Args:
        name: of the line.
        offset_ms: the other clock minus the machine's.
        why_not: the reason where there is none.
    """
    if offset_ms is None:
        return make_line(name, {}, "not_checked", why_not)
    told = {"offset_s": f"{round(offset_ms / 1000, 1) + 0.0:+.1f}"}
    return make_line(
        name, told, *(("fail", "clock.off") if abs(offset_ms) > _MAX_OFFSET_MS else ())
    )
