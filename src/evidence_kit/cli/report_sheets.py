"""The first two sheets of a report: what was found, and how to check it oneself."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from string import Template

from evidence_kit import messages
from evidence_kit.bundle.receipt import read_receipt
from evidence_kit.cli.markup import Html, clipped, foreign, join, listed, rows, tag
from evidence_kit.cli.report_details import fingerprint
from evidence_kit.cli.report_text import (
    GIVEN_ROOT,
    country_text,
    signer_text,
    unaltered_text,
    verdict_text,
)
from evidence_kit.cli.report_view import (
    GROUPS,
    Subject,
    View,
    badge,
    group_of,
)
from evidence_kit.cli.show import KINDS
from evidence_kit.i18n import mark
from evidence_kit.report import (
    Outcome,
    ProvenTime,
    Question,
    Report,
    common_name,
    given_roots,
)

_MAX_ROWS, _FEWER_ROWS = 8, 3
"""Bundles on the first sheet, which is one sheet of paper: fewer where something is amiss."""
_MAX_LINES = 5
"""Findings on the first sheet; every one of them stands in the details."""
_MAX_TEXT = 110
"""Characters of each of them."""
_MAX_ITEMS = 6
_MAX_TOKENS = 4
_PINNED = frozenset({"receipt.matches", "receipt.mismatch", "signer.expected", "signer.unexpected"})
"""Findings about what the maker of the report knew, or says to have known."""
_FOLLOWING = frozenset({"container.crc", "container.local_header", "digest.size"})
_SIGNS = {"changed": "≠", "missing": "−", "extra": "+", "open": "?", "other": "!"}
_MEANINGS = {
    Outcome.PASSED: mark("every file that was sealed is here, and none of them has changed"),
    Outcome.FAILED: mark("do not rely on it until what is listed here is explained"),
    Outcome.INDETERMINATE: mark("neither confirmed nor refuted; the reasons are listed here"),
}
_COMMAND = re.compile(r"(?<=<pre>).+?(?=</pre>)|(?<=<code>).+?(?=</code>)", re.DOTALL)
_OPTION = re.compile(r"(?<=\s)-[A-Za-z0-9-]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def summary_sheet(view: View) -> Html:
    """What was found, on one sheet of paper."""
    tr = view.tr
    parts: list[str] = [
        maker_box(view, mark("made by the sender; check it yourself, page 2")),
        tag("h1", tr("verification report"), class_="say"),
        tag("p", foreign(view.name, limit=80), class_="subject") if view.name else "",
        verdict_box(view),
        _tally(view),
        _amiss(view),
        answers(view, view.subjects[0].report) if view.is_single else _table(view),
        _given_roots(view),
        _chain(view),
        _errors(view),
        _items(view) if view.is_single and not any(_groups(view).values()) else "",
        tag("h3", tr("what this does not say:"), class_="say"),
        listed((tr(messages.LIMITS[code]) for code in view.limits), class_="limits"),
    ]
    return tag("section", *parts, class_="sheet")


def _given_roots(view: View) -> Html:
    """On whose word the times rest, where it is not that of the roots that ship with the kit."""
    roots = given_roots(finding for _, finding in view.findings())
    lines = (view.tr(GIVEN_ROOT, root=clipped(root, 80)) for root in roots)
    return join(tag("p", line, class_="say") for line in lines)


def maker_box(view: View, words: str) -> Html:
    """Who made the page and where to check it, before anything that it says."""
    return tag(
        "div",
        tag("strong", tag("a", view.tr(words),
                          href=f"#{view.lang}-check"), class_="say"),
        tag("p", view.tr("whoever sends a report can forge it; the evidence is the bundle"),
            class_="say"),
        class_="maker",
    )  # fmt: skip


def verdict_box(view: View) -> Html:
    """The verdict, first of all answers."""
    findings = [finding for _, finding in view.findings()]
    words = verdict_text(view.words, view.verdict, findings, reasons=not view.errors)
    return tag(
        "div",
        badge(view, view.verdict),
        tag(
            "div",
            tag("p", clipped(words, 120), class_="word say"),
            tag("p", view.tr(_MEANINGS[view.verdict]), class_="say"),
        ),
        class_=f"verdict {view.verdict.value}",
    )


def _groups(view: View) -> dict[str, list[str]]:
    """What is amiss, by group."""
    groups: dict[str, list[str]] = {name: [] for name in GROUPS}
    told = [(name, one, group) for name, one in view.findings() if (group := group_of(one))]
    changed = {(name, one.subject) for name, one, _ in told if one.code == "digest.mismatch"}
    for name, finding, group in told:
        # A changed file has another size and check sum, too; that is one change.
        if finding.code not in _FOLLOWING or (name, finding.subject) not in changed:
            line = view.words.of_finding(finding)
            if name and not view.is_single:
                line = view.tr("{name}: {verdict}", name=clipped(name, 30), verdict=line)
            groups[group].append(line)
    # Several checks may stumble over the same thing; it is one thing all the same.
    return {name: list(dict.fromkeys(lines)) for name, lines in groups.items()}


def _heading(view: View, group: str) -> str:
    """The name of a group; what is open is often the time alone, and that is said."""
    asked = {one.question for _, one in view.findings() if group_of(one) == group}
    if group == "open" and asked == {Question.SINCE}:
        return view.tr("time not confirmed yet")
    return view.tr(GROUPS[group])


def _tally(view: View) -> Html:
    """Four different answers, each with its count; a fifth only where there is one."""
    cells = []
    for group, lines in _groups(view).items():
        if group != "other" or lines:
            cells.append(
                tag(
                    "li",
                    tag("b", _SIGNS[group], " ", str(len(lines))),
                    tag("span", _heading(view, group), class_="say"),
                    class_="some" if lines else "none",
                )
            )
    return tag("ul", *cells, class_="tally")


def _amiss(view: View) -> Html:
    """The gravest findings of each group, so that each has a line before any has all."""
    groups = {group: lines for group, lines in _groups(view).items() if lines}
    if not groups:
        return Html("")
    share = max(1, _MAX_LINES // len(groups))
    parts = []
    for group, lines in groups.items():
        shown = [clipped(line, _MAX_TEXT) for line in lines[:share]]
        parts.append(tag("h4", f"{_SIGNS[group]} ", _heading(view, group), class_=group))
        parts.append(listed(shown))
    if any(len(lines) > share for lines in groups.values()):
        parts.append(tag("p", view.tr("the rest is told in the details"), class_="say dim"))
    return tag("div", *parts, class_="amiss")


def answers(view: View, report: Report) -> Html:
    """Whether it is unaltered, since when, and by whom it was sealed."""
    tr = view.tr
    return rows(
        (
            (tr("unaltered?"), unaltered_text(view.words, report)),
            (tr("since when?"), join(tag("p", one, class_="say") for one in _since(view, report))),
            (tr("by whom?"), join(_by_whom(view, report))),
        ),
        class_="facts answers",
    )


def _since(view: View, report: Report) -> Iterator[str]:
    tr = view.tr
    if report.sealed_no_later_than is None:
        yield tr("not proven")
        return
    yield tr("sealed no later than {time}", time=view.until(report.sealed_no_later_than))
    if report.sealed_not_before:
        yield tr("sealed after {time}", time=view.time(report.sealed_not_before))
    names = dict.fromkeys(_authority(view, proven) for proven in report.proven_times)
    yield tr("proven by time stamps of {names}", names=clipped(", ".join(names), 90))
    checked = [p.not_revoked_as_of for p in report.proven_times if p.not_revoked_as_of]
    if checked:
        as_of = view.time(max(checked))
        yield tr("the authority's certificate had not been withdrawn as of {time}", time=as_of)
    else:
        yield tr("whether the authority has withdrawn its certificate was not checked")


def _by_whom(view: View, report: Report) -> Iterator[str]:
    yield tag("p", signer_text(view.words, report), class_="say")
    if any(one.code in _PINNED for one in report.findings):
        yield tag("p", view.tr("“you” is whoever made this report"), class_="dim")


def _authority(view: View, proven: ProvenTime) -> str:
    name = common_name(proven.authority)
    if proven.country:
        name += f" ({country_text(view.words, proven.country)})"
    if proven.is_given:
        whose = view.tr("named by the maker of this report")
        name = f"{name} [{whose}]"
    return name


def _items(view: View) -> Html:
    """What the bundle holds, in a few lines."""
    contents = view.subjects[0].contents
    if contents is None:
        return Html("")
    items = contents.evidence.items
    lines: list[str] = [
        join(
            (
                tag("b", foreign(item.id, limit=20)),
                tag("span", view.tr(KINDS[item.kind]), class_="kind"),
                foreign(item.label, limit=80),
            ),
            " ",
        )
        for item in items[:_MAX_ITEMS]
    ]
    if len(items) > _MAX_ITEMS:
        lines.append(
            view.tr("and {count} more, told in the details", count=len(items) - _MAX_ITEMS)
        )
    return join((tag("h3", view.tr("what is in it")), listed(lines, class_="files")))


def _table(view: View) -> Html:
    """One row a bundle."""
    lines = []
    room = _FEWER_ROWS if any(_groups(view).values()) else _MAX_ROWS
    for one in view.subjects[:room]:
        report = one.report
        verdict = verdict_text(view.words, report.verdict, report.findings)
        until = report.sealed_no_later_than
        link = tag("a", foreign(one.name, limit=36), href=f"#{view.lang}-{one.number}")
        lines.append(
            tag(
                "tr",
                tag("td", badge(view, report.verdict)),
                tag("td", link, tag("p", clipped(verdict, 90), class_="say")),
                tag("td", view.until(until) if until else view.tr("not proven"), class_="say"),
            )
        )
    more = len(view.subjects) - room
    if more > 0:
        lines.append(
            tag("tr", tag("td", view.tr("and {count} more, told in the details", count=more),
                          colspan="3"))
        )  # fmt: skip
    head = tag(
        "tr",
        tag("th", ""),
        tag("th", view.tr("bundle")),
        tag("th", view.tr("sealed no later than")),
    )
    return tag("table", tag("thead", head), tag("tbody", *lines)) if lines else Html("")


def _chain(view: View) -> Html:
    """What is told of a case as a whole, but for what is amiss, which stands above."""
    told = [view.words.of_finding(one) for one in view.chain if group_of(one) is None]
    lines = [tag("p", clipped(line, _MAX_TEXT), class_="say") for line in dict.fromkeys(told)]
    case_id = (view.case and view.case.case_id) or ""
    return rows(
        (
            (view.tr("between the bundles"), join(lines[:2])),
            (view.tr("id of the case"), tag("code", clipped(case_id, 80)) if case_id else ""),
        )
    )


def _errors(view: View) -> Html:
    """What could not be verified at all."""
    lines = []
    for name, error in view.errors[:_FEWER_ROWS]:
        params = {**error.params, **({"path": name} if "path" in error.params else {})}
        lines.append(clipped(view.words.of_error_code(error.code, params)[0], _MAX_TEXT))
    if not lines:
        return Html("")
    head = tag("h3", view.tr("could not be verified at all"), class_="say")
    return join((head, listed(lines)))


# The second sheet


def check_sheet(view: View, heading: str) -> Html:
    """How to check it oneself, with the values of the bundle where there is only one."""
    pages = resources.files("evidence_kit.cli") / "pages"
    template = (pages / f"check.{view.lang}.html").read_text(encoding="utf-8")
    subject = view.subjects[0] if view.is_single else None
    body = Template(template).substitute(
        heading=view.tr(heading),
        values=_values(view, subject),
        tokens=_tokens(view, subject),
        file=_argument(subject),
    )
    return tag("section", Html(_unbroken(body)), class_="sheet", id=f"{view.lang}-check")


def _unbroken(markup: str) -> str:
    """Commands whose options stay whole at the end of a line, where "-" would invite a break."""
    return _COMMAND.sub(
        lambda found: _OPTION.sub(r'<span class="whole">\g<0></span>', found[0]), markup
    )


def _argument(subject: Subject | None) -> str:
    """The file's name as a command takes it; a placeholder for one that a shell would read."""
    name = subject.name if subject else ""
    return name if _PLAIN_NAME.fullmatch(name) else "FILE.evidence.zip"


