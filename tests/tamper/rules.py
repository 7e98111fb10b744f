"""Which rows show that each rule holds: what a strict reader must refuse, and what it must not.

A rule is named in the words of docs/format.md or of the standard. Each of its rows is one of
tests/tamper, of tests/differential, or a test by its name.
"""

Rules = dict[str, tuple[str, ...]]

ZIP: Rules = {
    "duplicate names": ("name twice", "name twice, deflated"),
    "climbing names": ("a name that climbs", "signed name 'data/../evil'", "a folder that climbs"),
    "absolute names": ("a name from the root",),
    "backslashes": ("a name with backslashes", "signed name 'data/a\\\\..\\\\evil'"),
    "drive letters": ("a name with a drive", "signed name 'data/a:b'"),
    "links": ("symlink", "symlink by another host", "a folder that is a link", "device"),
    "names that differ in case alone": (
        "signed names that differ in case",
        "unsigned names that differ in case",
    ),
    "composed and decomposed names": ("extra file é composed", "extra file é decomposed"),
    "bidirectional and control characters": ("extra file bidi", "extra file terminal"),
    "names of Windows devices": ("signed name 'data/CON'", "signed name 'data/Lpt1.tar.gz'"),
    "a file that is a folder": ("a file that is a folder too",),
    "bombs": ("bomb, declared", "bomb, not declared"),
    "bytes after the end record": ("bytes behind", "one byte behind"),
    "bytes before": ("bytes before", "bytes before, offsets right"),
    "comments": ("archive comment", "archive comment that looks like an end", "entry comment"),
    "another name in the local header": ("local name differs", "local name differs, same length"),
    "hidden local records": ("hidden member between members", "hidden member at the end"),
    "two zips in one": ("two zips, the bundle first", "two zips, the bundle last"),
    "encryption": ("encrypted", "strongly encrypted"),
    "zip64 that lies": (
        "zip64: count contradicts",
        "zip64: record elsewhere",
        "zip64: record longer",
        "zip64: a length past all",
        "zip64: sizes nobody asked for",
        "zip64: sizes missing",
        "zip64: an offset past all",
    ),
    "overlaps": ("overlap", "overlap, one within the other", "overlap with the directory"),
    "other methods than STORED": ("method bzip2", "local method differs"),
    "too many members": ("too many members", "count too large", "count too small"),
    "unlisted files at the root": ("extra file at the root", "extra file in a new folder"),
    "unlisted data": ("extra file in data",),
    "malformed lines of a manifest": ("manifest with an empty line", "manifest with a tab"),
    "text beside the status": ("token status-text", "token: text beside the status"),
    "text around PEM": ("signer with text around",),
    "the name of the top folder": ("top folder renamed", "top folder of no bundle"),
    "names of tokens": ("extra file like a token", "extra file beside tokens"),
    "the other value of ECDSA": ("signature: the other ECDSA value",),
    "CRC": ("CRC wrong in both", "CRC wrong in both, deflated", "local CRC differs"),
    "control characters in labels": ("record: label with C0", "record: label with C1"),
}
"""Attacks on the container, and places where bytes hide."""

TOKENS: Rules = {
    "good": (
        "token: openssl",
        "token: imprint SHA-384",
        "token: imprint SHA-512",
        "token: leaf RSA 3072",
    ),
    "extended key usage absent": ("token eku-absent", "token: usage absent"),
    "extended key usage not critical": ("token eku-not-critical", "token: usage not critical"),
    "extended key usage with another": ("token eku-other-too", "token: usage with another"),
    "gen_time after the certificate's end": (
        "token expired",
        "token: time after the certificate's end",
    ),
    "certificate expired since": (
        "token by a certificate expired since",
        "token: certificate expired since",
    ),
    "revoked before gen_time": ("revoked before", "intermediate revoked before"),
    "no list": ("no list",),
    "SHA-1 imprint": ("token imprint-sha1", "token: imprint SHA-1"),
    "another imprint": ("token imprint-flipped", "token: imprint of other data"),
    "flipped signature": ("token: flipped signature",),
    "flipped time": (
        "token: other time, not signed",
        "token: other time with its digest, not signed",
    ),
    "truncated": ("token: cut short", "token: half of it"),
    "trailing bytes": ("token trailing", "token: trailing byte"),
    "two SignerInfos": ("token: two signers", "token: stranger as second signer"),
    "ESS certificate identifier missing": ("token: no certificate identifier",),
    "ESS certificate identifier of another": ("token: identifier of another certificate",),
    "ESS certificate identifier by SHA-1": ("token: identifier of version 1",),
    "another content-type attribute": ("token: signed content type data",),
    "another eContentType": ("token: content type data",),
    "injected certificates": (
        "token: stranger's certificate too",
        "token: nine strangers' certificates too",
        "token: clone of the leaf's serial number too",
    ),
    "a root of the same name": ("token: root of the same name", "token untrusted"),
    "an untrusted root": ("untouched, no root known", "token: another root is trusted"),
}
"""RFC 3161 tokens, each kind with its verdict."""

