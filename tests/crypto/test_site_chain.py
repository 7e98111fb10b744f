"""The certificates of a web site, examined offline."""

from datetime import UTC, datetime

import pytest

from evidence_kit.crypto.site_chain import site_chain_faults
from tests.crypto.site import NOW, chain_of


@pytest.mark.parametrize(
    ("host", "faults"),
    [
        ("shop.example", ()),
        ("www.pay.example", ()),
        ("a.www.pay.example", ("tls.host",)),
        ("pay.example", ("tls.host",)),
        ("192.0.2.1", ("tls.host",)),
        ("", ("tls.host",)),
    ],
)
def test_host_must_be_named(host: str, faults: tuple[str, ...]) -> None:
    assert site_chain_faults(chain_of("shop.example", "*.pay.example"), host, NOW) == faults


def test_certificate_without_alternative_names_is_for_no_host() -> None:
    assert site_chain_faults(chain_of(), "site", NOW) == ("tls.host",)


@pytest.mark.parametrize(("year", "fault"), [(2025, "tls.not_yet_valid"), (2029, "tls.expired")])
def test_certificate_out_of_its_time_is_told(year: int, fault: str) -> None:
    at = datetime(year, 1, 1, tzinfo=UTC)
    assert site_chain_faults(chain_of("shop.example"), "shop.example", at) == (fault,)


def test_chain_that_does_not_fit_together_is_told() -> None:
    leaf, other = chain_of("shop.example")[0], chain_of("other.example")[1]
    assert site_chain_faults((leaf, other), "shop.example", NOW) == ("tls.broken",)


def test_junk_is_told() -> None:
    assert site_chain_faults((b"\x30\x00",), "shop.example", NOW) == ("tls.malformed",)
    assert site_chain_faults((), "shop.example", NOW) == ("tls.host",)
