"""The page of a report tells what the report tells, in both languages."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from evidence_kit.actions.seal import Sealed
from evidence_kit.bundle.receipt import read_receipt
from evidence_kit.cli.report_html import make_page
from evidence_kit.cli.report_view import GROUPS, group_of
from evidence_kit.errors import ExitCode
from evidence_kit.i18n import Translator
from evidence_kit.report import Outcome, Question, Report, finding
from fixtures.tsa import Tsa
from tests.cli.conftest import Run
from tests.cli.pages import Page, page_on, require_harmless
from tests.forge import CHAT, PICTURE, Forge, explode
from tests.tamper.conftest import forge as forge
from tests.tamper.conftest import forged as forged
from tests.tamper.conftest import good as good

Write = Callable[[Forge | bytes], Path]


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "orange").save(out, "PNG")
    return out.getvalue()


def test_page_tells_what_the_report_tells_in_both_languages(run: Run, bundle: Path) -> None:
    told = json.loads(run("verify", bundle, "--json", "--html", "report.html").out)
    page = Page(Path("report.html").read_bytes())
    require_harmless(page)
    receipt = read_receipt(told["receipt"])
    digest = told["signer"]["certificate_sha256"].upper()
    for lang, verdict, maker, self_made in (
        ("en", "no change found since sealing", "made by the sender; check it yourself, page 2",
         "self-asserted"),
        ("zh", "封存后未发现改动", "由发送方制作；请按第 2 页自行核验", "身份自述"),
    ):  # fmt: skip
        said = page.said(lang)
        assert said.startswith(maker)
        assert verdict in said
        assert self_made in said
        assert told["receipt"] in said
        assert receipt.tagmanifest_sha256 in said and receipt.signature_sha256 in said
        assert ":".join(re.findall("..", digest)) in said
        assert "data/files/0001-chat.txt" in said
        assert "真实" not in said
    seconds = int(datetime.fromisoformat(told["proven_times"][0]["gen_time"]).timestamp())
    assert f"-attime {seconds}" in page.said("zh")
    until = datetime.fromisoformat(told["sealed_no_later_than"]).astimezone(UTC)
    assert f"{until:%Y-%m-%d %H:}" in page.said("en") and "Beijing time (UTC+8)" in page.said("en")


def test_commands_on_the_page_are_those_of_verify_txt(run: Run, bundle: Path) -> None:
    run("verify", bundle, "--html", "report.html")
    page = Page(Path("report.html").read_bytes())
    _, files = explode(bundle.read_bytes())
    verify_txt = files["VERIFY.txt"].decode()
    for lang in ("zh", "en"):
        said = page.said(lang)
        for command in (
            "openssl cms -verify -binary -inform DER -in proof/signature.p7s -content"
            " tagmanifest-sha256.txt -nointern -noverify -certfile proof/signer.pem -out /dev/null",
            "openssl x509 -in proof/signer.pem -noout -fingerprint -sha256",
            "openssl ts -reply -in proof/signature.p7s.0.tsr -text",
            "openssl ts -verify -data proof/signature.p7s -in proof/signature.p7s.0.tsr",
        ):
            assert command in verify_txt
            assert command in said
        assert "certutil -hashfile" in said and "shasum -a 256" in said
        assert 'evidence-kit verify good.zip --receipt "ek1 …"' in said


def test_same_input_gives_the_same_bytes_wherever_it_is_read(
    run: Run, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("verify", bundle, "--html", "one.html")
    monkeypatch.setenv("TZ", "America/New_York")
    run("verify", bundle.absolute(), "--html", "two.html", "--json")
    assert Path("one.html").read_bytes() == Path("two.html").read_bytes()


@pytest.mark.parametrize(("lang", "first"), [("zh", "show-zh"), ("en", "show-en")])
def test_page_begins_in_the_language_of_who_made_it(
    run: Run, bundle: Path, lang: str, first: str
) -> None:
    run("--lang", lang, "verify", bundle, "--html", "report.html")
    content = Path("report.html").read_text(encoding="utf-8")
    assert f'id="{first}" checked' in content
    places = {one: content.index(f'class="report {one}"') for one in ("zh", "en")}
    assert min(places, key=places.__getitem__) == lang
    assert content.startswith("<!DOCTYPE html>")


def test_folders_on_the_way_to_a_bundle_are_not_told(
    run: Run, bundle: Path, tmp_path: Path
) -> None:
    private = tmp_path / "private-person"
    private.mkdir()
    bundle.rename(private / "good.zip")
    Path("text.txt").write_text("x", encoding="utf-8")
    missing = private / "missing.zip"
    run("init", private / "case")
    run("add", "text.txt", "--case", private / "case")
    ran = run("verify", private / "good.zip", private / "case", missing, "--html", "report.html")
    assert ran.code == ExitCode.ERROR
    content = Path("report.html").read_text(encoding="utf-8")
    assert "private-person" not in content
    for name in ("good.zip", "0001-document.evidence.zip", "missing.zip"):
        assert name in content


def tally(page: Page) -> dict[str, int]:
    """The counts of the groups, as the page tells them."""
    found = re.findall(r"([≠−+?!]) (\d+) ([a-z' ]+?) (?=[≠−+?!] |unaltered)", page.said("en"))
    names = {english: name for name, english in GROUPS.items()}
    return {names[words]: int(count) for _, count, words in found if words in names}


def test_a_missing_time_alone_is_not_called_unchecked(run: Run) -> None:
    Path("text.txt").write_text("x", encoding="utf-8")
    run("add", "text.txt", "-o", "a.zip", "--no-timestamp")
    run("verify", "a.zip", "--html", "report.html")
    content = Path("report.html").read_text(encoding="utf-8")
    assert "time not confirmed yet" in content and "封存时间暂不能确认" in content


def test_changed_missing_extra_and_unchecked_are_four_answers(forge: Forge, forged: Write) -> None:
    forge.put(PICTURE, b"other").drop("bag-info.txt", "proof/signature.p7s.0.tsr")
    forge.put("data/more.txt", b"more").put("notes.txt", b"more")
    page = page_on(forged(forge), forge)
    assert tally(page) == {"changed": 1, "missing": 1, "extra": 2, "open": 2}
    said = page.said("zh")
    for words in (
        f"有改动：这个文件与封存时不同：{PICTURE}",
        "缺少：bag-info.txt",
        "多出：这个文件不属于证据包：data/more.txt",
        "还没有时间戳",
    ):
        assert words in said


def test_nothing_amiss_is_told_as_four_times_none(good: tuple[Sealed, Forge]) -> None:
    sealed, forge = good
    assert tally(page_on(sealed.path, forge)) == dict.fromkeys(
        ("changed", "missing", "extra", "open"), 0
    )


@pytest.mark.parametrize(
    ("code", "outcome", "group"),
    [
        ("digest.mismatch", Outcome.FAILED, "changed"),
        ("structure.missing", Outcome.FAILED, "missing"),
        ("files.withheld", Outcome.INDETERMINATE, "missing"),
        ("structure.unlisted", Outcome.FAILED, "extra"),
        ("structure.system_file", Outcome.INDETERMINATE, "extra"),
        ("container.repacked", Outcome.INDETERMINATE, "open"),
        ("revocation.not_checked", Outcome.NOTED, None),
        ("digest.verified", Outcome.PASSED, None),
    ],
)
def test_group_of_a_finding(code: str, outcome: Outcome, group: str | None) -> None:
    assert group_of(finding(Question.UNALTERED, code, outcome, "x")) == group


def test_wrong_signer_is_no_change_but_amiss() -> None:
    unexpected = finding(Question.SIGNER, "signer.unexpected", Outcome.FAILED, "x")
    assert group_of(unexpected) == "other"


def test_partial_copy_names_what_is_not_there(run: Run, bundle: Path) -> None:
    run("share", bundle, "--without", CHAT, "-o", "part.zip")
    assert run("verify", "part.zip", "--html", "report.html").code == ExitCode.UNDECIDED
    said = Page(Path("report.html").read_bytes()).said("zh")
    assert "暂不能确认" in said and "不在这里" in said and CHAT in said


def test_what_the_sender_says_to_have_expected_is_told_as_his_word(run: Run, bundle: Path) -> None:
    signer = json.loads(run("verify", bundle, "--json").out)["signer"]["certificate_sha256"]
    run("verify", bundle, "--html", "report.html")
    note = "“you” is whoever made this report"
    assert Page(Path("report.html").read_bytes()).said("en").count(note) == 1
    run("verify", bundle, "--signer", signer, "--html", "report.html")
    assert Page(Path("report.html").read_bytes()).said("en").count(note) == 2


def test_bundle_without_a_time_stamp_names_no_time(run: Run, authority: Tsa) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    run("add", "chat.txt", "-o", "late.zip", "--no-timestamp")
    assert run("verify", "late.zip", "--html", "report.html").code == ExitCode.UNDECIDED
    said = Page(Path("report.html").read_bytes()).said("en")
    assert "not proven" in said and "-attime SECONDS" in said


def test_refused_zip_has_its_page(forge: Forge, forged: Write) -> None:
    page = page_on(forged(forge.zip() + b"more"), forge)
    require_harmless(page)
    assert "封存后有改动或损坏" in page.said("zh")
    assert "the bundle's record can't be read" in page.said("en")


def test_renewals_chain_and_revocation_are_told(good: tuple[Sealed, Forge]) -> None:
    sealed, _ = good
    report = sealed.report
    (proven,) = report.proven_times
    assert report.signer is not None
    day = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    checked = msgspec.structs.replace(proven, not_revoked_as_of=day, is_given=False, country="CN")
    unchecked = msgspec.structs.replace(proven, not_revoked_as_of=None, is_given=True)
    early = msgspec.structs.replace(
        proven, not_revoked_as_of=proven.gen_time.replace(year=2020), gen_time=day
    )
    signer = msgspec.structs.replace(
        report.signer, is_self_made=False, issuer="CN=Upper", chain=("CN=Upper", "CN=Highest")
    )

    def said(proven_times: tuple[object, ...], renewals: tuple[object, ...]) -> str:
        told = msgspec.structs.replace(
            report, proven_times=proven_times, renewals=renewals, signer=signer
        )
        return Page(make_page([(sealed.path, told)], {}, lang="en")).said("en")

    with_lists = said((checked,), (early,))
    assert "not as of 2031-05-06 15:08:09 Beijing time" in with_lists
    assert "(China)" in with_lists
    assert "renewals: later time stamps" in with_lists
    assert "which is before the time stamp" in with_lists
    assert "issued by Upper" in with_lists and "CN=Highest" in with_lists
    without = said((unchecked,), ())
    assert "not checked: no list of withdrawn certificates was at hand" in without
    assert "only because the maker of this report named its root certificate" in without
    assert "renewals" not in without


def test_case_has_one_row_a_bundle_and_tells_of_its_chain(run: Run, authority: Tsa) -> None:
    Path("chat.txt").write_text("hello\n", encoding="utf-8")
    run("init", "case")
    for _ in range(3):
        run("add", "chat.txt", "--case", "case")
    assert run("verify", "case", "--html", "case/report.html").code == ExitCode.DONE
    page = Page(Path("case/report.html").read_bytes())
    require_harmless(page)
    assert page.tags["tbody"] == 2 and page.tags["tr"] == 2 * (1 + 3)
    assert "3 bundles follow one another without a gap" in page.said("en")
    assert {f"{lang}-{number}" for lang in ("zh", "en") for number in (1, 2, 3)} < page.ids.keys()
    Path("case/0002-document.evidence.zip").unlink()
    assert run("verify", "case", "--html", "case/report.html").code == ExitCode.NO
    said = Page(Path("case/report.html").read_bytes()).said("zh")
    assert "案件缺少第 2 号证据包" in said and "封存后有改动或损坏" in said


def test_picture_stands_in_the_page_once_and_is_shown_in_both_languages(
    run: Run, authority: Tsa
) -> None:
    Path("shot.png").write_bytes(png())
    run("add", "shot.png", "-o", "good.zip")
    run("verify", "good.zip", "--html", "report.html")
    page = Page(Path("report.html").read_bytes())
    require_harmless(page)
    assert (page.tags["image"], page.tags["use"]) == (1, 2)
    content = Path("good.zip").read_bytes()
    Path("bad.zip").write_bytes(content.replace(png(), png()[:-1] + b"x"))
    assert run("verify", "bad.zip", "--html", "report.html").code == ExitCode.NO
    page = Page(Path("report.html").read_bytes())
    assert (page.tags["image"], page.tags["use"]) == (0, 0)


def test_every_text_of_the_page_has_its_chinese(good: tuple[Sealed, Forge]) -> None:
    sealed, forge = good
    page = page_on(sealed.path, forge)
    chinese = Translator("zh")
    for words in ("list of evidence", "signer", "time", "receipt", "what the checks found"):
        assert words in page.said("en") and chinese(words) in page.said("zh")


def test_report_alone_makes_a_page(good: tuple[Sealed, Forge]) -> None:
    """Who has only a report, not what was read for the page, gets one without a list."""
    sealed, _ = good
    assert isinstance(sealed.report, Report)
    page = Page(make_page([(sealed.path, sealed.report)], {}, lang="zh"))
    require_harmless(page)
    assert PICTURE not in page.said("zh")
