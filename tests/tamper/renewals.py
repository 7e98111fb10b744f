"""Renewals: those that save a bundle from what broke later, and those that don't."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from fixtures.tsa import Profile, Recipe
from tests.forge import CHAT, MANIFEST, SIGNATURE, TOKEN, Forge
from tests.tamper.lists import bare, lists
from tests.tamper.proofs import SECOND
from tests.tamper.table import INDETERMINATE, PASSED, Attack, Row, row

COVER = "proof/renewal-0001/cover.sha512"
COVER_TOKEN = f"{COVER}.0.tsr"
OTHER = "proof/other/later.txt"
BROKEN = "sha256@2040-01-01"

Lines = dict[str, str]


def year(number: int) -> datetime:
    return datetime(number, 6, 1, tzinfo=UTC)


YEAR_2030 = year(2030)


def renew(
    forge: Forge,
    at: datetime = YEAR_2030,
    *,
    number: int = 1,
    leaf: str = "sha512",
    digest: str = "sha512",
    change: Callable[[Lines], object] = lambda lines: None,
) -> Forge:
    """Add a renewal over all that is there; `change` edits its list before it is stamped."""
    lines = {path: hashlib.sha512(content).hexdigest() for path, content in forge.files.items()}
    change(lines)
    cover = "".join(f"{lines[path]}  {path}\n" for path in sorted(lines)).encode()
    path = f"proof/renewal-{number:04d}/cover.sha512"
    recipe = Recipe(leaf=leaf, gen_time=at)
    token = forge.tsa.authority.stamp(cover, recipe, digest=digest)
    return forge.put(path, cover).put(f"{path}.0.tsr", token)


def changed(change: Callable[[Lines], object]) -> Attack:
    """A renewal whose list is not what is there."""
    return lambda forge: renew(forge, change=change)


def useless(name: str, attack: Attack, reason: str, subject: str = COVER) -> list[Row]:
    """Rows for a renewal that is left out of account: harmless where it is not needed."""
    return [
        row(f"{name}, not needed", attack, "ignored_proof", subject, PASSED, reason=reason),
        row(f"{name}, needed", attack, "algorithm.distrusted", MANIFEST, INDETERMINATE,
            distrust=BROKEN),
    ]  # fmt: skip


def _twice(forge: Forge) -> Forge:
    """The first one rests on SHA-256 and is itself renewed in time."""
    return renew(renew(forge, leaf="good"), year(2035), number=2)


def _proof_gone(forge: Forge) -> Forge:
    forge.restamp(path=SECOND)
    return renew(forge).drop(SECOND)


def _many_tokens(forge: Forge) -> Forge:
    renew(forge)
    for number in range(1, 5):
        forge.put(f"{COVER}.{number}.tsr", forge.files[COVER_TOKEN])
    return forge


def _many(forge: Forge) -> Forge:
    for number in range(1, 66):
        forge.put(f"proof/renewal-{number:04d}/cover.sha512", b"x")
    return forge


def _outlived(forge: Forge) -> Forge:
    """A token whose certificate ends in 2031, renewed in 2035."""
    pki = forge.tsa.authority.pki
    if "until 2031" not in pki.leaves:
        pki.add_leaf("until 2031", Profile(ends_at=year(2031), issuer="ca-sha512"))
    return renew(forge.restamp(Recipe(leaf="until 2031")), year(2035))


def _stolen(renewed_in: int) -> Attack:
    """The authority's key was stolen in 2032."""

    def attack(forge: Forge) -> Forge:
        lists(bare(forge), at=year(2032), reason="key_compromise", this_update=year(2033))
        return renew(forge, year(renewed_in))

    return attack


def _late_token(forge: Forge) -> Forge:
    """The only token that would count came after the renewal."""
    return renew(forge.drop(TOKEN)).restamp()


