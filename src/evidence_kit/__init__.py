"""Seal, time-stamp and verify the evidence of an online purchase dispute.

>>> from pathlib import Path
>>> import evidence_kit
>>> report = evidence_kit.verify_bundle(Path("order.evidence.zip"))  # doctest: +SKIP
>>> report.verdict, report.sealed_no_later_than  # doctest: +SKIP

All names below are imported when they are first used, so that importing the package is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_PLACES = {
    "ChatOptions": "actions.chats",
    "CaptureRequest": "capture.request",
    "EvidenceKitError": "errors",
    "Expectations": "checks.expectations",
    "Kit": "actions.kit",
    "Report": "report",
    "Sealed": "actions.seal",
    "add_files": "actions.add",
    "attach_manifest": "actions.attach",
    "capture_page": "actions.capture",
    "create_case": "actions.case",
    "hand_over": "actions.hand_over",
    "include_bundles": "actions.include",
    "load_expectations": "actions.verify",
    "log_event": "actions.log",
    "make_kit": "actions.kit",
    "open_bundle": "bundle.reader",
    "open_case": "actions.case",
    "open_chat": "actions.sealed_chat",
    "read_chat": "actions.chats",
    "renew": "actions.stamp",
    "share_bundle": "actions.share",
    "stamp": "actions.stamp",
    "verify_bundle": "actions.verify",
    "verify_case": "actions.verify",
}

if TYPE_CHECKING:
    from evidence_kit.actions.add import add_files
    from evidence_kit.actions.attach import attach_manifest
    from evidence_kit.actions.capture import capture_page
    from evidence_kit.actions.case import create_case, open_case
    from evidence_kit.actions.chats import ChatOptions, read_chat
    from evidence_kit.actions.hand_over import hand_over
    from evidence_kit.actions.include import include_bundles
    from evidence_kit.actions.kit import Kit, make_kit
    from evidence_kit.actions.log import log_event
    from evidence_kit.actions.seal import Sealed
    from evidence_kit.actions.sealed_chat import open_chat
    from evidence_kit.actions.share import share_bundle
    from evidence_kit.actions.stamp import renew, stamp
    from evidence_kit.actions.verify import load_expectations, verify_bundle, verify_case
    from evidence_kit.bundle.reader import open_bundle
    from evidence_kit.capture.request import CaptureRequest
    from evidence_kit.checks.expectations import Expectations
    from evidence_kit.errors import EvidenceKitError
    from evidence_kit.report import Report

__all__ = [
    "CaptureRequest",
    "ChatOptions",
    "EvidenceKitError",
    "Expectations",
    "Kit",
    "Report",
    "Sealed",
    "__version__",
    "add_files",
    "attach_manifest",
    "capture_page",
    "create_case",
    "hand_over",
    "include_bundles",
    "load_expectations",
    "log_event",
    "make_kit",
    "open_bundle",
    "open_case",
    "open_chat",
    "read_chat",
    "renew",
    "share_bundle",
    "stamp",
    "verify_bundle",
    "verify_case",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