def _values(view: View, subject: Subject | None) -> Html:
    tr = view.tr
    if subject is None:
        return tag("p", tr("the values of each bundle stand in its details below"), class_="say")
    report = subject.report
    if report.receipt is None or report.signer is None:
        return tag(
            "p",
            tr("this bundle was found altered, so there are no values to compare"),
            class_="say",
        )
    receipt = read_receipt(report.receipt)
    return rows(
        (
            (tr("receipt, so the sender says"), tag("code", report.receipt)),
            (tr("its 4th and 5th word"), join(
                (tag("code", receipt.tagmanifest_sha256), tag("code", receipt.signature_sha256)),
                "<br>",
            )),
            (tr("signer's fingerprint, so the sender says"),
             tag("code", fingerprint(report.signer.certificate_sha256))),
        ),
        class_="facts card values",
    )  # fmt: skip


def _tokens(view: View, subject: Subject | None) -> Html:
    """The commands for each time stamp, with its own time where it is known."""
    known = subject.report.proven_times[:_MAX_TOKENS] if subject else ()
    if known:
        return join(_commands(proven.path, proven.gen_time) for proven in known)
    note = view.tr(
        "for SECONDS put the time that is printed, as seconds since 1970 (see VERIFY.txt)"
    )
    return join((_commands("proof/signature.p7s.0.tsr", None), tag("p", note, class_="say dim")))


def _commands(path: str, gen_time: datetime | None) -> Html:
    prints, seconds = Html(""), "SECONDS"
    if gen_time:
        moment = gen_time.astimezone(UTC)
        month = _MONTHS[moment.month - 1]
        line = f"Time stamp: {month} {moment.day:2d} {moment:%H:%M:%S} {moment.year} GMT"
        prints, seconds = tag("p", "→ ", tag("code", line)), str(int(gen_time.timestamp()))
    verify = f"openssl ts -verify -data proof/signature.p7s -in {path} -CAfile root.pem"
    return join(
        (
            tag("pre", f"openssl ts -reply -in {path} -text"),
            prints,
            tag("pre", f"{verify} -attime {seconds}"),
        )
    )
