"""The list of a case's exhibits as text that a clerk can read, in both languages at once."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import msgspec

from evidence_kit import messages
from evidence_kit.actions.case import Case
from evidence_kit.actions.log import EVENTS
from evidence_kit.actions.media import TRANSCRIPTION
from evidence_kit.i18n import Translator
from evidence_kit.model import (
    Captured,
    Evidence,
    FileEntry,
    Imported,
    Item,
    Observation,
    Role,
    Stated,
)
from evidence_kit.report import (
    CaseReport,
    Finding,
    Outcome,
    ProvenTime,
    Report,
    common_name,
    worst,
)

_BEIJING = timezone(timedelta(hours=8))
_MAX_TEXT = 2000
"""Characters of one value; a longer one is cut, and says so."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
_RULE = "=" * 72

KINDS = {
    "page": "网页 / page",
    "picture": "图片 / picture",
    "recording": "录音录像 / recording",
    "chat": "聊天记录 / chat",
    "document": "文件 / document",
    "event": "事件陈述 / stated event",
    "note": "说明 / note",
    "attempt": "未成功的网页保存 / page that could not be captured",
}
_FACTS = {"platform": "平台", "merchant": "商家", "order": "订单号"}
NO_TIME = "没有可信时间戳 / no trusted time stamp"
_NO_CHANGE = "封存后未发现改动 / no change found since sealing"
_HEAD = """\
证据清单 / LIST OF EXHIBITS
{rule}
由投诉人用 Evidence Kit 制作并签名，任何人都可以自行核验，方法见 README.html。
Made and signed by the complainant with Evidence Kit. Anyone can check it:
README.html tells how.
"""
_LIMITS = """\
本清单说明什么，不说明什么 / WHAT THIS LIST SHOWS AND WHAT IT DOES NOT
{rule}
“封存后未发现改动”：自“封存时间不晚于”所列时间起，所列文件没有变化。
不说明：内容属实；网站确实发出过这些内容；签名者是谁（自制证书无人担保）；在该时间
之前文件没有改动，或者整个证据包不是在该时间之前重新制作的；此后没有更新的证据包，
也没有另一个案件文件夹；时间戳机构的证书未被吊销（未查询）。“所述”的内容是投诉人
自己说的，未经核实。补加时间戳会使证据包的整体摘要变化，封存回执中的摘要不变。

"No change found since sealing": the files listed have been as they are since the
time under "sealed no later than".
Not shown: that the contents are accurate; that a web site really sent them; who
the signer is (nobody vouches for a self-made certificate); that nothing was
changed before that time, or that the whole bundle was not made anew before it;
that there is no newer bundle and no second case folder; that the authority's
certificate was not revoked (not looked up). What is "as stated" was said by the
complainant and was not checked. A time stamp added later changes the digest of
the whole bundle, not those in its receipt.
"""
_PRIVATE = frozenset({"logged_in", "secrets.kept", "secrets.too_many"})


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One bundle of a case, and what it holds."""

    path: Path
    name: str
    """Path below the case's folder, with slashes."""
    number: str
    """Its sequence in the case; A1, A2 … for earlier bundles that were brought in."""
    size_bytes: int
    evidence: Evidence
    sha256: Mapping[str, str]
    """Digest of every file under data/, by its path inside the bundle."""
    withheld: frozenset[str]
    """Files that were left out of this copy; their digests are still there."""

    @property
    def exhibits(self) -> tuple[tuple[str, Item], ...]:
        """Its items, each under its number in the case, such as "2-1"."""
        return tuple(
            (f"{self.number}-{number}", item)
            for number, item in enumerate(self.evidence.items, start=1)
        )

    @property
    def private(self) -> tuple[str, ...]:
        """Numbers of the exhibits that show an account or still hold secrets."""
        return tuple(number for number, item in self.exhibits if is_private(item))


class Words:
    """The words of findings and observations, Chinese and English in one line."""

    def __init__(self) -> None:
        self._languages = (Translator("zh"), Translator("en"))

    def findings(self, findings: Iterable[Finding]) -> str:
        """What leaves a verdict open."""
        open_ = [f for f in findings if f.outcome is Outcome.INDETERMINATE]
        return self._join(messages.FINDINGS, [(f.code, f.params) for f in open_])

    def observations(self, observations: Iterable[Observation]) -> str:
        """What was noticed about a page."""
        return self._join(messages.OBSERVATIONS, [(o.code, o.params) for o in observations])

    def _join(
        self, table: Mapping[str, str], entries: Iterable[tuple[str, Mapping[str, str | int]]]
    ) -> str:
        entries = list(entries)
        return " / ".join(
            "; ".join(dict.fromkeys(_say(table, translate, *entry) for entry in entries))
            for translate in self._languages
        )


