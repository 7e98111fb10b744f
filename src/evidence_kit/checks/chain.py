"""The chain between the bundles of a case: gaps, reordering, strangers, tokens gone."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evidence_kit.bundle import layout
from evidence_kit.bundle.reader import Bundle
from evidence_kit.bundle.receipt import Receipt, read_receipt
from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.errors import UsageError
from evidence_kit.model import Evidence, Previous
from evidence_kit.report import Fault, Finding, Outcome, Question, finding

_UNALTERED = Question.UNALTERED


class Link(NamedTuple):
    """A bundle as its successor must know it."""

    name: str
    """File name, as shown to the reader."""
    evidence: Evidence
    tagmanifest_sha256: str
    signature_sha256: str
    tokens_sha256: tuple[str, ...]
    included: tuple[Receipt, ...]
    """Receipts of earlier bundles that this one, a note, brings into the case."""

    @property
    def sequence(self) -> int:
        """Its number in the case; 0 outside any."""
        return self.evidence.case.sequence if self.evidence.case else 0

    def as_previous(self) -> Previous:
        """What the next bundle says of this one."""
        return Previous(
            id=self.evidence.id,
            tagmanifest_sha256=self.tagmanifest_sha256,
            signature_sha256=self.signature_sha256,
            tokens_sha256=self.tokens_sha256,
        )


def read_link(bundle: Bundle) -> Link:
    """The link of an open bundle.

    Raises:
        Fault: a part that is needed can't be read.
    """
    return Link(
        name=bundle.path.name,
        evidence=bundle.evidence,
        tagmanifest_sha256=sha256_hex(bundle.tagmanifest_bytes),
        signature_sha256=sha256_hex(bundle.signature),
        tokens_sha256=tuple(sha256_hex(bundle.read(path)) for path in bundle.token_paths),
        included=_read_included(bundle),
    )


def _read_included(bundle: Bundle) -> tuple[Receipt, ...]:
    if layout.INCLUDED not in bundle.sizes:
        return ()
    content = bundle.read(layout.INCLUDED, max_bytes=layout.MAX_TEXT_BYTES)
    try:
        return tuple(read_receipt(line) for line in content.decode("ascii").splitlines())
    except (UnicodeDecodeError, UsageError):
        raise Fault("structure.included", path=layout.INCLUDED) from None


def check_chain(case_id: str, links: Sequence[Link]) -> Iterator[Finding]:
    """Whether these bundles are one unbroken case, from its first to its last one."""
    faults = list(_faults(case_id, links))
    yield from faults
    if links and not faults:
        yield finding(_UNALTERED, "chain.holds", Outcome.PASSED, "case", count=len(links))


def _faults(case_id: str, links: Sequence[Link]) -> Iterator[Finding]:
    own = sorted(
        (link for link in links if link.evidence.case and link.evidence.case.id == case_id),
        key=lambda link: (link.sequence, link.name),
    )
    for link in links:
        if link not in own:
            yield finding(_UNALTERED, "chain.foreign", Outcome.FAILED, link.name)
    by_sequence: dict[int, Link] = {}
    for link in own:
        first = by_sequence.setdefault(link.sequence, link)
        if first is not link:
            yield finding(
                _UNALTERED,
                "chain.duplicate",
                Outcome.FAILED,
                link.name,
                other=first.name,
                sequence=link.sequence,
            )
    signer: str | None = None
    expected = 1
    # Not every number up to the largest: a hostile one could be past counting.
    for sequence, link in sorted(by_sequence.items()):
        if sequence > expected:
            yield _gap(expected, sequence - 1)
            signer = None
        expected = sequence + 1
        yield from _against_previous(link, by_sequence.get(sequence - 1))
        if signer is not None and link.evidence.signer_sha256 != signer:
            yield finding(_UNALTERED, "chain.signer", Outcome.FAILED, link.name)
        signer = link.evidence.next_signer_sha256 or link.evidence.signer_sha256


def _gap(first: int, last: int) -> Finding:
    missing: str | int = first if first == last else f"{first}-{last}"
    return finding(_UNALTERED, "chain.missing", Outcome.FAILED, "case", sequence=missing)


def _against_previous(link: Link, before: Link | None) -> Iterator[Finding]:
    """Whether the bundle before is the one that was there when this one was sealed."""
    case = link.evidence.case
    if before is None or case is None or case.previous is None:
        return
    known, actual = case.previous, before.as_previous()
    if (known.id, known.tagmanifest_sha256, known.signature_sha256) != (
        actual.id,
        actual.tagmanifest_sha256,
        actual.signature_sha256,
    ):
        yield finding(_UNALTERED, "chain.previous", Outcome.FAILED, link.name, other=before.name)
    elif not set(known.tokens_sha256) <= set(actual.tokens_sha256):
        yield finding(_UNALTERED, "chain.token_gone", Outcome.FAILED, before.name, other=link.name)
