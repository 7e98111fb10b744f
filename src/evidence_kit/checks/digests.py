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
    sealed, read = bundle.manifest, bundle.digests.sha256
    # Nearly always none differs: the words to tell of each come second.
    other = [path for path, sha256 in sealed.items() if read.get(path) != sha256]
    for path in other:
        if path in read:
            yield finding(_UNALTERED, "digest.mismatch", Outcome.FAILED, path)
        else:
            yield finding(
                _UNALTERED, "files.withheld", Outcome.INDETERMINATE, path, sha256=sealed[path]
            )
    good = len(sealed) - len(other)
    yield finding(
        _UNALTERED,
        "digest.verified",
        Outcome.PASSED if good or not sealed else Outcome.NOTED,
        layout.MANIFEST,
        count=good,
    )


def check_sizes(examination: Examination) -> Iterator[Finding]:
    """Whether evidence.json tells the sizes that the files have."""
    bundle = examination.bundle
    read = bundle.digests.size_bytes
    for entry in bundle.evidence.files():
        told = entry.size_bytes
        if read.get(entry.path, told) != told:
            yield finding(_UNALTERED, "digest.size", Outcome.FAILED, escape(entry.path))


def check_tag_digests(examination: Examination) -> Iterator[Finding]:
    """Whether the tag files are those whose digests were signed."""
    bundle = examination.bundle
    if set(bundle.tagmanifest) != set(layout.TAG_FILES):
        raise Fault("structure.tagmanifest", path=layout.TAGMANIFEST)
    is_good = True
    for path, sealed in bundle.tagmanifest.items():
        # A missing one is reported by check_members.
        if bundle.digests.sha256.get(path, sealed) != sealed:
            is_good = False
            yield finding(_UNALTERED, "digest.mismatch", Outcome.FAILED, path)
    if is_good:
        yield finding(_UNALTERED, "digest.tags", Outcome.PASSED, layout.TAGMANIFEST)


def check_stored(examination: Examination) -> Iterator[Finding]:
    """Whether the zip's own header and check sum of every member tell the truth."""
    for path, fault in examination.bundle.digests.faults.items():
        yield finding(_UNALTERED, fault, Outcome.FAILED, escape(path))
