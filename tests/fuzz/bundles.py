"""Bundles for the corpus, sealed without the code under test but for the signing itself."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from evidence_kit.bundle import tags
from evidence_kit.model import FORMAT
from tests import forge, rawzip
from tests.fuzz import mutators, workshop
from tests.fuzz.tokens import stamp
from tests.fuzz.workshop import Party

Json = dict[str, Any]
Files = dict[str, bytes]
_AT = "2026-11-23T08:00:00Z"
_OBSERVED: Json = {
    "url": "https://shop.example/order",
    "final_url": None,
    "http_status": 200,
    "started_at": _AT,
    "ended_at": _AT,
    "viewport": {"width_px": 1280, "height_px": 800, "scale_percent": 100},
    "locale": "zh-CN",
    "time_zone": "Asia/Shanghai",
    "server_ip": "192.0.2.1",
    "tls_certificate_sha256": "ab" * 32,
    "clock_offset_ms": -12,
    "sanity": [{"code": "http.status", "params": {"status": 404}}],
    "missing": [{"code": "artefact.missing", "params": {"path": "data/page/page.pdf"}}],
    "redacted": [],
}
_IMPORTED: Json = {
    "type": "imported",
    "original_name": "聊天.txt",
    "imported_at": _AT,
    "obtained_at_claimed": None,
    "obtained_from_claimed": "小林",
    "carrier_claimed": None,
}
_STATED: Json = {
    "type": "stated",
    "event": "included",
    "recorded_at": _AT,
    "on_claimed": "2026-11-23",
    "channel_claimed": None,
    "note_claimed": None,
}


def _entry(path: str, files: Files, **more: Any) -> Json:
    told = {"path": path, "size_bytes": len(files[path]), "media_type": "text/plain"}
    return {**told, "role": "original", **more}


def _sealed(
    number: int,
    files: Files,
    items: list[Json],
    *,
    record: list[Json] | None = None,
    case: Json | None = None,
    signer: Party = workshop.ORIGINAL_SIGNER,
    more: Json | None = None,
) -> tuple[str, Files]:
    """Top folder and files of a bundle, signed but not stamped."""
    bundle_id = f"{number:032x}"
    evidence: Json = {
        "format": FORMAT,
        "id": bundle_id,
        "created_at": _AT,
        "software": {"name": "x", "version": "0", "platform": "linux", "browser": None},
        "case": case,
        "signer_sha256": signer.signing_key.certificate_sha256,
        **(more or {}),
        "items": items,
        "record": {"files": record or []},
    }
    files = dict(files)
    files["evidence.json"] = (json.dumps(evidence, ensure_ascii=False, indent=1) + "\n").encode()
    files["bag-info.txt"] = forge.bag_info(evidence)
    files["bagit.txt"] = tags.BAGIT
    files["VERIFY.txt"] = tags.verify_txt()
    data = [path for path in files if path.startswith("data/")]
    files[forge.MANIFEST] = forge.manifest(files, data)
    files[forge.TAGMANIFEST] = forge.manifest(files, forge.TAGS)
    workshop.sign_bundle(files, signer)
    return f"bundle-{bundle_id}", files


def _stamped(files: Files, number: int, authority: Party, minute: int) -> None:
    moment = datetime(2026, 11, 23, 8, minute, tzinfo=UTC)
    tsr = stamp(files[forge.SIGNATURE], authority, gen_time=moment, serial=1000 + minute)
    files[f"{forge.SIGNATURE}.{number}.tsr"] = tsr


def _plain(number: int, signer: Party) -> tuple[str, Files]:
    files = {"data/files/0001-chat.txt": "小林: 什么时候到？\n".encode()}
    items = [
        {
            "id": "E1",
            "kind": "chat",
            "label": "聊天",
            "origin": _IMPORTED,
            "files": [_entry("data/files/0001-chat.txt", files)],
        }
    ]
    return _sealed(number, files, items, signer=signer)


def _in_a_case() -> tuple[str, Files]:
    original, derived = "data/files/0001-a.txt", "data/files/0001-a.transcript.txt"
    files = {original: b"a\n" * 50, derived: b"buyer: a\n", "data/note/included.txt": b""}
    included = ["ek1", "1" * 32, "0", "2" * 64, "3" * 64, "-"]
    files["data/note/included.txt"] = (" ".join(included) + "\n").encode()
    maker = {"operation": "transcribe", "tool": "x", "version": "0"}
    items = [
        {
            "id": "E1",
            "kind": "document",
            "label": "a",
            "origin": {**_IMPORTED, "original_name": "a"},
            "files": [
                _entry(original, files),
                _entry(derived, files, role="derived", by=maker, **{"from": [original]}),
            ],
        },
        {
            "id": "E2",
            "kind": "note",
            "label": "earlier",
            "origin": _STATED,
            "files": [_entry("data/note/included.txt", files)],
        },
    ]
    previous = {
        "id": "4" * 32,
        "tagmanifest_sha256": "5" * 64,
        "signature_sha256": "6" * 64,
        "tokens_sha256": ["7" * 64],
    }
    case = {"id": "c" * 32, "sequence": 2, "previous": previous}
    more = {"next_signer_sha256": "8" * 64, "extensions": {"x": [1.5, None], "critical": []}}
    return _sealed(3, files, items, case=case, more=more)


def _captured() -> tuple[str, Files]:
    page, environment = "data/page/page.html", "data/environment.json"
    files = {page: b"<title>x</title>\n", environment: b"{}\n"}
    statement = {
        "nonce": "n",
        "id": f"{4:032x}",
        "case_id": None,
        "previous": None,
        "url": _OBSERVED["url"],
        "signer_sha256": workshop.ORIGINAL_SIGNER.signing_key.certificate_sha256,
    }
    files["data/not-before.json"] = (json.dumps(statement) + "\n").encode()
    before = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    files["data/not-before.tsr"] = stamp(files["data/not-before.json"], gen_time=before)
    items = [
        {
            "id": "E1",
            "kind": "page",
            "label": "order",
            "origin": {"type": "captured", **_OBSERVED},
            "files": [_entry(page, files)],
        }
    ]
    own = [environment, "data/not-before.json", "data/not-before.tsr"]
    return _sealed(4, files, items, record=[_entry(path, files) for path in own])


def bundles() -> Mapping[str, bytes]:
    """Good bundles, and such as make a verdict other than passed."""
    original, forger = workshop.ORIGINAL_AUTHORITY, workshop.FORGER_AUTHORITY
    made: dict[str, bytes] = {}
    top, files = _plain(1, workshop.ORIGINAL_SIGNER)
    made["no-token.zip"] = forge.canonical_zip(top, files)
    stranger = dict(files)
    stranger[forge.TOKEN] = stamp(
        files[forge.SIGNATURE], workshop.STRANGER_AUTHORITY, chain=(workshop.STRANGER_ROOT,)
    )
    made["impostor.zip"] = forge.canonical_zip(top, stranger)
    _stamped(files, 0, original, 1)
    made["original-plain.zip"] = forge.canonical_zip(top, files)
    made["repacked.zip"] = rawzip.raw_zip(
        [rawzip.deflated(entry) for entry in rawzip.entries_of(made["original-plain.zip"])]
    )
    made["withheld.zip"] = forge.canonical_zip(
        top, {path: raw for path, raw in files.items() if path != "data/files/0001-chat.txt"}
    )
    top, files = _plain(2, workshop.FORGER_SIGNER)
    _stamped(files, 0, forger, 2)
    made["forged.zip"] = forge.canonical_zip(top, files)
    top, files = _in_a_case()
    _stamped(files, 0, original, 3)
    _stamped(files, 1, original, 4)
    files["proof/other/x"] = b"x"
    certificate = workshop.INTERMEDIATE.der
    name = workshop.INTERMEDIATE.signing_key.certificate_sha256
    files[f"proof/certs/{name}.der"] = certificate
    made["original-case.zip"] = forge.canonical_zip(top, files)
    top, files = _captured()
    _stamped(files, 0, original, 5)
    made["original-page.zip"] = forge.canonical_zip(top, files)
    made["original-renewed.zip"] = forge.canonical_zip(*_renewed())
    return made


def _renewed() -> tuple[str, Files]:
    """A bundle whose token was revoked since, and saved by a renewal before."""
    top, files = _plain(6, workshop.ORIGINAL_SIGNER)
    _stamped(files, 0, workshop.ORIGINAL_AUTHORITY, 6)
    lists = {
        "proof/crl/": workshop.revocation_list(workshop.INTERMEDIATE),
        "proof/renewal-0001/crl/": workshop.revocation_list(
            workshop.INTERMEDIATE,
            this_update=workshop.NOW + timedelta(days=1),
            revoked=[workshop.revoked(workshop.ORIGINAL_AUTHORITY)],
        ),
        "proof/renewal-0002/crl/": workshop.revocation_list(workshop.ROOT),
    }
    (early, first), (late, second), (last, third) = lists.items()
    files[_crl_path(early, first)] = first
    mutators.renew(files, workshop.FORGER_AUTHORITY, gen_time=workshop.NOW + timedelta(minutes=30))
    files[_crl_path(late, second)] = second
    files[_crl_path(last, third)] = third
    later = workshop.NOW + timedelta(days=2)
    mutators.renew(files, workshop.ORIGINAL_AUTHORITY, number=2, gen_time=later)
    return top, files


def _crl_path(folder: str, crl_der: bytes) -> str:
    return f"{folder}{hashlib.sha256(crl_der).hexdigest()}.crl"
