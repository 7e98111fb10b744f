"""What is recorded of machine and connection; what names them only where the user was shown it."""

import subprocess
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from evidence_kit import __version__
from evidence_kit.bundle.environment import (
    EnvironmentBrowser,
    EnvironmentConnection,
    EnvironmentLine,
    EnvironmentRecord,
    EnvironmentSoftware,
    EnvironmentTls,
)
from evidence_kit.bundle.tags import encode_json
from evidence_kit.capture.request import Disclosed
from evidence_kit.capture.traffic import Answer
from evidence_kit.crypto.digest import sha256_hex, sha256_of_file
from evidence_kit.model import Browser
from evidence_kit.settings import platform_family

_FONT_LIST_S = 5.0


Profile = Literal["empty", "session", "attached"]
_PROFILES: dict[Profile, str] = {
    "empty": "empty",
    "session": "empty but for a saved session",
    "attached": "attached: the user's own browser and profile, extensions not excluded",
}


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a capture ran in."""

    browser: Browser
    browser_source: str
    is_headless: bool
    has_sandbox: bool | None
    """None where the user started the browser."""
    profile: Profile
    device: str | None
    """What the browser pretended to be; None where it said what it is."""
    is_automated: bool | None
    """navigator.webdriver as the page could read it; None where it was not asked."""
    answer: Answer | None
    chain_der: tuple[bytes, ...]
    """The certificates that the site showed, its own first."""
    proxy_in_use: bool | None
    hosts_entry_for_site: bool | None
    disclosed: Disclosed | None = None
    """What the user agreed to have recorded of the machine and himself."""
    lines: tuple[EnvironmentLine, ...] = ()


def to_json(seen: Surroundings) -> bytes:
    """environment.json, UTF-8, with a final newline."""
    answer, claims = seen.answer, seen.disclosed or Disclosed()
    record = EnvironmentRecord(
        level="full" if seen.disclosed else "minimal",
        software=EnvironmentSoftware(
            name="evidence-kit",
            version=__version__,
            playwright=_version_of("playwright"),
            platform=platform_family(),
        ),
        browser=EnvironmentBrowser(
            name=seen.browser.name,
            version=seen.browser.version,
            sha256=seen.browser.sha256,
            source=seen.browser_source,
            headless=seen.is_headless,
            sandbox=seen.has_sandbox,
            profile=_PROFILES[seen.profile],
            webdriver=seen.is_automated,
            presented_as="phone" if seen.device == "mobile" else None,
            user_agent=answer.user_agent if answer else None,
        ),
        connection=EnvironmentConnection(
            server_ip=answer.server_ip if answer else None,
            protocol=answer.protocol if answer else None,
            tls=_tls(answer, seen.chain_der),
            clock_offset_ms=answer.clock_offset_ms if answer else None,
        ),
        proxy_in_use=seen.proxy_in_use,
        hosts_entry_for_site=seen.hosts_entry_for_site,
        lines=seen.lines,
        operator_claimed=claims.operator_claimed,
        place_claimed=claims.place_claimed,
        device_claimed=claims.device_claimed,
        reason_claimed=claims.reason_claimed,
    )
    return encode_json(record)


def digest_of(path: str) -> str | None:
    """SHA-256 of a program; None where it can't be read."""
    try:
        return sha256_of_file(Path(path))
    except OSError:
        return None


def is_proxied(url: str) -> bool | None:
    """Whether this machine's settings send requests for the address through a proxy.

    A proxy makes `server_ip` the proxy's. Chromium itself never uses one for loopback.
    """
    # reads settings only, asks nobody
    from urllib.request import getproxies, proxy_bypass  # noqa: TID251

    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "localhost" or host.endswith(".localhost") or host.startswith("127."):
        return False
    proxies = getproxies()
    is_set = parts.scheme in proxies or "all" in proxies
    return is_set and not proxy_bypass(host)


def hosts_path(platform: str = sys.platform) -> Path:
    """Where the system keeps its hosts file."""
    windows = Path("C:/Windows/System32/drivers/etc/hosts")
    return windows if platform == "win32" else Path("/etc/hosts")


def hosts_entries(text: str, url: str) -> tuple[str, ...]:
    """The lines of a hosts file that name the site, comments left out."""
    host = urlsplit(url).hostname or ""
    plain = (line.split("#", 1)[0].split() for line in text.splitlines())
    return tuple(" ".join(words) for words in plain if host in map(str.lower, words[1:]))


def has_hosts_entry(url: str, hosts_file: Path | None = None) -> bool | None:
    """Whether the machine's hosts file names the site; None where it can't be read."""
    try:
        text = (hosts_file or hosts_path()).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return bool(hosts_entries(text, url))


def cjk_font_present() -> bool | None:
    """Whether Chinese text can be drawn; None where fontconfig is not there to be asked."""
    if sys.platform in ("win32", "darwin"):
        return True  # both come with Chinese fonts in every edition
    try:
        listed = subprocess.run(
            ["fc-list", ":lang=zh", "family"],
            capture_output=True,
            timeout=_FONT_LIST_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return bool(listed.stdout.strip())


def _tls(answer: Answer | None, chain_der: tuple[bytes, ...]) -> EnvironmentTls | None:
    if answer is None or answer.tls is None:
        return None
    told = answer.tls
    return EnvironmentTls(
        protocol=told.get("protocol"),
        key_exchange=told.get("keyExchangeGroup") or told.get("keyExchange"),
        cipher=told.get("cipher"),
        subject=told.get("subjectName"),
        issuer=told.get("issuer"),
        valid_from_s=told.get("validFrom"),
        valid_to_s=told.get("validTo"),
        certificate_sha256=sha256_hex(chain_der[0]) if chain_der else None,
    )


def _version_of(distribution: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"
