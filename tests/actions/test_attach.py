import hashlib
import html
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from evidence_kit.actions import attach as attaching
from evidence_kit.actions.attach import Attached, attach_manifest, contents
from evidence_kit.actions.case import Case, create_case
from evidence_kit.actions.include import include_bundles
from evidence_kit.actions.kit import Kit
from evidence_kit.actions.seal import seal
from evidence_kit.actions.share import share_bundle
from evidence_kit.capture.browser import find_browser
from evidence_kit.checks.expectations import Expectations
from evidence_kit.crypto.keys import KeyStore
from evidence_kit.errors import CaseError, InputError, SealError, SigningKeyError
from evidence_kit.model import Captured, Draft, DraftFile, Imported, Kind, Observation
from evidence_kit.report import Outcome
from fixtures.tsa import Tsa, running_tsa
from tests.build import NOW, captured, draft_items, make_case, make_kit, offline, seal_items


@pytest.fixture
def kit(tmp_path: Path, tsa: Tsa) -> Kit:
    return make_kit(tmp_path / "state", tsa)


@pytest.fixture
def case(tmp_path: Path, kit: Kit) -> Case:
    """A case of two bundles whose time is proven."""
    case = make_case(tmp_path / "case")
    for number in (1, 2):
        seal_items(tmp_path / f"work{number}", case, kit)
    return case


def _list(attached: Attached) -> str:
    return (attached.folder / "MANIFEST.txt").read_bytes().decode()


def _page(attached: Attached) -> str:
    return (attached.folder / "README.html").read_text(encoding="utf-8")


def _commands(attached: Attached, root_pem: Path) -> list[str]:
    """The openssl commands of the page, Chinese and English, with the receiver's own root."""
    blocks = re.findall(r"<pre>(.*?)</pre>", _page(attached), re.DOTALL)
    text = html.unescape("\n".join(blocks)).replace("/tmp/root.pem", f"'{root_pem}'")
    return [line for line in text.splitlines() if line.startswith("openssl")]


