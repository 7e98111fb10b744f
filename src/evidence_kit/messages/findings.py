"""What a check of a bundle or a case established."""

from evidence_kit.i18n import mark

FINDINGS: dict[str, str] = {
    "algorithm.distrusted": mark(
        "it rests on {algorithm}, which you hold to be broken since {time}, and nothing from"
        " before vouches for it: {path}"
    ),
    "capture.noticed": mark("at capture of {item}: {what}"),
    "certificate.malformed": mark("the certificate can't be read: {path}"),
    "chain.duplicate": mark(
        "two bundles of the case have the number {sequence}, this one and {other}: {path}"
    ),
    "chain.empty": mark("there is no bundle in the case"),
    "chain.foreign": mark("this bundle does not belong to the case: {path}"),
    "chain.holds": mark("{count} bundles follow one another without a gap"),
    "chain.included_gone": mark(
        "an earlier bundle that was brought into the case is not there ({id})"
    ),
    "chain.missing": mark("bundle number {sequence} of the case is missing"),
    "chain.no_bundle": mark("this file is called a bundle but is none: {path}"),
    "chain.not_cited": mark("no note of the case speaks of this earlier bundle: {path}"),
    "chain.previous": mark("this bundle was sealed after another one than {other}: {path}"),
    "chain.receipt_gone": mark("the bundle that the receipt names is not in this case ({id})"),
    "chain.signer": mark("this bundle was signed with another key than the ones before it: {path}"),
    "chain.token_gone": mark("a time stamp that was there when {other} was sealed is gone: {path}"),
    "chain.unreadable": mark(
        "this bundle can't be read, so its place in the case can't be told: {path}"
    ),
    "container.ambiguous": mark("the zip can be read in more than one way: {path}"),
    "container.bomb": mark("the zip would unpack to far more than its size ({size_bytes} bytes)"),
    "container.canonical": mark("the zip is exactly as a bundle's must be"),
    "container.crc": mark("the zip's own check sum of this file is wrong: {path}"),
    "container.damaged": mark("the zip is damaged or cut short: {path}"),
    "container.duplicate": mark("the zip holds two files of the same name: {path}"),
    "container.encrypted": mark("a file in the zip is encrypted: {path}"),
    "container.hidden_bytes": mark("the zip holds hidden bytes that belong to no file: {path}"),
    "container.link": mark("there is a link or a device where a file should be: {path}"),
    "container.local_header": mark("the zip says two different things of one file: {path}"),
    "container.method": mark("a file in the zip is packed in a way that is not accepted: {path}"),
    "container.not_judged": mark("it was unzipped, so the zip itself can't be judged"),
    "container.overlap": mark("files in the zip overlap: {path}"),
    "container.repacked": mark(
        "it was zipped again after sealing; its files were checked, the zip is not the one"
        " that was sealed"
    ),
    "container.too_many": mark("there are more files than allowed ({count})"),
    "crl.malformed": mark("the revocation list is damaged or is none: {path}"),
    "crl.signature": mark("the revocation list is forged: {path}"),
    "crl.unsupported": mark(
        "the revocation list is of a kind that is not accepted ({detail}): {path}"
    ),
    "digest.mismatch": mark("changed: this file is not as it was sealed: {path}"),
    "digest.size": mark("the size of this file is not the one that was recorded: {path}"),
    "digest.tags": mark("the lists of files are as they were sealed: {path}"),
    "digest.verified": mark("{count} files are as they were sealed"),
    "files.withheld": mark("left out: this file is not in the copy, only its digest is: {path}"),
    "findings.left_out": mark("{count} more of this kind are not told one by one: {reason}"),
    "ignored_proof": mark(
        "this proof does not hold and was left out of account ({reason}): {path}"
    ),
    "not_before.holds": mark(
        "a time stamp from before proves that it was sealed after {time}: {path}"
    ),
    "not_before.no_support": mark(
        "what should prove that it was sealed after a certain time does not ({reason}): {path}"
    ),
    "not_before.other_act": mark("it speaks of another sealing"),
    "proof.misnamed": mark("the file is not named by its own digest: {path}"),
    "proof.unknown": mark("this proof is of a kind not known here, so it was not judged: {path}"),
    "receipt.matches": mark("it is the bundle of the receipt"),
    "receipt.mismatch": mark("it is not the bundle of the receipt, or it was made anew: {path}"),
    "receipt.token_gone": mark("the time stamp of {time} that the receipt names is gone: {path}"),
    "renewal.covered_gone": mark("a proof that this renewal covers is gone: {path}"),
    "renewal.gap": mark("a renewal before this one is missing: {path}"),
    "renewal.holds": mark(
        "the proof was renewed by {authority}, {time}, over all that is here: {path}"
    ),
    "renewal.incomplete": mark("the renewal does not cover this file: {path}"),
    "renewal.mismatch": mark("the renewal was made over something else than this file: {path}"),
    "renewal.not_covered": mark(
        "this time stamp came after a renewal, and no renewal covers it: {path}"
    ),
    "renewal.order": mark(
        "the renewal is older than a time stamp that it covers ({other}): {path}"
    ),
    "renewal.saves": mark(
        "this time stamp counts only because it was renewed in time, {time}: {path}"
    ),
    "revocation.as_of": mark(
        "the authority's certificate had not been revoked as of {time}, which is before the"
        " time stamp: {path}"
    ),
    "revocation.before": mark(
        "the authority's certificate had been revoked before the time stamp was made"
        " ({time}, {reason}): {path}"
    ),
    "revocation.good": mark(
        "the authority's certificate had not been revoked as of {time}: {path}"
    ),
    "revocation.later": mark(
        "the authority's certificate was revoked after the time stamp was made, which leaves"
        " it good ({time}, {reason}): {path}"
    ),
    "revocation.not_checked": mark(
        "whether the authority's certificate has been revoked was not checked"
    ),
    "revocation.since": mark(
        "the authority's certificate was revoked later, and its key may have been stolen"
        " ({time}, {reason}): {path}"
    ),
    "revocation.unrelated": mark(
        "this revocation list is about none of the certificates that the verdict rests on: {path}"
    ),
    "signature.certificate_mismatch": mark(
        "the signature was not made with the certificate that the bundle names: {path}"
    ),
    "signature.certificate_usage": mark(
        "the signer's certificate is not meant for signatures: {path}"
    ),
    "signature.digest": mark("what was signed has been changed since: {path}"),
    "signature.holds": mark("the signature holds: {path}"),
    "signature.malformed": mark("the signature is damaged or is none: {path}"),
    "signature.not_canonical": mark(
        "the signature holds bytes that belong to no part of it: {path}"
    ),
    "signature.pem": mark(
        "the signer's certificate is not exactly one certificate in PEM form: {path}"
    ),
    "signature.unsupported": mark(
        "the signature is of a kind that is not accepted ({algorithm}): {path}"
    ),
    "signature.value": mark("the signature is forged or damaged, or made with another key: {path}"),
    "signer.chain_not_checked": mark(
        "{issuer} vouches for the signer; this was not checked: {path}"
    ),
    "signer.expected": mark("the signer is the one you expected: {path}"),
    "signer.expired": mark(
        "the signer's certificate had expired before the time that is proven: {path}"
    ),
    "signer.key": mark("one key signed it, with the certificate {sha256}: {path}"),
    "signer.not_yet_valid": mark(
        "the signer's certificate was not valid yet at the time that is proven: {path}"
    ),
    "signer.revoked": mark(
        "the signer's certificate, or one above it, was revoked ({time}, {reason}): {path}"
    ),
    "signer.self_asserted": mark("nobody but the signer vouches for who the signer is: {path}"),
    "signer.unexpected": mark("the signer is not the one you expected: {path}"),
    "structure.collision": mark("two names are the same where case does not count: {path}"),
    "structure.control_character": mark(
        "a text holds invisible control characters ({detail}): {path}"
    ),
    "structure.depth": mark("it is nested too deep: {path}"),
    "structure.derivation": mark("what this file was made from is not told as it must be: {path}"),
    "structure.duplicate_key": mark("one entry stands there twice ({detail}): {path}"),
    "structure.file_list": mark(
        "the record and the list of files don't tell of the same files: {path}"
    ),
    "structure.included": mark("the note on earlier bundles can't be read: {path}"),
    "structure.json": mark("the record is not of the form it must have ({detail}): {path}"),
    "structure.manifest": mark("line {line} of the list is not of the form it must have: {path}"),
    "structure.manifest_place": mark("the list names a file that is not evidence: {path}"),
    "structure.members": mark("{count} files are there, each in its place"),
    "structure.missing": mark("missing: {path}"),
    "structure.name": mark(
        "this name is not allowed, because some systems read it as another one: {path}"
    ),
    "structure.not_fixed": mark("this file is not as it must be in every bundle: {path}"),
    "structure.number": mark("a number is out of bounds ({detail}): {path}"),
    "structure.record": mark("the record of {count} pieces of evidence is complete: {path}"),
    "structure.size": mark("this file is larger than allowed ({size_bytes} bytes): {path}"),
    "structure.system_file": mark(
        "a file that the system put into the folder; delete it and verify again, or verify"
        " the zip: {path}"
    ),
    "structure.tagmanifest": mark("the signed list does not name the files that it must: {path}"),
    "structure.too_many_tokens": mark("there are more time stamps than allowed ({count})"),
    "structure.top": mark("the folder in it does not have the bundle's name: {path}"),
    "structure.unlisted": mark("extra: this file does not belong to the bundle: {path}"),
    "structure.value": mark("the record holds an impossible value ({field}): {path}"),
    "time.order": mark(
        "the time stamp from before ({time}) is later than the one over the signature: {path}"
    ),
    "timestamp.accuracy": mark(
        "the time stamp may be wrong by a day or more, as it says itself: {path}"
    ),
    "timestamp.attributes": mark(
        "the signed part of the time stamp lacks an entry or holds one twice: {path}"
    ),
    "timestamp.certificate_id": mark(
        "the time stamp names another certificate than the one that it was made with: {path}"
    ),
    "timestamp.chain": mark(
        "the certificates between the time stamp and {authority} break a rule: {path}"
    ),
    "timestamp.content_type": mark(
        "the time stamp is a signature over something that is no time stamp: {path}"
    ),
    "timestamp.digest": mark(
        "the time in the time stamp has been changed since it was signed: {path}"
    ),
    "timestamp.given_root": mark(
        "the time stamp is trusted only because you gave its root ({root}): {path}"
    ),
    "timestamp.holds": mark("a time stamp of {authority} holds, {time}: {path}"),
    "timestamp.impostor": mark("the time stamp pretends to be vouched for by {authority}: {path}"),
    "timestamp.imprint": mark("the time stamp was made for other data than this: {path}"),
    "timestamp.imprint_algorithm": mark(
        "the time stamp uses a digest that is not accepted ({algorithm}): {path}"
    ),
    "timestamp.injected": mark(
        "the time stamp holds certificates that have nothing to do with it: {path}"
    ),
    "timestamp.malformed": mark("the time stamp is damaged or is none: {path}"),
    "timestamp.no_certificate": mark(
        "the certificate that the time stamp was made with is missing: {path}"
    ),
    "timestamp.nonce": mark("the authority's answer belongs to another request: {path}"),
    "timestamp.none": mark("there is no time stamp yet"),
    "timestamp.not_rewrapped": mark(
        "there is more around the time stamp than its plain status: {path}"
    ),
    "timestamp.outside_validity": mark(
        "the certificate of {authority} was not valid at the time that the time stamp names: {path}"
    ),
    "timestamp.policy": mark(
        "the authority answered under another policy than the one asked for ({policy}): {path}"
    ),
    "timestamp.refused": mark("the authority gave no time stamp ({status}): {path}"),
    "timestamp.sha1_certificate_id": mark(
        "the time stamp names its certificate by SHA-1, as its standard of old says: {path}"
    ),
    "timestamp.signature": mark("the signature of the time stamp is forged or damaged: {path}"),
    "timestamp.signers": mark("the time stamp does not have exactly one signer: {path}"),
    "timestamp.unsigned": mark("the time stamp holds additions that nobody signed: {path}"),
    "timestamp.unsupported": mark(
        "the time stamp is of a kind that is not accepted ({algorithm}): {path}"
    ),
    "timestamp.untrusted": mark(
        "the time stamp of {authority} ({time}) ends in no trusted root: {path}"
    ),
    "timestamp.usage": mark(
        "the certificate of the time stamp is not meant for time stamps alone: {path}"
    ),
    "unsupported.extension": mark("it needs an addition that this version does not know ({name})"),
    "unsupported.format": mark(
        "it was made in a later format ({format}); a newer version of the program can read it"
    ),
}
