"""environment.json: what the kit saw of browser, connection and machine while it captured.

It is the software's own record and bears on no verdict.
"""

from typing import Literal

import msgspec

from evidence_kit.bundle import layout, tags

MAX_BYTES = 65_536
"""A longer file is none of the kit's, and is not read."""
MAX_LINES = 40
MAX_SEEN = 12
"""Of each line."""
Result = Literal["pass", "fail", "not_checked"]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the parts: immutable, unknown keys refused."""


class EnvironmentLine(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a court or notary asks to be looked at, and what was seen."""

    name: str
    """Key of its words in `messages.LINES`, such as "hosts_file"."""
    result: Result
    seen: dict[str, str] = {}
    """What was seen; the words of each key stand in `messages.SEEN`."""
    reasons: tuple[str, ...] = ()
    """Why it failed or was not checked, keys of `messages.REASONS`."""


class EnvironmentSoftware(_Part, frozen=True, kw_only=True):
    """What captured."""

    name: str
    version: str
    playwright: str
    """Version of the library that drives the browser; "unknown" where that can't be told."""
    platform: str
    """Family only: linux, macos, windows or other."""


class EnvironmentBrowser(_Part, frozen=True, kw_only=True):
    """The browser, and what a site could see of it."""

    name: str
    version: str
    sha256: str | None
    """Digest of its executable; None where that could not be read."""
    source: str
    """How it was found: given, system, playwright or attached."""
    headless: bool
    """Whether it showed no window."""
    sandbox: bool | None
    """None where the user started the browser."""
    profile: str
    """In words: empty, empty but for a saved session, or the user's own."""
    webdriver: bool | None
    """navigator.webdriver as the page could read it; None where it was not asked."""
    presented_as: str | None
    """Phone where the browser was made to look like one; null where it was not."""
    user_agent: str | None


class EnvironmentTls(_Part, frozen=True, kw_only=True):
    """How the connection was encrypted, as the browser tells it."""

    protocol: str | None
    key_exchange: str | None
    cipher: str | None
    subject: str | None
    issuer: str | None
    valid_from_s: float | None
    """Seconds since 1970, UTC."""
    valid_to_s: float | None
    """Seconds since 1970, UTC."""
    certificate_sha256: str | None
    """Of the site's own certificate, in DER."""


class EnvironmentConnection(_Part, frozen=True, kw_only=True):
    """The connection that the page itself came through."""

    server_ip: str | None
    """The proxy's, where one is in use."""
    protocol: str | None
    tls: EnvironmentTls | None
    """None where it was not encrypted, or no page came."""
    clock_offset_ms: int | None
    """The site's Date header minus the machine's clock; None where it sent none."""


class EnvironmentRecord(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """environment.json."""

    level: Literal["minimal", "full"]
    """Minimal holds nothing that names the machine or its user."""
    software: EnvironmentSoftware
    browser: EnvironmentBrowser
    connection: EnvironmentConnection
    proxy_in_use: bool | None
    hosts_entry_for_site: bool | None
    lines: tuple[EnvironmentLine, ...] = ()
    """Only where the user asked for a full record."""
    operator_claimed: str | None = None
    """Who captured, as the user says."""
    place_claimed: str | None = None
    device_claimed: str | None = None
    reason_claimed: str | None = None
    """Why it was captured, as the user says."""

    def claims(self) -> dict[str, str]:
        """What the user said, by the names of the fields; without what was left open."""
        values = {
            "operator_claimed": self.operator_claimed,
            "place_claimed": self.place_claimed,
            "device_claimed": self.device_claimed,
            "reason_claimed": self.reason_claimed,
        }
        return {name: value for name, value in values.items() if value}


def decode_environment(content: bytes) -> EnvironmentRecord:
    """environment.json, as it stands in a bundle from anywhere.

    Raises:
        Fault: "structure.*": it is not of its form; this is no fault of the bundle.
    """
    return tags.decode_json(content, EnvironmentRecord, path=layout.ENVIRONMENT)
