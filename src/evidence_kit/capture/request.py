"""What is asked of a capture, and what comes out of it."""

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from evidence_kit.bundle.environment import EnvironmentLine
from evidence_kit.bundle.text import escape, is_safe_text
from evidence_kit.capture.endpoints import endpoints
from evidence_kit.errors import UsageError
from evidence_kit.model import Browser, Captured, DraftFile, Viewport

PHONE = Viewport(width_px=412, height_px=839, scale_percent=300)
"""A phone of common size, in its browser."""
_MAX_SELECTOR = 500


class Disclosed(msgspec.Struct, frozen=True, kw_only=True):
    """What the user was shown and agreed to have sealed; `machine.machine_lines` reads it."""

    lines: tuple[EnvironmentLine, ...] = ()
    """What was read of the machine."""
    operator_claimed: str | None = None
    """Who captures, as the user says."""
    place_claimed: str | None = None
    device_claimed: str | None = None
    reason_claimed: str | None = None
    """What for, as the user says."""


class CaptureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One page, and how it is to be captured."""

    url: str
    """http or https, without a user name or password in it."""
    expect: str | None = None
    """Text that the page must show, such as the order's number."""
    timeout_s: float = 60
    """From the request for the page until it is at rest; writing the artefacts may take
    up to 7 s more."""
    login: bool = False
    """Open a visible window in which the user logs in first."""
    session_path: str | None = None
    """File with a session that was saved by `login`; None begins without cookies."""
    attach: str | None = None
    """Use the user's own running browser: "auto", its debugging port, an address of this
    machine, or the folder of its profile. Locale and time zone are then its own."""
    browser_path: str | None = None
    """None looks for a browser."""
    disclosed: "Disclosed | None" = None
    """What may be recorded of the machine and its user, who was shown it; None records
    nothing that names either."""
    keep_secrets: bool = False
    """Leave cookies, passwords and tokens in what is recorded."""
    pdf: bool = False
    region: str | None = None
    """A CSS selector; the first thing shown that it picks is pictured by itself, too."""
    device: Literal["mobile"] | None = None
    """What the browser presents itself as; None says what it is."""
    viewport: Viewport = Viewport(width_px=1280, height_px=900, scale_percent=100)
    locale: str = "zh-CN"
    """What the browser asks the site for; fixed, so that it says nothing of the machine."""
    time_zone: str = "Asia/Shanghai"
    quiet_ms: int = 1200
    """How long nothing may move or load before the page counts as at rest. Sites that wait
    a second before they load what was scrolled to are common, hence more than 1000."""

    @property
    def window(self) -> Viewport:
        """The viewport; where the browser presents itself as a phone, that of one."""
        return PHONE if self.device == "mobile" else self.viewport

    def check(self) -> None:
        """Refuse what can't be captured.

        Raises:
            UsageError: "capture.url" where the address is no plain web address;
                "capture.region" where the selector is empty, too long or unsafe;
                "attach.alone" where a login, session or device is named for the user's own
                browser; "attach.where" where that is none on this machine.
            CaptureError: "attach.no_port".
        """
        if self.attach is not None:
            if self.login or self.session_path or self.browser_path or self.device:
                raise UsageError("attach.alone")
            endpoints(self.attach)
        if self.region is not None and not _may_be_selector(self.region):
            raise UsageError("capture.region", selector=escape(self.region[:_MAX_SELECTOR]))
        try:
            parts = urlsplit(self.url)
            is_plain = bool(
                parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
            )
            parts.port  # noqa: B018  its property raises where the port is no number
        except ValueError:
            is_plain = False
        if not is_plain or " " in self.url or not is_safe_text(self.url):
            # the address may hold a password, so only what stands before it is repeated
            raise UsageError("capture.url", url=escape(self.url.split("@")[-1]))


def _may_be_selector(text: str) -> bool:
    return 0 < len(text.strip()) <= _MAX_SELECTOR and is_safe_text(text)


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """What a capture left in its folder."""

    origin: Captured
    files: tuple[DraftFile, ...]
    """What came of the page, under data/page/."""
    record: tuple[DraftFile, ...]
    """data/environment.json and data/steps.jsonl; there even when no page came."""
    browser: Browser
    is_complete: bool
    """Nothing is missing, and nothing makes one doubt that this is the page meant."""
    is_attempt: bool
    """Nothing of the page came: the item's kind is "attempt"."""


def without_query(url: str) -> str:
    """The address without query, fragment, user name and password, at most 300 characters.

    >>> without_query("https://user:word@shop.example/pay?token=1#top")
    'https://shop.example/pay'
    """
    if url.startswith(("data:", "blob:", "javascript:")):
        return url.split(":", 1)[0] + ":"
    head = url.split("#", 1)[0].split("?", 1)[0]
    scheme, separator, rest = head.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.split('@')[-1]}{slash}{path}"[:300]
