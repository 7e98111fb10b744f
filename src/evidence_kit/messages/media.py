"""What was noticed about pictures, recordings and bills that were added."""

from evidence_kit.i18n import mark
from evidence_kit.messages.message import Message

MEDIA_OBSERVATIONS: dict[str, str] = {
    "bill.declared": mark(
        "the bill says that it has {declared} rows, and {actual} were found: {name}"
    ),
    "bill.malformed": mark("the bill is damaged after row {row}; it was sealed as it is: {name}"),
    "bill.pdf": mark("the PDF was sealed as it is; what it says was not read: {name}"),
    "bill.read": mark(
        "read as a bill, number of payments: {count}; whoever gets the bundle sees all of them:"
        " {name}"
    ),
    "bill.rounded": mark(
        "order numbers have lost digits in {count} rows, such as {number} in row {row}: spreadsheet"
        " programs do that when they save a bill again; add it as the payment service hands it out:"
        " {name}"
    ),
    "bill.too_large": mark(
        "the bill was read up to row {row} only, since there is too much of it: {name}"
    ),
    "bill.undecodable": mark("the bill is no text after row {row}; it was sealed as it is: {name}"),
    "media.cut_short": mark(
        "the file ends too early, at byte {byte}; it was sealed as it is: {name}"
    ),
    "media.ending": mark(
        "by its first bytes the file is {kind}, though its name ends in {ending}; it was sealed as"
        " it is: {name}"
    ),
    "media.identifying": mark(
        "the file holds details of its device or owner, which whoever gets the bundle can read:"
        " {name}"
    ),
    "media.location": mark(
        "the file tells the place where it was taken, which whoever gets the bundle can read:"
        " {name}"
    ),
    "media.malformed": mark(
        "what the file says about itself is damaged at byte {byte}; it was sealed as it is: {name}"
    ),
    "media.too_large": mark(
        "what the file says about itself was read up to byte {byte} only, since there is too much"
        " of it: {name}"
    ),
}

MEDIA_ERRORS: dict[str, Message] = {
    "show.payments_and_extract": Message(
        mark("--payments and --extract can't go together"),
        mark("give one of them"),
    ),
    "transcript.no_chat": Message(
        mark(
            "the text of --transcript is not read as a chat, so --parser, --me, --merchant and"
            " --date-order do not go with it"
        ),
        mark(
            "leave them out; for views of the text, add it by itself, too: evidence-kit add {path}"
            " --parser transcript --me NAME"
        ),
    ),
    "transcript.no_text": Message(
        mark("this is no text of at most 1 MiB, or it is empty: {path}"),
        mark("give a plain text file with what is to be read or heard in the picture or recording"),
    ),
    "transcript.one_picture": Message(
        mark("--transcript goes with just one picture or one recording"),
        mark("add each picture in a command of its own, with its own text"),
    ),
}
