"""Is this the page that was meant? Reasons to doubt it, from what was seen."""

import re
import unicodedata
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from evidence_kit.bundle.text import escape
from evidence_kit.capture.request import without_query
from evidence_kit.model import Observation

_NOTES = frozenset({"dialog", "popup", "redirected", "download.ignored"})
"""Worth knowing, but no reason to doubt the page."""
_LOGIN_PATH = re.compile(r"/(user)?(log|sign)[-_]?in(\.\w+)?(/|$)", re.IGNORECASE)
_LOGIN_HOST = re.compile(r"^(login|signin|passport|sso)\.")
_CHALLENGE = re.compile(
    r"captcha|verify (that )?you are (a )?human|are you a robot|just a moment|access denied"
    r"|验证码|人机验证|安全验证|滑块|滑动验证|访问异常|异常访问|访问受限",
    re.IGNORECASE,
)
_CHALLENGE_STATUS = frozenset({403, 405, 429, 503})
_CHALLENGE_TEXT = 400  # characters; a page this short that speaks of a challenge is one
_FLAT = 2.0  # standard deviation, of 255, below which a picture shows nothing
_MAX_URLS = 20


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to judge a page by."""

    url: str
    final_url: str | None
    http_status: int | None
    text: str | None
    """The visible text; None where there is none to judge."""
    has_password_field: bool = False
    is_picture_flat: bool = False
    is_capped: bool = False
    is_document_cut: bool = False
    is_timeout: bool = False
    is_busy: bool = False
    has_stopped_script: bool = False
    has_fonts: bool = True
    error: str | None = None
    """The browser's code where the page did not come, or what ended it."""
    expect: str | None = None
    expect_elsewhere: bool = False
    """Whether a frame shows what was expected."""
    failed: tuple[tuple[str, str], ...] = ()
    dialogs: tuple[tuple[str, str], ...] = ()
    popups: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    saved_download: str | None = None


def judge(seen: Seen) -> tuple[Observation, ...]:
    """Everything to be said about a page, the gravest first."""
    return (*_on_loading(seen), *_on_content(seen), *_on_requests(seen), *_on_extras(seen))


def is_doubt(observation: Observation) -> bool:
    """Whether an observation makes one doubt that the page is the one meant, and whole."""
    if observation.code == "requests.failed":
        # else an advertiser's, most likely; a stranger's bundle may not say
        return bool(observation.params.get("of_site", True))
    return observation.code not in _NOTES


def is_flat(picture: Path) -> bool:
    """Whether a picture shows next to nothing.

    Raises:
        OSError: it can't be read.
    """
    from PIL import Image, ImageStat

    with Image.open(picture) as image:
        return max(ImageStat.Stat(image.convert("RGB")).stddev) < _FLAT


def _note(code: str, **params: str | int) -> Observation:
    # a page's own words may hold control characters, which evidence.json must not
    safe = {
        key: escape(value) if isinstance(value, str) else value for key, value in params.items()
    }
    return Observation(code=code, params=safe)


def _on_loading(seen: Seen) -> list[Observation]:
    found: list[Observation] = []
    if seen.http_status is not None and seen.http_status >= 400:
        found.append(_note("http.status", status=seen.http_status))
    if seen.error and seen.error.startswith("net::ERR_CERT"):
        found.append(_note("certificate.error", error=seen.error))
    elif seen.error in ("crashed", "closed"):
        found.append(_note(f"page.{seen.error}"))
    elif seen.error:
        found.append(_note("network.error", error=seen.error))
    if seen.saved_download is not None:
        found.append(_note("download", name=seen.saved_download))
    if seen.is_timeout:
        found.append(_note("load.timeout"))
    if seen.is_document_cut:
        found.append(_note("load.partial"))
    if seen.has_stopped_script:
        found.append(_note("script.stopped"))
    if seen.is_busy:
        found.append(_note("load.restless"))
    return found


def _on_content(seen: Seen) -> list[Observation]:
    found: list[Observation] = []
    if seen.text is None:
        return found
    if _is_login(seen):
        found.append(_note("login.wall"))
    if _CHALLENGE.search(seen.text) and (
        seen.http_status in _CHALLENGE_STATUS or len(seen.text) < _CHALLENGE_TEXT
    ):
        found.append(_note("challenge"))
    if seen.is_picture_flat or not seen.text.strip():
        found.append(_note("page.blank"))
    if seen.expect and not seen.expect_elsewhere and not shows(seen.text, seen.expect):
        found.append(_note("expect.absent", text=seen.expect[:200]))
    if not seen.has_fonts and re.search(r"[\u3400-\u9fff]", seen.text):
        found.append(_note("font.missing"))
    if seen.is_capped:
        found.append(_note("scroll.capped"))
    return found


def shows(text: str, expected: str) -> bool:
    """Whether a text holds another, whatever the width of its characters and spaces."""

    def plain(value: str) -> str:
        return "".join(unicodedata.normalize("NFKC", value).split()).casefold()

    return plain(expected) in plain(text)


def _is_login(seen: Seen) -> bool:
    if _login_address(seen.url):
        return False
    moved = seen.final_url is not None and _login_address(seen.final_url)
    return moved or seen.has_password_field or seen.http_status == 401


def _login_address(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_LOGIN_PATH.search(parts.path) or _LOGIN_HOST.search(parts.hostname or ""))


def _on_requests(seen: Seen) -> list[Observation]:
    if not seen.failed:
        return []
    urls = list(dict.fromkeys(url for url, _ in seen.failed))
    site = urlsplit(seen.final_url or seen.url).netloc
    of_site = sum(urlsplit(url).netloc == site for url in urls)
    return [
        _note(
            "requests.failed",
            count=len(urls),
            of_site=of_site,
            urls=" ".join(urls[:_MAX_URLS]),
        )
    ]


def _on_extras(seen: Seen) -> list[Observation]:
    found: list[Observation] = []
    if seen.final_url and urlsplit(seen.final_url).netloc != urlsplit(seen.url).netloc:
        found.append(_note("redirected", url=without_query(seen.final_url)))
    found += [_note("dialog", kind=kind, text=text) for kind, text in seen.dialogs]
    found += [_note("popup", url=without_query(url)) for url in seen.popups]
    found += [_note("download.ignored", name=name) for name in seen.downloads]
    return found
