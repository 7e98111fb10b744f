"""The words for every code: errors and diagnoses with their hints, findings, observations, limits.

English here; Chinese in locale/zh_CN. A test fails on a code without words, on words
without a code, and on a text without its Chinese.
"""

from typing import NamedTuple

from evidence_kit.i18n import mark


class Message(NamedTuple):
    """What an error says, and what its hint says. Both may hold {params}."""

    text: str
    hint: str


ERRORS: dict[str, Message] = {
    "add.nothing": Message(
        mark("no file was given"),
        mark("name the files to add"),
    ),
    "attach.altered": Message(
        mark("the case holds something altered or damaged, so no list was made ({names}): {path}"),
        mark("look at it with: evidence-kit verify"),
    ),
    "attach.copy": Message(
        mark("the copy of a bundle is not the same as the bundle: {path}"),
        mark("check the disk, then attach again"),
    ),
    "attach.empty": Message(
        mark("there is no bundle in the case: {path}"),
        mark("put one into it with: evidence-kit capture, or evidence-kit add"),
    ),
    "attach.exists": Message(
        mark("there is something at this place already: {path}"),
        mark("name a folder that does not exist yet, or an empty one"),
    ),
    "attach.self_check": Message(
        mark("the finished list did not verify, so it was thrown away ({reason})"),
        mark("try again; if it stays so, check the disk and the clock and report it"),
    ),
    "authority.duplicate": Message(
        mark("an authority of this name ships with the kit ({id}): {path}"),
        mark("give the file another name"),
    ),
    "authority.fingerprint": Message(
        mark("the certificate is not the one that the authority's file names: {path}"),
        mark("compare both with what the authority publishes, then correct the wrong one"),
    ),
    "bundle.not_a_bundle": Message(
        mark("this is no bundle: {path}"),
        mark(
            "give a file that was made by evidence-kit (NAME.evidence.zip), or the folder it"
            " was unzipped to"
        ),
    ),
    "bundle.not_a_zip": Message(
        mark("this is no bundle, not even a zip: {path}"),
        mark(
            "give a file that was made by evidence-kit (NAME.evidence.zip); it may have been"
            " cut short on its way"
        ),
    ),
    "bundle.unreadable": Message(
        mark("the bundle can't be read ({reason}): {path}"),
        mark("see what is wrong with: evidence-kit verify"),
    ),
    "capture.browser_broken": Message(
        mark("the browser does not start or breaks off: {path}"),
        mark("start it once by hand, or name another one with --browser"),
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
    "capture.unwritable": Message(
        mark("what was captured can't be written ({detail}): {path}"),
        mark("check that the folder can be written to and that the disk is not full"),
    ),
    "capture.url": Message(
        mark("an address to capture begins with http:// or https:// and holds no user name: {url}"),
        mark("correct the address; for a page behind a login use --login"),
    ),
    "case.and_output": Message(
        mark("--case and -o can't go together"),
        mark("give one of them"),
    ),
    "case.damaged": Message(
        mark("a bundle of the case can't be read, so nothing can be linked to it: {path}"),
        mark("put back an undamaged copy of it; what is wrong says: evidence-kit verify"),
    ),
    "case.exists": Message(
        mark("there is a case in this folder already: {path}"),
        mark("use it with --case, or name another folder"),
    ),
    "case.locked": Message(
        mark("another program has been writing to the case for two minutes: {path}"),
        mark("wait until it is done, then try again"),
    ),
    "case.malformed": Message(
        mark("case.toml can't be read ({detail}): {path}"),
        mark("put back the file as `init` made it; the bundles are not touched by this"),
    ),
    "case.missing": Message(
        mark("there is no case in this folder: {path}"),
        mark("make one with: evidence-kit init"),
    ),
    "case.not_empty": Message(
        mark("the folder is not empty: {path}"),
        mark("name a new or an empty folder"),
    ),
    "case.unwritable": Message(
        mark("the case can't be written to ({detail}): {path}"),
        mark("check the rights on the folder and that the disk is not full"),
    ),
    "command.unknown": Message(
        mark("there is no such command: {name}"),
        mark("did you mean {suggestion}?"),
    ),
    "config.unknown_key": Message(
        mark("unknown key {key!r} in {path}"),
        mark("did you mean {suggestion}?"),
    ),
    "config.unreadable": Message(
        mark("the configuration can't be read ({detail}): {path}"),
        mark("correct the file or delete it; without it every setting has its default"),
    ),
    "config.value": Message(
        mark("a setting has a wrong value ({detail}): {path}"),
        mark("correct the value in the file or in the EVIDENCE_KIT_* variable"),
    ),
    "date.malformed": Message(
        mark("this is no date: {text}"),
        mark("write it like 2026-11-08 or 2026-11-08T10:20:31+08:00"),
    ),
    "disk.full": Message(
        mark("the disk is full, only {free_mb} MB are left: {path}"),
        mark("free some space and run the same command again; nothing was left half done"),
    ),
    "event.future": Message(
        mark("the day is still to come: {date}"),
        mark("give the day on which it happened"),
    ),
    "event.unknown": Message(
        mark("there is no such event: {event}"),
        mark("did you mean {suggestion}?"),
    ),
    "extract.exists": Message(
        mark("there is something of this name already: {path}"),
        mark("name another folder with --extract"),
    ),
    "extract.folder": Message(
        mark("this bundle is unzipped already: {path}"),
        mark("leave --extract out"),
    ),
    "file.changing": Message(
        mark("the file was changed while it was read: {path}"),
        mark("close the program that writes to it, then try again"),
    ),
    "file.is_folder": Message(
        mark("this is a folder, not a file: {path}"),
        mark("name the files in it"),
    ),
    "file.missing": Message(
        mark("there is no such file or folder: {path}"),
        mark("check the name"),
    ),
    "file.too_large": Message(
        mark("the file is too large to be what it should be: {path}"),
        mark("check the name"),
    ),
    "file.unreadable": Message(
        mark("the file can't be read ({detail}): {path}"),
        mark("check the rights on it"),
    ),
    "include.altered": Message(
        mark(
            "this bundle has been changed or damaged since sealing, so it can't be brought in:"
            " {path}"
        ),
        mark("see what is wrong with: evidence-kit verify"),
    ),
    "include.nothing": Message(
        mark("no bundle was given to bring in"),
        mark("name the bundles"),
    ),
    "include.same_name": Message(
        mark("two of the bundles have the same file name"),
        mark("rename one of them; its name means nothing"),
    ),
    "key.missing": Message(
        mark("there is no signing key with this certificate: {sha256}"),
        mark("list the keys with: evidence-kit key show"),
    ),
    "key.none": Message(
        mark("there is no signing key yet"),
        mark("make one with: evidence-kit key new"),
    ),
    "key.passphrase": Message(
        mark("the passphrase does not open the key"),
        mark("try again; a lost passphrase can't be recovered"),
    ),
    "key.unreadable": Message(
        mark("the signing key can't be read ({detail})"),
        mark("give a PKCS#12 file (.p12 or .pfx) with a private key and its certificate"),
    ),
    "key.unsupported": Message(
        mark("a signing key of this kind is not accepted: {detail}"),
        mark("use a P-256 key, or RSA with 3072 to 8192 bits, whose certificate allows signatures"),
    ),
    "key.unwritable": Message(
        mark("the signing key can't be stored ({detail}): {path}"),
        mark("check that the folder can be written to and that the disk is not full"),
    ),
    "login.no_terminal": Message(
        mark("--login needs a terminal to ask when you have logged in"),
        mark("run it in a terminal, without --no-input"),
    ),
    "passphrase.differs": Message(
        mark("the two passphrases are not the same"),
        mark("try again"),
    ),
    "passphrase.empty": Message(
        mark("the passphrase is empty"),
        mark("choose one; without it the key is open to whoever finds the file"),
    ),
    "passphrase.needed": Message(
        mark("a passphrase is needed and nobody can be asked"),
        mark("write it into a file and name that with --passphrase-file"),
    ),
    "receipt.malformed": Message(
        mark("this is no receipt"),
        mark("give the whole line that begins with ek1, in quotation marks"),
    ),
    "receipt.several": Message(
        mark("a receipt pins one bundle, but more than one was given"),
        mark("verify the bundle of the receipt by itself"),
    ),
    "seal.exists": Message(
        mark("there is a file of this name already, and nothing is ever overwritten: {path}"),
        mark("name another file with -o"),
    ),
    "seal.folder": Message(
        mark("the folder can't be written to ({detail}): {path}"),
        mark("check the rights on the folder, or name another place with -o"),
    ),
    "seal.no_folder": Message(
        mark("there is no such folder: {path}"),
        mark("make it, or name another place with -o"),
    ),
    "seal.not_canonical": Message(
        mark("the bundle was zipped again by another program, so its bytes can't be kept: {path}"),
        mark("use the file as it was sealed"),
    ),
    "seal.refused": Message(
        mark("this can't be sealed ({reason})"),
        mark("rename the file, then try again"),
    ),
    "seal.self_check": Message(
        mark("the finished bundle did not verify, so it was thrown away ({reason})"),
        mark("try again; if it stays so, check the disk and the clock and report it"),
    ),
    "seal.write": Message(
        mark("the bundle can't be written ({detail}): {path}"),
        mark("check the folder and the disk; nothing was left half done"),
    ),
    "share.altered": Message(
        mark("the bundle has been changed or damaged since sealing: {path}"),
        mark("see what is wrong with: evidence-kit verify"),
    ),
    "share.nothing": Message(
        mark("nothing was named to leave out"),
        mark("name files with --without; the whole bundle can be sent as it is"),
    ),
    "share.unknown_path": Message(
        mark("there is no such file to leave out ({name}): {path}"),
        mark("see the names with: evidence-kit show"),
    ),
    "signer.malformed": Message(
        mark("this is no fingerprint of a certificate"),
        mark("give 64 characters 0-9 and a-f; colons don't matter"),
    ),
    "stamp.altered": Message(
        mark(
            "the bundle is changed, damaged or not as it was sealed, so it gets no time stamp:"
            " {path}"
        ),
        mark("see what is wrong with: evidence-kit verify"),
    ),
    "stamp.no_authority": Message(
        mark("there is no time-stamp authority to ask"),
        mark("name one with --tsa"),
    ),
    "stamp.too_many": Message(
        mark("the bundle has room for {count} time stamps only: {path}"),
        mark("it needs no more"),
    ),
    "trust.no_certificate": Message(
        mark("there is no readable certificate in PEM form in the file: {path}"),
        mark("give the root certificate of the authority as PEM, got from the authority itself"),
    ),
    "trust.unreadable": Message(
        mark("the trusted certificate can't be read ({detail}): {path}"),
        mark("check the path that was given with --trust"),
    ),
    "tsa.and_none": Message(
        mark("--tsa and --no-timestamp can't go together"),
        mark("give one of them"),
    ),
    "tsa.http_status": Message(
        mark("the time-stamp authority refused the request (HTTP {status}): {url}"),
        mark("check the address, or take another authority with --tsa"),
    ),
    "tsa.rejected": Message(
        mark("the time-stamp authority's answer is not usable ({reason}): {url}"),
        mark("take another authority with --tsa"),
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
        mark("check the network, then run: evidence-kit stamp"),
    ),
    "tsa.url": Message(
        mark("an authority's address is http:// or https:// without a user name: {url}"),
        mark("correct the address"),
    ),
}

DIAGNOSES: dict[str, Message] = {
    "authority.answers": Message(
        mark("the time-stamp authority {id} answers after {delay_ms} ms"),
        "",
    ),
    "authority.none": Message(
        mark("no time-stamp authority would be asked"),
        mark("name one with --tsa or in config.toml"),
    ),
    "authority.untrusted": Message(
        mark("the time-stamp authority {id} answers, but its root is not trusted"),
        mark("give its root with --trust, got from the authority itself"),
    ),
    "browser.hangs": Message(
        mark("the browser does not come up"),
        mark("start it once by hand, or name another one with --browser"),
    ),
    "browser.starts": Message(
        mark("the browser starts, {name} {version}: {path}"),
        "",
    ),
    "clock.off": Message(
        mark("the clock of this machine is {offset_s} s off"),
        mark("let the system set the clock by the network"),
    ),
    "clock.right": Message(
        mark("the clock of this machine is right"),
        "",
    ),
    "clock.unknown": Message(
        mark("nobody was there to compare the clock with"),
        mark("check the network, then run it again"),
    ),
    "folder.unwritable": Message(
        mark("the folder can't be written to ({detail}): {path}"),
        mark(
            "check the rights on it, or name another one with EVIDENCE_KIT_DATA_DIR or"
            " EVIDENCE_KIT_CONFIG_DIR"
        ),
    ),
    "folder.writable": Message(
        mark("the folder can be written to: {path}"),
        "",
    ),
    "font.chinese": Message(
        mark("there is a Chinese font for the pictures of pages"),
        "",
    ),
    "font.none": Message(
        mark("there is no Chinese font, so pictures of Chinese pages show empty boxes"),
        mark("install one, such as fonts-noto-cjk"),
    ),
    "font.unknown": Message(
        mark("it can't be told whether there is a Chinese font"),
        mark("look at the first picture of a Chinese page"),
    ),
    "key.there": Message(
        mark("the signing key is there, fingerprint of its certificate {sha256}"),
        "",
    ),
    "key.to_be_made": Message(
        mark("the signing key will be made at the first sealing"),
        "",
    ),
    "space.enough": Message(
        mark("there are {free_mb} MB free: {path}"),
        "",
    ),
    "space.little": Message(
        mark("there are only {free_mb} MB free: {path}"),
        mark("free some space"),
    ),
}

FINDINGS: dict[str, str] = {
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
    "digest.mismatch": mark("changed: this file is not as it was sealed: {path}"),
    "digest.size": mark("the size of this file is not the one that was recorded: {path}"),
    "digest.tags": mark("the lists of files are as they were sealed: {path}"),
    "digest.verified": mark("{count} files are as they were sealed"),
    "files.withheld": mark("left out: this file is not in the copy, only its digest is: {path}"),
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
    "proof.unknown": mark("this proof is of a kind not known here, so it was not judged: {path}"),
    "receipt.matches": mark("it is the bundle of the receipt"),
    "receipt.mismatch": mark("it is not the bundle of the receipt, or it was made anew: {path}"),
    "receipt.token_gone": mark("the time stamp of {time} that the receipt names is gone: {path}"),
    "renewal.not_judged": mark(
        "this later renewal of the proof can't be judged by this version: {path}"
    ),
    "revocation.not_checked": mark(
        "whether the authority has withdrawn its certificate was not checked"
    ),
    "revocation.not_judged": mark(
        "this list of withdrawn certificates can't be judged by this version: {path}"
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

LIMITS: dict[str, str] = {
    "content": mark("that what it shows is accurate"),
    "made_anew": mark(
        "that the whole bundle was not made anew before the time proven; only a receipt"
        " that someone else holds shows that"
    ),
    "newest": mark(
        "that no later bundle was taken out of the case; only a later receipt shows that"
    ),
    "revocation": mark("that the authority has not withdrawn its certificate since"),
    "second_case": mark("that there is no second case folder"),
    "signer": mark("who the signer is, where the certificate is self-made"),
    "site": mark("that the web site really sent it: web sites don't sign what they send"),
}
