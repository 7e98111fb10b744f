"""key: the keys that sign. A secret never stands in an option."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evidence_kit.cli.commands import Command, Group
from evidence_kit.cli.options import PATH, as_json, kit_of, option, pass_terminal, sealing
from evidence_kit.cli.terminal import Terminal
from evidence_kit.errors import ExitCode, InputError, SealError, SigningKeyError, UsageError
from evidence_kit.i18n import mark

if TYPE_CHECKING:
    from evidence_kit.crypto.keys import KeyStore

_MAX_PASSPHRASE_BYTES = 1024


@click.group(
    cls=Group,
    short_help=mark("signing keys: new, show, export, import, hand-over"),
    help=mark(
        "The keys that sign bundles. One is made at the first sealing. Each case keeps the key"
        " that its first bundle was signed with, until that is handed over."
    ),
)
def command() -> None:
    """Keys."""


_passphrase_file = option(
    "--passphrase-file",
    type=PATH,
    metavar="FILE",
    help=mark("read the passphrase from the first line of this file"),
)


@command.command(
    "new",
    cls=Command,
    short_help=mark("make a key and sign new cases with it"),
    help=mark("Make a new key and sign new cases with it. Prints its fingerprint."),
)
@as_json
@pass_terminal
def new(terminal: Terminal, as_json: bool) -> ExitCode:
    """Make a key."""
    from evidence_kit.actions.kit import utc_now
    from evidence_kit.crypto.keys import new_signing_key

    store = _store(terminal)
    key = new_signing_key(now=utc_now())
    store.add(key)
    store.set_default(key.certificate_sha256)
    _tell(terminal, key.certificate_sha256, as_json=as_json)
    terminal.suggest("evidence-kit", "key", "export", "-o", "key.p12")
    return ExitCode.DONE


@command.command(
    "show",
    cls=Command,
    short_help=mark("list the keys and their fingerprints"),
    help=mark("List the fingerprints of the keys; give yours to whoever receives your bundles."),
)
@as_json
@pass_terminal
def show(terminal: Terminal, as_json: bool) -> ExitCode:
    """List the keys."""
    store = _store(terminal)
    default = store.default_sha256()
    digests = store.certificates_sha256()
    if as_json:
        terminal.put_json(
            [{"certificate_sha256": d, "signs_new_cases": d == default} for d in digests]
        )
        return ExitCode.DONE
    for digest in digests:
        signs = terminal.tr("signs new cases") if digest == default else ""
        terminal.put(f"{digest} {signs}".rstrip())
    if not digests:
        terminal.say(terminal.tr("there is no key yet; one is made at the first sealing"))
        terminal.suggest("evidence-kit", "key", "new")
    return ExitCode.DONE


@command.command(
    "export",
    cls=Command,
    short_help=mark("save a key to a file, protected by a passphrase"),
    help=mark(
        "Save a key to a PKCS#12 file, protected by a passphrase: a safety copy, or to sign on"
        " another machine. Without SHA256 it is the key that signs new cases."
    ),
)
@click.argument("sha256", metavar="[SHA256]", required=False)
@option("-o", "--output", "out", required=True, type=PATH, metavar="FILE", help=mark("the file"))
@_passphrase_file
@pass_terminal
def export(
    terminal: Terminal, sha256: str | None, out: Path, passphrase_file: Path | None
) -> ExitCode:
    """Write a key to a new file for its owner alone."""
    import os

    from evidence_kit.crypto.keys import dump_pkcs12

    store = _store(terminal)
    chosen = sha256 or store.default_sha256()
    if chosen is None:
        raise InputError("key.none")
    key = store.get(_digest(chosen))
    passphrase = _passphrase(terminal, passphrase_file, is_new=True)
    content = dump_pkcs12(key, passphrase)
    try:
        with open(out, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)
    except FileExistsError:
        raise SealError("seal.exists", path=str(out)) from None
    terminal.put_path(out)
    terminal.say(
        terminal.tr(
            "keep the file in a safe place, apart from its passphrase, and both to yourself"
        )
    )
    terminal.suggest(
        *("evidence-kit", "key", "import", out),
        form=mark("to sign on another machine, copy the file there and run: {command}"),
    )
    return ExitCode.DONE


@command.command(
    "import",
    cls=Command,
    short_help=mark("take in a key from a file and sign new cases with it"),
    help=mark(
        "Take in a key from a PKCS#12 file (.p12, .pfx), such as one from a certification"
        " authority, and sign new cases with it. Prints its fingerprint."
    ),
)
@click.argument("file", metavar="FILE", type=PATH)
@_passphrase_file
@as_json
@pass_terminal
def import_(
    terminal: Terminal, file: Path, passphrase_file: Path | None, as_json: bool
) -> ExitCode:
    """Store a key that was made elsewhere."""
    from evidence_kit.actions.kit import utc_now
    from evidence_kit.crypto.keys import load_pkcs12

    content = _read(file, max_bytes=1 << 20)
    passphrase = _passphrase(terminal, passphrase_file, is_new=False)
    try:
        key = load_pkcs12(content, passphrase)
    except SigningKeyError as error:
        if error.code == "key.passphrase" and not (passphrase_file or terminal.may_ask):
            raise UsageError("passphrase.needed") from None
        raise
    key.require_not_expired(now=utc_now())
    store = _store(terminal)
    store.add(key)
    store.set_default(key.certificate_sha256)
    _tell(terminal, key.certificate_sha256, as_json=as_json)
    terminal.suggest("evidence-kit", "init", "DIR")
    return ExitCode.DONE


@command.command(
    "hand-over",
    cls=Command,
    short_help=mark("let another key sign a case from now on"),
    help=mark(
        "Let another key sign the bundles of a case from now on. The key that signs it now says"
        " so in a sealed note, without which the case would no longer verify."
    ),
)
@click.argument("case_folder", metavar="CASE", type=PATH)
@option(
    "--to",
    "sha256",
    required=True,
    metavar="SHA256",
    help=mark("fingerprint of the new key, which must be on this machine"),
)
@sealing
@pass_terminal
def hand_over(
    terminal: Terminal,
    case_folder: Path,
    *,
    sha256: str,
    tsa: tuple[str, ...],
    no_timestamp: bool,
    trust: tuple[Path, ...],
    as_json: bool,
) -> ExitCode:
    """Seal the note that names the new key."""
    from evidence_kit.actions.case import open_case
    from evidence_kit.actions.hand_over import hand_over
    from evidence_kit.cli.sealing import show_sealed

    sealed = hand_over(
        open_case(case_folder),
        _digest(sha256),
        kit=kit_of(terminal, tsa=tsa, trust=trust, no_timestamp=no_timestamp),
    )
    return show_sealed(terminal, sealed, as_json=as_json)


def _digest(fingerprint: str) -> str:
    """A fingerprint as it may be written, in the form that the store knows."""
    return fingerprint.replace(":", "").strip().lower()


def _store(terminal: Terminal) -> "KeyStore":
    from evidence_kit.actions.kit import make_kit

    return make_kit(terminal.require_settings(), timestamp=False).keys


def _tell(terminal: Terminal, sha256: str, *, as_json: bool) -> None:
    if as_json:
        terminal.put_json({"certificate_sha256": sha256})
    else:
        terminal.put(sha256)
    terminal.say(
        terminal.tr("tell this fingerprint to whoever receives your bundles, not in the bundle")
    )


def _passphrase(terminal: Terminal, file: Path | None, *, is_new: bool) -> str | None:
    """The passphrase from a file, or from the user."""
    if file is not None:
        text = _read(file, max_bytes=_MAX_PASSPHRASE_BYTES).decode("utf-8", "replace")
        passphrase = text.partition("\n")[0].rstrip("\r")
    elif terminal.may_ask:
        passphrase = terminal.ask(terminal.tr("passphrase"), is_secret=True)
        if is_new and passphrase != terminal.ask(
            terminal.tr("the same passphrase again"), is_secret=True
        ):
            raise UsageError("passphrase.differs")
    elif is_new:
        raise UsageError("passphrase.needed")
    else:
        return None
    if is_new and not passphrase:
        raise UsageError("passphrase.empty")
    return passphrase or None


def _read(path: Path, *, max_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise InputError("file.missing", path=str(path)) from None
    except OSError as error:
        raise InputError("file.unreadable", path=str(path), detail=error.strerror or "") from error
    if len(content) > max_bytes:
        raise InputError("file.too_large", path=str(path))
    return content
