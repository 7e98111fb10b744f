"""What goes wrong with logins, with the user's own browser, and with lists of pages."""

from evidence_kit.i18n import mark
from evidence_kit.messages.message import Message

SESSION_ERRORS: dict[str, Message] = {
    "attach.alone": Message(
        mark("--attach can't go together with --login, --session, --browser or --device"),
        mark("log in in your own browser first, then capture with --attach alone"),
    ),
    "attach.jobs": Message(
        mark("the user's own browser captures one page at a time"),
        mark("leave --jobs out, or capture with --session instead of --attach"),
    ),
    "attach.no_port": Message(
        mark("no running browser with an open debugging port uses this folder: {path}"),
        mark("start it with --remote-debugging-port=9222 and --user-data-dir naming that folder"),
    ),
    "attach.none": Message(
        mark("no browser with an open debugging port answers on this machine (port {port})"),
        mark(
            "close the browser and start it with --remote-debugging-port=9222"
            " --user-data-dir=FOLDER; since version 136 Chrome opens the port only for a folder"
            " other than its usual one, so log in there once"
        ),
    ),
    "attach.where": Message(
        mark("this names no browser on this machine: {text}"),
        mark("give its port behind the address of the page, such as: --attach 9222"),
    ),
    "capture.no_url": Message(
        mark("no address was given"),
        mark("give the address of the page, or a list of pages with --urls"),
    ),
    "capture.region": Message(
        mark("this is no CSS selector: {selector}"),
        mark("name an element by its id as #promise, by its class as .price, by its kind as table"),
    ),
    "login.closed": Message(
        mark("the window was closed before the session could be saved"),
        mark("try again; leave the window open and press Enter here when you have logged in"),
    ),
    "login.nothing": Message(
        mark("a name and an address are needed"),
        mark("such as: evidence-kit login shop https://shop.example/login"),
    ),
    "session.empty": Message(
        mark("the site left nothing that could keep you logged in: {url}"),
        mark("log in in the window first, then press Enter here"),
    ),
    "session.expired": Message(
        mark("the saved session has expired: {name}"),
        mark("log in again with: evidence-kit login {name} {url}"),
    ),
    "session.missing": Message(
        mark("there is no saved session of this name: {name}"),
        mark("did you mean {suggestion}?"),
    ),
    "session.name": Message(
        mark("this can't be the name of a session: {name}"),
        mark("use up to 64 letters and digits"),
    ),
    "session.none": Message(
        mark("there is no saved session: {name}"),
        mark("log in first with: evidence-kit login {name} URL"),
    ),
    "session.unreadable": Message(
        mark("the saved session can't be read: {path}"),
        mark("log in again, which replaces it: evidence-kit login NAME URL"),
    ),
    "session.unwritable": Message(
        mark("the session can't be stored or deleted ({detail}): {path}"),
        mark("check that the folder can be written to and that the disk is not full"),
    ),
    "environment.claims": Message(
        mark("name, place, device and reason are sealed only in a full record"),
        mark("add --environment full"),
    ),
    "environment.long": Message(
        mark("each of name, place, device and reason may have {most} characters at most"), ""
    ),
    "environment.quiet": Message(
        mark("a full record is shown before it is sealed, so it can't go with --quiet"),
        mark("leave one of them out"),
    ),
    "urls.alone": Message(
        mark("{option} can't go together with --urls"),
        mark(
            "labels stand in the list, behind a tab; pages behind a login are captured with"
            " --session; -o names a folder"
        ),
    ),
    "urls.empty": Message(
        mark("the list names no page: {path}"),
        mark("write one address a line"),
    ),
    "urls.jobs": Message(
        mark("--jobs is for several pages"),
        mark("name a list of them with --urls"),
    ),
    "urls.line": Message(
        mark("line {line} of the list is no address that can be captured: {url}"),
        mark(
            "write one address a line, with http:// or https:// in front; a label may follow"
            " behind a tab"
        ),
    ),
    "urls.too_many": Message(
        mark("the list is too long, {count} pages are the most: {path}"),
        mark("split it"),
    ),
    "urls.unreadable": Message(
        mark("the list can't be read ({detail}): {path}"),
        mark("give a text file in UTF-8 with one address a line"),
    ),
}
