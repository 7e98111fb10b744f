"""Why a page can't be captured, and what to do next."""

from evidence_kit.i18n import mark
from evidence_kit.messages.message import Message

CAPTURE_ERRORS: dict[str, Message] = {
    "capture.browser_broken": Message(
        mark("the browser does not start or breaks off: {path}"),
        mark("start it once by hand, or name another one with --browser"),
    ),
    "capture.driver_broken": Message(
        mark("the program that drives the browser, a part of Playwright, does not start"),
        mark("see what it says above; on Debian install libatomic1, else reinstall playwright"),
    ),
    "capture.browser_missing": Message(
        mark("there is no browser at this path: {path}"),
        mark("check what --browser or EVIDENCE_KIT_BROWSER names"),
    ),
    "capture.no_browser": Message(
        mark("no browser was found on this machine"),
        mark("install Chrome, Edge or Chromium, or name one with --browser"),
    ),
    "capture.no_display": Message(
        mark("there is no screen to show the browser's window on: {path}"),
        mark("run this on a desktop, or leave --login out"),
    ),
    "capture.no_space": Message(
        mark("the disk has less than {needed_mib} MiB left: {path}"),
        mark("free some space, then capture again"),
    ),
    "capture.sandbox": Message(
        mark("the browser can't build its sandbox here: {path}"),
        mark("allow unprivileged user namespaces, or name another browser with --browser"),
    ),
    "capture.full_width": Message(
        mark("the address has full-width signs in it, as a Chinese keyboard types them: {url}"),
        mark("did you mean {suggestion}?"),
    ),
    "capture.is_case": Message(
        mark("this is a case, not an address: {path}"),
        mark(
            "give an address that begins with https://, too: evidence-kit capture URL --case {path}"
        ),
    ),
    "capture.is_path": Message(
        mark("this is a file or folder, not an address: {path}"),
        mark(
            "give an address that begins with https://; files are sealed with: evidence-kit add"
            " {path}"
        ),
    ),
    "capture.scheme": Message(
        mark("the address does not begin with http:// or https://: {url}"),
        mark("did you mean {suggestion}?"),
    ),
    "capture.unwritable": Message(
        mark("what was captured can't be written ({detail}): {path}"),
        mark("check that the folder can be written to and that the disk is not full"),
    ),
    "capture.url": Message(
        mark("this is no address that can be captured: {url}"),
        mark(
            "write it with http:// or https:// in front, without spaces and without a user"
            " name; for a page behind a login use --login"
        ),
    ),
}
