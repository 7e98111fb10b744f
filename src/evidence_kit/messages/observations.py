"""What was noticed while a page was captured or a chat was read."""

from evidence_kit.i18n import mark
from evidence_kit.messages.chats import CHAT_OBSERVATIONS
from evidence_kit.messages.media import MEDIA_OBSERVATIONS

OBSERVATIONS: dict[str, str] = {
    **CHAT_OBSERVATIONS,
    **MEDIA_OBSERVATIONS,
    "artefact.missing": mark("could not be captured ({reason}): {path}"),
    "browser.attached": mark(
        "it was captured in the user's own browser, whose extensions can change what a page shows"
    ),
    "certificate.error": mark("the browser did not trust the site's certificate ({error})"),
    "challenge": mark(
        "the site asked to prove that no robot is visiting, instead of showing the page"
    ),
    "device.mobile": mark(
        "the browser presented itself as a phone; a computer may be shown something else"
    ),
    "dialog": mark("the page showed a dialog, which was dismissed ({kind}): {text}"),
    "download": mark("the site sent a file instead of a page: {name}"),
    "download.ignored": mark("the page offered a file, which was not kept: {name}"),
    "download.kept": mark("the page offered a file, which the site calls {name}; kept as: {path}"),
    "expect.absent": mark("the page does not show the text that was expected: {text}"),
    "file.part_sealed_before": mark(
        "chats in it that were sealed already, byte for byte: {count}, the first of them as"
        " {earlier} in {bundle}, no later than {time}: {name}"
    ),
    "file.part_sealed_before_untimed": mark(
        "chats in it that were sealed already, byte for byte: {count}, the first of them as"
        " {earlier} in {bundle}, for which no time is proven: {name}"
    ),
    "file.sealed_before": mark(
        "the same bytes were sealed already, as {earlier} in {bundle}, no later than {time}: {name}"
    ),
    "file.sealed_before_more": mark(
        "further files that were sealed already, byte for byte: {count}"
    ),
    "file.sealed_before_untimed": mark(
        "the same bytes were sealed already, as {earlier} in {bundle}, for which no time is proven:"
        " {name}"
    ),
    "file.twice": mark("the same bytes are in this bundle already, as {earlier}: {name}"),
    "file.twice_more": mark("further files whose bytes are in this bundle already: {count}"),
    "font.missing": mark("this machine has no Chinese font, so the pictures show empty boxes"),
    "http.status": mark("the site answered with an error (HTTP {status})"),
    "load.partial": mark("the page broke off before its end"),
    "load.restless": mark("the page never came to rest and was captured as it was"),
    "load.timeout": mark("the page did not finish loading in time"),
    "logged_in": mark(
        "it was captured while logged in, so it may show names, addresses and balances;"
        " look before you share it"
    ),
    "login.wall": mark("the site asked for a login instead of showing the page"),
    "network.error": mark("the page can't be reached ({error})"),
    "page.blank": mark("the page is blank, or nearly so"),
    "page.closed": mark("the page or its browser was closed during the capture"),
    "page.crashed": mark("the page crashed during the capture"),
    "picture.scaled": mark(
        "the page is so large that its picture was made smaller, to {percent} %: {path}"
    ),
    "picture.size": mark(
        "the picture does not have the size of the page ({expected} pixels): {path}"
    ),
    "popup": mark("the page opened another window, which was not captured: {url}"),
    "popup.blocked": mark(
        "the browser did not open {count} other windows that the page wanted to open: {urls}"
    ),
    "popup.captured": mark("the page opened another window ({url}), which was captured: {paths}"),
    "redirected": mark("the site redirected to another address: {url}"),
    "region.absent": mark("the page shows nothing that this selector picks: {selector}"),
    "region.captured": mark("{path} is a close-up of what this selector picks: {selector}"),
    "requests.failed": mark(
        "{count} parts of the page did not load, {of_site} of them from the site itself: {urls}"
    ),
    "requests.unfinished": mark(
        "{count} requests had no end when the page was captured, {of_site} of them for parts of"
        " the page from the site itself: {urls}"
    ),
    "script.stopped": mark("a script of the page left no time for anything else and was stopped"),
    "scroll.inside": mark(
        "{count} boxes of the page scroll by themselves; page.png shows what was in view, and"
        " page-unrolled.png was made with the boxes opened"
    ),
    "scroll.capped": mark("the page is longer than what was scrolled to and pictured"),
    "secret.redacted": mark("{count} secrets were taken out ({kind}): {path}"),
    "secret.withheld": mark("left out, since a secret could not be taken out of it: {path}"),
    "secrets.in_address": mark(
        "the address that was asked for seems to hold a secret, which was kept as it was given"
    ),
    "secrets.kept": mark(
        "cookies, passwords and tokens were left in, as was asked for; do not share it"
    ),
    "secrets.too_many": mark(
        "there were more secrets than are searched for ({count}); do not share it"
    ),
    "secrets.unsearchable": mark("pictures can't be searched for secrets: {paths}"),
    "traffic.incomplete": mark(
        "{count} answers of the site are not whole in the web archive: {urls}"
    ),
}
