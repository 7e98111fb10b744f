import subprocess
import sys

import pytest

import evidence_kit


@pytest.mark.parametrize("name", evidence_kit.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(evidence_kit, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        evidence_kit.no_such_name  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, evidence_kit; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"playwright", "cryptography", "asn1crypto", "PIL", "msgspec", "click"}
    assert not heavy & set(done.stdout.split())


def test_a_bundle_is_opened_before_cryptography_is_imported() -> None:
    """Else nothing is hashed while it is imported (docs/adr/0013)."""
    code = (
        "import sys; from evidence_kit.actions import verify; verify.load_expectations();"
        " print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"cryptography", "asn1crypto"} & set(done.stdout.split())
