"""What is recorded of the machine and the connection; nothing that names machine or user."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from evidence_kit import __version__
from evidence_kit.capture.traffic import Answer
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

    level: str
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
    certificate_sha256: str | None
    """Of the leaf certificate in DER."""
    proxy_in_use: bool | None
    hosts_entry_for_site: bool | None


def to_json(seen: Surroundings) -> bytes:
    """environment.json, UTF-8, with a final newline."""
    answer = seen.answer
    content = {
        "level": seen.level,
        "software": {
            "name": "evidence-kit",
            "version": __version__,
            "playwright": _version_of("playwright"),
            "platform": platform_family(),
        },
        "browser": {
            **msgspec.to_builtins(seen.browser),
            "source": seen.browser_source,
            "headless": seen.is_headless,
            "sandbox": seen.has_sandbox,
            "profile": _PROFILES[seen.profile],
            "webdriver": seen.is_automated,
            "presented_as": "phone" if seen.device == "mobile" else None,
            "user_agent": answer.user_agent if answer else None,
        },
        "connection": {
            "server_ip": answer.server_ip if answer else None,
            "protocol": answer.protocol if answer else None,
            "tls": _tls(answer, seen.certificate_sha256),
            "clock_offset_ms": answer.clock_offset_ms if answer else None,
        },
        "proxy_in_use": seen.proxy_in_use,
        "hosts_entry_for_site": seen.hosts_entry_for_site,
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def digest_of(path: str) -> str | None:
    """SHA-256 of a program; None where it can't be read."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
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


def has_hosts_entry(url: str, hosts_file: Path | None = None) -> bool | None:
    """Whether the machine's hosts file names the site; None where it can't be read."""
    if hosts_file is None:
        windows = Path("C:/Windows/System32/drivers/etc/hosts")
        hosts_file = windows if sys.platform == "win32" else Path("/etc/hosts")
    try:
        text = hosts_file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    names = {
        name.lower() for line in text.splitlines() for name in line.split("#", 1)[0].split()[1:]
    }
    return (urlsplit(url).hostname or "") in names


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


def _tls(answer: Answer | None, certificate_sha256: str | None) -> dict[str, Any] | None:
    if answer is None or answer.tls is None:
        return None
    return {
        "protocol": answer.tls.get("protocol"),
        "key_exchange": answer.tls.get("keyExchangeGroup") or answer.tls.get("keyExchange"),
        "cipher": answer.tls.get("cipher"),
        "subject": answer.tls.get("subjectName"),
        "issuer": answer.tls.get("issuer"),
        "valid_from_s": answer.tls.get("validFrom"),
        "valid_to_s": answer.tls.get("validTo"),
        "certificate_sha256": certificate_sha256,
    }


def _version_of(distribution: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"
