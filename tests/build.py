"""Kits, files and sealed bundles for the tests of the core."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence_kit.actions.case import Case, create_case
from evidence_kit.actions.kit import Kit, random_id
from evidence_kit.actions.seal import Act, Destination, Sealed, seal
from evidence_kit.crypto.keys import KeyStore
from evidence_kit.crypto.pem import Anchor
from evidence_kit.errors import EvidenceKitError
from evidence_kit.model import (
    Captured,
    Draft,
    DraftFile,
    Imported,
    Kind,
    Maker,
    Observation,
    Role,
    Viewport,
)
from evidence_kit.report import Finding, Report
from evidence_kit.trust.anchors import Endpoint, anchors_from_pem
from fixtures.tsa import Tsa

CHAT = "2026-11-08 10:20:31 小林\n点卡什么时候到？\n".encode()
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 12
NOW = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)


def make_kit(folder: Path, tsa: Tsa | None, *urls: str) -> Kit:
    """A kit with keys of its own that trusts the local authority and asks it, or `urls`."""
    endpoints = urls or ((tsa.url,) if tsa else ())
    return Kit(
        keys=KeyStore(folder / "keys"),
        endpoints=tuple(Endpoint(id=url, url=url) for url in endpoints),
        anchors=anchors_of(tsa) if tsa else (),
    )


def anchors_of(tsa: Tsa) -> tuple[Anchor, ...]:
    """The root of the local authority, as `--trust` gives it."""
    return anchors_from_pem(tsa.root_pem)


def offline(kit: Kit) -> Kit:
    """The same kit, asking nobody for the time."""
    return replace(kit, endpoints=())


def draft_items(folder: Path) -> tuple[list[Draft], list[DraftFile]]:
    """Two originals, one derived file and one record, freshly written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "chat.txt": CHAT,
        "picture.png": PICTURE,
        "transcript.txt": b"10:20:31 buyer: when?\n",
        "environment.json": b'{"platform": "linux"}\n',
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    origin = Imported(
        original_name="聊天.txt",
        imported_at="2026-11-23T08:00:00Z",
        obtained_at_claimed=None,
        obtained_from_claimed="小林",
        carrier_claimed=None,
    )
    chat = DraftFile(
        path="data/files/0001-chat.txt", source=str(folder / "chat.txt"), media_type="text/plain"
    )
    transcript = DraftFile(
        path="data/files/0001-chat.transcript.txt",
        source=str(folder / "transcript.txt"),
        media_type="text/plain",
        role=Role.DERIVED,
        from_=(chat.path,),
        by=Maker(operation="transcribe", tool="evidence-kit", version="0"),
    )
    picture = DraftFile(
        path="data/files/0002-picture.png",
        source=str(folder / "picture.png"),
        media_type="image/png",
    )
    environment = DraftFile(
        path="data/environment.json",
        source=str(folder / "environment.json"),
        media_type="application/json",
    )
    items = [
        Draft(kind=Kind.CHAT, label="聊天", origin=origin, files=(chat, transcript)),
        Draft(kind=Kind.PICTURE, label="picture", origin=origin, files=(picture,)),
    ]
    return items, [environment]


def captured(*, redacted: tuple[Observation, ...] = ()) -> Captured:
    """The origin of a page that is in doubt."""
    return Captured(
        url="https://shop.example/order/1",
        final_url="https://shop.example/order/1/detail",
        http_status=200,
        started_at="2026-11-23T08:00:00Z",
        ended_at="2026-11-23T08:00:04Z",
        viewport=Viewport(width_px=1280, height_px=900, scale_percent=100),
        locale="zh-CN",
        time_zone="Asia/Shanghai",
        server_ip=None,
        tls_certificate_sha256=None,
        clock_offset_ms=None,
        sanity=(Observation(code="page.blank"), Observation(code="of.a.later.version")),
        missing=(),
        redacted=redacted,
    )


def seal_items(folder: Path, destination: Destination, kit: Kit, act: Act | None = None) -> Sealed:
    """A bundle of `draft_items`."""
    items, record = draft_items(folder / "sources")
    return seal(items, destination, kit=kit, act=act, record=record)


def make_case(folder: Path, *, new_id: Callable[[], str] = random_id) -> Case:
    """A new case."""
    return create_case(folder, facts={"platform": "示例商城"}, now=NOW, new_id=new_id)


@contextmanager
def refused(
    kind: type[EvidenceKitError], code: str
) -> Iterator[pytest.ExceptionInfo[EvidenceKitError]]:
    """What is done inside must end with this error, for which there are words."""
    with pytest.raises(kind) as caught:
        yield caught
    assert caught.value.code == code
    assert str(caught.value)
    assert caught.value.hint


def codes(findings: Iterable[Finding]) -> set[str]:
    """The codes of findings."""
    return {finding.code for finding in findings}


def told(report: Report, code: str) -> set[str]:
    """What the findings with this code are about."""
    return {finding.subject for finding in report.findings if finding.code == code}
