"""Digests: what is here is what was sealed; changed, damaged and left out are told apart."""

from collections.abc import Iterator

from evidence_kit.bundle import layout
from evidence_kit.bundle.text import escape
from evidence_kit.checks.examination import Examination
from evidence_kit.report import Fault, Finding, Outcome, Question, finding

_UNALTERED = Question.UNALTERED


def check_digests(examination: Examination) -> Iterator[Finding]:
    """Whether every file has the digest and size that were sealed."""
    bundle = examination.bundle
    counts = {"good": 0, "withheld": 0}
    for path, sealed in bundle.manifest.items():
        read = bundle.digests.get(path)
        if read is None:
            counts["withheld"] += 1
            yield finding(_UNALTERED, "files.withheld", Outcome.INDETERMINATE, path, sha256=sealed)
        elif read.sha256 != sealed:
            yield finding(_UNALTERED, "digest.mismatch", Outcome.FAILED, path)
        else:
            counts["good"] += 1
    yield finding(
        _UNALTERED,
        "digest.verified",
        Outcome.PASSED if counts["good"] or not bundle.manifest else Outcome.NOTED,
        layout.MANIFEST,
        count=counts["good"],
    )


def check_sizes(examination: Examination) -> Iterator[Finding]:
    """Whether evidence.json tells the sizes that the files have."""
    bundle = examination.bundle
    for entry in bundle.evidence.files():
        read = bundle.digests.get(entry.path)
        if read is not None and read.size_bytes != entry.size_bytes:
            yield finding(_UNALTERED, "digest.size", Outcome.FAILED, escape(entry.path))


def check_tag_digests(examination: Examination) -> Iterator[Finding]:
    """Whether the tag files are those whose digests were signed."""
    bundle = examination.bundle
    if set(bundle.tagmanifest) != set(layout.TAG_FILES):
        raise Fault("structure.tagmanifest", path=layout.TAGMANIFEST)
    is_good = True
    for path, sealed in bundle.tagmanifest.items():
        read = bundle.digests.get(path)
        # A missing one is reported by check_members.
        if read is not None and read.sha256 != sealed:
            is_good = False
            yield finding(_UNALTERED, "digest.mismatch", Outcome.FAILED, path)
    if is_good:
        yield finding(_UNALTERED, "digest.tags", Outcome.PASSED, layout.TAGMANIFEST)


def check_stored(examination: Examination) -> Iterator[Finding]:
    """Whether the zip's own header and check sum of every member tell the truth."""
    for path, read in examination.bundle.digests.items():
        if read.fault:
            yield finding(_UNALTERED, read.fault, Outcome.FAILED, escape(path))
