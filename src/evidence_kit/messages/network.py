"""What went wrong with those that are asked over the network, and what to do next."""

from evidence_kit.i18n import mark
from evidence_kit.messages.message import Message

NETWORK_ERRORS: dict[str, Message] = {
    "authority.duplicate": Message(
        mark("an authority of this name ships with the kit ({id}): {path}"),
        mark("give the file another name"),
    ),
    "authority.fingerprint": Message(
        mark("the certificate is not the one that the authority's file names: {path}"),
        mark("compare both with what the authority publishes, then correct the wrong one"),
    ),
    "crl.address": Message(
        mark("a certificate names a place for its revocation list that is not asked: {url}"),
        mark(
            "only http:// at port 80 of a public machine is asked; get the list by hand and give"
            " it with: evidence-kit verify --crl"
        ),
    ),
    "crl.cut_short": Message(
        mark("the revocation list broke off on its way: {url}"),
        mark("try again later with: evidence-kit stamp --renew"),
    ),
    "crl.http_status": Message(
        mark("the server refused to give the revocation list (HTTP {status}): {url}"),
        mark("try again later with: evidence-kit stamp --renew"),
    ),
    "crl.no_address": Message(
        mark("a certificate of the authority names no place for its revocation list"),
        mark("get the list by hand and give it with: evidence-kit verify --crl"),
    ),
    "crl.no_room": Message(
        mark("the bundle has no room for another revocation list: {url}"),
        mark("get the list by hand and give it with: evidence-kit verify --crl"),
    ),
    "crl.not_public": Message(
        mark(
            "a certificate names a place for its revocation list inside a private network, so"
            " it was not asked: {url}"
        ),
        mark("get the list by hand and give it with: evidence-kit verify --crl"),
    ),
    "crl.other": Message(
        mark("the revocation list says nothing of the authority's certificate: {url}"),
        mark("get the right list by hand and give it with: evidence-kit verify --crl"),
    ),
    "crl.pem": Message(
        mark("the revocation list is in PEM form, where DER is prescribed: {url}"),
        mark("turn it into DER with openssl crl and give it with: evidence-kit verify --crl"),
    ),
    "crl.rejected": Message(
        mark("the revocation list is not usable ({reason}): {url}"),
        mark("try again later with: evidence-kit stamp --renew"),
    ),
    "crl.timeout": Message(
        mark("the revocation list did not come in time: {url}"),
        mark("try again later with: evidence-kit stamp --renew"),
    ),
    "crl.too_large": Message(
        mark("the revocation list is longer than {limit_bytes} bytes: {url}"),
        mark("get the list by hand and give it with: evidence-kit verify --crl"),
    ),
    "crl.unreachable": Message(
        mark("the revocation list can't be reached ({detail}): {url}"),
        mark("check the network, then try again with: evidence-kit stamp --renew"),
    ),
    "tsa.and_none": Message(
        mark("--tsa and --no-timestamp can't go together"),
        mark("give one of them"),
    ),
    "tsa.cut_short": Message(
        mark("the time-stamp authority's answer broke off on its way: {url}"),
        mark("try again with: evidence-kit stamp, or take another authority with --tsa"),
    ),
    "tsa.http_status": Message(
        mark("the time-stamp authority refused the request (HTTP {status}): {url}"),
        mark("check the address, or take another authority with --tsa"),
    ),
    "tsa.rejected": Message(
        mark("the time-stamp authority's answer is not usable ({reason}): {url}"),
        mark("take another authority with --tsa"),
    ),
    "tsa.slow": Message(
        mark(
            "the time-stamp authority was slower than another one, and was not waited for any"
            " longer: {url}"
        ),
        mark("nothing needs to be done; evidence-kit doctor shows how long each one takes"),
    ),
    "tsa.timeout": Message(
        mark("the time-stamp authority did not answer in time: {url}"),
        mark("try again with: evidence-kit stamp, or take another authority with --tsa"),
    ),
    "tsa.too_large": Message(
        mark("the time-stamp authority's answer is longer than {limit_bytes} bytes: {url}"),
        mark("take another authority with --tsa"),
    ),
    "tsa.unknown": Message(
        mark("there is no time-stamp authority of this name: {name}"),
        mark("did you mean {suggestion}?"),
    ),
    "tsa.unreachable": Message(
        mark("the time-stamp authority can't be reached ({detail}): {url}"),
        mark(
            "check the network; what was sealed without a time stamp gets one with:"
            " evidence-kit stamp"
        ),
    ),
    "tsa.url": Message(
        mark("an authority's address is http:// or https:// without a user name: {url}"),
        mark("correct the address"),
    ),
}
