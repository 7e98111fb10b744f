"""What a verdict does not say."""

from evidence_kit.i18n import mark

LIMITS: dict[str, str] = {
    "between": mark(
        "that the page was fetched between the two times that are proven: that is this"
        " software's own record"
    ),
    "content": mark("that what it shows is accurate"),
    "made_anew": mark(
        "that the whole bundle was not made anew before the time proven; only a receipt"
        " that someone else holds shows that"
    ),
    "newest": mark(
        "that no later bundle was taken out of the case; only a later receipt shows that"
    ),
    "revocation": mark("that the authority's certificate has not been revoked since"),
    "second_case": mark("that there is no second case folder"),
    "signer": mark("who the signer is, where the certificate is self-made"),
    "site": mark("that the web site really sent it: web sites don't sign what they send"),
}
