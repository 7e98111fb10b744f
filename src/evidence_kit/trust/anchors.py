"""Pinned roots and the authorities that they belong to: one TOML and one PEM each.

Only these roots are trusted, never the system's. A file in the user's config folder works
like one that ships with the kit.
"""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.pem import Anchor, certificates_from_pem
from evidence_kit.errors import ConfigError, InputError, UsageError, closest
from evidence_kit.report import Fault

__all__ = [
    "Anchor",
    "Authority",
    "Endpoint",
    "anchors_from_pem",
    "anchors_of",
    "choose_endpoints",
    "load_authorities",
]

_SHIPPED = Path(__file__).parent / "authorities"
_MAX_FILE_BYTES = 1024 * 1024


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a token is asked for."""

    id: str
    """Id of the authority, or the URL where that belongs to none."""
    url: str
    policy: str | None = None
    """Dotted object identifier that is asked for; None leaves it to the authority."""


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """A time-stamp authority and the roots that its tokens may end in."""

    id: str
    """Name of its file without the ending."""
    name_en: str
    name_zh: str
    url: str
    country: str | None
    policy: str | None
    is_default: bool
    """Asked where the user names none."""
    status: Literal["tried", "unverified"]
    """Whether a real token of it was verified under its root."""
    tried_on: str | None
    """Which real token that was."""
    anchors: tuple[Anchor, ...]

    @property
    def endpoint(self) -> Endpoint:
        """Where its tokens are asked for."""
        return Endpoint(id=self.id, url=self.url, policy=self.policy)


class _Root(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    certificate: str
    sha256: str
    source: str
    checked_on: date


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name_en: str
    name_zh: str
    url: str
    roots: tuple[_Root, ...]
    country: str | None = None
    policy: str | None = None
    default: bool = False
    status: Literal["tried", "unverified"] = "unverified"
    tried_on: str | None = None


def load_authorities(config_dir: Path) -> tuple[Authority, ...]:
    """The authorities that ship with the kit, then those of the user, each sorted by id.

    Raises:
        ConfigError: config.unreadable, config.value, config.unknown_key,
            authority.fingerprint, authority.duplicate.
    """
    shipped = [_read(path, "shipped") for path in sorted(_SHIPPED.glob("*.toml"))]
    own = [_read(path, "user") for path in sorted((config_dir / "authorities").glob("*.toml"))]
    taken = {authority.id for authority in shipped}
    for authority in own:
        if authority.id in taken:
            raise ConfigError(
                "authority.duplicate",
                id=authority.id,
                path=str(config_dir / "authorities" / f"{authority.id}.toml"),
            )
    return (*shipped, *own)


def anchors_of(authorities: Iterable[Authority]) -> tuple[Anchor, ...]:
    """Every root of these authorities, in their order."""
    return tuple(anchor for authority in authorities for anchor in authority.anchors)


def anchors_from_pem(path: Path) -> tuple[Anchor, ...]:
    """The roots of a PEM file that the user gave with `--trust`.

    Raises:
        InputError: trust.unreadable, trust.no_certificate.
    """
    try:
        return tuple(_given(der) for der in certificates_from_pem(_read_bounded(path)))
    except OSError as error:
        raise InputError(
            "trust.unreadable", detail=error.strerror or "error", path=str(path)
        ) from error
    except Fault as fault:
        raise InputError("trust.no_certificate", path=str(path)) from fault


def choose_endpoints(
    chosen: Sequence[str] | None, authorities: Sequence[Authority]
) -> tuple[Endpoint, ...]:
    """Whom to ask: the default authorities, or those named by id or URL.

    Raises:
        UsageError: tsa.unknown, with the closest id as `suggestion`.
    """
    if chosen is None:
        return tuple(authority.endpoint for authority in authorities if authority.is_default)
    known = {authority.id: authority.endpoint for authority in authorities}
    endpoints: dict[str, Endpoint] = {}
    for name in chosen:
        if name not in known and "://" not in name:
            raise UsageError("tsa.unknown", name=name, suggestion=closest(name, known))
        endpoints[name] = known.get(name) or Endpoint(id=name, url=name)
    return tuple(endpoints.values())


def _read(path: Path, source: Literal["shipped", "user"]) -> Authority:
    try:
        values = tomllib.loads(_read_bounded(path).decode("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError("config.unreadable", path=str(path), detail=str(error)) from error
    _require_known_keys(values, _File, path)
    roots = values.get("roots")
    for table in roots if isinstance(roots, list) else []:
        if isinstance(table, dict):
            _require_known_keys(table, _Root, path)
    try:
        file = msgspec.convert(values, _File)
    except msgspec.ValidationError as error:
        raise ConfigError("config.value", path=str(path), detail=str(error)) from error
    if not file.roots:
        raise ConfigError("config.value", path=str(path), detail="roots is empty")
    return Authority(
        id=path.stem,
        name_en=file.name_en,
        name_zh=file.name_zh,
        url=file.url,
        country=file.country,
        policy=file.policy,
        is_default=file.default,
        status=file.status,
        tried_on=file.tried_on,
        anchors=tuple(_pinned(root, file, path, source) for root in file.roots),
    )


def _pinned(root: _Root, file: _File, toml: Path, source: Literal["shipped", "user"]) -> Anchor:
    pem = toml.parent / root.certificate
    if pem.parent != toml.parent:
        raise ConfigError("config.value", path=str(toml), detail="certificate is no file name")
    try:
        certificates = certificates_from_pem(_read_bounded(pem))
    except OSError as error:
        raise ConfigError(
            "config.unreadable", path=str(pem), detail=error.strerror or "error"
        ) from error
    except Fault as fault:
        raise ConfigError(
            "config.unreadable", path=str(pem), detail="no certificate in PEM form"
        ) from fault
    if [sha256_hex(der) for der in certificates] != [root.sha256]:
        raise ConfigError("authority.fingerprint", path=str(pem))
    return Anchor(
        id=toml.stem,
        name_en=file.name_en,
        name_zh=file.name_zh,
        country=file.country,
        certificate_der=certificates[0],
        source=source,
    )


def _given(certificate_der: bytes) -> Anchor:
    # Cryptography takes long to import, and only a root that was given needs it here.
    from evidence_kit.crypto.x509 import describe

    description = describe(certificate_der)
    return Anchor(
        id=description.sha256,
        name_en=description.subject,
        name_zh=description.subject,
        country=None,
        certificate_der=certificate_der,
        source="given",
    )


def _read_bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_FILE_BYTES)


def _require_known_keys(table: dict[str, object], kind: type[msgspec.Struct], path: Path) -> None:
    known = kind.__struct_fields__
    for key in table:
        if key not in known:
            suggestion = closest(key, known)
            raise ConfigError("config.unknown_key", key=key, path=str(path), suggestion=suggestion)
