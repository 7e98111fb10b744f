from pathlib import Path

import pytest

from evidence_kit.crypto.digest import sha256_hex
from evidence_kit.crypto.pem import certificate_to_pem
from evidence_kit.crypto.x509 import describe
from evidence_kit.errors import ConfigError, EvidenceKitError, InputError, UsageError
from evidence_kit.trust.anchors import (
    Endpoint,
    anchors_from_pem,
    anchors_of,
    choose_endpoints,
    load_authorities,
)
from tests.crypto.forge import issue

SHIPPED = Path(__file__).parents[2] / "src" / "evidence_kit" / "trust" / "authorities"
DOCS = Path(__file__).parents[2] / "docs" / "authorities.md"
ROOT = issue("Our Root", ca=True)
TOML = f"""
name_en = "Example"
name_zh = "示例"
url = "http://127.0.0.1/tsa"
country = "CN"
policy = "1.2.3"

[[roots]]
certificate = "example.pem"
sha256 = "{sha256_hex(ROOT.der)}"
source = "handed over on paper"
checked_on = 2026-11-23
"""


def write(
    config_dir: Path, *, toml: str = TOML, pem: bytes | None = None, name: str = "example"
) -> None:
    folder = config_dir / "authorities"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(toml, encoding="utf-8")
    (folder / "example.pem").write_bytes(certificate_to_pem(ROOT.der) if pem is None else pem)


def error_of(config_dir: Path) -> EvidenceKitError:
    with pytest.raises(ConfigError) as caught:
        load_authorities(config_dir)
    assert str(caught.value) and caught.value.hint
    return caught.value


def test_shipped_authorities_are_loaded(tmp_path: Path) -> None:
    authorities = load_authorities(tmp_path)
    assert [a.id for a in authorities] == sorted(path.stem for path in SHIPPED.glob("*.toml"))
    assert {"digicert", "identrust"} <= {a.id for a in authorities}
    for authority in authorities:
        assert authority.anchors and authority.country
        for anchor in authority.anchors:
            assert (anchor.id, anchor.source) == (authority.id, "shipped")
            assert describe(anchor.certificate_der).is_self_made


def test_default_authorities_were_tried_on_a_real_token(tmp_path: Path) -> None:
    defaults = [a for a in load_authorities(tmp_path) if a.is_default]
    assert len(defaults) >= 2
    for authority in defaults:
        assert authority.status == "tried" and authority.tried_on


def test_the_table_in_the_docs_names_every_authority_as_it_is(tmp_path: Path) -> None:
    told = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if "| http" in line]
    assert told == [
        f"| {a.id} | {a.country} | {a.url} | {'yes' if a.is_default else 'no'}"
        f" | {'yes' if a.status == 'tried' else 'no'} |"
        for a in load_authorities(tmp_path)
    ]


def test_an_authority_is_called_tried_only_with_the_token_that_was(tmp_path: Path) -> None:
    for authority in load_authorities(tmp_path):
        assert (authority.status == "tried") == bool(authority.tried_on), authority.id


def test_shipped_certificates_are_pem_and_nothing_else() -> None:
    for path in SHIPPED.glob("*.pem"):
        (anchor,) = anchors_from_pem(path)
        assert path.read_bytes() == certificate_to_pem(anchor.certificate_der), path.name
        assert path.with_suffix(".toml").exists()


def test_authority_of_the_user_works_the_same(tmp_path: Path) -> None:
    write(tmp_path)
    authority = load_authorities(tmp_path)[-1]
    assert (authority.id, authority.name_zh, authority.country) == ("example", "示例", "CN")
    assert authority.endpoint == Endpoint(id="example", url="http://127.0.0.1/tsa", policy="1.2.3")
    assert not authority.is_default
    assert authority.status == "unverified"
    (anchor,) = anchors_of([authority])
    assert (anchor.certificate_der, anchor.source) == (ROOT.der, "user")


