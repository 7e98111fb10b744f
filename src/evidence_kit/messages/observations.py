"""What was noticed about a page while it was captured."""

from evidence_kit.i18n import mark

OBSERVATIONS: dict[str, str] = {
    "artefact.missing": mark("could not be captured ({reason}): {path}"),
    "certificate.error": mark("the browser did not trust the site's certificate ({error})"),
    "challenge": mark(
        "the site asked to prove that no robot is visiting, instead of showing the page"
    ),
    "dialog": mark("the page showed a dialog, which was dismissed ({kind}): {text}"),
    "download": mark("the site sent a file instead of a page: {name}"),
    "download.ignored": mark("the page offered a file, which was not kept: {name}"),
    "expect.absent": mark("the page does not show the text that was expected: {text}"),
    "font.missing": mark("this machine has no Chinese font, so the pictures show empty boxes"),
    "http.status": mark("the site answered with an error (HTTP {status})"),
    "load.partial": mark("the page broke off before its end"),
    "load.restless": mark("the page never came to rest and was captured as it was"),
    "load.timeout": mark("the page did not finish loading in time"),
    "login.wall": mark("the site asked for a login instead of showing the page"),
    "network.error": mark("the page can't be reached ({error})"),
    "page.blank": mark("the page is blank, or nearly so"),
    "page.closed": mark("the page or its browser was closed during the capture"),
    "page.crashed": mark("the page crashed during the capture"),
    "picture.size": mark(
        "the picture does not have the size of the page ({expected} pixels): {path}"
    ),
    "popup": mark("the page opened another window, which was not captured: {url}"),
    "redirected": mark("the site redirected to another address: {url}"),
    "requests.failed": mark(
        "{count} parts of the page did not load, {of_site} of them from the site itself: {urls}"
    ),
    "script.stopped": mark("a script of the page left no time for anything else and was stopped"),
    "scroll.capped": mark("the page is longer than what was scrolled to and pictured"),
    "secrets.not_scanned": mark(
        "it was captured while logged in and was not searched for secrets; do not share it"
    ),
}
