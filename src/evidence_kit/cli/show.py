"""show: what is inside a bundle, without judging it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

import click

from evidence_kit.cli.commands import Command
from evidence_kit.cli.environment_text import record_lines
from evidence_kit.cli.options import PATH, as_json, option, pass_terminal
from evidence_kit.cli.terminal import Terminal
from evidence_kit.cli.words import Words
from evidence_kit.errors import ExitCode, InputError, UsageError
from evidence_kit.i18n import mark
from evidence_kit.model import Captured, FileEntry, Imported, Item, Kind, Stated
from evidence_kit.report import Fault

if TYPE_CHECKING:
    from evidence_kit.actions.bill_account import BillReader
    from evidence_kit.actions.chat_account import AccountReader
    from evidence_kit.bundle.reader import Bundle

KINDS = {
    Kind.PAGE: mark("web page"),
    Kind.PICTURE: mark("picture"),
    Kind.RECORDING: mark("recording"),
    Kind.CHAT: mark("chat"),
    Kind.DOCUMENT: mark("document"),
    Kind.EVENT: mark("event"),
    Kind.NOTE: mark("note"),
    Kind.ATTEMPT: mark("failed attempt"),
}

EVENT_NAMES = {
    "ordered": mark("ordered"),
    "paid": mark("paid"),
    "promised": mark("promised"),
    "delivered": mark("delivered"),
    "demanded": mark("demanded"),
    "refused": mark("refused"),
    "complained": mark("complained"),
    "replied": mark("replied"),
    "refunded": mark("refunded"),
    "closed": mark("closed"),
    "other": mark("other"),
    "included": mark("earlier bundles brought in"),
    "handed-over": mark("signing key changed"),
    "marks": mark("words in a chat confirmed or rejected"),
}

TYPED = mark("typed by the user, as the user says, from the picture or recording; not checked")


@click.command(
    cls=Command,
    short_help=mark("show what is inside a bundle"),
    help=mark(
        "Show what is inside a bundle, as it says itself. Nothing is judged; that is what"
        " `verify` is for."
    ),
)
@click.argument("path", metavar="BUNDLE", type=PATH)
@option("--extract", type=PATH, metavar="DIR", help=mark("unpack it into a new folder in DIR"))
@option(
    "--payments",
    is_flag=True,
    help=mark("list the payments of the bills in a bundle or a case, and find its order in them"),
)
@as_json
@pass_terminal
def command(
    terminal: Terminal, path: Path, *, extract: Path | None, payments: bool, as_json: bool
) -> ExitCode:
    """Read the bundle's own record and print it."""
    if payments and extract:
        raise UsageError("show.payments_and_extract")
    if payments:
        return _show_payments(terminal, path, as_json=as_json)
    from evidence_kit.actions.wanted import require_bundle
    from evidence_kit.bundle.reader import Bundle
    from evidence_kit.cli.extract import extract_bundle

    require_bundle(path)
    try:
        with Bundle(path) as bundle:
            content = _content(bundle) if as_json else {}
            text = [] if as_json else list(_lines(terminal.words, bundle))
            folder = extract_bundle(bundle, extract) if extract else None
    except Fault as fault:
        raise InputError("bundle.unreadable", path=str(path), reason=fault.code) from fault
    if as_json:
        terminal.put_json(content | ({"extracted_to": str(folder)} if folder else {}))
    else:
        for line in text:
            terminal.put(line)
        if folder:
            terminal.put(terminal.tr("unpacked to {path}", path=str(folder)))
    terminal.say(terminal.tr("this is what the bundle says; nothing of it was checked"))
    terminal.suggest("evidence-kit", "verify", path)
    return ExitCode.DONE


def _show_payments(terminal: Terminal, path: Path, *, as_json: bool) -> ExitCode:
    from evidence_kit.actions.bills import payments_in
    from evidence_kit.cli.payments import payment_data, payment_lines

    try:
        found = payments_in(path)
    except Fault as fault:
        raise InputError("bundle.unreadable", path=str(path), reason=fault.code) from fault
    if as_json:
        terminal.put_json(payment_data(found))
    else:
        for line in payment_lines(terminal.words, found):
            terminal.put(line)
    terminal.say(terminal.tr("this is what the bundle says; nothing of it was checked"))
    terminal.suggest("evidence-kit", "verify", path)
    return ExitCode.DONE


def _content(bundle: "Bundle") -> dict[str, Any]:
    return {
        "path": str(bundle.path),
        "container": bundle.container,
        "evidence": bundle.evidence,
        "sha256": bundle.manifest,
        "files": dict(bundle.sizes),
        "bills": list(_bills(bundle)),
    }


