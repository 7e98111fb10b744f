"""What `doctor` found, and what to do about it; an empty hint where nothing is to be done."""

from evidence_kit.i18n import mark
from evidence_kit.messages.message import Message

DIAGNOSES: dict[str, Message] = {
    "authority.answers": Message(
        mark(
            "the time-stamp authority {id} answers after {delay_ms} ms; its clock minus this"
            " machine's is {offset} s"
        ),
        "",
    ),
    "authority.none": Message(
        mark("no time-stamp authority would be asked"),
        mark("name one with --tsa or in config.toml"),
    ),
    "authority.untrusted": Message(
        mark(
            "the time-stamp authority {id} answers after {delay_ms} ms, but its root is not"
            " trusted; its clock minus this machine's is {offset} s"
        ),
        mark("give its root with --trust, got from the authority itself"),
    ),
    "browser.hangs": Message(
        mark("the browser does not come up"),
        mark("start it once by hand, or name another one with --browser"),
    ),
    "browser.starts": Message(
        mark("the browser starts, {name} {version} (found by {how}): {path}"),
        "",
    ),
    "clock.off": Message(
        mark("the clock of this machine is {offset_s} s off"),
        mark("let the system set the clock by the network"),
    ),
    "clock.right": Message(
        mark("the clock of this machine is right, within a minute of the authorities'"),
        "",
    ),
    "clock.unknown": Message(
        mark("the clock was not checked, since no time-stamp authority answered"),
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
