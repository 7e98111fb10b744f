import os
import shutil
import threading
from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from evidence_kit import messages
from evidence_kit.actions import doctor
from evidence_kit.actions.doctor import Diagnosis, Status, diagnose
from evidence_kit.actions.kit import Kit
from evidence_kit.capture.browser import find_browser
from evidence_kit.settings import Settings
from evidence_kit.trust.anchors import Endpoint
from evidence_kit.trust.tsa_client import TokenReply, request_tokens
from fixtures.tsa import Tsa
from tests.build import make_kit

NO_BROWSER = "/nowhere/browser"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose browser is not there, so that only one test waits for one."""
    return Settings(data_dir=tmp_path / "state", config_dir=tmp_path / "config", browser=NO_BROWSER)


@pytest.fixture
def kit(tmp_path: Path, tsa: Tsa) -> Kit:
    return make_kit(tmp_path / "state", tsa)


def _told(found: tuple[Diagnosis, ...], name: str) -> list[tuple[Status, str]]:
    return [(one.status, one.code) for one in found if one.name == name]


def _one(found: tuple[Diagnosis, ...], name: str) -> Diagnosis:
    (one,) = (diagnosis for diagnosis in found if diagnosis.name == name)
    return one


def _clock(offset_s: float) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) - timedelta(seconds=offset_s)


def test_a_machine_that_has_everything_is_well(
    tmp_path: Path, settings: Settings, kit: Kit
) -> None:
    kit.keys.default(now=datetime.now(UTC))
    found = diagnose(msgspec.structs.replace(settings, browser=None), kit, tmp_path)
    assert {one.status for one in found} == {Status.OK}
    assert {one.name for one in found} == {
        "authority",
        "browser",
        "clock",
        "folder",
        "font",
        "key",
        "space",
    }
    browser = _one(found, "browser")
    assert str(browser.params["version"])[0].isdigit()
    assert Path(str(browser.params["path"])).is_file()
    assert browser.params["how"] == find_browser().how


def test_every_diagnosis_has_its_words(tmp_path: Path, settings: Settings, kit: Kit) -> None:
    for one in diagnose(settings, kit, tmp_path):
        table = messages.DIAGNOSES if one.code in messages.DIAGNOSES else messages.ERRORS
        message = table[one.code]
        assert message.text.format_map(one.params)
        assert bool(message.hint.format_map(one.params)) or one.status is Status.OK


def test_a_missing_browser_is_a_problem(tmp_path: Path, settings: Settings, kit: Kit) -> None:
    browser = _one(diagnose(settings, kit, tmp_path), "browser")
    assert (browser.status, browser.code) == (Status.PROBLEM, "capture.browser_missing")
    assert browser.params == {"path": NO_BROWSER}


def test_a_browser_that_does_not_start_is_a_problem(
    tmp_path: Path, settings: Settings, kit: Kit
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    settings = msgspec.structs.replace(settings, browser=str(broken))
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "browser") == [(Status.PROBLEM, "capture.browser_broken")]


def test_a_browser_that_hangs_is_not_waited_for(
    tmp_path: Path, settings: Settings, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_BROWSER_S", 0.01)
    settings = msgspec.structs.replace(settings, browser=None)
    monkeypatch.setattr(doctor, "browser_version", lambda found: threading.Event().wait())
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "browser") == [(Status.PROBLEM, "browser.hangs")]


@pytest.mark.parametrize(
    ("fonts", "status", "code"),
    [
        ("echo Noto Sans CJK SC", Status.OK, "font.chinese"),
        ("exit 0", Status.WARNING, "font.none"),
        (None, Status.WARNING, "font.unknown"),
    ],
)
def test_a_missing_chinese_font_is_a_warning(
    tmp_path: Path,
    settings: Settings,
    kit: Kit,
    monkeypatch: pytest.MonkeyPatch,
    fonts: str | None,
    status: Status,
    code: str,
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    if fonts:
        (programs / "fc-list").write_text(f"#!/bin/sh\n{fonts}\n")
        (programs / "fc-list").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    found = diagnose(settings, replace(kit, endpoints=()), tmp_path)
    assert _told(found, "font") == [(status, code)]


@pytest.mark.parametrize(
    ("free_mb", "status", "code"),
    [
        (5000, Status.OK, "space.enough"),
        (500, Status.WARNING, "space.little"),
        (50, Status.PROBLEM, "space.little"),
    ],
)
def test_a_disk_that_is_nearly_full_is_told(
    tmp_path: Path,
    settings: Settings,
    kit: Kit,
    monkeypatch: pytest.MonkeyPatch,
    free_mb: int,
    status: Status,
    code: str,
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0, 0, free_mb << 20))
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "space") == [(status, code)] * 2


def test_folders_that_are_still_to_be_made_are_not_made(
    tmp_path: Path, settings: Settings, tsa: Tsa
) -> None:
    kit = make_kit(tmp_path / "state", tsa)
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "folder") == [(Status.OK, "folder.writable")] * 2
    assert _told(found, "key") == [(Status.OK, "key.to_be_made")]
    assert os.listdir(tmp_path) == []


def test_a_folder_that_can_not_be_written_to_is_a_problem(
    tmp_path: Path, settings: Settings, kit: Kit
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = msgspec.structs.replace(settings, config_dir=tmp_path / "file" / "config")
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "folder") == [
        (Status.OK, "folder.writable"),
        (Status.PROBLEM, "folder.unwritable"),
    ]


def test_the_key_is_told_by_its_fingerprint(tmp_path: Path, settings: Settings, kit: Kit) -> None:
    key = kit.keys.default(now=datetime.now(UTC))
    told = _one(diagnose(settings, kit, tmp_path), "key")
    assert (told.status, told.params) == (Status.OK, {"sha256": key.certificate_sha256})


def test_a_key_that_can_not_be_read_is_a_problem(
    tmp_path: Path, settings: Settings, kit: Kit
) -> None:
    key = kit.keys.default(now=datetime.now(UTC))
    (tmp_path / "state" / "keys" / f"{key.certificate_sha256}.p12").write_bytes(b"broken")
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "key") == [(Status.PROBLEM, "key.unreadable")]


def test_an_authority_is_told_with_its_delay_and_clock(
    tmp_path: Path, settings: Settings, kit: Kit, tsa: Tsa
) -> None:
    found = diagnose(settings, kit, tmp_path)
    authority = _one(found, "authority")
    assert (authority.status, authority.code) == (Status.OK, "authority.answers")
    assert authority.params["id"] == tsa.url
    assert 0 <= int(authority.params["delay_ms"]) < 10_000
    offset_ms = int(authority.params["offset_ms"])
    assert abs(offset_ms) < 10_000
    # no clock is -0.0 s off
    assert authority.params["offset"] == f"{round(offset_ms / 1000, 1) + 0.0:+.1f}"
    assert _told(found, "clock") == [(Status.OK, "clock.right")]


def test_an_authority_that_fails_does_not_hide_the_others(
    tmp_path: Path, settings: Settings, tsa: Tsa
) -> None:
    kit = make_kit(tmp_path / "state", tsa, tsa.fault("http-500"), tsa.url)
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "authority") == [
        (Status.WARNING, "tsa.http_status"),
        (Status.OK, "authority.answers"),
    ]
    assert _told(found, "clock") == [(Status.OK, "clock.right")]


def test_each_authority_is_told_with_its_own_delay_and_clock(
    tmp_path: Path, settings: Settings, tsa: Tsa
) -> None:
    urls = (tsa.url, tsa.fault("future"), tsa.fault("http-500"))
    found = diagnose(settings, make_kit(tmp_path / "state", tsa, *urls), tmp_path)
    right, future, broken = (one.params for one in found if one.name == "authority")
    assert [right["id"], future["id"], broken["id"]] == list(urls)
    assert abs(int(right["offset_ms"])) < 10_000
    assert abs(int(future["offset_ms"]) - 2 * 86_400_000) < 10_000
    assert str(future["offset"]).startswith("+172")
    assert all(int(params["delay_ms"]) >= 0 for params in (right, future, broken))


def test_a_slow_authority_has_its_own_time(tmp_path: Path, settings: Settings, tsa: Tsa) -> None:
    kit = make_kit(tmp_path / "state", tsa, tsa.url, tsa.fault("hang"))
    asked: list[int] = []

    def ask(
        endpoints: Sequence[Endpoint], data: bytes, *, algorithm: str = "sha256"
    ) -> tuple[TokenReply, ...]:
        asked.append(len(endpoints))
        return request_tokens(endpoints, data, algorithm=algorithm, deadline_s=3, grace_s=0)

    found = diagnose(settings, replace(kit, ask=ask), tmp_path)
    assert asked == [1, 1]
    assert _told(found, "authority") == [
        (Status.OK, "authority.answers"),
        (Status.WARNING, "tsa.timeout"),
    ]


def test_an_authority_under_an_untrusted_root_is_a_warning(
    tmp_path: Path, settings: Settings, kit: Kit
) -> None:
    found = diagnose(settings, replace(kit, anchors=()), tmp_path)
    assert _told(found, "authority") == [(Status.WARNING, "authority.untrusted")]


def test_where_no_authority_answers_the_clock_is_not_called_right(
    tmp_path: Path, settings: Settings, tsa: Tsa
) -> None:
    kit = make_kit(tmp_path / "state", tsa, tsa.fault("junk"))
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "authority") == [(Status.WARNING, "tsa.rejected")]
    assert _told(found, "clock") == [(Status.WARNING, "clock.unknown")]


def test_asking_nobody_for_the_time_is_a_warning(
    tmp_path: Path, settings: Settings, kit: Kit
) -> None:
    found = diagnose(settings, replace(kit, endpoints=()), tmp_path)
    assert _told(found, "authority") == [(Status.WARNING, "authority.none")]


@pytest.mark.parametrize(
    ("offset_s", "code"),
    [(0, "clock.right"), (50, "clock.right"), (70, "clock.off"), (-70, "clock.off")],
)
def test_a_clock_that_is_off_by_more_than_a_minute_is_a_warning(
    tmp_path: Path, settings: Settings, kit: Kit, offset_s: int, code: str
) -> None:
    clock = _one(diagnose(settings, replace(kit, now=_clock(offset_s)), tmp_path), "clock")
    assert clock.code == code
    assert clock.status is (Status.WARNING if code == "clock.off" else Status.OK)
    assert abs(int(clock.params["offset_s"]) - offset_s) <= 5


def test_one_authority_with_a_wrong_clock_does_not_put_the_machine_s_in_doubt(
    tmp_path: Path, settings: Settings, tsa: Tsa
) -> None:
    kit = make_kit(tmp_path / "state", tsa, tsa.fault("future"), tsa.url)
    found = diagnose(settings, kit, tmp_path)
    assert _told(found, "clock") == [(Status.OK, "clock.right")]


def test_only_a_random_digest_goes_to_the_authorities(
    tmp_path: Path, settings: Settings, kit: Kit, tsa: Tsa
) -> None:
    before = tsa.requests
    diagnose(settings, kit, tmp_path)
    diagnose(settings, kit, tmp_path)
    first, second = tsa.received[before:]
    assert first != second and len(first) < 100