def _say(
    table: Mapping[str, str], translate: Translator, code: str, params: Mapping[str, str | int]
) -> str:
    try:
        return translate(table[code], **params)
    except KeyError:  # observations come from a bundle, which a later version may have made
        return code


def one_line(text: str) -> str:
    """A text that stays in its line and hides nothing, however hostile.

    >>> one_line("price" + chr(10) + "  SHA-256: 0")
    'price%0A  SHA-256: 0'
    """
    shown = "".join(
        quote(character, safe="", errors="surrogatepass")
        if unicodedata.category(character) in _HIDDEN and character not in _JOINERS
        else character
        for character in text[:_MAX_TEXT]
    )
    left = len(text) - _MAX_TEXT
    return f"{shown}…[+{left}]" if left > 0 else shown


def beijing_time(moment: datetime) -> str:
    """A moment in the zone of the reader, to the second."""
    return f"北京时间 {moment.astimezone(_BEIJING):%Y-%m-%d %H:%M:%S}"


def both_times(moment: datetime) -> str:
    """A moment in Beijing time and in UTC, to the second."""
    return f"{beijing_time(moment)}（UTC {moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}）"


def proven(time: ProvenTime) -> str:
    """A proven time with its accuracy and its authority."""
    accuracy = "" if time.accuracy_ms is None else f"，± {time.accuracy_ms / 1000:g} s"
    country = f" ({time.country})" if time.country else ""
    text = (
        f"{both_times(time.gen_time)}{accuracy}，{one_line(common_name(time.authority))}{country}"
    )
    if time.is_given:
        text += "；根证书由投诉人自行指定 / under a root that the complainant chose"
    return text


def list_exhibits(
    case: Case,
    listed: Sequence[Listed],
    report: CaseReport,
    *,
    file_sha256: Mapping[Path, str],
    signer_sha256: str,
    made_at: datetime,
) -> str:
    """MANIFEST.txt: what each bundle of a case holds, and what can be said of it.

    Args:
        case: the case.
        listed: its bundles, in the order in which they are told of.
        report: what verifying them has shown; nothing in it has failed.
        file_sha256: digest of each bundle's whole file.
        signer_sha256: digest of the certificate that the list is signed with.
        made_at: the machine's clock.
    """
    words = Words()
    reports = {Path(one.path): one for one in report.bundles}
    lines = [
        *_HEAD.format(rule=_RULE).splitlines(),
        "",
        *_case_lines(case, listed, report, words),
        f"  清单制作时间（本机时钟） / list made, by this machine's clock: {both_times(made_at)}",
        "  签名证书 SHA-256 / SHA-256 of the signer's certificate:",
        f"    {signer_sha256}",
    ]
    for one in listed:
        verified = reports[one.path]
        lines += ["", *_bundle_lines(one, verified, file_sha256[one.path], words)]
        if verified.signer and verified.signer.certificate_sha256 != signer_sha256:
            lines.append("  签名证书与本清单不同 / signed with another certificate, SHA-256:")
            lines.append(f"    {verified.signer.certificate_sha256}")
        for number, item in one.exhibits:
            lines += ["", *_exhibit_lines(number, item, one, words)]
        if one.evidence.record.files:
            lines += ["", "  封存过程的记录 / record of the sealing:"]
            lines += _file_lines(one.evidence.record.files, one)
    return "\n".join([*lines, "", "", _LIMITS.format(rule=_RULE)])


def _case_lines(
    case: Case, listed: Sequence[Listed], report: CaseReport, words: Words
) -> Iterator[str]:
    count = sum(len(one.exhibits) for one in listed)
    yield "案件（投诉人所述） / CASE, AS STATED BY THE COMPLAINANT"
    for key, value in case.facts.items():
        name = f"{_FACTS[key]} / {key}" if key in _FACTS else one_line(key)
        yield f"  {name}: {one_line(value)}"
    yield f"  案件编号 / case id: {one_line(case.id)}"
    yield f"  证据包 / bundles: {len(listed)}    证据 / exhibits: {count}"
    if worst(finding.outcome for finding in report.findings) is Outcome.PASSED:
        chain = "编号连续，前后衔接 / numbered without a gap, each linked to the one before"
    else:
        chain = _undecided(words.findings(report.findings))
    yield f"  证据包之间 / between the bundles: {chain}"