RENEWALS: list[Row] = [
    row("renewed", renew, "renewal.holds", COVER, PASSED),
    row("renewed, SHA-256 broken later", renew, "renewal.saves", TOKEN, PASSED, distrust=BROKEN),
    row("SHA-256 broken, token not renewed", lambda f: f, "algorithm.distrusted", TOKEN,
        INDETERMINATE, distrust=BROKEN),
    row("SHA-256 broken, files not renewed", lambda f: f, "algorithm.distrusted", MANIFEST,
        INDETERMINATE, distrust=BROKEN),
    row("SHA-256 broken, token of SHA-512 all through, files not renewed",
        lambda f: f.put(TOKEN, f.tsa.authority.stamp(
            f.files[SIGNATURE], Recipe(leaf="sha512"), digest="sha512")),
        "algorithm.distrusted", MANIFEST, INDETERMINATE, distrust=BROKEN),
    row("signature's algorithm broken before the token", lambda f: f, "algorithm.distrusted",
        SIGNATURE, INDETERMINATE, distrust="ecdsa@2020-01-01"),
    row("algorithm broken that nothing rests on", lambda f: f, "timestamp.holds", TOKEN, PASSED,
        distrust="rsa@2020-01-01"),
    row("renewed too late", lambda f: renew(f, year(2041)), "algorithm.distrusted", MANIFEST,
        INDETERMINATE, distrust=BROKEN),
    row("renewed by what is broken itself", lambda f: renew(f, leaf="good"),
        "algorithm.distrusted", MANIFEST, INDETERMINATE, distrust=BROKEN),
    row("renewed twice", _twice, "renewal.saves", TOKEN, PASSED, distrust=BROKEN),
    row("renewed after the certificate's end", _outlived, "algorithm.distrusted", TOKEN,
        INDETERMINATE, distrust=BROKEN),
    row("certificate's end without trouble", _outlived, "timestamp.holds", TOKEN, PASSED),
    row("key stolen after the renewal", _stolen(2031), "renewal.saves", TOKEN, PASSED),
    row("key stolen before the renewal", _stolen(2033), "revocation.since", TOKEN, INDETERMINATE),
    row("renewed, no root known", renew, "timestamp.untrusted", TOKEN, INDETERMINATE,
        knows="nobody"),
    row("renewed, then a file changed", lambda f: renew(f).put(CHAT, b"other"),
        "digest.mismatch", CHAT),
    row("renewed, then a file left out", lambda f: renew(f).drop(CHAT), "files.withheld", CHAT,
        INDETERMINATE),
    row("renewed, then an unknown proof", lambda f: renew(f).put(OTHER, b"x"), "renewal.holds",
        COVER, PASSED),
    row("token after the renewal", _late_token, "renewal.not_covered", TOKEN, INDETERMINATE),
    row("another token after the renewal", lambda f: renew(f).restamp(path=SECOND),
        "ignored_proof", SECOND, PASSED, reason="renewal.not_covered"),
    *useless("renewal without a token", lambda f: renew(f).drop(COVER_TOKEN), "timestamp.none"),
    *useless("renewal of junk", lambda f: f.put(COVER, b"x"), "timestamp.none"),
    *useless("renewal with a junk token", lambda f: renew(f).put(COVER_TOKEN, b"x"),
             "timestamp.malformed", COVER_TOKEN),
    *useless("renewal's token over something else",
             lambda f: renew(f).put(COVER_TOKEN, f.files[TOKEN]),
             "timestamp.imprint", COVER_TOKEN),
    *useless("renewal's list edited",
             lambda f: renew(f).put(COVER, f.files[COVER].replace(b"a", b"b", 1)),
             "timestamp.imprint", COVER_TOKEN),
    *useless("renewal with a SHA-256 imprint", lambda f: renew(f, digest="sha256"),
             "timestamp.imprint_algorithm", COVER_TOKEN),
    *useless("renewal by a stranger",
             lambda f: renew(f).put(COVER_TOKEN, f.tsa.authority.stamp(
                 f.files[COVER], Recipe(is_stranger=True), digest="sha512")),
             "timestamp.impostor", COVER_TOKEN),
    *useless("renewal older than the token", lambda f: renew(f, year(2025)), "renewal.order",
             COVER_TOKEN),
    *useless("second renewal without a first", lambda f: renew(f, number=2), "renewal.gap",
             "proof/renewal-0002/cover.sha512"),
    *useless("renewal that leaves a file out", changed(lambda lines: lines.pop(CHAT)),
             "renewal.incomplete"),
    *useless("renewal of another file",
             changed(lambda lines: lines.update({CHAT: "0" * 128})), "renewal.mismatch"),
    *useless("renewal that names itself",
             changed(lambda lines: lines.update({COVER: "0" * 128})), "renewal.mismatch"),
    *useless("renewal that names a later one",
             changed(lambda lines: lines.update({"proof/renewal-0002/cover.sha512": "0" * 128})),
             "renewal.mismatch"),
    *useless("renewal of a file that never was",
             changed(lambda lines: lines.update({"proof/other/gone": "0" * 128})),
             "renewal.covered_gone"),
    *useless("proof gone since the renewal", _proof_gone, "renewal.covered_gone"),
    *useless("renewal's list of another form",
             changed(lambda lines: lines.update({CHAT: "0" * 64})), "structure.manifest"),
    *useless("renewal with five tokens", _many_tokens, "structure.too_many_tokens"),
    row("sixty-five renewals", _many, "container.too_many", "container"),
    row("renewal number zero", lambda f: renew(f, number=0), "structure.unlisted",
        "proof/renewal-0000/cover.sha512"),
]  # fmt: skip
