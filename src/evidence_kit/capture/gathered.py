"""What a trip to a page gathers, and what of it the sanity gate is to judge."""

import msgspec

from evidence_kit.capture import sanity
from evidence_kit.capture.artefacts import Artefacts
from evidence_kit.capture.downloads import DownloadSeen
from evidence_kit.capture.look import Look
from evidence_kit.capture.page import DrivenPage, Loading, Rest
from evidence_kit.capture.popups import PopupSeen
from evidence_kit.capture.request import CaptureRequest


class Gathered(msgspec.Struct, kw_only=True):
    """What one trip to a page gathers on its way, in the order in which it comes."""

    loading: Loading
    rest: Rest | None = None
    look: Look | None = None
    boxes: int = 0
    unfinished: tuple[tuple[str, bool], ...] = ()
    chain_der: tuple[bytes, ...] = ()
    expect_elsewhere: bool = False
    is_flat: bool = False
    is_faint: bool = False
    has_fonts: bool = True
    popups: tuple[PopupSeen, ...] = ()
    downloads: tuple[DownloadSeen, ...] = ()
    browser_sha256: str | None = None
    artefacts: Artefacts = Artefacts(files=(), missing=(), text=None, viewport_path=None)


def to_judge(
    gathered: Gathered, page: DrivenPage, request: CaptureRequest, final_url: str | None
) -> sanity.Seen:
    """What the sanity gate is given.

    Args:
        final_url: where the page stood at the end, without secrets; None where it showed nothing.
    """
    why = gathered.loading.reason
    answer = page.traffic.answer
    return sanity.Seen(
        url=request.url,
        final_url=final_url,
        http_status=answer.status if answer else None,
        text=gathered.artefacts.text,
        look=gathered.look,
        is_picture_flat=gathered.is_flat,
        is_picture_faint=gathered.is_faint,
        is_capped=gathered.rest is not None and gathered.rest.is_capped,
        is_document_cut=gathered.loading.has_document and not page.traffic.is_document_whole,
        is_timeout=why == "timeout",
        is_busy=gathered.rest is not None and not gathered.rest.is_quiet and why is None,
        has_stopped_script=page.has_stopped_script,
        has_fonts=gathered.has_fonts,
        error=why if why not in (None, "timeout", "cut", "download") else page.end,
        expect=request.expect,
        expect_elsewhere=gathered.expect_elsewhere,
        failed=tuple(page.traffic.failed),
        unfinished=gathered.unfinished,
        boxes=gathered.boxes,
        is_attached=request.attach is not None,
        device=request.device,
        picture_notes=gathered.artefacts.notes,
        dialogs=tuple(page.dialogs),
        popups=gathered.popups,
        blocked_popups=page.popups.blocked,
        downloads=gathered.downloads,
    )