def test_unknown_key_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    for wrong, right in (("polici", "policy"), ("checkedon", "checked_on")):
        write(tmp_path, toml=TOML.replace(right, wrong, 1))
        error = error_of(tmp_path)
        assert error.code == "config.unknown_key"
        assert (error.params["key"], error.params["suggestion"]) == (wrong, right)
    write(tmp_path, toml=TOML + "\n[zzz]\n")
    error = error_of(tmp_path)
    assert "url" not in str(error.params["suggestion"]) or error.code == "config.unknown_key"


@pytest.mark.parametrize(
    "toml",
    [
        TOML.replace("name_en", "#"),
        TOML.replace('"CN"', "5"),
        TOML.replace("2026-11-23", '"yesterday"'),
        TOML.split("[[roots]]")[0],
        TOML.split("[[roots]]")[0] + "roots = []",
        TOML.split("[[roots]]")[0] + "roots = 5",
        TOML.split("[[roots]]")[0] + "roots = [5]",
        TOML.replace("example.pem", "../authorities/example.pem"),
        TOML.replace("example.pem", "/etc/passwd"),
    ],
)
def test_wrong_value_is_an_error(tmp_path: Path, toml: str) -> None:
    write(tmp_path, toml=toml)
    assert error_of(tmp_path).code == "config.value"


def test_unreadable_file_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, toml="name_en = ")
    assert error_of(tmp_path).code == "config.unreadable"
    (tmp_path / "authorities" / "example.toml").write_bytes(b"\xff\xfe")
    assert error_of(tmp_path).code == "config.unreadable"
    for pem in (b"", b"junk"):
        write(tmp_path, pem=pem)
        assert error_of(tmp_path).code == "config.unreadable"
    (tmp_path / "authorities" / "example.pem").unlink()
    assert error_of(tmp_path).code == "config.unreadable"


def test_certificate_of_another_fingerprint_is_an_error(tmp_path: Path) -> None:
    other = certificate_to_pem(issue("Our Root", ca=True).der)
    for pem in (other, certificate_to_pem(ROOT.der) + other):
        write(tmp_path, pem=pem)
        assert error_of(tmp_path).code == "authority.fingerprint"


def test_own_file_cannot_take_a_shipped_name(tmp_path: Path) -> None:
    write(tmp_path, name="digicert")
    assert error_of(tmp_path).code == "authority.duplicate"


def test_given_pem_becomes_anchors(tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    second = issue("Second", ca=True)
    path.write_bytes(certificate_to_pem(ROOT.der) + certificate_to_pem(second.der))
    first, other = anchors_from_pem(path)
    assert (first.id, first.name_en, first.source) == (
        sha256_hex(ROOT.der),
        "CN=Our Root",
        "given",
    )
    assert other.certificate_der == second.der


def test_given_file_that_is_missing_or_no_pem_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    with pytest.raises(InputError) as caught:
        anchors_from_pem(path)
    assert caught.value.code == "trust.unreadable"
    for content in (b"junk", certificate_to_pem(b"\x30\x03\x02\x01\x01")):
        path.write_bytes(content)
        with pytest.raises(InputError) as caught:
            anchors_from_pem(path)
        assert caught.value.code == "trust.no_certificate"


def test_authorities_are_chosen_by_id_or_address(tmp_path: Path) -> None:
    authorities = load_authorities(tmp_path)
    defaults = choose_endpoints(None, authorities)
    assert [e.id for e in defaults] == [a.id for a in authorities if a.is_default]
    url = "http://127.0.0.1:8318/"
    chosen = choose_endpoints(["digicert", url, url], authorities)
    assert chosen == (
        Endpoint(id="digicert", url="http://timestamp.digicert.com"),
        Endpoint(id=url, url=url),
    )
    assert choose_endpoints([], authorities) == ()


def test_unknown_authority_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    for name, suggestion in (("digicerd", "digicert"), ("???", "digicert, freetsa")):
        with pytest.raises(UsageError) as caught:
            choose_endpoints([name], load_authorities(tmp_path))
        assert caught.value.code == "tsa.unknown"
        assert str(caught.value.params["suggestion"]).startswith(suggestion)