def _bills(bundle: "Bundle") -> Iterator[dict[str, Any]]:
    """Of each bill, which file it is, how many rows it has and what it lacks."""
    from evidence_kit.actions.bill_account import BillReader
    from evidence_kit.cli.bill_view import bill_data

    reader = BillReader()
    for item in bundle.evidence.items:
        for entry in item.files:
            if bill := reader.read(bundle, entry):
                yield {"item": item.id, "original": ", ".join(entry.from_)} | bill_data(bill)


def _lines(words: Words, bundle: "Bundle") -> Iterator[str]:
    evidence, tr = bundle.evidence, words.tr
    yield str(bundle.path)
    yield tr("bundle: {id}", id=evidence.id)
    yield tr("said to be made at: {time}", time=evidence.created_at)
    software = f"{evidence.software.name} {evidence.software.version}"
    yield tr("said to be made with: {software}", software=software)
    if evidence.case:
        yield tr("case: {id}, number {number}", id=evidence.case.id, number=evidence.case.sequence)
    from evidence_kit.actions.bill_account import BillReader
    from evidence_kit.actions.chat_account import AccountReader

    accounts, bills = AccountReader(), BillReader()
    for item in evidence.items:
        yield ""
        yield tr("{id} {kind}: {label}", id=item.id, kind=tr(KINDS[item.kind]), label=item.label)
        for line in _origin_lines(words, item.origin):
            yield f"  {line}"
        for entry in item.files:
            yield f"  {_file_line(words, bundle, entry.path)}"
            yield from _derived_lines(words, bundle, item, entry, accounts, bills=bills)
    from evidence_kit.actions.contents import environment_of

    record = environment_of(bundle)
    if record is not None and record.level == "full":
        yield ""
        yield from record_lines(words, record)
    yield ""
    yield tr("record and proofs:")
    items = {entry.path for item in evidence.items for entry in item.files}
    for path in bundle.sizes:
        if path not in items:
            yield f"  {_file_line(words, bundle, path)}"


def _file_line(words: Words, bundle: "Bundle", path: str) -> str:
    size = bundle.sizes.get(path)
    if size is None:
        return words.tr("{path}: left out", path=path)
    digest = bundle.manifest.get(path)
    if digest is None:
        return words.tr("{path}: {size} bytes", path=path, size=f"{size:,}")
    return words.tr("{path}: {size} bytes {sha256}", path=path, size=f"{size:,}", sha256=digest)


def _derived_lines(
    words: Words,
    bundle: "Bundle",
    item: Item,
    entry: FileEntry,
    accounts: "AccountReader",
    *,
    bills: "BillReader",
) -> Iterator[str]:
    """What a file tells of the original that it was made from."""
    from evidence_kit.actions.media import TRANSCRIPTION, read_media
    from evidence_kit.cli.account_view import account_rows
    from evidence_kit.cli.bill_view import bill_rows
    from evidence_kit.cli.media_view import media_rows

    if entry.is_made_by(TRANSCRIPTION):
        yield f"    {words.tr(TYPED)}"
    rows = []
    if media := read_media(bundle, entry):
        rows = list(media_rows(words, media))
    elif chat := accounts.read(bundle, item, entry):
        rows = list(account_rows(words, chat))
    elif bill := bills.read(bundle, entry):
        rows = list(bill_rows(words, bill))
    for name, value in rows:
        line = words.tr("{name}: {value}", name=name, value=value)
        yield f"    {line}"


def _origin_lines(words: Words, origin: Captured | Imported | Stated) -> Iterator[str]:
    tr = words.tr
    match origin:
        case Captured():
            yield tr("address: {url}", url=origin.url)
            if origin.final_url not in (None, origin.url):
                yield tr("led to: {url}", url=str(origin.final_url))
            yield tr("captured: {start} to {end}", start=origin.started_at, end=origin.ended_at)
            for observation in (*origin.sanity, *origin.missing, *origin.redacted):
                yield tr("beware: {text}", text=words.of_observation(observation))
        case Imported():
            yield tr("original name: {name}", name=origin.original_name)
            yield tr("added: {time}", time=origin.imported_at)
            if origin.obtained_at_claimed:
                yield tr("obtained, as stated: {time}", time=origin.obtained_at_claimed)
            if origin.obtained_from_claimed:
                yield tr("obtained from, as stated: {source}", source=origin.obtained_from_claimed)
        case Stated():
            event = EVENT_NAMES.get(origin.event)
            yield tr(
                "event, as stated: {event}, {date}",
                event=tr(event) if event else origin.event,
                date=origin.on_claimed,
            )
            if origin.channel_claimed:
                yield tr("through, as stated: {channel}", channel=origin.channel_claimed)
            if origin.note_claimed:
                yield tr("note: {note}", note=origin.note_claimed)
        case _:
            assert_never(origin)