CRYPTOGRAPHY: Rules = {
    "P-256, RSA from 3072 bits": (
        "signature: kit, P-256",
        "signature: kit, RSA 3072",
        "signature: kit, RSA 2048",
    ),
    "no Ed25519, SHA-1 or MD5": (
        "signature: pyHanko, Ed25519",
        "signature: openssl, SHA-1",
        "signature: openssl, MD5",
    ),
    "DER": ("signature: indefinite length outside", "signature: length in too many bytes"),
    "one SignerInfo": ("signature: openssl, two signers", "signature: no signer"),
    "detached": ("signature: content inside", "signature: empty content inside"),
    "no unsigned attributes": (
        "signature: unsigned attribute",
        "signature: no unsigned attributes, but room for them",
    ),
    "contentType": ("signature: no content type", "signature: other content type"),
    "messageDigest": ("signature: no digest", "signature: digest of other content"),
    "signingTime": ("signature: no signing time", "signature: signing time in a zone"),
    "signingCertificateV2": (
        "signature: no certificate identifier",
        "signature: identifier of another certificate",
    ),
    "no further attribute": ("signature: further signed attribute",),
    "a token is re-wrapped": ("token: granted with changes", "token: element after the token"),
    "the certificate named in evidence.json": ("record: another signer", "signer is another"),
    "usage of the signer's certificate": ("signature: kit, usage encipherment",),
    "an RSA key without end": ("signature: kit, RSA 16384", "token: leaf RSA 16384"),
    "only pinned roots": ("token: no root is trusted", "token: leaf trusted as it is"),
    "a path of bounded depth": ("token: certomancer, eight deep", "token: circle of authorities"),
}
"""docs/format.md, "Signature" and "Time-stamp tokens"."""

CONTAINER: Rules = {
    "canonical": ("untouched",),
    "order of the members": ("members in another order",),
    "dates, modes, extra fields": (
        "dates in all headers",
        "other permissions",
        "times in extra fields",
        "local date differs",
    ),
    "zip64 only where needed": ("zip64 without need",),
    "repacked": ("zipped by Python", "zipped by Info-ZIP", "zipped into a pipe"),
    "repacked, then changed": ("repacked and edited", "repacked and withheld"),
    "no member for a folder": ("a folder that holds nothing", "a folder with content"),
    "one top folder, named by the id": ("two top folders", "record: another id than the folder's"),
    "parts of a path": ("signed name 'data/.hidden'", "signed name 'data/evil.'"),
    "nothing unlisted": ("extra file in proof", "extra file like a renewal"),
    "required files": ("removed VERIFY.txt", "removed proof/signer.pem", "removed evidence.json"),
    "order and form of manifests": (
        "manifest in another order",
        "manifest with a line twice",
        "manifest with capital digits",
        "manifest without its last LF",
        "manifest with one blank",
    ),
    "what each manifest lists": (
        "manifest lists a tag file",
        "tagmanifest lists a proof",
        "tagmanifest lists one less",
    ),
    "fixed tag files": ("changed bagit.txt", "changed bag-info.txt", "changed VERIFY.txt"),
    "limits": (
        "record: too large",
        "record: nesting 33",
        "token too large",
        "seventeen tokens",
        "sixty-five certificates",
        "sixty-five lists",
        "lists too large together",
        "sixty-five renewals",
        "proof of another kind too large",
    ),
    "unknown proofs": ("proof of another kind",),
    "keys of evidence.json": (
        "record: a key twice",
        "record: an unknown key",
        "record: a key missing",
    ),
    "numbers of evidence.json": ("record: NaN", "record: 2**53+1", "record: 2**53"),
    "text of evidence.json": ("record: label with bidi", "record: label with a lone surrogate"),
    "later formats and extensions": (
        "record: a later format",
        "record: a critical extension",
        "record: an extension",
    ),
    "every file in exactly one files[]": (
        "record: a file not told of",
        "record: a file told of twice",
        "record: a file told of by item and kit",
    ),
    "derived files": ("record: a derived file by nobody", "record: derived from itself"),
}
"""docs/format.md, from "Container" to "evidence.json"."""

