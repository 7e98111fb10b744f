"""Renewals: later proofs over everything that was there, so that it outlives what it rests on.

A renewal lists the SHA-512 of every file and has tokens over that list (docs/format.md).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from evidence_kit.bundle import layout, manifest
from evidence_kit.bundle.reader import Bundle
from evidence_kit.checks.tokens import JudgedToken
from evidence_kit.report import Fault, Outcome

_ALGORITHM: manifest.Algorithm = "sha512"
Judge = Callable[[str, Callable[[], bytes]], JudgedToken]
"""Judges the token at a path over the bytes that the function gives."""


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """One renewal, judged by itself: whether it is in order, not whether it is needed."""

    number: int
    tokens: tuple[JudgedToken, ...]
    covers: frozenset[str] = field(repr=False)
    """Paths of the proofs and tokens that it lists."""
    fault: Fault | None
    """Why it is left out of account, tokens aside."""

    @property
    def path(self) -> str:
        """Path of its list."""
        return layout.cover_path(self.number)


def read_renewals(bundle: Bundle, judge: Judge) -> tuple[Renewal, ...]:
    """The renewals of a bundle, in the order of their numbers."""
    found = {layout.renewal_number(path) for path in bundle.proof_paths}
    numbers = sorted(number for number in found if number is not None)
    return tuple(
        _read(bundle, number, judge, has_gap=number != expected)
        for expected, number in enumerate(numbers, start=1)
    )


def _read(bundle: Bundle, number: int, judge: Judge, *, has_gap: bool) -> Renewal:
    path = layout.cover_path(number)
    prefix = f"{path}."
    token_paths = sorted(
        (p for p in bundle.proof_paths if p.startswith(prefix) and layout.is_cover_token(p)),
        key=lambda p: (len(p), p),
    )
    if len(token_paths) > layout.MAX_RENEWAL_TOKENS:
        too_many = Fault("structure.too_many_tokens", count=len(token_paths))
        return Renewal(number=number, tokens=(), covers=frozenset(), fault=too_many)
    tokens = tuple(
        judge(token_path, lambda: bundle.read(path, max_bytes=layout.MAX_TEXT_BYTES))
        for token_path in token_paths
    )
    covers: frozenset[str] = frozenset()
    fault: Fault | None = None
    try:
        if has_gap:
            raise Fault("renewal.gap", path=path)
        # A list that nobody vouches for is not worth the time to compare it.
        if any(token.is_trusted for token in tokens):
            covers = _compare(bundle, number, path)
    except Fault as found:
        fault = found
    return Renewal(
        number=number, tokens=tuple(map(_sha512_only, tokens)), covers=covers, fault=fault
    )


def _compare(bundle: Bundle, number: int, path: str) -> frozenset[str]:
    """The proofs that the list names, all of its files being as it says.

    Raises:
        Fault: renewal.mismatch, renewal.incomplete, renewal.covered_gone, structure.manifest.
    """
    content = bundle.read(path, max_bytes=layout.MAX_TEXT_BYTES)
    listed = manifest.decode(content, path=path, algorithm=_ALGORITHM)
    digests = bundle.digests.sha512
    for covered, sha512 in listed.items():
        if not _may_cover(covered, number):
            raise Fault("renewal.mismatch", path=covered)
        if covered not in digests:
            # Data may be withheld; a proof that was there then must still be.
            if covered not in bundle.manifest:
                raise Fault("renewal.covered_gone", path=covered)
        elif digests[covered] != sha512:
            raise Fault("renewal.mismatch", path=covered)
    for present in bundle.sizes:
        if not present.startswith(layout.PROOF) and present not in listed:
            raise Fault("renewal.incomplete", path=present)
    return frozenset(
        p for p in listed if p.startswith(layout.PROOF) or p == layout.NOT_BEFORE_TOKEN
    )


def _may_cover(path: str, number: int) -> bool:
    """True for what was there before the list: not itself, its tokens, a later renewal."""
    other = layout.renewal_number(path)
    return other is None or other < number or (other == number and layout.is_crl(path))


def _sha512_only(judged: JudgedToken) -> JudgedToken:
    if judged.token is None or judged.token.imprint_algorithm == _ALGORITHM:
        return judged
    fault = Fault(
        "timestamp.imprint_algorithm",
        Outcome.INDETERMINATE,
        algorithm=judged.token.imprint_algorithm,
        path=judged.path,
    )
    return JudgedToken(path=judged.path, token=None, fault=fault)
