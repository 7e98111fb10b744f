"""Container and structure: every file has its place, and every place its file."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime

from evidence_kit.bundle import layout, tags
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.text import escape
from evidence_kit.checks.examination import Examination
from evidence_kit.model import Captured, Evidence, Role
from evidence_kit.report import Fault, Finding, Outcome, Question, finding, from_fault

_UNALTERED = Question.UNALTERED
_SYSTEM_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_ID = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


def check_container(examination: Examination) -> Iterator[Finding]:
    """Whether the zip is byte for byte the one that a bundle must be."""
    match examination.bundle.container:
        case "canonical":
            yield finding(_UNALTERED, "container.canonical", Outcome.PASSED, "container")
        case "repacked":
            yield finding(_UNALTERED, "container.repacked", Outcome.INDETERMINATE, "container")
        case _:
            yield finding(_UNALTERED, "container.not_judged", Outcome.NOTED, "container")


def check_members(examination: Examination) -> Iterator[Finding]:
    """Whether every file has an allowed name, and none is missing or unlisted."""
    bundle = examination.bundle
    is_good = True
    # One at a time: a bundle may be made to have very many.
    for fault in _member_faults(bundle):
        is_good = False
        yield from_fault(_UNALTERED, fault, "container")
    if is_good:
        yield finding(
            _UNALTERED, "structure.members", Outcome.PASSED, "container", count=len(bundle.sizes)
        )


def _member_faults(bundle: Bundle) -> Iterator[Fault]:
    strays = set(_system_files(bundle))
    listed = bundle.manifest
    unlisted = [path for path in bundle.sizes if path not in listed and path not in strays]
    yield from _name_faults([path for path in (*listed, *unlisted) if path not in strays])
    for path in sorted(strays):
        yield Fault("structure.system_file", Outcome.INDETERMINATE, path=escape(path))
    for path in layout.REQUIRED:
        if path not in bundle.sizes:
            yield Fault("structure.missing", path=path)
    for path in unlisted:
        is_tag = path in (*layout.TAG_FILES, layout.TAGMANIFEST)
        if not is_tag and not path.startswith(layout.PROOF):
            yield Fault("structure.unlisted", path=escape(path))
    yield from _proof_faults(bundle)
    for path in listed:
        if not path.startswith(layout.DATA):
            yield Fault("structure.manifest_place", path=path)


def _proof_faults(bundle: Bundle) -> Iterator[Fault]:
    """Proofs of unknown names, too large or too many."""
    for path in bundle.proof_paths:
        size = bundle.sizes[path]
        if not layout.is_known_proof(path):
            yield Fault("structure.unlisted", path=escape(path))
        elif size > layout.max_proof_bytes(path):
            yield Fault("structure.size", path=path, size_bytes=size)
    if len(bundle.token_paths) > layout.MAX_TOKENS:
        yield Fault("structure.too_many_tokens", count=len(bundle.token_paths))
    for is_kind, limit in (
        (layout.is_certificate, layout.MAX_CERTIFICATES),
        (layout.is_crl, layout.MAX_CRLS),
        (layout.is_cover, layout.MAX_RENEWALS),
    ):
        count = sum(map(is_kind, bundle.proof_paths))
        if count > limit:
            yield Fault("container.too_many", count=count)
    total = sum(bundle.sizes[path] for path in bundle.proof_paths if layout.is_crl(path))
    if total > layout.MAX_CRLS_BYTES:
        yield Fault("structure.size", path=layout.PROOF, size_bytes=total)


def _system_files(bundle: Bundle) -> Iterator[str]:
    """What a system leaves in a folder that is merely opened."""
    if bundle.container == "folder":
        yield from (path for path in bundle.sizes if path.rpartition("/")[2] in _SYSTEM_FILES)


def _name_faults(paths: Collection[str]) -> Iterator[Fault]:
    if not layout.are_names(paths):
        for path in paths:
            try:
                layout.require_name(path)
            except Fault as fault:
                yield fault
    try:
        layout.require_distinct(paths)
    except Fault as fault:
        yield fault


def check_record(examination: Examination) -> Iterator[Finding]:
    """Whether evidence.json is of its form and the other tag files follow from it."""
    bundle = examination.bundle
    evidence = bundle.evidence
    is_good = True
    for fault in _record_faults(bundle, evidence):
        is_good = is_good and fault.outcome is not Outcome.FAILED
        yield from_fault(_UNALTERED, fault, layout.EVIDENCE)
    if is_good:
        yield finding(
            _UNALTERED,
            "structure.record",
            Outcome.PASSED,
            layout.EVIDENCE,
            count=len(evidence.items),
        )


def _record_faults(bundle: Bundle, evidence: Evidence) -> Iterator[Fault]:
    for path, expected in (
        (layout.BAGIT, tags.BAGIT),
        (layout.VERIFY, tags.verify_txt()),
        (layout.BAG_INFO, tags.bag_info(evidence)),
    ):
        if path in bundle.sizes and bundle.read(path) != expected:
            yield Fault("structure.not_fixed", path=path)
    if bundle.top != layout.TOP_PREFIX + evidence.id:
        # A folder may have been renamed after unzipping; only in the zip its name is a claim.
        is_folder = bundle.container == "folder"
        outcome = Outcome.NOTED if is_folder else Outcome.FAILED
        yield Fault("structure.top", outcome, path=escape(bundle.top))
    for field in _wrong_values(evidence):
        yield Fault("structure.value", path=layout.EVIDENCE, field=field)
    yield from _file_faults(evidence, bundle.manifest)


def check_observations(examination: Examination) -> Iterator[Finding]:
    """Shows what was noticed when a page was captured; no change, but nothing to pass over."""
    for item in examination.bundle.evidence.items:
        origin = item.origin
        if isinstance(origin, Captured):
            for seen in (*origin.sanity, *origin.missing, *origin.redacted):
                params = {**seen.params, "item": item.id, "observation": seen.code}
                yield finding(_UNALTERED, "capture.noticed", Outcome.NOTED, item.id, **params)


def _wrong_values(evidence: Evidence) -> Iterator[str]:
    """Names of fields that hold what they can't hold."""
    if not _ID.fullmatch(evidence.id):
        yield "id"
    if not _is_time(evidence.created_at):
        yield "created_at"
    for name in ("signer_sha256", "next_signer_sha256"):
        value = getattr(evidence, name)
        if value is not None and not _DIGEST.fullmatch(value):
            yield name
    case = evidence.case
    if case:
        if not _ID.fullmatch(case.id):
            yield "case.id"
        is_first = case.previous is None
        if not 1 <= case.sequence <= layout.MAX_SEQUENCE or (case.sequence == 1) != is_first:
            yield "case.sequence"
        if case.previous and not (
            _ID.fullmatch(case.previous.id)
            and _DIGEST.fullmatch(case.previous.tagmanifest_sha256)
            and _DIGEST.fullmatch(case.previous.signature_sha256)
            and all(map(_DIGEST.fullmatch, case.previous.tokens_sha256))
        ):
            yield "case.previous"
    if [item.id for item in evidence.items] != [f"E{n}" for n in range(1, len(evidence.items) + 1)]:
        yield "items.id"


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(_TIME.fullmatch(text))


def _file_faults(evidence: Evidence, manifest: dict[str, str]) -> Iterator[Fault]:
    """Where evidence.json and the manifest don't tell of the same files."""
    entries = evidence.files()
    listed = {entry.path for entry in entries}
    if len(listed) < len(entries):
        counts = Counter(entry.path for entry in entries)
        for path in sorted(path for path, count in counts.items() if count > 1):
            yield Fault("structure.file_list", path=escape(path))
    for path in sorted(listed ^ manifest.keys()):
        yield Fault("structure.file_list", path=escape(path))
    for entry in entries:
        is_derived = entry.role is Role.DERIVED
        if not (is_derived or entry.by or entry.from_):
            continue
        if (
            is_derived != (entry.by is not None)
            or (entry.from_ and not is_derived)
            or entry.path in entry.from_
            or not listed >= set(entry.from_)
        ):
            yield Fault("structure.derivation", path=escape(entry.path))
