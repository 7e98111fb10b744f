"""Secrets taken out of bytes: whatever form they have, wherever a piece ends."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.capture import redaction
from evidence_kit.capture.redaction import MARK, Redactor
from evidence_kit.capture.secrets import Secrets

FIRST, SECOND = "f3a91c07d2b84e65a0", "p4ss/w0rd+With&Signs=7"


def knowing(*values: str) -> Redactor:
    """A redactor for these, made with a known key."""
    secrets = Secrets()
    for value in values:
        secrets.add_password(value)
    assert len(secrets) == len(values)
    return Redactor(secrets, bytes(32))


@pytest.mark.parametrize(
    "written",
    [
        SECOND,
        quote(SECOND, safe=""),
        quote(quote(SECOND, safe=""), safe=""),
        json.dumps({"a": SECOND}),
        json.dumps(json.dumps({"a": SECOND})),
        SECOND.replace("&", "&amp;"),
        *(base64.b64encode(b"xyz"[:before] + SECOND.encode() + b"!").decode() for before in (0, 1)),
        base64.urlsafe_b64encode(f"user:{SECOND}".encode()).decode(),
    ],
)
def test_value_is_taken_out_in_every_form(written: str) -> None:
    redactor = knowing(FIRST, SECOND)
    cleaned, counts = redactor.clean_text(f"before {written} after")
    assert redactor.mark(SECOND) in cleaned
    assert cleaned.startswith("before ") and cleaned.endswith(" after")
    assert counts == {"password": 1}
    assert redactor.is_clean(cleaned.encode())
    assert not redactor.is_clean(written.encode())


def test_bytes_without_secrets_stay_the_same_object() -> None:
    data = b"nothing to see"
    for redactor in (knowing(), knowing(FIRST)):
        cleaned, counts = redactor.clean(data)
        assert cleaned is data
        assert not counts


def test_equal_secrets_look_equal_and_others_do_not() -> None:
    cleaned, counts = knowing(FIRST, SECOND).clean_text(f"{FIRST} {SECOND} {FIRST}")
    one, other, again = cleaned.split(" ")
    assert one == again != other
    assert all(mark.startswith(MARK) for mark in (one, other))
    assert counts == {"password": 3}


def test_of_a_secret_within_another_the_longer_one_counts() -> None:
    longer = f"{FIRST}-and-more"
    redactor = knowing(FIRST, longer)
    assert redactor.clean_text(longer)[0] == redactor.mark(longer)
    assert redactor.clean_text(FIRST)[0] == redactor.mark(FIRST)


@pytest.mark.parametrize("piece", [1, 7, 18, 19, 64])
def test_a_secret_is_found_wherever_a_piece_ends(
    piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redaction, "_PIECE_BYTES", piece)
    redactor = knowing(FIRST)
    for before in range(40):
        data = b"." * before + FIRST.encode() * 2 + b"."
        cleaned, counts = redactor.clean(data)
        assert cleaned == b"." * before + redactor.mark(FIRST).encode() * 2 + b"."
        assert counts == {"password": 2}
        path = tmp_path / "file"
        path.write_bytes(data)
        assert not redactor.is_clean_file(path)
        path.write_bytes(cleaned)
        assert redactor.is_clean_file(path)


def one_after_the_other(data: bytes, values: Iterable[str], redactor: Redactor) -> bytes:
    for value in sorted(values, key=len, reverse=True):
        data = data.replace(value.encode(), redactor.mark(value).encode())
    return data


@given(st.lists(st.sampled_from([FIRST, SECOND, "~", "~~", FIRST[:5], SECOND[3:]]), max_size=12))
def test_all_at_once_is_the_same_as_one_after_the_other(parts: list[str]) -> None:
    redactor = knowing(FIRST, SECOND)
    data = "".join(parts).encode()
    assert redactor.clean(data)[0] == one_after_the_other(data, (FIRST, SECOND), redactor)
