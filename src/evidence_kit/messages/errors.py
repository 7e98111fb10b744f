"""What went wrong, and what to do next."""

from evidence_kit.i18n import mark
from evidence_kit.messages.capture import CAPTURE_ERRORS
from evidence_kit.messages.chats import CHAT_ERRORS
from evidence_kit.messages.media import MEDIA_ERRORS
from evidence_kit.messages.message import Message
from evidence_kit.messages.network import NETWORK_ERRORS
from evidence_kit.messages.sessions import SESSION_ERRORS

ERRORS: dict[str, Message] = {
    **CAPTURE_ERRORS,
    **CHAT_ERRORS,
    **MEDIA_ERRORS,
    **NETWORK_ERRORS,
    **SESSION_ERRORS,
    "add.nothing": Message(
        mark("no file was given"),
        mark("name the files to add"),
    ),
    "attach.altered": Message(
        mark("the case holds something altered or damaged, so no list was made ({names}): {path}"),
        mark("look at it with: evidence-kit verify {path}"),
    ),
    "attach.copy": Message(
        mark("the copy of a bundle is not the same as the bundle: {path}"),
        mark("check the disk, then attach again"),
    ),
    "attach.empty": Message(
        mark("there is no bundle in the case: {path}"),
        mark(
            "put one into it with: evidence-kit capture URL --case {path}, or evidence-kit add FILE"
            " --case {path}"
        ),
    ),
    "attach.exists": Message(
        mark("there is something at this place already: {path}"),
        mark("name a folder that does not exist yet, or an empty one"),
    ),
    "attach.self_check": Message(
        mark("the finished list did not verify, so it was thrown away ({reason})"),
        mark("try again; if it stays so, check the disk and the clock and report it"),
    ),
    "bundle.case_above": Message(
        mark("this is no bundle and no case, but there is a case in it: {path}"),
        mark("name the case: {example}"),
    ),
    "bundle.is_above": Message(
        mark("this is a folder with bundles, and no case: {path}"),
        mark("name them one by one, such as {example}"),
    ),
    "bundle.is_list": Message(
        mark("this is a list that goes with a complaint, not a bundle: {path}"),
        mark(
            "verify the bundles that its MANIFEST.txt lists; if they were copied, with:"
            " evidence-kit verify {bundles}"
        ),
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
        mark("see what is wrong with: evidence-kit verify {path}"),
    ),
    "case.and_output": Message(
        mark("--case and -o can't go together"),
        mark("give one of them"),
    ),
    "case.damaged": Message(
        mark("a bundle of the case can't be read, so nothing can be linked to it: {path}"),
        mark("put back an undamaged copy of it; what is wrong says: evidence-kit verify {path}"),
    ),
    "case.elsewhere": Message(
        mark("there is no case in this place: {path}"),
        mark("did you mean {example}?"),
    ),
    "case.exists": Message(
        mark("there is a case in this folder already: {path}"),
        mark("use it with --case, or name another folder"),
    ),
    "case.is_file": Message(
        mark("this is a file, not a folder: {path}"),
        mark("name a folder that does not exist yet"),
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
        mark("make one with: evidence-kit init {path}"),
    ),
    "case.no_bundle": Message(
        mark("this is a case, and one of its bundles is wanted: {path}"),
        mark("name one, such as {example}; to check all of them: evidence-kit verify {path}"),
    ),
    "case.none": Message(
        mark("this is no case: {path}"),
        mark("name the folder that holds case.toml, or make a case with: evidence-kit init DIR"),
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
    "crl.not_accepted": Message(
        mark("this is no revocation list that can be used ({reason}): {path}"),
        mark("give the list (CRL) as it came from the authority, as DER or PEM"),
    ),
    "crl.unreadable": Message(
        mark("the revocation list can't be read ({detail}): {path}"),
        mark("check the path that was given with --crl"),
    ),
    "date.malformed": Message(
        mark("this is no date: {text}"),
        mark("write it like 2026-11-08 or 2026-11-08T10:20:31+08:00"),
    ),
    "date.backwards": Message(
        mark("the first day is after the last one: {first}, {last}"),
        mark("give the earlier day with --from and the later one with --until"),
    ),
    "date.no_day": Message(
        mark("this is no day: {text}"),
        mark("write it as 2026-11-08 only, without a time"),
    ),
    "disk.full": Message(
        mark("the disk is full, only {free_mb} MB are left: {path}"),
        mark("free some space and run the same command again; nothing was left half done"),
    ),
    "distrust.malformed": Message(
        mark("this does not name an algorithm and a day: {text}"),
        mark("write it as in --distrust sha256@2040-01-01"),
    ),
    "distrust.unknown": Message(
        mark("there is no such algorithm: {name}"),
        mark("those known are sha256, sha384, sha512, rsa and ecdsa"),
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
    "html.folder": Message(
        mark("there is no such folder to write the page to: {path}"),
        mark("make it, or name another file with --html"),
    ),
    "html.place": Message(
        mark("the page can't be written here, over or into something that is no page: {path}"),
        mark("name another file with --html, such as report.html"),
    ),
    "html.unwritable": Message(
        mark("the page can't be written ({detail}): {path}"),
        mark("check the rights on the folder and the free space, or name another file with --html"),
    ),
    "hand_over.empty": Message(
        mark("no bundle is in the case yet, so no key is bound to it: {path}"),
        mark("the key that signs new cases will sign it; evidence-kit key show names that"),
    ),
    "hand_over.same": Message(
        mark("the case is signed with this key already: {sha256}"),
        mark("name another one; list the keys with: evidence-kit key show"),
    ),
    "include.altered": Message(
        mark(
            "this bundle has been changed or damaged since sealing, so it can't be brought in:"
            " {path}"
        ),
        mark("see what is wrong with: evidence-kit verify {path}"),
    ),
    "include.nothing": Message(
        mark("no bundle was given to bring in"),
        mark("name the bundles"),
    ),
    "include.same_name": Message(
        mark("two of the bundles have the same file name"),
        mark("rename one of them; its name means nothing"),
    ),
    "key.expired": Message(
        mark("the certificate of the signing key expired on {date}: {sha256}"),
        mark(
            "check the clock of this machine; if it is right, make a key with evidence-kit key"
            " new, and go on in a new case: evidence-kit init DIR --include BUNDLE"
        ),
    ),
    "key.missing": Message(
        mark("there is no signing key with this certificate: {sha256}"),
        mark(
            "list the keys with: evidence-kit key show; take in one from elsewhere with:"
            " evidence-kit key import FILE"
        ),
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
        mark("to log in takes a terminal, which asks when you have done so"),
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
        mark("write it into the first line of a file and name that with --passphrase-file"),
    ),
    "receipt.malformed": Message(
        mark("this is no receipt"),
        mark("give the whole line that begins with ek1, in quotation marks"),
    ),
    "receipt.several": Message(
        mark("a receipt pins one bundle, but more than one was given"),
        mark("put the receipt in quotation marks, and verify its bundle by itself"),
    ),
    "renew.no_time": Message(
        mark("this bundle has no time stamp that could be renewed: {path}"),
        mark("get one first: evidence-kit stamp {path}"),
    ),
    "renew.not_trusted": Message(
        mark("the authority's answer ends in no trusted root, so nothing was renewed: {path}"),
        mark("ask an authority that is trusted, or give its root with --trust"),
    ),
    "renew.too_many": Message(
        mark("the bundle has room for {count} renewals only: {path}"),
        mark("it needs no more"),
    ),
    "option.dash": Message(
        mark("an option begins with two hyphens: {given}"),
        mark("did you mean {suggestion}?"),
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
        mark("nothing can be written here ({detail}): {path}"),
        mark("check the folder and the disk; nothing was left half done"),
    ),
    "share.altered": Message(
        mark("the bundle has been changed or damaged since sealing: {path}"),
        mark("see what is wrong with: evidence-kit verify {path}"),
    ),
    "share.nothing": Message(
        mark("nothing was named to leave out"),
        mark("name files with --without; the whole bundle can be sent as it is"),
    ),
    "share.unknown_path": Message(
        mark("there is no such file to leave out ({name}): {path}"),
        mark("did you mean {known}? All names: evidence-kit show {path}"),
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
        mark("see what is wrong with: evidence-kit verify {path}"),
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
}