VERDICT: Rules = {
    "a digest": ("edited", "swapped, one"),
    "a size": ("record: a wrong size", "edited with size"),
    "coverage": ("edited with manifest", "edited with tagmanifest"),
    "signature value": ("signature's last bit", "signature of another bundle"),
    "no finding is no pass": ("removed token", "removed proof/signature.p7s"),
    "all made anew": ("all made anew", "all made anew, receipt known"),
    "the signer's certificate expired before": ("token younger than its signer's end",),
    "the signer revoked before": ("signer revoked before", "signer revoked later"),
    "revoked later, harmlessly": (
        "revoked later, unspecified",
        "revoked later, affiliation_changed",
        "revoked later, superseded",
        "revoked later, cessation_of_operation",
    ),
    "revoked later, otherwise": ("revoked later, key_compromise", "revoked later, None"),
    "a list older than the token": ("lists from before the token",),
    "a bad extra token": (
        "junk beside a good token",
        "another's token beside a good one",
        "revoked before, beside a good token",
    ),
    "withheld": ("removed data", "removed all data"),
    "receipt": ("untouched, receipt known", "removed token, receipt known"),
    "signer": ("untouched, signer known", "all made anew, signer known"),
    "not before": ("not before", "not before is after", "not before, of another act"),
    "broken algorithms": ("SHA-256 broken, token not renewed", "renewed, SHA-256 broken later"),
    "a renewal covers exactly what was there": (
        "renewal that leaves a file out, needed",
        "renewal of another file, needed",
        "renewal that names itself, needed",
        "proof gone since the renewal, needed",
    ),
    "a renewal is later than what it covers": ("renewal older than the token, needed",),
    "a renewal has a SHA-512 imprint": ("renewal with a SHA-256 imprint, needed",),
    "renewals without a gap": ("second renewal without a first, needed",),
    "a proof that no renewal covers": ("token after the renewal",),
    "renewed before the end": ("renewed after the certificate's end", "renewed too late"),
    "a case in one chain": ("test_attack_on_the_chain_is_found", "test_good_case_passes"),
    "what a case can't show": (
        "test_newest_bundle_can_be_removed_unseen_and_the_report_says_so",
        "test_newest_bundle_is_missed_by_whoever_holds_its_receipt",
    ),
    "a change of signer": ("test_signer_changes_where_the_old_one_names_the_new_one",),
    "an unzipped folder": ("test_attack_on_the_folder_is_found",),
}
"""docs/format.md, "Verdict", and what it rests on."""

SEALING: Rules = {
    "the nonce": ("test_reply_to_another_request_is_not_kept", "test_every_nonce_is_another"),
    "the policy": ("test_reply_to_another_request_is_not_kept",),
    "the status": (
        "test_refusal_is_told_as_such",
        "test_reply_that_is_refused_later_keeps_no_token",
    ),
    "nothing around the token": (
        "test_good_reply_is_kept_without_anything_around_it",
        "test_reply_that_goes_on_and_on_is_none",
    ),
}
"""docs/format.md, "Cryptography": what is looked at before a token is kept."""

TABLES = {
    "zip": ZIP,
    "tokens": TOKENS,
    "cryptography": CRYPTOGRAPHY,
    "container": CONTAINER,
    "verdict": VERDICT,
    "sealing": SEALING,
}