def _run(command: str, folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def _seal_draft(
    folder: Path, case: Case, kit: Kit, label: str, origin: Captured | Imported
) -> None:
    items, _ = draft_items(folder)
    files = (msgspec.structs.replace(items[1].files[0], path="data/page/page.png"),)
    kind = Kind.PAGE if isinstance(origin, Captured) else Kind.PICTURE
    seal([Draft(kind=kind, label=label, origin=origin, files=files)], case, kit=kit)


def _imported(name: str) -> Imported:
    return Imported(
        original_name=name,
        imported_at="2026-11-23T08:00:00Z",
        obtained_at_claimed=None,
        obtained_from_claimed=None,
        carrier_claimed=None,
    )


def test_the_list_names_every_exhibit_with_each_file_and_its_digest(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    text = _list(attach_manifest(case, tmp_path / "out", kit=kit))
    assert "平台 / platform: 示例商城" in text
    for number in ("1-1", "1-2", "2-1", "2-2"):
        assert f"证据 {number} / EXHIBIT {number}" in text
    for listed in contents(case):
        assert listed.path.name in text
        assert hashlib.sha256(listed.path.read_bytes()).hexdigest() in text
        for entry in listed.evidence.files():
            lines = f"    {entry.path}（{entry.size_bytes} bytes"
            assert lines in text
            assert f"      SHA-256 {listed.sha256[entry.path]}\n" in text


def test_the_list_tells_the_proven_time_in_both_zones_and_the_receipt(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    text = _list(attached)
    assert attached.report.verdict is Outcome.PASSED
    for report in attached.report.bundles:
        assert report.receipt and report.sealed_no_later_than
        assert f"    {report.receipt}\n" in text
        assert f"（UTC {report.sealed_no_later_than:%Y-%m-%d %H:%M:%S}）" in text
    assert text.count("封存后未发现改动 / no change found since sealing") == 2
    assert "，Example Time Authority；" in text
    assert "under a root that the complainant chose" in text
    assert "暂不能确认" not in text


def test_the_list_is_stamped_and_signed_with_the_key_of_the_case(
    tmp_path: Path, case: Case, kit: Kit, tsa: Tsa
) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    assert attached.signer_sha256 == contents(case)[0].evidence.signer_sha256
    assert [time.path for time in attached.proven_times] == ["MANIFEST.txt.p7s.0.tsr"]
    assert [reply.error for reply in attached.replies] == [None]


def test_the_commands_of_the_page_accept_the_folder_as_it_was_made(
    tmp_path: Path, case: Case, kit: Kit, tsa: Tsa
) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    commands = _commands(attached, tsa.root_pem)
    assert len(commands) == 8, "four in each language"
    outputs = [_run(command, attached.folder) for command in commands]
    assert [status for status, _ in outputs] == [0] * 8
    assert sum("CMS Verification successful" in output for _, output in outputs) == 2
    assert sum("Verification: OK" in output for _, output in outputs) == 2
    fingerprint = outputs[1][1].partition("=")[2].strip()
    assert fingerprint.replace(":", "").lower() == attached.signer_sha256
    assert fingerprint in _page(attached)


def test_the_commands_of_the_page_refuse_a_changed_list(
    tmp_path: Path, case: Case, kit: Kit, tsa: Tsa
) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    path = attached.folder / "MANIFEST.txt"
    path.write_bytes(path.read_bytes().replace("示例商城".encode(), "另一商城".encode()))
    status, output = _run(_commands(attached, tsa.root_pem)[0], attached.folder)
    assert status != 0
    assert "successful" not in output


def test_the_commands_of_the_page_refuse_a_token_under_another_root(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    with running_tsa() as stranger:
        status, output = _run(_commands(attached, stranger.root_pem)[3], attached.folder)
    assert status != 0
    assert "Verification: OK" not in output


def test_an_altered_bundle_is_refused_and_nothing_is_written(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    path = case.bundle_paths()[0]
    content = bytearray(path.read_bytes())
    content[content.index("点卡".encode())] ^= 1
    path.write_bytes(content)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(CaseError) as caught:
        attach_manifest(case, tmp_path / "out", kit=kit)
    assert caught.value.code == "attach.altered"
    assert path.name in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_case_with_a_gap_is_refused(tmp_path: Path, case: Case, kit: Kit) -> None:
    case.bundle_paths()[0].unlink()
    with pytest.raises(CaseError) as caught:
        attach_manifest(case, tmp_path / "out", kit=kit)
    assert caught.value.code == "attach.altered"


def test_a_case_without_bundles_is_refused(tmp_path: Path, kit: Kit) -> None:
    case = make_case(tmp_path / "case")
    with pytest.raises(CaseError) as caught:
        attach_manifest(case, tmp_path / "out", kit=kit)
    assert caught.value.code == "attach.empty"
    assert not (tmp_path / "out").exists()


def test_what_is_left_open_is_told_with_its_reason(tmp_path: Path, case: Case, kit: Kit) -> None:
    seal_items(tmp_path / "work3", case, offline(kit))
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    assert attached.report.verdict is Outcome.INDETERMINATE
    text = _list(attached)
    assert text.count("暂不能确认 / can't be confirmed yet（") == 1
    assert "封存时间不晚于 / sealed no later than: 没有可信时间戳 / no trusted time stamp" in text


def test_without_an_authority_the_list_is_signed_all_the_same(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=offline(kit))
    assert attached.proven_times == () and attached.replies == ()
    assert not list(attached.folder.glob("*.tsr"))
    assert "没有可信时间戳" in _page(attached)


def test_an_authority_that_fails_is_told(tmp_path: Path, case: Case, kit: Kit, tsa: Tsa) -> None:
    broken = make_kit(tmp_path / "state", tsa, tsa.fault("http-500"))
    attached = attach_manifest(case, tmp_path / "out", kit=broken)
    assert [reply.error for reply in attached.replies] == ["tsa.http_status"]
    assert attached.proven_times == ()


def test_a_token_under_an_untrusted_root_proves_no_time(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=replace(kit, anchors=()))
    assert (attached.folder / "MANIFEST.txt.p7s.0.tsr").exists()
    assert attached.proven_times == ()
    assert "没有可信时间戳" in _page(attached)


def test_bundles_are_left_out_unless_asked_for(tmp_path: Path, case: Case, kit: Kit) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    assert attached.bundles == ()
    names = {path.name for path in attached.folder.iterdir()}
    assert names == {
        "MANIFEST.txt",
        "MANIFEST.txt.p7s",
        "MANIFEST.txt.p7s.0.tsr",
        "README.html",
        "signer.pem",
    }


def test_bundles_are_copied_byte_for_byte(tmp_path: Path, case: Case, kit: Kit) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=kit, include_bundles=True)
    assert [path.name for path in attached.bundles] == [p.name for p in case.bundle_paths()]
    for copy, original in zip(attached.bundles, case.bundle_paths(), strict=True):
        assert copy.read_bytes() == original.read_bytes()


def test_earlier_bundles_that_were_brought_in_are_exhibits_too(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    name = case.bundle_paths()[0].name
    stranger = make_kit(tmp_path / "other-state", None)
    seal_items(tmp_path / "work3", tmp_path / name, replace(kit, keys=stranger.keys))
    include_bundles(case, [tmp_path / name], kit=kit)
    attached = attach_manifest(case, tmp_path / "out", kit=kit, include_bundles=True)
    text = _list(attached)
    assert "证据包 A1 / BUNDLE A1\n" in text and "证据 A1-2 / EXHIBIT A1-2" in text
    assert f"  文件名 / file: included/{name}（" in text
    assert text.count("signed with another certificate, SHA-256:\n    ") == 1
    copy = attached.folder / "bundles" / "included" / name
    assert copy.read_bytes() == (tmp_path / name).read_bytes()
    assert copy in attached.bundles


def test_a_copy_that_went_wrong_is_noticed(
    tmp_path: Path, case: Case, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def copy_badly(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:-1] + b"\xff")

    monkeypatch.setattr(shutil, "copyfile", copy_badly)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SealError) as caught:
        attach_manifest(case, tmp_path / "out", kit=kit, include_bundles=True)
    assert caught.value.code == "attach.copy"
    assert sorted(tmp_path.iterdir()) == before


def test_own_work_that_does_not_hold_gets_no_name(
    tmp_path: Path, case: Case, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = attaching._write

    def write_badly(path: Path, content: bytes) -> None:
        write(path, content[:-1] + b"?" if path.name == "MANIFEST.txt" else content)

    monkeypatch.setattr(attaching, "_write", write_badly)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(SealError) as caught:
        attach_manifest(case, tmp_path / "out", kit=kit)
    assert caught.value.code == "attach.self_check"
    assert sorted(tmp_path.iterdir()) == before


def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, case: Case, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def full_disk() -> Iterator[None]:
        def fail(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("os.fsync", fail)
            yield

    before = sorted(tmp_path.iterdir())
    with full_disk(), pytest.raises(SealError) as caught:
        attach_manifest(case, tmp_path / "out", kit=kit)
    assert caught.value.code == "disk.full"
    assert sorted(tmp_path.iterdir()) == before


def test_an_empty_folder_is_filled(tmp_path: Path, case: Case, kit: Kit) -> None:
    (tmp_path / "out").mkdir()
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    assert (attached.folder / "MANIFEST.txt").exists()


@pytest.mark.parametrize("name", ["folder", "file"])
def test_what_is_there_already_is_left_alone(
    tmp_path: Path, case: Case, kit: Kit, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(SealError) as caught:
        attach_manifest(case, tmp_path / name, kit=kit)
    assert caught.value.code == "attach.exists"
    assert (tmp_path / "folder" / "mine.txt").read_text() == (tmp_path / "file").read_text()


def test_a_place_that_is_not_there_is_named(tmp_path: Path, case: Case, kit: Kit) -> None:
    with pytest.raises(InputError) as caught:
        attach_manifest(case, tmp_path / "nowhere" / "out", kit=kit)
    assert caught.value.code == "file.missing"


def test_another_machine_without_the_key_of_the_case_is_refused(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    elsewhere = replace(kit, keys=KeyStore(tmp_path / "other-keys"))
    with pytest.raises(SigningKeyError) as caught:
        attach_manifest(case, tmp_path / "out", kit=elsewhere)
    assert caught.value.code == "key.missing"
    assert not (tmp_path / "out").exists()


def test_withheld_files_are_listed_with_their_digests(tmp_path: Path, case: Case, kit: Kit) -> None:
    path = case.bundle_paths()[1]
    secret = "data/files/0002-picture.png"
    expectations = Expectations(anchors=kit.anchors)
    share_bundle(path, tmp_path / "partial.zip", without=[secret], expectations=expectations)
    shutil.move(tmp_path / "partial.zip", path)
    listed = contents(case)[1]
    assert listed.withheld == {secret}
    text = _list(attach_manifest(case, tmp_path / "out", kit=kit))
    assert re.search(rf"{secret}（\d+ bytes; 未随附 / withheld）\n *SHA-256 [0-9a-f]{{64}}\n", text)
    assert "暂不能确认" in text


def test_hostile_labels_stay_in_their_line_and_out_of_the_markup(tmp_path: Path, kit: Kit) -> None:
    hostile = '<script>alert("1")</script> $signer &lt; \u2028  SHA-256 0000'
    facts = {"platform": "a\n证据 9-9 / EXHIBIT 9-9\u202e<b>", "x\r\ny": "z"}
    case = create_case(tmp_path / "case", facts=facts, now=NOW, new_id=kit.new_id)
    _seal_draft(tmp_path / "work", case, kit, hostile, _imported(hostile))
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    lines = _list(attached).splitlines()
    assert sum(line.startswith("证据 ") for line in lines) == 1
    label = '<script>alert("1")</script> $signer &lt; %E2%80%A8  SHA-256 0000'
    assert f"  名称 / label: {label}" in lines
    assert "  平台 / platform: a%0A证据 9-9 / EXHIBIT 9-9%E2%80%AE<b>" in lines
    page = _page(attached)
    assert html.escape(label) in page
    assert "<script" not in page and "<b>" not in page


def test_a_very_long_label_is_cut_and_says_so(tmp_path: Path, kit: Kit) -> None:
    case = make_case(tmp_path / "case")
    _seal_draft(tmp_path / "work", case, kit, "长" * 2500, _imported("x"))
    text = _list(attach_manifest(case, tmp_path / "out", kit=kit))
    assert f"{'长' * 2000}…[+500]\n" in text


def test_a_page_is_told_with_its_addresses_and_all_that_was_noticed(
    tmp_path: Path, kit: Kit
) -> None:
    case = make_case(tmp_path / "case")
    _seal_draft(tmp_path / "work", case, kit, "订单页", captured())
    text = _list(attach_manifest(case, tmp_path / "out", kit=kit))
    assert "  来源 / address: https://shop.example/order/1\n" in text
    assert "  最终地址 / address in the end: https://shop.example/order/1/detail\n" in text
    assert "北京时间 2026-11-23 16:00:00（UTC 2026-11-23 08:00:00）" in text
    assert "the page is blank, or nearly so; of.a.later.version" in text


@pytest.mark.parametrize(
    ("kind", "sanity", "is_marked"),
    [
        (Kind.PAGE, (Observation(code="login.wall"),), True),
        (Kind.PAGE, (Observation(code="of.a.later.version"),), True),
        (Kind.PAGE, (Observation(code="requests.failed"),), True),
        (Kind.ATTEMPT, (), True),
        (Kind.PAGE, (), False),
        (Kind.PAGE, (Observation(code="dialog", params={"kind": "alert", "text": "x"}),), False),
    ],
)
def test_the_page_marks_an_exhibit_that_is_in_doubt(
    tmp_path: Path, kit: Kit, kind: Kind, sanity: tuple[Observation, ...], is_marked: bool
) -> None:
    case = make_case(tmp_path / "case")
    items, _ = draft_items(tmp_path / "work")
    origin = msgspec.structs.replace(captured(), sanity=sanity)
    seal([Draft(kind=kind, label="订单页", origin=origin, files=items[1].files)], case, kit=kit)
    page = _page(attach_manifest(case, tmp_path / "out", kit=kit))
    mark = " ⚠ 见 MANIFEST.txt / see MANIFEST.txt" if is_marked else ""
    assert f"<td>订单页{mark}</td>" in page
    assert page.count("⚠") == is_marked


def test_exhibits_captured_while_logged_in_are_pointed_out(tmp_path: Path, kit: Kit) -> None:
    case = make_case(tmp_path / "case")
    _seal_draft(tmp_path / "work1", case, kit, "公开页", captured())
    private = captured(redacted=(Observation(code="logged_in"),))
    _seal_draft(tmp_path / "work2", case, kit, "账户页", private)
    assert [listed.private for listed in contents(case)] == [(), ("2-1",)]


def test_contents_of_a_damaged_bundle_are_an_error(case: Case) -> None:
    case.bundle_paths()[0].write_bytes(b"PK\x03\x04")
    with pytest.raises(CaseError) as caught:
        contents(case)
    assert caught.value.code == "case.damaged"


def test_neither_list_nor_page_says_more_than_is_proven(
    tmp_path: Path, case: Case, kit: Kit
) -> None:
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    for text in (_list(attached), _page(attached)):
        assert "真实" not in text
        assert not re.search(r"\b(true|truth|authentic|genuine)\b", text, re.IGNORECASE)
        assert "内容属实" in text and "不说明" in text


def test_the_page_is_one_file_without_script_and_prints_on_two_sheets(
    tmp_path: Path, kit: Kit
) -> None:
    from playwright.sync_api import sync_playwright

    case = make_case(tmp_path / "case")
    files = []
    for number in range(20):
        path = tmp_path / f"{number}.txt"
        path.write_text(str(number))
        files.append(path)
    drafts = [
        Draft(
            kind=Kind.DOCUMENT,
            label=f"一份名称相当长的证据文件，编号 {number}",
            origin=_imported(path.name),
            files=(DraftFile(path=f"data/{path.name}", source=str(path), media_type="text/plain"),),
        )
        for number, path in enumerate(files)
    ]
    seal(drafts, case, kit=kit)
    attached = attach_manifest(case, tmp_path / "out", kit=kit)
    assert not re.search(r"<(script|link|img|iframe)|https?://|url\(", _page(attached))
    asked: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=find_browser().path, chromium_sandbox=False
        )
        page = browser.new_page(viewport={"width": 360, "height": 640})
        page.on("request", lambda request: asked.append(request.url))
        page.goto((attached.folder / "README.html").as_uri())
        width_px = page.evaluate("document.documentElement.scrollWidth")
        head = page.evaluate(
            "getComputedStyle(document.querySelector('td:last-child'), '::before').content"
        )
        pdf = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(asked) == 1
    assert width_px == 360, "nothing sticks out on a phone"
    assert head == '"封存时间不晚于 / sealed no later than: "', "the table's head is hidden there"
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
