"""The details of one bundle on the page of a report: times, signer, evidence, findings."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import assert_never

from evidence_kit.actions.contents import HeldFile, HeldItem, State
from evidence_kit.actions.media import TRANSCRIPTION
from evidence_kit.cli.account_view import account_rows
from evidence_kit.cli.bill_view import bill_rows
from evidence_kit.cli.markup import Html, clipped, foreign, join, listed, rows, tag, text
from evidence_kit.cli.media_view import media_rows
from evidence_kit.cli.report_environment import environment_table
from evidence_kit.cli.report_text import HEADINGS, country_text, verdict_text
from evidence_kit.cli.report_view import Subject, View, badge
from evidence_kit.cli.show import EVENT_NAMES, KINDS, TYPED
from evidence_kit.i18n import mark
from evidence_kit.model import Captured, FileEntry, Imported, Item, Role, Stated
from evidence_kit.report import ProvenTime, SignerIdentity, common_name

_MAX_FINDINGS = 100
"""Of each outcome, for one bundle."""
_STATES = {
    State.AS_SEALED: mark("as sealed"),
    State.CHANGED: mark("changed"),
    State.ABSENT: mark("not here"),
}


def bundle_sheet(view: View, subject: Subject) -> Html:
    """All that is told of one bundle."""
    report = subject.report
    verdict = verdict_text(view.words, report.verdict, report.findings)
    return tag(
        "section",
        tag("h2", badge(view, report.verdict), tag("span", foreign(subject.name))),
        tag("p", verdict, class_="say outcome"),
        _times(view, subject),
        _signer(view, report.signer),
        _receipt(view, subject),
        _evidence(view, subject),
        environment_table(view, subject.contents),
        _findings(view, subject),
        class_="sheet bundle",
        id=f"{view.lang}-{subject.number}",
    )


def fingerprint(sha256: str) -> str:
    """A digest of a certificate, as openssl prints it."""
    return ":".join(sha256[at : at + 2] for at in range(0, len(sha256), 2)).upper()


def _times(view: View, subject: Subject) -> Html:
    report, tr = subject.report, view.tr
    until, after = report.sealed_no_later_than, report.sealed_not_before
    bounds = rows(
        (
            (tr("sealed no later than"), view.until(until) if until else tr("not proven")),
            (tr("sealed after"), view.time(after) if after else ""),
        )
    )
    parts = [tag("h3", tr("time")), bounds]
    if report.proven_times:
        what = tr(
            "each of these time stamps (RFC 3161) is over the signature, and the signature is"
            " over the digests of all files"
        )
        parts.append(tag("p", what, class_="say dim"))
        parts += [_time(view, proven) for proven in report.proven_times]
    if report.renewals:
        parts.append(tag("h4", tr("renewals: later time stamps over all that was there")))
        parts += [_time(view, proven) for proven in report.renewals]
    return join(parts)


def _time(view: View, proven: ProvenTime) -> Html:
    tr = view.tr
    accuracy = "" if proven.accuracy_ms is None else f" ± {proven.accuracy_ms / 1000:g} s"
    authority = foreign(common_name(proven.authority))
    if proven.country:
        authority = join((authority, f" ({country_text(view.words, proven.country)})"))
    if proven.is_given:
        root = tr("only because the maker of this report named its root certificate")
    else:
        root = tr(
            "the certificate leads to the root that is kept for it ({id})", id=proven.anchor_id
        )
    return rows(
        (
            (tr("time stamp"), view.time(proven.gen_time) + accuracy),
            (tr("authority"), authority),
            (tr("trusted because"), root),
            (tr("certificate withdrawn?"), _revocation(view, proven)),
            (tr("file"), tag("code", text(proven.path))),
        ),
        class_="facts card",
    )


def _revocation(view: View, proven: ProvenTime) -> str:
    as_of = proven.not_revoked_as_of
    if as_of is None:
        return view.tr("not checked: no list of withdrawn certificates was at hand")
    if as_of < proven.gen_time:
        return view.tr("not as of {time}, which is before the time stamp", time=view.time(as_of))
    return view.tr("not as of {time}", time=view.time(as_of))


def _signer(view: View, signer: SignerIdentity | None) -> Html:
    tr = view.tr
    head = tag("h3", tr("signer"))
    if signer is None:
        return join((head, tag("p", tr("can't be told"), class_="say")))
    if signer.is_self_made:
        identity = tr("self-asserted: nobody but the signer vouches for it")
    else:
        identity = tr(
            "issued by {issuer}; whether that one deserves trust was not judged",
            issuer=common_name(signer.issuer),
        )
    validity = f"{signer.not_before:%Y-%m-%d} – {signer.not_after:%Y-%m-%d} UTC"
    return join(
        (
            head,
            rows(
                (
                    (
                        tr("certificate's SHA-256"),
                        tag("code", fingerprint(signer.certificate_sha256)),
                    ),
                    (tr("identity"), identity),
                    (tr("name in the certificate"), foreign(signer.subject)),
                    (tr("certificates above it"), listed(map(foreign, signer.chain))),
                    (tr("certificate valid"), validity),
                    (
                        tr("signed, by the machine's clock"),
                        view.time(signer.signing_time_claimed),
                    ),
                )
            ),
        )
    )


def _receipt(view: View, subject: Subject) -> Html:
    receipt = subject.report.receipt
    if receipt is None:
        return Html("")
    return join(
        (tag("h3", view.tr("receipt")), tag("p", tag("code", text(receipt)), class_="receipt"))
    )


# Evidence


def _evidence(view: View, subject: Subject) -> Html:
    contents, tr = subject.contents, view.tr
    head = tag("h3", tr("list of evidence"))
    if contents is None:
        return join((head, tag("p", tr("the bundle's record can't be read"), class_="say")))
    notes = []
    if not contents.is_as_signed:
        notes.append(
            tag(
                "p",
                tr(
                    "the record itself is not the one that was signed: what follows is only what"
                    " it says now, and no pictures are shown"
                ),
                class_="say warning",
            )
        )
    record = [_file(view, one) for one in contents.record]
    parts = [head, *notes, *(_item(view, one) for one in contents.items)]
    if record:
        parts.append(tag("h4", tr("the program's own record of the sealing"), class_="say"))
        parts.append(tag("ul", *record, class_="files"))
    if contents.left_out_count:
        parts.append(
            tag(
                "p",
                tr(
                    "{count} more files are not listed here; all of them stand in"
                    " manifest-sha256.txt",
                    count=contents.left_out_count,
                ),
                class_="say dim",
            )
        )
    return join(parts)


def _item(view: View, held: HeldItem) -> Html:
    item = held.item
    pictures = [picture(view, one) for one in held.files if one.preview]
    return tag(
        "article",
        tag(
            "h4",
            tag("b", foreign(item.id, limit=20)),
            " ",
            tag("span", view.tr(KINDS[item.kind]), class_="kind"),
            " ",
            foreign(item.label, limit=200),
        ),
        tag(
            "div",
            rows(_origin(view, item)),
            tag("div", *pictures, class_="pictures") if pictures else "",
            class_="about",
        ),
        tag("ul", *(_file(view, one) for one in held.files), class_="files"),
        class_="item",
    )


def picture(view: View, held: HeldFile) -> Html:
    """A small picture of a file; its bytes stand in the page once, for both languages."""
    preview = held.preview
    assert preview is not None
    name = text(held.entry.path)
    width, height = preview.width_px, preview.height_px
    svg = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{name}"><use href="#{picture_id(held)}"/></svg>'
    )
    is_cut = tag("figcaption", view.tr("upper part")) if preview.is_cropped else ""
    return tag("figure", Html(svg), is_cut)


def picture_id(held: HeldFile) -> str:
    """The id of a picture on the page."""
    return f"picture-{held.sha256}"


def _origin(view: View, item: Item) -> Iterator[tuple[str, str]]:
    match item.origin:
        case Captured():
            yield from _captured(view, item.origin)
        case Imported():
            yield from _imported(view, item.origin)
        case Stated():
            yield from _stated(view, item.origin)
        case _:
            assert_never(item.origin)


def _captured(view: View, origin: Captured) -> Iterator[tuple[str, str]]:
    tr = view.tr
    yield tr("address"), foreign(origin.url, limit=500)
    if origin.final_url and origin.final_url != origin.url:
        yield tr("led to"), foreign(origin.final_url, limit=500)
    if origin.http_status is not None:
        yield tr("the site's answer"), f"HTTP {origin.http_status}"
    yield tr("captured, by the machine's clock"), _told(view, origin.started_at)
    noticed = (*origin.sanity, *origin.missing, *origin.redacted)
    shown = [view.words.of_observation(one) for one in noticed[:20]]
    yield tr("noticed"), listed(clipped(one, 500) for one in dict.fromkeys(shown))


def _imported(view: View, origin: Imported) -> Iterator[tuple[str, str]]:
    tr = view.tr
    yield tr("original name"), foreign(origin.original_name)
    yield tr("added, by the machine's clock"), _told(view, origin.imported_at)
    if origin.obtained_at_claimed:
        yield tr("obtained, as stated"), _told(view, origin.obtained_at_claimed)
    if origin.obtained_from_claimed:
        yield tr("obtained from, as stated"), foreign(origin.obtained_from_claimed)
    if origin.carrier_claimed:
        yield tr("carrier, as stated"), foreign(origin.carrier_claimed)


def _stated(view: View, origin: Stated) -> Iterator[tuple[str, str]]:
    tr = view.tr
    event = tr(EVENT_NAMES[origin.event]) if origin.event in EVENT_NAMES else ""
    yield tr("event, as stated"), event or foreign(origin.event)
    yield tr("date, as stated"), foreign(origin.on_claimed)
    yield tr("recorded, by the machine's clock"), _told(view, origin.recorded_at)
    if origin.channel_claimed:
        yield tr("channel, as stated"), foreign(origin.channel_claimed)
    if origin.note_claimed:
        yield tr("note, as stated"), foreign(origin.note_claimed, limit=1000)


def _told(view: View, value: str) -> str:
    """A time as the bundle tells it; what is no time with a zone is shown as it stands."""
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo:
            return view.time(moment)
    except (ValueError, OverflowError):
        pass
    return foreign(value)


def _file(view: View, held: HeldFile) -> Html:
    entry = held.entry
    size = view.tr("{size} bytes", size=f"{entry.size_bytes:,}")
    state = tag("span", view.tr(_STATES[held.state]), class_=f"state {held.state.value}")
    facts: Html | str = rows(media_rows(view.words, held.media)) if held.media else ""
    if held.chat:
        facts = rows(account_rows(view.words, held.chat))
    if held.bill:
        facts = rows(bill_rows(view.words, held.bill))
    line = [tag("code", text(entry.path)), " ", tag("span", size, class_="dim"), " ", state]
    if entry.role is Role.DERIVED:
        line.append(tag("span", _derivation(view, entry), class_="dim"))
    digest = tag("code", f"SHA-256 {held.sha256 or '-'}", class_="digest")
    return tag("li", *line, Html("<br>"), digest, facts)


def _derivation(view: View, entry: FileEntry) -> str:
    if entry.is_made_by(TRANSCRIPTION):
        return " " + view.tr(TYPED)
    return " " + view.tr("made from {paths}", paths=", ".join(entry.from_[:5])[:300])


# Findings


def _findings(view: View, subject: Subject) -> Html:
    findings = subject.report.findings
    whose = view.tr("“you” is whoever made this report")
    parts = [tag("h3", view.tr("what the checks found")), tag("p", whose, class_="dim")]
    for outcome, heading in HEADINGS.items():
        chosen = [view.words.of_finding(one) for one in findings if one.outcome is outcome]
        if chosen:
            parts.append(tag("h4", view.tr(heading), class_=f"say {outcome.value}"))
            parts.append(_clipped(view, chosen))
    return join(parts)


def _clipped(view: View, lines: Iterable[str]) -> Html:
    lines = list(dict.fromkeys(lines))
    shown = [clipped(line, 700) for line in lines[:_MAX_FINDINGS]]
    if len(shown) < len(lines):
        shown.append(view.tr("and {count} more", count=len(lines) - len(shown)))
    return listed(shown, class_="findings")
