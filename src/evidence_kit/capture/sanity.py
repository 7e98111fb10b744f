"""Is this the page that was meant? Reasons to doubt it, from what was seen."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from evidence_kit.bundle.text import escape
from evidence_kit.capture.downloads import PAGE_DOWNLOAD, DownloadSeen
from evidence_kit.capture.look import Look
from evidence_kit.capture.popups import PopupSeen
from evidence_kit.capture.request import without_query
from evidence_kit.model import Observation

_NOTES = frozenset(
    {
        "browser.attached",
        "device.mobile",
        "dialog",
        "download.ignored",
        "download.kept",
        "picture.scaled",
        "popup",
        "popup.blocked",
        "popup.captured",
        "redirected",
        "region.captured",
        "scroll.inside",
    }
)
"""Worth knowing, but no reason to doubt the page."""
_LOGIN_PATH = re.compile(r"/(user)?(log|sign)[-_]?in(\.\w+)?(/|$)", re.IGNORECASE)
_LOGIN_HOST = re.compile(r"^(login|signin|passport|sso)\.")
_LOGIN_TEXT = re.compile(
    r"请先登录|登录后(才能|才可|方可|即可|可以?)?(查看|访问|继续|浏览)|扫码登录|登录(状态)?已?(过期|失效)"
    r"|(log|sign) ?in to (continue|view|see)|(session|login) (has )?(expired|timed out)",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"captcha|verify (that )?you are (a )?human|are you a robot|just a moment|access denied"
    r"|人机验证|安全验证|滑块|滑动验证|访问异常|异常访问|访问受限",
    re.IGNORECASE,
)
# Shops of card codes speak of these, too.
_CHALLENGE_OR_CODE = re.compile(r"验证码|verification code", re.IGNORECASE)
_CHALLENGE_FRAME = re.compile(r"captcha|challenges?[./]|turnstile|geetest", re.IGNORECASE)
_CHALLENGE_STATUS = frozenset({403, 405, 429, 503})
_SHORT = 400  # characters; a page this short that speaks of a login or challenge is one
_LONG = 2000  # characters; a longer page has a form for the login beside its content
_FLAT = 2.0  # standard deviation, of 255, below which a picture shows nothing
_FAINT = 0.01  # part of the picture; less is a logo or a wheel that turns
_SHADES = 8  # of 256, by which what belongs to the background may differ from it
_MAX_URLS = 20


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to judge a page by."""

    url: str
    final_url: str | None
    http_status: int | None
    text: str | None
    """The visible text; None where there is none to judge."""
    look: Look | None = None
    is_picture_flat: bool = False
    is_picture_faint: bool = False
    """There is a little in the picture, but too little for a page without any text."""
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
    unfinished: tuple[tuple[str, bool], ...] = ()
    """Addresses, and whether each is a part of the page (else a script asked for it)."""
    boxes: int = 0
    """How many boxes scroll by themselves."""
    is_attached: bool = False
    device: str | None = None
    """What the browser pretended to be."""
    picture_notes: tuple[Observation, ...] = ()
    """What is to be said of the pictures."""
    dialogs: tuple[tuple[str, str], ...] = ()
    popups: tuple[PopupSeen, ...] = ()
    blocked_popups: tuple[str, ...] = ()
    """Addresses without query."""
    downloads: tuple[DownloadSeen, ...] = ()


def judge(seen: Seen) -> tuple[Observation, ...]:
    """Everything to be said about a page, the gravest first."""
    return (*_on_loading(seen), *_on_content(seen), *_on_requests(seen), *_on_extras(seen))


def is_doubt(observation: Observation) -> bool:
    """Whether an observation makes one doubt that the page is the one meant, and whole."""
    if observation.code in ("requests.failed", "requests.unfinished"):
        # else an advertiser's, most likely; a stranger's bundle may not say
        return bool(observation.params.get("of_site", True))
    return observation.code not in _NOTES


