"""The full environment record of a bundle, as a table on the page of a report."""

from evidence_kit.actions.contents import Contents
from evidence_kit.bundle.environment import MAX_LINES, EnvironmentLine
from evidence_kit.cli.environment_text import (
    WHOSE,
    claim_pairs,
    line_reasons,
    line_title,
    seen_pairs,
)
from evidence_kit.cli.markup import Html, foreign, join, rows, tag
from evidence_kit.cli.report_view import View
from evidence_kit.messages import environment


def environment_table(view: View, contents: Contents | None) -> Html:
    """Each line with its result, headed by whose record it is; nothing of a minimal one."""
    record = contents.environment if contents else None
    if record is None or record.level != "full":
        return Html("")
    claims = claim_pairs(view.words, record.claims())
    return join(
        (
            tag("h3", view.tr("surroundings of the capture")),
            tag("p", view.tr(WHOSE), class_="say warning"),
            rows((name, foreign(value)) for name, value in claims),
            tag(
                "table",
                tag("tbody", *(_row(view, line) for line in record.lines[:MAX_LINES])),
                class_="lines",
            ),
        )
    )


def _row(view: View, line: EnvironmentLine) -> Html:
    result = tag("span", view.tr(environment.RESULTS[line.result]), class_=f"line {line.result}")
    seen = (
        join((tag("span", name, class_="dim"), " ", foreign(value)))
        for name, value in seen_pairs(view.words, line)
    )
    reasons = line_reasons(view.words, line)
    return tag(
        "tr",
        tag("td", result),
        tag(
            "td",
            tag("span", line_title(view.words, line), class_="say"),
            tag("p", reasons, class_="say why") if reasons else "",
            *(tag("p", one, class_="seen") for one in seen),
        ),
    )
