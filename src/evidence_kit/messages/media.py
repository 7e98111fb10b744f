"""What was noticed about pictures, recordings and bills that were added."""

from evidence_kit.i18n import mark

MEDIA_OBSERVATIONS: dict[str, str] = {
    "media.cut_short": mark(
        "the file ends too early, at byte {byte}; it was sealed as it is: {name}"
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