def emptiness(picture: Path) -> tuple[bool, bool]:
    """Whether a picture shows next to nothing, and whether it shows little.

    Raises:
        OSError: it can't be read.
    """
    from PIL import Image, ImageStat

    with Image.open(picture) as image:
        pixels = image.convert("RGB")
    is_flat = max(ImageStat.Stat(pixels).stddev) < _FLAT
    shades = pixels.convert("L").histogram()
    background = max(range(256), key=shades.__getitem__)
    near = sum(shades[max(background - _SHADES, 0) : background + _SHADES + 1])
    return is_flat, near > (1 - _FAINT) * sum(shades)


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
    found += [_note("download", name=one.name) for one in seen.downloads if _is_page(one)]
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
    if _is_challenge(seen):
        found.append(_note("challenge"))
    if seen.is_picture_flat or (seen.is_picture_faint and not seen.text.strip()):
        found.append(_note("page.blank"))
    if seen.expect and not _shows_expected(seen):
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
    return moved or seen.http_status == 401 or _wants_login(seen)


def _wants_login(seen: Seen) -> bool:
    text, look = seen.text or "", seen.look
    if _shows_expected(seen):
        # the login page may name what comes after it, but then it shows little else
        return look is not None and (look.password_covers or (look.password and len(text) < _SHORT))
    if len(text) < _SHORT and _LOGIN_TEXT.search(text):
        return True
    if look is None:
        return False
    is_form = look.password or any(map(_login_address, look.frames))
    return look.password_covers or (is_form and len(text) < _LONG)


def _is_challenge(seen: Seen) -> bool:
    text = seen.text or ""
    is_refused = seen.http_status in _CHALLENGE_STATUS
    is_short = is_refused or len(text) < _SHORT
    if _CHALLENGE.search(text) and is_short:
        return True
    look = seen.look
    if look is None or _login_address(seen.url):
        return is_refused and bool(_CHALLENGE_OR_CODE.search(text))
    is_shown = look.captcha or any(map(_CHALLENGE_FRAME.search, look.frames))
    if _CHALLENGE_OR_CODE.search(text) and (is_refused or (is_short and is_shown)):
        return True
    return look.captcha_covers or (is_shown and is_short and not _shows_expected(seen))


def _shows_expected(seen: Seen) -> bool:
    if not seen.expect or seen.text is None:
        return False
    return seen.expect_elsewhere or shows(seen.text, seen.expect)


def _login_address(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_LOGIN_PATH.search(parts.path) or _LOGIN_HOST.search(parts.hostname or ""))


def _on_requests(seen: Seen) -> list[Observation]:
    failed = [(url, True) for url, _ in seen.failed]
    lists = (("requests.failed", failed), ("requests.unfinished", seen.unfinished))
    return [_of_requests(seen, code, requests) for code, requests in lists if requests]


def _of_requests(seen: Seen, code: str, requests: Sequence[tuple[str, bool]]) -> Observation:
    urls = dict(requests)
    site = urlsplit(seen.final_url or seen.url).netloc
    of_site = sum(is_part and urlsplit(url).netloc == site for url, is_part in urls.items())
    named = " ".join(list(urls)[:_MAX_URLS])
    return _note(code, count=len(urls), of_site=of_site, urls=named)


def _on_extras(seen: Seen) -> list[Observation]:
    found: list[Observation] = []
    if seen.final_url and urlsplit(seen.final_url).netloc != urlsplit(seen.url).netloc:
        found.append(_note("redirected", url=without_query(seen.final_url)))
    if seen.is_attached:
        found.append(_note("browser.attached"))
    if seen.device is not None:
        found.append(_note("device.mobile"))
    found += [_note(note.code, **note.params) for note in seen.picture_notes]
    if seen.boxes:
        found.append(_note("scroll.inside", count=seen.boxes))
    found += [_note("dialog", kind=kind, text=text) for kind, text in dict.fromkeys(seen.dialogs)]
    for popup in seen.popups:
        if popup.files:
            paths = " ".join(file.path for file in popup.files)
            found.append(_note("popup.captured", url=popup.url, paths=paths))
        else:
            found.append(_note("popup", url=popup.url))
    if seen.blocked_popups:
        urls = " ".join(seen.blocked_popups)
        found.append(_note("popup.blocked", count=len(seen.blocked_popups), urls=urls))
    for one in seen.downloads:
        if one.file is None:
            found.append(_note("download.ignored", name=one.name))
        elif not _is_page(one):
            found.append(_note("download.kept", name=one.name, path=one.file.path))
    return found


def _is_page(download: DownloadSeen) -> bool:
    """Whether the file came instead of a page."""
    return download.file is not None and download.file.path == PAGE_DOWNLOAD