def _bundle_lines(one: Listed, verified: Report, sha256: str, words: Words) -> Iterator[str]:
    yield f"证据包 {one.number} / BUNDLE {one.number}"
    yield "-" * 72
    yield f"  文件名 / file: {one_line(one.name)}（{one.size_bytes} bytes）"
    yield "  整个文件的 SHA-256 / SHA-256 of the whole file:"
    yield f"    {sha256}"
    yield "  封存回执 / receipt:"
    yield f"    {verified.receipt or '-'}"
    if verified.sealed_not_before:
        yield f"  封存时间不早于 / sealed after: {both_times(verified.sealed_not_before)}"
    until = verified.sealed_no_later_than
    told = both_times(until) if until else NO_TIME
    yield f"  封存时间不晚于 / sealed no later than: {told}"
    for time in verified.proven_times:
        yield f"    时间戳 / time stamp: {proven(time)}"
    if verified.verdict is Outcome.PASSED:
        yield f"  核验结论 / verdict: {_NO_CHANGE}"
    else:
        yield f"  核验结论 / verdict: {_undecided(words.findings(verified.findings))}"


def _undecided(reasons: str) -> str:
    return f"暂不能确认 / can't be confirmed yet（{one_line(reasons)}）"


def _exhibit_lines(number: str, item: Item, one: Listed, words: Words) -> Iterator[str]:
    yield f"证据 {number} / EXHIBIT {number}    {KINDS[item.kind]}"
    yield f"  名称 / label: {one_line(item.label)}"
    match item.origin:
        case Captured():
            yield from _captured_lines(item.origin, words)
        case Imported():
            yield from _imported_lines(item.origin)
        case Stated():
            yield from _stated_lines(item.origin)
    yield "  文件 / files:"
    yield from _file_lines(item.files, one)


def _captured_lines(origin: Captured, words: Words) -> Iterator[str]:
    status = "-" if origin.http_status is None else f"HTTP {origin.http_status}"
    yield f"  来源 / address: {one_line(origin.url)}"
    if origin.final_url and origin.final_url != origin.url:
        yield f"  最终地址 / address in the end: {one_line(origin.final_url)}"
    yield f"  网站应答 / site's answer: {status}"
    yield f"  保存时间（本机时钟） / captured, by this machine's clock: {_told(origin.started_at)}"
    noticed = (*origin.sanity, *origin.missing, *origin.redacted)
    if noticed:
        yield f"  注意 / noticed: {one_line(words.observations(noticed))}"


def _imported_lines(origin: Imported) -> Iterator[str]:
    yield f"  来源 / original name: {one_line(origin.original_name)}"
    yield f"  导入时间（本机时钟） / imported, by this machine's clock: {_told(origin.imported_at)}"
    for name, value in (
        ("取得时间（所述） / obtained, as stated", origin.obtained_at_claimed),
        ("取得途径（所述） / obtained from, as stated", origin.obtained_from_claimed),
        ("原始载体（所述） / original carrier, as stated", origin.carrier_claimed),
    ):
        if value:
            yield f"  {name}: {one_line(value)}"


def _stated_lines(origin: Stated) -> Iterator[str]:
    event = one_line(origin.event)
    if origin.event in EVENTS:
        event = f"{EVENTS[origin.event]} / {event}"
    yield f"  事件（所述） / event, as stated: {event}"
    yield f"  日期（所述） / date, as stated: {one_line(origin.on_claimed)}"
    yield f"  记录时间（本机时钟） / recorded, by this machine's clock: {_told(origin.recorded_at)}"
    for name, value in (
        ("渠道（所述） / channel, as stated", origin.channel_claimed),
        ("说明（所述） / note, as stated", origin.note_claimed),
    ):
        if value:
            yield f"  {name}: {one_line(value)}"


def _file_lines(files: Iterable[FileEntry], one: Listed) -> Iterator[str]:
    for entry in files:
        notes = f"{entry.size_bytes} bytes"
        if entry.is_made_by(TRANSCRIPTION):
            notes += "; 投诉人自述的文字，未经核对 / typed by the complainant, not checked"
        if entry.role is Role.DERIVED:
            notes += f"; 派生自 / made from {', '.join(map(one_line, entry.from_))}"
        if entry.path in one.withheld:
            notes += "; 未随附 / withheld"
        yield f"    {one_line(entry.path)}（{notes}）"
        yield f"      SHA-256 {one.sha256[entry.path]}"


def _told(time: str) -> str:
    """A time as the bundle tells it; what is no time is shown as it stands."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return one_line(time)
    return both_times(moment) if moment.tzinfo else one_line(time)


def is_private(item: Item) -> bool:
    """Whether an exhibit shows an account or still holds secrets."""
    return isinstance(item.origin, Captured) and any(
        observation.code in _PRIVATE for observation in (*item.origin.sanity, *item.origin.redacted)
    )
